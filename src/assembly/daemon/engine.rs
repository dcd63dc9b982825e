//! The engine: one thread that stores what arrives, folds it, and writes down what was decided. It owns the store and
//! the analysis, so that nothing needs a lock and everything happens in one order.

mod intake;
mod journal;
mod notes;
mod patience;
mod retention;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arc_swap::ArcSwap;
pub use retention::Keeping;
use tokio::sync::{mpsc, oneshot};

use super::listeners::Times;
use super::system;
use super::wanted::Wanted;
use super::watchman::{ToTell, Watchman};
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::posted::letters;
use crate::edges::sources::{Batch, HealthSnapshot};
use crate::edges::store::{Committed, DataLock, Store};
use crate::ground::entry::{Body, RuleFiles};
use crate::ground::post::{Post, PostKey};
use crate::ground::time::{Clock, Timestamp, ticks_between};
use crate::logic::analysis::{Analysis, Outcome};
use crate::logic::letters::Sender;
use crate::logic::sparing::Sparing;

/// Entries that are folded and written down together.
const STRETCH: usize = 500;
/// A snapshot is taken after so many entries, so that a start has few to fold again.
const SNAPSHOT_EVERY: u64 = 5_000;
/// Seconds between looks at whether anything stands still.
const WATCH_SECONDS: u32 = 60;
/// Seconds between words to systemd on how much is heard.
const SAY_SECONDS: u32 = 10;
/// Seconds between looks for hidden posts whose time is over.
const HOUR_SECONDS: u32 = 3600;

/// What the engine is asked to do.
pub enum Order {
    /// Store and fold this.
    Batch(Batch),
    /// A second has passed; so the sources are.
    Second(BTreeMap<String, HealthSnapshot>),
    /// Put these rules in force, and say when that is done.
    Reload(Result<RuleFiles, String>, oneshot::Sender<Taken>),
    /// The position that is stored of this source.
    Cursor(String, oneshot::Sender<Option<String>>),
    /// Is everything that came folded, and every letter out?
    IsDone(oneshot::Sender<bool>),
    /// Finish.
    Stop,
}

/// What became of new rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// They are in force, or were already.
    InForce,
    /// They are in force, after others were refused.
    InForceAgain,
    /// They are refused, as was said before: nobody needs to be told again.
    StillRefused,
    /// They are refused, and the text says why.
    Refused(String),
}

/// The engine.
pub struct Engine {
    store: Store,
    analysis: Analysis,
    position: u64,
    snapshot_at: u64,
    wanted: Arc<ArcSwap<Wanted>>,
    clock: Arc<dyn Clock>,
    sender: Sender,
    /// Addresses of those who run the service.
    operators: Vec<String>,
    times: Times,
    seconds: u32,
    full_since: Option<Timestamp>,
    /// Whether the daemon has said that it is ready.
    started: bool,
    /// Says to sources that nothing can be stored now.
    full: Arc<AtomicBool>,
    warned_of_late: BTreeSet<String>,
    /// What was said of each source's bad input.
    sparing: BTreeMap<String, Sparing>,
    watchman: Watchman,
    keeping: Keeping,
    /// What was last noted about what waits.
    waiting: String,
    /// What was last noted of the sources.
    noted: BTreeMap<String, HealthSnapshot>,
    _lock: DataLock,
}

impl Engine {
    /// Opens a data folder and comes to where the last run had decided.
    ///
    /// # Errors
    /// The folder is taken, cannot be written, or holds a damaged store.
    pub fn open(
        data: &Path,
        clock: Arc<dyn Clock>,
        sender: Sender,
        operators: Vec<String>,
        times: Times,
        keeping: Keeping,
    ) -> Result<Self, Failure> {
        let lock = patience::take(data)?;
        Self::on(lock, patience::open(data)?, data, clock, sender, operators, times, keeping)
    }

