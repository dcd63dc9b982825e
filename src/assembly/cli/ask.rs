//! The options of what only reads, or reads in: history, posts, alerts, clusters, the state of things.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{ConfigArgs, Format, LinesFormat, RulesArgs};

/// `backtest`
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// Rules.
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Posts as JSON, one a line, in order of arrival ("-" is standard input)
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub mentions: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: LinesFormat,
    /// Write the cluster of every clustered post to this file (JSON lines)
    #[arg(long, value_name = "FILE")]
    pub assignments: Option<PathBuf>,
    /// Compare with another set of rules: alerts gained, lost, earlier, later
    #[arg(long, value_name = "DIR")]
    pub against: Option<PathBuf>,
    /// Days on which it was known otherwise (JSON lines: at, title, optional product and match): report the lead time
    #[arg(long, value_name = "FILE")]
    pub known: Option<PathBuf>,
    /// By what posts in other words meet: built-in, off (words alone), the file of a table, or the folder of a sentence
    /// encoder
    #[arg(long, value_name = "MODEL", default_value = "built-in")]
    pub model: String,
    /// An alert leads a known day if it opened at most so many days before
    #[arg(long, value_name = "DAYS", default_value_t = 730.0)]
    pub within: f64,
}

/// `assess`
#[derive(Debug, Args)]
pub struct AssessArgs {
    /// Folder with rule files: its lexicon/ adds to the built-in one
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// A text to try, instead of posts
    #[arg(long, value_name = "TEXT", conflicts_with = "files")]
    pub text: Option<String>,
    /// Posts as JSON, one a line ("-" or nothing is standard input)
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `detect`
#[derive(Debug, Args)]
pub struct DetectArgs {
    /// Length of one row, such as 5m, 1h, 1d or 1w; without it, the commonest distance between rows
    #[arg(long, value_name = "TIME")]
    pub interval: Option<String>,
    /// False alarms a year that you put up with
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    pub budget: f64,
    /// CSV file with a timestamp and a value a row ("-" or nothing is standard input)
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

/// `import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Rules folder, instead of the one in the settings
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Posts as JSON, one a line ("-" or nothing is standard input)
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// `search`
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What to look for, in the language of the rules: words, "phrases", AND OR NOT, NEAR/5, source:reddit …
    #[arg(required = true, value_name = "QUERY")]
    pub query: Vec<String>,
    /// At most so many posts, those stored last first
    #[arg(long, short = 'n', default_value_t = 20)]
    pub limit: usize,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `explain`
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Id of the alert
    #[arg(value_name = "ALERT", required_unless_present = "not", conflicts_with = "not")]
    pub alert: Option<String>,
    /// Why did nothing open about this text?
    #[arg(long, value_name = "TEXT")]
    pub not: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `alerts`
#[derive(Debug, Args)]
pub struct AlertsArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Only those that are open
    #[arg(long)]
    pub open: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `clusters`
#[derive(Debug, Args)]
pub struct ClustersArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The product, by its id; without it all
    pub product: Option<String>,
    /// What people wish for, in place of what they complain of
    #[arg(long)]
    pub ideas: bool,
    /// Show so many of each product, the largest
    #[arg(long, default_value_t = 20)]
    pub most: usize,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `status`
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: StatusFormat,
}

/// How the status is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: JSON.
    Json,
    /// Figures for Prometheus.
    Prometheus,
}
