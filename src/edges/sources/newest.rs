//! Which version of a post is the newest, by its place in a stream or its last change.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use crate::ground::post::Incoming;

/// Posts whose newest version is remembered.
const MAX_POSTS: usize = 20_000;
/// Of these, how many over a restart: messages that were under way come again within a minute.
const MAX_STORED: usize = 500;

/// The newest version of the posts of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Newest {
    places: FxHashMap<u64, u64>,
    order: VecDeque<u64>,
}

impl Newest {
    /// Those that were stored with the last posts.
    pub(super) fn load(cursor: Option<&str>) -> Self {
        let stored: Vec<(String, u64)> =
            cursor.and_then(|c| serde_json::from_str(c).ok()).unwrap_or_default();
        let mut newest = Self::default();
        for (post, place) in stored {
            if let Ok(post) = u64::from_str_radix(&post, 16) {
                newest.note(post, place);
            }
        }
        newest
    }

    /// What to store with the posts.
    pub(super) fn store(&self) -> Option<String> {
        let skip = self.order.len().saturating_sub(MAX_STORED);
        let stored: Vec<(String, u64)> = self
            .order
            .iter()
            .skip(skip)
            .filter_map(|post| Some((format!("{post:016x}"), *self.places.get(post)?)))
            .collect();
        serde_json::to_string(&stored).ok()
    }

    /// Whether this is no older than what is known of its post; notes it.
    pub(super) fn takes(&mut self, item: &Incoming, place: u64) -> bool {
        let (source, id) = match item {
            Incoming::Post(post) => (&post.source, &post.id),
            Incoming::Delete(key) => (&key.source, &key.id),
        };
        let mut hash = Xxh3::new();
        hash.update(source.as_bytes());
        hash.update(&[0]);
        hash.update(id.as_bytes());
        let post = hash.digest();
        if self.places.get(&post).is_some_and(|known| *known > place) {
            return false;
        }
        self.note(post, place);
        true
    }

    fn note(&mut self, post: u64, place: u64) {
        if self.places.insert(post, place).is_some() {
            return;
        }
        self.order.push_back(post);
        if self.order.len() > MAX_POSTS
            && let Some(oldest) = self.order.pop_front()
        {
            self.places.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::post::PostKey;

    fn item(id: u64) -> Incoming {
        Incoming::Delete(PostKey { source: "bus".into(), id: id.to_string() })
    }

    #[test]
    fn what_is_sent_again_does_not_replace_what_is_newer() {
        let mut newest = Newest::default();
        assert!(newest.takes(&item(1), 10) && newest.takes(&item(1), 15));
        assert!(!newest.takes(&item(1), 10), "sent again");
        assert!(newest.takes(&item(1), 15), "the same again changes nothing");
        assert!(newest.takes(&item(2), 11));
        let mut again = Newest::load(newest.store().as_deref());
        assert!(!again.takes(&item(1), 12) && again.takes(&item(1), 16));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut newest = Newest::default();
        for n in 0..2 * MAX_POSTS as u64 {
            newest.takes(&item(n), n);
        }
        assert_eq!((newest.places.len(), newest.order.len()), (MAX_POSTS, MAX_POSTS));
        assert!(newest.store().unwrap().len() < 40 * MAX_STORED);
        assert!(Newest::load(Some("nonsense")).order.is_empty());
    }
}
