//! The sources at work: each a task of its own, so that a bad one does not hurt another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::engine::Order;
use crate::assembly::configured::All;
use crate::assembly::failure::{Exit, Failure};
use crate::edges::sources::{
    Batch, Callbacks, Health, HealthSnapshot, SourceConfig, State, Surroundings, run,
};
use crate::ground::post::Post;
use crate::ground::time::{Clock, Timestamp};
use crate::logic::text::fold;

/// Batches on their way to the engine; when it is full the sources wait.
const BATCHES: usize = 4;

/// Whose time counts, and whose posts are whose.
#[derive(Clone, Debug, Default)]
pub struct Times {
    replays: BTreeSet<String>,
    live: BTreeSet<String>,
}

impl Times {
    /// Of these live sources.
    pub fn of_live<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self { live: names.into_iter().map(str::to_owned).collect(), ..Self::default() }
    }

    /// Whether any source is history that is lived through again.
    pub(super) fn replay_any(&self) -> bool {
        !self.replays.is_empty()
    }

    /// Whether this source is history that is lived through again.
    pub(super) fn is_replay(&self, source: &str) -> bool {
        self.replays.contains(source)
    }

    /// Whether a post that came from `source` may say that it is of `said`: not if that is another source of the
    /// settings, or whoever may send to a webhook could forge and delete what others bring.
    pub(super) fn may_speak_for(&self, source: &str, said: &str) -> bool {
        if said == source {
            return true;
        }
        // As queries read names: "File" and "file" with a sign that nobody sees are that source, too.
        let said = fold(said);
        !self.replays.iter().chain(&self.live).any(|name| fold(name).trim() == said.trim())
    }

    /// Whether the machine's clock moves the log: there is a live source, and no history is being lived through.
    pub(super) fn is_live(&self, health: &BTreeMap<String, HealthSnapshot>) -> bool {
        let running = |name: &String| {
            health.get(name).is_none_or(|h| !matches!(h.state, State::Ended | State::Failed | State::Stopped))
        };
        !self.live.is_empty() && !self.replays.iter().any(running)
    }
}

/// Whose time counts, by the settings.
pub(super) fn times(settings: &All) -> Times {
    let mut times = Times::default();
    for source in &settings.source {
        let replay = matches!(&source.kind, SourceConfig::Jsonl(config) if config.replay);
        if replay { &mut times.replays } else { &mut times.live }.insert(source.name.clone());
    }
    times
}

/// Two sources of one name would share a cursor.
pub(super) fn check_names(settings: &All) -> Result<(), Failure> {
    let mut names = BTreeSet::new();
    for source in &settings.source {
        if !names.insert(source.name.as_str()) {
            return Err(Failure::say(
                Exit::Settings,
                format!("two [[source]] tables are named \"{}\"; give each a name of its own", source.name),
            ));
        }
    }
    if names.is_empty() {
        return Err(Failure::say(
            Exit::Settings,
            "the settings name no [[source]], so there is nothing to listen to; README.md has an example for each kind",
        ));
    }
    Ok(())
}

/// What each source brought in which minute since 1970.
pub(super) type Minutes = BTreeMap<String, Vec<(i64, u64)>>;

/// The sources at work.
pub(super) struct Listeners {
    health: BTreeMap<String, Arc<Health>>,
    tasks: JoinSet<bool>,
    failed: usize,
    bridge: tokio::task::JoinHandle<()>,
}

impl Listeners {
    /// Starts every source from its cursor and with what it heard in the minutes before. `full` says that nothing can be stored.
    #[allow(clippy::too_many_arguments, reason = "what sources are given")]
    pub(super) fn start(
        settings: &All,
        (mut cursors, minutes): (BTreeMap<String, String>, Minutes),
        full: &Arc<AtomicBool>,
        clock: &Arc<dyn Clock>,
        filter: Arc<dyn Fn(&Post) -> bool + Send + Sync>,
        callbacks: Option<Arc<Callbacks>>,
        orders: mpsc::Sender<Order>,
        stop: CancellationToken,
    ) -> Self {
        let (out, mut batches) = mpsc::channel::<Batch>(BATCHES);
        let bridge = tokio::spawn(async move {
            while let Some(batch) = batches.recv().await {
                if orders.send(Order::Batch(batch)).await.is_err() {
                    break;
                }
            }
        });
        let mut health = BTreeMap::new();
        let mut tasks = JoinSet::new();
        for (i, source) in settings.source.iter().cloned().enumerate() {
            let name = source.name.clone();
            let heard = minutes.get(&name).map(Vec::as_slice).unwrap_or_default();
            let around = Surroundings {
                clock: Arc::clone(clock),
                out: out.clone(),
                stop: stop.clone(),
                health: Arc::new(Health::going_on(heard, Arc::clone(full))),
                contact: settings.contact.clone(),
                seed: clock.now().as_millisecond().cast_unsigned() ^ (i as u64) << 48,
                filter: Arc::clone(&filter),
                callbacks: callbacks.clone(),
            };
            health.insert(name.clone(), Arc::clone(&around.health));
            let cursor = cursors.remove(&name);
            tasks.spawn(async move {
                let ended = run(source, cursor, around).await;
                if let Err(e) = &ended {
                    tracing::error!("{e}; this source is off until a restart, others go on");
                }
                ended.is_ok()
            });
        }
        Self { health, tasks, failed: 0, bridge }
    }

    /// How the sources are.
    pub(super) fn health(&self, now: Timestamp) -> BTreeMap<String, HealthSnapshot> {
        self.health.iter().map(|(name, health)| (name.clone(), health.snapshot(now))).collect()
    }

    /// Whether every source has come to its end.
    pub(super) fn all_ended(&mut self) -> bool {
        while let Some(ended) = self.tasks.try_join_next() {
            self.failed += usize::from(!ended.unwrap_or(false));
        }
        self.tasks.is_empty()
    }

    /// Sources that failed, as far as [`Listeners::all_ended`] has looked.
    pub(super) fn failed(&self) -> usize {
        self.failed
    }

    /// Waits until every source has stopped and what it handed over is with the engine.
    pub(super) async fn finish(mut self) {
        while self.tasks.join_next().await.is_some() {}
        // The last sender is gone with the last task, so the bridge ends by itself.
        let _ = self.bridge.await;
    }
}
