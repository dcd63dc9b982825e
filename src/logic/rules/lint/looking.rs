//! Queries and words that look for nothing.
//!
//! Why: nothing would ever match. Fix: write a word.

use std::ops::Range;

use super::Problem;
use super::comparison;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::error(
        "query-empty",
        "A query without words",
        "Nothing would ever match.",
        Shown::Product(
            r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = ''
team  = "netbooks""#,
        ),
        "",
    ),
    Doc::error(
        "query-nothing",
        "A word without letters, digits or emoji",
        "Punctuation is not looked for.",
        Shown::Query("keys OR ..."),
        "keys",
    ),
];

/// `query-empty`
pub(in crate::logic::rules) fn empty(range: Range<usize>) -> Problem {
    Problem::error("query-empty", range, "this query is empty")
        .help("write what to look for, such as '\"mini 9\" OR mini9'")
}

/// `query-nothing`: a word without letters, digits or emoji.
pub(in crate::logic::rules) fn nothing(range: Range<usize>, word: &str) -> Problem {
    Problem::error("query-nothing", range, format!("\"{word}\" has nothing that could be looked for")).help(
        comparison::alone(word).unwrap_or("punctuation is not searched: write a word, a tag or an emoji"),
    )
}
