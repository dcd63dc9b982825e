//! The analysis as a value, and the fold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::digest::TeamLog;
use super::product::{ProductState, ReadPost, SeriesId, Taken, voice_of};
use super::silence::Silence;
use crate::ground::alert::{AlertEvent, Collected, EventKind, Severity};
use crate::ground::entry::{Body, Entry, RuleFiles};
use crate::ground::post::{Post, PostKey};
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, hour_of};
use crate::logic::assess::{Assessment, Assessor};
use crate::logic::lifecycle::{Lid, Said, bar_for};
use crate::logic::rules::{Product, RuleSet, Subject};
use crate::logic::text::{Lang, tokenize};

/// What one entry brought about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// What happened to alerts, in order.
    pub events: Vec<AlertEvent>,
    /// Letters that had to wait and go now.
    pub released: Vec<Waited>,
    /// Mails about what teams were not told one by one.
    pub collected: Vec<Collected>,
    /// Where a post was clustered.
    pub assigned: Vec<Assigned>,
    /// The rules of this entry were refused; those before stay in force.
    pub rules_refused: bool,
}

/// A letter that had to wait.
#[derive(Clone, Debug, PartialEq)]
pub struct Waited {
    /// The alert.
    pub alert: String,
    /// Number of its event.
    pub number: u32,
    /// The team that it goes to.
    pub team: String,
    /// Addresses that get it.
    pub deliver_to: Vec<String>,
}

/// Where a post was clustered.
#[derive(Clone, Debug, PartialEq)]
pub struct Assigned {
    /// The post.
    pub key: PostKey,
    /// Product id.
    pub product: String,
    /// Cluster number at that moment.
    pub cluster: u32,
    /// The strand within it, by which it is found again later.
    pub strand: u32,
}

/// What a snapshot keeps.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) now: Option<Timestamp>,
    pub(super) rule_files: RuleFiles,
    pub(super) products: BTreeMap<String, ProductState>,
    /// How people complain, learnt from all products.
    pub(super) tongue: crate::logic::cluster::Tongue,
    /// Scope → silence.
    pub(super) silences: BTreeMap<String, Silence>,
    /// Team → addresses, in small letters, that want no letters of it.
    pub(super) left: BTreeMap<String, BTreeSet<String>>,
    /// Team → what its digests tell.
    pub(super) team_logs: BTreeMap<String, TeamLog>,
    /// Team → what it was told lately.
    pub(super) lids: BTreeMap<String, Lid>,
    /// Looks a day by team, as of the last hour: complaints of its products, and the days themselves.
    pub(super) looks: BTreeMap<String, f64>,
    /// Live series by team, as of the last hour.
    pub(super) live: BTreeMap<String, usize>,
}

/// The analysis: rules, and what was learnt from the log so far.
pub struct Analysis {
    pub(super) memory: Memory,
    pub(super) rules: Arc<RuleSet>,
    pub(super) assessor: Arc<Assessor>,
    /// No digest is due before that; `None` where it has to be worked out. It follows from the rules, and is no memory.
    pub(super) next_digest: Option<Timestamp>,
}

impl Default for Analysis {
    fn default() -> Self {
        let files = RuleFiles::default();
        Self {
            memory: Memory::default(),
            rules: Arc::new(RuleSet::default()),
            assessor: Assessor::shared(&files),
            next_digest: None,
        }
    }
}

impl Analysis {
    /// The rules in force.
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// Reads posts by the lexicons in force.
    pub fn assessor(&self) -> &Arc<Assessor> {
        &self.assessor
    }

    /// The text of the rules in force.
    pub fn rule_files(&self) -> &RuleFiles {
        &self.memory.rule_files
    }

    /// What is known of a product.
    pub fn product(&self, id: &str) -> Option<&ProductState> {
        self.memory.products.get(id)
    }

    /// What people silenced, and until when.
    pub fn silences(&self) -> &BTreeMap<String, Silence> {
        &self.memory.silences
    }

