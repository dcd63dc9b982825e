//! The assessment of one post: language, sentiment, complaint, and the cues behind them.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use super::feeling::{Tone, sentiment};
use super::lexicon::{CueKind, Extension, Lexicons};
use super::reading::Reading;
use super::signs::{Found, Signs};
use super::tone::{self, Impression};
use super::words::{faces, words};
use crate::ground::diagnostic::Diagnostic;
use crate::ground::entry::RuleFiles;
use crate::ground::post::Post;
use crate::logic::rules::RuleSet;
use crate::logic::text::{Kind, Lang, Token};

/// A post with this complaint score or more is a complaint.
pub const COMPLAINT_FROM: f64 = 0.5;
/// How much of a complaint plain bad feeling is, without any cue: "this thing is awful" passes, "sad" does not.
const FROM_FEELING: f64 = 0.9;
/// The same where neither a thing nor an account is named: "disgusting behaviour of the away fans".
const FROM_FEELING_AT_LARGE: f64 = 0.6;
/// Bad feeling below this is a mood, not a complaint.
const MOOD: f64 = 0.25;
/// One or two stars of five are a complaint by themselves.
const FROM_RATING: f64 = 0.6;
/// What a named thing or an account that is spoken to adds to signs of a complaint; alone it is none.
const FROM_SUBJECT: f64 = 0.25;
/// Bad feeling of any kind in a post that speaks to an account adds so much: people write to a company when in trouble.
const FROM_FEELING_ADDRESSED: f64 = 0.35;
/// What is left of the signs where neither a thing nor an account is named: trouble with a bus, an exam, a friend.
const NO_SUBJECT: f64 = 0.92;
/// A text of fewer words is no report: "que programa chato".
const REPORT_WORDS: usize = 8;
/// Praise counts for so much against a complaint. People are polite, and a cue is a cue.
const PRAISED: f64 = 0.4;

/// The lexicons and the wording weigh the same in log-odds, and so much is added: people who write to a company or about
/// a product complain more often than the posts did that the wording was learnt from.
const LEXICON_SHARE: f64 = 0.5;
const COMPLAINING: f64 = 0.4;
/// No score of the lexicons is surer than this either way.
const SUREST: f64 = 0.97;
/// What the lexicons call a complaint stays one unless its wording makes it less likely than this (logistic of −2.2 is 0.1).
const UNLIKELY: f64 = -2.197;
/// From this score on the lexicons decide: several phrases, or one that staff gave such a weight, are not argued away.
const CLEAR: f64 = 0.65;
/// From this weight on a sign of safety tells of danger by itself.
const DANGEROUS_FROM: f64 = 0.7;
/// From this feeling on danger is a figure of speech: "sales exploded", "dangerously good".
const FRIENDLY_FROM: f64 = 0.15;
/// From this feeling on a post that complains of nothing is praise.
const PRAISE_FROM: f64 = 0.4;
/// A change of the score by less than this is not worth a reason.
const WORTH_SAYING: f64 = 0.05;

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

    /// Whether it asks for something new and reports no trouble.
    pub fn is_idea(&self) -> bool {
        self.idea
    }

    /// Whether somebody could be hurt: a sign of safety that is no mere idiom ("on fire", "sick burn").
    pub fn is_dangerous(&self) -> bool {
        self.is_complaint()
            && self.sentiment < FRIENDLY_FROM
            && self.cues.iter().any(|cue| cue.kind == CueKind::Safety && cue.weight >= DANGEROUS_FROM)
    }

    /// Whether it is praise and nothing else.
    pub fn is_praise(&self) -> bool {
        self.sentiment >= PRAISE_FROM && !self.is_complaint() && !self.idea
    }
}

/// Whether a rules folder has lexicons of its own.
fn adds(files: &RuleFiles) -> bool {
    files.files.iter().any(|file| file.path.starts_with("lexicon/"))
}

/// Reads posts by the lexicons in force.
#[derive(Debug)]
pub struct Assessor {
    lexicons: Arc<Lexicons>,
    /// Words by which products are called, folded: how a post reads is not read out of them.
    names: BTreeSet<String>,
}

impl Assessor {
    /// The built-in lexicons and what those of a rules folder add, and what is wrong in the latter.
    pub fn load(files: &RuleFiles) -> (Self, Vec<Diagnostic>) {
        let (lexicons, problems) = Lexicons::load(files);
        (Self { lexicons: Arc::new(lexicons), names: BTreeSet::new() }, problems)
    }

    /// What is wrong in the lexicons of a rules folder. Where it has none, nothing is read: what is built in is sound.
    pub fn problems(files: &RuleFiles) -> Vec<Diagnostic> {
        if adds(files) { Self::load(files).1 } else { Vec::new() }
    }

    /// The same without what is wrong. Where a rules folder adds nothing, all share what is built in: to read it takes longer
    /// than to restore a day's snapshot.
    pub fn shared(files: &RuleFiles) -> Arc<Self> {
        static BUILT_IN: LazyLock<Arc<Assessor>> =
            LazyLock::new(|| Arc::new(Assessor::load(&RuleFiles::default()).0));
        if adds(files) {
            return Arc::new(Self::load(files).0);
        }
        Arc::clone(&BUILT_IN)
    }

