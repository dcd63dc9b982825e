//! Complaints that nobody named: posts that say the same thing in different words, found in one pass.

mod clusters;
mod company;
mod features;
mod label;
mod near_copy;
mod nearby;
mod vector;

pub use clusters::{Assignment, Cluster, Clusters, Member, Tuning};
pub use features::{Feature, Features, Vocabulary};
pub use label::{label, quotes, telling_words};
pub use near_copy::{NearCopies, Signature};
pub use nearby::{Near, Nearby, Neighbour, Saying, Tongue};