    /// The addresses of a team that get its letters: those of the rules, without those that want none.
    pub fn readers(&self, team: &str) -> Vec<String> {
        let all = self.rules.teams.get(team).map(|team| team.email.clone()).unwrap_or_default();
        let left = self.memory.left.get(team);
        all.into_iter().filter(|a| left.is_none_or(|left| !left.contains(&a.to_lowercase()))).collect()
    }

    /// The time of the newest entry.
    pub fn now(&self) -> Option<Timestamp> {
        self.memory.now
    }

    /// Takes in the next entry of the log.
    pub fn fold(&mut self, entry: &Entry) -> Outcome {
        let before = self.memory.now;
        // The clock of the log never goes back; an entry written after a clock was set back is of the same moment.
        let now = before.map_or(entry.at, |known| known.max(entry.at));
        self.memory.now = Some(now);
        let mut out = Outcome::default();
        // What waited until now goes before what happens now.
        self.release(now, &mut out);
        match &entry.body {
            Body::Post { post, history } => self.take_post(post, *history, now, &mut out),
            Body::Delete(key) => self.forget_post(key),
            Body::Tick => {}
            Body::Gap { source, from, to } => {
                for product in self.memory.products.values_mut() {
                    product.note_gap(source, *from, *to);
                }
            }
            Body::Rules(files) => out.rules_refused = !self.put_in_force(files, now, &mut out),
            Body::Act(act) => self.act(act, now, &mut out),
            Body::Baseline { product, topic, spoken } => self.learn_topic(product, topic, spoken, now),
        }
        if before.is_none_or(|known| hour_of(known) != hour_of(now)) {
            self.every_hour(before, now, &mut out);
        }
        if self.next_digest.is_none_or(|due| due <= now) {
            self.digests(before, now, &mut out);
        }
        out
    }

    /// What is thought of a post, and which products and topics it is about.
    pub fn read(&self, post: &Post) -> (Assessment, Vec<crate::logic::rules::ProductMatch>) {
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        let assessment = self.assessor.assess(post, &text, &tokens, lang);
        let subject =
            Subject { post, text: &text, tokens: &tokens, lang, sentiment: Some(assessment.sentiment) };
        let matches = self.rules.match_post(&subject);
        (assessment, matches)
    }

    pub(super) fn take_post(&mut self, post: &Post, history: bool, now: Timestamp, out: &mut Outcome) {
        let text = post.full_text();
        let lang = Lang::of(&text, post.lang.as_deref());
        let tokens = tokenize(&text, lang);
        let assessment = self.assessor.assess(post, &text, &tokens, lang);
        let subject =
            Subject { post, text: &text, tokens: &tokens, lang, sentiment: Some(assessment.sentiment) };
        let rules = Arc::clone(&self.rules);
        let said = Said {
            voice: voice_of(post),
            at: post.created_at.min(now),
            source: post.source.clone(),
            region: post.region.clone(),
            lang: lang.code().to_owned(),
            segment: None,
        };
        for matched in rules.match_post(&subject) {
            let Some(product) = rules.products.get(matched.product) else { continue };
            let said = Said { segment: product.segment_of(&subject).map(str::to_owned), ..said.clone() };
            let topics: Vec<&str> = matched
                .topics
                .iter()
                .filter_map(|t| product.topics.get(t.topic))
                .map(|t| t.id.as_str())
                .collect();
            let state = self.memory.products.entry(product.id.clone()).or_default();
            let read = ReadPost { post, tokens: &tokens, assessment: &assessment };
            let mut taken: Taken = state.take(&read, &topics, product.clusters, now, &mut self.memory.tongue);
            if let Some((cluster, strand)) = taken.cluster {
                out.assigned.push(Assigned { key: post.key(), product: product.id.clone(), cluster, strand });
                if state.clusters.wants_regroup() {
                    taken.merges = state.merge_alike(now);
                }
            }
            if !taken.merges.is_empty() {
                self.tell_merged(product, now, out);
            }
            if history {
                continue;
            }
            let Some(state) = self.memory.products.get_mut(&product.id) else { continue };
            let home = taken.cluster.and_then(|(_, strand)| state.clusters.of_strand(strand));
            let ids: BTreeSet<SeriesId> = taken
                .counted
                .into_iter()
                .map(|id| match id {
                    SeriesId::Cluster(number) => SeriesId::Cluster(state.clusters.resolve(number)),
                    other => other,
                })
                .filter(|id| matches!(id, SeriesId::Topic(_)))
                .collect();
            for id in ids {
                self.voice_heard(product, &id, &said, false, now, out);
            }
            if let Some(shared) = &taken.shared {
                self.complaint_shared(product, shared, now, out);
            }
            if let (Some(number), Some(around)) = (home, &taken.around) {
                self.complaint_heard(product, number, around, &said, now, out);
            }
        }
    }

