//! `query-foreign-regex`: a regular expression.
//!
//! Why: queries find words, not patterns: `/lid.*/` finds the word "lid" alone, and `lea[kc]` the words "lea" and "kc". Fix: the
//! words themselves, with a star for any ending.

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-foreign-regex",
    "A regular expression",
    "Queries find words and not patterns: the signs are taken as punctuation.",
    Shown::Query(r"/leak.+/"),
    "leak*",
)];

/// Signs that stand for something in a pattern, and for nothing in words.
const SIGNS: [&str; 10] = [".*", ".+", "\\b", "\\w", "\\d", "\\s", "\\.", "]*", "]+", "?:"];

/// `query-foreign-regex`: `word` starts at byte `start`.
pub(in crate::logic::rules) fn of_word(word: &str, start: usize) -> Option<Problem> {
    let inside = word.strip_prefix('/').and_then(|rest| {
        let (inside, flags) = rest.rsplit_once('/')?;
        let is_one = !inside.is_empty() && !inside.contains('/');
        (is_one && flags.len() <= 3 && flags.chars().all(|c| "gimsuxy".contains(c))).then_some(inside)
    });
    // `[lid]` has brackets around it, which are told as such.
    let around = word.starts_with('[') && word.find(']') == Some(word.len() - 1);
    let classes = word.contains('[') && word.contains(']') && !word.contains("://") && !around;
    let anchored = word.starts_with('^') || (word.ends_with('$') && word.len() > 1);
    if inside.is_none() && !classes && !anchored && !SIGNS.iter().any(|sign| word.contains(sign)) {
        return None;
    }
    let range = start..start + word.len();
    let body = inside.unwrap_or(word).trim_start_matches(['^']).trim_end_matches('$');
    let open = [".*", ".+", "\\w*", "\\w+"].iter().find_map(|sign| body.strip_suffix(sign));
    let stem = open.unwrap_or(body);
    let star = if open.is_some() { "*" } else { "" };
    let plain = stem.chars().count() >= 3 && stem.chars().all(char::is_alphanumeric);
    let problem = Problem::warning(
        "query-foreign-regex",
        range.clone(),
        "this is a regular expression, and queries find words",
    )
    .label("its signs stand for nothing here");
    Some(if plain {
        let meant = format!("{stem}{star}");
        problem.help(format!("write {meant}")).fix(range, meant)
    } else {
        problem.help(
            "write the words with OR, leak* for any ending, and NEAR/5 for words that are near each other",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_told_from_words_and_paths() {
        let fix = |word: &str| of_word(word, 0).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        for (word, meant) in
            [("/leak/i", "leak"), ("leak.*", "leak*"), ("^leak\\w+", "leak*"), ("lea[kc]", ""), ("le.*k", "")]
        {
            assert_eq!(fix(word).as_deref(), Some(meant), "{word}");
        }
        for word in [
            "/r/netbooks",
            "/r/netbooks/",
            "leak*",
            "[lid]",
            "3.5",
            "...",
            "and/or",
            "https://a.org/[x]",
            "leak.",
        ] {
            assert_eq!(fix(word), None, "{word}");
        }
    }
}
