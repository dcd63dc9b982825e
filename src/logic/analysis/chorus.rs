//! Accounts that write nearly the same words without sharing one another's post: that looks arranged. They count as one
//! voice like all near-copies, and people are told, so that nothing is dropped in silence.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use crate::ground::post::{Post, PostKey};
use crate::ground::time::{Timestamp, days_between};

/// So many accounts within [`WITHIN_DAYS`] are told of as coordinated.
const FEWEST: u32 = 5;
/// … within so many days.
const WITHIN_DAYS: f64 = 1.0;
/// Fewer are told of when they wrote at once: nobody types the same words in the same minute as two others …
const FEWEST_AT_ONCE: u32 = 3;
/// … within so many days.
const AT_ONCE_DAYS: f64 = 1.0 / 1_440.0;
/// Texts that are watched for copies: those that were copied last.
const MOST_TEXTS: usize = 256;
/// Copies of one text that are remembered: the newest.
const MOST_COPIES: usize = 128;

/// Who copied what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chorus {
    of: BTreeMap<PostKey, VecDeque<(Timestamp, u64)>>,
}

impl Chorus {
    /// An account wrote nearly the words of `original`. What shares that post openly is no part of a chorus.
    pub(super) fn hear(&mut self, original: &PostKey, post: &Post, voice: u64) {
        if shares_openly(post) {
            return;
        }
        let copies = self.of.entry(original.clone()).or_default();
        copies.push_back((post.created_at, voice));
        if copies.len() > MOST_COPIES {
            copies.pop_front();
        }
        if self.of.len() > MOST_TEXTS {
            let last = |copies: &VecDeque<(Timestamp, u64)>| copies.iter().map(|c| c.0).max();
            let oldest = self.of.iter().min_by_key(|(key, copies)| (last(copies), (*key).clone()));
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.of.remove(&key);
            }
        }
    }

    /// Accounts that look coordinated among those that copied one of these posts: the largest chorus within a day, or a smaller one
    /// that sang at once.
    pub(super) fn coordinated<'a>(&self, posts: impl Iterator<Item = &'a PostKey>) -> u32 {
        let choruses: Vec<_> = posts.filter_map(|key| self.of.get(key)).collect();
        let loudest = |days: f64| choruses.iter().map(|copies| most_within(copies, days)).max().unwrap_or(0);
        let (within_a_day, at_once) = (loudest(WITHIN_DAYS), loudest(AT_ONCE_DAYS));
        // The first account that wrote the words is one of them.
        if within_a_day + 1 >= FEWEST || at_once + 1 >= FEWEST_AT_ONCE { within_a_day + 1 } else { 0 }
    }

    /// A post is gone.
    pub(super) fn forget(&mut self, key: &PostKey) {
        self.of.remove(key);
    }
}

fn most_within(copies: &VecDeque<(Timestamp, u64)>, days: f64) -> u32 {
    let within = |from: Timestamp| {
        let voices: BTreeSet<u64> = copies
            .iter()
            .filter(|(at, _)| (0.0..=days).contains(&days_between(from, *at)))
            .map(|c| c.1)
            .collect();
        voices.len() as u32
    };
    copies.iter().map(|(at, _)| within(*at)).max().unwrap_or(0)
}

/// A post that says of itself that it repeats another one.
fn shares_openly(post: &Post) -> bool {
    let text = post.text.trim_start().to_lowercase();
    post.repost_of.is_some()
        || ["rt ", "rt:", "qt ", "mt ", "repost"].iter().any(|sign| text.starts_with(sign))
        || ["via @", "(via ", " rt @", "h/t @"].iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::post::{Incoming, parse_line};

    fn post(id: u32, hour: u32, text: &str) -> Post {
        let line = format!(
            "{{\"id\":\"{id}\",\"source\":\"s\",\"text\":\"{text}\",\"created_at\":\"2025-01-0{}T{:02}:00:00Z\"}}",
            6 + hour / 24,
            hour % 24
        );
        match parse_line(line.as_bytes(), None) {
            Ok(Incoming::Post(post)) => *post,
            other => unreachable!("{other:?}"),
        }
    }

    fn told(posts: &[Post]) -> u32 {
        let original = PostKey { source: "s".into(), id: "first".into() };
        let mut chorus = Chorus::default();
        for (voice, post) in posts.iter().enumerate() {
            chorus.hear(&original, post, voice as u64);
        }
        chorus.coordinated([&original].into_iter())
    }

    #[test]
    fn many_accounts_with_the_same_words_within_a_day_are_told_of() {
        let burst: Vec<Post> = (0..6).map(|i| post(i, i, "the hinge broke, shame on you")).collect();
        assert_eq!(told(&burst), 7);
        assert_eq!(told(&burst[..3]), 0);
        let slow: Vec<Post> = (0..6).map(|i| post(i, i * 12, "the hinge broke, shame on you")).collect();
        assert_eq!(told(&slow), 0);
    }

    #[test]
    fn three_accounts_with_the_same_words_at_once_are_told_of_and_three_in_an_afternoon_are_not() {
        let at_once: Vec<Post> = (0..2).map(|i| post(i, 3, "the hinge broke, shame on you")).collect();
        assert_eq!(told(&at_once), 3);
        let afternoon: Vec<Post> = (0..2).map(|i| post(i, 3 + i, "the hinge broke, shame on you")).collect();
        assert_eq!(told(&afternoon), 0);
        assert_eq!(told(&at_once[..1]), 0, "two may");
    }

    #[test]
    fn what_is_shared_openly_is_not() {
        let shared: Vec<Post> = (0..9).map(|i| post(i, i, "RT @ana: the hinge broke")).collect();
        assert_eq!(told(&shared), 0);
    }
}
