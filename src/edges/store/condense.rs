//! What remains of alerts and letters of long ago: how each alert opened, and how it stands.

use rusqlite::{Transaction, params};

use super::{Moment, Store, StoreError};
use crate::ground::alert::AlertEvent;
use crate::ground::time::Timestamp;

/// The note that counts the letters whose rows are gone.
const LETTERS_GONE: &str = "letters_gone";

impl Store {
    /// Makes what happened to alerts before `until` small, where its letters are out: how each opened stays, and how it stands; the
    /// rest goes, with the letters that were sent. Tells how many rows were changed.
    ///
    /// # Errors
    /// The disk is full or broken; then nothing is changed.
    pub fn condense_alerts(&mut self, until: Timestamp) -> Result<usize, StoreError> {
        let _turn = self.turn.wait();
        let (path, faults) = (self.path.clone(), self.faults.clone());
        let fail = |e| StoreError::sqlite(&path, e);
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let done = condense(&tx, until).map_err(fail)?;
        faults.at(&path, "condense", Moment::Before)?;
        tx.commit().map_err(fail)?;
        faults.at(&path, "condense", Moment::After)?;
        Ok(done)
    }

    /// Letters that were sent and of which nothing is kept.
    pub(super) fn letters_gone(&self) -> Result<u64, StoreError> {
        Ok(self.note(LETTERS_GONE)?.and_then(|n| n.parse().ok()).unwrap_or(0))
    }
}

/// What is known of an event without reading it in full: number, time, kind, and whether it has a curve.
type Known = (i64, i64, String, bool);

fn condense(tx: &Transaction<'_>, until: Timestamp) -> rusqlite::Result<usize> {
    let until = until.as_millisecond();
    let mut lives: Vec<(String, Vec<Known>)> = Vec::new();
    let mut statement = tx.prepare_cached(
        "SELECT alert, number, at, json_extract(json, '$.kind'), json_array_length(json, '$.series') > 0
         FROM events ORDER BY alert, number",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (alert, known): (String, Known) =
            (row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?));
        match lives.last_mut() {
            Some((last, life)) if *last == alert => life.push(known),
            _ => lives.push((alert, vec![known])),
        }
    }
    drop(rows);
    let mut done = 0;
    for (alert, life) in &lives {
        for (number, fate) in fates(life, until) {
            let waits = tx
                .prepare_cached("SELECT 1 FROM outbox WHERE alert = ? AND number = ? AND state <> 'sent'")?
                .exists(params![alert, number])?;
            if !waits {
                done += usize::from(meet(tx, alert, number, fate)?);
            }
        }
    }
    // The letter with which a thread began is answered as long as its alert lives; lists and digests go by their age.
    let letters = tx.execute(
        "DELETE FROM outbox WHERE state = 'sent' AND made_at < ?1
           AND NOT (collected IS NULL
                    AND number = (SELECT min(f.number) FROM outbox f WHERE f.alert = outbox.alert
                                  AND f.collected IS NULL AND (f.team IS NULL OR f.team IS outbox.team))
                    AND EXISTS (SELECT 1 FROM events e WHERE e.alert = outbox.alert
                                AND NOT EXISTS (SELECT 1 FROM events l WHERE l.alert = e.alert AND l.number > e.number)
                                AND (e.at >= ?1 OR json_extract(e.json, '$.kind') <> 'resolved')))",
        [until],
    )?;
    if letters > 0 {
        tx.execute(
            "INSERT INTO notes (name, json) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET json = CAST(json AS INTEGER) + CAST(excluded.json AS INTEGER)",
            params![LETTERS_GONE, letters.to_string()],
        )?;
    }
    Ok(done + letters)
}

/// What becomes of an event of long ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It goes.
    Goes,
    /// It stays, without the curve of its chart.
    Shrinks,
}

/// What becomes of the events of one alert from before `until`. How it opened stays, and how it stands: what it rests on now, which is
/// whole while the alert lives, and the last that was told.
fn fates(life: &[Known], until: i64) -> Vec<(i64, Fate)> {
    let Some((last, last_at, last_kind, _)) = life.last() else { return Vec::new() };
    let begun = life.iter().rev().find(|(.., kind, _)| matches!(kind.as_str(), "opened" | "regressed"));
    let lives = *last_at >= until || last_kind != "resolved";
    let fate = |(number, at, _, curve): &Known| {
        let stands = number == last || begun.is_some_and(|(begun, ..)| begun == number);
        match () {
            () if *at >= until || (stands && lives) => None,
            () if stands || *number == 0 => curve.then_some(Fate::Shrinks),
            () => Some(Fate::Goes),
        }
    };
    life.iter().filter_map(|known| Some((known.0, fate(known)?))).collect()
}

