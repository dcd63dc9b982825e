//! `explain`: why this alert opened, with the sum that anyone can redo. Why nothing opened about a text is `explain_not`.

use std::io::Write;

use serde_json::json;

use super::acts::unknown_alert;
use super::alerts::standing_alerts;
use super::explain_life::{days, decided, ends, write_life};
use super::explain_not::text_not_alerted;
use super::standing::{clip, count, figure, minute, one_line, people};
use crate::assembly::cli::{ExplainArgs, Format};
use crate::assembly::configured::settings;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{as_json, stdout};
use crate::edges::store::Store;
use crate::ground::alert::{Alert, AlertEvent, AlertState, EventKind, Severity};
use crate::ground::entry::Act;
use crate::ground::post::PostKey;
use crate::ground::reason::Reason;
use crate::ground::time::Timestamp;
use crate::logic::analysis::ClusterId;
use crate::logic::lifecycle::{FEWEST_PEOPLE, FEWEST_SAFETY, bar_for};
use crate::logic::spike::{bar, bar_of_evidence};

/// Characters of a quote that are shown.
const QUOTE: usize = 300;

/// Runs `explain`.
///
/// # Errors
/// There is no such alert, or no store.
pub fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    match (&args.alert, &args.not) {
        (_, Some(text)) => text_not_alerted(&store, text, args.format),
        (Some(alert), None) => explain_alert(&store, alert, args.format),
        (None, None) => Err(Failure::say(Exit::Usage, "name an alert, or a text with --not TEXT")),
    }
}

fn explain_alert(store: &Store, id: &str, format: Format) -> Result<(), Failure> {
    let life = store.events(Some(id))?;
    let acts = store.acts()?;
    let (Some(first), Some(alert)) = (life.first(), standing_alerts(&life, &acts).into_iter().next()) else {
        let mut known: Vec<String> = store.events(None)?.into_iter().map(|e| e.alert).collect();
        known.dedup();
        return Err(unknown_alert(id, &known));
    };
    // What it stands on now: the rise that opened it, or brought it back.
    let opening = life
        .iter()
        .rev()
        .find(|e| matches!(e.kind, EventKind::Opened | EventKind::Regressed))
        .unwrap_or(first);
    let decided = decided(&acts, opening);
    let mut gone = Vec::new();
    for key in &opening.evidence {
        if !store.has_post(key)? {
            gone.push(key);
        }
    }
    let mut out = stdout();
    match format {
        Format::Json => {
            let ends_when = ends(&alert, &decided);
            let decisions: Vec<_> = decided
                .iter()
                .map(|(at, act)| json!({"at": at, "by": act.by, "what": act.what, "why": act.why}))
                .collect();
            let sum = opening.sum;
            let line = json!({
                "alert": id, "state": alert.state, "acknowledged_by": alert.acknowledged_by,
                "opened": opening, "why": opening.reason.sentence(),
                "sum": {
                    "level_a_day": sum.level, "level_shape": sum.level_shape, "dispersion": sum.dispersion,
                    "window_days": opening.window_days, "observed": opening.observed, "expected": opening.expected,
                    "score_log10": sum.score, "evidence": 10f64.powf(sum.score),
                    "bar_log10": sum.bar, "bar": 10f64.powf(sum.bar),
                    "series": sum.series, "budget_a_year": sum.budget, "people": opening.authors,
                },
                "life": life, "decisions": decisions, "evidence_gone": gone, "ends_when": ends_when,
            });
            writeln!(out, "{}", as_json(&line)?)?;
        }
        Format::Text => write_alert(&mut out, &alert, opening, &life, &decided, &gone)?,
    }
    Ok(out.flush()?)
}

