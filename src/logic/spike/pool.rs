//! What the clusters of one product share: the shape of a week, and what a usual rate is.

use serde::{Deserialize, Serialize};

use super::dispersion::{Belief, pooled};
use super::series::Series;
use crate::ground::time::{Timestamp, days_between};

/// Series in which somebody spoke within so many days are siblings.
const LIVE_DAYS: i64 = 28;
/// Dispersion of a product's series before anything is known.
const DAYS_VARY: Belief = Belief { alpha: 0.06, worth: 0.5, keep: 0.99, most: 2.0 };
const HOURS_VARY: Belief = Belief { alpha: 0.08, worth: 0.5, keep: 0.98, most: 1.0 };

const HOURS: usize = 168;
/// Hours of the day and days of the week begin alike, as if so many posts had been heard in each.
const FLAT_HOUR: f64 = 4.0;
const FLAT_DAY: f64 = 16.0;
/// An hour of the week goes its own way, beside its hour of the day and its day, once so many posts were expected in it.
const KNOWN: f64 = 30.0;
/// A post that was written before all others makes the product known since then if so many days, or this share of the time
/// that is known, lie between.
const GAP_DAYS: f64 = 30.0;
const GAP_SHARE: f64 = 0.5;
/// … and the very first of all does unless the second was written so many days after it.
const LONE_DAYS: f64 = 365.0;
/// Weeks after which half of what was heard is forgotten: 8.
const WEEKLY: f64 = 0.917;

/// How a week of one product usually goes: share of posts in each hour of the week (UTC).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shape {
    heard: Vec<f64>,
    /// Sums of `heard` by hour of the day and by day, and of all.
    hours: Vec<f64>,
    days: Vec<f64>,
    all: f64,
    week: i64,
}

impl Default for Shape {
    fn default() -> Self {
        Self { heard: vec![0.0; HOURS], hours: vec![0.0; 24], days: vec![0.0; 7], all: 0.0, week: i64::MIN }
    }
}

impl Shape {
    /// One person spoke in this hour (counted from 1970).
    pub fn learn(&mut self, hour: i64) {
        let week = hour.div_euclid(HOURS as i64);
        if self.week != i64::MIN && week > self.week {
            let fade = WEEKLY.powi((week - self.week).min(200) as i32);
            for heard in self.heard.iter_mut().chain(&mut self.hours).chain(&mut self.days) {
                *heard *= fade;
            }
            self.all *= fade;
        }
        self.week = self.week.max(week);
        let (cell, of_day, day) = slots(hour);
        let counts = [self.heard.get_mut(cell), self.hours.get_mut(of_day), self.days.get_mut(day)];
        for heard in counts.into_iter().flatten() {
            *heard += 1.0;
        }
        self.all += 1.0;
    }

    /// How busy an hour is beside the average hour, which is about 1: its hour of the day times its day of the week, and as
    /// the hour of the week itself was heard where that is known.
    pub fn at(&self, hour: i64) -> f64 {
        let (cell, of_day, day) = slots(hour);
        let of = |sums: &[f64], slot: usize, flat: f64| {
            let all = (self.all + flat * sums.len() as f64) / sums.len() as f64;
            (sums.get(slot).copied().unwrap_or(0.0) + flat) / all
        };
        let apart = of(&self.hours, of_day, FLAT_HOUR) * of(&self.days, day, FLAT_DAY);
        let expected = apart * self.all / HOURS as f64;
        apart * (KNOWN + self.heard.get(cell).copied().unwrap_or(0.0)) / (KNOWN + expected)
    }
}

/// Hour of the week, of the day, and day of the week.
fn slots(hour: i64) -> (usize, usize, usize) {
    let cell = hour.rem_euclid(HOURS as i64) as usize;
    (cell, cell % 24, cell / 24)
}

/// What is believed about a series before it has been heard: a gamma with this shape and rate (per day), fitted to the
/// sibling series by their moments (empirical Bayes).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// Shape a₀.
    pub shape: f64,
    /// Rate b₀, in days.
    pub rate: f64,
}

impl Default for Prior {
    fn default() -> Self {
        // A log-normal population around 0.7 people a day, as a gamma: what was fitted to public complaint series.
        Self { shape: 0.31, rate: 0.215 }
    }
}

impl Prior {
    /// The prior that fits the levels of the siblings; the default where they are fewer than five.
    pub fn fitted(levels: &[f64]) -> Self {
        let n = levels.len() as f64;
        if n < 5.0 {
            return Self::default();
        }
        let mean = levels.iter().sum::<f64>() / n;
        let variance = levels.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / (n - 1.0);
        if mean <= 0.0 || variance <= 0.0 {
            return Self::default();
        }
        // Few siblings do not know their own spread: shape within sane bounds.
        let shape = (mean * mean / variance).clamp(0.15, 3.0);
        Self { shape, rate: shape / mean }
    }
}

/// What the series of one product share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    /// The shape of a week.
    pub shape: Shape,
    /// What a usual rate is.
    pub prior: Prior,
    /// How much days and hours vary more than chance: overdispersion α.
    pub days_vary: f64,
    /// See `days_vary`.
    pub hours_vary: f64,
    /// When the product was first heard of: nobody spoke of a new complaint since then.
    pub since: Option<Timestamp>,
    /// One post alone says so.
    pub alone: bool,
    /// Hours in which something was deaf: hour → share of the product's posts that could be heard.
    pub deaf: std::collections::BTreeMap<i64, f64>,
}

