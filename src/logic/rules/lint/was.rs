//! Ids that something had before (`was`), and that belong to something else.
//!
//! Why: a history can have one owner. Fix: take the id out of `was` where it does not belong.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::error(
        "was-in-use",
        "`was` names an id that is still in use",
        "Its history belongs to what bears the id now.",
        Shown::Below(
            r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'
[[topic]]
id    = "keyboard"
was   = "keys"
title = "Keyboard"
match = 'keyboard'"#,
        ),
        r#"[[topic]]
id    = "keyboard"
was   = "keys"
title = "Keyboard"
match = 'keyboard'"#,
    ),
    Doc::error(
        "was-twice",
        "Two `was` name the same id",
        "A history can go to one of them only.",
        Shown::Below(
            r#"[[topic]]
id    = "keyboard"
was   = "keys"
title = "Keyboard"
match = 'keyboard'
[[topic]]
id    = "buttons"
was   = "keys"
title = "Buttons"
match = 'button'"#,
        ),
        "",
    ),
];

/// `was-in-use`: `what` (a product, a topic) of this id is there.
pub(in crate::logic::rules) fn in_use(range: Range<usize>, what: &str, id: &str) -> Problem {
    Problem::error("was-in-use", range, format!("the {what} \"{id}\" is still there, and keeps its history"))
        .label("an id that something had before")
        .help(format!("take \"{id}\" out of `was`, or take the {what} \"{id}\" out of the rules"))
}

/// `was-twice`: another one claims that history.
pub(in crate::logic::rules) fn twice(range: Range<usize>, id: &str, first: &str) -> Problem {
    Problem::error("was-twice", range, format!("the history of \"{id}\" is claimed already"))
        .label(format!("first in {first}"))
        .help("a history can go to one of the two only: take the id out of the other `was`")
}