fn write_alert(
    out: &mut impl Write,
    alert: &Alert,
    opening: &AlertEvent,
    life: &[AlertEvent],
    decided: &[&(Timestamp, Act)],
    gone: &[&PostKey],
) -> std::io::Result<()> {
    let state = if alert.state == AlertState::Open { "open" } else { "resolved" };
    writeln!(
        out,
        "{}: {}, \"{}\" ({state})",
        opening.alert,
        one_line(&opening.product_name),
        one_line(&opening.label)
    )?;
    if let Some(by) = &alert.acknowledged_by {
        writeln!(out, "Seen by {}.", one_line(by))?;
    }
    writeln!(out, "\nWhy it {}\n  {}", opening_word(opening), opening.reason.sentence())?;
    writeln!(
        out,
        "  {} said so {}, where {:.1} are usual. {} {}.",
        people(opening.observed),
        days(opening.window_days),
        opening.expected,
        match (&opening.topic, opening.about()) {
            (Some(_), _) => "The rule that names it stands at".to_owned(),
            (None, Some(topic)) =>
                format!("Its posts are those of the topic {}; the product stands at", one_line(topic)),
            (None, None) => "No rule names it; the product stands at".to_owned(),
        },
        one_line(&opening.origin)
    )?;
    if let Some(earlier) = &opening.beside.earlier {
        let how = if earlier.no_issue { "somebody called it no issue" } else { "it ended" };
        let (said, at) = (people(earlier.people), minute(earlier.at));
        writeln!(out, "  It had an alert before: {said} said so then, and {how} at {at} UTC.")?;
    }
    if ClusterId::parse(&opening.cluster).is_some() {
        writeln!(
            out,
            "  Its cluster is {}: `merge`, `split`, `name` and `ignore` go by that.",
            one_line(&opening.cluster)
        )?;
    }
    if !opening.words.is_empty() {
        writeln!(out, "  Words that set it apart: {}", one_line(&opening.words.join(", ")))?;
    }
    writeln!(out, "\nThe sum")?;
    for (name, figure) in sum_lines(opening) {
        writeln!(out, "  {name:12} {figure}")?;
    }
    writeln!(
        out,
        "\nThe evidence: {}, {}{}",
        people(opening.authors),
        count(opening.evidence.len() as u64, "post", "posts"),
        match gone.len() {
            0 => String::new(),
            n => format!("; {n} of them gone since: deleted, or older than what is kept"),
        }
    )?;
    for quote in &opening.quotes {
        let who = quote.author_name.as_deref().unwrap_or("somebody");
        writeln!(
            out,
            "  {}  {}, {}: {}",
            minute(quote.at),
            one_line(&quote.key.source),
            clip(&one_line(who), 40),
            clip(&one_line(&quote.text), QUOTE)
        )?;
        if let Some(url) = &quote.url {
            writeln!(out, "  {:16}  {}", "", one_line(url))?;
        }
    }
    let quoted = |key: &PostKey| opening.quotes.iter().any(|q| q.key == *key);
    let others: Vec<String> = opening
        .evidence
        .iter()
        .filter(|key| !quoted(key))
        .map(|key| {
            let is_gone = if gone.contains(&key) { " (gone)" } else { "" };
            format!("{}:{}{is_gone}", one_line(&key.source), one_line(&key.id))
        })
        .collect();
    if !others.is_empty() {
        writeln!(out, "  and {}", others.join(" "))?;
    }
    write_life(out, life, decided)?;
    let ways: Vec<String> = life.iter().rev().take(1).flat_map(ways).collect();
    if !ways.is_empty() {
        writeln!(out, "\nWho is told, and why")?;
        ways.iter().try_for_each(|way| writeln!(out, "  {way}"))?;
    }
    writeln!(out, "\nWhat would end it\n  {}", ends(alert, decided))
}

/// How an event came to its teams, where it was not by owning the product.
fn ways(event: &AlertEvent) -> Vec<String> {
    let routing = &event.routing;
    let others = routing.also.iter().map(|other| (&other.team, &other.via));
    let all: Vec<_> = std::iter::once((&event.team, &routing.via)).chain(others).collect();
    if all.iter().all(|(_, via)| via.is_empty()) {
        return Vec::new();
    }
    let why = |via: &str| match via {
        "" => "it owns the product".to_owned(),
        "thread" => "it was told before, and stays in the thread".to_owned(),
        line => format!("{} says so", one_line(line)),
    };
    all.into_iter().map(|(team, via)| format!("team {}: {}", one_line(team), why(via))).collect()
}

