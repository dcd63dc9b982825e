//! What the daemon writes down for `status` and for its next start. A note is not worth waiting for.

use std::collections::BTreeMap;

use super::Engine;
use crate::assembly::daemon::listeners::Minutes;
use crate::edges::sources::HealthSnapshot;

impl Engine {
    /// What each source brought in which minute of the last hour, as it was noted before the restart.
    pub(in crate::assembly::daemon) fn minutes(&self) -> Minutes {
        #[derive(serde::Deserialize)]
        struct Noted {
            #[serde(default)]
            minutes: Vec<(i64, u64)>,
        }
        let note = self.store.note("sources").ok().flatten();
        let noted: Option<BTreeMap<String, Noted>> = note.and_then(|json| serde_json::from_str(&json).ok());
        noted.unwrap_or_default().into_iter().map(|(name, noted)| (name, noted.minutes)).collect()
    }

    /// Notes how the sources are, at once where anything has changed: what was heard is not known anew after a kill.
    pub(super) fn note_sources(&mut self, health: &BTreeMap<String, HealthSnapshot>) {
        if *health != self.noted {
            let json = serde_json::to_string(health).unwrap_or_default();
            match self.store.set_note("sources", &json) {
                Ok(()) => self.noted.clone_from(health),
                Err(e) => tracing::warn!("{e}"),
            }
        }
    }

    /// Says what waits until when, for `status`, where that has changed.
    pub(super) fn note_waiting(&mut self) {
        let waiting = self.analysis.waiting().into_iter().map(|(team, things, until, why)| {
            serde_json::json!({"team": team, "things": things, "until": until, "why": why})
        });
        let json = serde_json::Value::from_iter(waiting).to_string();
        if json != self.waiting {
            match self.store.set_note("waiting", &json) {
                Ok(()) => self.waiting = json,
                Err(e) => tracing::warn!("{e}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::mpsc;

    use super::*;
    use crate::assembly::daemon::{Keeping, Order, Times};
    use crate::edges::sources::State;
    use crate::ground::time::SimulatedClock;
    use crate::logic::letters::Sender;

    #[test]
    fn what_was_heard_a_second_ago_outlives_a_kill() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(SimulatedClock::new("2026-01-02T10:00:00Z".parse().unwrap()));
        let open = || {
            let (times, keeping) = (Times::of_live(["hook"]), Keeping::default());
            Engine::open(dir.path(), clock.clone(), Sender::default(), Vec::new(), times, keeping).unwrap()
        };
        let (tell, _told) = mpsc::channel(1);
        let health = |minutes: &[(i64, u64)]| {
            let state = State::Listening;
            let health = HealthSnapshot { state, minutes: minutes.to_vec(), ..HealthSnapshot::default() };
            BTreeMap::from([("hook".to_owned(), health)])
        };
        let mut engine = open();
        for minutes in [&[][..], &[(29_455_800, 3)], &[(29_455_800, 5)]] {
            engine.obey(Order::Second(health(minutes)), true, &tell).unwrap();
        }
        // Nothing is finished, as after kill -9.
        drop(engine);
        assert_eq!(open().minutes()["hook"], [(29_455_800, 5)]);
    }
}
