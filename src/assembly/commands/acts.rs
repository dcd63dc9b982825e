//! `ack`, `resolve`, `feedback`, `leave`, `merge`, `split`, `name`, `ignore`: what people decide, written to the log. The analysis takes
//! it from there, so that a replay decides the same again.

use std::collections::BTreeMap;
use std::io::Write;

use super::named::{all_posts_of, cluster, posts_of};
use super::standing::{analysis_now, count, did_you_mean, minute, when};
use crate::assembly::cli::{
    AlertArgs, ConfigArgs, FeedbackArgs, IgnoreArgs, LeaveArgs, MergeArgs, NameArgs, SplitArgs, Useful,
};
use crate::assembly::configured::settings;
use crate::assembly::decisions;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::store::Store;
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Act, Deed};
use crate::ground::post::PostKey;
use crate::ground::time::Clock;
use crate::logic::analysis::Sort;
use crate::logic::links::{called_no_issue, those_who_left};
use crate::logic::rules::Team;
use crate::logic::text::is_invisible;

/// Longest name of a cluster, in letters: it has to stand in a subject.
const LONGEST_NAME: usize = 80;

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
    let last = desk.alert(&args.alert)?;
    if told_over(&last) {
        return Ok(());
    }
    let what = Deed::Acknowledge { alert: args.alert.clone() };
    desk.write(&args.by, what, &format!("{} has been seen: updates about it become rarer.", args.alert))
}

/// Runs `resolve`.
///
/// # Errors
/// There is no such alert, or the store cannot be written.
pub fn resolve(args: &AlertArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    let last = desk.alert(&args.alert)?;
    if told_over(&last) {
        return Ok(());
    }
    let what = Deed::Resolve { alert: args.alert.clone() };
    let then = format!(
        "{} ends, and the team is told. Should it grow again within 90 days, the same alert comes back.",
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
        format!(
            "{} was an issue after all: it needs no more evidence than before to alert again.",
            args.alert
        )
    } else if useful {
        format!("{} was worth it: this is kept.", args.alert)
    } else {
        let end = if last.kind == EventKind::Resolved { "" } else { "ends, and " };
        format!(
            "{} {end}needs ten times the evidence before \"{}\" alerts again.",
            args.alert,
            super::standing::one_line(&last.label)
        )
    };
    desk.write(&args.by, what, &then)
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

/// Runs `merge`.
///
/// # Errors
/// There is no such cluster, or the store cannot be written.
pub fn merge(args: &MergeArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    if args.undo {
        return super::undo::merge(&mut desk, args);
    }
    let analysis = analysis_now(&desk.store)?;
    let from = cluster(&analysis, &args.from)?;
    let into = cluster(&analysis, &args.into)?;
    if from.product != into.product {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "{} is of {} and {} of {}: clusters of one product alone can become one",
                args.from, from.product, args.into, into.product
            ),
        ));
    }
    if from.sort != into.sort {
        return Err(Failure::say(
            Exit::Usage,
            format!("{} and {}: a complaint and an idea cannot become one", args.from, args.into),
        ));
    }
    if from == into {
        tell(format!("{} and {} are one cluster already: nothing was changed", args.from, args.into));
        return Ok(());
    }
    let what = Deed::Merge { from: args.from.clone(), into: args.into.clone() };
    let state = analysis.product(&into.product);
    let ignored = state.and_then(|s| s.of_sort(into.sort).get(into.number)).is_some_and(|c| c.ignored);
    let silent = if ignored {
        format!(" {} is ignored: neither alerts, until `groundswell ignore {} --undo`.", args.into, args.into)
    } else {
        String::new()
    };
    let with = if into.sort == Sort::Ideas { "" } else { ", with its people and its alert" };
    let then = format!(
        "{} becomes part of {}{with}, and posts like its own go there from now on.{silent} `groundswell merge {} {} --undo` takes it back.",
        args.from, args.into, args.from, args.into
    );
    let mut posts = posts_of(&analysis, [args.into.as_str()]);
    // All that come, so that all can leave again.
    posts.extend(all_posts_of(&analysis, [args.from.as_str()]));
    desk.why(&args.why).write_about(&args.by, what, posts, &then)
}

