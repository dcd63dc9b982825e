//! Which strands of posts belong together, seen afresh: average linkage, from the closest pair down, with what is
//! grouped already given the benefit of the doubt so that numbers stay what people know.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::direction::{Direction, LookUp};

/// A group of posts that is not taken apart.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The sum of its posts.
    pub(super) sum: Direction,
    /// How many they are.
    pub(super) size: u32,
    /// The cluster it is in.
    pub(super) home: u32,
    /// A person, or an alert, put it there: it stays.
    pub(super) stays: bool,
    /// Other nodes that may be like it.
    pub(super) near: BTreeSet<usize>,
}

/// How alike groups must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Linkage {
    /// Average similarity of the posts of two groups from which they are one.
    pub(super) merge: f32,
    /// What is one cluster already counts as so much more alike.
    pub(super) keep: f32,
}

/// Groups the nodes; gives each its group, a number below the count of nodes. `apart` says which clusters a person took
/// apart: they never share a group.
pub(super) fn regroup(
    nodes: Vec<Node>,
    linkage: Linkage,
    most_words: usize,
    apart: impl Fn(u32, u32) -> bool,
) -> Vec<usize> {
    let mut forest = Forest::new(nodes, linkage);
    while let Some(link) = forest.heap.pop() {
        let (a, b) = (link.a, link.b);
        let fresh = forest.version(a) == link.versions.0 && forest.version(b) == link.versions.1;
        if fresh && forest.may_join(a, b, &apart) {
            forest.join(a, b, most_words);
        }
    }
    (0..forest.into.len()).map(|i| forest.root(i)).collect()
}

struct Forest {
    nodes: Vec<Node>,
    linkage: Linkage,
    into: Vec<usize>,
    versions: Vec<u32>,
    /// Sums of similarities over all pairs of posts of two nodes.
    links: Vec<BTreeMap<usize, f32>>,
    /// Clusters whose posts must stay, by node.
    anchors: Vec<BTreeSet<u32>>,
    heap: BinaryHeap<Link>,
}

/// Two nodes that may be one, the closest first.
#[derive(Debug, PartialEq)]
struct Link {
    alike: f32,
    a: usize,
    b: usize,
    versions: (u32, u32),
}

impl Eq for Link {}

impl Ord for Link {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.alike.total_cmp(&other.alike).then_with(|| (other.a, other.b).cmp(&(self.a, self.b)))
    }
}

impl PartialOrd for Link {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Forest {
    fn new(nodes: Vec<Node>, linkage: Linkage) -> Self {
        let count = nodes.len();
        let anchors = nodes.iter().map(|n| n.stays.then_some(n.home).into_iter().collect()).collect();
        let mut forest = Self {
            linkage,
            into: (0..count).collect(),
            versions: vec![0; count],
            links: vec![BTreeMap::new(); count],
            anchors,
            heap: BinaryHeap::new(),
            nodes,
        };
        let mut pairs: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut first_of: BTreeMap<u32, usize> = BTreeMap::new();
        for (a, node) in forest.nodes.iter().enumerate() {
            pairs.extend(node.near.iter().filter(|b| **b != a).map(|b| (a.min(*b), a.max(*b))));
            if node.stays {
                let first = *first_of.entry(node.home).or_insert(a);
                if first != a {
                    pairs.insert((first, a));
                }
            }
        }
        let pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
        for of_one in pairs.chunk_by(|x, y| x.0 == y.0) {
            let Some(first) = of_one.first().and_then(|(a, _)| forest.nodes.get(*a)) else { continue };
            let look_up = LookUp::of(&first.sum);
            let sums: Vec<f32> = of_one
                .iter()
                .map(|(_, b)| forest.nodes.get(*b).map_or(0.0, |other| look_up.dot(&other.sum)))
                .collect();
            for ((a, b), sum) in of_one.iter().zip(sums) {
                forest.connect(*a, *b, sum);
                forest.offer(*a, *b, sum);
            }
        }
        forest
    }

    fn version(&self, node: usize) -> u32 {
        self.versions.get(node).copied().unwrap_or(u32::MAX)
    }

    fn root(&self, mut node: usize) -> usize {
        while let Some(into) = self.into.get(node).copied().filter(|into| *into != node) {
            node = into;
        }
        node
    }

    fn connect(&mut self, a: usize, b: usize, sum: f32) {
        for (from, to) in [(a, b), (b, a)] {
            if let Some(links) = self.links.get_mut(from) {
                links.insert(to, sum);
            }
        }
    }