    /// The same, which knows the products by name: "vesuv" does not speak against a complaint about the Vesuv, whatever else is
    /// called so.
    pub fn naming(&self, rules: &RuleSet) -> Self {
        let names = rules.products.iter().flat_map(crate::logic::rules::Product::names).collect();
        Self { lexicons: Arc::clone(&self.lexicons), names }
    }

    /// What the lexicons of the rules folder did to the built-in ones.
    pub fn extensions(&self) -> &[Extension] {
        self.lexicons.extensions()
    }

    /// What is thought of `post`, whose full text has these tokens and this language.
    pub fn assess(&self, post: &Post, text: &str, tokens: &[Token], lang: Lang) -> Assessment {
        self.assess_by_signs(post, text, tokens, lang).0
    }

    /// The signs of a post that are weighed with its wording, in their order: what tools/train_tone.py learns from.
    pub fn signs(&self, post: &Post, text: &str, tokens: &[Token], lang: Lang) -> Vec<f32> {
        self.assess_by_signs(post, text, tokens, lang).1.values().to_vec()
    }

    /// The same with the signs that were weighed with the wording, from which that is learnt.
    fn assess_by_signs(&self, post: &Post, text: &str, tokens: &[Token], lang: Lang) -> (Assessment, Signs) {
        let faces = faces(text);
        let words = words(text, tokens, &faces);
        let mut reading = Reading::new(text, &words);
        let lexicon = self.lexicons.of(lang);
        if let Some(lexicon) = lexicon {
            reading.read(lexicon);
        }
        reading.read(self.lexicons.emoji());
        let addressed = tokens.iter().any(|t| t.kind == Kind::Handle);
        let exclamations = text.bytes().filter(|b| *b == b'!').count();
        let lively = exclamations > 0 || words.iter().any(|w| w.kind == Kind::Emoji || w.stretched);
        let report = words.len() >= REPORT_WORDS
            && lexicon.is_some_and(|l| l.has_persons)
            && !reading.person
            && !addressed
            && !lively;
        let subject = match lexicon {
            Some(lexicon) if lexicon.has_things => Some(reading.thing || addressed),
            _ => None,
        };
        let stars = stars(post);
        let mut cues: Vec<Cue> = std::mem::take(&mut reading.cues).into_values().collect();
        cues.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()).then_with(|| a.words.cmp(&b.words)));
        let tone = Tone { exclamations, report: false, complaint: 0.0 };
        let said = Said {
            felt: sentiment(&reading.feelings, tone),
            blame: sentiment(reading.feelings.iter().filter(|f| !f.mood), tone),
            subject,
            addressed,
        };
        let lexical = complaint(&cues, &said);
        let idea = is_idea(&cues);
        let found = Found {
            felt: said.felt,
            blame: said.blame,
            complaint: lexical,
            idea,
            addressed,
            report,
            exclamations,
        };
        let signs = Signs::of(text, tokens, &words, &reading, &cues, &found);
        let names = tokens.iter().filter(|token| self.names.contains(&token.folded));
        let names: Vec<_> = names.map(|token| token.start..token.end).collect();
        // Words that mean the opposite of what they say are left to the lexicons.
        let readable = lexicon.is_some() && !reading.sarcastic;
        let sums = readable.then(|| tone::sums(tokens, &reading.turned, &names)).flatten();
        let impression = sums.as_ref().and_then(|sums| tone::weigh(sums, &signs));
        let by_words = || {
            let complaint = if idea { 0.0 } else { lexical };
            sentiment(&reading.feelings, Tone { report, complaint, ..tone })
        };
        let (felt, blended) = match impression {
            Some(Impression { feeling, complaint }) => {
                let felt = if lexical >= CLEAR && feeling > 0.0 && !idea { by_words() } else { feeling };
                (felt, blend(lexical, complaint, clear_by_itself(&cues)))
            }
            None => (by_words(), lexical),
        };
        if let Some(sums) = sums.filter(|_| (blended - lexical).abs() >= WORTH_SAYING) {
            let (kind, toward) =
                if blended > lexical { (CueKind::Wording, 1.0) } else { (CueKind::OtherWording, -1.0) };
            let words = tone::reasons(&sums, text, tokens, toward);
            if !words.is_empty() {
                cues.push(Cue { kind, words, weight: blended - lexical });
            }
        }
        let sentiment = match stars {
            Some(stars) => (felt + stars).clamp(-1.0, 1.0) * 0.5 + stars * 0.25 + felt * 0.25,
            None => felt,
        };
        let assessment = Assessment {
            lang,
            sentiment: sentiment.clamp(-1.0, 1.0),
            complaint: with_stars(blended, stars),
            idea,
            cues: without_repeats(cues),
            no_lexicon: lexicon.is_none(),
        };
        (assessment, signs)
    }
}

