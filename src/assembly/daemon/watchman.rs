//! Looks each minute whether anything stands still, and puts into words what the operators are to be told.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::assembly::output::counted;
use crate::edges::index::PostIndex;
use crate::edges::sources::{HealthSnapshot, State};
use crate::edges::store::{OutboxCounts, Store, StoreError};
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, from_ms, plus_ms};
use crate::logic::upkeep::{Source, Standing, Trouble, Watch, Word};

/// The note that keeps what was told over a restart.
pub(in crate::assembly) const NOTE: &str = "watch";
/// A letter tried so often is stuck: with the growing waits, a quarter of an hour has passed.
const TRIES: u32 = 4;

/// What the operators are to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToTell {
    /// The subject of a mail.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// Keeps watch over one data folder.
pub(super) struct Watchman {
    watch: Watch,
    data: PathBuf,
}

impl Watchman {
    /// Goes on from what was told before.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(super) fn new(store: &Store, data: &Path) -> Result<Self, StoreError> {
        let watch = store.note(NOTE)?.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        Ok(Self { watch, data: data.to_owned() })
    }

    /// How far the index has read the log; 0 where there is none.
    pub(super) fn indexed(&self) -> u64 {
        PostIndex::open_for_reading(&self.data).map_or(0, |index| index.position())
    }

    /// Looks, remembers, and says what is to be told.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub(super) fn look(
        &mut self,
        store: &mut Store,
        health: &BTreeMap<String, HealthSnapshot>,
        now: Timestamp,
    ) -> Result<Vec<ToTell>, StoreError> {
        let troubled = store.troubled_letters()?;
        let stuck = troubled.iter().filter(|l| l.state == "waiting" && l.attempts >= TRIES).count();
        let indexed = self.indexed();
        let standing = Standing {
            sources: health.iter().map(|(name, health)| (name.clone(), source(health))).collect(),
            letters_stuck: stuck as u64,
            letters_parked: store.outbox_counts()?.parked,
            said: troubled.last().map(|letter| one_line(&letter.said)).unwrap_or_default(),
            index: (indexed, store.last_position()?),
        };
        let mut told = Vec::new();
        for word in self.watch.look(&standing, now) {
            told.push(match word {
                Word::Alarm(trouble) => {
                    tracing::error!("{}", trouble.what);
                    alarm(&trouble)
                }
                Word::Over(what) => {
                    tracing::info!(what, "goes on again");
                    over(&what)
                }
                Word::SignOfLife => {
                    let troubles: Vec<&str> = self.watch.troubles().collect();
                    sign_of_life(store, health, &troubles, now)?
                }
            });
        }
        let json = serde_json::to_string(&self.watch).unwrap_or_default();
        store.set_note(NOTE, &json)?;
        Ok(told)
    }
}

fn source(health: &HealthSnapshot) -> Source {
    Source {
        over: matches!(health.state, State::Ended | State::Stopped),
        failed: health.state == State::Failed,
        refused: health.refused_outright,
        failing_since: health.since.filter(|_| health.state == State::Retrying),
        why: one_line(health.last_error.as_deref().unwrap_or_default()),
        last_post: health.last_post,
    }
}

fn alarm(Trouble { what, to_do }: &Trouble) -> ToTell {
    ToTell {
        subject: format!("groundswell: {what}"),
        text: format!("{what}. {to_do} You are told once, and once more when it is over.\n"),
    }
}

fn over(what: &str) -> ToTell {
    ToTell {
        subject: format!("groundswell: {what}: all is well again"),
        text: format!("{what} works again. Nothing has to be done.\n"),
    }
}

/// One of every kind of letter to operators, about made-up things, to be looked at: its name, when it is sent, what it says,
/// and when it was.
pub fn watch_samples() -> Vec<(&'static str, &'static str, ToTell, Timestamp)> {
    let now = from_ms(1_742_202_000_000);
    let heard = |hours: i64, posts| HealthSnapshot {
        last_post: Some(plus_ms(now, -hours * HOUR_MS)),
        posts,
        ..HealthSnapshot::default()
    };
    let health = [("bluesky".to_owned(), heard(0, 11_902)), ("press".to_owned(), heard(30, 41))].into();
    let letters = OutboxCounts { sent: 37, ..OutboxCounts::default() };
    let silent = Trouble::silent("press", 30 * HOUR_MS, 14 * HOUR_MS);
    vec![
        ("operators-alarm", "Something stands still (to those who run the service)", alarm(&silent), now),
        ("operators-over", "It goes on again", over("source press"), plus_ms(now, HOUR_MS)),
        (
            "operators-weekly",
            "Once a week: it is still there",
            still_listening((11_943, 2), &letters, &health, &["source press"]),
            now,
        ),
    ]
}

fn sign_of_life(
    store: &Store,
    health: &BTreeMap<String, HealthSnapshot>,
    troubles: &[&str],
    now: Timestamp,
) -> Result<ToTell, StoreError> {
    let heard = store.heard_since(plus_ms(now, -7 * DAY_MS))?;
    Ok(still_listening(heard, &store.outbox_counts()?, health, troubles))
}

/// The sign of life, from mentions and alerts of the week.
fn still_listening(
    (mentions, alerts): (u64, u64),
    letters: &OutboxCounts,
    health: &BTreeMap<String, HealthSnapshot>,
    troubles: &[&str],
) -> ToTell {
    let mentions = counted(mentions, "mention", "mentions");
    let mut text = format!(
        "groundswell is still listening: {mentions} of your products this week, {} opened.\n\n",
        counted(alerts, "alert", "alerts")
    );
    if !troubles.is_empty() {
        let _ = writeln!(
            text,
            "Stands still now: {}. The e-mail from when it began says what to do.\n",
            troubles.join(", ")
        );
    }
    for (name, health) in health {
        let last = health.last_post.map_or_else(
            || "nothing heard since the start".to_owned(),
            |at| format!("last heard {} UTC", at.strftime("%Y-%m-%d %H:%M")),
        );
        let _ = writeln!(
            text,
            "source {name}: {last}, {} since the start",
            counted(health.posts, "post", "posts")
        );
    }
    let _ = writeln!(
        text,
        "letters: {} sent in all, {} waiting, {} given up\n\nThe next mail like this comes in a week. If it does not, look whether the machine is there.",
        letters.sent, letters.waiting, letters.parked
    );
    ToTell { subject: format!("groundswell: still listening: {mentions} this week"), text }
}

/// What a server or a stranger said, fit for a subject.
fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_is_told_once_over_a_restart_and_the_week_is_counted() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let failed = HealthSnapshot {
            state: State::Failed,
            last_error: Some("410 Gone\r\nBcc: x@example.org".into()),
            ..HealthSnapshot::default()
        };
        let health: BTreeMap<_, _> = [("press".to_owned(), failed)].into();
        let told = Watchman::new(&store, dir.path()).unwrap().look(&mut store, &health, start).unwrap();
        let subjects: Vec<&str> = told.iter().map(|t| t.subject.as_str()).collect();
        assert_eq!(subjects, ["groundswell: source press has failed: 410 Gone Bcc: x@example.org"]);
        let mut again = Watchman::new(&store, dir.path()).unwrap();
        assert_eq!(again.look(&mut store, &health, plus_ms(start, 60_000)).unwrap(), []);
        let told = again.look(&mut store, &health, plus_ms(start, 7 * DAY_MS)).unwrap();
        assert_eq!(told.len(), 1);
        insta::assert_snapshot!(format!("{}\n\n{}", told[0].subject, told[0].text));
    }
}
