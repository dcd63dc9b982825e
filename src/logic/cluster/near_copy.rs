//! Reposts and near-copies: one voice with an echo. MinHash (Broder 1997) over word shingles, in bands.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use crate::ground::post::PostKey;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::text::{Kind, Token};

/// An odd constant that mixes well: 2⁶⁴ over the golden ratio.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;
const BANDS: usize = 8;
const ROWS: usize = 3;
const HASHES: usize = BANDS * ROWS;
/// Words in a shingle.
const SHINGLE: usize = 2;
/// Shorter texts are copies of nothing: people do use the same few words.
const FEWEST_WORDS: usize = 5;
/// So many of the hashes must agree (an estimate of the Jaccard similarity of 0.75).
const AGREE: usize = HASHES * 3 / 4;
/// Texts that are remembered at the most; the oldest is forgotten first.
const REMEMBERED: usize = 20_000;
/// … for so many days: what people say in the same few words months apart, they say for themselves.
const REMEMBERED_DAYS: f64 = 30.0;

/// What a text is recognised by. `None` where the text is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature([u32; HASHES]);

impl Signature {
    /// Of the words alone: links, names, numbers and the marks of repetition do not count.
    pub fn of(tokens: &[Token]) -> Option<Self> {
        let words: Vec<u64> = tokens
            .iter()
            .filter(|t| matches!(t.kind, Kind::Word | Kind::Tag))
            .map(|t| t.folded.as_str())
            .filter(|w| !matches!(*w, "rt" | "via" | "qt") && !w.bytes().all(|b| b.is_ascii_digit()))
            .map(|w| xxh3_64(w.as_bytes()))
            .collect();
        if words.len() < FEWEST_WORDS {
            return None;
        }
        let mut least = [u32::MAX; HASHES];
        for shingle in words.windows(SHINGLE) {
            // Word by word in order: "a b" is not "b a".
            let hash =
                shingle.iter().fold(0u64, |hash, word| (hash.rotate_left(23) ^ word).wrapping_mul(MIX));
            for (i, least) in least.iter_mut().enumerate() {
                // A family of hash functions from one: multiply by odd constants, take the upper half.
                let mixed = (hash ^ (hash >> 29)).wrapping_mul(MIX.wrapping_mul(2 * i as u64 + 1));
                *least = (*least).min((mixed >> 32) as u32);
            }
        }
        Some(Self(least))
    }

    fn bands(&self) -> impl Iterator<Item = u64> + '_ {
        self.0.chunks(ROWS).enumerate().map(|(band, rows)| {
            let mut bytes = [0u8; 4 * ROWS];
            bytes.iter_mut().zip(rows.iter().flat_map(|r| r.to_le_bytes())).for_each(|(to, from)| *to = from);
            xxh3_64_with_seed(&bytes, band as u64 + 1)
        })
    }

    fn agree(&self, other: &Self) -> usize {
        self.0.iter().zip(other.0).filter(|(a, b)| **a == *b).count()
    }
}

/// A text that others may be copies of.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    signature: Signature,
    key: PostKey,
    /// When it or a copy of it was last written.
    last: Timestamp,
}

/// Texts heard lately, to recognise them by.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Kept")]
pub struct NearCopies {
    texts: VecDeque<Known>,
    /// Number of the first of `texts`, counted since the beginning.
    first: u64,
    /// Band → number of the last text that has it.
    #[serde(skip)]
    bands: FxHashMap<u64, u64>,
    /// Hash of a post's key → number of its text.
    #[serde(skip)]
    of_post: FxHashMap<u64, u64>,
}

/// What a snapshot holds; the rest follows from it.
#[derive(Deserialize)]
struct Kept {
    texts: VecDeque<Known>,
    first: u64,
}

impl From<Kept> for NearCopies {
    fn from(Kept { texts, first }: Kept) -> Self {
        let mut copies = Self { first, ..Self::default() };
        texts.into_iter().for_each(|known| copies.remember(known));
        copies
    }
}

