//! `decisions`: what people decided, with who, when and why, and how each is taken back.

use std::io::Write;

use serde_json::json;

use super::named::{cluster, names};
use super::silence::undo_of;
use super::standing::{analysis_now, clip, count, did_you_mean, minute, one_line};
use crate::assembly::cli::{DecisionsArgs, Format};
use crate::assembly::configured::settings;
use crate::assembly::decisions::{replays, time};
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{as_json, stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::store::Store;
use crate::ground::entry::{Act, Deed};
use crate::ground::time::{Clock, Timestamp};
use crate::logic::analysis::Analysis;

/// Characters shown of a reason.
const REASON: usize = 120;

/// Runs `decisions`.
///
/// # Errors
/// There is no store, or it cannot be read.
pub fn decisions(args: &DecisionsArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    let acts = store.acts()?;
    let now = time(&store, replays(&settings), SystemClock.now())?;
    let analysis = analysis_now(&store)?;
    // What no longer holds cannot be taken back once more.
    let holds = |nth: usize| analysis.still_holds(&acts, nth) && is_newest(&acts, nth, now);
    let about = |act: &Act| {
        args.about
            .as_ref()
            .is_none_or(|id| said(Timestamp::MIN, &act.what).scope.iter().any(|s| within(s, id)))
    };
    let newest: Vec<(usize, &(Timestamp, Act))> =
        acts.iter().enumerate().rev().filter(|(_, (_, act))| about(act)).take(args.most).collect();
    if let Some(id) = args.about.as_deref().filter(|_| newest.is_empty()) {
        is_known(&store, &analysis, &acts, id)?;
    }
    let mut out = stdout();
    for (nth, (at, act)) in &newest {
        match args.format {
            Format::Json => writeln!(out, "{}", as_json(&in_json(*at, act, holds(*nth)))?)?,
            Format::Text => writeln!(out, "{}", in_words(*at, act, holds(*nth)))?,
        }
    }
    if newest.is_empty() && args.format == Format::Text {
        tell(match &args.about {
            Some(id) => format!("Nobody has decided anything about {} yet.", one_line(id)),
            None => "Nobody has decided anything yet.".to_owned(),
        });
    } else if replays(&settings) && args.format == Format::Text {
        tell(
            "The times are those of the history that is lived through again (replay = true), as all times of alerts are: \
             the newest post's when somebody decided.",
        );
    }
    Ok(out.flush()?)
}

/// Whether there is something of that name about which something could have been decided.
///
/// # Errors
/// There is not; or the store cannot be read.
fn is_known(store: &Store, analysis: &Analysis, acts: &[(Timestamp, Act)], id: &str) -> Result<(), Failure> {
    let mut known = names(analysis);
    known.extend(analysis.rules().teams.keys().cloned());
    known.extend(store.events(None)?.into_iter().map(|event| event.alert));
    for (at, act) in acts {
        known.extend(said(*at, &act.what).scope.into_iter().map(str::to_owned));
    }
    // What became a part of another complaint is no name of its own any more.
    if known.iter().any(|name| name == id) || cluster(analysis, id).is_ok() {
        return Ok(());
    }
    let near = did_you_mean(id, known.iter().map(String::as_str));
    let products: Vec<&str> = analysis.rules().products.iter().map(|product| product.id.as_str()).collect();
    let products = match (near.is_empty(), products.is_empty()) {
        (true, false) => format!(
            "; the products are {}, `groundswell clusters` lists complaints, `groundswell alerts` alerts",
            products.join(", ")
        ),
        _ => String::new(),
    };
    let what = "no product, topic, complaint, alert or team";
    Err(Failure::say(Exit::Usage, format!("there is {what} \"{}\"{near}{products}", one_line(id))))
}

/// Whether a decision is about the alert, cluster, topic, product or team of this id itself.
pub(super) fn is_about(deed: &Deed, id: &str) -> bool {
    said(Timestamp::MIN, deed).scope.contains(&id)
}

/// What was decided `at` that moment, in words.
pub(super) fn words(at: Timestamp, deed: &Deed) -> String {
    said(at, deed).words
}

/// Is it the same, or a cluster or topic of that product?
fn within(scope: &str, id: &str) -> bool {
    scope.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
}

fn in_words(at: Timestamp, act: &Act, holds: bool) -> String {
    let Said { words, why, undo, .. } = said(at, &act.what);
    let why = if act.why.is_empty() { why } else { &act.why };
    let why = match one_line(why) {
        why if why.is_empty() => String::new(),
        why => format!(": {}", clip(&why, REASON)),
    };
    let undo = undo
        .filter(|_| holds)
        .map_or_else(String::new, |undo| format!("\n    take it back: groundswell {undo}"));
    format!("{} UTC  {}  {words}{why}{undo}", minute(at), one_line(&act.by))
}

fn in_json(at: Timestamp, act: &Act, holds: bool) -> serde_json::Value {
    let Said { words, why, undo, scope } = said(at, &act.what);
    let undo = undo.filter(|_| holds);
    let why = if act.why.is_empty() { why } else { &act.why };
    json!({"at": at, "by": act.by, "what": act.what, "words": words, "why": why, "about": scope, "undo": undo})
}

/// A decision for people.
struct Said<'d> {
    words: String,
    why: &'d str,
    /// The arguments of the command that takes it back, where there is one.
    undo: Option<String>,
    /// What it is about.
    scope: Vec<&'d str>,
}

