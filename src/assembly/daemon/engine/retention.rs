//! What is older than it may be kept goes, by the way that a deletion goes: out of log, index, clusters, alerts and later
//! letters. What was learnt from it (how much is usual) stays.

use super::Engine;
use crate::assembly::configured::All;
use crate::assembly::failure::{Exit, Failure};
use crate::edges::store::ToAppend;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// Posts that go at once; more wait for the next minute.
const AT_ONCE: usize = 500;
/// How often it is looked for old ones.
const EVERY: i64 = DAY_MS;
/// Alerts look back four weeks, and what is usual is learnt within two months.
const LEAST_DAYS: u32 = 60;
/// Entries of the log that are swept at once; more wait for the next minute.
const SWEPT_AT_ONCE: usize = 2_000;
/// Alerts that were over for so long are made small, where texts go too: they came back within 90 days or never.
const OVER_DAYS: u32 = 120;
/// Below this there is no room for what was learnt.
const LEAST_GB: f64 = 0.1;

/// How long texts are kept.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keeping {
    days: Option<u32>,
    bytes: Option<u64>,
    next: Option<Timestamp>,
    /// When what remains is looked through next.
    sweep: Option<Timestamp>,
}

impl Keeping {
    /// As the settings say.
    ///
    /// # Errors
    /// It would be too short to work with.
    pub fn of(settings: &All) -> Result<Self, Failure> {
        let (days, gb) = (settings.data.keep_days, settings.data.keep_gb);
        if days.is_some_and(|days| days < LEAST_DAYS) || gb.is_some_and(|gb| gb.is_nan() || gb < LEAST_GB) {
            return Err(Failure::say(
                Exit::Settings,
                format!(
                    "[data] keep_days has to be {LEAST_DAYS} or more, and keep_gb {LEAST_GB} or more: what is usual is learnt from the posts of two months"
                ),
            ));
        }
        Ok(Self { days, bytes: gb.map(|gb| (gb * 1e9) as u64), ..Self::default() })
    }

    /// Texts go after so many days, however few: for simulations, which have less time than a service.
    pub fn of_days(days: u32) -> Self {
        Self { days: Some(days), ..Self::default() }
    }
}

impl Engine {
    /// Lets go what is too old. Cheap save once a day, and while there is more.
    pub(super) fn let_go(&mut self, now: Timestamp) -> Result<(), Failure> {
        let keeping = self.keeping;
        if (keeping.days.is_none() && keeping.bytes.is_none()) || keeping.next.is_some_and(|next| now < next)
        {
            return Ok(());
        }
        let mut old = Vec::new();
        if let Some(days) = keeping.days {
            old = self.store.oldest_posts(Some(plus_ms(now, -i64::from(days) * DAY_MS)), AT_ONCE)?;
        }
        if old.is_empty() && keeping.bytes.is_some_and(|most| most < u64::MAX) {
            let used = self.store.bytes_in_use()?;
            if keeping.bytes.is_some_and(|most| used > most) {
                old = self.store.oldest_posts(None, AT_ONCE)?;
            }
        }
        if old.len() < AT_ONCE {
            self.keeping.next = Some(plus_ms(now, EVERY));
        }
        if old.is_empty() {
            return Ok(());
        }
        tracing::info!(
            posts = old.len(),
            "texts that are older than [data] keep_days or keep_gb allow are let go"
        );
        let batch = ToAppend { source: "retention".into(), deletes: old, ..ToAppend::default() };
        self.patiently(|store| store.append(now, &batch))?;
        self.advance()
    }

