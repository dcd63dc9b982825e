//! The log and the cursors: what is stored, moves the cursor in the same transaction (invariant 1).

use rusqlite::{OptionalExtension, Transaction, params};

use super::{Moment, Store, StoreError, accounts, remains};
use crate::ground::account::{AccountNews, Standing};
use crate::ground::entry::{Body, Entry};
use crate::ground::post::{Post, PostKey};
use crate::ground::time::{Timestamp, from_ms, ticks_between};

/// Rejected lines that are kept to look at, newest.
const REJECTS_KEPT: i64 = 10_000;
/// Deletions of posts we never had that are remembered, in case the post comes after its deletion.
const TOMBSTONES_KEPT: i64 = 100_000;

/// `posts.deleted` of a post that is gone for good.
const GONE: i64 = 1;

/// One post on its way into the log.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPost {
    /// The post.
    pub post: Post,
    /// Whether a product's rules match it. One that none matches is stored only if an earlier version of it is known.
    pub matched: bool,
}

/// What is to be stored at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ToAppend {
    /// Name of the source, for cursor and rejects.
    pub source: String,
    /// Posts, in order.
    pub posts: Vec<NewPost>,
    /// They are imported history.
    pub history: bool,
    /// They are history to be lived through again: each arrives when it says that it arrived, and the clock ticks
    /// between.
    pub replay: bool,
    /// Posts that the platform says are gone.
    pub deletes: Vec<PostKey>,
    /// Accounts that the platform hid, deleted or let back in, in order; they come after the posts and deletions.
    pub accounts: Vec<AccountNews>,
    /// Rejected lines that name this author go.
    pub forget_rejects_of: Option<String>,
    /// The source was deaf.
    pub gap: Option<(Timestamp, Timestamp)>,
    /// (place, reason, raw) of what could not be read.
    pub rejects: Vec<(String, String, String)>,
    /// The position that covers all this.
    pub cursor: Option<String>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// Posts that are new, or new versions.
    pub stored: usize,
    /// Posts that were known as they are.
    pub known: usize,
    /// Posts that no rule matches, or that were deleted.
    pub passed_over: usize,
    /// Known posts that are gone now.
    pub deleted: usize,
    /// Posts that are kept out of the log now, because their account is hidden.
    pub hidden: usize,
    /// Posts that came back with their account.
    pub restored: usize,
}

impl Store {
    /// Stores a batch: posts, deletions, gap, rejects and cursor in one transaction.
    ///
    /// # Errors
    /// The disk is full or broken; then nothing of the batch is stored.
    pub fn append(&mut self, at: Timestamp, batch: &ToAppend) -> Result<Appended, StoreError> {
        let _turn = self.turn.wait();
        let (path, faults) = (self.path.clone(), self.faults.clone());
        let fail = |e| StoreError::sqlite(&path, e);
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let mut done = Appended::default();
        let mut last = if batch.replay { last_time(&tx).map_err(fail)? } else { None };
        for new in &batch.posts {
            let mut entry_at = if batch.history { new.post.arrived_at } else { at };
            if batch.replay && new.matched {
                entry_at = new.post.arrived_at;
                if let Some(last) = last {
                    entry_at = entry_at.max(last);
                    for tick in ticks_between(last, entry_at) {
                        insert(&tx, tick, &Body::Tick, None).map_err(fail)?;
                    }
                }
                last = Some(entry_at);
            }
            append_post(&tx, entry_at, new, batch.history, &mut done).map_err(fail)?;
        }
        // What is deleted in a history that is lived through went then: an entry of today would make all of it backlog.
        let gone_at = last.filter(|_| batch.replay).unwrap_or(at);
        for key in &batch.deletes {
            append_delete(&tx, gone_at, key, &mut done).map_err(fail)?;
        }
        for news in &batch.accounts {
            accounts::take(&tx, gone_at, news, &mut done).map_err(fail)?;
        }
        if let Some(author) = &batch.forget_rejects_of {
            tx.execute("DELETE FROM rejects WHERE instr(raw, ?) > 0", [author]).map_err(fail)?;
        }
        if let Some((from, to)) = batch.gap {
            let body = Body::Gap { source: batch.source.clone(), from, to };
            insert(&tx, gone_at, &body, None).map_err(fail)?;
        }
        for (place, reason, raw) in &batch.rejects {
            tx.prepare_cached("INSERT INTO rejects (source, at, place, reason, raw) VALUES (?, ?, ?, ?, ?)")
                .and_then(|mut s| s.execute(params![batch.source, at.as_millisecond(), place, reason, raw]))
                .map_err(fail)?;
        }
        if !batch.rejects.is_empty() {
            tx.execute("DELETE FROM rejects WHERE n <= (SELECT max(n) FROM rejects) - ?", [REJECTS_KEPT])
                .map_err(fail)?;
        }
        if let Some(cursor) = &batch.cursor {
            tx.prepare_cached(
                "INSERT OR REPLACE INTO cursors (source, cursor, at, sum) VALUES (?1, ?2, ?3, groundswell_sum(?1, ?2))",
            )
                .and_then(|mut s| s.execute(params![batch.source, cursor, at.as_millisecond()]))
                .map_err(fail)?;
        }
        faults.at(&path, "append", Moment::Before)?;
        tx.commit().map_err(fail)?;
        faults.at(&path, "append", Moment::After)?;
        Ok(done)
    }

