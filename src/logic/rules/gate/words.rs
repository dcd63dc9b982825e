//! Where words may begin in a raw text, eight bytes at a time.

use crate::logic::text::fold;

/// One in each byte.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The upper bit of each byte.
const TOPS: u64 = 0x80 * ONES;

/// Bytes that are looked at together: one bit of a `u64` each.
const BLOCK: usize = 64;

/// Calls `at` with each place of plain ASCII where a letter or digit follows something else, until it returns `true`; says
/// whether it did. `inside` says that a letter or digit stands before the text. `None` where a byte is not plain.
pub(super) fn begin(text: &[u8], inside: bool, mut at: impl FnMut(usize) -> bool) -> Option<bool> {
    let mut before = u64::from(inside);
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut last = [0; BLOCK];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let last = (!rest.is_empty()).then_some(&last);
    for (from, block) in (0..).step_by(BLOCK).zip(blocks.iter().chain(last)) {
        let inner = letters(block)?;
        // The places of a whole block first: a branch for each eight bytes would be guessed wrong too often.
        let mut begins = inner & !((inner << 1) | before);
        before = inner >> (BLOCK - 1);
        while begins != 0 {
            if at(from + begins.trailing_zeros() as usize) {
                return Some(true);
            }
            begins &= begins - 1;
        }
    }
    Some(false)
}

/// One bit for each byte that is a letter or a digit; `None` where a byte is not plain.
fn letters(block: &[u8; BLOCK]) -> Option<u64> {
    let (mut bits, mut other) = (0, 0);
    let (chunks, _) = block.as_chunks::<8>();
    for chunk in chunks.iter().rev() {
        let bytes = u64::from_le_bytes(*chunk);
        other |= not_plain(bytes);
        // The product brings the eight bits together in the upper byte.
        let eight = (alphanumeric(bytes) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits = (bits << 8) | eight;
    }
    (other == 0).then_some(bits)
}

/// A text that is not plain ASCII, folded: lower case, without accents, invisible signs and apostrophes.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) text: Vec<u8>,
    /// Where a word may begin. Where that cannot be told (after an apostrophe, around a character beyond ASCII) it may.
    pub(super) begins: Vec<usize>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folded =
            Self { text: Vec::with_capacity(text.len()), begins: Vec::with_capacity(text.len() / 3) };
        let (mut rest, mut inside) = (text, false);
        while !rest.is_empty() {
            let plain = plain_bytes(rest.as_bytes());
            let (words, others) = rest.split_at_checked(plain).unwrap_or((rest, ""));
            folded.add_plain(words.as_bytes(), inside);
            let other = others.bytes().position(is_plain).unwrap_or(others.len());
            let (others, left) = others.split_at_checked(other).unwrap_or((others, ""));
            if !others.is_empty() {
                folded.add_folded(others);
            }
            (rest, inside) = (left, true);
        }
        folded
    }

    fn add_plain(&mut self, words: &[u8], inside: bool) {
        let from = self.text.len();
        let begins = &mut self.begins;
        let _ = begin(words, inside, |at| {
            begins.push(from + at);
            false
        });
        self.text.extend_from_slice(words);
    }

    fn add_folded(&mut self, others: &str) {
        // The commonest by far fold to nothing.
        if !matches!(others, "'" | "’") {
            for part in fold(others).split_inclusive('\'') {
                let part = part.strip_suffix('\'').unwrap_or(part);
                let from = self.text.len();
                self.begins.extend(part.char_indices().map(|(at, _)| from + at));
                self.text.extend_from_slice(part.as_bytes());
            }
        }
        // What comes next may begin a word, or go on with one that is not written as it stands here.
        self.begins.push(self.text.len());
    }
}

/// Is this byte what it is in any text, whatever stands around it?
pub(super) fn is_plain(byte: u8) -> bool {
    byte.is_ascii() && byte != b'\''
}

/// How many bytes from the beginning are plain.
fn plain_bytes(text: &[u8]) -> usize {
    let (chunks, _) = text.as_chunks::<8>();
    let known = chunks.iter().take_while(|chunk| not_plain(u64::from_le_bytes(**chunk)) == 0).count() * 8;
    let rest = text.get(known..).unwrap_or_default();
    known + rest.iter().position(|b| !is_plain(*b)).unwrap_or(rest.len())
}

/// Some bit where one of eight bytes is beyond ASCII, or an apostrophe.
fn not_plain(bytes: u64) -> u64 {
    let other = bytes ^ (ONES * u64::from(b'\''));
    // The upper bit of a byte that is zero. Borrows only reach beyond a byte that is zero itself.
    let apostrophe = other.wrapping_sub(ONES) & !other;
    (bytes | apostrophe) & TOPS
}

/// The upper bit of each byte of ASCII that is a letter or a digit; no other bit.
fn alphanumeric(bytes: u64) -> u64 {
    // No sum leaves its byte where both sides are below 128; what comes of other bytes is not looked at.
    let from = |bytes: u64, first: u8| bytes.wrapping_add(ONES * (0x80 - u64::from(first)));
    let small = bytes | (ONES * 0x20);
    let letter = from(small, b'a') & !from(small, b'z' + 1);
    let digit = from(bytes, b'0') & !from(bytes, b'9' + 1);
    (letter | digit) & TOPS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_known_for_what_it_is() {
        for byte in 0..=u8::MAX {
            let eight = u64::from(byte) * ONES;
            assert_eq!(not_plain(eight) == 0, is_plain(byte), "{byte}");
            if is_plain(byte) {
                assert_eq!(alphanumeric(eight) == TOPS, byte.is_ascii_alphanumeric(), "{byte}");
                assert!(matches!(alphanumeric(eight), 0 | TOPS), "{byte}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn words_begin_where_a_plain_look_sees_them(text in "[a-cA-C0-2 .,#@_&-]{0,150}", inside: bool) {
            let mut seen = Vec::new();
            let all = begin(text.as_bytes(), inside, |at| { seen.push(at); false });
            let is = |at: usize| text.as_bytes()[at].is_ascii_alphanumeric();
            let expected: Vec<usize> = (0..text.len())
                .filter(|at| is(*at) && if *at == 0 { !inside } else { !is(at - 1) })
                .collect();
            proptest::prop_assert_eq!(all, Some(false));
            proptest::prop_assert_eq!(seen, expected);
        }

        #[test]
        fn what_is_folded_is_what_literals_are_written_in(text in "[a-zA-Zé’'ß 电ก👍\u{301}\u{ad}]{0,30}") {
            let folded = Folded::new(&text);
            let raw = crate::logic::rules::query::raw(&text);
            proptest::prop_assert_eq!(String::from_utf8_lossy(&folded.text), raw);
        }
    }
}
