//! The life of an alert: opened → updated when it means something new → resolved when it is back to usual → regressed if
//! it comes back. Pure decisions that return a named reason.

mod lid;
mod of_danger;
mod tally;

use std::collections::BTreeSet;

pub use lid::{Lid, Pass, Release, Terms};
pub use of_danger::OfDanger;
use serde::{Deserialize, Serialize};
pub use tally::{Said, Tally};

use crate::ground::alert::{Before, Earlier, EventKind, Severity};
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::spike::Reading;

/// An ordinary alert needs so many different people within a week: two may be a couple.
pub const FEWEST_PEOPLE: u32 = 3;
/// A dangerous one needs so many.
pub const FEWEST_SAFETY: u32 = 2;
/// How much severity moves the bar, in powers of ten.
const HIGH_LOWERS: f64 = 0.5;
const LOW_RAISES: f64 = 0.5;
/// The first update comes at the earliest after so many days, each further one after twice the time.
const FIRST_UPDATE_DAYS: f64 = 1.0;
/// No update sooner than this factor allows, after an acknowledgement.
const ACKNOWLEDGED: f64 = 4.0;
/// A place is a new one when so many people there say it: one may be on a journey.
pub const FEWEST_THERE: u32 = 2;
/// An alert is open at least so long, so that a night does not close it.
const OPEN_DAYS: f64 = 2.0;
/// An alert that goes on for so long is the new usual.
const NEW_USUAL_DAYS: f64 = 28.0;
/// A complaint that comes back within so many days after it had gone back to usual is the same alert: after four quiet
/// weeks a thread is history, and what comes then is told anew, with a word about the one before.
const REGRESSES_DAYS: f64 = 28.0;
/// What a person ended is the same alert for longer: they want to hear that it is back.
const REGRESSES_AFTER_A_PERSON_DAYS: f64 = 90.0;

/// Former ids that are remembered.
const FORMERLY: usize = 8;

/// What the life cycle remembers of one alert.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Id of the alert.
    pub id: String,
    /// When it opened.
    pub opened_at: Timestamp,
    /// When it ended, if it did.
    pub ended: Option<(Timestamp, Reason)>,
    /// When it was last written about.
    pub told_at: Timestamp,
    /// Events so far.
    pub events: u32,
    /// People it stood at when it was last written about.
    pub told_people: u32,
    /// Sources and regions that were written about: those of the opening, and those that [`FEWEST_THERE`] people made news.
    pub places: BTreeSet<String>,
    /// Severity that was written about.
    pub severity: Severity,
    /// Severity by what was heard: two people who tell of the same danger make it one of safety.
    pub danger: Severity,
    /// Who of its people tells of danger, where posts opened it.
    pub of_danger: OfDanger,
    /// Who was heard since it opened, those of the opening among them.
    pub tally: Tally,
    /// People a day that were usual when it opened: an alert that goes on does not make its own people usual.
    pub usual: f64,
    /// Who has seen it.
    pub acknowledged_by: Option<String>,
    /// The teams that were told of it, in order: its letters stay with them.
    pub teams: Vec<String>,
    /// When the first of them wrote, as the opening letter says.
    pub since: Timestamp,
    /// What the last letter said.
    pub said: Option<Before>,
    /// What the last letter called it.
    pub label: String,
    /// When it had ended, where it came back: only what was said since then is told.
    pub back_since: Option<Timestamp>,
    /// The alert that the same complaint had before this one.
    pub earlier: Option<Earlier>,
    /// The ids of the alerts that it had before, the oldest first: what is decided about them later is about the complaint.
    pub formerly: Vec<String>,
}

/// What to do about a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// Nothing, and why not.
    Stay(Why),
    /// This happened.
    Happened(EventKind, Reason),
}

/// Why nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The evidence is under the bar.
    UnderTheBar,
    /// Too few different people, however clear.
    TooFewPeople,
    /// Open, and it means nothing new.
    NothingNew,
    /// It means something new, but a mail about it went out not long ago.
    TooSoon,
    /// Not quiet for long enough.
    NotYetQuiet,
    /// A person said that it is not an issue, and the bar was raised for it.
    Raised,
}

/// The bar for a severity: high lowers it.
pub fn bar_for(severity: Severity, bar: f64) -> f64 {
    match severity {
        Severity::Low => bar + LOW_RAISES,
        Severity::Normal => bar,
        Severity::High | Severity::Safety => bar - HIGH_LOWERS,
    }
}

/// Whether an alert opens. `people_month` are different people in 28 days: dangerous things need no burst.
pub fn should_open(reading: &Reading, people_month: u32, severity: Severity, bar: f64) -> Verdict {
    if severity == Severity::Safety && people_month >= FEWEST_SAFETY {
        return Verdict::Happened(EventKind::Opened, Reason::SecondSafetyVoice);
    }
    if reading.score < bar_for(severity, bar) {
        return Verdict::Stay(Why::UnderTheBar);
    }
    if reading.recent_people < FEWEST_PEOPLE {
        return Verdict::Stay(Why::TooFewPeople);
    }
    Verdict::Happened(EventKind::Opened, Reason::MoreThanUsual)
}

