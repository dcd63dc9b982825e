//! How alike posts are by chance. What two posts of one complaint must share is measured against it: where all posts are
//! about narrow matters, they share much without saying the same.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::direction::Direction;
use super::meaning;

/// Posts that new ones are compared with, one in [`EVERY`] that came.
const SAMPLE: usize = 32;
/// Pairs looked at for each new post.
const PAIRS: usize = 3;
/// Every so-manieth post joins the sample.
const EVERY: u64 = 7;
/// Spread before any posts are seen: what joins the first complaints of small products best …
const USUAL: f64 = 0.065;
/// … and the pairs that this is worth.
const USUAL_WORTH: f64 = 200.0;
/// Spread at the least where no meanings are known: by words alone most pairs share nothing at all, which says nothing
/// about those that do.
const LEAST: f64 = 0.065;
/// Pairs after which old ones begin to count less.
const MOST_PAIRS: f64 = 20_000.0;
/// Steps of similarity that are told apart, each 0.005: past half nothing is chance.
const STEPS: usize = 100;
const STEP: f64 = 0.005;
/// Half of a normal distribution lies within so many standard deviations of its mean.
const QUARTILE: f64 = 0.6745;

/// Similarities of random pairs.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Chance {
    sample: VecDeque<Direction>,
    posts: u64,
    /// Pairs by step of similarity, whatever its sign.
    pairs: Vec<f64>,
}

impl Chance {
    /// One more post.
    pub(super) fn learn(&mut self, direction: &Direction) {
        self.posts += 1;
        self.pairs.resize(STEPS, 0.0);
        for i in 0..PAIRS.min(self.sample.len()) {
            let at = (self.posts as usize * PAIRS + i) % self.sample.len();
            let alike = self.sample.get(at).map_or(0.0, |other| f64::from(other.dot(direction)));
            let step = ((alike.abs() / STEP) as usize).min(STEPS - 1);
            if let Some(pairs) = self.pairs.get_mut(step) {
                *pairs += 1.0;
            }
        }
        if self.pairs.iter().sum::<f64>() > MOST_PAIRS {
            self.pairs.iter_mut().for_each(|n| *n /= 2.0);
        }
        if self.posts % EVERY == 1 {
            self.sample.push_back(direction.clone());
            if self.sample.len() > SAMPLE {
                self.sample.pop_front();
            }
        }
    }

    /// Standard deviation of how alike two posts are that have nothing to do with one another, by the median deviation:
    /// the pairs that say the same are the tail, and do not move it.
    pub(super) fn spread(&self) -> f32 {
        let seen: f64 = self.pairs.iter().sum();
        let mut below = 0.0;
        let mut median = 0.0;
        for (step, pairs) in self.pairs.iter().enumerate() {
            if below + pairs >= seen / 2.0 && *pairs > 0.0 {
                median = (step as f64 + (seen / 2.0 - below) / pairs) * STEP;
                break;
            }
            below += pairs;
        }
        let spread = median / QUARTILE;
        let believed = (USUAL * USUAL_WORTH + spread * seen) / (USUAL_WORTH + seen);
        let least = if meaning::dimensions() == 0 { LEAST } else { 0.0 };
        believed.max(least) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::cluster::vector::Vector;

    #[test]
    fn narrow_matters_are_more_alike() {
        let noise = |i: u64| f32::from(xxhash_rust::xxh3::xxh3_64(&i.to_le_bytes()) as i8);
        let (mut narrow, mut wide) = (Chance::default(), Chance::default());
        for i in 0..3_000u64 {
            let over = |dimensions: u64| (0..dimensions).map(|d| noise(i * 1_000 + d)).collect();
            narrow.learn(&Direction::of(Vector::default(), over(16)));
            wide.learn(&Direction::of(Vector::default(), over(128)));
        }
        assert!(narrow.spread() > 2.0 * wide.spread(), "{} {}", narrow.spread(), wide.spread());
    }

    #[test]
    fn nothing_heard_is_the_usual() {
        assert!((Chance::default().spread() - 0.065).abs() < 1e-6);
    }
}
