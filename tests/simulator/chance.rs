//! Chance from one seed: xorshift64* over a splitmix of the seed.

/// A stream of numbers that the seed alone decides.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Self((z ^ (z >> 31)) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    /// From 0 to below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    /// Of a hundred times, so many.
    pub fn percent(&mut self, n: u64) -> bool {
        self.below(100) < n
    }

    /// Of a thousand times, so many.
    pub fn permille(&mut self, n: u64) -> bool {
        self.below(1000) < n
    }
}
