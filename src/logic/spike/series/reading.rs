//! What a series says: the score, the window in which it shows, the chart.

use super::super::negative_binomial::upper_tail;
use super::super::pool::Pool;
use super::{RECENT_DAYS, Series};
use crate::ground::alert::{DayCount, Sum};
use crate::ground::time::Timestamp;

/// Windows in which an excess is shown, in days.
const WINDOWS: [u32; 5] = [1, 3, 7, 14, 28];

/// What a series says now.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// log10 of the evidence, less a little for busy series.
    pub score: f64,
    /// Different people in the last seven days.
    pub recent_people: u32,
    /// The window in which the excess is clearest.
    pub window: Window,
    /// The sum behind it, without bar and budget.
    pub sum: Sum,
}

/// People in a window beside what is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Its length in days, today included.
    pub days: u32,
    /// People heard.
    pub observed: u32,
    /// People usual.
    pub expected: f64,
}

impl Series {
    /// What the series says at `now`. It must have been advanced to that day.
    pub fn read(&self, now: Timestamp, pool: &Pool) -> Reading {
        let level = self.level(pool);
        let hours = self.hours_until(now, level, pool);
        let doubt = self.doubt(pool);
        let today: f64 = hours.iter().map(|h| h.1).sum();
        let score = self.score_of(hours, level, doubt);
        Reading {
            score,
            recent_people: self.people(RECENT_DAYS),
            window: self.clearest_window(level, today, doubt.weighing().kappa),
            sum: Sum { level, level_shape: doubt.shape, dispersion: doubt.alpha, score, ..Sum::default() },
        }
    }

    /// People of the last `days` days beside what is usual: no more than a quarter over it, or one person, is usual.
    pub fn is_back_to_usual(&self, now: Timestamp, pool: &Pool, days: u32) -> bool {
        let level = self.level(pool);
        let hours = self.hours_until(now, level, pool);
        let mut observed: f64 = hours.iter().map(|h| h.0).sum();
        let mut expected: f64 = hours.iter().map(|h| h.1).sum();
        let mut heard: f64 = hours.len() as f64;
        for day in self.closed.iter().rev().take(days as usize) {
            observed += f64::from(day.people);
            expected += day.expected;
            heard += 24.0 * (day.expected / level.max(1e-9)).min(1.0);
        }
        heard >= 24.0 * f64::from(days) && (observed <= 1.25 * expected || observed <= expected + 1.0)
    }

    /// The last days with today, oldest first.
    pub fn chart(&self, pool: &Pool) -> Vec<DayCount> {
        let expected = self.level(pool) * self.weekday(self.day, pool);
        let today = DayCount { day: self.day, people: self.today.iter().sum(), expected };
        let first = self.closed.front().map_or(self.day, |c| c.day);
        // Days before the first post were heard too: silence.
        let earlier = ((self.day - 27).min(first)..first).map(|day| DayCount {
            day,
            people: 0,
            expected: expected.min(self.level(pool)),
        });
        earlier.chain(self.closed.iter().copied()).chain([today]).collect()
    }

    fn clearest_window(&self, level: f64, expected_today: f64, kappa: f64) -> Window {
        let mut best: Option<(f64, Window)> = None;
        for days in WINDOWS {
            let first = self.day - i64::from(days) + 1;
            let observed = self.people(i64::from(days));
            // Days before the first closed one were as usual as any.
            let known: Vec<&DayCount> = self.closed.iter().filter(|c| c.day >= first).collect();
            let unknown = i64::from(days) - 1 - known.len() as i64;
            let expected = known.iter().map(|c| c.expected.min(level * 3.0)).sum::<f64>()
                + level * unknown.max(0) as f64
                + expected_today;
            let surprise = -upper_tail(f64::from(observed), expected, kappa).max(1e-300).log10();
            // A longer window must be clearly clearer: people think in days.
            let surprise = surprise - 0.1 * f64::from(days).log10();
            if best.is_none_or(|(top, _)| surprise > top + 1e-9) {
                best = Some((surprise, Window { days, observed, expected }));
            }
        }
        best.map_or(Window { days: 1, observed: 0, expected: level }, |(_, w)| w)
    }
}
