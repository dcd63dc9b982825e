//! One-pass clustering: each post joins the cluster it is most like, or founds one; near clusters merge; old ones go.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::features::{Feature, Features, Vocabulary};
use super::vector::Vector;
use crate::ground::alert::Quote;
use crate::ground::post::PostKey;
use crate::ground::time::{Timestamp, days_between};

/// Posts of a cluster that are kept for label, quotes and evidence: the newest.
const MEMBERS: usize = 64;
/// Features of a cluster's sum that are kept.
const SUM_FEATURES: usize = 160;
/// A post looks for its cluster by so many of its rarest features.
const PROBES: usize = 10;
/// Clusters looked at for one probe; a feature that more clusters hold tells nothing.
const CANDIDATES: usize = 400;
/// Live clusters of one product at the most; the longest silent small one goes first.
const MOST_CLUSTERS: usize = 20_000;
/// Clusters of fewer posts than this are forgotten after [`SMALL_DAYS`] of silence, others after [`LARGE_DAYS`].
const SMALL: u32 = 4;
const SMALL_DAYS: f64 = 90.0;
const LARGE_DAYS: f64 = 365.0;

/// How alike posts must be. Similarities are average pairwise cosines: what two posts of one complaint share.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tuning {
    /// Average similarity from which a post joins a cluster.
    pub join: f32,
    /// Average similarity from which two clusters are one.
    pub merge: f32,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { join: 0.16, merge: 0.14 }
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
    sum: Vector,
    norm: f32,
}

/// Where a post went, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The cluster.
    pub cluster: u32,
    /// The post founded it.
    pub founded: bool,
    /// Cosine to the cluster over what is needed to join it: 1 is just enough.
    pub fit: f32,
    /// The second-best cluster and its fit.
    pub runner_up: Option<(u32, f32)>,
}

/// The clusters of one product.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Clusters {
    tuning: Tuning,
    next: u32,
    live: BTreeMap<u32, Cluster>,
    /// Feature → clusters whose sum holds it, in order.
    postings: HashMap<Feature, BTreeSet<u32>>,
    of_post: HashMap<PostKey, u32>,
    /// Clusters that ended in another one.
    merged: BTreeMap<u32, u32>,
    /// Pairs that a person took apart: they are never merged again.
    apart: BTreeSet<(u32, u32)>,
    touched: BTreeSet<u32>,
    /// How common features are among all that is said about the product.
    pub vocabulary: Vocabulary,
}

impl Clusters {
    /// No clusters yet.
    pub fn new(tuning: Tuning) -> Self {
        Self { tuning, ..Self::default() }
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
        self.of_post.get(key).copied()
    }

    /// Puts a post where it fits best.
    pub fn assign(&mut self, features: &Features, member: Member) -> Assignment {
        let vector = self.vocabulary.vector(features);
        let ranked = self.rank(&vector, None);
        let best = ranked.first().copied().filter(|(_, fit)| *fit >= 1.0);
        let (number, fit) = best.unwrap_or_else(|| (self.found(&member), 1.0));
        let runner_up = ranked.into_iter().find(|(n, _)| *n != number);
        self.add(number, &vector, member);
        Assignment { cluster: number, founded: best.is_none(), fit, runner_up }
    }

    /// What a text is nearest to, best first, with its fit (1 is enough to join); nothing is changed.
    pub fn nearest(&self, features: &Features) -> Vec<(u32, f32)> {
        self.rank(&self.vocabulary.vector(features), None)
    }

    fn rank(&self, vector: &Vector, but: Option<u32>) -> Vec<(u32, f32)> {
        let mut probes: Vec<(Feature, f32)> = vector.iter().collect();
        probes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut candidates = BTreeSet::new();
        for (feature, _) in probes.into_iter().take(PROBES) {
            if let Some(clusters) = self.postings.get(&feature) {
                // The newest first: an old complaint that is still alive is found by its other words too.
                candidates.extend(clusters.iter().rev().take(CANDIDATES));
            }
        }
        let mut ranked: Vec<(u32, f32)> = candidates
            .into_iter()
            .filter(|n| Some(*n) != but)
            .filter_map(|n| self.live.get(&n))
            .map(|c| (c.number, c.fit(vector, self.tuning.join)))
            .collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.truncate(5);
        ranked
    }

    fn found(&mut self, member: &Member) -> u32 {
        self.next += 1;
        let at = member.quote.at;
        self.live.insert(
            self.next,
            Cluster {
                number: self.next,
                born: at,
                last: at,
                size: 0,
                members: VecDeque::new(),
                label: String::new(),
                sum: Vector::default(),
                norm: 0.0,
            },
        );
        self.next
    }

