//! Quotes of another kind.
//!
//! Why: word processors turn straight quotes into curly ones, and single quotes mean nothing in a query. Curly ones
//! are understood, but not everywhere: other tools and TOML itself do not take them. Fix: straight double quotes.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::warning(
        "query-curly-quotes",
        "Curly quotes",
        "They are understood here, but not by TOML or other tools.",
        Shown::Query("“mini 9” OR mini9"),
        r#""mini 9" OR mini9"#,
    ),
    Doc::warning(
        "query-single-quotes",
        "Single quotes inside a query",
        "They make no phrase.",
        Shown::Product(
            r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = "'mini 9' OR mini9"
team  = "netbooks""#,
        ),
        r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = '"mini 9" OR mini9'
team  = "netbooks""#,
    ),
];

/// `query-curly-quotes`
pub(in crate::logic::rules) fn curly(range: Range<usize>, phrase: &str) -> Problem {
    Problem::warning("query-curly-quotes", range.clone(), "these quotes are curly")
        .label("taken as a phrase")
        .help("write straight quotes: \"mini 9\"")
        .fix(range, format!("\"{phrase}\""))
}

/// `query-single-quotes`
pub(in crate::logic::rules) fn single(range: Range<usize>) -> Problem {
    Problem::warning("query-single-quotes", range, "single quotes make no phrase in a query")
        .label("taken as words")
        .help("write double quotes around the phrase, and single quotes around the whole query: match = '\"mini 9\"'")
}
