//! How a source is, for people to see.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;

use super::Kept;
use crate::ground::time::Timestamp;

/// Minutes over which the rate is taken.
const MINUTES: usize = 60;

/// What complaints have in them that somebody has to do something about: an address that is wrong, a key that is, a file that is
/// not ours to read.
const REFUSALS: [&str; 6] = [
    "answers 401",
    "answers 403",
    "answers 404",
    "answers 410",
    "Permission denied",
    "No such file or directory",
];

/// What a source is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not yet heard anything of the other side.
    #[default]
    Starting,
    /// All is well.
    Listening,
    /// Something failed; it tries again by itself.
    Retrying,
    /// Everything there was has been read.
    Ended,
    /// It was told to stop.
    Stopped,
    /// It cannot go on; a person has to do something. Where that can mend it while the daemon runs, it is tried again.
    Failed,
}

/// The health of one source. The source writes, everybody reads.
#[derive(Debug, Default)]
pub struct Health {
    inner: Mutex<Inner>,
    /// Nothing can be stored now: the disk is full. Whoever stores says so, for all sources at once.
    full: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Inner {
    seen: HealthSnapshot,
    /// Posts per minute, by minute modulo 60, with the minute they are of.
    minutes: [(i64, u64); MINUTES],
}

impl Default for Inner {
    fn default() -> Self {
        Self { seen: HealthSnapshot::default(), minutes: [(i64::MIN, 0); MINUTES] }
    }
}

/// The health of a source at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct HealthSnapshot {
    /// What it is doing.
    pub state: State,
    /// Since when.
    pub since: Option<Timestamp>,
    /// When the last post or deletion was handed over.
    pub last_post: Option<Timestamp>,
    /// Posts and deletions handed over since start; of a webhook those that were taken.
    pub posts: u64,
    /// Things that could not be read, or not be taken from this source, since start.
    pub rejects: u64,
    /// Requests that were turned away, since start: without a good signature, too large, or not readable.
    pub refused: u64,
    /// Why the last of them was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_refused: Option<String>,
    /// The hub that sends what is new, where a feed has one that does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pushed_by: Option<String>,
    /// Posts that nobody wants, dropped since start.
    pub unwanted: u64,
    /// Failures since start.
    pub errors: u64,
    /// What the last failure was, in one sentence.
    pub last_error: Option<String>,
    /// When that was.
    pub last_error_at: Option<Timestamp>,
    /// It was refused (401, 403, 404, 410, no right to read), or there is nothing to read: waiting seldom mends that.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub refused_outright: bool,
    /// It has failed, and is tried again by itself from time to time.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tried_again: bool,
    /// Something a person should know that is no failure: an address that has moved, for instance.
    pub notice: Option<String>,
    /// Where it listens or what it is connected to, as far as it is.
    pub peer: Option<String>,
    /// What the other side's limit leaves us, in words, where it says so.
    pub limit: Option<String>,
    /// How far behind the other side we are, in seconds, where that can be known.
    pub lag_seconds: Option<f64>,
    /// Accounts that the platform says were deleted, suspended or taken down, since start.
    pub accounts_gone: u64,
    /// Posts and deletions in the last hour, over restarts.
    pub posts_last_hour: u64,
    /// Posts and deletions by minute since 1970, of the last hour in which there were any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub minutes: Vec<(i64, u64)>,
}

/// Posts and deletions of the last hour, from those of each minute since 1970.
pub fn in_the_last_hour(minutes: &[(i64, u64)], now: Timestamp) -> u64 {
    let minute = now.as_second().div_euclid(60);
    let fresh = minute.saturating_sub(MINUTES as i64)..=minute;
    minutes.iter().filter(|(of, _)| fresh.contains(of)).map(|(_, n)| n).sum()
}

fn slot(minutes: &mut [(i64, u64); MINUTES], minute: i64) -> Option<&mut (i64, u64)> {
    minutes.get_mut(usize::try_from(minute.rem_euclid(MINUTES as i64)).unwrap_or(0))
}

impl Health {
    /// The health of a source that has not started.
    pub fn new() -> Self {
        Self::default()
    }

    /// The health of a source that goes on after a restart: what it heard in which minute, as a snapshot noted it, and where
    /// it is said that nothing can be stored.
    pub fn going_on(minutes: &[(i64, u64)], full: Arc<AtomicBool>) -> Self {
        let mut inner = Inner::default();
        for (minute, posts) in minutes {
            if let Some(slot) = slot(&mut inner.minutes, *minute) {
                *slot = (*minute, *posts);
            }
        }
        Self { inner: Mutex::new(inner), full }
    }

    /// Whether nothing can be stored now, since the disk is full.
    pub(super) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// The health at `now`.
    pub fn snapshot(&self, now: Timestamp) -> HealthSnapshot {
        let inner = self.inner();
        let mut minutes: Vec<(i64, u64)> = inner.minutes.iter().copied().filter(|(_, n)| *n > 0).collect();
        minutes.sort_unstable();
        let posts_last_hour = in_the_last_hour(&minutes, now);
        HealthSnapshot { posts_last_hour, minutes, ..inner.seen.clone() }
    }

    /// Says whether a source that has failed is tried again by itself.
    pub fn tried_again(&self, again: bool) {
        self.inner().seen.tried_again = again;
    }

    /// Whether it had failed before, and is tried once more.
    pub(super) fn has_failed(&self) -> bool {
        self.inner().seen.state == State::Failed
    }

    pub(super) fn state(&self, state: State, now: Timestamp) {
        let mut inner = self.inner();
        if inner.seen.state != state || inner.seen.since.is_none() {
            inner.seen.state = state;
            inner.seen.since = Some(now);
        }
        if state == State::Listening {
            inner.seen.refused_outright = false;
        }
    }

