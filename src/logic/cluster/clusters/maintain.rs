//! Keeping house: groups are seen afresh, and what has long been silent is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use super::super::regroup::{Linkage, Node, regroup};
use super::{CLUSTER_WORDS, Centroid, Clusters, Direction, hash};
use crate::ground::time::{Timestamp, days_between};

/// Strands that are looked at one by one when groups are seen afresh, the liveliest; the others go with their cluster.
const LIVELY: usize = 1_024;
/// Strands that each is compared with: so many by their words, and so many by their meaning.
const COMPARED: usize = 16;
/// Groups are seen afresh after so many posts at the least …
const REGROUP_POSTS: u64 = 128;
/// … and after this share of as many posts as there are lively strands.
const REGROUP_SHARE: f64 = 1.0;
/// Other parts of its own cluster that a group is compared with, at the most.
const KIN: usize = 64;
/// Live strands of one product at the most; the longest silent small clusters go first.
const MOST_STRANDS: usize = 40_000;
/// Clusters of fewer posts than this are forgotten after [`SMALL_DAYS`] of silence, others after [`LARGE_DAYS`].
const SMALL: u32 = 4;
const SMALL_DAYS: f64 = 90.0;
const LARGE_DAYS: f64 = 365.0;

/// How groups changed when they were seen afresh.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Regrouped {
    /// Clusters that ended in another one, (from, into).
    pub merges: Vec<(u32, u32)>,
    /// New clusters that were parts of others, (from, new).
    pub splits: Vec<(u32, u32)>,
}

impl Clusters {
    /// Groups have to be seen afresh: many posts have come since.
    pub fn wants_regroup(&self) -> bool {
        let share = (self.strands.len().min(LIVELY) as f64 * REGROUP_SHARE) as u64;
        self.since_regroup >= share.max(REGROUP_POSTS)
    }

    /// Sees the groups afresh and forgets what has long been silent.
    pub fn maintain(&mut self, now: Timestamp) -> Regrouped {
        let changes = if self.since_regroup > 0 { self.regroup() } else { Regrouped::default() };
        self.expire(now);
        changes
    }

