//! The detector for rows of a day and shorter: evidence as for complaints, parts of a day weighed within their day.

use std::collections::VecDeque;

use super::csv::Row;
use super::detector::Seen;
use super::usual::{Expected, Usual};
use crate::ground::time::DAY_MS;
use crate::logic::spike::{Evidence, Weighing};

/// The last rows are held out of what is usual, so that a rise does not teach it while it begins: a quarter of all, at
/// most so many days, at least …
const HELD_DAYS: i64 = 7;
/// … so many rows once rows are as long as that.
const HELD_ROWS: i64 = 2;
/// Rows that must have taught before anything is evidence.
const TAUGHT: u64 = 8;
/// Rows that are weighed as one stretch, at most: a day, unless rows are shorter than five minutes.
const STRETCH: i64 = 288;
/// Overdispersion of whole stretches before anything is known, and how many of them that belief is worth.
const ALPHA: f64 = 0.06;
const ALPHA_WORTH: f64 = 10.0;
/// An alarm has ended once so many of the last rows (or two days of them, where that is fewer) are as usual.
const ENDED_ROWS: i64 = 36;
/// Evidence that is left when three stretches on which at least three are expected show no excess.
const RESTART: f64 = 0.05;
/// A gap longer than this leaves nothing of the evidence.
const LONG_GAP_MS: i64 = 60 * DAY_MS;

/// The detector of one series.
#[derive(Clone, Debug)]
pub(super) struct Short {
    interval_ms: i64,
    stretch_ms: i64,
    bar: f64,
    usual: Usual,
    held: VecDeque<Row>,
    rows: u64,
    taught: u64,
    evidence: Evidence,
    /// The present stretch, and its rows: counted and expected.
    stretch: i64,
    parts: Vec<(f64, f64)>,
    /// Tempered totals of the last stretches, and moments of their dispersion.
    totals: VecDeque<(f64, f64)>,
    excess: f64,
    stretches: f64,
    recent: VecDeque<(f64, f64)>,
    alarm: bool,
    last: Option<i64>,
}

impl Short {
    /// A detector for rows of this length that may raise so many false alarms a year.
    pub(super) fn new(interval_ms: i64, false_alarms_a_year: f64) -> Self {
        let interval_ms = interval_ms.max(1);
        let run_length = 365.0 * DAY_MS as f64 / interval_ms as f64 / false_alarms_a_year.max(1e-3);
        Self {
            interval_ms,
            stretch_ms: if interval_ms >= DAY_MS { interval_ms } else { DAY_MS.min(STRETCH * interval_ms) },
            // Not under ten: with fewer rows than that between false alarms there is nothing to be learnt from them.
            bar: run_length.max(10.0).log10(),
            usual: Usual::new(interval_ms),
            held: VecDeque::new(),
            rows: 0,
            taught: 0,
            evidence: Evidence::default(),
            stretch: i64::MIN,
            parts: Vec::new(),
            totals: VecDeque::new(),
            excess: 0.0,
            stretches: 0.0,
            recent: VecDeque::new(),
            alarm: false,
            last: None,
        }
    }

    /// log10 of the evidence at which there is an alarm: the average number of rows between false ones.
    pub(super) fn bar(&self) -> f64 {
        self.bar
    }

    /// The next row. A row that is not later than the one before teaches nothing and says nothing.
    pub(super) fn next(&mut self, row: Row) -> Option<Seen> {
        let at = row.at.as_millisecond();
        if self.last.is_some_and(|last| at <= last) {
            return None;
        }
        self.pass(at);
        let expected = self.usual.expect(&row);
        let seen = match expected {
            Some(expected) if self.taught >= TAUGHT => self.weigh(&row, expected),
            _ => Seen {
                observed: row.value,
                expected: expected.map_or(0.0, |e| e.mean),
                score: 0.0,
                alarm: false,
            },
        };
        self.rows += 1;
        self.held.push_back(row);
        let most = (HELD_DAYS * DAY_MS / self.interval_ms).max(HELD_ROWS);
        while self.held.len() as i64 > most.min(self.rows as i64 / 4) {
            if let Some(old) = self.held.pop_front() {
                self.usual.teach(&old);
                self.taught += 1;
            }
        }
        Some(seen)
    }