    /// Writes one entry that is no post: a tick, rules, or what a person decided. Returns its position.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub fn append_entry(&mut self, at: Timestamp, body: &Body) -> Result<u64, StoreError> {
        let _turn = self.turn.wait();
        self.faults.at(&self.path, "append_entry", Moment::Before)?;
        let seq = insert(&self.db, at, body, None).map_err(|e| self.fail(e))?;
        self.faults.at(&self.path, "append_entry", Moment::After)?;
        Ok(seq)
    }

    /// Entries after a position, oldest first, at most so many. Posts that are gone are passed over.
    ///
    /// # Errors
    /// The file cannot be read, or an entry is damaged.
    pub fn read(&self, after: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT seq, at, body, sum IS groundswell_sum(at, kind, source, post, body) FROM log
                 WHERE seq > ? AND body IS NOT NULL ORDER BY seq LIMIT ?",
            )
            .map_err(|e| self.fail(e))?;
        let rows = statement
            .query_map(params![after as i64, most as i64], |row| {
                let sound: bool = row.get(3)?;
                // What is no text any more is told of as damaged, and not as a text of another kind.
                let body = if sound { row.get::<_, String>(2)? } else { String::new() };
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, body, sound))
            })
            .map_err(|e| self.fail(e))?;
        let mut entries = Vec::new();
        for row in rows {
            let (seq, at, body, sound) = row.map_err(|e| self.fail(e))?;
            if !sound {
                return Err(self.altered(format!("entry {seq} of the log")));
            }
            let body = serde_json::from_str(&body).map_err(|e| StoreError::Row {
                path: self.path.clone(),
                table: "log",
                row: seq.to_string(),
                detail: e.to_string(),
            })?;
            entries.push(Entry { seq: seq as u64, at: from_ms(at), body });
        }
        Ok(entries)
    }

    /// Position of the newest entry; 0 when there is none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_position(&self) -> Result<u64, StoreError> {
        self.db
            .query_row("SELECT coalesce(max(seq), 0) FROM log", [], |row| row.get::<_, i64>(0))
            .map(|seq| seq as u64)
            .map_err(|e| self.fail(e))
    }

    /// Time of the newest entry.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn last_time(&self) -> Result<Option<Timestamp>, StoreError> {
        last_time(&self.db).map_err(|e| self.fail(e))
    }

    /// Whether an entry is a newer version of a post that was there before.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn is_edit(&self, seq: u64) -> Result<bool, StoreError> {
        self.db
            .prepare_cached("SELECT kind = 'edit' FROM log WHERE seq = ?")
            .and_then(|mut s| s.query_row([seq as i64], |row| row.get(0)))
            .map_err(|e| self.fail(e))
    }

    /// Number of posts in the log.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn count_posts(&self) -> Result<u64, StoreError> {
        self.db
            .query_row("SELECT count(*) FROM posts WHERE deleted = 0", [], |row| row.get::<_, i64>(0))
            .map(|n| n as u64)
            .map_err(|e| self.fail(e))
    }

    /// The cursor of a source.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn cursor(&self, source: &str) -> Result<Option<String>, StoreError> {
        self.db
            .query_row(
                "SELECT cursor, sum IS groundswell_sum(source, cursor) FROM cursors WHERE source = ?",
                [source],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .map_err(|e| self.fail(e))
            .map(|found| match found {
                Some((_, false)) => {
                    // To go on from a wrong position would pass posts over; those that are known are not stored twice.
                    tracing::error!(source, "the stored position of this source is damaged: it begins anew");
                    None
                }
                other => other.map(|(cursor, _): (String, bool)| cursor),
            })
    }

    /// Rejected lines, newest first: (source, when, place, reason).
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn rejects(&self, most: usize) -> Result<Vec<(String, Timestamp, String, String)>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT source, at, place, reason FROM rejects ORDER BY n DESC LIMIT ?")
            .map_err(|e| self.fail(e))?;
        statement
            .query_map([most as i64], |row| Ok((row.get(0)?, from_ms(row.get(1)?), row.get(2)?, row.get(3)?)))
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }
}

