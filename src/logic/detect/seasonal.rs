//! What is usual where rows are longer than a day: a level with a slope and the seasons of a year, followed as they change.
//! A dynamic generalised linear model for counts (West, Harrison & Migon 1985) with log link: the state is a normal vector,
//! a forecast is a gamma matched to it (conjugate), and a count moves both.

use std::collections::VecDeque;

use super::csv::Row;
use super::functions::{digamma, inverse_trigamma, trigamma};
use crate::ground::time::DAY_MS;
use crate::logic::spike::upper_tail;

/// Level, slope, and two waves of the year.
const PARTS: usize = 6;
/// A year in days.
const YEAR_DAYS: f64 = 365.242_5;
/// The last rows teach only when so many more have come: a rise does not teach while it begins.
const HELD_ROWS: usize = 2;
/// What a row leaves of what was known of the level, the slope and the seasons: discounts, for rows of a week.
const LEVEL_KEEPS: f64 = 0.99;
const SLOPE_KEEPS: f64 = 0.998;
const SEASONS_KEEP: f64 = 0.999;
/// A row this unlikely (−log10 p) teaches less, and never less than this.
const SPIKE: f64 = 2.0;
const LEAST_TAUGHT: f64 = 0.1;
/// Variance over mean before anything is known, and rows that this belief is worth; its memory.
const PHI: f64 = 1.5;
const PHI_WORTH: f64 = 20.0;
const PHI_KEEPS: f64 = 0.998;
/// Rows before the dispersion is learnt: the level is not known well enough.
const PHI_FROM: u64 = 26;
/// Rows from which a first level is taken.
const FIRST_ROWS: usize = 8;

/// A row as it is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Forecast {
    /// Mean.
    pub(super) mean: f64,
    /// Variance over mean of counts around it.
    pub(super) phi: f64,
    /// Relative variance of the mean itself.
    pub(super) doubt: f64,
}

impl Forecast {
    /// Variance of the count.
    pub(super) fn variance(&self) -> f64 {
        self.phi * self.mean + self.doubt * self.mean * self.mean
    }

    /// Size of the negative binomial with this mean and variance.
    pub(super) fn kappa(&self) -> f64 {
        self.mean * self.mean / (self.variance() - self.mean).max(1e-6 * self.mean)
    }
}

type Vector = [f64; PARTS];
type Matrix = [Vector; PARTS];

/// The model.
#[derive(Clone, Debug)]
pub(super) struct Seasonal {
    interval_ms: i64,
    /// Rows not yet taught, and their weights.
    held: VecDeque<(Row, f64)>,
    /// Time of the last row that taught.
    taught_at: Option<i64>,
    taught: u64,
    mean: Vector,
    covariance: Matrix,
    phi_sum: f64,
    phi_weight: f64,
}

/// The linear predictor of a moment before it is turned into a count.
struct Predictor {
    mean: f64,
    variance: f64,
    /// Covariance of the state with it, the state's mean and covariance at that moment.
    gain: Vector,
    state: Vector,
    covariance: Matrix,
}

impl Seasonal {
    pub(super) fn new(interval_ms: i64) -> Self {
        Self {
            interval_ms,
            held: VecDeque::new(),
            taught_at: None,
            taught: 0,
            mean: [0.0; PARTS],
            covariance: [[0.0; PARTS]; PARTS],
            phi_sum: PHI * PHI_WORTH,
            phi_weight: PHI_WORTH,
        }
    }

    /// What is expected of a row that begins then; nothing before the first eight rows.
    pub(super) fn expect(&self, at_ms: i64) -> Option<Forecast> {
        let p = self.predict(at_ms)?;
        let shape = inverse_trigamma(p.variance);
        let mean = shape / (digamma(shape) - p.mean).exp();
        Some(Forecast { mean, phi: self.phi(), doubt: 1.0 / shape })
    }

