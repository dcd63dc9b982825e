//! The daemon as a value with start, reload and stop: sources → engine (log, analysis, outbox) → postman, and the index
//! beside them.

mod baseline;
mod clerk;
mod engine;
mod first_rules;
mod fit;
mod indexer;
mod listeners;
mod operators;
mod postman;
mod system;
mod wanted;
mod watchman;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::configured::{All, desk, mail, sender, stationery, templates};
use super::decisions;
use super::failure::{Exit, Failure};
use crate::edges::clock::SystemClock;
use crate::edges::mail::{Stationery, Transport};
use crate::edges::rules_folder::read_rules;
use crate::edges::rules_watch::RulesWatch;
use crate::edges::sources::Callbacks;
use crate::ground::time::Clock;
use crate::logic::letters::Sender;

use clerk::Clerk;
pub use engine::{Engine, Keeping, Order, Taken};
pub use fit::{Unfit, unfit};
pub use indexer::catch_up;
use listeners::Listeners;
pub use listeners::Times;
use operators::Operators;
pub use postman::Postman;
use system::{Signal, Signals};
pub(in crate::assembly) use watchman::NOTE as WATCH_NOTE;
pub use watchman::ToTell;
pub use watchman::watch_samples;

/// Orders that may wait for the engine; a full queue holds the sources back.
const QUEUE: usize = 8;
/// Things that may wait to be told to the operators.
const WORDS: usize = 64;
/// How long letters that are under way may take when the daemon stops.
const LAST_LETTERS: Duration = Duration::from_secs(10);

/// A daemon that has been set up and not yet started.
pub struct Daemon {
    settings: All,
    rules: PathBuf,
    engine: Engine,
    transport: Transport,
    stationery: Stationery,
    sender: Sender,
    clock: Arc<dyn Clock>,
    until_done: bool,
    /// What became of the rules at the start; `None` while there are none and they are waited for.
    taken: Option<Taken>,
    /// What is wrong with the templates.
    mistaken: Vec<String>,
}

