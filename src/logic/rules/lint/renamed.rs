//! `id-renamed`: an id is gone, and another one with the same query is new.
//!
//! Why: history, open alerts and what people said about them hang on the id. Under a new one all of it begins anew. Fix:
//! keep the id; what people read is `name` and `title`, and those can change freely.

use super::documented::{Doc, Shown};
use crate::ground::diagnostic::Diagnostic;
use crate::logic::rules::{Product, RuleSet};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "id-renamed",
    "An id was changed",
    "History, open alerts and what people said about them hang on the id. Write the old id again; what people read is `name` and `title`. Told by `check --data DIR` and by the daemon.",
    Shown::Words,
    "",
)];

/// What was renamed between the rules in force and new ones.
pub(in crate::logic::rules) fn between(old: &RuleSet, new: &RuleSet) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for product in &new.products {
        let known = old.products.iter().find(|p| p.id == product.id);
        match known {
            Some(known) => topics(known, product, &mut found),
            None => {
                let gone = |p: &&Product| new.products.iter().all(|n| n.id != p.id);
                let same = |p: &&Product| p.query.text() == product.query.text() || p.name == product.name;
                if let Some(was) = old.products.iter().filter(gone).find(same) {
                    let place = product.origin.clone();
                    found.push(say(place, "product", &was.id, &product.id, "name"));
                }
            }
        }
    }
    found
}

fn topics(old: &Product, new: &Product, found: &mut Vec<Diagnostic>) {
    for topic in new.topics.iter().filter(|t| old.topics.iter().all(|o| o.id != t.id)) {
        let was = old
            .topics
            .iter()
            .filter(|o| new.topics.iter().all(|n| n.id != o.id))
            .find(|o| o.query.text() == topic.query.text() || o.title == topic.title);
        if let Some(was) = was {
            found.push(say(topic.origin.clone(), "topic", &was.id, &topic.id, "title"));
        }
    }
}

fn say(place: crate::ground::diagnostic::Place, what: &str, was: &str, is: &str, shown: &str) -> Diagnostic {
    Diagnostic::warning(
        "id-renamed",
        format!("the {what} \"{was}\" was renamed to \"{is}\": its history stays behind"),
        place,
    )
    .help(format!(
        "write id = \"{was}\" again to keep its history and its open alerts; what people read is `{shown}`, which can change freely"
    ))
}
