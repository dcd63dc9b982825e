//! What can be typed: the commands and their options, in words a newcomer understands.

mod acts;
mod ask;
mod care;
mod mail;
mod route;
mod rules;
mod source;

use std::path::PathBuf;

pub use acts::{
    AlertArgs, DecisionsArgs, FeedbackArgs, FixedArgs, IgnoreArgs, KnownArgs, LeaveArgs, LedgerArgs,
    MergeArgs, NameArgs, SilenceArgs, SplitArgs, Useful,
};
pub use ask::{
    AlertsArgs, AssessArgs, BacktestArgs, ClustersArgs, DetectArgs, ExplainArgs, ImportArgs, SearchArgs,
    StatusArgs, StatusFormat,
};
pub use care::{AuthorArgs, BackupArgs, CompletionsArgs, DoctorArgs, ManArgs, RestoreArgs};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use mail::{MailArgs, MailCommand, MailPreviewArgs, MailTestArgs};
pub use route::{RouteArgs, SeverityArg};
pub use rules::{CheckArgs, FmtArgs, MatchArgs, TestArgs};
pub use source::{SourceArgs, SourceCommand, SourceImportArgs, SourceListArgs, SourceTestArgs};

/// groundswell listens to what people say in public about your products, groups the complaints among them, and
/// e-mails the team that owns the product when one begins to grow.
///
/// New here? `groundswell demo` shows all of it in a few seconds, without network or set-up.
#[derive(Debug, Parser)]
#[command(name = "groundswell", version, propagate_version = true, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the daemon: listen, analyse, and send e-mail until told to stop
    Run(RunArgs),
    /// Show the whole thing on three months of made-up posts: no network, no set-up
    Demo(DemoArgs),
    /// Find every problem in the rule files
    Check(CheckArgs),
    /// Lay the rule files out in one way; comments and the order of everything stay
    ///
    /// Example: groundswell fmt --rules rules
    Fmt(FmtArgs),
    /// Try the examples and scenarios that stand beside the rules
    ///
    /// Examples are the [[topic.example]] of the rule files; scenarios are files in DIR/tests: posts with times, who would
    /// be alerted and when, and what must stay silent. They are played through the real pipeline on a simulated clock.
    ///
    /// Example: groundswell test --rules rules
    Test(TestArgs),
    /// Replay history as if it were live, and show which alerts would have opened
    Backtest(BacktestArgs),
    /// Show which products and topics posts match, and by which words
    Match(MatchArgs),
    /// Show what is thought of posts: language, sentiment, complaint, and the cues behind it
    Assess(AssessArgs),
    /// Run the spike detector alone over a CSV file of counts (timestamp,value)
    ///
    /// Each row is told as JSON: what was counted, what was expected from the rows before it, the evidence (log10) that
    /// more is going on than usual, and whether that is an alarm. Rows that are missing are gaps, not zeros.
    ///
    /// Example: groundswell detect --interval 1h visits.csv
    Detect(DetectArgs),
    /// Take history into the log and the index, so that the daemon knows what is usual
    ///
    /// Posts that a product's rules match are stored; they teach what is usual and never alert. Lines that cannot be
    /// read are kept in FILE.rejects.jsonl. Doing it twice does no harm, and a daemon may run meanwhile.
    ///
    /// Example: groundswell import --rules rules last-year.jsonl
    Import(ImportArgs),
    /// Search the posts that were stored
    ///
    /// Examples: groundswell search 'keys NEAR/8 close'; groundswell search '"mini 9" source:reddit rating<=2'
    Search(SearchArgs),
    /// Say why an alert opened, or why nothing opened about a text
    ///
    /// Examples: groundswell explain mini-9-20250106-ab12; groundswell explain --not "the return key is too close"
    Explain(ExplainArgs),
    /// Say who would be written to about something, when, and by which line of the rules
    ///
    /// Examples: groundswell route --product mini-9 --region BR --explain; groundswell route --text "my mini 9 smokes";
    /// groundswell route mini-9-20250106-ab12
    Route(RouteArgs),
    /// List alerts
    ///
    /// Example: groundswell alerts --open
    Alerts(AlertsArgs),
    /// Say that an alert has been seen: updates become rarer
    ///
    /// Example: groundswell ack mini-9-20250106-ab12
    Ack(AlertArgs),
    /// Say that an alert is over
    ///
    /// The team is told; should the complaint grow again within 90 days, the same alert comes back.
    ///
    /// Example: groundswell resolve mini-9-20250106-ab12
    Resolve(AlertArgs),
    /// Say that the cause of an alert is fixed: it ends, and is watched
    ///
    /// The team is told when the fix holds: when far fewer people say it than would have at the rate before. Should it
    /// come back, the same alert does, as "back after a fix".
    ///
    /// Example: groundswell fixed mini-9-20250106-ab12 --in "firmware 2.1"
    Fixed(FixedArgs),
    /// Say on which day you would have known of an alert's cause otherwise
    ///
    /// Example: groundswell known mini-9-20250106-ab12 2025-02-14 --how "tickets passed the threshold"
    Known(KnownArgs),
    /// Show what became of all alerts, and how long before you would have known otherwise they came
    ///
    /// Example: groundswell ledger --format json
    Ledger(LedgerArgs),
    /// Send no mail about a product, cluster or alert for a time
    ///
    /// Alerts still open and close, they are only not written about.
    ///
    /// Example: groundswell silence mini-9 --days 3 --why "recall is under way"
    Silence(SilenceArgs),
    /// Say whether an alert was worth it; "no" ends it and raises its bar
    ///
    /// Example: groundswell feedback mini-9-20250106-ab12 no
    Feedback(FeedbackArgs),
    /// Send no more letters of a team to an address, as its owner can do from a letter; --undo takes it back
    ///
    /// Example: groundswell leave netbooks ana@example.org --undo
    Leave(LeaveArgs),
    /// Show what people decided: who, when and why, and how it is taken back
    ///
    /// Example: groundswell decisions --about mini-9
    Decisions(DecisionsArgs),
    /// Say that two clusters are one complaint; --undo takes it back
    ///
    /// `groundswell explain` names the clusters; `groundswell clusters` lists them, with --ideas what people wish for.
    ///
    /// Example: groundswell merge mini-9.c17 mini-9.c4
    Merge(MergeArgs),
    /// Say that some posts of a cluster are a complaint of their own; --undo takes it back
    ///
    /// Example: groundswell split mini-9.c17 bluesky:3kabc reddit:t1_xyz
    Split(SplitArgs),
    /// Show what people say about a product, complaint by complaint; with --ideas, what they wish for
    ///
    /// The largest first, each with the name that an alert would bear and the posts that say it best. The ids are what
    /// `merge`, `split`, `name` and `ignore` want.
    ///
    /// Example: groundswell clusters mini-9
    Clusters(ClustersArgs),
    /// Give a cluster the name that its alerts bear, whatever its posts say later
    ///
    /// An empty name gives it back to the posts.
    ///
    /// Example: groundswell name mini-9.c17 "Enter key beside the apostrophe"
    Name(NameArgs),
    /// Say that what a cluster says is no concern of ours: it never alerts, and its posts count for no other alert
    ///
    /// Example: groundswell ignore mini-9.c17 --why "resellers' spam"
    Ignore(IgnoreArgs),
    /// Show which kinds of sources there are, or try one of the settings without storing anything
    ///
    /// Examples: groundswell source list; groundswell source test bluesky
    Source(SourceArgs),
    /// Show sources, lag, rules in force, outbox and index
    ///
    /// Ends with status 1 when something needs a person: a failed source, refused rules, letters that cannot be sent,
    /// or a reader of the log that is over an hour behind.
    ///
    /// --format prometheus prints figures, such as for the textfile collector of a node exporter.
    ///
    /// Example: groundswell status --format json
    Status(StatusArgs),
    /// Look an installation over: settings, folders, rules, mail server, sources, disk, clock and systemd unit
    ///
    /// Says of everything that is wrong what to do, and ends with status 1 when something has to be mended. Sends nothing.
    ///
    /// Example: groundswell doctor
    Doctor(DoctorArgs),
    /// Copy all that is known to one file, while the daemon runs
    ///
    /// Example: groundswell backup /srv/backup/groundswell-$(date +%F).db
    Backup(BackupArgs),
    /// Put a backup where there is no data yet
    ///
    /// Example: systemctl stop groundswell; groundswell restore /srv/backup/groundswell-2025-01-06.db
    Restore(RestoreArgs),
    /// Print all posts of an author that are kept, as JSON lines
    ///
    /// Example: groundswell export did:plc:abc
    Export(AuthorArgs),
    /// Delete all posts of an author that are kept, for good
    ///
    /// Their text leaves log, index, clusters and alerts, as when the platform says that a post is gone.
    ///
    /// Example: groundswell forget did:plc:abc
    Forget(AuthorArgs),
    /// Print the manual page, or write one for each command
    ///
    /// Example: groundswell man --out /usr/local/share/man/man1
    Man(ManArgs),
    /// Print what a shell needs to complete commands and options
    ///
    /// Example: groundswell completions bash > /etc/bash_completion.d/groundswell
    Completions(CompletionsArgs),
    /// See every kind of e-mail, or try the mail server
    Mail(MailArgs),
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: JSON.
    Json,
}

