//! Thousands of queries over one post: a table of words picks the few queries that could match, and only those are
//! asked.
//!
//! Of every query a set of words is kept of which any match needs at least one (its *anchors*): of AND the set of the
//! part whose words the fewest queries have, of OR all sets together. A query without such words (fields alone) is always asked. The words
//! are kept as hashes; two words with one hash only cost a question too many.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

use super::bits::Bits;
use super::query::{Node, Query, Text};
use super::{Product, ProductMatch, Subject, TopicMatch};
use crate::logic::text::Kind;

/// Letters of a prefix by which it is found. Prefixes have at least so many.
const PREFIX_LETTERS: usize = 3;
/// Sets apart the hashes of beginnings from those of words.
const PREFIX_SALT: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where queries can be found by the words they need.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    by_anchor: HashMap<u64, Vec<Slot>, BuildHasherDefault<AsIs>>,
    /// The keys of `by_anchor`: most words of a post are none.
    anchors: Bits,
    /// Queries that have no words they need.
    always: Vec<Slot>,
    has_prefixes: bool,
}

/// A query: the product's own, or that of one of its topics. Ordered so that a product comes before its topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    product: u32,
    topic: Option<u32>,
}

/// The keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = xxh3_64(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

impl Index {
    /// The index of all queries of `products`.
    pub(super) fn new(products: &[Product]) -> Self {
        let slots = || {
            products.iter().zip(0..).flat_map(|(product, at)| {
                let topics = product.topics.iter().zip(0..);
                let topics =
                    topics.map(move |(topic, n)| (&topic.query, Slot { product: at, topic: Some(n) }));
                std::iter::once((&product.query, Slot { product: at, topic: None })).chain(topics)
            })
        };
        let mut uses = Uses::default();
        for (query, _) in slots() {
            count(query.root(), &mut uses);
        }
        let mut index = Self::default();
        for (query, slot) in slots() {
            index.add(query, slot, &uses);
        }
        index.anchors = Bits::for_keys(index.by_anchor.len());
        index.by_anchor.keys().for_each(|key| index.anchors.add(*key));
        index
    }

    fn add(&mut self, query: &Query, slot: Slot, uses: &Uses) {
        let Some(mut anchors) = anchors(query.root(), uses) else {
            self.always.push(slot);
            return;
        };
        anchors.keys.sort_unstable();
        anchors.keys.dedup();
        self.has_prefixes |= anchors.has_prefixes;
        for key in anchors.keys {
            self.by_anchor.entry(key).or_default().push(slot);
        }
    }

    /// The matches of all queries, in order.
    pub(super) fn matches(&self, products: &[Product], subject: &Subject<'_>) -> Vec<ProductMatch> {
        let text = Text::new(subject);
        let mut found: Vec<ProductMatch> = Vec::new();
        for slot in self.candidates(subject) {
            let at = slot.product as usize;
            let Some(product) = products.get(at) else { continue };
            match slot.topic {
                None => {
                    if let Some(words) = product_words(product, &text) {
                        found.push(ProductMatch { product: at, words, topics: Vec::new() });
                    }
                }
                Some(topic) => {
                    let topic = topic as usize;
                    let Some(of) = found.last_mut().filter(|last| last.product == at) else { continue };
                    let query = product.topics.get(topic).map(|topic| &topic.query);
                    if let Some(words) = query.and_then(|query| text.matched(query)) {
                        of.topics.push(TopicMatch { topic, words });
                    }
                }
            }
        }
        found
    }

    fn candidates(&self, subject: &Subject<'_>) -> Vec<Slot> {
        let mut slots = self.always.clone();
        let mut look_up = |key: u64| {
            if self.anchors.have(key) {
                slots.extend(self.by_anchor.get(&key).into_iter().flatten());
            }
        };
        for token in subject.tokens {
            look_up(xxh3_64(token.folded.as_bytes()));
            if token.stem != token.folded {
                look_up(xxh3_64(token.stem.as_bytes()));
            }
            if self.has_prefixes
                && let Some(beginning) = beginning(&token.folded)
            {
                look_up(beginning);
            }
        }
        slots.sort_unstable();
        slots.dedup();
        slots
    }
}

