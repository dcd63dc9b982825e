//! Questions that commands ask of the log; nothing here writes.

use rusqlite::{OptionalExtension, params};

use super::{Store, StoreError};
use crate::ground::entry::{Act, Body, RuleFiles};
use crate::ground::post::{Post, PostKey};
use crate::ground::time::{Timestamp, from_ms};

impl Store {
    /// The post at a position of the log; nothing when its text has left, or when something else stands there.
    ///
    /// # Errors
    /// The file cannot be read, or the entry is damaged.
    pub fn post_at(&self, seq: u64) -> Result<Option<Post>, StoreError> {
        let body: Option<Option<String>> = self
            .db
            .prepare_cached(
                "SELECT l.body FROM log l JOIN posts p ON p.source = l.source AND p.id = l.post
                 WHERE l.seq = ? AND l.kind IN ('post', 'edit') AND p.deleted = 0",
            )
            .and_then(|mut s| s.query_row([seq as i64], |row| row.get(0)).optional())
            .map_err(|e| self.fail(e))?;
        let Some(body) = body.flatten() else { return Ok(None) };
        match self.body(seq, &body)? {
            Body::Post { post, .. } => Ok(Some(*post)),
            _ => Ok(None),
        }
    }

    /// Whether some version of this post is in the log.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn has_post(&self, key: &PostKey) -> Result<bool, StoreError> {
        self.db
            .prepare_cached(
                "SELECT 1 FROM posts WHERE source = ? AND id = ? AND deleted = 0 AND seq IS NOT NULL",
            )
            .and_then(|mut s| s.exists(params![key.source, key.id]))
            .map_err(|e| self.fail(e))
    }

    /// Posts after a position.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn posts_after(&self, seq: u64) -> Result<u64, StoreError> {
        self.db
            .query_row(
                "SELECT count(*) FROM log WHERE seq > ? AND kind IN ('post', 'edit') AND body IS NOT NULL",
                [seq as i64],
                |row| row.get::<_, i64>(0),
            )
            .map(|n| n as u64)
            .map_err(|e| self.fail(e))
    }

    /// When the oldest entry after a position was written. Imported history does not count: it carries old times.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn oldest_after(&self, seq: u64) -> Result<Option<Timestamp>, StoreError> {
        self.db
            .query_row(
                "SELECT at FROM log WHERE seq > ? AND body IS NOT NULL
                   AND (kind NOT IN ('post', 'edit') OR coalesce(json_extract(body, '$.post.history'), 0) = 0)
                 ORDER BY seq LIMIT 1",
                [seq as i64],
                |row| row.get::<_, i64>(0),
            )
            .optional()
            .map(|at| at.map(from_ms))
            .map_err(|e| self.fail(e))
    }

    /// Posts taken in, and alerts opened, since then.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn heard_since(&self, at: Timestamp) -> Result<(u64, u64), StoreError> {
        let count = |sql: &str| {
            self.db
                .query_row(sql, [at.as_millisecond()], |row| row.get::<_, i64>(0))
                .map_err(|e| self.fail(e))
        };
        let posts = count("SELECT count(*) FROM log WHERE kind = 'post' AND at >= ?")?;
        let alerts = count("SELECT count(*) FROM events WHERE number = 0 AND at >= ?")?;
        Ok((posts as u64, alerts as u64))
    }

    /// Everything that people decided, oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or an entry is damaged.
    pub fn acts(&self) -> Result<Vec<(Timestamp, Act)>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT seq, at, body FROM log WHERE kind = 'act' AND body IS NOT NULL ORDER BY seq",
            )
            .map_err(|e| self.fail(e))?;
        let rows = statement
            .query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?)))
            .map_err(|e| self.fail(e))?;
        let mut acts = Vec::new();
        for row in rows {
            let (seq, at, body) = row.map_err(|e| self.fail(e))?;
            if let Body::Act(act) = self.body(seq as u64, &body)? {
                acts.push((from_ms(at), act));
            }
        }
        Ok(acts)
    }

    /// The newest rules after a position, with their own position and time.
    ///
    /// # Errors
    /// The file cannot be read, or the entry is damaged.
    pub fn rules_after(&self, seq: u64) -> Result<Option<(u64, Timestamp, RuleFiles)>, StoreError> {
        let row: Option<(i64, i64, String)> = self
            .db
            .query_row(
                "SELECT seq, at, body FROM log WHERE seq > ? AND kind = 'rules' AND body IS NOT NULL ORDER BY seq DESC LIMIT 1",
                [seq as i64],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()
            .map_err(|e| self.fail(e))?;
        let Some((seq, at, body)) = row else { return Ok(None) };
        match self.body(seq as u64, &body)? {
            Body::Rules(files) => Ok(Some((seq as u64, from_ms(at), files))),
            _ => Ok(None),
        }
    }

    pub(super) fn body(&self, seq: u64, json: &str) -> Result<Body, StoreError> {
        serde_json::from_str(json).map_err(|e| StoreError::Row {
            path: self.path.clone(),
            table: "log",
            row: seq.to_string(),
            detail: e.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edges::store::{NewPost, ToAppend};
    use crate::ground::entry::Deed;
    use crate::ground::post::{Incoming, parse_line};
    use crate::ground::time::HOUR_MS;

    fn post(id: &str, text: &str) -> Post {
        let line =
            serde_json::json!({"id": id, "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"});
        match parse_line(line.to_string().as_bytes(), None).unwrap() {
            Incoming::Post(post) => *post,
            Incoming::Delete(_) => unreachable!(),
        }
    }

    fn append(store: &mut Store, at: i64, posts: &[&Post], history: bool) {
        let posts = posts.iter().map(|p| NewPost { post: (*p).clone(), matched: true }).collect();
        let batch = ToAppend { source: "s".into(), posts, history, ..ToAppend::default() };
        store.append(from_ms(at), &batch).unwrap();
    }

    #[test]
    fn posts_are_found_by_position_until_they_are_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let first = post("1", "keys");
        append(&mut store, 5, &[&first, &post("2", "too close")], false);
        assert_eq!(store.post_at(1).unwrap(), Some(first.clone()));
        assert_eq!((store.posts_after(1).unwrap(), store.post_at(9).unwrap()), (1, None));
        assert!(store.has_post(&first.key()).unwrap());
        let gone = ToAppend { deletes: vec![first.key()], ..ToAppend::default() };
        store.append(from_ms(6), &gone).unwrap();
        assert_eq!(
            store.post_at(1).unwrap(),
            None,
            "a deleted post is not shown, even before its text has left"
        );
        assert!(!store.has_post(&first.key()).unwrap());
    }

    #[test]
    fn the_lag_is_that_of_what_is_new_and_not_of_history() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        append(&mut store, 0, &[&post("1", "old")], true);
        assert_eq!(store.oldest_after(0).unwrap(), None);
        append(&mut store, 7 * HOUR_MS, &[&post("2", "new")], false);
        assert_eq!(store.oldest_after(0).unwrap(), Some(from_ms(7 * HOUR_MS)));
        assert_eq!(store.oldest_after(2).unwrap(), None);
    }

    #[test]
    fn acts_and_rules_are_told_apart_from_the_rest() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(dir.path()).unwrap();
        let act = Act {
            why: String::new(),
            by: "ana".into(),
            what: Deed::Resolve { alert: "a".into() },
            posts: Default::default(),
        };
        let rules = RuleFiles { folder: "rules".into(), files: Vec::new() };
        store.append_entry(from_ms(1), &Body::Act(act.clone())).unwrap();
        store.append_entry(from_ms(2), &Body::Rules(rules.clone())).unwrap();
        assert_eq!(store.acts().unwrap(), [(from_ms(1), act)]);
        assert_eq!(store.rules_after(0).unwrap(), Some((2, from_ms(2), rules)));
        assert_eq!(store.rules_after(2).unwrap(), None);
    }
}
