//! The spike detector alone, over counts by period of whatever length: what `detect` runs. It weighs evidence as the
//! detector of complaints does; what is usual it learns from the rows alone.

mod csv;
mod detector;
mod functions;
mod long;
mod rises;
mod seasonal;
mod short;
mod usual;

pub use csv::{Row, RowError, commonest_distance, parse_interval, parse_row};
pub use detector::{Detector, Seen};
