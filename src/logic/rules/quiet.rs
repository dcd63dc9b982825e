//! When a team wants to be left alone: hours of the day and whole days, as the clocks of its time zone show them.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::ground::time::Timestamp;

/// Stretches that may follow one upon another before the end is looked for no further: a Christmas of weekends and nights.
const MOST_STRETCHES: usize = 40;

/// Days of the week by name.
const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Quiet hours and days.
#[derive(Clone, Debug, PartialEq)]
pub struct Quiet {
    /// From and to; to the next morning where `to` is the earlier one.
    pub(super) hours: Vec<(Time, Time)>,
    /// Days that are quiet from midnight to midnight.
    pub(super) days: Vec<Weekday>,
    /// Whose clocks.
    pub(super) zone: TimeZone,
}

/// Reads `20:00-07:30`. `None` where it is none, or where both ends are the same.
pub(super) fn hours(text: &str) -> Option<(Time, Time)> {
    let (from, to) = text.split_once(['-', '–'])?;
    let (from, to) = (time(from.trim())?, time(to.trim())?);
    (from != to).then_some((from, to))
}

/// Reads `07:30`.
pub(super) fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| (part.len() == 2).then(|| part.parse::<i8>().ok()).flatten();
    Time::new(two(hour)?, two(minute)?, 0, 0).ok()
}

/// The day of the week of that name.
pub(super) fn weekday(name: &str) -> Option<Weekday> {
    let name = name.to_ascii_lowercase();
    DAYS.iter().find(|(known, _)| *known == name).map(|(_, day)| *day)
}

/// The names of the days, for messages.
pub(super) fn weekdays() -> impl Iterator<Item = &'static str> {
    DAYS.iter().map(|(name, _)| *name)
}

/// The time zone of that name (`Europe/Lisbon`, `UTC`).
pub(super) fn zone(name: &str) -> Option<TimeZone> {
    if name == "UTC" { Some(TimeZone::UTC) } else { TimeZone::get(name).ok() }
}

impl Quiet {
    /// When the quiet that there is at `now` ends; `None` where there is none. What follows without a pause is one: a
    /// night, a Sunday and the night after it end on Monday morning.
    ///
    /// It is kept by the clocks on the wall. An hour that they leave out is over at once: quiet that would begin or end
    /// in it does so when they jump. In an hour that they show twice it begins the first time and ends the second.
    pub fn ends(&self, now: Timestamp) -> Option<Timestamp> {
        let mut end = now;
        for _ in 0..MOST_STRETCHES {
            let Some(next) = self.stretch_around(end) else { break };
            end = next;
        }
        (end > now).then_some(end)
    }

    /// Whether all of the day is quiet that the clocks show at this moment.
    pub fn is_quiet_day(&self, at: Timestamp) -> bool {
        self.days.contains(&at.to_zoned(self.zone.clone()).weekday())
    }

    /// The latest end of the stretches that `at` is in.
    fn stretch_around(&self, at: Timestamp) -> Option<Timestamp> {
        let today = at.to_zoned(self.zone.clone()).date();
        let around = [today.yesterday().ok(), Some(today), today.tomorrow().ok()];
        let stretches = around.into_iter().flatten().flat_map(|date| self.beginning_on(date));
        stretches.filter(|(from, to)| *from <= at && at < *to).map(|(_, to)| to).max()
    }

    fn beginning_on(&self, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let mut stretches = Vec::new();
        let next = date.tomorrow().ok();
        let mut stretch = |from: Time, to_date: Option<Date>, to: Time| {
            if let Some(to_date) = to_date {
                stretches.extend(self.moment(date, from, false).zip(self.moment(to_date, to, true)));
            }
        };
        for (from, to) in &self.hours {
            stretch(*from, if from < to { Some(date) } else { next }, *to);
        }
        if self.days.contains(&date.weekday()) {
            stretch(Time::midnight(), next, Time::midnight());
        }
        stretches
    }

