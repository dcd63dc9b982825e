//! When a digest is due: `monday 08:00 America/New_York`, `daily 07:30 Europe/Lisbon`, `friday 16:00` (UTC).

use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use super::quiet;
use crate::ground::time::Timestamp;

/// When a digest, or the list of a team's alerts, goes out.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The day of the week; every day without one.
    weekday: Option<Weekday>,
    time: jiff::civil::Time,
    zone: TimeZone,
}

impl Schedule {
    /// Reads it. `None` where it is none, or where there is no such time zone. Without a zone it is meant in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_in(text, None)
    }

    /// Reads it; without a zone of its own it is meant in this one, or else in UTC.
    pub fn parse_in(text: &str, zone: Option<&TimeZone>) -> Option<Self> {
        let mut parts = text.split_whitespace();
        let weekday = match parts.next()? {
            daily if daily.eq_ignore_ascii_case("daily") => None,
            day => Some(quiet::weekday(day)?),
        };
        let time = quiet::time(parts.next()?)?;
        let zone = match parts.next() {
            None => zone.cloned().unwrap_or(TimeZone::UTC),
            Some(name) => quiet::zone(name)?,
        };
        parts.next().is_none().then_some(Self { weekday, time, zone })
    }

    /// Days that one digest is about.
    pub fn days(&self) -> u32 {
        if self.weekday.is_some() { 7 } else { 1 }
    }

    /// Whether it became due after `before` and not after `now`. However long the two lie apart it is due once.
    pub fn is_due(&self, before: Timestamp, now: Timestamp) -> bool {
        self.last_before(now).is_some_and(|at| at > before)
    }

    /// The first moment after `now` at which it is due.
    pub fn next_after(&self, now: Timestamp) -> Option<Timestamp> {
        let mut date = now.to_zoned(self.zone.clone()).date();
        for _ in 0..9 {
            let at = date.to_datetime(self.time).to_zoned(self.zone.clone()).ok()?.timestamp();
            if at > now && self.weekday.is_none_or(|day| day == date.weekday()) {
                return Some(at);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// The newest moment at which it was due, not after `now`. An hour that the clocks leave out is the one after it.
    fn last_before(&self, now: Timestamp) -> Option<Timestamp> {
        let mut date = now.to_zoned(self.zone.clone()).date();
        for _ in 0..8 {
            let at = date.to_datetime(self.time).to_zoned(self.zone.clone()).ok()?.timestamp();
            if at <= now && self.weekday.is_none_or(|day| day == date.weekday()) {
                return Some(at);
            }
            date = date.yesterday().ok()?;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn due(schedule: &str, before: &str, now: &str) -> bool {
        Schedule::parse(schedule).unwrap().is_due(at(before), at(now))
    }

    #[test]
    fn it_is_due_once_at_its_hour_in_its_own_zone() {
        // Monday, 08:00 in New York is 13:00 UTC in winter and 12:00 in summer.
        let weekly = "monday 08:00 America/New_York";
        assert!(due(weekly, "2025-01-06T12:00:00Z", "2025-01-06T13:00:00Z"));
        assert!(!due(weekly, "2025-01-06T13:00:00Z", "2025-01-06T14:00:00Z"));
        assert!(due(weekly, "2025-07-07T11:00:00Z", "2025-07-07T12:00:00Z"));
        assert!(!due(weekly, "2025-01-07T12:00:00Z", "2025-01-07T13:00:00Z"), "a Tuesday");
        assert!(due(weekly, "2025-01-01T00:00:00Z", "2025-02-20T00:00:00Z"), "after a month off, once");
        assert!(due("daily 07:30", "2025-01-07T07:00:00Z", "2025-01-07T08:00:00Z"));
        assert_eq!(Schedule::parse(weekly).unwrap().days(), 7);
    }

    #[test]
    fn an_hour_that_the_clocks_leave_out_is_not_forgotten() {
        // On 30 March 2025 Lisbon goes from 01:00 to 02:00.
        let due = |before, now| due("sunday 01:30 Europe/Lisbon", before, now);
        assert!(due("2025-03-30T00:00:00Z", "2025-03-30T02:00:00Z"));
    }

    #[test]
    fn the_next_time_is_after_now_and_in_the_zone_of_the_team() {
        let lisbon = quiet::zone("Europe/Lisbon");
        let next = |text: &str, now: &str| {
            Schedule::parse_in(text, lisbon.as_ref()).unwrap().next_after(at(now)).unwrap().to_string()
        };
        assert_eq!(next("daily 07:30", "2025-07-07T06:29:00Z"), "2025-07-07T06:30:00Z");
        assert_eq!(next("daily 07:30", "2025-07-07T06:30:00Z"), "2025-07-08T06:30:00Z");
        assert_eq!(next("monday 08:00", "2025-07-07T07:00:00Z"), "2025-07-14T07:00:00Z");
        assert_eq!(next("monday 08:00 UTC", "2025-07-07T07:00:00Z"), "2025-07-07T08:00:00Z");
        // On 30 March 2025 Lisbon goes from 01:00 to 02:00.
        assert_eq!(next("sunday 01:30", "2025-03-29T00:00:00Z"), "2025-03-30T01:30:00Z");
    }

    #[test]
    fn what_is_none_is_none() {
        for bad in [
            "",
            "monday",
            "someday 08:00",
            "monday 8:00",
            "monday 24:00",
            "monday 08:00 Mars/Base",
            "daily 08:00 UTC x",
        ] {
            assert_eq!(Schedule::parse(bad), None, "{bad}");
        }
    }
}
