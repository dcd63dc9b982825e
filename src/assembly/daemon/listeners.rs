//! The sources at work: each a task of its own, so that a bad one does not hurt another.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::engine::Order;
use crate::assembly::configured::All;
use crate::assembly::failure::{Exit, Failure};
use crate::edges::sources::{
    Batch, Callbacks, Health, HealthSnapshot, SourceConfig, SourceError, SourceSettings, State, Surroundings,
    run,
};
use crate::ground::post::Post;
use crate::ground::time::{Clock, Timestamp};
use crate::logic::text::fold;

/// Batches on their way to the engine; when it is full the sources wait.
const BATCHES: usize = 4;
/// First and longest wait before a source that failed is tried again: what was wrong may be a file that a person makes or gives away.
const FIRST_TRY: Duration = Duration::from_secs(10);
const LAST_TRY: Duration = Duration::from_secs(300);

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
        until_done: bool,
        clock: &Arc<dyn Clock>,
        filter: Arc<dyn Fn(&Post) -> bool + Send + Sync>,
        callbacks: Option<Arc<Callbacks>>,
        orders: mpsc::Sender<Order>,
        stop: CancellationToken,
    ) -> Self {
        let (out, mut batches) = mpsc::channel::<Batch>(BATCHES);
        let asking = orders.clone();
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
            let asking = asking.clone();
            tasks.spawn(async move {
                if until_done {
                    let ended = run(source, cursor, around).await;
                    let _ = ended.as_ref().inspect_err(|e| tracing::error!("{e}; others go on"));
                    return ended.is_ok();
                }
                again_and_again(source, cursor, around, asking, FIRST_TRY).await
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

/// Runs a source; one that cannot work is tried again, since a secret or a file may be there later. Gives whether it ended well.
async fn again_and_again(
    source: SourceSettings,
    mut cursor: Option<String>,
    around: Surroundings,
    orders: mpsc::Sender<Order>,
    first: Duration,
) -> bool {
    let (mut wait, mut said) = (first, String::new());
    loop {
        let Err(error) = run(source.clone(), cursor, around.clone()).await else { return true };
        if matches!(error, SourceError::Gone { .. }) {
            tracing::error!("{error}; this source is off until a restart, others go on");
            return false;
        }
        around.health.tried_again(true);
        let why = error.to_string();
        if why != said {
            let seconds = LAST_TRY.as_secs();
            tracing::error!("{why}; tried again at least every {seconds} seconds, others go on");
            said = why;
        }
        tokio::select! {
            () = around.stop.cancelled() => return false,
            () = tokio::time::sleep(wait) => {}
        }
        wait = (wait * 2).min(LAST_TRY);
        // It may have brought something before it failed.
        let (answer, asked) = oneshot::channel();
        if orders.send(Order::Cursor(source.name.clone(), answer)).await.is_err() {
            return false;
        }
        cursor = asked.await.ok().flatten();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::SimulatedClock;

    #[tokio::test]
    async fn a_source_that_cannot_begin_works_once_its_file_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("posts.jsonl");
        let source: SourceSettings =
            toml::from_str(&format!("name = 'export'\nkind = 'jsonl'\npath = '{}'", path.display())).unwrap();
        let (out, mut batches) = mpsc::channel(4);
        let (orders, mut asked) = mpsc::channel(4);
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock::new("2026-01-02T10:00:00Z".parse().unwrap()));
        let health = Arc::new(Health::new());
        let around = Surroundings {
            clock: Arc::clone(&clock),
            out,
            stop: CancellationToken::new(),
            health: Arc::clone(&health),
            contact: String::new(),
            seed: 1,
            filter: Arc::new(|_| true),
            callbacks: None,
        };
        let task = tokio::spawn(again_and_again(source, None, around, orders, Duration::from_millis(1)));
        let Some(Order::Cursor(name, answer)) = asked.recv().await else { panic!("it ended") };
        let seen = health.snapshot(clock.now());
        assert_eq!((name.as_str(), seen.state, seen.tried_again), ("export", State::Failed, true));
        assert!(seen.last_error.unwrap().contains("No such file"));
        let post = r#"{"id":"1","source":"export","text":"it leaks","created_at":"2026-01-01T00:00:00Z"}"#;
        std::fs::write(&path, post).unwrap();
        answer.send(None).unwrap();
        assert_eq!(batches.recv().await.unwrap().items.len(), 1);
        assert!(task.await.unwrap());
        assert_eq!(health.snapshot(clock.now()).state, State::Ended);
    }
}
