//! Stars where they cannot stand.
//!
//! Why: `a*` matches a good part of every text, and `*ing` would need every word of the language. Fix: three letters
//! and then the star.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::error(
        "query-wildcard-short",
        "A star after fewer than three letters",
        "It would match a good part of every text.",
        Shown::Query("ke*"),
        "key*",
    ),
    Doc::error(
        "query-wildcard-place",
        "A star that does not end a word",
        "Every word of the language would have to be tried.",
        Shown::Query("k*board"),
        "keyb*",
    ),
];

/// `query-wildcard-short`
pub(in crate::logic::rules) fn short(range: Range<usize>, word: &str) -> Problem {
    Problem::error("query-wildcard-short", range, format!("\"{word}\" would match too much"))
        .label("fewer than three letters before the star")
        .help("write at least three letters, or list the words: (key OR keys OR keyboard)")
}

/// `query-wildcard-place`
pub(in crate::logic::rules) fn misplaced(range: Range<usize>, word: &str) -> Problem {
    Problem::error("query-wildcard-place", range, format!("the star in \"{word}\" cannot stand there"))
        .help("a star ends one word: crash* finds crashes and crashing")
}

/// `query-wildcard-place`: inside quotes.
pub(in crate::logic::rules) fn in_phrase(range: Range<usize>) -> Problem {
    Problem::error(
        "query-wildcard-place",
        range,
        "a phrase in quotes is matched as it stands; it takes no star",
    )
    .help("write it with NEAR: return NEAR/1f key*")
}
