//! What people decide, however they say so (a command, a link of a letter), goes into the log the same way.

use super::configured::All;
use crate::edges::sources::SourceConfig;
use crate::edges::store::{Store, StoreError};
use crate::ground::entry::{Act, Body};
use crate::ground::time::Timestamp;

/// Whether a source of the settings is history that is lived through again.
pub fn replays(settings: &All) -> bool {
    settings.source.iter().any(|source| matches!(&source.kind, SourceConfig::Jsonl(config) if config.replay))
}

/// The time of a decision made `now`. Where history is lived through again, it is the day of the last post: today would
/// make all of it old, and a silence of today would hold for years of it.
///
/// # Errors
/// The store cannot be read.
pub fn time(store: &Store, replays: bool, now: Timestamp) -> Result<Timestamp, StoreError> {
    Ok(if replays { store.last_time()?.map_or(now, |last| last.min(now)) } else { now })
}

/// Writes a decision to the log, from where the analysis takes it.
///
/// # Errors
/// The store cannot be written.
pub fn write(store: &mut Store, at: Timestamp, act: Act) -> Result<(), StoreError> {
    store.append_entry(at, &Body::Act(act)).map(|_| ())
}
