//! Mail to those who run the daemon: that it cannot do what it was told, that something stands still, and once a week that it
//! is there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::edges::mail::{Outcome, Stationery, Transport, to_message};
use crate::ground::letter::Letter;
use crate::ground::time::Timestamp;
use crate::logic::letters::{Sender, notice, rules_refused};

use super::watchman::ToTell;

/// How long to wait before another attempt.
const AGAIN: Duration = Duration::from_secs(60);
/// Attempts; after them the journal and `status` have to do.
const ATTEMPTS: u32 = 60;

/// Those who run the daemon, and the way to them.
#[derive(Clone)]
pub(super) struct Operators {
    pub(super) addresses: Vec<String>,
    pub(super) sender: Sender,
    pub(super) from: Stationery,
    pub(super) transport: Arc<Transport>,
    pub(super) stop: CancellationToken,
    /// Counts what was said of the rules: a letter that waits for the mail server may be overtaken.
    pub(super) rules_turn: Arc<AtomicU64>,
}

impl Operators {
    /// Tells them that new rules were refused: `why` is what `check` prints. Nobody waits for it.
    pub(super) fn rules_refused(&self, folder: &str, why: &str, now: Timestamp) {
        let letter = rules_refused(folder, why, now, &self.addresses, &self.sender);
        let turn = self.rules_turn.fetch_add(1, Ordering::Relaxed) + 1;
        self.post(letter, Some(turn));
    }

    /// Tells them that the rules are sound again. What is still on its way about those that were refused goes no more.
    pub(super) fn rules_sound(&self, folder: &str, now: Timestamp) {
        let subject = "groundswell: the rules are in force again";
        let text = format!(
            "The rules in {folder} are sound and in force. Nothing has to be done.\n\nWhile they were refused, those of before stayed in force: nothing that they watch was missed.\n"
        );
        let letter = notice("rules", subject, &text, now, &self.addresses, &self.sender);
        let turn = self.rules_turn.fetch_add(1, Ordering::Relaxed) + 1;
        self.post(letter, Some(turn));
    }

    /// Tells them which templates cannot be used, if any: letters go out all the same.
    pub(super) fn templates_refused(&self, problems: &[String], now: Timestamp) {
        if problems.is_empty() {
            return;
        }
        let subject = "groundswell: a template of letters cannot be used, the built-in one takes its place";
        let text = format!(
            "Letters go out as if the templates below were not there. Mend them, look with `groundswell check --templates FOLDER`, and start groundswell again.\n\n{}\n",
            problems.join("\n")
        );
        self.tell("templates", &ToTell { subject: subject.into(), text }, now);
    }

    /// Tells them this; `about` says in one word what it is about. Nobody waits for it.
    pub(super) fn tell(&self, about: &str, what: &ToTell, now: Timestamp) {
        self.post(notice(about, &what.subject, &what.text, now, &self.addresses, &self.sender), None);
    }

    /// Sends it. One about rules is of a `turn`: the next says how they stand now.
    fn post(&self, letter: Letter, turn: Option<u64>) {
        if self.addresses.is_empty() {
            return;
        }
        let operators = self.clone();
        tokio::spawn(async move { operators.send(&letter, turn).await });
    }

    async fn send(&self, letter: &Letter, turn: Option<u64>) {
        let message = match to_message(letter, &self.from) {
            Ok(message) => message,
            Err(e) => {
                tracing::error!("{e}; the address is in [operators] email of the settings");
                return;
            }
        };
        for _ in 0..ATTEMPTS {
            if turn.is_some_and(|turn| turn < self.rules_turn.load(Ordering::Relaxed)) {
                tracing::info!(
                    subject = letter.subject,
                    "a letter to the operators is out of date, and goes no more"
                );
                return;
            }
            let why = match self.transport.send(&message).await {
                Outcome::Sent { answer, .. } => {
                    tracing::info!(answer, subject = letter.subject, "the operators were told");
                    return;
                }
                Outcome::Refused { why } => {
                    tracing::error!(why, "the letter to the operators was refused");
                    return;
                }
                Outcome::TryLater { why } | Outcome::Unreachable { why } | Outcome::Unclear { why } => why,
            };
            tracing::warn!(why, "the letter to the operators is not out yet; it will be tried again");
            tokio::select! {
                () = tokio::time::sleep(AGAIN) => {}
                () = self.stop.cancelled() => return,
            }
        }
    }
}
