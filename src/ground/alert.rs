//! An alert and what happens to it: the nouns that the analysis, the mails, the store and the shell share.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::language::Language;
use super::post::PostKey;
use super::reason::Reason;
pub use super::routing::{Addressee, Routing, Wait, WaitReason, team_shown};
use super::time::{DAY_MS, Timestamp, plus_ms};

/// How much a rule's author says it matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Low,
    /// The usual.
    #[default]
    Normal,
    /// Lowers the bar.
    High,
    /// Somebody could be hurt: alerts on the second voice.
    Safety,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Safety => "safety",
        })
    }
}

/// What happened to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// It began.
    Opened,
    /// It means something new.
    Updated,
    /// It is back to usual, or somebody said it is over.
    Resolved,
    /// It came back after it was resolved.
    Regressed,
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Opened => "opened",
            Self::Updated => "updated",
            Self::Resolved => "resolved",
            Self::Regressed => "regressed",
        })
    }
}

/// Where an alert stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AlertState {
    /// More people than usual say so.
    Open,
    /// Over.
    Resolved,
}

/// One post as it is quoted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    /// Which post.
    pub key: PostKey,
    /// Who, as people see the name.
    pub author_name: Option<String>,
    /// How many people follow the author.
    pub followers: Option<u64>,
    /// What was said.
    pub text: String,
    /// Where it can be read.
    pub url: Option<String>,
    /// When it was written.
    pub at: Timestamp,
    /// Language tag.
    pub lang: String,
    /// Region tag.
    pub region: Option<String>,
}

/// People heard on one day, beside how many are usual.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayCount {
    /// Number of the day since 1970 (UTC).
    pub day: i64,
    /// Distinct people.
    pub people: u32,
    /// Expected people.
    pub expected: f64,
}

/// The figures with which anyone can redo the sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sum {
    /// Usual people a day, as believed at that moment.
    pub level: f64,
    /// Shape of the gamma belief about the level: how many people it rests on.
    pub level_shape: f64,
    /// Day-level overdispersion α (var = E + αE²).
    pub dispersion: f64,
    /// log10 of the evidence.
    pub score: f64,
    /// log10 of the bar that the evidence has to pass.
    pub bar: f64,
    /// Clusters and topics that share the team's budget: the m of the bar 365·m/b.
    pub series: u32,
    /// The team's budget b, false alarms a year.
    pub budget: f64,
}

/// One thing that happened to an alert, with all that a mail, a page or a shell needs to tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlertEvent {
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub at: Timestamp,
    /// Id of the alert: the same for all its events.
    pub alert: String,
    /// Number of this event within the alert, from 0.
    pub number: u32,
    /// Id of the product.
    pub product: String,
    /// The product's name as people know it.
    pub product_name: String,
    /// Id of the topic, when a rule named the complaint.
    pub topic: Option<String>,
    /// Id of the cluster, when the posts themselves formed it. A topic's own series has one too.
    pub cluster: String,
    /// Readable name of the complaint.
    pub label: String,
    /// How much it matters.
    pub severity: Severity,
    /// Why.
    pub reason: Reason,
    /// People heard in the window. An update tells of all since the first, as the letter before it did of those until then.
    pub observed: u32,
    /// People usual in such a window.
    pub expected: f64,
    /// Length of the window in days.
    pub window_days: u32,
    /// Distinct people in the evidence.
    pub authors: u32,
    /// Reposts and near-copies beside them.
    pub echoes: u32,
    /// When the first of them wrote: the same in all letters of an alert, until it comes back.
    pub since: Timestamp,
    /// The evidence, oldest first.
    pub evidence: Vec<PostKey>,
    /// Quotes chosen to differ.
    pub quotes: Vec<Quote>,
    /// The last weeks, oldest day first.
    pub series: Vec<DayCount>,
    /// Where it was heard: source → people.
    pub sources: BTreeMap<String, u32>,
    /// Region → people, where known.
    pub regions: BTreeMap<String, u32>,
    /// Language → people.
    pub languages: BTreeMap<String, u32>,
    /// Segment of the product → people, where they said which.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub segments: BTreeMap<String, u32>,
    /// Words that set it apart from the product's other complaints.
    pub words: Vec<String>,
    /// Mean sentiment of the evidence, −1 to 1.
    pub sentiment: f64,
    /// Chance alone would bring this about once in so many years.
    pub chance_years: Option<f64>,
    /// The sum behind it.
    pub sum: Sum,
    /// Where the rule stands that names the complaint (`rules/mini-9.toml:14`); of a complaint that no rule names, where its
    /// product stands.
    pub origin: String,
    /// The team.
    pub team: String,
    /// The language that the team reads its letters in.
    #[serde(default)]
    pub language: Language,
    /// The time zone that the team reads its letters in, as the rules name it; UTC where they name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Addresses that get the mail; empty when nobody is to be told.
    pub deliver_to: Vec<String>,
    /// No letter about this goes to the team now: it waits, and `routing` says why and until when.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Who else is told, and why they are.
    #[serde(default, skip_serializing_if = "Routing::is_plain")]
    pub routing: Routing,
    /// When the alert opened.
    pub opened_at: Timestamp,
    /// Most people in any window so far.
    pub peak: u32,
    /// People heard since it opened, the evidence at opening included.
    pub total: u32,
    /// What else is to be said about it.
    #[serde(default)]
    pub beside: Beside,
}

