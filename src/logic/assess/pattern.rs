//! Phrases of a lexicon, and finding them in a post: one look-up a token, then a few comparisons.

use std::collections::HashMap;

use crate::logic::text::{Kind, Lang, Token, fold, tokenize};

/// `...` in a phrase stands for at most so many words.
const GAP: usize = 4;
/// Longest phrase, in words and signs.
const LONGEST: usize = 12;

/// One part of a phrase.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// A word, folded: what a token is, or what its stem is. The word itself is not stemmed: "useful" shares its
    /// English stem with "use".
    Word(String),
    /// `abc*`
    Prefix(String),
    /// `*ing`
    Suffix(String),
    /// `*`
    Any,
    /// `...`
    Gap,
}

impl Part {
    fn holds(&self, token: &Token) -> bool {
        match self {
            Self::Word(word) => token.folded == *word || token.stem == *word,
            Self::Prefix(prefix) => token.folded.starts_with(prefix.as_str()),
            Self::Suffix(suffix) => {
                token.folded.len() > suffix.len() + 1 && token.folded.ends_with(suffix.as_str())
            }
            Self::Any => true,
            Self::Gap => false,
        }
    }
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

/// Where a phrase was found: its number, and the tokens it covers (first, last).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) phrase: usize,
    pub(super) first: usize,
    pub(super) last: usize,
}

/// All phrases of one lexicon, ready to be found.
#[derive(Debug, Default)]
pub(super) struct Phrases {
    parts: Vec<(Vec<Part>, usize)>,
    by_word: HashMap<String, Vec<usize>>,
    by_prefix: HashMap<String, Vec<usize>>,
}

impl Phrases {
    /// Adds a phrase; its number is the count of those added before.
    pub(super) fn add(&mut self, phrase: &str, lang: Lang) -> Result<(), PatternError> {
        let parts = parse(phrase, lang)?;
        let anchor = parts
            .iter()
            .position(|p| matches!(p, Part::Word(_)))
            .or_else(|| parts.iter().position(|p| matches!(p, Part::Prefix(x) if x.len() >= 3)))
            .ok_or(PatternError::NoAnchor)?;
        let number = self.parts.len();
        match parts.get(anchor) {
            Some(Part::Word(word)) => self.by_word.entry(word.clone()).or_default().push(number),
            Some(Part::Prefix(prefix)) => {
                let key: String = prefix.chars().take(3).collect();
                self.by_prefix.entry(key).or_default().push(number);
            }
            _ => {}
        }
        self.parts.push((parts, anchor));
        Ok(())
    }

    /// Every phrase that the tokens hold, each at its first place from each anchor. `sentence` numbers the sentence of
    /// every token: a phrase does not reach over a full stop.
    pub(super) fn find(&self, tokens: &[&Token], sentence: &[usize]) -> Vec<Found> {
        let mut found = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let mut candidates: Vec<usize> = Vec::new();
            candidates.extend(self.by_word.get(&token.folded).into_iter().flatten());
            if token.stem != token.folded {
                candidates.extend(self.by_word.get(&token.stem).into_iter().flatten());
            }
            if !self.by_prefix.is_empty() && token.kind != Kind::Emoji {
                let key: String = token.folded.chars().take(3).collect();
                candidates.extend(self.by_prefix.get(&key).into_iter().flatten());
            }
            candidates.sort_unstable();
            candidates.dedup();
            for phrase in candidates {
                if let Some((first, last)) = self.at(phrase, at, tokens, sentence) {
                    found.push(Found { phrase, first, last });
                }
            }
        }
        found
    }

    fn at(&self, phrase: usize, at: usize, tokens: &[&Token], sentence: &[usize]) -> Option<(usize, usize)> {
        let (parts, anchor) = self.parts.get(phrase)?;
        let same = |i: usize| sentence.get(i) == sentence.get(at);
        if !parts.get(*anchor)?.holds(tokens.get(at)?) {
            return None;
        }
        let last = walk(parts.get(anchor + 1..)?.iter(), at, tokens, &same, 1)?;
        let first = walk(parts.get(..*anchor)?.iter().rev(), at, tokens, &same, -1)?;
        Some((first, last))
    }
}

/// Follows `parts` from the token after `at`, in steps of `step`; returns the last token used. A gap takes the nearest
/// fit, so the work is bounded by the parts times the gap's width.
fn walk<'p>(
    parts: impl Iterator<Item = &'p Part>,
    at: usize,
    tokens: &[&Token],
    same_sentence: &impl Fn(usize) -> bool,
    step: isize,
) -> Option<usize> {
    let (mut at, mut slack) = (at, 0);
    for part in parts {
        if *part == Part::Gap {
            slack = GAP;
            continue;
        }
        at = nearest(part, at, slack, tokens, same_sentence, step)?;
        slack = 0;
    }
    Some(at)
}

/// The nearest token within `slack` further steps that fits.
fn nearest(
    part: &Part,
    at: usize,
    slack: usize,
    tokens: &[&Token],
    same_sentence: &impl Fn(usize) -> bool,
    step: isize,
) -> Option<usize> {
    (1..=slack + 1)
        .filter_map(|n| at.checked_add_signed(step * n as isize))
        .take_while(|i| same_sentence(*i))
        .find(|i| tokens.get(*i).is_some_and(|token| part.holds(token)))
}

fn parse(phrase: &str, lang: Lang) -> Result<Vec<Part>, PatternError> {
    let mut parts = Vec::new();
    for word in phrase.split_whitespace() {
        match word {
            "..." | "…" => parts.push(Part::Gap),
            "*" => parts.push(Part::Any),
            // A mark that the tokenizer would cut to a bare letter ("/s").
            _ if word.starts_with('/') => parts.push(Part::Word(word.to_owned())),
            _ => {
                if let Some(prefix) = word.strip_suffix('*') {
                    parts.push(Part::Prefix(fold(prefix).replace('\'', "")));
                } else if let Some(suffix) = word.strip_prefix('*') {
                    parts.push(Part::Suffix(fold(suffix).replace('\'', "")));
                } else {
                    // The tokenizer decides what a word is: "won't" is one, "re-start" two, "🤬" one.
                    parts.extend(tokenize(word, lang).into_iter().map(|t| Part::Word(t.folded)));
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
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrase: &str, text: &str) -> bool {
        let mut phrases = Phrases::default();
        phrases.add(phrase, Lang::English).unwrap();
        let tokens = tokenize(text, Lang::English);
        let words: Vec<&Token> = tokens.iter().collect();
        let mut n = 0;
        let sentence: Vec<usize> = words
            .iter()
            .map(|t| {
                if t.start > 0 && text[..t.start].trim_end().ends_with('.') {
                    n += 1;
                }
                n
            })
            .collect();
        !phrases.find(&words, &sentence).is_empty()
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
    fn a_phrase_that_matches_everything_is_refused() {
        let mut phrases = Phrases::default();
        assert_eq!(phrases.add("* *ing", Lang::English), Err(PatternError::NoAnchor));
        assert_eq!(phrases.add("too ...", Lang::English), Err(PatternError::GapAtEnd));
        assert_eq!(phrases.add(" ", Lang::English), Err(PatternError::Empty));
    }
}
