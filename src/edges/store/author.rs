//! What one author has said: for those who ask what is kept about them, and for those who want it gone.

use rusqlite::params;

use super::{Store, StoreError};
use crate::ground::entry::Body;
use crate::ground::post::Post;

impl Store {
    /// Every post of an author (by the id that the platform gives, and from one source only where it is named) that is kept,
    /// oldest first.
    ///
    /// # Errors
    /// The file cannot be read, or an entry is damaged.
    pub fn posts_of_author(&self, author: &str, source: Option<&str>) -> Result<Vec<Post>, StoreError> {
        let mut statement = self
            .db
            .prepare(
                "SELECT seq, body FROM log
                 WHERE kind IN ('post', 'edit') AND body IS NOT NULL AND json_extract(body, '$.post.post.author') = ?1
                   AND (?2 IS NULL OR source = ?2)
                   -- What is deleted waits here, for a moment, for the daemon to take its text away.
                   AND EXISTS (SELECT 1 FROM posts p WHERE p.source = log.source AND p.id = log.post AND p.deleted = 0)
                 ORDER BY seq",
            )
            .map_err(|e| self.fail(e))?;
        let rows = statement
            .query_map(params![author, source], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))
            .map_err(|e| self.fail(e))?;
        let mut posts = Vec::new();
        for row in rows {
            let (seq, body) = row.map_err(|e| self.fail(e))?;
            if let Body::Post { post, .. } = self.body(seq as u64, &body)? {
                posts.push(*post);
            }
        }
        Ok(posts)
    }

    /// How many lines that could not be read name this author.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn rejects_of(&self, author: &str) -> Result<u64, StoreError> {
        self.db
            .query_row("SELECT count(*) FROM rejects WHERE instr(raw, ?) > 0", [author], |row| {
                row.get::<_, i64>(0)
            })
            .map(|n| n as u64)
            .map_err(|e| self.fail(e))
    }
}
