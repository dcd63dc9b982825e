//! Which version of a post is the newest, by its place in a stream or its last change.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::Xxh3;

use crate::ground::post::Incoming;

/// Posts whose newest version is remembered.
const MAX_POSTS: usize = 20_000;
/// Of these, how many over a restart: more than can be under way, since nothing newer is asked for before that has come again.
const MAX_STORED: usize = 1_000;

/// The newest version of the posts of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Newest {
    places: FxHashMap<u64, u64>,
    /// The other way round: a post that was edited counts as one of late, however long it has been known.
    posts: BTreeMap<u64, u64>,
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
        let late = self.posts.iter().rev().take(MAX_STORED);
        let stored: Vec<(String, u64)> = late.map(|(place, post)| (format!("{post:016x}"), *place)).collect();
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
        if let Some(before) = self.places.insert(post, place) {
            self.posts.remove(&before);
        }
        self.posts.insert(place, post);
        if self.posts.len() > MAX_POSTS
            && let Some((_, oldest)) = self.posts.pop_first()
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
    fn a_post_that_was_edited_late_is_remembered_over_a_restart() {
        let mut newest = Newest::default();
        for n in 0..2 * MAX_STORED as u64 {
            newest.takes(&item(n), n);
        }
        assert!(newest.takes(&item(3), 9_000));
        let mut again = Newest::load(newest.store().as_deref());
        assert!(
            !again.takes(&item(3), 3),
            "what was under way at a kill came again and took the newer one's place"
        );
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut newest = Newest::default();
        for n in 0..2 * MAX_POSTS as u64 {
            newest.takes(&item(n), n);
        }
        assert_eq!((newest.places.len(), newest.posts.len()), (MAX_POSTS, MAX_POSTS));
        assert!(newest.store().unwrap().len() < 40 * MAX_STORED);
        assert!(Newest::load(Some("nonsense")).posts.is_empty());
    }
}
