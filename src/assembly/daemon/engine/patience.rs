//! What passes by waiting: a disk that is full, a data folder that is held for an instant.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::Engine;
use crate::assembly::daemon::system;
use crate::assembly::failure::Failure;
use crate::edges::store::{DataLock, Store, StoreError};

/// How long to wait when the disk is full.
const FULL: Duration = Duration::from_secs(1);

impl Engine {
    /// Does it again and again while the disk is full. Anything else that is wrong with the store ends the daemon: what
    /// a failed fsync has lost is not known.
    pub(super) fn patiently<T>(
        &mut self,
        mut work: impl FnMut(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, Failure> {
        loop {
            match work(&mut self.store) {
                Ok(done) => {
                    self.full.store(false, Ordering::Relaxed);
                    if self.full_since.take().is_some() {
                        tracing::info!("there is room on the disk again: intake goes on");
                    }
                    return Ok(done);
                }
                Err(e) if e.may_pass() => {
                    self.full(&e);
                    if self.started {
                        system::alive();
                    } else {
                        system::waits_for_room(&e.to_string());
                    }
                    self.clock.wait(FULL);
                }
                Err(e) => return Err(e.into()),
            }
        }
    }

    pub(super) fn full(&mut self, error: &StoreError) {
        self.full.store(true, Ordering::Relaxed);
        if self.full_since.is_none() {
            tracing::error!("{error}");
            system::status(&error.to_string());
            self.full_since = Some(self.clock.now());
        }
    }
}

/// Opens the store. While its disk has no room for what SQLite keeps beside a database that is in use, that is said, and waited for:
/// a start that ends would be tried again and again, and say less.
pub(super) fn open(data: &Path) -> Result<Store, Failure> {
    let mut said = false;
    loop {
        match Store::open(data) {
            Err(e @ StoreError::Full { .. }) => {
                if !said {
                    said = true;
                    tracing::error!("{e}; it starts when there is room");
                }
                system::waits_for_room(&e.to_string());
                std::thread::sleep(FULL);
            }
            other => return Ok(other?),
        }
    }
}

/// Takes the data folder. A command of the shell may hold it for an instant, to see whether a daemon runs.
pub(super) fn take(data: &Path) -> Result<DataLock, Failure> {
    for _ in 0..5 {
        match DataLock::take(data) {
            Err(StoreError::Taken { .. }) => std::thread::sleep(Duration::from_millis(50)),
            other => return Ok(other?),
        }
    }
    Ok(DataLock::take(data)?)
}
