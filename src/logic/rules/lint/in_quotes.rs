//! A list of alternatives inside quotes.
//!
//! Why: quotes make a phrase, so `"lid OR cap"` finds only who writes "lid or cap", and `"lid, cap, seal"` who writes these three
//! one after the other. Fix: operators stand outside of quotes.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::warning(
        "query-operator-in-quotes",
        "An operator inside quotes",
        r#"Quotes make a phrase: only posts that say "lid or cap" word for word are found."#,
        Shown::Query(r#""lid OR cap""#),
        "lid OR cap",
    ),
    Doc::warning(
        "query-comma-in-quotes",
        "A list with commas inside quotes",
        "Quotes make a phrase: only posts that have these words one after the other are found.",
        Shown::Query(r#""lid, cap, seal""#),
        "lid OR cap OR seal",
    ),
];

/// `query-operator-in-quotes`, `query-comma-in-quotes`: what in `phrase` was not meant as a phrase; `range` has its quotes too.
pub(in crate::logic::rules) fn of_phrase(range: Range<usize>, phrase: &str) -> Option<Problem> {
    // DO NOT OPEN is what stands on lids.
    let shouted = !phrase.chars().any(char::is_lowercase);
    let words: Vec<&str> = phrase.split_whitespace().collect();
    let inner = words.get(1..words.len().saturating_sub(1)).unwrap_or_default();
    // An OR gate is a thing.
    let thing = words.get(1).is_some_and(|word| word.to_lowercase().starts_with("gate"));
    let ends = [words.first().filter(|_| !thing), words.last()].into_iter().flatten();
    let ends: Vec<&&str> = ends.filter(|word| words.len() > 1 && is_operator(word)).collect();
    let inner = inner.iter().find(|word| is_operator(word));
    let operator = inner.or(ends.first().copied()).filter(|_| !shouted);
    if let Some(operator) = operator {
        let problem = Problem::warning(
            "query-operator-in-quotes",
            range.clone(),
            format!("inside quotes \"{operator}\" is a word of the phrase"),
        )
        .label("looked for word for word");
        return Some(match joined(phrase) {
            Some(meant) => problem.help(format!("write {meant}")).fix(range, meant),
            None => problem.help("operators stand outside of the quotes: (\"lid leaks\" OR cap)"),
        });
    }
    let parts = listed(phrase)?;
    // "well, well" may well be what people say.
    if parts.len() < 3 {
        return None;
    }
    let meant = format!("({})", parts.iter().map(|part| quoted(part)).collect::<Vec<_>>().join(" OR "));
    let problem = Problem::warning(
        "query-comma-in-quotes",
        range.clone(),
        "quotes make one phrase of all of this: commas separate nothing in it",
    )
    .label("looked for one after the other");
    Some(problem.help(format!("write {meant}")).fix(range, meant))
}

/// The entries of "lid, cap, seal": short ones, with commas or semicolons between.
pub(in crate::logic::rules) fn listed(text: &str) -> Option<Vec<&str>> {
    let sign = if text.contains(';') { ';' } else { ',' };
    let parts: Vec<&str> = text.split(sign).map(str::trim).collect();
    let short = |part: &&str| {
        (1..=3).contains(&part.split_whitespace().count())
            && part.chars().any(char::is_alphabetic)
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '\''))
    };
    (parts.len() > 1 && parts.iter().all(short)).then_some(parts)
}

/// Is it AND, OR, NOT or NEAR with a distance?
pub(super) fn is_operator(word: &str) -> bool {
    matches!(word, "AND" | "OR" | "NOT")
        || word.strip_prefix("NEAR/").is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()))
}

/// `lid leaks OR cap` as a query, in parentheses.
fn joined(phrase: &str) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    let mut part: Vec<&str> = Vec::new();
    for word in phrase.split_whitespace() {
        if is_operator(word) {
            if !part.is_empty() {
                out.push(quoted(&part.join(" ")));
            } else if word != "NOT" || !out.last().is_some_and(|last| last == "AND" || last == "OR") {
                return None;
            }
            out.push(word.to_owned());
            part.clear();
        } else {
            part.push(word);
        }
    }
    if part.is_empty() {
        return None;
    }
    out.push(quoted(&part.join(" ")));
    Some(format!("({})", out.join(" ")))
}

fn quoted(part: &str) -> String {
    if part.chars().all(char::is_alphanumeric) { part.to_owned() } else { format!("\"{part}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told_and_real_phrases_are_left() {
        let fix = |phrase: &str| of_phrase(0..1, phrase).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        assert_eq!(fix("lid OR cap").as_deref(), Some("(lid OR cap)"));
        assert_eq!(fix("lid leaks NEAR/3 cap").as_deref(), Some("(\"lid leaks\" NEAR/3 cap)"));
        assert_eq!(fix("lid AND NOT cap").as_deref(), Some("(lid AND NOT cap)"));
        assert_eq!(fix("lid OR OR cap").as_deref(), Some(""));
        assert_eq!(fix("lid, screw cap, seal").as_deref(), Some("(lid OR \"screw cap\" OR seal)"));
        for phrase in
            ["lid or cap", "DO NOT OPEN", "OR gate", "well, well", "no, the lid does not close, ever"]
        {
            assert_eq!(fix(phrase), None, "{phrase}");
        }
    }
}
