//! Floor 1: decisions. Pure functions and values; no I/O, no clock, nothing async.

pub mod letters;
pub mod text;
