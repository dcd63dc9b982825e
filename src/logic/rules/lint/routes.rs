//! Routes that lead nowhere.
//!
//! Why: an alert that goes to somebody else is as good as none. Fix: as suggested; `groundswell route --explain` shows who
//! would be written to.

use std::ops::Range;

use super::Problem;
use super::codes::{country_named, language_named};
use super::documented::{Doc, Shown};
use super::suggest::{closest, few, is_slip};
use super::teams::is_address;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 10] = [
    Doc::error(
        "route-unknown-team",
        "A route to a team that does not exist",
        "What it is about would reach nobody.",
        Shown::Routes(
            r#"[[route]]
region = "BR"
team   = "netbook""#,
        ),
        r#"[[route]]
region = "BR"
team   = "netbooks""#,
    ),
    Doc::error(
        "route-unknown-product",
        "A route for a product that does not exist",
        "No alert would ever take it.",
        Shown::Routes(
            r#"[[route]]
product = "mini-8"
team    = "netbooks""#,
        ),
        r#"[[route]]
product = "mini-9"
team    = "netbooks""#,
    ),
    Doc::error(
        "route-unknown-topic",
        "A route for a topic that does not exist",
        "No alert would ever take it. A topic is named by its id, and where the route names products it has to be one of theirs.",
        Shown::Routes(
            r#"[[route]]
topic = "keys-too-close"
team  = "netbooks""#,
        ),
        r#"[[route]]
language = "pt"
team     = "netbooks""#,
    ),
    Doc::error(
        "route-unknown-segment",
        "A route for a segment that does not exist",
        "No alert would ever take it. A segment is named as it stands under `[segments]` of the product's file.",
        Shown::Routes(
            r#"[[route]]
segment = "Mini 9 Pro"
team    = "netbooks""#,
        ),
        r#"[[route]]
language = "pt"
team     = "netbooks""#,
    ),
    Doc::error(
        "route-bad-value",
        "A region or a language that is none",
        "No alert would ever take the route.",
        Shown::Routes(
            r#"[[route]]
region = "Brazil"
team   = "netbooks""#,
        ),
        r#"[[route]]
region = "BR"
team   = "netbooks""#,
    ),
    Doc::error(
        "route-too-many",
        "More routes than are looked through",
        "Each alert goes through all of them. A team of its own for each product needs no route: write it into the product.",
        Shown::Words,
        "",
    ),
    Doc::warning(
        "route-unreachable",
        "A route that an earlier one leaves nothing for",
        "Routes are read from the top, and the first that fits decides.",
        Shown::Routes(
            r#"[[route]]
language = ["pt", "es"]
team     = "netbooks"

[[route]]
language = "pt"
severity = "safety"
team     = "netbooks""#,
        ),
        r#"[[route]]
language = "pt"
severity = "safety"
team     = "netbooks"

[[route]]
language = ["pt", "es"]
team     = "netbooks""#,
    ),
    Doc::warning(
        "route-never",
        "A route for a severity that nothing has",
        "Alerts have the severity of their topic; those that nobody named are normal; and all can turn out to be about safety.",
        Shown::Routes(
            r#"[[route]]
severity = "low"
team     = "netbooks""#,
        ),
        r#"[[route]]
severity = "safety"
team     = "netbooks""#,
    ),
    Doc::warning(
        "route-takes-all",
        "A route that names nothing",
        "Every alert ends there: nothing is left for later routes, for the products' own teams and for the fallback.",
        Shown::Routes(
            r#"[[route]]
team = "netbooks""#,
        ),
        r#"[[route]]
team = "netbooks"
also = true"#,
    ),
    Doc::warning(
        "fallback-unused",
        "A fallback for which nothing is left",
        "It gets what no team owns, and every product names a team.",
        Shown::Routes(
            r#"[fallback]
team = "netbooks""#,
        ),
        "",
    ),
];

