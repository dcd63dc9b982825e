//! Silences: they hold, the latest of a scope counts, and what could hurt somebody passes the broad ones.

use super::silence::BY_QUERY;
use super::state::Analysis;
use crate::ground::entry::{Act, Body, Deed, Entry, RuleFile, RuleFiles};
use crate::ground::post::{Incoming, parse_line};
use crate::ground::time::{HOUR_MS, Timestamp, plus_ms};

/// A product with a topic of safety.
pub(super) const PRODUCT: &str = r#"
[product]
id = "p"
name = "P"
match = "widget"
team = "t"
[[topic]]
id = "burns"
title = "It burns"
match = "burns"
severity = "safety"
"#;
const TEAMS: &str = "[team.t]\nemail = [\"t@example.org\"]\n";

/// Addresses told of the safety alert that two voices open, after these silences (scope, hours) were laid down.
fn told(silences: &[(&str, i64)]) -> Vec<String> {
    let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let files =
        RuleFiles { folder: "rules".into(), files: vec![file("p.toml", PRODUCT), file("teams.toml", TEAMS)] };
    let mut bodies = vec![Body::Rules(files)];
    for (scope, hours) in silences {
        let until = plus_ms(start, hours * HOUR_MS);
        let what = Deed::Silence { scope: (*scope).into(), why: String::new(), until, until_worse: false };
        bodies.push(Body::Act(Act {
            why: String::new(),
            by: "somebody".into(),
            what,
            posts: Default::default(),
        }));
    }
    for voice in ["ana", "bo"] {
        let line = serde_json::json!({"id": voice, "source": "s", "author": voice, "text": "my widget burns",
            "created_at": "2025-01-06T00:10:00Z"});
        let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else {
            panic!("no post")
        };
        bodies.push(Body::Post { post, history: false });
    }
    let mut analysis = Analysis::default();
    let mut events = Vec::new();
    for (i, body) in bodies.into_iter().enumerate() {
        let at = plus_ms(start, 600_000);
        events.extend(analysis.fold(&Entry { seq: i as u64 + 1, at, body }).events);
    }
    assert_eq!(events.len(), 1, "the second voice opens it");
    events.remove(0).deliver_to
}

#[test]
fn danger_passes_a_silence_over_everything_but_not_one_that_names_it() {
    assert_eq!(told(&[]), ["t@example.org"]);
    assert_eq!(told(&[("*", 5), ("p", 5)]), ["t@example.org"]);
    assert!(told(&[("p.burns", 5)]).is_empty());
}

#[test]
fn the_latest_silence_of_a_scope_counts() {
    assert_eq!(told(&[("p.burns", 72), ("p.burns", 0)]), ["t@example.org"]);
    assert!(told(&[("p.burns", 0), ("p.burns", 72)]).is_empty());
}

#[test]
fn a_query_silences_what_most_of_the_posts_of_an_alert_match() {
    let told = |severity: &str, query: &str| {
        let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let product = PRODUCT.replace("\"safety\"", &format!("\"{severity}\""));
        let files = RuleFiles {
            folder: "rules".into(),
            files: vec![file("p.toml", &product), file("teams.toml", TEAMS)],
        };
        let until = plus_ms(start, 1_000 * HOUR_MS);
        let scope = format!("{BY_QUERY} {query}");
        let what = Deed::Silence { scope, why: String::new(), until, until_worse: false };
        let act = Act { why: String::new(), by: "somebody".into(), what, posts: Default::default() };
        let mut bodies = vec![(start, Body::Rules(files)), (start, Body::Act(act))];
        for day in 0..40 {
            // For five weeks people speak of other things.
            let (voices, text) = match day {
                0..35 => (2, "my widget is on the shelf"),
                // Too short to be taken for copies of one another.
                _ => (9, "widget burns since firmware"),
            };
            for voice in 0..voices {
                let at = plus_ms(start, (24 * day + 10) * HOUR_MS + voice);
                let line = serde_json::json!({"id": format!("{day}.{voice}"), "source": "s",
                    "author": format!("{day}.{voice}"), "text": text,
                    "created_at": at, "region": if voice == 0 { "US" } else { "BR" }});
                let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else {
                    panic!("no post")
                };
                bodies.push((at, Body::Post { post, history: false }));
            }
        }
        let mut analysis = Analysis::default();
        let fold = |(i, (at, body))| analysis.fold(&Entry { seq: i as u64 + 1, at, body }).events;
        let events: Vec<_> = bodies.into_iter().enumerate().flat_map(fold).collect();
        assert!(!events.is_empty(), "it opens");
        events.iter().all(|event| !event.deliver_to.is_empty())
    };
    assert!(told("high", "toaster"), "what it is not about holds nothing back");
    assert!(!told("high", "firmware region:BR"));
    assert!(told("high", "firmware region:US"), "a few posts do not make it one of these");
    assert!(told("safety", "firmware region:BR"), "danger is told");
}
