//! One-pass clustering on two levels. A post joins a strand, posts that say nearly the same, or founds one; strands that
//! say the same in other words make up a cluster. Strands are never taken apart, so what goes from one cluster to
//! another later goes as a whole.

mod change;
mod maintain;

pub use maintain::Regrouped;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::chance::Chance;
use super::direction::Direction;
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
    sum: Direction,
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
    sum: Direction,
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
    live: BTreeMap<u32, Cluster>,
    strands: BTreeMap<u32, Strand>,
    index: Index,
    /// Kept posts and their strands.
    of_post: HashMap<PostKey, u32>,
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

    /// The cluster of this number, or the one it was merged into.
    pub fn get(&self, number: u32) -> Option<&Cluster> {
        self.live.get(&self.resolve(number))
    }

    /// All live clusters, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Cluster> {
        self.live.values()
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
        self.of_strand(*self.of_post.get(key)?)
    }

    /// The cluster and the strand a kept post is in.
    pub fn place_of(&self, key: &PostKey) -> Option<(u32, u32)> {
        let strand = *self.of_post.get(key)?;
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
        let direction = self.direction(features);
        let mut words: Vec<(Feature, f32)> = direction
            .words
            .iter()
            .map(|(feature, weight)| (feature, weight * cluster.sum.words.get(feature)))
            .collect();
        let (all, said) = (direction.dot(&cluster.sum), direction.words.dot(&cluster.sum.words));
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
        // Of each cluster its nearest strand: cosine, number, and similarity to the strand's sum.
        let mut by_cluster: BTreeMap<u32, (f32, u32, f32)> = BTreeMap::new();
        for number in self.index.candidates(direction) {
            let Some(strand) = self.strands.get(&number).filter(|s| s.norm > 0.0) else { continue };
            let sum = direction.dot(&strand.sum);
            let cosine = sum / strand.norm;
            let best = by_cluster.entry(strand.cluster).or_insert((cosine, number, sum));
            if cosine > best.0 {
                *best = (cosine, number, sum);
            }
        }
        let merge = self.merge();
        let mut ranked: Vec<Match> = by_cluster
            .into_iter()
            .filter_map(|(number, (cosine, strand, sum))| {
                let cluster = self.live.get(&number)?;
                let sum = if cluster.strands.len() == 1 { sum } else { direction.dot(&cluster.sum) };
                let average = sum / cluster.size.max(1) as f32;
                let (strands, clusters) = (cosine / self.tuning.strand, average / merge);
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

    /// Average similarity that makes posts one cluster.
    fn merge(&self) -> f32 {
        self.tuning.merge * self.chance.spread()
    }

    fn found(&mut self, at: Timestamp) -> u32 {
        self.next += 1;
        let cluster = Cluster {
            number: self.next,
            born: at,
            last: at,
            size: 0,
            members: VecDeque::new(),
            label: String::new(),
            name: None,
            ignored: false,
            strands: BTreeSet::new(),
            sum: Direction::default(),
        };
        self.live.insert(self.next, cluster);
        self.next
    }

    fn found_strand(&mut self, cluster: u32, stays: bool, at: Timestamp) -> u32 {
        self.next_strand += 1;
        let strand = Strand {
            cluster,
            size: 0,
            last: at,
            touched: self.heard,
            stays,
            sum: Direction::default(),
            norm: 0.0,
        };
        self.strands.insert(self.next_strand, strand);
        if let Some(cluster) = self.live.get_mut(&cluster) {
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
        self.of_post.insert(member.quote.key.clone(), number);
        let Some(cluster) = self.live.get_mut(&strand.cluster) else { return };
        cluster.size += 1;
        cluster.born = cluster.born.min(member.quote.at);
        cluster.last = cluster.last.max(member.quote.at);
        cluster.sum.add(direction, 1.0, CLUSTER_WORDS);
        cluster.members.push_back(member);
        if cluster.members.len() > MEMBERS
            && let Some(old) = cluster.members.pop_front()
        {
            self.of_post.remove(&old.quote.key);
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

#[cfg(test)]
mod tests;
