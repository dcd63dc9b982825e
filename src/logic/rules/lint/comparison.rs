//! `query-comparison`: a comparison that does not exist here, or is written with a sign of its own.
//!
//! Why: `lang!=en` and `rating≤2` are taken for words, and find only who writes them. Fix: NOT before the test, and `<=`, `>=`.

use super::Problem;
use super::documented::{Doc, Shown};
use super::fields;
use crate::logic::rules::query::TEXTS;

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-comparison",
    "A comparison that does not exist here",
    "It is taken for words, and finds only who writes these: the comparisons are >=, <=, >, < and =, and \"is not\" is NOT before the test.",
    Shown::Query("keys lang!=en"),
    "keys NOT lang:en",
)];

/// Signs of other places, and what they are here; `None` for "is not".
const SIGNS: [(&str, Option<&str>); 11] = [
    ("!==", None),
    ("!=", None),
    ("!:", None),
    ("≠", None),
    ("≤", Some("<=")),
    ("⩽", Some("<=")),
    ("≦", Some("<=")),
    ("≥", Some(">=")),
    ("⩾", Some(">=")),
    ("≧", Some(">=")),
    ("~=", None),
];

/// `query-comparison`: `text`, which starts at byte `start`, begins with a field, such a sign, and a value.
pub(in crate::logic::rules) fn of_field(text: &str, start: usize) -> Option<Problem> {
    let name_len = text.find(|c: char| !(c.is_alphabetic() || c == '_')).unwrap_or(text.len());
    let (written, after) = text.split_at_checked(name_len)?;
    let name = fields::called(written)?;
    let sign_at = after.trim_start();
    let (sign, meant) = SIGNS.into_iter().find(|(sign, _)| sign_at.starts_with(sign))?;
    let value = value_of(sign_at.get(sign.len()..)?)?;
    let end = name_len + (after.len() - sign_at.len()) + sign.len() + value.len();
    let range = start..start + end;
    let instead = match meant {
        Some(sign) if !TEXTS.contains(&name) => format!("{name}{sign}{value}"),
        Some(_) => return None,
        None if TEXTS.contains(&name) => format!("NOT {name}:{value}"),
        None => format!("NOT {name}={value}"),
    };
    let message = format!("\"{sign}\" is no comparison here: this is looked for as text");
    let problem = Problem::warning("query-comparison", range.clone(), message);
    Some(problem.label("no test of a field").help(format!("write {instead}")).fix(range, instead))
}

/// The value with which `rest` begins, quotes and all; nothing where none follows.
pub(super) fn value_of(rest: &str) -> Option<&str> {
    let quoted = rest.strip_prefix('"').and_then(|inside| inside.find('"')).map(|end| end + 2);
    let plain = || rest.find(|c: char| c.is_whitespace() || "()\"{}".contains(c)).unwrap_or(rest.len());
    rest.get(..quoted.unwrap_or_else(plain)).filter(|value| !value.is_empty())
}

/// What to do about a sign that stands alone.
pub(super) fn alone(word: &str) -> Option<&'static str> {
    let is_sign = SIGNS.iter().any(|(sign, _)| *sign == word);
    match word {
        ":" => Some("a field, its colon and its value stand together: region:BR"),
        "<" | ">" | "<=" | ">=" | "=" => Some("before it stands a field: rating<=2"),
        _ if is_sign => {
            Some("write rating<=2, rating>=4; and for \"is not\" NOT before the test: NOT lang:en")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_told() {
        let fix = |text: &str| of_field(text, 0).and_then(|p| p.fix).map(|fix| (fix.0.end, fix.1));
        assert_eq!(fix("lang!=en OR x"), Some((8, "NOT lang:en".into())));
        assert_eq!(fix("language!=en"), Some((12, "NOT lang:en".into())));
        assert_eq!(fix("rating !=5)"), Some((10, "NOT rating=5".into())));
        assert_eq!(fix("rating≤2").map(|fix| fix.1).as_deref(), Some("rating<=2"));
        assert_eq!(
            fix("author!=\"Ana Maria\" x").map(|fix| fix.1).as_deref(),
            Some("NOT author:\"Ana Maria\"")
        );
        for fine in ["wow!=x", "lang!", "rating<=2", "lang ≤ en", "rating ≤ 2"] {
            assert_eq!(fix(fine), None, "{fine}");
        }
    }
}
