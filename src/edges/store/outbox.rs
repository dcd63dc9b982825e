//! The outbox: a letter leaves it when the mail server has said 250 (invariant 4).

use rusqlite::params;

use super::{Moment, Store, StoreError, refused};
use crate::ground::alert::{AlertEvent, Collected};
use crate::ground::time::{DAY_MS, Timestamp, from_ms, plus_ms};

/// A letter is tried for so long, then parked.
const TRIED_MS: i64 = 5 * DAY_MS;
/// The first retry comes after a minute, each further one after twice the time, at most after two hours.
const FIRST_RETRY_MS: i64 = 60_000;
const LONGEST_RETRY_MS: i64 = 2 * 3_600_000;

/// A letter that waits to be sent. Its text is made from the event when it goes, so that a post deleted meanwhile is not
/// quoted.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxItem {
    /// Its Message-ID: the same however often it is tried.
    pub message_id: String,
    /// What it is about.
    pub about: About,
    /// Addresses that still wait for it.
    pub recipients: Vec<String>,
    /// Times it was tried.
    pub attempts: u32,
    /// When it was put in.
    pub made_at: Timestamp,
    /// Number of the first letter about this alert that its team was sent, if one was before this.
    pub begun_by: Option<u32>,
}

/// What a letter is about.
#[derive(Clone, Debug, PartialEq)]
pub enum About {
    /// One thing that happened to an alert.
    Event(Box<AlertEvent>),
    /// What a team was not told one by one: the list, and what is known of it now.
    Collected(Collected, Vec<AlertEvent>),
}

impl OutboxItem {
    /// The team that it is for.
    pub fn team(&self) -> &str {
        match &self.about {
            About::Event(event) => &event.team,
            About::Collected(collected, _) => &collected.team,
        }
    }
}

/// What became of one try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The mail server took it.
    Sent {
        /// Its answer.
        answer: String,
    },
    /// The mail server took it for some; these wait on.
    Partly {
        /// Addresses that wait on.
        left: Vec<String>,
        /// Why.
        why: String,
    },
    /// Not now.
    Later {
        /// Why.
        why: String,
    },
    /// Never.
    Refused {
        /// Why.
        why: String,
    },
}

/// How the outbox stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct OutboxCounts {
    /// Letters that wait.
    pub waiting: u64,
    /// Letters that were sent.
    pub sent: u64,
    /// Letters that were refused or tried for too long.
    pub parked: u64,
}

/// Letters that are tried again before their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retried {
    /// Those that would not have been tried any more.
    pub parked: usize,
    /// Those that waited for their next try.
    pub waited: usize,
}

/// A letter that could not be sent so far, or for good.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TroubledLetter {
    /// Its Message-ID.
    pub message_id: String,
    /// `waiting` or `parked`.
    pub state: String,
    /// Times it was tried.
    pub attempts: u32,
    /// What the server said last.
    pub said: String,
    /// When it is tried next; never where it is parked.
    pub next_try: Option<Timestamp>,
}

/// Letters that are due, in order. It walks the waiting ones by age and stops when there are enough: however many wait,
/// the next is found at once.
const DUE: &str = "SELECT o.message_id, o.attempts, o.made_at, coalesce(e.json, ''), o.recipients, o.collected,
            coalesce(o.team, ''), o.readers,
            o.sum IS groundswell_sum(o.message_id, o.alert, o.number, o.recipients, o.collected, o.team, o.readers)
            AND (e.alert IS NULL OR e.sum IS groundswell_sum(e.alert, e.number, e.at, e.json))
     FROM outbox o LEFT JOIN events e ON e.alert = o.alert AND e.number = o.number
     WHERE o.rowid IN (
         SELECT o.rowid FROM outbox o INDEXED BY outbox_order LEFT JOIN events e ON e.alert = o.alert AND e.number = o.number
         WHERE (e.alert IS NOT NULL OR o.collected IS NOT NULL) AND o.state = 'waiting' AND o.next_at <= ?1
           AND NOT EXISTS (SELECT 1 FROM outbox p
                           LEFT JOIN events pe ON pe.alert = p.alert AND pe.number = p.number
                           WHERE p.alert = o.alert AND p.state = 'waiting' AND p.number < o.number
                           AND (p.team IS NULL OR o.team IS NULL OR p.team = o.team)
                           AND NOT coalesce(p.attempts > 0 AND json_array_length(p.recipients)
                               < coalesce(json_array_length(p.readers),
                                          json_array_length(json_extract(pe.json, '$.deliver_to'))), 0))
         ORDER BY o.made_at, o.rowid LIMIT ?2)
     ORDER BY o.made_at, o.rowid";

