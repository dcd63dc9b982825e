//! Deliveries that were taken lately, so that a request which somebody recorded and sends again is not taken twice.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::signature::SignatureError;
use crate::ground::time::Timestamp;

/// How far a request's time may be off, in seconds: for clocks that differ, and for the way.
const WINDOW_SECONDS: i64 = 300;
/// Most deliveries that are remembered.
const MAX_DELIVERIES: usize = 10_000;
/// Longest id of a delivery.
const MAX_ID_BYTES: usize = 200;

/// What a request says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Delivery {
    /// The sender's own id of it: the same when it is tried again.
    pub(super) id: String,
    /// When it was signed, in seconds since 1970, as it was written.
    pub(super) time: String,
    seconds: i64,
}

impl Delivery {
    /// Reads the two headers; nothing where there are none.
    ///
    /// # Errors
    /// Only one is there, or one is not of its form.
    pub(super) fn read(id: Option<&[u8]>, time: Option<&[u8]>) -> Result<Option<Self>, SignatureError> {
        let (id, time) = match (id, time) {
            (None, None) => return Ok(None),
            (Some(id), Some(time)) => (id, time),
            _ => return Err(SignatureError::Form),
        };
        let text =
            |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| SignatureError::Form);
        let (id, time) = (text(id)?, text(time)?);
        let seconds = time.parse().map_err(|_| SignatureError::Form)?;
        let plain =
            !id.is_empty() && id.len() <= MAX_ID_BYTES && id.bytes().all(|b| (b'!'..=b'~').contains(&b));
        if plain { Ok(Some(Self { id, time, seconds })) } else { Err(SignatureError::Form) }
    }

    /// A delivery whose sender names no time: it comes now.
    pub(super) fn now(id: &str, now: Timestamp) -> Self {
        Self { id: id.to_owned(), time: String::new(), seconds: now.as_second() }
    }

    /// Whether it was signed about now.
    pub(super) fn is_fresh(&self, now: Timestamp) -> Result<(), SignatureError> {
        let off = now.as_second().saturating_sub(self.seconds).saturating_abs();
        if off <= WINDOW_SECONDS { Ok(()) } else { Err(SignatureError::Stale) }
    }
}

/// Whether these bytes are no JSON, and begin as what is signed with a delivery does: `<id>.<seconds>.`
pub(super) fn begins_with_one(bytes: &[u8]) -> bool {
    if matches!(bytes.first(), Some(b'{' | b'[')) {
        return false;
    }
    let id = bytes.iter().take(MAX_ID_BYTES + 1).take_while(|b| (b'!'..=b'~').contains(*b));
    // An id may hold points and digits itself, so each point could be its end.
    id.enumerate().filter(|(at, b)| **b == b'.' && *at > 0).any(|(at, _)| {
        let rest = bytes.get(at + 1..).unwrap_or_default();
        let time = rest.split(|b| *b == b'.').next().unwrap_or_default();
        time.len() < rest.len() && std::str::from_utf8(time).is_ok_and(|time| time.parse::<i64>().is_ok())
    })
}

/// Deliveries whose posts are stored.
#[derive(Debug, Default)]
pub(super) struct Deliveries {
    taken: FxHashMap<u128, i64>,
    order: VecDeque<u128>,
}

/// One of them, as it is stored with the posts.
#[derive(Serialize, Deserialize)]
struct Stored(String, i64);

impl Deliveries {
    /// Those that were stored.
    pub(super) fn load(cursor: Option<&str>) -> Self {
        let stored: Vec<Stored> = cursor.and_then(|c| serde_json::from_str(c).ok()).unwrap_or_default();
        let mut deliveries = Self::default();
        for Stored(hash, seconds) in stored {
            if let Ok(hash) = u128::from_str_radix(&hash, 16) {
                deliveries.insert(hash, seconds);
            }
        }
        deliveries
    }

