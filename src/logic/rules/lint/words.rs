//! Queries and words that look for nothing.
//!
//! Why: nothing would ever match. Fix: write a word.

use std::ops::Range;

use super::Problem;

/// `query-empty`
pub(in crate::logic::rules) fn empty(range: Range<usize>) -> Problem {
    Problem::error("query-empty", range, "this query is empty")
        .help("write what to look for, such as '\"mini 9\" OR mini9'")
}

/// `query-nothing`: a word without letters, digits or emoji.
pub(in crate::logic::rules) fn nothing(range: Range<usize>, word: &str) -> Problem {
    Problem::error("query-nothing", range, format!("\"{word}\" has nothing that could be looked for"))
        .help("punctuation is not searched: write a word, a tag or an emoji")
}
