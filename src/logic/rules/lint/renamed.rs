//! `id-renamed`: an id is gone, and another one with the same query is new.
//!
//! Why: history, open alerts and what people said about them hang on the id. Under a new one all of it would begin anew,
//! and nobody would notice. Fix: say with `was` whose history it is, or that it has none; or keep the id, since what people
//! read is `name` and `title`. It is an error for whoever puts rules in force, and no part of reading them: the log holds
//! rules from before there was `was`.

use super::documented::{Doc, Shown};
use crate::ground::diagnostic::{Diagnostic, Place};
use crate::logic::rules::{Product, RuleSet};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::error(
    "id-renamed",
    "An id was changed, and nothing says whose history it has",
    "History, clusters, open alerts, silences and what people decided hang on the id. With `was = \"old-id\"` below the new id all of it goes along; `was = []` begins anew; or write the old id again, since what people read is `name` and `title`. Told by `check --data DIR` and by the daemon, which goes on with the rules of before.",
    Shown::Words,
    "",
)];

/// What was renamed between the rules in force and new ones without a word about it.
pub(in crate::logic::rules) fn between(old: &RuleSet, new: &RuleSet) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for product in &new.products {
        if let Some(known) = product.before(old) {
            topics(known, product, &mut found);
        } else if says_nothing(&product.was) {
            let gone = |p: &&Product| new.products.iter().all(|n| n.id != p.id && !claims(&n.was, &p.id));
            let same = |p: &&Product| p.query.text() == product.query.text() || p.name == product.name;
            if let Some(was) = old.products.iter().filter(gone).find(same) {
                found.push(say(product.origin.clone(), "product", &was.id, &product.id, "name"));
            }
        }
    }
    found
}

fn topics(old: &Product, new: &Product, found: &mut Vec<Diagnostic>) {
    for topic in new.topics.iter().filter(|t| says_nothing(&t.was) && t.before(old).is_none()) {
        let was = old
            .topics
            .iter()
            .filter(|o| new.topics.iter().all(|n| n.id != o.id && !claims(&n.was, &o.id)))
            .find(|o| o.query.text() == topic.query.text() || o.title == topic.title);
        if let Some(was) = was {
            found.push(say(topic.origin.clone(), "topic", &was.id, &topic.id, "title"));
        }
    }
}

/// Of what has no history by this `was`: nothing was said of it, or only ids that nothing had, as when one is misspelt. `[]`
/// says that it begins anew.
fn says_nothing(was: &Option<Vec<String>>) -> bool {
    was.as_ref().is_none_or(|ids| !ids.is_empty())
}

fn claims(was: &Option<Vec<String>>, id: &str) -> bool {
    was.iter().flatten().any(|was| was == id)
}

fn say(place: Place, what: &str, was: &str, is: &str, shown: &str) -> Diagnostic {
    Diagnostic::error(
        "id-renamed",
        format!("the {what} \"{was}\" was renamed to \"{is}\": its history would stay behind"),
        place,
    )
    .help(format!(
        "write was = \"{was}\" below id = \"{is}\", and its history, its alerts and what people decided go along (was = [] begins anew); or write the old id again: what people read is `{shown}`, which can change freely"
    ))
}
