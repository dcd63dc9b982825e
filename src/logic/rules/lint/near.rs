//! NEAR without a distance, or between things that have no place in a text.
//!
//! Why: NEAR counts words from one place to another, so both sides need a place. Fix: words, phrases, lists or OR of
//! such on both sides, and a number.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use crate::logic::rules::query::MAX_DISTANCE;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::error(
        "query-near-number",
        "NEAR without a distance",
        "NEAR counts words.",
        Shown::Query("keys NEAR close"),
        "keys NEAR/8 close",
    ),
    Doc::error(
        "query-near-operand",
        "NEAR beside something that has no place in a text",
        "NEAR counts words from one place to another.",
        Shown::Query("keys NEAR/3 (too AND close)"),
        "keys NEAR/3 (too OR close)",
    ),
];

/// `query-near-number`
pub(in crate::logic::rules) fn number(range: Range<usize>, written: &str) -> Problem {
    Problem::error("query-near-number", range, format!("\"{written}\" does not say how near"))
        .label(format!("a number from 1 to {MAX_DISTANCE} is needed"))
        .help("write NEAR/8 for at most 8 words apart, NEAR/8f when the left side has to come first")
}

/// The distance of a NEAR that has it after another sign than a slash, or after a blank (`NEAR:8`, `NEAR 8`), and how much of
/// `rest`, which follows the word, belongs to it. Nothing where nothing would be left to measure to.
pub(in crate::logic::rules) fn apart(word: &str, rest: &str) -> Option<(u32, usize)> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| (1..=MAX_DISTANCE).contains(n));
    let (distance, len) = match word.strip_prefix("NEAR")? {
        "" => {
            let next = rest.split_whitespace().next()?;
            (number(next)?, rest.len() - rest.trim_start().len() + next.len())
        }
        tail => (tail.strip_prefix([':', '-', '=', '\\', '~']).and_then(number)?, 0),
    };
    let follows = rest.get(len..).is_some_and(|rest| !rest.trim().is_empty());
    follows.then_some((distance, len))
}

/// `query-near-number`: a distance with another sign than a slash.
pub(in crate::logic::rules) fn sign(range: Range<usize>, distance: u32) -> Problem {
    let meant = format!("NEAR/{distance}");
    Problem::error("query-near-number", range.clone(), "the distance of NEAR stands right after a slash")
        .help(format!("write {meant}"))
        .fix(range, meant)
}

/// `query-near-operand`: AND, NOT, a field or another NEAR on a side.
pub(in crate::logic::rules) fn operand(range: Range<usize>, what: &str) -> Problem {
    Problem::error("query-near-operand", range, format!("NEAR cannot measure from {what}"))
        .help("beside NEAR can stand words, phrases, lists and OR of these in parentheses; move the rest out with AND")
}

/// `query-near-operand`: `lid NOT NEAR/5 leak`.
pub(in crate::logic::rules) fn not_near(range: Range<usize>, distance: u32) -> Problem {
    Problem::error("query-near-operand", range, "NOT and NEAR do not make one operator")
        .help(format!("say NOT of the two together: lid NOT (lid NEAR/{distance} leak)"))
}

/// `query-near-operand`: `a NEAR/2 b NEAR/2 c`.
pub(in crate::logic::rules) fn chain(range: Range<usize>) -> Problem {
    Problem::error("query-near-operand", range, "NEAR joins two sides, and this would be the third")
        .help("write (a NEAR/3 b) AND (b NEAR/3 c)")
}

/// `NEAR(lid leak, 6)`, as some tools write it.
pub(in crate::logic::rules) struct Call<'t> {
    /// Its bytes.
    pub(in crate::logic::rules) len: usize,
    words: Vec<&'t str>,
    distance: &'t str,
}

/// The call with which `text` begins: parentheses that hold words and at last a number.
pub(in crate::logic::rules) fn call(text: &str) -> Option<Call<'_>> {
    let rest = text.strip_prefix("NEAR(")?;
    // `NEAR((lid, leak), 6)` has a pair more.
    let inner = if rest.starts_with('(') { rest.find(')')? + 1 } else { 0 };
    let end = inner + rest.get(inner..)?.find(')')?;
    let (inside, number) = rest.get(..end)?.rsplit_once(',')?;
    let distance = number.trim();
    distance.parse::<u32>().ok()?;
    let inside = inside.trim_matches(['(', ')', ' ']);
    let words = if inside.contains([',', '"']) {
        inside.split(',').map(str::trim).collect()
    } else {
        inside.split_whitespace().collect()
    };
    Some(Call { len: "NEAR(".len() + end + 1, words, distance })
}

/// `query-near-number`: a distance that is written as a call.
pub(in crate::logic::rules) fn as_call(range: Range<usize>, call: &Call<'_>) -> Problem {
    let problem = Problem::error(
        "query-near-number",
        range.clone(),
        "NEAR stands between its two sides, with the distance after a slash",
    );
    let fits = |side: &&str| !side.is_empty() && side.matches('"').count().is_multiple_of(2);
    match call.words.as_slice() {
        [left, right] if fits(left) && fits(right) => {
            let meant = format!("{left} NEAR/{} {right}", call.distance);
            problem.help(format!("write {meant}")).fix(range, meant)
        }
        _ => problem
            .help(format!("write lid NEAR/{} leak; for more than two, join pairs with AND", call.distance)),
    }
}
