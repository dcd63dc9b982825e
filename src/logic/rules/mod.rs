//! Rules: what support staff write down about products, topics and teams, and what it finds in a post.
//!
//! The files become one [`RuleSet`], or a list of everything that is wrong with them; there is nothing in between.

mod bits;
pub mod fix;
mod gate;
pub mod layout;
pub(super) mod lint;
mod load;
mod matcher;
pub mod measure;
mod names;
pub mod query;
mod quiet;
pub mod report;
mod route;
pub mod scenario;
mod schedule;

#[cfg(test)]
mod golden;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::ground::alert::Severity;
use crate::ground::diagnostic::{Diagnostic, Place};
use crate::ground::entry::RuleFiles;
use crate::ground::post::Post;
use crate::logic::text::{Lang, Token};

pub(in crate::logic) use lint::syntax::unreadable;
pub use query::{Query, parse_query, read_query};
pub use quiet::Quiet;
pub use route::{Destination, Facts, Route, RouteReason, Unmet};
pub use schedule::Schedule;

/// The largest rule file, in bytes.
pub const MAX_FILE_BYTES: usize = load::MAX_FILE_BYTES;
/// Most topics in all files together.
pub const MAX_TOPICS: usize = load::MAX_TOPICS;

/// Reads the scenarios of a rules folder (`tests/*.toml`), and tells what is wrong with them. Those of a file with an
/// error are left out.
pub fn load_scenarios(files: &RuleFiles, rules: &RuleSet) -> (Vec<scenario::Scenario>, Vec<Diagnostic>) {
    load::scenario::load(files, rules)
}

/// Files of a rules folder that are not read because of how they end, as problems.
pub fn not_read(paths: &[String]) -> Vec<Diagnostic> {
    paths.iter().map(|path| lint::files::other_ending(path)).collect()
}

/// Files of a rules folder that cannot be opened, each by its path there and with why, as problems; and those of `told` without
/// what may only follow from that.
pub fn with_unreadable(unreadable: &[(String, String)], mut told: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if !unreadable.is_empty() {
        const FOLLOWS: [&str; 10] = [
            "product-unknown-team",
            "route-unknown-team",
            "route-unknown-product",
            "route-unknown-topic",
            "route-unknown-segment",
            "route-unreachable",
            "fallback-unused",
            "team-unused",
            "no-product",
            "scenario-unknown",
        ];
        told.retain(|problem| !FOLLOWS.contains(&problem.code));
    }
    unreadable.iter().map(|(_, said)| lint::files::unreadable(said)).chain(told).collect()
}

/// What between the rules in force and new ones was given another id and says nothing about its history, which would stay
/// behind: errors, for whoever puts the new ones in force.
pub fn renamed(old: &RuleSet, new: &RuleSet) -> Vec<Diagnostic> {
    lint::renamed::between(old, new)
}

/// What is wrong with a region that somebody asks about, such as `BR` or `BR-SP`, in words with what to write; `None` where
/// there is such a country.
pub fn wrong_region(tag: &str) -> Option<String> {
    let problem = lint::codes::region(0..0, tag, str::to_owned)?;
    let named = lint::codes::country_named(tag).map(|code| format!("write {code}"));
    Some(format!("{}; {}", problem.message, named.unwrap_or(problem.help)))
}

/// What is wrong with a language that somebody asks about, such as `pt`, and whether it certainly is: some codes are those
/// of a language that is nearly never meant.
pub fn wrong_language(tag: &str) -> Option<(String, bool)> {
    let problem = lint::codes::language(0..0, tag, str::to_owned)?;
    let named = lint::codes::language_named(tag).map(|code| format!("write {code}"));
    let certain = named.is_some() || problem.fix.is_some() || !problem.help.contains("leave it");
    Some((format!("{}; {}", problem.message, named.unwrap_or(problem.help)), certain))
}

/// All rules that are in force together; by default none.
#[derive(Clone, Debug, Default)]
pub struct RuleSet {
    /// The products, in order of their files.
    pub products: Vec<Product>,
    /// The teams by their id.
    pub teams: BTreeMap<String, Team>,
    /// Who gets what, in order: the first that fits decides.
    pub routes: Vec<Route>,
    /// The team that gets what no product's team owns, and where that stands.
    pub fallback: Option<(String, Place)>,
    index: matcher::Index,
    gate: gate::Gate,
}

