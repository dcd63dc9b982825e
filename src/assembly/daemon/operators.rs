//! Mail to those who run the daemon: that it cannot do what it was told, that something stands still, and once a week that it
//! is there.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::edges::mail::{Mailbox, Outcome, Transport, to_message};
use crate::ground::letter::Letter;
use crate::ground::time::Timestamp;

use super::watchman::ToTell;

/// How long to wait before another attempt.
const AGAIN: Duration = Duration::from_secs(60);
/// Attempts; after them the journal and `status` have to do.
const ATTEMPTS: u32 = 60;
/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;
/// Longest text of a letter, in characters.
const LONGEST: usize = 20_000;

/// Those who run the daemon, and the way to them.
#[derive(Clone)]
pub(super) struct Operators {
    pub(super) addresses: Vec<String>,
    pub(super) domain: String,
    pub(super) from: Mailbox,
    pub(super) transport: Arc<Transport>,
    pub(super) stop: CancellationToken,
}

impl Operators {
    /// Tells them that new rules were refused: `why` is what `check` prints. Nobody waits for it.
    pub(super) fn rules_refused(&self, folder: &str, why: &str, now: Timestamp) {
        let why: String = why.chars().filter(|c| *c == '\n' || !c.is_control()).take(LONGEST).collect();
        let text = format!(
            "The rules in {folder} cannot be put in force. Those of before stay in force, so nothing that they watch is missed.\n\n{why}\n\n\
             groundswell check --rules {folder} shows this again. Save the mended file, and it is read within two seconds.\n\
             This is said once, until the rules have been sound again.\n"
        );
        let subject = "groundswell: the new rules have errors, the old ones stay in force".into();
        self.tell("rules-refused", &ToTell { subject, text }, now);
    }

    /// Tells them this; `about` says in one word what it is about. Nobody waits for it.
    pub(super) fn tell(&self, about: &str, what: &ToTell, now: Timestamp) {
        if self.addresses.is_empty() {
            return;
        }
        let letter = self.letter(about, what, now);
        let operators = self.clone();
        tokio::spawn(async move { operators.send(&letter).await });
    }

    fn letter(&self, about: &str, what: &ToTell, now: Timestamp) -> Letter {
        let shown = what.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        Letter {
            message_id: format!(
                "{about}.{}.{:08x}@{}",
                now.as_millisecond(),
                xxhash_rust::xxh3::xxh3_64(what.subject.as_bytes()) as u32,
                self.domain
            ),
            in_reply_to: None,
            list_id: format!("operators.groundswell.{}", self.domain),
            alert: about.into(),
            date: now,
            to: self.addresses.clone(),
            subject: what.subject.chars().filter(|c| !c.is_control()).take(LONGEST_SUBJECT).collect(),
            html: format!("<!doctype html><html><body><pre>{shown}</pre></body></html>"),
            text: what.text.clone(),
            pictures: Vec::new(),
        }
    }

    async fn send(&self, letter: &Letter) {
        let message = match to_message(letter, &self.from) {
            Ok(message) => message,
            Err(e) => {
                tracing::error!("{e}; the address is in [operators] email of the settings");
                return;
            }
        };
        for _ in 0..ATTEMPTS {
            let why = match self.transport.send(&message).await {
                Outcome::Sent { answer, .. } => {
                    tracing::info!(answer, subject = letter.subject, "the operators were told");
                    return;
                }
                Outcome::Refused { why } => {
                    tracing::error!(why, "the letter to the operators was refused");
                    return;
                }
                Outcome::TryLater { why } | Outcome::Unclear { why } => why,
            };
            tracing::warn!(why, "the letter to the operators is not out yet; it will be tried again");
            tokio::select! {
                () = tokio::time::sleep(AGAIN) => {}
                () = self.stop.cancelled() => return,
            }
        }
    }
}