    /// Sees afresh which strands belong together.
    fn regroup(&mut self) -> Regrouped {
        self.since_regroup = 0;
        let (nodes, strands_of) = self.nodes();
        let homes: Vec<(u32, u32)> = nodes.iter().map(|n| (n.home, n.size)).collect();
        let stays: Vec<bool> = nodes.iter().map(|n| n.stays).collect();
        let linkage = Linkage { merge: self.merge(), keep: self.tuning.keep };
        let apart = &self.apart;
        let groups = regroup(nodes, linkage, CLUSTER_WORDS, |a, b| apart.contains(&(a.min(b), a.max(b))));
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (node, group) in groups.iter().enumerate() {
            members.entry(*group).or_default().push(node);
        }
        // Each group is known by the number that most of its posts bore; of a number that several claim, the largest
        // part keeps it. What people or alerts put there claims it before all others.
        let mut claims: Vec<(bool, u32, u32, usize)> = Vec::new();
        for (group, nodes) in &members {
            let mut parts: BTreeMap<u32, (bool, u32)> = BTreeMap::new();
            for node in nodes {
                let Some((home, size)) = homes.get(*node) else { continue };
                let part = parts.entry(*home).or_default();
                part.0 |= stays.get(*node).copied().unwrap_or(false);
                part.1 += size;
            }
            claims.extend(parts.into_iter().map(|(home, (stays, size))| (stays, size, home, *group)));
        }
        claims.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then((a.2, a.3).cmp(&(b.2, b.3))));
        let mut number_of: BTreeMap<usize, u32> = BTreeMap::new();
        let mut group_of: BTreeMap<u32, usize> = BTreeMap::new();
        for (_, _, home, group) in &claims {
            if !group_of.contains_key(home) && !number_of.contains_key(group) {
                group_of.insert(*home, *group);
                number_of.insert(*group, *home);
            }
        }
        let mut changes = Regrouped::default();
        // A cluster whose number nobody kept ends in the group that took its largest part.
        for (_, _, home, group) in &claims {
            if !group_of.contains_key(home) {
                group_of.insert(*home, *group);
                if let Some(into) = number_of.get(group) {
                    changes.merges.push((*home, *into));
                }
            }
        }
        self.move_strands(&members, &number_of, &homes, &strands_of, &mut changes);
        changes
    }

    /// The lively strands one by one, and what is left of each cluster that they are in or may be like; each with those
    /// it may be like. Clusters that are quiet and like nothing that is said now are left as they are.
    fn nodes(&self) -> (Vec<Node>, Vec<Vec<u32>>) {
        let mut lively: Vec<(u64, u32)> = self.strands.iter().map(|(n, s)| (s.touched, *n)).collect();
        if lively.len() > LIVELY {
            lively.select_nth_unstable_by(LIVELY, |a, b| b.cmp(a));
            lively.truncate(LIVELY);
        }
        let like: BTreeMap<u32, Vec<u32>> = lively
            .into_iter()
            .filter_map(|(_, n)| {
                Some((n, self.index.candidates(&self.strands.get(&n)?.sum.spread_out(), COMPARED)))
            })
            .collect();
        let homes: BTreeSet<u32> = like
            .iter()
            .flat_map(|(strand, like)| like.iter().chain([strand]))
            .filter_map(|strand| self.of_strand(*strand))
            .collect();
        let mut nodes: Vec<Node> = Vec::new();
        let mut strands_of: Vec<Vec<u32>> = Vec::new();
        let mut push = |home: u32, strands: Vec<u32>, stays: bool| {
            let mut sum = Direction::default();
            let mut size = 0;
            for strand in strands.iter().filter_map(|s| self.strands.get(s)) {
                sum.add(&strand.sum.spread_out(), 1.0, CLUSTER_WORDS);
                size += strand.size;
            }
            nodes.push(Node { sum, size, home, stays, near: BTreeSet::new() });
            strands_of.push(strands);
        };
        for number in homes {
            let Some(cluster) = self.live.get(&number) else { continue };
            let (alone, rest): (Vec<u32>, Vec<u32>) =
                cluster.strands.iter().partition(|s| like.contains_key(s));
            let (fixed, free): (Vec<u32>, Vec<u32>) =
                alone.into_iter().partition(|s| self.strands.get(s).is_some_and(|s| s.stays));
            let rest_stays = rest.iter().any(|s| self.strands.get(s).is_some_and(|s| s.stays));
            // What stays goes as one: it cannot be parted.
            let (fixed, rest) = if rest_stays {
                (fixed.into_iter().chain(rest).collect(), Vec::new())
            } else {
                (fixed, rest)
            };
            for (strands, stays) in [(fixed, true), (rest, false)] {
                if !strands.is_empty() {
                    push(number, strands, stays);
                }
            }
            for strand in free {
                push(number, vec![strand], false);
            }
        }
        let mut by_home: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        let mut node_of: BTreeMap<u32, usize> = BTreeMap::new();
        for (at, (node, strands)) in nodes.iter().zip(&strands_of).enumerate() {
            by_home.entry(node.home).or_default().push(at);
            node_of.extend(strands.iter().map(|strand| (*strand, at)));
        }
        for (node, strands) in nodes.iter_mut().zip(&strands_of) {
            let like = strands.iter().filter_map(|s| like.get(s)).flatten();
            node.near = like.filter_map(|s| node_of.get(s)).copied().collect();
            node.near.extend(by_home.get(&node.home).into_iter().flatten().take(KIN));
        }
        (nodes, strands_of)
    }

    fn move_strands(
        &mut self,
        members: &BTreeMap<usize, Vec<usize>>,
        number_of: &BTreeMap<usize, u32>,
        homes: &[(u32, u32)],
        strands_of: &[Vec<u32>],
        changes: &mut Regrouped,
    ) {
        let mut moves: Vec<(u32, u32)> = Vec::new();
        for (group, nodes) in members {
            let number = match number_of.get(group) {
                Some(number) => *number,
                None => {
                    // The largest part says where it came from.
                    let from = nodes.iter().filter_map(|n| homes.get(*n)).max_by_key(|(_, size)| *size);
                    let from = from.map_or(0, |(home, _)| *home);
                    let born = self.live.get(&from).map(|c| c.last).unwrap_or_default();
                    let new = self.found(born);
                    changes.splits.push((from, new));
                    new
                }
            };
            for node in nodes {
                let home = homes.get(*node).map_or(number, |h| h.0);
                if home != number {
                    moves.extend(strands_of.get(*node).into_iter().flatten().map(|s| (*s, number)));
                }
            }
        }
        self.relocate(moves);
        for (from, into) in &changes.merges {
            self.merged.insert(*from, *into);
        }
    }

    /// Strands go to the clusters named beside them, with the posts that are kept of them. A cluster left without any is
    /// gone.
    pub(super) fn relocate(&mut self, moves: Vec<(u32, u32)>) {
        let mut touched: BTreeSet<u32> = BTreeSet::new();
        let mut posts_of: BTreeMap<u32, Vec<super::Member>> = BTreeMap::new();
        for (strand, number) in moves {
            let Some(moved) = self.strands.get_mut(&strand) else { continue };
            let home = std::mem::replace(&mut moved.cluster, number);
            touched.extend([home, number]);
            if let Some(cluster) = self.live.get_mut(&home) {
                cluster.strands.remove(&strand);
            }
            if let Some(cluster) = self.live.get_mut(&number) {
                cluster.strands.insert(strand);
            }
        }
        for number in &touched {
            let Some(cluster) = self.live.get_mut(number) else { continue };
            for member in std::mem::take(&mut cluster.members) {
                let Some(strand) = self.of_post.get(&hash(&member.quote.key)) else { continue };
                let home = self.strands.get(strand).map_or(*number, |s| s.cluster);
                posts_of.entry(home).or_default().push(member);
            }
        }
        for (number, posts) in posts_of {
            if let Some(cluster) = self.live.get_mut(&number) {
                cluster.members.extend(posts);
            }
            self.trim(number);
        }
        for number in touched {
            self.recount(number);
            self.date(number);
        }
    }

    /// Sum, size and age of a cluster from its strands; without any it is gone.
    pub(super) fn recount(&mut self, number: u32) {
        let Some(cluster) = self.live.get_mut(&number) else { return };
        let mut sum = Direction::default();
        cluster.size = 0;
        for strand in cluster.strands.iter().filter_map(|s| self.strands.get(s)) {
            sum.add(&strand.sum.spread_out(), 1.0, CLUSTER_WORDS);
            cluster.size += strand.size;
        }
        cluster.sum = if cluster.strands.len() > 1 { Centroid::of(sum) } else { Centroid::default() };
        if let Some(last) = cluster.strands.iter().filter_map(|s| self.strands.get(s)).map(|s| s.last).max() {
            cluster.last = last;
        }
        if cluster.strands.is_empty() {
            self.remove(number);
        }
    }

    fn expire(&mut self, now: Timestamp) {
        let mut gone: Vec<u32> = self
            .live
            .values()
            // What a person named or ignored is remembered for good.
            .filter(|c| c.name.is_none() && !c.ignored)
            .filter(|c| days_between(c.last, now) > if c.size < SMALL { SMALL_DAYS } else { LARGE_DAYS })
            .map(|c| c.number)
            .collect();
        if self.strands.len() > MOST_STRANDS {
            let mut rest: Vec<(bool, Timestamp, u32, usize)> =
                self.live.values().map(|c| (c.size >= SMALL, c.last, c.number, c.strands.len())).collect();
            rest.sort_unstable();
            let mut surplus = self.strands.len() - MOST_STRANDS * 9 / 10;
            for (_, _, number, strands) in rest {
                if surplus == 0 {
                    break;
                }
                gone.push(number);
                surplus = surplus.saturating_sub(strands);
            }
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
}