/// Is nothing said since about the same, and is its time not over? Of what was said about clusters the analysis knows.
fn is_newest(acts: &[(Timestamp, Act)], nth: usize, now: Timestamp) -> bool {
    let Some((_, act)) = acts.get(nth) else { return false };
    let same = |other: &Deed| match (&act.what, other) {
        (Deed::Silence { scope, .. }, Deed::Silence { scope: other, .. }) => scope == other,
        (Deed::Known { alert, .. }, Deed::Known { alert: other, .. })
        | (Deed::Feedback { alert, .. }, Deed::Feedback { alert: other, .. }) => alert == other,
        (Deed::Leave { team, address, .. }, Deed::Leave { team: t, address: a, .. }) => {
            team == t && address.eq_ignore_ascii_case(a)
        }
        _ => false,
    };
    let over = matches!(&act.what, Deed::Silence { until, .. } if *until <= now);
    !over && !acts.get(nth + 1..).into_iter().flatten().any(|(_, other)| same(&other.what))
}

/// What was decided `at` that moment.
fn said(at: Timestamp, deed: &Deed) -> Said<'_> {
    match deed {
        Deed::Acknowledge { alert } => Said::of(format!("saw {alert}"), [alert]),
        Deed::Resolve { alert } => Said::of(format!("ended {alert}"), [alert]),
        Deed::Fixed { alert, version } => {
            let version =
                if version.is_empty() { String::new() } else { format!(" in {}", one_line(version)) };
            Said::of(format!("said that {alert} is fixed{version}"), [alert])
        }
        Deed::Known { alert, at: known, title, withdrawn } => {
            let day = known.strftime("%Y-%m-%d");
            let words = if *withdrawn {
                format!("took back that {alert} would have been known on {day}")
            } else {
                format!("would have known of {alert} on {day}")
            };
            Said { why: title, ..Said::of(words, [alert]) }
                .undone(!withdrawn, || format!("known {alert} --undo"))
        }
        Deed::Silence { scope, why, until, .. } if *until <= at => {
            Said { why, ..Said::of(format!("mails about {} go out again", one_line(scope)), [scope]) }
        }
        Deed::Silence { scope, why, until, .. } => {
            let words = format!("no mail about {} until {} UTC", one_line(scope), minute(*until));
            Said { why, ..Said::of(words, [scope]) }.undone(true, || undo_of(scope))
        }
        Deed::Merge { from, into } => Said::of(format!("{from} is part of {into}"), [from, into])
            .undone(true, || format!("merge {from} {into} --undo")),
        Deed::Split { cluster, posts, again } => {
            let apart = count(posts.len() as u64, "post", "posts");
            let is = if posts.len() == 1 { "is" } else { "are" };
            let words = match again {
                None => format!("{apart} of {cluster} {is} a complaint apart"),
                Some(again) => format!("{again} is no part of {cluster} after all ({apart})"),
            };
            let keys: Vec<String> = posts.iter().map(|key| format!("{}:{}", key.source, key.id)).collect();
            let mut said = Said::of(words, [cluster]).undone(true, || super::undo::of_split(cluster, &keys));
            said.scope.extend(again.as_deref());
            said
        }
        Deed::Name { cluster, name } if name.is_empty() => {
            Said::of(format!("{cluster} is called by what its posts say"), [cluster])
        }
        Deed::Name { cluster, name } => {
            Said::of(format!("{cluster} is called \"{}\"", one_line(name)), [cluster])
                .undone(true, || format!("name {cluster} --undo"))
        }
        Deed::Ignore { cluster, ignored, why } => {
            let words = if *ignored { "never alerts" } else { "may alert again" };
            Said { why, ..Said::of(format!("{cluster} {words}"), [cluster]) }
                .undone(*ignored, || format!("ignore {cluster} --undo"))
        }
        Deed::Leave { team, address, left } => {
            let words = if *left { "gets no letters of" } else { "gets letters again of" };
            Said::of(format!("{address} {words} team {team}"), [team])
                .undone(*left, || format!("leave {team} {address} --undo"))
        }
        Deed::Feedback { alert, useful, taken_back } => {
            let words = match (useful, taken_back) {
                (_, true) => "was an issue after all",
                (true, false) => "was worth it",
                (false, false) => "was not an issue",
            };
            Said::of(format!("{alert} {words}"), [alert]).undone(!useful, || format!("feedback {alert} yes"))
        }
    }
}

impl<'d> Said<'d> {
    fn of<const N: usize>(words: String, scope: [&'d String; N]) -> Self {
        Self { words, why: "", undo: None, scope: scope.into_iter().map(String::as_str).collect() }
    }

    fn undone(self, can_be: bool, how: impl FnOnce() -> String) -> Self {
        Self { undo: can_be.then(how), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_says_who_why_and_how_it_is_taken_back() {
        let act = |what: Deed, why: &str| Act {
            why: why.into(),
            by: "ana".into(),
            what,
            posts: Default::default(),
        };
        let at: Timestamp = "2025-01-06T09:30:00Z".parse().unwrap();
        let merge = Deed::Merge { from: "p.c2".into(), into: "p.c1".into() };
        assert_eq!(
            in_words(at, &act(merge, "the same hinge"), true),
            "2025-01-06 09:30 UTC  ana  p.c2 is part of p.c1: the same hinge\n    take it back: groundswell merge p.c2 p.c1 --undo"
        );
        let ignore = Deed::Ignore { cluster: "p.c1".into(), ignored: false, why: "mended".into() };
        assert_eq!(
            in_words(at, &act(ignore, ""), true),
            "2025-01-06 09:30 UTC  ana  p.c1 may alert again: mended"
        );
        assert!(within("p.c1", "p") && within("p", "p") && !within("pq.c1", "p"));
    }
}
