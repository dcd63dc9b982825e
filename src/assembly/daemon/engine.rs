//! The engine: one thread that stores what arrives, folds it, and writes down what was decided. It owns the store and
//! the analysis, so that nothing needs a lock and everything happens in one order.

mod patience;
mod retention;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
pub use retention::Keeping;
use tokio::sync::{mpsc, oneshot};

use super::baseline::{changed_topics, learn};
use super::listeners::Times;
use super::system;
use super::wanted::Wanted;
use super::watchman::{ToTell, Watchman};
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::tell_problems;
use crate::edges::sources::{Batch, HealthSnapshot};
use crate::edges::store::{Committed, DataLock, NewPost, Store, ToAppend};
use crate::ground::alert::{AlertEvent, Collected, Severity};
use crate::ground::entry::{Body, RuleFiles};
use crate::ground::post::{Incoming, MAX_ID_BYTES, Post, PostKey};
use crate::ground::time::{Clock, Timestamp, ticks_between};
use crate::logic::analysis::Analysis;
use crate::logic::assess::Assessor;
use crate::logic::letters::{Sender, collected_id, message_id};
use crate::logic::rules::{RuleSet, renamed, report};

/// Entries that are folded and written down together.
const STRETCH: usize = 500;
/// A snapshot is taken after so many entries, so that a start has few to fold again.
const SNAPSHOT_EVERY: u64 = 5_000;
/// Seconds between looks at whether anything stands still.
const WATCH_SECONDS: u32 = 60;
/// Seconds between notes on how the sources are.
const NOTE_SECONDS: u32 = 10;
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
    warned_of_late: BTreeSet<String>,
    watchman: Watchman,
    keeping: Keeping,
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
        let store = Store::open(data)?;
        let decided = store.position()?;
        let last = store.last_entry()?;
        if decided > last {
            // Nothing new would ever be read: better no start than a deaf one.
            return Err(Failure::say(
                Exit::BadData,
                format!(
                    "the store in {} is damaged: it says that entry {decided} of the log was read, and the log ends with {last}; put a backup in its place (groundswell restore FILE, with another empty folder)",
                    data.display()
                ),
            ));
        }
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
            warned_of_late: BTreeSet::new(),
            _lock: lock,
        };
        if engine.position >= engine.snapshot_at + STRETCH as u64 {
            // What took long is not done twice: commands, and the next start, begin from here.
            engine.commit(&[], &[], true, BTreeSet::new())?;
        }
        engine.advance()?;
        Ok(engine)
    }

    /// Puts rules in force if they are sound and differ from those that are. Unsound ones, and a folder that cannot be read
    /// (`Err` says why), change nothing when there are rules from before.
    ///
    /// # Errors
    /// The rules have an error and there are none from before, or the store cannot be written.
    pub fn take_rules(&mut self, read: &Result<RuleFiles, String>) -> Result<Taken, Failure> {
        let known = !self.analysis.rule_files().files.is_empty();
        let files = match read {
            Ok(files) => files,
            Err(why) if known => return self.refuse(why, why),
            Err(why) => return Err(Failure::say(Exit::NoInput, why)),
        };
        // Nothing new, and nothing to say again.
        if files.files == self.analysis.rule_files().files {
            self.patiently(|store| store.set_note("rules_refused", ""))?;
            tracing::info!(folder = files.folder, "the rules are as they were");
            return Ok(Taken::InForce);
        }
        let (set, mut problems) = RuleSet::load(files);
        problems.extend(Assessor::load(files).1);
        if let Some(set) = &set {
            problems.extend(renamed(self.analysis.rules(), set));
        }
        let wrong = tell_problems(&problems, files);
        let Some(set) = set.filter(|_| !wrong) else {
            if !known {
                return Err(Failure::said());
            }
            return self.refuse(&report::to_json(&problems), &report::to_text(&problems, files, false));
        };
        self.patiently(|store| store.set_note("rules_refused", ""))?;
        let changed = if known { changed_topics(self.analysis.rules(), &set) } else { Vec::new() };
        // Rules do not move the clock of the log.
        let at = self.store.last_time()?.unwrap_or(Timestamp::UNIX_EPOCH);
        let body = Body::Rules(files.clone());
        self.patiently(|store| store.append_entry(at, &body))?;
        self.advance()?;
        let products = self.analysis.rules().products.len();
        tracing::info!(folder = files.folder, products, "new rules are in force");
        for body in learn(&self.store, &self.analysis, &changed, at)? {
            if let Body::Baseline { product, topic, spoken } = &body {
                let posts = spoken.len();
                tracing::info!(product, topic, posts, "what is usual for this topic was learnt from the log");
            }
            self.patiently(|store| store.append_entry(at, &body))?;
        }
        self.advance()?;
        Ok(Taken::InForce)
    }

    /// Notes why new rules are refused; they are told as new only if those before were sound.
    fn refuse(&mut self, note: &str, why: &str) -> Result<Taken, Failure> {
        let told = self.store.note("rules_refused")?.is_some_and(|note| !note.is_empty());
        self.patiently(|store| store.set_note("rules_refused", note))?;
        tracing::error!("the new rules cannot be used: those of before stay in force");
        tracing::debug!(why);
        Ok(if told { Taken::StillRefused } else { Taken::Refused(why.to_owned()) })
    }

    /// Which posts anybody may want: for sources that carry everything.
    pub fn filter(&self) -> Arc<dyn Fn(&Post) -> bool + Send + Sync> {
        let wanted = Arc::clone(&self.wanted);
        Arc::new(move |post| wanted.load().matches(post))
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
        let started = serde_json::json!({
            "started_at": self.clock.now(), "version": env!("CARGO_PKG_VERSION"), "pid": std::process::id()
        });
        self.patiently(|store| store.set_note("daemon", &started.to_string()))?;
        while let Some(order) = queue.blocking_recv() {
            match order {
                Order::Batch(batch) => self.take(batch)?,
                Order::Second(health) => self.second(&health, operators)?,
                Order::Reload(files, done) => {
                    // What is wrong with them has been said; the daemon goes on either way.
                    let taken = self.take_rules(&files)?;
                    let _ = done.send(taken);
                }
                Order::IsDone(answer) => {
                    let done = queue.is_empty() && self.store.outbox_counts()?.waiting == 0;
                    let _ = answer.send(done);
                }
                Order::Stop => break,
            }
        }
        self.advance()?;
        self.commit(&[], &[], true, BTreeSet::new())?;
        tracing::info!(position = self.position, "stopped");
        Ok(())
    }

    fn take(&mut self, batch: Batch) -> Result<(), Failure> {
        let wanted = self.wanted.load_full();
        let mut append = ToAppend {
            source: batch.source.clone(),
            replay: self.times.is_replay(&batch.source),
            accounts: batch.accounts,
            gap: batch.gap,
            rejects: batch.rejects.into_iter().map(|r| (r.place, r.reason, r.raw)).collect(),
            cursor: batch.cursor,
            ..ToAppend::default()
        };
        for (place, reason, _) in &append.rejects {
            tracing::warn!(source = batch.source, place, reason, "passed over: not a post");
        }
        for item in batch.items {
            let key = match &item {
                Incoming::Post(post) => post.key(),
                Incoming::Delete(key) => key.clone(),
            };
            if let Some(reason) = self.unfit(&batch.source, &key) {
                let place = key.id.chars().take(80).collect::<String>();
                tracing::warn!(source = batch.source, place, reason, "passed over");
                append.rejects.push((place, reason, String::new()));
                continue;
            }
            match item {
                Incoming::Post(post) => {
                    let post = post.plain();
                    append.posts.push(NewPost { matched: wanted.matches(&post), post })
                }
                Incoming::Delete(key) => append.deletes.push(key),
            }
        }
        if append.replay {
            self.warn_of_late(&append)?;
        }
        let now = self.clock.now();
        // A sender that waits for an answer can be told "later"; a source that pulls waits itself.
        let stored = match self.store.append(now, &append) {
            Err(e) if e.may_pass() && batch.stored.is_some() => {
                tracing::warn!("{e}");
                if let Some(answer) = batch.stored {
                    let _ = answer.send(false);
                }
                return Ok(());
            }
            Err(e) if e.may_pass() => {
                self.full(&e);
                self.patiently(|store| store.append(now, &append))?
            }
            other => other?,
        };
        if let Some(answer) = batch.stored {
            let _ = answer.send(true);
        }
        tracing::debug!(source = batch.source, stored = stored.stored, known = stored.known, "batch");
        if stored.hidden + stored.restored > 0 {
            let (hidden, restored) = (stored.hidden, stored.restored);
            tracing::info!(
                source = batch.source,
                hidden,
                restored,
                "posts went or came back with their accounts"
            );
        }
        self.advance()
    }

    /// History that lies before what the log has seen is backlog, and opens nothing: better said than wondered about.
    fn warn_of_late(&mut self, append: &ToAppend) -> Result<(), Failure> {
        let Some(last) = self.store.last_time()? else { return Ok(()) };
        let late = append.posts.iter().filter(|p| p.matched && p.post.arrived_at < last).count();
        if late > 0 && self.warned_of_late.insert(append.source.clone()) {
            tracing::warn!(
                source = append.source,
                late,
                %last,
                "posts arrived before what the log has seen already: they teach what is usual and open no alert; to live through them, begin with an empty data folder"
            );
        }
        Ok(())
    }

    /// Why a post with this key is not taken from this source.
    fn unfit(&self, source: &str, key: &PostKey) -> Option<String> {
        if key.id.len() > MAX_ID_BYTES || key.source.len() > MAX_ID_BYTES {
            return Some(format!("its id or source is over {MAX_ID_BYTES} bytes long"));
        }
        (!self.times.may_speak_for(source, &key.source)).then(|| {
            format!("it says that it is of \"{}\", which is another source of the settings", key.source)
        })
    }

    fn second(
        &mut self,
        health: &BTreeMap<String, HealthSnapshot>,
        operators: &mpsc::Sender<ToTell>,
    ) -> Result<(), Failure> {
        let now = self.clock.now();
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
        if self.seconds.is_multiple_of(NOTE_SECONDS) {
            let json = serde_json::to_string(health).unwrap_or_default();
            // A note is not worth waiting for.
            if let Err(e) = self.store.set_note("sources", &json) {
                tracing::warn!("{e}");
            }
            let posts: u64 = health.values().map(|h| h.posts_last_hour).sum();
            system::status(&format!("{} sources, {posts} posts in the last hour", health.len()));
        }
        if self.seconds % WATCH_SECONDS == WATCH_SECONDS - 1 && self.times.is_live(health) {
            match self.watchman.look(&mut self.store, health, now) {
                Ok(told) => told.into_iter().for_each(|word| {
                    let _ = operators.try_send(word);
                }),
                // Nothing is lost: it is looked at again in a minute.
                Err(e) => tracing::warn!("{e}"),
            }
            self.let_go(now)?;
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
            let (mut events, mut collected) = (Vec::new(), Vec::new());
            let mut gone = BTreeSet::new();
            for entry in &entries {
                let outcome = self.analysis.fold(entry);
                for event in &outcome.events {
                    log_event(event);
                }
                events.extend(outcome.events);
                for digest in outcome.collected.iter().filter(|c| c.digest.is_some()) {
                    tracing::info!(team = digest.team, "the digest is due");
                }
                for collected in outcome.collected.iter().filter(|c| c.digest.is_none()) {
                    let things = collected.events.len() + collected.more as usize;
                    tracing::warn!(
                        team = collected.team,
                        things,
                        "too many letters for a day: the rest goes as one list"
                    );
                }
                collected.extend(outcome.collected);
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
            self.commit(&events, &collected, snapshot, gone)?;
        }
    }

    fn commit(
        &mut self,
        events: &[AlertEvent],
        collected: &[Collected],
        snapshot: bool,
        gone: BTreeSet<PostKey>,
    ) -> Result<(), Failure> {
        let snapshot = if snapshot {
            Some(self.analysis.snapshot().map_err(|e| Failure::new(Exit::Software, e))?)
        } else {
            None
        };
        let taken = snapshot.is_some();
        let with_ids: Vec<(&AlertEvent, Option<String>)> = events
            .iter()
            .map(|event| {
                // What could hurt somebody must not go unread because nobody of the team is left.
                let alone = event.severity == Severity::Safety
                    && !self.operators.is_empty()
                    && self.analysis.readers(&event.team).is_empty();
                let tell = !event.held && (!event.deliver_to.is_empty() || alone);
                (event, tell.then(|| message_id(event, &self.sender)))
            })
            .collect();
        let what = Committed {
            position: self.position,
            events: with_ids,
            instead: self.operators.clone(),
            collected: collected.iter().map(|c| (c, collected_id(c, &self.sender))).collect(),
            snapshot,
            gone: gone.into_iter().collect(),
        };
        let now = self.clock.now();
        self.patiently(|store| store.commit(now, &what))?;
        if taken {
            self.snapshot_at = self.position;
        }
        Ok(())
    }
}

fn log_event(event: &AlertEvent) {
    tracing::info!(
        alert = event.alert,
        product = event.product,
        label = event.label,
        observed = event.observed,
        expected = event.expected,
        days = event.window_days,
        reason = event.reason.name(),
        "alert {}",
        event.kind
    );
}
