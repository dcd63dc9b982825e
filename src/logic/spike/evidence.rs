//! Evidence that the rate has risen: a sum of likelihood ratios over all moments at which it could have begun
//! (Shiryaev–Roberts), averaged over several sizes of the rise. Its expectation grows by one a day while nothing
//! happens, so "above A" happens by chance about once in A days (an e-detector: Shin, Ramdas & Rinaldo 2023).

use serde::{Deserialize, Serialize};

/// The rises that are looked for, as multiples of the usual rate: from a murmur to an outbreak.
pub const RATIOS: [f64; 8] = [1.25, 1.5, 2.0, 3.0, 5.0, 8.0, 16.0, 64.0];
/// Evidence of one ratio does not grow past this: an alarm needs less, and it must be able to go down again.
const MOST: f64 = 1e9;
/// Part of the evidence that goes to the next larger and the next smaller ratio from one stretch to the next.
const GROWS: f64 = 0.1;
const WANES: f64 = 0.02;
/// The rise that is most expected, in standard deviations of a usual day; how far around it others are, as a logarithm; and
/// what every ratio weighs beside it. At 0.1 people a day that is twenty times the level, at a thousand a day two and a half times.
const STANDS_OUT: f64 = 6.0;
const AROUND: f64 = 0.7;
const EVERY: f64 = 0.05;

/// Evidence for each of [`RATIOS`] as of the last midnight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence([f64; RATIOS.len()]);

/// How a stretch of time is weighed.
#[derive(Clone, Copy, Debug)]
pub(in crate::logic) struct Weighing {
    /// Size of the negative binomial within the stretch.
    pub(in crate::logic) kappa: f64,
    /// The more cautious size that evidence is carried over stretches with.
    pub(in crate::logic) kappa_carried: f64,
    /// Weight of each part as the moment at which a rise began.
    pub(in crate::logic) start: f64,
}

impl Evidence {
    /// Evidence now, with a stretch of time (a day) and its parts (hours): people counted and people expected, both divided
    /// by what the parts vary more than chance would have it. For each ratio: carried evidence times the stretch's
    /// likelihood ratio, plus all the parts at which a rise could have begun.
    pub(in crate::logic) fn with(&self, parts: &[(f64, f64)], how: Weighing) -> Self {
        let n: f64 = parts.iter().map(|h| h.0).sum();
        let expected: f64 = parts.iter().map(|h| h.1).sum();
        let within = Stretch::new(n, expected, how.kappa);
        let over = Stretch::new(n, expected, how.kappa_carried);
        let mut next = [0.0; RATIOS.len()];
        for ((next, before), ratio) in next.iter_mut().zip(self.0).zip(RATIOS) {
            let ln_ratio = ratio.ln();
            let (mut since, mut expected_since) = (n, expected);
            let (mut starts, mut empty, mut at_run) = (0.0, 0.0, 0.0);
            for (count, usual) in parts {
                if *count > 0.0 {
                    let here = within.ratio(ratio, ln_ratio, since, expected_since);
                    // Before somebody spoke, nobody did: the average over those parts lies between the first and this.
                    starts += here + empty * (at_run + here) / 2.0;
                    empty = 0.0;
                } else {
                    if empty == 0.0 {
                        at_run = within.ratio(ratio, ln_ratio, since, expected_since);
                    }
                    empty += 1.0;
                }
                since -= count;
                expected_since -= usual;
            }
            starts += empty * (at_run + 1.0) / 2.0;
            let carried = if before > 0.0 { before * over.ratio(ratio, ln_ratio, n, expected) } else { 0.0 };
            *next = carried + starts * how.start;
        }
        Self(next)
    }

    /// A stretch of time is over: what is carried into the next, at most `most` for each ratio, and of that the part
    /// `left`. A rise may grow or wane: each ratio gives to its neighbours (fixed share, Herbster & Warmuth 1998), which
    /// leaves the expectation as it is and makes a ramp a path through the ratios.
    pub(in crate::logic) fn carried(mut self, most: f64, left: f64) -> Self {
        let before = self.0;
        for (i, m) in self.0.iter_mut().enumerate() {
            let here = before.get(i).copied().unwrap_or(0.0);
            let below = i.checked_sub(1).and_then(|j| before.get(j)).map_or(0.0, |b| b * GROWS);
            let above = before.get(i + 1).map_or(0.0, |b| b * WANES);
            let gives = if i + 1 < RATIOS.len() { GROWS } else { 0.0 } + if i > 0 { WANES } else { 0.0 };
            *m = (here * (1.0 - gives) + below + above).min(most) * left;
        }
        self
    }

    /// The day is over.
    pub(super) fn close_day(&self, day: &[(f64, f64)], how: Weighing, left: f64) -> Self {
        self.with(day, how).carried(MOST, left)
    }

