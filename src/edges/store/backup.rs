//! A copy of the store while it is in use, and the way back.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{FILE, Moment, Store, StoreError, private_file, private_folder, schema};

/// Why there is no copy, or no way back from it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something stands where the copy would go.
    #[error("{} is there already; name another file, or move that one away", path.display())]
    There {
        /// The file.
        path: PathBuf,
    },
    /// A backup would go over data that is there.
    #[error("{} holds data already, and a backup goes back only where there is none: name another folder with --data, or move that one away", folder.display())]
    Taken {
        /// The folder.
        folder: PathBuf,
    },
    /// No room for the copy.
    #[error("the disk that holds {} has no room for the copy; nothing was left there, and the data is as it was: make room, or name a file on another disk", path.display())]
    NoRoom {
        /// The copy.
        path: PathBuf,
    },
    /// Something cannot be read or written.
    #[error("{} cannot be read or written: {source}", path.display())]
    Io {
        /// What.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It holds no groundswell data, or not all of it.
    #[error("{} is no sound backup of groundswell: {detail}", path.display())]
    Unsound {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// What would be copied is damaged.
    #[error(
        "no backup was made: {what} ({table}) is damaged; keep the newest backup that you have, and type groundswell doctor --deep, which names all that is damaged and says what to do"
    )]
    Damaged {
        /// The row.
        what: String,
        /// Its table.
        table: &'static str,
    },
    /// The store itself.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes all that is in the store at this moment to a new file, while others go on reading and writing, and makes sure
    /// that the copy is sound and on the disk, with those of the data folder's small `files` that are there. Returns its size in
    /// bytes, and the posts that are in it.
    ///
    /// # Errors
    /// The file is there already or cannot be written, or the store cannot be read.
    pub fn back_up(&self, to: &Path, files: &[&str]) -> Result<(u64, u64), BackupError> {
        // SQLite would take an empty file for none; and what people said is nobody else's to read.
        made(to)?;
        let copied = self
            .db
            .execute("VACUUM INTO ?", [to.to_string_lossy()])
            .map_err(|e| BackupError::Store(self.fail(e)))
            .and_then(|done| self.faults.at(to, "back_up", Moment::After).map(|()| done).map_err(Into::into))
            .and_then(|_| put_in(to, super::folder_of(&self.path), files))
            .and_then(|()| write_manifest(to))
            .and_then(|()| sound(to))
            .and_then(|()| synced(to))
            .and_then(|()| posts_in(to));
        // The copy alone is written: what is full is its disk.
        let copied = copied.map_err(|e| match e {
            BackupError::Store(StoreError::Full { .. }) => BackupError::NoRoom { path: to.to_owned() },
            other => other,
        });
        if copied.is_err() {
            let _ = std::fs::remove_file(to);
        }
        let posts = copied?;
        Ok((std::fs::metadata(to).map(|meta| meta.len()).map_err(io(to))?, posts))
    }

    /// Puts a backup where there is no store yet, and beside it those of `files` that are in it, for us alone; one that stands
    /// there stays under another name (`….before`). What is derived from the store (the index) is made anew by whoever opens it.
    ///
    /// # Errors
    /// There is a store already, the backup is not sound or of a newer version, or the folder cannot be written.
    pub fn restore(from: &Path, folder: &Path, files: &[&str]) -> Result<(), BackupError> {
        let path = folder.join(FILE);
        if path.exists() {
            return Err(BackupError::Taken { folder: folder.to_owned() });
        }
        sound(from)?;
        private_folder(folder).map_err(io(folder))?;
        let beside = folder.join(format!(".{FILE}.restored"));
        let _ = std::fs::remove_file(&beside);
        made(&beside)?;
        let copied =
            std::fs::copy(from, &beside).map_err(io(&beside)).and_then(|_| take_out(&beside, folder, files));
        if let Err(e) = copied.and_then(|()| synced(&beside)) {
            let _ = std::fs::remove_file(&beside);
            return Err(match e {
                BackupError::Store(StoreError::Full { .. }) => BackupError::NoRoom { path: beside },
                other => other,
            });
        }
        // A write-ahead log of another store would be taken for this one's.
        for rest in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("{FILE}{rest}")));
        }
        std::fs::rename(&beside, &path).map_err(io(&path))?;
        synced(&path)
    }
}

