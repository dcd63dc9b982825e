//! What the analysis decided, with the position it had read up to (invariant 3).

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use rusqlite::{OptionalExtension, params};

use super::{Moment, Store, StoreError};
use crate::ground::alert::{AlertEvent, Collected};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;

/// What one stretch of the log brought about.
#[derive(Clone, Debug, Default)]
pub struct Committed<'a> {
    /// The stretch ends here.
    pub position: u64,
    /// What happened to alerts.
    pub events: Vec<&'a AlertEvent>,
    /// Letters that are to be sent, in order.
    pub letters: Vec<ToSend<'a>>,
    /// All that was learnt up to `position`.
    pub snapshot: Option<Vec<u8>>,
    /// Posts whose text leaves now, versions before `position`. Goes with a snapshot only: a replay from an older one
    /// would miss them.
    pub gone: Vec<PostKey>,
}

/// A letter that is to be sent.
#[derive(Clone, Debug)]
pub struct ToSend<'a> {
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// Addresses.
    pub to: &'a [String],
    /// What it is about.
    pub what: What<'a>,
}

/// What a letter that is to be sent is about.
#[derive(Clone, Copy, Debug)]
pub enum What<'a> {
    /// One thing that happened to an alert.
    Event {
        /// Id of the alert.
        alert: &'a str,
        /// Number of the event.
        number: u32,
        /// Id of the team that is told.
        team: &'a str,
        /// The event is written down with it; the letter did not have to wait.
        with_event: bool,
    },
    /// Several things, or none.
    Collected(&'a Collected),
}