    pub(super) fn count(&self, posts: usize, rejects: usize, now: Timestamp) {
        let mut inner = self.inner();
        inner.seen.rejects += rejects as u64;
        if posts == 0 {
            return;
        }
        inner.seen.posts += posts as u64;
        inner.seen.last_post = Some(now);
        let minute = now.as_second().div_euclid(60);
        if let Some(slot) = slot(&mut inner.minutes, minute) {
            *slot = if slot.0 == minute { (minute, slot.1 + posts as u64) } else { (minute, posts as u64) };
        }
    }

    /// Counts a batch by what became of it, as whoever sent it is answered.
    pub(super) fn took(&self, items: usize, rejects: usize, kept: &Kept, now: Timestamp) {
        self.count(kept.stored + kept.known + kept.deleted, rejects + kept.refused.len(), now);
        self.unwanted(kept.unwanted as u64);
        if items > 0 {
            // Who sends what nobody wants is not silent.
            self.inner().seen.last_post = Some(now);
        }
    }

    pub(super) fn error(&self, message: &str, now: Timestamp) {
        let mut inner = self.inner();
        inner.seen.errors += 1;
        inner.seen.last_error = Some(message.to_owned());
        inner.seen.refused_outright = REFUSALS.iter().any(|refusal| message.contains(refusal));
        inner.seen.last_error_at = Some(now);
    }

    pub(super) fn notice(&self, notice: Option<String>) {
        self.inner().seen.notice = notice;
    }

    pub(super) fn peer(&self, peer: Option<String>) {
        self.inner().seen.peer = peer;
    }

    pub(super) fn limit(&self, limit: String) {
        self.inner().seen.limit = Some(limit);
    }

    pub(super) fn lag(&self, seconds: f64) {
        self.inner().seen.lag_seconds = Some(seconds);
    }

    /// Counts a request that was turned away, and gives how many there were.
    pub(super) fn refused(&self, why: &str) -> u64 {
        let mut inner = self.inner();
        inner.seen.refused += 1;
        inner.seen.last_refused = Some(why.to_owned());
        inner.seen.refused
    }

    pub(super) fn pushed_by(&self, hub: Option<String>) {
        self.inner().seen.pushed_by = hub;
    }

    pub(super) fn unwanted(&self, posts: u64) {
        self.inner().seen.unwanted += posts;
    }

    pub(super) fn account_gone(&self) {
        self.inner().seen.accounts_gone += 1;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere cannot leave counters half-written in a way that matters.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_refused_and_who_is_let_in_again_is_known() {
        let (health, now) = (Health::new(), "2026-01-01T10:00:30Z".parse().unwrap());
        for (message, refused) in [
            ("the address https://a.example/ answers 404 Not Found", true),
            ("answers 401 Unauthorized: there is no such repository", true),
            ("the address https://a.example/ answers 500 Internal Server Error", false),
            ("does not answer: timed out", false),
            ("cannot open /srv/posts: Permission denied (os error 13); waiting for it", true),
            ("cannot open /srv/posts: No such file or directory (os error 2); waiting for it", true),
        ] {
            health.error(message, now);
            assert_eq!(health.snapshot(now).refused_outright, refused, "{message}");
        }
        health.error("answers 403 Forbidden", now);
        health.state(State::Retrying, now);
        assert!(health.snapshot(now).refused_outright);
        health.state(State::Listening, now);
        assert!(!health.snapshot(now).refused_outright);
    }

    #[test]
    fn the_rate_is_that_of_the_last_hour() {
        let at = |s: &str| s.parse::<Timestamp>().unwrap();
        let health = Health::new();
        health.count(5, 0, at("2026-01-01T10:00:30Z"));
        health.count(2, 1, at("2026-01-01T10:30:00Z"));
        assert_eq!(health.snapshot(at("2026-01-01T10:59:00Z")).posts_last_hour, 7);
        let later = health.snapshot(at("2026-01-01T11:20:00Z"));
        assert_eq!((later.posts_last_hour, later.posts, later.rejects), (2, 7, 1));
        health.count(1, 0, at("2026-01-01T11:30:00Z"));
        assert_eq!(health.snapshot(at("2026-01-01T11:30:30Z")).posts_last_hour, 1);
        // A restart changes nothing.
        let noted = health.snapshot(at("2026-01-01T11:20:00Z")).minutes;
        let health = Health::going_on(&noted, Arc::default());
        assert_eq!(health.snapshot(at("2026-01-01T11:31:00Z")).posts_last_hour, 1);
        health.count(2, 0, at("2026-01-01T11:31:00Z"));
        assert_eq!(health.snapshot(at("2026-01-01T11:31:00Z")).posts_last_hour, 3);
        assert_eq!(health.snapshot(at("2026-01-01T11:31:00Z")).posts, 2, "since the start");
    }

    #[test]
    fn since_is_when_the_state_began_not_when_it_was_last_said() {
        let at = |s: &str| s.parse::<Timestamp>().unwrap();
        let health = Health::new();
        health.state(State::Listening, at("2026-01-01T10:00:00Z"));
        health.state(State::Listening, at("2026-01-01T11:00:00Z"));
        health.error("the address does not answer", at("2026-01-01T11:00:01Z"));
        let shown = serde_json::to_value(health.snapshot(at("2026-01-01T12:00:00Z"))).unwrap();
        assert_eq!(shown["state"], "listening");
        assert_eq!(shown["since"], "2026-01-01T10:00:00Z");
        assert_eq!(shown["last_error"], "the address does not answer");
    }
}
