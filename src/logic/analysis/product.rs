//! What the analysis knows of one product.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::around::{Around, Cause};
use super::chorus::Chorus;
use super::deaf::Heard;
use super::digest::Days;
use super::fix::Fix;
use super::storm::Openings;
use super::viral::{Shared, Sharing};
use crate::ground::alert::Quote;
use crate::ground::post::{Post, PostKey};
use crate::ground::time::{Timestamp, days_between, hour_of};
use crate::logic::assess::Assessment;
use crate::logic::cluster::{
    Clusters, Features, Member, NearCopies, Nearby, Saying, Signature, Tongue, Tuning, Utterance,
};
use crate::logic::lifecycle::Standing;
use crate::logic::rules::ClusterMode;
use crate::logic::spike::{Pool, SHARES, Series};
use crate::logic::text::{Lang, Token, tokenize};

/// Posts of a topic that are kept for quotes and evidence: the newest.
const TOPIC_MEMBERS: usize = 64;
/// Longest text kept of a member, in characters.
const QUOTE_CHARS: usize = 500;
/// Siblings younger than this say nothing about a usual level, in days.
const SIBLING_DAYS: f64 = 14.0;

/// Which series of a product.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SeriesId {
    /// A complaint that a rule names, by topic id.
    Topic(String),
    /// A complaint that the posts form, by cluster number.
    Cluster(u32),
    /// A complaint that is shared more than others are, by cluster number.
    Shared(u32),
}

impl SeriesId {
    /// The id by which people name it: `product.topic`, `product.c12`.
    pub(super) fn name(&self, product: &str) -> String {
        match self {
            Self::Topic(topic) => format!("{product}.{topic}"),
            Self::Cluster(number) | Self::Shared(number) => format!("{product}.c{number}"),
        }
    }
}

/// What the analysis knows of one product.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProductState {
    /// What its series share.
    pub pool: Pool,
    /// Its complaints as the posts form them.
    pub clusters: Clusters,
    /// What people wish for, clustered the same way; it never alerts.
    pub ideas: Clusters,
    /// The complaints of late, to look around each new one.
    pub nearby: Nearby,
    /// What the alerts about clusters rest on.
    pub causes: BTreeMap<SeriesId, Cause>,
    /// Texts heard lately.
    pub copies: NearCopies,
    /// What was heard day by day.
    pub days: Days,
    /// Who copied them.
    pub chorus: Chorus,
    /// Who shared them.
    pub sharing: Sharing,
    /// Alerts that opened of late.
    pub openings: Openings,
    /// Alerts that somebody called fixed.
    pub fixes: BTreeMap<SeriesId, Fix>,
    /// The people behind each complaint.
    pub series: BTreeMap<SeriesId, Series>,
    /// Posts of topics.
    pub topics: BTreeMap<String, VecDeque<Member>>,
    /// Alerts, open or lately ended.
    pub alerts: BTreeMap<SeriesId, Standing>,
    /// Bars that people raised by "not an issue", in powers of ten.
    pub raised: BTreeMap<SeriesId, f64>,
    pub(super) sources: BTreeMap<String, Heard>,
    /// Open alerts that turned out to be the same matter as another open one, until that is told.
    pub(super) merged: Vec<Merged>,
}

/// An alert whose cluster became part of another's, which has an open alert of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Merged {
    /// The series that is no more.
    pub(super) from: SeriesId,
    /// The series that took it in.
    pub(super) into: SeriesId,
    /// Its alert.
    pub(super) alert: Standing,
}

/// What became of one post.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// The cluster it went to, if it was clustered, and the strand within it.
    pub cluster: Option<(u32, u32)>,
    /// The post among those like it, if it is a new complaint.
    pub around: Option<Around>,
    /// Series in which a new voice counts.
    pub counted: Vec<SeriesId>,
    /// The complaint that it passes on.
    pub(super) shared: Option<Shared>,
    /// Merges that followed, (from, into).
    pub merges: Vec<(u32, u32)>,
}

