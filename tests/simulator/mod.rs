//! The whole daemon minus its sockets, from one seed: the clock, the disk, the sources and the mail server are scripts, the
//! engine, the postman, the store and the index are the real ones. Each write may be the last one, or find no room; sources are
//! cut, repeat and mix up; the mail server does what mail servers do; the clock jumps. Then everything is calm, and it is
//! looked whether anything was lost, doubled or made up.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    unreachable_pub
)]

mod breaks;
mod calm;
mod chance;
mod check;
mod served;
mod source;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use groundswell::assembly::daemon::{Engine, Keeping, Order, Postman, Times, ToTell, catch_up};
use groundswell::assembly::failure::Failure;
use groundswell::edges::index::PostIndex;
use groundswell::edges::mail::{Mailbox, Stationery, Transport};
use groundswell::edges::store::{DataLock, Store, ToAppend};
use groundswell::ground::entry::{Act, Body, Deed};
use groundswell::ground::time::{Clock, DAY_MS, HOUR_MS, SimulatedClock, Timestamp, plus_ms};
use groundswell::logic::letters::{Desk, Sender};
use groundswell::logic::links::Key;
use tokio::sync::{mpsc, oneshot};

pub use breaks::{BREAKS, Break};
use chance::Chance;
use served::{health, rules};
use source::Stream;
use world::Around;

/// What happened in a run, by name.
pub type Counts = BTreeMap<&'static str, u64>;

/// Runs one seed. `Err` says what did not hold.
pub fn run(seed: u64, broken: Option<Break>) -> Result<Counts, String> {
    let shm = Path::new("/dev/shm");
    let dir = if shm.is_dir() { tempfile::tempdir_in(shm) } else { tempfile::tempdir() }.unwrap();
    Simulation::new(seed, dir.path(), broken).run()
}

struct Simulation<'d> {
    chance: Chance,
    /// For the postman alone: the engine has a thread of its own in the daemon.
    runtime: tokio::runtime::Runtime,
    data: &'d Path,
    clock: Arc<SimulatedClock>,
    around: Around,
    sender: Sender,
    stream: Stream,
    hook: Stream,
    /// What the webhook's sender was told is stored.
    acknowledged: usize,
    index: Option<PostIndex>,
    tell: mpsc::Sender<ToTell>,
    told: mpsc::Receiver<ToTell>,
    rules: u64,
    broken: Option<Break>,
}

/// A life of the process.
struct Life {
    engine: Engine,
    postman: Arc<Postman>,
}

/// The process has died.
struct Dead;

impl<'d> Simulation<'d> {
    fn new(seed: u64, data: &'d Path, broken: Option<Break>) -> Self {
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let clock = Arc::new(SimulatedClock::new(start));
        let mut chance = Chance::new(seed);
        let around = Around::new(seed, Arc::clone(&clock), Store::open(data).unwrap());
        let key = Key::new(b"the key of a simulated service's links").unwrap();
        let desk = chance.percent(50).then(|| Desk { url: "https://g.example.org".into(), key });
        let (tell, told) = mpsc::channel(64);
        Self {
            sender: Sender {
                contact: None,
                domain: "example.org".into(),
                from_name: "g".into(),
                desk,
                templates: Default::default(),
            },
            index: chance.percent(5).then(|| PostIndex::open(data).unwrap()),
            chance,
            runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(),
            data,
            clock,
            around,
            stream: Stream::new("stream"),
            hook: Stream::new("hook"),
            acknowledged: 0,
            tell,
            told,
            rules: 0,
            broken,
        }
    }

    fn run(mut self) -> Result<Counts, String> {
        let mut life = None;
        let steps = 25 + self.chance.below(50);
        for _ in 0..steps {
            if life.is_none() {
                life = self.start().ok();
            }
            if let Some(alive) = &mut life
                && (self.step(alive).is_err() || self.around.get().crashed)
            {
                life = None;
            }
            if life.is_none() {
                self.bury();
            }
        }
        self.around.get().calm = true;
        self.around.revive();
        let mut life = match life {
            Some(life) => life,
            None => self.start().map_err(|Dead| self.why("it does not start when all is calm"))?,
        };
        self.drain(&mut life)?;
        let last = self.finish(life)?;
        // After the last decision: what is lost before a crash is decided again, as it should be.
        if self.broken == Some(Break::EventLost) {
            self.sql("DELETE FROM events WHERE at = (SELECT max(at) FROM events)");
        }
        let store = Store::open_existing(self.data).map_err(|e| e.to_string())?;
        let mut world = self.around.get();
        if let Some(why) = world.unexpected.take() {
            return Err(format!("it ended by itself: {why}"));
        }
        world.read_on();
        check::posts(&store, self.data, &[&self.stream, &self.hook])?;
        let letters = check::alerts(&store, &world.log, &self.sender, last, self.clock.now())?;
        check::letters(self.data, &letters, &world)?;
        let named = store.refused_addresses().map_err(|e| e.to_string())?;
        if world.gone_refused && !named.iter().any(|r| r.address == world::GONE) {
            return Err("an address gets nothing, and nobody is told".into());
        }
        if self.index.take().is_some() {
            let mut index = PostIndex::open(self.data).map_err(|e| e.to_string())?;
            catch_up(&store, &mut index, &AtomicBool::new(false))
                .map_err(|e| e.message().unwrap_or_default())?;
            check::index(&store, &index)?;
        }
        let mut counts = std::mem::take(&mut world.counts);
        *counts.entry("entries of the log").or_default() += world.log.len() as u64;
        *counts.entry("letters").or_default() += letters.all.len() as u64;
        *counts.entry("letters repeated").or_default() +=
            world.taken.values().map(|n| u64::from(n.saturating_sub(1))).sum::<u64>();
        Ok(counts)
    }

