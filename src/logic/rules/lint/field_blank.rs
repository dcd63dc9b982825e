//! `query-field-blank`: a blank between a field and its colon.
//!
//! Why: `region :BR` asks for the words "region" and "br", and finds next to nothing. Fix: without the blank.

use super::Problem;
use super::comparison::value_of;
use super::documented::{Doc, Shown};
use super::fields;
use crate::logic::rules::query::TEXTS;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-field-blank",
    "A blank before the colon of a field",
    "Field and value are then words to look for: only posts that write them are found.",
    Shown::Query("keys region :BR"),
    "keys region:BR",
)];

/// `query-field-blank`: `word`, which starts at byte `start`, is followed by `rest`.
pub(in crate::logic::rules) fn told(word: &str, rest: &str, start: usize) -> Option<Problem> {
    let name = fields::called(word)?;
    let after = rest.trim_start();
    let value = value_of(after.strip_prefix(':')?)?;
    // `author :D` smiles.
    let says =
        value.starts_with(['"']) || value.starts_with(char::is_alphanumeric) && value.chars().count() > 1;
    if !says || after.len() == rest.len() {
        return None;
    }
    let end = start + word.len() + (rest.len() - after.len()) + 1 + value.len();
    let message = format!("a blank before the colon: \"{word}\" is looked for as a word here");
    let problem = Problem::warning("query-field-blank", start..end, message).label("no test of a field");
    if !TEXTS.contains(&name) {
        return Some(problem.help(format!("{name} takes a comparison and a number, such as {name}>=1")));
    }
    let meant = format!("{name}:{value}");
    Some(problem.help(format!("write {meant}")).fix(start..end, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colon_apart_is_seen_and_a_smile_is_left() {
        let fix =
            |word: &str, rest: &str| told(word, rest, 0).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        assert_eq!(fix("region", " :BR keys").as_deref(), Some("region:BR"));
        assert_eq!(fix("country", "  :BR)").as_deref(), Some("region:BR"));
        assert_eq!(fix("author", " :\"Ana Maria\"").as_deref(), Some("author:\"Ana Maria\""));
        assert_eq!(fix("rating", " :20").as_deref(), Some(""));
        for (word, rest) in [("author", " :D"), ("region", " :)"), ("region", ":BR"), ("keys", " :BR")] {
            assert_eq!(fix(word, rest), None, "{word}{rest}");
        }
    }
}
