//! `ack`, `resolve`, `feedback`, `leave`: what people decide about alerts and letters, written to the log. The analysis takes it
//! from there, so that a replay decides the same again.

use std::collections::BTreeMap;
use std::io::Write;

use super::standing::{analysis_now, did_you_mean, minute, one_line, when};
use crate::assembly::cli::{AlertArgs, ConfigArgs, FeedbackArgs, LeaveArgs, Useful};
use crate::assembly::configured::settings;
use crate::assembly::decisions;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::store::Store;
use crate::ground::alert::{AlertEvent, EventKind, Severity};
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::time::{Clock, Timestamp};
use crate::logic::links::{called_no_issue, ended_by, those_who_left};
use crate::logic::rules::Team;

/// The store, and where it is.
pub(super) struct Desk {
    store: Store,
    folder: std::path::PathBuf,
    /// A file is read as history.
    replays: bool,
    /// Why what is written next is decided.
    why: String,
}

/// Runs `ack`.
///
/// # Errors
/// There is no such alert, or the store cannot be written.
pub fn acknowledge(args: &AlertArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    if desk.is_over(&args.alert)? {
        return Ok(());
    }
    let what = Deed::Acknowledge { alert: args.alert.clone() };
    desk.write(
        &args.by,
        what,
        &format!("{} has been seen: updates about it become rarer, until it ends.", args.alert),
    )
}

/// Runs `resolve`.
///
/// # Errors
/// There is no such alert, or the store cannot be written.
pub fn resolve(args: &AlertArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    if desk.is_over(&args.alert)? {
        return Ok(());
    }
    let what = Deed::Resolve { alert: args.alert.clone() };
    let then = format!(
        "{} ends, and the team is told. That is not taken back by hand: should it grow again within 90 days, the same alert comes back.",
        args.alert
    );
    desk.write(&args.by, what, &then)
}

/// Runs `feedback`.
///
/// # Errors
/// There is no such alert, or the store cannot be written.
pub fn feedback(args: &FeedbackArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    let last = desk.alert(&args.alert)?;
    let useful = args.useful == Useful::Yes;
    let taken_back = useful && called_no_issue(&desk.store.acts()?, &args.alert).is_some();
    let what = Deed::Feedback { alert: args.alert.clone(), useful, taken_back };
    let then = if taken_back {
        let closed = if last.kind == EventKind::Resolved { "It stays closed, and needs" } else { "It needs" };
        format!(
            "{} was an issue after all. {closed} no more evidence than before to alert again.",
            args.alert
        )
    } else if useful {
        format!("{} was worth it: this is kept.", args.alert)
    } else {
        let end = if last.kind == EventKind::Resolved { "" } else { "ends, and " };
        let label = one_line(&last.label);
        match (last.severity, &last.topic) {
            // Danger has no bar of evidence that could be raised: it is people who count.
            (Severity::Safety, None) => format!(
                "{} {end}\"{label}\" alerts again as soon as two more people tell of the same danger in like words, or of another danger.",
                args.alert
            ),
            (Severity::Safety, Some(_)) => {
                format!("{} {end}\"{label}\" alerts again as soon as two more people say it.", args.alert)
            }
            _ => format!("{} {end}needs ten times the evidence before \"{label}\" alerts again.", args.alert),
        }
    };
    desk.why(&args.why).write(&args.by, what, &then)
}

/// Runs `leave`.
///
/// # Errors
/// There is no such team or address, or the store cannot be written.
pub fn leave(args: &LeaveArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    let analysis = analysis_now(&desk.store)?;
    let teams = &analysis.rules().teams;
    let Some(team) = teams.get(&args.team) else {
        let near = did_you_mean(&args.team, teams.keys().map(String::as_str));
        return Err(Failure::say(Exit::Usage, format!("there is no team \"{}\"{near}", args.team)));
    };
    // Who wants a team's letters at times of their own stands under a name of their own.
    let is = |team: &Team| team.email.iter().any(|address| address.eq_ignore_ascii_case(&args.address));
    let alone = analysis.rules().recipients(&args.team).find(|own| is(own)).map(|own| own.id.clone());
    if !is(team) && alone.is_none() {
        let own = analysis.rules().recipients(&args.team).flat_map(|own| own.email.iter().cloned());
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "{} is no address of team {}, which has: {}",
                args.address,
                args.team,
                team.email.iter().cloned().chain(own).collect::<Vec<_>>().join(", ")
            ),
        ));
    }
    let (team, address) = (alone.unwrap_or_else(|| args.team.clone()), args.address.clone());
    let shown = &args.team;
    let then = if args.undo {
        format!("{address} gets letters of team {shown} again.")
    } else {
        format!(
            "No letter of team {shown} goes to {address} any more; `groundswell leave {shown} {address} --undo` takes it back."
        )
    };
    let has_left = those_who_left(&desk.store.acts()?)
        .get(&team)
        .is_some_and(|left| left.keys().any(|known| known.eq_ignore_ascii_case(&address)));
    if has_left != args.undo {
        let state = if args.undo { "gets letters of" } else { "has left" };
        tell(format!("{address} {state} team {shown} already: nothing was changed"));
        return Ok(());
    }
    desk.why(&args.why).write(&args.by, Deed::Leave { team, address, left: !args.undo }, &then)
}