/// One post as it has been read.
pub struct ReadPost<'a> {
    /// The post.
    pub post: &'a Post,
    /// Its tokens.
    pub tokens: &'a [Token],
    /// What is thought of it.
    pub assessment: &'a Assessment,
}

impl Default for ProductState {
    fn default() -> Self {
        Self {
            pool: Pool::default(),
            clusters: Clusters::new(Tuning::default()),
            ideas: Clusters::new(Tuning::default()),
            nearby: Nearby::default(),
            causes: BTreeMap::new(),
            copies: NearCopies::default(),
            days: Days::default(),
            chorus: Chorus::default(),
            sharing: Sharing::default(),
            openings: Openings::default(),
            fixes: BTreeMap::new(),
            series: BTreeMap::new(),
            topics: BTreeMap::new(),
            alerts: BTreeMap::new(),
            raised: BTreeMap::new(),
            sources: BTreeMap::new(),
            merged: Vec::new(),
        }
    }
}

impl ProductState {
    /// Takes in one post about this product, which matches these topics.
    pub fn take(
        &mut self,
        read: &ReadPost<'_>,
        topics: &[&str],
        mode: ClusterMode,
        now: Timestamp,
        tongue: &mut Tongue,
    ) -> Taken {
        let post = read.post;
        let key = post.key();
        self.hear_source(&post.source, post.created_at, now);
        self.pool.heard(post.created_at, now);
        let edited = self.clusters.of_post(&key).is_some()
            || self.ideas.of_post(&key).is_some()
            || self.topics.values().flatten().any(|m| m.quote.key == key);
        if edited {
            // It goes to where its new text belongs. Who said it when, and what rests on it, stays.
            self.forget_text(&key);
        }
        self.pool.shape.learn(hour_of(post.created_at));
        let features = Features::of_text(&post.full_text(), read.tokens, read.assessment.lang);
        self.clusters.vocabulary.learn(&features);
        let original = self.original_of(read, &key);
        if !edited {
            self.days.hear(post, read.assessment, original.is_some());
        }
        let voice = voice_of(post);
        if let Some(first) = &original {
            self.chorus.hear(first, post, voice);
        }
        let mut taken = Taken::default();
        let member = || Member {
            quote: quote(post, read.assessment.lang),
            voice,
            sentiment: read.assessment.sentiment as f32,
        };
        let praise = mode != ClusterMode::All && read.assessment.is_praise();
        for topic in topics.iter().filter(|_| !praise) {
            let id = SeriesId::Topic((*topic).to_owned());
            if original.is_some() {
                self.echo(&id, now);
                continue;
            }
            let members = self.topics.entry((*topic).to_owned()).or_default();
            members.push_back(member());
            if members.len() > TOPIC_MEMBERS {
                members.pop_front();
            }
            self.hear(id, post, voice, now, &mut taken);
        }
        let clustered = match mode {
            ClusterMode::None => false,
            ClusterMode::All => true,
            ClusterMode::Complaints => read.assessment.is_complaint(),
        };
        if clustered && !features.counts.is_empty() {
            match &original {
                Some(first) => {
                    // Of old posts the text is no longer kept: what it says tells where it was.
                    let place = self.clusters.place_of(first).or_else(|| self.clusters.place_like(&features));
                    if let Some((number, strand)) = place {
                        self.echo(&SeriesId::Cluster(number), now);
                        taken.cluster = Some((number, strand));
                        let people = self.sharing.hear(first, post, voice, now);
                        taken.shared = Some(Shared { post: first.clone(), cluster: number, people });
                    }
                }
                None => {
                    let assigned = self.clusters.assign(&features, member());
                    let number = assigned.cluster;
                    taken.cluster = Some((number, assigned.strand));
                    let saying = Saying::of(read.tokens, read.assessment.lang);
                    let (at, dangerous) = (post.created_at, read.assessment.is_dangerous());
                    if !(edited && self.nearby.edit(tongue, &saying, &key, dangerous)) {
                        let utterance = Utterance { key: key.clone(), voice, at, dangerous };
                        let (number, near, cuts) = self.nearby.add(tongue, &saying, utterance, &SHARES);
                        taken.around = Some(Around { number, voice, at, dangerous, near, cuts });
                    }
                    self.hear(SeriesId::Cluster(number), post, voice, now, &mut taken);
                }
            }
        }
        let wished = mode == ClusterMode::Complaints && read.assessment.is_idea() && !clustered;
        if wished && original.is_none() && !features.counts.is_empty() {
            self.ideas.vocabulary.learn(&features);
            self.ideas.assign(&features, member());
            if self.ideas.wants_regroup() {
                self.ideas.maintain(now);
            }
        }
        if edited {
            taken.counted.clear();
            taken.around = None;
            taken.shared = None;
        }
        taken
    }

