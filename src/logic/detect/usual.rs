//! What is usual, learnt from rows that came before: a level, the shape of a day and of a week, and how much counts vary
//! more than chance alone would have it.

use super::csv::Row;
use crate::ground::time::{DAY_MS, day_of, hour_of};
use crate::logic::spike::upper_tail;

/// The level forgets half in so many days, or in so many rows where rows are longer than days.
const HALF_LIFE_DAYS: f64 = 21.0;
const HALF_LIFE_ROWS: f64 = 21.0;
/// The shapes forget half in so many days.
const SHAPE_HALF_LIFE_DAYS: f64 = 56.0;
/// A row this unlikely (−log10 p) is a spike: it teaches less…
const SPIKE: f64 = 2.5;
/// … but never less than this …
const LEAST_TAUGHT: f64 = 0.1;
/// … and after so many days of such rows in a row it is the new usual.
const NEW_USUAL_DAYS: i64 = 28;
/// Overdispersion of rows before anything is known, and how many rows that belief is worth.
const ALPHA: f64 = 0.25;
const ALPHA_WORTH: f64 = 20.0;
/// One row moves the dispersion by at most this share.
const ALPHA_MOVES: f64 = 0.25;
/// Likeness of neighbouring rows before anything is known, where rows are shorter than a day, and what that is worth.
const LIKENESS: f64 = 0.3;
const LIKENESS_WORTH: f64 = 50.0;
/// What is believed of the scatter of runs of rows is worth so many runs.
const RUNS_WORTH: f64 = 20.0;
/// A slot of a shape is half known once it has come by so often…
const HOUR_KNOWN: f64 = 3.0;
const WEEKDAY_KNOWN: f64 = 2.0;
/// … and held so many people, as far as they are independent.
const SLOT_PEOPLE: f64 = 5.0;
/// Variance of the logarithm of a slot's factor where nothing is known of it.
const HOUR_DOUBT: f64 = 0.5;
const WEEKDAY_DOUBT: f64 = 0.1;

/// What is expected of one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Expected {
    /// Mean.
    pub(super) mean: f64,
    /// How much more counts vary than chance: variance over mean, neighbours' likeness included.
    pub(super) temper: f64,
    /// Relative variance of the mean itself: how little is known.
    pub(super) doubt: f64,
}

/// One shape: how busy each slot is beside the average, which is 1.
#[derive(Clone, Debug)]
struct Slots {
    heard: Vec<(f64, f64)>,
}

impl Slots {
    fn new(slots: usize) -> Self {
        Self { heard: vec![(0.0, 0.0); slots] }
    }

    fn raw(&self, slot: usize, prior: f64) -> f64 {
        self.heard.get(slot).map_or(1.0, |(n, e)| (prior + n) / (prior + e))
    }

    fn at(&self, slot: usize, prior: f64) -> f64 {
        if self.heard.len() < 2 {
            return 1.0;
        }
        let mean = (0..self.heard.len()).map(|s| self.raw(s, prior)).sum::<f64>() / self.heard.len() as f64;
        self.raw(slot, prior) / mean.max(1e-9)
    }

    /// Share of the slot's factor that is still belief, 0 to 1.
    fn unknown(&self, slot: usize, prior: f64) -> f64 {
        if self.heard.len() < 2 {
            return 0.0;
        }
        self.heard.get(slot).map_or(1.0, |(_, e)| prior / (prior + e))
    }

    fn learn(&mut self, slot: usize, n: f64, expected: f64, keep: f64) {
        for (n, e) in &mut self.heard {
            *n *= keep;
            *e *= keep;
        }
        if let Some((sum, usual)) = self.heard.get_mut(slot) {
            *sum += n;
            *usual += expected;
        }
    }
}

/// What was learnt.
#[derive(Clone, Debug)]
pub(super) struct Usual {
    interval_ms: i64,
    keep: f64,
    keep_shape: f64,
    /// Decayed counts and decayed rows (busy slots weigh more).
    people: f64,
    rows: f64,
    hours: Slots,
    weekdays: Slots,
    /// Decayed sums for the dispersion and for the likeness of neighbours.
    excess: f64,
    weighed: f64,
    alike: f64,
    squares: f64,
    /// Runs of rows as long as lies midway (geometrically) between a row and a day: the length, the present run, and
    /// decayed sums of the scatter of whole runs. Bursts of hours show here and not between neighbours.
    run: usize,
    present: (f64, usize),
    scatter: f64,
    runs: f64,
    /// The last taught row: time and standardised deviation.
    last: Option<(i64, f64)>,
    spikes: i64,
}

