//! `fixed`, `known`, `ledger`: what became of alerts. What people say is written to the log; the ledger is read from it.

use std::collections::BTreeMap;
use std::io::Write;

use jiff::tz::TimeZone;
use serde::Serialize;
use statrs::statistics::{Data, OrderStatistics};

use super::acts::Desk;
use super::standing::{clip, count, one_line};
use crate::assembly::cli::{FixedArgs, Format, KnownArgs, LedgerArgs};
use crate::assembly::configured::settings;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{as_json, stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::store::Store;
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Act, Deed};
use crate::ground::reason::Reason;
use crate::ground::time::{Clock, Timestamp, days_between};

/// Longest version or title, in letters.
const LONGEST: usize = 80;
/// Characters of a label in the table.
const LABEL: usize = 44;

/// One alert in the ledger.
#[derive(Debug, PartialEq, Serialize)]
struct Line {
    alert: String,
    product: String,
    label: String,
    /// When it opened for the first time.
    opened_at: Timestamp,
    /// The day the company would have known otherwise.
    known_at: Option<Timestamp>,
    /// How.
    known_by: Option<String>,
    /// Days from the alert to that day; below zero where the alert came later.
    lead_days: Option<f64>,
    /// Said to be worth it (true) or not an issue (false).
    useful: Option<bool>,
    /// What became of it: open, over, not-an-issue, fixed, fix-holds, came-back.
    outcome: &'static str,
}

/// Runs `fixed`.
///
/// # Errors
/// There is no such alert, it is over, or the store cannot be written.
pub fn fixed(args: &FixedArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    if desk.is_over(&args.alert)? {
        return Ok(());
    }
    let version = one_line(&args.version);
    if version.chars().count() > LONGEST {
        return Err(too_long("--in", &version));
    }
    let what = Deed::Fixed { alert: args.alert.clone(), version };
    let then = format!(
        "{} ends. The team is told when the fix holds (in a week at the earliest), or when people say it again: that is how it \
         opens again, and not by hand.",
        args.alert
    );
    desk.write(&args.by, what, &then)
}

/// Runs `known`.
///
/// # Errors
/// There is no such alert, the day is none, or the store cannot be written.
pub fn known(args: &KnownArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    let event = desk.alert(&args.alert)?;
    if args.undo {
        return not_known(&mut desk, args);
    }
    let at = day(args.day.as_deref().unwrap_or_default())?;
    let title = one_line(&args.how);
    if title.chars().count() > LONGEST {
        return Err(too_long("--how", &title));
    }
    if at > SystemClock.now() {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "{} is still to come: nobody can have known it on that day",
                args.day.as_deref().unwrap_or_default()
            ),
        ));
    }
    let lead = days_between(event.opened_at, at).round();
    let then = match lead {
        lead if lead >= 0.0 => {
            format!("{} opened {} before.", args.alert, count(lead as u64, "day", "days"))
        }
        lead => format!("{} opened {} after it.", args.alert, count(-lead as u64, "day", "days")),
    };
    desk.write(&args.by, Deed::Known { alert: args.alert.clone(), at, title, withdrawn: false }, &then)
}

/// Takes back on which day an alert's cause would have been known.
fn not_known(desk: &mut Desk, args: &KnownArgs) -> Result<(), Failure> {
    let Some((at, title)) = known_of(&desk.store().acts()?, &args.alert) else {
        return Err(Failure::say(
            Exit::Usage,
            format!("nobody said on which day {} would have been known otherwise", args.alert),
        ));
    };
    let then = format!("{} has no such day any more (it was {}).", args.alert, at.strftime("%Y-%m-%d"));
    desk.write(&args.by, Deed::Known { alert: args.alert.clone(), at, title, withdrawn: true }, &then)
}

/// On which day an alert's cause would have been known otherwise, and how, as was said last.
fn known_of(acts: &[(Timestamp, Act)], alert: &str) -> Option<(Timestamp, String)> {
    acts.iter()
        .rev()
        .find_map(|(_, act)| match &act.what {
            Deed::Known { alert: of, at, title, withdrawn } if of == alert => {
                Some((!withdrawn).then(|| (*at, title.clone())))
            }
            _ => None,
        })
        .flatten()
}

/// Runs `ledger`.
///
/// # Errors
/// There is no store, or it cannot be read.
pub fn ledger(args: &LedgerArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    let lines = lines(&store.events(None)?, &store.acts()?);
    let mut out = stdout();
    if args.format == Format::Json {
        for line in &lines {
            writeln!(out, "{}", as_json(line)?)?;
        }
        return Ok(out.flush()?);
    }
    if lines.is_empty() {
        tell("There has been no alert yet.");
        return Ok(());
    }
    for line in &lines {
        let lead = match (line.lead_days, &line.known_by) {
            (Some(days), by) => format!(
                "{:>5} days before {}",
                days.round(),
                by.as_deref().filter(|by| !by.is_empty()).unwrap_or("it was known otherwise")
            ),
            (None, _) => "      day unknown".to_owned(),
        };
        writeln!(
            out,
            "{}  {:28}  {:12}  {lead}  \"{}\"",
            line.opened_at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d"),
            line.alert,
            line.outcome,
            clip(&one_line(&line.label), LABEL)
        )?;
    }
    out.flush()?;
    tell(summary(&lines));
    Ok(())
}

