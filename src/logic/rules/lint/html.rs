//! `query-html`: signs as web pages write them in their source.
//!
//! Why: `&amp;` comes along when a query is copied out of a page's source or a spreadsheet's export, and is then the word "amp".
//! Fix: the sign itself.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::error(
    "query-html",
    "A sign as a web page's source writes it",
    r#"It came along when the query was copied, and would be looked for as the word "amp" or "quot"."#,
    Shown::Query("keys &amp; buttons"),
    "keys AND buttons",
)];

/// The signs, and what they stand for.
const SIGNS: [(&str, &str); 10] = [
    ("&amp;", " AND "),
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&ldquo;", "\""),
    ("&rdquo;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
];

/// The sign with which `text` begins.
pub(in crate::logic::rules) fn sign(text: &str) -> Option<&'static str> {
    SIGNS.iter().map(|(sign, _)| *sign).find(|sign| text.starts_with(sign))
}

/// Does `text` end with such a sign? Its semicolon separates nothing.
pub(in crate::logic::rules) fn ends(text: &str) -> bool {
    SIGNS.iter().any(|(sign, _)| text.ends_with(sign))
}

/// `query-html`: a sign where an operator or a word could begin.
pub(in crate::logic::rules) fn at(range: Range<usize>, sign: &str) -> Option<Problem> {
    let (_, meant) = SIGNS.iter().find(|(name, _)| *name == sign)?;
    let help = match meant.trim() {
        "" => "write a blank".to_owned(),
        meant => format!("write {meant}"),
    };
    Some(
        Problem::error(
            "query-html",
            range.clone(),
            format!("\"{sign}\" is how a web page's source writes a sign"),
        )
        .label("copied along")
        .help(help)
        .fix(range, *meant),
    )
}

/// The same inside a word or a phrase, which starts at byte `start`: there it is looked for as text.
pub(in crate::logic::rules) fn inside(text: &str, start: usize) -> Vec<Problem> {
    let places = text.match_indices('&').filter_map(|(at, _)| Some((at, sign(text.get(at..)?)?)));
    places
        .filter_map(|(place, sign)| {
            let (_, meant) = SIGNS.iter().find(|(name, _)| *name == sign)?;
            // "AT&amp;T" is AT&T; an operator it is between words alone.
            let meant = if sign == "&amp;" { "&" } else { meant };
            let range = start + place..start + place + sign.len();
            let message = format!("\"{sign}\" is how a web page's source writes a sign");
            let help = format!("write {}", if meant.trim().is_empty() { "a blank" } else { meant });
            Some(
                Problem::warning("query-html", range.clone(), message)
                    .label("copied along")
                    .help(help)
                    .fix(range, meant),
            )
        })
        .collect()
}