impl Usual {
    pub(super) fn new(interval_ms: i64) -> Self {
        let half_life = (HALF_LIFE_DAYS * DAY_MS as f64 / interval_ms as f64).max(HALF_LIFE_ROWS);
        let shape = SHAPE_HALF_LIFE_DAYS * DAY_MS as f64 / interval_ms as f64;
        Self {
            interval_ms,
            keep: 0.5f64.powf(1.0 / half_life),
            keep_shape: 0.5f64.powf(1.0 / shape.max(1.0)),
            people: 0.0,
            rows: 0.0,
            hours: Slots::new(if interval_ms < DAY_MS { 24 } else { 1 }),
            // Rows of several days have no day of the week.
            weekdays: Slots::new(if interval_ms <= DAY_MS { 7 } else { 1 }),
            excess: 0.0,
            weighed: 0.0,
            alike: 0.0,
            squares: 0.0,
            run: (DAY_MS as f64 / interval_ms as f64).sqrt().round() as usize,
            present: (0.0, 0),
            scatter: 0.0,
            runs: 0.0,
            last: None,
            spikes: 0,
        }
    }

    /// Overdispersion of single rows.
    pub(super) fn alpha(&self) -> f64 {
        ((ALPHA_WORTH * ALPHA + self.excess) / (ALPHA_WORTH + self.weighed)).clamp(0.005, 50.0)
    }

    /// How much wider sums over rows scatter because neighbours are alike: (1 + ρ) / (1 − ρ), or as runs of rows were
    /// seen to scatter where that is more.
    pub(super) fn likeness(&self) -> f64 {
        let belief = if self.interval_ms < DAY_MS { LIKENESS } else { 0.0 };
        let rho = (LIKENESS_WORTH * belief + self.alike) / (LIKENESS_WORTH + self.squares);
        let rho = rho.clamp(0.0, 0.9);
        let neighbours = (1.0 + rho) / (1.0 - rho);
        neighbours.max((RUNS_WORTH * neighbours + self.scatter) / (RUNS_WORTH + self.runs))
    }

    /// What is expected of a row that begins at `at`; nothing before any row has taught.
    pub(super) fn expect(&self, row: &Row) -> Option<Expected> {
        if self.rows <= 0.0 {
            return None;
        }
        let level = self.people / self.rows;
        let temper = (1.0 + self.alpha() * level) * self.likeness();
        let (hour, weekday) = self.slots(row);
        let (prior_hour, prior_weekday) = self.priors(level, temper);
        let mean = level * self.hours.at(hour, prior_hour) * self.weekdays.at(weekday, prior_weekday);
        let doubt = 1.0 / (0.5 + self.people / temper)
            + HOUR_DOUBT * self.hours.unknown(hour, prior_hour)
            + WEEKDAY_DOUBT * self.weekdays.unknown(weekday, prior_weekday);
        Some(Expected { mean, temper, doubt })
    }

    /// A row teaches. Only rows that are old enough do, so that a rise does not teach while it begins.
    pub(super) fn teach(&mut self, row: &Row) {
        let n = row.value;
        let Some(expected) = self.expect(row) else {
            self.people = n;
            self.rows = 1.0;
            self.last = Some((row.at.as_millisecond(), 0.0));
            return;
        };
        let (mean, alpha) = (expected.mean.max(1e-9), self.alpha());
        let unlikely = if n > mean {
            -upper_tail(n, mean, 1.0 / (alpha + expected.doubt)).max(1e-300).log10()
        } else {
            0.0
        };
        let weight = if unlikely > SPIKE {
            self.spikes += 1;
            let new_usual = (NEW_USUAL_DAYS * DAY_MS / self.interval_ms).max(14);
            if self.spikes >= new_usual { 1.0 } else { 10f64.powf(SPIKE - unlikely).max(LEAST_TAUGHT) }
        } else {
            self.spikes = 0;
            1.0
        };
        let level = self.people / self.rows;
        let (hour, weekday) = self.slots(row);
        let (prior_hour, prior_weekday) = self.priors(level, expected.temper);
        let busy_hour = self.hours.at(hour, prior_hour);
        let busy_day = self.weekdays.at(weekday, prior_weekday);
        // A shape is what goes on day after day: one wild row is none.
        let tame = n.min(3.0 * mean + 3.0);
        self.hours.learn(hour, weight * tame, weight * level * busy_day, self.keep_shape);
        self.weekdays.learn(weekday, weight * tame, weight * level * busy_hour, self.keep_shape);
        self.people = self.people * self.keep + weight * n;
        self.rows = self.rows * self.keep + weight * (busy_hour * busy_day).max(1e-6);
        self.disperse(row, mean, alpha);
    }

