//! The daemon as a value with start, reload and stop: sources → engine (log, analysis, outbox) → postman, and the index
//! beside them.

mod engine;
mod indexer;
mod listeners;
mod postman;
mod system;
mod wanted;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::configured::{All, mail};
use super::failure::{Exit, Failure};
use crate::edges::clock::SystemClock;
use crate::edges::mail::Transport;
use crate::edges::rules_folder::read_rules;
use crate::ground::time::Clock;
use crate::logic::letters::Sender;

pub use engine::Engine;
use engine::Order;
use listeners::Listeners;
use system::{Signal, Signals};

/// Orders that may wait for the engine; a full queue holds the sources back.
const QUEUE: usize = 8;
/// How long letters that are under way may take when the daemon stops.
const LAST_LETTERS: Duration = Duration::from_secs(10);

/// A daemon that has been set up and not yet started.
pub struct Daemon {
    settings: All,
    rules: PathBuf,
    engine: Engine,
    transport: Transport,
    sender: Sender,
    clock: Arc<dyn Clock>,
    until_done: bool,
}

impl Daemon {
    /// Opens everything that can be wrong before the first post: mail settings, data folder, rules.
    ///
    /// # Errors
    /// Settings that cannot be used, a data folder that cannot be written or is taken, or rules with an error and none
    /// in force from before.
    pub fn set_up(settings: All, rules: PathBuf, until_done: bool) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mail = mail(&settings);
        let wrong = |e| {
            Failure::new(Exit::Settings, anyhow::Error::from(e).context("the section [mail] cannot be used"))
        };
        let mailbox = mail.mailbox().map_err(wrong)?;
        let domain = mail.id_domain().map_err(wrong)?;
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        let sender =
            Sender { domain, from_name: mailbox.name.clone().unwrap_or_else(|| "groundswell".into()) };
        listeners::check_names(&settings)?;
        let mut engine = Engine::open(
            &settings.data.folder,
            Arc::clone(&clock),
            sender.clone(),
            listeners::times(&settings),
        )?;
        let transport = Transport::open(&mail, credentials.as_deref()).map_err(wrong)?;
        engine.take_rules(&read_rules(&rules)?)?;
        Ok(Self { settings, rules, engine, transport, sender, clock, until_done })
    }

    /// Runs until told to stop (SIGTERM, SIGINT), or until all is done when so asked.
    ///
    /// # Errors
    /// The store breaks in a way that waiting does not mend.
    pub async fn run(self) -> Result<(), Failure> {
        let mut signals = Signals::listen()?;
        let (orders, queue) = mpsc::channel(QUEUE);
        let stop = CancellationToken::new();
        let filter = self.engine.filter();
        let letters = self.engine.another_store()?;
        let cursors = self.engine.cursors(self.settings.source.iter().map(|s| s.name.as_str()))?;
        let data = self.settings.data.folder.clone();
        let from = mail(&self.settings).mailbox().map_err(|e| Failure::new(Exit::Settings, e))?;
        let indexer = indexer::start(&data)?;
        let mut engine = std::thread::spawn({
            let engine = self.engine;
            move || engine.run(queue)
        });
        let mut listeners =
            Listeners::start(&self.settings, cursors, &self.clock, filter, orders.clone(), stop.clone());
        let clock = Arc::clone(&self.clock);
        let postman = postman::start(letters, self.transport, from, self.sender, clock, stop.clone());
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
                signal = signals.next() => match signal {
                    Signal::Reload => self::reload(&self.rules, &orders, &self.clock).await,
                    Signal::Stop => break,
                },
            }
        }
        let failed = if self.until_done { listeners.failed() } else { 0 };
        system::stopping();
        tracing::info!("stopping: no more posts are taken in, what was taken in is finished");
        stop.cancel();
        listeners.finish().await;
        let _ = tokio::time::timeout(LAST_LETTERS, postman).await;
        let _ = orders.send(Order::Stop).await;
        drop(orders);
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

/// Reads the rules folder again and hands it to the engine.
async fn reload(rules: &std::path::Path, orders: &mpsc::Sender<Order>, clock: &Arc<dyn Clock>) {
    system::reloading();
    match read_rules(rules) {
        Ok(files) => {
            let (done, wait) = tokio::sync::oneshot::channel();
            let _ = orders.send(Order::Reload(files, done)).await;
            let _ = wait.await;
        }
        Err(e) => tracing::error!("{e}; the rules of before stay in force"),
    }
    system::ready(&format!("rules read again at {}", clock.now().strftime("%H:%M:%S")));
}

/// Whether no order waits and the outbox holds no letter that can still go.
async fn nothing_left(orders: &mpsc::Sender<Order>) -> bool {
    let (answer, wait) = tokio::sync::oneshot::channel();
    if orders.send(Order::IsDone(answer)).await.is_err() {
        return true;
    }
    wait.await.unwrap_or(true)
}
