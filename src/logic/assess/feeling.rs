//! Sentiment of a short text, after the rules of VADER (Hutto & Gilbert 2014): word weights, turned by negation, made
//! stronger or weaker by the words before them, what follows a "but" counting more, squashed to −1 … 1.

/// What the sum of weights is squashed with: s / √(s² + α). VADER's own constant, for weights of −4 … 4.
const SQUASH: f64 = 15.0;
/// Our weights are −1 … 1; VADER's −4 … 4.
const SCALE: f64 = 4.0;
/// A negation turns a weight round and takes some of it away ("not good" is less than "bad").
const NEGATED: f64 = -0.74;
/// A booster adds so much of a weight; a damper takes it away.
const BOOST: f64 = 0.3;
/// Words that a negation, booster or damper reaches.
pub(super) const REACH: usize = 3;
/// Weight of what stands before, and after, a contrast.
const BEFORE_CONTRAST: f64 = 0.5;
const AFTER_CONTRAST: f64 = 1.5;

/// One word or phrase with a feeling, and what stands around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Feeling {
    pub(super) weight: f64,
    pub(super) negated: bool,
    pub(super) boosts: i32,
    pub(super) shouted: bool,
    /// Before (−1), after (1) a contrast, or in a text without (0).
    pub(super) side: i8,
    /// In the company of a sarcasm mark.
    pub(super) sarcastic: bool,
}

/// Sentiment of a text, −1 to 1, from its feelings and its number of exclamation marks. A text without any feeling is
/// 0, however loud: "The train departs at noon!!!" is neutral.
pub(super) fn sentiment(feelings: &[Feeling], exclamations: usize) -> f64 {
    let mut sum: f64 = feelings.iter().map(value).sum();
    if sum != 0.0 {
        sum += sum.signum() * 0.29 * exclamations.min(4) as f64;
    }
    sum / (sum * sum + SQUASH).sqrt()
}

fn value(feeling: &Feeling) -> f64 {
    let mut value = feeling.weight * SCALE;
    value *= 1.0 + BOOST * f64::from(feeling.boosts.clamp(-2, 2));
    if feeling.shouted {
        value *= 1.2;
    }
    if feeling.negated {
        value *= NEGATED;
    }
    if feeling.sarcastic && value > 0.0 {
        value = -value;
    }
    value
        * match feeling.side {
            -1 => BEFORE_CONTRAST,
            1 => AFTER_CONTRAST,
            _ => 1.0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Feeling =
        Feeling { weight: 0.6, negated: false, boosts: 0, shouted: false, side: 0, sarcastic: false };

    #[test]
    fn nothing_felt_is_nothing_however_loud() {
        assert_eq!(sentiment(&[], 9), 0.0);
    }

    #[test]
    fn each_sign_moves_it_the_right_way() {
        let of = |f: Feeling| sentiment(&[f], 0);
        let plain = of(GOOD);
        assert!(plain > 0.4 && plain < 0.7);
        assert!(of(Feeling { boosts: 1, ..GOOD }) > plain);
        assert!(of(Feeling { boosts: -1, ..GOOD }) < plain);
        assert!(of(Feeling { shouted: true, ..GOOD }) > plain);
        assert!(of(Feeling { negated: true, ..GOOD }) < 0.0);
        assert!(of(Feeling { sarcastic: true, ..GOOD }) < 0.0);
        assert!(sentiment(&[GOOD], 3) > plain);
    }

    #[test]
    fn what_follows_a_but_wins() {
        let praise = Feeling { side: -1, ..GOOD };
        let blame = Feeling { weight: -0.6, side: 1, ..GOOD };
        assert!(sentiment(&[praise, blame], 0) < -0.2);
    }

    proptest::proptest! {
        #[test]
        fn it_stays_within_its_bounds(weights in proptest::collection::vec(-1.0f64..1.0, 0..60), marks in 0usize..100) {
            let feelings: Vec<Feeling> = weights.into_iter().map(|weight| Feeling { weight, ..GOOD }).collect();
            proptest::prop_assert!(sentiment(&feelings, marks).abs() <= 1.0);
        }
    }
}
