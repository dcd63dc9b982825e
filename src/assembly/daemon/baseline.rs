//! What is usual for topics that are new or were changed: learnt from the posts of the log as if they had been watched all
//! along, so that a topic about something that people always say does not begin with an alert.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use crate::edges::store::{Store, StoreError};
use crate::ground::entry::{Body, Spoken};
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};
use crate::logic::analysis::Analysis;
use crate::logic::rules::RuleSet;

/// Days that are looked back: eight half-lives of what is usual.
const DAYS: i64 = 170;
/// Entries of the log that are read at most, the newest.
const MOST_ENTRIES: u64 = 200_000;
/// People that are kept for one topic, the newest.
const MOST_SPOKEN: usize = 20_000;

/// The topics of products that are known, with a query that was not in force before.
pub(super) fn changed_topics(old: &RuleSet, new: &RuleSet) -> Vec<(String, String)> {
    let mut changed = Vec::new();
    for product in &new.products {
        let Some(known) = product.before(old) else { continue };
        for topic in &product.topics {
            let before = topic.before(known);
            if before.is_none_or(|t| t.query.root() != topic.query.root()) {
                changed.push((product.id.clone(), topic.id.clone()));
            }
        }
    }
    changed
}

/// What the log has about these topics, as entries. `analysis` has the new rules in force already.
///
/// # Errors
/// The log cannot be read.
pub(super) fn learn(
    store: &Store,
    analysis: &Analysis,
    topics: &[(String, String)],
    now: Timestamp,
) -> Result<Vec<Body>, StoreError> {
    let from = plus_ms(now, -DAYS * DAY_MS);
    let mut heard: BTreeMap<&(String, String), Vec<Spoken>> =
        topics.iter().map(|topic| (topic, Vec::new())).collect();
    let end = store.last_position()?;
    let mut position = end.saturating_sub(MOST_ENTRIES);
    while position < end && !topics.is_empty() {
        let entries = store.read(position, 1_000)?;
        let Some(last) = entries.last() else { break };
        position = last.seq;
        for entry in &entries {
            let Body::Post { post, .. } = &entry.body else { continue };
            if post.created_at < from || post.repost_of.is_some() {
                continue;
            }
            let (_, matches) = analysis.read(post);
            for matched in matches {
                let Some(product) = analysis.rules().products.get(matched.product) else { continue };
                for topic in matched.topics.iter().filter_map(|t| product.topics.get(t.topic)) {
                    if let Some(spoken) = heard.get_mut(&(product.id.clone(), topic.id.clone())) {
                        spoken.push(Spoken { at: post.created_at, voice: xxh3_64(post.voice().as_bytes()) });
                    }
                }
            }
        }
    }
    let mut bodies = Vec::new();
    for ((product, topic), mut spoken) in heard {
        spoken.sort_by_key(|s| s.at);
        let newest = spoken.split_off(spoken.len().saturating_sub(MOST_SPOKEN));
        bodies.push(Body::Baseline { product: product.clone(), topic: topic.clone(), spoken: newest });
    }
    Ok(bodies)
}
