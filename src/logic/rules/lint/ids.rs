//! Ids that are taken, or that cannot be one.
//!
//! Why: the id ties an alert to its history and stands in addresses and commands. Two things with one id would share
//! a history. Fix: another id; and do not change one later, since its history would not follow.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use crate::ground::diagnostic::Place;
use crate::logic::rules::load::is_id;

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

/// `product-duplicate`: two files claim one product; `range` is in `copy`, the one to change.
pub(in crate::logic::rules) fn product_twice(
    range: Range<usize>,
    id: &str,
    kept: &Place,
    copy: &str,
) -> Problem {
    let stem = stem(copy);
    let other = if stem != id && is_id(&stem) { stem } else { format!("{id}-2") };
    Problem::error(
        "product-duplicate",
        range,
        format!("{} and {copy} both say that they are the product \"{id}\"", kept.file),
    )
    .label(format!("also in {}:{}", kept.file, kept.line))
    .help(format!(
        "if {copy} was copied for another product, write id = \"{other}\" here, with a name and a match of its own; if it is \
         left over, move it out of the folder"
    ))
}

/// Does the file bear the id as its name?
pub(in crate::logic::rules) fn is_named_after(file: &str, id: &str) -> bool {
    stem(file) == id
}

/// `mini-10` of `rules/mini-10.toml`.
fn stem(file: &str) -> String {
    let name = file.rsplit('/').next().unwrap_or_default();
    name.strip_suffix(".toml").unwrap_or(name).to_owned()
}

/// `topic-duplicate`: two topics of a product have one id.
pub(in crate::logic::rules) fn topic_twice(range: Range<usize>, id: &str, first: &str) -> Problem {
    Problem::error("topic-duplicate", range, format!("this product already has a topic \"{id}\""))
        .label(format!("first in {first}"))
        .help("give one of the two another id, or join their queries with OR")
}