impl Store {
    /// Letters that are due, in order: of each alert only the oldest that waits for a team, so that a thread stays in order. A letter
    /// that only some of its readers still wait for, after a failed try, holds back no later one: one full mailbox must not
    /// keep a whole team in the dark.
    ///
    /// # Errors
    /// The file cannot be read, or a row is damaged.
    pub fn due(&self, now: Timestamp, most: usize) -> Result<Vec<OutboxItem>, StoreError> {
        let mut statement = self.db.prepare_cached(DUE).map_err(|e| self.fail(e))?;
        let rows = statement
            .query_map(params![now.as_millisecond(), most as i64], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, u32>(1)?,
                    row.get::<_, i64>(2)?,
                    row.get::<_, String>(3)?,
                    row.get::<_, String>(4)?,
                    row.get::<_, Option<String>>(5)?,
                    row.get::<_, String>(6)?,
                    row.get::<_, Option<String>>(7)?,
                    row.get::<_, bool>(8)?,
                ))
            })
            .map_err(|e| self.fail(e))?;
        let mut items = Vec::new();
        for row in rows {
            let (message_id, attempts, made_at, json, to, collected, team, readers, sound) =
                row.map_err(|e| self.fail(e))?;
            if !sound {
                // Nobody knows to whom it would go or what it would say; the others go.
                tracing::error!("{}", self.altered(format!("letter {message_id} of the outbox")));
                continue;
            }
            let damaged = |e: serde_json::Error| StoreError::Row {
                path: self.path.clone(),
                table: "outbox",
                row: message_id.clone(),
                detail: e.to_string(),
            };
            let about = match collected {
                None => {
                    let event: AlertEvent = serde_json::from_str(&json).map_err(damaged)?;
                    let mut event = event.told_to(&team);
                    // Who reads for the team may have changed while the letter waited.
                    if let Some(readers) = readers.filter(|_| !event.deliver_to.is_empty()) {
                        event.deliver_to = serde_json::from_str(&readers).map_err(damaged)?;
                    }
                    About::Event(Box::new(event))
                }
                Some(collected) => {
                    let collected: Collected = serde_json::from_str(&collected).map_err(damaged)?;
                    let events = self.those(&collected.events)?;
                    About::Collected(collected, events)
                }
            };
            let recipients = serde_json::from_str(&to).unwrap_or_default();
            let begun_by = match &about {
                About::Event(event) => self.thread_of(event)?,
                About::Collected(..) => None,
            };
            items.push(OutboxItem {
                message_id,
                about,
                recipients,
                attempts,
                made_at: from_ms(made_at),
                begun_by,
            });
        }
        Ok(items)
    }

    /// The number of the first letter that this event's team was sent about its alert, before this one. What was told in a list is no
    /// letter of the thread.
    fn thread_of(&self, event: &AlertEvent) -> Result<Option<u32>, StoreError> {
        self.db
            .prepare_cached(
                "SELECT min(number) FROM outbox
                 WHERE alert = ?1 AND number < ?2 AND collected IS NULL AND (team IS NULL OR team = ?3)",
            )
            .and_then(|mut s| s.query_row(params![event.alert, event.number, event.team], |row| row.get(0)))
            .map_err(|e| self.fail(e))
    }

    /// These events, as they are known now.
    fn those(&self, events: &[(String, u32)]) -> Result<Vec<AlertEvent>, StoreError> {
        let mut known = Vec::new();
        for (alert, number) in events {
            known.extend(self.events(Some(alert))?.into_iter().filter(|event| event.number == *number));
        }
        Ok(known)
    }

    /// Writes down that a letter is delivered to some, and who still waits for it: copies go one by one.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn delivered(&mut self, item: &OutboxItem, left: &[String]) -> Result<(), StoreError> {
        let _turn = self.turn.wait();
        let left = serde_json::to_string(left).unwrap_or_default();
        self.faults.at(&self.path, "delivered", Moment::Before)?;
        self.db
            .execute(
                "UPDATE outbox SET recipients = ?1, sum = groundswell_sum(message_id, alert, number, ?1, collected, team, readers)
                 WHERE message_id = ?2",
                params![left, item.message_id],
            )
            .map_err(|e| self.fail(e))?;
        self.faults.at(&self.path, "delivered", Moment::After)
    }

    /// Writes down what became of one try, with the addresses that were refused for good and what was said of each. Returns
    /// when the next try is due, if one is.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn tried(
        &mut self,
        item: &OutboxItem,
        now: Timestamp,
        verdict: &Verdict,
        refused: &[(String, String)],
    ) -> Result<Option<Timestamp>, StoreError> {
        let _turn = self.turn.wait();
        let attempts = item.attempts + 1;
        let old = now.as_millisecond() - item.made_at.as_millisecond() >= TRIED_MS;
        let wait = (FIRST_RETRY_MS << attempts.saturating_sub(1).min(12)).min(LONGEST_RETRY_MS);
        let next = plus_ms(now, wait);
        let (state, said, again) = match verdict {
            Verdict::Sent { answer } => ("sent", answer.clone(), None),
            Verdict::Refused { why } => ("parked", why.clone(), None),
            Verdict::Partly { why, .. } | Verdict::Later { why } if old => {
                ("parked", format!("given up after five days: {why}"), None)
            }
            Verdict::Partly { why, .. } | Verdict::Later { why } => ("waiting", why.clone(), Some(next)),
        };
        let left = match verdict {
            Verdict::Partly { left, .. } => left,
            _ => &item.recipients,
        };
        let json = serde_json::to_string(left).unwrap_or_default();
        let (path, faults) = (self.path.clone(), self.faults.clone());
        let fail = |e| StoreError::sqlite(&path, e);
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        tx.execute(
            "UPDATE outbox SET state = ?1, attempts = ?2, next_at = ?3, said = ?4, recipients = ?5,
                    sum = groundswell_sum(message_id, alert, number, ?5, collected, team, readers) WHERE message_id = ?6",
            params![state, attempts, next.as_millisecond(), said, json, item.message_id],
        )
        .map_err(fail)?;
        match verdict {
            Verdict::Sent { .. } => refused::note(&tx, item, &[], refused, now).map_err(fail)?,
            Verdict::Partly { left, .. } => refused::note(&tx, item, left, refused, now).map_err(fail)?,
            // Nobody has got it: what is known of its addresses stays as it was.
            Verdict::Later { .. } | Verdict::Refused { .. } => {}
        }
        faults.at(&path, "tried", Moment::Before)?;
        tx.commit().map_err(fail)?;
        faults.at(&path, "tried", Moment::After)?;
        Ok(again)
    }

    /// How the outbox stands.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn outbox_counts(&self) -> Result<OutboxCounts, StoreError> {
        let count = |state: &str| {
            self.db
                .query_row("SELECT count(*) FROM outbox WHERE state = ?", [state], |row| row.get::<_, i64>(0))
                .map(|n| n as u64)
                .map_err(|e| self.fail(e))
        };
        let sent = count("sent")? + self.letters_gone()?;
        Ok(OutboxCounts { waiting: count("waiting")?, sent, parked: count("parked")? })
    }

    /// Letters that wait after a failed try, or are parked.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn troubled_letters(&self) -> Result<Vec<TroubledLetter>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT message_id, state, attempts, said, next_at FROM outbox
                 WHERE state = 'parked' OR (state = 'waiting' AND attempts > 0) ORDER BY made_at LIMIT 100",
            )
            .map_err(|e| self.fail(e))?;
        statement
            .query_map([], |row| {
                let state: String = row.get(1)?;
                let next = row.get(4).map(from_ms)?;
                Ok(TroubledLetter {
                    message_id: row.get(0)?,
                    next_try: (state == "waiting").then_some(next),
                    state,
                    attempts: row.get(2)?,
                    said: row.get(3)?,
                })
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// When the next of the letters that wait is tried, if any does.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn next_try(&self) -> Result<Option<Timestamp>, StoreError> {
        self.db
            .query_row("SELECT min(next_at) FROM outbox WHERE state = 'waiting'", [], |row| {
                row.get::<_, Option<i64>>(0)
            })
            .map(|at| at.map(from_ms))
            .map_err(|e| self.fail(e))
    }

    /// Parked letters wait again from now on, and those that wait for another attempt need not wait for their time: somebody
    /// has mended what was wrong.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn retry_letters(&mut self, now: Timestamp) -> Result<Retried, StoreError> {
        let _turn = self.turn.wait();
        let at = now.as_millisecond();
        let mut retry = || -> rusqlite::Result<Retried> {
            let tx = self.db.transaction()?;
            let waited =
                tx.execute("UPDATE outbox SET next_at = ?1 WHERE state = 'waiting' AND next_at > ?1", [at])?;
            let parked = tx.execute(
                "UPDATE outbox SET state = 'waiting', next_at = ?1, made_at = ?1 WHERE state = 'parked'",
                [at],
            )?;
            tx.commit()?;
            Ok(Retried { parked, waited })
        };
        retry().map_err(|e| self.fail(e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_wait_the_next_is_found_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let mut statement = store.db.prepare(&format!("EXPLAIN QUERY PLAN {DUE}")).unwrap();
        let plan = statement.query_map(params![0, 1], |row| row.get::<_, String>("detail")).unwrap();
        let plan: Vec<String> = plan.collect::<Result<_, _>>().unwrap();
        let plan = plan.join("\n");
        // By age, and only threads of their own looked into; the few that are found may be sorted.
        assert!(plan.contains("SEARCH o USING INDEX outbox_order (state=?)"), "{plan}");
        assert!(
            plan.contains("SEARCH p USING INDEX outbox_thread (alert=? AND state=? AND number<?)"),
            "{plan}"
        );
        assert!(!plan.contains("SCAN") && plan.matches("TEMP B-TREE").count() <= 1, "{plan}");
    }
}