    /// When the clocks show that; the second time, where they show it twice and `late` is wanted.
    fn moment(&self, date: Date, time: Time, late: bool) -> Option<Timestamp> {
        let shown = self.zone.to_ambiguous_zoned(date.to_datetime(time));
        let moment = match shown.offset() {
            AmbiguousOffset::Gap { .. } => {
                let before = shown.earlier().ok()?.timestamp();
                return self.zone.following(before).next().map(|jump| jump.timestamp());
            }
            AmbiguousOffset::Fold { .. } if late => shown.later(),
            _ => shown.earlier(),
        };
        Some(moment.ok()?.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::{HOUR_MS, from_ms, plus_ms};
    use proptest::prelude::*;

    fn quiet(given: &[&str], days: &[&str], place: &str) -> Quiet {
        Quiet {
            hours: given.iter().map(|text| hours(text).unwrap()).collect(),
            days: days.iter().map(|day| weekday(day).unwrap()).collect(),
            zone: zone(place).unwrap(),
        }
    }

    fn ends(quiet: &Quiet, at: &str) -> Option<String> {
        quiet.ends(at.parse().unwrap()).map(|end| end.to_string())
    }

    #[test]
    fn a_night_ends_in_the_morning_of_its_own_zone() {
        let lisbon = quiet(&["20:00-07:30"], &[], "Europe/Lisbon");
        assert_eq!(ends(&lisbon, "2025-01-08T19:59:59Z"), None);
        assert_eq!(ends(&lisbon, "2025-01-08T20:00:00Z").unwrap(), "2025-01-09T07:30:00Z");
        assert_eq!(ends(&lisbon, "2025-01-09T07:29:59Z").unwrap(), "2025-01-09T07:30:00Z");
        assert_eq!(ends(&lisbon, "2025-01-09T07:30:00Z"), None);
        // In summer the same hours are others in UTC.
        assert_eq!(ends(&lisbon, "2025-07-08T19:00:00Z").unwrap(), "2025-07-09T06:30:00Z");
        let york = quiet(&["20:00-07:30"], &[], "America/New_York");
        assert_eq!(ends(&york, "2025-01-09T02:00:00Z").unwrap(), "2025-01-09T12:30:00Z");
        let noon = quiet(&["12:00-13:00", "20:00-07:30"], &[], "UTC");
        assert_eq!(ends(&noon, "2025-01-08T12:30:00Z").unwrap(), "2025-01-08T13:00:00Z");
    }

    #[test]
    fn nights_and_days_that_follow_one_another_are_one() {
        let weekend = quiet(&["20:00-07:30"], &["saturday", "sunday"], "Europe/Lisbon");
        // 10 January 2025 is a Friday.
        assert_eq!(ends(&weekend, "2025-01-10T21:00:00Z").unwrap(), "2025-01-13T07:30:00Z");
        assert_eq!(ends(&weekend, "2025-01-11T12:00:00Z").unwrap(), "2025-01-13T07:30:00Z");
        assert_eq!(ends(&weekend, "2025-01-10T12:00:00Z"), None);
        let days = quiet(&[], &["sunday"], "Asia/Kolkata");
        assert_eq!(ends(&days, "2025-01-12T00:00:00Z").unwrap(), "2025-01-12T18:30:00Z");
    }

    #[test]
    fn an_hour_that_the_clocks_leave_out_is_over_at_once() {
        // New York, 9 March 2025: from 02:00 EST to 03:00 EDT, which is 07:00 UTC.
        let ends_in = quiet(&["22:00-02:30"], &[], "America/New_York");
        assert_eq!(ends(&ends_in, "2025-03-09T06:59:00Z").unwrap(), "2025-03-09T07:00:00Z");
        let begins_in = quiet(&["02:30-04:00"], &[], "America/New_York");
        assert_eq!(ends(&begins_in, "2025-03-09T06:59:59Z"), None);
        assert_eq!(ends(&begins_in, "2025-03-09T07:00:00Z").unwrap(), "2025-03-09T08:00:00Z");
        let within = quiet(&["02:15-02:45"], &[], "America/New_York");
        for minutes in -90..90 {
            let at = plus_ms("2025-03-09T07:00:00Z".parse().unwrap(), minutes * 60_000);
            assert_eq!(within.ends(at), None);
        }
        // Samoa left out the whole of Friday, 30 December 2011.
        let friday = quiet(&[], &["friday"], "Pacific/Apia");
        assert_eq!(ends(&friday, "2011-12-30T09:59:59Z"), None);
        assert_eq!(ends(&friday, "2011-12-30T10:00:00Z"), None);
    }

    #[test]
    fn an_hour_that_comes_twice_is_quiet_both_times() {
        // New York, 2 November 2025: 01:00 to 02:00 at 05:00 UTC and again at 06:00.
        let ends_in = quiet(&["22:00-01:30"], &[], "America/New_York");
        assert_eq!(ends(&ends_in, "2025-11-02T05:15:00Z").unwrap(), "2025-11-02T06:30:00Z");
        assert_eq!(ends(&ends_in, "2025-11-02T05:45:00Z").unwrap(), "2025-11-02T06:30:00Z");
        let begins_in = quiet(&["01:30-03:00"], &[], "America/New_York");
        assert_eq!(ends(&begins_in, "2025-11-02T05:29:00Z"), None);
        assert_eq!(ends(&begins_in, "2025-11-02T05:30:00Z").unwrap(), "2025-11-02T08:00:00Z");
        assert_eq!(ends(&begins_in, "2025-11-02T06:10:00Z").unwrap(), "2025-11-02T08:00:00Z");
    }

    #[test]
    fn what_is_none_is_none() {
        for bad in ["", "20:00", "20-07", "20:00-24:00", "8:00-9:00", "20:00-20:00", "20:00-07:30 UTC"] {
            assert_eq!(hours(bad), None, "{bad}");
        }
        assert_eq!((weekday("Someday"), zone("Mars/Base")), (None, None));
    }

    #[test]
    fn quiet_without_an_end_is_given_up_on() {
        let ever = quiet(&["07:00-19:00", "19:00-07:00"], &[], "UTC");
        assert!(ever.ends(from_ms(0)).unwrap() > plus_ms(from_ms(0), 8 * 24 * HOUR_MS));
    }

    proptest! {
        /// Where it ends it has ended, and at every moment before that it has not: at the end of what is told to wait
        /// nothing has to wait again, and what waits longest goes first.
        #[test]
        fn the_end_is_an_end(
            from in 0_i8..24, to in 0_i8..24, half in any::<bool>(), day in 0_usize..7, place in 0_usize..5,
            minute in 0_i64..600_000, share in 0.0_f64..1.0,
        ) {
            prop_assume!(from != to);
            let place = ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"][place];
            let minutes = if half { 30 } else { 0 };
            let quiet = Quiet {
                hours: vec![(Time::new(from, minutes, 0, 0).unwrap(), Time::new(to, minutes, 0, 0).unwrap())],
                days: vec![DAYS[day].1],
                zone: zone(place).unwrap(),
            };
            let at = plus_ms("2025-01-01T00:00:00Z".parse().unwrap(), minute * 60_000);
            if let Some(end) = quiet.ends(at) {
                prop_assert!(end > at && quiet.ends(end).is_none());
                let between = plus_ms(at, ((end.as_millisecond() - at.as_millisecond()) as f64 * share) as i64);
                prop_assert!(between >= end || quiet.ends(between) == Some(end));
            }
        }
    }
}
