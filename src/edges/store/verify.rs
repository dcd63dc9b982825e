//! Looks at every row that has a checksum, tells of those that do not fit, and lets them go where somebody says so.

use rusqlite::params;

use super::{Store, StoreError};

/// A row that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Damage {
    /// The table.
    pub table: &'static str,
    /// Its key, in words: `entry 17`, `event 0 of mini-9-7f3a`.
    pub row: String,
    /// What letting go of it means.
    pub means: &'static str,
}

/// A table, how its rows are named, what is wrong with one, what letting go of one does, and what that means.
struct Guarded {
    table: &'static str,
    name: &'static str,
    wrong: &'static str,
    let_go: &'static [&'static str],
    means: &'static str,
}

const GUARDED: [Guarded; 6] = [
    Guarded {
        table: "log",
        name: "'entry ' || seq",
        wrong: "body IS NOT NULL AND sum IS NOT groundswell_sum(at, kind, source, post, body)",
        // A post of which nothing is kept may come again, if its source still has it.
        let_go: &[
            "DELETE FROM posts WHERE seq IN (SELECT seq FROM log WHERE {wrong})",
            "UPDATE log SET body = NULL, sum = NULL WHERE {wrong}",
        ],
        means: "what it said is lost, and no longer read",
    },
    Guarded {
        table: "posts",
        name: "'post ' || id || ' of ' || source",
        wrong: "deleted = 0 AND NOT EXISTS (SELECT 1 FROM log l WHERE l.seq = posts.seq AND l.source = posts.source AND l.post = posts.id)",
        let_go: &["DELETE FROM posts WHERE {wrong}"],
        means: "it may come once more, if its source sends it again",
    },
    Guarded {
        table: "snapshots",
        name: "'snapshot at entry ' || seq",
        wrong: "sum IS NOT groundswell_sum(seq, bytes)",
        let_go: &["DELETE FROM snapshots WHERE {wrong}"],
        means: "what was learnt is learnt again from the log at the next start",
    },
    Guarded {
        table: "events",
        name: "'event ' || number || ' of ' || alert",
        wrong: "sum IS NOT groundswell_sum(alert, number, at, json)",
        let_go: &[
            "DELETE FROM outbox WHERE state = 'waiting' AND EXISTS (SELECT 1 FROM events e WHERE e.alert = outbox.alert
                AND e.number = outbox.number AND e.sum IS NOT groundswell_sum(e.alert, e.number, e.at, e.json))",
            "DELETE FROM events WHERE {wrong}",
        ],
        means: "it is no longer told of, and a letter about it that has not gone does not go",
    },
    Guarded {
        table: "outbox",
        name: "'letter ' || message_id",
        wrong: "sum IS NOT groundswell_sum(message_id, alert, number, recipients, collected, team, readers)",
        let_go: &["DELETE FROM outbox WHERE {wrong}"],
        means: "if it has not gone yet, it does not go",
    },
    Guarded {
        table: "cursors",
        name: "'position of source ' || source",
        wrong: "sum IS NOT groundswell_sum(source, cursor)",
        let_go: &["DELETE FROM cursors WHERE {wrong}"],
        means: "the source begins anew, as far back as it goes; posts that are known are not stored twice",
    },
];

/// So many rows of a table are named.
const NAMED: i64 = 100;

impl Store {
    /// Reads everything and names what is damaged: what SQLite finds first, then rows whose checksum does not fit.
    ///
    /// # Errors
    /// The file cannot be read to its end.
    pub fn verify(&self) -> Result<Vec<Damage>, StoreError> {
        let said: String =
            self.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(|e| self.fail(e))?;
        if said != "ok" {
            return Err(StoreError::Damaged { path: self.path.clone(), detail: said });
        }
        let mut found = Vec::new();
        for guarded in &GUARDED {
            let Guarded { table, name, wrong, means, .. } = guarded;
            let sql = format!("SELECT {name} FROM {table} WHERE {wrong} LIMIT {NAMED}");
            let mut rows = self.db.prepare(&sql).map_err(|e| self.fail(e))?;
            let rows = rows.query_map([], |row| row.get::<_, String>(0)).map_err(|e| self.fail(e))?;
            for row in rows {
                found.push(Damage { table, row: row.map_err(|e| self.fail(e))?, means });
            }
        }
        Ok(found)
    }

    /// Lets go of every row that is damaged, in one transaction. Returns how many there were.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn let_go_of_damaged(&mut self) -> Result<usize, StoreError> {
        let _turn = self.turn.wait();
        let path = self.path.clone();
        let fail = |e| StoreError::sqlite(&path, e);
        let tx = self.db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate).map_err(fail)?;
        let mut gone = 0;
        for guarded in &GUARDED {
            for (i, sql) in guarded.let_go.iter().enumerate() {
                let done = tx.execute(&sql.replace("{wrong}", guarded.wrong), params![]).map_err(fail)?;
                // What goes with a row is not counted beside it.
                gone += if i + 1 == guarded.let_go.len() { done } else { 0 };
            }
        }
        tx.commit().map_err(fail)?;
        Ok(gone)
    }
}
