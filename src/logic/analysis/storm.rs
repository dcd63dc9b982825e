//! Many complaints about one product at once: an outage, a recall, a bad update. People are written to about the first
//! two; the third within a day comes with a list of all, and further ones are held back for one collected mail.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::ground::alert::Related;
use crate::ground::time::{Timestamp, days_between};

/// So many openings within [`WITHIN_DAYS`] are a storm.
const STORM: usize = 3;
/// … within so many days.
const WITHIN_DAYS: f64 = 1.0;
/// Openings that are remembered.
const MOST: usize = 64;

/// The alerts of a product that opened of late.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Openings {
    of_late: VecDeque<(Timestamp, Related)>,
    /// When a storm was told last.
    told_at: Option<Timestamp>,
}

/// How an opening is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Telling {
    /// By a mail of its own.
    Alone,
    /// By one mail about all of these, itself the last.
    Together(Vec<Related>),
    /// In the collected mail: people were told of the storm.
    Collected,
}

impl Openings {
    /// The alerts that opened of late, which may get other names.
    pub(super) fn named(&mut self) -> impl Iterator<Item = &mut Related> {
        self.of_late.iter_mut().map(|(_, opening)| opening)
    }

    /// One more alert opened at `now`.
    pub(super) fn hear(&mut self, opening: Related, now: Timestamp) -> Telling {
        self.of_late
            .retain(|(at, other)| days_between(*at, now) < WITHIN_DAYS && other.alert != opening.alert);
        self.of_late.push_back((now, opening));
        if self.of_late.len() > MOST {
            self.of_late.pop_front();
        }
        if self.told_at.is_some_and(|at| days_between(at, now) < WITHIN_DAYS) {
            return Telling::Collected;
        }
        if self.of_late.len() < STORM {
            return Telling::Alone;
        }
        self.told_at = Some(now);
        Telling::Together(self.of_late.iter().map(|(_, opening)| opening.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::alert::Severity;
    use crate::ground::time::{HOUR_MS, from_ms};

    fn opening(n: i64) -> Related {
        let (alert, label) = (format!("a{n}"), format!("complaint {n}"));
        Related { alert, label, people: 4, cluster: String::new(), severity: Severity::Normal, shared: 0 }
    }

    #[test]
    fn the_third_within_a_day_is_told_with_the_others_and_the_next_are_collected() {
        let mut openings = Openings::default();
        let told: Vec<usize> = (0..7)
            .map(|n| match openings.hear(opening(n), from_ms(n * HOUR_MS)) {
                Telling::Alone => 1,
                Telling::Together(all) => all.len(),
                Telling::Collected => 0,
            })
            .collect();
        assert_eq!(told, [1, 1, 3, 0, 0, 0, 0]);
    }

    #[test]
    fn for_a_day_after_a_storm_was_told_all_that_opens_is_of_it() {
        let mut openings = Openings::default();
        let hours = [0, 1, 20, 26, 30, 43, 45, 46];
        let told: Vec<usize> = hours
            .into_iter()
            .map(|n| match openings.hear(opening(n), from_ms(n * HOUR_MS)) {
                Telling::Alone => 1,
                Telling::Together(all) => all.len(),
                Telling::Collected => 0,
            })
            .collect();
        // By the second day those that were collected count as what goes on.
        assert_eq!(told, [1, 1, 3, 0, 0, 0, 4, 0]);
    }

    #[test]
    fn one_a_day_is_no_storm() {
        let mut openings = Openings::default();
        for n in 0..9 {
            assert_eq!(openings.hear(opening(n), from_ms(n * 25 * HOUR_MS)), Telling::Alone);
        }
    }
}