    fn original_of(&mut self, read: &ReadPost<'_>, key: &PostKey) -> Option<PostKey> {
        if let Some(id) = &read.post.repost_of {
            return Some(PostKey { source: read.post.source.clone(), id: id.clone() });
        }
        let signature = Signature::of(read.tokens)?;
        self.copies.original_of(&signature, key, read.post.created_at)
    }

    fn hear(&mut self, id: SeriesId, post: &Post, voice: u64, now: Timestamp, taken: &mut Taken) {
        let pool = &self.pool;
        let series = self.series.entry(id.clone()).or_insert_with(|| Series::new(now, pool));
        if series.hear(post.created_at, now, voice, pool) {
            taken.counted.push(id);
        }
    }

    fn echo(&mut self, id: &SeriesId, now: Timestamp) {
        if let Some(series) = self.series.get_mut(id) {
            series.echo(now, &self.pool);
        }
    }

    /// Posts behind a series that are kept, oldest first.
    pub fn members(&self, id: &SeriesId) -> Option<&VecDeque<Member>> {
        match id {
            SeriesId::Topic(topic) => self.topics.get(topic),
            SeriesId::Cluster(number) | SeriesId::Shared(number) => {
                self.clusters.get(*number).map(|c| &c.members)
            }
        }
    }

    /// A post is gone: its text leaves.
    pub fn forget(&mut self, key: &PostKey) {
        self.chorus.forget(key);
        self.sharing.forget(key);
        self.nearby.forget(key);
        for cause in self.causes.values_mut() {
            cause.evidence.retain(|k| k != key);
        }
        self.forget_text(key);
    }

    /// What a post says leaves topics and clusters.
    fn forget_text(&mut self, key: &PostKey) {
        self.copies.forget(key);
        for members in self.topics.values_mut() {
            members.retain(|m| m.quote.key != *key);
        }
        self.clusters.forget(key, features_of);
        self.ideas.forget(key, features_of);
    }

    /// Two clusters are one: series and alert go along. The alert that stays is the open one, or the older.
    pub fn follow_merge(&mut self, from: u32, into: u32) {
        self.follow(SeriesId::Cluster(from), SeriesId::Cluster(into));
        self.follow(SeriesId::Shared(from), SeriesId::Shared(into));
    }

    /// A topic has another id: its posts, series and alert go along.
    pub fn follow_topic(&mut self, from: &str, into: &str) {
        if let Some(posts) = self.topics.remove(from) {
            let members = self.topics.entry(into.to_owned()).or_default();
            members.extend(posts);
            members.make_contiguous().sort_by_key(|m| m.quote.at);
            while members.len() > TOPIC_MEMBERS {
                members.pop_front();
            }
        }
        self.follow(SeriesId::Topic(from.to_owned()), SeriesId::Topic(into.to_owned()));
    }

