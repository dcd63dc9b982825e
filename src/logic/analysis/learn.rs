//! What is usual for a topic whose query is new, from what people said before it was.

use super::product::SeriesId;
use super::state::Analysis;
use crate::ground::entry::Spoken;
use crate::ground::time::Timestamp;
use crate::logic::spike::Series;

impl Analysis {
    /// The topic's series becomes what it would be had the topic been watched all along. What was said long ago teaches;
    /// only what was said lately is evidence, as it would have been.
    pub(super) fn learn_topic(&mut self, product: &str, topic: &str, spoken: &[Spoken], now: Timestamp) {
        let Some(state) = self.memory.products.get_mut(product) else { return };
        let id = SeriesId::Topic(topic.to_owned());
        let Some(first) = spoken.first() else {
            // Nobody ever said it: the first who does begins a series, with the silence until then behind it.
            state.series.remove(&id);
            return;
        };
        let mut series = Series::new(first.at.min(now), &state.pool);
        for spoken in spoken {
            let at = spoken.at.min(now);
            series.hear(at, at, spoken.voice, &state.pool);
        }
        series.advance(now, &state.pool);
        state.series.insert(id, series);
    }
}
