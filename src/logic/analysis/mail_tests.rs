//! Who is written to: a lid on the mails of a day, and those who took themselves off the list.

use super::life_tests::{self, WAYS, at, events, post};
use crate::ground::alert::{AlertEvent, Collected, Severity};
use crate::ground::entry::{Act, Body, Deed, Entry};
use crate::ground::time::{HOUR_MS, plus_ms};

const THINGS: [&str; 5] = ["hinge", "screen", "charger", "keyboard", "trackpad"];

fn rules() -> Body {
    let mut product =
        "[product]\nid = \"p\"\nname = \"P\"\nmatch = \"widget\"\nteam = \"t\"\nclusters = \"none\"\n"
            .to_owned();
    for thing in THINGS {
        product += &format!("[[topic]]\nid = \"{thing}\"\ntitle = \"{thing}\"\nmatch = \"{thing}\"\n");
    }
    product += "[[topic]]\nid = \"burns\"\ntitle = \"Burns\"\nmatch = \"burns\"\nseverity = \"safety\"\n";
    let teams = "[team.t]\nemail = [\"Ana@example.org\", \"bo@example.org\"]\nmails_a_day = 2\n";
    life_tests::rules(&product, teams)
}

/// Two calm months, and then a dozen people about each of five things within hours, a second safety voice among them.
fn flood(acts: &[Deed]) -> Vec<Entry> {
    let mut bodies = Vec::new();
    let began = at(60, 0);
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
            let said = WAYS[n as usize].replace("OF", thing);
            bodies.push(post(10_000 + n as usize * 10 + place, &said, "PT", at));
        }
    }
    for n in 0..2 {
        let said = ["it burns", "mine burns my desk too"][n];
        bodies.push(post(20_000 + n, said, "PT", plus_ms(began, 3 * HOUR_MS)));
    }
    life_tests::life(rules(), bodies, 62)
}

fn fold(entries: &[Entry], restored_at: Option<usize>) -> (Vec<AlertEvent>, Vec<Collected>) {
    let outcomes = life_tests::fold(entries, restored_at);
    let collected = outcomes.iter().flat_map(|o| o.collected.clone()).collect();
    (events(&outcomes).into_iter().cloned().collect(), collected)
}

#[test]
fn a_flood_becomes_two_letters_and_a_list_and_danger_passes() {
    let entries = flood(&[]);
    let (events, collected) = fold(&entries, None);
    // The day after, the lid lets two more through: what has doubled since it was told.
    let on_the_day = |e: &&AlertEvent| !e.held && e.at < at(60, 20);
    let sent: Vec<&AlertEvent> =
        events.iter().filter(on_the_day).filter(|e| e.severity != Severity::Safety).collect();
    let later: Vec<&AlertEvent> = events.iter().filter(|e| !e.held && e.at >= at(60, 20)).collect();
    assert!(later.len() <= 2 && later.iter().all(|e| e.observed >= 6), "{later:#?}");
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
