//! Signs of other tools that would pass as text.
//!
//! Why: `stuc?` finds nothing but the word "stuc", and `keys W/8 close` asks for the words "w" and "8"; both look as if
//! they worked. Fix: the signs of this language.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::warning(
        "query-foreign-near",
        "A distance as other tools write it",
        "It would be looked for as a word.",
        Shown::Query("keys W/8 close"),
        "keys NEAR/8 close",
    ),
    Doc::warning(
        "query-foreign-wildcard",
        "A question mark or percent sign as a wildcard",
        r#"It is taken as punctuation: `stuc?` finds the word "stuc" alone."#,
        Shown::Query("keys stuc?"),
        "keys (stuck OR stuc)",
    ),
];

/// Words that other tools write before the number of a distance, and whether the order counts there.
const DISTANCES: [(&str, bool); 14] = [
    ("w", false),
    ("within", false),
    ("near", false),
    ("adj", true),
    ("onear", true),
    ("pre", true),
    ("p", true),
    ("n", false),
    // NEAR in other languages.
    ("nahe", false),
    ("nähe", false),
    ("cerca", false),
    ("perto", false),
    ("près", false),
    ("pres", false),
];

/// `query-foreign-near`, `query-foreign-wildcard`: what in `word`, which starts at byte `start`, is of another tool.
pub(in crate::logic::rules) fn of_word(word: &str, start: usize) -> Option<Problem> {
    let range = start..start + word.len();
    let digits = |text: &str| text.parse::<u32>().ok().filter(|n| (1..=100).contains(n));
    if let Some(n) = word.strip_prefix('~').and_then(digits) {
        return Some(
            Problem::warning(
                "query-foreign-near",
                range,
                format!("\"{word}\" is looked for as the word {n} here"),
            )
            .label("no distance")
            .help(format!("write NEAR/{n} between the words: return NEAR/{n} key")),
        );
    }
    let lower = word.to_lowercase();
    if let Some(not_near) = not_near(&lower, &range) {
        return Some(not_near);
    }
    let head = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let sign = head.trim_end_matches(['/', ':']);
    let distance = lower.get(head.len()..).and_then(digits);
    let tool = DISTANCES.iter().find(|(name, _)| *name == sign);
    if let (Some(n), Some((name, ordered))) = (distance, tool)
        // "w8" is how people write wait, and "n97" was a telephone.
        && (head.len() > sign.len() || matches!(*name, "within" | "near" | "onear" | "adj"))
        && !word.starts_with("NEAR/")
    {
        let near = format!("NEAR/{n}{}", if *ordered { "f" } else { "" });
        return Some(
            Problem::warning(
                "query-foreign-near",
                range.clone(),
                format!("\"{word}\" is looked for as text here"),
            )
            .label("no distance")
            .help(format!("write {near}"))
            .fix(range, near),
        );
    }
    let at = word.find(['?', '%'])?;
    let before = word.get(..at)?;
    let after = word.get(at + 1..)?;
    if !before.chars().next_back().is_some_and(char::is_alphabetic) || word.contains("://") {
        return None;
    }
    let help = if after.is_empty() {
        "a star stands for any ending: crash*. Without one a word is found with the endings of its grammar: crash, crashes, crashing".to_owned()
    } else {
        "write the words with OR: (woman OR women)".to_owned()
    };
    let sign = word.get(at..at + 1)?;
    Some(
        Problem::warning("query-foreign-wildcard", range, format!("\"{sign}\" stands for nothing here"))
            .label("taken as punctuation")
            .help(help),
    )
}

/// `query-foreign-near`: `lid ADJ leak`. How many words apart, only a person knows.
pub(in crate::logic::rules) fn without_distance(range: Range<usize>, word: &str) -> Problem {
    let order = if word == "WITHIN" { "" } else { "f" };
    Problem::warning("query-foreign-near", range, format!("\"{word}\" is looked for as a word here"))
        .label("no distance")
        .help(format!(
            "write NEAR/3{order} for at most 3 words apart, or \"{word}\" in quotes if you mean the word"
        ))
}

/// `query-foreign-near`: `NOTNEAR/5`, `NOT-W/5`: not within so many words.
fn not_near(lower: &str, range: &Range<usize>) -> Option<Problem> {
    let (sign, n) = lower.strip_prefix("not")?.trim_start_matches(['-', '_']).rsplit_once(['/', ':'])?;
    let n = n.trim_end_matches('f').parse::<u32>().ok().filter(|n| (1..=100).contains(n))?;
    let known = sign.is_empty() || DISTANCES.iter().any(|(name, _)| *name == sign);
    let message = "there is no such operator: this is looked for as text".to_owned();
    known.then(|| {
        Problem::warning("query-foreign-near", range.clone(), message).label("no distance").help(format!(
            "say NOT of the two together: lid NOT (lid NEAR/{n} leak) leaves out posts where leak is near lid"
        ))
    })
}

/// `query-foreign-near`: a distance of so many words, written in another way.
pub(super) fn near(range: Range<usize>, written: &str, n: u32) -> Problem {
    let meant = format!("NEAR/{n}");
    Problem::warning("query-foreign-near", range.clone(), format!("\"{written}\" is looked for as text here"))
        .label("no distance")
        .help(format!("write {meant}"))
        .fix(range, meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_other_tools_are_told_from_words() {
        for (word, code, fix) in [
            ("W/8", "query-foreign-near", Some("NEAR/8")),
            ("NEAR8", "query-foreign-near", Some("NEAR/8")),
            ("near/5", "query-foreign-near", Some("NEAR/5")),
            ("PRE/3", "query-foreign-near", Some("NEAR/3f")),
            ("NAHE/5", "query-foreign-near", Some("NEAR/5")),
            ("PRÈS/5", "query-foreign-near", Some("NEAR/5")),
            ("~8", "query-foreign-near", None),
            ("stuc?", "query-foreign-wildcard", None),
            ("wom?n", "query-foreign-wildcard", None),
            ("crash%", "query-foreign-wildcard", None),
        ] {
            let found = of_word(word, 0).unwrap();
            assert_eq!((found.code, found.fix.map(|fix| fix.1).as_deref()), (code, fix), "{word}");
        }
        assert!(of_word("NOTNEAR/5", 0).unwrap().help.contains("NOT (lid NEAR/5 leak)"));
        for word in
            ["NEAR/8", "NOTE/5", "w8", "n97", "near", "why", "100%", "?", "https://example.org/?a", "within"]
        {
            assert_eq!(of_word(word, 0), None, "{word}");
        }
    }
}
