//! How a post reads as a whole. Lexicons know the words that somebody thought of; this knows a little about all words:
//! for each word piece of the table of meanings four learnt figures, and over their sums and what the lexicons found
//! ([`Signs`]) a linear model. `tools/train_tone.py` makes both; models/README.md says from what.

use std::ops::Range;
use std::sync::OnceLock;

use super::signs::{SIGNS, Signs};
use crate::logic::meaning;
use crate::logic::text::{Kind, Token};

/// Neutral, bad, good; and complaint.
const VOICES: usize = 4;
/// What the linear model weighs: the signs and the four sums.
const INPUTS: usize = SIGNS + VOICES;
/// Readers of the feeling part neutral from good and bad at this.
const NEUTRAL: f64 = 0.05;
/// How many words are named as reasons.
const REASONS: usize = 3;
/// A word that pushes less is no reason.
const LEAST_PUSH: f32 = 0.15;

static BUILT_IN: &[u8] = include_bytes!("../../../models/tone.bin");
static TONE: OnceLock<Option<Tone>> = OnceLock::new();

/// What was learnt.
struct Tone {
    /// Four signed bytes for each piece, times these steps.
    rows: &'static [[u8; VOICES]],
    steps: [f32; VOICES],
    /// What the sums of a post start from.
    base: [f32; VOICES],
    bias: [f32; VOICES],
    weights: [[f32; INPUTS]; VOICES],
}

/// What a post says with its words, before the signs are weighed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sums {
    voices: [f32; VOICES],
    /// How much each token pushes towards a complaint.
    pushes: Vec<f32>,
}

/// How a post reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Impression {
    /// Feeling, −1 to 1; within ±0.05 neutral is the likeliest of the three.
    pub(super) feeling: f64,
    /// How likely it is a complaint, in log-odds.
    pub(super) complaint: f64,
}

/// The sums over the words of a post but those in `turned`, which mean something else together; the names of products, in
/// `names`, never speak against a complaint, since whoever complains has to say them. `None` where the table of meanings is switched off, or is not the one that this was
/// learnt with, or knows none of the words.
pub(super) fn sums(tokens: &[Token], turned: &[Range<usize>], names: &[Range<usize>]) -> Option<Sums> {
    let tone = tone()?;
    let (mut voices, mut pieces) = ([0.0; VOICES], 0usize);
    let mut pushes = vec![0.0; tokens.len()];
    for (token, push) in tokens.iter().zip(&mut pushes) {
        let word = matches!(token.kind, Kind::Word | Kind::Tag);
        if !word || turned.iter().any(|range| range.contains(&token.start)) {
            continue;
        }
        let is_name = names.iter().any(|range| range.contains(&token.start));
        meaning::each_piece(&token.folded, |piece| {
            if let Some(row) = tone.rows.get(piece as usize) {
                pieces += 1;
                // The last voice is the complaint.
                if is_name && row.last().is_some_and(|step| i8::from_ne_bytes([*step]) < 0) {
                    return;
                }
                let mut last = 0.0;
                for ((sum, value), step) in voices.iter_mut().zip(row).zip(tone.steps) {
                    let value = step * f32::from(i8::from_ne_bytes([*value]));
                    *sum += value;
                    last = value;
                }
                *push += last;
            }
        });
    }
    if pieces == 0 {
        return None;
    }
    let share = (pieces as f32).sqrt().recip();
    for (sum, base) in voices.iter_mut().zip(tone.base) {
        *sum = *sum * share + base;
    }
    Some(Sums { voices, pushes })
}

/// What the sums and the signs come to: a softmax over three feelings, log-odds of a complaint.
pub(super) fn weigh(sums: &Sums, signs: &Signs) -> Option<Impression> {
    let tone = tone()?;
    let mut voices = tone.bias;
    for (voice, weights) in voices.iter_mut().zip(&tone.weights) {
        let inputs = signs.values().iter().chain(&sums.voices);
        *voice += weights.iter().zip(inputs).map(|(w, x)| w * x).sum::<f32>();
    }
    let [neutral, bad, good, complaint] = voices.map(f64::from);
    let most = neutral.max(bad).max(good);
    let [neutral, bad, good] = [neutral, bad, good].map(|x| (x - most).exp());
    let all = neutral + bad + good;
    Some(Impression { feeling: feeling(neutral / all, bad / all, good / all), complaint })
}

/// Chances of neutral, bad and good as one figure. The likeliest decides on which side of ±[`NEUTRAL`] it lies.
fn feeling(neutral: f64, bad: f64, good: f64) -> f64 {
    let lean = good - bad;
    let ahead = good.max(bad) - neutral;
    if ahead > 0.0 {
        return lean.signum() * (NEUTRAL + (1.0 - NEUTRAL) * ahead);
    }
    if lean == 0.0 { 0.0 } else { 0.99 * NEUTRAL * lean / (lean.abs() - ahead) }
}

