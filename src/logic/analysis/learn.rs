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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::{Body, Entry, RuleFile, RuleFiles};
    use crate::ground::post::{Incoming, parse_line};
    use crate::ground::time::{HOUR_MS, plus_ms};

    const TOPIC: &str = "[[topic]]\nid = 'keys'\ntitle = 'Keys'\nmatch = 'keys'\n";

    fn rules(topic: &str) -> Body {
        let product = format!(
            "[product]\nid = 'p'\nname = 'P'\nmatch = 'mini'\nteam = 't'\nclusters = 'none'\n{topic}"
        );
        let teams = "[team.t]\nemail = ['t@example.org']\n".to_owned();
        let file = |path: &str, text: String| RuleFile { path: path.into(), text };
        Body::Rules(RuleFiles {
            folder: "r".into(),
            files: vec![file("p.toml", product), file("teams.toml", teams)],
        })
    }

    /// Words of a post's own: otherwise it would be a copy.
    fn words(n: i64) -> String {
        (0..10).map(|k| format!("w{} ", (n * 131 + k * 977) % 1_009)).collect()
    }

    /// Two people a day speak of the keys for two months; then the topic is new, and it goes on as ever.
    fn alerts(learnt: bool) -> usize {
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let mut analysis = Analysis::default();
        let mut spoken = Vec::new();
        let mut opened = 0;
        analysis.fold(&Entry { seq: 1, at: start, body: rules("") });
        for n in 0..140i64 {
            let at = plus_ms(start, n * 12 * HOUR_MS);
            if n == 120 {
                analysis.fold(&Entry { seq: 1_000, at, body: rules(TOPIC) });
                if learnt {
                    let body =
                        Body::Baseline { product: "p".into(), topic: "keys".into(), spoken: spoken.clone() };
                    analysis.fold(&Entry { seq: 1_001, at, body });
                }
            }
            let line = serde_json::json!({"id": n.to_string(), "source": "s", "author": format!("a{n}"),
"text": format!("keys mini {}", words(n)), "created_at": at});
            let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), Some(at)) else {
                unreachable!()
            };
            spoken.push(Spoken { at, voice: n as u64 });
            opened += analysis
                .fold(&Entry { seq: n as u64 + 2, at, body: Body::Post { post, history: false } })
                .events
                .len();
        }
        opened
    }

    #[test]
    fn what_people_always_said_is_no_news_when_a_topic_is_new() {
        assert!(alerts(false) > 0, "taken for silence until then");
        assert_eq!(alerts(true), 0);
    }
}
