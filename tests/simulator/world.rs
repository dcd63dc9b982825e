//! What lies around the daemon: a disk on which each write may fail or be the last, and a mail server that misbehaves. It
//! keeps the books that the daemon is measured against.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use groundswell::edges::mail::{LeftOut, Message, Outcome, Script};
use groundswell::edges::store::{Fault, Moment, Store};
use groundswell::ground::entry::Entry;
use groundswell::ground::time::{Clock, SimulatedClock};

use super::chance::Chance;

/// An address that the mail server does not know, beside good ones.
pub const GONE: &str = "gone@example.org";

/// A letter and one of its readers.
pub type Copy = (String, String);

pub struct World {
    chance: Chance,
    pub clock: Arc<SimulatedClock>,
    /// Nothing goes wrong any more.
    pub calm: bool,
    /// The process is dead: nothing is written and nothing is sent.
    pub crashed: bool,
    /// So many writes find no room.
    pub full: u64,
    /// The next decision that is to be written is not: the process dies with the log ahead of it.
    pub undecided: bool,
    /// Of a thousand writes, so many are the last.
    crashes: u64,
    reader: Store,
    /// Every entry of the log as it was when it was written, before its text may leave.
    pub log: Vec<Entry>,
    /// What the mail server has taken responsibility for, and how often.
    pub taken: BTreeMap<Copy, u32>,
    /// How often each may have come more than once, by the design.
    pub may_repeat: BTreeMap<Copy, u32>,
    /// Letters that the mail server refused for good, all of them.
    pub refused: BTreeSet<String>,
    /// A letter was taken beside which `GONE` was refused.
    pub gone_refused: bool,
    /// Taken, and not yet noted by the daemon.
    unnoted: Vec<Copy>,
    /// What the mail server said to the last attempt was yes.
    pub last_was_yes: bool,
    /// The daemon ended by itself, and not as the script has it.
    pub unexpected: Option<String>,
    /// What happened, for the figures.
    pub counts: BTreeMap<&'static str, u64>,
}

#[derive(Clone)]
pub struct Around(Arc<Mutex<World>>);

impl Around {
    pub fn new(seed: u64, clock: Arc<SimulatedClock>, reader: Store) -> Self {
        let mut chance = Chance::new(seed ^ 0xd15c);
        let crashes = chance.below(25);
        Self(Arc::new(Mutex::new(World {
            chance,
            clock,
            calm: false,
            crashed: false,
            full: 0,
            undecided: false,
            crashes,
            reader,
            log: Vec::new(),
            taken: BTreeMap::new(),
            may_repeat: BTreeMap::new(),
            refused: BTreeSet::new(),
            gone_refused: false,
            unnoted: Vec::new(),
            last_was_yes: false,
            unexpected: None,
            counts: BTreeMap::new(),
        })))
    }

    pub fn get(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// The disk, as a script of the store.
    pub fn disk(&self) -> groundswell::edges::store::Script {
        let around = self.clone();
        Arc::new(move |what, moment| around.get().write(what, moment))
    }

    /// The mail server.
    pub fn mail(&self) -> Script {
        let around = self.clone();
        Script(Arc::new(move |message| around.get().deliver(message)))
    }

    /// The process is gone, at a moment at which it does not write.
    pub fn kill(&self) {
        self.get().die("kills");
    }

    /// It starts again.
    pub fn revive(&self) {
        let mut world = self.get();
        world.crashed = false;
        world.full = 0;
    }
}

impl World {
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    fn die(&mut self, how: &'static str) {
        self.crashed = true;
        self.count(how);
        // What was taken and not noted may come once more: the one window that the design allows.
        for copy in std::mem::take(&mut self.unnoted) {
            *self.may_repeat.entry(copy).or_default() += 1;
            self.count("crashes between a 250 and its note");
        }
    }

    fn write(&mut self, what: &'static str, moment: Moment) -> Option<Fault> {
        if self.crashed {
            return Some(Fault::Crash);
        }
        if moment == Moment::After {
            match what {
                "append" | "append_entry" => self.read_on(),
                "tried" | "delivered" => self.unnoted.clear(),
                _ => {}
            }
        }
        if self.calm {
            return None;
        }
        if self.undecided && what == "commit" && moment == Moment::Before {
            self.undecided = false;
            self.die("crashes before a decision");
            return Some(Fault::Crash);
        }
        if moment == Moment::Before && self.full > 0 {
            self.full -= 1;
            self.count("writes without room");
            return Some(Fault::Full);
        }
        if self.chance.permille(self.crashes) {
            self.die(if moment == Moment::Before {
                "crashes before a write"
            } else {
                "crashes after a write"
            });
            return Some(Fault::Crash);
        }
        None
    }

    /// Takes down what is new in the log.
    pub fn read_on(&mut self) {
        loop {
            let after = self.log.last().map_or(0, |entry| entry.seq);
            let more = self.reader.read(after, 500).unwrap();
            if more.is_empty() {
                return;
            }
            self.log.extend(more);
        }
    }

    fn take(&mut self, message: &Message, but: &[&str]) {
        for to in message.recipients().filter(|to| !but.contains(to)) {
            let copy = (message.message_id().to_owned(), to.to_owned());
            *self.taken.entry(copy.clone()).or_default() += 1;
            self.unnoted.push(copy);
        }
    }

    fn deliver(&mut self, message: &Message) -> Outcome {
        self.last_was_yes = false;
        if self.crashed {
            return Outcome::Unreachable { why: "we are dead".into() };
        }
        let to: Vec<String> = message.recipients().map(str::to_owned).collect();
        let out = |address: &str, for_good| LeftOut {
            address: address.to_owned(),
            why: if for_good { "550 no such user".into() } else { "452 mailbox full".into() },
            for_good,
        };
        let mut left_out: Vec<LeftOut> = to.iter().filter(|a| *a == GONE).map(|a| out(a, true)).collect();
        if left_out.len() == to.len() {
            self.refused.insert(message.message_id().to_owned());
            return Outcome::Refused { why: "550 no such user".into() };
        }
        let what = if self.calm { 99 } else { self.chance.below(20) };
        match what {
            0..3 => {
                self.count("451");
                return Outcome::TryLater { why: "451 try later".into() };
            }
            3 => {
                self.count("no connection");
                return Outcome::Unreachable { why: "connection refused".into() };
            }
            4 => {
                self.count("554");
                self.refused.insert(message.message_id().to_owned());
                return Outcome::Refused { why: "554 no".into() };
            }
            5 => {
                self.count("cut after the dot, taken");
                self.take(message, &[GONE]);
                for copy in std::mem::take(&mut self.unnoted) {
                    *self.may_repeat.entry(copy).or_default() += 1;
                }
                return Outcome::Unclear { why: "cut".into() };
            }
            6 => {
                self.count("cut after the dot, not taken");
                return Outcome::Unclear { why: "cut".into() };
            }
            7 if left_out.is_empty() && to.len() > 1 => {
                self.count("452 for one");
                left_out.extend(to.first().map(|a| out(a, false)));
            }
            8 => {
                self.count("slow");
                self.clock.wait(Duration::from_secs(600));
            }
            _ => {}
        }
        self.gone_refused |= left_out.iter().any(|l| l.for_good);
        let but: Vec<&str> = left_out.iter().map(|l| l.address.as_str()).collect();
        self.take(message, &but);
        self.last_was_yes = true;
        self.count("250");
        Outcome::Sent { answer: "250 ok".into(), left_out }
    }
}
