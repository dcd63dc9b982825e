//! Recipients of a team who want their letters at other times.
//!
//! Why: who stands in `email` too would get each letter twice, who has no address gets none. Fix: one place for each address.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::error(
    "recipient-twice",
    "An address that the team has already",
    "Who is in `email` and has a [[team.NAME.recipient]] as well, or two of these, would get every letter twice.",
    Shown::Teams(
        r#"[team.netbooks]
email = ["netbooks@example.org", "ana@example.org"]
[[team.netbooks.recipient]]
email  = "ana@example.org"
alerts = "daily 08:00""#,
    ),
    r#"[team.netbooks]
email = ["netbooks@example.org"]
[[team.netbooks.recipient]]
email  = "ana@example.org"
alerts = "daily 08:00""#,
)];

/// `recipient-twice`
pub(in crate::logic::rules) fn twice(range: Range<usize>, address: &str, team: &str) -> Problem {
    Problem::error("recipient-twice", range, format!("{address} gets the letters of team \"{team}\" already"))
        .help("take the address out of `email`, or this recipient out")
}
