//! One daemon a data folder.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::StoreError;

/// Holds the data folder for this process; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct DataLock(#[allow(dead_code, reason = "the lock lives as long as the file is open")] File);

impl DataLock {
    /// Takes the folder.
    ///
    /// # Errors
    /// Another process holds it, or the lock file cannot be made.
    pub fn take(folder: &Path) -> Result<Self, StoreError> {
        let made = super::private_folder(folder).and_then(|()| {
            File::options().create(true).truncate(false).write(true).open(folder.join("groundswell.lock"))
        });
        let file = made.map_err(|source| StoreError::Folder { folder: folder.to_owned(), source })?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::Taken { folder: folder.to_owned() }),
            Err(TryLockError::Error(source)) => Err(StoreError::Folder { folder: folder.to_owned(), source }),
        }
    }
}
