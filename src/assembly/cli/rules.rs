//! The options of what support staff do with rules.

use std::path::PathBuf;

use clap::Args;

use super::{Format, RulesArgs};

/// `check`
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Rules.
    #[command(flatten)]
    pub rules: RulesArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Mend what can be mended in one way only, and show the changes
    #[arg(long)]
    pub fix: bool,
    /// Posts as JSON, one a line: say which queries find most of them
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub sample: Vec<PathBuf>,
    /// Data folder of the daemon: compare with the rules in force, and measure queries on the posts of the last week
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder with templates of letters (the key templates in the section mail of the settings): look these over too
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Say what a code means, such as query-near-number, and check nothing
    #[arg(long, value_name = "CODE", conflicts_with_all = ["fix", "sample", "data"])]
    pub explain: Option<String>,
}

/// `fmt`
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Rules.
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Change nothing; show what would change, and end with status 1 if anything would
    #[arg(long)]
    pub check: bool,
}

/// `test`
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Rules.
    #[command(flatten)]
    pub rules: RulesArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `match`
#[derive(Debug, Args)]
pub struct MatchArgs {
    /// Rules.
    #[command(flatten)]
    pub rules: RulesArgs,
    /// Show which parts of every query hold, and what is lacking where one does not
    #[arg(long)]
    pub explain: bool,
    /// A text to try, instead of posts
    #[arg(long, value_name = "TEXT", conflicts_with = "files")]
    pub text: Option<String>,
    /// The language of the text, such as de; without it, it is told by the words, which takes more than two or three
    #[arg(long, value_name = "CODE", requires = "text")]
    pub lang: Option<String>,
    /// Posts as JSON, one a line ("-" or nothing is standard input)
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}
