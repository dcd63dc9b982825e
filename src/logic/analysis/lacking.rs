//! What a text lacks for the rules that do not find it.

use crate::logic::rules::{Product, RuleSet, Subject};

/// Rules that are told of.
const TOLD: usize = 5;

/// A rule that does not find a text, and what of it is lacking.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Lacking {
    /// `product kettle`, `topic kettle.lid-leaks`.
    pub rule: String,
    /// What is lacking, one sentence each.
    pub lacks: Vec<String>,
}

/// Why the rules do not find a text: the products, where it is about none, or else the topics of those that it is about (by
/// their index) and that do not name it. Those that it has some words of come first.
pub(super) fn lacking(
    rules: &RuleSet,
    matched: &[(usize, Vec<usize>)],
    subject: &Subject<'_>,
) -> Vec<Lacking> {
    let mut found: Vec<(bool, Lacking)> = Vec::new();
    if matched.is_empty() {
        found.extend(rules.products.iter().map(|product| of_product(product, subject)));
    }
    for (product, topics) in matched {
        let Some(product) = rules.products.get(*product) else { continue };
        let others = product.topics.iter().enumerate().filter(|(i, _)| !topics.contains(i));
        found.extend(others.map(|(_, topic)| {
            let asked = topic.query.explain(subject);
            let rule = format!("topic {}.{}", product.id, topic.id);
            (asked.words.is_empty(), Lacking { rule, lacks: asked.missing() })
        }));
    }
    found.sort_by_key(|(strange, _)| *strange);
    found.into_iter().map(|(_, lacking)| lacking).take(TOLD).collect()
}

fn of_product(product: &Product, subject: &Subject<'_>) -> (bool, Lacking) {
    let asked = product.query.explain(subject);
    let not = product.not.as_ref().filter(|_| asked.held).and_then(|not| not.matches(subject));
    let lacks = match not {
        Some(words) => vec![format!("its `not` leaves it out by \"{}\"", words.join("\", \""))],
        None => asked.missing(),
    };
    (asked.words.is_empty(), Lacking { rule: format!("product {}", product.id), lacks })
}
