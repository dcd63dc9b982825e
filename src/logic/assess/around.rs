//! What stands around the words with meaning in a post: negations and how far they reach, boosters, contrasts, sarcasm.

use super::lexicon::Meaning;
use super::pattern::Found;
use super::words::Word;

/// Words that a negation behind a feeling reaches backwards.
const REACH_BACK: usize = 2;

pub(super) const NEGATION: u8 = 1;
pub(super) const BOOSTER: u8 = 2;
pub(super) const DAMPER: u8 = 4;
pub(super) const NEGATION_AFTER: u8 = 8;

/// What stands around the words with meaning: negations, boosters, contrasts, sarcasm.
pub(super) struct Around {
    /// What ends at each word.
    pub(super) flags: Vec<u8>,
    /// Number of the sentence of each word.
    pub(super) sentence: Vec<usize>,
    /// First words of contrasts, in order.
    pub(super) contrasts: Vec<usize>,
    /// Sentences with a phrase of sarcasm, in order.
    pub(super) sarcastic: Vec<usize>,
    /// A mark of sarcasm for the whole post: "/s", "#not".
    pub(super) all_sarcastic: bool,
    pub(super) thing: bool,
    pub(super) person: bool,
}

impl Around {
    pub(super) fn of(words: &[Word<'_>], meant: &[(Found, Meaning)]) -> Self {
        let mut around = Self {
            flags: vec![0; words.len()],
            sentence: words.iter().map(|w| w.sentence).collect(),
            contrasts: Vec::new(),
            sarcastic: Vec::new(),
            all_sarcastic: false,
            thing: false,
            person: false,
        };
        for (f, meaning) in meant {
            let flag = match meaning {
                Meaning::Negation => NEGATION,
                Meaning::NegationAfter => NEGATION_AFTER,
                Meaning::Booster => BOOSTER,
                Meaning::Damper => DAMPER,
                _ => 0,
            };
            if let Some(flags) = around.flags.get_mut(f.last) {
                *flags |= flag;
            }
            match meaning {
                Meaning::Contrast => around.contrasts.push(f.first),
                Meaning::Thing => around.thing = true,
                Meaning::Person => around.person = true,
                _ => {}
            }
        }
        // "Not only" denies nothing.
        for (f, _) in meant.iter().filter(|(f, m)| *m == Meaning::Booster && f.last > f.first) {
            for flags in around.flags.get_mut(f.first..=f.last).into_iter().flatten() {
                *flags &= !(NEGATION | NEGATION_AFTER);
            }
        }
        around.contrasts.sort_unstable();
        around
    }

    /// Whether a phrase is a sentence by itself.
    pub(super) fn fills_sentence(&self, f: &Found) -> bool {
        let sentence = self.sentence.get(f.first);
        let other = |i: Option<usize>| i.and_then(|i| self.sentence.get(i)) != sentence;
        other(f.first.checked_sub(1)) && other(Some(f.last + 1))
    }

    /// The last word before `at` that has this flag, or `at`.
    pub(super) fn nearest(&self, at: usize, flag: u8) -> usize {
        let has = |i: &usize| self.flags.get(*i).is_some_and(|f| f & flag != 0);
        (0..at).rev().find(has).unwrap_or(at)
    }

    /// What stands from `first` to `last` acts on nothing any more.
    pub(super) fn forget(&mut self, first: usize, last: usize) {
        if let Some(flags) = self.flags.get_mut(first..=last) {
            flags.fill(0);
        }
    }

    /// Whether there is a negation from `first` to `last`.
    pub(super) fn denies(&self, first: usize, last: usize) -> bool {
        self.flags.get(first..=last).is_some_and(|flags| flags.iter().any(|f| f & NEGATION != 0))
    }

    /// How many of what `flag` says end within `reach` words before `at`, in the same sentence.
    pub(super) fn before(&self, at: usize, reach: usize, flag: u8) -> usize {
        (at.saturating_sub(reach)..at)
            .filter(|i| {
                self.flags.get(*i).is_some_and(|f| f & flag != 0)
                    && self.sentence.get(*i) == self.sentence.get(at)
            })
            .count()
    }

    /// A negation behind the feeling that ends at `at`, if it has nothing of its own to turn: 1 or 0.
    pub(super) fn after(&self, words: &[Word<'_>], at: usize) -> usize {
        let negated = (at + 1..=at + REACH_BACK).any(|i| {
            self.flags.get(i).is_some_and(|f| f & NEGATION_AFTER != 0)
                && self.sentence.get(i) == self.sentence.get(at)
                // "gut, nicht teuer": a comma between them parts them.
                && words.get(at).zip(words.get(at + 1)).is_some_and(|(a, b)| b.start <= a.end + 1)
        });
        usize::from(negated)
    }

    /// Before (−1) or after (1) a contrast of the same sentence, or 0.
    pub(super) fn side(&self, words: &[Word<'_>], f: &Found) -> i8 {
        let Some(sentence) = words.get(f.first).map(|w| w.sentence) else { return 0 };
        let from = self.contrasts.partition_point(|c| self.sentence.get(*c).is_some_and(|s| *s < sentence));
        match self.contrasts.get(from).filter(|c| self.sentence.get(**c) == Some(&sentence)) {
            Some(c) if f.last < *c => -1,
            Some(_) => 1,
            None => 0,
        }
    }

    pub(super) fn is_sarcastic(&self, sentence: usize) -> bool {
        self.all_sarcastic || self.sarcastic.binary_search(&sentence).is_ok()
    }
}
