//! Ids that are taken, or that cannot be one.
//!
//! Why: the id ties an alert to its history and stands in addresses and commands. Two things with one id would share
//! a history. Fix: another id; and do not change one later, since its history would not follow.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 3] = [
    Doc::error(
        "id-shape",
        "Characters that an id cannot have",
        "Ids stand in addresses, commands and file names.",
        Shown::Product(
            r#"[product]
id    = "Mini 9"
name  = "Aster Mini 9"
match = 'mini9'
team  = "netbooks""#,
        ),
        r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = 'mini9'
team  = "netbooks""#,
    ),
    Doc::error(
        "product-duplicate",
        "Two files claim one product",
        "Two things with one id would share a history.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "topic-duplicate",
        "Two topics of a product have one id",
        "Two things with one id would share a history.",
        Shown::Below(
            r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'
[[topic]]
id    = "keys"
title = "Keys"
match = 'tabs'"#,
        ),
        "",
    ),
];

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
