//! Which groups of posts may be like a new one: by rare words that both hold, and by what both mean. A few dozen are
//! found among a hundred thousand, without looking at each.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use xxhash_rust::xxh3::Xxh3DefaultBuilder;

use super::direction::{Direction, dense_dot};
use super::features::Feature;

/// A post is looked up by so many of its weightiest words and pairs.
const PROBES: usize = 8;
/// Groups looked at for one of them, the newest; a word that more groups hold tells little.
const CANDIDATES: usize = 48;
/// A group is found by so many of its weightiest words and pairs.
const POSTED: usize = 24;
/// Groups compared in full: so many by their words, and so many by their meaning.
const COMPARED: usize = 24;
/// Directions of the meaning by which groups are looked up: the principal ones.
const SKETCH: usize = 32;
/// Cells looked into.
const CELLS: usize = 8;
/// Below so many groups there is one cell, and all are looked at.
const FEW: usize = 512;

/// Groups by their words and their meaning.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Index {
    /// Word → groups that it stands for, in order.
    postings: HashMap<Feature, Vec<u32>, Xxh3DefaultBuilder>,
    /// The words of each group by which it is found, in order.
    posted: HashMap<u32, Vec<Feature>, Xxh3DefaultBuilder>,
    cells: Vec<Cell>,
    place: HashMap<u32, u32, Xxh3DefaultBuilder>,
    /// Groups there were when the cells were laid out.
    laid_out: usize,
}

/// Groups that mean something alike.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Cell {
    middle: Vec<f32>,
    groups: Vec<u32>,
    /// A row of [`SKETCH`] for each group.
    sketches: Vec<f32>,
}

