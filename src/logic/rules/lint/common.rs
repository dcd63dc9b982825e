//! `query-common-word`: one of the alternatives of a query is a word that nearly every post has.
//!
//! Why: `keys OR the` finds every post in English, and the topic's usual level becomes that of everything. Fix: a phrase
//! in quotes, or NEAR.

use super::Problem;
use super::documented::{Doc, Shown};
use crate::logic::rules::query::{Node, Shape};
use crate::logic::text::{Kind, Lang, is_stop_word};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-common-word",
    "A word that nearly every post has is enough alone",
    "The usual level of such a query is that of everything, and a real complaint drowns in it.",
    Shown::Query("mini9 OR the"),
    r#"mini9 OR "the mini""#,
)];

/// One warning for each word that alone would make a post match.
pub(in crate::logic::rules) fn alone(root: &Node, shape: &Shape) -> Vec<Problem> {
    let mut found = Vec::new();
    look(root, shape, &mut found);
    found
}

fn look(node: &Node, shape: &Shape, found: &mut Vec<Problem>) {
    match node {
        Node::Or(parts) => {
            parts.iter().zip(&shape.parts).for_each(|(part, shape)| look(part, shape, found));
        }
        Node::Word(word) if word.kind == Kind::Word && is_common(&word.folded) => {
            let word = &word.folded;
            found.push(
                Problem::warning(
                    "query-common-word",
                    shape.range.clone(),
                    format!("nearly every post in English has \"{word}\", and here it is enough alone"),
                )
                .help("join it with what it belongs to: a phrase in quotes, NEAR/3 or AND"),
            );
        }
        _ => {}
    }
}

/// Single letters are names of things more often than words.
fn is_common(folded: &str) -> bool {
    folded.chars().count() > 1 && is_stop_word(folded, Lang::English)
}