    /// A gap of so many rows: what was known fades.
    pub(super) fn fade(&mut self, rows: i64) {
        let fade = self.keep.powf(rows as f64);
        self.people *= fade;
        self.rows *= fade;
        if self.rows < 1e-6 {
            (self.people, self.rows) = (0.0, 0.0);
        }
    }

    fn disperse(&mut self, row: &Row, mean: f64, alpha: f64) {
        // Rows in which hardly anybody is expected say little about dispersion.
        let weight = (mean / (1.0 + mean)).powi(2);
        let variance = mean + alpha * mean * mean;
        let deviation = row.value - mean;
        let tame = deviation.powi(2).min(9.0 * variance + 4.0) - mean;
        let all = weight * (deviation.powi(2) - mean) / (mean * mean);
        // A heavy tail is dispersion, and one wild row is none: the more rows there are, the more one may add.
        let most = (ALPHA_MOVES * alpha * (ALPHA_WORTH + self.weighed)).max(weight * tame / (mean * mean));
        self.excess = self.excess * self.keep + all.min(most);
        self.weighed = self.weighed * self.keep + weight;
        let z = (deviation / variance.sqrt()).clamp(-3.0, 3.0);
        let at = row.at.as_millisecond();
        if let Some((before, z_before)) = self.last
            && at - before < 2 * self.interval_ms
        {
            self.alike = self.alike * self.keep + z * z_before;
            self.squares = self.squares * self.keep + z * z;
        } else {
            self.present = (0.0, 0);
        }
        self.present = (self.present.0 + z, self.present.1 + 1);
        if self.run > 1 && self.present.1 >= self.run {
            let keep = self.keep.powf(self.run as f64);
            self.scatter = self.scatter * keep + self.present.0.powi(2) / self.run as f64;
            self.runs = self.runs * keep + 1.0;
            self.present = (0.0, 0);
        }
        self.last = Some((at, z));
    }

    fn slots(&self, row: &Row) -> (usize, usize) {
        (hour_of(row.at).rem_euclid(24) as usize, day_of(row.at).rem_euclid(7) as usize)
    }

    /// Counts that the belief "this slot is like any" is worth, for hours and for weekdays.
    fn priors(&self, level: f64, temper: f64) -> (f64, f64) {
        let rows = |span: i64| (span as f64 / self.interval_ms as f64).max(1.0);
        let least = SLOT_PEOPLE * temper;
        (
            (HOUR_KNOWN * level * rows(DAY_MS / 24)).max(least),
            (WEEKDAY_KNOWN * level * rows(DAY_MS)).max(least),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::{HOUR_MS, from_ms};

    fn row(index: i64, interval: i64, value: f64) -> Row {
        Row { at: from_ms(index * interval), value }
    }

    #[test]
    fn the_shape_of_a_day_is_learnt_and_known_for_what_it_is() {
        let mut usual = Usual::new(HOUR_MS);
        for hour in 0..24 * 28 {
            usual.teach(&row(hour, HOUR_MS, if hour % 24 < 8 { 2.0 } else { 20.0 }));
        }
        let at = |hour: i64| usual.expect(&row(24 * 28 + hour, HOUR_MS, 0.0)).unwrap();
        assert!(
            (at(3).mean - 2.0).abs() < 4.0 && (at(12).mean - 20.0).abs() < 2.0,
            "{:?} {:?}",
            at(3),
            at(12)
        );
        assert!(at(12).doubt < 0.2, "{:?}", at(12));
    }

    #[test]
    fn one_wild_row_is_neither_the_level_nor_the_dispersion() {
        let mut usual = Usual::new(DAY_MS);
        for day in 0..60 {
            usual.teach(&row(day, DAY_MS, 10.0 + (day % 3) as f64));
        }
        let (before, alpha) = (usual.expect(&row(60, DAY_MS, 0.0)).unwrap().mean, usual.alpha());
        usual.teach(&row(60, DAY_MS, 900.0));
        let after = usual.expect(&row(67, DAY_MS, 0.0)).unwrap().mean;
        assert!(after < 1.5 * before, "{before} {after}");
        assert!(usual.alpha() < alpha + 0.5, "{alpha} {}", usual.alpha());
    }

    #[test]
    fn a_new_level_that_stays_is_usual_in_the_end() {
        let mut usual = Usual::new(DAY_MS);
        for day in 0..60 {
            usual.teach(&row(day, DAY_MS, 5.0));
        }
        for day in 60..160 {
            usual.teach(&row(day, DAY_MS, 50.0));
        }
        assert!(usual.expect(&row(160, DAY_MS, 0.0)).unwrap().mean > 40.0);
    }
}
