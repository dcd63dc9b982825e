//! More people than usual, and not by chance: a negative-binomial e-detector (a mixture Shiryaev–Roberts procedure) on
//! people per hour by time of writing. Everything is pure; the time is handed in.
//!
//! The bar is the average run length between false alarms that a team's budget allows; see [`bar`].

mod dispersion;
mod evidence;
mod negative_binomial;
mod own_shape;
mod pool;
mod rise;
mod series;

pub(in crate::logic) use evidence::Weighing;
pub use evidence::{Evidence, RATIOS};
pub(in crate::logic) use negative_binomial::upper_tail;
pub use pool::{Pool, Prior, Shape};
pub use rise::{FEWEST_DAYS, Heard, Rise, SHARES, rise};
pub use series::{Reading, Series, Window};

/// The bar, as log10 of the average run length in days: with `series` of them watched for a team whose budget is
/// `budget` false alarms a year, each may raise one in 365·series/budget days. This is the whole multiple-testing rule.
pub fn bar(series: usize, budget: f64) -> f64 {
    (365.0 * series.max(1) as f64 / budget.max(1e-3)).log10()
}

/// The bar for the evidence of a [`Series`], log10: that at which the series of a team have so many false alarms a year
/// together. By the theory it is [`bar`] itself; measured on streams in which nothing happens the evidence errs on the quiet
/// side where alarms are asked for often, and on the loud side where they are rare, for levels drift and days are alike. The
/// line between was fitted to `benches/promise.rs` at seed 2001.
pub fn bar_of_evidence(series: usize, budget: f64) -> f64 {
    (PER_DECADE * bar(series, budget) + BASE).max(LOWEST)
}

/// Days after which evidence of this size (log10) comes by chance once in a series: the reverse of [`bar_of_evidence`].
pub fn run_length_days(score: f64) -> f64 {
    10f64.powf((score - BASE) / PER_DECADE)
}

const PER_DECADE: f64 = 1.21;
const BASE: f64 = -0.652;
const LOWEST: f64 = 0.3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_series_raise_the_bar_and_a_larger_budget_lowers_it() {
        assert!((bar(10, 3.65) - 3.0).abs() < 1e-12);
        assert!(bar(100, 4.0) > bar(10, 4.0) && bar(10, 8.0) < bar(10, 4.0));
    }

    #[test]
    fn evidence_at_the_bar_comes_by_chance_as_often_as_was_asked_for() {
        let days = run_length_days(bar_of_evidence(100, 4.0));
        assert!((days - 100.0 * 365.0 / 4.0).abs() < 1e-6, "{days}");
        assert!(bar_of_evidence(1, 1e9) > 0.0);
    }
}