    /// Time passes: rows that are missing are gaps, and a stretch may be over.
    fn pass(&mut self, at: i64) {
        if let Some(last) = self.last {
            let missing = ((at - last) as f64 / self.interval_ms as f64).round() as i64 - 1;
            if missing > 0 {
                self.usual.fade(missing);
            }
            if at - last > LONG_GAP_MS.max(8 * self.interval_ms) {
                self.forget();
            }
        }
        self.last = Some(at);
        let stretch = at.div_euclid(self.stretch_ms);
        // Rows as long as a stretch are one each, wherever in it they begin.
        if stretch != self.stretch || self.stretch_ms == self.interval_ms {
            self.close();
            self.stretch = stretch;
        }
    }

    fn weigh(&mut self, row: &Row, expected: Expected) -> Seen {
        let temper = self.temper(expected.temper);
        self.parts.push((row.value / temper, expected.mean / temper));
        let days = (2 * DAY_MS / self.interval_ms).clamp(2, ENDED_ROWS) as usize;
        self.recent.push_back((row.value, expected.mean));
        if self.recent.len() > days {
            self.recent.pop_front();
        }
        let mut score = self.evidence.with(&self.parts, self.weighing(expected)).log10();
        if self.alarm && (score < self.bar || self.is_usual_again(days)) {
            self.forget();
            score = self.evidence.log10().max(0.0);
            self.alarm = false;
        } else {
            self.alarm = score >= self.bar;
        }
        Seen { observed: row.value, expected: expected.mean, score, alarm: self.alarm }
    }

    fn weighing(&self, expected: Expected) -> Weighing {
        let alpha = self.alpha();
        let doubt = expected.doubt + alpha / self.stretches.max(1.0) + 0.02;
        Weighing {
            kappa: 1.0 / (1.25 * alpha + doubt),
            kappa_carried: 1.0 / (3.0 * alpha + doubt),
            start: 1.0,
        }
    }

    /// Where a stretch is one row, the row's dispersion is the stretch's: it is not counted twice.
    fn temper(&self, temper: f64) -> f64 {
        if self.stretch_ms == self.interval_ms { self.usual.likeness() } else { temper }
    }

    /// Overdispersion of whole stretches.
    fn alpha(&self) -> f64 {
        if self.stretch_ms == self.interval_ms {
            return self.usual.alpha();
        }
        ((ALPHA_WORTH * ALPHA + self.excess) / (ALPHA_WORTH + self.stretches)).clamp(0.005, 5.0)
    }

    fn close(&mut self) {
        let Some(last) = self.held.back().copied() else { return };
        if self.parts.is_empty() {
            return;
        }
        let Some(expected) = self.usual.expect(&last) else { return };
        let how = self.weighing(expected);
        let n: f64 = self.parts.iter().map(|p| p.0).sum();
        let usual: f64 = self.parts.iter().map(|p| p.1).sum();
        self.totals.push_back((n, usual));
        if self.totals.len() > 3 {
            self.totals.pop_front();
        }
        let three = self.totals.iter().fold((0.0, 0.0), |s, t| (s.0 + t.0, s.1 + t.1));
        let quiet = three.1 >= 3.0 && three.0 <= three.1;
        // Enough to be far over the bar, and not so much that it never comes down.
        let most = (100.0 * 10f64.powf(self.bar)).max(1e6);
        self.evidence = self.evidence.with(&self.parts, how).carried(most, if quiet { RESTART } else { 1.0 });
        let alpha = self.alpha();
        let deviation = (n - usual).powi(2).min(9.0 * (usual + alpha * usual * usual) + 4.0) - usual;
        let weight = (usual / (1.0 + usual)).powi(2);
        if usual > 0.0 {
            self.excess = self.excess * 0.99 + weight * deviation / (usual * usual);
            self.stretches = self.stretches * 0.99 + weight;
        }
        self.parts.clear();
    }

    fn is_usual_again(&self, rows: usize) -> bool {
        let (n, usual) = self.recent.iter().fold((0.0, 0.0), |s, r| (s.0 + r.0, s.1 + r.1));
        self.recent.len() >= rows && (n <= 1.25 * usual || n <= usual + 1.0)
    }

