//! The options of what people decide: about alerts and about clusters.

use clap::{Args, ValueEnum};

use super::{ConfigArgs, Format};
use crate::ground::entry::NO_NAME;

/// `ack`, `resolve`
#[derive(Debug, Args)]
pub struct AlertArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Id of the alert
    pub alert: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `silence`
#[derive(Debug, Args)]
pub struct SilenceArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Product, cluster or alert id; "*" is everything. Safety alerts pass a silence over a product or everything
    #[arg(required_unless_present = "query")]
    pub scope: Option<String>,
    /// Instead of an id: alerts of which at least half of the posts match this query. Safety alerts pass it
    #[arg(long, value_name = "QUERY", conflicts_with = "scope")]
    pub query: Option<String>,
    /// For how many days
    #[arg(long, value_name = "DAYS", default_value_t = 7.0)]
    pub days: f64,
    /// End it for an alert that gets worse: turns dangerous, or has twice as many people
    #[arg(long)]
    pub until_worse: bool,
    /// Take the silence back: mails go out again
    #[arg(long)]
    pub undo: bool,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `fixed`
#[derive(Debug, Args)]
pub struct FixedArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Id of the alert
    pub alert: String,
    /// The version or date from which it is fixed
    #[arg(id = "fixed_in", long = "in", value_name = "VERSION", default_value = "")]
    pub version: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `known`
#[derive(Debug, Args)]
pub struct KnownArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Id of the alert
    pub alert: String,
    /// The day, such as 2025-05-02
    #[arg(required_unless_present = "undo", conflicts_with = "undo")]
    pub day: Option<String>,
    /// How you would have known: tickets, a threshold, a recall
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub how: String,
    /// Take it back: there is no such day
    #[arg(long)]
    pub undo: bool,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `ledger`
#[derive(Debug, Args)]
pub struct LedgerArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `feedback`
#[derive(Debug, Args)]
pub struct FeedbackArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Id of the alert
    pub alert: String,
    /// Was it worth it?
    #[arg(value_enum)]
    pub useful: Useful,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// Was it worth it?
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Useful {
    /// It was.
    Yes,
    /// It was not an issue.
    No,
}

/// `leave`
#[derive(Debug, Args)]
pub struct LeaveArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The team, by its id in teams.toml
    pub team: String,
    /// The address
    pub address: String,
    /// Take it back: the address gets letters again
    #[arg(long)]
    pub undo: bool,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `merge`
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The cluster that ends, such as mini-9.c17, or the idea, such as mini-9.i3
    pub from: String,
    /// The cluster that stays
    pub into: String,
    /// Take it back: the posts that came with the first leave again
    #[arg(long)]
    pub undo: bool,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `name`
#[derive(Debug, Args)]
pub struct NameArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The cluster, such as mini-9.c17, or the idea, such as mini-9.i3
    pub cluster: String,
    /// Its name
    #[arg(required_unless_present = "undo", conflicts_with = "undo")]
    pub name: Option<String>,
    /// Take the name back: it is called again by what its posts say
    #[arg(long)]
    pub undo: bool,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `ignore`
#[derive(Debug, Args)]
pub struct IgnoreArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The cluster, such as mini-9.c17
    pub cluster: String,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// Take it back: it may alert again
    #[arg(long)]
    pub undo: bool,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `split`
#[derive(Debug, Args)]
pub struct SplitArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// The cluster, such as mini-9.c17
    pub cluster: String,
    /// The posts that leave it, as SOURCE:ID
    #[arg(required_unless_present = "undo", value_name = "SOURCE:ID")]
    pub posts: Vec<String>,
    /// Take the split of these posts back, or the last one that stands: what they became joins the cluster again
    #[arg(long)]
    pub undo: bool,
    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub why: String,
    /// Who says so
    #[arg(long, value_name = "NAME", env = "USER", default_value = NO_NAME)]
    pub by: String,
}

/// `decisions`
#[derive(Debug, Args)]
pub struct DecisionsArgs {
    /// Settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Only those about this product, topic, cluster, alert or team
    #[arg(long, value_name = "ID")]
    pub about: Option<String>,
    /// The newest, so many
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    pub most: usize,
    /// How to print
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}
