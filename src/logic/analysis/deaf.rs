//! Sources that fall silent: what could not be heard is a gap in what is usual, and no quiet day.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::product::ProductState;
use crate::ground::time::{HOUR_MS, Timestamp, days_between, hour_of};

/// A source is taken for deaf once so many posts are missing: e⁻¹⁴ is one in a million.
const MISSING: f64 = 14.0;
/// The rate of a source forgets half in so many days.
const SOURCE_HALF_LIFE: f64 = 14.0;

/// A source as it is heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Heard {
    /// Decayed posts and decayed days.
    posts: f64,
    since: Timestamp,
    last: Timestamp,
    /// Hour up to which its silence has been noted.
    noted: i64,
}

impl ProductState {
    /// A post of this source came.
    pub(super) fn hear_source(&mut self, source: &str, written: Timestamp, now: Timestamp) {
        let heard = self.sources.entry(source.to_owned()).or_insert(Heard {
            posts: 0.0,
            since: written,
            last: written,
            noted: hour_of(written),
        });
        let days = days_between(heard.last, now).max(0.0);
        heard.posts = heard.posts * 0.5f64.powf(days / SOURCE_HALF_LIFE) + 1.0;
        heard.last = heard.last.max(now);
        heard.noted = heard.noted.max(hour_of(now));
    }

    /// Every hour: a source that should have been heard by now is taken for deaf, and its silence for a gap.
    pub fn note_silence(&mut self, now: Timestamp) {
        let rates: BTreeMap<String, f64> = self.sources.iter().map(|(n, h)| (n.clone(), h.rate())).collect();
        let all: f64 = rates.values().sum();
        for (name, heard) in &mut self.sources {
            let rate = rates.get(name).copied().unwrap_or(0.0);
            if rate * days_between(heard.last, now) < MISSING || all <= 0.0 {
                continue;
            }
            let hour = hour_of(now);
            if hour > heard.noted {
                self.pool.was_deaf(heard.noted, hour, rate / all);
                heard.noted = hour;
            }
        }
    }

    /// A source says that it was deaf.
    pub fn note_gap(&mut self, source: &str, from: Timestamp, to: Timestamp) {
        let rates: Vec<(bool, f64)> = self.sources.iter().map(|(n, h)| (n == source, h.rate())).collect();
        let all: f64 = rates.iter().map(|r| r.1).sum();
        let share: f64 = rates.iter().filter(|r| r.0).map(|r| r.1).sum::<f64>() / all.max(1e-9);
        let to_hour = (to.as_millisecond() + HOUR_MS - 1).div_euclid(HOUR_MS);
        self.pool.was_deaf(hour_of(from), to_hour, share);
    }
}

impl Heard {
    /// Posts a day as of its last post: silence since then does not teach that silence is usual.
    fn rate(&self) -> f64 {
        let scale = SOURCE_HALF_LIFE / std::f64::consts::LN_2;
        let days = scale * (1.0 - (-days_between(self.since, self.last).max(0.0) / scale).exp());
        if days < 3.0 { 0.0 } else { self.posts / days }
    }
}
