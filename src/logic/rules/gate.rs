//! Before a post is cut into words: could any product's query match it at all? The strings that the queries need are kept by
//! their first four bytes; where a word of the raw text begins with such four, the strings themselves are compared. Most of
//! what a source carries is about nothing that is watched, and goes no further.
//!
//! An Aho-Corasick automaton was here before. With a thousand queries its table left the cache,
//! and with ten thousand it let through three posts of four, since it also finds strings inside of words.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use xxhash_rust::xxh3::Xxh3Default;

use super::Product;
use super::query::{literals, raw};

/// Bits of the table of beginnings: 128 KB, which stay in the cache.
const BITS: u32 = 20;
/// Bytes of a beginning.
const HEAD: usize = 4;
/// Turns capitals of ASCII into small letters, and other bytes into others: the same ones on both sides.
const SMALL: u8 = 0x20;

/// Says which texts may be about a product.
#[derive(Clone, Debug, Default)]
pub(super) enum Gate {
    /// No product, no match.
    #[default]
    Shut,
    /// A query needs no word, so any post may match.
    Open,
    /// One of these strings is needed.
    Needs(Strings),
}

/// Strings by their beginnings.
#[derive(Clone, Debug)]
pub(super) struct Strings {
    /// One bit for each hash of a beginning.
    bits: Vec<u64>,
    by_head: HashMap<u32, Vec<Box<[u8]>>, BuildHasherDefault<Xxh3Default>>,
    /// For strings shorter than a beginning: what is looked at of one.
    masks: Vec<u32>,
}

impl Gate {
    /// The gate before these products.
    pub(super) fn new(products: &[Product]) -> Self {
        let mut needed = Vec::new();
        for product in products {
            match literals(product.query.root()) {
                Some(strings) if strings.iter().all(|s| !s.is_empty()) => needed.extend(strings),
                _ => return Self::Open,
            }
        }
        if needed.is_empty() { Self::Shut } else { Self::Needs(Strings::new(&needed)) }
    }

    /// May a product's query match this text? `false` is certain.
    pub(super) fn lets(&self, text: &str) -> bool {
        match self {
            Self::Shut => false,
            Self::Open => true,
            Self::Needs(strings) if text.bytes().all(|b| b.is_ascii() && b != b'\'') => {
                strings.begin_a_word(text.as_bytes())
            }
            // Where words begin is not to be seen any more in what is folded: they may begin anywhere.
            Self::Needs(strings) => strings.are_in(raw(text).as_bytes()),
        }
    }
}

impl Strings {
    fn new(needed: &[String]) -> Self {
        let mut strings =
            Self { bits: vec![0; 1 << (BITS - 6)], by_head: HashMap::default(), masks: Vec::new() };
        for text in needed {
            let small: Box<[u8]> = text.bytes().map(|b| b | SMALL).collect();
            let mask = if small.len() >= HEAD { u32::MAX } else { (1u32 << (8 * small.len())) - 1 };
            if !strings.masks.contains(&mask) {
                strings.masks.push(mask);
            }
            let head = head_of(&small) & mask;
            let (word, bit) = place(head);
            if let Some(word) = strings.bits.get_mut(word) {
                *word |= bit;
            }
            let same = strings.by_head.entry(head).or_default();
            if !same.contains(&small) {
                same.push(small);
            }
        }
        strings
    }

    /// Does a word of this text of ASCII begin with one of the strings?
    fn begin_a_word(&self, text: &[u8]) -> bool {
        if self.here(text, 0) {
            return true;
        }
        for (at, window) in text.windows(HEAD + 1).enumerate() {
            let [before, a, b, c, d] = window else { continue };
            if !before.is_ascii_alphanumeric() {
                let head = u32::from_le_bytes([*a, *b, *c, *d]) | u32::from_le_bytes([SMALL; 4]);
                if self.may_be(head) && self.here(text, at + 1) {
                    return true;
                }
            }
        }
        // The last bytes are shorter than a window.
        let last = text.len().saturating_sub(HEAD);
        (last.max(1)..text.len()).any(|at| self.here(text, at))
    }

    /// Is one of the strings anywhere in the text?
    fn are_in(&self, text: &[u8]) -> bool {
        (0..text.len()).any(|at| self.here(text, at))
    }

    fn may_be(&self, head: u32) -> bool {
        self.masks.iter().any(|mask| {
            let (word, bit) = place(head & mask);
            self.bits.get(word).is_some_and(|word| word & bit != 0)
        })
    }

    /// Does one of the strings stand at this byte?
    fn here(&self, text: &[u8], at: usize) -> bool {
        let rest = text.get(at..).unwrap_or_default();
        let head = head_of(rest) | (u32::from_le_bytes([SMALL; 4]));
        self.may_be(head)
            && self.masks.iter().any(|mask| {
                let same = self.by_head.get(&(head & mask)).into_iter().flatten();
                same.into_iter().any(|string| {
                    rest.get(..string.len())
                        .is_some_and(|text| text.iter().zip(string.iter()).all(|(a, b)| a | SMALL == *b))
                })
            })
    }
}

/// The first bytes, with zeros where there are fewer.
fn head_of(text: &[u8]) -> u32 {
    let mut head = [0; HEAD];
    for (to, from) in head.iter_mut().zip(text) {
        *to = *from;
    }
    u32::from_le_bytes(head)
}

/// Where the bit of a beginning is.
fn place(head: u32) -> (usize, u64) {
    // Fibonacci hashing: the upper bits of a product with 2³²/φ.
    let hash = head.wrapping_mul(0x9e37_79b9) >> (32 - BITS);
    ((hash >> 6) as usize, 1 << (hash & 63))
}