/// How a backtest is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LinesFormat {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON object a line.
    Jsonl,
}

/// Where the settings are.
#[derive(Clone, Debug, Args)]
pub struct ConfigArgs {
    /// Settings file
    #[arg(
        long,
        value_name = "FILE",
        env = "GROUNDSWELL_CONFIG",
        default_value = "/etc/groundswell/groundswell.toml"
    )]
    pub config: PathBuf,
    /// Data folder, instead of the one in the settings
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Folder of credentials (smtp-password, dkim-key, web-key), as systemd hands it to the service
    ///
    /// While the service runs, root finds it at /run/credentials/groundswell.service.
    #[arg(long, value_name = "DIR", env = "CREDENTIALS_DIRECTORY")]
    pub credentials: Option<PathBuf>,
}

/// Where the rules are.
#[derive(Clone, Debug, Args)]
pub struct RulesArgs {
    /// Folder with the rule files
    #[arg(long, value_name = "DIR", default_value = "rules")]
    pub rules: PathBuf,
}

/// `run`
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Rules folder, instead of the one in the settings
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Stop when every source has ended and every letter is out (for sources that are files)
    #[arg(long)]
    pub until_done: bool,
    /// Without rules that can be put in force, wait for them and take nothing in, instead of ending
    ///
    /// For a service that starts with the machine. Rules that were in force before stay so in any case.
    #[arg(long)]
    pub wait_for_rules: bool,
}

/// `demo`
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Folder for the e-mails and the page
    #[arg(long, value_name = "DIR", default_value = "groundswell-demo")]
    pub out: PathBuf,
    /// Show the page at http://127.0.0.1:7171 when done, until Ctrl-C
    #[arg(long)]
    pub serve: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
