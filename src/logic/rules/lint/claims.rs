//! `products-share-words`: two products claim the same words.
//!
//! Why: each post with such a word counts for both, and both teams get a mail about it. Fix: `not` in one of the two, or
//! a more exact name.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "products-share-words",
    "Two products claim the same words",
    "Each post with such a word counts for both, and both teams get a mail about it.",
    Shown::Words,
    "",
)];

/// `written` alone is enough for this product and for `other`, which stands at `place`.
pub(in crate::logic::rules) fn both(range: Range<usize>, written: &str, other: &str, place: &str) -> Problem {
    let shown: String = written.chars().take(60).collect();
    Problem::warning(
        "products-share-words",
        range,
        format!("{shown} is enough for product \"{other}\" too: such posts count for both"),
    )
    .label(format!("also in {place}"))
    .help("write what tells the two apart: a longer phrase, or `not`")
}
