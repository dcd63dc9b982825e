//! Quotes of another kind.
//!
//! Why: word processors turn straight quotes into curly ones, and single quotes mean nothing in a query. Curly ones
//! are understood, but not everywhere: other tools and TOML itself do not take them. Fix: straight double quotes.

use std::ops::Range;

use super::Problem;

/// `query-curly-quotes`
pub(in crate::logic::rules) fn curly(range: Range<usize>) -> Problem {
    Problem::warning("query-curly-quotes", range, "these quotes are curly")
        .label("taken as a phrase")
        .help("write straight quotes: \"mini 9\"")
}

/// `query-single-quotes`
pub(in crate::logic::rules) fn single(range: Range<usize>) -> Problem {
    Problem::warning("query-single-quotes", range, "single quotes make no phrase in a query")
        .label("taken as words")
        .help("write double quotes around the phrase, and single quotes around the whole query: match = '\"mini 9\"'")
}