    /// Whether its posts are stored already.
    pub(super) fn knows(&self, delivery: &Delivery) -> bool {
        self.taken.contains_key(&xxh3_128(delivery.id.as_bytes()))
    }

    /// What to store with the posts of `delivery`: those that were stored before, and this one.
    pub(super) fn with(&self, delivery: &Delivery, now: Timestamp) -> Option<String> {
        let from = now.as_second() - 2 * WINDOW_SECONDS;
        let known = self.order.iter().filter_map(|hash| Some((*hash, *self.taken.get(hash)?)));
        let stored: Vec<Stored> = known
            .filter(|(_, seconds)| *seconds >= from)
            .chain([(xxh3_128(delivery.id.as_bytes()), delivery.seconds)])
            .map(|(hash, seconds)| Stored(format!("{hash:032x}"), seconds))
            .collect();
        serde_json::to_string(&stored).ok()
    }

    /// Its posts are stored.
    pub(super) fn note(&mut self, delivery: &Delivery, now: Timestamp) {
        let from = now.as_second() - 2 * WINDOW_SECONDS;
        while let Some(oldest) = self.order.front()
            && (self.order.len() >= MAX_DELIVERIES || self.taken.get(oldest).is_none_or(|s| *s < from))
        {
            self.taken.remove(oldest);
            self.order.pop_front();
        }
        self.insert(xxh3_128(delivery.id.as_bytes()), delivery.seconds);
    }

    fn insert(&mut self, hash: u128, seconds: i64) {
        if self.taken.insert(hash, seconds).is_none() {
            self.order.push_back(hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::from_ms;

    fn delivery(id: &str, seconds: i64) -> Delivery {
        Delivery::read(Some(id.as_bytes()), Some(seconds.to_string().as_bytes())).unwrap().unwrap()
    }

    #[test]
    fn both_headers_or_neither_in_their_form() {
        assert_eq!(Delivery::read(None, None), Ok(None));
        for (id, time) in [
            (Some("a"), None),
            (None, Some("1")),
            (Some(""), Some("1")),
            (Some("a b"), Some("1")),
            (Some("a"), Some("noon")),
        ] {
            let bytes = |o: Option<&'static str>| o.map(str::as_bytes);
            assert_eq!(Delivery::read(bytes(id), bytes(time)), Err(SignatureError::Form), "{id:?} {time:?}");
        }
        assert!(Delivery::read(Some(&[b'a'; 201]), Some(b"1")).is_err());
    }

    #[test]
    fn five_minutes_off_is_as_much_as_may_be() {
        let now = from_ms(1_000_000_000);
        for (seconds, fresh) in
            [(999_700, true), (1_000_300, true), (999_699, false), (1_000_301, false), (i64::MIN, false)]
        {
            assert_eq!(delivery("a", seconds).is_fresh(now).is_ok(), fresh, "{seconds}");
        }
    }

    #[test]
    fn what_was_stored_is_known_over_a_restart_and_forgotten_in_time() {
        let mut deliveries = Deliveries::default();
        deliveries.note(&delivery("a", 1000), from_ms(1_000_000));
        let stored = deliveries.with(&delivery("b", 1010), from_ms(1_010_000)).unwrap();
        assert!(!deliveries.knows(&delivery("b", 1010)), "it is not stored yet");
        let again = Deliveries::load(Some(&stored));
        assert!(again.knows(&delivery("a", 1000)) && again.knows(&delivery("b", 1010)));
        assert!(!again.knows(&delivery("c", 1010)));
        let later = again.with(&delivery("c", 2000), from_ms(2_000_000)).unwrap();
        assert!(!Deliveries::load(Some(&later)).knows(&delivery("a", 1000)));
        for n in 0..20_000 {
            deliveries.note(&delivery(&n.to_string(), 1010), from_ms(1_010_000));
        }
        assert_eq!((deliveries.taken.len(), deliveries.order.len()), (MAX_DELIVERIES, MAX_DELIVERIES));
        assert!(Deliveries::load(Some("nonsense")).order.is_empty());
    }
}
