//! What was given another id keeps its history: clusters, series, alerts, what people decided and silenced go along.

use std::collections::BTreeMap;

use super::state::Analysis;
use crate::logic::rules::RuleSet;

impl Analysis {
    /// Moves what is known of products and topics to the ids that they have in new rules. A product that has a history
    /// under its id already keeps that one; of a topic both become one. Tells which product has which id now.
    ///
    /// Decided from the text of the rules and from what was learnt alone, so a replay moves the same.
    pub(super) fn follow_names(&mut self, new: &RuleSet) -> BTreeMap<String, String> {
        let mut renamed = BTreeMap::new();
        for product in &new.products {
            for was in product.was.iter().flatten() {
                if self.memory.products.contains_key(&product.id) {
                    break;
                }
                if let Some(state) = self.memory.products.remove(was) {
                    self.memory.products.insert(product.id.clone(), state);
                    self.rename_silences(was, &product.id);
                    renamed.insert(was.clone(), product.id.clone());
                }
            }
            for topic in &product.topics {
                for was in topic.was.iter().flatten() {
                    if let Some(state) = self.memory.products.get_mut(&product.id) {
                        state.follow_topic(was, &topic.id);
                    }
                    let scope = |id: &str| format!("{}.{id}", product.id);
                    self.rename_silences(&scope(was), &scope(&topic.id));
                }
            }
        }
        renamed
    }