/// Posts of a copy: more may have come to the store meanwhile.
fn posts_in(path: &Path) -> Result<u64, BackupError> {
    let count = |db: Connection| {
        db.query_row("SELECT count(*) FROM posts WHERE deleted = 0", [], |row| row.get::<_, i64>(0))
    };
    let posts = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(count);
    let unsound = |e: rusqlite::Error| BackupError::Unsound { path: path.to_owned(), detail: e.to_string() };
    posts.map(|n| n as u64).map_err(unsound)
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |source| match source.kind() {
        std::io::ErrorKind::StorageFull => BackupError::NoRoom { path },
        _ => BackupError::Io { path, source },
    }
}

/// Makes the empty file of a copy; never one that is there.
fn made(path: &Path) -> Result<(), BackupError> {
    private_file(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::There { path: path.to_owned() },
        _ => io(path)(e),
    })
}

/// The file and its name are on the disk.
fn synced(path: &Path) -> Result<(), BackupError> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for part in [path, folder] {
        std::fs::File::open(part).and_then(|file| file.sync_all()).map_err(io(part))?;
    }
    Ok(())
}

/// Is this a store, whole, and of a version that we know?
fn sound(path: &Path) -> Result<(), BackupError> {
    let unsound = |detail: String| BackupError::Unsound { path: path.to_owned(), detail };
    std::fs::metadata(path).map_err(io(path))?;
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|e| unsound(e.to_string()))?;
    let found: i64 =
        db.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|e| unsound(e.to_string()))?;
    if found > schema::FORM {
        return Err(StoreError::Newer { path: path.to_owned(), found, known: schema::FORM }.into());
    }
    // What runs by itself when something is written is no data: groundswell has none, and takes none.
    let acts: Result<String, rusqlite::Error> = db.query_row(
        "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('trigger', 'view')",
        [],
        |row| row.get(0),
    );
    match acts {
        Ok(what) => return Err(unsound(format!("it holds the {what}, which no backup of groundswell has"))),
        Err(rusqlite::Error::QueryReturnedNoRows) => {}
        Err(e) => return Err(unsound(e.to_string())),
    }
    let said: String =
        db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(|e| unsound(e.to_string()))?;
    db.query_row("SELECT count(*) FROM position", [], |row| row.get::<_, i64>(0))
        .map_err(|e| unsound(e.to_string()))?;
    if said != "ok" {
        return Err(unsound(said));
    }
    if found < WITH_SUMS {
        return Ok(());
    }
    let fail = |e: rusqlite::Error| unsound(e.to_string());
    super::sum::register(&db).map_err(fail)?;
    let mut manifest = db.prepare("SELECT name, sum FROM manifest ORDER BY name").map_err(|_| {
        unsound("it has no list of checksums, so it is no backup that groundswell made".into())
    })?;
    let written: Vec<(String, i64)> = manifest
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .and_then(Iterator::collect)
        .map_err(fail)?;
    let here = super::sum::of_tables(&db).map_err(fail)?;
    match here.iter().find(|sum| !written.contains(sum)) {
        Some((table, _)) => Err(unsound(format!("the checksum of table {table} does not fit"))),
        None if here.len() != written.len() => Err(unsound("a table is missing".into())),
        None => Ok(()),
    }
}

/// From this form on rows have checksums, and backups a list of them.
const WITH_SUMS: i64 = 6;

