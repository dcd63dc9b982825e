//! What can be wrong with rules. One file a mistake or a small family of them: what it is, why it matters, what to
//! do, and the entry of each code in the reference (`docs/rules-diagnostics.md`). The codes are stable: editors and
//! scripts rely on them.
//!
//! A new lint is a warning. The log holds the rules of years, and a replay reads them again: what was in force once must
//! not become an error later, or the replay would decide otherwise than the live run did.

pub(super) mod address_twice;
pub(super) mod brackets;
pub(super) mod claims;
pub(super) mod codes;
pub(super) mod common;
pub(super) mod comparison;
pub(super) mod documented;
pub(super) mod elsewhere;
pub(super) mod entry;
pub(super) mod examples;
pub(super) mod field_blank;
pub(super) mod field_or;
pub(super) mod field_several;
pub(super) mod fields;
pub(super) mod files;
pub(super) mod foreign;
pub(super) mod html;
pub(super) mod ids;
pub(super) mod in_braces;
pub(super) mod in_quotes;
pub(super) mod invisible;
pub(super) mod joined;
pub(super) mod keys;
pub(super) mod letters;
pub(super) mod lexicon;
pub(super) mod list_in_quiet;
pub(super) mod lists;
pub(super) mod looking;
pub(super) mod measured;
pub(super) mod near;
pub(super) mod never;
pub(super) mod numbers;
pub(super) mod operators;
mod over_lines;
pub(super) mod quotes;
pub(super) mod recipients;
pub(super) mod regex;
pub(super) mod renamed;
pub(super) mod routes;
pub(super) mod scale;
pub(in crate::logic) mod scenario;
pub(super) mod segments;
pub(super) mod shadow;
pub(super) mod size;
pub(super) mod slashes;
mod slip_values;
mod slips;
pub(super) mod stems;
pub(super) mod suggest;
pub(in crate::logic) mod syntax;
pub(super) mod team_heading;
pub(super) mod teams;
mod toml_words;
pub(super) mod tongues;
pub(super) mod values;
pub(super) mod was;
pub(super) mod wildcard;
pub(super) mod zones;

use std::ops::Range;

use crate::ground::diagnostic::{Diagnostic, Fix, Level, Place};

/// A problem at some bytes of a text: of a query, or of a file. Whoever knows the file turns it into a diagnostic.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Problem {
    /// Stable code.
    pub(super) code: &'static str,
    /// How bad.
    pub(super) level: Level,
    /// Where.
    pub(super) range: Range<usize>,
    /// What is wrong.
    pub(super) message: String,
    /// Words at the place.
    pub(super) label: String,
    /// What to do.
    pub(super) help: String,
    /// What would mend it and is surely meant: these bytes become this text. Counted as `range` is.
    pub(super) fix: Option<Box<(Range<usize>, String)>>,
}

impl Problem {
    pub(super) fn error(code: &'static str, range: Range<usize>, message: impl Into<String>) -> Self {
        let (label, help) = (String::new(), String::new());
        Self { code, level: Level::Error, range, message: message.into(), label, help, fix: None }
    }

    pub(super) fn warning(code: &'static str, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(code, range, message) }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// `text` in the place of these bytes would mend it, and is surely meant.
    pub(super) fn fix(mut self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.fix = Some(Box::new((range, text.into())));
        self
    }

    pub(super) fn is_error(&self) -> bool {
        self.level == Level::Error
    }

    /// The diagnostic, now that the place is known.
    pub(super) fn at(self, place: Place) -> Diagnostic {
        let help = Some(self.help).filter(|help| !help.is_empty());
        Diagnostic {
            code: self.code,
            level: self.level,
            message: self.message,
            place: Some(place),
            label: self.label,
            help,
            fix: self.fix.map(|fix| Fix { start: fix.0.start, end: fix.0.end, text: fix.1 }),
        }
    }
}

/// What a word of a query, which starts at byte `start`, may have of other tools or other alphabets.
pub(super) fn of_word(word: &str, start: usize) -> Vec<Problem> {
    let mut found = letters::mixed(word, start);
    found.extend(
        regex::of_word(word, start)
            .or_else(|| foreign::of_word(word, start))
            .or_else(|| elsewhere::of_word(word, start))
            .or_else(|| slashes::of_word(word, start))
            .or_else(|| joined::of_word(word, start)),
    );
    found.extend(html::inside(word, start));
    found
}