impl Standing {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// Whether a new rise at `now` is this alert come back. A person's "not an issue" ends it for good.
    pub fn can_regress(&self, now: Timestamp) -> bool {
        self.ended.is_some_and(|(at, reason)| {
            let most = match reason {
                Reason::NotAnIssue | Reason::RuleRemoved => return false,
                Reason::BackToUsual | Reason::NewUsual => REGRESSES_DAYS,
                _ => REGRESSES_AFTER_A_PERSON_DAYS,
            };
            days_between(at, now) <= most
        })
    }

    /// What a new alert about the same complaint says of this one, which does not come back: it is over for too long, or
    /// a person called it no issue.
    pub fn as_earlier(&self) -> Option<Earlier> {
        let (at, reason) = self.ended?;
        let days = days_between(self.since, at).ceil().max(1.0) as u32;
        let told = !matches!(reason, Reason::RuleRemoved | Reason::Merged);
        let no_issue = reason == Reason::NotAnIssue;
        told.then(|| Earlier { at, people: self.tally.in_all(), days, no_issue })
    }

    /// The former ids of the alert that follows this one as what `kind` says: the same one again, or a new one.
    pub fn formerly(&self, kind: EventKind) -> Vec<String> {
        let mut ids = self.formerly.clone();
        if kind == EventKind::Opened {
            ids.push(self.id.clone());
        }
        ids.split_off(ids.len().saturating_sub(FORMERLY))
    }

    /// Whether an open alert means something new at `now`.
    pub fn needs_update(
        &self,
        now: Timestamp,
        people: u32,
        places: &BTreeSet<String>,
        severity: Severity,
    ) -> Verdict {
        let reason = if severity > self.severity && severity >= Severity::High {
            Reason::TurnedSevere
        } else if people >= 2 * self.told_people.max(1) {
            Reason::Doubled
        } else if places.difference(&self.places).next().is_some() && people >= self.told_people + 2 {
            Reason::NewPlace
        } else if self.of_danger.is_louder_around() {
            Reason::MoreAround
        } else {
            return Verdict::Stay(Why::NothingNew);
        };
        let patience = if self.acknowledged_by.is_some() { ACKNOWLEDGED } else { 1.0 };
        let interval = FIRST_UPDATE_DAYS * 2f64.powi(self.events.saturating_sub(1).min(6) as i32) * patience;
        // Danger that doubles is told at once: from two people on that is seldom enough by itself.
        let at_once = reason == Reason::TurnedSevere
            || severity == Severity::Safety && reason == Reason::Doubled && self.of_danger.has_doubled();
        if !at_once && days_between(self.told_at, now) < interval {
            return Verdict::Stay(Why::TooSoon);
        }
        Verdict::Happened(EventKind::Updated, reason)
    }