/// `route-unknown-team`, `route-unknown-product`, `route-unknown-topic`: `what` is one of these three; `of` names the
/// products that a topic would have to be of.
pub(in crate::logic::rules) fn unknown(
    range: Range<usize>,
    what: &str,
    id: &str,
    of: &str,
    known: &[&str],
) -> Problem {
    let place = match (what, of) {
        ("team", _) => " in teams.toml".to_owned(),
        (_, "") => String::new(),
        (_, of) => format!(" of {of}"),
    };
    let (at, message) = (range.clone(), format!("there is no {what} \"{id}\"{place}"));
    let problem = match what {
        "team" => Problem::error("route-unknown-team", at, message),
        "product" => Problem::error("route-unknown-product", at, message),
        "segment" => Problem::error("route-unknown-segment", at, message),
        _ => Problem::error("route-unknown-topic", at, message),
    };
    let near = closest(id, known.iter().copied());
    let problem = match near {
        Some(near) if !is_slip(id, near) => return problem.help(format!("did you mean \"{near}\"?")),
        _ => problem,
    };
    meant(problem, range, near, || match known {
        _ if what == "team" && is_address(id.trim()) => {
            "the name of a team belongs here: its addresses stand in teams.toml under [team.NAME]".to_owned()
        }
        [] if what == "segment" => {
            "segments stand in the product's file: [segments], then \"Mini 9 Pro\" = '\"mini 9 pro\"'"
                .to_owned()
        }
        [] => format!("there is no {what} at all"),
        known => format!("take one of: {}", few(known, ", ")),
    })
}

/// `route-bad-value`
pub(in crate::logic::rules) fn bad_value(
    range: Range<usize>,
    key: &str,
    value: &str,
    expected: &str,
) -> Problem {
    let problem = Problem::error("route-bad-value", range.clone(), format!("`{key}` cannot be \"{value}\""));
    let code = match key {
        "language" => language_named(value),
        "region" => country_named(value),
        _ => None,
    };
    meant(problem, range, code, || format!("write {expected}"))
}

/// Offers what was surely meant in the place of these bytes; where nothing is known, what `else_help` says.
fn meant(
    problem: Problem,
    range: Range<usize>,
    near: Option<&str>,
    else_help: impl FnOnce() -> String,
) -> Problem {
    match near {
        Some(near) => problem.help(format!("did you mean \"{near}\"?")).fix(range, format!("\"{near}\"")),
        None => problem.help(else_help()),
    }
}

/// `route-too-many`
pub(in crate::logic::rules) fn many(range: Range<usize>, most: usize) -> Problem {
    Problem::error(
        "route-too-many",
        range,
        format!("this is route number {}: at most {most} are taken", most + 1),
    )
    .help("name several products, topics or regions in one route: region = [\"BR\", \"PT\"]")
}

/// `route-unreachable`
pub(in crate::logic::rules) fn unreachable(range: Range<usize>, earlier: &str) -> Problem {
    Problem::warning(
        "route-unreachable",
        range,
        format!("no alert gets as far as this route: that of {earlier} takes all of them"),
    )
    .help("move it above that one, or write also = true there, so that those below get it too")
}

/// `route-never`
pub(in crate::logic::rules) fn never(range: Range<usize>, severity: &str) -> Problem {
    Problem::warning("route-never", range, format!("nothing that this route is about is {severity}"))
        .help("an alert has the severity of its topic; one that no topic names is normal; both can turn out to be safety")
}

/// `route-takes-all`
pub(in crate::logic::rules) fn takes_all(range: Range<usize>) -> Problem {
    Problem::warning(
        "route-takes-all",
        range,
        "this route names nothing, so every alert ends here: nothing is left for the products' teams and the fallback",
    )
    .help("say what it is for (product, topic, severity, region, language, source), or write also = true")
}

/// `fallback-unused`
pub(in crate::logic::rules) fn fallback_unused(range: Range<usize>, team: &str) -> Problem {
    Problem::warning(
        "fallback-unused",
        range,
        format!("nothing is left for the fallback \"{team}\": every product names a team of its own"),
    )
    .help("take `team` out of the products that nobody owns, or take the fallback away")
}
