//! Sparse vectors, sorted by feature: sums in one order whatever the history, so that replays agree to the last bit.

use serde::{Deserialize, Serialize};

use super::features::Feature;

/// From so many times the length on, features are looked up in the longer vector instead of both being walked through.
const LOOKED_UP: usize = 8;

/// A sparse vector, in order of feature.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Vector(Vec<(Feature, f32)>);

impl Vector {
    /// From features in order.
    pub(super) fn new(sorted: Vec<(Feature, f32)>) -> Self {
        Self(sorted)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Feature, f32)> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn norm(&self) -> f32 {
        self.0.iter().map(|(_, w)| w * w).sum::<f32>().sqrt()
    }

    pub(super) fn normalised(mut self) -> Self {
        let norm = self.norm();
        if norm > 0.0 {
            self.scale(1.0 / norm);
        }
        self
    }

    /// Makes all weights so many times as heavy.
    pub(super) fn scale(&mut self, factor: f32) {
        self.0.iter_mut().for_each(|(_, w)| *w *= factor);
    }

    /// With no more room than it needs: for what is kept.
    pub(super) fn trimmed(mut self) -> Self {
        self.0.shrink_to_fit();
        self
    }

    /// Weight of one feature.
    pub(super) fn get(&self, feature: Feature) -> f32 {
        self.0
            .binary_search_by_key(&feature, |(f, _)| *f)
            .ok()
            .and_then(|i| self.0.get(i))
            .map_or(0.0, |x| x.1)
    }

    /// Inner product: the shorter is looked up in the longer where that is much longer, else both are walked through.
    pub(super) fn dot(&self, other: &Self) -> f32 {
        let (short, long) = if self.len() <= other.len() { (self, other) } else { (other, self) };
        if long.len() > short.len() * LOOKED_UP {
            return short.iter().map(|(f, w)| w * long.get(f)).sum();
        }
        let mut sum = 0.0;
        let mut rest = long.0.as_slice();
        for (feature, weight) in &short.0 {
            let skipped = rest.iter().take_while(|(f, _)| f < feature).count();
            rest = rest.get(skipped..).unwrap_or_default();
            match rest.first() {
                Some((f, w)) if f == feature => sum += weight * w,
                Some(_) => {}
                None => break,
            }
        }
        sum
    }

    /// Adds `other` times `factor`, and keeps the `most` heaviest features.
    pub(super) fn add(&mut self, other: &Self, factor: f32, most: usize) {
        let mut sum = Vec::with_capacity(self.len() + other.len());
        let (mut a, mut b) = (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        loop {
            match (a.peek().copied(), b.peek().copied()) {
                (Some(x), Some(y)) if x.0 == y.0 => {
                    sum.push((x.0, x.1 + factor * y.1));
                    a.next();
                    b.next();
                }
                (Some(x), Some(y)) if x.0 < y.0 => {
                    sum.push(x);
                    a.next();
                }
                (Some(x), None) => {
                    sum.push(x);
                    a.next();
                }
                (_, Some(y)) => {
                    sum.push((y.0, factor * y.1));
                    b.next();
                }
                (None, None) => break,
            }
        }
        if sum.len() > most {
            let mut weights: Vec<f32> = sum.iter().map(|(_, w)| *w).collect();
            let (_, least, _) = weights.select_nth_unstable_by(most * 3 / 4, |x, y| y.total_cmp(x));
            sum.retain(|(_, w)| w > least);
        }
        self.0 = sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_products_meet_by_feature() {
        let mut a = Vector::new(vec![(1, 1.0), (3, 2.0)]);
        a.add(&Vector::new(vec![(2, 1.0), (3, 1.0)]), 2.0, 10);
        assert_eq!(a, Vector::new(vec![(1, 1.0), (2, 2.0), (3, 4.0)]));
        assert_eq!(a.dot(&Vector::new(vec![(3, 0.5), (9, 7.0)])), 2.0);
    }

    #[test]
    fn the_heaviest_features_stay() {
        let mut a = Vector::new((0..10).map(|i| (i, i as f32)).collect());
        a.add(&Vector::default(), 1.0, 8);
        assert!(a.len() <= 8 && a.get(9) == 9.0 && a.get(1) == 0.0);
    }
}