impl Default for Pool {
    fn default() -> Self {
        Self {
            shape: Shape::default(),
            prior: Prior::default(),
            days_vary: DAYS_VARY.alpha,
            hours_vary: HOURS_VARY.alpha,
            since: None,
            alone: true,
            deaf: std::collections::BTreeMap::new(),
        }
    }
}

impl Pool {
    /// A post was written at `at`, and is known `now`. One that was written long before all others does not show that
    /// somebody was listening then: the years between would count as quiet ones, and all that is usual since as a rise.
    pub fn heard(&mut self, at: Timestamp, now: Timestamp) {
        let Some(since) = self.since else {
            self.since = Some(at);
            return;
        };
        if std::mem::take(&mut self.alone) && days_between(since, at) > LONE_DAYS {
            self.since = Some(at);
            return;
        }
        let known = days_between(since, now).max(0.0);
        if at < since && days_between(at, since) <= (known * GAP_SHARE).max(GAP_DAYS) {
            self.since = Some(at);
        }
    }

    /// Fits to the live series of the product what a new one is believed to be (empirical Bayes): its level, and how much it
    /// varies. They must have been advanced to today.
    pub fn fit<'a>(&mut self, series: impl Iterator<Item = &'a Series> + Clone) {
        let live = series.filter(|s| s.is_live(LIVE_DAYS));
        let levels: Vec<f64> = live.clone().map(Series::own_level).collect();
        self.prior = Prior::fitted(&levels);
        self.days_vary = pooled(live.clone().map(Series::days_dispersion), DAYS_VARY);
        self.hours_vary = pooled(live.map(Series::hours_dispersion), HOURS_VARY);
    }

    /// Share of the product's posts that could be heard in an hour, 0 to 1.
    pub fn exposure(&self, hour: i64) -> f64 {
        self.deaf.get(&hour).copied().unwrap_or(1.0)
    }

    /// Days between two moments in which nothing could be heard: hours by the share that was deaf.
    pub fn deaf_days(&self, from: Timestamp, to: Timestamp) -> f64 {
        let (from, to) = (crate::ground::time::hour_of(from), crate::ground::time::hour_of(to));
        self.deaf.range(from.min(to)..to).map(|(_, heard)| 1.0 - heard).sum::<f64>() / 24.0
    }

    /// In these hours a source with this share of the posts was deaf. Hours long past are forgotten.
    pub fn was_deaf(&mut self, from_hour: i64, to_hour: i64, share: f64) {
        // A gap of years is one of its last three months: older days no longer count.
        for hour in from_hour.max(to_hour - 24 * 90)..to_hour {
            let heard = self.deaf.entry(hour).or_insert(1.0);
            *heard = (*heard - share).clamp(0.0, 1.0);
        }
        self.deaf = self.deaf.split_off(&(to_hour - 24 * 90));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_averages_to_one_and_follows_what_is_heard() {
        let mut shape = Shape::default();
        for week in 0..20 {
            for _ in 0..100 {
                shape.learn(week * 168 + 18);
            }
        }
        let mean: f64 = (0..168).map(|h| shape.at(h)).sum::<f64>() / 168.0;
        assert!((mean - 1.0).abs() < 0.2 && shape.at(18) > 50.0 && shape.at(3) < 1.0, "{mean}");
    }

    #[test]
    fn the_prior_is_that_of_the_siblings() {
        let prior = Prior::fitted(&[0.1, 0.2, 0.3, 0.2, 0.1, 0.3]);
        assert!((prior.shape / prior.rate - 0.2).abs() < 1e-9);
        assert_eq!(Prior::fitted(&[9.0]), Prior::default());
    }

    #[test]
    fn one_post_from_long_before_does_not_make_the_years_between_quiet_ones() {
        let day = |n: i64| crate::ground::time::from_ms(n * crate::ground::time::DAY_MS);
        let mut pool = Pool::default();
        pool.heard(day(1_000), day(1_000));
        pool.heard(day(10), day(1_100));
        assert_eq!(pool.since, Some(day(1_000)));
        // A feed's older items, newest first, and what half of the known time lies before it.
        for n in 1..=10 {
            pool.heard(day(1_000 - 20 * n), day(1_000));
        }
        assert_eq!(pool.since, Some(day(800)));
        pool.heard(day(700), day(1_100));
        assert_eq!(pool.since, Some(day(700)));
    }

    #[test]
    fn a_deaf_hour_expects_less() {
        let mut pool = Pool::default();
        pool.was_deaf(10, 12, 0.4);
        pool.was_deaf(11, 13, 0.4);
        let heard: Vec<f64> = (9..14).map(|h| (pool.exposure(h) * 10.0).round() / 10.0).collect();
        assert_eq!(heard, [1.0, 0.6, 0.2, 0.6, 1.0]);
    }

    #[test]
    fn nor_does_the_very_first_post_if_it_stands_alone() {
        let day = |n: i64| crate::ground::time::from_ms(n * crate::ground::time::DAY_MS);
        let since = |days: &[i64]| {
            let mut pool = Pool::default();
            days.iter().for_each(|n| pool.heard(day(*n), day(5_000)));
            pool.since
        };
        assert_eq!(since(&[10, 4_000, 4_001]), Some(day(4_000)));
        assert_eq!(since(&[10, 200, 4_000]), Some(day(10)), "two are no slip of one date");
        assert_eq!(since(&[10]), Some(day(10)));
    }
}
