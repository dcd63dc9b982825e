//! The detector for rows longer than a day: weeks and months, as they are counted in surveillance.

use super::csv::Row;
use super::detector::Seen;
use super::rises::Rises;
use super::seasonal::Seasonal;
use crate::ground::time::DAY_MS;

/// Rows that must have taught before anything is evidence.
const TAUGHT: u64 = 12;
/// The bar for so many rows between false alarms, as it was measured on simulated outbreak-free weeks (`benches/outbreaks.rs`,
/// seed 1001, one in 20 to one in 1,000): tails are heavier than the negative binomial's, and each row is looked at twice.
const BAR_PER_DECADE: f64 = 1.2;
const BAR_BASE: f64 = 0.03;
/// A gap longer than this leaves nothing of the evidence.
const LONG_GAP_MS: i64 = 60 * DAY_MS;

/// The detector of one series.
#[derive(Clone, Debug)]
pub(super) struct Long {
    interval_ms: i64,
    bar: f64,
    usual: Seasonal,
    rises: Rises,
    last: Option<i64>,
}

impl Long {
    pub(super) fn new(interval_ms: i64, false_alarms_a_year: f64) -> Self {
        let run_length = 365.0 * DAY_MS as f64 / interval_ms as f64 / false_alarms_a_year.max(1e-3);
        Self {
            interval_ms,
            bar: BAR_PER_DECADE * run_length.max(2.0).log10() + BAR_BASE,
            usual: Seasonal::new(interval_ms),
            rises: Rises::default(),
            last: None,
        }
    }

    pub(super) fn bar(&self) -> f64 {
        self.bar
    }

    pub(super) fn next(&mut self, row: Row) -> Option<Seen> {
        let at = row.at.as_millisecond();
        if self.last.is_some_and(|last| at <= last) {
            return None;
        }
        if self.last.is_some_and(|last| at - last > LONG_GAP_MS.max(2 * self.interval_ms)) {
            self.rises = Rises::default();
        }
        self.last = Some(at);
        let forecast = self.usual.expect(at);
        let (mut expected, mut score) = (0.0, 0.0);
        if let Some(forecast) = forecast {
            expected = forecast.mean;
            if self.usual.taught() >= TAUGHT {
                score = self.rises.take(row.value, forecast);
            }
        }
        self.usual.take(row);
        Some(Seen { observed: row.value, expected, score, alarm: score >= self.bar })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::from_ms;

    const WEEK: i64 = 7 * DAY_MS;

    fn alarms(weeks: i64, value: impl Fn(i64) -> f64) -> Vec<i64> {
        let mut detector = Long::new(WEEK, 0.5);
        (0..weeks)
            .filter(|week| {
                detector
                    .next(Row { at: from_ms(week * WEEK), value: value(*week) })
                    .is_some_and(|seen| seen.alarm)
            })
            .collect()
    }

    #[test]
    fn an_outbreak_of_two_weeks_is_seen_and_the_summer_is_not() {
        let usual = |week: i64| {
            let year = 2.0 * std::f64::consts::PI * week as f64 * 7.0 / 365.242_5;
            (20.0 * (0.7 * year.cos()).exp()).round() + f64::from(u8::from(week % 2 == 0)) * 3.0
        };
        let outbreak = |week: i64| usual(week) + if (300..302).contains(&week) { 40.0 } else { 0.0 };
        let judged: Vec<i64> = alarms(400, outbreak).into_iter().filter(|w| *w >= 150).collect();
        assert!(judged.contains(&300) && judged.iter().all(|w| (300..304).contains(w)), "{judged:?}");
    }

    #[test]
    fn a_missing_year_is_no_alarm() {
        let mut detector = Long::new(WEEK, 0.5);
        for week in 0..150 {
            detector.next(Row { at: from_ms(week * WEEK), value: 8.0 });
        }
        let seen = detector.next(Row { at: from_ms(202 * WEEK), value: 8.0 }).unwrap();
        assert!(!seen.alarm && (seen.expected - 8.0).abs() < 3.0, "{seen:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_numbers_break_it(values in proptest::collection::vec((1i64..400, 0.0f64..1e15, 0u8..3), 1..80)) {
            let mut detector = Long::new(WEEK, 0.5);
            let mut at = 0;
            for (days, value, kind) in values {
                at += days * DAY_MS;
                let value = if kind == 0 { 0.0 } else { value };
                if let Some(seen) = detector.next(Row { at: from_ms(at), value }) {
                    proptest::prop_assert!(seen.score.is_finite() && seen.expected.is_finite(), "{seen:?}");
                }
            }
        }
    }
}
