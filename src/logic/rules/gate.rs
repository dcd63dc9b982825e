//! Before a post is cut into words: could any product's query match it at all? One Aho-Corasick automaton over the strings
//! that the queries need looks once at the raw text. Most of what a source carries is about nothing that is watched, and
//! goes no further.

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::Product;
use super::query::{literals, raw};

/// Up to so many strings the automaton is unfolded into a table: faster, and larger.
const MOST_UNFOLDED: usize = 20_000;

/// Says which texts may be about a product.
#[derive(Clone, Debug, Default)]
pub(super) enum Gate {
    /// No product, no match.
    #[default]
    Shut,
    /// A query needs no word, so any post may match.
    Open,
    /// One of these strings is needed.
    Needs(AhoCorasick),
}

impl Gate {
    /// The gate before these products.
    pub(super) fn new(products: &[Product]) -> Self {
        let mut needed = Vec::new();
        for product in products {
            match literals(product.query.root()) {
                Some(strings) if strings.iter().all(|s| !s.is_empty()) => needed.extend(strings),
                _ => return Self::Open,
            }
        }
        needed.sort_unstable();
        needed.dedup();
        if needed.is_empty() {
            return Self::Shut;
        }
        let kind = (needed.len() <= MOST_UNFOLDED).then_some(AhoCorasickKind::DFA);
        // Too many strings for one automaton: then every post is looked at word by word.
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(kind)
            .build(&needed)
            .map_or(Self::Open, Self::Needs)
    }

    /// May a product's query match this text? `false` is certain.
    pub(super) fn lets(&self, text: &str) -> bool {
        match self {
            Self::Shut => false,
            Self::Open => true,
            Self::Needs(automaton) if text.bytes().all(|b| b.is_ascii() && b != b'\'') => {
                automaton.is_match(text)
            }
            Self::Needs(automaton) => automaton.is_match(&raw(text)),
        }
    }
}
