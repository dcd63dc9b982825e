//! What passes by waiting: a disk that is full, a data folder that is held for an instant.

use std::path::Path;
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
                    if self.full_since.take().is_some() {
                        tracing::info!("there is room on the disk again: intake goes on");
                    }
                    return Ok(done);
                }
                Err(e) if e.may_pass() => {
                    self.full(&e);
                    system::alive();
                    self.clock.wait(FULL);
                }
                Err(e) => return Err(e.into()),
            }
        }
    }

    pub(super) fn full(&mut self, error: &StoreError) {
        if self.full_since.is_none() {
            tracing::error!("{error}");
            system::status(&error.to_string());
            self.full_since = Some(self.clock.now());
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