/// The words that push most towards a complaint (`toward` 1) or away from one (−1), as the post has them, in its order.
pub(super) fn reasons(sums: &Sums, text: &str, tokens: &[Token], toward: f32) -> String {
    let mut pushes: Vec<(f32, &Token)> = sums.pushes.iter().map(|push| push * toward).zip(tokens).collect();
    pushes.retain(|(push, _)| *push >= LEAST_PUSH);
    pushes.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.start.cmp(&b.1.start)));
    let mut said: Vec<&Token> = Vec::with_capacity(REASONS);
    for (_, token) in pushes {
        if said.len() < REASONS && said.iter().all(|known| known.folded != token.folded) {
            said.push(token);
        }
    }
    said.sort_by_key(|token| token.start);
    said.iter().filter_map(|token| text.get(token.start..token.end)).collect::<Vec<_>>().join(", ")
}

fn tone() -> Option<&'static Tone> {
    TONE.get_or_init(|| Tone::read(BUILT_IN)).as_ref()
}

impl Tone {
    /// Reads what the script wrote: a magic word, the mark of the table of meanings, keys, signs; per voice its step, base,
    /// bias and weights; then four bytes a key. `None` where that is not what stands there, or the table is another one.
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"GSTONE1\n")?;
        let (mark, mut rest) = rest.split_first_chunk::<8>()?;
        let mut number = || {
            let (number, after) = rest.split_first_chunk::<4>()?;
            rest = after;
            Some(*number)
        };
        let keys = u32::from_le_bytes(number()?) as usize;
        let signs = u32::from_le_bytes(number()?) as usize;
        if u64::from_le_bytes(*mark) != meaning::pieces_mark() || signs != SIGNS {
            return None;
        }
        let mut floats = |out: &mut [f32]| {
            for place in out {
                *place = f32::from_le_bytes(number()?);
            }
            Some(())
        };
        let zero = [0.0; VOICES];
        let mut tone =
            Self { rows: &[], steps: zero, base: zero, bias: zero, weights: [[0.0; INPUTS]; VOICES] };
        floats(&mut tone.steps)?;
        floats(&mut tone.base)?;
        floats(&mut tone.bias)?;
        for weights in &mut tone.weights {
            floats(weights)?;
        }
        let (rows, left) = rest.as_chunks::<VOICES>();
        tone.rows = rows;
        (rows.len() == keys && left.is_empty()).then_some(tone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::text::{Lang, tokenize};

    fn voices(text: &str) -> [f32; VOICES] {
        sums(&tokenize(text, Lang::English), &[], &[]).unwrap().voices
    }

    #[test]
    fn words_that_no_lexicon_has_are_read_in_every_language() {
        for (good, bad) in [
            ("what a delightful evening", "what a miserable evening"),
            ("un spectacle éblouissant", "un spectacle lamentable"),
            ("ein zauberhafter Abend", "ein jämmerlicher Abend"),
        ] {
            let (good, bad) = (voices(good), voices(bad));
            assert!(good[2] - good[1] > bad[2] - bad[1] + 0.5, "{good:?} {bad:?}");
        }
    }

    #[test]
    fn a_broken_file_or_one_for_another_table_is_none() {
        assert!(Tone::read(BUILT_IN).is_some());
        for cut in [0, 7, 12, 100, BUILT_IN.len() - 1] {
            assert!(Tone::read(&BUILT_IN[..cut]).is_none());
        }
        let mut other = BUILT_IN.to_vec();
        other[8] ^= 1;
        assert!(Tone::read(other.leak()).is_none());
    }

    #[test]
    fn the_likeliest_feeling_decides() {
        assert!(feeling(0.2, 0.1, 0.7) > 0.3);
        assert!(feeling(0.2, 0.7, 0.1) < -0.3);
        assert!(feeling(0.5, 0.1, 0.4).abs() < NEUTRAL && feeling(0.5, 0.1, 0.4) > 0.0);
        assert_eq!(feeling(0.5, 0.25, 0.25), 0.0);
    }

    #[test]
    fn words_without_letters_of_the_table_say_nothing() {
        assert_eq!(sums(&tokenize("клавиатура 😡", Lang::Other), &[], &[]), None);
        assert_eq!(sums(&[], &[], &[]), None);
    }

    #[test]
    fn the_words_that_push_are_named() {
        let text = "@acme still waiting for my refund, thanks to the weather";
        let tokens = tokenize(text, Lang::English);
        let said = reasons(&sums(&tokens, &[], &[]).unwrap(), text, &tokens, 1.0);
        assert!(said.contains("refund"), "{said}");
    }
}
