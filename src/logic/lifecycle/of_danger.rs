//! Who of an alert's people tells of danger. A cluster gathers whoever speaks of the same part: what a letter about safety
//! counts are those who could be hurt, and the others it names beside them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::FEWEST_PEOPLE;
use crate::ground::alert::Severity;

/// Voices that are told apart; further ones are not counted.
const MOST_VOICES: usize = 4_096;

/// The people of one alert by whether they tell of danger, as far as the posts themselves say so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OfDanger {
    /// The alert opened with danger, and counts those alone who tell of it.
    alone: bool,
    /// Those who tell of it.
    voices: BTreeSet<u64>,
    /// Those who speak of the same without, where they are not counted.
    others: BTreeSet<u64>,
    /// How many of each there were when it was last written about.
    told: (u32, u32),
}

impl OfDanger {
    /// That of an alert which opens so, with the posts of these voices, each with whether it tells of danger.
    pub fn opening(severity: Severity, posts: impl Iterator<Item = (u64, bool)>) -> Self {
        let (mut all, mut voices) = (true, BTreeSet::new());
        for (voice, dangerous) in posts {
            all &= dangerous;
            if dangerous {
                voices.insert(voice);
            }
        }
        let alone = severity == Severity::Safety && all && !voices.is_empty();
        let told = (voices.len() as u32, 0);
        Self { alone, voices, others: BTreeSet::new(), told }
    }

    /// Somebody was heard. Whether the alert counts them.
    pub fn hear(&mut self, voice: u64, dangerous: bool) -> bool {
        if dangerous {
            self.others.remove(&voice);
            if self.voices.len() < MOST_VOICES {
                self.voices.insert(voice);
            }
        } else if self.alone && !self.voices.contains(&voice) {
            if self.others.len() < MOST_VOICES {
                self.others.insert(voice);
            }
            return false;
        }
        true
    }

    /// It is written about as it stands now.
    pub fn tell(&mut self) {
        self.told = self.people();
    }

    /// Those who speak of the same without telling of danger, where they are not counted: `None` where all are.
    pub fn others(&self) -> Option<&BTreeSet<u64>> {
        self.alone.then_some(&self.others)
    }

    /// How many of those who are counted tell of danger, where not all of them do.
    pub fn among_the_counted(&self) -> u32 {
        if self.alone { 0 } else { self.people().0 }
    }

    /// Whether danger is told of by twice as many as when it was last written about. Where no post says so itself, as with
    /// a topic that a rule calls dangerous, everybody does.
    pub fn has_doubled(&self) -> bool {
        self.alone || self.people().0 >= 2 * self.told.0
    }

    /// Whether by those alone who speak of the same without danger there are twice as many people as were written about.
    pub fn is_louder_around(&self) -> bool {
        let (told, beside) = self.told;
        let more = self.people().1.saturating_sub(beside);
        self.alone && more >= (told + beside).max(FEWEST_PEOPLE)
    }

    fn people(&self) -> (u32, u32) {
        (self.voices.len() as u32, self.others.len() as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_opens_with_danger_counts_those_who_tell_of_it_and_knows_the_others() {
        let mut of = OfDanger::opening(Severity::Safety, [(1, true), (2, true)].into_iter());
        assert!(!of.hear(3, false) && !of.hear(4, false) && of.hear(5, true));
        assert!(!of.is_louder_around(), "two may be a couple");
        assert!(!of.hear(6, false) && of.is_louder_around(), "three beside the two who were told of");
        assert_eq!(of.others().map(BTreeSet::len), Some(3));
        assert!(of.hear(3, true), "who tells of danger later is counted from then on");
        assert!(of.hear(1, false), "and who did stays counted");
        assert_eq!((of.others().map(BTreeSet::len), of.among_the_counted()), (Some(2), 0));
        of.tell();
        assert!(!of.is_louder_around());
    }

    #[test]
    fn what_turned_dangerous_goes_on_counting_everybody() {
        let mut of = OfDanger::opening(Severity::Normal, [(1, false), (2, true), (3, false)].into_iter());
        assert!(of.hear(4, false) && of.hear(5, true));
        assert_eq!((of.others(), of.among_the_counted()), (None, 2));
        assert!(of.has_doubled() && !of.is_louder_around());
        let by_rule = OfDanger::default();
        assert!(by_rule.has_doubled() && by_rule.among_the_counted() == 0);
    }
}