    /// A row was seen; those held long enough teach.
    pub(super) fn take(&mut self, row: Row) {
        let weight = self.expect(row.at.as_millisecond()).map_or(1.0, |f| {
            let unlikely = -upper_tail(row.value, f.mean, f.kappa()).max(1e-300).log10();
            if unlikely < SPIKE { 1.0 } else { 10f64.powf(SPIKE - unlikely).max(LEAST_TAUGHT) }
        });
        self.held.push_back((row, weight));
        if self.taught_at.is_none() {
            if self.held.len() >= FIRST_ROWS {
                self.begin();
            }
            return;
        }
        while self.held.len() > HELD_ROWS {
            if let Some((row, weight)) = self.held.pop_front() {
                self.teach(&row, weight);
            }
        }
    }

    /// Rows that taught.
    pub(super) fn taught(&self) -> u64 {
        self.taught
    }

    fn phi(&self) -> f64 {
        (self.phi_sum / self.phi_weight).max(1.0)
    }

    fn begin(&mut self) {
        let Some((first, _)) = self.held.front().copied() else { return };
        let sum: f64 = self.held.iter().map(|(row, _)| row.value).sum();
        self.mean = [0.0; PARTS];
        self.mean[0] = ((sum + 0.5) / self.held.len() as f64).ln();
        self.covariance = unknown();
        self.taught_at = Some(first.at.as_millisecond() - self.interval_ms);
        while self.held.len() > HELD_ROWS {
            if let Some((row, weight)) = self.held.pop_front() {
                self.teach(&row, weight);
            }
        }
    }

    fn predict(&self, at_ms: i64) -> Option<Predictor> {
        let steps = ((at_ms - self.taught_at?) as f64 / self.interval_ms as f64).round().max(1.0);
        let mut state = self.mean;
        state[0] += steps * self.mean[1];
        // The level takes in the slope; then each part becomes a little less certain.
        let mut r = self.covariance;
        let slope_row = r[1];
        for (value, slope) in r[0].iter_mut().zip(slope_row) {
            *value += steps * slope;
        }
        for row in &mut r {
            row[0] += steps * row[1];
        }
        let weeks = steps * self.interval_ms as f64 / (7 * DAY_MS) as f64;
        let lost = |keeps: f64| weeks * (1.0 / keeps - 1.0);
        for (i, row) in r.iter_mut().enumerate() {
            let known = self.covariance.get(i).and_then(|c| c.get(i)).copied().unwrap_or(0.0);
            let more = match i {
                0 => lost(LEVEL_KEEPS) * known.min(0.2) + 1e-7,
                1 => lost(SLOPE_KEEPS) * known,
                _ => lost(SEASONS_KEEP) * known,
            };
            if let Some(own) = row.get_mut(i) {
                *own += more;
            }
        }
        let year = 2.0 * std::f64::consts::PI * at_ms as f64 / (YEAR_DAYS * DAY_MS as f64);
        let waves: Vector = [1.0, 0.0, year.cos(), year.sin(), (2.0 * year).cos(), (2.0 * year).sin()];
        let mut gain = [0.0; PARTS];
        for (gain, row) in gain.iter_mut().zip(&r) {
            *gain = dot(row, &waves);
        }
        Some(Predictor {
            mean: dot(&state, &waves).clamp(-12.0, 34.0),
            variance: dot(&gain, &waves).clamp(1e-6, 4.0),
            gain,
            state,
            covariance: r,
        })
    }

