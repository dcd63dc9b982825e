//! What changes clusters from outside: people who join and split them, alerts that gather their evidence, and posts that
//! are deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::{CLUSTER_WORDS, Clusters, Features, MEMBERS, Member, STRAND_WORDS, hash};
use crate::ground::alert::Quote;
use crate::ground::post::PostKey;
use crate::logic::cluster::centroid::Centroid;

impl Clusters {
    /// Two clusters become one for good: `from` ends in `into`, and what is in them now is not parted again but by a
    /// person.
    pub fn join(&mut self, from: u32, into: u32) {
        let (from, into) = (self.resolve(from), self.resolve(into));
        if from == into {
            return;
        }
        self.pour(from, into);
        self.apart.remove(&(from.min(into), from.max(into)));
        self.fix(into);
    }

    /// A person calls this cluster so; an empty name gives it back to what its posts say.
    pub fn name(&mut self, number: u32, name: &str) {
        let number = self.resolve(number);
        if let Some(cluster) = self.live.get_mut(&number) {
            cluster.name = (!name.is_empty()).then(|| name.to_owned());
            self.fix(number);
        }
    }

    /// A person does not want to hear of what this cluster says, or does again.
    pub fn ignore(&mut self, number: u32, ignored: bool) {
        let number = self.resolve(number);
        if let Some(cluster) = self.live.get_mut(&number) {
            cluster.ignored = ignored;
            self.fix(number);
        }
    }

    /// What is in a cluster now stays there, and it keeps its number.
    fn fix(&mut self, number: u32) {
        let strands = self.live.get(&number).map(|c| c.strands.clone()).unwrap_or_default();
        for strand in strands {
            if let Some(strand) = self.strands.get_mut(&strand) {
                strand.stays = true;
            }
        }
    }

    /// All of one cluster goes to another one.
    pub(super) fn pour(&mut self, from: u32, into: u32) {
        if !self.live.contains_key(&into) {
            return;
        }
        let Some(gone) = self.live.remove(&from) else { return };
        let Some(cluster) = self.live.get_mut(&into) else { return };
        cluster.born = cluster.born.min(gone.born);
        cluster.last = cluster.last.max(gone.last);
        for strand in &gone.strands {
            if let Some(strand) = self.strands.get_mut(strand) {
                strand.cluster = into;
            }
        }
        cluster.strands.extend(gone.strands);
        cluster.name = cluster.name.take().or(gone.name);
        cluster.members.extend(gone.members);
        self.recount(into);
        self.trim(into);
        self.merged.insert(from, into);
    }

    /// Members in order of time, the newest kept.
    pub(super) fn trim(&mut self, number: u32) {
        let Some(cluster) = self.live.get_mut(&number) else { return };
        let members = cluster.members.make_contiguous();
        members.sort_by(|a, b| a.quote.at.cmp(&b.quote.at).then_with(|| a.quote.key.cmp(&b.quote.key)));
        let surplus = cluster.members.len().saturating_sub(MEMBERS);
        for old in cluster.members.drain(..surplus) {
            self.of_post.remove(&hash(&old.quote.key));
        }
    }

    /// These posts leave their cluster and found one of their own, which is never merged back. Returns its number: `again`,
    /// if that ended in the cluster they leave, so that who takes a merge back has the number of before. `features` gives
    /// the features of a text.
    pub fn split(
        &mut self,
        number: u32,
        posts: &[PostKey],
        again: Option<u32>,
        features: impl Fn(&Quote) -> Features,
    ) -> Option<u32> {
        let number = self.resolve(number);
        let ours: Vec<&PostKey> = posts.iter().filter(|key| self.of_post(key) == Some(number)).collect();
        let first = ours.first().and_then(|key| self.member(key))?.quote.at;
        let keeps_some =
            self.live.get(&number).is_some_and(|c| c.members.iter().any(|m| !ours.contains(&&m.quote.key)));
        let ours: Vec<PostKey> = ours.into_iter().cloned().collect();
        let again = again.filter(|again| self.merged.contains_key(again) && self.resolve(*again) == number);
        let new = match again.filter(|_| keeps_some) {
            Some(again) => {
                self.merged.remove(&again);
                self.found_as(again, first)
            }
            None => self.found(first),
        };
        self.take_in(new, &ours, features);
        if keeps_some {
            // What stays behind stays apart, whatever becomes of its strands.
            self.fix(number);
        }
        self.apart.insert((number.min(new), number.max(new)));
        Some(new)
    }

    /// The days of a cluster that posts have left: of those that it keeps, where it keeps all.
    pub(super) fn date(&mut self, number: u32) {
        let Some(cluster) = self.live.get_mut(&number) else { return };
        let said = || cluster.members.iter().map(|m| m.quote.at);
        let (first, last) = (said().min(), said().max());
        if let Some(first) = first.filter(|_| cluster.size as usize <= cluster.members.len()) {
            cluster.born = first;
        }
        cluster.last = last.unwrap_or(cluster.last);
    }

