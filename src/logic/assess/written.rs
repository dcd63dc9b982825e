//! A lexicon as it is written: the form of its file, and its phrases on the way into a [`Lexicon`].

use std::collections::HashSet;
use std::ops::Range;

use serde::Deserialize;

use super::lexicon::{CueKind, Lexicon, Meaning};
use crate::logic::text::Lang;

/// A list of phrases, each with its place in the file.
type List = Vec<toml::Spanned<String>>;

/// A file of `rules/lexicon`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) language: Option<String>,
    /// It takes the place of what is built in for its language, instead of adding to it.
    #[serde(default)]
    pub(super) replace: bool,
    #[serde(default)]
    cue: Vec<CueEntry>,
    #[serde(default)]
    feeling: Vec<FeelingEntry>,
    #[serde(default)]
    grammar: Grammar,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueEntry {
    kind: CueKind,
    weight: toml::Spanned<f64>,
    #[serde(default, rename = "why")]
    _why: String,
    any: List,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeelingEntry {
    weight: toml::Spanned<f64>,
    #[serde(default, rename = "why")]
    _why: String,
    #[serde(default)]
    mood: bool,
    words: List,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Grammar {
    negation: List,
    boosters: List,
    dampers: List,
    contrast: List,
    sarcasm: List,
    irony: List,
    negation_after: List,
    failures: List,
    things: List,
    persons: List,
}

/// What a file did to the lexicon that was there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Phrases that were not there.
    pub added: usize,
    /// Phrases that were there with another weight.
    pub changed: usize,
}

/// What is wrong at a place: an error or not, its code, and what to say.
pub(super) type Report<'r> = &'r mut dyn FnMut(bool, &'static str, String, Range<usize>);

/// Puts one file after another into a lexicon.
pub(super) struct Adding<'a> {
    lexicon: &'a mut Lexicon,
    lang: Lang,
    change: Change,
    /// Numbers of the phrases that this file has set already.
    set: HashSet<usize>,
    /// Groups of earlier files come before those of this one.
    groups: usize,
    report: Report<'a>,
}

impl<'a> Adding<'a> {
    /// Adds what `file` says. A phrase that is there already takes what the file says of it.
    pub(super) fn file(file: &File, lexicon: &'a mut Lexicon, lang: Lang, report: Report<'a>) -> Change {
        let groups = lexicon.groups;
        lexicon.groups += file.cue.len();
        lexicon.has_things |= !file.grammar.things.is_empty();
        lexicon.has_persons |= !file.grammar.persons.is_empty();
        let mut adding =
            Self { lexicon, lang, change: Change::default(), set: HashSet::new(), groups, report };
        adding.all(file);
        adding.change
    }

    fn all(&mut self, file: &File) {
        for (group, cue) in file.cue.iter().enumerate() {
            let weight = self.weight(&cue.weight);
            if cue.kind.is_trouble() == (weight < 0.0) && weight != 0.0 {
                let side = if cue.kind.is_trouble() { "above" } else { "below" };
                let message = format!("cues of the kind \"{}\" have a weight {side} 0", cue.kind.name());
                (self.report)(false, "lexicon-sign", message, cue.weight.span());
            }
            let group = self.groups + group;
            for phrase in &cue.any {
                self.phrase(phrase, Meaning::Cue { kind: cue.kind, weight, group });
            }
        }
        for feeling in &file.feeling {
            let weight = self.weight(&feeling.weight);
            for phrase in &feeling.words {
                self.phrase(phrase, Meaning::Feeling { weight, mood: feeling.mood });
            }
        }
        let grammar = &file.grammar;
        for (phrases, meaning) in [
            (&grammar.negation, Meaning::Negation),
            (&grammar.boosters, Meaning::Booster),
            (&grammar.dampers, Meaning::Damper),
            (&grammar.contrast, Meaning::Contrast),
            (&grammar.sarcasm, Meaning::Sarcasm),
            (&grammar.irony, Meaning::Irony),
            (&grammar.negation_after, Meaning::NegationAfter),
            (&grammar.failures, Meaning::Failure),
            (&grammar.things, Meaning::Thing),
            (&grammar.persons, Meaning::Person),
        ] {
            for phrase in phrases {
                self.phrase(phrase, meaning);
            }
        }
    }

    fn phrase(&mut self, phrase: &toml::Spanned<String>, meaning: Meaning) {
        let number = match self.lexicon.phrases.add(phrase.get_ref(), self.lang, meaning.sort()) {
            Ok(number) => number,
            Err(e) => {
                let message = format!("\"{}\": {e}", phrase.get_ref());
                return (self.report)(true, "lexicon-phrase", message, phrase.span());
            }
        };
        let Some(there) = self.lexicon.meanings.get_mut(number) else {
            self.lexicon.meanings.push(meaning);
            self.set.insert(number);
            self.change.added += 1;
            return;
        };
        if !self.set.insert(number) {
            if matches!(meaning, Meaning::Cue { .. } | Meaning::Feeling { .. }) {
                let message = format!("\"{}\" stands here twice: it counts once", phrase.get_ref());
                (self.report)(false, "lexicon-twice", message, phrase.span());
            }
        } else if there.weight() != meaning.weight() {
            self.change.changed += 1;
        }
        *there = meaning;
    }

    fn weight(&mut self, given: &toml::Spanned<f64>) -> f64 {
        let weight = *given.get_ref();
        if !(-1.0..=1.0).contains(&weight) {
            let message = format!("the weight {weight} is outside of -1 to 1");
            (self.report)(true, "lexicon-weight", message, given.span());
        }
        weight
    }
}