/// Compares every checksum of a fresh copy, so that no damage is handed on, and writes down those of whole tables.
fn write_manifest(path: &Path) -> Result<(), BackupError> {
    let fail = |e| BackupError::Store(StoreError::sqlite(path, e));
    let db = Connection::open(path).map_err(fail)?;
    super::sum::register(&db).map_err(fail)?;
    let copy = Store { db, path: path.to_owned(), turn: Default::default(), faults: Default::default() };
    if let Some(damage) = copy.verify()?.first() {
        return Err(BackupError::Damaged { what: damage.row.clone(), table: damage.table });
    }
    copy.db
        .execute_batch(
            "CREATE TABLE manifest (name TEXT PRIMARY KEY, sum INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
        )
        .map_err(fail)?;
    for (name, sum) in super::sum::of_tables(&copy.db).map_err(fail)? {
        copy.db.execute("INSERT INTO manifest VALUES (?, ?)", rusqlite::params![name, sum]).map_err(fail)?;
    }
    Ok(())
}

/// Small files of the data folder go into the copy, as rows of a table of their own.
fn put_in(copy: &Path, folder: &Path, files: &[&str]) -> Result<(), BackupError> {
    let fail = |e| BackupError::Store(StoreError::sqlite(copy, e));
    let db = Connection::open(copy).map_err(fail)?;
    db.execute_batch(
        "CREATE TABLE files (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;",
    )
    .map_err(fail)?;
    for name in files {
        let path = folder.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => {
                db.execute("INSERT INTO files VALUES (?, ?)", rusqlite::params![name, bytes])
                    .map_err(fail)?;
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(io(&path)(e)),
        }
    }
    Ok(())
}

