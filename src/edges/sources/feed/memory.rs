//! What a feed source remembers between polls and over restarts.

use std::collections::{HashMap, HashSet, VecDeque};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::fetch::Fetched;
use super::hub::{Hub, Lease, Links};
use super::items::Item;
use crate::ground::time::from_ms;

/// What stands for the content type of a document that a hub sent.
pub(super) const PUSHED: &str = "sent by the hub";
/// Most items that are remembered. It is also the most that are read of one document, so that a long feed does not
/// push out its own items and come as new again and again.
const MAX_SEEN: usize = super::items::MAX_ITEMS;

/// The position in a feed: what the server gave us to ask for changes, and which items are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    /// The address that this is of; for another one nothing holds.
    pub(super) url: String,
    /// Where the feed is instead: it moved there for good, or the page at `url` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) at: Option<String>,
    /// `ETag` of the last document, as it came (weak ones too).
    pub(super) etag: Option<String>,
    /// `Last-Modified` of the last document, as it came.
    pub(super) last_modified: Option<String>,
    /// The hub that the feed names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hub: Option<Hub>,
    /// What that hub has promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) lease: Option<Lease>,
    /// Known items, the one that was in the document longest ago first.
    seen: VecDeque<Seen>,
}

/// One known item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Seen(
    /// Hash of the id, in hex.
    String,
    /// Hash of the content, in hex.
    String,
    /// When an item without a date was first seen, in milliseconds: its date from then on.
    Option<i64>,
);

impl Memory {
    /// What was stored about `url`, or nothing.
    pub(super) fn load(cursor: Option<&str>, url: &str) -> Self {
        cursor
            .and_then(|c| serde_json::from_str::<Self>(c).ok())
            .filter(|m| m.url == url)
            .unwrap_or_else(|| Self { url: url.to_owned(), ..Self::default() })
    }

    /// A document that the feed's hub sent. What the server is asked with next time stays as it is.
    pub(super) fn pushed(&self, body: Vec<u8>) -> Fetched {
        Fetched::Document {
            body,
            kind: PUSHED.to_owned(),
            url: self.at.clone().unwrap_or_else(|| self.url.clone()),
            moved: None,
            etag: self.etag.clone(),
            last_modified: self.last_modified.clone(),
            links: Links::default(),
        }
    }

    /// The position to store.
    pub(super) fn store(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// Of the items of one document, those that are new or were edited.
    pub(super) fn sift(&mut self, items: Vec<Item>) -> Vec<Item> {
        let old = std::mem::take(&mut self.seen);
        let known: HashMap<&str, &Seen> = old.iter().map(|s| (s.0.as_str(), s)).collect();
        let mut here = HashSet::new();
        let mut present = Vec::new();
        let mut fresh = Vec::new();
        for mut item in items {
            let id = format!("{:016x}", xxh3_64(item.post.id.as_bytes()));
            if !here.insert(id.clone()) {
                continue; // one id twice in one document: taken twice, the two would forever edit each other
            }
            let content = format!("{:016x}", item.content);
            let before = known.get(id.as_str());
            let first = (!item.dated)
                .then(|| before.and_then(|s| s.2).unwrap_or_else(|| item.post.arrived_at.as_millisecond()));
            if let Some(first) = first {
                item.post.created_at = from_ms(first).min(item.post.arrived_at);
            }
            let unchanged = before.is_some_and(|s| s.1 == content);
            present.push(Seen(id, content, first));
            if !unchanged {
                fresh.push(item);
            }
        }
        // What left the document may come back, so it is remembered as far as there is room.
        self.seen = old.into_iter().filter(|s| !here.contains(&s.0)).chain(present).collect();
        let excess = self.seen.len().saturating_sub(MAX_SEEN);
        self.seen.drain(..excess);
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edges::sources::feed::items;
    use crate::ground::time::Timestamp;

    fn document(range: std::ops::Range<usize>, word: &str, now: &str) -> Vec<Item> {
        let now: Timestamp = now.parse().unwrap();
        let items: String = range
            .map(|n| format!("<item><guid>{n}</guid><description>{word} {n}</description></item>"))
            .collect();
        let rss = format!("<rss version='2.0'><channel><title>t</title>{items}</channel></rss>");
        items::items(items::read(rss.as_bytes(), "https://x.example/").unwrap(), "s", now)
    }

    const MORNING: &str = "2026-01-01T08:00:00Z";
    const EVENING: &str = "2026-01-01T20:00:00Z";

    #[test]
    fn only_new_and_edited_items_pass_also_after_a_restart() {
        let mut memory = Memory::load(None, "u");
        assert_eq!(memory.sift(document(0..3, "it broke", MORNING)).len(), 3);
        let mut memory = Memory::load(memory.store().as_deref(), "u");
        assert_eq!(memory.sift(document(1..4, "it broke", EVENING)).len(), 1);
        let edited = memory.sift(document(1..2, "it works", EVENING));
        assert_eq!(edited.len(), 1);
        assert_eq!(
            edited[0].post.created_at.to_string(),
            MORNING,
            "an edit keeps the date of the first sight"
        );
        assert_eq!(memory.sift(document(0..1, "it broke", EVENING)).len(), 0, "what had left is still known");
        assert_eq!(Memory::load(memory.store().as_deref(), "another"), Memory::load(None, "another"));
    }

    #[test]
    fn memory_is_bounded_and_forgets_what_left_longest_ago() {
        let mut memory = Memory::load(None, "u");
        memory.sift(document(0..MAX_SEEN, "a", MORNING));
        memory.sift(document(MAX_SEEN..MAX_SEEN + 10, "a", MORNING));
        assert_eq!(memory.seen.len(), MAX_SEEN);
        assert_eq!(memory.sift(document(MAX_SEEN..MAX_SEEN + 10, "a", MORNING)).len(), 0);
    }

    #[test]
    fn an_id_twice_in_a_document_is_taken_once() {
        let mut memory = Memory::load(None, "u");
        let twice = || document(7..8, "a", MORNING).into_iter().chain(document(7..8, "b", MORNING)).collect();
        assert_eq!(memory.sift(twice()).len(), 1);
        assert_eq!(memory.sift(twice()).len(), 0);
    }
}
