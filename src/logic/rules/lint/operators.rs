//! Operators that are missing something, misspelt, or borrowed from other tools; and queries that only say NOT.
//!
//! Why: `or` in lower case is a word to look for, and the query then demands that people write "or". Fix: capitals,
//! and parentheses where AND and OR stand together.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::in_quotes::listed;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 5] = [
    Doc::warning(
        "query-lowercase-operator",
        "and, or, not, near in small letters",
        r#"They are words to look for, and the query then demands that people write "or"."#,
        Shown::Query("keys or buttons"),
        "keys OR buttons",
    ),
    Doc::error(
        "query-operand",
        "An operator with nothing on one side",
        "It is not known what to join.",
        Shown::Query("keys AND OR close"),
        "keys AND close",
    ),
    Doc::error(
        "query-only-not",
        "A query that says only what must not be there",
        "It would match nearly everything.",
        Shown::Query("NOT golf"),
        "mini9 NOT golf",
    ),
    Doc::error(
        "query-foreign-operator",
        "An operator of another tool",
        "Here they are AND, OR and NOT.",
        Shown::Query("keys || buttons"),
        "keys OR buttons",
    ),
    Doc::warning(
        "query-mixed-and-or",
        "AND and OR together without parentheses",
        "AND binds tighter, which is rarely what was meant.",
        Shown::Query("mini 9 OR mini9"),
        r#""mini 9" OR mini9"#,
    ),
];

/// `query-lowercase-operator`
pub(in crate::logic::rules) fn lower_case(range: Range<usize>, word: &str) -> Problem {
    // Whoever looks for the word itself writes it in quotes: capitals are surely meant.
    let upper = word.trim_end_matches(':').to_uppercase();
    let problem = Problem::warning(
        "query-lowercase-operator",
        range.clone(),
        format!("\"{word}\" is looked for as a word here"),
    )
    .label("operators are written in capitals")
    .help(format!("write {upper} if you mean the operator, or \"{word}\" in quotes if you mean the word"));
    // "not charging" is what people complain of: as an operator it would shut them out.
    if upper == "NOT" { problem } else { problem.fix(range, upper) }
}

/// `query-lowercase-operator`: `lid near leak`. What is near lies so many words away, and only a person knows how many.
pub(in crate::logic::rules) fn small_near(range: Range<usize>, word: &str) -> Problem {
    Problem::warning(
        "query-lowercase-operator",
        range,
        format!("\"{word}\" is looked for as a word here"),
    )
    .label("operators are written in capitals")
    .help(format!(
        "write NEAR/8 for at most 8 words apart if you mean the operator, or \"{word}\" in quotes if you mean the word"
    ))
}

/// `query-operand`: `a AND`, `OR b`. `before` says that the place is the operator itself.
pub(in crate::logic::rules) fn operand(range: Range<usize>, before: bool) -> Problem {
    let label = if before { "nothing to join after this" } else { "nothing to join before this" };
    Problem::error("query-operand", range, "an operator has nothing on one of its sides")
        .label(label)
        .help("write what is missing, or take the operator away")
}

/// `query-only-not`
pub(in crate::logic::rules) fn only_not(range: Range<usize>) -> Problem {
    Problem::error(
        "query-only-not",
        range,
        "this says only what must not be there: it would match nearly everything",
    )
    .help("say first what to look for: keys NOT golf")
}

/// `query-foreign-operator`: `a || b`, `-golf`.
pub(in crate::logic::rules) fn foreign(range: Range<usize>, sign: &str) -> Problem {
    let instead = match sign.chars().next() {
        Some('|') => "write OR",
        Some('&') => "write AND, or just a blank",
        Some('+') => "leave it out: words side by side are all required",
        _ => "write NOT, with a blank after it",
    };
    let problem =
        Problem::error("query-foreign-operator", range.clone(), format!("\"{sign}\" is no operator here"))
            .help(instead);
    match sign.chars().next() {
        Some('|') => problem.fix(range, " OR "),
        Some('&') => problem.fix(range, " AND "),
        Some('+') => problem.fix(range, ""),
        Some('!' | '-') if sign.len() == 1 => problem.fix(range, "NOT "),
        _ => problem,
    }
}

/// `query-foreign-operator`: `keys, buttons`.
/// Where all of the query is such a list, one of its words is meant to be enough.
pub(in crate::logic::rules) fn comma(range: Range<usize>, query: &str) -> Problem {
    let problem = Problem::error(
        "query-foreign-operator",
        range.clone(),
        "words in a query are not separated like this",
    );
    if listed(&query.replace('"', "")).is_some_and(|parts| is_flat(query, parts.len())) {
        return problem.help("write OR between them if one is enough").fix(range, " OR ");
    }
    problem.help("write OR where one of the words is enough, AND where all are needed")
}

/// Is each of so many entries one word, or a phrase in quotes?
fn is_flat(query: &str, entries: usize) -> bool {
    let one = |part: &str| {
        let part = part.trim();
        let phrase = part.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        !matches!(part, "AND" | "OR" | "NOT") && (phrase.is_some() || part.chars().all(char::is_alphanumeric))
    };
    let parts = || query.split([',', ';']);
    parts().count() == entries && parts().all(one)
}

/// `query-mixed-and-or`: `a b OR c`.
pub(in crate::logic::rules) fn mixed(range: Range<usize>) -> Problem {
    Problem::warning("query-mixed-and-or", range, "AND and OR stand together without parentheses")
        .label("all of this is one alternative of the OR")
        .help("put parentheses around it if that is what you mean, or quotes if it is one phrase")
}
