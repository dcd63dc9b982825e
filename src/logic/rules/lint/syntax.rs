//! `toml-syntax`: the file is not TOML.
//!
//! Why: until it is, nothing in it can be trusted. Fix: mostly a quote or a bracket that is not closed, or a text
//! without quotes around it.

use std::ops::Range;

use super::Problem;

/// The code of everything that the TOML reader says.
pub(in crate::logic::rules) const CODE: &str = "toml-syntax";

/// What the TOML reader says, with what usually helps.
pub(in crate::logic::rules) fn toml(range: Range<usize>, said: &str, line: &str) -> Problem {
    let first = said.lines().next().unwrap_or_default();
    let help = if line.contains(['“', '”', '„', '‘', '’']) {
        "these quotes are curly: write straight ones, ' or \""
    } else if first.contains("duplicate") {
        "this stands here twice: take one away, or join the two"
    } else if line.contains('=') && line.matches('"').count() % 2 == 1 {
        "a quote is missing; put a query that has \" in it between single quotes: match = '\"mini 9\"'"
    } else if line.contains('=') && line.matches('"').count() > 2 {
        "put a query that has \" in it between single quotes: match = '\"mini 9\"'"
    } else if line.trim_start().starts_with('[') {
        "tables are written [product], topics [[topic]], and examples [[topic.example]]"
    } else {
        "a line is name = \"text\", name = 4, or name = [\"one\", \"two\"]"
    };
    Problem::error(CODE, range, format!("this is not TOML: {first}")).help(help)
}