    /// Puts a pair on the heap if it is alike enough.
    fn offer(&mut self, a: usize, b: usize, sum: f32) {
        let (Some(x), Some(y)) = (self.nodes.get(a), self.nodes.get(b)) else { return };
        let mut alike = sum / (x.size.max(1) as f32 * y.size.max(1) as f32);
        if x.home == y.home {
            alike *= 1.0 + self.linkage.keep;
            if x.stays && y.stays {
                // What a person put together is together whatever it says.
                alike = f32::MAX;
            }
        }
        if alike >= self.linkage.merge {
            let (a, b) = (a.min(b), a.max(b));
            self.heap.push(Link { alike, a, b, versions: (self.version(a), self.version(b)) });
        }
    }

    fn may_join(&self, a: usize, b: usize, apart: &impl Fn(u32, u32) -> bool) -> bool {
        let (Some(x), Some(y)) = (self.anchors.get(a), self.anchors.get(b)) else { return false };
        !x.iter().any(|x| y.iter().any(|y| apart(*x, *y)))
    }

    /// The smaller goes into the larger.
    fn join(&mut self, a: usize, b: usize, most_words: usize) {
        let size = |i: usize| self.nodes.get(i).map_or(0, |n| n.size);
        let (into, from) = if size(a) >= size(b) { (a, b) } else { (b, a) };
        let Some(gone) = self.nodes.get_mut(from).map(|n| std::mem::take(&mut n.sum)) else { return };
        let gone_size = self.nodes.get(from).map_or(0, |n| n.size);
        let (gone_home, gone_stays) = self.nodes.get(from).map_or((0, false), |n| (n.home, n.stays));
        if let Some(node) = self.nodes.get_mut(into) {
            node.sum.add(&gone, 1.0, most_words);
            node.size += gone_size;
            if gone_stays && !node.stays {
                (node.home, node.stays) = (gone_home, true);
            }
        }
        for place in [into, from] {
            if let Some(version) = self.versions.get_mut(place) {
                *version += 1;
            }
        }
        if let Some(place) = self.into.get_mut(from) {
            *place = into;
        }
        let anchors = self.anchors.get_mut(from).map(std::mem::take).unwrap_or_default();
        if let Some(ours) = self.anchors.get_mut(into) {
            ours.extend(anchors);
        }
        let theirs = self.links.get_mut(from).map(std::mem::take).unwrap_or_default();
        let ours = self.links.get(into).cloned().unwrap_or_default();
        let others: BTreeSet<usize> =
            ours.keys().chain(theirs.keys()).copied().filter(|o| *o != into && *o != from).collect();
        if let Some(links) = self.links.get_mut(into) {
            links.remove(&from);
        }
        for other in others {
            let sum = match (ours.get(&other), theirs.get(&other)) {
                (Some(x), Some(y)) => x + y,
                // One of the two was not thought to be near: what it adds is not known before it is looked at.
                _ => match (self.nodes.get(into), self.nodes.get(other)) {
                    (Some(x), Some(y)) => x.sum.dot(&y.sum),
                    _ => continue,
                },
            };
            if let Some(links) = self.links.get_mut(other) {
                links.remove(&from);
            }
            self.connect(into, other, sum);
            self.offer(into, other, sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::cluster::vector::Vector;

    fn node(words: &[u32], size: u32, home: u32, stays: bool) -> Node {
        let one = Direction::of(Vector::new(words.iter().map(|w| (*w, 1.0)).collect()), Vec::new());
        let mut sum = Direction::default();
        sum.add(&one, size as f32, usize::MAX);
        Node { sum, size, home, stays, near: (0..8).collect() }
    }

    fn groups(nodes: Vec<Node>) -> Vec<usize> {
        regroup(nodes, Linkage { merge: 0.3, keep: 0.25 }, 100, |a, b| (a, b) == (8, 9) || (a, b) == (9, 8))
    }

    #[test]
    fn what_is_alike_is_grouped_and_the_rest_is_not() {
        let found =
            groups(vec![node(&[1, 2], 3, 1, false), node(&[2, 1], 1, 2, false), node(&[5, 6], 2, 3, false)]);
        assert_eq!(found, [0, 0, 2]);
    }

    #[test]
    fn a_bridge_does_not_pull_two_groups_together() {
        let bridge = node(&[1, 2, 5, 6], 1, 3, false);
        let found = groups(vec![node(&[1, 2], 30, 1, false), node(&[5, 6], 30, 2, false), bridge]);
        assert_ne!(found[0], found[1]);
    }

    #[test]
    fn what_a_person_put_together_stays_and_what_was_taken_apart_too() {
        let found = groups(vec![
            node(&[1, 2], 3, 4, true),
            node(&[5, 6], 3, 4, true),
            node(&[1, 2], 3, 8, true),
            node(&[1, 2], 3, 9, true),
        ]);
        assert_eq!(found[0], found[1]);
        assert_ne!(found[2], found[3]);
    }
}
