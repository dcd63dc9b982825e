//! Where a write may be made to fail: before a transaction ends, and after. Nothing is there in service; the simulator puts a
//! script in, so that crashes and full disks happen at each of these points.

use std::sync::Arc;

use rusqlite::ffi;

use super::{Store, StoreError};

/// A moment of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// All is written and nothing is durable yet: what fails here leaves nothing.
    Before,
    /// It is durable; whoever asked for it has not heard so.
    After,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No room: it may be tried again.
    Full,
    /// The end: nothing more is done by this process.
    Crash,
}

/// Says for each moment of each kind of write what goes wrong, if anything does.
pub type Script = Arc<dyn Fn(&'static str, Moment) -> Option<Fault> + Send + Sync>;

/// The script of a store; empty in service.
#[derive(Clone, Default)]
pub(super) struct Faults(Option<Script>);

impl Faults {
    /// Whether the write named `what` goes on.
    pub(super) fn at(
        &self,
        path: &std::path::Path,
        what: &'static str,
        moment: Moment,
    ) -> Result<(), StoreError> {
        let code = match self.0.as_ref().and_then(|script| script(what, moment)) {
            None => return Ok(()),
            Some(Fault::Full) => ffi::SQLITE_FULL,
            Some(Fault::Crash) => ffi::SQLITE_IOERR,
        };
        let said = Some("as the script has it".to_owned());
        Err(StoreError::sqlite(path, rusqlite::Error::SqliteFailure(ffi::Error::new(code), said)))
    }
}

impl Store {
    /// The same store, whose writes, and those of all further connections made from it, go as `script` says.
    #[must_use]
    pub fn with_faults(mut self, script: Script) -> Self {
        self.faults = Faults(Some(script));
        self
    }
}
