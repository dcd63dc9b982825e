//! The assessment of one post: language, sentiment, complaint, and the cues behind them.

use std::collections::BTreeMap;

use super::feeling::{Feeling, REACH, sentiment};
use super::lexicon::{CueKind, Lexicon, Lexicons, Meaning};
use super::pattern::Found;
use crate::ground::diagnostic::Diagnostic;
use crate::ground::entry::RuleFiles;
use crate::ground::post::Post;
use crate::logic::text::{Kind, Lang, Token};

/// A post with this complaint score or more is a complaint.
pub const COMPLAINT_FROM: f64 = 0.5;
/// How much of a complaint plain bad feeling is, without any cue: "this thing is awful" passes, "sad" does not.
const FROM_FEELING: f64 = 0.9;
/// Bad feeling below this is a mood, not a complaint.
const MOOD: f64 = 0.25;
/// One or two stars of five are a complaint by themselves.
const FROM_RATING: f64 = 0.6;
/// Cues that a "not" or "never" before them takes away: "never overheats".
const TAKEN_BY_NEGATION: [CueKind; 4] =
    [CueKind::Malfunction, CueKind::Layout, CueKind::Safety, CueKind::Comparison];

/// One sign that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// What kind of sign.
    pub kind: CueKind,
    /// The words, as the post has them.
    pub words: String,
    /// The weight it was given.
    pub weight: f64,
}

/// What is thought of one post.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// Its language.
    pub lang: Lang,
    /// Feeling, −1 (bad) to 1 (good).
    pub sentiment: f64,
    /// How surely it is a complaint, 0 to 1.
    pub complaint: f64,
    /// It asks for something new: an idea, never an alarm.
    pub idea: bool,
    /// The signs behind it, strongest first.
    pub cues: Vec<Cue>,
    /// There is no lexicon for this language: only emoji and rating were read.
    pub no_lexicon: bool,
}

impl Assessment {
    /// Whether it counts as a complaint.
    pub fn is_complaint(&self) -> bool {
        self.complaint >= COMPLAINT_FROM && !self.idea
    }

    /// Whether somebody could be hurt.
    pub fn is_dangerous(&self) -> bool {
        self.cues.iter().any(|cue| cue.kind == CueKind::Safety)
    }
}

/// Reads posts by the lexicons in force.
#[derive(Debug)]
pub struct Assessor {
    lexicons: Lexicons,
}

impl Assessor {
    /// The built-in lexicons with those of a rules folder over them, and what is wrong in the latter.
    pub fn load(files: &RuleFiles) -> (Self, Vec<Diagnostic>) {
        let (lexicons, problems) = Lexicons::load(files);
        (Self { lexicons }, problems)
    }

    /// What is thought of `post`, whose full text has these tokens and this language.
    pub fn assess(&self, post: &Post, text: &str, tokens: &[Token], lang: Lang) -> Assessment {
        let words: Vec<&Token> =
            tokens.iter().filter(|t| matches!(t.kind, Kind::Word | Kind::Tag | Kind::Emoji)).collect();
        let sentence = sentences(text, &words);
        let mut reading =
            Reading { text, words: &words, sentence: &sentence, feelings: Vec::new(), cues: BTreeMap::new() };
        let lexicon = self.lexicons.of(lang);
        for lexicon in lexicon.into_iter().chain([self.lexicons.emoji()]) {
            reading.read(lexicon);
        }
        let exclamations = text.bytes().filter(|b| *b == b'!').count();
        let felt = sentiment(&reading.feelings, exclamations);
        let sentiment = match stars(post) {
            Some(stars) => (felt + stars).clamp(-1.0, 1.0) * 0.5 + stars * 0.25 + felt * 0.25,
            None => felt,
        };
        let mut cues: Vec<Cue> = reading.cues.into_values().collect();
        cues.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.words.cmp(&b.words)));
        let wish: f64 = cues.iter().filter(|c| c.kind == CueKind::Wish).map(|c| -c.weight).sum();
        let cued: f64 = 1.0 - cues.iter().filter(|c| c.weight > 0.0).map(|c| 1.0 - c.weight).product::<f64>();
        Assessment {
            lang,
            sentiment: sentiment.clamp(-1.0, 1.0),
            complaint: complaint(&cues, felt, stars(post)),
            idea: wish > 0.0 && wish + 0.2 > cued,
            cues,
            no_lexicon: lexicon.is_none(),
        }
    }
}

