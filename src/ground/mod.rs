//! Floor 0: the words everything else is said in. No I/O, no clock, nothing of ours imported.

pub mod account;
pub mod alert;
pub mod diagnostic;
pub mod digest;
pub mod entry;
mod json_words;
pub mod language;
pub mod letter;
pub mod listening;
mod plain;
pub mod post;
pub mod reason;
mod routing;
pub mod time;
