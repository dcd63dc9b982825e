//! Who would be written to, as it is shown.

use std::io::Write;

use serde_json::{Value, json};

use super::{Asked, Standing};
use crate::assembly::commands::standing::{minute, one_line};
use crate::ground::alert::{Severity, Wait};
use crate::ground::diagnostic::Place;
use crate::ground::time::Timestamp;
use crate::logic::lifecycle::{Lid, Pass, Terms};
use crate::logic::rules::{Destination, RouteReason, RuleSet};

/// As text: who is told by which line and when, what keeps letters back, and each route on request.
pub(super) fn write_text(
    out: &mut impl Write,
    asked: &Asked,
    told: &[Destination<'_>],
    rules: &RuleSet,
    standing: &Standing,
    explain: bool,
) -> std::io::Result<()> {
    let mut about = vec![asked.topic.as_ref().map_or_else(
        || format!("{}, a complaint that no topic names", asked.product),
        |topic| format!("{}, topic {topic}", asked.product),
    )];
    about.push(match asked.severity {
        Severity::Safety if asked.alert.is_none() => {
            "severity safety (told once a second person says it)".to_owned()
        }
        severity => format!("severity {severity}"),
    });
    let known = [
        ("region", &asked.regions),
        ("language", &asked.languages),
        ("source", &asked.sources),
        ("segment", &asked.segments),
    ];
    for (what, of) in known {
        let names: Vec<String> = of.keys().map(|name| one_line(name)).collect();
        if !names.is_empty() {
            about.push(format!("{what} {}", names.join(", ")));
        }
    }
    writeln!(out, "{}", about.join(", "))?;
    if let Some(why) = asked.silent {
        writeln!(out, "  {why}; if something did, it would go to")?;
    }
    for to in told {
        let by = match to.why {
            RouteReason::Route => format!("by the route in {}", place(to.at)),
            RouteReason::Owner => format!("owns the product ({})", place(to.at)),
            RouteReason::Fallback => format!("gets what nobody owns ({})", place(to.at)),
        };
        writeln!(out, "  team {}: {by}", to.team)?;
        for party in parties(rules, to.team, asked.severity, standing) {
            let when = match party.wait {
                None => "at once".to_owned(),
                Some(Wait { until: Some(until), why }) => {
                    format!("not before {} UTC: {}", minute(until), why.words())
                }
                Some(Wait { until: None, why }) => format!("no letter: {}", why.words()),
            };
            let gone = party.left.iter().map(|address| format!("{address} (gets none: has left the list)"));
            let shown: Vec<String> = party.email.iter().cloned().chain(gone).collect();
            writeln!(out, "      {}, {when}", shown.join(", "))?;
        }
    }
    for (scope, of) in standing.silenced(asked) {
        let worse = if of.until_worse { ", or until it gets worse" } else { "" };
        writeln!(
            out,
            "  no letter while {} is silenced: until {} UTC{worse}, by {} (groundswell silence {} --undo)",
            one_line(scope),
            minute(of.until),
            one_line(&of.by),
            one_line(scope)
        )?;
    }
    let before: Vec<&str> = asked
        .thread
        .iter()
        .map(String::as_str)
        .filter(|team| !told.iter().any(|to| to.team == *team))
        .collect();
    if !before.is_empty() {
        writeln!(
            out,
            "  team {}: was told before, and stays in the thread until it is over",
            before.join(", ")
        )?;
    }
    if !explain {
        return Ok(());
    }
    writeln!(out, "\n  The routes, in order")?;
    let mut ended = false;
    for route in &rules.routes {
        let verdict = match route.unmet(&asked.facts()) {
            _ if ended && !route.also => "not looked at: one above decided".to_owned(),
            Some(unmet) => {
                format!("does not fit: {} is {}, not {}", unmet.key, one_line(&unmet.has), unmet.asks)
            }
            None if route.also => format!("fits: {} too, whatever decides", route.team.join(", ")),
            None => {
                ended = true;
                format!("fits: {}, and that decides", route.team.join(", "))
            }
        };
        writeln!(out, "    {}  {verdict}", place(route.origin.as_ref()))?;
    }
    if rules.routes.is_empty() {
        writeln!(out, "    there are none (teams.toml: [[route]])")?;
    }
    let owner = rules.products.iter().find(|p| p.id == asked.product);
    let last = match (owner.and_then(|p| p.team_at.as_ref().map(|at| (&p.team, at))), &rules.fallback) {
        _ if ended => return writeln!(out),
        (Some((team, at)), _) => format!("{}  the product's own team: {team}", place(Some(at))),
        (None, Some((team, at))) => format!("{}  no team owns it, so the fallback: {team}", place(Some(at))),
        (None, None) => "no team owns it, and there is no fallback".to_owned(),
    };
    writeln!(out, "    {last}\n")
}

/// As JSON, one line.
pub(super) fn as_json(
    asked: &Asked,
    told: &[Destination<'_>],
    rules: &RuleSet,
    standing: &Standing,
    explain: bool,
) -> Value {
    let teams: Vec<Value> = told
        .iter()
        .map(|to| {
            let parties = parties(rules, to.team, asked.severity, standing);
            let each = parties.iter().map(|party| {
                json!({"email": party.email, "left": party.left,
                    "waits": party.wait.map(|w| json!({"until": w.until, "why": w.why.name()}))})
            });
            let own = wait(rules, to.team, asked.severity, standing.now);
            let all =
                |of: fn(&Party) -> &Vec<String>| -> Vec<&String> { parties.iter().flat_map(of).collect() };
            json!({"team": to.team, "why": to.why.name(), "at": place(to.at), "email": all(|p| &p.email),
                "left": all(|p| &p.left), "parties": each.collect::<Vec<_>>(),
                "waits": own.map(|w| json!({"until": w.until, "why": w.why.name()}))})
        })
        .collect();
    let mut line = json!({
        "product": asked.product, "topic": asked.topic, "severity": asked.severity, "regions": asked.regions,
        "languages": asked.languages, "sources": asked.sources, "segments": asked.segments,
        "thread": asked.thread, "teams": teams,
    });
    if let (Some(why), Some(line)) = (asked.silent, line.as_object_mut()) {
        line.insert("silent".into(), why.into());
    }
    let silenced = standing.silenced(asked);
    if !silenced.is_empty()
        && let Some(line) = line.as_object_mut()
    {
        let each = silenced.iter().map(|(scope, of)| json!({"scope": scope, "until": of.until, "by": of.by}));
        line.insert("silenced".into(), each.collect());
    }
    if explain && let Some(line) = line.as_object_mut() {
        let routes = rules.routes.iter().map(|route| {
            let unmet = route.unmet(&asked.facts());
            json!({"at": place(route.origin.as_ref()), "fits": unmet.is_none(), "also": route.also,
                "unmet": unmet.map(|u| json!({"key": u.key, "asks": u.asks, "has": u.has}))})
        });
        line.insert("routes".into(), routes.collect());
    }
    line
}

/// Whether a letter to the team would wait, had it got none today.
fn wait(rules: &RuleSet, team: &str, severity: Severity, now: Timestamp) -> Option<Wait> {
    let terms = Terms::of(rules.teams.get(team));
    match Lid::default().pass(now, &terms, severity, false, ("", 0)) {
        Pass::Hold(wait) => Some(wait),
        Pass::Send | Pass::SendForSafety => None,
    }
}

/// Those of a team who get their letters at the same time.
struct Party {
    /// Who gets them, and who would have but has left.
    email: Vec<String>,
    left: Vec<String>,
    wait: Option<Wait>,
}

/// The team's own list, and those who have times of their own.
fn parties(rules: &RuleSet, team: &str, severity: Severity, standing: &Standing) -> Vec<Party> {
    let all = rules.teams.get(team).into_iter().chain(rules.recipients(team));
    all.filter(|party| !party.email.is_empty())
        .map(|party| {
            let addresses = party.email.iter().cloned();
            let (left, email) = addresses.partition(|address| standing.has_left(&party.id, address));
            Party { email, left, wait: wait(rules, &party.id, severity, standing.now) }
        })
        .collect()
}

fn place(at: Option<&Place>) -> String {
    at.map_or_else(|| "rules".to_owned(), |at| format!("{}:{}", at.file, at.line))
}
