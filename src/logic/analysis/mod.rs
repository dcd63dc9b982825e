//! The fold over the log: an entry goes in, what happened comes out. The same code runs in the daemon, in `backtest`, in
//! the demo and in tests; it knows the time from the entries alone.

mod act;
mod addressed;
mod again;
mod apart;
mod around;
mod by_cluster;
mod chorus;
mod cluster_id;
mod danger;
mod deaf;
mod decided;
mod digest;
mod event;
mod fix;
mod hour;
mod lacking;
mod learn;
mod merged;
mod of_topic;
mod product;
mod rehearse;
mod rename;
mod rising;
mod silence;
mod snapshot;
mod state;
mod storm;
mod unsaid;
mod viral;
mod voice;
mod why;

pub use addressed::Letter;
pub use around::{Around, Cause, Figures};
pub use chorus::Chorus;
pub use cluster_id::{ClusterId, Sort};
pub use decided::SplitNow;
pub use digest::{DayTally, Days, TeamLog};
pub use fix::Fix;
pub use lacking::Lacking;
pub use product::{ProductState, SeriesId};
pub use rehearse::Opening;
pub use silence::{BY_QUERY, Silence};
pub use snapshot::{SNAPSHOT_FORMAT, SnapshotError};
pub use state::{Analysis, Assigned, Outcome, Waited};
pub use storm::Openings;
pub use viral::Sharing;
pub use why::{Held, NearCluster, WhyNot};

#[cfg(test)]
mod again_tests;
#[cfg(test)]
mod back_tests;
#[cfg(test)]
mod by_cluster_tests;
#[cfg(test)]
mod danger_tests;
#[cfg(test)]
mod lasting_tests;
#[cfg(test)]
mod life_tests;
#[cfg(test)]
mod mail_tests;
#[cfg(test)]
mod routing_tests;
#[cfg(test)]
mod said_tests;
#[cfg(test)]
mod silence_tests;
#[cfg(test)]
mod small_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod thread_tests;
