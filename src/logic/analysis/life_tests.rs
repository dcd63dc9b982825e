//! What the tests of letters share: a dozen ways to complain of a widget, the posts, and the fold over them.

use super::state::{Analysis, Outcome};
use crate::ground::alert::AlertEvent;
use crate::ground::entry::{Body, Entry, RuleFile, RuleFiles};
use crate::ground::post::{Incoming, parse_line};
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};

/// A dozen ways to say it: the same words twice would be a copy, and a copy is no second person.
pub(super) const WAYS: [&str; 12] = [
    "the OF on mine gave up this morning, so annoyed",
    "anyone else with a broken OF? third week only",
    "returned it because its OF stopped working at all",
    "OF problems again. support hung up twice today",
    "cannot believe how bad this OF turned out, refund please",
    "brand new, and already the OF came off in my hand",
    "my daughter cried when her OF died before the exam",
    "OF is useless after the update, nothing helps here",
    "spent two hours fixing that stupid OF yesterday night",
    "worst purchase ever, mainly for the terrible OF",
    "do not buy: OF fails constantly and they know about it",
    "sent photos of my cracked OF and got no answer since",
];

/// These rules: a product's file and the teams'.
pub(super) fn rules(product: &str, teams: &str) -> Body {
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let files = vec![file("p.toml", product), file("teams.toml", teams)];
    Body::Rules(RuleFiles { folder: "rules".into(), files })
}

/// A Monday.
pub(super) fn start() -> Timestamp {
    "2025-01-06T00:00:00Z".parse().unwrap()
}

/// Day `day` at `hour` o'clock.
pub(super) fn at(day: i64, hour: i64) -> Timestamp {
    plus_ms(start(), day * DAY_MS + hour * HOUR_MS)
}

/// Post `n` of somebody whom nobody else is, in this region.
pub(super) fn post(n: usize, text: &str, region: &str, at: Timestamp) -> (Timestamp, Body) {
    by(&format!("a{n}"), n, text, region, at)
}

/// Post `n` of this author, in this region.
pub(super) fn by(author: &str, n: usize, text: &str, region: &str, at: Timestamp) -> (Timestamp, Body) {
    let line = serde_json::json!({"id": n.to_string(), "source": "s", "author": author, "region": region,
        "text": format!("widget: {text}"), "created_at": at});
    let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else { panic!("no post") };
    (at, Body::Post { post, history: false })
}

/// Sixty calm days under these rules, and then this; the clock ticks each hour, to the end of day `days`.
pub(super) fn life(rules: Body, then: Vec<(Timestamp, Body)>, days: i64) -> Vec<Entry> {
    let mut bodies = vec![(start(), rules)];
    for hour in 0..days * 24 {
        bodies.push((at(0, hour), Body::Tick));
        if hour % 12 == 0 && hour < 60 * 24 {
            bodies.push(post(hour as usize, "is here", "PT", at(0, hour)));
        }
    }
    bodies.extend(then);
    bodies.sort_by_key(|(at, _)| *at);
    (1..).zip(bodies).map(|(seq, (at, body))| Entry { seq, at, body }).collect()
}

/// What each entry brings about. Before entry `restored_at` the analysis is read back from its own snapshot.
pub(super) fn fold(entries: &[Entry], restored_at: Option<usize>) -> Vec<Outcome> {
    let mut analysis = Analysis::default();
    let mut outcomes = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        if restored_at == Some(i) {
            analysis = Analysis::restore(&analysis.snapshot().unwrap()).unwrap();
        }
        // The clock ticks when something that waits is to go.
        while let Some(due) = analysis.wakes_at().filter(|due| *due < entry.at) {
            outcomes.push(analysis.fold(&Entry { seq: 0, at: due, body: Body::Tick }));
        }
        outcomes.push(analysis.fold(entry));
    }
    outcomes
}

/// All that happened to alerts.
pub(super) fn events(outcomes: &[Outcome]) -> Vec<&AlertEvent> {
    outcomes.iter().flat_map(|o| &o.events).collect()
}
