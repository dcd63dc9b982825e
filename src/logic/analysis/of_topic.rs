//! Which topic an alert is about that posts opened by themselves. While it is not yet known what is usual for a topic, or
//! where its words are rarer than its rise, the posts that it finds open an alert before it does; and who reads the topic's
//! letters has to get that one.

use super::product::ProductState;
use super::silence::matches;
use crate::ground::post::PostKey;
use crate::logic::rules::{Product, Topic};

impl ProductState {
    /// The topic that finds at least half of these posts, as far as they are kept: of several the one that finds the most,
    /// then the first.
    pub(super) fn topic_of<'p>(&self, product: &'p Product, posts: &[PostKey]) -> Option<&'p Topic> {
        let finds = |topic: &Topic, key: &PostKey| {
            let heard = self.topics.get(&topic.id).is_some_and(|of| of.iter().any(|m| m.quote.key == *key));
            // What was said before the topic was written down was not heard as its.
            heard || self.clusters.member(key).is_some_and(|member| matches(&topic.query, member))
        };
        let found = product.topics.iter().map(|t| (posts.iter().filter(|key| finds(t, key)).count(), t));
        let (found, topic) = found.rev().max_by_key(|(found, _)| *found)?;
        (found > 0 && 2 * found >= posts.len()).then_some(topic)
    }
}
