//! What remains of posts, letters and alerts that are over, and its end. A post whose text has left leaves an empty entry and
//! the entry of its deletion; later nothing but a mark of some twenty bytes, by which it is known if it comes again; and
//! when the mark goes, what was written so long ago is not taken in from that source any more. So a post that was there
//! never comes a second time, and what was deleted never comes back, however long ago that was.

use rusqlite::{OptionalExtension, Transaction, params};
use xxhash_rust::xxh3::xxh3_64;

use super::{Moment, Store, StoreError};
use crate::ground::alert::AlertEvent;
use crate::ground::time::{DAY_MS, Timestamp};

/// Empty entries and deletions stay in the log for so long: what is counted by week is counted with them.
const STUBS_MS: i64 = 30 * DAY_MS;
/// A post that is gone is known by its mark for so long after it was taken in.
const MARKS_DAYS: i64 = 400;
/// Marks that are kept, some 25 bytes each.
const MARKS_KEPT: i64 = 5_000_000;
/// The note that counts the letters whose rows are gone.
const LETTERS_GONE: &str = "letters_gone";

/// An entry that is empty, or says that a post is gone, of which the snapshot knows and that nobody needs: its position, its
/// time, and the post where it was one.
const NEEDLESS: &str = "SELECT seq, at, source, post FROM log
     WHERE (body IS NULL OR kind = 'delete') AND at < ?1 AND seq <= ?2 AND seq < (SELECT max(seq) FROM log)
       AND seq <= (SELECT coalesce(max(seq), 0) FROM snapshots)
       -- What is hidden may come back.
       AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.source = log.source AND p.id = log.post
                       AND (p.deleted = 2 OR (p.deleted = 0 AND p.seq = log.seq)))
       -- As long as a text is there, so is what takes it away.
       AND NOT (kind = 'delete' AND EXISTS (
           SELECT 1 FROM log l WHERE l.source = json_extract(log.body, '$.delete.source')
              AND l.post = json_extract(log.body, '$.delete.id') AND l.body IS NOT NULL AND l.seq < log.seq))
     ORDER BY at LIMIT ?3";