impl NearCopies {
    /// The post that this text, written at `at`, is a copy of. A text that is not is remembered as `key`.
    pub fn original_of(&mut self, signature: &Signature, key: &PostKey, at: Timestamp) -> Option<PostKey> {
        for band in signature.bands() {
            let Some(number) = self.bands.get(&band).and_then(|n| n.checked_sub(self.first)) else {
                continue;
            };
            if let Some(known) = self.texts.get_mut(number as usize)
                && known.signature.agree(signature) >= AGREE
                && days_between(known.last, at) < REMEMBERED_DAYS
            {
                known.last = known.last.max(at);
                return (known.key != *key).then(|| known.key.clone());
            }
        }
        self.remember(Known { signature: *signature, key: key.clone(), last: at });
        self.forget_old(at);
        None
    }

    fn remember(&mut self, known: Known) {
        let number = self.first + self.texts.len() as u64;
        for band in known.signature.bands() {
            self.bands.insert(band, number);
        }
        if !known.key.id.is_empty() {
            self.of_post.insert(hash_of(&known.key), number);
        }
        self.texts.push_back(known);
    }

    /// What nothing new is compared with any more goes, and the oldest of too many. A text that still goes round does not keep
    /// those behind it: it goes to their end.
    fn forget_old(&mut self, now: Timestamp) {
        let is_old = |known: &Known| days_between(known.last, now) >= REMEMBERED_DAYS;
        while self.texts.len() > REMEMBERED || self.texts.iter().take(2).any(is_old) {
            let Some(oldest) = self.texts.pop_front() else { return };
            for band in oldest.signature.bands() {
                if self.bands.get(&band) == Some(&self.first) {
                    self.bands.remove(&band);
                }
            }
            let hash = hash_of(&oldest.key);
            if self.of_post.get(&hash) == Some(&self.first) {
                self.of_post.remove(&hash);
            }
            self.first += 1;
            if self.texts.len() < REMEMBERED && !is_old(&oldest) {
                self.remember(oldest);
            }
        }
    }

    /// Forgets a post that was deleted: its copies are no longer measured against it.
    pub fn forget(&mut self, key: &PostKey) {
        let number = self.of_post.remove(&hash_of(key)).and_then(|number| number.checked_sub(self.first));
        if let Some(known) = number.and_then(|number| self.texts.get_mut(number as usize))
            && known.key == *key
        {
            // The place stays, so that numbers keep; nothing compares equal to an empty key.
            known.key = PostKey { source: String::new(), id: String::new() };
        }
    }
}

