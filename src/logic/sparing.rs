//! How often the same kind of thing is said: whoever sends nonsense does not fill the journal.

use crate::ground::time::{Timestamp, plus_ms};

/// Lines of one kind that are said in a stretch of time.
const SAID: u32 = 10;
/// How long a stretch is.
pub const STRETCH_MS: i64 = 600_000;

/// What was said of one kind of thing in this stretch of time, and how much was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sparing {
    began: Option<Timestamp>,
    said: u32,
    left_out: u64,
}

impl Sparing {
    /// Whether one more line may be said at `now`; one that may not is counted.
    pub fn may_say(&mut self, now: Timestamp) -> bool {
        if self.began.is_none() {
            self.began = Some(now);
        }
        if self.said < SAID {
            self.said += 1;
            return true;
        }
        self.left_out = self.left_out.saturating_add(1);
        false
    }

    /// When the stretch is over: how many lines were left out in it, if any; a new one begins with the next line. A clock that was set
    /// back ends it, too.
    pub fn over(&mut self, now: Timestamp) -> Option<u64> {
        let began = self.began?;
        if now >= began && now < plus_ms(began, STRETCH_MS) {
            return None;
        }
        let left_out = self.left_out;
        *self = Self::default();
        (left_out > 0).then_some(left_out)
    }

    /// Whether nothing was said lately.
    pub fn is_idle(&self) -> bool {
        self.began.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::from_ms;

    #[test]
    fn ten_lines_are_said_and_the_rest_is_counted_until_the_time_is_over() {
        let mut sparing = Sparing::default();
        let said = (0..1_000).filter(|n| sparing.may_say(from_ms(n * 100))).count();
        assert_eq!((said, sparing.over(from_ms(STRETCH_MS - 1))), (10, None));
        assert_eq!((sparing.over(from_ms(STRETCH_MS)), sparing.is_idle()), (Some(990), true));
        assert!(sparing.may_say(from_ms(STRETCH_MS)) && !sparing.is_idle());
        assert_eq!(sparing.over(from_ms(3 * STRETCH_MS)), None, "all was said");
        assert_eq!((0..20).filter(|_| sparing.may_say(from_ms(9 * STRETCH_MS))).count(), 10);
        assert_eq!(sparing.over(from_ms(0)), Some(10), "the clock was set back");
    }
}
