//! What can be wrong with rules. One file a mistake or a small family of them: what it is, why it matters, what to
//! do. The codes are stable: editors and scripts rely on them.

pub(super) mod brackets;
pub(super) mod examples;
pub(super) mod fields;
pub(super) mod files;
pub(super) mod ids;
pub(super) mod keys;
pub(super) mod letters;
pub(super) mod lists;
pub(super) mod near;
pub(super) mod operators;
pub(super) mod quotes;
pub(in crate::logic) mod scenario;
pub(super) mod size;
pub(super) mod suggest;
pub(super) mod syntax;
pub(super) mod teams;
pub(super) mod values;
pub(super) mod wildcard;
pub(super) mod words;

use std::ops::Range;

use crate::ground::diagnostic::{Diagnostic, Level, Place};

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
}

impl Problem {
    pub(super) fn error(code: &'static str, range: Range<usize>, message: impl Into<String>) -> Self {
        let (label, help) = (String::new(), String::new());
        Self { code, level: Level::Error, range, message: message.into(), label, help }
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
        }
    }
}
