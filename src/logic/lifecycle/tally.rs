//! The people that an alert tells of: each once, on the day and at the place where they were first heard. Whatever a letter
//! counts (how many, where, on which days) is counted here, so that its figures agree with one another, and so that no
//! letter of a thread tells of fewer than the one before it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::ground::time::{Timestamp, day_of};

/// Voices that are told apart; people past these are counted as often as they speak on another day.
const MOST_VOICES: usize = 4_096;
/// Days that are kept: more than a chart shows.
const MOST_DAYS: usize = 400;
/// Names of places that are told apart.
const MOST_PLACES: usize = 256;
/// Days of a week.
const WEEK: i64 = 7;

/// One person who was heard.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// Hash of the voice.
    pub voice: u64,
    /// When they wrote.
    pub at: Timestamp,
    /// Where: the source.
    pub source: String,
    /// Region tag, where known.
    pub region: Option<String>,
    /// Language tag.
    pub lang: String,
    /// The segment of the product that they speak of, where they say which.
    pub segment: Option<String>,
}

/// The people of one alert.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    voices: BTreeSet<u64>,
    /// People of whom nothing more is known than that they were heard.
    others: u32,
    /// People by the day on which they were first heard.
    days: BTreeMap<i64, u32>,
    sources: BTreeMap<String, u32>,
    regions: BTreeMap<String, u32>,
    languages: BTreeMap<String, u32>,
    segments: BTreeMap<String, u32>,
    /// People of the times before, where the alert was over and came back, who were not heard again since.
    earlier: u32,
    /// Those of them who are known.
    earlier_voices: BTreeSet<u64>,
    /// The days of those times.
    earlier_days: BTreeMap<i64, u32>,
}

impl Tally {
    /// Somebody was heard. Whether it is a person more.
    pub fn hear(&mut self, said: &Said) -> bool {
        if self.voices.contains(&said.voice) {
            return false;
        }
        if self.earlier_voices.remove(&said.voice) {
            // One of those before, and nobody more in all.
            self.earlier = self.earlier.saturating_sub(1);
        }
        if self.voices.len() < MOST_VOICES {
            self.voices.insert(said.voice);
        } else {
            self.others = self.others.saturating_add(1);
        }
        self.count_on(day_of(said.at), 1);
        one_more(&mut self.sources, &said.source);
        one_more(&mut self.languages, &said.lang);
        if let Some(region) = &said.region {
            one_more(&mut self.regions, region);
        }
        if let Some(segment) = &said.segment {
            one_more(&mut self.segments, segment);
        }
        true
    }

    /// It is known that there are so many people by `now`, though not who the others are.
    pub fn at_least(&mut self, people: u32, now: Timestamp) {
        let more = people.saturating_sub(self.people());
        self.others = self.others.saturating_add(more);
        if more > 0 {
            self.count_on(day_of(now), more);
        }
    }

    /// That of the same alert when it has come back: only what is said from then on is told of, beside the sum of all.
    pub fn again(&self) -> Self {
        let voices = self.voices.iter().chain(&self.earlier_voices);
        let mut earlier_days = self.earlier_days.clone();
        for (day, people) in &self.days {
            *earlier_days.entry(*day).or_default() += people;
        }
        while earlier_days.len() > MOST_DAYS {
            earlier_days.pop_first();
        }
        Self {
            earlier: self.in_all(),
            earlier_voices: voices.copied().take(MOST_VOICES).collect(),
            earlier_days,
            ..Self::default()
        }
    }

    /// Whether this voice is one of its people. Of a very loud alert not all are known.
    pub fn knows(&self, voice: u64) -> bool {
        self.voices.contains(&voice) || self.voices.len() >= MOST_VOICES
    }

    /// Whether somebody was counted at this source, and in this region where one is known.
    pub fn is_from(&self, source: &str, region: Option<&str>) -> bool {
        self.sources.contains_key(source) && region.is_none_or(|region| self.regions.contains_key(region))
    }

    /// People of the times before on this day.
    pub fn earlier_on(&self, day: i64) -> u32 {
        self.earlier_days.get(&day).copied().unwrap_or(0)
    }

    /// The last day on which somebody was heard for the first time.
    pub fn last_day(&self) -> Option<i64> {
        self.days.last_key_value().map(|(day, _)| *day)
    }

    /// Different people since it opened, or came back.
    pub fn people(&self) -> u32 {
        (self.voices.len() as u32).saturating_add(self.others)
    }

    /// The same with those of the times before.
    pub fn in_all(&self) -> u32 {
        self.people().saturating_add(self.earlier)
    }

    /// Those of them who were first heard on this day (counted from 1970).
    pub fn on(&self, day: i64) -> u32 {
        self.days.get(&day).copied().unwrap_or(0)
    }

