//! Evidence that rows are more than expected, for rows longer than a day: how unlikely this row is, and this and the row
//! before together, as negative-binomial tails.

use super::seasonal::Forecast;
use crate::logic::spike::upper_tail;

/// What two rows together are worth more than one, in powers of ten: what spreads is rarely over within one row.
const TOGETHER: f64 = 0.3;

/// The last row, with what was expected of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rises(Option<(f64, Forecast)>);

impl Rises {
    /// The next row: −log10 of the chance of so many or more, of this row or of the last two.
    pub(super) fn take(&mut self, n: f64, forecast: Forecast) -> f64 {
        let alone = surprise(n, forecast.mean, forecast.variance());
        let before = self.0.replace((n, forecast));
        let Some((n_before, f)) = before else { return alone };
        // Chance is drawn anew for each row; what is wrong about the mean is wrong about both.
        let wrong = forecast.mean * forecast.doubt.sqrt() + f.mean * f.doubt.sqrt();
        let mean = forecast.mean + f.mean;
        let variance = forecast.phi * forecast.mean + f.phi * f.mean + wrong * wrong;
        alone.max(surprise(n + n_before, mean, variance) + TOGETHER)
    }
}

fn surprise(n: f64, mean: f64, variance: f64) -> f64 {
    let kappa = mean * mean / (variance - mean).max(1e-6 * mean);
    -upper_tail(n, mean, kappa).max(1e-300).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_rows_together_say_more_than_each() {
        let forecast = Forecast { mean: 10.0, phi: 1.2, doubt: 0.001 };
        let mut rises = Rises::default();
        let first = rises.take(17.0, forecast);
        let second = rises.take(17.0, forecast);
        assert!(first > 1.0 && second > first + 0.8, "{first} {second}");
        assert!(Rises::default().take(10.0, forecast) < 0.5);
    }
}
