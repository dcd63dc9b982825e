//! `query-operator-language`: an operator in another language than English.
//!
//! Why: `Deckel ODER Kappe` asks for posts that say "oder", and finds next to none. Fix: OR, AND and NOT are the operators
//! in every language.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-operator-language",
    "An operator in another language",
    "Only AND, OR and NOT join words. Anything else is a word to be found, and the query then demands that people write it.",
    Shown::Query("Deckel ODER Kappe"),
    "Deckel OR Kappe",
)];

/// What people write in capitals and mean as an operator.
const OPERATORS: [(&str, &str); 25] = [
    ("ODER", "OR"),
    ("OU", "OR"),
    ("O", "OR"),
    ("OPPURE", "OR"),
    ("ELLER", "OR"),
    ("LUB", "OR"),
    ("UND", "AND"),
    ("ET", "AND"),
    ("E", "AND"),
    ("Y", "AND"),
    ("OCH", "AND"),
    ("NICHT", "NOT"),
    ("NON", "NOT"),
    ("NO", "NOT"),
    ("NÃO", "NOT"),
    ("NAO", "NOT"),
    ("NIET", "NOT"),
    ("INTE", "NOT"),
    ("ANDNOT", "AND NOT"),
    // English too, in other tools.
    ("EXCEPT", "NOT"),
    ("WITHOUT", "NOT"),
    ("MINUS", "NOT"),
    ("BUT", "AND"),
    ("AND/OR", "OR"),
    ("XOR", "OR"),
];

/// Of these, what is nearly always meant so in small letters too. Those of one letter, and those that say no, are words that
/// people look for.
const SMALL: [&str; 5] = ["oder", "ou", "und", "et", "and/or"];

/// `query-operator-language`: a word that stands between two others; `after` says that one stands before it, and not an
/// operator; `joins`, that a parenthesis or a quote stands beside it on both sides: what stands there alone joins them.
pub(in crate::logic::rules) fn of_word(
    range: Range<usize>,
    word: &str,
    after: bool,
    joins: bool,
) -> Option<Problem> {
    let upper = word.to_uppercase();
    let (_, operator) = OPERATORS.iter().find(|(name, _)| *name == upper)?;
    let capitals = word == upper;
    // NOT follows a word or another operator, the others join two words.
    if !(after || *operator == "NOT" && capitals) || !(capitals || SMALL.contains(&word) || joins) {
        return None;
    }
    let problem = Problem::warning(
        "query-operator-language",
        range.clone(),
        format!("\"{word}\" is a word to be found here, and no operator"),
    )
    .label("operators are AND, OR and NOT in every language")
    .help(format!("write {operator}, or \"{word}\" in quotes if you mean the word"));
    // Whoever looks for the word itself writes it in quotes, as with or and and.
    Some(problem.fix(range, *operator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_people_look_for_are_left() {
        let fix = |word: &str| of_word(0..word.len(), word, true, false).map(|p| p.fix.map(|f| f.1));
        assert_eq!(fix("ODER"), Some(Some("OR".into())));
        assert_eq!(fix("não"), None);
        assert_eq!(fix("oder"), Some(Some("OR".into())));
        assert_eq!(of_word(0..1, "y", true, true).and_then(|p| p.fix).map(|f| f.1), Some("AND".into()));
        assert_eq!(fix("e"), None);
        assert_eq!(fix("Et"), None, "E.T. is a film");
        assert!(
            of_word(0..5, "NICHT", false, false).is_some() && of_word(0..3, "UND", false, false).is_none()
        );
    }
}
