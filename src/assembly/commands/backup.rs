//! `backup`, `restore`: a copy of everything that cannot be made anew, while the daemon runs, and the way back.

use std::io::Write;
use std::path::Path;

use super::standing::{count, size, take_unless_running};
use crate::assembly::cli::{BackupArgs, RestoreArgs};
use crate::assembly::configured::settings;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::stdout;
use crate::edges::index::PostIndex;
use crate::edges::store::{BackupError, Store, give_to_owner};
use crate::edges::web::KEY_FILE;

/// What the system says when a disk fails.
const EIO: i32 = 5;

/// Runs `backup`.
///
/// # Errors
/// There is no store, or the file is there already or cannot be written.
pub fn backup(args: &BackupArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    // It is only read: a full disk of the data is no hindrance, if the copy goes elsewhere.
    let store = Store::open_to_read(&settings.data.folder)?;
    let (bytes, posts) = store.back_up(&args.file, &[KEY_FILE]).map_err(|e| failure(e, None))?;
    let mut out = stdout();
    writeln!(
        out,
        "{}: {} of {}; log, decisions, alerts, letters and the key of their links (where it was made here) are in it, rules and settings are not: they are files of yours. What was forgotten or deleted later is in it still: keep backups no longer than you may keep posts.",
        args.file.display(),
        size(bytes),
        count(posts, "post", "posts")
    )?;
    Ok(out.flush()?)
}

/// Runs `restore`.
///
/// # Errors
/// A daemon is running, there is data already, or the backup cannot be used.
pub fn restore(args: &RestoreArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let folder = &settings.data.folder;
    if folder.is_dir() && take_unless_running(folder)?.is_none() {
        return Err(Failure::say(
            Exit::Later,
            format!("a daemon works on {}: stop it first (systemctl stop groundswell)", folder.display()),
        ));
    }
    Store::restore(&args.file, folder, &[KEY_FILE]).map_err(|e| failure(e, Some(&args.file)))?;
    // One that was left behind is of another log.
    PostIndex::remove(folder)?;
    let store = Store::open_existing(folder)?;
    let posts = store.count_posts()?;
    give_to_owner(folder)?;
    let mut out = stdout();
    writeln!(
        out,
        "{} now holds what the backup held: {}. The index is made anew when the daemon starts; what the sources said since the backup is asked for again as far as they keep it. Letters that went out since then may go out once more.",
        folder.display(),
        count(posts, "post", "posts")
    )?;
    Ok(out.flush()?)
}

/// `read` is the file that was to be read, where one was; what else cannot be used was to be written.
fn failure(error: BackupError, read: Option<&Path>) -> Failure {
    let exit = match &error {
        BackupError::Store(_) => {
            let BackupError::Store(error) = error else { return Failure::new(Exit::Io, error) };
            return error.into();
        }
        BackupError::Unsound { .. } | BackupError::Damaged { .. } => Exit::BadData,
        BackupError::There { .. } | BackupError::Taken { .. } | BackupError::NoRoom { .. } => {
            Exit::CannotCreate
        }
        BackupError::Io { path, .. } if Some(path.as_path()) == read => Exit::NoInput,
        BackupError::Io { source, .. } if source.raw_os_error() == Some(EIO) => Exit::Io,
        BackupError::Io { .. } => Exit::CannotCreate,
    };
    Failure::new(exit, error)
}