/// The complaint score: independent signs, each of which could be the reason (noisy or), then what speaks against it.
fn complaint(cues: &[Cue], felt: f64, stars: Option<f64>) -> f64 {
    let mut innocent: f64 = cues.iter().filter(|c| c.weight > 0.0).map(|c| 1.0 - c.weight).product();
    if felt < -MOOD {
        innocent *= 1.0 + FROM_FEELING * (felt + MOOD) / (1.0 - MOOD);
    }
    if stars.is_some_and(|s| s < 0.0) {
        innocent *= 1.0 - FROM_RATING;
    }
    let mut score = 1.0 - innocent;
    for cue in cues.iter().filter(|c| c.weight < 0.0) {
        score *= 1.0 + cue.weight;
    }
    // Good feeling takes some of it away, but a cue is a cue: people are polite.
    score *= 1.0 - 0.4 * felt.max(0.0);
    if stars.is_some_and(|s| s >= 0.5) {
        score *= 0.6;
    }
    score.clamp(0.0, 1.0)
}

/// Stars of 1 to 5 as −1 … 1.
fn stars(post: &Post) -> Option<f64> {
    post.rating.map(|r| ((r - 3.0) / 2.0).clamp(-1.0, 1.0))
}

struct Reading<'t> {
    text: &'t str,
    words: &'t [&'t Token],
    sentence: &'t [usize],
    feelings: Vec<Feeling>,
    /// One cue a group of the lexicon: five words for "slow" are one sign.
    cues: BTreeMap<(CueKind, usize), Cue>,
}

impl Reading<'_> {
    fn read(&mut self, lexicon: &Lexicon) {
        let found = lexicon.phrases.find(self.words, self.sentence);
        let meaning = |f: &Found| lexicon.meanings.get(f.phrase).copied();
        let places = |wanted: Meaning| -> Vec<(usize, usize)> {
            found.iter().filter(|f| meaning(f) == Some(wanted)).map(|f| (f.first, f.last)).collect()
        };
        let negations = places(Meaning::Negation);
        let boosters = places(Meaning::Booster);
        let dampers = places(Meaning::Damper);
        let contrasts = places(Meaning::Contrast);
        let sarcasms = places(Meaning::Sarcasm);
        // The word before which a phrase must stand to act on it: within reach, same sentence, not the phrase itself.
        let acts_on = |by: &[(usize, usize)], at: usize, reach: usize| {
            by.iter()
                .filter(|(_, last)| {
                    *last < at && at - last <= reach && self.sentence.get(*last) == self.sentence.get(at)
                })
                .count()
        };
        let mut taken: Vec<(usize, usize)> = Vec::new();
        let mut felt: Vec<(Found, f64)> = found
            .iter()
            .filter_map(|f| match meaning(f) {
                Some(Meaning::Feeling(weight)) => Some((*f, weight)),
                _ => None,
            })
            .collect();
        // Longer phrases first: "waste of money" hides "waste".
        felt.sort_by_key(|(f, _)| (std::cmp::Reverse(f.last - f.first), f.first, f.phrase));
        for (f, weight) in felt {
            if taken.iter().any(|(first, last)| f.first <= *last && *first <= f.last) {
                continue;
            }
            taken.push((f.first, f.last));
            let side =
                match contrasts.iter().find(|(c, _)| self.sentence.get(*c) == self.sentence.get(f.first)) {
                    Some((c, _)) if f.last < *c => -1,
                    Some(_) => 1,
                    None => 0,
                };
            self.feelings.push(Feeling {
                weight,
                negated: acts_on(&negations, f.first, REACH) % 2 == 1,
                boosts: acts_on(&boosters, f.first, 2) as i32 - acts_on(&dampers, f.first, 2) as i32,
                shouted: self.shouted(f.first),
                side,
                sarcastic: sarcasms.iter().any(|(s, _)| self.sentence.get(*s) == self.sentence.get(f.first)),
            });
        }
        for f in &found {
            let Some(Meaning::Cue { kind, weight, group }) = meaning(f) else { continue };
            // A longer phrase around it says what is meant: "can't wait to" is no "can't".
            let hidden = found.iter().any(|other| {
                matches!(meaning(other), Some(Meaning::Cue { weight: w, .. }) if w.signum() != weight.signum())
                    && other.first <= f.first
                    && f.last <= other.last
                    && other.last - other.first > f.last - f.first
            });
            if hidden {
                continue;
            }
            if TAKEN_BY_NEGATION.contains(&kind) && acts_on(&negations, f.first, 2) > 0 {
                continue;
            }
            // "Great picture, but it switches itself off": what comes before the but does not excuse what follows.
            let excused = contrasts
                .iter()
                .any(|(c, _)| f.last < *c && self.sentence.get(*c) == self.sentence.get(f.first));
            if weight < 0.0 && kind == CueKind::Praise && excused {
                continue;
            }
            let words = self.slice(f);
            self.cues.entry((kind, group)).or_insert(Cue { kind, words, weight });
        }
    }

    fn slice(&self, f: &Found) -> String {
        let (first, last) = (self.words.get(f.first), self.words.get(f.last));
        let (Some(first), Some(last)) = (first, last) else { return String::new() };
        self.text
            .get(first.start..last.end)
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// In capitals, in a text that is not all capitals.
    fn shouted(&self, at: usize) -> bool {
        let capitals = |t: &Token| {
            self.text.get(t.start..t.end).is_some_and(|w| {
                w.chars().filter(|c| c.is_alphabetic()).count() > 2 && !w.chars().any(char::is_lowercase)
            })
        };
        self.words.get(at).is_some_and(|t| capitals(t))
            && self.words.iter().filter(|t| !capitals(t)).count() * 2 > self.words.len()
    }
}

