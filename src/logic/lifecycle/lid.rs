//! The lid on mail: when a team is written to. What it does not want now (quiet hours, a list a day instead of letters,
//! so many mails in 24 hours at the most) is held back and goes later, in order: a few things as letters of their own, many
//! as one list. So a flood of alerts (somebody who posts random words can make one) neither buries the team nor hides what
//! happened. What could hurt somebody passes.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::ground::alert::{Severity, Wait, WaitReason};
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};
use crate::logic::rules::{Alerts, Quiet, Team};

/// What is too much for a day goes out so many hours after the first of it was held back: at most four lists a day.
const COLLECTED_HOURS: i64 = 6;
/// Things listed in one collected mail; further ones are counted.
const MOST_LISTED: usize = 100;
/// So many that waited for quiet hours to end go as letters of their own; more are many, and go as a list.
const FEW: usize = 3;

/// What a team was told lately, and what is held back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lid {
    /// When the mails of the last 24 hours went, oldest first.
    sent: VecDeque<Timestamp>,
    /// What is held back: alert and number of its event.
    held: Vec<(String, u32)>,
    /// More of it than is listed.
    more: u32,
    /// Since when something is held back.
    since: Option<Timestamp>,
    /// Why the first of it was.
    why: Option<WaitReason>,
}

/// How a team wants to be written to.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// Letters in 24 hours at the most.
    pub mails_a_day: u32,
    /// When letters go out.
    pub alerts: &'a Alerts,
    /// When it wants to be left alone.
    pub quiet: Option<&'a Quiet>,
}

/// Whether a mail goes out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It does.
    Send,
    /// What could hurt somebody always does.
    SendForSafety,
    /// Not now.
    Hold(Wait),
}

/// What was held back and goes out now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    /// Alerts and numbers of their events, a letter each.
    Letters(Vec<(String, u32)>),
    /// One list of them.
    List {
        /// Alerts and numbers of their events.
        events: Vec<(String, u32)>,
        /// How many more there are.
        more: u32,
        /// Why the first of them was held back.
        why: WaitReason,
    },
}

impl<'a> Terms<'a> {
    /// Those of a team; of one that is gone, that nothing waits.
    pub fn of(team: Option<&'a Team>) -> Self {
        match team {
            Some(team) => {
                Self { mails_a_day: team.mails_a_day, alerts: &team.alerts, quiet: team.quiet.as_ref() }
            }
            None => Self { mails_a_day: u32::MAX, alerts: &Alerts::AtOnce, quiet: None },
        }
    }
}

impl Lid {
    /// One more thing happened at `now`, event `number` of `alert`. `flood`: it is one of so many at once that it goes into
    /// a list in any case.
    pub fn pass(
        &mut self,
        now: Timestamp,
        terms: &Terms<'_>,
        severity: Severity,
        flood: bool,
        (alert, number): (&str, u32),
    ) -> Pass {
        let day_ago = plus_ms(now, -DAY_MS);
        while self.sent.front().is_some_and(|at| *at <= day_ago) {
            self.sent.pop_front();
        }
        if severity == Severity::Safety {
            return Pass::SendForSafety;
        }
        let full = self.sent.len() >= terms.mails_a_day as usize;
        let why = match terms.alerts {
            Alerts::InDigest => return Pass::Hold(Wait { until: None, why: WaitReason::InDigest }),
            Alerts::Listed(_) => WaitReason::Listed,
            Alerts::AtOnce if terms.quiet.is_some_and(|quiet| quiet.ends(now).is_some()) => {
                WaitReason::QuietHours
            }
            Alerts::AtOnce if full => WaitReason::DailyLimit,
            Alerts::AtOnce if flood => WaitReason::Storm,
            // While something is held back the rest waits too: so it is told in order.
            Alerts::AtOnce => match self.why {
                Some(why) => why,
                None => {
                    self.sent.push_back(now);
                    return Pass::Send;
                }
            },
        };
        self.since.get_or_insert(now);
        self.why.get_or_insert(why);
        if full && matches!(self.why, Some(WaitReason::QuietHours | WaitReason::Storm)) {
            // Too much for a day is too much for a morning.
            self.why = Some(WaitReason::DailyLimit);
        }
        if flood && self.why == Some(WaitReason::QuietHours) {
            self.why = Some(WaitReason::Storm);
        }
        if self.held.len() < MOST_LISTED {
            self.held.push((alert.to_owned(), number));
        } else {
            self.more = self.more.saturating_add(1);
        }
        Pass::Hold(Wait { until: self.due(terms), why })
    }