/// What is said twice is one reason for those who read them.
fn without_repeats(cues: Vec<Cue>) -> Vec<Cue> {
    let mut kept: Vec<Cue> = Vec::new();
    for cue in cues {
        if !kept.iter().any(|k| k.kind == cue.kind && k.words == cue.words) {
            kept.push(cue);
        }
    }
    kept
}

/// What decides over a complaint besides its cues.
struct Said {
    /// All feeling, −1 to 1.
    felt: f64,
    /// Feeling about things, −1 to 1.
    blame: f64,
    /// Whether something to complain about is named; `None` where the language's lexicon lists no such things.
    subject: Option<bool>,
    /// An account is spoken to.
    addressed: bool,
}

/// The complaint score: independent signs, each of which could be the reason (noisy or), then what speaks against it.
fn complaint(cues: &[Cue], said: &Said) -> f64 {
    let mut innocent: f64 = cues.iter().filter(|c| c.weight > 0.0).map(|c| 1.0 - c.weight).product();
    if said.blame < -MOOD {
        let most = if said.subject == Some(false) { FROM_FEELING_AT_LARGE } else { FROM_FEELING };
        innocent *= 1.0 + most * (said.blame + MOOD) / (1.0 - MOOD);
    }
    if said.addressed && said.felt < -MOOD / 2.0 {
        innocent *= 1.0 - FROM_FEELING_ADDRESSED;
    }
    if innocent < 1.0 && said.subject == Some(true) {
        innocent *= 1.0 - FROM_SUBJECT;
    }
    let mut score = 1.0 - innocent;
    if said.subject == Some(false) {
        score *= NO_SUBJECT;
    }
    for cue in cues.iter().filter(|c| c.weight < 0.0) {
        score *= 1.0 + cue.weight;
    }
    score *= 1.0 - PRAISED * said.felt.max(0.0);
    score.clamp(0.0, 1.0)
}

/// One phrase that is a clear report by its weight: it stands whatever the wording, be a thing named with it or not.
fn clear_by_itself(cues: &[Cue]) -> bool {
    cues.iter().any(|cue| cue.weight >= CLEAR)
}

/// The score of the lexicons and the log-odds of the wording as one score.
fn blend(lexical: f64, wording: f64, clear: bool) -> f64 {
    let sure = lexical.clamp(1.0 - SUREST, SUREST);
    let odds = LEXICON_SHARE * (sure / (1.0 - sure)).ln() + (1.0 - LEXICON_SHARE) * wording + COMPLAINING;
    let blended = 1.0 / (1.0 + (-odds).exp());
    let stays = lexical >= CLEAR || lexical >= COMPLAINT_FROM && (clear || wording >= UNLIKELY);
    if stays { blended.max(COMPLAINT_FROM) } else { blended }
}

/// One or two stars make a complaint, four and more speak against one.
fn with_stars(score: f64, stars: Option<f64>) -> f64 {
    match stars {
        Some(stars) if stars < 0.0 => 1.0 - (1.0 - score) * (1.0 - FROM_RATING),
        Some(stars) if stars >= 0.5 => score * 0.6,
        _ => score,
    }
}

/// A wish, and no report of trouble that is clearly stronger: "please add a dark mode", but not "I wish it had not died".
fn is_idea(cues: &[Cue]) -> bool {
    let wish: f64 = cues.iter().filter(|c| c.kind == CueKind::Wish).map(|c| -c.weight).sum();
    let trouble: f64 = 1.0 - cues.iter().filter(|c| c.weight > 0.0).map(|c| 1.0 - c.weight).product::<f64>();
    wish > 0.0 && wish + 0.2 > trouble
}

/// Stars of 1 to 5 as −1 … 1.
fn stars(post: &Post) -> Option<f64> {
    post.rating.map(|r| ((r - 3.0) / 2.0).clamp(-1.0, 1.0))
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
    fn the_name_of_a_product_does_not_speak_against_a_complaint() {
        let file =
            |path: &str, text: &str| crate::ground::entry::RuleFile { path: path.into(), text: text.into() };
        let product = "[product]\nid = \"vesuv\"\nname = \"Vesuv\"\nmatch = 'vesuv'\nteam = \"t\"\n";
        let teams = "[team.t]\nemail = [\"t@example.org\"]\n";
        let files = vec![file("teams.toml", teams), file("vesuv.toml", product)];
        let files = RuleFiles { folder: "rules".into(), files };
        let named = Assessor::shared(&files).naming(&RuleSet::load(&files).0.unwrap());
        let line = serde_json::json!({"id":"1","source":"s","text":"x","created_at":"2025-01-06T00:00:00Z"});
        let Ok(crate::ground::post::Incoming::Post(post)) =
            crate::ground::post::parse_line(line.to_string().as_bytes(), None)
        else {
            panic!("no post")
        };
        let text = "burned his hand on the vesuv";
        let seen = |by: &Assessor| by.assess(&post, text, &tokenize(text, Lang::English), Lang::English);
        let (with, without) = (seen(&named), seen(&Assessor::shared(&files)));
        assert!(with.complaint > without.complaint, "{with:?} {without:?}");
        assert!(with.cues.iter().all(|cue| !cue.words.contains("vesuv")), "{with:?}");
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
