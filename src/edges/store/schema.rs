//! The tables, and how a file of an older form becomes one of today's.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::StoreError;

/// The form this version writes: the number of migrations.
pub(super) const FORM: i64 = MIGRATIONS.len() as i64;

/// Each brings a file from the form of its index to the next. Never edited after a release, only added to.
const MIGRATIONS: [&str; 8] = ["
    -- Everything the analysis may know, in one order. `body` is JSON; a deleted or replaced post leaves its place with
    -- body NULL.
    CREATE TABLE log (
        seq    INTEGER PRIMARY KEY AUTOINCREMENT,
        at     INTEGER NOT NULL,
        kind   TEXT NOT NULL,
        source TEXT,
        post   TEXT,
        body   TEXT
    ) STRICT;
    -- Which posts are known, in which entry, and whether they were deleted (then they stay away, even when the post
    -- arrives after its deletion).
    CREATE TABLE posts (
        source  TEXT NOT NULL,
        id      TEXT NOT NULL,
        seq     INTEGER,
        hash    INTEGER NOT NULL,
        deleted INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (source, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cursors (source TEXT PRIMARY KEY, cursor TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
    CREATE TABLE rejects (
        n INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, at INTEGER NOT NULL,
        place TEXT NOT NULL, reason TEXT NOT NULL, raw TEXT NOT NULL
    ) STRICT;
    -- What the analysis decided, with the position it had read up to.
    CREATE TABLE position (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL) STRICT;
    INSERT INTO position VALUES (1, 0);
    CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
    CREATE TABLE events (
        alert TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL,
        PRIMARY KEY (alert, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE outbox (
        message_id TEXT PRIMARY KEY,
        alert      TEXT NOT NULL,
        number     INTEGER NOT NULL,
        -- Addresses that still wait for it, as JSON.
        recipients TEXT NOT NULL,
        state      TEXT NOT NULL,
        attempts   INTEGER NOT NULL DEFAULT 0,
        made_at    INTEGER NOT NULL,
        next_at    INTEGER NOT NULL,
        said       TEXT NOT NULL DEFAULT ''
    ) STRICT;
    CREATE INDEX outbox_due ON outbox (state, next_at);
    CREATE TABLE notes (name TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
", "
    -- Who wrote a post that is shown, so that everything of an account can be found. `deleted` is 0 for what is shown, 1 for
    -- what is gone for good, 2 for what is hidden with its account.
    ALTER TABLE posts ADD COLUMN author TEXT;
    UPDATE posts SET author = (SELECT json_extract(l.body, '$.post.post.author') FROM log l WHERE l.seq = posts.seq)
        WHERE deleted = 0;
    CREATE INDEX posts_of_author ON posts (source, author) WHERE author IS NOT NULL AND deleted = 0;
    -- Accounts that are hidden or deleted, so that what arrives late stays away too.
    CREATE TABLE accounts (
        source TEXT NOT NULL, author TEXT NOT NULL, deleted INTEGER NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (source, author)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX accounts_by_age ON accounts (at);
    -- Posts of hidden accounts, out of the log until the account comes back. `body` is what the log would hold.
    CREATE TABLE hidden (
        source TEXT NOT NULL, id TEXT NOT NULL, author TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (source, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX hidden_of_author ON hidden (source, author);
",
    // What a letter tells that is about no single event, as JSON: it names events and holds no text of posts.
    "ALTER TABLE outbox ADD COLUMN collected TEXT;",
    // Several teams may be told about one event: whom of them a letter is for, and whom it is addressed to, as JSON.
    "ALTER TABLE outbox ADD COLUMN team TEXT; ALTER TABLE outbox ADD COLUMN readers TEXT;
    -- Without these ten thousand waiting letters are compared with ten thousand to find the oldest of each thread, and all
    -- are sorted to find the first.
    CREATE INDEX outbox_thread ON outbox (alert, state, number);
    CREATE INDEX outbox_order ON outbox (state, made_at);",
    // Addresses that a mail server will not take letters for, while it takes them for others of the team: no letter waits for
    // them, so they are kept here until somebody corrects them, or a letter to them is taken.
    "CREATE TABLE refused (
        team TEXT NOT NULL, address TEXT NOT NULL, why TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (team, address)
    ) STRICT, WITHOUT ROWID;",
    // A checksum for each row that something is decided from: `sum.rs`.
    "ALTER TABLE log ADD COLUMN sum INTEGER;
     UPDATE log SET sum = groundswell_sum(at, kind, source, post, body) WHERE body IS NOT NULL;
     ALTER TABLE snapshots ADD COLUMN sum INTEGER;
     UPDATE snapshots SET sum = groundswell_sum(seq, bytes);
     ALTER TABLE events ADD COLUMN sum INTEGER;
     UPDATE events SET sum = groundswell_sum(alert, number, at, json);
     ALTER TABLE outbox ADD COLUMN sum INTEGER;
     UPDATE outbox SET sum = groundswell_sum(message_id, alert, number, recipients, collected, team, readers);
     ALTER TABLE cursors ADD COLUMN sum INTEGER;
     UPDATE cursors SET sum = groundswell_sum(source, cursor);
    ",
    // Where the text of a post stands: without it the whole log is read for each post that is deleted, edited, or too old.
    "CREATE INDEX log_of_post ON log (source, post) WHERE body IS NOT NULL;",
    // What remains of posts that are gone, once their entries are gone too: `remains.rs`. `mark` is xxh3 of the id, `day` when it was
    // taken in; what was written before `before` is not taken from a source any more, since its marks of then are gone.
    "CREATE TABLE marks (
        source TEXT NOT NULL, mark INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (source, mark)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE forgotten (source TEXT PRIMARY KEY, before INTEGER NOT NULL) STRICT, WITHOUT ROWID;
     CREATE INDEX log_needless ON log (at) WHERE body IS NULL OR kind = 'delete';",
];

/// Sets a connection up and brings the file to today's form.
pub(super) fn prepare(db: &Connection, path: &Path) -> Result<(), StoreError> {
    let fail = |e| StoreError::sqlite(path, e);
    db.busy_timeout(Duration::from_secs(10)).map_err(fail)?;
    super::sum::register(db).map_err(fail)?;
    // A deleted post's text must not linger in free pages.
    db.pragma_update(None, "secure_delete", "ON").map_err(fail)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(fail)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(fail)?;
    db.pragma_update(None, "foreign_keys", "ON").map_err(fail)?;
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
    if found > FORM {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: FORM });
    }
    for (form, migration) in MIGRATIONS.iter().enumerate().skip(found.max(0) as usize) {
        let sql = format!("BEGIN IMMEDIATE; {migration} PRAGMA user_version = {}; COMMIT;", form + 1);
        if let Err(e) = db.execute_batch(&sql) {
            let _ = db.execute_batch("ROLLBACK");
            // Two programs may have come to make the file at once; the other one made it.
            let now: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
            if now <= form as i64 {
                return Err(fail(e));
            }
        }
    }
    Ok(())
}

/// A file as a version of before left it: of this form, and empty.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) fn of_form(path: &Path, form: usize) -> Connection {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    super::sum::register(&db).unwrap();
    for migration in MIGRATIONS.iter().take(form) {
        db.execute_batch(migration).unwrap();
    }
    db.pragma_update(None, "user_version", form as i64).unwrap();
    db
}
