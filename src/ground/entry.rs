//! The log: everything that the analysis may know, in one order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::post::{Post, PostKey};
use super::time::Timestamp;

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Position in the log, from 1, without end and without return.
    pub seq: u64,
    /// When it was written to the log.
    pub at: Timestamp,
    /// What it says.
    pub body: Body,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A post that some product's rules matched.
    Post {
        /// The post.
        post: Box<Post>,
        /// It was imported: it teaches what is usual, and never alerts.
        history: bool,
    },
    /// The platform says that the post is gone. Its text has left the log by the time this is read.
    Delete(PostKey),
    /// The clock moved. Nothing in the analysis knows the time from anywhere else.
    Tick,
    /// A source was deaf from `from` until `to`; what it missed is a gap in the baseline, not a zero.
    Gap {
        /// Name of the source.
        source: String,
        /// Last moment it certainly heard.
        from: Timestamp,
        /// First moment it heard again.
        to: Timestamp,
    },
    /// These rules are in force from here on.
    Rules(RuleFiles),
    /// A person decided something.
    Act(Act),
    /// A topic's query is new: so spoke people of it before, as far as the log knows.
    Baseline {
        /// Id of the product.
        product: String,
        /// Id of the topic.
        topic: String,
        /// Who spoke when, in order of time.
        spoken: Vec<Spoken>,
    },
}

/// Somebody said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// When it was written.
    pub at: Timestamp,
    /// Hash of the voice.
    pub voice: u64,
}

/// Stands in the text of a rule file at the first byte that is not UTF-8. No file that ever was in force can have it: TOML
/// forbids it.
pub const NOT_UTF8: char = '\0';

/// The content of a rules folder: relative path → text, in order of path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFiles {
    /// The folder, as it was named to us: for messages only.
    pub folder: String,
    /// The files.
    pub files: Vec<RuleFile>,
}

/// One rule file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleFile {
    /// Path relative to the rules folder, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Who decided, where nobody gave a name.
pub const NO_NAME: &str = "somebody";

/// What a person decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Act {
    /// Who, as far as known; [`NO_NAME`] where they did not say.
    pub by: String,
    /// What.
    pub what: Deed,
    /// Why, in their words; empty where they did not say, and where the deed has a reason of its own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// For each cluster that it names, posts that were in it: clusters get other numbers when the log is folded with
    /// another table of meanings or by a later version, and the decision has to follow what it was about.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub posts: BTreeMap<String, Vec<PostKey>>,
}

/// The decisions people can make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Seen; updates go on, but no more are needed soon.
    Acknowledge {
        /// Id of the alert.
        alert: String,
    },
    /// It is over.
    Resolve {
        /// Id of the alert.
        alert: String,
    },
    /// No mails about this product or cluster until then.
    Silence {
        /// Product, cluster or alert id; `*` is everything.
        scope: String,
        /// Why.
        why: String,
        /// Until when.
        until: Timestamp,
        /// It ends before that for an alert that gets worse: turns dangerous, or has twice as many people.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        until_worse: bool,
    },
    /// It is fixed: it ends, and is watched whether that holds.
    Fixed {
        /// Id of the alert.
        alert: String,
        /// The version or date from which it is, in their words; empty where they did not say.
        #[serde(default)]
        version: String,
    },
    /// The company would have known otherwise on that day: what the lead time of an alert is counted to.
    Known {
        /// Id of the alert.
        alert: String,
        /// The day.
        at: Timestamp,
        /// How: a ticket, a threshold, a recall.
        title: String,
        /// It is taken back: that day was said, and is not so.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        withdrawn: bool,
    },
    /// These two clusters are one complaint: `from` joins `into`.
    Merge {
        /// The cluster that ends.
        from: String,
        /// The cluster that stays.
        into: String,
    },
    /// These posts are a complaint of their own.
    Split {
        /// The cluster they leave.
        cluster: String,
        /// The posts.
        posts: Vec<PostKey>,
        /// The cluster that they were before a merge that is taken back here: its id is theirs again where nobody has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again: Option<String>,
    },
    /// This cluster is called so, whatever its posts say later.
    Name {
        /// The cluster.
        cluster: String,
        /// Its name; empty gives it back to the posts.
        name: String,
    },
    /// What this cluster says never alerts.
    Ignore {
        /// The cluster.
        cluster: String,
        /// False takes it back.
        ignored: bool,
        /// Why.
        why: String,
    },
    /// Was the alert worth it?
    Feedback {
        /// Id of the alert.
        alert: String,
        /// False is "not an issue": it raises that cluster's bar.
        useful: bool,
        /// It takes back that it was said to be no issue: the bar goes down again, and the alert may come back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        taken_back: bool,
    },
    /// Letters to this team go to this address no more.
    Leave {
        /// Id of the team.
        team: String,
        /// The address.
        address: String,
        /// False takes it back.
        left: bool,
    },
}
