//! Where words may begin in a raw text, eight bytes at a time.

use crate::logic::text::fold_into;

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

/// Cuts a text around the first stretch without blanks that is not all plain ASCII: what is before it, it, what is after it.
/// Nothing but such stretches has to be folded, since folding never looks beyond a blank. `None` where all is plain.
pub(super) fn first_other(text: &str) -> Option<(&str, &str, &str)> {
    let bytes = text.as_bytes();
    let other = plain_bytes(bytes);
    let (plain, rest) = bytes.split_at_checked(other).filter(|(_, rest)| !rest.is_empty())?;
    let from = plain.iter().rposition(u8::is_ascii_whitespace).map_or(0, |blank| blank + 1);
    let to = rest.iter().position(u8::is_ascii_whitespace).map_or(text.len(), |blank| other + blank);
    Some((text.get(..from)?, text.get(from..to)?, text.get(to..)?))
}

/// A stretch that is not plain ASCII, folded: lower case, without accents, invisible signs and apostrophes.
#[derive(Debug, Default)]
pub(super) struct Folded {
    pub(super) text: String,
    /// Where a word may begin. Where that cannot be told (after an apostrophe, around a character beyond ASCII) it may.
    pub(super) begins: Vec<usize>,
}

impl Folded {
    /// Takes up another stretch in place of the one before.
    pub(super) fn read(&mut self, text: &str) {
        self.text.clear();
        self.begins.clear();
        let (mut rest, mut inside) = (text, false);
        while !rest.is_empty() {
            let plain = plain_bytes(rest.as_bytes());
            let (words, others) = rest.split_at_checked(plain).unwrap_or((rest, ""));
            self.add_plain(words, inside);
            let other = others.bytes().position(is_plain).unwrap_or(others.len());
            let (others, left) = others.split_at_checked(other).unwrap_or((others, ""));
            if !others.is_empty() {
                self.add_folded(others);
            }
            (rest, inside) = (left, true);
        }
    }

    fn add_plain(&mut self, words: &str, inside: bool) {
        let from = self.text.len();
        let begins = &mut self.begins;
        let _ = begin(words.as_bytes(), inside, |at| {
            begins.push(from + at);
            false
        });
        self.text.push_str(words);
    }

    fn add_folded(&mut self, others: &str) {
        let from = self.text.len();
        // The commonest by far fold to nothing.
        if !matches!(others, "'" | "’") {
            fold_into(others, &mut self.text);
            let new = self.text.get(from..).unwrap_or_default();
            if new.contains('\'') {
                let without = new.replace('\'', "");
                self.text.truncate(from);
                self.text.push_str(&without);
            }
            let new = self.text.get(from..).unwrap_or_default();
            self.begins.extend(new.char_indices().map(|(at, _)| from + at));
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
        fn a_text_is_cut_around_what_is_not_plain(text in "[a-z' é👍]{0,40}") {
            let (mut rest, mut again) = (text.as_str(), String::new());
            while let Some((plain, other, after)) = first_other(rest) {
                proptest::prop_assert!(plain.bytes().all(is_plain) && !other.bytes().all(is_plain));
                proptest::prop_assert!(!other.contains(' ') && (plain.is_empty() || plain.ends_with(' ')));
                proptest::prop_assert!(after.is_empty() || after.starts_with(' '));
                again.extend([plain, other]);
                rest = after;
            }
            again.push_str(rest);
            proptest::prop_assert_eq!(again, text);
        }

        #[test]
        fn what_is_folded_is_what_literals_are_written_in(text in "[a-zA-Zé’'ß 电ก👍\u{301}\u{ad}]{0,30}") {
            let mut folded = Folded::default();
            folded.read("was here before é");
            folded.read(&text);
            let raw = crate::logic::rules::query::raw(&text);
            proptest::prop_assert_eq!(folded.text, raw);
        }
    }
}
