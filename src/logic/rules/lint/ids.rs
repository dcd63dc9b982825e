//! Ids that are taken, or that cannot be one.
//!
//! Why: the id ties an alert to its history and stands in addresses and commands. Two things with one id would share
//! a history. Fix: another id; and do not change one later, since its history would not follow.

use std::ops::Range;

use super::Problem;

/// `id-shape`: characters that an id cannot have.
pub(in crate::logic::rules) fn shape(range: Range<usize>, id: &str) -> Problem {
    Problem::error("id-shape", range, format!("\"{id}\" cannot be an id"))
        .label("letters a-z, digits, - _ and . only")
        .help("write it without blanks and accents, such as \"keys-too-close\"")
}

/// `product-duplicate`: two files claim one product.
pub(in crate::logic::rules) fn product_twice(range: Range<usize>, id: &str, first: &str) -> Problem {
    Problem::error("product-duplicate", range, format!("there is already a product \"{id}\""))
        .label(format!("first in {first}"))
        .help("give one of the two another id")
}

/// `topic-duplicate`: two topics of a product have one id.
pub(in crate::logic::rules) fn topic_twice(range: Range<usize>, id: &str, first: &str) -> Problem {
    Problem::error("topic-duplicate", range, format!("this product already has a topic \"{id}\""))
        .label(format!("first in {first}"))
        .help("give one of the two another id, or join their queries with OR")
}
