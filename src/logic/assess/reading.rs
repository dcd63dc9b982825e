//! Reading one post by the lexicons: its feelings with what turns them, its cues, and what else matters about it.

use std::collections::BTreeMap;

use super::around::{Around, BOOSTER, DAMPER, NEGATION};
use super::assessment::Cue;
use super::feeling::{Feeling, REACH};
use super::lexicon::{CueKind, Lexicon, Meaning};
use super::pattern::Found;
use super::words::Word;
use crate::logic::text::Kind;

/// Cues that a "not" or "never" before them takes away: "never overheats".
const TAKEN_BY_NEGATION: [CueKind; 4] =
    [CueKind::Malfunction, CueKind::Layout, CueKind::Safety, CueKind::Comparison];
/// How surely a post with a phrase of sarcasm, and one with a phrase of irony, is a complaint by that alone.
const SARCASM: f64 = 0.55;
const IRONY: f64 = 0.4;
/// How far a "never" reaches: "nunca se ha colgado".
const DENIED: usize = 3;
/// How far a negation reaches to what things do when they fail: "not a single drop leaked".
const DENIED_FAILURE: usize = 4;
/// A failure that is denied is so much praise, and praise that is denied so much of a complaint.
const NO_FAILURE: f64 = -0.5;
const NO_PRAISE: f64 = 0.4;
/// A negation before praise denies it within so many words: "not at all impressed with".
const DENIED_PRAISE: usize = 3;
/// A phrase of so much trouble keeps its negation: "won't stop leaking" denies nothing.
const FIRM: f64 = 0.5;
/// After a comma these go on with what was said: "no leaks, drips or squeaks", "does not leak, and does not smell".
const GOES_ON: [&str; 13] =
    ["or", "nor", "and", "oder", "noch", "und", "ou", "ni", "et", "e", "y", "o", "nem"];
/// A verdict that is a whole sentence is so surely a complaint.
const SAID_ALONE: f64 = 0.65;
/// From this strength on, trouble makes a phrase of irony count.
const SOME_TROUBLE: f64 = 0.3;
/// From this strength on, cues of trouble make an opening "Great," ironic.
const TROUBLE: f64 = 0.5;

/// What was found in a post so far.
pub(super) struct Reading<'t> {
    text: &'t str,
    words: &'t [Word<'t>],
    pub(super) feelings: Vec<Feeling>,
    /// One cue a group of the lexicon: five words for "slow" are one sign.
    pub(super) cues: BTreeMap<(CueKind, usize), Cue>,
    /// A phrase of sarcasm: the words mean the opposite of what they say.
    pub(super) sarcastic: bool,
    /// Where feelings stand that a negation turns, in bytes: "not bad" is not what its words are one by one.
    pub(super) turned: Vec<std::ops::Range<usize>>,
    /// Something that can be complained about is named.
    pub(super) thing: bool,
    /// Somebody speaks of themselves or to somebody.
    pub(super) person: bool,
}