    /// The same, on a store that is open.
    ///
    /// # Errors
    /// The store is damaged.
    #[allow(clippy::too_many_arguments, reason = "what a daemon is made of")]
    pub fn on(
        lock: DataLock,
        store: Store,
        data: &Path,
        clock: Arc<dyn Clock>,
        sender: Sender,
        operators: Vec<String>,
        times: Times,
        keeping: Keeping,
    ) -> Result<Self, Failure> {
        let decided = store.decided()?;
        let (mut position, mut analysis) = (0, Analysis::default());
        if let Some((at, bytes)) = store.snapshot()?.filter(|(at, _)| *at <= decided) {
            match Analysis::restore(&bytes) {
                Ok(restored) => (position, analysis) = (at, restored),
                Err(e) => tracing::warn!("{e}; the log is folded from its beginning"),
            }
        }
        let snapshot_at = position;
        // Up to here everything was decided and written down: folding it again only brings the memory back.
        while position < decided {
            let entries = store.read(position, STRETCH)?;
            let Some(last) = entries.iter().rev().find(|e| e.seq <= decided) else { break };
            position = last.seq;
            for entry in entries.iter().filter(|e| e.seq <= decided) {
                analysis.fold(entry);
            }
            system::folding(position, decided);
        }
        let position = position.max(decided);
        let wanted = Arc::new(ArcSwap::from_pointee(Wanted::of(&analysis)));
        let watchman = Watchman::new(&store, data)?;
        let mut engine = Self {
            watchman,
            keeping,
            store,
            analysis,
            position,
            snapshot_at,
            wanted,
            clock,
            sender,
            operators,
            times,
            seconds: 0,
            full_since: None,
            started: false,
            full: Arc::default(),
            warned_of_late: BTreeSet::new(),
            sparing: BTreeMap::new(),
            waiting: String::new(),
            noted: BTreeMap::new(),
            _lock: lock,
        };
        if engine.position >= engine.snapshot_at + STRETCH as u64 {
            // What took long is not done twice: commands, and the next start, begin from here.
            engine.commit(&[], true, BTreeSet::new())?;
        }
        engine.advance()?;
        Ok(engine)
    }

    /// Which posts anybody may want: for sources that carry everything.
    pub fn filter(&self) -> Arc<dyn Fn(&Post) -> bool + Send + Sync> {
        let wanted = Arc::clone(&self.wanted);
        Arc::new(move |post| wanted.load().matches(post))
    }

