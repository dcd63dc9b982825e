//! Keys that are not known, not there, or of the wrong kind.
//!
//! Why: a key with a slip of the pen would otherwise be passed over in silence. Fix: as suggested.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::suggest::closest;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 3] = [
    Doc::error(
        "unknown-key",
        "A key that does not exist",
        "A slip of the pen would be passed over in silence.",
        Shown::Below(
            r#"[[topic]]
id    = "keys"
title = "Keys"
macth = 'keys'"#,
        ),
        r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'"#,
    ),
    Doc::error(
        "missing-key",
        "A key that has to be there is not",
        "Without it nothing can be watched.",
        Shown::Below(
            r#"[[topic]]
id    = "keys"
title = "Keys"
"#,
        ),
        r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'"#,
    ),
    Doc::error(
        "wrong-type",
        "A value of another kind than belongs there",
        "A text stands in quotes, a number does not; topics stand in double brackets.",
        Shown::Below(
            r#"[topic]
id    = "keys"
title = "Keys"
match = 'keys'"#,
        ),
        r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'"#,
    ),
];

/// `unknown-key`
pub(in crate::logic::rules) fn unknown(
    range: Range<usize>,
    table: &str,
    key: &str,
    known: &[&str],
) -> Problem {
    if let Some(help) = of_a_topic(table, key) {
        return Problem::error("unknown-key", range, format!("{table} has no key `{key}`")).help(help);
    }
    if let Some(other) = called_otherwise(table, key) {
        let problem = Problem::error("unknown-key", range.clone(), format!("{table} has no key `{key}`"));
        let (here, there) = if table == "[[route]]" { ("a route", "a query") } else { ("a team", "a post") };
        return problem
            .help(format!("in {here} it is called `{other}`, in {there} `{key}`"))
            .fix(range, other);
    }
    if let Some((owner, at)) = belongs(table, key) {
        return Problem::error("unknown-key", range, format!("{table} has no key `{key}`")).help(format!(
            "`{key}` belongs to {owner}: what stands below a heading is its own. Move the line {at}"
        ));
    }
    if key == "segment" && known.contains(&"segments") {
        return Problem::error("unknown-key", range.clone(), format!("{table} has no key `{key}`"))
            .help("segments stand in one table, a line each: [segments], and below it \"Mini 9 Pro\" = 'pro'")
            .fix(range, "segments");
    }
    if let Some(ours) = elsewhere(key).filter(|ours| known.contains(ours)) {
        return Problem::error("unknown-key", range.clone(), format!("{table} has no key `{key}`"))
            .help(format!("here it is called `{ours}`"))
            .fix(range, ours);
    }
    let help = match (closest(key, known.iter().copied()), key) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, "team") => "teams belong in teams.toml".to_owned(),
        (None, _) if known.is_empty() => "take it away".to_owned(),
        (None, _) => format!("here can stand: {}", known.join(", ")),
    };
    let problem =
        Problem::error("unknown-key", range.clone(), format!("{table} has no key `{key}`")).help(help);
    match closest(key, known.iter().copied()) {
        Some(near) => problem.fix(range, near),
        None => problem,
    }
}

/// What was meant by a key of the product that stands in a topic.
fn of_a_topic(table: &str, key: &str) -> Option<&'static str> {
    match (table, key) {
        ("[[topic]]", "not") => Some(
            "a topic leaves posts out in its query: match = '(lid NEAR/6 leak) NOT golf'. If it is meant for all of the product, move the line below [product], above the first [[topic]]",
        ),
        ("[[topic]]", "team") => Some(
            "who is told of one topic is said in teams.toml, by a [[route]] with topic = \"…\" and team = \"…\". If it is meant for all of the product, move the line below [product], above the first [[topic]]",
        ),
        _ => None,
    }
}

/// What a key of queries and posts is called where alerts and teams are described.
fn called_otherwise(table: &str, key: &str) -> Option<&'static str> {
    match (table, key) {
        ("[[route]]", "lang") => Some("language"),
        ("[[route]]", "country") => Some("region"),
        _ if key == "lang" && (table.starts_with("[team.") || table.starts_with("[[team.")) => {
            Some("language")
        }
        _ => None,
    }
}

/// What a key is called here that is called so in other tools.
fn elsewhere(key: &str) -> Option<&'static str> {
    match key.to_lowercase().as_str() {
        "timezone" | "time_zone" | "tz" => Some("zone"),
        "exclude" | "excludes" | "excluding" | "without" | "negative" => Some("not"),
        "keyword" | "keywords" | "query" | "search" | "terms" | "include" => Some("match"),
        "mail" | "mails" | "emails" | "address" | "addresses" => Some("email"),
        "priority" | "level" | "importance" => Some("severity"),
        "quiet_hours" | "do_not_disturb" => Some("quiet"),
        "expected" | "matches" => Some("expect"),
        _ => None,
    }
}

/// The heading that a key belongs to which stands below another one, and where its line goes.
fn belongs(table: &str, key: &str) -> Option<(&'static str, &'static str)> {
    match (table, key) {
        ("[[topic.example]]", "severity" | "match" | "id" | "was") => {
            Some(("[[topic]]", "above [[topic.example]]"))
        }
        ("[[topic]]", "name" | "clusters") | ("[[topic.example]]", "team" | "name" | "not" | "clusters") => {
            Some(("[product]", "below [product], above the first [[topic]]"))
        }
        (
            "[[scenario.post]]" | "[[scenario.usual]]",
            "topic" | "team" | "product" | "from" | "by" | "told_by",
        ) => Some(("[[scenario.alert]] or [[scenario.quiet]]", "below one of these")),
        ("[[scenario.alert]]" | "[[scenario.quiet]]", "text" | "at" | "author") => {
            Some(("[[scenario.post]]", "below that"))
        }
        _ => None,
    }
}

/// `missing-key`
pub(in crate::logic::rules) fn missing(
    range: Range<usize>,
    table: &str,
    key: &str,
    example: &str,
) -> Problem {
    Problem::error("missing-key", range, format!("{table} lacks `{key}`"))
        .help(format!("add a line such as: {key} = {example}"))
}

/// `wrong-type`
pub(in crate::logic::rules) fn wrong_type(
    range: Range<usize>,
    key: &str,
    expected: &str,
    found: &str,
    example: &str,
) -> Problem {
    Problem::error("wrong-type", range, format!("`{key}` should be {expected}"))
        .label(format!("this is {}", plain(found)))
        .help(format!("write it like this: {example}"))
}

/// TOML's names of kinds in plain words.
fn plain(kind: &str) -> &'static str {
    match kind {
        "string" => "a text",
        "integer" | "float" => "a number",
        "boolean" => "true or false",
        "datetime" => "a date",
        "array" => "a list",
        _ => "a table",
    }
}

/// `missing-key`: a file without a product.
pub(in crate::logic::rules) fn no_product_table(range: Range<usize>) -> Problem {
    Problem::error("missing-key", range, "this file has no [product]")
        .help("begin it with [product], and below it id, name, match and team; or give it a name that does not end in .toml")
}

/// `missing-key`: a file of teams that has another name.
pub(in crate::logic::rules) fn teams_elsewhere(range: Range<usize>, file: &str) -> Problem {
    Problem::error("missing-key", range, format!("{file} has teams and no [product]: teams are read from teams.toml alone"))
        .help("give this file the name teams.toml, in small letters; where there is a teams.toml already, move the teams there")
}
