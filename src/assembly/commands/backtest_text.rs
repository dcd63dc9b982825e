//! What a backtest tells people.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::backtest::Replayed;
use super::standing::one_line;
use crate::assembly::output::counted;
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::post::PostKey;
use crate::ground::time::days_between;
use crate::logic::known::Lead;

/// Weeks in a year.
const WEEKS: f64 = 52.18;

/// Every event in a line, and what it comes to in a year.
pub(super) fn print_story(out: &mut impl Write, done: &Replayed) -> std::io::Result<()> {
    for event in &done.events {
        let what = {
            let label = one_line(&event.label);
            if event.topic.is_some() { label } else { format!("\"{label}\"") }
        };
        writeln!(
            out,
            "{}  {:9}  {}: {what}: {} in {}, usually {}  [{}; {}]",
            event.at.strftime("%Y-%m-%d %H:%M"),
            event.kind.to_string(),
            one_line(&event.product_name),
            counted(event.observed.into(), "person", "people"),
            counted(event.window_days.into(), "day", "days"),
            usual(event.expected),
            event.reason.name(),
            event.alert,
        )?;
    }
    if !done.events.is_empty() {
        writeln!(out, "\nWhat people said, for each alert that opened:")?;
        for event in opened(done) {
            writeln!(out, "  {}  {}", event.alert, event.at.strftime("%Y-%m-%d"))?;
            for quote in event.quotes.iter().take(3) {
                let short: String = one_line(&quote.text).chars().take(120).collect();
                writeln!(
                    out,
                    "      {}:{}  “{short}”",
                    one_line(&quote.key.source),
                    one_line(&quote.key.id)
                )?;
            }
        }
    }
    let years = done.years();
    let opened = opened(done).count();
    if !done.events.is_empty() {
        writeln!(out)?;
    }
    writeln!(
        out,
        "{} over {}: {} opened{}",
        counted(done.posts, "post", "posts"),
        if years < 2.0 {
            counted((years * 365.25).round() as u64, "day", "days")
        } else {
            format!("{years:.1} years")
        },
        counted(opened as u64, "alert", "alerts"),
        // A rate from a few weeks says nothing about a year.
        if years < 0.5 { String::new() } else { format!(", {:.1} a year", opened as f64 / years) }
    )?;
    for (team, mails) in mails(done) {
        writeln!(out, "team {team}: {mails} e-mails, {:.2} a week", mails as f64 / years / WEEKS)?;
    }
    Ok(())
}

fn opened(done: &Replayed) -> impl Iterator<Item = &AlertEvent> {
    done.events.iter().filter(|e| e.kind == EventKind::Opened)
}

fn usual(expected: f64) -> String {
    if expected < 0.05 { "nobody".into() } else { format!("{expected:.1}") }
}

/// The lead-time table.
pub(super) fn print_leads(out: &mut impl Write, leads: &[Lead]) -> std::io::Result<()> {
    writeln!(out, "\nKnown dates, and the alert about the same thing that came before:")?;
    let mut days: Vec<f64> = Vec::new();
    for lead in leads {
        let title: String = one_line(&lead.title).chars().take(64).collect();
        let day = lead.at.strftime("%Y-%m-%d");
        match (&lead.label, lead.lead_days, lead.opened_at) {
            (Some(label), Some(lead_days), Some(at)) => {
                days.push(lead_days);
                writeln!(
                    out,
                    "  {day}  {title:64}  {:>4.0} days before, {}: \"{}\" ({:.0}% of its evidence)",
                    lead_days,
                    at.strftime("%Y-%m-%d"),
                    one_line(label),
                    100.0 * lead.share.unwrap_or(0.0)
                )?;
            }
            _ => writeln!(out, "  {day}  {title:64}  no alert")?,
        }
    }
    days.sort_by(f64::total_cmp);
    let median = days.get(days.len() / 2).copied();
    match median {
        Some(median) => writeln!(
            out,
            "{} of {} known dates had an alert before; the median lead is {median:.0} days",
            days.len(),
            leads.len()
        ),
        None => writeln!(out, "none of {} known dates had an alert before", leads.len()),
    }
}

