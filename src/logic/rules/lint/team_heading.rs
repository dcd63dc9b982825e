//! `team-heading`: a team whose heading does not name it, or has the brackets of a topic.
//!
//! Why: products, routes and commands call a team by the word in its heading. Fix: `[team.NAME]`.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::error(
    "team-heading",
    "A team whose heading does not name it",
    "Products and routes call a team by the word after `team.` in its heading; there is no other name.",
    Shown::Teams("[[team]]\nname  = \"netbooks\"\nemail = [\"netbooks@example.org\"]"),
    "[team.netbooks]\nemail = [\"netbooks@example.org\"]",
)];

/// `team-heading`: `[[team]]` and `[team]`, at `heading`. `named` has the name, where a line says it, and where that line ends if
/// it is the first below the heading.
pub(in crate::logic::rules) fn without_name(
    heading: Range<usize>,
    written: &str,
    named: Option<(&str, Option<usize>)>,
) -> Problem {
    let problem =
        Problem::error("team-heading", heading.clone(), format!("{written} does not say which team"));
    match named {
        Some((name, Some(end))) => problem
            .help(format!("the heading names the team: [team.{name}]"))
            .fix(heading.start..end, format!("[team.{name}]")),
        Some((name, None)) => problem.help(format!(
            "the heading names the team: write [team.{name}], and take away the line that names it below"
        )),
        None => problem.help("the heading names the team, by the word that products use: [team.kitchen]"),
    }
}

/// `team-heading`: `[[team.kitchen]]`, once or several times.
pub(in crate::logic::rules) fn double(heading: Range<usize>, id: &str, times: usize) -> Problem {
    let problem =
        Problem::error("team-heading", heading.clone(), format!("[[team.{id}]] has the brackets of a topic"));
    if times > 1 {
        return problem
            .help(format!("a team stands once, as [team.{id}], with all its addresses in one list"));
    }
    problem.help(format!("write [team.{id}]")).fix(heading, format!("[team.{id}]"))
}
