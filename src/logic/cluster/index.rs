//! Which groups of posts may be like a new one: by rare words that both hold, and by what both mean. A few dozen are
//! found among a hundred thousand, without looking at each.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::centroid::Centroid;
use super::direction::Direction;
use super::features::Feature;

/// A post is looked up by so many of its weightiest words and pairs.
const PROBES: usize = 8;
/// Groups looked at for one of them, the newest; a word that more groups hold tells little.
const CANDIDATES: usize = 48;
/// A group is found by so many of its weightiest words and pairs.
const POSTED: usize = 24;
/// Directions of the meaning by which groups are looked up: the principal ones.
const SKETCH: usize = 32;
/// Cells looked into.
const CELLS: usize = 6;
/// Below so many groups there is one cell, and all are looked at.
const FEW: usize = 512;

/// Groups by their words and their meaning.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    /// Word → groups that it stands for, in order.
    postings: FxHashMap<Feature, Vec<u32>>,
    /// The words of each group by which it is found, in order.
    posted: FxHashMap<u32, Box<[Feature]>>,
    cells: Vec<Cell>,
    place: FxHashMap<u32, u32>,
    /// Groups there were when the cells were laid out.
    laid_out: usize,
}

/// Groups that mean something alike.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Cell {
    middle: Sketch,
    groups: Vec<u32>,
    /// One for each group.
    sketches: Vec<Sketch>,
}

/// What is meant in a few bytes: its principal directions, to length 127.
type Sketch = [i8; SKETCH];

impl Index {
    /// Groups that may be like this direction, in order: `most` by their words, and `most` by their meaning.
    pub(super) fn candidates(&self, direction: &Direction, most: usize) -> Vec<u32> {
        let mut sums = Sums::default();
        for (feature, weight) in heaviest(direction.words.iter(), PROBES) {
            let groups = self.postings.get(&feature).map(Vec::as_slice).unwrap_or_default();
            let newest = groups.get(groups.len().saturating_sub(CANDIDATES)..).unwrap_or_default();
            newest.iter().for_each(|group| sums.add(*group, weight));
        }
        let mut found: Vec<u32> = heaviest(sums.iter(), most).into_iter().map(|g| g.0).collect();
        if let Some(sketch) = sketch(direction.meaning.iter().copied()) {
            found.extend(self.meaning_like(&sketch, most));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn meaning_like(&self, sketch: &Sketch, most: usize) -> impl Iterator<Item = u32> + use<> {
        let sketch = &wide(sketch);
        let cells = (0..).zip(&self.cells).map(|(i, c)| (i, dot(&c.middle, sketch) as f32));
        let cells = heaviest(cells, CELLS).into_iter().filter_map(|(i, _)| self.cells.get(i as usize));
        let alike = cells.flat_map(|cell| {
            cell.groups.iter().copied().zip(cell.sketches.iter().map(|row| dot(row, sketch) as f32))
        });
        heaviest(alike, most).into_iter().map(|group| group.0)
    }

    /// A group is there, or has changed: by the weightiest words of its sum it will be found.
    pub(super) fn put(&mut self, group: u32, sum: &Centroid) {
        let mut words: Vec<Feature> = heaviest(sum.words().iter(), POSTED).into_iter().map(|w| w.0).collect();
        words.sort_unstable();
        let known = self.posted.remove(&group).unwrap_or_default();
        for word in known.iter().filter(|w| words.binary_search(w).is_err()) {
            self.drop_word(group, *word);
        }
        for word in words.iter().filter(|w| known.binary_search(w).is_err()) {
            let groups = self.postings.entry(*word).or_default();
            if let Err(at) = groups.binary_search(&group) {
                groups.insert(at, group);
            }
        }
        self.posted.insert(group, words.into_boxed_slice());
        self.unplace(group);
        if let Some(sketch) = sketch(sum.meaning()) {
            self.place_in_cell(group, sketch);
        }
        if self.place.len() > FEW.max(self.laid_out * 2) {
            self.lay_out();
        }
    }

    fn drop_word(&mut self, group: u32, word: Feature) {
        if let Some(groups) = self.postings.get_mut(&word) {
            if let Ok(at) = groups.binary_search(&group) {
                groups.remove(at);
            }
            if groups.is_empty() {
                self.postings.remove(&word);
            }
        }
    }

    /// A group is gone.
    pub(super) fn remove(&mut self, group: u32) {
        for word in self.posted.remove(&group).unwrap_or_default() {
            self.drop_word(group, word);
        }
        self.unplace(group);
    }

    /// Nothing is held.
    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.postings.is_empty() && self.posted.is_empty() && self.place.is_empty()
    }

    fn place_in_cell(&mut self, group: u32, sketch: Sketch) {
        if self.cells.is_empty() {
            self.cells.push(Cell::default());
        }
        let like = wide(&sketch);
        let nearest = self.cells.iter().enumerate().max_by_key(|(i, c)| (dot(&c.middle, &like), Reverse(*i)));
        if let Some(at) = nearest.map(|(at, _)| at)
            && let Some(cell) = self.cells.get_mut(at)
        {
            cell.groups.push(group);
            cell.sketches.push(sketch);
            self.place.insert(group, at as u32);
        }
    }

    fn unplace(&mut self, group: u32) {
        let Some(at) = self.place.remove(&group) else { return };
        let Some(cell) = self.cells.get_mut(at as usize) else { return };
        let Some(row) = cell.groups.iter().position(|g| *g == group) else { return };
        cell.groups.swap_remove(row);
        cell.sketches.swap_remove(row);
    }

    /// Lays the cells out anew around some of the groups: as many as each will hold.
    fn lay_out(&mut self) {
        let mut all: BTreeMap<u32, Sketch> = BTreeMap::new();
        for cell in std::mem::take(&mut self.cells) {
            all.extend(cell.groups.into_iter().zip(cell.sketches));
        }
        self.place.clear();
        self.laid_out = all.len();
        let every = all.len().isqrt().max(1);
        let middles = all.values().step_by(every).copied();
        self.cells = middles.map(|middle| Cell { middle, ..Cell::default() }).collect();
        for (group, sketch) in all {
            self.place_in_cell(group, sketch);
        }
    }
}

/// The principal directions of what is meant; `None` where nothing is.
fn sketch(meaning: impl Iterator<Item = f32>) -> Option<Sketch> {
    let mut head = [0.0f32; SKETCH];
    head.iter_mut().zip(meaning).for_each(|(place, x)| *place = x);
    let length = head.iter().map(|x| x * x).sum::<f32>().sqrt();
    (length > 0.0).then(|| head.map(|x| (x / length * 127.0).round() as i8))
}

/// A sketch that many are compared with, in the width that the processor multiplies in pairs.
fn wide(sketch: &Sketch) -> [i16; SKETCH] {
    sketch.map(i16::from)
}

fn dot(row: &Sketch, like: &[i16; SKETCH]) -> i32 {
    row.iter().zip(like).map(|(x, y)| i32::from(*x) * i32::from(*y)).sum()
}

/// The `most` that weigh most, the heaviest first; of equal ones the lower number.
fn heaviest(scored: impl Iterator<Item = (u32, f32)>, most: usize) -> Vec<(u32, f32)> {
    let mut best: Vec<(u32, f32)> = Vec::with_capacity(most + 1);
    // What the lightest of them weighs, once there are enough: nearly all are turned away by this one look.
    let mut least = f32::NEG_INFINITY;
    for new in scored {
        if new.1 < least {
            continue;
        }
        let before = |a: &(u32, f32)| new.1.total_cmp(&a.1).then(a.0.cmp(&new.0)).is_lt();
        best.insert(best.partition_point(before), new);
        best.truncate(most);
        if best.len() == most {
            least = best.last().map_or(least, |last| last.1);
        }
    }
    best
}

/// What each of a few hundred groups weighs, added up in a table of its own: a map of the standard kind costs more to make
/// than to fill.
struct Sums {
    /// A group and its sum by the upper bits of a product, the next free place where that is taken; nothing weighs 0.
    slots: [(u32, f32); Self::SLOTS],
}

impl Sums {
    /// More than twice as many as there can be groups.
    const SLOTS: usize = (2 * PROBES * CANDIDATES).next_power_of_two();