/// What only a backup has leaves the copy: its list of checksums, and the files, which are put into the folder. Only files of
/// these names are taken: others nobody of us has put in.
fn take_out(copy: &Path, folder: &Path, files: &[&str]) -> Result<(), BackupError> {
    let fail = |e| BackupError::Store(StoreError::sqlite(copy, e));
    let db = Connection::open(copy).map_err(fail)?;
    // Backups of earlier versions have none.
    let some = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'files'").and_then(|mut s| s.exists([]));
    for name in files.iter().filter(|_| matches!(some, Ok(true))) {
        let bytes: Option<Vec<u8>> = db
            .query_row("SELECT bytes FROM files WHERE name = ?", [name], |row| row.get(0))
            .optional()
            .map_err(fail)?;
        let Some(bytes) = bytes else { continue };
        let path = folder.join(name);
        if std::fs::read(&path).is_ok_and(|there| there == bytes) {
            continue;
        }
        if path.exists() {
            let before = folder.join(format!("{name}.before"));
            std::fs::rename(&path, &before).map_err(io(&before))?;
        }
        let unfinished = folder.join(format!(".{name}.restored"));
        let _ = std::fs::remove_file(&unfinished);
        made(&unfinished)?;
        std::fs::write(&unfinished, &bytes).map_err(io(&unfinished))?;
        synced(&unfinished)?;
        std::fs::rename(&unfinished, &path).map_err(io(&path))?;
    }
    db.execute_batch("DROP TABLE IF EXISTS files; DROP TABLE IF EXISTS manifest; VACUUM;").map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::Body;
    use crate::ground::time::from_ms;

    #[test]
    fn a_backup_that_would_act_by_itself_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("data")).unwrap();
        let copy = dir.path().join("copy.db");
        store.back_up(&copy, &[]).unwrap();
        let acts = "CREATE TRIGGER evil AFTER INSERT ON log BEGIN DELETE FROM log; END;";
        Connection::open(&copy).unwrap().execute_batch(acts).unwrap();
        let refused = Store::restore(&copy, &dir.path().join("again"), &[]).unwrap_err().to_string();
        assert!(refused.contains("the trigger evil"), "{refused}");
        assert!(!dir.path().join("again").exists());
    }

    #[test]
    fn a_copy_made_while_others_write_holds_what_was_committed_and_goes_back() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&dir.path().join("data")).unwrap();
        for n in 0..10 {
            store.append_entry(from_ms(n), &Body::Tick).unwrap();
        }
        let copy = dir.path().join("copy.db");
        let other = store.another().unwrap();
        assert!(other.back_up(&copy, &[]).unwrap().0 > 0);
        store.append_entry(from_ms(11), &Body::Tick).unwrap();
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(
            matches!(store.back_up(&copy, &[]), Err(BackupError::There { .. })),
            "no backup is written over"
        );
        let new = dir.path().join("new");
        Store::restore(&copy, &new, &[]).unwrap();
        assert_eq!(Store::open_existing(&new).unwrap().last_position().unwrap(), 10);
        assert!(matches!(Store::restore(&copy, &new, &[]), Err(BackupError::Taken { .. })));
    }

    #[test]
    fn a_small_file_goes_along_and_comes_back_for_us_alone_and_no_other_does() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let (data, copy, new) = (dir.path().join("data"), dir.path().join("copy.db"), dir.path().join("new"));
        let store = Store::open(&data).unwrap();
        std::fs::write(data.join("web-key"), "0123").unwrap();
        store.back_up(&copy, &["web-key", "absent"]).unwrap();
        std::fs::create_dir(&new).unwrap();
        std::fs::write(new.join("web-key"), "another").unwrap();
        Store::restore(&copy, &new, &["web-key", "absent"]).unwrap();
        let read = |name: &str| std::fs::read_to_string(new.join(name)).unwrap();
        assert_eq!((read("web-key"), read("web-key.before")), ("0123".into(), "another".into()));
        let mode = std::fs::metadata(new.join("web-key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(Store::open_existing(&new).unwrap().verify().unwrap().is_empty());
        let bytes = std::fs::read(new.join(FILE)).unwrap();
        assert!(!bytes.windows(4).any(|w| w == b"0123"), "the key stays in its file alone");
        // What nobody asks for is not written, however it is called.
        let other = dir.path().join("other");
        Store::restore(&copy, &other, &[]).unwrap();
        assert!(!other.join("web-key").exists());
    }

    #[test]
    fn where_there_is_no_room_for_the_copy_its_own_disk_is_named_and_nothing_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let full: super::super::Script =
            std::sync::Arc::new(|what, _| (what == "back_up").then_some(super::super::Fault::Full));
        let mut store = Store::open(&dir.path().join("data")).unwrap().with_faults(full);
        store.append_entry(from_ms(1), &Body::Tick).unwrap();
        let copy = dir.path().join("copy.db");
        let error = store.back_up(&copy, &[]).unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, BackupError::NoRoom { .. }), "{said}");
        assert!(said.contains("copy.db") && !said.contains("groundswell.db"), "{said}");
        assert!(!copy.exists());
    }

    #[test]
    fn what_is_no_whole_backup_is_refused_and_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&dir.path().join("data")).unwrap();
        for n in 0..2_000 {
            store.append_entry(from_ms(n), &Body::Tick).unwrap();
        }
        let copy = dir.path().join("copy.db");
        store.back_up(&copy, &[]).unwrap();
        let whole = std::fs::read(&copy).unwrap();
        let cut = whole.len() / 2;
        let mut torn = whole.clone();
        torn[cut..cut + 4_096].fill(0xa5);
        let new = dir.path().join("new");
        for (name, bytes) in
            [("text", &b"hello"[..]), ("half", &whole[..cut]), ("torn", &torn), ("none", b"")]
        {
            let bad = dir.path().join(name);
            std::fs::write(&bad, bytes).unwrap();
            assert!(matches!(Store::restore(&bad, &new, &[]), Err(BackupError::Unsound { .. })), "{name}");
            assert!(!new.join(FILE).exists());
        }
        let newer = dir.path().join("newer.db");
        std::fs::write(&newer, &whole).unwrap();
        Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let said = Store::restore(&newer, &new, &[]).unwrap_err().to_string();
        assert!(said.contains("install the newer version"), "{said}");
    }
}
