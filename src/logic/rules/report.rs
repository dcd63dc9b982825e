//! Diagnostics for people, and for programs.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level as Shown, Renderer, Snippet};

use super::lint::documented;
use super::load::shown_name;
use super::query::ALONE;
use crate::ground::diagnostic::{Diagnostic, Level};
use crate::ground::entry::{RuleFile, RuleFiles};

/// Most diagnostics that are shown; the rest is only counted.
const MOST_SHOWN: usize = 100;
/// Columns of the terminal that is written for.
const WIDTH: usize = 120;

/// The diagnostics as people read them, in the manner of cargo: what, the line it stands in, what to do; and a line
/// that counts them. Empty when there are none. `files` gives the lines (for a query that stands alone, see
/// [`query_file`]).
pub fn to_text(diags: &[Diagnostic], files: &RuleFiles, colour: bool) -> String {
    if diags.is_empty() {
        return String::new();
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(WIDTH);
    let mut out = String::new();
    for diagnostic in diags.iter().take(MOST_SHOWN) {
        out.push_str(&one(diagnostic, files, &renderer));
        out.push_str("\n\n");
    }
    if diags.len() > MOST_SHOWN {
        let _ = writeln!(out, "… and {} more\n", diags.len() - MOST_SHOWN);
    }
    let errors = diags.iter().filter(|d| d.level == Level::Error).count();
    let _ = writeln!(out, "{}, {}", count(errors, "error"), count(diags.len() - errors, "warning"));
    out
}

/// The diagnostics for programs: one JSON object a line, in the same order, with `code`, `level` (`"error"` or
/// `"warning"`), `message`, `place` (`null`, or `file`, `start` and `end` in bytes, `line` and `column` from 1),
/// `label` and `help` (`null` or a text).
pub fn to_json(diags: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diags {
        if let Ok(line) = serde_json::to_string(diagnostic) {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// The reference of all codes, as Markdown.
pub fn reference() -> String {
    documented::reference()
}

/// The entry of one code in the reference, as Markdown.
pub fn explain(code: &str) -> Option<String> {
    documented::all().into_iter().find(|doc| doc.code == code).map(documented::entry)
}

/// Every code.
pub fn codes() -> Vec<&'static str> {
    documented::all().into_iter().map(|doc| doc.code).collect()
}

/// A query that stands alone as a file, so that [`to_text`] can show the place in it.
pub fn query_file(text: &str) -> RuleFiles {
    let file = RuleFile { path: ALONE.to_owned(), text: text.to_owned() };
    RuleFiles { folder: String::new(), files: vec![file] }
}

fn one(diagnostic: &Diagnostic, files: &RuleFiles, renderer: &Renderer) -> String {
    let level = match diagnostic.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
    };
    let mut group = level
        .primary_title(diagnostic.message.as_str())
        .id(diagnostic.code)
        .elements(std::iter::empty::<annotate_snippets::Message<'_>>());
    if let Some(place) = &diagnostic.place {
        let file = files.files.iter().find(|file| shown_name(&files.folder, &file.path) == place.file);
        let text = file.map_or("", |file| file.text.as_str());
        // Only the lines in question: a file of a megabyte would be looked through for every problem.
        let start = text.get(..place.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
        let after = text.get(place.end..).and_then(|rest| rest.find('\n'));
        let end = after.map_or(text.len(), |at| place.end + at);
        let lines = text.get(start..end).unwrap_or_default();
        let span = place.start.saturating_sub(start)..place.end.saturating_sub(start).min(lines.len());
        let mut annotation = AnnotationKind::Primary.span(span);
        if !diagnostic.label.is_empty() {
            annotation = annotation.label(diagnostic.label.as_str());
        }
        let snippet =
            Snippet::source(lines).line_start(place.line).path(place.file.as_str()).annotation(annotation);
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Shown::HELP.message(help.as_str()));
    }
    renderer.render(&[group])
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::super::parse_query;
    use super::*;

    #[test]
    fn json_is_one_object_a_line_with_the_place() {
        let json = to_json(&parse_query("cr* OR (a").unwrap_err());
        let lines: Vec<serde_json::Value> = json.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["code"], "query-wildcard-short");
        assert_eq!(lines[1]["place"]["column"], 8);
        assert_eq!(lines[1]["level"], "error");
    }

    #[test]
    fn colour_only_when_asked() {
        let problems = parse_query("(a").unwrap_err();
        let files = query_file("(a");
        assert!(!to_text(&problems, &files, false).contains('\u{1b}'));
        assert!(to_text(&problems, &files, true).contains('\u{1b}'));
        assert_eq!(to_text(&[], &files, true), "");
    }

    #[test]
    fn no_more_is_shown_than_a_person_reads() {
        let problems = vec![parse_query("(a").unwrap_err().remove(0); 250];
        let text = to_text(&problems, &query_file("(a"), false);
        assert!(text.contains("and 150 more") && text.ends_with("250 errors, 0 warnings\n"));
    }
}
