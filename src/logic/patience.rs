//! How long an open stream may be silent before it is taken for dead, learnt from how it has spoken so far.
//!
//! Posts come as a Poisson process whose rate has an hour of the day; the rate of an hour is the mean of a gamma distribution
//! (a few posts seen say less than many). A silence is measured in the posts that were to be expected in it, not in
//! seconds, so that a quiet night teaches nothing about noon. It is too long when it is unlikely for such a process (the
//! gamma-Poisson tail, one in a million) and twice as long as any that passed by itself: streams come in bursts, which
//! a Poisson process does not know.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp};

/// How likely a silence may be that is still believed.
const UNLIKELY: f64 = 1e-6;
/// A silence is too long when it is so many times the longest that passed by itself.
const LONGER: f64 = 2.0;
/// Fewer posts than this, in less than a day of listening, teach nothing.
const ENOUGH: f64 = 50.0;
/// What is left of an hour's figures when that hour comes again, and of the longest silence after a day.
const KEPT_A_DAY: f64 = 0.93;
/// Seconds of the rate of the whole day that each hour is begun with.
const PRIOR_SECONDS: f64 = 3600.0;
/// Most doublings of the patience for a stream that was opened anew and stays silent.
const MOST_TRIES: u32 = 10;
/// Hours of a day.
const HOURS: usize = 24;

/// How a stream speaks. It is kept beside the stream's position.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Patience {
    hours: [Hour; HOURS],
    /// When the last post came.
    last: Option<i64>,
    /// The longest silence that passed by itself, in posts that were to be expected.
    longest: f64,
    /// How often it was opened anew since the last post.
    #[serde(default)]
    tries: u32,
}

/// What was heard in one hour of the day: posts, and for how many seconds it was listened to. Stored in few digits, since a
/// position is stored often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Hour(f32, f32);

/// Bounds of the patience, whatever was learnt.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Networks pause for so long.
    pub least: Duration,
    /// How long to wait while too little was heard to know better.
    pub unknown: Duration,
    /// Nobody wants to be deaf for longer.
    pub most: Duration,
}

/// How long a silence may last, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowed {
    /// Counted from the last post.
    pub wait: Duration,
    /// Why so long.
    pub why: Why,
}

/// Why a silence may last as long as it may.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// Too little was heard to know how often posts come.
    Unknown,
    /// The shortest wait there is.
    Least,
    /// The longest wait there is.
    Most,
    /// So many posts were to be expected, which makes the silence unlikely by itself.
    Unlikely(f64),
    /// It is longer than any before; so many posts were to be expected, and so many in the longest.
    LongerThanEver(f64, f64),
}

impl Patience {
    /// A post came, or was written, at `at`: one clock for all of them. What comes late counts as coming with the latest.
    pub fn heard(&mut self, at: Timestamp) {
        let at = at.as_millisecond();
        self.tries = 0;
        let Some(last) = self.last else {
            self.last = Some(at);
            return;
        };
        if at > last {
            if at - last > 1000 {
                let silence = self.expected(last, at);
                let days = (at - last) as f64 / DAY_MS as f64;
                self.longest = (self.longest * KEPT_A_DAY.powf(days)).max(silence);
            }
            self.listened(last, at);
            self.last = Some(at);
        }
        if let Some(hour) = self.hours.get_mut(hour_of(at.max(last))) {
            hour.0 += 1.0;
        }
    }

    /// A connection stands from now on that does not bring what was missed before it: that was no silence.
    pub fn missed_until(&mut self, now: Timestamp) {
        self.last = self.last.map(|last| last.max(now.as_millisecond()));
    }

    /// It was opened anew because of its silence. Until the next post comes, the patience doubles each time.
    pub fn opened_anew(&mut self) {
        self.tries = (self.tries + 1).min(MOST_TRIES);
    }

