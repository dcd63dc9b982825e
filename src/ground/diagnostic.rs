//! A problem in a file that a person wrote: what, where, why, and what to do.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Works, but probably not as meant.
    Warning,
    /// Cannot be put in force.
    Error,
}

/// A place in a file, in bytes and in what an editor shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file, as it was named to us.
    pub file: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place of the bytes `start..end` of `text`, which is the content of `file`.
    pub fn new(file: &str, text: &str, start: usize, end: usize) -> Self {
        let mut start = start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let before = text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Self {
            file: file.to_owned(),
            start,
            end: end.clamp(start, text.len()),
            line: before.matches('\n').count() + 1,
            column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        }
    }
}

/// One problem, in words for the person who edits the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// Stable code, such as `query-unknown-list`.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Where; absent when it is about a file or folder as a whole.
    pub place: Option<Place>,
    /// Words at the place itself.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// A change that mends it and changes nothing else, where there is one that is surely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A change of a file: these bytes of the file of [`Diagnostic::place`] become another text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What stands there instead.
    pub text: String,
}

impl Diagnostic {
    /// An error with a place.
    pub fn error(code: &'static str, message: impl Into<String>, place: Place) -> Self {
        Self {
            code,
            level: Level::Error,
            message: message.into(),
            place: Some(place),
            label: String::new(),
            help: None,
            fix: None,
        }
    }

    /// A warning with a place.
    pub fn warning(code: &'static str, message: impl Into<String>, place: Place) -> Self {
        Self { level: Level::Warning, ..Self::error(code, message, place) }
    }

    /// With words at the place itself.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let place = Place::new("f", "é = 1\nüü x", 11, 12);
        assert_eq!((place.line, place.column), (2, 3));
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let place = Place::new("f", "ab", 7, 9);
        assert_eq!((place.start, place.end, place.column), (2, 2, 3));
    }
}
