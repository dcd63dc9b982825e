//! `topic-shadowed`: a topic that finds nothing which another topic of the product does not find as well.
//!
//! Why: one complaint then opens two alerts, or the one that people look at is not the one that was meant. Fix: one
//! topic, or `NOT` in the wider one. A narrower topic that is more severe is no mistake: it is there to be quicker.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "topic-shadowed",
    "A topic that finds nothing of its own",
    "One complaint opens two alerts.",
    Shown::Below(
        r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'

[[topic]]
id    = "enter"
title = "Enter"
match = 'enter AND keys'"#,
    ),
    r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NOT enter'

[[topic]]
id    = "enter"
title = "Enter"
match = 'enter AND keys'"#,
)];

/// Two topics with one query.
pub(in crate::logic::rules) fn same(range: Range<usize>, other: &str) -> Problem {
    Problem::warning("topic-shadowed", range, format!("this query finds the same posts as topic \"{other}\""))
        .help("join the two topics, or let each look for something of its own")
}

/// All that this topic finds, another finds too, at the same severity or a higher one.
pub(in crate::logic::rules) fn within(range: Range<usize>, other: &str) -> Problem {
    Problem::warning(
        "topic-shadowed",
        range,
        format!("whatever this query finds, topic \"{other}\" finds too"),
    )
    .help(format!(
        "take this away, give this topic a higher severity, or keep its posts out of \"{other}\" with NOT"
    ))
}
