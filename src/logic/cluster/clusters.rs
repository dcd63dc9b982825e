//! One-pass clustering on two levels. A post joins a strand, posts that say nearly the same, or founds one; strands that
//! say the same in other words make up a cluster. Strands are never taken apart, so what goes from one cluster to
//! another later goes as a whole.

mod change;
mod maintain;

pub use maintain::Regrouped;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use postcard::experimental::serialized_size as size;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::centroid::Centroid;
use super::chance::Chance;
use super::direction::{Direction, LookUp};
use super::features::{Feature, Features, Vocabulary};
use super::index::Index;
use super::meaning::Centre;
use crate::ground::alert::Quote;
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;

/// Posts of a cluster that are kept for label, quotes and evidence: the newest.
const MEMBERS: usize = 64;
/// Words and pairs of a strand's sum that are kept.
const STRAND_WORDS: usize = 64;
/// … and of a cluster's.
const CLUSTER_WORDS: usize = 160;

/// A post joins a cluster that it is nearly alike enough to, by this share: alone it would splinter off, and groups are
/// seen afresh soon.
const JOIN: f32 = 0.9;
/// Strands that a post is compared with: so many by their words, and so many by their meaning.
const COMPARED: usize = 8;

/// A word tells why a text is near a cluster if it adds this share of what they have in common.
const TELLING: f32 = 0.01;

/// How alike posts must be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tuning {
    /// Cosine to a strand's centroid from which a post joins it.
    pub strand: f32,
    /// Average similarity to a cluster's posts from which a post is one of them, and from which two groups are one
    /// cluster: so many standard deviations of what two posts that have nothing to do with one another
    /// share.
    pub merge: f32,
    /// What is one cluster already counts as so much more alike when groups are seen afresh: 0.2 is a fifth.
    pub keep: f32,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { strand: 0.45, merge: 2.2, keep: 0.2 }
    }
}

/// One post of a cluster, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// How it is quoted, with its key, time, language and region.
    pub quote: Quote,
    /// Hash of the voice that spoke.
    pub voice: u64,
    /// Feeling, −1 to 1.
    pub sentiment: f32,
}

/// Posts that say the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// Number within the product: given once, never again.
    pub number: u32,
    /// When its first post was written.
    pub born: Timestamp,
    /// When its newest post was written.
    pub last: Timestamp,
    /// Posts, without echoes.
    pub size: u32,
    /// The newest posts.
    pub members: VecDeque<Member>,
    /// Readable name, as last chosen; empty before it was needed.
    pub label: String,
    /// The name a person gave it.
    pub name: Option<String>,
    /// A person does not want to hear of it.
    pub ignored: bool,
    strands: BTreeSet<u32>,
    /// The sum of its strands; empty while there is only one.
    sum: Centroid,
}

/// Posts that say nearly the same in nearly the same words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Strand {
    cluster: u32,
    size: u32,
    last: Timestamp,
    /// The how-manieth post it was that came last, to know what is lively.
    touched: u64,
    /// A person, or an alert, put it where it is.
    stays: bool,
    sum: Centroid,
    norm: f32,
}

/// Where a post went, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The cluster.
    pub cluster: u32,
    /// The strand within it: posts of a strand stay together for good.
    pub strand: u32,
    /// The post founded the cluster.
    pub founded: bool,
    /// How alike it is, over what is needed to join: 1 is just enough.
    pub fit: f32,
    /// The second-best cluster and its fit.
    pub runner_up: Option<(u32, f32)>,
}

/// A cluster that a text may belong to.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Match {
    cluster: u32,
    strand: u32,
    /// Similarity over what is needed; 1 is just enough.
    fit: f32,
    /// The strand itself is alike enough.
    in_strand: bool,
}

/// The clusters of one product.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Clusters {
    tuning: Tuning,
    next: u32,
    next_strand: u32,
    live: FxHashMap<u32, Cluster>,
    strands: FxHashMap<u32, Strand>,
    index: Index,
    /// Kept posts, by the hash of their key, and their strands.
    of_post: FxHashMap<u64, u32>,
    /// Clusters that ended in another one.
    merged: BTreeMap<u32, u32>,
    /// Pairs that a person took apart: they are never merged again.
    apart: BTreeSet<(u32, u32)>,
    /// Posts taken in, and those since groups were last seen afresh.
    heard: u64,
    since_regroup: u64,
    chance: Chance,
    /// What all clustered posts mean: it says nothing about any of them.
    centre: Centre,
    /// How common features are among all that is said about the product.
    pub vocabulary: Vocabulary,
}

impl Clusters {
    /// No clusters yet.
    pub fn new(tuning: Tuning) -> Self {
        Self { tuning, ..Self::default() }
    }

    /// These words, folded, name the product: they say nothing about what is complained of.
    pub fn name_product(&mut self, names: &BTreeSet<String>) {
        self.vocabulary.name(names);
    }

