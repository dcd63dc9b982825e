//! Phrases of a lexicon, and finding them in a post. Every word of the lexicon has a number; a post's word is looked up
//! once, and phrases are tried only where their rarest word stands.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::words::{Word, as_face, squeezed};
use crate::logic::text::{Kind, Lang, fold, tokenize};

/// `...` in a phrase stands for at most so many words.
const GAP: usize = 4;
/// Longest phrase, in words and signs.
const LONGEST: usize = 12;
/// A tag may begin or end with a word of so many bytes: "#lovemondays", "#epicfail".
const IN_TAG: usize = 4;

/// One part of a phrase.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    /// A word, folded: what a word of the post is, or what its stem is. The phrase's word itself is not stemmed: "useful"
    /// shares its English stem with "use".
    Word(u32),
    /// `abc*`
    Prefix(String),
    /// `*ing`
    Suffix(String),
    /// `*`
    Any,
    /// `...`
    Gap,
}

/// Why a phrase cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(super) enum PatternError {
    #[error("the phrase is empty")]
    Empty,
    #[error(
        "the phrase needs at least one whole word or word beginning (abc*), or it would match nearly everything"
    )]
    NoAnchor,
    #[error("the phrase has more than {LONGEST} words")]
    TooLong,
    #[error("`...` must stand between two words")]
    GapAtEnd,
}

/// Where a phrase was found: its number, and the words it covers (first, last).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) phrase: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

impl Found {
    /// Whether a longer one covers it.
    pub(super) fn is_inside(&self, other: &Self) -> bool {
        other.first <= self.first
            && self.last <= other.last
            && other.last - other.first > self.last - self.first
    }
}

/// The numbers under which one word of a post is known: as it is, by its stem, by a tag's sign or a stretched word's core.
type Known = [Option<u32>; 3];

#[derive(Clone, Debug)]
struct Phrase {
    parts: Vec<Part>,
    anchor: usize,
}

/// A hash for short words (FNV-1a). Strangers' words are only looked up, never kept, so nobody can make the table slow.
#[derive(Debug)]
struct Short(u64);

impl Default for Short {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Short {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// All phrases of one lexicon, ready to be found.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    numbers: HashMap<Box<str>, u32, BuildHasherDefault<Short>>,
    /// In how many phrases each word stands.
    uses: Vec<u32>,
    phrases: Vec<Phrase>,
    by_word: Vec<Vec<u32>>,
    by_prefix: HashMap<Box<str>, Vec<u32>, BuildHasherDefault<Short>>,
    /// What was added, by its parts and its sort; empty once settled.
    known: HashMap<(Vec<Part>, u8), usize>,
}

impl Phrases {
    /// Adds a phrase; its number is the count of those added before. The same phrase of the same sort is there once: then
    /// the number is the one that it has. [`Phrases::settle`] has to follow the last.
    pub(super) fn add(&mut self, phrase: &str, lang: Lang, sort: u8) -> Result<usize, PatternError> {
        let parts = self.parse(phrase, lang)?;
        let number = self.phrases.len();
        if let Some(there) = self.known.get(&(parts.clone(), sort)) {
            return Ok(*there);
        }
        for part in &parts {
            if let Part::Word(word) = part
                && let Some(uses) = self.uses.get_mut(*word as usize)
            {
                *uses += 1;
            }
        }
        self.known.insert((parts.clone(), sort), number);
        self.phrases.push(Phrase { parts, anchor: 0 });
        Ok(number)
    }

    /// Chooses where each phrase is looked for: at the word that the fewest phrases hold ("pending" of "is pending").
    pub(super) fn settle(&mut self) {
        self.known = HashMap::new();
        self.by_word = vec![Vec::new(); self.numbers.len()];
        self.by_prefix.clear();
        for (number, phrase) in self.phrases.iter_mut().enumerate() {
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            let rarest = phrase
                .parts
                .iter()
                .enumerate()
                .filter_map(|(i, part)| match part {
                    Part::Word(word) => Some((self.uses.get(*word as usize).copied()?, i, *word)),
                    _ => None,
                })
                .min();
            if let Some((_, anchor, word)) = rarest {
                phrase.anchor = anchor;
                if let Some(list) = self.by_word.get_mut(word as usize) {
                    list.push(number);
                }
            } else if let Some((anchor, prefix)) =
                phrase.parts.iter().enumerate().find_map(|(i, p)| match p {
                    Part::Prefix(prefix) if prefix.len() >= 3 => Some((i, prefix)),
                    _ => None,
                })
            {
                phrase.anchor = anchor;
                let key: String = prefix.chars().take(3).collect();
                self.by_prefix.entry(key.into()).or_default().push(number);
            }
        }
    }

