//! `$lists`: unknown, unused, looping, too large, or with entries that are queries.
//!
//! Why: an unknown list would match nothing; an unused one shows that a query lost its words. Fix: as suggested.

use std::ops::Range;

use super::Problem;
use super::suggest::{closest, few};

/// `query-unknown-list`
pub(in crate::logic::rules) fn unknown(range: Range<usize>, name: &str, known: &[&str]) -> Problem {
    if name.is_empty() {
        return Problem::error("query-unknown-list", range, "a $ needs the name of a list right after it")
            .help("write $name, and the list under [words]; or take the $ away");
    }
    let help = match (closest(name, known.iter().copied()), known) {
        (Some(near), _) => format!("did you mean ${near}?"),
        (None, []) => format!("write it under [words]: {name} = [\"one\", \"two words\"]"),
        (None, known) => format!("the lists of this file are ${}", few(known, ", $")),
    };
    Problem::error("query-unknown-list", range, format!("there is no list ${name}")).help(help)
}

/// `list-unused`
pub(in crate::logic::rules) fn unused(range: Range<usize>, name: &str) -> Problem {
    Problem::warning("list-unused", range, format!("no query uses the list ${name}"))
        .help(format!("write ${name} in a query, or take the list away"))
}

/// `list-loop`
pub(in crate::logic::rules) fn loops(range: Range<usize>, path: &[String]) -> Problem {
    let first = path.first().map_or("", String::as_str);
    Problem::error("list-loop", range, format!("the list ${first} contains itself"))
        .label(format!("${}", path.join(" → $")))
        .help("take one of these entries away")
}

/// `list-too-large`
pub(in crate::logic::rules) fn large(range: Range<usize>, name: &str, most: usize) -> Problem {
    Problem::error("list-too-large", range, format!("the list ${name} has more than {most} entries"))
        .help("split it, or use prefix* for words that begin alike")
}

/// `list-too-deep`
pub(in crate::logic::rules) fn deep(range: Range<usize>, name: &str, most: usize) -> Problem {
    Problem::error(
        "list-too-deep",
        range,
        format!("the list ${name} names lists that name lists, over {most} deep"),
    )
    .help("write the words themselves into the list")
}

/// `list-empty`
pub(in crate::logic::rules) fn empty(range: Range<usize>, name: &str) -> Problem {
    Problem::error("list-empty", range, format!("the list ${name} is empty: it would match nothing"))
        .help("write its words between the brackets, or take it away")
}

/// `list-entry`
pub(in crate::logic::rules) fn entry_is_query(range: Range<usize>, entry: &str) -> Problem {
    let shown: String = entry.chars().take(60).collect();
    Problem::error("list-entry", range, format!("\"{shown}\" is a query; a list takes words and phrases"))
        .help("write every alternative as an entry of its own, and put AND, NOT and NEAR into the query that uses the list")
}