fn meet(tx: &Transaction<'_>, alert: &str, number: i64, fate: Fate) -> rusqlite::Result<bool> {
    if fate == Fate::Goes {
        return tx
            .prepare_cached("DELETE FROM events WHERE alert = ? AND number = ?")?
            .execute(params![alert, number])
            .map(|n| n > 0);
    }
    let json: String = tx
        .prepare_cached("SELECT json FROM events WHERE alert = ? AND number = ?")?
        .query_row(params![alert, number], |row| row.get(0))?;
    let Ok(mut event) = serde_json::from_str::<AlertEvent>(&json) else { return Ok(false) };
    event.series.clear();
    let Ok(small) = serde_json::to_string(&event) else { return Ok(false) };
    tx.prepare_cached(
        "UPDATE events SET json = ?1, sum = groundswell_sum(alert, number, at, ?1) WHERE alert = ?2 AND number = ?3",
    )?
    .execute(params![small, alert, number])
    .map(|n| n > 0)
}

#[cfg(test)]
mod tests {
    use super::super::outbox::Verdict;
    use super::super::tests::{event, post, told};
    use super::*;
    use crate::edges::store::Committed;
    use crate::ground::alert::{DayCount, EventKind};
    use crate::ground::time::{DAY_MS, from_ms};

    fn at(day: i64) -> Timestamp {
        from_ms((20_094 + day) * DAY_MS)
    }

    fn rows(store: &Store, table: &str) -> i64 {
        store.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_alert_that_is_long_over_is_small_and_its_letters_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let quoted = post("a", "text");
        let series = vec![DayCount { day: 1, people: 2, expected: 0.1 }; 3];
        let happened = |number, kind, day| AlertEvent {
            kind,
            at: at(day),
            series: series.clone(),
            ..event("p-1", number, &quoted)
        };
        let life = [
            happened(0, EventKind::Opened, 1),
            happened(1, EventKind::Updated, 2),
            happened(2, EventKind::Resolved, 3),
            happened(3, EventKind::Regressed, 4),
            happened(4, EventKind::Resolved, 5),
        ];
        let what = Committed {
            events: life.iter().collect(),
            letters: vec![told(&life[0], "m0@example.org"), told(&life[4], "m4@example.org")],
            ..Committed::default()
        };
        store.commit(at(5), &what).unwrap();
        let send = |store: &mut Store| {
            for item in store.due(at(6), 10).unwrap() {
                store.tried(&item, at(6), &Verdict::Sent { answer: "250".into() }, &[]).unwrap();
            }
        };
        send(&mut store);
        assert_eq!(store.condense_alerts(at(1)).unwrap(), 0, "all of it is new");
        assert_eq!(store.condense_alerts(at(4)).unwrap(), 3, "it came back since: two go, the first shrinks");
        let left = |store: &Store| -> Vec<(u32, usize)> {
            store.events(None).unwrap().into_iter().map(|e| (e.number, e.series.len())).collect()
        };
        assert_eq!(left(&store), [(0, 0), (3, 3), (4, 3)]);
        assert_eq!(
            rows(&store, "outbox"),
            2,
            "the letter that began the thread is answered as long as it lives"
        );
        assert_eq!(store.condense_alerts(at(90)).unwrap(), 2, "the last letter has not gone yet");
        assert_eq!(left(&store), [(0, 0), (3, 0), (4, 3)]);
        send(&mut store);
        assert_eq!(store.condense_alerts(at(90)).unwrap(), 2);
        assert_eq!(left(&store), [(0, 0), (3, 0), (4, 0)]);
        let counts = store.outbox_counts().unwrap();
        assert_eq!((rows(&store, "outbox"), counts.sent, counts.waiting), (0, 2, 0));
        assert_eq!((store.condense_alerts(at(90)).unwrap(), store.verify().unwrap()), (0, Vec::new()));
    }

    #[test]
    fn an_alert_that_is_open_keeps_what_it_rests_on() {
        let known = |number, at, kind: &str| (number, at, kind.to_owned(), true);
        let life = [known(0, 1, "opened"), known(1, 2, "updated"), known(2, 3, "updated")];
        assert_eq!(fates(&life, 9), [(1, Fate::Goes)]);
        let back = [
            known(0, 1, "opened"),
            known(1, 2, "resolved"),
            known(2, 3, "regressed"),
            known(3, 4, "updated"),
        ];
        assert_eq!(fates(&back, 9), [(0, Fate::Shrinks), (1, Fate::Goes)]);
        assert_eq!(fates(&[], 9), []);
    }
}
