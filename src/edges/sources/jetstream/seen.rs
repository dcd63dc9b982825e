//! The events of the last moments, so that an overlap after reconnecting is not taken twice, and an older version of a
//! post that comes late does not replace a newer one.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

/// Most marks that are stored with the position.
const MAX_STORED: usize = 4096;

/// A set of marks that forgets the oldest when it is full.
#[derive(Debug)]
pub(super) struct Seen {
    most: usize,
    marks: FxHashSet<u64>,
    order: VecDeque<u64>,
    /// The newest revision of each record that was handed over lately.
    newest: FxHashMap<u64, String>,
    records: VecDeque<u64>,
    /// What was handed over lately: the server's time in microseconds, and the mark.
    handed_over: VecDeque<(i64, u64)>,
    /// Of these the edits, with record and revision: the post before them may still be under way.
    edits: VecDeque<(i64, u64, String)>,
}

/// An edit as it is stored: the record as sixteen hexadecimal digits, and the revision.
pub(super) type Edit = (String, String);

impl Seen {
    /// A set of at most `most` marks, beginning with those, and those edits, that were stored.
    pub(super) fn new(most: usize, stored: &str, edits: &[Edit], time_us: i64) -> Self {
        let mut seen = Self {
            most,
            marks: FxHashSet::default(),
            order: VecDeque::new(),
            newest: FxHashMap::default(),
            records: VecDeque::new(),
            handed_over: VecDeque::new(),
            edits: VecDeque::new(),
        };
        for mark in stored.as_bytes().chunks(16).take(MAX_STORED) {
            let mark = std::str::from_utf8(mark).ok().and_then(|hex| u64::from_str_radix(hex, 16).ok());
            if let Some(mark) = mark {
                seen.insert(mark);
                seen.handed_over.push_back((time_us, mark));
            }
        }
        for (record, rev) in edits.iter().take(MAX_STORED) {
            if let Ok(record) = u64::from_str_radix(record, 16) {
                seen.note(record, rev);
                seen.edits.push_back((time_us, record, rev.clone()));
            }
        }
        seen
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

    /// Notes that an event about a record is handed over; false if a later revision of the record was before.
    pub(super) fn is_newest(&mut self, time_us: i64, mark: u64, record: u64, rev: &str) -> bool {
        if !self.note(record, rev) {
            return false;
        }
        self.handed_over.push_back((time_us, mark));
        if self.handed_over.len() > MAX_STORED {
            self.handed_over.pop_front();
        }
        true
    }

    /// Notes that what is handed over is an edit: whatever comes of that record with an earlier revision, also after a restart,
    /// is older.
    pub(super) fn is_edit(&mut self, time_us: i64, record: u64, rev: &str) {
        self.edits.push_back((time_us, record, rev.to_owned()));
        if self.edits.len() > MAX_STORED {
            self.edits.pop_front();
        }
    }

    /// Notes a revision; false if a later one is known.
    fn note(&mut self, record: u64, rev: &str) -> bool {
        match self.newest.get_mut(&record) {
            Some(known) if known.as_str() > rev => return false,
            Some(known) => rev.clone_into(known),
            None => {
                self.newest.insert(record, rev.to_owned());
                self.records.push_back(record);
                if self.records.len() > self.most
                    && let Some(oldest) = self.records.pop_front()
                {
                    self.newest.remove(&oldest);
                }
            }
        }
        true
    }

    /// The edits that were handed over since `time_us`, to be stored with the position.
    pub(super) fn store_edits(&mut self, time_us: i64) -> Vec<Edit> {
        self.edits.retain(|(at, ..)| *at >= time_us);
        self.edits.iter().map(|(_, record, rev)| (format!("{record:016x}"), rev.clone())).collect()
    }

    /// The marks of what was handed over since `time_us`, to be stored with the position: those that are sent again after
    /// a restart. At most [`MAX_STORED`], the newest.
    pub(super) fn store(&mut self, time_us: i64) -> String {
        self.handed_over.retain(|(at, _)| *at >= time_us);
        self.handed_over.iter().map(|(_, mark)| format!("{mark:016x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_is_forgotten_first() {
        let mut seen = Seen::new(2, "", &[], 0);
        assert!(seen.insert(1) && seen.insert(2) && !seen.insert(1));
        assert!(seen.insert(3));
        assert!(!seen.insert(2) && !seen.insert(3) && seen.insert(1));
        assert_eq!((seen.marks.len(), seen.order.len()), (2, 2));
    }

    #[test]
    fn an_older_revision_is_told_apart() {
        let mut seen = Seen::new(2, "", &[], 0);
        assert!(seen.is_newest(1, 10, 7, "3b") && !seen.is_newest(2, 11, 7, "3a"));
        assert!(seen.is_newest(3, 12, 7, "3b") && seen.is_newest(4, 13, 7, "3c"));
        assert!(seen.is_newest(5, 14, 8, "") && seen.is_newest(6, 15, 9, ""));
        assert_eq!((seen.newest.len(), seen.records.len()), (2, 2));
    }

    #[test]
    fn the_post_before_an_edit_may_come_after_a_restart() {
        let mut seen = Seen::new(100, "", &[], 0);
        assert!(seen.is_newest(5, 10, 7, "3b"));
        seen.is_edit(5, 7, "3b");
        assert!(seen.is_newest(9, 11, 8, "3c"));
        seen.is_edit(9, 8, "3c");
        let (marks, edits) = (seen.store(4), seen.store_edits(6));
        assert_eq!(
            edits,
            [("0000000000000008".to_owned(), "3c".to_owned())],
            "what is not sent again is not kept"
        );
        let mut again = Seen::new(100, &marks, &edits, 9);
        assert!(!again.is_newest(8, 12, 8, "3a") && again.is_newest(10, 13, 8, "3d"));
        assert_eq!(again.store_edits(9), edits);
        let wrong = [("no hexadecimal".to_owned(), "3c".to_owned())];
        assert!(Seen::new(100, "", &wrong, 9).edits.is_empty());
    }

    #[test]
    fn what_was_handed_over_lately_outlives_a_restart() {
        let mut seen = Seen::new(100, "", &[], 0);
        assert!(seen.is_newest(5, 10, 1, "") && seen.is_newest(9, u64::MAX, 2, ""));
        let stored = seen.store(6);
        assert_eq!(stored, "ffffffffffffffff");
        let mut again = Seen::new(100, &stored, &[], 9);
        assert!(!again.insert(u64::MAX) && again.insert(10));
        assert_eq!(again.store(9), stored);
        assert!(Seen::new(100, "no marks, and ü", &[], 9).order.is_empty());
        for n in 0..10_000 {
            seen.is_newest(100, n, n, "");
        }
        assert_eq!(seen.store(0).len(), 16 * MAX_STORED);
    }
}
