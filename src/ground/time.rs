//! Time is an argument. Logic receives a [`Timestamp`]; the edges receive a [`Clock`].

use std::sync::Mutex;
use std::time::Duration;

pub use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 3_600_000;
/// Milliseconds in a day.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// Somebody who knows what time it is: the machine in the daemon, a script in tests and simulations.
pub trait Clock: Send + Sync + 'static {
    /// The present, in whole milliseconds (see [`whole_ms`]).
    fn now(&self) -> Timestamp;

    /// Lets so much time pass, and this thread with it.
    fn wait(&self, time: Duration);
}

/// A clock that stands still until it is told to move. Used by tests and simulations.
#[derive(Debug)]
pub struct SimulatedClock(Mutex<Timestamp>);

impl SimulatedClock {
    /// A clock that shows `at`.
    pub fn new(at: Timestamp) -> Self {
        Self(Mutex::new(whole_ms(at)))
    }

    /// Shows `at` from now on. It may go backwards: real clocks do.
    pub fn set(&self, at: Timestamp) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = whole_ms(at);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn wait(&self, time: Duration) {
        self.set(plus_ms(self.now(), i64::try_from(time.as_millis()).unwrap_or(i64::MAX)));
    }
}

/// The same instant cut to whole milliseconds, the resolution of the log.
/// Everything that enters is cut, so that a replay from the log sees what the live run saw.
pub fn whole_ms(at: Timestamp) -> Timestamp {
    from_ms(at.as_millisecond())
}

/// The instant `ms` milliseconds after 1970-01-01T00:00:00Z; out of range clamps to the ends of time.
pub fn from_ms(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(if ms < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// `at` moved by `ms` milliseconds.
pub fn plus_ms(at: Timestamp, ms: i64) -> Timestamp {
    from_ms(at.as_millisecond().saturating_add(ms))
}

/// Number of the hour (UTC) that holds `at`, counted from 1970.
pub fn hour_of(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(HOUR_MS)
}

/// Number of the day (UTC) that holds `at`, counted from 1970.
pub fn day_of(at: Timestamp) -> i64 {
    at.as_millisecond().div_euclid(DAY_MS)
}

/// Days from `from` to `to`, with fractions; negative when `to` is earlier.
pub fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    (to.as_millisecond() - from.as_millisecond()) as f64 / DAY_MS as f64
}

/// Hours of a silence in which the clock ticks hourly; past that it ticks daily.
const HOURLY: i64 = 72;

/// The moments between `from` and `to` at which the clock ticks: each full hour for three days, then each midnight (UTC).
/// The daemon and a replay use the same, so that the log of one is the log of the other.
pub fn ticks_between(from: Timestamp, to: Timestamp) -> impl Iterator<Item = Timestamp> {
    let (first, last) = (hour_of(from) + 1, hour_of(to));
    let hourly = first..=last.min(first + HOURLY - 1);
    let next_day = (first + HOURLY + 23).div_euclid(24);
    let daily = next_day..=last.div_euclid(24);
    hourly.chain(daily.map(|day| day * 24)).map(|hour| from_ms(hour * HOUR_MS))
}

/// The time zone of this name (`Europe/Lisbon`); UTC where none is given, or where this version knows none of that name.
pub fn zone_of(name: Option<&str>) -> TimeZone {
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_days_before_1970_count_downwards() {
        assert_eq!(hour_of(from_ms(-1)), -1);
        assert_eq!(day_of(from_ms(-1)), -1);
        assert_eq!(day_of(from_ms(DAY_MS)), 1);
    }

    #[test]
    fn ticks_are_hourly_then_daily_and_in_order() {
        let at = |hour: i64| from_ms(hour * HOUR_MS + 5);
        let hours = |from, to| ticks_between(at(from), at(to)).map(hour_of).collect::<Vec<_>>();
        assert_eq!(hours(10, 10), Vec::<i64>::new());
        assert_eq!(hours(10, 13), [11, 12, 13]);
        let long = hours(10, 10 + 24 * 10);
        assert!(long.windows(2).all(|w| w[0] < w[1]));
        assert_eq!((long.len(), long.last().copied()), (72 + 7, Some(240)));
    }

    #[test]
    fn a_time_is_cut_to_milliseconds() {
        let at: Timestamp = "2025-01-06T00:47:16.123456789Z".parse().unwrap();
        assert_eq!(whole_ms(at).to_string(), "2025-01-06T00:47:16.123Z");
    }
}
