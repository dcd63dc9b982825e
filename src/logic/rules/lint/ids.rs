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

/// `id-shape`: `"$brake" = ["brake"]` below `[words]`.
pub(in crate::logic::rules) fn dollar(range: Range<usize>, written: &str, name: &str) -> Problem {
    Problem::error("id-shape", range.clone(), format!("\"{written}\" cannot be the name of a list"))
        .help(format!("the $ stands in queries alone, before the name. Below [words] it is: {name} = [\"one\", \"two words\"]"))
        .fix(range, name)
}

/// `product-duplicate`: two files claim one product. `range` is in `second`; that is the copy where `known`, else either
/// may be.
pub(in crate::logic::rules) fn product_twice(
    range: Range<usize>,
    id: &str,
    first: &Place,
    second: &Place,
    known: bool,
) -> Problem {
    let (one, other) = (first.file.as_str(), second.file.as_str());
    let places = format!("{one}:{} and {other}:{}", first.line, second.line);
    let problem = Problem::error(
        "product-duplicate",
        range,
        format!("two files say that they are the product \"{id}\": {places}"),
    )
    .label(format!("also in {one}:{}", first.line));
    let own = |file: &str| Some(stem(file)).filter(|stem| stem != id && is_id(stem));
    let free = own(other).unwrap_or_else(|| format!("{id}-2"));
    problem.help(if known {
        format!(
            "if {other} was copied for another product, write id = \"{free}\" there, with a name and a match of its own; if it is \
             left over, move it out of the folder"
        )
    } else {
        format!(
            "if one of the two was copied for another product, give that one an id, a name and a match of its own (id = \"{free}\" in \
             {other}, say); if one is left over, move it out of the folder. The one that was there first keeps its id: its history hangs on it"
        )
    })
}

/// Does a file's name say that it is a copy, as file managers name them?
pub(in crate::logic::rules) fn is_named_copy(file: &str) -> bool {
    let stem = stem(file).to_lowercase();
    let words = stem.split(|c: char| !c.is_alphabetic());
    let copied = ["copy", "kopie", "copie", "copia", "cópia", "kopia"];
    words.into_iter().any(|word| copied.contains(&word))
        || stem
            .strip_suffix(')')
            .and_then(|s| s.rsplit_once('('))
            .is_some_and(|(_, n)| n.parse::<u8>().is_ok())
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
