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

/// One warning for each innermost part of the query that no post can satisfy.
pub(in crate::logic::rules) fn contradictions(root: &Node, shape: &Shape) -> Vec<Problem> {
    let mut found = Vec::new();
    look(root, shape, &mut found);
    found
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
            for (i, a) in parts.iter().enumerate() {
                for b in parts.iter().skip(i + 1) {
                    if let Some(why) = exclude(a, b) {
                        found.push(
                            warning(shape.range.clone(), "no post can satisfy this")
                                .label(why)
                                .help("take one of the two away, or write OR if either is enough"),
                        );
                        return;
                    }
                }
            }
        }
        Node::Or(parts) => parts.iter().enumerate().for_each(|(i, inner)| look(inner, part(i), found)),
        _ => {}
    }
}

fn warning(range: Range<usize>, message: &str) -> Problem {
    Problem::warning("query-never-matches", range, message)
}

/// Why two parts cannot both hold.
fn exclude(a: &Node, b: &Node) -> Option<String> {
    match (a, b) {
        (Node::Not(not), other) | (other, Node::Not(not)) => {
            implies(other, not).then(|| "what one part asks for the NOT leaves out".to_owned())
        }
        (Node::Field(a), Node::Field(b)) => fields(a, b),
        _ => None,
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
