//! The store: one SQLite file (WAL, fsync at each commit) that holds the log, the cursors, what the analysis decided, and
//! the outbox. Everything else is derived from it.

mod accounts;
mod alerts;
mod author;
mod backup;
mod condense;
mod error;
mod faults;
mod lock;
mod log;
mod look;
mod outbox;
mod owner;
mod refused;
mod remains;
mod retention;
mod schema;
mod sum;
mod verify;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

pub use alerts::{Committed, ToSend, What};
pub use backup::BackupError;
pub use error::StoreError;
pub use faults::{Fault, Moment, Script};
pub use lock::DataLock;
pub use log::{Appended, NewPost, ToAppend};
pub use outbox::{About, OutboxCounts, OutboxItem, Retried, TroubledLetter, Verdict};
pub use owner::give_to_owner;
pub use refused::RefusedAddress;
pub use verify::Damage;

/// Name of the database in the data folder.
pub const FILE: &str = "groundswell.db";

/// The store.
pub struct Store {
    db: Connection,
    path: PathBuf,
    turn: Turn,
    faults: faults::Faults,
}

/// Whose turn it is to write, among the connections of one process. SQLite lets one write at a time and lets the others
/// sleep and ask again, longer each time; here they queue, first come first served.
#[derive(Clone, Debug, Default)]
pub struct Turn(std::sync::Arc<tokio::sync::Mutex<()>>);

impl Turn {
    fn wait(&self) -> tokio::sync::OwnedMutexGuard<()> {
        // The store is used from threads that may block, never from an async task's.
        std::sync::Arc::clone(&self.0).blocking_lock_owned()
    }
}

impl Store {
    /// Opens the store in a data folder, making both where they are absent.
    ///
    /// # Errors
    /// The folder cannot be made or written, the file is damaged, or a newer version wrote it.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        private_folder(folder).map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        let path = folder.join(FILE);
        // Made first, since SQLite gives what it keeps beside it the same mode; what stands in the way is said when it is opened.
        let _ = private_file(&path);
        let db = Connection::open(&path).map_err(|e| StoreError::sqlite(&path, e))?;
        schema::prepare(&db, &path)?;
        Ok(Self { db, path, turn: Turn::default(), faults: faults::Faults::default() })
    }

    /// Opens the store for looking only.
    ///
    /// # Errors
    /// There is no store, or it cannot be read.
    pub fn open_existing(folder: &Path) -> Result<Self, StoreError> {
        match folder.join(FILE).try_exists() {
            Ok(true) => Self::open(folder),
            Ok(false) => Err(StoreError::Absent { folder: folder.to_owned() }),
            Err(source) => Err(StoreError::Closed { folder: folder.to_owned(), source }),
        }
    }

    /// Opens the store to read only, also where its disk has no room for what SQLite keeps beside a database in use: as long as
    /// nobody writes, the file alone is all there is.
    ///
    /// # Errors
    /// There is no store, it cannot be read, or the disk is full and entries wait in the write-ahead log.
    pub fn open_to_read(folder: &Path) -> Result<Self, StoreError> {
        match Self::open_existing(folder) {
            Err(StoreError::Full { path }) => Self::open_frozen(path),
            other => other,
        }
    }

    fn open_frozen(path: PathBuf) -> Result<Self, StoreError> {
        let waiting =
            std::fs::metadata(folder_of(&path).join(format!("{FILE}-wal"))).map_or(0, |meta| meta.len());
        if waiting > 0 {
            return Err(StoreError::Full { path });
        }
        let fail = |e| StoreError::sqlite(&path, e);
        let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let flags =
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(format!("file:{name}?immutable=1"), flags).map_err(fail)?;
        sum::register(&db).map_err(fail)?;
        let form: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(fail)?;
        // An older form would have to be migrated, for which there is no room.
        if form != schema::FORM {
            return Err(StoreError::Full { path });
        }
        Ok(Self { db, path, turn: Turn::default(), faults: faults::Faults::default() })
    }

    /// A further connection to the same store, which takes turns with this one.
    ///
    /// # Errors
    /// The file cannot be opened again.
    pub fn another(&self) -> Result<Self, StoreError> {
        let db = Connection::open(&self.path).map_err(|e| self.fail(e))?;
        schema::prepare(&db, &self.path)?;
        Ok(Self { db, path: self.path.clone(), turn: self.turn.clone(), faults: self.faults.clone() })
    }

    fn altered(&self, what: String) -> StoreError {
        StoreError::Altered { path: self.path.clone(), what }
    }

    fn fail(&self, error: rusqlite::Error) -> StoreError {
        StoreError::sqlite(&self.path, error)
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("."))
}

/// Makes a folder that only we can look into: it holds what people said.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Makes an empty file that only we can read, in whatever folder; never one that is there.
fn private_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map(drop)
}

#[cfg(test)]
mod outbox_tests;
#[cfg(test)]
mod tests;
