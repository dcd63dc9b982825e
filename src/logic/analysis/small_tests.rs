//! Small products: a handful of complaints in months, and one outbreak must not hide the next.

use super::Analysis;
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Body, Entry, RuleFile, RuleFiles};
use crate::ground::post::{Incoming, parse_line};
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};

const RULES: [(&str, &str); 3] = [
    ("kettle.toml", "[product]\nid = \"kettle\"\nname = \"K\"\nmatch = \"kettle\"\nteam = \"t\"\n"),
    ("app.toml", "[product]\nid = \"app\"\nname = \"A\"\nmatch = \"app\"\nteam = \"t\"\n"),
    ("teams.toml", "[team.t]\nemail = [\"t@example.org\"]\n"),
];
const LID: [&str; 9] = [
    "the lid of my kettle leaks every time I pour",
    "kettle: the lid drips all over the counter",
    "why does the lid of this kettle leak so badly",
    "my kettle leaks from under the lid, useless",
    "lid on the kettle drips and I burn my patience",
    "the kettle lid is leaking again, terrible design",
    "water drips from the lid of the kettle whenever I tilt it",
    "leaking lid on a new kettle, disappointed",
    "that kettle lid leaks, I have a puddle every morning",
];
const OFFLINE: [&str; 5] = [
    "since the update the app cannot find my device, useless",
    "the app says my device is offline since yesterday's update, so annoying",
    "app update broke the connection, the device cannot be found any more",
    "the app keeps losing the device after the update, terrible",
    "my device is offline in the app ever since that update, it does not work",
];
const RUST: [&str; 5] = [
    "rust inside my kettle after two weeks, disgusting",
    "my kettle is rusting at the bottom, terrible quality",
    "brown rust spots in the kettle, so disappointed",
    "orange rust flakes in the water from my kettle, disgusting",
    "the bottom of the kettle is rusty after a month, poor quality",
];

/// The products whose alerts open when people say these things, each a day after the one before, from these days on.
fn opened(said: &[(i64, &[&str])]) -> Vec<(String, i64)> {
    let start: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
    let files = RULES.map(|(path, text)| RuleFile { path: path.into(), text: text.into() });
    let rules = Body::Rules(RuleFiles { folder: "rules".into(), files: files.into() });
    let mut bodies = vec![(start, rules)];
    let mut say = |at: Timestamp, text: &str| {
        let id = format!("{at} {text}");
        let line = serde_json::json!({"id": id, "source": "s", "author": id, "text": text, "created_at": at});
        let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else { unreachable!() };
        bodies.push((at, Body::Post { post, history: false }));
    };
    for day in 0..100 {
        say(plus_ms(start, day * DAY_MS + 8 * HOUR_MS), &format!("lovely kettle, tea number {day}"));
        say(plus_ms(start, day * DAY_MS + 9 * HOUR_MS), &format!("the app shows {day} degrees, neat"));
    }
    for (from, texts) in said {
        for (i, text) in texts.iter().enumerate() {
            say(plus_ms(start, (from + i as i64) * DAY_MS + 12 * HOUR_MS), text);
        }
    }
    bodies.sort_by_key(|(at, _)| *at);
    let mut analysis = Analysis::default();
    let mut fold = |(i, (at, body))| analysis.fold(&Entry { seq: i as u64 + 1, at, body }).events;
    let events: Vec<AlertEvent> = bodies.into_iter().enumerate().flat_map(&mut fold).collect();
    let day = |at: Timestamp| (at.as_millisecond() - start.as_millisecond()) / DAY_MS;
    let opened = events.iter().filter(|e| e.kind == EventKind::Opened);
    opened.map(|e| (e.product.clone(), day(e.at))).collect()
}

#[test]
fn three_people_in_three_days_are_heard_where_nobody_complains_else() {
    assert_eq!(opened(&[(60, &OFFLINE)]), [("app".to_owned(), 62)]);
}

#[test]
fn the_outbreak_of_one_product_does_not_hide_that_of_another() {
    let all = opened(&[(40, &LID), (60, &OFFLINE)]);
    assert!(all.iter().any(|(product, day)| product == "app" && *day <= 63), "{all:?}");
}

#[test]
fn the_first_outbreak_of_a_product_does_not_hide_its_second() {
    let all = opened(&[(30, &RUST), (70, &LID)]);
    assert!(all.iter().any(|(_, day)| (30..=34).contains(day)), "{all:?}");
    assert!(all.iter().any(|(_, day)| (70..=74).contains(day)), "{all:?}");
}

#[test]
fn what_many_of_the_complaints_are_about_is_not_taken_for_what_is_usual() {
    // Three matters, said again and again in nearly the same words: most pairs of posts are much alike.
    let matters = ["fan keeps dropping out", "timer jumps around", "base is awful and loud"];
    let places = ["lisbon", "paris", "oslo", "rome", "vienna", "berlin", "madrid"];
    let ends = ["honestly", "today", "again", "tbh", "lol"];
    let usual: Vec<String> = (0..24)
        .map(|i| format!("my kettle {} in {}, so annoying {}", matters[i % 3], places[i % 7], ends[i % 5]))
        .collect();
    let mut said: Vec<(i64, &[&str])> = Vec::new();
    let usual: Vec<[&str; 1]> = usual.iter().map(|text| [text.as_str()]).collect();
    said.extend(usual.iter().enumerate().map(|(i, text)| (i as i64 * 2, text.as_slice())));
    said.push((42, &LID));
    let all = opened(&said);
    assert!(all.iter().any(|(_, day)| (42..=47).contains(day)), "{all:?}");
}
