//! Floor 3: the parts put together: the daemon and the commands.

pub mod cli;
pub mod commands;
pub mod configured;
pub mod daemon;
pub mod decisions;
pub mod failure;
pub mod output;
mod posted;
pub mod replay;
pub mod terminal;
