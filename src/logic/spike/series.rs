//! One series: the people who say one thing, hour by hour, what is usual, and the evidence that it is more.

mod learning;
mod reading;

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use self::learning::{days_belief, hours_belief};
pub use self::reading::{Reading, Window};
use super::dispersion::Dispersion;
use super::evidence::{Evidence, Weighing};
use super::own_shape::OwnShape;
use super::pool::Pool;
use crate::ground::alert::DayCount;
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, day_of, from_ms, hour_of};

/// The level forgets half in so many days.
const HALF_LIFE_DAYS: f64 = 21.0;
/// The last days are held out of the level, so that a rise does not teach it while it begins.
const HELD_DAYS: usize = 7;
/// Days that are kept for charts and windows.
const KEPT_DAYS: usize = 57;
/// Relative variance of the level's own drift, beside what shows in the dispersion of days.
const DRIFT: f64 = 0.005;
/// Days that follow one another are alike: a rise carried over several is weighed as if they varied so much more.
const CARRIED: f64 = 2.0;
/// Evidence of busy series is discounted by (1 + level / BUSY)^BUSY_COSTS: of them the drift shows, of others chance.
const BUSY: f64 = 4.0;
const BUSY_COSTS: f64 = 0.45;
/// People are counted as recent for so many days.
const RECENT_DAYS: i64 = 7;
/// Voices kept for counting people once; past this a day's count is the count of posts that fit.
const VOICES: usize = 512;
/// After a silence of so many days the days between are not gone through one by one.
const LONG_SILENCE: i64 = 120;

/// The people who say one thing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Gamma posterior without the prior: decayed people and decayed days heard.
    people: f64,
    days: f64,
    /// Closed days, newest last; those not yet taught are the last `held`.
    closed: VecDeque<DayCount>,
    held: usize,
    /// The present day and its people by hour.
    day: i64,
    today: Vec<u32>,
    /// Who spoke today, and who spoke lately, by day.
    voices_today: BTreeSet<u64>,
    recent: VecDeque<(i64, u64)>,
    evidence: Evidence,
    days_vary: Dispersion,
    hours_vary: Dispersion,
    own: Option<Box<OwnShape>>,
    spike_days: u32,
    /// Echoes of the last days, by day.
    echoes: VecDeque<(i64, u32)>,
}

/// What is known about the level when counts are weighed.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    /// Overdispersion of days, and of hours around their day.
    alpha: f64,
    alpha_hour: f64,
    /// Shape of the gamma belief about the level: a₀ + a.
    shape: f64,
}

impl Doubt {
    fn weighing(self) -> Weighing {
        let level = 1.0 / self.shape.max(1e-3) + DRIFT;
        Weighing {
            kappa: 1.0 / (self.alpha + level),
            kappa_carried: 1.0 / (CARRIED * self.alpha + level),
            start: 1.0 / 24.0,
        }
    }

    /// Hours weigh less by as much as they vary more than chance.
    fn temper(self, hours: &mut [(f64, f64)]) {
        for (n, expected) in hours {
            let more = 1.0 + self.alpha_hour * *expected;
            *n /= more;
            *expected /= more;
        }
    }
}

impl Series {
    /// A series that begins to be watched at `now`; `pool.since` says for how long silence has been heard already.
    pub fn new(now: Timestamp, pool: &Pool) -> Self {
        let silent = pool
            .since
            .map_or(0.0, |since| (crate::ground::time::days_between(since, now) - HELD_DAYS as f64).max(0.0));
        // Decayed days of silence: ∫ 2^(−t/h) dt.
        let scale = HALF_LIFE_DAYS / std::f64::consts::LN_2;
        Self {
            people: 0.0,
            days: scale * (1.0 - (-silent / scale).exp()),
            closed: VecDeque::new(),
            held: 0,
            day: day_of(now),
            today: vec![0; 24],
            voices_today: BTreeSet::new(),
            recent: VecDeque::new(),
            evidence: Evidence::default(),
            days_vary: Dispersion::default(),
            hours_vary: Dispersion::default(),
            own: None,
            spike_days: 0,
            echoes: VecDeque::new(),
        }
    }

    /// Moves to the day of `now`, closing the days between. A clock set back changes nothing.
    pub fn advance(&mut self, now: Timestamp, pool: &Pool) {
        let day = day_of(now);
        if day - self.day > LONG_SILENCE {
            // So long after, only the fading matters; the last days are gone through for the chart and the evidence.
            let skipped = day - self.day - LONG_SILENCE;
            self.close_today(pool);
            let fade = 0.5f64.powf(skipped as f64 / HALF_LIFE_DAYS);
            self.people *= fade;
            self.days = self.days * fade + HALF_LIFE_DAYS / std::f64::consts::LN_2 * (1.0 - fade);
            self.closed.clear();
            self.held = 0;
            self.evidence = Evidence::default();
            self.day = day - LONG_SILENCE;
        }
        while self.day < day {
            self.close_today(pool);
        }
    }