    fn teach(&mut self, row: &Row, weight: f64) {
        let at = row.at.as_millisecond();
        let Some(p) = self.predict(at) else { return };
        let (phi, n) = (self.phi(), row.value);
        let shape = inverse_trigamma(p.variance);
        let rate = (digamma(shape) - p.mean).exp();
        let mean = shape / rate;
        if self.taught >= PHI_FROM {
            let excess = (n - mean).powi(2) / (mean * (1.0 + p.variance * mean / phi)).max(1e-9);
            // One wild row is no dispersion.
            self.phi_sum = self.phi_sum * PHI_KEEPS + weight * excess.min(30.0 * phi);
            self.phi_weight = self.phi_weight * PHI_KEEPS + weight;
        }
        let tells = weight / phi;
        let (shape, rate) = (shape + tells * n, rate + tells);
        let (after, left) = (digamma(shape) - rate.ln(), trigamma(shape));
        let moved = (after - p.mean) / p.variance;
        let surer = ((1.0 - left / p.variance) / p.variance).max(0.0);
        for ((mean, state), gain) in self.mean.iter_mut().zip(p.state).zip(p.gain) {
            *mean = state + gain * moved;
        }
        for ((out, row), gain) in self.covariance.iter_mut().zip(p.covariance).zip(p.gain) {
            for ((out, value), other) in out.iter_mut().zip(row).zip(p.gain) {
                *out = value - gain * other * surer;
            }
        }
        self.taught_at = Some(at);
        self.taught += 1;
        self.keep_sane();
    }

    /// Counts that no people make (from 0 to 10¹⁵ and back) drive the normal state out of what it can say: then what was
    /// known is let go.
    fn keep_sane(&mut self) {
        for (i, value) in self.mean.iter_mut().enumerate() {
            let most = [40.0, 1.0].get(i).copied().unwrap_or(10.0);
            *value = if value.is_finite() { value.clamp(-most, most) } else { 0.0 };
        }
        let sane = self.covariance.iter().flatten().all(|c| c.abs() < 100.0)
            && self.covariance.iter().enumerate().all(|(i, row)| row.get(i).is_some_and(|own| *own >= 0.0));
        if !sane {
            self.covariance = unknown();
        }
        if !(self.phi_sum.is_finite() && self.phi_weight > 0.0) {
            (self.phi_sum, self.phi_weight) = (PHI * PHI_WORTH, PHI_WORTH);
        }
    }
}

/// How little is known of each part before anything is.
fn unknown() -> Matrix {
    let mut out = [[0.0; PARTS]; PARTS];
    for (i, row) in out.iter_mut().enumerate() {
        if let Some(own) = row.get_mut(i) {
            *own = [0.5, 0.0004].get(i).copied().unwrap_or(0.25);
        }
    }
    out
}

fn dot(a: &Vector, b: &Vector) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::from_ms;

    const WEEK: i64 = 7 * DAY_MS;

    fn fed(mean: impl Fn(f64) -> f64, weeks: i64) -> Seasonal {
        let mut model = Seasonal::new(WEEK);
        for week in 0..weeks {
            model.take(Row { at: from_ms(week * WEEK), value: mean(week as f64).round() });
        }
        model
    }

    #[test]
    fn the_seasons_are_known_after_some_years() {
        let mean =
            |week: f64| 40.0 * (0.8 * (2.0 * std::f64::consts::PI * week * 7.0 / YEAR_DAYS).cos()).exp();
        let model = fed(mean, 52 * 5);
        let next = model.expect(260 * WEEK).unwrap();
        assert!((next.mean / mean(260.0) - 1.0).abs() < 0.15, "{next:?} {}", mean(260.0));
        assert!(next.phi < 1.5);
    }

    #[test]
    fn a_slope_is_followed_and_one_wild_row_is_not() {
        let model = fed(|week| if week == 148.0 { 900.0 } else { 10.0 * (0.01 * week).exp() }, 152);
        let next = model.expect(152 * WEEK).unwrap();
        assert!((next.mean / 45.7 - 1.0).abs() < 0.3, "{next:?}");
    }

    #[test]
    fn nothing_is_expected_of_nothing() {
        assert_eq!(Seasonal::new(WEEK).expect(0), None);
        let silent = fed(|_| 0.0, 60).expect(60 * WEEK).unwrap();
        assert!(silent.mean > 0.0 && silent.mean < 0.3, "{silent:?}");
    }
}