    /// Whether nothing can be stored now, since the disk is full.
    pub(super) fn is_full(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.full)
    }

    /// A further connection to the store, for the postman.
    ///
    /// # Errors
    /// The file cannot be opened again.
    pub fn another_store(&self) -> Result<Store, Failure> {
        Ok(self.store.another()?)
    }

    /// The stored cursors of sources.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn cursors<'n>(
        &self,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<BTreeMap<String, String>, Failure> {
        let mut cursors = BTreeMap::new();
        for name in names {
            if let Some(cursor) = self.store.cursor(name)? {
                cursors.insert(name.to_owned(), cursor);
            }
        }
        Ok(cursors)
    }

    /// Works until told to stop. What those who run it should know goes to `operators`.
    ///
    /// # Errors
    /// The store breaks in a way that waiting does not mend.
    pub fn run(
        mut self,
        mut queue: mpsc::Receiver<Order>,
        operators: &mpsc::Sender<ToTell>,
    ) -> Result<(), Failure> {
        self.started = true;
        let started = serde_json::json!({
            "started_at": self.clock.now(), "version": env!("CARGO_PKG_VERSION"), "pid": std::process::id()
        });
        self.patiently(|store| store.set_note("daemon", &started.to_string()))?;
        while let Some(order) = queue.blocking_recv() {
            if matches!(order, Order::Stop) {
                break;
            }
            self.obey(order, queue.is_empty(), operators)?;
        }
        self.finish()
    }

    /// Does one thing that it is asked to do; `last` says that nothing else waits.
    ///
    /// # Errors
    /// The store breaks in a way that waiting does not mend.
    pub fn obey(
        &mut self,
        order: Order,
        last: bool,
        operators: &mpsc::Sender<ToTell>,
    ) -> Result<(), Failure> {
        match order {
            Order::Batch(batch) => self.take(batch),
            Order::Second(health) => self.second(&health, operators),
            Order::Reload(files, done) => {
                // What is wrong with them has been said; the daemon goes on either way.
                let taken = self.take_rules(&files)?;
                let _ = done.send(taken);
                Ok(())
            }
            Order::Cursor(name, answer) => {
                let _ = answer.send(self.store.cursor(&name)?);
                Ok(())
            }
            Order::IsDone(answer) => {
                let done = last && self.store.outbox_counts()?.waiting == 0;
                let _ = answer.send(done);
                Ok(())
            }
            Order::Stop => self.finish(),
        }
    }

    /// Folds what is left, and leaves a snapshot.
    fn finish(&mut self) -> Result<(), Failure> {
        self.advance()?;
        self.commit(&[], true, BTreeSet::new())?;
        // What is not said now is never said.
        self.say_the_rest(Timestamp::MAX);
        tracing::info!(position = self.position, "stopped");
        Ok(())
    }

    fn second(
        &mut self,
        health: &BTreeMap<String, HealthSnapshot>,
        operators: &mpsc::Sender<ToTell>,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
        self.say_the_rest(now);
        if self.times.is_live(health) {
            let last = self.store.last_time()?.unwrap_or(now);
            for tick in ticks_between(last, now) {
                self.patiently(|store| store.append_entry(tick, &Body::Tick))?;
            }
        }
        if self.seconds.is_multiple_of(HOUR_SECONDS) {
            let gone = self.patiently(|store| store.forget_hidden(now))?;
            if gone > 0 {
                tracing::info!(
                    gone,
                    "posts that were hidden with their accounts for too long are gone for good"
                );
            }
        }
        self.advance()?;
        // What waits for quiet hours to end goes when they do, and that is seldom a full hour.
        while let Some(due) = self.analysis.wakes_at().filter(|due| self.times.is_live(health) && *due <= now)
        {
            self.patiently(|store| store.append_entry(due, &Body::Tick))?;
            self.advance()?;
        }
        self.note_sources(health);
        if self.seconds.is_multiple_of(SAY_SECONDS) {
            let posts: u64 = health.values().map(|h| h.posts_last_hour).sum();
            system::status(&format!("{} sources, {posts} posts in the last hour", health.len()));
        }
        if self.seconds % WATCH_SECONDS == WATCH_SECONDS - 1 {
            match self.watchman.look(&mut self.store, health, now) {
                Ok(told) => told.into_iter().for_each(|word| {
                    let _ = operators.try_send(word);
                }),
                // Nothing is lost: it is looked at again in a minute.
                Err(e) => tracing::warn!("{e}"),
            }
            // While history is lived through the machine's clock says nothing of how old a post is.
            if self.times.is_live(health) {
                self.let_go(now)?;
                self.sweep(now)?;
            }
        }
        self.seconds = self.seconds.wrapping_add(1);
        system::alive();
        Ok(())
    }

    /// Folds what is new in the log and writes down what was decided.
    fn advance(&mut self) -> Result<(), Failure> {
        loop {
            let entries = self.store.read(self.position, STRETCH)?;
            let Some(last) = entries.last() else { return Ok(()) };
            let last = last.seq;
            let mut outcomes = Vec::new();
            let mut gone = BTreeSet::new();
            for entry in &entries {
                let outcome = self.analysis.fold(entry);
                for event in &outcome.events {
                    journal::log_event(event);
                }
                for digest in outcome.collected.iter().filter(|c| c.digest.is_some()) {
                    tracing::info!(team = digest.team, "the digest is due");
                }
                for collected in outcome.collected.iter().filter(|c| c.digest.is_none()) {
                    let things = collected.events.len() + collected.more as usize;
                    if collected.why.is_none() {
                        tracing::warn!(
                            team = collected.team,
                            things,
                            "too many letters for a day: the rest goes as one list"
                        );
                    } else {
                        tracing::info!(team = collected.team, things, "what waited goes as one list");
                    }
                }
                for waited in &outcome.released {
                    tracing::info!(
                        team = waited.team,
                        alert = waited.alert,
                        "quiet hours are over: a letter goes"
                    );
                }
                outcomes.push(outcome);
                match &entry.body {
                    Body::Delete(key) => {
                        gone.insert(key.clone());
                    }
                    Body::Post { post, .. } if self.store.is_edit(entry.seq)? => {
                        gone.insert(post.key());
                    }
                    Body::Rules(_) => {
                        self.wanted.store(Arc::new(Wanted::of(&self.analysis)));
                    }
                    _ => {}
                }
            }
            self.position = last;
            let snapshot = !gone.is_empty() || self.position >= self.snapshot_at + SNAPSHOT_EVERY;
            self.commit(&outcomes, snapshot, gone)?;
        }
    }

    fn commit(
        &mut self,
        outcomes: &[Outcome],
        snapshot: bool,
        gone: BTreeSet<PostKey>,
    ) -> Result<(), Failure> {
        let snapshot = if snapshot {
            Some(self.analysis.snapshot().map_err(|e| Failure::new(Exit::Software, e))?)
        } else {
            None
        };
        let taken = snapshot.is_some();
        // Beside the engine itself, which waits for the disk with them.
        let operators = self.operators.clone();
        let now = self.clock.now();
        let clock = (!self.times.replay_any()).then_some(now);
        let what = Committed {
            position: self.position,
            events: outcomes.iter().flat_map(|outcome| &outcome.events).collect(),
            letters: letters(outcomes, &self.analysis, &self.sender, &operators, clock),
            snapshot,
            gone: gone.into_iter().collect(),
        };
        self.patiently(|store| store.commit(now, &what))?;
        self.note_waiting();
        if taken {
            self.snapshot_at = self.position;
        }
        Ok(())
    }
}
