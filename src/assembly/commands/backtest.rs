//! `backtest`: history as if it were live.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::backtest_text::{print_comparison, print_leads, print_story};
use super::in_order::each_in_order;
use super::load_rules;
use crate::assembly::cli::{BacktestArgs, LinesFormat};
use crate::assembly::configured::choose;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{Rejected, stdout, tell, tell_problems};
use crate::assembly::replay::Replay;
use crate::ground::alert::{AlertEvent, Wait};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{Timestamp, days_between};
use crate::logic::analysis::Assigned;
use crate::logic::known::{Known, KnownLine, Lead};
use crate::logic::rules::report;

/// What a replay of files gave.
pub struct Replayed {
    /// What happened, in order.
    pub events: Vec<AlertEvent>,
    /// Where posts were clustered.
    pub assigned: Vec<Assigned>,
    /// Teams of the letters about alerts that went out, lists among them, in order.
    pub letters: Vec<String>,
    /// The replay, at its end.
    pub replay: Replay,
    /// Posts that were read.
    pub posts: u64,
    /// First and last arrival.
    pub span: Option<(Timestamp, Timestamp)>,
    /// Posts by key, when they were to be kept.
    pub kept: BTreeMap<PostKey, Post>,
}

impl Replayed {
    /// Length in years, at least a day.
    pub fn years(&self) -> f64 {
        self.span.map_or(1.0, |(from, to)| days_between(from, to).max(1.0)) / 365.25
    }
}

/// Runs `backtest`.
///
/// # Errors
/// Rules, posts or known dates cannot be read.
pub fn backtest(args: &BacktestArgs) -> Result<(), Failure> {
    let known = args.known.as_deref().map(read_known).transpose()?;
    // Before anything is lived through, which may take minutes.
    if let Some(other) = args.against.as_ref().filter(|other| !other.is_dir()) {
        return Err(Failure::say(
            Exit::NoInput,
            format!("--against {}: there is no such folder", other.display()),
        ));
    }
    choose(&args.model)?;
    let mut out = stdout();
    let jsonl = args.format == LinesFormat::Jsonl;
    let keep = known.is_some();
    let done = replay_files(&args.rules.rules, args, keep, &mut |event| {
        if jsonl { writeln!(out, "{}", event_line(event)) } else { Ok(()) }
    })?;
    if let Some(path) = &args.assignments {
        write_assignments(path, &done)?;
    }
    if !jsonl {
        print_story(&mut out, &done)?;
    }
    if let Some(known) = known {
        let leads: Vec<Lead> = known.iter().map(|k| k.lead(&done.events, &done.kept, args.within)).collect();
        if jsonl {
            for lead in &leads {
                writeln!(out, "{}", serde_json::to_string(lead).unwrap_or_default())?;
            }
        } else {
            print_leads(&mut out, &leads)?;
        }
    }
    if let Some(other) = &args.against {
        let theirs = replay_files(other, args, false, &mut |_| Ok(()))?;
        print_comparison(&mut out, jsonl, &done, &theirs, &args.rules.rules, other)?;
    }
    out.flush()?;
    Ok(())
}

fn replay_files(
    rules: &Path,
    args: &BacktestArgs,
    keep: bool,
    each: &mut dyn FnMut(&AlertEvent) -> std::io::Result<()>,
) -> Result<Replayed, Failure> {
    let rules = load_rules(rules)?;
    let mut done = Replayed {
        events: Vec::new(),
        assigned: Vec::new(),
        letters: Vec::new(),
        replay: Replay::new(&rules.files),
        posts: 0,
        span: None,
        kept: BTreeMap::new(),
    };
    let mut rejected = Rejected::default();
    let mut last: Option<Timestamp> = None;
    let mut disorder = 0u64;
    let sorted = each_in_order(&args.mentions, &mut rejected, |incoming| {
        if let Incoming::Post(post) = &incoming {
            done.posts += 1;
            disorder += u64::from(last.is_some_and(|last| post.arrived_at < last));
            last = last.max(Some(post.arrived_at));
            done.span = match done.span {
                None => Some((post.arrived_at, post.arrived_at)),
                Some((from, to)) => Some((from.min(post.arrived_at), to.max(post.arrived_at))),
            };
            if keep {
                done.kept.insert(post.key(), (**post).clone());
            }
        }
        let step = done.replay.arrive(incoming);
        for event in step.events {
            each(&event)?;
            done.events.push(event);
        }
        done.assigned.extend(step.assigned);
        done.letters.extend(step.letters.into_iter().map(|(_, team)| team));
        Ok(())
    })?;
    if sorted {
        tell(
            "The posts are not in order of time (newest first, as exports often are): they were read whole and put in order of arrival.",
        );
    }
    rejected.finish(done.posts)?;
    if disorder > 0 {
        tell(format!(
            "{disorder} posts arrived earlier than the one before them; they were taken as arriving then. Sort the file by arrived_at to replay it exactly."
        ));
    }
    Ok(done)
}