    /// These posts are evidence of what this cluster says: strands of which they are the half or more come to it, until
    /// groups are seen afresh and each is where it fits best. Returns the clusters that ended so.
    pub fn gather(&mut self, into: u32, posts: &[PostKey]) -> Vec<u32> {
        let into = self.resolve(into);
        let mut said: BTreeMap<u32, u32> = BTreeMap::new();
        for strand in posts.iter().filter_map(|key| self.of_post.get(&hash(key))) {
            *said.entry(*strand).or_default() += 1;
        }
        let mut homes: BTreeSet<u32> = BTreeSet::new();
        let mut moves: Vec<(u32, u32)> = Vec::new();
        for (number, posts) in said {
            let Some(strand) = self.strands.get(&number) else { continue };
            let home = strand.cluster;
            let apart = self.apart.contains(&(home.min(into), home.max(into)));
            if home != into && !apart && !strand.stays && 2 * posts >= strand.size {
                moves.push((number, into));
                homes.insert(home);
            }
        }
        self.relocate(moves);
        let ended: Vec<u32> = homes.into_iter().filter(|home| !self.live.contains_key(home)).collect();
        self.merged.extend(ended.iter().map(|from| (*from, into)));
        ended
    }

    /// These posts go to this cluster, each as a strand of its own, and stay there.
    fn take_in(&mut self, into: u32, posts: &[PostKey], features: impl Fn(&Quote) -> Features) {
        for key in posts {
            let Some(from) = self.of_post(key).filter(|from| *from != into) else { continue };
            if self.apart.contains(&(from.min(into), from.max(into))) {
                continue;
            }
            let Some(member) = self.leave(key, &features) else { continue };
            let direction = self.direction(&features(&member.quote));
            let strand = self.found_strand(into, true, member.quote.at);
            self.add(strand, &direction, member);
            if !self.live.contains_key(&from) {
                self.merged.insert(from, into);
            }
        }
        self.trim(into);
    }

    /// A post was deleted: its words leave.
    pub fn forget(&mut self, key: &PostKey, features: impl Fn(&Quote) -> Features) -> Option<u32> {
        let number = self.of_post(key)?;
        self.leave(key, &features)?;
        if let Some(cluster) = self.live.get_mut(&number) {
            cluster.label.clear();
        }
        Some(number)
    }

    /// A post leaves its strand and its cluster; what is left without posts is gone.
    fn leave(&mut self, key: &PostKey, features: &impl Fn(&Quote) -> Features) -> Option<Member> {
        let number = self.of_post.remove(&hash(key))?;
        let strand = self.strands.get_mut(&number)?;
        let home = strand.cluster;
        let cluster = self.live.get_mut(&home)?;
        let at = cluster.members.iter().position(|m| m.quote.key == *key)?;
        let member = cluster.members.remove(at)?;
        let direction = self.vocabulary.direction(&features(&member.quote), &self.centre);
        strand.sum.add(&direction, -1.0, STRAND_WORDS);
        strand.norm = strand.sum.norm();
        strand.size = strand.size.saturating_sub(1);
        if cluster.strands.len() > 1 {
            cluster.sum.add(&direction, -1.0, CLUSTER_WORDS);
        }
        cluster.size = cluster.size.saturating_sub(1);
        let bare = cluster.members.is_empty();
        let of_strand =
            cluster.members.iter().filter(|m| self.of_post.get(&hash(&m.quote.key)) == Some(&number));
        match of_strand.map(|m| m.quote.at).max().filter(|_| strand.size > 0) {
            Some(last) => {
                strand.last = last;
                self.index.put(number, &strand.sum);
            }
            None => self.remove_strand(number),
        }
        if bare {
            self.remove(home);
        } else {
            self.date(home);
        }
        Some(member)
    }

    /// A strand is gone, and what it added to its cluster.
    pub(super) fn remove_strand(&mut self, number: u32) {
        let Some(strand) = self.strands.remove(&number) else { return };
        self.index.remove(number);
        if let Some(cluster) = self.live.get_mut(&strand.cluster) {
            cluster.strands.remove(&number);
            cluster.size = cluster.size.saturating_sub(strand.size);
            if cluster.strands.len() > 1 {
                cluster.sum.add_sum(&strand.sum, -1.0, CLUSTER_WORDS);
            } else {
                cluster.sum = Centroid::default();
            }
        }
    }

    /// A cluster is gone with all it holds.
    pub(super) fn remove(&mut self, number: u32) {
        let Some(cluster) = self.live.remove(&number) else { return };
        for strand in cluster.strands {
            self.strands.remove(&strand);
            self.index.remove(strand);
        }
        for member in &cluster.members {
            self.of_post.remove(&hash(&member.quote.key));
        }
    }
}