impl Index {
    /// Groups that may be like this direction, in order.
    pub(super) fn candidates(&self, direction: &Direction) -> BTreeSet<u32> {
        let mut by_words: Vec<(u32, f32)> = Vec::with_capacity(PROBES * CANDIDATES);
        let mut probes: Vec<(Feature, f32)> = direction.words.iter().collect();
        probes.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (feature, weight) in probes.into_iter().take(PROBES) {
            let groups = self.postings.get(&feature).map(Vec::as_slice).unwrap_or_default();
            let newest = groups.get(groups.len().saturating_sub(CANDIDATES)..).unwrap_or_default();
            by_words.extend(newest.iter().map(|group| (*group, weight)));
        }
        by_words.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        let sums = by_words
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|same| Some((same.first()?.0, same.iter().map(|s| s.1).sum())));
        let mut found: BTreeSet<u32> = best(sums.collect()).collect();
        if let Some(sketch) = sketch(direction) {
            found.extend(self.meaning_like(&sketch));
        }
        found
    }

    fn meaning_like(&self, sketch: &[f32]) -> impl Iterator<Item = u32> + use<> {
        let mut cells: Vec<(f32, usize)> =
            self.cells.iter().enumerate().map(|(i, c)| (dense_dot(&c.middle, sketch), i)).collect();
        cells.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut near: Vec<(u32, f32)> = Vec::new();
        for cell in cells.into_iter().take(CELLS).filter_map(|(_, i)| self.cells.get(i)) {
            let rows = cell.sketches.chunks_exact(SKETCH).map(|row| dense_dot(row, sketch));
            near.extend(cell.groups.iter().copied().zip(rows));
        }
        best(near)
    }

    /// A group is there, or has changed: by the weightiest words of its sum it will be found.
    pub(super) fn put(&mut self, group: u32, sum: &Direction) {
        let mut words: Vec<(Feature, f32)> = sum.words.iter().collect();
        if words.len() > POSTED {
            words.select_nth_unstable_by(POSTED, |a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            words.truncate(POSTED);
        }
        let mut words: Vec<Feature> = words.into_iter().map(|w| w.0).collect();
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
        self.posted.insert(group, words);
        self.unplace(group);
        if let Some(sketch) = sketch(sum) {
            self.place_in_cell(group, &sketch);
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

    fn place_in_cell(&mut self, group: u32, sketch: &[f32]) {
        if self.cells.is_empty() {
            self.cells.push(Cell { middle: vec![0.0; SKETCH], ..Cell::default() });
        }
        let nearest = self
            .cells
            .iter()
            .enumerate()
            .map(|(i, c)| (dense_dot(&c.middle, sketch), i))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        if let Some((_, at)) = nearest
            && let Some(cell) = self.cells.get_mut(at)
        {
            cell.groups.push(group);
            cell.sketches.extend_from_slice(sketch);
            self.place.insert(group, at as u32);
        }
    }

    fn unplace(&mut self, group: u32) {
        let Some(at) = self.place.remove(&group) else { return };
        let Some(cell) = self.cells.get_mut(at as usize) else { return };
        let Some(row) = cell.groups.iter().position(|g| *g == group) else { return };
        cell.groups.swap_remove(row);
        // The last row takes the place of the one that goes.
        let last = cell.sketches.len().saturating_sub(SKETCH);
        cell.sketches.copy_within(last.., row * SKETCH);
        cell.sketches.truncate(last);
    }

    /// Lays the cells out anew around some of the groups: as many as each will hold.
    fn lay_out(&mut self) {
        let mut all: BTreeMap<u32, Vec<f32>> = BTreeMap::new();
        for cell in std::mem::take(&mut self.cells) {
            let rows = cell.sketches.chunks_exact(SKETCH).map(<[f32]>::to_vec);
            all.extend(cell.groups.iter().copied().zip(rows));
        }
        self.place.clear();
        self.laid_out = all.len();
        let every = all.len().isqrt().max(1);
        let middles = all.values().step_by(every).cloned();
        self.cells = middles.map(|middle| Cell { middle, ..Cell::default() }).collect();
        for (group, sketch) in all {
            self.place_in_cell(group, &sketch);
        }
    }
}

/// The principal directions of what is meant, to length one.
fn sketch(direction: &Direction) -> Option<Vec<f32>> {
    let head = direction.meaning.get(..SKETCH)?;
    let norm = dense_dot(head, head).sqrt();
    (norm > 0.0).then(|| head.iter().map(|x| x / norm).collect())
}

fn best(mut scored: Vec<(u32, f32)>) -> impl Iterator<Item = u32> {
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if scored.len() > COMPARED {
        scored.select_nth_unstable_by(COMPARED, order);
        scored.truncate(COMPARED);
    }
    scored.into_iter().map(|(group, _)| group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::cluster::vector::Vector;

    fn direction(seed: u64) -> Direction {
        let noise =
            |i: u64| (xxhash_rust::xxh3::xxh3_64_with_seed(&i.to_le_bytes(), seed) % 1000) as f32 - 500.0;
        Direction::of(Vector::new(vec![(seed, 1.0)]), (0..128).map(noise).collect())
    }

    #[test]
    fn what_is_alike_is_found_among_many() {
        let mut index = Index::default();
        for group in 0..5_000u32 {
            let sum = direction(u64::from(group));
            index.put(group, &sum);
        }
        let found = (0..200u32).filter(|g| {
            // By meaning alone: no word is shared.
            let mut like = direction(u64::from(*g));
            like.words = Vector::default();
            index.candidates(&like).contains(g)
        });
        assert_eq!(found.count(), 200);
        assert!(index.candidates(&direction(17)).len() <= 2 * COMPARED);
    }

    #[test]
    fn what_is_gone_is_not_found() {
        let mut index = Index::default();
        for group in 0..2_000u32 {
            let sum = direction(u64::from(group));
            index.put(group, &sum);
        }
        for group in 0..2_000u32 {
            index.remove(group);
        }
        assert!(index.is_empty() && index.candidates(&direction(5)).is_empty());
    }
}