    /// Silences over `from`, and over what is in it, are of `into`; of two the longer one counts.
    fn rename_silences(&mut self, from: &str, into: &str) {
        let within = |scope: &str| {
            let rest = scope.strip_prefix(from)?;
            (rest.is_empty() || rest.starts_with('.')).then(|| format!("{into}{rest}"))
        };
        for (scope, silence) in std::mem::take(&mut self.memory.silences) {
            let scope = within(&scope).unwrap_or(scope);
            let known = self.memory.silences.entry(scope).or_insert_with(|| silence.clone());
            if silence.until > known.until {
                *known = silence;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::alert::{AlertEvent, EventKind};
    use crate::ground::entry::{Act, Body, Deed, Entry, RuleFile, RuleFiles};
    use crate::ground::post::{Incoming, parse_line};
    use crate::ground::reason::Reason;
    use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};

    fn rules(id: &str, topic: &str) -> Body {
        let product = format!(
            "[product]\n{id}\nname = 'Widget'\nmatch = 'widget'\nteam = 't'\n[[topic]]\n{topic}\ntitle = 'It burns'\nmatch = 'burns'\nseverity = 'safety'\n"
        );
        let teams = "[team.t]\nemail = ['t@example.org']\n".to_owned();
        let file = |path: &str, text: String| RuleFile { path: path.into(), text };
        Body::Rules(RuleFiles {
            folder: "r".into(),
            files: vec![file("p.toml", product), file("teams.toml", teams)],
        })
    }

    fn said(n: i64, text: &str, at: Timestamp) -> Body {
        let line = serde_json::json!({"id": n.to_string(), "source": "s", "author": format!("voice {n}"),
            "text": text, "created_at": at, "lang": "en"});
        match parse_line(line.to_string().as_bytes(), Some(at)) {
            Ok(Incoming::Post(post)) => Body::Post { post, history: false },
            other => panic!("{other:?}"),
        }
    }

    /// Five people whose widget burns, a name and two silences; then these rules, then a sixth, and two months of quiet.
    fn lived(after: Body) -> (Analysis, Vec<AlertEvent>, Vec<u8>) {
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let day = |n: i64| plus_ms(start, n * DAY_MS);
        let act = |what: Deed| {
            Body::Act(Act { why: String::new(), by: "ana".into(), what, posts: BTreeMap::new() })
        };
        let mut log = vec![(start, rules("id = 'old'", "id = 'fire'"))];
        log.extend((0..40).map(|n| (plus_ms(start, n * 12 * HOUR_MS), Body::Tick)));
        let texts = [
            "terrible, my widget burns when it charges",
            "this widget burns, broken after a week, I want my money back",
            "who else has a widget that burns and is broken? awful thing",
            "the broken widget burns again, useless support",
            "widget: it burns, it stinks, it is broken, never again",
        ];
        for (n, text) in texts.iter().enumerate() {
            let at = plus_ms(day(20), n as i64 * HOUR_MS);
            log.push((at, said(n as i64, text, at)));
        }
        log.push((day(21), act(Deed::Name { cluster: "old.c1".into(), name: "Burning".into() })));
        for scope in ["old.c1", "old.fire", "older"] {
            let until = plus_ms(day(21), 40 * DAY_MS);
            log.push((
                day(21),
                act(Deed::Silence { scope: scope.into(), why: String::new(), until, until_worse: false }),
            ));
        }
        log.push((plus_ms(day(21), HOUR_MS), after));
        let at = plus_ms(day(22), HOUR_MS);
        log.push((at, said(9, "awful, the widget burns on my desk and is broken", at)));
        let (mut analysis, mut events) = (Analysis::default(), Vec::new());
        for (i, (at, body)) in log.into_iter().enumerate() {
            events.extend(analysis.fold(&Entry { seq: i as u64 + 1, at, body }).events);
        }
        let snapshot = analysis.snapshot().unwrap();
        (analysis, events, snapshot)
    }

    #[test]
    fn with_was_the_history_goes_along() {
        let (analysis, events, _) = lived(rules("id = 'new'\nwas = 'old'", "id = 'flames'\nwas = ['fire']"));
        assert!(analysis.product("old").is_none());
        let state = analysis.product("new").unwrap();
        assert_eq!(
            state.clusters.iter().map(|c| (c.number, c.name.as_deref())).collect::<Vec<_>>(),
            [(1, Some("Burning"))]
        );
        assert_eq!(state.clusters.get(1).unwrap().size, 6);
        assert_eq!(state.topics.keys().collect::<Vec<_>>(), ["flames"]);
        assert_eq!(state.topics["flames"].len(), 6);
        let silent: Vec<&String> = analysis.silences().keys().collect();
        assert_eq!(silent, ["new.c1", "new.flames", "older"]);
        // The alert that opened under the old id is open still, and no other one opened.
        let opened: Vec<_> = events.iter().filter(|e| e.kind == EventKind::Opened).collect();
        assert_eq!(
            (opened.len(), events.iter().filter(|e| e.kind == EventKind::Resolved).count()),
            (1, 0),
            "{events:#?}"
        );
        let open: Vec<_> = state.alerts.values().filter(|s| s.is_open()).map(|s| s.id.as_str()).collect();
        assert_eq!(open, [opened[0].alert.as_str()]);
    }

    #[test]
    fn without_it_all_begins_anew_and_the_alert_ends() {
        let (analysis, events, _) = lived(rules("id = 'new'", "id = 'flames'"));
        assert_eq!(analysis.product("new").unwrap().clusters.get(1).unwrap().size, 1);
        assert!(events.iter().any(|e| e.reason == Reason::RuleRemoved));
    }

    #[test]
    fn a_replay_moves_the_same_and_said_twice_it_moves_nothing_more() {
        let renamed = || rules("id = 'new'\nwas = 'old'", "id = 'flames'\nwas = 'fire'");
        assert_eq!(lived(renamed()).2, lived(renamed()).2);
        let (mut analysis, _, before) = lived(renamed());
        let at = analysis.now().unwrap();
        let out = analysis.fold(&Entry { seq: 1_000, at, body: renamed() });
        assert_eq!((out.events.len(), out.rules_refused), (0, false));
        assert_eq!(analysis.snapshot().unwrap(), before);
    }

    #[test]
    fn a_topic_that_has_spoken_under_its_new_id_keeps_both() {
        let (mut analysis, _, _) = lived(rules("id = 'old'", "id = 'flames'"));
        let before = analysis.product("old").unwrap().topics.clone();
        assert_eq!((before["fire"].len(), before["flames"].len()), (5, 1));
        let at = analysis.now().unwrap();
        analysis.fold(&Entry { seq: 1_000, at, body: rules("id = 'old'", "id = 'flames'\nwas = 'fire'") });
        let state = analysis.product("old").unwrap();
        assert_eq!((state.topics.len(), state.topics["flames"].len()), (1, 6));
        let days: Vec<_> = state.topics["flames"].iter().map(|m| m.quote.at).collect();
        assert!(days.is_sorted());
    }
}
