//! What comes back where few people speak: told with the third person, though an outbreak's words are nothing rare any more.

use super::state::Analysis;
use super::tests::{START, post};
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Body, Entry, RuleFile, RuleFiles};
use crate::ground::time::{HOUR_MS, from_ms};

pub(super) const PRODUCT: &str =
    "[product]\nid = \"kettle\"\nname = \"Kettle\"\nmatch = \"kettle\"\nteam = \"t\"\n";
pub(super) const TEAMS: &str = "[team.t]\nemail = [\"t@example.org\"]\n";

/// What a small product hears now and then, each once in a week.
pub(super) const NOW_AND_THEN: [&str; 12] = [
    "my kettle came with a scratch on its side, disappointed",
    "the manual of the kettle is useless, all pictures",
    "kettle arrived two weeks late and nobody answered, awful service",
    "the cord of this kettle is too short for my kitchen, annoying",
    "kettle beeps at night without a reason, terrible",
    "limescale in the kettle after three days, disgusting",
    "the blue light of the kettle died, cheap rubbish",
    "paid twice for one kettle, still waiting for my money, angry",
    "the kettle smells of plastic, I hate it",
    "kettle app asks for my location, horrible",
    "wrong colour of kettle delivered again, bad",
    "the switch of my kettle feels loose and broken",
];
const FIRST: [&str; 8] = [
    "the lid of my kettle leaks when I pour, awful",
    "water runs out at the lid of the kettle, terrible",
    "kettle lid leaking all over the table again, annoying",
    "my kettle leaks at the lid, the floor is wet, bad",
    "leaking lid on a new kettle, I am disappointed",
    "why does the lid of this kettle leak? useless",
    "hot water leaks from under the lid of my kettle, horrible",
    "kettle: the lid leaks every morning, I hate it",
];
const THEN: [&str; 6] = [
    "lid leaks on my kettle too, poor quality",
    "the kettle I bought leaks where the lid closes, annoying",
    "my second kettle, and again a leaking lid, terrible",
    "leaks from the lid since the first day, bad kettle",
    "kettle with a lid that leaks, want my money back",
    "the lid leaks and the kettle stands in water, awful",
];

/// The first eight from day 30 on, four hours apart, and the others ten minutes apart on that day.
fn life(again: i64) -> Vec<AlertEvent> {
    lived(again, None)
}

/// … with a topic that somebody adds on day 40.
fn lived(again: i64, topic: Option<&str>) -> Vec<AlertEvent> {
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let rules = |topic: &str| RuleFiles {
        folder: "rules".into(),
        files: vec![file("kettle.toml", &format!("{PRODUCT}{topic}")), file("teams.toml", TEAMS)],
    };
    let minutes = |days: i64, more: i64| days * 24 * 60 + more;
    let mut said: Vec<(i64, &str)> = Vec::new();
    said.extend(NOW_AND_THEN.iter().enumerate().map(|(i, text)| (minutes(i as i64 * 7, 5), *text)));
    said.extend(FIRST.iter().enumerate().map(|(i, text)| (minutes(30, i as i64 * 240 + 7), *text)));
    said.extend(THEN.iter().enumerate().map(|(i, text)| (minutes(again, i as i64 * 10 + 9), *text)));
    let mut bodies: Vec<(i64, Body)> = (1..(again + 2) * 24).map(|hour| (hour * 60, Body::Tick)).collect();
    bodies.extend(said.iter().enumerate().filter(|(_, (at, _))| *at < minutes(again + 1, 0)).map(
        |(n, (at, text))| {
            let ms = at * HOUR_MS / 60;
            let post = post(n, &format!("p{n}"), (*text).to_owned(), ms, ms);
            (*at, Body::Post { post: Box::new(post), history: false })
        },
    ));
    bodies.extend(topic.map(|topic| (minutes(40, 0), Body::Rules(rules(topic)))));
    bodies.sort_by_key(|(at, _)| *at);
    bodies.insert(0, (0, Body::Rules(rules(""))));
    let mut analysis = Analysis::default();
    let entries = bodies.into_iter().enumerate();
    entries
        .flat_map(|(seq, (at, body))| {
            let at = from_ms(START + at * HOUR_MS / 60);
            analysis.fold(&Entry { seq: seq as u64, at, body }).events
        })
        .collect()
}

#[test]
fn a_small_product_hears_what_comes_back_with_the_third_or_fourth_person() {
    for (day, kind) in [(50, EventKind::Regressed), (60, EventKind::Regressed), (85, EventKind::Opened)] {
        let events = life(day);
        let begun: Vec<_> =
            events.iter().filter(|e| matches!(e.kind, EventKind::Opened | EventKind::Regressed)).collect();
        let [first, second] = begun.as_slice() else { panic!("day {day}: {events:#?}") };
        assert_eq!((second.kind, &second.cluster), (kind, &first.cluster), "day {day}");
        assert!(second.observed <= 4 && second.window_days <= 3, "day {day}: {second:#?}");
        // The figures that it is told with pass the bar that it is told with.
        assert!(second.sum.score >= second.sum.bar, "day {day}: {:?}", second.sum);
    }
}

#[test]
fn what_a_topic_tells_of_is_not_told_again_by_the_complaint_that_it_was() {
    let topic = "[[topic]]\nid = \"lid\"\ntitle = \"The lid leaks\"\nmatch = \"lid AND leak*\"\n";
    for day in [50, 60, 85] {
        let events = lived(day, Some(topic));
        let begun = events.iter().filter(|e| matches!(e.kind, EventKind::Opened | EventKind::Regressed));
        let begun: Vec<_> = begun.map(|e| (e.kind, e.cluster.as_str(), e.observed)).collect();
        let [(EventKind::Opened, cluster, _), (EventKind::Opened, "kettle.lid", 3)] = begun.as_slice() else {
            panic!("day {day}: {begun:#?}")
        };
        assert!(cluster.starts_with("kettle.c"), "{cluster}");
    }
}
