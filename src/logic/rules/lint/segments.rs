//! `[segments]`: parts of a product that letters and routes tell apart.
//!
//! Why: a segment that never counts leaves its people under another name, in letters and in routes. Fix: the narrower one
//! above the wider one, since the first that fits counts.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 5] = [
    Doc::error(
        "product-key-below",
        "A line of the product below another heading",
        "A line belongs to the heading above it: there it is taken for a segment or a list, and the product goes without it.",
        Shown::Below("[segments]\n\"Mini 9 Pro\" = 'pro'\nnot = 'golf'"),
        "[segments]\n\"Mini 9 Pro\" = 'pro'",
    ),
    Doc::error(
        "segment-name",
        "A segment whose name is empty or too long for a letter",
        "The name stands in letters, beside how many people speak of it.",
        Shown::Below("[segments]\n\"\" = 'pro'"),
        "[segments]\n\"Mini 9 Pro\" = 'pro'",
    ),
    Doc::error(
        "segment-twice",
        "Two segments of one name",
        "Nobody could tell which of them a letter or a route means.",
        Shown::Below("[segments]\n\"Mini 9 Pro\" = 'pro'\n\"mini 9 pro\" = 'professional'"),
        "[segments]\n\"Mini 9 Pro\" = 'pro OR professional'",
    ),
    Doc::warning(
        "segment-shadowed",
        "A segment for which one above leaves nothing",
        "The first segment that fits counts, and whatever this one finds, that one finds before.",
        Shown::Below("[segments]\n\"Mini 9\"     = '\"mini 9\"'\n\"Mini 9 Pro\" = '\"mini 9 pro\"'"),
        "[segments]\n\"Mini 9 Pro\" = '\"mini 9 pro\"'\n\"Mini 9\"     = '\"mini 9\"'",
    ),
    Doc::error(
        "segment-too-many",
        "More segments than are looked for",
        "Each is looked for in every complaint about the product.",
        Shown::Words,
        "",
    ),
];

/// `product-key-below`: a key of `[product]` stands below the heading of something else.
pub(in crate::logic::rules) fn misplaced(
    range: Range<usize>,
    key: &str,
    heading: &str,
    taken_for: &str,
) -> Problem {
    let said = format!("`{key}` stands below {heading}, so it is taken for {taken_for}");
    Problem::error("product-key-below", range, said)
        .help(format!("move it up, to the other lines below [product]; or give {taken_for} another name"))
}

/// Is this a key of `[product]` that nobody calls a segment or a list?
pub(in crate::logic::rules) fn is_key_of_product(name: &str) -> bool {
    ["id", "was", "name", "match", "not", "team", "clusters"].contains(&name)
}

/// `segment-name`
pub(in crate::logic::rules) fn name(range: Range<usize>, name: &str, longest: usize) -> Problem {
    let said = match name.trim().is_empty() {
        true => "this segment has no name".to_owned(),
        false => {
            format!("this name has {} characters, and {longest} fit into a letter", name.chars().count())
        }
    };
    Problem::error("segment-name", range, said)
        .help("write what people on your side call it: \"Mini 9 Pro\" = '\"mini 9 pro\"'")
}

/// `segment-twice`
pub(in crate::logic::rules) fn twice(range: Range<usize>, name: &str, first: &str) -> Problem {
    Problem::error(
        "segment-twice",
        range,
        format!("there is a segment \"{first}\" above, and \"{name}\" reads the same"),
    )
    .help("join the two with OR, or give one another name")
}

/// `segment-shadowed`
pub(in crate::logic::rules) fn shadowed(range: Range<usize>, first: &str) -> Problem {
    Problem::warning(
        "segment-shadowed",
        range,
        format!("whatever this finds, \"{first}\" above finds before"),
    )
    .help("the first segment that fits counts: put the narrower one above the wider one")
}

/// `segment-too-many`
pub(in crate::logic::rules) fn many(range: Range<usize>, most: usize) -> Problem {
    Problem::error("segment-too-many", range, format!("more than {most} segments"))
        .help("take out those that no route and no reader of letters needs")
}