fn opening_word(opening: &AlertEvent) -> &'static str {
    if opening.kind == EventKind::Regressed { "came back" } else { "opened" }
}

/// The sum, line by line: what anyone can redo with a pocket calculator.
fn sum_lines(event: &AlertEvent) -> Vec<(&'static str, String)> {
    let sum = event.sum;
    let (evidence, bar_itself) = (10f64.powf(sum.score), 10f64.powf(sum.bar));
    let run_length = bar(sum.series as usize, sum.budget);
    let plain =
        if event.topic.is_some() { bar_of_evidence(sum.series as usize, sum.budget) } else { run_length };
    let moved = sum.bar - plain;
    let mut bar_line = format!(
        "365 days × {} ÷ {} false alarms a year = {}",
        count(u64::from(sum.series.max(1)), "complaint watched", "complaints watched"),
        sum.budget,
        figure(10f64.powf(run_length))
    );
    if (plain - run_length).abs() > 1e-6 {
        bar_line.push_str(&format!(
            "; evidence of {} comes by chance as often, as measured",
            figure(10f64.powf(plain))
        ));
    }
    let by_severity = bar_for(event.severity, 0.0);
    let no_issue = event.topic.is_some() || event.beside.earlier.is_some_and(|earlier| earlier.no_issue);
    let why = if no_issue {
        "since it was called no issue"
    } else {
        "beside an open alert that is a little like it"
    };
    let moves = [
        (by_severity, format!("for its severity ({})", event.severity)),
        (moved - by_severity, why.to_owned()),
    ];
    let moves = moves.iter().filter(|(by, _)| by.abs() > 1e-6);
    let moves: Vec<String> =
        moves.map(|(by, why)| format!("times {} {why}", figure(10f64.powf(*by)))).collect();
    if !moves.is_empty() {
        bar_line.push_str(&format!("; {} = {}", moves.join(", "), figure(bar_itself)));
    }
    let verdict = match event.reason {
        Reason::SecondSafetyVoice => {
            "a matter of safety opens on the second voice, whatever the evidence".to_owned()
        }
        Reason::BackAfterFix if sum.score < sum.bar => format!(
            "it was said to be fixed: {} since are more than a fix that holds leaves, and no bar is asked of them",
            people(event.observed)
        ),
        _ => format!("the evidence is {} times the bar", figure(10f64.powf(sum.score - sum.bar))),
    };
    vec![
        (
            "usual",
            match sum.level_shape {
                known if known < 0.05 && event.reason == Reason::BackAfterFix => {
                    format!("{:.3} people a day, of which little is known", sum.level)
                }
                known if known < 0.05 => {
                    format!("{:.3} people a day, as nobody had said it before", sum.level)
                }
                known => {
                    format!("{:.3} people a day, known from {known:.1} people's worth of history", sum.level)
                }
            },
        ),
        (
            "dispersion",
            format!("{:.3} (the variance of a day is E + {:.3} E²)", sum.dispersion, sum.dispersion),
        ),
        (
            "window",
            format!(
                "{} heard {}, {:.2} expected",
                people(event.observed),
                days(event.window_days),
                event.expected
            ),
        ),
        ("evidence", format!("10^{:.2} = {} to 1 for a rise", sum.score, figure(evidence))),
        ("bar", format!("{bar_line} = 10^{:.2}", sum.bar)),
        ("so", verdict),
        ("people", format!("{} different{}", event.authors, fewest(event))),
    ]
}

/// How many different people it takes, where that is what opens an alert.
fn fewest(event: &AlertEvent) -> String {
    match event.reason {
        // One whom many pass on, and a fix that does not hold, have measures of their own.
        Reason::SharedWidely | Reason::BackAfterFix => String::new(),
        _ if event.severity == Severity::Safety => {
            format!("; {FEWEST_SAFETY} are enough where it is about safety")
        }
        _ => format!("; at least {FEWEST_PEOPLE} in a week are needed"),
    }
}
