//! `team-address-twice`: an address that stands in a team more than once.
//!
//! Why: one of them was perhaps to be somebody else, who now gets nothing. Fix: each address once.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "team-address-twice",
    "An address that stands in a team more than once",
    "One of them was perhaps to be somebody else, who gets nothing.",
    Shown::Teams("[team.netbooks]\nemail = [\"ana@example.org\", \"Ana@example.org\"]"),
    "[team.netbooks]\nemail = [\"ana@example.org\"]",
)];

/// `team-address-twice`: the addresses of a team with their places, in order; one problem for each that comes again.
pub(in crate::logic::rules) fn told(addresses: &[(&str, Range<usize>)], team: &str) -> Vec<Problem> {
    let same = |a: &str, b: &str| a.trim().eq_ignore_ascii_case(b.trim());
    let mut problems: Vec<Problem> = Vec::new();
    for (n, (address, range)) in addresses.iter().enumerate() {
        let before = addresses.iter().take(n).filter(|(other, _)| same(other, address)).count();
        let all = addresses.iter().filter(|(other, _)| same(other, address)).count();
        // Once for each, however often it stands there.
        if before == 1 {
            let times = if all == 2 { "twice".to_owned() } else { format!("{all} times") };
            let message = format!("{} stands {times} in the team \"{team}\"", address.trim());
            problems.push(
                Problem::warning("team-address-twice", range.clone(), message)
                    .help("leave it there once; one of them was perhaps to be somebody else"),
            );
        }
    }
    problems
}
