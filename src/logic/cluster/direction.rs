//! The direction of a post: half by the words it uses, half by what they mean.

use serde::{Deserialize, Serialize};

use super::features::Feature;
use super::meaning;
use super::vector::Vector;

/// Share of the words in how alike two posts are; the rest is what they mean.
const WORDS: f32 = 0.5;
/// … and beside an encoder, which knows more of it.
const WORDS_BESIDE_ENCODER: f32 = 0.4;

/// A post's direction, or the sum of many: words and word pairs, and what they mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Direction {
    /// Words and pairs, by weight.
    pub(super) words: Vector,
    /// What is meant; empty where no word is known.
    pub(super) meaning: Vec<f32>,
}

impl Direction {
    /// From both parts, each of any length: the whole has length one, unless nothing is said.
    pub(super) fn of(words: Vector, mut meaning: Vec<f32>) -> Self {
        let share = if meaning::encodes() { WORDS_BESIDE_ENCODER } else { WORDS };
        let length = dense_dot(&meaning, &meaning).sqrt();
        if length > 0.0 {
            meaning.iter_mut().for_each(|x| *x *= (1.0 - share).sqrt() / length);
        } else {
            meaning.clear();
        }
        let mut words = words.normalised();
        words.scale(share.sqrt());
        let mut direction = Self { words, meaning };
        let norm = direction.norm();
        if norm > 0.0 {
            direction.scale(1.0 / norm);
        }
        direction
    }

    /// Inner product.
    pub(super) fn dot(&self, other: &Self) -> f32 {
        self.words.dot(&other.words) + dense_dot(&self.meaning, &other.meaning)
    }

    /// Length.
    pub(super) fn norm(&self) -> f32 {
        self.dot(self).max(0.0).sqrt()
    }

    /// Adds `other` times `factor`, and keeps the `most` heaviest words.
    pub(super) fn add(&mut self, other: &Self, factor: f32, most: usize) {
        self.words.add(&other.words, factor, most);
        if self.meaning.len() < other.meaning.len() {
            self.meaning.resize(other.meaning.len(), 0.0);
        }
        for (sum, x) in self.meaning.iter_mut().zip(&other.meaning) {
            *sum += factor * x;
        }
    }

    fn scale(&mut self, factor: f32) {
        self.words.scale(factor);
        self.meaning.iter_mut().for_each(|x| *x *= factor);
    }
}

/// A direction made ready to be compared with many sums: its words stand in a table, so that each word of a sum is
/// one look and mostly none is found.
pub(super) struct LookUp<'d> {
    /// Word and weight by the lowest bits of the word, the next free place where that is taken; nothing weighs 0.
    slots: Vec<(Feature, f32)>,
    meaning: &'d [f32],
}

impl<'d> LookUp<'d> {
    /// Of a direction.
    pub(super) fn of(direction: &'d Direction) -> Self {
        // Three of four places at the least are free.
        let mut table = Self {
            slots: vec![(0, 0.0); (direction.words.len() * 4).next_power_of_two()],
            meaning: &direction.meaning,
        };
        for (feature, weight) in direction.words.iter().filter(|(_, weight)| *weight != 0.0) {
            let at = table.place(feature);
            if let Some(slot) = table.slots.get_mut(at) {
                *slot = (feature, weight);
            }
        }
        table
    }

    /// Where a word stands, or would.
    fn place(&self, feature: Feature) -> usize {
        let last = self.slots.len() - 1;
        let mut at = feature as usize & last;
        while self.slots.get(at).is_some_and(|(known, weight)| *weight != 0.0 && *known != feature) {
            at = (at + 1) & last;
        }
        at
    }

    /// Inner product with some words.
    pub(super) fn words(&self, words: &Vector) -> f32 {
        words
            .iter()
            .map(|(feature, weight)| weight * self.slots.get(self.place(feature)).map_or(0.0, |s| s.1))
            .sum()
    }

    /// Inner product with another direction.
    pub(super) fn dot(&self, other: &Direction) -> f32 {
        self.words(&other.words) + dense_dot(self.meaning, &other.meaning)
    }

    /// Inner product with a row of 16 bits a figure.
    pub(super) fn meaning(&self, row: &[i16]) -> f32 {
        let mut sums = [0.0f32; 8];
        for (x, y) in self.meaning.as_chunks::<8>().0.iter().zip(row.as_chunks::<8>().0) {
            for ((sum, x), y) in sums.iter_mut().zip(x).zip(y) {
                *sum += x * f32::from(*y);
            }
        }
        sums.iter().sum()
    }
}

/// Inner product of two rows whose length is a multiple of eight, in eight sums side by side: always in the same order, and in the processor's wide
/// registers.
pub(super) fn dense_dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    for (x, y) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
        let [s0, s1, s2, s3, s4, s5, s6, s7] = &mut sums;
        let ([x0, x1, x2, x3, x4, x5, x6, x7], [y0, y1, y2, y3, y4, y5, y6, y7]) = (x, y);
        *s0 += x0 * y0;
        *s1 += x1 * y1;
        *s2 += x2 * y2;
        *s3 += x3 * y3;
        *s4 += x4 * y4;
        *s5 += x5 * y5;
        *s6 += x6 * y6;
        *s7 += x7 * y7;
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_has_length_one_whatever_it_is_made_of() {
        let words = || Vector::new(vec![(1, 3.0), (5, 4.0)]);
        for direction in [
            Direction::of(words(), vec![0.5; 128]),
            Direction::of(words(), Vec::new()),
            Direction::of(Vector::default(), vec![-2.0; 128]),
        ] {
            assert!((direction.norm() - 1.0).abs() < 1e-5);
        }
        assert_eq!(Direction::of(Vector::default(), vec![0.0; 128]).norm(), 0.0);
    }

    #[test]
    fn what_is_added_can_be_taken_away() {
        let a = Direction::of(Vector::new(vec![(1, 1.0)]), vec![1.0; 128]);
        let mut sum = a.clone();
        sum.add(&a, 1.0, 100);
        assert!((sum.dot(&a) - 2.0).abs() < 1e-5);
        sum.add(&a, -2.0, 100);
        assert!(sum.norm() < 1e-5);
    }
}
