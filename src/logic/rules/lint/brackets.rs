//! Parentheses, quotes and braces that do not come in pairs, or hold nothing.
//!
//! Why: a query that is cut short matches something else than was meant, and nobody would notice.
//! Fix: close what is open, or take it away.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 5] = [
    Doc::error(
        "query-parenthesis",
        "A parenthesis without its partner",
        "A query that is cut short matches something else than was meant.",
        Shown::Query("keys AND (close OR cramped"),
        "keys AND (close OR cramped)",
    ),
    Doc::error(
        "query-empty-group",
        "Parentheses with nothing between them",
        "Nothing can be looked for there.",
        Shown::Query("keys AND ()"),
        "keys",
    ),
    Doc::error(
        "query-quote",
        "A quote that is never closed",
        "The rest of the query would be one phrase.",
        Shown::Query(r#"keys OR "mini 9"#),
        r#"keys OR "mini 9""#,
    ),
    Doc::error(
        "query-brace",
        "A brace without its partner",
        "Braces come in pairs: {Written Like This}.",
        Shown::Query("keys OR {Mini"),
        "keys OR {Mini}",
    ),
    Doc::error(
        "query-empty-phrase",
        "A phrase or braces without a word",
        "Nothing can be looked for there.",
        Shown::Query(r#"keys OR """#),
        "keys",
    ),
];

/// `query-parenthesis`: `(a OR b`.
pub(in crate::logic::rules) fn stays_open(range: Range<usize>) -> Problem {
    Problem::error("query-parenthesis", range, "this parenthesis is never closed")
        .label("opened here")
        .help("write a ) where the group ends")
}

/// `query-parenthesis`: `a OR b)`.
pub(in crate::logic::rules) fn closes_nothing(range: Range<usize>) -> Problem {
    Problem::error("query-parenthesis", range, "this parenthesis closes nothing")
        .label("no ( before it")
        .help("write a ( where the group begins, or take this one away")
}

/// `query-empty-group`: `()`.
pub(in crate::logic::rules) fn empty_group(range: Range<usize>) -> Problem {
    Problem::error("query-empty-group", range, "there is nothing between these parentheses")
        .help("write what to look for between them, or take them away")
}

/// `query-quote`: `"mini 9`.
pub(in crate::logic::rules) fn quote(range: Range<usize>) -> Problem {
    Problem::error("query-quote", range, "this quote is never closed")
        .label("opened here")
        .help("write a \" where the phrase ends")
}

/// `query-brace`: `{Mini`.
pub(in crate::logic::rules) fn brace(range: Range<usize>) -> Problem {
    Problem::error("query-brace", range, "braces come in pairs: {Written Like This}")
        .label("this one is alone")
        .help("close it, or take it away")
}

/// `query-empty-phrase`: `""`, `{ }`.
pub(in crate::logic::rules) fn empty_phrase(range: Range<usize>) -> Problem {
    Problem::error("query-empty-phrase", range, "there is no word in here")
        .help("write the words to look for, or take it away")
}
