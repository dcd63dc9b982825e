//! `list-entry-sign`: an entry of a list with signs of a query in it.
//!
//! Why: an entry is a word or a phrase, so `"-cable"` finds cables, and `"plug|socket"` only who writes the two one after the
//! other. Fix: each alternative as an entry of its own, and the rest in the query that uses the list.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::{comparison, elsewhere, fields, foreign, regex};
use crate::logic::rules::query::TEXTS;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "list-entry-sign",
    "An entry of a list with signs of a query",
    "An entry is a word or a phrase, and its signs are taken as punctuation: `-cable` finds cables.",
    Shown::Below(
        r#"[words]
close = ["close|cramped", "-far"]

[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 $close'"#,
    ),
    r#"[words]
close = ["close", "cramped"]

[[topic]]
id    = "keys"
title = "Keys"
match = '(keys NEAR/8 $close) NOT far'"#,
)];

/// `list-entry-sign`: `entry` of the list `name` stands at `range`, quotes and all; `alone` where no brackets stand around it.
pub(in crate::logic::rules) fn told(
    range: Range<usize>,
    name: &str,
    entry: &str,
    alone: bool,
) -> Option<Problem> {
    let entry = entry.trim();
    let say = |message: String| Problem::warning("list-entry-sign", range.clone(), message);
    if let Some((sign, word)) = leading(entry) {
        let message =
            format!("\"{sign}\" says nothing in a list: this finds \"{word}\" like any other entry");
        return Some(match sign {
            '+' => say(message).help(format!("write \"{word}\"")).fix(range.clone(), format!("\"{word}\"")),
            _ => say(message)
                .help(format!("a list leaves nothing out: take the entry away, and write it in the query, ${name} NOT {word}")),
        });
    }
    if let Some(test) = test_of_field(entry) {
        return Some(
            say(format!("\"{entry}\" is looked for as words here: a list asks for no field"))
                .help(format!("take it away, and write it in the query: ${name} {test}")),
        );
    }
    if let Some(parts) = alternatives(entry) {
        let entries = format!("\"{}\"", parts.join("\", \""));
        let meant = if alone { format!("[{entries}]") } else { entries };
        let problem = say(format!("\"{entry}\" finds these words only one after the other"));
        // Two with a slash between them may be how a thing is called.
        if parts.len() == 2 && !entry.contains('|') {
            let phrase = parts.join(" ");
            return Some(problem.help(format!(
                "write each as an entry of its own, {meant}; or \"{phrase}\" if it is one name"
            )));
        }
        let help = format!("write each as an entry of its own: {meant}");
        return Some(problem.help(help).fix(range.clone(), meant));
    }
    if entry.contains(char::is_whitespace) {
        return None;
    }
    let of_query = regex::of_word(entry, 0)
        .or_else(|| foreign::of_word(entry, 0))
        .or_else(|| elsewhere::of_word(entry, 0))?;
    Some(
        say(of_query.message)
            .help("an entry is a word, several words in their order, or a beginning with a star: leak*"),
    )
}

/// The sign before a word that other tools leave out or demand.
fn leading(entry: &str) -> Option<(char, &str)> {
    let sign = entry.chars().next().filter(|c| "-+!\u{2212}–—".contains(*c))?;
    let word = entry.get(sign.len_utf8()..)?;
    // "-20" is a temperature.
    word.starts_with(|c: char| c.is_alphabetic() || c == '"').then_some((sign, word.trim_matches('"')))
}

/// A test of a field, as a query has it.
fn test_of_field(entry: &str) -> Option<String> {
    let len = entry.find([':', '<', '>', '=', '!', '≤', '≥', '≠'])?;
    let (head, rest) = entry.split_at_checked(len)?;
    let name = fields::called(head)?;
    let value = rest.trim_start_matches([':', '<', '>', '=', '!', '≤', '≥', '≠']);
    let says = value.starts_with(|c: char| c.is_alphanumeric() || c == '"' || c == '-');
    if !says || value.contains(char::is_whitespace) {
        return None;
    }
    let whole = comparison::of_field(entry, 0).and_then(|problem| problem.fix).map(|fix| fix.1);
    let colon = TEXTS.contains(&name) && rest.starts_with(':');
    Some(whole.unwrap_or_else(|| if colon { format!("{name}:{value}") } else { format!("{name}{rest}") }))
}

/// Words with bars or slashes between them; "km/h" has none that is long enough.
fn alternatives(entry: &str) -> Option<Vec<&str>> {
    let by = |sign: char| entry.split(sign).map(str::trim).collect::<Vec<_>>();
    let parts = if entry.contains('|') { by('|') } else { by('/') };
    let is_word = |part: &&str| {
        part.chars().filter(|c| c.is_alphabetic()).count() > 2
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '*' | '#'))
    };
    (parts.len() > 1 && parts.iter().all(is_word)).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_told_from_parts_of_queries() {
        let fix = |entry: &str| told(0..1, "bad", entry, false).map(|p| p.fix.map_or(p.help, |fix| fix.1));
        assert!(fix("-cable").unwrap().ends_with("$bad NOT cable"));
        assert_eq!(fix("+cable").as_deref(), Some("\"cable\""));
        assert_eq!(fix("plug|socket").as_deref(), Some("\"plug\", \"socket\""));
        assert_eq!(fix("plug/socket/pin").as_deref(), Some("\"plug\", \"socket\", \"pin\""));
        assert!(fix("plug/socket").unwrap().contains("\"plug socket\" if it is one name"));
        assert!(fix("region:BR").unwrap().ends_with("$bad region:BR"));
        assert!(fix("country:BR").unwrap().ends_with("$bad region:BR"));
        assert!(fix("rating<=2").unwrap().ends_with("$bad rating<=2"));
        assert!(fix("stuc?").is_some() && fix("lea[kc]").is_some());
        for fine in
            ["-20", "wi-fi", "km/h", "next to", "#seal", "leak*", "error: 42", "c++", "why not?", "@ana"]
        {
            assert_eq!(fix(fine), None, "{fine}");
        }
    }
}
