//! Who is written to: a lid on the mails of a day, and those who took themselves off the list.

use super::state::{Analysis, Outcome};
use crate::ground::alert::{AlertEvent, Collected, Severity};
use crate::ground::entry::{Act, Body, Deed, Entry, RuleFile, RuleFiles};
use crate::ground::post::{Incoming, parse_line};
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};

const THINGS: [&str; 5] = ["hinge", "screen", "charger", "keyboard", "trackpad"];

/// A dozen ways to say it: the same words twice would be a copy, and a copy is no second person.
const WAYS: [&str; 12] = [
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

fn rules() -> Body {
    let mut product =
        "[product]\nid = \"p\"\nname = \"P\"\nmatch = \"widget\"\nteam = \"t\"\nclusters = \"none\"\n"
            .to_owned();
    for thing in THINGS {
        product += &format!("[[topic]]\nid = \"{thing}\"\ntitle = \"{thing}\"\nmatch = \"{thing}\"\n");
    }
    product += "[[topic]]\nid = \"burns\"\ntitle = \"Burns\"\nmatch = \"burns\"\nseverity = \"safety\"\n";
    let teams = "[team.t]\nemail = [\"Ana@example.org\", \"bo@example.org\"]\nmails_a_day = 2\n";
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    Body::Rules(RuleFiles {
        folder: "rules".into(),
        files: vec![file("p.toml", &product), file("teams.toml", teams)],
    })
}

fn start() -> Timestamp {
    "2025-01-06T00:00:00Z".parse().unwrap()
}

fn post(n: usize, text: &str, at: Timestamp) -> (Timestamp, Body) {
    let line = serde_json::json!({"id": n.to_string(), "source": "s", "author": format!("a{n}"),
        "text": format!("widget: {text}"), "created_at": at});
    let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else { panic!("no post") };
    (at, Body::Post { post, history: false })
}

/// Two calm months, and then a dozen people about each of five things within hours, a second safety voice among them.
fn flood(acts: &[Deed]) -> Vec<Entry> {
    let mut bodies = vec![(start(), rules())];
    for hour in 0..60 * 24 {
        let at = plus_ms(start(), hour * HOUR_MS);
        bodies.push((at, Body::Tick));
        if hour % 12 == 0 {
            bodies.push(post(hour as usize, "is here", at));
        }
    }
    let began = plus_ms(start(), 60 * DAY_MS);
    for what in acts {
        bodies.push((
            began,
            Body::Act(Act {
                why: String::new(),
                by: "ana".into(),
                what: what.clone(),
                posts: Default::default(),
            }),
        ));
    }
    for n in 0..12 {
        for (place, thing) in THINGS.iter().enumerate() {
            let at = plus_ms(began, n * 600_000 + place as i64 * 1_000);
            bodies.push(post(10_000 + n as usize * 10 + place, &WAYS[n as usize].replace("OF", thing), at));
        }
    }
    for n in 0..2 {
        bodies.push(post(20_000 + n, ["it burns", "mine burns my desk too"][n], plus_ms(began, 3 * HOUR_MS)));
    }
    for hour in 4..36 {
        bodies.push((plus_ms(began, hour * HOUR_MS), Body::Tick));
    }
    (1..).zip(bodies).map(|(seq, (at, body))| Entry { seq, at, body }).collect()
}

fn fold(entries: &[Entry], restored_at: Option<usize>) -> (Vec<AlertEvent>, Vec<Collected>) {
    let mut analysis = Analysis::default();
    let (mut events, mut collected) = (Vec::new(), Vec::new());
    for (i, entry) in entries.iter().enumerate() {
        if restored_at == Some(i) {
            analysis = Analysis::restore(&analysis.snapshot().unwrap()).unwrap();
        }
        let Outcome { events: e, collected: c, .. } = analysis.fold(entry);
        events.extend(e);
        collected.extend(c);
    }
    (events, collected)
}

#[test]
fn a_flood_becomes_two_letters_and_a_list_and_danger_passes() {
    let entries = flood(&[]);
    let (events, collected) = fold(&entries, None);
    let sent: Vec<&AlertEvent> =
        events.iter().filter(|e| !e.held && e.severity != Severity::Safety).collect();
    let held: Vec<(String, u32)> =
        events.iter().filter(|e| e.held).map(|e| (e.alert.clone(), e.number)).collect();
    assert_eq!(
        (sent.len(), events.iter().filter(|e| e.severity == Severity::Safety && !e.held).count()),
        (2, 1)
    );
    assert!(held.len() >= 3, "{held:?}");
    // What was held back within six hours of the first is in the first list.
    let first = collected.first().expect("a collected letter");
    let began = events.iter().find(|e| e.held).unwrap().at;
    assert!(first.at >= plus_ms(began, 6 * HOUR_MS) && first.at <= plus_ms(began, 7 * HOUR_MS));
    assert_eq!((first.mails_a_day, first.deliver_to.len()), (2, 2));
    let listed: Vec<(String, u32)> = collected.iter().flat_map(|c| c.events.clone()).collect();
    assert_eq!(listed, held, "what is held back is told, once and in order");
    // Again, and from a snapshot in the middle of the flood: the same.
    assert_eq!(fold(&entries, None), (events.clone(), collected.clone()));
    assert_eq!(fold(&entries, Some(entries.len() - 40)), (events, collected));
}

#[test]
fn who_left_gets_nothing_and_who_came_back_does() {
    let leave = |address: &str, left| Deed::Leave { team: "t".into(), address: address.into(), left };
    let told = |acts: &[Deed]| fold(&flood(acts), None).0.into_iter().next().unwrap().deliver_to;
    assert_eq!(told(&[]), ["Ana@example.org", "bo@example.org"]);
    assert_eq!(told(&[leave("ana@EXAMPLE.org", true)]), ["bo@example.org"]);
    assert_eq!(told(&[leave("ana@example.org", true), leave("Ana@example.org", false)]).len(), 2);
    let (events, collected) =
        fold(&flood(&[leave("ana@example.org", true), leave("bo@example.org", true)]), None);
    assert!(events.iter().all(|e| e.deliver_to.is_empty() && !e.held) && collected.is_empty());
}
