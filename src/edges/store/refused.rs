//! Addresses that a mail server refuses for good, while it takes the letter for others: the letter counts as sent, so without
//! these nobody but the journal would know that somebody gets nothing.

use rusqlite::{Transaction, params};

use super::{OutboxItem, Store, StoreError};
use crate::ground::time::{Timestamp, from_ms};

/// An address that gets no letters of its team.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RefusedAddress {
    /// The team whose letters these are.
    pub team: String,
    /// The address, as the rules have it.
    pub address: String,
    /// What the mail server said.
    pub why: String,
    /// When it said so last.
    pub at: Timestamp,
}

impl Store {
    /// Addresses that were refused for good and have taken no letter since, by team and address.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn refused_addresses(&self) -> Result<Vec<RefusedAddress>, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT team, address, why, at FROM refused ORDER BY team, address")
            .map_err(|e| self.fail(e))?;
        statement
            .query_map([], |row| {
                let at = from_ms(row.get(3)?);
                Ok(RefusedAddress { team: row.get(0)?, address: row.get(1)?, why: row.get(2)?, at })
            })
            .and_then(Iterator::collect)
            .map_err(|e| self.fail(e))
    }
}

/// After a letter: these (address, what the server said) were refused for good, and all others that no longer wait took it.
pub(super) fn note(
    tx: &Transaction<'_>,
    item: &OutboxItem,
    left: &[String],
    refused: &[(String, String)],
    now: Timestamp,
) -> rusqlite::Result<()> {
    let team = item.team();
    for (address, why) in refused {
        tx.prepare_cached("INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?)")?.execute(params![
            team,
            address,
            why,
            now.as_millisecond()
        ])?;
    }
    for address in &item.recipients {
        if !left.contains(address) && !refused.iter().any(|(gone, _)| gone == address) {
            tx.prepare_cached("DELETE FROM refused WHERE team = ? AND address = ?")?
                .execute(params![team, address])?;
        }
    }
    Ok(())
}
