//! Scenarios that cannot be played, or whose end is another than they say.
//!
//! Why: a scenario is what you trust a rule by; one that is misread would be trusted for nothing. Fix: as suggested.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::suggest::{closest, few};
use crate::ground::diagnostic::{Diagnostic, Place};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 5] = [
    Doc::error(
        "scenario-time",
        "A time that cannot be read",
        "A scenario that is misread would be trusted for nothing.",
        Shown::Scenario(
            r#"[[scenario]]
name = "two people"
[[scenario.post]]
at   = "monday"
text = "my mini9 is on fire"
[[scenario.quiet]]
product = "mini-9"
"#,
        ),
        r#"[[scenario]]
name = "two people"
[[scenario.post]]
at   = "day 1 09:00"
text = "my mini9 is on fire"
[[scenario.quiet]]
product = "mini-9"
"#,
    ),
    Doc::error(
        "scenario-amount",
        "A number of posts that cannot be played",
        "A scenario has at most 20,000 posts.",
        Shown::Scenario(
            r#"[[scenario]]
name = "two people"
[[scenario.usual]]
days  = "1-30"
a_day = 0
texts = ["love my mini9"]
[[scenario.quiet]]
product = "mini-9"
"#,
        ),
        r#"[[scenario]]
name = "two people"
[[scenario.usual]]
days  = "1-30"
a_day = 0.5
texts = ["love my mini9"]
[[scenario.quiet]]
product = "mini-9"
"#,
    ),
    Doc::error(
        "scenario-empty",
        "A scenario without posts, or one that expects nothing",
        "It could never fail.",
        Shown::Scenario(
            r#"[[scenario]]
name = "two people"
[[scenario.post]]
at   = "day 1 09:00"
text = "my mini9 is on fire"
"#,
        ),
        r#"[[scenario]]
name = "two people"
[[scenario.post]]
at   = "day 1 09:00"
text = "my mini9 is on fire"
[[scenario.quiet]]
product = "mini-9"
"#,
    ),
    Doc::error(
        "scenario-unknown",
        "A scenario names a product, topic or team that the rules have not",
        "It would wait for something that cannot come.",
        Shown::Scenario(
            r#"[[scenario]]
name = "two people"
[[scenario.post]]
at   = "day 1 09:00"
text = "my mini9 is on fire"
[[scenario.quiet]]
product = "mini-8"
"#,
        ),
        r#"[[scenario]]
name = "two people"
[[scenario.post]]
at   = "day 1 09:00"
text = "my mini9 is on fire"
[[scenario.quiet]]
product = "mini-9"
"#,
    ),
    Doc::error(
        "scenario-fails",
        "A scenario comes to another end than it says",
        "Told by `groundswell test`, with the word or the number of people that made the difference.",
        Shown::Words,
        "",
    ),
];

/// `scenario-time`
pub(in crate::logic::rules) fn time(range: Range<usize>, written: &str) -> Problem {
    Problem::error("scenario-time", range, format!("\"{written}\" is no time of this scenario"))
        .help("write \"day 3 09:30\" (day 1 is the first), \"day 3\", or a date and time in UTC that is not before `start`: \"2025-01-08 09:30\"")
}

/// `scenario-time`: `from` is after `by`.
pub(in crate::logic::rules) fn backwards(range: Range<usize>) -> Problem {
    Problem::error("scenario-time", range, "`from` is after `by`: no time lies between them")
        .help("`from` is the first time at which it may be, `by` the last")
}

/// `scenario-time`: days of `[[scenario.usual]]`.
pub(in crate::logic::rules) fn days(range: Range<usize>, written: &str) -> Problem {
    Problem::error("scenario-time", range, format!("\"{written}\" are no days of this scenario"))
        .help("write the first and the last: days = \"1-30\"")
}

/// `scenario-amount`
pub(in crate::logic::rules) fn a_day(range: Range<usize>) -> Problem {
    Problem::error("scenario-amount", range, "`a_day` is over 0 and at most 1000")
        .help("a_day = 0.5 is a post every second day")
}

/// `scenario-amount`
pub(in crate::logic::rules) fn too_long(range: Range<usize>, most: usize) -> Problem {
    Problem::error("scenario-amount", range, format!("this scenario has more than {most} posts"))
        .help("take fewer days or fewer posts a day; for real history use groundswell backtest")
}

/// `scenario-empty`
pub(in crate::logic::rules) fn no_posts(range: Range<usize>) -> Problem {
    Problem::error("scenario-empty", range, "this scenario has no posts")
        .help("add [[scenario.post]] with at = \"day 1 09:00\" and text = \"what somebody says\"")
}

/// `scenario-empty`
pub(in crate::logic::rules) fn expects_nothing(range: Range<usize>) -> Problem {
    Problem::error("scenario-empty", range, "this scenario expects nothing, so it could never fail")
        .help("add [[scenario.alert]] for an alert that has to open, or [[scenario.quiet]] for silence")
}

/// `scenario-unknown`
pub(in crate::logic::rules) fn unknown(
    range: Range<usize>,
    what: &str,
    name: &str,
    known: &[&str],
) -> Problem {
    let help = match (closest(name, known.iter().copied()), known) {
        (Some(near), _) => format!("did you mean \"{near}\"?"),
        (None, []) => format!("the rules have no {what} at all"),
        (None, known) => format!("there are: {}", few(known, ", ")),
    };
    Problem::error("scenario-unknown", range, format!("the rules have no {what} \"{name}\"")).help(help)
}

/// `scenario-unknown`: a topic of another product.
pub(in crate::logic::rules) fn of_another(
    range: Range<usize>,
    topic: &str,
    product: &str,
    other: &str,
) -> Problem {
    Problem::error(
        "scenario-unknown",
        range,
        format!("{product} has no topic \"{topic}\": it is one of {other}"),
    )
    .help(format!("write product = \"{other}\", or a topic of {product}"))
}

/// `scenario-unknown`: a topic of a product that has none.
pub(in crate::logic::rules) fn without_topics(range: Range<usize>, topic: &str, product: &str) -> Problem {
    Problem::error(
        "scenario-unknown",
        range,
        format!("{product} has no topic \"{topic}\": it has none at all"),
    )
    .help("take the line away: any alert about the product will do then")
}

/// `scenario-fails`: the alert that should open does not. `why` has what made the difference.
pub(in crate::logic) fn no_alert(place: Place, scenario: &str, what: &str, why: &[String]) -> Diagnostic {
    fails(place, format!("\"{scenario}\": {what} should open, but does not"), "expected here", why)
}

/// `scenario-fails`: the alert opens, and a letter about it goes out later than it should.
pub(in crate::logic) fn late(place: Place, scenario: &str, what: &str, why: &[String]) -> Diagnostic {
    fails(place, format!("\"{scenario}\": {what} opens, and is told too late"), "expected here", why)
}

/// `scenario-fails`: an alert opens that should not.
pub(in crate::logic) fn not_quiet(place: Place, scenario: &str, what: &str, why: &[String]) -> Diagnostic {
    fails(place, format!("\"{scenario}\": {what} should not open, but does"), "expected to stay silent", why)
}

fn fails(place: Place, message: String, label: &str, why: &[String]) -> Diagnostic {
    let diagnostic = Diagnostic::error("scenario-fails", message, place).label(label);
    if why.is_empty() { diagnostic } else { diagnostic.help(why.join("\n")) }
}
