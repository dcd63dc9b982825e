//! `query-joined-words`: operators of other tools between two words, without a blank.
//!
//! Why: `lid&&leak` and `lid+leak` find only who writes these words one after the other. Fix: AND, OR.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-joined-words",
    "Words with an operator of another tool between them",
    "They are looked for one after the other: only posts that have them side by side are found.",
    Shown::Query("lid&&leak"),
    "lid AND leak",
)];

/// Fewest letters of such a word: "R&D" and "c++" are none.
const LETTERS: usize = 2;

/// `query-joined-words`: `word` starts at byte `start`.
pub(in crate::logic::rules) fn of_word(word: &str, start: usize) -> Option<Problem> {
    // Where two are joined by one sign it may be how the thing is called: AT&T, Disney+Hotstar.
    let signs = [
        ("&&", "AND", true),
        ("||", "OR", true),
        ("|", "OR", true),
        ("&", "AND", false),
        ("+", "AND", false),
    ];
    let (sign, operator, sure) = signs.into_iter().find(|(sign, ..)| word.contains(sign))?;
    let parts: Vec<&str> = word.split(sign).collect();
    let is_word = |part: &&str| {
        let part = part.trim_start_matches(['#', '$', '@']).trim_end_matches('*');
        part.chars().count() >= LETTERS
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '\'' | '_'))
    };
    if parts.len() < 2 || !parts.iter().all(is_word) {
        return None;
    }
    let range = start..start + word.len();
    let problem = Problem::warning(
        "query-joined-words",
        range.clone(),
        format!("\"{sign}\" is no operator here: these words are found only one after the other"),
    );
    Some(apart(problem, range, &parts, operator, sure))
}

/// Offers these words with the operator between them. Where it is not sure, two of them may be how the thing is called.
pub(super) fn apart(
    problem: Problem,
    range: Range<usize>,
    parts: &[&str],
    operator: &str,
    sure: bool,
) -> Problem {
    let meant = format!("({})", parts.join(&format!(" {operator} ")));
    if sure || parts.len() > 2 {
        return problem.help(format!("write {meant}")).fix(range, meant);
    }
    let phrase = parts.join(" ");
    problem.help(format!("write {meant}, or \"{phrase}\" in quotes if it is one name"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_told_from_names() {
        let fix = |word: &str| of_word(word, 0).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        assert_eq!(fix("lid&&leak").as_deref(), Some("(lid AND leak)"));
        assert_eq!(fix("lid|cap|#seal").as_deref(), Some("(lid OR cap OR #seal)"));
        assert_eq!(fix("lid+leak+drip*").as_deref(), Some("(lid AND leak AND drip*)"));
        assert_eq!(fix("lid+leak").as_deref(), Some(""));
        for word in ["R&D", "c++", "google+", "lid", "+lid", "a|b", "x.org/?a=b&cd"] {
            assert_eq!(fix(word), None, "{word}");
        }
    }
}