/// A product that is watched.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its id: unique, and for good.
    pub id: String,
    /// Ids that it had before: their history is its own. `None` where the rules do not say; an empty list says that it
    /// begins anew.
    pub was: Option<Vec<String>>,
    /// Its name as people know it.
    pub name: String,
    /// Which posts are about it (`match`).
    pub query: Query,
    /// Which of these are not after all (`not`).
    pub not: Option<Query>,
    /// Id of the team that owns it, or of the fallback; the team exists.
    pub team: String,
    /// Where its team is named; nowhere when the fallback owns it.
    pub team_at: Option<Place>,
    /// The language that the team reads in, where it says so: complaints are named in it.
    pub language: Option<Lang>,
    /// What is clustered.
    pub clusters: ClusterMode,
    /// Complaints that have a name.
    pub topics: Vec<Topic>,
    /// What letters and routes tell apart within it, in order.
    pub segments: Vec<Segment>,
    /// Where it is defined.
    pub origin: Place,
}

/// A part of a product that letters and routes tell apart: a model, a plan, an app. Each person is counted for one.
#[derive(Clone, Debug)]
pub struct Segment {
    /// What it is called, in letters too.
    pub name: String,
    /// Which of the product's mentions speak of it.
    pub query: Query,
}

impl Product {
    /// The segment that a post speaks of: the first that fits.
    pub fn segment_of(&self, subject: &Subject<'_>) -> Option<&str> {
        self.segments.iter().find(|s| s.query.matches(subject).is_some()).map(|s| s.name.as_str())
    }
}

/// Which mentions of a product are clustered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClusterMode {
    /// Those that complain.
    #[default]
    Complaints,
    /// All.
    All,
    /// None: only topics are watched.
    None,
}

/// A complaint worth naming.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its id: unique within the product.
    pub id: String,
    /// Ids that it had before, as [`Product::was`].
    pub was: Option<Vec<String>>,
    /// What it is called in alerts.
    pub title: String,
    /// Which of the product's mentions are about it.
    pub query: Query,
    /// How much it matters.
    pub severity: Severity,
    /// Texts that show what it finds and what not. Those that do not hold are told by [`RuleSet::load`].
    pub examples: Vec<Example>,
    /// Where it is defined.
    pub origin: Place,
}

/// A text beside a topic that shows what the topic is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// What somebody could say.
    pub text: String,
    /// Should the topic find it?
    pub expect: bool,
    /// Where it stands.
    pub place: Place,
}

/// People who get mail together.
#[derive(Clone, Debug, PartialEq)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// Its addresses: at least one.
    pub email: Vec<String>,
    /// False alarms a year that the team puts up with: over 0.
    pub false_alarms_a_year: f64,
    /// Alerts a year about complaints that are shared more than usual; `None`: not asked for.
    pub viral_alerts_a_year: Option<f64>,
    /// Alert mails a day that the team gets at most; what is beyond is told in a collected one.
    pub mails_a_day: u32,
    /// The language it reads in, where it says so: complaints are named in it where somebody used it.
    pub language: Option<Lang>,
    /// When the digest goes out (`monday 08:00 America/New_York`), if there is one.
    pub digest: Option<String>,
    /// The zone that its times are meant in, where they name none.
    pub zone: Option<TimeZone>,
    /// When letters about alerts go out.
    pub alerts: Alerts,
    /// When it wants to be left alone: what comes then waits, save what is dangerous.
    pub quiet: Option<Quiet>,
    /// The team that this is a single recipient of, who gets its letters at other times: everything that goes to that team
    /// goes to this one too, in a thread of its own. Its id is that team's, a slash and the address.
    pub of: Option<String>,
    /// Where it is defined.
    pub origin: Place,
}

/// When letters about alerts go out. What is dangerous always goes at once.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Alerts {
    /// As they happen.
    #[default]
    AtOnce,
    /// As one list, then.
    Listed(Schedule),
    /// Not at all: the digest tells them.
    InDigest,
}

