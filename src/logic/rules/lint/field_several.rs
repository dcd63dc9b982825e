//! `query-field-several`: several values in one test of a field.
//!
//! Why: `source:reddit|bluesky` asks for a source of just that name, which there is none of. Fix: a test for each, joined by OR.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-field-several",
    "Several values in one test of a field",
    "They are taken for one name, which nothing has: the test never holds.",
    Shown::Query("keys source:reddit|bluesky"),
    "keys (source:reddit OR source:bluesky)",
)];

/// `query-field-several`: the whole test of `name`, whose value was written without quotes, stands at `range`.
pub(in crate::logic::rules) fn told(range: Range<usize>, name: &str, value: &str) -> Option<Problem> {
    let signs: &[char] = match name {
        "source" => &['|', ',', ';', '+', '&', '/'],
        "author" => &['|', ';', ','],
        "site" => &['|', ';', ','],
        _ => return None,
    };
    let sign = *signs.iter().find(|sign| value.contains(**sign))?;
    let parts: Vec<&str> = value.split(sign).filter(|part| !part.is_empty()).collect();
    let says = |part: &&str| part.starts_with(|c: char| c.is_alphanumeric() || c == '@');
    if parts.len() < 2 || !parts.iter().all(says) {
        return None;
    }
    let tests: Vec<String> = parts.iter().map(|part| format!("{name}:{part}")).collect();
    let meant = format!("({})", tests.join(" OR "));
    let message = format!("\"{value}\" is taken for one {name}");
    let problem = Problem::warning("query-field-several", range.clone(), message);
    // Sources may have such names.
    if matches!(sign, '/' | '+' | '&') {
        return Some(problem.help(format!("write {meant}; a {name} that has this name stands in quotes")));
    }
    Some(problem.help(format!("write {meant}")).fix(range, meant))
}

/// `author:Ana Maria`: a name of two words without quotes, where `rest` follows the first. Names begin with capitals.
pub(in crate::logic::rules) fn name(range: Range<usize>, first: &str, rest: &str) -> Option<Problem> {
    let is_name = |word: &str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase)
            && word.chars().count() > 1
            && letters.all(|c| c.is_lowercase() || matches!(c, '-' | '\''))
    };
    let second = rest.strip_prefix(' ')?.split([' ', ')']).next()?;
    if !is_name(first) || !is_name(second) {
        return None;
    }
    let message = format!("only \"{first}\" is taken for the author: \"{second}\" is a word to be found");
    let meant = format!("author:\"{first} {second}\"");
    Some(
        Problem::warning("query-field-several", range, message)
            .help(format!("a name of several words stands in quotes: {meant}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_two_words_is_told_from_an_author_and_a_word() {
        let told = |first: &str, rest: &str| name(0..1, first, rest).is_some();
        assert!(told("Ana", " Maria") && told("Ana", " Maria) keys"));
        assert!(!told("Ana", " keys") && !told("ana", " Maria") && !told("Ana", " OR x") && !told("Ana", ""));
    }

    #[test]
    fn values_are_told_from_names() {
        let fix =
            |name: &str, value: &str| told(0..1, name, value).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        assert_eq!(fix("source", "reddit|x").as_deref(), Some("(source:reddit OR source:x)"));
        assert_eq!(fix("site", "a.org,b.org").as_deref(), Some("(site:a.org OR site:b.org)"));
        assert_eq!(fix("source", "reddit/x").as_deref(), Some(""));
        for (name, value) in [("source", "app-store"), ("site", "a.org/forum"), ("author", "ana")] {
            assert_eq!(fix(name, value), None, "{name}:{value}");
        }
    }
}
