//! What happened to an alert, what people decided about it, and what would end it: the second half of `explain`.

use std::io::Write;

use super::decisions;
use super::standing::{minute, one_line, people};
use crate::ground::alert::{Alert, AlertEvent, AlertState, Wait, WaitReason};
use crate::ground::entry::{Act, Deed};
use crate::ground::reason::Reason;
use crate::ground::time::Timestamp;

/// What was decided about an alert, or about its cluster, oldest first.
pub(super) fn decided<'a>(acts: &'a [(Timestamp, Act)], alert: &AlertEvent) -> Vec<&'a (Timestamp, Act)> {
    let about =
        |act: &Act| [&alert.alert, &alert.cluster].iter().any(|id| decisions::is_about(&act.what, id));
    acts.iter().filter(|(_, act)| about(act)).collect()
}

/// Writes what happened and what was decided, in order of time.
pub(super) fn write_life(
    out: &mut impl Write,
    life: &[AlertEvent],
    decided: &[&(Timestamp, Act)],
) -> std::io::Result<()> {
    writeln!(out, "\nIts life")?;
    let events = life.iter().map(|event| (event.at, false, in_words(event)));
    let acts = decided.iter().map(|(at, act)| {
        let why = if act.why.trim().is_empty() { String::new() } else { format!(": {}", one_line(&act.why)) };
        let words = decisions::words(*at, &act.what);
        (*at, true, format!("{:9}  {}  {words}{why}", "decision", one_line(&act.by)))
    });
    let mut all: Vec<(Timestamp, bool, String)> = events.chain(acts).collect();
    // What follows from a decision bears its time, and is told after it.
    all.sort_by_key(|(at, is_act, _)| (*at, !is_act));
    all.iter().try_for_each(|(at, _, words)| writeln!(out, "  {}  {words}", minute(*at)))
}

fn in_words(event: &AlertEvent) -> String {
    let several = !event.routing.also.is_empty();
    let told = event.addressees().map(|(team, to, wait)| {
        let to = mail(to, wait);
        if several { format!("team {}: {to}", one_line(team)) } else { to }
    });
    let mail = told.collect::<Vec<_>>().join("; ");
    format!(
        "{:9}  {}: {} {}, usually {:.1}; {mail}",
        event.kind.to_string(),
        event.reason.name(),
        people(event.observed),
        days(event.window_days),
        event.expected
    )
}

/// What became of the letter to a team, as it was decided.
fn mail(to: &[String], wait: Option<Wait>) -> String {
    match wait {
        None if to.is_empty() => "nobody was told".to_owned(),
        None => format!("to {}", to.join(", ")),
        Some(Wait { why: WaitReason::DailyLimit, .. }) => {
            "in a collected letter: the team had had its mails of the day".to_owned()
        }
        Some(Wait { until: None, why }) => format!("no letter: {}", why.words()),
        Some(Wait { until: Some(until), why }) => {
            format!("to {}, not before {} UTC: {}", to.join(", "), minute(until), why.words())
        }
    }
}

/// What would end an alert, or what did.
pub(super) fn ends(alert: &Alert, decided: &[&(Timestamp, Act)]) -> String {
    let (id, last) = (&alert.last.alert, &alert.last);
    if alert.state == AlertState::Resolved {
        let end = format!("It ended on {} UTC. {}", minute(last.at), last.reason.sentence());
        let after_all = decided.iter().rev().find_map(|(at, act)| match &act.what {
            Deed::Feedback { useful, .. } => Some((*useful && *at >= last.at, *at, &act.by)),
            _ => None,
        });
        return match after_all {
            Some((true, at, by)) if last.reason == Reason::NotAnIssue => format!(
                "{end} On {} UTC {} said that it was one after all: it stays closed, and needs no more evidence than before to alert again.",
                minute(at),
                one_line(by)
            ),
            _ => end,
        };
    }
    format!(
        "It ends by itself once half of the days in which it showed (seven at least, fourteen at most) bring no more than a quarter over \
         the usual (or one person), or after four weeks in which nothing new is to be said about it. \
         `groundswell resolve {id}` ends it now; `groundswell feedback {id} no` says that it is no issue."
    )
}

/// "in a day", "in 4 days".
pub(super) fn days(n: u32) -> String {
    if n <= 1 { "in a day".into() } else { format!("in {n} days") }
}
