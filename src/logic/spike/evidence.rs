//! Evidence that the rate has risen: a sum of likelihood ratios over all moments at which it could have begun
//! (Shiryaev–Roberts), averaged over several sizes of the rise. Its expectation grows by one a day while nothing
//! happens, so "above A" happens by chance about once in A days (an e-detector: Shin, Ramdas & Rinaldo 2023).

use serde::{Deserialize, Serialize};

/// The rises that are looked for, as multiples of the usual rate: from a murmur to an outbreak.
pub const RATIOS: [f64; 7] = [1.5, 2.0, 3.0, 5.0, 8.0, 16.0, 64.0];
/// Evidence of one ratio does not grow past this: an alarm needs less, and it must be able to go down again.
const MOST: f64 = 1e6;
/// What is left when three days show no excess.
const RESTART: f64 = 0.05;

/// Evidence for each of [`RATIOS`] as of the last midnight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence([f64; RATIOS.len()]);

/// What is known about the level when counts are weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubt {
    /// Day-level overdispersion α.
    pub(super) alpha: f64,
    /// Hour-level overdispersion.
    pub(super) alpha_hour: f64,
    /// Shape of the gamma belief about the level: a₀ + a.
    pub(super) shape: f64,
}

impl Doubt {
    /// Size of the negative binomial within a day.
    pub(super) fn kappa(self) -> f64 {
        1.0 / (1.25 * self.alpha + 1.0 / self.shape.max(1e-3) + 0.02)
    }

    /// The more cautious size that evidence is carried over days with.
    pub(super) fn kappa_carried(self) -> f64 {
        1.0 / (3.0 * self.alpha + 1.0 / self.shape.max(1e-3) + 0.02)
    }
}

/// How a stretch of time is weighed.
#[derive(Clone, Copy, Debug)]
pub(in crate::logic) struct Weighing {
    /// Counts and expectations are divided by it: how much more the parts vary than chance alone would have it.
    pub(in crate::logic) temper: f64,
    /// Size of the negative binomial within the stretch.
    pub(in crate::logic) kappa: f64,
    /// The more cautious size that evidence is carried over stretches with.
    pub(in crate::logic) kappa_carried: f64,
    /// Weight of each part as the moment at which a rise began.
    pub(in crate::logic) start: f64,
}

/// One day hour by hour: people counted and people expected. Only hours that have begun are in it.
pub(super) type Hours = [(f64, f64)];

impl Evidence {
    /// Evidence now, with today's hours: for each ratio, carried evidence times today's likelihood ratio, plus all the
    /// moments of today at which a rise could have begun.
    pub(super) fn with_today(&self, today: &Hours, doubt: Doubt) -> Self {
        let expected: f64 = today.iter().map(|h| h.1).sum();
        let hours = today.len().max(1) as f64;
        self.with(
            today,
            Weighing {
                temper: 1.0 + doubt.alpha_hour * expected / hours,
                kappa: doubt.kappa(),
                kappa_carried: doubt.kappa_carried(),
                start: 1.0 / 24.0,
            },
        )
    }

    /// The same for any stretch of time and its parts, which are weighed as one.
    pub(in crate::logic) fn with(&self, parts: &[(f64, f64)], how: Weighing) -> Self {
        let n: f64 = parts.iter().map(|h| h.0).sum();
        let expected: f64 = parts.iter().map(|h| h.1).sum();
        // Counts and expectations are tempered by the overdispersion of single parts.
        let (n, expected) = (n / how.temper, expected / how.temper);
        let (kappa, carried) = (how.kappa, how.kappa_carried);
        let mut next = [0.0; RATIOS.len()];
        for ((next, before), ratio) in next.iter_mut().zip(self.0).zip(RATIOS) {
            let mut starts = 0.0;
            if n == 0.0 {
                // Nobody spoke: the average over the starts lies between the first and the last.
                let first = likelihood_ratio(ratio, 0.0, expected, n, expected, kappa);
                starts = (first + 1.0) / 2.0 * parts.len() as f64 * how.start;
            } else {
                let (mut since, mut expected_since) = (n, expected);
                for (count, usual) in parts {
                    starts += likelihood_ratio(ratio, since, expected_since, n, expected, kappa) * how.start;
                    since -= count / how.temper;
                    expected_since -= usual / how.temper;
                }
            }
            *next = before * likelihood_ratio(ratio, n, expected, n, expected, carried) + starts;
        }
        Self(next)
    }

    /// A stretch of time is over: what is carried into the next, at most `most` for each ratio.
    pub(in crate::logic) fn carried(mut self, most: f64, quiet: bool) -> Self {
        for m in &mut self.0 {
            *m = m.min(most) * if quiet { RESTART } else { 1.0 };
        }
        self
    }

    /// The day is over: what is carried into the next.
    pub(super) fn close_day(&self, day: &Hours, doubt: Doubt, quiet: bool) -> Self {
        self.with_today(day, doubt).carried(MOST, quiet)
    }

    /// log10 of the mean over the ratios.
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

/// Likelihood of "`ratio` times the usual rate since some moment" over "the usual rate throughout", with the level
/// integrated out: r^n₂ · ((κ + E) / (κ + E₁ + r·E₂))^(κ + n).
fn likelihood_ratio(ratio: f64, n_since: f64, e_since: f64, n: f64, expected: f64, kappa: f64) -> f64 {
    let log = n_since * ratio.ln()
        + (kappa + n) * ((kappa + expected) / (kappa + expected - e_since + ratio * e_since)).ln();
    log.min(700.0).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOUBT: Doubt = Doubt { alpha: 0.06, alpha_hour: 0.08, shape: 20.0 };

    fn day(people: f64, expected: f64) -> Vec<(f64, f64)> {
        (0..24).map(|h| (if h == 12 { people } else { 0.0 }, expected / 24.0)).collect()
    }

    fn after(days: &[f64], expected: f64) -> f64 {
        days.iter().fold(Evidence::default(), |e, n| e.close_day(&day(*n, expected), DOUBT, false)).log10()
    }

    #[test]
    fn it_grows_with_an_excess_and_not_without() {
        assert!(after(&[1.0; 30], 1.0) < 1.8, "{}", after(&[1.0; 30], 1.0));
        assert!(after(&[0.0, 5.0, 6.0, 5.0], 0.5) > 4.0);
        assert!(after(&[0.0; 10], 1.0) < 1.0);
    }

    #[test]
    fn an_unknown_level_makes_it_cautious() {
        let known = Evidence::default().with_today(&day(4.0, 0.2), DOUBT).log10();
        let unknown = Evidence::default().with_today(&day(4.0, 0.2), Doubt { shape: 0.3, ..DOUBT }).log10();
        assert!(unknown < known);
    }

    /// The promise behind the bar: the likelihood ratio has mean one under the usual rate, here by summing over all
    /// counts of a Poisson day at a level known exactly (κ → ∞).
    #[test]
    fn a_likelihood_ratio_has_mean_one() {
        let (expected, kappa) = (0.7f64, 1e9);
        let mut pmf = (-expected).exp();
        let mut mean = 0.0;
        for n in 0..60 {
            mean += pmf * likelihood_ratio(3.0, f64::from(n), expected, f64::from(n), expected, kappa);
            pmf *= expected / f64::from(n + 1);
        }
        assert!((mean - 1.0).abs() < 1e-4, "{mean}");
    }
}
