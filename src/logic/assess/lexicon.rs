//! The lexicons: what support staff write in `rules/lexicon/*.toml`, and what is built in.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::Phrases;
use crate::ground::diagnostic::{Diagnostic, Level, Place};
use crate::ground::entry::RuleFiles;
use crate::logic::text::Lang;

/// The built-in files; a file of the same name in the rules folder takes the place of one.
pub(super) const BUILT_IN: [(&str, &str); 6] = [
    ("lexicon/en.toml", include_str!("../../../rules/lexicon/en.toml")),
    ("lexicon/pt.toml", include_str!("../../../rules/lexicon/pt.toml")),
    ("lexicon/fr.toml", include_str!("../../../rules/lexicon/fr.toml")),
    ("lexicon/es.toml", include_str!("../../../rules/lexicon/es.toml")),
    ("lexicon/de.toml", include_str!("../../../rules/lexicon/de.toml")),
    (EMOJI, include_str!("../../../rules/lexicon/emoji.toml")),
];
const EMOJI: &str = "lexicon/emoji.toml";

/// What kind of sign a cue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CueKind {
    /// It does not work.
    Malfunction,
    /// It is not what was promised.
    Unmet,
    /// It is worse than something else.
    Comparison,
    /// What people do instead.
    Workaround,
    /// A question in distress.
    Distress,
    /// Too close, too small, hard to reach.
    Layout,
    /// Somebody could be hurt.
    Safety,
    /// How people were treated.
    Service,
    /// Money.
    Price,
    /// An idea, not a complaint.
    Wish,
    /// Praise.
    Praise,
    /// News.
    News,
    /// An advert.
    Advert,
    /// A job offer.
    Job,
    /// Talk of the share price.
    Shares,
    /// How its words read as a whole, by a trained model: no lexicon has it.
    #[serde(skip)]
    Wording,
    /// The same, where that speaks against a complaint.
    #[serde(skip)]
    OtherWording,
}

impl CueKind {
    /// The name as it is written in files and output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malfunction => "malfunction",
            Self::Unmet => "unmet",
            Self::Comparison => "comparison",
            Self::Workaround => "workaround",
            Self::Distress => "distress",
            Self::Layout => "layout",
            Self::Safety => "safety",
            Self::Service => "service",
            Self::Price => "price",
            Self::Wish => "wish",
            Self::Praise => "praise",
            Self::News => "news",
            Self::Advert => "advert",
            Self::Job => "job",
            Self::Shares => "shares",
            Self::Wording => "reads like a complaint",
            Self::OtherWording => "reads unlike a complaint",
        }
    }
}

/// What a phrase means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Meaning {
    Cue {
        kind: CueKind,
        weight: f64,
        group: usize,
    },
    /// `mood`: about the writer's own day rather than about a thing.
    Feeling {
        weight: f64,
        mood: bool,
    },
    Negation,
    /// Turns the feeling before it: "j'aime *pas*", "gefällt mir *nicht*".
    NegationAfter,
    Booster,
    Damper,
    Contrast,
    Sarcasm,
    /// Praise that is ironic in the company of trouble: "love it when", "congratulations on".
    Irony,
    /// Something that can be complained about: "battery", "order".
    Thing,
    /// The writer, or somebody who is spoken to.
    Person,
}

/// The phrases of one language.
#[derive(Debug, Default)]
pub struct Lexicon {
    pub(super) phrases: Phrases,
    pub(super) meanings: Vec<Meaning>,
    /// It lists things, so that a text without any can be told.
    pub(super) has_things: bool,
    /// It lists persons, so that a text without any can be told.
    pub(super) has_persons: bool,
}