impl<'t> Reading<'t> {
    pub(super) fn new(text: &'t str, words: &'t [Word<'t>]) -> Self {
        Self {
            text,
            words,
            feelings: Vec::new(),
            cues: BTreeMap::new(),
            sarcastic: false,
            turned: Vec::new(),
            thing: false,
            person: false,
        }
    }

    /// Adds what one lexicon finds.
    pub(super) fn read(&mut self, lexicon: &Lexicon) {
        let found = lexicon.phrases.find(self.words);
        if found.is_empty() {
            return;
        }
        let meant: Vec<(Found, Meaning)> =
            found.into_iter().filter_map(|f| Some((f, *lexicon.meanings.get(f.phrase)?))).collect();
        let mut around = Around::of(self.words, &meant);
        self.thing |= around.thing;
        self.person |= around.person;
        self.take_cues(&meant, &around);
        self.take_sarcasm(&meant, &mut around);
        self.take_feelings(meant, around);
    }

    /// The strength of the trouble told, 0 to 1.
    fn trouble(&self) -> f64 {
        let troubles = self.cues.values().filter(|c| c.weight > 0.0 && c.kind != CueKind::Distress);
        1.0 - troubles.map(|c| 1.0 - c.weight).product::<f64>()
    }

    fn take_cues(&mut self, meant: &[(Found, Meaning)], around: &Around) {
        let long: Vec<(&Found, f64)> = meant
            .iter()
            .filter_map(|(f, m)| match m {
                Meaning::Cue { weight, .. } if f.last > f.first => Some((f, *weight)),
                _ => None,
            })
            .collect();
        let spared = self.denied_failures(meant, around);
        for (f, meaning) in meant {
            let Meaning::Cue { kind, weight, group } = *meaning else { continue };
            // Staff switch a phrase off by such a weight.
            if weight == 0.0 {
                continue;
            }
            if weight > 0.0 && spared.iter().any(|(first, last)| *first <= f.last && f.first <= *last) {
                continue;
            }
            // A longer phrase around it says what is meant: "can't wait to" is no "can't".
            let hidden = long.iter().any(|(other, w)| w.signum() != weight.signum() && f.is_inside(other));
            let denied = TAKEN_BY_NEGATION.contains(&kind)
                && around.before(f.first, DENIED, NEGATION) > 0
                && !self.is_apart(around.nearest(f.first, NEGATION), f.first);
            // "Great picture, but it switches itself off": what comes before the but does not excuse what follows.
            let overruled = weight < 0.0 && kind == CueKind::Praise && around.side(self.words, f) < 0;
            let praised = |(other, m): &(Found, Meaning)| {
                matches!(m, Meaning::Cue { kind: CueKind::Praise, .. }) && f.is_inside(other)
            };
            let praise =
                kind == CueKind::Praise && !around.denies(f.first, f.last) && !meant.iter().any(praised);
            let denied_by = around.nearest(f.first, NEGATION);
            let together = self.text_between(denied_by, f.first).is_some_and(|text| !text.contains(','));
            if praise && together && around.before(f.first, DENIED_PRAISE, NEGATION) % 2 == 1 {
                let words = self.slice(&Found { first: denied_by, ..*f });
                let cue = Cue { kind: CueKind::Unmet, words, weight: NO_PRAISE };
                self.cues.entry((CueKind::Unmet, usize::MAX)).or_insert(cue);
                continue;
            }
            if !hidden && !denied && !overruled {
                let words = self.slice(f);
                // "Never again." alone in its sentence is said of the thing; "never again will I doubt them" is not.
                let alone = kind == CueKind::Unmet && weight >= SOME_TROUBLE && around.fills_sentence(f);
                let weight = if alone { weight.max(SAID_ALONE) } else { weight };
                self.cues.entry((kind, group)).or_insert(Cue { kind, words, weight });
            }
        }
    }

    /// The words from a negation to the failure that it denies. Each such place is praise.
    fn denied_failures(&mut self, meant: &[(Found, Meaning)], around: &Around) -> Vec<(usize, usize)> {
        let mut spared = Vec::new();
        for (f, _) in meant.iter().filter(|(_, m)| *m == Meaning::Failure) {
            let behind = around.after(self.words, f.last);
            // "My old one never did that, this one leaks": said of something else.
            let apart = self.is_apart(around.nearest(f.first, NEGATION), f.first);
            let before = if apart { 0 } else { around.before(f.first, DENIED_FAILURE, NEGATION) };
            // "Can't pour a cup without it leaking": two negations deny nothing.
            let all = around.before(f.first, 2 * DENIED_FAILURE, NEGATION);
            if before + behind == 0 || before > 0 && all.is_multiple_of(2) {
                continue;
            }
            let first = if before > 0 { around.nearest(f.first, NEGATION) } else { f.first };
            let last = f.last + 2 * behind;
            let firm = |(other, m): &(Found, Meaning)| {
                let trouble = matches!(m, Meaning::Cue { weight, .. } if *weight >= FIRM);
                trouble && before > 0 && other.first <= first && first <= other.last && other.last < f.first
            };
            if meant.iter().any(firm) {
                continue;
            }
            // "My old one never leaked" is said of the old one.
            let of_another = |(other, m): &(Found, Meaning)| {
                let worse =
                    matches!(m, Meaning::Cue { kind: CueKind::Comparison, weight, .. } if *weight > 0.0);
                worse && other.first < first && first <= other.last + 1 && other.last < f.first
            };
            if meant.iter().any(of_another) {
                continue;
            }
            let words = self.slice(&Found { first, ..*f });
            let cue = Cue { kind: CueKind::Praise, words, weight: NO_FAILURE };
            self.cues.entry((CueKind::Praise, usize::MAX)).or_insert(cue);
            // One by one these words read like trouble.
            if let (Some(from), Some(to)) = (self.words.get(first), self.words.get(f.last)) {
                self.turned.push(from.start..to.end);
            }
            self.feelings.push(Feeling {
                weight: -NO_FAILURE,
                mood: false,
                negated: false,
                boosts: 0,
                shouted: false,
                side: around.side(self.words, f),
                sarcastic: false,
            });
            spared.push((first, last));
        }
        spared
    }

    /// Phrases of sarcasm, and of irony where trouble is told: a sign of a complaint, and the praise beside them is none.
    fn take_sarcasm(&mut self, meant: &[(Found, Meaning)], around: &mut Around) {
        let doubtful = self.trouble() >= SOME_TROUBLE
            || meant.iter().any(
                |(_, m)| matches!(m, Meaning::Feeling { weight, mood: false } if *weight <= -SOME_TROUBLE),
            );
        let mut first: Option<(Found, f64)> = None;
        for (f, meaning) in meant {
            // A longer phrase of praise around it says what is meant: "thanks so much for" is no "so much for".
            let praised = |(other, m): &(Found, Meaning)| {
                matches!(m, Meaning::Cue { kind: CueKind::Praise, .. }) && f.is_inside(other)
            };
            let counts = (*meaning == Meaning::Sarcasm || *meaning == Meaning::Irony && doubtful)
                && !meant.iter().any(praised);
            let Some(word) = self.words.get(f.first).filter(|_| counts) else { continue };
            around.sarcastic.push(word.sentence);
            around.all_sarcastic |=
                f.first == f.last && (word.kind == Kind::Tag || word.folded.starts_with('/'));
            let weight = if *meaning == Meaning::Sarcasm { SARCASM } else { IRONY };
            if first.is_none_or(|(_, w)| w < weight) {
                first = Some((*f, weight));
            }
        }
        around.sarcastic.sort_unstable();
        if let Some((f, weight)) = first {
            let cue = Cue { kind: CueKind::Distress, words: self.slice(&f), weight };
            self.sarcastic |= weight == SARCASM;
            self.cues.retain(|(kind, _), _| *kind != CueKind::Praise);
            self.cues.entry((CueKind::Distress, usize::MAX)).or_insert(cue);
        }
    }

    fn take_feelings(&mut self, meant: Vec<(Found, Meaning)>, mut around: Around) {
        let trouble = self.trouble() >= TROUBLE;
        let mut felt: Vec<(Found, f64, bool)> = meant
            .into_iter()
            .filter_map(|(f, m)| match m {
                Meaning::Feeling { weight, mood } => Some((f, weight, mood)),
                _ => None,
            })
            .collect();
        // Longer phrases first: "waste of money" hides "waste".
        felt.sort_by_key(|(f, ..)| (std::cmp::Reverse(f.last - f.first), f.first, f.phrase));
        let mut taken = vec![false; self.words.len()];
        let applause = felt.iter().filter(|(f, w, _)| *w > 0.0 && self.is(f.first, Kind::Emoji)).count() > 1;
        for (f, weight, mood) in felt {
            let Some(covered) = taken.get_mut(f.first..=f.last) else { continue };
            if covered.contains(&true) {
                continue;
            }
            covered.fill(true);
            let Some(word) = self.words.get(f.first) else { continue };
            let denies = f.last > f.first && around.denies(f.first, f.last);
            // "Nobody asked" is a phrase with a feeling; its "nobody" turns nothing else.
            if f.last > f.first {
                around.forget(f.first, f.last);
            }
            let emoji = word.kind == Kind::Emoji;
            let turned = around.before(f.first, REACH, NEGATION) + around.after(self.words, f.last);
            let negated = !emoji && turned % 2 == 1;
            if let Some(last) = self.words.get(f.last).filter(|_| negated || denies) {
                self.turned.push(word.start..last.end);
            }
            self.feelings.push(Feeling {
                weight,
                mood,
                negated,
                boosts: around.before(f.first, 2, BOOSTER) as i32 - around.before(f.first, 2, DAMPER) as i32
                    + i32::from(word.stretched),
                shouted: self.shouted(f.first),
                side: around.side(self.words, &f),
                sarcastic: around.is_sarcastic(word.sentence)
                    || trouble && weight > 0.0 && if emoji { applause } else { self.stands_alone(&f) },
            });
        }
    }

    /// Stands alone before a mark ("Great, …", "Brilliant.") or is hung on at the end ("…, lovely").
    fn stands_alone(&self, f: &Found) -> bool {
        let (Some(first), Some(last)) = (self.words.get(f.first), self.words.get(f.last)) else {
            return false;
        };
        let other_sentence = |w: Option<&Word<'_>>| w.is_none_or(|w| w.sentence != first.sentence);
        let before = f.first.checked_sub(1).and_then(|i| self.words.get(i));
        let begins = other_sentence(f.first.checked_sub(2).and_then(|i| self.words.get(i)));
        let mark =
            self.text.as_bytes().get(last.end).is_none_or(|b| matches!(b, b',' | b'.' | b'!' | b':' | b'\n'));
        let ends = other_sentence(self.words.get(f.last + 1));
        let hung_on = before
            .and_then(|w| self.text.get(w.end..first.start))
            .is_some_and(|between| between.starts_with(','));
        begins && mark || ends && hung_on
    }

    /// Does another clause begin between a negation and the word at `at`? In a list ("no leaks, drips or squeaks") none does.
    fn is_apart(&self, negation: usize, at: usize) -> bool {
        let between = || negation + 1..at;
        let clause = |i: usize| {
            let comma = self.text_between(i - 1, i).is_some_and(|text| text.contains(','));
            comma && self.words.get(i).is_some_and(|word| !GOES_ON.contains(&word.folded))
        };
        negation < at && between().any(clause)
    }

    fn is(&self, at: usize, kind: Kind) -> bool {
        self.words.get(at).is_some_and(|w| w.kind == kind)
    }

    fn text_between(&self, first: usize, last: usize) -> Option<&str> {
        self.text.get(self.words.get(first)?.end..self.words.get(last)?.start)
    }

    fn slice(&self, f: &Found) -> String {
        let (first, last) = (self.words.get(f.first), self.words.get(f.last));
        let (Some(first), Some(last)) = (first, last) else { return String::new() };
        let words = self.text.get(first.start..last.end).unwrap_or_default();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// In capitals, in a text that is not all capitals.
    fn shouted(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(|w| w.capitals)
            && self.words.iter().filter(|w| !w.capitals).count() * 2 > self.words.len()
    }
}
