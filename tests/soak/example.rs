//! A soak: a simulated year of posts through the real engine, postman, store and index, with retention, in minutes of real time.
//! `cargo run --release --example soak` prints a line for each twelfth of it and ends with a verdict: memory, disk and the time of a
//! post have to be in the last quarter what they were in the second. `--break NAME` spoils one of them on purpose: then finding it is
//! the success.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    unreachable_pub
)]

mod crowd;
mod measure;

use std::alloc::System;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cap::Cap;
use clap::{Parser, ValueEnum};
use groundswell::assembly::daemon::{Engine, Keeping, Order, Postman, Times, catch_up};
use groundswell::assembly::failure::Failure;
use groundswell::edges::index::PostIndex;
use groundswell::edges::mail::{Mailbox, Outcome, Script, Stationery, Transport};
use groundswell::edges::sources::{Batch, HealthSnapshot, State};
use groundswell::edges::store::Store;
use groundswell::ground::alert::EventKind;
use groundswell::ground::entry::{Act, Body, Deed};
use groundswell::ground::time::{Clock, SimulatedClock, Timestamp, plus_ms};
use groundswell::logic::analysis::Analysis;
use groundswell::logic::letters::Sender;
use tokio::sync::mpsc;

use crowd::{Crowd, day_since, rules, share_of_minute};
use measure::Month;

/// Counts what is asked for, so that what is kept can be told from what the system has not been given back.
#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The one source.
pub const SOURCE: &str = "stream";
const MINUTE_MS: i64 = 60_000;
/// How often the postman and the indexer look, in simulated minutes.
const POSTMAN: i64 = 10;
const INDEXER: i64 = 60;
/// Of a hundred letters, the mail server asks for so many to be sent later.
const LATER: u64 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Break {
    /// Each post is kept in memory for good, ten times.
    Leak,
    /// Nothing is ever let go.
    Keep,
    /// A post takes longer each day.
    Slow,
}

#[derive(Parser)]
struct Args {
    /// Days that are lived through
    #[arg(long, default_value_t = 365)]
    days: u32,
    /// Posts a day, a third of which no product wants
    #[arg(long, default_value_t = 600)]
    posts_a_day: u32,
    /// Texts go after so many days
    #[arg(long, default_value_t = 60)]
    keep_days: u32,
    /// Chance
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the data goes, which is deleted afterwards [default: memory, or a temporary folder]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Something that is spoilt on purpose
    #[arg(long = "break", value_name = "NAME")]
    broken: Option<Break>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let shm = Path::new("/dev/shm");
    let place =
        args.data.clone().or_else(|| shm.is_dir().then(|| shm.to_owned())).unwrap_or_else(std::env::temp_dir);
    let folder = match tempfile::tempdir_in(&place) {
        Ok(folder) => folder,
        Err(e) => {
            eprintln!("{} cannot be written: {e}", place.display());
            return ExitCode::from(73);
        }
    };
    let began = Instant::now();
    println!(
        "{} days of {} posts a day, texts kept for {} days; megabytes, times of this machine\n{}",
        args.days,
        args.posts_a_day,
        args.keep_days,
        measure::HEAD
    );
    let months = match Soak::new(folder.path(), &args).and_then(|mut soak| soak.live(&args)) {
        Ok(months) => months,
        Err(e) => {
            eprintln!("it broke off: {}", e.message().unwrap_or_default());
            return ExitCode::from(70);
        }
    };
    measure::grown(&months).iter().for_each(|line| println!("{line}"));
    let failed = measure::verdict(&months);
    failed.iter().for_each(|why| println!("does not hold: {why}"));
    println!(
        "{} in {} s",
        if failed.is_empty() { "all held" } else { "it did not hold" },
        began.elapsed().as_secs()
    );
    if failed.is_empty() == args.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Soak<'d> {
    data: &'d Path,
    runtime: tokio::runtime::Runtime,
    clock: Arc<SimulatedClock>,
    engine: Engine,
    postman: Arc<Postman>,
    index: PostIndex,
    /// The process's own look at the store: commands have one too.
    store: Store,
    crowd: Crowd,
    letters: Arc<AtomicU64>,
    alerts: u64,
    tell: mpsc::Sender<groundswell::assembly::daemon::ToTell>,
    told: mpsc::Receiver<groundswell::assembly::daemon::ToTell>,
    leaked: Vec<String>,
}

impl<'d> Soak<'d> {
    fn new(data: &'d Path, args: &Args) -> Result<Self, Failure> {
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let clock = Arc::new(SimulatedClock::new(start));
        let dynamic: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        let sender = Sender { domain: "example.org".into(), from_name: "g".into(), ..Sender::default() };
        let keeping = match args.broken {
            Some(Break::Keep) => Keeping::default(),
            _ => Keeping::of_days(args.keep_days),
        };
        let times = Times::of_live([SOURCE]);
        let mut engine =
            Engine::open(data, Arc::clone(&dynamic), sender.clone(), Vec::new(), times, keeping)?;
        engine.take_rules(&Ok(rules()))?;
        let letters = Arc::new(AtomicU64::new(0));
        let taken = Arc::clone(&letters);
        let mail = Script(Arc::new(move |_| {
            let n = taken.fetch_add(1, Ordering::Relaxed);
            match n % 100 < LATER {
                true => Outcome::TryLater { why: "451 try later".into() },
                false => Outcome::Sent { answer: "250 ok".into(), left_out: Vec::new() },
            }
        }));
        let from: Stationery = "g <g@example.org>".parse::<Mailbox>().unwrap().into();
        let transport = Arc::new(Transport::Script(mail));
        let postman = Postman::new(engine.another_store()?, transport, from, sender, dynamic, false);
        let (tell, told) = mpsc::channel(64);
        Ok(Self {
            data,
            runtime: tokio::runtime::Builder::new_current_thread().build()?,
            clock,
            engine,
            postman,
            index: PostIndex::open(data)?,
            store: Store::open(data)?,
            crowd: Crowd::new(args.seed),
            letters,
            alerts: 0,
            tell,
            told,
            leaked: Vec::new(),
        })
    }

