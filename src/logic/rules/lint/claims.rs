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

/// `written` alone is enough for this product, and for `other`, which looks for `theirs` at `place`. Where one of the two is
/// `narrow`, it is a part of the other.
pub(in crate::logic::rules) fn both(
    range: Range<usize>,
    written: &str,
    theirs: &str,
    narrow: bool,
    other: &str,
    place: &str,
) -> Problem {
    let short = |text: &str| -> String { text.chars().take(60).collect() };
    let (mine, theirs) = (short(written), short(theirs));
    let problem = if narrow && theirs != mine {
        Problem::warning(
            "products-share-words",
            range,
            format!("posts that {mine} finds here and {theirs} finds for product \"{other}\" count for both"),
        )
    } else {
        Problem::warning(
            "products-share-words",
            range,
            format!("{mine} is enough for product \"{other}\" too: such posts count for both"),
        )
    };
    let (broad, long) =
        if mine.chars().count() < theirs.chars().count() { ("here", theirs) } else { (place, mine) };
    let help = if narrow {
        format!("if that is not meant, write not = '{long}' in the product that looks for less ({broad})")
    } else {
        "write what tells the two apart: a longer phrase, or `not`".to_owned()
    };
    problem.label(format!("also in {place}")).help(help)
}
