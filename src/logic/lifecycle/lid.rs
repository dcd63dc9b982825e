//! The lid on mail: a team gets so many alert mails in 24 hours at the most. What is beyond is held back and told in one
//! collected mail, so that a flood of alerts (somebody who posts random words can make one) neither buries the team nor
//! hides what happened. What could hurt somebody passes.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::ground::alert::Severity;
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};

/// A collected mail goes out so many hours after the first thing it tells was held back: at most four a day.
const COLLECTED_HOURS: i64 = 6;
/// Things listed in one collected mail; further ones are counted.
const MOST_LISTED: usize = 100;

/// What a team was told lately, and what is held back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lid {
    /// When the mails of the last 24 hours went, oldest first.
    sent: VecDeque<Timestamp>,
    /// What is held back: alert and number of its event.
    held: Vec<(String, u32)>,
    /// More of it than is listed.
    more: u32,
    /// Since when something is held back.
    since: Option<Timestamp>,
}

/// Whether a mail goes out now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// It does.
    Send,
    /// What could hurt somebody always does.
    SendForSafety,
    /// The team has had its mails of the day.
    Hold,
}

impl Lid {
    /// One more thing happened at `now`, event `number` of `alert`; `limit` mails are let through in 24 hours.
    pub fn pass(&mut self, now: Timestamp, limit: u32, severity: Severity, alert: &str, number: u32) -> Pass {
        let day_ago = plus_ms(now, -DAY_MS);
        while self.sent.front().is_some_and(|at| *at <= day_ago) {
            self.sent.pop_front();
        }
        if severity == Severity::Safety {
            return Pass::SendForSafety;
        }
        // While something is held back the rest waits too: so the collected mail tells all of it, in order.
        if self.since.is_none() && self.sent.len() < limit as usize {
            self.sent.push_back(now);
            return Pass::Send;
        }
        self.since.get_or_insert(now);
        if self.held.len() < MOST_LISTED {
            self.held.push((alert.to_owned(), number));
        } else {
            self.more = self.more.saturating_add(1);
        }
        Pass::Hold
    }

    /// What the collected mail tells that is due at `now`, and how much more there was; nothing is held back then.
    pub fn collect(&mut self, now: Timestamp) -> Option<(Vec<(String, u32)>, u32)> {
        let since = self.since?;
        if now < plus_ms(since, COLLECTED_HOURS * HOUR_MS) {
            return None;
        }
        self.since = None;
        Some((std::mem::take(&mut self.held), std::mem::take(&mut self.more)))
    }

    /// Whether there is nothing to remember at `now`.
    pub fn is_idle(&self, now: Timestamp) -> bool {
        self.since.is_none() && self.sent.back().is_none_or(|at| *at <= plus_ms(now, -DAY_MS))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::from_ms;
    use proptest::prelude::*;

    fn hour(n: i64) -> Timestamp {
        from_ms(n * HOUR_MS)
    }

    fn pass(lid: &mut Lid, at: i64) -> Pass {
        lid.pass(hour(at), 2, Severity::Normal, &format!("a{at}"), 0)
    }

    #[test]
    fn what_is_too_much_for_a_day_is_held_back_and_told_together() {
        let mut lid = Lid::default();
        assert_eq!(
            [0, 1, 2, 3].map(|at| pass(&mut lid, at)),
            [Pass::Send, Pass::Send, Pass::Hold, Pass::Hold]
        );
        assert_eq!(lid.collect(hour(7)), None);
        assert_eq!(lid.collect(hour(8)), Some((vec![("a2".into(), 0), ("a3".into(), 0)], 0)));
        assert_eq!(lid.collect(hour(9)), None);
        // The first two are still of this day, at hour 24 the first of them no more.
        assert_eq!(pass(&mut lid, 23), Pass::Hold);
        assert_eq!(lid.collect(hour(29)), Some((vec![("a23".into(), 0)], 0)));
        assert_eq!(pass(&mut lid, 30), Pass::Send);
        assert!(!lid.is_idle(hour(53)) && lid.is_idle(hour(54)));
    }

    #[test]
    fn what_could_hurt_somebody_passes_and_takes_no_place() {
        let mut lid = Lid::default();
        for _ in 0..9 {
            assert_eq!(lid.pass(hour(0), 2, Severity::Safety, "s", 0), Pass::SendForSafety);
        }
        assert_eq!([0, 0, 0].map(|at| pass(&mut lid, at)), [Pass::Send, Pass::Send, Pass::Hold]);
        assert_eq!(lid.pass(hour(0), 2, Severity::Safety, "s", 0), Pass::SendForSafety);
    }

    #[test]
    fn a_flood_is_counted_and_takes_no_more_room() {
        let mut lid = Lid::default();
        for n in 0..1_000 {
            lid.pass(hour(0), 12, Severity::Normal, &format!("a{n}"), 0);
        }
        let (listed, more) = lid.collect(hour(6)).unwrap();
        assert_eq!((listed.len(), more), (MOST_LISTED, 1_000 - 12 - MOST_LISTED as u32));
        assert_eq!(listed[0].0, "a12");
    }

    proptest! {
        /// In no 24 hours there are more than the limit, nothing is lost, and no more than five collected mails.
        #[test]
        fn the_lid_holds(mut hours in prop::collection::vec(0_i64..200, 0..300), limit in 1_u32..6) {
            hours.sort_unstable();
            let (mut lid, mut sent, mut told, mut collected) = (Lid::default(), Vec::new(), 0, Vec::new());
            let mut upcoming = hours.iter().peekable();
            for now in 0..220 {
                if let Some((listed, more)) = lid.collect(hour(now)) {
                    told += listed.len() + more as usize;
                    collected.push(now);
                }
                while upcoming.next_if(|at| **at == now).is_some() {
                    if lid.pass(hour(now), limit, Severity::Normal, "a", 0) == Pass::Send {
                        sent.push(now);
                    }
                }
            }
            prop_assert_eq!(sent.len() + told, hours.len());
            for from in 0..220 {
                let within = |list: &[i64]| list.iter().filter(|at| (from..from + 24).contains(*at)).count();
                prop_assert!(within(&sent) <= limit as usize);
                prop_assert!(within(&collected) <= 4);
            }
        }
    }
}
