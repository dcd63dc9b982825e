//! Complaints that nobody named: posts that say the same thing in different words, found in one pass.

mod centroid;
mod chance;
mod clusters;
mod company;
mod direction;
mod features;
mod index;
mod label;
mod near_copy;
mod nearby;
mod phrase;
mod phrase_words;
mod quotes;
mod regroup;
mod saying;
mod vector;

use crate::logic::meaning;

pub use clusters::{Assignment, Cluster, Clusters, Member, Regrouped, Tuning};
pub use features::{Feature, Features, Vocabulary, readable};
pub use label::{label, name_of, telling_words};
pub use meaning::{Model, ModelError, choose as choose_model, mark as model_mark};
pub use near_copy::{NearCopies, Signature};
pub use nearby::{Near, Nearby, Neighbour, Tongue};
pub use quotes::quotes;
pub use saying::{Saying, Utterance};
