//! History as if it were live: posts in order of arrival, the clock's ticks between them, through the same analysis that
//! the daemon runs.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::ground::alert::AlertEvent;
use crate::ground::entry::{Body, Entry, RuleFiles};
use crate::ground::post::Incoming;
use crate::ground::time::{Timestamp, ticks_between};
use crate::logic::analysis::{Analysis, Assigned, Letter};

/// A replay under way.
pub struct Replay {
    /// The analysis.
    pub analysis: Analysis,
    seq: u64,
    now: Option<Timestamp>,
    /// Hash of each post that arrived, by that of its key: what comes again as it was is passed over, as the daemon does.
    known: HashMap<u64, u64>,
}

/// What one step brought about.
#[derive(Default)]
pub struct Step {
    /// What happened to alerts, in order.
    pub events: Vec<AlertEvent>,
    /// Where posts were clustered.
    pub assigned: Vec<Assigned>,
    /// Letters about alerts that went out, lists among them: when, and to which team.
    pub letters: Vec<(Timestamp, String)>,
}

impl Replay {
    /// A replay under these rules. They must have been checked.
    pub fn new(rules: &RuleFiles) -> Self {
        let mut replay = Self { analysis: Analysis::default(), seq: 0, now: None, known: HashMap::new() };
        // Before all time, so that the first post sets the clock.
        let entry = Entry { seq: 0, at: Timestamp::MIN, body: Body::Rules(rules.clone()) };
        replay.analysis.fold(&entry);
        replay
    }

    /// The next thing that arrived. Ticks of the hours before it come first.
    pub fn arrive(&mut self, incoming: Incoming) -> Step {
        let mut step = Step::default();
        match incoming {
            Incoming::Post(post) => {
                self.until(post.arrived_at, &mut step);
                let key = xxh3_64(format!("{}\0{}", post.source, post.id).as_bytes());
                let content = post.content_hash();
                if self.known.insert(key, content) == Some(content) {
                    return step;
                }
                let at = self.now.unwrap_or(post.arrived_at);
                self.fold(at, Body::Post { post, history: false }, &mut step);
            }
            Incoming::Delete(key) => {
                self.known.remove(&xxh3_64(format!("{}\0{}", key.source, key.id).as_bytes()));
                let at = self.now.unwrap_or(Timestamp::UNIX_EPOCH);
                self.fold(at, Body::Delete(key), &mut step);
            }
        }
        step
    }

    /// The hours until `at` pass.
    pub fn pass_until(&mut self, at: Timestamp) -> Step {
        let mut step = Step::default();
        self.until(at, &mut step);
        step
    }

    fn until(&mut self, at: Timestamp, step: &mut Step) {
        if let Some(now) = self.now {
            for tick in ticks_between(now, at) {
                self.wake_until(tick, step);
                self.fold(tick, Body::Tick, step);
            }
            self.wake_until(at, step);
        }
        self.now = Some(self.now.map_or(at, |now| now.max(at)));
    }

    /// The clock ticks when something that waits is to go, as the daemon's does.
    fn wake_until(&mut self, at: Timestamp, step: &mut Step) {
        while let Some(due) = self.analysis.wakes_at().filter(|due| *due < at) {
            self.fold(due, Body::Tick, step);
        }
    }

    fn fold(&mut self, at: Timestamp, body: Body, step: &mut Step) {
        self.seq += 1;
        let outcome = self.analysis.fold(&Entry { seq: self.seq, at, body });
        step.letters.extend(outcome.letters().into_iter().filter_map(|letter| match letter {
            Letter::Event { deliver_to: [], .. } => None,
            Letter::Event { team, .. } => Some((at, team.to_owned())),
            Letter::Collected(list) => list.digest.is_none().then(|| (at, list.team.clone())),
        }));
        step.events.extend(outcome.events);
        step.assigned.extend(outcome.assigned);
    }
}