    fn start(&mut self) -> Result<Life, Dead> {
        self.around.revive();
        let lock = DataLock::take(self.data).map_err(|_| Dead)?;
        let store = Store::open(self.data).unwrap().with_faults(self.around.disk());
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let times = Times::of_live(["stream", "hook"]);
        let engine = Engine::on(
            lock,
            store,
            self.data,
            Arc::clone(&clock),
            self.sender.clone(),
            Vec::new(),
            times,
            Keeping::default(),
        );
        let mut engine = engine.map_err(|e| self.said(e))?;
        engine.take_rules(&Ok(rules(self.rules))).map_err(|e| self.said(e))?;
        let cursors = engine.cursors(["stream"].into_iter()).map_err(|_| Dead)?;
        self.stream.at = cursors.get("stream").map_or(0, |at| at.parse().unwrap());
        let letters = engine.another_store().map_err(|_| Dead)?;
        let from: Stationery = "g <g@example.org>".parse::<Mailbox>().unwrap().into();
        let transport = Arc::new(Transport::Script(self.around.mail()));
        let postman = Postman::new(letters, transport, from, self.sender.clone(), clock, false);
        Ok(Life { engine, postman })
    }

    /// What is no crash of the script is kept to be told.
    fn said(&self, e: Failure) -> Dead {
        let mut world = self.around.get();
        if !world.crashed {
            world.unexpected = e.message().or_else(|| Some("rules are refused".into()));
        }
        Dead
    }

    /// What a crash leaves behind.
    fn bury(&mut self) {
        if !self.around.get().crashed {
            self.around.kill();
        }
        if self.broken == Some(Break::PositionAhead) {
            self.sql("UPDATE position SET seq = (SELECT max(seq) FROM log)");
        }
        // The index is of its last commit again.
        if self.index.take().is_some() {
            self.index = Some(PostIndex::open(self.data).unwrap());
        }
    }

    fn step(&mut self, life: &mut Life) -> Result<(), Dead> {
        let now = self.clock.now();
        match self.chance.below(100) {
            0..20 => {
                for _ in 0..=self.chance.below(6) {
                    let stream = if self.chance.percent(75) { &mut self.stream } else { &mut self.hook };
                    stream.speak(&mut self.chance, now);
                }
                Ok(())
            }
            20..42 => self.listen(life),
            42..50 => self.receive(life),
            50..68 => self.wait(life),
            68..86 => self.letters(life),
            86..89 => self.act(now),
            89 => self.reload(life),
            90..92 => {
                self.around.kill();
                Err(Dead)
            }
            92..94 => {
                let ms = self.chance.below(2 * DAY_MS as u64) as i64 - DAY_MS;
                self.clock.set(plus_ms(now, ms));
                self.around.get().count("clock steps");
                Ok(())
            }
            94..97 => {
                self.around.get().full = 1 + self.chance.below(6);
                Ok(())
            }
            97 => self.read_index(),
            _ => {
                self.stream.cut(&mut self.chance);
                self.around.get().count("streams cut");
                Ok(())
            }
        }
    }

    fn obey(&self, life: &mut Life, order: Order) -> Result<(), Dead> {
        life.engine.obey(order, true, &self.tell).map_err(|e| self.said(e))?;
        if self.around.get().crashed { Err(Dead) } else { Ok(()) }
    }