    /// When what is held back goes out, if something is: in none of the team's quiet hours.
    pub fn due(&self, terms: &Terms<'_>) -> Option<Timestamp> {
        let since = self.since?;
        if let Alerts::Listed(schedule) = terms.alerts {
            return Some(schedule.next_after(since).unwrap_or(since));
        }
        let collects = matches!(self.why, Some(WaitReason::DailyLimit | WaitReason::Storm));
        let wait = if collects { COLLECTED_HOURS * HOUR_MS } else { 0 };
        let due = plus_ms(since, wait);
        Some(terms.quiet.and_then(|quiet| quiet.ends(due)).unwrap_or(due))
    }

    /// What is due at `now`; nothing is held back then.
    pub fn release(&mut self, now: Timestamp, terms: &Terms<'_>) -> Option<Release> {
        if now < self.due(terms)? {
            return None;
        }
        self.since = None;
        let why = self.why.take().unwrap_or(WaitReason::DailyLimit);
        let (events, more) = (std::mem::take(&mut self.held), std::mem::take(&mut self.more));
        let few = match why {
            WaitReason::QuietHours => FEW,
            WaitReason::Listed => 1,
            WaitReason::DailyLimit | WaitReason::Storm | WaitReason::InDigest => 0,
        };
        // A beginning and its end, or two steps of one alert, are told by the list, which tells how it stands.
        let alerts: BTreeSet<&String> = events.iter().map(|(alert, _)| alert).collect();
        let apart = alerts.len() == events.len();
        let day_ago = plus_ms(now, -DAY_MS);
        let lately = self.sent.iter().filter(|at| **at > day_ago).count();
        if more == 0 && apart && events.len() <= few && lately + events.len() <= terms.mails_a_day as usize {
            self.sent.extend(events.iter().map(|_| now));
            return Some(Release::Letters(events));
        }
        Some(Release::List { events, more, why })
    }

    /// How many things are held back, and why the first of them.
    pub fn waiting(&self) -> Option<(u64, WaitReason)> {
        Some((self.held.len() as u64 + u64::from(self.more), self.why?))
    }

