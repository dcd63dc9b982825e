//! Room for bodies that are on their way. Whether they are signed is seen when they are there, so anybody may begin one:
//! what bounds them is the bytes that are held, and where there is no room for more, the one that was silent for longest
//! makes room. Who sends and sends is let through however many others began something and do not go on.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use futures_util::StreamExt;
use rustc_hash::FxHashMap;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::refusal::Refusal;

/// What a request takes besides its body, about: its connection and the buffers of that.
pub(super) const A_REQUEST: usize = 64 * 1024;
/// Longest time between two pieces of a body.
const SILENCE: Duration = Duration::from_secs(5);

/// The bodies that are on their way.
pub(super) struct Room {
    most: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    bytes: usize,
    /// Counts the pieces that came, and so says which body was silent for longest.
    pieces: u64,
    /// Each body, by the number of the piece that it began with.
    bodies: FxHashMap<u64, Coming>,
}

struct Coming {
    bytes: usize,
    last: u64,
    leave: CancellationToken,
}

/// One body's place; it is free again when this goes.
struct Place<'a> {
    room: &'a Room,
    id: u64,
    leave: CancellationToken,
}

impl Room {
    /// Room for this many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { most, held: Mutex::default() }
    }

    /// The body, if it has no more than `most` bytes and comes within `longest`, without long silences.
    ///
    /// # Errors
    /// It is too long, too slow, broke off, or made room for others.
    pub(super) async fn receive(
        &self,
        announced: Option<&[u8]>,
        body: Body,
        most: usize,
        longest: Duration,
    ) -> Result<Vec<u8>, Refusal> {
        let announced = announced.and_then(|v| std::str::from_utf8(v).ok()?.parse::<u64>().ok());
        if announced.is_some_and(|n| n > most as u64) {
            return Err(Refusal::TooLarge(most));
        }
        let place = self.enter();
        tokio::select! {
            biased;
            () = place.leave.cancelled() => Err(Refusal::Busy("too much comes at once, and of all this body was silent for longest")),
            whole = timeout(longest, place.collect(body, most)) => whole.map_err(|_| Refusal::Slow)?,
        }
    }

    fn enter(&self) -> Place<'_> {
        let leave = CancellationToken::new();
        let mut held = self.held();
        held.pieces += 1;
        let id = held.pieces;
        held.bodies.insert(id, Coming { bytes: 0, last: id, leave: leave.clone() });
        held.grow(id, A_REQUEST, self.most);
        Place { room: self, id, leave }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// A body has so many bytes more; others make room for them.
    fn grow(&mut self, id: u64, bytes: usize, most: usize) {
        self.pieces += 1;
        let Some(coming) = self.bodies.get_mut(&id) else { return };
        coming.bytes += bytes;
        coming.last = self.pieces;
        self.bytes += bytes;
        while self.bytes > most
            && let Some((silent, _)) = self.bodies.iter().min_by_key(|(_, body)| body.last)
            && *silent != id
        {
            let silent = *silent;
            self.leave(silent);
        }
    }

    fn leave(&mut self, id: u64) {
        if let Some(body) = self.bodies.remove(&id) {
            self.bytes -= body.bytes;
            body.leave.cancel();
        }
    }
}

impl Place<'_> {
    async fn collect(&self, body: Body, most: usize) -> Result<Vec<u8>, Refusal> {
        let mut parts = body.into_data_stream();
        let mut whole = Vec::new();
        while let Some(part) = timeout(SILENCE, parts.next()).await.map_err(|_| Refusal::Slow)? {
            let part = part.map_err(|_| Refusal::Broken)?;
            if whole.len() + part.len() > most {
                return Err(Refusal::TooLarge(most));
            }
            self.room.held().grow(self.id, part.len(), self.room.most);
            whole.extend_from_slice(&part);
        }
        Ok(whole)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.room.held().leave(self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_that_was_silent_for_longest_makes_room() {
        let room = Room::new(3 * A_REQUEST + 30);
        let (a, b, c) = (room.enter(), room.enter(), room.enter());
        room.held().grow(a.id, 10, room.most);
        room.held().grow(c.id, 20, room.most);
        assert!([&a, &b, &c].iter().all(|place| !place.leave.is_cancelled()), "there is room for all");
        room.held().grow(c.id, 1, room.most);
        let left = [&a, &b, &c].map(|place| place.leave.is_cancelled());
        assert_eq!(left, [false, true, false]);
        drop((a, b));
        assert_eq!(room.held().bytes, A_REQUEST + 21);
        drop(c);
        assert!(room.held().bytes == 0 && room.held().bodies.is_empty());
        // One alone is let in whatever there is: its length is bounded before.
        let small = Room::new(1);
        let first = small.enter();
        assert!(!first.leave.is_cancelled());
        let second = small.enter();
        assert!(first.leave.is_cancelled() && !second.leave.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_coming_is_not_waited_for() {
        let room = Room::new(1 << 20);
        let begun = futures_util::stream::iter([Ok::<_, std::io::Error>("{")]);
        let body = Body::from_stream(begun.chain(futures_util::stream::pending()));
        let before = tokio::time::Instant::now();
        let said = room.receive(None, body, 100, Duration::from_secs(30)).await;
        assert!(matches!(said, Err(Refusal::Slow)));
        assert_eq!(before.elapsed(), SILENCE);
    }
}