impl Daemon {
    /// Opens everything that can be wrong before the first post: mail settings, data folder, rules.
    ///
    /// # Errors
    /// Settings that cannot be used, a data folder that cannot be written or is taken, or rules with an error and none
    /// in force from before; with `patient` those are waited for.
    pub fn set_up(settings: All, rules: PathBuf, until_done: bool, patient: bool) -> Result<Self, Failure> {
        if let Some(first) = unfit(&settings).into_iter().next() {
            return Err(first.failure);
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mail = mail(&settings);
        let wrong = |e| {
            Failure::new(Exit::Settings, anyhow::Error::from(e).context("the section [mail] cannot be used"))
        };
        let mut sender = sender(&settings)?;
        let mut engine = Engine::open(
            &settings.data.folder,
            Arc::clone(&clock),
            sender.clone(),
            settings.operators.email.clone(),
            listeners::times(&settings),
            Keeping::of(&settings)?,
        )?;
        // The folder is ours by now: a key may be made in it.
        sender.desk = desk(&settings)?;
        let (templates, mistaken) = templates(&settings);
        sender.templates = templates;
        for problem in &mistaken {
            tracing::error!(problem, "a template cannot be used; the built-in one takes its place");
        }
        let stationery = stationery(&settings)?;
        let transport = Transport::open(&mail, settings.credentials.as_deref()).map_err(wrong)?;
        let taken = match engine.take_rules(&read_rules(&rules).map_err(|e| e.to_string())) {
            Ok(taken) => Some(taken),
            Err(failure) if patient && matches!(failure.exit, Exit::Problems | Exit::NoInput) => None,
            Err(failure) => return Err(failure),
        };
        Ok(Self {
            settings,
            rules,
            engine,
            transport,
            stationery,
            sender,
            mistaken,
            clock,
            until_done,
            taken,
        })
    }

    /// Runs until told to stop (SIGTERM, SIGINT), or until all is done when so asked.
    ///
    /// # Errors
    /// The store breaks in a way that waiting does not mend.
    pub async fn run(mut self) -> Result<(), Failure> {
        let mut signals = Signals::listen()?;
        let taken = match self.taken.take() {
            Some(taken) => taken,
            None => match first_rules::wait(&mut self.engine, &self.rules, &mut signals).await? {
                Some(taken) => taken,
                None => return Ok(()),
            },
        };
        let (orders, queue) = mpsc::channel(QUEUE);
        let stop = CancellationToken::new();
        let filter = self.engine.filter();
        let letters = self.engine.another_store()?;
        let cursors = self.engine.cursors(self.settings.source.iter().map(|s| s.name.as_str()))?;
        let data = self.settings.data.folder.clone();
        let from = self.stationery;
        let indexer = indexer::start(&data)?;
        let (tell, mut to_tell) = mpsc::channel(WORDS);
        let callbacks = self
            .sender
            .desk
            .as_ref()
            .map(|desk| Arc::new(Callbacks::new(&desk.url, &desk.key.derived("hubs of feeds"))));
        let web = match (&self.sender.desk, &callbacks) {
            (Some(links), Some(callbacks)) => {
                let clerk = Clerk {
                    store: self.engine.another_store()?,
                    key: links.key.clone(),
                    url: links.url.clone(),
                    templates: self.sender.templates.clone(),
                    clock: Arc::clone(&self.clock),
                    replays: decisions::replays(&self.settings),
                };
                Some(clerk::start(clerk, self.settings.web.listen, Arc::clone(callbacks), &stop).await?)
            }
            _ => None,
        };
        let (full, minutes) = (self.engine.is_full(), self.engine.minutes());
        let mut engine = std::thread::spawn({
            let engine = self.engine;
            move || engine.run(queue, &tell)
        });
        let mut listeners = Listeners::start(
            &self.settings,
            (cursors, minutes),
            &full,
            self.until_done,
            &self.clock,
            filter,
            callbacks,
            orders.clone(),
            stop.clone(),
        );
        let clock = Arc::clone(&self.clock);
        let transport = Arc::new(self.transport);
        let operators = Operators {
            rules_turn: Default::default(),
            addresses: self.settings.operators.email.clone(),
            sender: self.sender.clone(),
            from: from.clone(),
            transport: Arc::clone(&transport),
            stop: stop.clone(),
        };
        operators.templates_refused(&self.mistaken, self.clock.now());
        let replays = decisions::replays(&self.settings);
        let postman =
            postman::start(Postman::new(letters, transport, from, self.sender, clock, replays), stop.clone());
        let rules = Reloading {
            folder: self.rules,
            orders: orders.clone(),
            clock: Arc::clone(&self.clock),
            operators,
        };
        rules.told(taken);
        let mut watch = watch(&rules.folder);
        system::ready(&format!("listening to {} sources", self.settings.source.len()));
        tracing::info!(sources = self.settings.source.len(), data = %data.display(), "started");
        let mut second = tokio::time::interval(Duration::from_secs(1));
        let mut done_for = 0;
        loop {
            tokio::select! {
                _ = second.tick() => {
                    if engine.is_finished() {
                        break;
                    }
                    // A full queue means that the engine is at work: the next second will do.
                    let _ = orders.try_send(Order::Second(listeners.health(self.clock.now())));
                    if self.until_done && listeners.all_ended() && nothing_left(&orders).await {
                        // Twice in a row: a last batch may have been between two queues.
                        done_for += 1;
                        if done_for >= 2 {
                            tracing::info!("every source has ended and every letter is out");
                            break;
                        }
                    }
                }
                () = changed(&mut watch) => rules.reload().await,
                Some(word) = to_tell.recv() => rules.operators.tell("upkeep", &word, self.clock.now()),
                signal = signals.next() => match signal {
                    Signal::Reload => {
                        rules.reload().await;
                        // The folder may have been put in the place of another.
                        watch = self::watch(&rules.folder);
                    }
                    Signal::Stop => break,
                },
            }
        }
        let failed = if self.until_done { listeners.failed() } else { 0 };
        system::stopping();
        tracing::info!("stopping: no more posts are taken in, what was taken in is finished");
        stop.cancel();
        // Side by side: what each may take does not add up.
        let (_, _) = tokio::join!(listeners.finish(), tokio::time::timeout(LAST_LETTERS, postman));
        if let Some(web) = web {
            let _ = web.await;
        }
        let _ = orders.send(Order::Stop).await;
        drop((orders, rules));
        let ended = tokio::task::spawn_blocking(move || {
            let ended = join(&mut engine);
            indexer.stop();
            ended
        });
        ended.await.unwrap_or_else(|e| {
            Err(Failure::say(Exit::Software, format!("the daemon could not stop in order: {e}")))
        })?;
        match failed {
            0 => Ok(()),
            _ => Err(Failure::say(
                Exit::Problems,
                format!("{failed} of the sources failed; the lines above say why"),
            )),
        }
    }
}

fn join(engine: &mut std::thread::JoinHandle<Result<(), Failure>>) -> Result<(), Failure> {
    let idle = std::thread::spawn(|| Ok(()));
    std::mem::replace(engine, idle).join().unwrap_or_else(|_| {
        Err(Failure::say(Exit::Software, "the analysis ended by a bug; its message is above"))
    })
}

/// What it takes to read the rules again.
struct Reloading {
    folder: PathBuf,
    orders: mpsc::Sender<Order>,
    clock: Arc<dyn Clock>,
    operators: Operators,
}

impl Reloading {
    /// Reads the folder and hands it to the engine, all of it or nothing.
    async fn reload(&self) {
        system::reloading();
        let read = read_rules(&self.folder).map_err(|e| e.to_string());
        if let Err(e) = &read {
            tracing::error!("{e}");
        }
        let (done, wait) = tokio::sync::oneshot::channel();
        let _ = self.orders.send(Order::Reload(read, done)).await;
        if let Ok(taken) = wait.await {
            self.told(taken);
        }
        system::ready(&format!("rules read again at {}", self.clock.now().strftime("%H:%M:%S")));
    }

    fn told(&self, taken: Taken) {
        let folder = self.folder.display().to_string();
        match taken {
            Taken::Refused(why) => self.operators.rules_refused(&folder, &why, self.clock.now()),
            Taken::InForceAgain => self.operators.rules_sound(&folder, self.clock.now()),
            Taken::InForce | Taken::StillRefused => {}
        }
    }
}

/// Watches the folder; without that, SIGHUP has to do.
fn watch(folder: &std::path::Path) -> Option<RulesWatch> {
    RulesWatch::start(folder)
        .inspect_err(|e| {
            tracing::warn!("the rules folder {} cannot be watched: {e}; after a change send SIGHUP (systemctl reload groundswell)", folder.display());
        })
        .ok()
}

async fn changed(watch: &mut Option<RulesWatch>) {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}

/// Whether no order waits and the outbox holds no letter that can still go.
async fn nothing_left(orders: &mpsc::Sender<Order>) -> bool {
    let (answer, wait) = tokio::sync::oneshot::channel();
    if orders.send(Order::IsDone(answer)).await.is_err() {
        return true;
    }
    wait.await.unwrap_or(true)
}