impl AlertEvent {
    /// The topic that it is about: the one whose query watches for it, or the one that its posts are of although they
    /// opened it by themselves.
    pub fn about(&self) -> Option<&str> {
        self.topic.as_deref().or(self.routing.topic.as_deref())
    }

    /// Everybody who is told: the event's team first.
    pub fn addressees(&self) -> impl Iterator<Item = (&str, &[String], Option<Wait>)> {
        // Events of earlier versions say that they are held, and not why.
        let limit = Wait { until: None, why: WaitReason::DailyLimit };
        let wait = self.routing.wait.or(self.held.then_some(limit));
        let others = self.routing.also.iter().map(|a| (a.team.as_str(), a.deliver_to.as_slice(), a.wait));
        std::iter::once((self.team.as_str(), self.deliver_to.as_slice(), wait)).chain(others)
    }

    /// The event as the letter to this team tells it; as it is where the team is not told.
    pub fn told_to(mut self, team: &str) -> Self {
        if let Some(at) = self.routing.also.iter().position(|other| other.team == team) {
            let other = self.routing.also.swap_remove(at);
            self.team = other.team;
            self.language = other.language;
            self.zone = other.zone;
            self.deliver_to = other.deliver_to;
            self.routing.via = other.via;
            self.routing.wait = other.wait;
            self.held = other.wait.is_some();
        }
        self
    }
}

/// What is to be said beside the figures of an event, where there is anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Beside {
    /// Sources and regions that it has reached since it was last written about.
    pub new_places: Vec<String>,
    /// Another open alert, which may be about the same matter in other words; of one that was merged, the one that goes on.
    pub perhaps: Option<Related>,
    /// Accounts that wrote nearly the same words within a day, none sharing another's post: that looks arranged.
    pub coordinated: u32,
    /// When many complaints about a product grow at once: all of them, this one last.
    pub storm: Vec<Related>,
    /// What a person said it was fixed in, and when.
    pub fixed: Option<Fixed>,
    /// It is about one complaint that is passed on: the people are those who share it.
    pub shared: bool,
    /// What the last letter before this one said: an update is compared with it.
    pub before: Option<Before>,
    /// It had ended before, and came back: what is told is of since then.
    pub back: bool,
    /// Of one that opened: the alert that the same complaint had before, by when that ended and its people in all.
    pub earlier: Option<Earlier>,
    /// Who ended it by hand; empty where nobody did.
    pub by: String,
    /// People whose posts are in the same cluster since then, and who are not counted: they say it in other words, or
    /// something else.
    pub more: u32,
    /// Of an alert that opened with danger: people who speak of the same without telling of any, and are not counted.
    pub harmless: u32,
    /// Of an alert that turned dangerous: how many of its people tell of danger.
    pub dangerous: u32,
}

/// What a letter said of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Before {
    /// When it was written.
    pub at: Timestamp,
    /// People that it told of …
    pub people: u32,
    /// … in so many days.
    pub days: u32,
}

/// The alert that a complaint had before this one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    /// When it ended.
    pub at: Timestamp,
    /// Its people in all …
    pub people: u32,
    /// … in so many days.
    pub days: u32,
    /// A person called it no issue.
    #[serde(default)]
    pub no_issue: bool,
}

/// Another alert, as it is named beside one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// Its id.
    pub alert: String,
    /// Its name.
    pub label: String,
    /// People heard when it was written about.
    pub people: u32,
    /// Its cluster (`mini-9.c17`): what commands merge.
    #[serde(default)]
    pub cluster: String,
    /// How much it matters.
    #[serde(default)]
    pub severity: Severity,
    /// People who are counted in both, where that is known.
    #[serde(default)]
    pub shared: u32,
}

/// A person said that something is fixed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fixed {
    /// When they said so.
    pub at: Timestamp,
    /// The version or date from which it is, in their words; empty where they did not say.
    pub version: String,
    /// People heard since.
    pub heard: u32,
    /// People that would have been heard since, at the rate before.
    pub expected: f64,
}

/// One mail about no single event: what a team was not told one by one, because it was too much for a day, or a digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Collected {
    /// When.
    pub at: Timestamp,
    /// Id of the team.
    pub team: String,
    /// The language that the team reads its letters in.
    #[serde(default)]
    pub language: Language,
    /// The time zone that the team reads its letters in; UTC where the rules name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Addresses that get it.
    pub deliver_to: Vec<String>,
    /// Mails a day that the team gets at most.
    pub mails_a_day: u32,
    /// What is listed, oldest first: alert and number of its event.
    pub events: Vec<(String, u32)>,
    /// More of the same that is not listed.
    pub more: u32,
    /// Why these were not told one by one, where it was not for the day's limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<WaitReason>,
    /// It is the digest of the week or the day instead, and lists no events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Box<Digest>>,
}

impl Collected {
    /// Whether at `now` it is a digest that need not go any more: half of its stretch has passed since, so that the next is
    /// nearer, and nothing happened that the next would not tell. So whoever starts with history, or after days of standing
    /// still, gets one digest and not one for each that was missed.
    pub fn is_out_of_date(&self, now: Timestamp) -> bool {
        self.digest.as_ref().is_some_and(|digest| {
            let late = plus_ms(self.at, i64::from(digest.days) * DAY_MS / 2) <= now;
            late && digest.told.is_empty() && digest.more_told == 0
        })
    }
}

/// An alert as it stands now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Where it stands.
    pub state: AlertState,
    /// Who acknowledged it, if somebody did.
    pub acknowledged_by: Option<String>,
    /// Its last event.
    pub last: AlertEvent,
}