impl RuleSet {
    /// The recipients of a team who want its letters at times of their own.
    pub fn recipients<'a>(&'a self, team: &'a str) -> impl Iterator<Item = &'a Team> {
        self.teams.values().filter(move |other| other.of.as_deref() == Some(team))
    }
}

impl Team {
    /// When the digest goes out, if there is one.
    pub fn digest_due(&self) -> Option<Schedule> {
        Schedule::parse_in(self.digest.as_deref()?, self.zone.as_ref())
    }
}

/// A post as rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The post.
    pub post: &'a Post,
    /// [`Post::full_text`]: what `tokens` point into.
    pub text: &'a str,
    /// The tokens of `text`, stemmed as `lang`.
    pub tokens: &'a [Token],
    /// The language of the text.
    pub lang: Lang,
    /// Sentiment from −1 to 1, where it is known. Tests of it fail where it is not.
    pub sentiment: Option<f64>,
}

/// A product that a post is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductMatch {
    /// Index in [`RuleSet::products`].
    pub product: usize,
    /// The words that made it so, as the post spells them.
    pub words: Vec<String>,
    /// The product's topics that the post is about.
    pub topics: Vec<TopicMatch>,
}

/// A topic that a post is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicMatch {
    /// Index in [`Product::topics`].
    pub topic: usize,
    /// The words that made it so, as the post spells them.
    pub words: Vec<String>,
}

impl Product {
    /// What this product of new rules is in the old ones: the product of its id, or one of an id that it had before.
    pub fn before<'o>(&self, old: &'o RuleSet) -> Option<&'o Self> {
        let of = |id: &str| old.products.iter().find(|p| p.id == id);
        of(&self.id).or_else(|| self.was.iter().flatten().find_map(|id| of(id)))
    }
}

impl Topic {
    /// How much an alert about it matters to routes, of which so much is told: as the topic says, but danger is danger.
    pub fn severity_for_routes(&self, told: Severity) -> Severity {
        if told == Severity::Safety { told } else { self.severity }
    }

    /// What this topic is in the product as it was before: the topic of its id, or one of an id that it had before.
    pub fn before<'o>(&self, old: &'o Product) -> Option<&'o Self> {
        let of = |id: &str| old.topics.iter().find(|t| t.id == id);
        of(&self.id).or_else(|| self.was.iter().flatten().find_map(|id| of(id)))
    }
}

impl RuleSet {
    /// Reads rule files: those at the top of the folder that end in `.toml`. `teams.toml` has the teams, every other
    /// one a product. Everything that is wrong in all files is told in one run, in order of file and place; there is
    /// a set only when none of it is an error, save examples that fail: rules with such can be tried, and whoever puts
    /// rules in force looks for errors first.
    pub fn load(files: &RuleFiles) -> (Option<Self>, Vec<Diagnostic>) {
        load::load(files)
    }

    fn new(products: Vec<Product>, teams: BTreeMap<String, Team>) -> Self {
        let index = matcher::Index::new(&products);
        let gate = gate::Gate::new(&products);
        Self { products, teams, routes: Vec::new(), fallback: None, index, gate }
    }

    /// May a post with this text ([`Post::full_text`]), whose language its source declares so, be about a product? `false`
    /// is certain, and is known without cutting the text into words.
    pub fn may_match(&self, text: &str, declared: Option<&str>) -> bool {
        self.gate.lets(text, declared)
    }

    /// Which products and topics this post is about, in order of [`RuleSet::products`] and [`Product::topics`], with
    /// the words (as the post spells them) that made it so.
    pub fn match_post(&self, subject: &Subject<'_>) -> Vec<ProductMatch> {
        self.index.matches(&self.products, subject)
    }

    /// Does any query test the sentiment? If so it has to be known before [`RuleSet::match_post`].
    pub fn uses_sentiment(&self) -> bool {
        self.products.iter().any(|product| {
            product.query.uses_sentiment()
                || product.not.as_ref().is_some_and(Query::uses_sentiment)
                || product.topics.iter().any(|topic| topic.query.uses_sentiment())
        })
    }
}
