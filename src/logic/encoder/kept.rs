//! Vectors of the texts encoded of late.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3DefaultBuilder;

/// Texts whose vectors are kept: 6 MB of 384 figures.
const MOST: usize = 4_096;

/// Vectors by the hash of their text, the newest.
#[derive(Default)]
pub(super) struct Kept {
    vectors: HashMap<u64, Arc<[f32]>, Xxh3DefaultBuilder>,
    order: VecDeque<u64>,
}

impl Kept {
    /// The vector of a text.
    pub(super) fn get(&self, text: u64) -> Option<Arc<[f32]>> {
        self.vectors.get(&text).cloned()
    }

    /// Keeps one; the oldest makes room.
    pub(super) fn put(&mut self, text: u64, vector: Arc<[f32]>) {
        if self.vectors.insert(text, vector).is_none() {
            self.order.push_back(text);
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.vectors.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room() {
        let mut kept = Kept::default();
        for text in 0..3 * MOST as u64 {
            kept.put(text, Arc::from([1.0]));
            kept.put(text, Arc::from([text as f32]));
        }
        assert_eq!((kept.vectors.len(), kept.order.len()), (MOST, MOST));
        assert_eq!((kept.get(0), kept.get(3 * MOST as u64 - 1).map(|v| v[0])), (None, Some(12_287.0)));
    }
}
