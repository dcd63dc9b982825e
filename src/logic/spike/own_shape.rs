//! How a series differs from its siblings in the hours of the day and the days of the week.

use serde::{Deserialize, Serialize};

/// A slot is half known after so many people.
const KNOWN: f32 = 30.0;
/// Half of it is forgotten in so many days.
const HALF_LIFE_DAYS: f32 = 60.0;

/// Corrections of the shape that the product's series share: people counted and expected by slot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct OwnShape {
    hours: Vec<(f32, f32)>,
    weekdays: Vec<(f32, f32)>,
}

impl Default for OwnShape {
    fn default() -> Self {
        Self { hours: vec![(0.0, 0.0); 24], weekdays: vec![(0.0, 0.0); 7] }
    }
}

impl OwnShape {
    /// Factor of an hour (counted from 1970) over what the siblings do in it.
    pub(super) fn at(&self, hour: i64) -> f64 {
        let (n, e) = slot(&self.hours, hour);
        f64::from((KNOWN + n) / (KNOWN + e)) * self.weekday(hour.div_euclid(24))
    }

    /// Factor of a day over what the siblings do on it.
    pub(super) fn weekday(&self, day: i64) -> f64 {
        let all = self.weekdays.iter().fold((0.0, 0.0), |s, w| (s.0 + w.0, s.1 + w.1));
        let (n, e) = slot(&self.weekdays, day);
        // How busy the series is beside its level is not a matter of weekdays.
        f64::from((KNOWN + n) / (KNOWN + e * (all.0 + KNOWN) / (all.1 + KNOWN)))
    }

    /// A day is over: people and expectation by hour. Only how they lie in the day is learnt, not how many they are.
    pub(super) fn learn_hours(&mut self, day: i64, hours: &[(f64, f64)], dispersion: f64) {
        let n: f64 = hours.iter().map(|h| h.0).sum();
        let expected: f64 = hours.iter().map(|h| h.1).sum();
        let busy = (n + 1.0) / (expected + 1.0);
        fade(&mut self.hours);
        for (i, (people, usual)) in hours.iter().enumerate() {
            let factor = {
                let (n, e) = slot(&self.hours, day * 24 + i as i64);
                f64::from((KNOWN + n) / (KNOWN + e))
            };
            if let Some(slot) = self.hours.get_mut(i) {
                // The expectation without this correction, on a day as busy as this.
                let usual = usual / factor.max(1e-6) * busy;
                // People who speak together tell less about the slot than as many who do not.
                let weight = 1.0 / (1.0 + dispersion * usual);
                slot.0 += (weight * people.min(4.0 * usual * factor + 4.0)) as f32;
                slot.1 += (weight * usual) as f32;
            }
        }
    }

    /// What a day of the week brought beside what was expected without this correction.
    pub(super) fn learn_weekday(&mut self, day: i64, people: f64, expected: f64, dispersion: f64) {
        let weight = 1.0 / (1.0 + dispersion * expected);
        fade(&mut self.weekdays);
        if let Some(slot) = self.weekdays.get_mut(day.rem_euclid(7) as usize) {
            slot.0 += (weight * people.min(4.0 * expected + 4.0)) as f32;
            slot.1 += (weight * expected) as f32;
        }
    }
}

fn slot(slots: &[(f32, f32)], number: i64) -> (f32, f32) {
    slots.get(number.rem_euclid(slots.len().max(1) as i64) as usize).copied().unwrap_or_default()
}

fn fade(slots: &mut [(f32, f32)]) {
    let keep = 0.5f32.powf(1.0 / HALF_LIFE_DAYS);
    for (n, e) in slots {
        *n *= keep;
        *e *= keep;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_that_speaks_at_night_is_expected_at_night() {
        let mut own = OwnShape::default();
        for day in 0..60 {
            let hours: Vec<(f64, f64)> =
                (0..24).map(|h| (if h < 6 { 20.0 } else { 2.0 }, 10.0 * own.at(day * 24 + h))).collect();
            own.learn_hours(day, &hours, 0.05);
        }
        assert!(own.at(3) > 2.5 && own.at(12) < 0.5, "{} {}", own.at(3), own.at(12));
    }

    #[test]
    fn a_quiet_weekend_is_learnt_and_a_busy_month_is_no_weekday() {
        let mut own = OwnShape::default();
        for day in 0..84 {
            own.learn_weekday(day, if day % 7 < 2 { 10.0 } else { 40.0 }, 20.0, 0.05);
        }
        let mean = (0..7).map(|d| own.weekday(d)).sum::<f64>() / 7.0;
        assert!(own.weekday(0) < 0.5 && (mean - 1.0).abs() < 0.1, "{} {mean}", own.weekday(0));
    }
}
