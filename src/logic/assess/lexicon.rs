//! The lexicons: what support staff write in `rules/lexicon/*.toml`, and what is built in.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::Phrases;
use super::written::{Adding, Change, File};
use crate::ground::diagnostic::{Diagnostic, Level, Place};
use crate::ground::entry::RuleFiles;
use crate::logic::rules::unreadable;
use crate::logic::text::Lang;

/// The built-in files; those of a rules folder add to them.
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

    /// Whether it speaks for a complaint, and not against one.
    pub fn is_trouble(self) -> bool {
        !matches!(
            self,
            Self::Wish
                | Self::Praise
                | Self::News
                | Self::Advert
                | Self::Job
                | Self::Shares
                | Self::OtherWording
        )
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
    /// What things do when they fail; denied, it is praise: "didn't leak", "nie im Stich gelassen".
    Failure,
    /// Something that can be complained about: "battery", "order".
    Thing,
    /// The writer, or somebody who is spoken to.
    Person,
}

impl Meaning {
    /// A phrase may have one meaning of each sort.
    pub(super) fn sort(self) -> u8 {
        match self {
            Self::Cue { kind, .. } => kind as u8,
            Self::Feeling { .. } => 100,
            Self::Negation => 101,
            Self::NegationAfter => 102,
            Self::Booster => 103,
            Self::Damper => 104,
            Self::Contrast => 105,
            Self::Sarcasm => 106,
            Self::Irony => 107,
            Self::Failure => 108,
            Self::Thing => 109,
            Self::Person => 110,
        }
    }

    pub(super) fn weight(self) -> f64 {
        match self {
            Self::Cue { weight, .. } | Self::Feeling { weight, .. } => weight,
            _ => 0.0,
        }
    }
}

/// The phrases of one language.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    pub(super) phrases: Phrases,
    pub(super) meanings: Vec<Meaning>,
    /// It lists things, so that a text without any can be told.
    pub(super) has_things: bool,
    /// It lists persons, so that a text without any can be told.
    pub(super) has_persons: bool,
    /// Blocks of cues so far.
    pub(super) groups: usize,
}

/// All lexicons in force.
#[derive(Debug)]
pub struct Lexicons {
    by_lang: BTreeMap<Lang, Lexicon>,
    emoji: Lexicon,
    extensions: Vec<Extension>,
}

/// What one file of a rules folder did to the built-in lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The file.
    pub file: String,
    /// It stands in the place of the built-in list.
    pub replaces: bool,
    /// How many phrases are new or weigh something else.
    pub change: Change,
}

impl Lexicons {
    /// The built-in lexicons, and what the `lexicon/*.toml` of a rules folder add to them or put in their place;
    /// everything that is wrong in those is reported, and a file with an error is left out.
    pub fn load(files: &RuleFiles) -> (Self, Vec<Diagnostic>) {
        let mut all = Self { by_lang: BTreeMap::new(), emoji: Lexicon::default(), extensions: Vec::new() };
        let mut problems = Vec::new();
        let of_staff = files.files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
        let of_staff = of_staff.filter(|(path, _)| path.starts_with("lexicon/") && path.ends_with(".toml"));
        for (built_in, (path, text)) in
            BUILT_IN.map(|file| (true, file)).into_iter().chain(of_staff.map(|file| (false, file)))
        {
            let inside = built_in || files.folder.is_empty();
            let shown = if inside { path.to_owned() } else { format!("{}/{path}", files.folder) };
            let told = problems.len();
            if let Some(extension) = all.add(path, &shown, text, &mut problems)
                && !built_in
                && !problems.iter().skip(told).any(|p| p.level == Level::Error)
            {
                all.extensions.push(extension);
            }
        }
        for lexicon in all.by_lang.values_mut().chain([&mut all.emoji]) {
            lexicon.phrases.settle();
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

    /// What the files of the rules folder did to the built-in lists, in order of their names.
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    fn add(
        &mut self,
        path: &str,
        shown: &str,
        text: &str,
        problems: &mut Vec<Diagnostic>,
    ) -> Option<Extension> {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(e) => {
                let span = e.span().unwrap_or(0..0);
                let place = Place::new(shown, text, span.start, span.end);
                let (said, help) = unreadable(span, e.message(), text);
                problems.push(Diagnostic::error("lexicon-unreadable", said, place).help(help));
                return None;
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
            return None;
        }
        let told = problems.len();
        let mut report = |error: bool, code, message, span: std::ops::Range<usize>| {
            let place = Place::new(shown, text, span.start, span.end);
            problems.push(if error {
                Diagnostic::error(code, message, place)
            } else {
                Diagnostic::warning(code, message, place)
            });
        };
        // Into a copy, so that a file with an error changes nothing.
        let there = if path == EMOJI { Some(&self.emoji) } else { self.by_lang.get(&lang) };
        let mut lexicon = there.filter(|_| !file.replace).cloned().unwrap_or_default();
        let change = Adding::file(&file, &mut lexicon, lang, &mut report);
        if problems.iter().skip(told).any(|p| p.level == Level::Error) {
            return None;
        }
        if path == EMOJI {
            self.emoji = lexicon;
        } else {
            self.by_lang.insert(lang, lexicon);
        }
        Some(Extension { file: shown.to_owned(), replaces: file.replace, change })
    }
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
    fn a_file_of_staff_adds_unless_it_replaces() {
        let load = |text: &str| {
            let file = RuleFile { path: "lexicon/en.toml".into(), text: text.into() };
            let (lexicons, problems) =
                Lexicons::load(&RuleFiles { folder: "rules".into(), files: vec![file] });
            assert_eq!(problems, []);
            let told = lexicons.extensions()[0].clone();
            (lexicons.of(Lang::English).unwrap().meanings.len(), told.replaces, told.change)
        };
        let built_in = Lexicons::load(&RuleFiles::default()).0.of(Lang::English).unwrap().meanings.len();
        let cue = "[[cue]]\nkind = \"malfunction\"\nweight = 0.7\nany = [\"wets the bed\", \"Is Dead\"]\n";
        let change = Change { added: 1, changed: 1 };
        assert_eq!(load(&format!("language = \"en\"\n{cue}")), (built_in + 1, false, change));
        let change = Change { added: 2, changed: 0 };
        assert_eq!(load(&format!("language = \"en\"\nreplace = true\n{cue}")), (2, true, change));
        assert_eq!(
            load(BUILT_IN[0].1),
            (built_in, false, Change::default()),
            "the shipped copy changes nothing"
        );
    }

    #[test]
    fn a_phrase_counts_once_and_the_later_one_wins() {
        let block =
            |weight| format!("[[cue]]\nkind = \"malfunction\"\nweight = {weight}\nany = [\"wets it\"]\n");
        let text = format!("language = \"en\"\n{}{}", block(0.3), block(0.7));
        assert_eq!(with("lexicon/en.toml", &text).first().map(|p| p.code), Some("lexicon-twice"));
        let wrong = "language = \"en\"\n[[cue]]\nkind = \"wish\"\nweight = 0.9\nany = [\"gimme a\"]\n";
        assert_eq!(with("lexicon/en.toml", wrong).first().map(|p| p.code), Some("lexicon-sign"));
    }

    #[test]
    fn a_file_without_language_is_refused() {
        assert_eq!(with("lexicon/xx.toml", "").first().map(|p| p.code), Some("lexicon-language"));
    }
}