/// The words by which the post is about the product; `None` when it is not.
fn product_words(product: &Product, text: &Text<'_>) -> Option<Vec<String>> {
    let words = text.matched(&product.query)?;
    let taken_back = product.not.as_ref().is_some_and(|not| text.matched(not).is_some());
    (!taken_back).then_some(words)
}

/// Hashes of words of which a match has at least one.
struct Anchors {
    keys: Vec<u64>,
    has_prefixes: bool,
}

impl Anchors {
    fn of(words: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let keys = words.into_iter().map(|word| xxh3_64(word.as_ref().as_bytes())).collect();
        Self { keys, has_prefixes: false }
    }
}

/// How many queries' terms have each word: common words make poor anchors.
type Uses = HashMap<u64, u64, BuildHasherDefault<AsIs>>;

fn count(node: &Node, uses: &mut Uses) {
    match node {
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|part| count(part, uses)),
        Node::Near { left, right, .. } => {
            count(left, uses);
            count(right, uses);
        }
        Node::List(list) => list.entries.iter().for_each(|part| count(part, uses)),
        Node::Not(_) | Node::Field(_) => {}
        term => {
            for key in of_term(term).into_iter().flat_map(|anchors| anchors.keys) {
                *uses.entry(key).or_default() += 1;
            }
        }
    }
}

/// The anchors of a node; `None` where a match needs no word at all.
fn anchors(node: &Node, uses: &Uses) -> Option<Anchors> {
    let rarest = |sets: &mut dyn Iterator<Item = Anchors>| {
        sets.min_by_key(|set| set.keys.iter().filter_map(|key| uses.get(key)).sum::<u64>())
    };
    match node {
        Node::Not(_) | Node::Field(_) => None,
        Node::And(parts) => rarest(&mut parts.iter().filter_map(|part| anchors(part, uses))),
        Node::Near { left, right, .. } => {
            rarest(&mut [left, right].into_iter().filter_map(|side| anchors(side, uses)))
        }
        Node::Or(parts) => all_of(parts, uses),
        Node::List(list) => all_of(&list.entries, uses),
        term => of_term(term),
    }
}

fn all_of(parts: &[Node], uses: &Uses) -> Option<Anchors> {
    let mut all = Anchors { keys: Vec::new(), has_prefixes: false };
    for part in parts {
        let part = anchors(part, uses)?;
        all.keys.extend(part.keys);
        all.has_prefixes |= part.has_prefixes;
    }
    Some(all)
}

/// The anchors of what has a place in a text.
fn of_term(node: &Node) -> Option<Anchors> {
    match node {
        Node::Word(word) if word.kind == Kind::Word => {
            Some(Anchors::of(word.stems().chain(std::iter::once(word.folded.as_str()))))
        }
        Node::Word(word) => Some(Anchors::of([&word.folded])),
        // The longest word of a phrase is likely the rarest.
        Node::Phrase { words, exact } => {
            let word = words.iter().max_by_key(|word| word.folded.len())?;
            let stems = word.stems().filter(|_| !exact).map(str::to_owned);
            Some(Anchors::of(stems.chain(std::iter::once(word.folded.clone()))))
        }
        Node::Exact(exact) => Some(Anchors::of([exact.folded.iter().max_by_key(|word| word.len())?])),
        Node::Tag(word) | Node::Handle(word) | Node::Emoji(word) => Some(Anchors::of([word])),
        Node::Prefix { folded, .. } => Some(Anchors { keys: vec![beginning(folded)?], has_prefixes: true }),
        _ => None,
    }
}

/// Hash of the first letters of a word; `None` where it has fewer.
fn beginning(word: &str) -> Option<u64> {
    let (last, c) = word.char_indices().nth(PREFIX_LETTERS - 1)?;
    word.get(..last + c.len_utf8()).map(|letters| xxh3_64(letters.as_bytes()) ^ PREFIX_SALT)
}

#[cfg(test)]
mod tests;