    /// The stream hands something over.
    fn listen(&mut self, life: &mut Life) -> Result<(), Dead> {
        if self.stream.is_read() {
            return Ok(());
        }
        let (batch, end) = self.stream.next(&mut self.chance);
        if self.broken == Some(Break::CursorFirst) {
            let only =
                ToAppend { source: "stream".into(), cursor: Some(end.to_string()), ..ToAppend::default() };
            Store::open(self.data).unwrap().append(self.clock.now(), &only).unwrap();
            // Two transactions have a moment between them.
            if self.chance.percent(25) {
                self.around.kill();
                return Err(Dead);
            }
        }
        // A position that is ahead loses what a crash left undecided; by chance alone that is seldom an alert.
        if self.broken == Some(Break::PositionAhead) && self.chance.percent(25) {
            self.around.get().undecided = true;
        }
        self.obey(life, Order::Batch(batch))?;
        self.stream.at = end;
        if self.broken == Some(Break::Twice) && self.chance.percent(20) {
            self.sql("INSERT INTO log (at, kind, source, post, body, sum) SELECT at, kind, source, post, body, sum FROM log WHERE kind = 'post' ORDER BY seq DESC LIMIT 1");
        }
        Ok(())
    }

    /// A sender sends, and sends again until it hears that it is stored.
    fn receive(&mut self, life: &mut Life) -> Result<(), Dead> {
        if self.hook.is_read() {
            return Ok(());
        }
        let (mut batch, end) = self.hook.next(&mut self.chance);
        let (stored, mut answer) = oneshot::channel();
        batch.cursor = None;
        batch.stored = Some(stored);
        let done = self.obey(life, Order::Batch(batch));
        if matches!(answer.try_recv(), Ok(Some(_))) {
            self.hook.at = end;
            self.acknowledged = end;
        }
        done
    }

    /// Time passes, and the engine is told of seconds.
    fn wait(&mut self, life: &mut Life) -> Result<(), Dead> {
        let most = if self.chance.percent(30) { 12 * HOUR_MS } else { HOUR_MS };
        let ms = self.chance.below(most as u64);
        self.clock.wait(Duration::from_millis(ms));
        for _ in 0..=self.chance.below(3) {
            self.obey(life, Order::Second(health()))?;
        }
        while self.told.try_recv().is_ok() {}
        Ok(())
    }

    /// The postman goes round.
    fn letters(&mut self, life: &mut Life) -> Result<(), Dead> {
        for item in self.runtime.block_on(life.postman.due(&BTreeSet::new(), 4)) {
            let id = item.message_id.clone();
            let around = self.around.clone();
            let crash = std::future::poll_fn(|_| match around.get().crashed {
                true => std::task::Poll::Ready(()),
                false => std::task::Poll::Pending,
            });
            self.runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = crash => {}
                    () = life.postman.bring(item) => {}
                }
            });
            if self.around.get().crashed {
                return Err(Dead);
            }
            if self.broken == Some(Break::MarkForgotten) && self.chance.percent(10) {
                self.sql(&format!("UPDATE outbox SET state = 'waiting' WHERE message_id = '{id}'"));
            }
            if self.broken == Some(Break::SentBefore250) {
                self.sql(&format!("UPDATE outbox SET state = 'sent' WHERE message_id = '{id}'"));
            }
        }
        Ok(())
    }

    /// A person decides something, in another process.
    fn act(&mut self, now: Timestamp) -> Result<(), Dead> {
        let mut store = Store::open(self.data).unwrap();
        let events = store.events(None).unwrap();
        if events.is_empty() {
            return Ok(());
        }
        let alert = events[self.chance.below(events.len() as u64) as usize].alert.clone();
        let what = match self.chance.below(4) {
            0 => Deed::Acknowledge { alert },
            1 => Deed::Resolve { alert },
            2 => Deed::Fixed { alert, version: String::new() },
            _ => Deed::Silence {
                scope: alert,
                why: "known".into(),
                until: plus_ms(now, DAY_MS),
                until_worse: self.chance.percent(50),
            },
        };
        let act = Act { why: String::new(), by: "ana".into(), what, posts: BTreeMap::new() };
        store.append_entry(now, &Body::Act(act)).unwrap();
        self.around.get().read_on();
        self.around.get().count("acts");
        Ok(())
    }

    fn reload(&mut self, life: &mut Life) -> Result<(), Dead> {
        self.rules += 1;
        let (done, _taken) = oneshot::channel();
        self.around.get().count("rules read again");
        self.obey(life, Order::Reload(Ok(rules(self.rules)), done))
    }

    fn read_index(&mut self) -> Result<(), Dead> {
        if let Some(index) = &mut self.index {
            let store = Store::open(self.data).unwrap();
            let _ = catch_up(&store, index, &AtomicBool::new(false));
        }
        Ok(())
    }

    /// Breaks something on purpose.
    fn sql(&self, sql: &str) {
        rusqlite::Connection::open(self.data.join("groundswell.db")).unwrap().execute_batch(sql).unwrap();
    }
}
