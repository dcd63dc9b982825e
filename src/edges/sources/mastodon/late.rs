//! The posts of a hashtag from which polls go on: not the newest, for what comes late stands below it.
//!
//! Mastodon numbers a post of another server by when it was written and not by when it came, so a post that was under way
//! for a while comes in below posts that were read already, and `min_id` of the newest would pass it over for good.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::ground::time::Timestamp;

/// Posts that are gone back, so a page that is read again.
const BACK: usize = 40;
/// Seconds that are gone back: what comes later than that is rare, and each poll reads these anew.
const BACK_SECONDS: i64 = 600;

/// The newest posts of one hashtag in the order of the server, the oldest first: id, what it says, and when it was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Late(VecDeque<(String, u64, i64)>);

impl Late {
    /// The post after which the next poll begins.
    pub(super) fn first(&self) -> Option<&str> {
        self.0.front().map(|(id, ..)| id.as_str())
    }

    /// What is known of them, for after a restart.
    pub(super) fn known(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(id, content, _)| (id.as_str(), *content))
    }

    /// Notes a page, the oldest first: pages come in order, and what is known already keeps the time at which it was read.
    pub(super) fn note(&mut self, page: Vec<(String, u64)>, now: Timestamp) {
        for (id, content) in page {
            let before = self.0.iter().position(|(known, ..)| *known == id).and_then(|at| self.0.remove(at));
            let read = before.map_or(now.as_second(), |(.., read)| read);
            self.0.push_back((id, content, read));
        }
        while self.0.len() > BACK {
            self.0.pop_front();
        }
    }

    /// A poll has come to its end: what was read a while ago is gone back to no more, save the newest.
    pub(super) fn settle(&mut self, now: Timestamp) {
        let from = now.as_second() - BACK_SECONDS;
        while self.0.len() > 1 && self.0.front().is_some_and(|(.., read)| *read < from) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }

    fn page(ids: &[&str]) -> Vec<(String, u64)> {
        ids.iter().map(|id| ((*id).to_owned(), 7)).collect()
    }

    #[test]
    fn polls_go_back_ten_minutes_or_a_page() {
        let mut late = Late::default();
        assert_eq!(late.first(), None);
        late.note(page(&["10", "12"]), at(0));
        late.note(page(&["10", "11", "12", "13"]), at(60));
        late.settle(at(60));
        assert_eq!(late.first(), Some("10"));
        assert_eq!(late.known().map(|(id, _)| id).collect::<Vec<_>>(), ["10", "11", "12", "13"]);
        late.settle(at(620));
        assert_eq!(late.first(), Some("11"), "10 was read more than ten minutes ago");
        late.settle(at(90_000));
        assert_eq!(late.first(), Some("13"), "the newest stays");
        let many: Vec<String> = (100..200).map(|n| n.to_string()).collect();
        late.note(many.iter().map(|id| (id.clone(), 1)).collect(), at(90_001));
        assert_eq!((late.first(), late.0.len()), (Some("160"), BACK));
    }
}