/// The number of the sentence each word stands in.
fn sentences(text: &str, words: &[&Token]) -> Vec<usize> {
    let (mut number, mut end) = (0, 0);
    words
        .iter()
        .map(|word| {
            let between = text.get(end..word.start).unwrap_or_default();
            if between.contains(['.', '!', '?', '\n', ';', '。', '！', '？']) {
                number += 1;
            }
            end = word.end;
            number
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::text::tokenize;

    fn assess_with(text: &str, rating: Option<f64>) -> Assessment {
        let line = serde_json::json!({"id":"1","source":"s","text":text,"created_at":"2025-01-06T00:00:00Z","rating":rating});
        let Ok(crate::ground::post::Incoming::Post(post)) =
            crate::ground::post::parse_line(line.to_string().as_bytes(), None)
        else {
            panic!("no post: {text}")
        };
        let lang = Lang::of(text, None);
        let (assessor, problems) = Assessor::load(&RuleFiles::default());
        assert_eq!(problems, []);
        assessor.assess(&post, text, &tokenize(text, lang), lang)
    }

    fn assess(text: &str) -> Assessment {
        assess_with(text, None)
    }

    #[test]
    fn a_complaint_without_a_negative_word_is_one() {
        for text in [
            "the apostrophe and return keys are too close together",
            "my mini 9 stopped charging after the update",
            "why does it keep disconnecting from wifi?",
            "as teclas são muito próximas uma da outra, sempre aperto enter sem querer",
            "les touches sont beaucoup trop proches, j'appuie toujours sur la mauvaise",
            "die Tasten liegen viel zu nah beieinander",
            "el teclado dejó de funcionar después de la actualización",
        ] {
            let seen = assess(text);
            assert!(seen.is_complaint(), "{text}: {seen:?}");
        }
    }

    #[test]
    fn praise_news_adverts_and_wishes_are_none() {
        for text in [
            "loving my new mini 9, best purchase this year",
            "Aster announces quarterly results, shares up 4%",
            "Aster is hiring firmware engineers in Lisbon",
            "20% off the Mini 9 this weekend with code MINI20",
            "the battery never dies, so happy with it",
            "I wish it came in red",
        ] {
            let seen = assess(text);
            assert!(!seen.is_complaint(), "{text}: {seen:?}");
        }
    }

    #[test]
    fn stars_count() {
        assert!(assess_with("Mini 9", Some(1.0)).is_complaint());
        assert!(!assess_with("Mini 9", Some(5.0)).is_complaint());
        assert!(assess_with("Mini 9", Some(1.0)).sentiment < -0.5);
    }

    #[test]
    fn a_language_without_a_file_says_so_and_reads_emoji() {
        let seen = assess("키보드가 너무 작아요 😡😡");
        assert!(seen.no_lexicon && seen.sentiment < 0.0, "{seen:?}");
    }

    #[test]
    fn hostile_texts_are_read_in_bounded_time() {
        for text in
            ["not ".repeat(50_000), "a\u{301}".repeat(10_000), "too ".repeat(9_000), "😡".repeat(9_000)]
        {
            assert!(assess(text.get(..32_000).unwrap_or(&text)).complaint <= 1.0);
        }
    }
}
