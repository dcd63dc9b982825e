//! What strangers' places send, as it is, cut short, changed and mixed: no panic, and every post that comes of it is sound. The fuzz
//! target `posts` does more.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod strange;

use proptest::prelude::*;
use strange::{SEEDS, check, ways};

#[test]
fn sound_things_are_read_by_the_way_that_is_theirs() {
    let mut heard = std::collections::BTreeSet::new();
    for (way, seed) in SEEDS {
        if check(way, seed.as_bytes()) > 0 {
            heard.insert(way);
        }
    }
    assert_eq!(heard.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
}

#[test]
fn every_beginning_of_a_sound_thing_ends_in_a_word() {
    for (way, seed) in SEEDS {
        for end in (0..seed.len()).step_by(7) {
            check(way, &seed.as_bytes()[..end]);
        }
    }
}

/// Figures, dates and texts at which a reader may stumble.
const ODD: [&str; 16] = [
    "-1",
    "1e999",
    "9223372036854775807",
    "-9223372036854775808",
    "\"\"",
    "null",
    "[]",
    "{}",
    "\"0000-00-00T00:00:00Z\"",
    "\"-009999-01-01T00:00:00Z\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\u{202e}\"",
    "\"javascript:alert(1)\"",
    "1736121600.5e300",
    "true",
];

/// A sound thing in which some values are other ones.
fn changed() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let hits =
        prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(ODD.to_vec())), 1..4);
    (prop::sample::select(SEEDS.to_vec()), hits).prop_map(|((way, seed), hits)| {
        let mut text = seed.to_owned();
        for (at, odd) in hits {
            let places: Vec<usize> = text.match_indices(':').map(|(at, _)| at + 1).collect();
            let Some(from) = places.get(at.index(places.len().max(1))).copied() else { continue };
            let rest = &text[from..];
            let mut quoted = false;
            let end = rest.char_indices().find(|(_, c)| {
                quoted ^= *c == '"';
                !quoted && [',', '}', ']'].contains(c)
            });
            let to = end.map_or(text.len(), |(n, _)| from + n);
            text.replace_range(from..to, odd);
        }
        (way, text.into_bytes())
    })
}

/// A sound thing with bytes thrown in.
fn hurt() -> impl Strategy<Value = (u8, Vec<u8>)> {
    let bytes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8);
    (prop::sample::select(SEEDS.to_vec()), bytes).prop_map(|((way, seed), bytes)| {
        let mut hurt = seed.as_bytes().to_vec();
        for (at, byte) in bytes {
            let at = at.index(hurt.len());
            hurt[at] = byte;
        }
        (way, hurt)
    })
}

proptest! {
    #[test]
    fn whatever_comes_what_is_taken_from_it_is_sound(
        (way, bytes) in prop_oneof![changed(), hurt(), (0..ways(), prop::collection::vec(any::<u8>(), 0..400))]
    ) {
        check(way, &bytes);
    }
}
