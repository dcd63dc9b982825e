//! The options of what operators do with an installation.

use std::path::PathBuf;

use clap::Args;

use super::{ConfigArgs, Format};

/// `doctor`
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Also read all that is kept and compare every checksum; may take minutes
    #[arg(long)]
    pub deep: bool,
    /// Let go of what is damaged, while no daemon runs: for when there is no backup
    #[arg(long, requires = "deep")]
    pub let_go: bool,
}

/// `backup`
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The file to make; it must not be there yet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `restore`
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The backup
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `export`, `forget`
#[derive(Debug, Args)]
pub struct AuthorArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The author, by the id that the posts have in "author", such as did:plc:abc
    pub author: String,
    /// Only posts of this source
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
}

/// `man`
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Write a page for each command into this folder, in place of the first page to standard output
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// `completions`
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
