//! `query-matches-most`: measured on real posts, a query finds most of them.
//!
//! Why: what nearly every post has is no complaint; the usual level of such a topic is that of the whole product, and a
//! real complaint drowns in it. Fix: narrow it with NEAR, AND or a phrase.

use super::documented::{Doc, Shown};
use crate::ground::diagnostic::{Diagnostic, Place};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-matches-most",
    "Measured on real posts, a query finds most of them",
    "What nearly every post has is no complaint. Told by `check --sample FILE`, and by `check --data DIR` for the posts of the last week.",
    Shown::Words,
    "",
)];

/// Fewer posts than this say nothing about a share.
pub(in crate::logic::rules) const FEWEST: usize = 20;
/// From this share on it is said.
pub(in crate::logic::rules) const MOST: f64 = 0.5;

/// `what` would have matched `found` of `all`; `of` names the posts.
pub(in crate::logic::rules) fn most(
    place: Place,
    what: &str,
    found: usize,
    all: usize,
    of: &str,
) -> Diagnostic {
    let share = 100.0 * found as f64 / all.max(1) as f64;
    Diagnostic::warning(
        "query-matches-most",
        format!("{what} would have matched {share:.0}% of {of} ({found} of {all})"),
        place,
    )
    .help("narrow `match`: a phrase in quotes, NEAR, or AND with what the complaint is about")
}