    /// Bytes of a snapshot by what they are about.
    pub fn sizes(&self) -> [(&'static str, postcard::Result<usize>); 6] {
        [
            ("clusters", size(&self.live)),
            ("strands", size(&self.strands)),
            ("their index", size(&self.index)),
            ("posts of clusters", size(&self.of_post)),
            ("merged and apart", size(&(&self.merged, &self.apart))),
            ("vocabulary", size(&self.vocabulary)),
        ]
    }

    /// The cluster of this number, or the one it was merged into.
    pub fn get(&self, number: u32) -> Option<&Cluster> {
        self.live.get(&self.resolve(number))
    }

    /// Whether a cluster had this number and is gone: its posts left, or were too old.
    pub fn is_gone(&self, number: u32) -> bool {
        (1..=self.next).contains(&number) && self.get(number).is_none()
    }

    /// All live clusters, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Cluster> {
        let mut clusters: Vec<&Cluster> = self.live.values().collect();
        clusters.sort_unstable_by_key(|c| c.number);
        clusters.into_iter()
    }

    /// The number under which a cluster lives now, merges followed.
    pub fn resolve(&self, number: u32) -> u32 {
        let mut number = number;
        while let Some(into) = self.merged.get(&number) {
            number = *into;
        }
        number
    }

    /// The cluster a kept post is in.
    pub fn of_post(&self, key: &PostKey) -> Option<u32> {
        self.of_strand(*self.of_post.get(&hash(key))?)
    }

    /// The cluster and the strand a kept post is in.
    pub fn place_of(&self, key: &PostKey) -> Option<(u32, u32)> {
        let strand = *self.of_post.get(&hash(key))?;
        Some((self.of_strand(strand)?, strand))
    }

    /// The cluster and strand that a text would join, if there is one; nothing is changed.
    pub fn place_like(&self, features: &Features) -> Option<(u32, u32)> {
        let best = self.rank(&self.direction(features)).into_iter().next()?;
        (best.fit >= 1.0).then_some((best.cluster, best.strand))
    }

    /// The cluster that the posts of a strand are in; `None` once it is forgotten.
    pub fn of_strand(&self, strand: u32) -> Option<u32> {
        self.strands.get(&strand).map(|s| s.cluster)
    }

    /// Puts a post where it fits best.
    pub fn assign(&mut self, features: &Features, member: Member) -> Assignment {
        let meaning = self.vocabulary.meaning(features);
        self.centre.learn(&meaning);
        let direction = self.vocabulary.direction_of(features, meaning, &self.centre);
        self.chance.learn(&direction);
        let ranked = self.rank(&direction);
        let best = ranked.first().copied().filter(|m| m.fit >= 1.0);
        let (cluster, fit) = match best {
            Some(found) => (found.cluster, found.fit),
            None => (self.found(member.quote.at), 1.0),
        };
        let strand = match best {
            Some(found) if found.in_strand => found.strand,
            _ => self.found_strand(cluster, false, member.quote.at),
        };
        let runner_up = ranked.into_iter().find(|m| m.cluster != cluster).map(|m| (m.cluster, m.fit));
        self.add(strand, &direction, member);
        Assignment { cluster, strand, founded: best.is_none(), fit, runner_up }
    }

    /// What a text is nearest to, best first, with its fit (1 is enough to join); nothing is changed.
    pub fn nearest(&self, features: &Features) -> Vec<(u32, f32)> {
        self.rank(&self.direction(features)).into_iter().map(|m| (m.cluster, m.fit)).collect()
    }

    /// What puts a text near a cluster: the words and pairs that both hold, by how much each adds, and the share of the
    /// whole that lies in what is meant and not in common words (0 to 1).
    pub fn shared(&self, features: &Features, number: u32) -> (Vec<(Feature, f32)>, f32) {
        let Some(cluster) = self.get(number) else { return (Vec::new(), 0.0) };
        let sum = self.sum_of(cluster);
        let direction = self.direction(features);
        let mut words: Vec<(Feature, f32)> = direction
            .words
            .iter()
            .map(|(feature, weight)| (feature, weight * sum.words().get(feature)))
            .collect();
        let look_up = LookUp::of(&direction);
        let (all, said) = (sum.dot(&look_up), look_up.words(sum.words()));
        words.retain(|(_, adds)| *adds > all * TELLING);
        words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let meant = if all > 0.0 { (1.0 - said / all).clamp(0.0, 1.0) } else { 0.0 };
        (words, meant)
    }

    fn direction(&self, features: &Features) -> Direction {
        self.vocabulary.direction(features, &self.centre)
    }