impl Store {
    /// Lets go of what remains in the log of posts that are gone, where analysis and index (`indexed`: how far it has read) know
    /// of it: at most so many entries, oldest first. Tells how many; fewer than `most` means that there is no more.
    ///
    /// # Errors
    /// The disk is full or broken; then nothing is changed.
    pub fn sweep(&mut self, now: Timestamp, indexed: u64, most: usize) -> Result<usize, StoreError> {
        let _turn = self.turn.wait();
        let (path, faults) = (self.path.clone(), self.faults.clone());
        let fail = |e| StoreError::sqlite(&path, e);
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let swept = sweep_entries(&tx, now, indexed, most).map_err(fail)?;
        if swept < most {
            end_of_marks(&tx, now.as_millisecond().div_euclid(DAY_MS) - MARKS_DAYS, MARKS_KEPT)
                .map_err(fail)?;
        }
        faults.at(&path, "sweep", Moment::Before)?;
        tx.commit().map_err(fail)?;
        faults.at(&path, "sweep", Moment::After)?;
        Ok(swept)
    }

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

/// Whether a post that is in no table was there once, or may have been.
pub(super) fn was_there(
    tx: &Transaction<'_>,
    source: &str,
    id: &str,
    written: Timestamp,
) -> rusqlite::Result<bool> {
    Ok(is_marked(tx, source, id)? || written.as_millisecond() < forgotten(tx, source)?)
}

/// Whether a post is known by its mark.
pub(super) fn is_marked(tx: &Transaction<'_>, source: &str, id: &str) -> rusqlite::Result<bool> {
    tx.prepare_cached("SELECT 1 FROM marks WHERE source = ? AND mark = ?")?.exists(params![source, mark(id)])
}

fn forgotten(tx: &Transaction<'_>, source: &str) -> rusqlite::Result<i64> {
    let before = tx
        .prepare_cached("SELECT before FROM forgotten WHERE source = ?")?
        .query_row([source], |row| row.get(0))
        .optional()?;
    Ok(before.unwrap_or(i64::MIN))
}

fn mark(id: &str) -> i64 {
    xxh3_64(id.as_bytes()).cast_signed()
}

fn sweep_entries(tx: &Transaction<'_>, now: Timestamp, indexed: u64, most: usize) -> rusqlite::Result<usize> {
    let before = now.as_millisecond().saturating_sub(STUBS_MS);
    type Needless = (i64, i64, Option<String>, Option<String>);
    let needless: Vec<Needless> = tx
        .prepare_cached(NEEDLESS)?
        .query_map(params![before, indexed as i64, most as i64], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (seq, at, source, post) in &needless {
        tx.prepare_cached("DELETE FROM log WHERE seq = ?")?.execute([seq])?;
        let (Some(source), Some(post)) = (source, post) else { continue };
        // An edited post has an entry for each version, and is known as long as the last of them.
        let gone = tx
            .prepare_cached("DELETE FROM posts WHERE source = ? AND id = ? AND deleted = 1 AND seq = ?")?
            .execute(params![source, post, seq])?;
        if gone > 0 {
            tx.prepare_cached("INSERT OR REPLACE INTO marks (source, mark, day) VALUES (?, ?, ?)")?
                .execute(params![source, mark(post), at.div_euclid(DAY_MS)])?;
        }
    }
    Ok(needless.len())
}

/// Marks of before this day go, and the oldest where there are too many. Nobody writes after he is heard: what was written after the
/// last day of those that go cannot have been one of them.
fn end_of_marks(tx: &Transaction<'_>, day: i64, most: i64) -> rusqlite::Result<()> {
    let count: i64 = tx.query_row("SELECT count(*) FROM marks", [], |row| row.get(0))?;
    let day = match count > most {
        true => {
            tx.query_row("SELECT day + 1 FROM marks ORDER BY day DESC LIMIT 1 OFFSET ?", [most], |row| {
                row.get::<_, i64>(0).map(|full| full.max(day))
            })?
        }
        false => day,
    };
    tx.execute(
        "INSERT INTO forgotten (source, before)
         SELECT source, (max(day) + 1) * ?2 FROM marks WHERE day < ?1 GROUP BY source
         ON CONFLICT (source) DO UPDATE SET before = max(before, excluded.before)",
        params![day, DAY_MS],
    )?;
    tx.execute("DELETE FROM marks WHERE day < ?", [day])?;
    Ok(())
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
    use crate::edges::store::{Committed, NewPost, ToAppend};
    use crate::ground::alert::{DayCount, EventKind};
    use crate::ground::entry::Body;
    use crate::ground::post::PostKey;
    use crate::ground::time::from_ms;

    /// The posts of these tests say that they were written on this day.
    const DAY: i64 = 20_094;

    fn at(day: i64) -> Timestamp {
        from_ms((DAY + day) * DAY_MS)
    }

    fn append(store: &mut Store, day: i64, id: &str, text: &str) -> super::super::Appended {
        let posts = vec![NewPost { post: post(id, text), matched: true }];
        store.append(at(day), &ToAppend { source: "s".into(), posts, ..ToAppend::default() }).unwrap()
    }

    fn delete(store: &mut Store, day: i64, id: &str) {
        let key = PostKey { source: "s".into(), id: id.into() };
        store.append(at(day), &ToAppend { deletes: vec![key], ..ToAppend::default() }).unwrap();
    }

    /// What the engine does after folding.
    fn fold(store: &mut Store, gone: &[&str]) {
        let gone = gone.iter().map(|id| PostKey { source: "s".into(), id: (*id).into() }).collect();
        let position = store.last_position().unwrap();
        let what = Committed { position, snapshot: Some(vec![0]), gone, ..Committed::default() };
        store.commit(at(0), &what).unwrap();
    }

    fn rows(store: &Store, table: &str) -> i64 {
        store.db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn of_a_post_that_is_gone_a_mark_stays_and_then_a_day_and_it_never_comes_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        append(&mut store, 1, "a", "first");
        append(&mut store, 1, "b", "edited");
        append(&mut store, 2, "b", "edited since");
        append(&mut store, 2, "c", "stays");
        delete(&mut store, 3, "a");
        delete(&mut store, 3, "b");
        store.append_entry(at(3), &Body::Tick).unwrap();
        let before = store.read(0, 100).unwrap();
        assert_eq!(store.sweep(at(90), 100, 10).unwrap(), 0, "no snapshot knows of it");
        fold(&mut store, &["a", "b"]);
        assert_eq!(store.sweep(at(90), 0, 10).unwrap(), 0, "the index does not know of it");
        assert_eq!(store.sweep(at(30), 100, 10).unwrap(), 0, "it is not old enough");
        assert_eq!(store.sweep(at(90), 100, 2).unwrap(), 2);
        assert_eq!(store.sweep(at(90), 100, 10).unwrap(), 3);
        assert_eq!((rows(&store, "log"), rows(&store, "posts"), rows(&store, "marks")), (2, 1, 2));
        let kept: Vec<_> = before
            .into_iter()
            .filter(|e| match &e.body {
                Body::Post { post, .. } => post.id == "c",
                other => !matches!(other, Body::Delete(_)),
            })
            .collect();
        assert_eq!(store.read(0, 100).unwrap(), kept, "a fold from the beginning meets what it met");
        assert_eq!(append(&mut store, 91, "a", "first").passed_over, 1);
        assert_eq!(append(&mut store, 91, "b", "edited once more").passed_over, 1);
        delete(&mut store, 91, "a");
        assert_eq!((rows(&store, "posts"), store.verify().unwrap()), (1, Vec::new()));
        // The marks go, and nothing comes back; what is newer, or of another source, does come.
        assert_eq!(store.sweep(at(600), 100, 10).unwrap(), 0);
        assert_eq!(rows(&store, "marks"), 0);
        assert_eq!(append(&mut store, 601, "a", "first").passed_over, 1);
        assert_eq!(append(&mut store, 601, "d", "never heard, and as old").passed_over, 1);
        let mut newer = post("e", "newer");
        newer.created_at = at(590);
        let mut other = post("a", "of another source");
        other.source = "t".into();
        let posts =
            [newer, other].into_iter().map(|post| NewPost { post, matched: true }).collect::<Vec<_>>();
        let batch = ToAppend { source: "s".into(), posts, ..ToAppend::default() };
        assert_eq!(store.append(at(601), &batch).unwrap().stored, 2);
        assert_eq!(append(&mut store, 601, "c", "stays").known, 1);
    }

    #[test]
    fn what_is_hidden_can_come_back_however_long_ago() {
        use crate::ground::account::{AccountNews, Standing};
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let mut said = post("a", "hidden for a while");
        said.author = Some("ana".into());
        let news = |standing| AccountNews { source: "s".into(), author: "ana".into(), standing };
        let batch = |posts: Vec<Post>, accounts: Vec<AccountNews>| ToAppend {
            source: "s".into(),
            posts: posts.into_iter().map(|post| NewPost { post, matched: true }).collect(),
            accounts,
            ..ToAppend::default()
        };
        use crate::ground::post::Post;
        store.append(at(1), &batch(vec![said], vec![])).unwrap();
        store.append(at(2), &batch(vec![], vec![news(Standing::Hidden)])).unwrap();
        store.append_entry(at(3), &Body::Tick).unwrap();
        fold(&mut store, &["a"]);
        assert_eq!(store.sweep(at(90), 100, 10).unwrap(), 1, "its deletion, and not the post");
        let back = store.append(at(91), &batch(vec![], vec![news(Standing::Active)])).unwrap();
        assert_eq!((back.restored, store.count_posts().unwrap()), (1, 1));
    }

    #[test]
    fn there_are_so_many_marks_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let tx = store.db.transaction().unwrap();
        for (n, day) in [1, 1, 2, 3, 4].into_iter().enumerate() {
            tx.execute("INSERT INTO marks VALUES ('s', ?, ?)", params![n as i64, day]).unwrap();
        }
        end_of_marks(&tx, 0, 2).unwrap();
        let left: i64 = tx.query_row("SELECT count(*) FROM marks", [], |row| row.get(0)).unwrap();
        assert_eq!((left, forgotten(&tx, "s").unwrap()), (2, 3 * DAY_MS));
        assert_eq!(forgotten(&tx, "t").unwrap(), i64::MIN);
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