    /// One voice spoke at `written`. Returns whether it counts: once a day for each voice. What was written before
    /// today teaches what is usual and is no evidence: a backlog that arrives late is no spike.
    pub fn hear(&mut self, written: Timestamp, now: Timestamp, voice: u64, pool: &Pool) -> bool {
        self.advance(now, pool);
        // Nobody has written tomorrow: a clock elsewhere is wrong.
        let written = written.min(now);
        let (day, hour) = (day_of(written), hour_of(written).rem_euclid(24) as usize);
        // A post that crossed midnight on its way is of today; what is older is backlog.
        let late = now.as_millisecond() - written.as_millisecond() > DAY_MS;
        if day < self.day && late {
            return self.hear_late(day, voice);
        }
        if self.voices_today.contains(&voice) {
            return false;
        }
        if self.voices_today.len() < VOICES {
            self.voices_today.insert(voice);
        }
        if self.recent.len() >= VOICES {
            self.recent.pop_front();
        }
        self.recent.push_back((self.day, voice));
        let hour = if day < self.day { 0 } else { hour };
        if let Some(count) = self.today.get_mut(hour) {
            *count += 1;
        }
        true
    }

    /// So many people, told apart already, spoke at `written`, which is not before today: what a count gives.
    pub fn hear_many(&mut self, written: Timestamp, people: u32, pool: &Pool) {
        self.advance(written, pool);
        if let Some(count) = self.today.get_mut(hour_of(written).rem_euclid(24) as usize) {
            *count = count.saturating_add(people);
        }
    }

    fn hear_late(&mut self, day: i64, voice: u64) -> bool {
        if self.recent.iter().any(|(d, v)| *d == day && *v == voice) {
            return false;
        }
        let taught = self.closed.len() - self.held;
        let at = self.closed.iter().position(|c| c.day == day);
        match at.and_then(|i| self.closed.get_mut(i).map(|c| (i, c))) {
            Some((i, closed)) => {
                closed.people += 1;
                if i < taught {
                    self.people += 0.5f64.powf((self.day - day) as f64 / HALF_LIFE_DAYS);
                }
            }
            None => self.people += 0.5f64.powf((self.day - day).clamp(0, 400) as f64 / HALF_LIFE_DAYS),
        }
        true
    }

    /// A post that was counted elsewhere belongs here after all: it shows in the chart, and is no evidence.
    pub fn also(&mut self, written: Timestamp, voice: u64) {
        let day = day_of(written);
        if self.recent.iter().any(|(d, v)| *d == day && *v == voice) {
            return;
        }
        if day >= self.day {
            self.voices_today.insert(voice);
            if let Some(count) = self.today.get_mut(hour_of(written).rem_euclid(24) as usize) {
                *count += 1;
            }
        } else if let Some(closed) = self.closed.iter_mut().find(|c| c.day == day) {
            closed.people += 1;
        } else {
            let at = self.closed.partition_point(|c| c.day < day);
            if self.closed.len() < KEPT_DAYS && self.day - day < KEPT_DAYS as i64 {
                self.closed.insert(at, DayCount { day, people: 1, expected: 0.0 });
            }
        }
        let at = self.recent.iter().position(|r| *r > (day, voice)).unwrap_or(self.recent.len());
        if self.recent.len() < VOICES && self.day - day <= 28 {
            self.recent.insert(at, (day.min(self.day), voice));
        }
    }

    /// A repost or near-copy: an echo of a voice, not a voice.
    pub fn echo(&mut self, now: Timestamp, pool: &Pool) {
        self.advance(now, pool);
        match self.echoes.back_mut() {
            Some((day, count)) if *day == self.day => *count += 1,
            _ => self.echoes.push_back((self.day, 1)),
        }
        if self.echoes.len() > KEPT_DAYS {
            self.echoes.pop_front();
        }
    }

    /// Echoes of the last `days` days.
    pub fn echoes(&self, days: u32) -> u32 {
        self.echoes.iter().filter(|(day, _)| self.day - day < i64::from(days)).map(|e| e.1).sum()
    }

    /// Usual people a day, as believed now: the mean of the gamma posterior.
    pub fn level(&self, pool: &Pool) -> f64 {
        (pool.prior.shape + self.people) / (pool.prior.rate + self.days)
    }

    /// The level by its own people alone, without what siblings say.
    pub(super) fn own_level(&self) -> f64 {
        self.people / self.days.max(1e-6)
    }

    pub(super) fn days_dispersion(&self) -> &Dispersion {
        &self.days_vary
    }

    pub(super) fn hours_dispersion(&self) -> &Dispersion {
        &self.hours_vary
    }

    /// Whether anybody spoke within the last `days` days.
    pub fn is_live(&self, days: i64) -> bool {
        self.last_heard().is_some_and(|day| self.day - day <= days)
    }

