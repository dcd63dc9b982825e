//! What remains of posts that are gone, and its end. A post whose text has left leaves an empty entry and
//! the entry of its deletion; later nothing but a mark of some twenty bytes, by which it is known if it comes again; and
//! when the mark goes, what was written so long ago is not taken in from that source any more. So a post that was there
//! never comes a second time, and what was deleted never comes back, however long ago that was.

use rusqlite::{OptionalExtension, Transaction, params};
use xxhash_rust::xxh3::xxh3_64;

use super::{Moment, Store, StoreError};
use crate::ground::time::{DAY_MS, Timestamp};

/// Empty entries and deletions stay in the log for so long: what is counted by week is counted with them.
const STUBS_MS: i64 = 30 * DAY_MS;
/// A post that is gone is known by its mark for so long after it was taken in.
const MARKS_DAYS: i64 = 400;
/// Marks that are kept, some 25 bytes each.
const MARKS_KEPT: i64 = 5_000_000;

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

#[cfg(test)]
mod tests {
    use super::super::tests::post;
    use super::*;
    use crate::edges::store::{Committed, NewPost, ToAppend};
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
}
