//! The commands of the shell, run as a person runs them, on small data of our own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod backtest;
mod decisions;
mod history;
mod home;
mod input;
mod rules;
