//! What the daemon and the system say to each other: signals in, readiness and life signs out.

use sd_notify::NotifyState;
use tokio::signal::unix::{SignalKind, signal};

use crate::assembly::failure::Failure;

/// What the system asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// SIGHUP: read the rules again.
    Reload,
    /// SIGTERM or SIGINT: stop.
    Stop,
}

/// Listens for signals.
pub(super) struct Signals {
    hup: tokio::signal::unix::Signal,
    term: tokio::signal::unix::Signal,
    int: tokio::signal::unix::Signal,
}

impl Signals {
    pub(super) fn listen() -> Result<Self, Failure> {
        Ok(Self {
            hup: signal(SignalKind::hangup())?,
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
        })
    }

    pub(super) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.hup.recv() => Signal::Reload,
            _ = self.term.recv() => Signal::Stop,
            _ = self.int.recv() => Signal::Stop,
        }
    }
}

/// Time that is asked for after each stretch of the log: a stretch takes seconds, with a sentence encoder half a minute.
const MORE_TIME_USEC: u32 = 120_000_000;

/// Started, or done with a reload.
pub(super) fn ready(status: &str) {
    say(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// A reload has begun.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => say(&[NotifyState::Reloading, now]),
        Err(_) => say(&[NotifyState::Reloading]),
    }
}

/// Stopping has begun.
pub(super) fn stopping() {
    say(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
}

/// The log is being folded again, and it may take longer than a start is given.
pub(super) fn folding(position: u64, of: u64) {
    let status = format!("reading the log again: {position} of {of} entries");
    say(&[NotifyState::ExtendTimeoutUsec(MORE_TIME_USEC), NotifyState::Status(&status)]);
}

/// It cannot start before there is room on the disk, which may take longer than a start is given.
pub(super) fn waits_for_room(why: &str) {
    let status = format!("cannot start yet: {why}");
    say(&[NotifyState::ExtendTimeoutUsec(MORE_TIME_USEC), NotifyState::Status(&status)]);
}

/// What it is doing, in words.
pub(super) fn status(status: &str) {
    say(&[NotifyState::Status(status)]);
}

/// The pipeline moves: said by the engine after its work, not by a timer beside it.
pub(super) fn alive() {
    say(&[NotifyState::Watchdog]);
}

fn say(what: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(what) {
        tracing::debug!("systemd cannot be told: {e}");
    }
}