    fn follow(&mut self, from: SeriesId, into: SeriesId) {
        if let Some(series) = self.series.remove(&from) {
            match self.series.get_mut(&into) {
                Some(stays) => stays.absorb(series, &self.pool),
                None => {
                    self.series.insert(into.clone(), series);
                }
            }
        }
        if let Some(raised) = self.raised.remove(&from) {
            let stays = self.raised.entry(into.clone()).or_default();
            *stays = stays.max(raised);
        }
        if let Some(fix) = self.fixes.remove(&from) {
            self.fixes.entry(into.clone()).or_insert(fix);
        }
        let mut gone = self.alerts.remove(&from);
        let gone_is_open = gone.as_ref().is_some_and(Standing::is_open);
        let keep = self.alerts.get(&into).is_some_and(|s| s.is_open() || !gone_is_open);
        if let Some(gone) = self.causes.remove(&from) {
            let (mut rests_on, other) = match self.causes.remove(&into) {
                None => (gone, None),
                // An alert goes with what it rests on.
                Some(stays) if keep => (stays, Some(gone)),
                Some(stays) => (gone, Some(stays)),
            };
            if let Some(other) = other {
                rests_on.posts.extend(other.posts);
                rests_on.last = rests_on.last.max(other.last);
            }
            self.causes.insert(into.clone(), rests_on);
        }
        if gone_is_open
            && keep
            && let Some(alert) = gone.take()
        {
            self.merged.push(Merged { from, into: into.clone(), alert });
        }
        if let Some(gone) = gone.filter(|_| !keep) {
            self.alerts.insert(into, gone);
        }
    }

    /// Once a day: merge, forget, and fit the prior to what the siblings are.
    pub fn maintain(&mut self, now: Timestamp) -> Vec<(u32, u32)> {
        let merges = self.merge_alike(now);
        self.ideas.maintain(now);
        let clusters = &self.clusters;
        let alerts = &self.alerts;
        self.series.retain(|id, _| match id {
            SeriesId::Topic(_) => true,
            SeriesId::Cluster(number) | SeriesId::Shared(number) => {
                clusters.get(*number).is_some() || alerts.get(id).is_some_and(Standing::is_open)
            }
        });
        let series = &self.series;
        let lives = |id: &SeriesId| match id {
            SeriesId::Shared(number) => clusters.get(*number).is_some(),
            heard => series.contains_key(heard),
        };
        self.alerts.retain(|id, s| s.is_open() || lives(id));
        let alerts = &self.alerts;
        self.raised.retain(|id, _| lives(id));
        self.causes.retain(|id, _| alerts.contains_key(id));
        self.fixes.retain(|id, _| alerts.contains_key(id));
        if self.pool.since.is_some_and(|since| days_between(since, now) >= SIBLING_DAYS) {
            for series in self.series.values_mut() {
                series.advance(now, &self.pool);
            }
            self.pool.fit(self.series.values());
        }
        merges
    }

    /// Merges clusters that have grown alike, series and alerts with them.
    pub fn merge_alike(&mut self, now: Timestamp) -> Vec<(u32, u32)> {
        let changes = self.clusters.maintain(now);
        for (from, into) in &changes.merges {
            self.follow_merge(*from, *into);
        }
        changes.merges
    }
}

/// The hash by which a post's voice is told from others.
pub(super) fn voice_of(post: &Post) -> u64 {
    xxh3_64(post.voice().as_bytes())
}

/// Features of a text that is kept as a quote.
pub(super) fn features_of(quote: &Quote) -> Features {
    let lang = Lang::from_tag(&quote.lang);
    Features::of_text(&quote.text, &tokenize(&quote.text, lang), lang)
}

fn quote(post: &Post, lang: Lang) -> Quote {
    let text = post.full_text();
    let text = match text.char_indices().nth(QUOTE_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    };
    Quote {
        key: post.key(),
        author_name: post.author_name.clone().or_else(|| post.author.clone()),
        followers: post.followers,
        text,
        url: post.url.clone(),
        at: post.created_at,
        lang: lang.code().to_owned(),
        region: post.region.clone(),
    }
}
