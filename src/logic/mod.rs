//! Floor 1: decisions. Pure functions and values; no I/O, no clock, nothing async.

pub mod analysis;
pub mod assess;
pub mod cluster;
pub mod detect;
pub mod encoder;
pub mod known;
pub mod letters;
pub mod lifecycle;
pub mod links;
pub mod meaning;
pub mod metrics;
pub mod patience;
pub mod rules;
pub mod sparing;
pub mod spike;
pub mod text;
pub mod trial;
pub mod upkeep;
