//! Fixes of a query that would change more than they mend.

use super::parse::{Lists, parse_as_it_is};
use crate::logic::rules::lint::Problem;

/// The codes of words that are meant as operators, and whose fix makes them such.
const OPERATORS: [&str; 2] = ["query-lowercase-operator", "query-operator-language"];
/// The code of what they may bring about.
const MIXED: &str = "query-mixed-and-or";

/// Takes away the fixes that make operators of words where AND and OR would then stand together without parentheses: of
/// `kettle lid or cap` nobody knows which two the `or` joins.
pub(super) fn drop_unsure(text: &str, lists: &dyn Lists, problems: &mut [Problem]) {
    let is_operator = |problem: &Problem| OPERATORS.contains(&problem.code) && problem.fix.is_some();
    if !problems.iter().any(is_operator) {
        return;
    }
    let mut mended = text.to_owned();
    let mut fixes: Vec<_> =
        problems.iter().filter(|p| is_operator(p)).filter_map(|p| p.fix.clone()).collect();
    fixes.sort_by_key(|fix| std::cmp::Reverse(fix.0.start));
    for fix in fixes {
        if mended.get(fix.0.clone()).is_some() {
            mended.replace_range(fix.0, &fix.1);
        }
    }
    let mut then = Vec::new();
    parse_as_it_is(&mended, lists, &mut then);
    if !then.iter().any(|problem| problem.code == MIXED) {
        return;
    }
    for problem in problems.iter_mut().filter(|problem| is_operator(problem)) {
        problem.fix = None;
        problem.help.push_str("; with parentheses around what belongs together, since AND and OR would meet");
    }
}
