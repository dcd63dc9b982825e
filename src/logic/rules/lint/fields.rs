//! Field tests that do not exist, or ask for a value that cannot be.
//!
//! Why: a test that never holds silences the whole query. Fix: take one of the known fields, with a fitting value.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::suggest::closest;
use super::{codes, elsewhere, numbers};
use crate::logic::rules::query::{NUMBERS, TEXTS};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::error(
        "query-field-unknown",
        "A field that does not exist",
        "A test that never holds silences the whole query.",
        Shown::Query("keys langauge:pt"),
        "keys lang:pt",
    ),
    Doc::error(
        "query-field-value",
        "A field that is asked for what it cannot have",
        "A test that never holds silences the whole query.",
        Shown::Query("keys region:Brazil"),
        "keys region:BR",
    ),
];

/// What other tools call our fields.
const ALIASES: [(&str, &str); 12] = [
    ("language", "lang"),
    ("country", "region"),
    ("location", "region"),
    ("user", "author"),
    ("from", "author"),
    ("domain", "site"),
    ("url", "site"),
    ("stars", "rating"),
    ("reach", "followers"),
    ("platform", "source"),
    ("inurl", "site"),
    ("authorfollowers", "followers"),
];

/// What a field is called here that has this name here or in another tool.
pub(super) fn called(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let ours = TEXTS.into_iter().chain(NUMBERS).find(|field| *field == lower);
    ours.or_else(|| ALIASES.iter().find(|(other, _)| *other == lower).map(|(_, field)| *field))
}

/// `query-field-unknown`: `title:(a OR b)`.
pub(in crate::logic::rules) fn group(range: Range<usize>, name: &str) -> Problem {
    let lower = name.to_lowercase();
    let alias = ALIASES.iter().find(|(other, _)| *other == lower).map(|(_, field)| *field);
    let help = match closest(&lower, TEXTS.into_iter().chain(NUMBERS)).or(alias) {
        Some(near) => format!("did you mean `{near}`? Several values are joined by OR: ({near}:… OR {near}:…)"),
        None => "queries look at title and text alike: take the name and the colon away. To look for a text with a colon in it, put it in quotes".to_owned(),
    };
    Problem::error("query-field-unknown", range, format!("there is no field called \"{name}\"")).help(help)
}

/// `query-field-unknown`: `langauge:pt`; `written` is the value as it stands there, and
/// ends the test at byte `end`.
pub(in crate::logic::rules) fn unknown(
    range: Range<usize>,
    name: &str,
    written: &str,
    end: usize,
) -> Problem {
    let known = TEXTS.into_iter().chain(NUMBERS);
    let lower = name.to_lowercase();
    let alias =
        ALIASES.iter().find(|(other, _)| closest(&lower, [*other]).is_some()).map(|(_, field)| *field);
    if let Some((help, meant)) = elsewhere::field(&lower, written) {
        let whole = range.start..end;
        let problem =
            Problem::error("query-field-unknown", range, format!("there is no field called \"{name}\""))
                .help(help);
        return match meant {
            Some(meant) => problem.fix(whole, meant),
            None => problem,
        };
    }
    let near = closest(&lower, known).or(alias);
    if near == Some("site") && !written.contains('.') {
        // Part of an address, as other tools look for it.
        return Problem::error("query-field-unknown", range, format!("there is no field called \"{name}\""))
            .help("`site` asks for the place that a post links to, by its whole name: site:example.org. What stands elsewhere in an address cannot be asked for");
    }
    let help = match near {
        Some(near) if lower == "language" => {
            format!("in a query it is called `{near}`, and `language` in a route or a team")
        }
        Some(near) => format!("did you mean `{near}`?"),
        None => format!(
            "the fields are {}: and {} (with >=, <=, >, < or =). To look for a text with a colon in it, put it in quotes",
            TEXTS.join(":, "),
            NUMBERS.join(", ")
        ),
    };
    let problem =
        Problem::error("query-field-unknown", range.clone(), format!("there is no field called \"{name}\""))
            .help(help);
    match near {
        Some(near) => problem.fix(range, near),
        None => problem,
    }
}

/// `query-field-value`: `region:Brazil`, `rating:2`, `sentiment<=-30`, `followers>1k`. `value` stands at `at`.
pub(in crate::logic::rules) fn value(
    range: Range<usize>,
    name: &str,
    expected: &str,
    at: Range<usize>,
    value: &str,
) -> Problem {
    let meant = match name {
        "lang" => codes::language_named(value).map(str::to_owned),
        "region" => codes::country_named(value).map(str::to_owned),
        "followers" => numbers::plain(value),
        _ => None,
    };
    let whole = range.clone();
    let problem = Problem::error("query-field-value", range, format!("`{name}` cannot be asked like this"));
    if let Some(meant) = elsewhere::value(name, value) {
        return problem.help(format!("write {meant}")).fix(whole, meant);
    }
    match meant {
        Some(meant) => problem.help(format!("did you mean {meant}? It takes {expected}")).fix(at, meant),
        None => problem.help(format!("it takes {expected}")),
    }
}
