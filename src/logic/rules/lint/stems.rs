//! `query-stem-collision`: a word that shares its stem with another word of another meaning.
//!
//! Why: words are found with the endings of their grammar, and its idea of a form is a rule of thumb: `custom` finds
//! "customer". Fix: quotes around the word find it only as it stands.

use super::Problem;
use super::documented::{Doc, Shown};
use crate::logic::rules::query::{Node, Shape};
use crate::logic::text::{Kind, Lang, twin};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-stem-collision",
    "A word that shares its stem with another word",
    r#"Words are found with the endings of their grammar, which is a rule of thumb: `custom` finds "customer"."#,
    Shown::Query("mini9 custom"),
    r#"mini9 "custom""#,
)];

/// Words of one English stem and of different meaning. A test holds each pair against the stemmer.
pub(super) const PAIRS: [(&str, &str); 20] = [
    ("universe", "university"),
    ("custom", "customer"),
    ("import", "important"),
    ("several", "severe"),
    ("past", "paste"),
    ("intern", "international"),
    ("organ", "organization"),
    ("wed", "wedding"),
    ("author", "authority"),
    ("even", "evening"),
    ("execute", "executive"),
    ("negate", "negative"),
    ("design", "designate"),
    ("plan", "planned"),
    ("home", "homing"),
    ("experience", "experiment"),
    ("station", "stationed"),
    ("relate", "relative"),
    ("converse", "conversion"),
    ("late", "lately"),
];

/// One warning for each bare word that also finds another word.
pub(in crate::logic::rules) fn collisions(root: &Node, shape: &Shape) -> Vec<Problem> {
    let mut found = Vec::new();
    look(root, shape, &mut found);
    found
}

/// The other word that `folded` finds too.
fn other(folded: &str) -> Option<&'static str> {
    let stem = Lang::English.stem(folded);
    PAIRS.iter().find_map(|(a, b)| {
        let twin = if *a == folded { b } else { Some(a).filter(|_| *b == folded)? };
        (Lang::English.stem(twin) == stem).then_some(*twin)
    })
}

fn look(node: &Node, shape: &Shape, found: &mut Vec<Problem>) {
    match node {
        Node::And(parts) | Node::Or(parts) => {
            parts.iter().zip(&shape.parts).for_each(|(part, shape)| look(part, shape, found));
        }
        Node::Near { left, right, .. } => {
            [left, right].into_iter().zip(&shape.parts).for_each(|(part, shape)| look(part, shape, found));
        }
        Node::Word(word) if word.kind == Kind::Word => {
            let range = shape.range.clone();
            let Some(twin) = other(&word.folded) else {
                found.extend(small(&word.folded, range));
                return;
            };
            let word = &word.folded;
            found.push(
                Problem::warning("query-stem-collision", range, format!("\"{word}\" finds \"{twin}\" too"))
                    .label("they share a stem")
                    .help(format!("write \"{word}\" in quotes to find it only as it stands")),
            );
        }
        _ => {}
    }
}

/// In posts of another language the word is a small one, that stands everywhere.
fn small(word: &str, range: std::ops::Range<usize>) -> Option<Problem> {
    let (lang, small) = twin(word)?;
    let code = lang.code();
    let language = isolang::Language::from_639_1(code)?.to_name();
    Some(
        Problem::warning(
            "query-stem-collision",
            range,
            format!("in posts in {language} \"{word}\" finds \"{small}\" too"),
        )
        .label(format!("they share a stem in {language}"))
        .help(format!(
            "write \"{word}\" in quotes to find it only as it stands, or leave posts in {language} out: NOT lang:{code}"
        )),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairs_are_what_the_stemmer_makes_of_them() {
        let apart: Vec<_> =
            PAIRS.iter().filter(|(a, b)| Lang::English.stem(a) != Lang::English.stem(b)).collect();
        assert_eq!(apart, Vec::<&(&str, &str)>::new());
    }
}
