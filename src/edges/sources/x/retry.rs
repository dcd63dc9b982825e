//! How long to wait before X is asked again, by what went wrong.

use std::time::Duration;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A stream that stood broke off: it is opened anew at once.
    Dropped,
    /// The network: waits grow by a quarter of a second, up to 16.
    Network,
    /// A failure of the server: waits double from 5 seconds up to 320.
    Server,
    /// Too many requests: waits double from a minute, or last as long as the server says.
    Limit(Option<Duration>),
    /// A refusal, which a person has to mend: each quarter of an hour.
    Refused,
}

/// Failures in a row, of one class.
#[derive(Debug, Default)]
pub(super) struct Retry {
    failures: u32,
    last: Option<Class>,
}

impl Retry {
    /// Something came: the next failure is the first.
    pub(super) fn reset(&mut self) {
        *self = Self::default();
    }

    /// The wait after one more failure.
    pub(super) fn wait(&mut self, class: Class) -> Duration {
        let same = self.last.is_some_and(|l| std::mem::discriminant(&l) == std::mem::discriminant(&class));
        self.failures = if same { self.failures.saturating_add(1) } else { 0 };
        self.last = Some(class);
        let doubled = |first: u64, most: u64| {
            Duration::from_secs(first.saturating_mul(1 << self.failures.min(20)).min(most))
        };
        match class {
            // At once, and then like the network: a stream that ends as soon as it begins is no stream.
            Class::Dropped | Class::Network => {
                let steps = self.failures + u32::from(class == Class::Network);
                Duration::from_millis(u64::from(steps) * 250).min(Duration::from_secs(16))
            }
            Class::Server => doubled(5, 320),
            Class::Limit(asked) => doubled(60, 960).max(asked.unwrap_or_default()),
            Class::Refused => Duration::from_secs(900),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_as_x_asks_for_each_class_of_failures() {
        let waits = |class, n: usize| {
            let mut retry = Retry::default();
            (0..n).map(|_| retry.wait(class).as_millis() as u64).collect::<Vec<_>>()
        };
        assert_eq!(waits(Class::Dropped, 3), [0, 250, 500]);
        assert_eq!(waits(Class::Network, 3), [250, 500, 750]);
        assert_eq!(waits(Class::Network, 100)[99], 16_000);
        assert_eq!(
            waits(Class::Server, 8),
            [5000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 320_000]
        );
        assert_eq!(waits(Class::Limit(None), 3), [60_000, 120_000, 240_000]);
        assert_eq!(waits(Class::Limit(Some(Duration::from_secs(700))), 1), [700_000]);
        let mut retry = Retry::default();
        retry.wait(Class::Server);
        retry.wait(Class::Server);
        assert_eq!(retry.wait(Class::Network).as_millis(), 250, "another class begins anew");
        retry.reset();
        assert_eq!(retry.wait(Class::Server).as_secs(), 5);
    }
}