impl Store {
    /// Writes position, alerts, letters to be sent, snapshot and removals in one transaction. An event that is known
    /// already changes nothing: a replay decides the same again.
    ///
    /// # Errors
    /// The disk is full or broken; then nothing is written.
    pub fn commit(&mut self, at: Timestamp, what: &Committed<'_>) -> Result<(), StoreError> {
        let _turn = self.turn.wait();
        let (path, faults) = (self.path.clone(), self.faults.clone());
        let fail = |e| StoreError::sqlite(&path, e);
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let mut known = BTreeSet::new();
        for event in &what.events {
            let json = serde_json::to_string(event).map_err(|e| StoreError::Row {
                path: path.clone(),
                table: "events",
                row: event.alert.clone(),
                detail: e.to_string(),
            })?;
            let new = tx
                .prepare_cached(
                    "INSERT INTO events (alert, number, at, json, sum)
                     VALUES (?1, ?2, ?3, ?4, groundswell_sum(?1, ?2, ?3, ?4)) ON CONFLICT DO NOTHING",
                )
                .and_then(|mut s| {
                    s.execute(params![event.alert, event.number, event.at.as_millisecond(), json])
                })
                .map_err(fail)?;
            if new == 0 {
                known.insert((event.alert.as_str(), event.number));
            }
        }
        for letter in &what.letters {
            let (thread, number, team, json) = match letter.what {
                // Its letter was put in with it.
                What::Event { alert, number, with_event: true, .. } if known.contains(&(alert, number)) => {
                    continue;
                }
                What::Event { alert, number, team, .. } => {
                    (alert.to_owned(), i64::from(number), Some(team), None)
                }
                What::Collected(collected) => {
                    let what = if collected.digest.is_some() { "digest" } else { "collected" };
                    let json = serde_json::to_string(collected).unwrap_or_default();
                    (format!("{what} {}", collected.team), collected.at.as_second(), None, Some(json))
                }
            };
            let to = serde_json::to_string(letter.to).unwrap_or_default();
            tx.prepare_cached(
                "INSERT INTO outbox
                     (message_id, alert, number, recipients, state, made_at, next_at, collected, team, readers, sum)
                 VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?5, ?6, ?7, ?4, groundswell_sum(?1, ?2, ?3, ?4, ?6, ?7, ?4))
                 ON CONFLICT DO NOTHING",
            )
            .and_then(|mut s| {
                let made = at.as_millisecond();
                s.execute(params![letter.message_id, thread, number, to, made, json, team])
            })
            .map_err(fail)?;
        }
        tx.execute("UPDATE position SET seq = ? WHERE one = 1", [what.position as i64]).map_err(fail)?;
        if let Some(bytes) = &what.snapshot {
            tx.execute(
                "INSERT OR REPLACE INTO snapshots (seq, bytes, sum) VALUES (?1, ?2, groundswell_sum(?1, ?2))",
                params![what.position as i64, bytes],
            )
            .map_err(fail)?;
            tx.execute("DELETE FROM snapshots WHERE seq <> ?", [what.position as i64]).map_err(fail)?;
            let mut naming = events_naming(&tx, &what.gone).map_err(fail)?;
            for key in &what.gone {
                remove_text(&tx, key, what.position, &mut naming).map_err(fail)?;
            }
        }
        faults.at(&path, "commit", Moment::Before)?;
        tx.commit().map_err(fail)?;
        faults.at(&path, "commit", Moment::After)?;
        if !what.gone.is_empty() && what.snapshot.is_some() {
            self.fold_in();
        }
        Ok(())
    }

    /// Position up to which the analysis has decided.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn position(&self) -> Result<u64, StoreError> {
        self.db
            .query_row("SELECT seq FROM position", [], |row| row.get::<_, i64>(0))
            .map(|seq| seq as u64)
            .map_err(|e| self.fail(e))
    }

    /// The same, where it can be: nothing new would ever be read past the end of the log, so a deaf start is refused.
    ///
    /// # Errors
    /// The position lies past the end of the log, or the file cannot be read.
    pub fn decided(&self) -> Result<u64, StoreError> {
        let (decided, last) = (self.position()?, self.last_entry()?);
        if decided <= last {
            return Ok(decided);
        }
        let detail =
            format!("it says that entry {decided} of the log was read, and the log ends with {last}");
        Err(StoreError::Damaged { path: self.path.clone(), detail })
    }

    /// The number of the newest entry that there ever was, also where it has been taken out since.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_entry(&self) -> Result<u64, StoreError> {
        self.db
            .query_row("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'log'", [], |row| {
                row.get::<_, i64>(0)
            })
            .map(|seq| seq as u64)
            .map_err(|e| self.fail(e))
    }

    /// The newest snapshot and its position.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn snapshot(&self) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.db
            .query_row(
                "SELECT seq, bytes, sum IS groundswell_sum(seq, bytes) FROM snapshots ORDER BY seq DESC LIMIT 1",
                [],
                |row| Ok((row.get::<_, i64>(0)? as u64, row.get(1)?, row.get(2)?)),
            )
            .optional()
            .map_err(|e| self.fail(e))
            .map(|found| match found {
                Some((seq, _, false)) => {
                    tracing::error!(seq, "the snapshot of what was learnt is damaged: it is learnt again from the log");
                    None
                }
                other => other.map(|(seq, bytes, _): (u64, Vec<u8>, bool)| (seq, bytes)),
            })
    }

    /// Every event of one alert, or of all, oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or a row is damaged.
    pub fn events(&self, alert: Option<&str>) -> Result<Vec<AlertEvent>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT alert, json, sum IS groundswell_sum(alert, number, at, json) FROM events
                 WHERE ?1 IS NULL OR alert = ?1 ORDER BY at, alert, number",
            )
            .map_err(|e| self.fail(e))?;
        let rows = statement
            .query_map([alert], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
            })
            .map_err(|e| self.fail(e))?;
        let mut events = Vec::new();
        for row in rows {
            let (alert, json, sound) = row.map_err(|e| self.fail(e))?;
            if !sound {
                return Err(self.altered(format!("an event of alert {alert}")));
            }
            events.push(serde_json::from_str(&json).map_err(|e| StoreError::Row {
                path: self.path.clone(),
                table: "events",
                row: alert,
                detail: e.to_string(),
            })?);
        }
        Ok(events)
    }

    /// A note kept by name, such as the health of the sources as JSON.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn note(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.db
            .query_row("SELECT json FROM notes WHERE name = ?", [name], |row| row.get(0))
            .optional()
            .map_err(|e| self.fail(e))
    }

    /// Keeps a note by name.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn set_note(&mut self, name: &str, json: &str) -> Result<(), StoreError> {
        let _turn = self.turn.wait();
        self.faults.at(&self.path, "note", Moment::Before)?;
        self.db
            .execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", params![name, json])
            .map(|_| ())
            .map_err(|e| self.fail(e))
    }
}

/// An event: alert, number, JSON.
type NamingEvent = (String, i64, String);

/// The events that name one of these posts, found in one pass over all of them: there may be many of either.
fn events_naming(tx: &rusqlite::Transaction<'_>, gone: &[PostKey]) -> rusqlite::Result<Vec<NamingEvent>> {
    if gone.is_empty() {
        return Ok(Vec::new());
    }
    let ids = gone.iter().map(|key| serde_json::to_string(&key.id).unwrap_or_default());
    // What cannot be looked for at once is looked at one by one.
    let any = AhoCorasick::new(ids).ok();
    let mut statement = tx.prepare_cached("SELECT alert, number, json FROM events")?;
    let mut rows = statement.query([])?;
    let mut naming = Vec::new();
    while let Some(row) = rows.next()? {
        let json = row.get_ref(2)?.as_str()?;
        if any.as_ref().is_none_or(|any| any.is_match(json)) {
            naming.push((row.get(0)?, row.get(1)?, json.to_owned()));
        }
    }
    Ok(naming)
}

