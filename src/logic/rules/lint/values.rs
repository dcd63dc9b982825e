//! Words that a key does not take.
//!
//! Why: severity and clustering decide when somebody is told. Fix: one of the words listed.

use std::ops::Range;

use super::Problem;
use super::suggest::closest;

/// `unknown-severity`, `unknown-clusters`: `known` is all that can stand there.
pub(in crate::logic::rules) fn unknown(
    code: &'static str,
    range: Range<usize>,
    key: &str,
    value: &str,
    known: &[&str],
) -> Problem {
    let meant = closest(&value.to_lowercase(), known.iter().copied());
    let meant = meant.map_or_else(String::new, |near| format!("did you mean \"{near}\"? "));
    Problem::error(code, range, format!("`{key}` cannot be \"{value}\""))
        .help(format!("{meant}it is one of \"{}\"", known.join("\", \"")))
}

/// `empty-value`: a text that says nothing.
pub(in crate::logic::rules) fn empty(range: Range<usize>, key: &str) -> Problem {
    Problem::error("empty-value", range, format!("`{key}` is empty")).help("write what belongs there")
}
