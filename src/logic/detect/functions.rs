//! Functions that tie a gamma to the normal distribution of its logarithm: mean ψ(α) − ln β, variance ψ′(α).

/// ψ, the derivative of ln Γ.
pub(super) fn digamma(x: f64) -> f64 {
    statrs::function::gamma::digamma(x)
}

/// ψ′, by its recurrence up to 6 and its asymptotic series (Abramowitz & Stegun 6.4.12).
pub(super) fn trigamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x.max(1e-9), 0.0);
    while x < 6.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let f = 1.0 / (x * x);
    sum + 1.0 / x + f / 2.0 + f / x * (1.0 / 6.0 - f * (1.0 / 30.0 - f / 42.0))
}

/// The α at which ψ′(α) is `value`, by Newton's method on its reciprocal, which is nearly straight.
pub(super) fn inverse_trigamma(value: f64) -> f64 {
    let value = value.max(1e-9);
    let mut alpha = (1.0 + (1.0 + 2.0 * value).sqrt()) / (2.0 * value);
    for _ in 0..6 {
        let here = trigamma(alpha);
        let step = 1e-4 * alpha;
        let slope = (trigamma(alpha + step) - here) / step;
        alpha = (alpha - (here - value) / slope).max(0.2 * alpha);
    }
    alpha
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_known_values_and_with_each_other() {
        assert!((trigamma(1.0) - std::f64::consts::PI.powi(2) / 6.0).abs() < 1e-8);
        assert!((digamma(1.0) + 0.577_215_664_9).abs() < 1e-8);
        for value in [1e-6, 1e-3, 0.1, 1.0, 4.0] {
            assert!((trigamma(inverse_trigamma(value)) / value - 1.0).abs() < 1e-6, "{value}");
        }
    }
}
