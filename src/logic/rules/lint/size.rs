//! Rules that are larger than anything a person writes.
//!
//! Why: everything that can grow has a bound, so that a slip (a data file in the rules folder) cannot stop the
//! daemon. Fix: split, or take away what does not belong there.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use crate::ground::diagnostic::{Diagnostic, Place};
use crate::logic::rules::query::{MAX_DEPTH, MAX_QUERY_BYTES};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 5] = [
    Doc::error(
        "query-too-long",
        "A query of more than 32 KB",
        "Everything that grows has a bound.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "query-too-deep",
        "Parentheses more than 50 deep",
        "Everything that grows has a bound.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "file-too-large",
        "A file of more than 1 MB",
        "Everything that grows has a bound: a data file in the rules folder must not stop the daemon.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "too-many-topics",
        "More than 10,000 topics",
        "Everything that grows has a bound.",
        Shown::Words,
        "",
    ),
    Doc::error(
        "too-many-problems",
        "More problems than anybody reads",
        "Mend those that are told, and check again.",
        Shown::Words,
        "",
    ),
];

/// `query-too-long`
pub(in crate::logic::rules) fn query_long(range: Range<usize>, bytes: usize) -> Problem {
    let message = format!("this query is {bytes} bytes long; at most {MAX_QUERY_BYTES} are read");
    Problem::error("query-too-long", range, message).help("put its words into lists, or split the topic")
}

/// `query-too-deep`
pub(in crate::logic::rules) fn too_deep(range: Range<usize>) -> Problem {
    Problem::error("query-too-deep", range, format!("parentheses are more than {MAX_DEPTH} deep here"))
        .help("put inner groups into lists, or split the topic")
}

/// `file-too-large`
pub(in crate::logic::rules) fn file_large(place: Place, most: usize) -> Diagnostic {
    let message =
        format!("{} has more than {most} bytes, which is the most that a rule file may have", place.file);
    Diagnostic::error("file-too-large", message, place)
        .help("split the product's topics, or move the file away if it holds no rules")
}

/// `too-many-topics`
pub(in crate::logic::rules) fn many_topics(range: Range<usize>, most: usize) -> Problem {
    Problem::error(
        "too-many-topics",
        range,
        format!("there are more than {most} topics in all files together"),
    )
    .label("this one is over the bound")
    .help("clusters find complaints without a topic: keep the topics that need a name of their own")
}

/// `too-many-problems`
pub(in crate::logic::rules) fn many_problems(place: Place, most: usize) -> Diagnostic {
    let message = format!("more than {most} problems in {}: the rest is not told", place.file);
    Diagnostic::error("too-many-problems", message, place).help("mend these, and check again")
}
