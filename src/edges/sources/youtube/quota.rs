//! What may be asked of YouTube in a day: counted, and spread over what is left of it.

use std::time::Duration;

use jiff::ToSpan;
use serde::{Deserialize, Serialize};

use crate::ground::time::{DAY_MS, Timestamp};

/// Where YouTube's day begins.
const ZONE: &str = "America/Los_Angeles";

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// A list: one unit.
    List,
    /// A search: one of those of the day.
    Search,
}

/// What was used of a day.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Quota {
    /// The day in California.
    day: String,
    units: u32,
    searches: u32,
}

impl Quota {
    /// Takes what a question costs; not where the day's limits (units, searches) do not allow it.
    pub(super) fn spend(&mut self, of: Of, limits: (u32, u32), now: Timestamp) -> bool {
        self.begin(now);
        let (used, limit) = match of {
            Of::List => (&mut self.units, limits.0),
            Of::Search => (&mut self.searches, limits.1),
        };
        let may = *used < limit;
        *used += u32::from(may);
        may
    }

    /// YouTube says that nothing is left.
    pub(super) fn spent(&mut self, of: Of, limits: (u32, u32), now: Timestamp) {
        self.begin(now);
        match of {
            Of::List => self.units = limits.0,
            Of::Search => self.searches = limits.1,
        }
    }

    /// Units and searches that are left today.
    pub(super) fn left(&mut self, limits: (u32, u32), now: Timestamp) -> (u32, u32) {
        self.begin(now);
        (limits.0.saturating_sub(self.units), limits.1.saturating_sub(self.searches))
    }

    /// Units that were used today.
    pub(super) fn used(&mut self, now: Timestamp) -> u32 {
        self.begin(now);
        self.units
    }

    fn begin(&mut self, now: Timestamp) {
        let day = now.in_tz(ZONE).map(|at| at.date().to_string()).unwrap_or_default();
        if self.day != day {
            *self = Self { day, units: 0, searches: 0 };
        }
    }
}

/// The time until the day ends in California.
pub(super) fn until_midnight(now: Timestamp) -> Duration {
    let midnight = now.in_tz(ZONE).ok().and_then(|at| at.checked_add(1.day()).ok()?.start_of_day().ok());
    let left = midnight.map_or(DAY_MS, |at| at.timestamp().as_millisecond() - now.as_millisecond());
    Duration::from_millis(u64::try_from(left).unwrap_or(0).max(1000))
}

/// How long to wait after a poll that used `cost` units, so that the `left` ones last until midnight.
pub(super) fn pace(cost: u32, left: u32, now: Timestamp) -> Duration {
    let day = until_midnight(now);
    if left <= cost {
        return day;
    }
    day.mul_f64((f64::from(cost) / f64::from(left)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(s: &str) -> Timestamp {
        s.parse().unwrap()
    }

    #[test]
    fn the_day_is_that_of_california() {
        let hours = |s: &str| until_midnight(at(s)).as_secs_f64() / 3600.0;
        assert_eq!(hours("2026-01-02T00:00:00Z"), 8.0);
        assert_eq!(hours("2026-07-02T00:00:00Z"), 7.0, "in summer");
        assert_eq!(hours("2026-11-01T07:00:00Z"), 25.0, "the day on which the clocks are set back");
        let (mut quota, limits) = (Quota::default(), (2, 1));
        let evening = at("2026-01-02T07:59:00Z");
        assert!(quota.spend(Of::List, limits, evening) && quota.spend(Of::List, limits, evening));
        assert!(!quota.spend(Of::List, limits, evening) && quota.spend(Of::Search, limits, evening));
        assert_eq!((quota.left(limits, evening), quota.used(evening)), ((0, 0), 2));
        assert_eq!(quota.left(limits, at("2026-01-02T08:00:00Z")), (2, 1), "midnight");
        quota.spent(Of::List, limits, at("2026-01-02T08:00:00Z"));
        assert_eq!(quota.left(limits, at("2026-01-02T09:00:00Z")), (0, 1));
    }

    #[test]
    fn units_are_spread_over_the_day_and_never_passed() {
        let (mut quota, mut now, limits) = (Quota::default(), at("2026-01-02T08:00:00Z"), (1000, 0));
        let (end, mut polls) = (at("2026-01-03T07:59:59Z"), 0);
        while now < end {
            let before = quota.used(now);
            for _ in 0..7 {
                quota.spend(Of::List, limits, now);
            }
            polls += 1;
            let cost = quota.used(now) - before;
            now += pace(cost, quota.left(limits, now).0, now);
        }
        assert!((130..=143).contains(&polls), "{polls}");
        assert!(quota.used(at("2026-01-03T07:59:59Z")) <= 1000);
    }
}