/// Every alert in order of its first opening, with what people said about it.
fn lines(events: &[AlertEvent], acts: &[(Timestamp, Act)]) -> Vec<Line> {
    let mut by_alert: BTreeMap<&str, Vec<&AlertEvent>> = BTreeMap::new();
    for event in events {
        by_alert.entry(&event.alert).or_default().push(event);
    }
    let mut lines: Vec<Line> = by_alert
        .into_iter()
        .filter_map(|(alert, events)| {
            let (first, last) = (events.first()?, events.last()?);
            let known = known_of(acts, alert);
            let useful = acts.iter().rev().find_map(|(_, act)| match &act.what {
                Deed::Feedback { alert: of, useful, .. } if of == alert => Some(*useful),
                _ => None,
            });
            let outcome = match (last.kind, last.reason) {
                (EventKind::Regressed, _) => "came-back",
                // What was said of it last counts, also where it had ended by itself, and where that was taken back.
                (EventKind::Resolved, _) if useful == Some(false) => "not-an-issue",
                (EventKind::Resolved, Reason::NotAnIssue) if useful.is_none() => "not-an-issue",
                (EventKind::Resolved, Reason::SaidFixed) => "fixed",
                (EventKind::Resolved, Reason::FixHolds) => "fix-holds",
                (EventKind::Resolved, _) => "over",
                _ => "open",
            };
            Some(Line {
                alert: alert.to_owned(),
                product: last.product.clone(),
                label: last.label.clone(),
                opened_at: first.at,
                known_at: known.as_ref().map(|k| k.0),
                lead_days: known.as_ref().map(|k| days_between(first.at, k.0)),
                known_by: known.map(|k| k.1),
                useful,
                outcome,
            })
        })
        .collect();
    lines.sort_by(|a, b| a.opened_at.cmp(&b.opened_at).then_with(|| a.alert.cmp(&b.alert)));
    lines
}

/// The median lead over all alerts whose day is known, and how many were worth it.
fn summary(lines: &[Line]) -> String {
    let leads: Vec<f64> = lines.iter().filter_map(|l| l.lead_days).collect();
    let known = leads.len();
    let mut out = count(lines.len() as u64, "alert", "alerts");
    out += &match known {
        0 => "; say with `groundswell known ALERT DAY` when you would have known otherwise".to_owned(),
        _ => format!(
            "; of {known} the day is known on which you would have known otherwise: the median lead is {} days",
            Data::new(leads).median().round()
        ),
    };
    let rated: Vec<bool> = lines.iter().filter_map(|l| l.useful).collect();
    if !rated.is_empty() {
        let good = rated.iter().filter(|good| **good).count();
        out += &format!("; {good} of the {} that people judged were worth it", rated.len());
    }
    out + "."
}

/// A day (`2025-05-02`) or a time.
fn day(text: &str) -> Result<Timestamp, Failure> {
    let day = text.parse::<jiff::civil::Date>().ok().and_then(|d| d.to_zoned(TimeZone::UTC).ok());
    day.map(|d| d.timestamp()).or_else(|| text.parse().ok()).ok_or_else(|| {
        let written_as_a_day = text.len() == 10
            && text
                .chars()
                .enumerate()
                .all(|(i, c)| if i == 4 || i == 7 { c == '-' } else { c.is_ascii_digit() });
        let what = if written_as_a_day { "in no calendar" } else { "no day; write it like 2025-05-02" };
        Failure::say(Exit::Usage, format!("\"{text}\" is {what}"))
    })
}

fn too_long(key: &str, text: &str) -> Failure {
    let letters = text.chars().count();
    Failure::say(Exit::Usage, format!("{key} has {letters} letters; at most {LONGEST} fit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(lead_days: Option<f64>, useful: Option<bool>) -> Line {
        Line {
            alert: "a".into(),
            product: "p".into(),
            label: "l".into(),
            opened_at: Timestamp::UNIX_EPOCH,
            known_at: None,
            known_by: None,
            lead_days,
            useful,
            outcome: "open",
        }
    }

    #[test]
    fn the_ledger_tells_the_median_of_what_is_known_and_what_was_worth_it() {
        let lines = [
            line(Some(10.0), Some(true)),
            line(Some(21.0), Some(false)),
            line(Some(-3.0), None),
            line(Some(14.0), None),
            line(None, Some(true)),
        ];
        assert_eq!(
            summary(&lines),
            "5 alerts; of 4 the day is known on which you would have known otherwise: the median lead is 12 days; \
             2 of the 3 that people judged were worth it."
        );
        assert_eq!(
            summary(&lines[4..]),
            "1 alert; say with `groundswell known ALERT DAY` when you would have known otherwise; \
             1 of the 1 that people judged were worth it."
        );
    }

    #[test]
    fn a_day_is_a_day() {
        assert_eq!(day("2025-05-02").unwrap().to_string(), "2025-05-02T00:00:00Z");
        assert!(day("second of May").is_err());
    }
}