    fn live(&mut self, args: &Args) -> Result<Vec<Month>, Failure> {
        let start = self.clock.now();
        let (minutes, stretches) = (i64::from(args.days) * 1_440, 12);
        let (mut months, mut month, mut times) = (Vec::new(), Month::default(), Vec::new());
        let (mut due, mut before) = (0.0, (0, 0));
        for minute in 0..minutes {
            self.clock.set(plus_ms(start, minute * MINUTE_MS));
            due += f64::from(args.posts_a_day) * share_of_minute(minute);
            while due >= 1.0 {
                due -= 1.0;
                month.posts += 1;
                times.push(self.hear(day_since(start, self.clock.now()), args.broken)?);
            }
            month.tick = month.tick.max(self.second()?);
            if minute % POSTMAN == 0 {
                self.send();
            }
            if minute % INDEXER == 0 {
                catch_up(&self.store, &mut self.index, &AtomicBool::new(false))?;
            }
            if minute % (7 * 1_440) == 0 {
                self.decide()?;
            }
            if (minute + 1) * stretches / minutes > minute * stretches / minutes {
                let letters = self.letters.load(Ordering::Relaxed);
                month.half = measure::share(&mut times, 50);
                month.most = measure::share(&mut times, 99);
                times.clear();
                self.look(&mut month)?;
                month.alerts = self.alerts - before.0;
                month.letters = letters - before.1;
                before = (self.alerts, letters);
                months.push(std::mem::take(&mut month));
                println!("{}", months[months.len() - 1].line(months.len()));
            }
        }
        Ok(months)
    }

    /// One thing arrives; says how many microseconds it takes until it is stored, folded and decided.
    fn hear(&mut self, day: u64, broken: Option<Break>) -> Result<u64, Failure> {
        let item = self.crowd.speak(day, self.clock.now());
        if let (Some(Break::Leak), groundswell::ground::post::Incoming::Post(post)) = (broken, &item) {
            self.leaked.push(post.text.repeat(10));
        }
        let batch = Batch {
            source: SOURCE.into(),
            items: vec![item],
            accounts: Vec::new(),
            rejects: Vec::new(),
            gap: None,
            cursor: Some(self.clock.now().to_string()),
            stored: None,
        };
        let began = Instant::now();
        self.engine.obey(Order::Batch(batch), true, &self.tell)?;
        if broken == Some(Break::Slow) {
            std::thread::sleep(Duration::from_micros(10 * day));
        }
        Ok(began.elapsed().as_micros() as u64)
    }

    /// The engine is told of a second; one stands for a minute.
    fn second(&mut self) -> Result<u64, Failure> {
        let listening = HealthSnapshot {
            state: State::Listening,
            last_post: Some(self.clock.now()),
            ..HealthSnapshot::default()
        };
        let health = BTreeMap::from([(SOURCE.to_owned(), listening)]);
        let began = Instant::now();
        self.engine.obey(Order::Second(health), true, &self.tell)?;
        let took = began.elapsed().as_micros() as u64;
        while self.told.try_recv().is_ok() {}
        Ok(took)
    }

    fn send(&mut self) {
        for item in self.runtime.block_on(self.postman.due(&BTreeSet::new(), 4)) {
            self.runtime.block_on(self.postman.bring(item));
        }
    }

    /// Once a week somebody decides something about the newest alert.
    fn decide(&mut self) -> Result<(), Failure> {
        let events = self.store.events(None)?;
        self.alerts = events.iter().filter(|e| e.kind == EventKind::Opened).count() as u64;
        if let Some(event) = events.last() {
            let alert = event.alert.clone();
            let what = match self.crowd.below(2) {
                0 => Deed::Acknowledge { alert },
                _ => Deed::Resolve { alert },
            };
            let act = Act { why: String::new(), by: "ana".into(), what, posts: BTreeMap::new() };
            self.store.append_entry(self.clock.now(), &Body::Act(act))?;
        }
        Ok(())
    }

    fn look(&mut self, month: &mut Month) -> Result<(), Failure> {
        self.alerts = self.store.events(None)?.iter().filter(|e| e.kind == EventKind::Opened).count() as u64;
        month.memory = measure::resident();
        month.asked = ALLOCATOR.allocated() as u64;
        if let Some((_, bytes)) = self.store.snapshot()? {
            month.learnt = bytes.len() as u64;
            month.parts = Analysis::restore(&bytes).and_then(|a| a.sizes()).unwrap_or_default();
        }
        month.database = measure::bytes(&self.data.join("groundswell.db"));
        month.write_ahead = measure::bytes(&self.data.join("groundswell.db-wal"));
        month.index = measure::bytes(&self.data.join("index-1"));
        month.used = self.store.bytes_in_use()?;
        month.kept = self.store.count_posts()?;
        Ok(())
    }
}
