//! How long to wait before the next try.

use std::time::Duration;

use crate::ground::time::Timestamp;

/// Longest wait that another server may ask of us.
const MAX_ASKED: Duration = Duration::from_secs(24 * 3600);

/// Exponential backoff with full jitter: each wait is drawn from 0 to a ceiling that doubles with every failure, so
/// that many clients of a server that comes back do not all come back at once.
#[derive(Debug)]
pub(super) struct Backoff {
    first: Duration,
    most: Duration,
    failures: u32,
    random: Random,
}

impl Backoff {
    /// Ceilings from `first` up to `most`.
    pub(super) fn new(first: Duration, most: Duration, seed: u64) -> Self {
        Self { first, most: most.max(first), failures: 0, random: Random(seed) }
    }

    /// It worked: the next failure starts over.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure.
    pub(super) fn next(&mut self) -> Duration {
        let ceiling = self.first.saturating_mul(1 << self.failures.min(20)).min(self.most);
        self.failures = self.failures.saturating_add(1);
        ceiling.mul_f64(self.random.unit())
    }

    /// `wait`, a tenth more or less.
    pub(super) fn around(&mut self, wait: Duration) -> Duration {
        wait.mul_f64(0.9 + 0.2 * self.random.unit())
    }
}

/// SplitMix64: enough to spread waits, and the same for the same seed.
#[derive(Debug)]
struct Random(u64);

impl Random {
    /// A number from 0 up to 1.
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Reads a `Retry-After` header, which is a number of seconds or a date; at most a day.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let asked = match value.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let until = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
            Duration::from_millis(u64::try_from(until.as_millisecond() - now.as_millisecond()).unwrap_or(0))
        }
    };
    Some(asked.min(MAX_ASKED))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-10-21T07:28:00Z".parse().unwrap();
        let read = |s: &str| retry_after(s, now).map(|d| d.as_secs());
        assert_eq!(read(" 120 "), Some(120));
        assert_eq!(read("Wed, 21 Oct 2026 07:30:00 GMT"), Some(120));
        assert_eq!(read("Wed, 21 Oct 2020 07:30:00 GMT"), Some(0));
        assert_eq!(read("99999999"), Some(24 * 3600));
        assert_eq!(read("later"), None);
    }

    proptest! {
        #[test]
        fn no_wait_is_over_its_ceiling(seed: u64, tries in 1u32..40) {
            let (first, most) = (Duration::from_secs(1), Duration::from_secs(60));
            let mut backoff = Backoff::new(first, most, seed);
            for n in 0..tries {
                prop_assert!(backoff.next() <= most.min(first * 2u32.pow(n.min(10))));
            }
            backoff.reset();
            prop_assert!(backoff.next() <= first);
        }

        #[test]
        fn jitter_is_a_tenth(seed: u64) {
            let wait = Backoff::new(Duration::from_secs(1), Duration::from_secs(1), seed)
                .around(Duration::from_secs(100));
            prop_assert!((Duration::from_secs(90)..=Duration::from_secs(110)).contains(&wait));
        }
    }

    #[test]
    fn waits_differ_between_seeds() {
        let first = |seed| Backoff::new(Duration::from_secs(9), Duration::from_secs(9), seed).next();
        assert_ne!(first(1), first(2));
        assert_eq!(first(1), first(1));
    }
}