    /// Lets go of what remains of posts that are gone, and, where texts go by their age, of alerts and letters of long ago.
    /// Once a day, and while there is more.
    pub(super) fn sweep(&mut self, now: Timestamp) -> Result<(), Failure> {
        if self.keeping.sweep.is_some_and(|next| now < next) {
            return Ok(());
        }
        let indexed = self.watchman.indexed();
        let swept = self.patiently(|store| store.sweep(now, indexed, SWEPT_AT_ONCE))?;
        if swept == SWEPT_AT_ONCE {
            return Ok(());
        }
        self.keeping.sweep = Some(plus_ms(now, EVERY));
        if self.keeping.days.is_some() || self.keeping.bytes.is_some() {
            let days = self.keeping.days.unwrap_or(OVER_DAYS).max(OVER_DAYS);
            let rows =
                self.patiently(|store| store.condense_alerts(plus_ms(now, -i64::from(days) * DAY_MS)))?;
            tracing::debug!(rows, "alerts and letters of long ago are made small");
        }
        tracing::debug!(entries = swept, "what remained in the log of posts that are gone is let go");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::assembly::daemon::listeners::Times;
    use crate::edges::store::NewPost;
    use crate::ground::entry::{RuleFile, RuleFiles};
    use crate::ground::post::{Incoming, Post, parse_line};
    use crate::ground::time::SimulatedClock;
    use crate::logic::letters::Sender;

    fn said(n: i64, at: Timestamp) -> Post {
        let line = serde_json::json!({"id": n.to_string(), "source": "s", "author": format!("a{n}"), "created_at": at,
            "text": format!("terrible: the hinge{n} of my widget broke, and hinge{n} is gone")});
        match parse_line(line.to_string().as_bytes(), Some(at)) {
            Ok(Incoming::Post(post)) => *post,
            other => unreachable!("{other:?}"),
        }
    }

    /// An engine that heard somebody each day for so many days.
    fn engine(data: &std::path::Path, days: i64, keeping: Keeping) -> (Engine, Timestamp) {
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let clock = Arc::new(SimulatedClock::new(start));
        let sender = Sender { domain: "example.org".into(), from_name: "g".into(), ..Sender::default() };
        let mut engine = Engine::open(data, clock, sender, Vec::new(), Times::default(), keeping).unwrap();
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let product = "[product]\nid = 'p'\nname = 'P'\nmatch = 'widget'\nteam = 't'\n";
        let files =
            vec![file("p.toml", product), file("teams.toml", "[team.t]\nemail = ['t@example.org']\n")];
        engine.take_rules(&Ok(RuleFiles { folder: "r".into(), files })).unwrap();
        for n in 0..days {
            let at = plus_ms(start, n * DAY_MS);
            let posts = vec![NewPost { post: said(n, at), matched: true }];
            engine.store.append(at, &ToAppend { source: "s".into(), posts, ..ToAppend::default() }).unwrap();
        }
        engine.advance().unwrap();
        (engine, plus_ms(start, days * DAY_MS))
    }

    fn ids(engine: &Engine) -> Vec<String> {
        engine.store.oldest_posts(None, 1_000).unwrap().into_iter().map(|key| key.id).collect()
    }

    #[test]
    fn what_is_too_old_goes_to_the_last_byte_and_what_was_learnt_stays() {
        let dir = tempfile::tempdir().unwrap();
        let keeping = Keeping { days: Some(60), ..Keeping::default() };
        let (mut engine, now) = engine(dir.path(), 70, keeping);
        assert_eq!(ids(&engine).len(), 70);
        engine.let_go(now).unwrap();
        assert_eq!(ids(&engine), (10..70).map(|n| n.to_string()).collect::<Vec<_>>());
        let state = engine.analysis.product("p").unwrap();
        let kept = state
            .clusters
            .iter()
            .flat_map(|c| &c.members)
            .filter(|m| m.quote.text.contains("hinge3 "))
            .count();
        assert_eq!(kept, 0);
        // The same day nothing more is looked for; the next day one more goes.
        engine.let_go(plus_ms(now, DAY_MS / 2)).unwrap();
        assert_eq!(ids(&engine).len(), 60);
        engine.let_go(plus_ms(now, DAY_MS)).unwrap();
        assert_eq!(ids(&engine).len(), 59);
        drop(engine);
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(7).any(|w| w == b"hinge3 "), "{}", path.display());
        }
    }

    #[test]
    fn the_oldest_go_first_where_there_is_too_much_and_without_settings_nothing_goes() {
        let dir = tempfile::tempdir().unwrap();
        let (mut engine, now) = engine(dir.path(), 5, Keeping::default());
        engine.let_go(now).unwrap();
        assert_eq!(ids(&engine).len(), 5);
        engine.keeping = Keeping { bytes: Some(engine.store.bytes_in_use().unwrap()), ..Keeping::default() };
        engine.let_go(now).unwrap();
        assert_eq!(ids(&engine).len(), 5, "as much as there may be");
        engine.keeping = Keeping { bytes: Some(1), ..Keeping::default() };
        engine.let_go(now).unwrap();
        assert_eq!(ids(&engine).len(), 0);
    }
}
