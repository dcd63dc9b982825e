//! `team-list-in-quiet`: letters that come as a list at an hour in which the team wants to be left alone.
//!
//! Why: the hour of a list is meant as it is written, so it goes out in the quiet hours all the same. Fix: another hour.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "team-list-in-quiet",
    "A list of alerts at a quiet hour",
    "Quiet hours hold back single letters. The hour of a list is meant as it is written: it goes out all the same.",
    Shown::Teams(
        r#"[team.netbooks]
email      = ["netbooks@example.org"]
zone       = "Europe/Lisbon"
alerts     = "sunday 08:00"
quiet_days = ["saturday", "sunday"]"#,
    ),
    r#"[team.netbooks]
email      = ["netbooks@example.org"]
zone       = "Europe/Lisbon"
alerts     = "monday 08:00"
quiet_days = ["saturday", "sunday"]"#,
)];

/// `team-list-in-quiet`: `written` stands at `range`.
pub(in crate::logic::rules) fn told(range: Range<usize>, written: &str) -> Problem {
    Problem::warning(
        "team-list-in-quiet",
        range,
        format!("\"{written}\" is a time at which this team wants to be left alone; the list goes out all the same"),
    )
    .help("name an hour that is not quiet, such as \"monday 08:00\": quiet hours hold back single letters alone")
}