fn hash_of(key: &PostKey) -> u64 {
    xxh3_64_with_seed(key.id.as_bytes(), xxh3_64(key.source.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::{DAY_MS, from_ms};
    use crate::logic::text::{Lang, tokenize};

    fn key(id: &str) -> PostKey {
        PostKey { source: "s".into(), id: id.into() }
    }

    fn original(copies: &mut NearCopies, id: &str, text: &str) -> Option<String> {
        original_at(copies, id, text, 0)
    }

    fn original_at(copies: &mut NearCopies, id: &str, text: &str, day: i64) -> Option<String> {
        let signature = Signature::of(&tokenize(text, Lang::English))?;
        copies.original_of(&signature, &key(id), from_ms(day * DAY_MS)).map(|k| k.id)
    }

    #[test]
    fn the_same_words_months_apart_are_two_voices() {
        let mut copies = NearCopies::default();
        let text = "the lid of my kettle drips on the table";
        assert_eq!(original_at(&mut copies, "1", text, 0), None);
        assert_eq!(original_at(&mut copies, "2", text, 20).as_deref(), Some("1"));
        assert_eq!(original_at(&mut copies, "3", text, 45).as_deref(), Some("1"), "it still goes round");
        assert_eq!(original_at(&mut copies, "4", text, 90), None);
        assert_eq!(original_at(&mut copies, "5", text, 91).as_deref(), Some("4"));
    }

    #[test]
    fn reposts_quotes_and_other_links_are_copies() {
        let mut copies = NearCopies::default();
        let text = "my mini 9 thinks every apostrophe is a love letter to the return key";
        assert_eq!(original(&mut copies, "1", text), None);
        assert_eq!(original(&mut copies, "2", &format!("RT @ana: {text}")).as_deref(), Some("1"));
        assert_eq!(
            original(&mut copies, "3", &format!("{text} https://x.example/9 😂")).as_deref(),
            Some("1")
        );
        assert_eq!(original(&mut copies, "4", "the fan of my mini 9 is louder than the hoover"), None);
    }

    #[test]
    fn short_texts_are_copies_of_nothing() {
        let mut copies = NearCopies::default();
        assert_eq!(original(&mut copies, "1", "card declined again"), None);
        assert_eq!(original(&mut copies, "2", "card declined again"), None);
    }

    #[test]
    fn the_same_post_again_is_no_copy_of_itself() {
        let mut copies = NearCopies::default();
        let text = "the return key is right beside the quote key";
        assert_eq!(original(&mut copies, "1", text), None);
        assert_eq!(original(&mut copies, "1", text), None);
    }

    #[test]
    fn what_nothing_is_compared_with_any_more_is_forgotten_and_what_goes_round_stays() {
        let mut copies = NearCopies::default();
        let round = "this very thing goes round and round for months";
        let other = |day: i64| format!("alpha{day}x beta{day}x gamma{day}x delta{day}x epsilon{day}x");
        assert_eq!(original_at(&mut copies, "round", round, 0), None);
        for day in 1..200 {
            assert_eq!(original_at(&mut copies, &format!("n{day}"), &other(day), day), None);
            assert_eq!(original_at(&mut copies, "again", round, day).as_deref(), Some("round"), "day {day}");
            assert!(copies.texts.len() <= 32, "{} on day {day}", copies.texts.len());
        }
        assert_eq!(copies.bands.len(), copies.texts.len() * BANDS);
        assert_eq!(original_at(&mut copies, "copy", &other(195), 200).as_deref(), Some("n195"));
    }

    #[test]
    fn a_snapshot_of_it_knows_the_same() {
        let mut copies = NearCopies::default();
        for day in 0..60 {
            let text = format!("one{day} two{day} three{day} four{day} five{day}");
            original_at(&mut copies, &format!("n{day}"), &text, day);
        }
        copies.forget(&key("n50"));
        let mut again: NearCopies = postcard::from_bytes(&postcard::to_stdvec(&copies).unwrap()).unwrap();
        assert_eq!(
            (again.bands.clone(), again.of_post.clone()),
            (copies.bands.clone(), copies.of_post.clone())
        );
        again.forget(&key("n51"));
        let gone = |n: i64| format!("one{n} two{n} three{n} four{n} five{n}");
        assert_eq!(original_at(&mut again, "a", &gone(50), 60).as_deref(), Some(""), "its place stays");
        assert_eq!(original_at(&mut again, "b", &gone(51), 60).as_deref(), Some(""));
        assert_eq!(original_at(&mut again, "c", &gone(52), 60).as_deref(), Some("n52"));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_is_forgotten() {
        let mut copies = NearCopies::default();
        for i in 0..REMEMBERED + 500 {
            let text = format!("alpha{i}x beta{i}x gamma{i}x delta{i}x epsilon{i}x");
            assert_eq!(original(&mut copies, &i.to_string(), &text), None);
        }
        assert_eq!(copies.texts.len(), REMEMBERED);
        assert!(copies.bands.len() <= REMEMBERED * BANDS);
        assert_eq!(original(&mut copies, "n", "alpha0x beta0x gamma0x delta0x epsilon0x"), None);
    }
}