/// The text of a post leaves the log, and the quotes in events that name it. An edited post keeps its newest version.
fn remove_text(
    tx: &rusqlite::Transaction<'_>,
    key: &PostKey,
    position: u64,
    naming: &mut [NamingEvent],
) -> rusqlite::Result<()> {
    let newest: Option<(Option<i64>, bool)> = tx
        .query_row(
            "SELECT seq, deleted FROM posts WHERE source = ? AND id = ?",
            params![key.source, key.id],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .optional()?;
    let (newest, deleted) = newest.unwrap_or((None, true));
    let keep = if deleted { -1 } else { newest.unwrap_or(-1) };
    let leaving = tx
        .prepare_cached(
            "SELECT body FROM log WHERE kind IN ('post', 'edit') AND source = ? AND post = ? AND seq <= ? AND seq <> ? AND body IS NOT NULL",
        )?
        .query_map(params![key.source, key.id, position as i64, keep], |r| r.get::<_, String>(0))?
        .map(|body| body.map(|body| body.to_lowercase()))
        .collect::<rusqlite::Result<Vec<String>>>()?;
    tx.execute(
        "UPDATE log SET body = NULL, sum = NULL WHERE kind IN ('post', 'edit') AND source = ? AND post = ? AND seq <= ? AND seq <> ? AND body IS NOT NULL",
        params![key.source, key.id, position as i64, keep],
    )?;
    let id = serde_json::to_string(&key.id).unwrap_or_default();
    let mut renamed = Vec::new();
    for (alert, number, json) in naming.iter_mut().filter(|(_, _, json)| json.contains(&id)) {
        let Ok(mut event) = serde_json::from_str::<AlertEvent>(json) else { continue };
        let words: Vec<String> =
            event.quotes.iter().filter(|q| q.key == *key).map(|q| q.text.to_lowercase()).collect();
        event.quotes.retain(|q| q.key != *key);
        // Words that only this post had go with it: a name or an address may be among them.
        let rest: Vec<String> = event.quotes.iter().map(|q| q.text.to_lowercase()).collect();
        let has = |texts: &[String], word: &str| texts.iter().any(|text| text.contains(word));
        event.words.retain(|word| {
            let word = word.to_lowercase();
            has(&rest, &word) || !(has(&leaving, &word) || has(&words, &word))
        });
        // A label is a phrase of a post; when it was this one's, the words that set the complaint apart remain.
        let label = event.label.to_lowercase();
        let said_by_it = has(&words, &label) || has(&leaving, &label) && !has(&rest, &label);
        if said_by_it && event.topic.is_none() {
            let words = if event.words.is_empty() { event.cluster.clone() } else { event.words.join(", ") };
            renamed.push((std::mem::replace(&mut event.label, words.clone()), words));
        }
        if let Ok(without) = serde_json::to_string(&event) {
            *json = without;
        }
        tx.execute(
            "UPDATE events SET json = ?1, sum = groundswell_sum(alert, number, at, ?1) WHERE alert = ?2 AND number = ?3",
            params![&*json, &*alert, &*number],
        )?;
    }
    for (old, new) in &renamed {
        let (old, new) = (named(old), named(new));
        rename(tx, &old, &new)?;
        naming.iter_mut().for_each(|(_, _, json)| *json = json.replace(&old, &new));
    }
    Ok(())
}

/// A name as it stands in JSON.
fn named(label: &str) -> String {
    format!("\"label\":{}", serde_json::to_string(label).unwrap_or_default())
}

/// Where else a complaint is called by a name that is gone: in letters about others and in digests that wait or were sent.
fn rename(tx: &rusqlite::Transaction<'_>, old: &str, new: &str) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE events SET json = replace(json, ?1, ?2), sum = groundswell_sum(alert, number, at, replace(json, ?1, ?2))
         WHERE instr(json, ?1) > 0",
    )?
    .execute(params![old, new])?;
    tx.prepare_cached(
        "UPDATE outbox SET collected = replace(collected, ?1, ?2),
             sum = groundswell_sum(message_id, alert, number, recipients, replace(collected, ?1, ?2), team, readers)
         WHERE instr(collected, ?1) > 0",
    )?
    .execute(params![old, new])?;
    Ok(())
}
