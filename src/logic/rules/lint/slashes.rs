//! `query-slash-list`: alternatives with a slash or a comma between them, without a blank.
//!
//! Why: `lid/cap/seal` finds only who writes these three words one after the other. Fix: OR.

use super::Problem;
use super::documented::{Doc, Shown};
use super::joined;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-slash-list",
    "Words with slashes or commas between them",
    "They are looked for one after the other: only posts that have all of them side by side are found.",
    Shown::Query("lid/cap/seal"),
    "lid OR cap OR seal",
)];

/// Fewest letters of a word of such a list: "and/or", "km/h" and "r/netbooks" are none.
const LETTERS: usize = 3;

/// `query-slash-list`: `word` starts at byte `start`.
pub(in crate::logic::rules) fn of_word(word: &str, start: usize) -> Option<Problem> {
    let parts = ['/', ',', ';'].iter().map(|sign| word.split(*sign).collect::<Vec<_>>());
    let parts = parts.into_iter().find(|parts| parts.len() > 1)?;
    let is_word =
        |part: &&str| part.chars().count() >= LETTERS && part.chars().all(|c| c.is_alphabetic() || c == '-');
    // NEAR/8 and W/8 have a number.
    if !parts.iter().all(is_word) || word.starts_with('-') {
        return None;
    }
    let range = start..start + word.len();
    let problem = Problem::warning(
        "query-slash-list",
        range.clone(),
        format!("\"{word}\" finds these words only one after the other"),
    );
    Some(joined::apart(problem, range, &parts, "OR", false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_told_from_names_and_paths() {
        let fix = |word: &str| of_word(word, 0).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        assert_eq!(fix("lid/cap/seal").as_deref(), Some("(lid OR cap OR seal)"));
        assert_eq!(fix("lid,cap,seal").as_deref(), Some("(lid OR cap OR seal)"));
        assert_eq!(fix("tampa/capa").as_deref(), Some(""));
        for word in ["and/or", "km/h", "r/netbooks", "24/7", "NEAR/8", "a.org/lid/cap", "lid,", "/lid/"] {
            assert_eq!(fix(word), None, "{word}");
        }
    }
}
