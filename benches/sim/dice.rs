//! Chance that is the same each time: xoshiro256++ (Blackman & Vigna 2019), and the laws the designs draw from.

/// A stream of chance.
#[derive(Clone, Debug)]
pub(crate) struct Dice([u64; 4]);

impl Dice {
    /// The stream of a seed, by splitmix64.
    pub(crate) fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    fn bits(&mut self) -> u64 {
        let s = &mut self.0;
        let out = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        out
    }

    /// Uniform in (0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Uniform in [low, high).
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number in [low, high).
    pub(crate) fn pick(&mut self, low: usize, high: usize) -> usize {
        (low + (self.unit() * (high - low) as f64) as usize).min(high - 1)
    }

    /// Normal (Box & Muller).
    pub(crate) fn normal(&mut self, mean: f64, sd: f64) -> f64 {
        let (u, v) = (self.unit(), self.unit());
        mean + sd * (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
    }

    /// Gamma of this shape and scale (Marsaglia & Tsang 2000).
    pub(crate) fn gamma(&mut self, shape: f64, scale: f64) -> f64 {
        if shape < 1.0 {
            let u = self.unit();
            return self.gamma(shape + 1.0, scale) * u.powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal(0.0, 1.0);
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * scale;
            }
        }
    }

    /// Poisson: by its product of chances, and by halving the mean with a gamma where it is large (Ahrens & Dieter 1974).
    pub(crate) fn poisson(&mut self, mean: f64) -> u32 {
        let (mut mean, mut sum) = (mean, 0u32);
        while mean > 16.0 {
            let part = (mean * 7.0 / 8.0).floor();
            let wait = self.gamma(part, 1.0);
            if wait > mean {
                // The part-th arrival comes after the end: the others are uniform before it.
                let p = mean / wait;
                let n = part as u32 - 1;
                return sum + self.binomial(n, p);
            }
            sum += part as u32;
            mean -= wait;
        }
        let (limit, mut product, mut n) = ((-mean).exp(), self.unit(), 0);
        while product > limit {
            product *= self.unit();
            n += 1;
        }
        sum + n
    }

    /// Binomial, by the beta of its middle order statistic where it is large.
    pub(crate) fn binomial(&mut self, n: u32, p: f64) -> u32 {
        let (mut n, mut p, mut sum) = (n, p, 0);
        while n > 24 {
            let i = n / 2 + 1;
            let (a, b) = (self.gamma(f64::from(i), 1.0), self.gamma(f64::from(n + 1 - i), 1.0));
            let middle = a / (a + b);
            if middle <= p {
                sum += i;
                n -= i;
                p = (p - middle) / (1.0 - middle);
            } else {
                n = i - 1;
                p /= middle;
            }
        }
        sum + (0..n).filter(|_| self.unit() < p).count() as u32
    }

    /// Geometric with this mean, at least 1.
    pub(crate) fn geometric(&mut self, mean: f64) -> u32 {
        1 + (self.unit().ln() / (1.0 - 1.0 / mean).ln()) as u32
    }
}