    /// Whether anybody spoke on or after the day of `at`. Needs no [`Series::advance`].
    pub fn spoke_since(&self, at: Timestamp) -> bool {
        self.last_heard().is_some_and(|day| day >= day_of(at))
    }

    /// The last day on which anybody spoke, of those that are kept.
    fn last_heard(&self) -> Option<i64> {
        if self.today.iter().any(|n| *n > 0) {
            return Some(self.day);
        }
        self.closed.iter().rev().find(|c| c.people > 0).map(|c| c.day)
    }

    /// Different people within the last `days` days, today included.
    pub fn people(&self, days: i64) -> u32 {
        let (mut known, mut told_apart) = (BTreeSet::new(), 0u32);
        for (_, voice) in self.recent.iter().rev().take_while(|(day, _)| self.day - day < days) {
            known.insert(*voice);
            told_apart += 1;
        }
        // Those whose voices are not kept are people all the same.
        let first = self.day - days + 1;
        let closed: u32 = self.closed.iter().rev().take_while(|c| c.day >= first).map(|c| c.people).sum();
        let all = closed.saturating_add(self.today.iter().sum());
        (known.len() as u32).saturating_add(all.saturating_sub(told_apart))
    }

    /// log10 of the evidence at `now`, less a little for busy series: what an alert is decided by. It must have been
    /// advanced to that day.
    pub fn score(&self, now: Timestamp, pool: &Pool) -> f64 {
        let level = self.level(pool);
        self.score_of(self.hours_until(now, level, pool), level, self.doubt(pool))
    }

    fn score_of(&self, mut hours: Vec<(f64, f64)>, level: f64, doubt: Doubt) -> f64 {
        doubt.temper(&mut hours);
        let evidence = self.evidence.with(&hours, doubt.weighing()).log10_at(level, doubt.alpha);
        evidence - BUSY_COSTS * (1.0 + level / BUSY).log10()
    }

    /// After an alert closed, evidence begins anew.
    pub fn forget_evidence(&mut self) {
        self.evidence = Evidence::default();
    }

    /// Another series becomes part of this one: their clusters are one complaint.
    pub fn absorb(&mut self, mut other: Self, pool: &Pool) {
        let midnight = from_ms(self.day.max(other.day) * DAY_MS);
        self.advance(midnight, pool);
        other.advance(midnight, pool);
        self.people += other.people;
        self.days = self.days.max(other.days);
        for day in other.closed {
            match self.closed.iter_mut().find(|mine| mine.day == day.day) {
                Some(mine) => mine.people += day.people,
                None => self.closed.push_back(day),
            }
        }
        self.closed.make_contiguous().sort_by_key(|c| c.day);
        while self.closed.len() > KEPT_DAYS {
            self.closed.pop_front();
        }
        self.held = self.held.max(other.held).min(self.closed.len());
        for (mine, theirs) in self.today.iter_mut().zip(&other.today) {
            *mine += theirs;
        }
        self.voices_today.extend(other.voices_today);
        self.recent.extend(other.recent);
        self.recent.make_contiguous().sort_unstable();
        self.evidence = self.evidence.max(&other.evidence);
        self.echoes.extend(other.echoes);
        self.echoes.make_contiguous().sort_unstable();
    }

    fn doubt(&self, pool: &Pool) -> Doubt {
        Doubt {
            alpha: self.days_vary.alpha(days_belief(pool)),
            alpha_hour: self.hours_vary.alpha(hours_belief(pool)),
            shape: pool.prior.shape + self.people,
        }
    }

    /// The hours of today until `now`: people and expectation, the present hour in part.
    fn hours_until(&self, now: Timestamp, level: f64, pool: &Pool) -> Vec<(f64, f64)> {
        let into = (now.as_millisecond() - self.day * DAY_MS).clamp(0, DAY_MS - 1);
        let hours = (into / HOUR_MS + 1) as usize;
        let part = (into % HOUR_MS) as f64 / HOUR_MS as f64;
        self.today
            .iter()
            .take(hours)
            .enumerate()
            .map(|(hour, people)| {
                let whole = if hour + 1 == hours { part } else { 1.0 };
                let at = self.day * 24 + hour as i64;
                (f64::from(*people), level / 24.0 * self.shape_at(at, pool) * whole)
            })
            .collect()
    }

    /// How busy an hour is beside the average one, less what could not be heard.
    fn shape_at(&self, hour: i64, pool: &Pool) -> f64 {
        pool.shape.at(hour) * pool.exposure(hour) * self.own.as_ref().map_or(1.0, |own| own.at(hour))
    }

    fn weekday(&self, day: i64, pool: &Pool) -> f64 {
        (0..24).map(|h| self.shape_at(day * 24 + h, pool)).sum::<f64>() / 24.0
    }
}

#[cfg(test)]
mod hard_cases;
#[cfg(test)]
mod tests;