fn append_post(
    tx: &Transaction<'_>,
    at: Timestamp,
    new: &NewPost,
    history: bool,
    done: &mut Appended,
) -> rusqlite::Result<()> {
    let post = &new.post;
    let hash = post.content_hash().cast_signed();
    let known: Option<(i64, i64)> = tx
        .prepare_cached("SELECT hash, deleted FROM posts WHERE source = ? AND id = ?")?
        .query_row(params![post.source, post.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match known {
        Some((_, GONE)) => done.passed_over += 1,
        Some((same, _)) if same == hash => done.known += 1,
        None if !new.matched => done.passed_over += 1,
        None if remains::was_there(tx, &post.source, &post.id, post.created_at)? => done.passed_over += 1,
        Some(_) | None => {
            let body = Body::Post { post: Box::new(post.clone()), history };
            let standing = accounts::standing(tx, post)?;
            if standing != Standing::Active {
                accounts::keep_away(tx, at, post, &body, hash, standing)?;
                done.hidden += 1;
                return Ok(());
            }
            let kind = if known.is_some() { "edit" } else { "post" };
            let seq = insert_as(tx, at, kind, &body, Some((&post.source, &post.id)))?;
            tx.prepare_cached(
                "INSERT OR REPLACE INTO posts (source, id, seq, hash, author) VALUES (?, ?, ?, ?, ?)",
            )?
            .execute(params![post.source, post.id, seq as i64, hash, post.author])?;
            done.stored += 1;
        }
    }
    Ok(())
}

fn append_delete(
    tx: &Transaction<'_>,
    at: Timestamp,
    key: &PostKey,
    done: &mut Appended,
) -> rusqlite::Result<()> {
    let known: Option<bool> = tx
        .prepare_cached("SELECT deleted FROM posts WHERE source = ? AND id = ?")?
        .query_row(params![key.source, key.id], |row| row.get(0))
        .optional()?;
    match known {
        Some(true) => accounts::forget_post(tx, key)?,
        Some(false) => {
            insert(tx, at, &Body::Delete(key.clone()), None)?;
            tx.prepare_cached("UPDATE posts SET deleted = 1, author = NULL WHERE source = ? AND id = ?")?
                .execute(params![key.source, key.id])?;
            done.deleted += 1;
        }
        // Nothing is kept of it, and it does not come back.
        None if remains::is_marked(tx, &key.source, &key.id)? => {}
        None => {
            // `hash` tells how old a tombstone is, so that the oldest can go.
            tx.prepare_cached(
                "INSERT INTO posts (source, id, seq, hash, deleted) VALUES (?, ?, NULL, ?, 1)",
            )?
            .execute(params![key.source, key.id, at.as_millisecond()])?;
            if at.as_millisecond() % 512 == 0 {
                tx.execute(
                    "DELETE FROM posts WHERE deleted = 1 AND seq IS NULL AND hash < (SELECT hash FROM posts
                     WHERE deleted = 1 AND seq IS NULL ORDER BY hash DESC LIMIT 1 OFFSET ?)",
                    [TOMBSTONES_KEPT],
                )?;
            }
        }
    }
    Ok(())
}

fn last_time(db: &rusqlite::Connection) -> rusqlite::Result<Option<Timestamp>> {
    db.query_row("SELECT at FROM log WHERE kind <> 'rules' ORDER BY seq DESC LIMIT 1", [], |row| {
        row.get::<_, i64>(0)
    })
    .optional()
    .map(|at| at.map(from_ms))
}

/// Writes one entry; `post` is (source, id) where it is one.
pub(super) fn insert(
    db: &rusqlite::Connection,
    at: Timestamp,
    body: &Body,
    post: Option<(&str, &str)>,
) -> rusqlite::Result<u64> {
    let kind = match body {
        Body::Post { .. } => "post",
        Body::Delete(_) => "delete",
        Body::Tick => "tick",
        Body::Gap { .. } => "gap",
        Body::Rules(_) => "rules",
        Body::Act(_) => "act",
        Body::Baseline { .. } => "baseline",
    };
    insert_as(db, at, kind, body, post)
}

fn insert_as(
    db: &rusqlite::Connection,
    at: Timestamp,
    kind: &str,
    body: &Body,
    post: Option<(&str, &str)>,
) -> rusqlite::Result<u64> {
    let json =
        serde_json::to_string(body).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))?;
    db.prepare_cached(
        "INSERT INTO log (at, kind, source, post, body, sum)
         VALUES (?1, ?2, ?3, ?4, ?5, groundswell_sum(?1, ?2, ?3, ?4, ?5))",
    )?
    .execute(params![at.as_millisecond(), kind, post.map(|p| p.0), post.map(|p| p.1), json])?;
    Ok(db.last_insert_rowid() as u64)
}
