//! How much of real posts the rules find: a query that finds most of them watches nothing in particular.

use super::{RuleSet, Subject, lint};
use crate::ground::diagnostic::Diagnostic;

/// Counts posts as they are matched.
#[derive(Debug)]
pub struct Measure<'r> {
    rules: &'r RuleSet,
    posts: usize,
    /// By product: its posts, and those of each of its topics.
    found: Vec<(usize, Vec<usize>)>,
}

impl<'r> Measure<'r> {
    /// Nothing counted yet.
    pub fn new(rules: &'r RuleSet) -> Self {
        let found = rules.products.iter().map(|p| (0, vec![0; p.topics.len()])).collect();
        Self { rules, posts: 0, found }
    }

    /// One post more.
    pub fn take(&mut self, subject: &Subject<'_>) {
        self.posts += 1;
        for matched in self.rules.match_post(subject) {
            let Some((posts, topics)) = self.found.get_mut(matched.product) else { continue };
            *posts += 1;
            for topic in matched.topics {
                if let Some(count) = topics.get_mut(topic.topic) {
                    *count += 1;
                }
            }
        }
    }

    /// Posts counted so far.
    pub fn posts(&self) -> usize {
        self.posts
    }

    /// The queries that find most. `of` names the posts, such as "last week's mentions"; a product's own share says
    /// something only where they are not mentions already (`whole`).
    pub fn told(&self, of: &str, whole: bool) -> Vec<Diagnostic> {
        let most = |found: usize, all: usize| {
            all >= lint::measured::FEWEST && found as f64 > lint::measured::MOST * all as f64
        };
        let mut told = Vec::new();
        for (product, (posts, topics)) in self.rules.products.iter().zip(&self.found) {
            if whole && most(*posts, self.posts) {
                let what = format!("product \"{}\"", product.id);
                told.push(lint::measured::most(product.origin.clone(), &what, *posts, self.posts, of));
            }
            for (topic, found) in product.topics.iter().zip(topics).filter(|(_, found)| most(**found, *posts))
            {
                let what = format!("topic \"{}\"", topic.id);
                let of = format!("{of} about {}", product.name);
                told.push(lint::measured::most(topic.origin.clone(), &what, *found, *posts, &of));
            }
        }
        told
    }
}
