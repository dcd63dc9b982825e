//! Which topic an alert is about that posts opened by themselves. While it is not yet known what is usual for a topic, or
//! where its words are rarer than its rise, the posts that it finds open an alert before it does; and who reads the topic's
//! letters has to get that one.

use std::collections::{BTreeMap, BTreeSet};

use super::product::ProductState;
use super::silence::with_subject;
use crate::ground::post::PostKey;
use crate::logic::rules::{Product, RuleSet, Topic};

impl ProductState {
    /// The topic that finds at least half of these posts, as far as they are kept: of several the one that finds the most,
    /// then the first.
    pub(super) fn topic_of<'p>(
        &self,
        rules: &RuleSet,
        product: &'p Product,
        posts: &[PostKey],
    ) -> Option<&'p Topic> {
        let asked: BTreeSet<&PostKey> = posts.iter().collect();
        let mut found: BTreeMap<&str, BTreeSet<&PostKey>> = BTreeMap::new();
        for topic in &product.topics {
            let heard = self.topics.get(&topic.id).into_iter().flatten();
            let heard = heard.filter_map(|member| asked.get(&member.quote.key).copied());
            found.entry(&topic.id).or_default().extend(heard);
        }
        // What was said before the topic was written down was not heard as its. All queries are asked at once.
        for key in &asked {
            let Some(member) = self.clusters.member(key) else { continue };
            let matches = with_subject(member, |subject| rules.match_post(subject));
            for matched in matches {
                let Some(of) = rules.products.get(matched.product).filter(|of| of.id == product.id) else {
                    continue;
                };
                for topic in matched.topics.iter().filter_map(|topic| of.topics.get(topic.topic)) {
                    found.get_mut(topic.id.as_str()).into_iter().for_each(|posts| posts.extend([*key]));
                }
            }
        }
        let count = |topic: &&Topic| found.get(topic.id.as_str()).map_or(0, BTreeSet::len);
        let most = product.topics.iter().rev().max_by_key(count)?;
        (count(&most) > 0 && 2 * count(&most) >= asked.len()).then_some(most)
    }
}
