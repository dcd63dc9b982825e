//! How much more counts vary than chance alone would have it, learnt from what was counted beside what was expected.

use serde::{Deserialize, Serialize};

/// Overdispersion α of a negative binomial (variance E + αE²), by weighted moments around a first belief.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Dispersion {
    /// Decayed weighted sums of ((n − E)² − E) / E² and of the weights.
    sum: f32,
    weight: f32,
}

/// What is believed of a kind of dispersion before anything was counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Belief {
    /// The belief.
    pub(super) alpha: f64,
    /// Counts with much expected that it is worth.
    pub(super) worth: f64,
    /// Share that is kept from one lesson to the next.
    pub(super) keep: f64,
    /// Greatest value.
    pub(super) most: f64,
}

/// What siblings, taken together, say about dispersion; a belief to begin with where they say little.
pub(super) fn pooled<'a>(of: impl Iterator<Item = &'a Dispersion>, belief: Belief) -> f64 {
    let all = of.fold(Dispersion::default(), |all, one| Dispersion {
        sum: all.sum + one.sum,
        weight: all.weight + one.weight,
    });
    all.alpha(belief)
}

impl Default for Dispersion {
    fn default() -> Self {
        Self { sum: 0.0, weight: 0.0 }
    }
}

impl Dispersion {
    /// α as believed now.
    pub(super) fn alpha(&self, belief: Belief) -> f64 {
        let prior = belief.worth / (belief.alpha * belief.alpha);
        let alpha = (prior * belief.alpha + f64::from(self.sum)) / (prior + f64::from(self.weight));
        alpha.clamp(0.005, belief.most)
    }

    /// Counted beside expected. Each lesson weighs by what it says about α, E⁴ / (variance)²; one wild count moves it little.
    pub(super) fn learn(&mut self, n: f64, expected: f64, belief: Belief) {
        if expected <= 0.0 {
            return;
        }
        let square = expected * expected;
        let variance = expected + belief.alpha * square + 1.0;
        let weight = square * square / (variance * variance);
        let tame = 100.0 * (expected + self.alpha(belief) * square + 1.0);
        self.sum += (weight * ((n - expected).powi(2).min(tame) - expected) / square) as f32;
        self.weight += weight as f32;
    }

    /// A lesson is over: what was learnt before counts a little less.
    pub(super) fn fade(&mut self, belief: Belief) {
        self.sum *= belief.keep as f32;
        self.weight *= belief.keep as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BELIEF: Belief = Belief { alpha: 0.06, worth: 0.5, keep: 0.99, most: 2.0 };

    fn after(days: impl Iterator<Item = f64>, expected: f64) -> f64 {
        let mut dispersion = Dispersion::default();
        for n in days {
            dispersion.learn(n, expected, BELIEF);
            dispersion.fade(BELIEF);
        }
        dispersion.alpha(BELIEF)
    }

    #[test]
    fn it_follows_what_is_counted_and_hardly_moves_where_little_is_expected() {
        let swinging = after((0..200).map(|day| if day % 2 == 0 { 50.0 } else { 150.0 }), 100.0);
        assert!((swinging - 0.24).abs() < 0.01, "{swinging}");
        assert!(after((0..200).map(|_| 100.0), 100.0) < 0.01);
        let rare = after((0..30).map(|day| f64::from(u8::from(day % 10 == 0))), 0.1);
        assert!((rare - 0.06).abs() < 0.02, "{rare}");
    }
}
