//! Before a post is cut into words: could any product's query match it at all? Only the places where words begin are looked at;
//! where one begins as a query needs it, that word alone is stemmed. Most of what a source carries is about nothing that is
//! watched, and goes no further.
//!
//! An Aho-Corasick automaton was here before. With a thousand queries its table left the cache,
//! and with ten thousand it let through three posts of four, since it also finds strings inside of words.

mod strings;
mod words;

use super::Product;
use super::query::literals;
use strings::Strings;

/// Says which texts may be about a product.
#[derive(Clone, Debug, Default)]
pub(super) enum Gate {
    /// No product, no match.
    #[default]
    Shut,
    /// A query needs no word, so any post may match.
    Open,
    /// One of these strings is needed.
    Needs(Strings),
}

impl Gate {
    /// The gate before these products.
    pub(super) fn new(products: &[Product]) -> Self {
        let mut needed = Vec::new();
        for product in products {
            match literals(product.query.root()) {
                Some(strings) if strings.iter().all(|s| !s.text.is_empty()) => needed.extend(strings),
                _ => return Self::Open,
            }
        }
        if needed.is_empty() { Self::Shut } else { Self::Needs(Strings::new(needed)) }
    }

    /// May a product's query match this text, which its source declares to be of this language? `false` is certain.
    pub(super) fn lets(&self, text: &str, declared: Option<&str>) -> bool {
        match self {
            Self::Shut => false,
            Self::Open => true,
            Self::Needs(strings) => strings.are_in(text, declared),
        }
    }
}