impl Desk {
    pub(super) fn open(config: &ConfigArgs) -> Result<Self, Failure> {
        let settings = settings(config)?;
        let replays = decisions::replays(&settings);
        let folder = settings.data.folder;
        Ok(Self { store: Store::open_existing(&folder)?, folder, replays, why: String::new() })
    }

    /// Why the next decision is made.
    pub(super) fn why(&mut self, why: &str) -> &mut Self {
        why.trim().clone_into(&mut self.why);
        self
    }

    /// The time of what is decided now: that of the last post where history is lived through again.
    pub(super) fn now(&self) -> Result<Timestamp, Failure> {
        Ok(decisions::time(&self.store, self.replays, SystemClock.now())?)
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn last_event(&self, alert: &str) -> Result<Option<AlertEvent>, Failure> {
        Ok(self.store.events(Some(alert))?.pop())
    }

    pub(super) fn alert_ids(&self) -> Result<Vec<String>, Failure> {
        let mut ids: Vec<String> = self.store.events(None)?.into_iter().map(|e| e.alert).collect();
        ids.sort();
        ids.dedup();
        Ok(ids)
    }

    /// The last event of an alert.
    pub(super) fn alert(&self, id: &str) -> Result<AlertEvent, Failure> {
        match self.last_event(id)? {
            Some(event) => Ok(event),
            None => Err(unknown_alert(id, &self.alert_ids()?)),
        }
    }

    /// Whether an alert is over, or will be when the log is read so far, which is said where it is.
    pub(super) fn is_over(&self, id: &str) -> Result<bool, Failure> {
        let last = self.alert(id)?;
        if told_over(&last) {
            return Ok(true);
        }
        let acts = self.store.acts()?;
        let ended = ended_by(&acts, id, last.at);
        if let Some((at, act)) = ended {
            tell(format!(
                "{id} was ended at {} UTC by {}: nothing was changed. {}",
                minute(*at),
                one_line(&act.by),
                when(&self.folder)
            ));
        }
        Ok(ended.is_some())
    }

    /// Writes a decision to the log, and says what follows.
    pub(super) fn write(&mut self, by: &str, what: Deed, then: &str) -> Result<(), Failure> {
        self.write_about(by, what, BTreeMap::new(), then)
    }

    /// … with the posts that are in the clusters it names.
    pub(super) fn write_about(
        &mut self,
        by: &str,
        what: Deed,
        posts: BTreeMap<String, Vec<PostKey>>,
        then: &str,
    ) -> Result<(), Failure> {
        let act = Act { why: std::mem::take(&mut self.why), by: by.to_owned(), what, posts };
        let at = self.now()?;
        decisions::write(&mut self.store, at, act)?;
        let mut out = stdout();
        writeln!(out, "{then} {}", when(&self.folder))?;
        Ok(out.flush()?)
    }
}

/// There is no such alert.
pub(super) fn unknown_alert(id: &str, known: &[String]) -> Failure {
    let hint = if known.is_empty() {
        "; there has been no alert yet".to_owned()
    } else {
        let near = did_you_mean(id, known.iter().map(String::as_str));
        if near.is_empty() { "; `groundswell alerts` lists them".into() } else { near }
    };
    Failure::say(Exit::Usage, format!("there is no alert \"{id}\"{hint}"))
}

fn told_over(last: &AlertEvent) -> bool {
    let over = last.kind == EventKind::Resolved;
    if over {
        tell(format!(
            "{} has been over since {} UTC ({}): nothing was changed",
            last.alert,
            minute(last.at),
            last.reason.name()
        ));
    }
    over
}