/// Runs `name`.
///
/// # Errors
/// There is no such cluster, the name is no line of text, or the store cannot be written.
pub fn name(args: &NameArgs) -> Result<(), Failure> {
    // Without a name its posts name it again.
    let name = args.name.as_deref().unwrap_or_default().trim();
    if name.chars().count() > LONGEST_NAME || name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(Failure::say(
            Exit::Usage,
            format!(
                "a name is one line of at most {LONGEST_NAME} letters, without control marks or invisible ones: it stands in the subject of e-mails"
            ),
        ));
    }
    let mut desk = Desk::open(&args.config)?;
    let analysis = analysis_now(&desk.store)?;
    let named = cluster(&analysis, &args.cluster)?;
    let id = named.to_string();
    let what = Deed::Name { cluster: id.clone(), name: name.to_owned() };
    let then = if name.is_empty() {
        format!("{} is called again by what its posts say.", args.cluster)
    } else {
        let mails = if named.sort == Sort::Ideas { "" } else { ", in e-mails too" };
        format!("{} is called \"{name}\" from now on{mails}.", args.cluster)
    };
    desk.why(&args.why).write_about(&args.by, what, posts_of(&analysis, [id.as_str()]), &then)
}

/// Runs `ignore`.
///
/// # Errors
/// There is no such cluster, or the store cannot be written.
pub fn ignore(args: &IgnoreArgs) -> Result<(), Failure> {
    let mut desk = Desk::open(&args.config)?;
    let analysis = analysis_now(&desk.store)?;
    let named = cluster(&analysis, &args.cluster)?;
    if named.sort == Sort::Ideas {
        tell(format!("{} is an idea, and ideas never alert: nothing was changed", args.cluster));
        return Ok(());
    }
    let id = named.to_string();
    let what = Deed::Ignore { cluster: id.clone(), ignored: !args.undo, why: args.why.clone() };
    let then = if args.undo {
        format!("{} may alert again.", args.cluster)
    } else {
        format!(
            "{} never alerts, and its posts count for no other alert. `groundswell ignore {} --undo` takes it back.",
            args.cluster, args.cluster
        )
    };
    desk.write_about(&args.by, what, posts_of(&analysis, [id.as_str()]), &then)
}

/// Runs `split`.
///
/// # Errors
/// There is no such cluster, a post is not in it, or the store cannot be written.
pub fn split(args: &SplitArgs) -> Result<(), Failure> {
    if args.undo {
        return super::undo::split(&mut Desk::open(&args.config)?, args);
    }
    let posts = args
        .posts
        .iter()
        .map(|post| {
            post.split_once(':')
                .filter(|(source, id)| !source.is_empty() && !id.is_empty())
                .map(|(source, id)| PostKey { source: source.into(), id: id.into() })
                .ok_or_else(|| {
                    Failure::say(
                        Exit::Usage,
                        format!("\"{post}\" names no post: write SOURCE:ID, such as bluesky:3kabc"),
                    )
                })
        })
        .collect::<Result<Vec<PostKey>, Failure>>()?;
    let mut desk = Desk::open(&args.config)?;
    let analysis = analysis_now(&desk.store)?;
    let named = cluster(&analysis, &args.cluster)?;
    let number = named.number;
    let clusters = analysis.product(&named.product).map(|state| state.of_sort(named.sort));
    for key in &posts {
        let home = clusters.and_then(|c| c.of_post(key).map(|n| c.resolve(n)));
        if home != Some(number) {
            let place = home.map_or_else(
                || "no cluster keeps it (of each, the newest posts are kept)".to_owned(),
                |n| format!("it is in {}.{}{n}", named.product, named.sort.mark()),
            );
            return Err(Failure::say(
                Exit::Usage,
                format!("the post {}:{} is not in {}: {place}", key.source, key.id, args.cluster),
            ));
        }
    }
    let size = clusters.and_then(|c| c.get(number)).map_or(0, |c| c.members.len());
    if posts.len() >= size {
        return Err(Failure::say(
            Exit::Usage,
            format!("these are all the posts that {} keeps: name those alone that leave it", args.cluster),
        ));
    }
    let n = count(posts.len() as u64, "post leaves", "posts leave");
    let become_one = if posts.len() == 1 { "becomes" } else { "become" };
    let what = Deed::Split { cluster: args.cluster.clone(), posts };
    let then = format!(
        "{n} {} and {become_one} a complaint apart; the two are never merged by themselves again.",
        args.cluster
    );
    desk.why(&args.why).write(&args.by, what, &then)
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

    /// Whether an alert is over, which is said where it is.
    pub(super) fn is_over(&self, id: &str) -> Result<bool, Failure> {
        Ok(told_over(&self.alert(id)?))
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
        decisions::write(&mut self.store, self.replays, SystemClock.now(), act)?;
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
