//! `query-never-matches`: parts of a query that exclude one another.
//!
//! Why: such a query watches nothing, for weeks, and looks as if all were well. Fix: take one of the two away; often an
//! AND should have been an OR.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use crate::logic::rules::query::{Compare, Field, Node, Shape, implies};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-never-matches",
    "Parts of a query that exclude one another",
    "Such a query watches nothing, for weeks, and looks as if all were well.",
    Shown::Query("mini9 lang:en lang:pt"),
    "mini9 (lang:en OR lang:pt)",
)];

/// Alternatives of a query that are compared at most; past that nothing is told. Queries are small, hostile files are not.
const COMPARED: usize = 20_000;

/// One warning for each innermost part of the query that no post can satisfy.
pub(in crate::logic::rules) fn contradictions(root: &Node, shape: &Shape) -> Vec<Problem> {
    let mut found = Vec::new();
    look(root, shape, &mut found);
    found
}

/// A topic's query, which stands at `range`, that no post of its product can satisfy: what the product looks for, or takes back
/// with `not`, is what the topic leaves out or asks for. A topic that excludes itself is told of that alone.
pub(in crate::logic::rules) fn of_product(
    range: Range<usize>,
    topic: &Node,
    product: &Node,
    not: Option<&Node>,
    id: &str,
) -> Option<Problem> {
    let mut parts = vec![product];
    match topic {
        Node::And(own) => parts.extend(own),
        whole => parts.push(whole),
    }
    if let Some(why) = impossible(&parts, &mut COMPARED.clone()) {
        return Some(
            warning(
                range,
                &format!("no post of {id} can satisfy this: every one passed the `match` of [product]"),
            )
            .label(why)
            .help("a topic looks only at posts of its product: take out what contradicts its `match`"),
        );
    }
    implies(topic, not?).then(|| {
        warning(
            range,
            &format!("no post of {id} can satisfy this: `not` of [product] takes all of them back"),
        )
        .help("narrow `not` of the product, or take this topic away")
    })
}

/// A post that the product's `match` finds is always taken back by its `not`.
pub(in crate::logic::rules) fn taken_back(range: Range<usize>, product: &str) -> Problem {
    warning(range, &format!("`not` takes back everything that `match` of {product} finds"))
        .help("narrow `not` to what is really about something else")
}

fn look(node: &Node, shape: &Shape, found: &mut Vec<Problem>) {
    let known = found.len();
    let none = Shape::default();
    let part = |i: usize| shape.parts.get(i).unwrap_or(&none);
    match node {
        Node::And(parts) => {
            parts.iter().enumerate().for_each(|(i, inner)| look(inner, part(i), found));
            if found.len() > known {
                return;
            }
            if let Some(why) = impossible(&parts.iter().collect::<Vec<_>>(), &mut COMPARED.clone()) {
                found.push(
                    warning(shape.range.clone(), "no post can satisfy this")
                        .label(why)
                        .help("take one of the two away, or write OR if either is enough"),
                );
            }
        }
        Node::Or(parts) => parts.iter().enumerate().for_each(|(i, inner)| look(inner, part(i), found)),
        _ => {}
    }
}

fn warning(range: Range<usize>, message: &str) -> Problem {
    Problem::warning("query-never-matches", range, message)
}

/// Why these parts cannot all hold: two exclude one another, or each alternative of one is excluded by some other part.
fn impossible(parts: &[&Node], left: &mut usize) -> Option<String> {
    let others = |i: usize| parts.iter().enumerate().filter(move |(j, _)| *j != i).map(|(_, other)| *other);
    for (i, part) in parts.iter().copied().enumerate() {
        if let Some(why) = parts.iter().skip(i + 1).find_map(|other| exclude(part, other, left)) {
            return Some(why);
        }
        if let Node::Or(alternatives) = part
            && !alternatives.is_empty()
        {
            let excluded =
                |one: &Node, left: &mut usize| others(i).find_map(|other| exclude(one, other, left));
            let whys: Option<Vec<String>> = alternatives.iter().map(|one| excluded(one, left)).collect();
            if let Some(why) = whys {
                return why.into_iter().next();
            }
        }
    }
    None
}

