//! Who is told of an event, by which line of the rules, and why their letter waits where it does.

use serde::{Deserialize, Serialize};

use super::language::Language;
use super::time::Timestamp;

/// How an event came to those who are told about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Routing {
    /// The line of the rule files by which the event's team gets it; empty where it owns the product.
    pub via: String,
    /// Why a letter to the event's team waits, where it does.
    pub wait: Option<Wait>,
    /// Other teams that are told, each in a thread of its own.
    pub also: Vec<Addressee>,
    /// The topic that its posts are of, where they opened the alert by themselves: routes take it for the topic's.
    pub topic: Option<String>,
}

/// Another team that is told about an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Addressee {
    /// Id of the team.
    pub team: String,
    /// The language that it reads its letters in.
    #[serde(default)]
    pub language: Language,
    /// The time zone that it reads its letters in; UTC where the rules name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Addresses that get the letter.
    pub deliver_to: Vec<String>,
    /// The line of the rule files by which it gets it; empty where it owns the product.
    pub via: String,
    /// Why its letter waits, where it does.
    pub wait: Option<Wait>,
}

/// A letter waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// Until when, as it looks now; never where the digest tells it.
    pub until: Option<Timestamp>,
    /// Why.
    pub why: WaitReason,
}

/// Why a letter waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitReason {
    /// The team has had its mails of the day: it is told in a list.
    DailyLimit,
    /// The team has quiet hours.
    QuietHours,
    /// The team gets its alerts as a list, at times of its own.
    Listed,
    /// The team hears of alerts by its digest alone.
    InDigest,
    /// Many complaints about a product began to grow at once, and one letter told of that.
    Storm,
}

impl WaitReason {
    /// The name as it is written in logs and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::DailyLimit => "daily-limit",
            Self::QuietHours => "quiet-hours",
            Self::Listed => "listed",
            Self::InDigest => "in-digest",
            Self::Storm => "storm",
        }
    }

    /// The words for people, after "it waits: ".
    pub fn words(self) -> &'static str {
        match self {
            Self::DailyLimit => "the team has had its mails of the day",
            Self::QuietHours => "the team has quiet hours",
            Self::Listed => "the team gets its alerts as a list",
            Self::InDigest => "the team's digest tells it",
            Self::Storm => "it is one of many complaints at once, which are told in a list",
        }
    }
}

/// The name of a team as its letters say it: that of a single recipient (`netbooks/ana@example.org`) is the team's.
pub fn team_shown(id: &str) -> &str {
    id.split_once('/').map_or(id, |(team, _)| team)
}

impl Routing {
    /// Whether there is nothing to say: one team, that owns the product, and nothing waits.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}