    fn add(&mut self, number: u32, vector: &Vector, member: Member) {
        let Some(cluster) = self.live.get_mut(&number) else { return };
        cluster.size += 1;
        cluster.last = cluster.last.max(member.quote.at);
        self.of_post.insert(member.quote.key.clone(), number);
        cluster.members.push_back(member);
        if cluster.members.len() > MEMBERS
            && let Some(old) = cluster.members.pop_front()
        {
            self.of_post.remove(&old.quote.key);
        }
        let before: Vec<Feature> = if cluster.sum.len() + vector.len() > SUM_FEATURES {
            cluster.sum.iter().map(|x| x.0).collect()
        } else {
            Vec::new()
        };
        cluster.sum.add(vector, 1.0, SUM_FEATURES);
        cluster.norm = cluster.sum.norm();
        for feature in before {
            if cluster.sum.get(feature) == 0.0 {
                unpost(&mut self.postings, feature, number);
            }
        }
        for (feature, _) in vector.iter() {
            if cluster.sum.get(feature) != 0.0 {
                self.postings.entry(feature).or_default().insert(number);
            }
        }
        self.touched.insert(number);
    }

    /// Merges clusters that have grown alike and forgets those long silent. Returns the merges, (from, into).
    pub fn maintain(&mut self, now: Timestamp) -> Vec<(u32, u32)> {
        let mut merges = Vec::new();
        for number in std::mem::take(&mut self.touched) {
            let Some(cluster) = self.live.get(&number) else { continue };
            let near = self.rank(&cluster.sum.clone().normalised(), Some(number));
            let alike = near.into_iter().find(|(other, _)| self.are_one(number, *other));
            if let Some((other, _)) = alike {
                let (from, into) = self.smaller_first(number, other);
                self.join(from, into);
                self.touched.insert(into);
                merges.push((from, into));
            }
        }
        self.expire(now);
        merges
    }

    fn are_one(&self, a: u32, b: u32) -> bool {
        let (Some(x), Some(y)) = (self.live.get(&a), self.live.get(&b)) else { return false };
        if self.apart.contains(&(a.min(b), a.max(b))) {
            return false;
        }
        x.sum.dot(&y.sum) / (x.size as f32 * y.size as f32) >= self.tuning.merge
    }

    fn smaller_first(&self, a: u32, b: u32) -> (u32, u32) {
        let size = |n| self.live.get(&n).map_or(0, |c| c.size);
        // The larger keeps its number; of equals the older.
        if size(a) < size(b) || (size(a) == size(b) && a > b) { (a, b) } else { (b, a) }
    }

    /// Two clusters become one: `from` ends in `into`. What a person asks for goes this way too.
    pub fn join(&mut self, from: u32, into: u32) {
        let (from, into) = (self.resolve(from), self.resolve(into));
        if from == into || !self.live.contains_key(&into) {
            return;
        }
        let Some(gone) = self.live.remove(&from) else { return };
        for (feature, _) in gone.sum.iter() {
            unpost(&mut self.postings, feature, from);
        }
        let Some(cluster) = self.live.get_mut(&into) else { return };
        cluster.size += gone.size;
        cluster.born = cluster.born.min(gone.born);
        cluster.last = cluster.last.max(gone.last);
        cluster.sum.add(&gone.sum, 1.0, SUM_FEATURES);
        cluster.norm = cluster.sum.norm();
        for (feature, _) in cluster.sum.iter() {
            self.postings.entry(feature).or_default().insert(into);
        }
        let mut members: Vec<Member> = cluster.members.drain(..).chain(gone.members).collect();
        members.sort_by(|a, b| a.quote.at.cmp(&b.quote.at).then_with(|| a.quote.key.cmp(&b.quote.key)));
        let surplus = members.len().saturating_sub(MEMBERS);
        for old in members.drain(..surplus) {
            self.of_post.remove(&old.quote.key);
        }
        for member in &members {
            self.of_post.insert(member.quote.key.clone(), into);
        }
        cluster.members = members.into();
        self.merged.insert(from, into);
    }

    /// These posts leave their cluster and found one of their own, which is never merged back. Returns its number.
    /// `features` gives the features of a text.
    pub fn split(
        &mut self,
        number: u32,
        posts: &[PostKey],
        features: impl Fn(&Quote) -> Features,
    ) -> Option<u32> {
        let number = self.resolve(number);
        let cluster = self.live.get_mut(&number)?;
        let (leave, stay): (Vec<Member>, Vec<Member>) =
            cluster.members.drain(..).partition(|m| posts.contains(&m.quote.key));
        cluster.members = stay.into();
        let first = leave.first()?.clone();
        cluster.size = cluster.size.saturating_sub(leave.len() as u32).max(1);
        for member in &leave {
            let vector = self.vocabulary.vector(&features(&member.quote));
            if let Some(cluster) = self.live.get_mut(&number) {
                cluster.sum.add(&vector, -1.0, SUM_FEATURES);
                cluster.norm = cluster.sum.norm();
            }
        }
        let new = self.found(&first);
        for member in leave {
            let vector = self.vocabulary.vector(&features(&member.quote));
            self.add(new, &vector, member);
        }
        self.apart.insert((number.min(new), number.max(new)));
        Some(new)
    }

