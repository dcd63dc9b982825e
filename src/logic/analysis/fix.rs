//! After "it is fixed": whether that holds. An alert that a person called fixed is watched until far fewer people say it
//! than would have by the rate before, or until it comes back.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use statrs::distribution::{DiscreteCDF, Poisson};

use crate::ground::alert::Fixed;
use crate::ground::time::{DAY_MS, Timestamp, days_between, plus_ms};
use crate::logic::lifecycle::FEWEST_PEOPLE;

/// A fix holds at the earliest after so many days: people do not update on the day.
const FEWEST_DAYS: f64 = 7.0;
/// … and is no more looked at after so many.
const MOST_DAYS: f64 = 90.0;
/// It holds when so few people by chance, at half the rate before, are less likely than this: what halved is not fixed.
const CHANCE: f64 = 0.05;
/// The part of the rate before that would still not be fixed.
const STILL: f64 = 0.5;
/// Voices that are remembered of each fix.
const MOST_HEARD: usize = 128;

/// What a fix is measured by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// When a person said so.
    pub at: Timestamp,
    /// The version, in their words; empty where they did not say.
    pub version: String,
    /// People a day before.
    pub rate: f64,
    /// Who said it since: when it was written, the voice, and the post's number in the neighbourhood. The newest.
    pub since: VecDeque<(Timestamp, u64, u64)>,
    /// People were told that it holds.
    pub verified: bool,
}

impl Fix {
    /// The figures at `now`.
    pub(super) fn told(&self, now: Timestamp) -> Fixed {
        Fixed {
            at: self.at,
            version: self.version.clone(),
            heard: self.heard(),
            expected: self.rate * days_between(self.at, now).max(0.0),
        }
    }

    /// Whether it can be said at `now` that the fix holds, and has not been said. For `deaf` days since nothing could be
    /// heard: silence then says nothing.
    pub(super) fn holds(&self, now: Timestamp, deaf: f64) -> bool {
        let days = days_between(self.at, now) - deaf;
        if self.verified || !(FEWEST_DAYS..=MOST_DAYS).contains(&days) {
            return false;
        }
        Poisson::new(self.rate * days * STILL).is_ok_and(|usual| usual.cdf(u64::from(self.heard())) < CHANCE)
    }

    /// Somebody said it again.
    pub(super) fn hear(&mut self, at: Timestamp, voice: u64, number: u64) {
        self.since.push_back((at, voice, number));
        if self.since.len() > MOST_HEARD {
            self.since.pop_front();
        }
    }

    /// Different people who said it since.
    pub(super) fn heard(&self) -> u32 {
        self.voices_since(self.at)
    }

    /// What was said since, by its number in the neighbourhood.
    pub(super) fn posts(&self) -> impl Iterator<Item = u64> {
        self.since.iter().map(|heard| heard.2)
    }

    /// Whether it can be said at `now` that the fix does not hold: in its first week, when more people say it than would
    /// at half the rate before; later, when enough for an alert do within a week.
    pub(super) fn fails(&self, now: Timestamp) -> bool {
        let days = days_between(self.at, now);
        if days > MOST_DAYS || self.heard() < FEWEST_PEOPLE {
            return false;
        }
        if days > FEWEST_DAYS {
            return self.voices_since(plus_ms(now, -(FEWEST_DAYS as i64) * DAY_MS)) >= FEWEST_PEOPLE;
        }
        let usual = Poisson::new((self.rate * days * STILL).max(f64::MIN_POSITIVE));
        usual.is_ok_and(|usual| usual.sf(u64::from(self.heard()) - 1) < CHANCE)
    }

    fn voices_since(&self, from: Timestamp) -> u32 {
        self.since.iter().filter(|h| h.0 >= from).map(|h| h.1).collect::<BTreeSet<u64>>().len() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::{DAY_MS, from_ms};

    /// Said again by so many people in the last hours before day 7.
    fn fix(rate: f64, heard: i64) -> Fix {
        let since = (0..heard).map(|i| (from_ms(7 * DAY_MS - i * 1_000), i as u64, i as u64)).collect();
        Fix { at: from_ms(0), version: "2.1".into(), rate, since, verified: false }
    }

    fn day(n: i64) -> Timestamp {
        from_ms(n * DAY_MS)
    }

    #[test]
    fn it_holds_when_people_have_stopped_and_not_on_the_first_days() {
        assert!(!fix(3.0, 0).holds(day(6), 0.0));
        assert!(fix(3.0, 0).holds(day(7), 0.0));
        assert!(!fix(3.0, 0).holds(day(7), 5.0), "who was deaf has heard nothing");
        assert!(!fix(3.0, 9).holds(day(7), 0.0), "about half as many as before is no fix");
    }

    #[test]
    fn a_rare_complaint_takes_longer_to_be_sure_of() {
        assert!(!fix(0.2, 0).holds(day(14), 0.0));
        assert!(fix(0.2, 0).holds(day(31), 0.0));
        assert!(!fix(0.01, 0).holds(day(90), 0.0), "nothing can be said of what was hardly heard before");
    }

    #[test]
    fn it_fails_at_once_when_it_is_as_loud_as_before_and_later_when_enough_say_it_in_a_week() {
        assert!(fix(0.5, 5).fails(day(7)) && !fix(0.5, 2).fails(day(7)));
        assert!(!fix(3.0, 5).fails(day(7)), "those who have not got it yet still say it");
        assert!(fix(3.0, 5).fails(day(8)) && !fix(3.0, 5).fails(day(20)));
        let one = Fix { since: (0..9).map(|i| (day(6), 4, i)).collect(), ..fix(0.1, 0) };
        assert!(!one.fails(day(7)), "one person nine times is one person");
    }

    #[test]
    fn it_is_said_once() {
        let said = Fix { verified: true, ..fix(3.0, 0) };
        assert!(!said.holds(day(20), 0.0));
    }
}
