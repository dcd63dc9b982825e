//! The overdispersed count: negative binomial with mean E and var = E + E²/κ.

/// Upper tail P(N ≥ n) of a negative binomial with mean `expected` and size `kappa`, by its recurrence; at 0 it is 1.
/// Sums at most 4,000 terms; past that the answer is a bound from the last term's ratio.
pub(in crate::logic) fn upper_tail(n: f64, expected: f64, kappa: f64) -> f64 {
    if n <= 0.0 {
        return 1.0;
    }
    if expected <= 0.0 {
        return 0.0;
    }
    let (kappa, p) = (kappa.max(1e-6), expected / (expected + kappa));
    let n = n.round();
    // First term: log pmf at n.
    let log_pmf = ln_gamma(n + kappa) - ln_gamma(kappa) - ln_gamma(n + 1.0)
        + kappa * (kappa / (kappa + expected)).ln()
        + n * p.ln();
    let mut term = log_pmf.exp();
    if term == 0.0 {
        // Far out in one tail: which one decides.
        return if n > expected { 0.0 } else { 1.0 };
    }
    let (mut sum, mut k) = (0.0, n);
    for _ in 0..4_000 {
        sum += term;
        term *= (k + kappa) / (k + 1.0) * p;
        k += 1.0;
        if term < sum * 1e-12 {
            break;
        }
    }
    sum.min(1.0)
}

/// ln Γ(x) for x > 0.
fn ln_gamma(x: f64) -> f64 {
    statrs::function::gamma::ln_gamma(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_agrees_with_the_closed_forms() {
        // κ = 1 is the geometric distribution: P(N ≥ n) = (E / (1 + E))ⁿ.
        assert!((upper_tail(3.0, 2.0, 1.0) - (2.0f64 / 3.0).powi(3)).abs() < 1e-9);
        // κ → ∞ is Poisson: P(N ≥ 1) = 1 − e^−E.
        assert!((upper_tail(1.0, 0.5, 1e7) - (1.0 - (-0.5f64).exp())).abs() < 1e-6);
        assert_eq!(upper_tail(0.0, 5.0, 1.0), 1.0);
    }

    proptest::proptest! {
        #[test]
        fn it_falls_with_the_count(n in 1.0f64..500.0, expected in 0.001f64..300.0, kappa in 0.05f64..100.0) {
            let (here, next) = (upper_tail(n, expected, kappa), upper_tail(n + 1.0, expected, kappa));
            proptest::prop_assert!((0.0..=1.0).contains(&here) && next <= here + 1e-9);
        }
    }
}