    /// How long a silence that began at `since` may last.
    pub fn allowed(&self, since: Timestamp, bounds: Bounds) -> Allowed {
        let heard: f64 = self.hours.iter().map(|h| f64::from(h.0)).sum();
        let listened: f64 = self.hours.iter().map(|h| f64::from(h.1)).sum();
        let most = |wait: Duration, why| match wait >= bounds.most {
            true => Allowed { wait: bounds.most, why: Why::Most },
            false => Allowed { wait, why },
        };
        let doubled = f64::from(2_u32.pow(self.tries));
        if heard < ENOUGH && listened < 86_400.0 {
            return most(bounds.unknown.mul_f64(doubled), Why::Unknown);
        }
        // The tail of a Poisson process with a gamma rate that `heard` posts were seen of: (1 + x / heard) ^ -heard.
        let heard = heard.max(1.0);
        let unlikely = heard * (UNLIKELY.powf(-1.0 / heard) - 1.0);
        let longer = LONGER * self.longest;
        let (expected, why) = match longer > unlikely {
            true => (longer * doubled, Why::LongerThanEver(longer * doubled, self.longest)),
            false => (unlikely * doubled, Why::Unlikely(unlikely * doubled)),
        };
        let seconds = self.until(since.as_millisecond(), expected, bounds.most.as_secs_f64());
        if seconds <= bounds.least.as_secs_f64() {
            return most(bounds.least, Why::Least);
        }
        most(Duration::from_secs_f64(seconds), why)
    }

    /// Posts to be expected from `from` to `to`, in milliseconds since 1970.
    fn expected(&self, from: i64, to: i64) -> f64 {
        let (mean, mut sum) = (self.mean(), 0.0);
        stretches(from, to, |hour, seconds| sum += seconds * self.rate(hour, mean));
        sum
    }

    /// Seconds from `from` on in which so many posts are to be expected; at most `most`.
    fn until(&self, from: i64, expected: f64, most: f64) -> f64 {
        let (mean, mut left, mut passed) = (self.mean(), expected, 0.0);
        let to = from.saturating_add((most * 1000.0) as i64);
        stretches(from, to, |hour, seconds| {
            let rate = self.rate(hour, mean);
            let here = if left <= 0.0 { 0.0 } else { (left / rate).min(seconds) };
            left -= here * rate;
            passed += here;
        });
        if left > 1e-9 { most } else { passed }
    }

    /// Posts a second over the whole day; never quite none.
    fn mean(&self) -> f64 {
        let (posts, seconds) = self
            .hours
            .iter()
            .fold((1.0, PRIOR_SECONDS), |(p, s), h| (p + f64::from(h.0), s + f64::from(h.1)));
        posts / seconds
    }

    /// Posts a second in an hour of the day.
    fn rate(&self, hour: usize, mean: f64) -> f64 {
        let Hour(posts, seconds) = self.hours.get(hour).copied().unwrap_or_default();
        (f64::from(posts) + mean * PRIOR_SECONDS) / (f64::from(seconds) + PRIOR_SECONDS)
    }

    fn listened(&mut self, from: i64, to: i64) {
        let hours = &mut self.hours;
        // More than some days at once teach nothing more than some days.
        stretches(from.max(to - 7 * DAY_MS), to, |hour, seconds| {
            if let Some(Hour(posts, listened)) = hours.get_mut(hour) {
                let kept = KEPT_A_DAY.powf(seconds / 3600.0) as f32;
                (*posts, *listened) = (*posts * kept, *listened * kept + seconds as f32);
            }
        });
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => write!(f, "too little was heard of it to know whether that is usual"),
            Self::Least => write!(f, "posts come far more often"),
            Self::Most => write!(f, "the longest silence that is waited for"),
            Self::Unlikely(posts) => write!(f, "about {posts:.0} posts come in that time"),
            Self::LongerThanEver(posts, before) => {
                write!(
                    f,
                    "about {posts:.0} posts come in that time, and its longest silence lacked {before:.0}"
                )
            }
        }
    }
}

fn hour_of(ms: i64) -> usize {
    usize::try_from(ms.div_euclid(HOUR_MS).rem_euclid(HOURS as i64)).unwrap_or(0)
}

/// Cuts a stretch of time at each full hour: hour of the day (UTC), and seconds.
fn stretches(from: i64, to: i64, mut each: impl FnMut(usize, f64)) {
    let mut at = from;
    while at < to {
        let end = ((at.div_euclid(HOUR_MS) + 1) * HOUR_MS).min(to);
        each(hour_of(at), (end - at) as f64 / 1000.0);
        at = end;
    }
}

#[cfg(test)]
mod tests;
