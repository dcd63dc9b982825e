//! The strings that queries need, found by their first bytes.

use std::cell::OnceCell;

use rustc_hash::FxHashMap;

use super::words::{Folded, begin, first_other};
use crate::logic::rules::bits::Bits;
use crate::logic::rules::query::{Forms, Literal};
use crate::logic::text::Lang;

/// Turns capitals of ASCII into small letters, and other bytes into others: the same ones on both sides.
const SMALL: u8 = 0x20;
const SMALLS: u64 = u64::from_le_bytes([SMALL; 8]);
/// How much of a beginning is looked at, in bytes: of each string the most that it has.
const HEADS: [usize; 6] = [8, 6, 4, 3, 2, 1];
/// All strings of this length and more are asked for together first.
const FIRST: usize = 6;
/// Strings by their beginnings.
#[derive(Clone, Debug)]
pub(in crate::logic::rules) struct Strings {
    /// Beginnings of six bytes, and of strings that have fewer what is looked at.
    first: Bits,
    /// Which masks of fewer than six bytes there are.
    short: Vec<u64>,
    /// Which masks there are at all.
    masks: Vec<u64>,
    /// All beginnings.
    heads: Bits,
    by_head: FxHashMap<u64, Vec<u32>>,
    strings: Vec<Literal>,
}

/// A text and its language, which is only found out where it matters.
struct Read<'a> {
    text: &'a str,
    declared: Option<&'a str>,
    lang: OnceCell<Lang>,
}

impl Strings {
    pub(super) fn new(mut needed: Vec<Literal>) -> Self {
        needed.sort_by(|a, b| a.text.cmp(&b.text));
        let mut strings: Vec<Literal> = Vec::new();
        for literal in needed {
            match strings.last_mut().filter(|last| last.text == literal.text) {
                Some(last) => last.forms.add(literal.forms),
                None => strings.push(literal),
            }
        }
        let mut all = Self {
            first: Bits::for_keys(strings.len()),
            short: Vec::new(),
            masks: Vec::new(),
            heads: Bits::for_keys(strings.len()),
            by_head: FxHashMap::default(),
            strings: Vec::new(),
        };
        for (literal, at) in strings.iter().zip(0..) {
            let bytes = literal.text.as_bytes();
            let Some(length) = HEADS.into_iter().find(|length| *length <= bytes.len()) else { continue };
            let (mask, head) = (mask(length), head_at(bytes, 0));
            if !all.masks.contains(&mask) {
                all.masks.push(mask);
                if length < FIRST {
                    all.short.push(mask);
                }
            }
            all.first.add(head & mask & self::mask(FIRST));
            all.heads.add(head & mask);
            all.by_head.entry(head & mask).or_default().push(at);
        }
        all.strings = strings;
        all
    }

    /// Does a word of this text begin with one of the strings, and may it be the word that is meant?
    pub(super) fn are_in(&self, text: &str, declared: Option<&str>) -> bool {
        let read = Read { text, declared, lang: OnceCell::new() };
        let (mut folded, mut rest) = (Folded::default(), text);
        loop {
            let Some((plain, other, after)) = first_other(rest) else {
                return self.are_in_plain(rest, &read);
            };
            if self.are_in_plain(plain, &read) || mixes_alphabets(other) {
                return true;
            }
            folded.read(other);
            if self.are_in_folded(&folded, &read) {
                return true;
            }
            rest = after;
        }
    }

    fn are_in_plain(&self, text: &str, read: &Read<'_>) -> bool {
        let bytes = text.as_bytes();
        let found = begin(bytes, false, |at| {
            let head = head_at(bytes, at);
            self.may_be(head) && self.here(head, bytes.get(at..).unwrap_or_default(), usize::MAX, read)
        });
        found.unwrap_or(true)
    }

    fn are_in_folded(&self, folded: &Folded, read: &Read<'_>) -> bool {
        let next = folded.begins.iter().skip(1).chain([&usize::MAX]);
        let text = folded.text.as_bytes();
        folded.begins.iter().zip(next).any(|(at, next)| {
            let head = head_at(text, *at);
            self.may_be(head) && self.here(head, text.get(*at..).unwrap_or_default(), next - at, read)
        })
    }

    #[inline]
    fn may_be(&self, head: u64) -> bool {
        self.first.have(head & mask(FIRST)) || self.short.iter().any(|mask| self.first.have(head & mask))
    }

    /// Does one of the strings begin this text, up to whose byte `sure` it is what stands in the post?
    #[inline(never)]
    fn here(&self, head: u64, text: &[u8], sure: usize, read: &Read<'_>) -> bool {
        let at = |head: u64| self.by_head.get(&head).into_iter().flatten();
        let heads = self.masks.iter().map(|mask| head & mask).filter(|head| self.heads.have(*head));
        let mut strings = heads.flat_map(at).filter_map(|at| self.strings.get(*at as usize));
        strings.any(|string| {
            begins(text, string.text.as_bytes())
                && is_meant(&string.forms, string.text.len(), text, sure, read)
        })
    }
}

/// May this, which has no blank in it, hold Latin letters beside look-alikes of another alphabet? Folding reads such a word as
/// a Latin one by all of its letters, and here they are looked at in stretches.
fn mixes_alphabets(text: &str) -> bool {
    // What Greek and Cyrillic letters begin with in UTF-8.
    text.bytes().any(|b| (0xcd..=0xd4).contains(&b))
        && text.bytes().any(|b| b.is_ascii_alphabetic())
        && text.chars().any(|c| c >= '\u{370}' && c.is_alphabetic())
}

impl Read<'_> {
    fn lang(&self) -> Lang {
        *self.lang.get_or_init(|| Lang::of(self.text, self.declared))
    }
}

/// The word with which this text begins: is it one of the forms that are meant? Where it cannot be told where the word ends,
/// or how it was written, it may be.
fn is_meant(forms: &Forms, length: usize, text: &[u8], sure: usize, read: &Read<'_>) -> bool {
    let end = text.iter().position(|b| !b.is_ascii_alphanumeric()).unwrap_or(text.len());
    if forms.any || length > end || sure <= end || !ends(text.get(end..).unwrap_or_default()) {
        return true;
    }
    let Some(word) = text.get(..end).and_then(|word| std::str::from_utf8(word).ok()) else { return true };
    let word = word.to_ascii_lowercase();
    forms.whole.contains(&word)
        || (!forms.stems.is_empty() && {
            let (lang, stem) = (read.lang(), read.lang().stem(&word));
            forms.stems.iter().any(|(langs, of)| langs & (1 << lang as u32) != 0 && *of == stem)
        })
}

/// Does a word surely end where this comes after it? ("mini.com" and "mini-9" go on, in one way or another.)
fn ends(text: &[u8]) -> bool {
    match text {
        [] => true,
        [b, ..] if b.is_ascii_whitespace() => true,
        [b'.' | b',' | b'!' | b'?' | b';' | b':' | b')' | b'"', rest @ ..] => {
            rest.first().is_none_or(u8::is_ascii_whitespace)
        }
        _ => false,
    }
}

fn begins(text: &[u8], string: &[u8]) -> bool {
    text.get(..string.len()).is_some_and(|text| text.iter().zip(string).all(|(a, b)| a | SMALL == b | SMALL))
}

/// The eight bytes from here on, in small letters.
#[inline]
fn head_at(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    let head = match rest.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => rest.iter().rev().fold(0, |head, byte| (head << 8) | u64::from(*byte)),
    };
    head | SMALLS
}

/// What lets the first bytes through.
const fn mask(length: usize) -> u64 {
    u64::MAX >> (64 - 8 * length)
}
