//! `query-operator-in-braces`: operators or commas inside braces.
//!
//! Why: braces want what is in them exactly as written, so `{lid OR cap}` finds only who writes "lid OR cap". Fix: each word in
//! braces of its own.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::in_quotes::{is_operator, listed};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-operator-in-braces",
    "An operator inside braces",
    "Braces want what is in them exactly as written: only posts that say \"lid OR cap\" letter for letter are found.",
    Shown::Query("{lid OR cap}"),
    "{lid} OR {cap}",
)];

/// `query-operator-in-braces`: `inside` stands between the braces at `range`.
pub(in crate::logic::rules) fn told(range: Range<usize>, inside: &str) -> Option<Problem> {
    // {DO NOT OPEN} is what stands on lids.
    let shouted = !inside.chars().any(char::is_lowercase);
    let words: Vec<&str> = inside.split_whitespace().collect();
    let operator = words.iter().find(|word| is_operator(word)).filter(|_| !shouted && words.len() > 1);
    let (what, meant) = match (operator, listed(inside)) {
        (Some(operator), _) => {
            (format!("inside braces \"{operator}\" is part of what is looked for"), apart(&words))
        }
        (None, Some(parts)) if parts.len() > 2 => {
            let parts: Vec<String> = parts.iter().map(|part| format!("{{{part}}}")).collect();
            ("inside braces commas separate nothing".to_owned(), Some(format!("({})", parts.join(" OR "))))
        }
        _ => return None,
    };
    let problem = Problem::warning("query-operator-in-braces", range.clone(), what)
        .label("looked for as it is written");
    Some(match meant {
        Some(meant) => problem
            .help(format!("write {meant}; without braces where capitals and accents do not matter"))
            .fix(range, meant),
        None => problem.help("operators stand outside of the braces: {lid} OR {cap}"),
    })
}

/// `lid OR screw cap` with braces around each side.
fn apart(words: &[&str]) -> Option<String> {
    let mut out: Vec<String> = Vec::new();
    for part in words.chunk_by(|a, b| !is_operator(a) && !is_operator(b)) {
        match part {
            [one] if is_operator(one) => out.push((*one).to_owned()),
            words => out.push(format!("{{{}}}", words.join(" "))),
        }
    }
    // Words and operators by turns, or what was meant is not plain.
    let by_turns = out.iter().enumerate().all(|(n, part)| (n % 2 == 0) == part.starts_with('{'));
    (by_turns && out.len() % 2 == 1).then(|| format!("({})", out.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told_and_names_are_left() {
        let fix = |inside: &str| told(0..1, inside).map(|p| p.fix.map(|f| f.1).unwrap_or_default());
        assert_eq!(fix("lid OR screw cap").as_deref(), Some("({lid} OR {screw cap})"));
        assert_eq!(fix("Lid, Cap, Seal").as_deref(), Some("({Lid} OR {Cap} OR {Seal})"));
        assert_eq!(fix("lid OR").as_deref(), Some(""));
        for name in ["IT", "DO NOT OPEN", "OR", "Mini 9", "Mini, please"] {
            assert_eq!(fix(name), None, "{name}");
        }
    }
}
