//! `example-fails`: an example does not do what it expects.
//!
//! Why: the example says what the topic is for. When they disagree, one of them is wrong, and posts are missed or
//! counted that should not be. Fix: change the query, or the example.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::error(
    "example-fails",
    "An example does not do what it expects",
    "The example says what the topic is for. When the two disagree, one of them is wrong. Rules with such an example are not put in force, but can be tried with `match`, `test` and `backtest`.",
    Shown::Below(
        r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/3 close'
[[topic.example]]
text   = "the keys on this thing are really rather close"
expect = true"#,
    ),
    r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys NEAR/8 close'
[[topic.example]]
text   = "the keys on this thing are really rather close"
expect = true"#,
)];

/// The code, which blocks a reload and nothing else.
pub(in crate::logic::rules) const CODE: &str = "example-fails";

/// The topic should find the example and does not. `missing` says which parts of the query lack what.
pub(in crate::logic::rules) fn missed(
    range: Range<usize>,
    topic: &str,
    missing: &[String],
    sentiment: bool,
) -> Problem {
    let help = if sentiment {
        "the query asks for sentiment, which an example has only if you give it: add sentiment = -0.5 below its text"
            .to_owned()
    } else {
        format!("{}. Widen `match`, or set expect = false", missing.join("; "))
    };
    Problem::error(CODE, range, format!("topic \"{topic}\" should find this example, but does not"))
        .label("expected to match")
        .help(help)
}

/// The topic finds the example and should not.
pub(in crate::logic::rules) fn found(range: Range<usize>, topic: &str, words: &[String]) -> Problem {
    let because = match words {
        [] => String::new(),
        words => format!("it is found by {}: ", quoted(words)),
    };
    Problem::error(CODE, range, format!("topic \"{topic}\" should not find this example, but does"))
        .label("expected not to match")
        .help(format!("{because}narrow `match` (NEAR, NOT, a phrase in quotes), or set expect = true"))
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