    /// Whether there is nothing to remember at `now`.
    pub fn is_idle(&self, now: Timestamp) -> bool {
        self.since.is_none() && self.sent.back().is_none_or(|at| *at <= plus_ms(now, -DAY_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::{RuleFile, RuleFiles};
    use crate::ground::time::from_ms;
    use crate::logic::rules::RuleSet;
    use proptest::prelude::*;

    fn hour(n: i64) -> Timestamp {
        from_ms(n * HOUR_MS)
    }

    /// A team of the rule files, with these lines.
    fn team(lines: &str) -> Team {
        let teams = format!("[team.t]\nemail = ['t@example.org']\nmails_a_day = 2\n{lines}\n");
        let product = "[product]\nid = 'p'\nname = 'P'\nmatch = 'widget'\nteam = 't'\n";
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let files = vec![file("teams.toml", &teams), file("p.toml", product)];
        let (rules, told) = RuleSet::load(&RuleFiles { folder: "rules".into(), files });
        rules.unwrap_or_else(|| panic!("{told:#?}")).teams.remove("t").unwrap()
    }

    fn at(lid: &mut Lid, now: Timestamp, terms: &Terms<'_>, name: &str) -> Pass {
        lid.pass(now, terms, Severity::Normal, false, (name, 0))
    }

    fn pass(lid: &mut Lid, n: i64) -> Pass {
        let team = team("");
        at(lid, hour(n), &Terms::of(Some(&team)), &format!("a{n}"))
    }

    fn held(until: i64) -> Pass {
        Pass::Hold(Wait { until: Some(hour(until)), why: WaitReason::DailyLimit })
    }

    fn list(alerts: &[&str], why: WaitReason) -> Option<Release> {
        let events = alerts.iter().map(|alert| ((*alert).to_owned(), 0)).collect();
        Some(Release::List { events, more: 0, why })
    }

    fn letters(alerts: &[&str]) -> Option<Release> {
        Some(Release::Letters(alerts.iter().map(|alert| ((*alert).to_owned(), 0)).collect()))
    }

    #[test]
    fn what_is_too_much_for_a_day_is_held_back_and_told_together() {
        let (mut lid, team) = (Lid::default(), team(""));
        let terms = Terms::of(Some(&team));
        assert_eq!([0, 1, 2, 3].map(|n| pass(&mut lid, n)), [Pass::Send, Pass::Send, held(8), held(8)]);
        assert_eq!(lid.waiting(), Some((2, WaitReason::DailyLimit)));
        assert_eq!(lid.release(hour(7), &terms), None);
        assert_eq!(lid.release(hour(8), &terms), list(&["a2", "a3"], WaitReason::DailyLimit));
        assert_eq!(lid.release(hour(9), &terms), None);
        // The first two are still of this day, at hour 24 the first of them no more.
        assert_eq!(pass(&mut lid, 23), held(29));
        assert_eq!(lid.release(hour(29), &terms), list(&["a23"], WaitReason::DailyLimit));
        assert_eq!(pass(&mut lid, 30), Pass::Send);
        assert!(!lid.is_idle(hour(53)) && lid.is_idle(hour(54)));
    }

    #[test]
    fn what_could_hurt_somebody_passes_everything_and_takes_no_place() {
        for lines in [
            "",
            "quiet = '00:00-23:00'",
            "alerts = 'daily 08:00'",
            "digest = 'daily 08:00'\nalerts = 'digest'",
        ] {
            let (mut lid, team) = (Lid::default(), team(lines));
            let terms = Terms::of(Some(&team));
            for _ in 0..9 {
                let pass = lid.pass(hour(0), &terms, Severity::Safety, true, ("s", 0));
                assert_eq!(pass, Pass::SendForSafety, "{lines}");
            }
            assert_eq!((lid.waiting(), lid.is_idle(hour(0))), (None, true));
        }
        let mut lid = Lid::default();
        assert_eq!([0, 0, 0].map(|n| pass(&mut lid, n)), [Pass::Send, Pass::Send, held(6)]);
    }

    #[test]
    fn a_flood_is_counted_and_takes_no_more_room() {
        let (mut lid, team) = (Lid::default(), team(""));
        let terms = Terms { mails_a_day: 12, ..Terms::of(Some(&team)) };
        for n in 0..1_000 {
            at(&mut lid, hour(0), &terms, &format!("a{n}"));
        }
        let Some(Release::List { events, more, .. }) = lid.release(hour(6), &terms) else {
            panic!("no list")
        };
        assert_eq!((events.len(), more), (MOST_LISTED, 1_000 - 12 - MOST_LISTED as u32));
        assert_eq!(events[0].0, "a12");
        assert!(matches!(
            lid.pass(hour(48), &terms, Severity::Normal, true, ("storm", 0)),
            Pass::Hold(Wait { why: WaitReason::Storm, .. })
        ));
        assert_eq!(lid.release(hour(54), &terms), list(&["storm"], WaitReason::Storm));
    }

    #[test]
    fn a_list_of_a_storm_says_so_until_the_days_limit_is_reached_too() {
        let (mut lid, team) = (Lid::default(), team(""));
        let terms = Terms::of(Some(&team));
        let flood = |lid: &mut Lid, n| lid.pass(hour(n), &terms, Severity::Normal, true, ("s", 0));
        assert!(matches!(flood(&mut lid, 0), Pass::Hold(Wait { why: WaitReason::Storm, .. })));
        assert_eq!(lid.waiting(), Some((1, WaitReason::Storm)));
        lid.sent.extend([hour(1), hour(1)]);
        assert!(matches!(flood(&mut lid, 2), Pass::Hold(Wait { why: WaitReason::DailyLimit, .. })));
        assert_eq!(lid.release(hour(6), &terms), list(&["s", "s"], WaitReason::DailyLimit));
    }

    #[test]
    fn what_comes_in_quiet_hours_goes_when_they_end() {
        let team = team("zone = 'Europe/Lisbon'\nquiet = '20:00-07:30'");
        let terms = Terms { mails_a_day: 12, ..Terms::of(Some(&team)) };
        let mut lid = Lid::default();
        // The night of 30 March 2025, when Lisbon's clocks go from 01:00 to 02:00: it ends at 06:30 UTC.
        let night: Timestamp = "2025-03-29T22:00:00Z".parse().unwrap();
        let morning: Timestamp = "2025-03-30T06:30:00Z".parse().unwrap();
        let waits = Pass::Hold(Wait { until: Some(morning), why: WaitReason::QuietHours });
        for name in ["a", "b", "c"] {
            assert_eq!(at(&mut lid, night, &terms, name), waits);
        }
        assert_eq!(lid.release(plus_ms(morning, -1), &terms), None);
        assert_eq!(lid.release(morning, &terms), letters(&["a", "b", "c"]), "few go as they are, in order");
        for name in ["d", "e", "f", "g"] {
            at(&mut lid, plus_ms(morning, DAY_MS - HOUR_MS), &terms, name);
        }
        let next = plus_ms(morning, DAY_MS);
        assert_eq!(lid.release(next, &terms), list(&["d", "e", "f", "g"], WaitReason::QuietHours));
        assert_eq!(at(&mut lid, next, &terms, "h"), Pass::Send);
    }

    #[test]
    fn two_steps_of_one_alert_in_one_night_are_one_entry_of_a_list() {
        let team = team("zone = 'UTC'\nquiet = '20:00-08:00'");
        let terms = Terms { mails_a_day: 12, ..Terms::of(Some(&team)) };
        let mut lid = Lid::default();
        at(&mut lid, hour(21), &terms, "a");
        assert_eq!(
            at(&mut lid, hour(23), &terms, "a"),
            Pass::Hold(Wait { until: Some(hour(32)), why: WaitReason::QuietHours })
        );
        assert_eq!(lid.release(hour(32), &terms), list(&["a", "a"], WaitReason::QuietHours));
    }

    #[test]
    fn quiet_hours_hold_back_the_lists_too_and_letters_of_the_morning_are_of_the_day() {
        let team = team("zone = 'UTC'\nquiet = '20:00-08:00'");
        let terms = Terms::of(Some(&team));
        let mut lid = Lid::default();
        // Two letters, then too much at 18:00: due at midnight, which is in the quiet.
        for n in [16, 17] {
            assert_eq!(at(&mut lid, hour(n), &terms, "early"), Pass::Send);
        }
        let until = |n| Some(hour(n));
        assert_eq!(
            at(&mut lid, hour(18), &terms, "x"),
            Pass::Hold(Wait { until: until(32), why: WaitReason::DailyLimit })
        );
        assert_eq!(lid.release(hour(24), &terms), None);
        assert_eq!(lid.release(hour(32), &terms), list(&["x"], WaitReason::DailyLimit));
        // By the next morning the day has room again, for the two that waited for the night to end.
        at(&mut lid, hour(48), &terms, "y");
        at(&mut lid, hour(49), &terms, "z");
        assert_eq!(lid.release(hour(56), &terms), letters(&["y", "z"]));
        assert_eq!(
            at(&mut lid, hour(57), &terms, "too many"),
            Pass::Hold(Wait { until: until(63), why: WaitReason::DailyLimit })
        );
    }

    #[test]
    fn a_list_a_day_comes_at_its_hour_and_one_thing_alone_as_its_letter() {
        let listed = team("zone = 'America/New_York'\nalerts = 'daily 08:00'");
        let terms = Terms::of(Some(&listed));
        let mut lid = Lid::default();
        let noon: Timestamp = "2025-01-06T17:00:00Z".parse().unwrap();
        let next: Timestamp = "2025-01-07T13:00:00Z".parse().unwrap();
        let waits = Pass::Hold(Wait { until: Some(next), why: WaitReason::Listed });
        assert_eq!([at(&mut lid, noon, &terms, "a"), at(&mut lid, noon, &terms, "b")], [waits, waits]);
        assert_eq!(lid.release(plus_ms(next, -1), &terms), None);
        assert_eq!(lid.release(next, &terms), list(&["a", "b"], WaitReason::Listed));
        at(&mut lid, next, &terms, "c");
        assert_eq!(lid.release(plus_ms(next, DAY_MS), &terms), letters(&["c"]));
        let digest = team("digest = 'daily 08:00'\nalerts = 'digest'");
        let pass = at(&mut lid, noon, &Terms::of(Some(&digest)), "d");
        assert_eq!(pass, Pass::Hold(Wait { until: None, why: WaitReason::InDigest }));
        assert_eq!(lid.waiting(), None, "the digest has a memory of its own");
        // Rules without all that let go what was held under them.
        at(&mut lid, noon, &terms, "e");
        assert_eq!(lid.release(noon, &Terms::of(None)), letters(&["e"]));
    }

    proptest! {
        /// In no 24 hours there are more letters than the limit, nothing is lost, nothing goes in quiet hours, what waited
        /// is told in order, and there are no more than four lists a day, and one of the morning.
        #[test]
        fn the_lid_holds(
            mut hours in prop::collection::vec(0_i64..200, 0..300), limit in 1_u32..6,
            quiet in prop::option::of((0_i64..24, 1_i64..23)),
        ) {
            hours.sort_unstable();
            let lines = quiet.map_or_else(String::new, |(from, long)| {
                format!("zone = 'UTC'\nquiet = '{from:02}:00-{:02}:00'", (from + long) % 24)
            });
            let team = team(&lines);
            let terms = Terms { mails_a_day: limit, ..Terms::of(Some(&team)) };
            let (mut lid, mut sent, mut told, mut lists) = (Lid::default(), Vec::new(), Vec::new(), Vec::new());
            let mut more_in_all = 0;
            let mut upcoming = hours.iter().enumerate().peekable();
            for now in 0..260 {
                match lid.release(hour(now), &terms) {
                    Some(Release::Letters(events)) => {
                        sent.extend(events.iter().map(|_| now));
                        told.extend(events);
                    }
                    Some(Release::List { events, more, .. }) => {
                        told.extend(events);
                        more_in_all += more;
                        lists.push(now);
                    }
                    None => {}
                }
                while let Some((n, _)) = upcoming.next_if(|(_, at)| **at == now) {
                    match lid.pass(hour(now), &terms, Severity::Normal, false, ("a", n as u32)) {
                        Pass::Send => {
                            sent.push(now);
                            told.push(("a".into(), n as u32));
                        }
                        Pass::Hold(wait) => prop_assert!(wait.until > Some(hour(now))),
                        Pass::SendForSafety => prop_assert!(false, "nothing is dangerous"),
                    }
                }
            }
            prop_assert_eq!(told.len() + more_in_all as usize, hours.len());
            prop_assert!(told.is_sorted_by_key(|(_, n)| *n), "in order");
            for at in sent.iter().chain(&lists) {
                prop_assert!(team.quiet.as_ref().is_none_or(|quiet| quiet.ends(hour(*at)).is_none()));
            }
            for from in 0..260 {
                let within = |list: &[i64]| list.iter().filter(|at| (from..from + 24).contains(*at)).count();
                prop_assert!(within(&sent) <= limit as usize);
                prop_assert!(within(&lists) <= 4 + usize::from(quiet.is_some()));
            }
        }
    }
}
