//! Sentiment of a short text, after the rules of VADER (Hutto & Gilbert 2014): word weights, turned by negation, made
//! stronger or weaker by the words before them, what follows a "but" counting more, squashed to −1 … 1.

/// What the sum of weights is squashed with: s / √(s² + α). VADER's own constant, for weights of −4 … 4.
const SQUASH: f64 = 15.0;
/// Our weights are −1 … 1; VADER's −4 … 4.
const SCALE: f64 = 4.0;
/// A negation turns a weight round and takes some of it away ("not good" is less than "bad").
const NEGATED: f64 = -0.74;
/// A negated bad word is hardly good ("not bad" is, but it is a phrase of its own): "not a problem" leaves so much.
const NEGATED_BAD: f64 = -0.4;
/// A booster adds so much of a weight; a damper takes it away.
const BOOST: f64 = 0.3;
/// Words that a negation, booster or damper reaches.
pub(super) const REACH: usize = 3;
/// Weight of what stands before, and after, a contrast.
const BEFORE_CONTRAST: f64 = 0.5;
const AFTER_CONTRAST: f64 = 1.5;
/// A sum below this says little ("hope", "again"), and nine tenths of it are taken away …
const FAINT: f64 = 0.5;
/// … and this is the bar for a report: a text in which nobody speaks of themselves or to somebody.
const FAINT_IN_REPORT: f64 = 1.3;
/// What is left of a faint sum.
const LEFT: f64 = 0.08;
/// A certain complaint is so much bad feeling, whatever its words.
const COMPLAINT: f64 = 2.0;

/// One word or phrase with a feeling, and what stands around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Feeling {
    pub(super) weight: f64,
    /// About the writer's own day rather than about a thing.
    pub(super) mood: bool,
    pub(super) negated: bool,
    pub(super) boosts: i32,
    pub(super) shouted: bool,
    /// Before (−1), after (1) a contrast, or in a text without (0).
    pub(super) side: i8,
    /// Praise that means its opposite.
    pub(super) sarcastic: bool,
}

/// What the text as a whole adds to its words.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Tone {
    /// Marks of exclamation.
    pub(super) exclamations: usize,
    /// Nobody speaks of themselves or to somebody.
    pub(super) report: bool,
    /// How surely it is a complaint, 0 to 1.
    pub(super) complaint: f64,
}

/// Sentiment of a text, −1 to 1, from its feelings and its tone. A text without any feeling is 0, however loud: "The train
/// departs at noon!!!" is neutral.
pub(super) fn sentiment<'f>(feelings: impl IntoIterator<Item = &'f Feeling>, tone: Tone) -> f64 {
    let mut sum: f64 = feelings.into_iter().map(value).sum();
    if sum != 0.0 {
        sum += sum.signum() * 0.29 * tone.exclamations.min(4) as f64;
    }
    let faint = if tone.report { FAINT_IN_REPORT } else { FAINT };
    sum -= sum.clamp(-faint, faint) * (1.0 - LEFT);
    if tone.complaint >= super::assessment::COMPLAINT_FROM {
        sum -= COMPLAINT * tone.complaint;
    }
    squash(sum)
}

/// A sum of weights as −1 … 1.
pub(super) fn squash(sum: f64) -> f64 {
    sum / (sum * sum + SQUASH).sqrt()
}

/// What one feeling adds to the sum.
pub(super) fn value(feeling: &Feeling) -> f64 {
    let mut value = feeling.weight * SCALE;
    value *= 1.0 + BOOST * f64::from(feeling.boosts.clamp(-2, 2));
    if feeling.shouted {
        value *= 1.2;
    }
    if feeling.negated {
        value *= if value < 0.0 { NEGATED_BAD } else { NEGATED };
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

    const GOOD: Feeling = Feeling {
        weight: 0.6,
        mood: false,
        negated: false,
        boosts: 0,
        shouted: false,
        side: 0,
        sarcastic: false,
    };

    fn of(feelings: &[Feeling], tone: Tone) -> f64 {
        sentiment(feelings, tone)
    }

    #[test]
    fn nothing_felt_is_nothing_however_loud() {
        assert_eq!(of(&[], Tone { exclamations: 9, ..Tone::default() }), 0.0);
    }

    #[test]
    fn each_sign_moves_it_the_right_way() {
        let one = |f: Feeling| of(&[f], Tone::default());
        let plain = one(GOOD);
        assert!(plain > 0.4 && plain < 0.7);
        assert!(one(Feeling { boosts: 1, ..GOOD }) > plain);
        assert!(one(Feeling { boosts: -1, ..GOOD }) < plain);
        assert!(one(Feeling { shouted: true, ..GOOD }) > plain);
        assert!(one(Feeling { negated: true, ..GOOD }) < 0.0);
        assert!(one(Feeling { sarcastic: true, ..GOOD }) < 0.0);
        assert!(of(&[GOOD], Tone { exclamations: 3, ..Tone::default() }) > plain);
        assert!(of(&[GOOD], Tone { report: true, ..Tone::default() }) < plain);
        assert!(of(&[GOOD], Tone { complaint: 0.9, ..Tone::default() }) < plain);
    }

    #[test]
    fn a_shade_is_neutral_and_a_mild_word_of_a_report_too() {
        assert!(of(&[Feeling { weight: 0.1, ..GOOD }], Tone::default()) < 0.05);
        let mild = Feeling { weight: -0.3, ..GOOD };
        assert!(of(&[mild], Tone::default()) < -0.05);
        assert!(of(&[mild], Tone { report: true, ..Tone::default() }) > -0.05);
    }

    #[test]
    fn a_complaint_without_feeling_is_negative() {
        assert!(of(&[], Tone { complaint: 0.6, ..Tone::default() }) < -0.05);
        assert_eq!(of(&[], Tone { complaint: 0.4, ..Tone::default() }), 0.0);
    }

    #[test]
    fn what_follows_a_but_wins() {
        let praise = Feeling { side: -1, ..GOOD };
        let blame = Feeling { weight: -0.6, side: 1, ..GOOD };
        assert!(of(&[praise, blame], Tone::default()) < -0.2);
    }

    proptest::proptest! {
        #[test]
        fn it_stays_within_its_bounds(weights in proptest::collection::vec(-1.0f64..1.0, 0..60), marks in 0usize..100) {
            let feelings: Vec<Feeling> = weights.into_iter().map(|weight| Feeling { weight, ..GOOD }).collect();
            let tone = Tone { exclamations: marks, ..Tone::default() };
            proptest::prop_assert!(of(&feelings, tone).abs() <= 1.0);
        }
    }
}