    /// These posts belong to this cluster: they leave the clusters they are in. Returns the clusters that ended empty.
    /// `features` gives the features of a text.
    pub fn gather(
        &mut self,
        into: u32,
        posts: &[PostKey],
        features: impl Fn(&Quote) -> Features,
    ) -> Vec<u32> {
        let into = self.resolve(into);
        let mut ended = Vec::new();
        for key in posts {
            let Some(from) = self.of_post.get(key).copied().filter(|from| *from != into) else { continue };
            if self.apart.contains(&(from.min(into), from.max(into))) {
                continue;
            }
            let Some(member) = self.leave(from, key, &features) else { continue };
            let vector = self.vocabulary.vector(&features(&member.quote));
            self.add(into, &vector, member);
            if !self.live.contains_key(&from) {
                self.merged.insert(from, into);
                ended.push(from);
            }
        }
        ended
    }

    /// A kept post, with its voice.
    pub fn member(&self, key: &PostKey) -> Option<&Member> {
        let cluster = self.live.get(self.of_post.get(key)?)?;
        cluster.members.iter().find(|m| m.quote.key == *key)
    }

    /// A post was deleted: its words leave.
    pub fn forget(&mut self, key: &PostKey, features: impl Fn(&Quote) -> Features) -> Option<u32> {
        let number = self.of_post.get(key).copied()?;
        self.leave(number, key, &features)?;
        if let Some(cluster) = self.live.get_mut(&number) {
            cluster.label.clear();
        }
        Some(number)
    }

    /// A post leaves its cluster; a cluster without posts is gone.
    fn leave(
        &mut self,
        number: u32,
        key: &PostKey,
        features: &impl Fn(&Quote) -> Features,
    ) -> Option<Member> {
        self.of_post.remove(key);
        let cluster = self.live.get_mut(&number)?;
        let at = cluster.members.iter().position(|m| m.quote.key == *key)?;
        let member = cluster.members.remove(at)?;
        let vector = self.vocabulary.vector(&features(&member.quote));
        cluster.sum.add(&vector, -1.0, SUM_FEATURES);
        cluster.norm = cluster.sum.norm();
        cluster.size = cluster.size.saturating_sub(1);
        if cluster.members.is_empty() {
            self.remove(number);
        }
        Some(member)
    }

    /// Gives a cluster its name.
    pub fn set_label(&mut self, number: u32, label: String) {
        if let Some(cluster) = self.live.get_mut(&number) {
            cluster.label = label;
        }
    }

    fn expire(&mut self, now: Timestamp) {
        let mut gone: Vec<u32> = self
            .live
            .values()
            .filter(|c| days_between(c.last, now) > if c.size < SMALL { SMALL_DAYS } else { LARGE_DAYS })
            .map(|c| c.number)
            .collect();
        if self.live.len() - gone.len() > MOST_CLUSTERS {
            let mut rest: Vec<(bool, Timestamp, u32)> =
                self.live.values().map(|c| (c.size >= SMALL, c.last, c.number)).collect();
            rest.sort_unstable();
            gone.extend(rest.iter().take(self.live.len() - MOST_CLUSTERS * 9 / 10).map(|r| r.2));
        }
        for number in gone {
            self.remove(number);
        }
        // Traces of merges into clusters that are gone serve nobody.
        let live = &self.live;
        let dead: Vec<u32> =
            self.merged.keys().copied().filter(|n| !live.contains_key(&self.resolve(*n))).collect();
        for number in dead {
            self.merged.remove(&number);
        }
        self.apart.retain(|(a, b)| live.contains_key(a) && live.contains_key(b));
    }

    fn remove(&mut self, number: u32) {
        let Some(cluster) = self.live.remove(&number) else { return };
        for (feature, _) in cluster.sum.iter() {
            unpost(&mut self.postings, feature, number);
        }
        for member in &cluster.members {
            self.of_post.remove(&member.quote.key);
        }
    }
}

impl Cluster {
    /// Cosine to the centroid, over the cosine that a member must have. A centroid of n posts that are pairwise `join`
    /// alike has length √((1 + (n − 1)·join) / n), so a post as alike has the cosine join / that length: a fixed
    /// threshold would ask too much of small clusters (splinters) or too little of large ones (lumps).
    fn fit(&self, vector: &Vector, join: f32) -> f32 {
        if self.norm <= 0.0 {
            return 0.0;
        }
        let n = self.size.max(1) as f32;
        let needed = join / ((1.0 + (n - 1.0) * join) / n).sqrt();
        vector.dot(&self.sum) / self.norm / needed
    }
}

fn unpost(postings: &mut HashMap<Feature, BTreeSet<u32>>, feature: Feature, number: u32) {
    if let Some(clusters) = postings.get_mut(&feature) {
        clusters.remove(&number);
        if clusters.is_empty() {
            postings.remove(&feature);
        }
    }
}

#[cfg(test)]
mod tests;
