//! A small table that says of most keys that are not in a large one that they are not: it stays in the cache, the large one
//! does not.

/// Room for each key, of which it takes two bits: few keys that are not known are taken for such that are.
const BITS_EACH: usize = 16;
/// At most 2¹⁵ words, 256 KB.
const MOST_WORDS: u32 = 15;

/// Keys that are known, two bits each.
#[derive(Clone, Debug)]
pub(super) struct Bits {
    words: Vec<u64>,
    shift: u32,
}

impl Default for Bits {
    fn default() -> Self {
        Self::for_keys(0)
    }
}

impl Bits {
    /// No key yet, and room for so many.
    pub(super) fn for_keys(keys: usize) -> Self {
        let words = (keys * BITS_EACH / 64).next_power_of_two().ilog2().clamp(1, MOST_WORDS);
        Self { words: vec![0; 1 << words], shift: 64 - words }
    }

    /// From now on it is known.
    pub(super) fn add(&mut self, key: u64) {
        let (word, bits) = self.place(key);
        if let Some(word) = self.words.get_mut(word) {
            *word |= bits;
        }
    }

    /// May the key be known? `false` is certain.
    #[inline]
    pub(super) fn have(&self, key: u64) -> bool {
        let (word, bits) = self.place(key);
        self.words.get(word).is_some_and(|word| word & bits == bits)
    }

    /// Fibonacci hashing: the upper bits of a product with 2⁶⁴/φ. The two bits are in one word, so one look is enough.
    #[inline]
    fn place(&self, key: u64) -> (usize, u64) {
        let product = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (word, first, second) =
            (product >> self.shift, product >> (self.shift - 6), product >> (self.shift - 12));
        (word as usize, 1 << (first & 63) | 1 << (second & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_never_denied_and_few_others_are_known() {
        let mut bits = Bits::for_keys(1_000);
        (0..1_000u64).for_each(|key| bits.add(key * key));
        assert!((0..1_000u64).all(|key| bits.have(key * key)));
        let mistaken = (0..10_000u64).filter(|key| bits.have(1 << 40 | (key * 7_919))).count();
        assert!(mistaken < 500, "{mistaken}");
    }
}
