//! The end of a day: what it leaves of the evidence, and what it teaches about what is usual.

use super::super::dispersion::Belief;
use super::super::negative_binomial::upper_tail;
use super::super::pool::Pool;
use super::{DRIFT, Doubt, HALF_LIFE_DAYS, HELD_DAYS, KEPT_DAYS, Series};
use crate::ground::alert::DayCount;
use crate::ground::time::{DAY_MS, day_of, from_ms};

/// A day this unlikely (−log10 p) is a spike: it teaches less…
const SPIKE: f64 = 2.5;
/// … but never less than this …
const LEAST_TAUGHT: f64 = 0.1;
/// … and after so many such days in a row it is the new usual.
const NEW_USUAL_DAYS: u32 = 28;
/// Evidence that is left when three days on which at least three people are expected show no excess.
const RESTART: f64 = 0.05;
const NO_EXCESS: f64 = 1.05;
/// A series has a shape of its own once so many people were heard.
const OWN_SHAPE: f64 = 20.0;
/// What the product's dispersion of days and of hours is worth to one of its series, and how long it remembers its own.
const DAYS_WORTH: f64 = 4.0;
const DAYS_KEEP: f64 = 0.99;
const DAYS_MOST: f64 = 2.0;
const HOURS_WORTH: f64 = 4.0;
const HOURS_KEEP: f64 = 0.98;
const HOURS_MOST: f64 = 1.0;

pub(super) fn days_belief(pool: &Pool) -> Belief {
    Belief { alpha: pool.days_vary.max(0.005), worth: DAYS_WORTH, keep: DAYS_KEEP, most: DAYS_MOST }
}

pub(super) fn hours_belief(pool: &Pool) -> Belief {
    Belief { alpha: pool.hours_vary.max(0.005), worth: HOURS_WORTH, keep: HOURS_KEEP, most: HOURS_MOST }
}

impl Series {
    /// The present day ends and the next begins.
    pub(super) fn close_today(&mut self, pool: &Pool) {
        let level = self.level(pool);
        let mut hours = self.hours_until(from_ms((self.day + 1) * DAY_MS - 1), level, pool);
        let people = self.today.iter().fold(0u32, |sum, n| sum.saturating_add(*n));
        let expected: f64 = hours.iter().map(|h| h.1).sum();
        self.learn_hours(&hours, f64::from(people), expected, hours_belief(pool));
        let doubt = self.doubt(pool);
        let last: (f64, f64) = self
            .closed
            .iter()
            .rev()
            .take(2)
            .fold((f64::from(people), expected), |(n, e), d| (n + f64::from(d.people), e + d.expected));
        let left = if last.1 >= 3.0 && last.0 <= NO_EXCESS * last.1 { RESTART } else { 1.0 };
        doubt.temper(&mut hours);
        self.evidence = self.evidence.close_day(&hours, doubt.weighing(), left);
        self.closed.push_back(DayCount { day: self.day, people, expected });
        self.held += 1;
        if self.closed.len() > KEPT_DAYS {
            self.closed.pop_front();
            self.held = self.held.min(self.closed.len());
        }
        // While the product itself is young, what is usual is learnt from what there is.
        let young = pool.since.map_or(HELD_DAYS, |since| ((self.day - day_of(since)).max(0) / 4) as usize);
        while self.held > HELD_DAYS.min(young) {
            self.teach(level, doubt, pool);
            self.held -= 1;
        }
        self.day += 1;
        self.today.fill(0);
        self.voices_today.clear();
        while self.recent.front().is_some_and(|(day, _)| self.day - day > 28) {
            self.recent.pop_front();
        }
    }

    /// The hours of the day that ends teach how they lie in the day, and how much they vary around that.
    fn learn_hours(&mut self, hours: &[(f64, f64)], people: f64, expected: f64, belief: Belief) {
        if self.own.is_none() && self.people >= OWN_SHAPE {
            self.own = Some(Box::default());
        }
        let Some(own) = &mut self.own else { return };
        if people > 0.0 && expected > 0.0 {
            for (n, usual) in hours {
                self.hours_vary.learn(*n, usual * people / expected, belief);
            }
            self.hours_vary.fade(belief);
        }
        own.learn_hours(self.day, hours, self.hours_vary.alpha(belief));
    }

    /// The oldest held day teaches the level and the dispersion.
    fn teach(&mut self, level: f64, doubt: Doubt, pool: &Pool) {
        let Some(day) = self.closed.len().checked_sub(self.held).and_then(|i| self.closed.get(i)).copied()
        else {
            return;
        };
        let exposure = self.weekday(day.day, pool);
        let (n, expected) = (f64::from(day.people), level * exposure);
        let kappa = 1.0 / (doubt.alpha + 1.0 / doubt.shape.max(1e-3) + DRIFT);
        let unlikely = if n > expected { -upper_tail(n, expected, kappa).max(1e-300).log10() } else { 0.0 };
        let weight = if unlikely > SPIKE {
            self.spike_days += 1;
            if self.spike_days >= NEW_USUAL_DAYS {
                1.0
            } else {
                10f64.powf(SPIKE - unlikely).max(LEAST_TAUGHT)
            }
        } else {
            self.spike_days = 0;
            1.0
        };
        let keep = 0.5f64.powf(1.0 / HALF_LIFE_DAYS);
        self.people = self.people * keep + weight * n;
        self.days = self.days * keep + weight * exposure;
        self.days_vary.learn(n, expected, days_belief(pool));
        self.days_vary.fade(days_belief(pool));
        if let Some(own) = &mut self.own {
            let factor = own.weekday(day.day);
            own.learn_weekday(day.day, n, expected / factor.max(1e-6), doubt.alpha);
        }
    }
}