/// All lexicons in force.
#[derive(Debug)]
pub struct Lexicons {
    by_lang: BTreeMap<Lang, Lexicon>,
    emoji: Lexicon,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    language: Option<String>,
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
    any: Vec<toml::Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FeelingEntry {
    weight: toml::Spanned<f64>,
    #[serde(default, rename = "why")]
    _why: String,
    #[serde(default)]
    mood: bool,
    words: Vec<toml::Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Grammar {
    negation: Vec<toml::Spanned<String>>,
    boosters: Vec<toml::Spanned<String>>,
    dampers: Vec<toml::Spanned<String>>,
    contrast: Vec<toml::Spanned<String>>,
    sarcasm: Vec<toml::Spanned<String>>,
    irony: Vec<toml::Spanned<String>>,
    negation_after: Vec<toml::Spanned<String>>,
    things: Vec<toml::Spanned<String>>,
    persons: Vec<toml::Spanned<String>>,
}

impl Lexicons {
    /// The built-in lexicons, with the `lexicon/*.toml` of a rules folder over them; everything that is wrong in those
    /// is reported, and a file with an error is left out.
    pub fn load(files: &RuleFiles) -> (Self, Vec<Diagnostic>) {
        let mut texts: BTreeMap<&str, &str> = BUILT_IN.into_iter().collect();
        for file in &files.files {
            if file.path.starts_with("lexicon/") && file.path.ends_with(".toml") {
                texts.insert(&file.path, &file.text);
            }
        }
        let mut all = Self { by_lang: BTreeMap::new(), emoji: Lexicon::default() };
        let mut problems = Vec::new();
        for (path, text) in texts {
            let shown =
                if files.folder.is_empty() { path.to_owned() } else { format!("{}/{path}", files.folder) };
            all.add(path, &shown, text, &mut problems);
        }
        (all, problems)
    }

    /// The lexicon of a language; texts of unknown language are read as English. `None` where there is no file.
    pub fn of(&self, lang: Lang) -> Option<&Lexicon> {
        self.by_lang.get(if lang == Lang::Other { &Lang::English } else { &lang })
    }

    /// What emoji mean, in every language.
    pub fn emoji(&self) -> &Lexicon {
        &self.emoji
    }

    fn add(&mut self, path: &str, shown: &str, text: &str, problems: &mut Vec<Diagnostic>) {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(e) => {
                let span = e.span().unwrap_or(0..0);
                let place = Place::new(shown, text, span.start, span.end);
                problems.push(Diagnostic::error("lexicon-unreadable", e.message().to_owned(), place).help(
                    "compare with the form of the other files in this folder; README.md there explains it",
                ));
                return;
            }
        };
        let lang = file.language.as_deref().map_or(Lang::Other, Lang::from_tag);
        if path != EMOJI && lang == Lang::Other {
            problems.push(
                Diagnostic::error(
                    "lexicon-language",
                    "the file does not say which language it is for",
                    Place::new(shown, text, 0, 0),
                )
                .help("begin it with a line such as: language = \"pt\""),
            );
            return;
        }
        let lexicon = build(file, lang, &mut |code, message, span| {
            let place = Place::new(shown, text, span.start, span.end);
            problems.push(Diagnostic::error(code, message, place));
        });
        if problems
            .iter()
            .any(|p| p.level == Level::Error && p.place.as_ref().is_some_and(|at| at.file == shown))
        {
            return;
        }
        if path == EMOJI {
            self.emoji = lexicon;
        } else {
            self.by_lang.insert(lang, lexicon);
        }
    }
}

type Report<'r> = &'r mut dyn FnMut(&'static str, String, std::ops::Range<usize>);

fn build(file: File, lang: Lang, report: Report<'_>) -> Lexicon {
    let mut lexicon = Lexicon::default();
    for (group, cue) in file.cue.iter().enumerate() {
        let weight = weight(&cue.weight, report);
        for phrase in &cue.any {
            lexicon.add(phrase, lang, Meaning::Cue { kind: cue.kind, weight, group }, report);
        }
    }
    for feeling in &file.feeling {
        let weight = weight(&feeling.weight, report);
        for phrase in &feeling.words {
            lexicon.add(phrase, lang, Meaning::Feeling { weight, mood: feeling.mood }, report);
        }
    }
    let grammar = [
        (&file.grammar.negation, Meaning::Negation),
        (&file.grammar.boosters, Meaning::Booster),
        (&file.grammar.dampers, Meaning::Damper),
        (&file.grammar.contrast, Meaning::Contrast),
        (&file.grammar.sarcasm, Meaning::Sarcasm),
        (&file.grammar.irony, Meaning::Irony),
        (&file.grammar.negation_after, Meaning::NegationAfter),
        (&file.grammar.things, Meaning::Thing),
        (&file.grammar.persons, Meaning::Person),
    ];
    for (phrases, meaning) in grammar {
        for phrase in phrases {
            lexicon.add(phrase, lang, meaning, report);
        }
    }
    lexicon.has_things = !file.grammar.things.is_empty();
    lexicon.has_persons = !file.grammar.persons.is_empty();
    lexicon.phrases.settle();
    lexicon
}

impl Lexicon {
    fn add(&mut self, phrase: &toml::Spanned<String>, lang: Lang, meaning: Meaning, report: Report<'_>) {
        match self.phrases.add(phrase.get_ref(), lang) {
            Ok(()) => self.meanings.push(meaning),
            Err(e) => report("lexicon-phrase", format!("\"{}\": {e}", phrase.get_ref()), phrase.span()),
        }
    }
}

fn weight(given: &toml::Spanned<f64>, report: Report<'_>) -> f64 {
    let weight = *given.get_ref();
    if !(-1.0..=1.0).contains(&weight) {
        report("lexicon-weight", format!("the weight {weight} is outside of -1 to 1"), given.span());
    }
    weight
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::RuleFile;

    fn with(path: &str, text: &str) -> Vec<Diagnostic> {
        let files = RuleFiles {
            folder: "rules".into(),
            files: vec![RuleFile { path: path.into(), text: text.into() }],
        };
        Lexicons::load(&files).1
    }

    #[test]
    fn the_built_in_files_have_no_problem() {
        let (lexicons, problems) = Lexicons::load(&RuleFiles::default());
        assert_eq!(problems, []);
        for lang in [Lang::English, Lang::Portuguese, Lang::French, Lang::Spanish, Lang::German] {
            assert!(lexicons.of(lang).is_some(), "{lang:?}");
        }
        assert!(lexicons.of(Lang::Korean).is_none());
    }

    #[test]
    fn a_mistake_is_shown_at_its_place() {
        let problems =
            with("lexicon/it.toml", "language = \"it\"\n[[feeling]]\nweight = 3\nwords = [\"* *\"]\n");
        let seen: Vec<_> =
            problems.iter().map(|p| (p.code, p.place.as_ref().map(|at| (at.line, at.column)))).collect();
        assert_eq!(seen, [("lexicon-weight", Some((3, 10))), ("lexicon-phrase", Some((4, 10)))]);
    }

    #[test]
    fn a_file_without_language_is_refused() {
        assert_eq!(with("lexicon/xx.toml", "").first().map(|p| p.code), Some("lexicon-language"));
    }
}
