//! The machine's clock.

use crate::ground::time::{Clock, Timestamp, whole_ms};

/// What the machine says.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    fn now(&self) -> Timestamp {
        whole_ms(Timestamp::now())
    }

    fn wait(&self, time: std::time::Duration) {
        std::thread::sleep(time);
    }
}