/// Why two parts cannot both hold.
fn exclude(a: &Node, b: &Node, left: &mut usize) -> Option<String> {
    *left = left.checked_sub(1)?;
    let known = match (a, b) {
        (Node::Not(not), other) | (other, Node::Not(not)) => {
            let all = implies(other, not) || begins(other, not);
            all.then(|| "the NOT leaves out what the rest asks for".to_owned())
        }
        (Node::Field(a), Node::Field(b)) => fields(a, b),
        _ => None,
    };
    known.or_else(|| match (a, b) {
        (Node::And(parts), other) | (other, Node::And(parts)) => {
            parts.iter().find_map(|part| exclude(part, other, left))
        }
        (Node::Or(parts), other) | (other, Node::Or(parts)) if !parts.is_empty() => {
            let whys: Option<Vec<String>> = parts.iter().map(|part| exclude(part, other, left)).collect();
            whys?.into_iter().next()
        }
        _ => None,
    })
}

/// Is the word that is asked for among those that begin as a NOT says? A form of it that begins otherwise is a rarity.
fn begins(asked: &Node, not: &Node) -> bool {
    match (asked, not) {
        (_, Node::Or(parts)) => parts.iter().any(|part| begins(asked, part)),
        (Node::And(parts), _) => parts.iter().any(|part| begins(part, not)),
        (Node::Word(word), Node::Prefix { folded, .. }) => word.folded.starts_with(folded.as_str()),
        _ => false,
    }
}

fn fields(a: &Field, b: &Field) -> Option<String> {
    use Field as F;
    let apart = |a: &str, b: &str| !(a.starts_with(b) || b.starts_with(a));
    let one = |what: &str, differ: bool| differ.then(|| format!("a post has one {what}, and these are two"));
    match (a, b) {
        (F::Source(a), F::Source(b)) => one("source", a != b),
        (F::Lang(a), F::Lang(b)) => one("language", apart(a, b)),
        (F::Region(a), F::Region(b)) => one("region", apart(a, b)),
        (F::Site(a), F::Site(b)) => {
            one("address", !a.ends_with(b.as_str()) && !b.ends_with(a.as_str()) && apart(a, b))
        }
        (F::Followers(a, x), F::Followers(b, y))
        | (F::Rating(a, x), F::Rating(b, y))
        | (F::Sentiment(a, x), F::Sentiment(b, y)) => {
            let empty = !meet((*a, *x), (*b, *y));
            empty.then(|| "no number passes both tests".to_owned())
        }
        _ => None,
    }
}

/// Can one number pass both tests?
fn meet(a: (Compare, f64), b: (Compare, f64)) -> bool {
    let both = |n: f64| a.0.holds(n, a.1) && b.0.holds(n, b.1);
    [a.1, b.1, (a.1 + b.1) / 2.0, a.1.min(b.1) - 1.0, a.1.max(b.1) + 1.0].into_iter().any(both)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::rules::query::parse_query;

    #[test]
    fn contradictions_are_seen_through_alternatives() {
        let told = |query: &str| {
            let query = parse_query(query).unwrap();
            contradictions(query.root(), query.shape()).len()
        };
        for never in [
            "(lang:de OR lang:fr) lang:en",
            "(lang:de OR lang:fr) (lang:en OR lang:es)",
            "(lid OR cap) NOT lid NOT cap",
            "(lid OR cap) NOT (lid OR cap OR seal)",
            "lid NOT lid*",
            "leaking NOT (drip OR leak*)",
            "(lid rating<=2) rating>=4",
        ] {
            assert_eq!(told(never), 1, "{never}");
        }
        for fine in ["(lang:de OR lang:fr) lang:de", "(lid OR cap) NOT lid", "lids* NOT lid", "lid NOT lids*"]
        {
            assert_eq!(told(fine), 0, "{fine}");
        }
    }

    #[test]
    fn a_topic_is_asked_of_the_posts_of_its_product() {
        let told = |topic: &str, product: &str, not: &str| {
            let [topic, product, not] = [topic, product, not].map(|query| parse_query(query).unwrap());
            of_product(0..1, topic.root(), product.root(), Some(not.root()), "kettle").is_some()
        };
        assert!(told("lid NOT kettle", "kettle", "golf"));
        assert!(
            told("lid NOT kettle", "\"aster kettle\"", "golf")
                && told("lid lang:de", "kettle lang:en", "golf")
        );
        assert!(
            told("golf lid", "kettle", "golf") && told("lid NOT kettle NOT aster", "kettle OR aster", "golf")
        );
        assert!(!told("lid NOT kettle", "kettle OR #aster", "golf") && !told("lid", "kettle", "golf"));
    }
}