    /// log10 of the mean over the ratios, those weighing most that would stand out from a usual day of so many people and
    /// this overdispersion: a busy series is hardly ever said by sixty times as many, a quiet one not by a quarter more.
    pub(super) fn log10_at(&self, level: f64, alpha: f64) -> f64 {
        let day = (level + alpha * level * level).sqrt();
        let middle = (1.0 + STANDS_OUT * day / level.max(1e-9)).ln();
        let (mut sum, mut weights) = (0.0, 0.0);
        for (evidence, ratio) in self.0.iter().zip(RATIOS) {
            let weight = (-0.5 * ((ratio.ln() - middle) / AROUND).powi(2)).exp() + EVERY;
            sum += weight * evidence;
            weights += weight;
        }
        (sum / weights).max(1e-12).log10()
    }

    /// log10 of the plain mean over the ratios.
    pub(in crate::logic) fn log10(&self) -> f64 {
        (self.0.iter().sum::<f64>() / RATIOS.len() as f64).max(1e-12).log10()
    }

    /// The larger of two series' evidence, when their clusters become one.
    pub(super) fn max(&self, other: &Self) -> Self {
        let mut out = self.0;
        for (a, b) in out.iter_mut().zip(other.0) {
            *a = a.max(b);
        }
        Self(out)
    }
}

/// What the likelihood ratios of one stretch have in common.
struct Stretch {
    n: f64,
    expected: f64,
    kappa: f64,
    ln_usual: f64,
}

impl Stretch {
    fn new(n: f64, expected: f64, kappa: f64) -> Self {
        Self { n, expected, kappa, ln_usual: (kappa + expected).ln() }
    }

    /// Likelihood of "`ratio` times the usual rate since some moment" over "the usual rate throughout", with the level
    /// integrated out: r^n₂ · ((κ + E) / (κ + E₁ + r·E₂))^(κ + n), 1 before that moment and 2 since.
    fn ratio(&self, ratio: f64, ln_ratio: f64, n_since: f64, e_since: f64) -> f64 {
        let risen = self.kappa + self.expected + (ratio - 1.0) * e_since;
        let log = n_since * ln_ratio + (self.kappa + self.n) * (self.ln_usual - risen.ln());
        log.min(600.0).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOW: Weighing = Weighing { kappa: 6.0, kappa_carried: 4.0, start: 1.0 / 24.0 };

    fn day(people: f64, expected: f64) -> Vec<(f64, f64)> {
        (0..24).map(|h| (if h == 12 { people } else { 0.0 }, expected / 24.0)).collect()
    }

    fn after(days: &[f64], expected: f64) -> f64 {
        days.iter().fold(Evidence::default(), |e, n| e.close_day(&day(*n, expected), HOW, 1.0)).log10()
    }

    #[test]
    fn it_grows_with_an_excess_and_not_without() {
        assert!(after(&[1.0; 30], 1.0) < 1.8, "{}", after(&[1.0; 30], 1.0));
        assert!(after(&[0.0, 5.0, 6.0, 5.0], 0.5) > 4.0);
        assert!(after(&[0.0; 10], 1.0) < 1.0);
    }

    #[test]
    fn an_unknown_level_makes_it_cautious() {
        let with = |kappa| Evidence::default().with(&day(4.0, 0.2), Weighing { kappa, ..HOW }).log10();
        assert!(with(0.3) < with(6.0));
    }

    #[test]
    fn what_would_stand_out_weighs_most() {
        let only = |at: usize| {
            let mut all = [0.0; RATIOS.len()];
            all[at] = 1_000.0;
            Evidence(all)
        };
        let best = |level: f64| {
            let by = |at: &usize| only(*at).log10_at(level, 0.06);
            RATIOS[(0..RATIOS.len()).max_by(|a, b| by(a).total_cmp(&by(b))).unwrap()]
        };
        assert_eq!([0.1, 1.0, 10.0].map(best), [16.0, 8.0, 3.0]);
        // The weights come to one: the same evidence for all is that evidence.
        assert!((Evidence([50.0; RATIOS.len()]).log10_at(3.0, 0.06) - 50f64.log10()).abs() < 1e-12);
    }

    #[test]
    fn a_rise_that_grows_is_followed_from_ratio_to_ratio() {
        let carried = Evidence([1.0; RATIOS.len()]).carried(MOST, 1.0);
        assert!(carried.log10().abs() < 1e-12, "nothing is lost: {carried:?}");
    }

    /// The promise behind the bar: the likelihood ratio has mean one under the usual rate, here by summing over all
    /// counts of a Poisson day at a level known exactly (κ → ∞).
    #[test]
    fn a_likelihood_ratio_has_mean_one() {
        let (expected, kappa) = (0.7f64, 1e9);
        let mut pmf = (-expected).exp();
        let mut mean = 0.0;
        for n in 0..60 {
            let n = f64::from(n);
            mean += pmf * Stretch::new(n, expected, kappa).ratio(3.0, 3f64.ln(), n, expected);
            pmf *= expected / (n + 1.0);
        }
        assert!((mean - 1.0).abs() < 1e-4, "{mean}");
    }
}
