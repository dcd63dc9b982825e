//! What can be asked about sources.

use clap::{Args, Subcommand};

use super::{ConfigArgs, Format};

/// Options of `source`.
#[derive(Debug, Args)]
pub struct SourceArgs {
    /// What about them.
    #[command(subcommand)]
    pub what: SourceCommand,
}

/// Questions about sources.
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Show every kind of source, each with its settings filled in: copy one into groundswell.toml
    ///
    /// Example: groundswell source list
    List(SourceListArgs),
    /// Connect to one source of the settings and show ten posts as they would be stored; nothing is stored
    ///
    /// The posts go to standard output, one as JSON a line; what the source says, its position and its limit to standard
    /// error. Ends with status 69 when the source cannot be reached.
    ///
    /// Example: groundswell source test bluesky --config groundswell.toml
    Test(SourceTestArgs),
    /// Turn a feed reader's list (OPML) into sources for groundswell.toml
    ///
    /// The tables go to standard output; what was left out, to standard error. Feeds that the settings have already are left
    /// out, and no name is used twice.
    ///
    /// Example: groundswell source import feeds.opml >> groundswell.toml
    Import(SourceImportArgs),
}

/// Options of `source list`.
#[derive(Debug, Args)]
pub struct SourceListArgs {
    /// Only this kind, such as `feed`
    pub kind: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: Format,
}

/// Options of `source import`.
#[derive(Debug, Args)]
pub struct SourceImportArgs {
    /// The list; `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: std::path::PathBuf,
    /// Where the settings are.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Options of `source test`.
#[derive(Debug, Args)]
pub struct SourceTestArgs {
    /// Name of the source, as it stands in the settings
    #[arg(value_name = "NAME")]
    pub name: String,
    /// Where the settings are.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How many posts to wait for
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub posts: usize,
    /// How many seconds to wait for them
    #[arg(long, default_value_t = 30, value_name = "SECONDS")]
    pub seconds: u64,
}
