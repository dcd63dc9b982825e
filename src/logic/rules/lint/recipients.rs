//! Recipients of a team who want their letters at other times.
//!
//! Why: who stands in `email` too would get each letter twice, who has no address gets none. Fix: one place for each address.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::error(
        "team-addresses-joined",
        "Several addresses in one text",
        "A mail program writes them so; here each stands in quotes of its own, or no letter would go to any of them.",
        Shown::Teams("[team.netbooks]\nemail = \"ana@example.org; bo@example.org\""),
        "[team.netbooks]\nemail = [\"ana@example.org\", \"bo@example.org\"]",
    ),
    Doc::error(
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
    ),
];

/// `recipient-twice`
pub(in crate::logic::rules) fn twice(range: Range<usize>, address: &str, team: &str) -> Problem {
    Problem::error("recipient-twice", range, format!("{address} gets the letters of team \"{team}\" already"))
        .help("take the address out of `email`, or this recipient out")
}

/// `team-addresses-joined`: several addresses in one text, as a mail program writes them; `listed` says that it is an entry of a list.
pub(in crate::logic::rules) fn several(range: Range<usize>, text: &str, listed: bool) -> Option<Problem> {
    let parts: Vec<&str> =
        text.split([',', ';', ' ']).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.len() < 2 || !parts.iter().all(|part| super::teams::is_address(part)) {
        return None;
    }
    let entries = parts.iter().map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(", ");
    let meant = if listed { entries } else { format!("[{entries}]") };
    let problem = Problem::error(
        "team-addresses-joined",
        range.clone(),
        format!("these are {} addresses in one text", parts.len()),
    );
    Some(problem.help(format!("each address stands in quotes of its own: {meant}")).fix(range, meant))
}
