//! What can go wrong with the store, and what to do then.

use std::path::{Path, PathBuf};

use rusqlite::{ErrorCode, ffi};

/// What to do about a folder that cannot be used: `usually`, unless it is none.
fn advice(folder: &Path, usually: &'static str) -> &'static str {
    if folder.ancestors().any(Path::is_file) {
        "that is a file, or lies below one: let [data] folder name a folder"
    } else {
        usually
    }
}

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be made.
    #[error("the data folder {} cannot be made or written: {source}; {}", folder.display(), advice(folder, "give it to the user that groundswell runs as, or let [data] folder name another one"))]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// There is nothing to look at.
    #[error("there is no groundswell data in {}; has `groundswell run` or `groundswell import` been run with this setting?", folder.display())]
    Absent {
        /// The folder.
        folder: PathBuf,
    },
    /// It is not ours to look into.
    #[error("the data folder {} cannot be looked into by this user: {source}; {}", folder.display(), advice(folder, "type it as root, or as the user that groundswell runs as"))]
    Closed {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another groundswell has the folder.
    #[error("another groundswell works on the data folder {} already; stop it first, or give this one a [data] folder of its own", folder.display())]
    Taken {
        /// The folder.
        folder: PathBuf,
    },
    /// No room left.
    #[error("the disk that holds {} is full; nothing was lost, and intake goes on when there is room", path.display())]
    Full {
        /// The database.
        path: PathBuf,
    },
    /// Not to be written.
    #[error("{} cannot be written: {detail}; the user that groundswell runs as needs write permission on it and its folder", path.display())]
    NotWritable {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// Damaged.
    #[error("{} is damaged: {detail}; stop the daemon and restore the newest backup", path.display())]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// A row that is not as it was written: a bit has flipped.
    #[error("{what} in {} is damaged: its checksum does not fit. Nothing is made of it. Restore the newest backup (groundswell restore), or, where there is none, stop the daemon and type groundswell doctor --deep, which names all that is damaged and can let go of it", path.display())]
    Altered {
        /// The database.
        path: PathBuf,
        /// What: `entry 17 of the log`.
        what: String,
    },
    /// Written by a newer version.
    #[error("{} has form {found}; this version of groundswell knows forms up to {known}: install the newer version again", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Form found.
        found: i64,
        /// Newest form this version knows.
        known: i64,
    },
    /// A row that cannot be read back.
    #[error("row {row} of {table} in {} cannot be read: {detail}", path.display())]
    Row {
        /// The database.
        path: PathBuf,
        /// Table.
        table: &'static str,
        /// Key of the row.
        row: String,
        /// Why.
        detail: String,
    },
    /// Anything else.
    #[error("{}: {source}", path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl StoreError {
    pub(super) fn sqlite(path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let detail = error.to_string();
        // Before anything can be read a file of shared memory beside the database is made, and that has no room either.
        let no_room = error.sqlite_error().is_some_and(|e| e.extended_code == ffi::SQLITE_IOERR_SHMSIZE);
        match error.sqlite_error_code() {
            _ if no_room => Self::Full { path },
            Some(ErrorCode::DiskFull) => Self::Full { path },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                Self::NotWritable { path, detail }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path, detail },
            _ => Self::Sqlite { path, source: error },
        }
    }

    /// Whether waiting may help: the disk is full or busy, and nothing is broken.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Full { .. } => true,
            Self::Sqlite { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_as_one_by_whatever_name_sqlite_has_for_it() {
        for code in [ffi::SQLITE_FULL, ffi::SQLITE_IOERR_SHMSIZE] {
            let raw = rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some("disk I/O error".into()));
            let said = StoreError::sqlite(Path::new("/data/groundswell.db"), raw).to_string();
            assert!(said.contains("is full") && !said.contains("I/O error"), "{said}");
        }
    }
}
