//! More people than usual, and not by chance: a negative-binomial e-detector (a mixture Shiryaev–Roberts procedure) on
//! people per hour by time of writing. Everything is pure; the time is handed in.
//!
//! The bar is the average run length between false alarms that a team's budget allows; see [`bar`].

mod evidence;
mod negative_binomial;
mod pool;
mod rise;
mod series;

pub use evidence::{Evidence, RATIOS};
pub use pool::{Pool, Prior, Shape};
pub use rise::{Heard, Rise, SHARES, rise};
pub use series::{Reading, Series, Window};

/// The bar, as log10 of the average run length in days: with `series` of them watched for a team whose budget is
/// `budget` false alarms a year, each may raise one in 365·series/budget days. This is the whole multiple-testing rule.
pub fn bar(series: usize, budget: f64) -> f64 {
    (365.0 * series.max(1) as f64 / budget.max(1e-3)).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_series_raise_the_bar_and_a_larger_budget_lowers_it() {
        assert!((bar(10, 3.65) - 3.0).abs() < 1e-12);
        assert!(bar(100, 4.0) > bar(10, 4.0) && bar(10, 8.0) < bar(10, 4.0));
    }
}
