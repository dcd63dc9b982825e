//! Which posts are old enough to go, and how much there is.

use rusqlite::params;

use super::{Store, StoreError};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;

impl Store {
    /// The oldest posts whose text is kept, by when they were taken in: at most so many, and only those from before `until`
    /// where it is given.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn oldest_posts(&self, until: Option<Timestamp>, most: usize) -> Result<Vec<PostKey>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached(
                "SELECT source, post FROM log
                 WHERE kind IN ('post', 'edit') AND body IS NOT NULL AND (?1 IS NULL OR at < ?1) ORDER BY seq LIMIT ?2",
            )
            .map_err(|e| self.fail(e))?;
        let until = until.map(|until| until.as_millisecond());
        statement
            .query_map(params![until, most as i64], |row| {
                Ok(PostKey { source: row.get(0)?, id: row.get(1)? })
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }

    /// Bytes of the database that are in use. Those that were freed are used again before the file grows.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn bytes_in_use(&self) -> Result<u64, StoreError> {
        let pragma = |name: &str| -> Result<i64, StoreError> {
            self.db.pragma_query_value(None, name, |row| row.get(0)).map_err(|e| self.fail(e))
        };
        let pages = pragma("page_count")? - pragma("freelist_count")?;
        Ok((pages.max(0) * pragma("page_size")?) as u64)
    }
}
