//! The events of the last moments, so that an overlap after reconnecting is not taken twice.

use std::collections::{HashSet, VecDeque};

/// A set of marks that forgets the oldest when it is full.
#[derive(Debug)]
pub(super) struct Seen {
    most: usize,
    marks: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Seen {
    /// A set of at most `most` marks.
    pub(super) fn new(most: usize) -> Self {
        Self { most, marks: HashSet::new(), order: VecDeque::new() }
    }

    /// Takes a mark in; false if it is there already.
    pub(super) fn insert(&mut self, mark: u64) -> bool {
        if !self.marks.insert(mark) {
            return false;
        }
        self.order.push_back(mark);
        if self.order.len() > self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.marks.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut seen = Seen::new(2);
        assert!(seen.insert(1) && seen.insert(2) && !seen.insert(1));
        assert!(seen.insert(3));
        assert!(!seen.insert(2) && !seen.insert(3) && seen.insert(1));
        assert_eq!((seen.marks.len(), seen.order.len()), (2, 2));
    }
}
