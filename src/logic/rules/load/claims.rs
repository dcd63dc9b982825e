//! Which words are enough for which product, and where two products claim the same.

use std::collections::BTreeMap;
use std::ops::Range;

use super::file::File;
use crate::logic::rules::lint;
use crate::logic::rules::query::{Node, Query, Shape, implies};

/// Terms of products that are remembered.
const MOST_CLAIMS: usize = 50_000;
/// Claims that a term is compared with at most, for each of its words: a hostile file could use one word everywhere.
const COMPARED: usize = 200;

/// What alone is enough for the products so far.
#[derive(Default)]
pub(super) struct Claims {
    all: Vec<Claim>,
    /// Claims that have a word, by that word.
    by_word: BTreeMap<String, Vec<usize>>,
}

struct Claim {
    node: Node,
    /// The product's number in `products`.
    product: usize,
    written: String,
    /// Where its `match` stands, for people.
    place: String,
}

/// A product that claims words.
pub(super) struct Claimant<'q> {
    /// Its id.
    pub(super) id: &'q str,
    /// What it looks for.
    pub(super) asked: &'q Query,
    /// What it takes back.
    pub(super) not: Option<&'q Query>,
}

/// Products with what they take back, by number.
#[derive(Default)]
pub(super) struct Claimants {
    claims: Claims,
    products: Vec<(String, Option<Node>)>,
}

impl Claimants {
    /// Tells which words of the product, whose `match` stands at `place`, are enough for one of the products before it, too.
    pub(super) fn tell(&mut self, file: &File<'_>, place: &Range<usize>, new: &Claimant<'_>) {
        let mut terms = Vec::new();
        alternatives(new.asked.root(), new.asked.shape(), &mut terms);
        let home = file.place(place.clone());
        let number = self.products.len();
        self.products.push((new.id.to_owned(), new.not.map(|not| not.root().clone())));
        for (node, shape) in terms {
            let text = new.asked.text();
            let written = text.get(shape.range.clone()).unwrap_or_default();
            if let Some((other, narrow)) = self.shared(node, number) {
                let id = self.products.get(other.product).map_or("", |(id, _)| id.as_str());
                let told = lint::claims::both(shape.range, written, &other.written, narrow, id, &other.place);
                file.say_within(place, text, told);
            } else if self.claims.all.len() < MOST_CLAIMS {
                self.claims.add(Claim {
                    node: node.clone(),
                    product: number,
                    written: written.to_owned(),
                    place: format!("{}:{}", home.file, home.line),
                });
            }
        }
    }

    /// The claim of another product with which this term overlaps, and whether one of the two is within the other.
    fn shared(&self, node: &Node, number: usize) -> Option<(&Claim, bool)> {
        let takes_back = |product: usize, term: &Node| {
            let not = self.products.get(product).and_then(|(_, not)| not.as_ref());
            not.is_some_and(|not| implies(term, not))
        };
        let id = |number: usize| self.products.get(number).map(|(id, _)| id);
        let candidates = words_of(node).into_iter().filter_map(|word| self.claims.by_word.get(&word));
        candidates
            .flat_map(|numbers| numbers.iter().take(COMPARED))
            .filter_map(|at| self.claims.all.get(*at))
            .filter(|claim| id(claim.product) != id(number))
            .find_map(|claim| {
                let (in_it, around_it) = (implies(node, &claim.node), implies(&claim.node, node));
                let free = match (in_it, around_it) {
                    (true, true) => true,
                    // Who looks for less words has to take back the other's.
                    (true, false) => !takes_back(claim.product, node),
                    (false, true) => !takes_back(number, &claim.node),
                    (false, false) => false,
                };
                free.then_some((claim, in_it != around_it))
            })
    }
}

impl Claims {
    fn add(&mut self, claim: Claim) {
        for word in words_of(&claim.node) {
            let known = self.by_word.entry(word).or_default();
            if known.len() < COMPARED {
                known.push(self.all.len());
            }
        }
        self.all.push(claim);
    }
}

/// The words of a term, folded.
fn words_of(node: &Node) -> Vec<String> {
    let mut words = match node {
        Node::Word(word) => vec![word.folded.clone()],
        Node::Phrase { words, .. } => words.iter().map(|word| word.folded.clone()).collect(),
        Node::Exact(exact) => exact.folded.clone(),
        Node::Prefix { folded, .. } => vec![folded.clone()],
        Node::Tag(word) | Node::Handle(word) | Node::Emoji(word) => vec![word.clone()],
        _ => Vec::new(),
    };
    words.sort_unstable();
    words.dedup();
    words
}

/// What alone is enough for a match.
fn alternatives<'q>(node: &'q Node, shape: &Shape, out: &mut Vec<(&'q Node, Shape)>) {
    match node {
        Node::Or(parts) => parts.iter().zip(&shape.parts).for_each(|(p, s)| alternatives(p, s, out)),
        Node::List(list) => out.extend(list.entries.iter().map(|entry| (entry, shape.clone()))),
        Node::And(_) | Node::Not(_) | Node::Near { .. } | Node::Field(_) => {}
        term => out.push((term, shape.clone())),
    }
}
