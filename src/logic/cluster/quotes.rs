//! Which posts speak for a complaint: a few that are typical and differ.

use std::collections::{BTreeSet, VecDeque};

use super::clusters::Member;
use super::features::{Features, Vocabulary};
use super::vector::Vector;
use crate::ground::alert::Quote;
use crate::logic::text::{Lang, tokenize};

/// Up to `most` quotes that differ: first the most typical, then each the least like those chosen, each from another
/// voice; `keep` says which may be quoted.
pub fn quotes(
    members: &VecDeque<Member>,
    vocabulary: &Vocabulary,
    most: usize,
    keep: impl Fn(&Quote) -> bool,
) -> Vec<Quote> {
    let mut voices = BTreeSet::new();
    let pool: Vec<(&Quote, Vector)> = members
        .iter()
        .rev()
        .filter(|m| keep(&m.quote) && voices.insert(m.voice))
        .map(|m| {
            let lang = Lang::from_tag(&m.quote.lang);
            (&m.quote, vocabulary.vector(&Features::of(&tokenize(&m.quote.text, lang), lang)))
        })
        .collect();
    let typical = |v: &Vector| pool.iter().map(|(_, o)| v.dot(o)).sum::<f32>() / pool.len() as f32;
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < most.min(pool.len()) {
        let next = (0..pool.len())
            .filter(|i| !chosen.contains(i))
            .filter_map(|i| {
                let (quote, vector) = pool.get(i)?;
                let near = chosen
                    .iter()
                    .filter_map(|c| pool.get(*c))
                    .map(|(_, other)| vector.dot(other))
                    .fold(0.0, f32::max);
                // A reader wants a sentence or two, not a word and not a page.
                let length = quote.text.chars().count() as f32;
                let readable = if (30.0..=280.0).contains(&length) { 0.1 } else { 0.0 };
                Some((i, typical(vector) - near + readable))
            })
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        let Some((i, _)) = next else { break };
        chosen.push(i);
    }
    chosen.into_iter().filter_map(|i| pool.get(i)).map(|(q, _)| (*q).clone()).collect()
}