/// One event as the contract has it.
pub fn event_line(event: &AlertEvent) -> serde_json::Value {
    let ids: Vec<&str> = event.evidence.iter().map(|key| key.id.as_str()).collect();
    let sources: Vec<&str> = event.evidence.iter().map(|key| key.source.as_str()).collect();
    let told: Vec<(&str, &[String], Option<Wait>)> = event.addressees().collect();
    let deliver_to: Vec<&String> = told.iter().flat_map(|(_, to, _)| *to).collect();
    let teams: Vec<&str> = told.iter().map(|(team, ..)| *team).collect();
    let mut line = json!({
        "event": event.kind, "alert": event.alert, "at": event.at, "product": event.product, "topic": event.topic,
        "cluster": event.cluster, "label": event.label, "severity": event.severity, "reason": event.reason,
        "observed": event.observed, "expected": (event.expected * 1000.0).round() / 1000.0,
        "window": format!("{}d", event.window_days), "authors": event.authors, "echoes": event.echoes,
        "since": event.since, "mention_ids": ids, "mention_sources": sources, "deliver_to": deliver_to,
        "team": event.team, "words": event.words, "score": event.sum.score, "bar": event.sum.bar,
    });
    // Only where there is something to say, which for most rules is nowhere.
    let waits: serde_json::Map<String, serde_json::Value> = told
        .iter()
        .filter_map(|(team, _, wait)| {
            let wait = (*wait)?;
            Some(((*team).to_owned(), json!({"until": wait.until, "why": wait.why.name()})))
        })
        .collect();
    if let Some(line) = line.as_object_mut() {
        if teams.len() > 1 {
            line.insert("teams".into(), json!(teams));
        }
        if !waits.is_empty() {
            line.insert("waits".into(), waits.into());
        }
        if let Some(other) = &event.beside.perhaps {
            line.insert("perhaps".into(), json!({"alert": other.alert, "label": other.label}));
        }
    }
    line
}

fn write_assignments(path: &Path, done: &Replayed) -> Result<(), Failure> {
    let fail = |e: std::io::Error| {
        Failure::say(Exit::CannotCreate, format!("{} cannot be written: {e}", path.display()))
    };
    let mut file = BufWriter::new(File::create(path).map_err(fail)?);
    for assigned in &done.assigned {
        let state = done.replay.analysis.product(&assigned.product);
        // A post is where its strand went; where that was forgotten, merges are followed.
        let last = state.map_or(assigned.cluster, |s| {
            s.clusters.of_strand(assigned.strand).unwrap_or_else(|| s.clusters.resolve(assigned.cluster))
        });
        let line = json!({
            "id": assigned.key.id, "source": assigned.key.source, "product": assigned.product,
            "cluster_on_arrival": format!("{}.c{}", assigned.product, assigned.cluster),
            "cluster_final": format!("{}.c{last}", assigned.product),
        });
        writeln!(file, "{line}").map_err(fail)?;
    }
    file.flush().map_err(fail)
}

fn read_known(path: &Path) -> Result<Vec<Known>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|e| Failure::say(Exit::NoInput, format!("{} cannot be read: {e}", path.display())))?;
    let mut known = Vec::new();
    for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("{}, line {}", path.display(), i + 1);
        let parsed: KnownLine = serde_json::from_str(line).map_err(|e| {
            Failure::say(
                Exit::BadData,
                format!("{place}: {e}; a line is {{\"at\":\"2021-05-21T00:00:00Z\",\"title\":\"…\"}}"),
            )
        })?;
        let query = parsed.matching.clone().unwrap_or_default();
        known.push(Known::new(parsed).map_err(|problems| {
            tell_problems(&problems, &report::query_file(&query));
            Failure::say(Exit::BadData, format!("{place}: the query in `match` cannot be used"))
        })?);
    }
    Ok(known)
}
