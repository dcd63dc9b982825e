//! The signs of one post that are weighed together with how its words read: what the lexicons came to, and its form.

use super::feeling::{squash, value};
use super::lexicon::CueKind;
use super::reading::Reading;
use super::words::Word;
use crate::logic::assess::Cue;
use crate::logic::text::{Kind, Token};

/// How many there are; a trained model is for these and no others.
pub(super) const SIGNS: usize = 35;
/// Cues in the order of their signs; a new kind has none until a model is trained with it.
const KINDS: [CueKind; 15] = [
    CueKind::Malfunction,
    CueKind::Unmet,
    CueKind::Comparison,
    CueKind::Workaround,
    CueKind::Distress,
    CueKind::Layout,
    CueKind::Safety,
    CueKind::Service,
    CueKind::Price,
    CueKind::Wish,
    CueKind::Praise,
    CueKind::News,
    CueKind::Advert,
    CueKind::Job,
    CueKind::Shares,
];
/// All cues of one kind weigh at most so much together.
const MOST_OF_A_KIND: f64 = 1.5;

/// What the lexicons came to.
pub(super) struct Found {
    /// All feeling, and feeling about things, −1 to 1.
    pub(super) felt: f64,
    pub(super) blame: f64,
    /// The complaint score by the lexicons alone.
    pub(super) complaint: f64,
    pub(super) idea: bool,
    pub(super) addressed: bool,
    pub(super) report: bool,
    pub(super) exclamations: usize,
}

/// The signs of one post, in the order in which a model weighs them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Signs([f32; SIGNS]);

impl Signs {
    /// Of a post that was read.
    pub(super) fn of(
        text: &str,
        tokens: &[Token],
        words: &[Word<'_>],
        reading: &Reading<'_>,
        cues: &[Cue],
        found: &Found,
    ) -> Self {
        let yes = |is: bool| f64::from(u8::from(is));
        let (mut good, mut bad) = (0.0, 0.0);
        for felt in reading.feelings.iter().map(value) {
            *(if felt > 0.0 { &mut good } else { &mut bad }) += felt.abs();
        }
        let mut kinds = [0.0; KINDS.len()];
        for (sum, kind) in kinds.iter_mut().zip(KINDS) {
            let weights = cues.iter().filter(|c| c.kind == kind).map(|c| c.weight.abs());
            *sum = weights.sum::<f64>().min(MOST_OF_A_KIND);
        }
        let (mut tags, mut capitals, mut figures, mut emoji, mut stretched) = (0u8, 0u8, 0u8, 0u8, false);
        for word in words {
            tags += u8::from(word.kind == Kind::Tag && tags < 3);
            capitals += u8::from(word.capitals && capitals < 3);
            emoji += u8::from(word.kind == Kind::Emoji && emoji < 3);
            figures += u8::from(figures < 3 && word.folded.bytes().all(|b| b.is_ascii_digit()));
            stretched |= word.stretched;
        }
        let questions = text.bytes().filter(|b| *b == b'?').count();
        let head = [found.felt, squash(good), squash(bad), found.blame, found.complaint, yes(found.idea)];
        let form = [
            yes(found.addressed),
            yes(tokens.first().is_some_and(|t| t.kind == Kind::Handle)),
            yes(reading.thing),
            yes(reading.person),
            yes(found.report),
            found.exclamations.min(3) as f64,
            questions.min(2) as f64,
            yes(tokens.iter().any(|t| t.kind == Kind::Link)),
            f64::from(tags),
            (words.len() as f64 + 1.0).ln(),
            yes(stretched),
            f64::from(capitals),
            f64::from(figures),
            f64::from(emoji),
        ];
        let mut signs = [0.0; SIGNS];
        for (sign, value) in signs.iter_mut().zip(head.iter().chain(&kinds).chain(&form)) {
            *sign = *value as f32;
        }
        Self(signs)
    }

    pub(super) fn values(&self) -> &[f32; SIGNS] {
        &self.0
    }
}