    /// Most of them in seven days.
    pub fn busiest_week(&self) -> u32 {
        let week = |from: i64| self.days.range(from..from.saturating_add(WEEK)).map(|(_, n)| *n).sum::<u32>();
        self.days.keys().map(|day| week(*day)).max().unwrap_or(0)
    }

    /// Source → people.
    pub fn sources(&self) -> &BTreeMap<String, u32> {
        &self.sources
    }

    /// Region → people, where known.
    pub fn regions(&self) -> &BTreeMap<String, u32> {
        &self.regions
    }

    /// Language → people.
    pub fn languages(&self) -> &BTreeMap<String, u32> {
        &self.languages
    }

    /// Segment of the product → people, where they said which.
    pub fn segments(&self) -> &BTreeMap<String, u32> {
        &self.segments
    }

    /// Sources and regions with so many people or more.
    pub fn places(&self, fewest: u32) -> BTreeSet<String> {
        let all = self.sources.iter().chain(&self.regions);
        all.filter(|(_, people)| **people >= fewest).map(|(name, _)| name.clone()).collect()
    }

    fn count_on(&mut self, day: i64, people: u32) {
        let count = self.days.entry(day).or_default();
        *count = count.saturating_add(people);
        while self.days.len() > MOST_DAYS {
            self.days.pop_first();
        }
    }
}

fn one_more(counts: &mut BTreeMap<String, u32>, name: &str) {
    if counts.len() < MOST_PLACES || counts.contains_key(name) {
        let count = counts.entry(name.to_owned()).or_default();
        *count = count.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::{DAY_MS, from_ms};
    use proptest::prelude::*;

    fn said(voice: u64, day: i64, source: &str, region: Option<&str>) -> Said {
        Said {
            voice,
            at: from_ms(day * DAY_MS),
            source: source.into(),
            region: region.map(str::to_owned),
            lang: "en".into(),
            segment: None,
        }
    }

    #[test]
    fn a_person_counts_once_where_they_were_first_heard() {
        let mut tally = Tally::default();
        assert!(tally.hear(&said(1, 0, "reddit", Some("CA"))));
        assert!(!tally.hear(&said(1, 3, "bluesky", Some("US"))));
        assert!(tally.hear(&said(2, 3, "reddit", None)));
        assert_eq!((tally.people(), tally.on(0), tally.on(3)), (2, 1, 1));
        assert_eq!(tally.sources(), &BTreeMap::from([("reddit".to_owned(), 2)]));
        assert_eq!(tally.places(2), BTreeSet::from(["reddit".to_owned()]), "one person makes no place");
    }

    #[test]
    fn those_of_before_count_in_all_and_not_again() {
        let mut first = Tally::default();
        (0..5).for_each(|voice| assert!(first.hear(&said(voice, 0, "s", None))));
        let mut again = first.again();
        again.hear(&said(1, 90, "s", None));
        again.at_least(3, from_ms(90 * DAY_MS));
        assert_eq!(
            (again.people(), again.in_all(), again.on(90)),
            (3, 7, 3),
            "one of the five is heard again"
        );
        assert_eq!((again.again().in_all(), again.earlier_on(0), again.again().earlier_on(90)), (7, 5, 3));
        assert!(again.knows(1) && !again.knows(2));
    }

    #[test]
    fn the_busiest_week_is_any_seven_days() {
        let mut tally = Tally::default();
        for (voice, day) in [0, 3, 5, 6, 7, 20].into_iter().enumerate() {
            tally.hear(&said(voice as u64, day, "s", None));
        }
        assert_eq!((tally.busiest_week(), Tally::default().busiest_week()), (4, 0));
    }

    proptest! {
        /// Whoever speaks where and when: nobody is counted twice, the places come to the people, and nothing gets less.
        #[test]
        fn the_parts_come_to_the_whole(all in prop::collection::vec((0_u64..30, 0_i64..60, 0_usize..4), 0..200)) {
            let (mut tally, mut known) = (Tally::default(), BTreeSet::new());
            let mut before = BTreeMap::new();
            for (voice, day, place) in all {
                tally.hear(&said(voice, day, ["a", "b", "c", "d"][place], None));
                known.insert(voice);
                prop_assert_eq!(tally.people() as usize, known.len());
                prop_assert_eq!(tally.sources().values().sum::<u32>(), tally.people());
                prop_assert_eq!((0..60).map(|day| tally.on(day)).sum::<u32>(), tally.people());
                prop_assert!(before.iter().all(|(name, count)| tally.sources()[name] >= *count));
                before = tally.sources().clone();
            }
        }
    }
}
