//! A query of ours as a tantivy query that finds at least as much: words must be there, order and distance are checked
//! on the post itself afterwards.

use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, Occur, Query as TantivyQuery, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::logic::rules::query::{Node, Word};

/// The term of a stem, kept apart from that of the same word as written.
pub(super) fn stem_term(stem: &str) -> String {
    format!("~{stem}")
}

/// What a post must have to match `node`, as far as its words tell.
pub(super) fn candidates(node: &Node, words: Field) -> Box<dyn TantivyQuery> {
    match node {
        Node::And(parts) => all(parts.iter().map(|part| candidates(part, words)).collect()),
        Node::Or(parts) => any(parts.iter().map(|part| candidates(part, words)).collect()),
        Node::List(list) => any(list.entries.iter().map(|part| candidates(part, words)).collect()),
        Node::Near { left, right, .. } => all(vec![candidates(left, words), candidates(right, words)]),
        Node::Word(word) => of_word(word, words),
        Node::Phrase { words: parts, .. } => all(parts.iter().map(|word| of_word(word, words)).collect()),
        Node::Prefix { folded, .. } => {
            let from = Term::from_field_text(words, folded);
            let to = Term::from_field_text(words, &format!("{folded}\u{10ffff}"));
            Box::new(RangeQuery::new(std::ops::Bound::Included(from), std::ops::Bound::Excluded(to)))
        }
        Node::Exact(exact) => all(exact.folded.iter().map(|word| term(words, word)).collect()),
        Node::Tag(folded) | Node::Handle(folded) | Node::Emoji(folded) => term(words, folded),
        // Told by the post, not by its words.
        Node::Not(_) | Node::Field(_) => Box::new(AllQuery),
    }
}

fn of_word(word: &Word, words: Field) -> Box<dyn TantivyQuery> {
    let stems = word.stems().map(|stem| term(words, &stem_term(stem)));
    any(std::iter::once(term(words, &word.folded)).chain(stems).collect())
}

fn term(words: Field, text: &str) -> Box<dyn TantivyQuery> {
    Box::new(TermQuery::new(Term::from_field_text(words, text), IndexRecordOption::Basic))
}

fn all(parts: Vec<Box<dyn TantivyQuery>>) -> Box<dyn TantivyQuery> {
    if parts.is_empty() {
        return Box::new(AllQuery);
    }
    Box::new(BooleanQuery::new(parts.into_iter().map(|part| (Occur::Must, part)).collect()))
}

fn any(parts: Vec<Box<dyn TantivyQuery>>) -> Box<dyn TantivyQuery> {
    Box::new(BooleanQuery::new(parts.into_iter().map(|part| (Occur::Should, part)).collect()))
}