    /// Whether an open alert is over at `now`. `spoke`: anybody said it within the last weeks; what nobody says is no usual.
    pub fn is_over(&self, now: Timestamp, back_to_usual: bool, spoke: bool) -> Verdict {
        let open = days_between(self.opened_at, now);
        if open >= OPEN_DAYS && back_to_usual {
            Verdict::Happened(EventKind::Resolved, Reason::BackToUsual)
        } else if open >= NEW_USUAL_DAYS && days_between(self.told_at, now) >= NEW_USUAL_DAYS {
            let reason = if spoke { Reason::NewUsual } else { Reason::BackToUsual };
            Verdict::Happened(EventKind::Resolved, reason)
        } else {
            Verdict::Stay(Why::NotYetQuiet)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::alert::Sum;
    use crate::ground::time::{DAY_MS, from_ms};
    use crate::logic::spike::Window;

    fn reading(score: f64, people: u32) -> Reading {
        Reading {
            score,
            recent_people: people,
            window: Window { days: 3, observed: people, expected: 0.1 },
            sum: Sum::default(),
        }
    }

    fn day(n: f64) -> Timestamp {
        from_ms((n * DAY_MS as f64) as i64)
    }

    fn standing() -> Standing {
        Standing {
            id: "a".into(),
            opened_at: day(0.0),
            ended: None,
            told_at: day(0.0),
            events: 1,
            told_people: 5,
            places: ["bluesky".to_owned()].into(),
            severity: Severity::Normal,
            danger: Severity::Normal,
            of_danger: OfDanger::default(),
            tally: Tally::default(),
            usual: 0.1,
            acknowledged_by: None,
            teams: Vec::new(),
            since: day(0.0),
            said: None,
            label: String::new(),
            formerly: Vec::new(),
            back_since: None,
            earlier: None,
        }
    }

    #[test]
    fn three_people_past_the_bar_open_and_two_do_not() {
        let open = |score, people, severity| should_open(&reading(score, people), people, severity, 4.0);
        assert_eq!(
            open(4.1, 3, Severity::Normal),
            Verdict::Happened(EventKind::Opened, Reason::MoreThanUsual)
        );
        assert_eq!(open(9.0, 2, Severity::Normal), Verdict::Stay(Why::TooFewPeople));
        assert_eq!(open(3.9, 9, Severity::Normal), Verdict::Stay(Why::UnderTheBar));
        assert!(matches!(open(3.6, 3, Severity::High), Verdict::Happened(..)));
        assert_eq!(open(4.1, 3, Severity::Low), Verdict::Stay(Why::UnderTheBar));
    }

    #[test]
    fn danger_needs_a_second_voice_and_nothing_else() {
        let of = |people| should_open(&reading(0.0, people), people, Severity::Safety, 9.0);
        assert_eq!(of(1), Verdict::Stay(Why::UnderTheBar));
        assert_eq!(of(2), Verdict::Happened(EventKind::Opened, Reason::SecondSafetyVoice));
    }

    #[test]
    fn updates_mean_something_new_and_come_ever_more_rarely() {
        let mut s = standing();
        let same = s.places.clone();
        assert_eq!(s.needs_update(day(9.0), 9, &same, Severity::Normal), Verdict::Stay(Why::NothingNew));
        assert_eq!(s.needs_update(day(0.5), 10, &same, Severity::Normal), Verdict::Stay(Why::TooSoon));
        assert_eq!(
            s.needs_update(day(1.0), 10, &same, Severity::Normal),
            Verdict::Happened(EventKind::Updated, Reason::Doubled)
        );
        s.events = 3;
        assert_eq!(s.needs_update(day(3.0), 10, &same, Severity::Normal), Verdict::Stay(Why::TooSoon));
        let wider = ["bluesky".to_owned(), "BR".to_owned()].into();
        assert_eq!(
            s.needs_update(day(5.0), 7, &wider, Severity::Normal),
            Verdict::Happened(EventKind::Updated, Reason::NewPlace)
        );
        assert_eq!(
            s.needs_update(day(0.0), 5, &same, Severity::Safety),
            Verdict::Happened(EventKind::Updated, Reason::TurnedSevere)
        );
    }

    #[test]
    fn danger_that_doubles_is_told_at_once_and_by_nothing_less() {
        let s = Standing { severity: Severity::Safety, told_people: 2, events: 4, ..standing() };
        let of = |people| s.needs_update(day(0.1), people, &s.places.clone(), Severity::Safety);
        assert_eq!(of(3), Verdict::Stay(Why::NothingNew));
        assert_eq!(of(4), Verdict::Happened(EventKind::Updated, Reason::Doubled));
        let wider = ["bluesky".to_owned(), "BR".to_owned()].into();
        let seen = Standing { told_people: 9, ..s.clone() };
        assert_eq!(seen.needs_update(day(0.1), 11, &wider, Severity::Safety), Verdict::Stay(Why::TooSoon));
    }

    #[test]
    fn it_ends_when_it_is_quiet_or_the_new_usual() {
        let s = standing();
        assert_eq!(s.is_over(day(1.0), true, true), Verdict::Stay(Why::NotYetQuiet));
        assert_eq!(
            s.is_over(day(2.0), true, true),
            Verdict::Happened(EventKind::Resolved, Reason::BackToUsual)
        );
        assert_eq!(s.is_over(day(20.0), false, true), Verdict::Stay(Why::NotYetQuiet));
        assert_eq!(
            s.is_over(day(28.0), false, true),
            Verdict::Happened(EventKind::Resolved, Reason::NewUsual)
        );
        assert_eq!(
            s.is_over(day(28.0), false, false),
            Verdict::Happened(EventKind::Resolved, Reason::BackToUsual)
        );
    }

    #[test]
    fn it_comes_back_as_itself_unless_a_person_said_it_is_nothing() {
        let ended = |reason| Standing { ended: Some((day(5.0), reason)), ..standing() };
        assert!(ended(Reason::BackToUsual).can_regress(day(30.0)));
        assert!(!ended(Reason::BackToUsual).can_regress(day(40.0)));
        assert!(ended(Reason::SaidFixed).can_regress(day(40.0)));
        assert!(!ended(Reason::SaidFixed).can_regress(day(300.0)));
        assert!(!ended(Reason::NotAnIssue).can_regress(day(6.0)));
    }

    #[test]
    fn what_is_told_anew_names_what_was_told_before() {
        let ended = |reason| Standing { ended: Some((day(5.5), reason)), ..standing() };
        let before = |reason| ended(reason).as_earlier().map(|b| (b.at, b.days, b.no_issue));
        assert_eq!(before(Reason::BackToUsual), Some((day(5.5), 6, false)));
        assert_eq!(before(Reason::NotAnIssue), Some((day(5.5), 6, true)));
        assert_eq!(before(Reason::RuleRemoved), None);
        assert_eq!(standing().as_earlier(), None);
    }
}
