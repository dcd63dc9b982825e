//! The sum of many directions, kept small: a hundred thousand of them are held and compared.

use serde::{Deserialize, Serialize};

use super::direction::{Direction, LookUp};
use super::vector::Vector;

/// The sum of the directions of some posts. What is meant is kept in 16 bits a figure: a part in 65,000 of the largest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Centroid {
    words: Vector,
    meaning: Box<[i16]>,
    /// What one step of `meaning` is worth.
    step: f32,
}

impl Centroid {
    /// Words and pairs by weight.
    pub(super) fn words(&self) -> &Vector {
        &self.words
    }

    /// What is meant, to any length.
    pub(super) fn meaning(&self) -> impl Iterator<Item = f32> + '_ {
        self.meaning.iter().map(|x| f32::from(*x) * self.step)
    }

    /// Length.
    pub(super) fn norm(&self) -> f32 {
        let meant: f32 = self.meaning().map(|x| x * x).sum();
        (self.words.dot(&self.words) + meant).sqrt()
    }

    /// Inner product with a post that was made ready to be looked up.
    pub(super) fn dot(&self, post: &LookUp) -> f32 {
        self.said(post) + self.meant(post)
    }

    /// The part of the words in the inner product.
    pub(super) fn said(&self, post: &LookUp) -> f32 {
        post.words(&self.words)
    }

    /// The part of what is meant.
    pub(super) fn meant(&self, post: &LookUp) -> f32 {
        self.step * post.meaning(&self.meaning)
    }

    /// Adds a direction `factor` times, and keeps the `most` heaviest words.
    pub(super) fn add(&mut self, other: &Direction, factor: f32, most: usize) {
        let mut sum = self.spread_out();
        sum.add(other, factor, most);
        *self = Self::of(sum);
    }

    /// Adds another sum `factor` times.
    pub(super) fn add_sum(&mut self, other: &Self, factor: f32, most: usize) {
        self.add(&other.spread_out(), factor, most);
    }

    /// The same, ready to be added up.
    pub(super) fn spread_out(&self) -> Direction {
        Direction { words: self.words.clone(), meaning: self.meaning().collect() }
    }

    /// Of a sum.
    pub(super) fn of(sum: Direction) -> Self {
        let largest = sum.meaning.iter().fold(0.0f32, |most, x| most.max(x.abs()));
        if largest == 0.0 {
            return Self { words: sum.words.trimmed(), ..Self::default() };
        }
        let step = largest / f32::from(i16::MAX);
        let meaning = sum.meaning.iter().map(|x| (x / step).round() as i16).collect();
        Self { words: sum.words.trimmed(), meaning, step }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::cluster::direction::dense_dot;

    fn direction(seed: u32) -> Direction {
        let noise =
            |i: u32| f32::from(xxhash_rust::xxh3::xxh3_64_with_seed(&i.to_le_bytes(), seed.into()) as i8);
        Direction::of(Vector::new(vec![(seed, 1.0), (seed + 7, 2.0)]), (0..128).map(noise).collect())
    }

    #[test]
    fn a_sum_is_what_was_added_to_within_its_bits() {
        let (mut plain, mut kept) = (Direction::default(), Centroid::default());
        for seed in 0..1_000 {
            plain.add(&direction(seed % 20), 1.0, 64);
            kept.add(&direction(seed % 20), 1.0, 64);
        }
        let post = direction(3);
        let (exact, found) = (plain.dot(&post), kept.dot(&LookUp::of(&post)));
        assert!((exact - found).abs() < 2e-3 * exact.abs(), "{exact} {found}");
        assert!((plain.norm() - kept.norm()).abs() < 1e-3 * plain.norm());
    }

    #[test]
    fn what_was_added_is_gone_when_it_is_taken_away() {
        let mut sum = Centroid::default();
        sum.add(&direction(1), 1.0, 64);
        sum.add(&direction(1), -1.0, 64);
        assert!(sum.norm() < 1e-4);
    }

    #[test]
    fn it_is_small() {
        let mut sum = Centroid::default();
        sum.add(&direction(1), 1.0, 64);
        assert!(postcard::to_stdvec(&sum).unwrap().len() < 420);
    }

    #[test]
    fn dense_parts_agree() {
        let (a, b) = (direction(5), direction(6));
        let mut sum = Centroid::default();
        sum.add(&a, 1.0, 64);
        let exact = dense_dot(&a.meaning, &b.meaning);
        assert!((exact - sum.step * LookUp::of(&b).meaning(&sum.meaning)).abs() < 1e-4);
    }
}