    fn add(&mut self, group: u32, weight: f32) {
        // Fibonacci hashing (2³² over the golden ratio).
        let mut at = (group.wrapping_mul(0x9E37_79B9) >> (32 - Self::SLOTS.ilog2())) as usize;
        while let Some(slot) = self.slots.get_mut(at) {
            if slot.1 == 0.0 || slot.0 == group {
                *slot = (group, slot.1 + weight);
                return;
            }
            at = (at + 1) % Self::SLOTS;
        }
    }

    fn iter(&self) -> impl Iterator<Item = (u32, f32)> {
        self.slots.iter().copied().filter(|(_, sum)| *sum != 0.0)
    }
}

impl Default for Sums {
    fn default() -> Self {
        Self { slots: [(0, 0.0); Self::SLOTS] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::cluster::vector::Vector;

    fn direction(seed: u32) -> Direction {
        let noise = |i: u64| {
            (xxhash_rust::xxh3::xxh3_64_with_seed(&i.to_le_bytes(), seed.into()) % 1000) as f32 - 500.0
        };
        Direction::of(Vector::new(vec![(seed, 1.0)]), (0..128).map(noise).collect())
    }

    fn sum(seed: u32) -> Centroid {
        let mut sum = Centroid::default();
        sum.add(&direction(seed), 1.0, 64);
        sum
    }

    proptest::proptest! {
        #[test]
        fn the_heaviest_are_those_that_come_first_in_order(
            scored in proptest::collection::vec((0..50u32, 0..9u8), 0..80), most in 1..12usize,
        ) {
            let mut all: Vec<(u32, f32)> = scored.into_iter().map(|(n, w)| (n, f32::from(w))).collect();
            let found = heaviest(all.iter().copied(), most);
            all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            all.truncate(most);
            proptest::prop_assert_eq!(found, all);
        }

        #[test]
        fn sums_are_those_of_a_map(added in proptest::collection::vec((0..400u32, 1..9u8), 0..PROBES * CANDIDATES)) {
            let (mut sums, mut map) = (Sums::default(), BTreeMap::new());
            for (group, weight) in added {
                // Numbers that fall into few places as well.
                let group = group << 22 | group;
                sums.add(group, f32::from(weight));
                *map.entry(group).or_insert(0.0) += f32::from(weight);
            }
            proptest::prop_assert_eq!(sums.iter().collect::<BTreeMap<_, _>>(), map);
        }
    }

    #[test]
    fn what_is_alike_is_found_among_many() {
        let mut index = Index::default();
        for group in 0..5_000u32 {
            index.put(group, &sum(group));
        }
        let found = (0..200u32).filter(|g| {
            // By meaning alone: no word is shared.
            let mut like = direction(*g);
            like.words = Vector::default();
            index.candidates(&like, 8).contains(g)
        });
        assert_eq!(found.count(), 200);
        assert!(index.candidates(&direction(17), 8).len() <= 16);
    }

    #[test]
    fn what_is_gone_is_not_found() {
        let mut index = Index::default();
        for group in 0..2_000u32 {
            index.put(group, &sum(group));
        }
        for group in 0..2_000u32 {
            index.remove(group);
        }
        assert!(index.is_empty() && index.candidates(&direction(5), 8).is_empty());
    }
}