    /// Puts new rules in force. Refused rules change nothing.
    fn put_in_force(&mut self, files: &RuleFiles, now: Timestamp, out: &mut Outcome) -> bool {
        let (Some(rules), _) = RuleSet::load(files) else { return false };
        let assessor = Arc::new(Assessor::shared(files).naming(&rules));
        let renamed = self.follow_names(&rules);
        // What an alert was about may be watched no more: say so under the old rules.
        let old = Arc::clone(&self.rules);
        for product in &old.products {
            let known_as = renamed.get(&product.id).unwrap_or(&product.id);
            let product = &Product { id: known_as.clone(), ..product.clone() };
            let stays = rules.products.iter().find(|p| p.id == product.id);
            let Some(state) = self.memory.products.get(&product.id) else { continue };
            let gone: Vec<SeriesId> = state
                .alerts
                .iter()
                .filter(|(id, s)| s.is_open() && stays.and_then(|p| severity_of(p, id)).is_none())
                .map(|(id, _)| id.clone())
                .collect();
            for id in gone {
                self.end(product, &id, Reason::RuleRemoved, now, out);
            }
        }
        self.rules = Arc::new(rules);
        self.next_digest = None;
        for product in &self.rules.products {
            let names = product.names();
            let state = self.memory.products.entry(product.id.clone()).or_default();
            state.clusters.name_product(&names);
            state.ideas.name_product(&names);
        }
        self.assessor = assessor;
        self.memory.rule_files = files.clone();
        true
    }

    /// An alert ends.
    pub(super) fn end(
        &mut self,
        product: &Product,
        id: &SeriesId,
        reason: Reason,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let Some(standing) = state.alerts.get_mut(id).filter(|s| s.is_open()) else { return };
        standing.ended = Some((now, reason));
        standing.events += 1;
        self.tell(product, id, EventKind::Resolved, reason, now, out);
        if let Some(series) = self.memory.products.get_mut(&product.id).and_then(|s| s.series.get_mut(id)) {
            series.forget_evidence();
        }
    }
}

/// How much a series matters: a topic says so itself; `None` when its rule is gone.
pub(super) fn severity_of(product: &Product, id: &SeriesId) -> Option<Severity> {
    match id {
        SeriesId::Topic(topic) => product.topics.iter().find(|t| t.id == *topic).map(|t| t.severity),
        _ if product.clusters == crate::logic::rules::ClusterMode::None => None,
        SeriesId::Cluster(_) | SeriesId::Shared(_) => Some(Severity::Normal),
    }
}

/// An id that a person can say on the phone, and that a replay gives again.
pub(super) fn alert_id(product: &str, id: &SeriesId, at: Timestamp) -> String {
    let hash = xxhash_rust::xxh3::xxh3_64(format!("{product} {id:?} {at}").as_bytes());
    format!("{product}-{}-{:04x}", at.strftime("%Y%m%d"), hash & 0xffff)
}

/// The threshold a severity really has to pass, for messages.
pub(super) fn effective_bar(severity: Severity, bar: f64, raised: f64) -> f64 {
    bar_for(severity, bar + raised)
}
