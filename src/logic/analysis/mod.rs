//! The fold over the log: an entry goes in, what happened comes out. The same code runs in the daemon, in `backtest`, in
//! the demo and in tests; it knows the time from the entries alone.

mod act;
mod around;
mod event;
mod hour;
mod learn;
mod product;
mod snapshot;
mod state;
mod why;

pub use around::{Around, Cause, Figures};
pub use product::{ProductState, SeriesId};
pub use snapshot::{SNAPSHOT_FORMAT, SnapshotError};
pub use state::{Analysis, Assigned, Outcome};
pub use why::{NearCluster, WhyNot};

#[cfg(test)]
mod lasting_tests;
#[cfg(test)]
mod mail_tests;
#[cfg(test)]
mod silence_tests;
#[cfg(test)]
mod tests;