/// What another set of rules would have changed.
pub(super) fn print_comparison(
    out: &mut impl Write,
    jsonl: bool,
    ours: &Replayed,
    theirs: &Replayed,
    name: &Path,
    other: &Path,
) -> std::io::Result<()> {
    let theirs_opened: Vec<&AlertEvent> = opened(theirs).collect();
    let mut matched = vec![false; theirs_opened.len()];
    let mut rows: Vec<(&str, &AlertEvent, f64)> = Vec::new();
    for alert in opened(ours) {
        let twin = theirs_opened.iter().enumerate().find(|(i, t)| {
            !matched.get(*i).copied().unwrap_or(true) && same(alert, t, &was(t, ours, theirs))
        });
        match twin {
            None => rows.push(("lost", alert, 0.0)),
            Some((i, twin)) => {
                if let Some(flag) = matched.get_mut(i) {
                    *flag = true;
                }
                let days = days_between(alert.at, twin.at);
                let what = if days < -0.04 {
                    "earlier"
                } else if days > 0.04 {
                    "later"
                } else {
                    "same"
                };
                rows.push((what, twin, days));
            }
        }
    }
    let gained = theirs_opened.iter().zip(&matched).filter(|(_, m)| !**m).map(|(t, _)| ("gained", *t, 0.0));
    rows.extend(gained);
    let (before, after) = (mails(ours), mails(theirs));
    let teams: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    let a_week = |mails: &BTreeMap<&str, usize>, team: &str, done: &Replayed| {
        mails.get(team).copied().unwrap_or(0) as f64 / done.years() / WEEKS
    };
    if jsonl {
        for (what, event, days) in rows {
            let line = json!({"event": "compared", "change": what, "alert": event.alert, "product": event.product,
                "topic": event.topic, "label": event.label, "at": event.at, "days": days});
            writeln!(out, "{line}")?;
        }
        for team in teams {
            let line = json!({"event": "compared-mails", "team": team,
                "a_week": a_week(&before, team, ours), "a_week_against": a_week(&after, team, theirs)});
            writeln!(out, "{line}")?;
        }
        return Ok(());
    }
    writeln!(out, "\nWith {} instead of {}:", other.display(), name.display())?;
    for (what, event, days) in &rows {
        if *what != "same" {
            let by = if *days == 0.0 { String::new() } else { format!(" by {:.1} days", days.abs()) };
            writeln!(
                out,
                "  {what:8}{by}  {}  {}: \"{}\"",
                event.at.strftime("%Y-%m-%d"),
                event.product_name,
                event.label
            )?;
        }
    }
    let count = |kind: &str| rows.iter().filter(|(what, ..)| *what == kind).count();
    writeln!(
        out,
        "  {} gained, {} lost, {} earlier, {} later, {} the same",
        count("gained"),
        count("lost"),
        count("earlier"),
        count("later"),
        count("same")
    )?;
    for team in teams {
        writeln!(
            out,
            "  team {team}: {:.2} e-mails a week instead of {:.2}",
            a_week(&after, team, theirs),
            a_week(&before, team, ours)
        )?;
    }
    Ok(())
}

/// E-mails by team.
fn mails(done: &Replayed) -> BTreeMap<&str, usize> {
    let mut teams = BTreeMap::new();
    for team in &done.letters {
        *teams.entry(team.as_str()).or_default() += 1;
    }
    teams
}

/// Product and topic of an alert of theirs by the ids that they have with our rules: an id that was changed is no other alert.
fn was(theirs: &AlertEvent, ours: &Replayed, their_rules: &Replayed) -> (String, Option<String>) {
    let mut ids = (theirs.product.clone(), theirs.topic.clone());
    let (old, new) = (ours.replay.analysis.rules(), their_rules.replay.analysis.rules());
    if let Some(product) = new.products.iter().find(|p| p.id == theirs.product)
        && let Some(before) = product.before(old)
    {
        ids.0.clone_from(&before.id);
        let topic = product.topics.iter().find(|t| Some(&t.id) == theirs.topic.as_ref());
        if let Some(topic) = topic.and_then(|t| t.before(before)) {
            ids.1 = Some(topic.id.clone());
        }
    }
    ids
}

/// Two alerts are the same when they are about the same product and share evidence, or the topic, within two months.
fn same(a: &AlertEvent, b: &AlertEvent, (product, topic): &(String, Option<String>)) -> bool {
    let evidence: std::collections::BTreeSet<&PostKey> = a.evidence.iter().collect();
    let shared = b.evidence.iter().any(|key| evidence.contains(key));
    let topic = a.topic.is_some() && a.topic == *topic && days_between(a.at, b.at).abs() < 60.0;
    a.product == *product && (shared || topic)
}