    fn forget(&mut self) {
        self.evidence = Evidence::default();
        self.parts.clear();
        self.recent.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::{HOUR_MS, from_ms};

    /// Chance that is the same each time.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((self.0 >> 11) as f64 + 0.5) / (1u64 << 53) as f64
        }

        /// A Poisson count, by its product of chances.
        fn count(&mut self, mean: f64) -> f64 {
            let (limit, mut product, mut n) = ((-mean).exp(), self.roll(), 0.0);
            while product > limit {
                product *= self.roll();
                n += 1.0;
            }
            n
        }
    }

    /// Rows at which an alarm began.
    fn alarms(interval: i64, budget: f64, rows: impl Iterator<Item = f64>) -> Vec<usize> {
        let mut detector = Short::new(interval, budget);
        let (mut began, mut on) = (Vec::new(), false);
        for (i, value) in rows.enumerate() {
            let seen = detector.next(Row { at: from_ms(i as i64 * interval), value }).unwrap();
            assert!(seen.score.is_finite() && seen.expected.is_finite());
            if seen.alarm && !on {
                began.push(i);
            }
            on = seen.alarm;
        }
        began
    }

    #[test]
    fn the_budget_holds_where_nothing_happens() {
        let mut dice = Dice(7);
        for mean in [0.3, 3.0, 30.0] {
            let began = alarms(DAY_MS, 4.0, (0..365 * 8).map(|_| dice.count(mean)));
            assert!(began.len() <= 32, "{mean}: {began:?}");
        }
    }

    #[test]
    fn a_day_and_a_week_are_no_alarms() {
        let mut dice = Dice(11);
        let busy = |hour: usize| {
            let day = if hour / 24 % 7 < 5 { 1.3 } else { 0.4 };
            day * if (8..22).contains(&(hour % 24)) { 9.0 } else { 1.0 }
        };
        let began = alarms(HOUR_MS, 1.0, (0..24 * 7 * 26).map(|hour| dice.count(busy(hour))));
        assert!(began.len() <= 2, "{began:?}");
    }

    #[test]
    fn a_jump_is_an_alarm_on_its_first_days_and_a_ramp_while_it_climbs() {
        let mut dice = Dice(3);
        let mean = |day: usize| match day {
            300..310 => 15.0,
            500..530 => 3.0 + (day - 500) as f64 * 0.4,
            _ => 3.0,
        };
        let began = alarms(DAY_MS, 1.0, (0..700).map(|day| dice.count(mean(day))));
        assert!(began.iter().any(|d| (300..303).contains(d)), "{began:?}");
        assert!(began.iter().any(|d| (505..530).contains(d)), "{began:?}");
        assert!(began.len() <= 4, "{began:?}");
    }

    #[test]
    fn a_spike_that_comes_again_is_an_alarm_again() {
        let mut dice = Dice(5);
        let mean =
            |day: usize| if (200..204).contains(&day) || (230..234).contains(&day) { 60.0 } else { 4.0 };
        let began = alarms(DAY_MS, 1.0, (0..300).map(|day| dice.count(mean(day))));
        assert!(began.iter().any(|d| (230..233).contains(d)), "{began:?}");
    }

    #[test]
    fn missing_rows_are_gaps_and_no_zeros() {
        let mut detector = Short::new(DAY_MS, 4.0);
        let row = |day: i64, value: f64| Row { at: from_ms(day * DAY_MS), value };
        for day in 0..100 {
            detector.next(row(day, 8.0));
        }
        let before = detector.next(row(100, 8.0)).unwrap().expected;
        let after = detector.next(row(140, 8.0)).unwrap();
        assert!((after.expected - before).abs() < 0.1 && !after.alarm, "{before} {after:?}");
        assert_eq!(detector.next(row(140, 8.0)), None, "no later than the row before");
    }

    proptest::proptest! {
        #[test]
        fn no_numbers_break_it(values in proptest::collection::vec((0i64..1_000_000_000_000, 0.0f64..1e15), 1..80)) {
            let mut detector = Short::new(HOUR_MS, 4.0);
            let mut values = values;
            values.sort_by_key(|v| v.0);
            for (at, value) in values {
                if let Some(seen) = detector.next(Row { at: from_ms(at), value }) {
                    proptest::prop_assert!(seen.score.is_finite() && seen.expected.is_finite(), "{seen:?}");
                }
            }
        }
    }
}