    /// Clusters that a direction is alike to, best first.
    fn rank(&self, direction: &Direction) -> Vec<Match> {
        let look_up = LookUp::of(direction);
        // Each strand with its cluster, cosine, number, and similarity to its sum.
        let candidates = self.index.candidates(direction, COMPARED).into_iter();
        let strands: Vec<(u32, &Strand)> =
            candidates.filter_map(|number| Some((number, self.strands.get(&number)?))).collect();
        // What lies far apart in memory is fetched side by side: first all meanings, then all words.
        let meant: Vec<f32> = strands.iter().map(|(_, strand)| strand.sum.meant(&look_up)).collect();
        let mut alike: Vec<(u32, f32, u32, f32)> = strands
            .into_iter()
            .zip(meant)
            .filter(|((_, strand), _)| strand.norm > 0.0)
            .map(|((number, strand), meant)| {
                let sum = strand.sum.said(&look_up) + meant;
                (strand.cluster, sum / strand.norm, number, sum)
            })
            .collect();
        // Of each cluster its nearest strand.
        alike.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        alike.dedup_by_key(|strand| strand.0);
        let merge = self.merge();
        let mut ranked: Vec<Match> = alike
            .into_iter()
            .filter_map(|(number, cosine, strand, sum)| {
                let cluster = self.live.get(&number)?;
                let sum = if cluster.strands.len() == 1 { sum } else { cluster.sum.dot(&look_up) };
                let average = sum / cluster.size.max(1) as f32;
                let (strands, clusters) = (cosine / self.tuning.strand, average / (merge * JOIN));
                Some(Match { cluster: number, strand, fit: strands.max(clusters), in_strand: strands >= 1.0 })
            })
            .collect();
        // A strand that says nearly the same goes before a cluster that says it on the whole.
        ranked.sort_by(|a, b| {
            (b.in_strand, b.fit)
                .partial_cmp(&(a.in_strand, a.fit))
                .unwrap_or(std::cmp::Ordering::Equal)
                .then(a.cluster.cmp(&b.cluster))
        });
        ranked.truncate(5);
        ranked
    }

    /// The sum of a cluster's posts.
    fn sum_of<'a>(&'a self, cluster: &'a Cluster) -> &'a Centroid {
        match cluster.strands.first().filter(|_| cluster.strands.len() == 1) {
            Some(only) => self.strands.get(only).map_or(&cluster.sum, |s| &s.sum),
            None => &cluster.sum,
        }
    }

    /// Average similarity that makes posts one cluster.
    fn merge(&self) -> f32 {
        self.tuning.merge * self.chance.spread()
    }

    fn found(&mut self, at: Timestamp) -> u32 {
        self.next += 1;
        self.found_as(self.next, at)
    }

    fn found_as(&mut self, number: u32, at: Timestamp) -> u32 {
        let cluster = Cluster {
            number,
            born: at,
            last: at,
            size: 0,
            members: VecDeque::with_capacity(1),
            label: String::new(),
            name: None,
            ignored: false,
            strands: BTreeSet::new(),
            sum: Centroid::default(),
        };
        self.live.insert(number, cluster);
        number
    }

    fn found_strand(&mut self, cluster: u32, stays: bool, at: Timestamp) -> u32 {
        self.next_strand += 1;
        let strand = Strand {
            cluster,
            size: 0,
            last: at,
            touched: self.heard,
            stays,
            sum: Centroid::default(),
            norm: 0.0,
        };
        self.strands.insert(self.next_strand, strand);
        if let Some(cluster) = self.live.get_mut(&cluster) {
            if let Some(only) = cluster.strands.first().filter(|_| cluster.strands.len() == 1) {
                cluster.sum = self.strands.get(only).map(|s| s.sum.clone()).unwrap_or_default();
            }
            cluster.strands.insert(self.next_strand);
        }
        self.next_strand
    }

    fn add(&mut self, number: u32, direction: &Direction, member: Member) {
        self.heard += 1;
        self.since_regroup += 1;
        let Some(strand) = self.strands.get_mut(&number) else { return };
        strand.size += 1;
        strand.last = strand.last.max(member.quote.at);
        strand.touched = self.heard;
        strand.sum.add(direction, 1.0, STRAND_WORDS);
        strand.norm = strand.sum.norm();
        // Where a strand lies changes the less the larger it is.
        if strand.size.is_power_of_two() {
            self.index.put(number, &strand.sum);
        }
        self.of_post.insert(hash(&member.quote.key), number);
        let Some(cluster) = self.live.get_mut(&strand.cluster) else { return };
        cluster.size += 1;
        cluster.born = cluster.born.min(member.quote.at);
        cluster.last = cluster.last.max(member.quote.at);
        if cluster.strands.len() > 1 {
            cluster.sum.add(direction, 1.0, CLUSTER_WORDS);
        }
        cluster.members.push_back(member);
        if cluster.members.len() > MEMBERS
            && let Some(old) = cluster.members.pop_front()
        {
            self.of_post.remove(&hash(&old.quote.key));
        }
    }

    /// A kept post, with its voice.
    pub fn member(&self, key: &PostKey) -> Option<&Member> {
        let cluster = self.live.get(&self.of_post(key)?)?;
        cluster.members.iter().find(|m| m.quote.key == *key)
    }

    /// Gives a cluster its name.
    pub fn set_label(&mut self, number: u32, label: String) {
        if let Some(cluster) = self.live.get_mut(&number) {
            cluster.label = label;
        }
    }
}

fn hash(key: &PostKey) -> u64 {
    xxh3_64_with_seed(key.id.as_bytes(), xxh3_64_with_seed(key.source.as_bytes(), 0))
}

#[cfg(test)]
mod tests;