    /// Every phrase that the words hold, each at its first place from each anchor. A phrase does not reach over a full stop.
    pub(super) fn find(&self, words: &[Word<'_>]) -> Vec<Found> {
        let known: Vec<Known> = words.iter().map(|word| self.known(word)).collect();
        let mut found = Vec::new();
        for (at, (word, numbers)) in words.iter().zip(&known).enumerate() {
            let from = found.len();
            let mut try_all = |list: Option<&Vec<u32>>| {
                for phrase in list.into_iter().flatten() {
                    if let Some((first, last)) = self.at(*phrase as usize, at, words, &known) {
                        found.push(Found { phrase: *phrase as usize, first, last });
                    }
                }
            };
            for number in numbers.iter().flatten() {
                try_all(self.by_word.get(*number as usize));
            }
            if !self.by_prefix.is_empty() && word.kind != Kind::Emoji {
                let end = word.folded.char_indices().nth(3).map_or(word.folded.len(), |(i, _)| i);
                try_all(self.by_prefix.get(word.folded.get(..end).unwrap_or_default()));
            }
            // In the order of the file, so that the first of a group's phrases gives the cue its words.
            if let Some(new) = found.get_mut(from..) {
                new.sort_unstable_by_key(|f| f.phrase);
            }
        }
        found
    }

    fn known(&self, word: &Word<'_>) -> Known {
        let number = |form: &str| self.numbers.get(form).copied();
        let direct = number(word.folded);
        let by_stem = if word.stem == word.folded { None } else { number(word.stem) };
        let other = match word.kind {
            Kind::Tag => number(&format!("#{}", word.folded)).or_else(|| self.in_tag(word.folded)),
            _ if word.stretched && direct.is_none() => {
                number(&squeezed(word.folded, 1)).or_else(|| number(&squeezed(word.folded, 2)))
            }
            _ => None,
        };
        [
            direct,
            by_stem.filter(|n| direct != Some(*n)),
            other.filter(|n| direct != Some(*n) && by_stem != Some(*n)),
        ]
    }

    /// The longest known word that a tag begins with, or else ends with.
    fn in_tag(&self, tag: &str) -> Option<u32> {
        let cuts = || tag.char_indices().map(|(i, _)| i).filter(|i| *i >= IN_TAG && *i + IN_TAG <= tag.len());
        cuts()
            .rev()
            .find_map(|i| self.numbers.get(tag.get(..i)?))
            .or_else(|| {
                tag.char_indices()
                    .filter(|(i, _)| *i > 0 && *i + IN_TAG <= tag.len())
                    .find_map(|(i, _)| self.numbers.get(tag.get(i..)?))
            })
            .copied()
    }

    fn at(&self, phrase: usize, at: usize, words: &[Word<'_>], known: &[Known]) -> Option<(usize, usize)> {
        let Phrase { parts, anchor } = self.phrases.get(phrase)?;
        let sentence = words.get(at)?.sentence;
        let fits = |part: &Part, i: usize| -> Option<bool> {
            let word = words.get(i)?;
            if word.sentence != sentence {
                return None;
            }
            Some(match part {
                Part::Word(number) => known.get(i)?.contains(&Some(*number)),
                Part::Prefix(prefix) => word.folded.starts_with(prefix.as_str()),
                Part::Suffix(suffix) => {
                    word.folded.len() > suffix.len() + 1 && word.folded.ends_with(suffix.as_str())
                }
                Part::Any => true,
                Part::Gap => false,
            })
        };
        if !fits(parts.get(*anchor)?, at)? {
            return None;
        }
        let last = walk(parts.get(anchor + 1..)?.iter(), at, &fits, 1)?;
        let first = walk(parts.get(..*anchor)?.iter().rev(), at, &fits, -1)?;
        Some((first, last))
    }

    fn parse(&mut self, phrase: &str, lang: Lang) -> Result<Vec<Part>, PatternError> {
        let mut parts = Vec::new();
        for word in phrase.split_whitespace() {
            match word {
                "..." | "…" => parts.push(Part::Gap),
                "*" => parts.push(Part::Any),
                _ => {
                    if let Some(face) = as_face(word) {
                        parts.push(self.word(&face));
                    } else if let Some(tag) = word.strip_prefix('#') {
                        parts.push(self.word(&format!("#{}", fold(tag))));
                    } else if let Some(prefix) = word.strip_suffix('*') {
                        parts.push(Part::Prefix(fold(prefix).replace('\'', "")));
                    } else if let Some(suffix) = word.strip_prefix('*') {
                        parts.push(Part::Suffix(fold(suffix).replace('\'', "")));
                    } else {
                        // The tokenizer decides what a word is: "won't" is one, "re-start" two, "🤬" one.
                        parts.extend(tokenize(word, lang).into_iter().map(|t| self.word(&t.folded)));
                    }
                }
            }
        }
        if parts.is_empty() {
            return Err(PatternError::Empty);
        }
        if parts.len() > LONGEST {
            return Err(PatternError::TooLong);
        }
        if matches!(parts.first(), Some(Part::Gap)) || matches!(parts.last(), Some(Part::Gap)) {
            return Err(PatternError::GapAtEnd);
        }
        let anchored = |p: &Part| matches!(p, Part::Word(_)) || matches!(p, Part::Prefix(x) if x.len() >= 3);
        if !parts.iter().any(anchored) {
            return Err(PatternError::NoAnchor);
        }
        Ok(parts)
    }

    fn word(&mut self, form: &str) -> Part {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(form.into()).or_insert(next);
        if number == next {
            self.uses.push(0);
        }
        Part::Word(number)
    }
}

/// Follows `parts` from the word after `at`, in steps of `step`; returns the last word used. A gap takes the nearest fit,
/// so the work is bounded by the parts times the gap's width.
fn walk<'p>(
    parts: impl Iterator<Item = &'p Part>,
    at: usize,
    fits: &impl Fn(&Part, usize) -> Option<bool>,
    step: isize,
) -> Option<usize> {
    let (mut at, mut slack) = (at, 0);
    for part in parts {
        if *part == Part::Gap {
            slack = GAP;
            continue;
        }
        at = (1..=slack + 1)
            .map_while(|n| {
                let i = at.checked_add_signed(step * n as isize)?;
                Some((i, fits(part, i)?))
            })
            .find_map(|(i, fit)| fit.then_some(i))?;
        slack = 0;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::super::words::{faces, words};
    use super::*;

    fn found(phrase: &str, text: &str) -> bool {
        let mut phrases = Phrases::default();
        phrases.add(phrase, Lang::English, 0).unwrap();
        phrases.settle();
        let tokens = tokenize(text, Lang::English);
        let faces = faces(text);
        !phrases.find(&words(text, &tokens, &faces)).is_empty()
    }

    #[test]
    fn words_match_by_stem_and_without_apostrophes() {
        assert!(found("stopped working", "it stopped working today"));
        assert!(found("crash", "Crashes all day"));
        assert!(found("won't *", "it wont start"));
        assert!(!found("won't *", "it wont"));
    }

    #[test]
    fn gaps_reach_four_words_and_not_over_a_full_stop() {
        assert!(found("too ... together", "too close together"));
        assert!(found("too ... together", "too very much quite close together"));
        assert!(!found("too ... together", "too one two three four five together"));
        assert!(!found("too ... together", "too bad. we go together"));
    }

    #[test]
    fn endings_stand_before_or_after_the_anchor() {
        assert!(found("keeps *ing", "it keeps freezing"));
        assert!(found("*ing instead of", "typing instead of that"));
        assert!(!found("keeps *ing", "it keeps up"));
    }

    #[test]
    fn tags_emoticons_and_stretched_words_are_words() {
        assert!(found("love", "looooove it") && found("love", "#lovemondays") && found("fail", "#epicfail"));
        assert!(found(":-(", "oh no :((") && found("/s", "what a product /s"));
        assert!(found("#not", "so useful #not") && !found("#not", "it is not"));
    }

    #[test]
    fn a_phrase_that_matches_everything_is_refused() {
        let mut phrases = Phrases::default();
        assert_eq!(phrases.add("* *ing", Lang::English, 0), Err(PatternError::NoAnchor));
        assert_eq!(phrases.add("too ...", Lang::English, 0), Err(PatternError::GapAtEnd));
        assert_eq!(phrases.add(" ", Lang::English, 0), Err(PatternError::Empty));
    }
}
