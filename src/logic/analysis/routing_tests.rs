//! Who is told, and when, over the whole of an alert: routes, threads that stay, and quiet hours; and that a replay decides
//! the same.

use super::addressed::Letter;
use super::state::{Analysis, Outcome};
use crate::ground::alert::{AlertEvent, EventKind, WaitReason};
use crate::ground::entry::{Act, Body, Deed, Entry, RuleFile, RuleFiles};
use crate::ground::post::{Incoming, parse_line};
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, plus_ms};

const PRODUCT: &str = r#"
[product]
id = "p"
name = "P"
match = "widget"
team = "owner"
clusters = "none"
[[topic]]
id = "hinge"
title = "Hinge"
match = "hinge"
[[topic]]
id = "burns"
title = "Burns"
match = "burns"
severity = "safety"
"#;

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

fn rules(teams: &str) -> Body {
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let files = vec![file("p.toml", PRODUCT), file("teams.toml", teams)];
    Body::Rules(RuleFiles { folder: "rules".into(), files })
}

fn teams(owner: &str, more: &str) -> Body {
    rules(&format!(
        "[team.owner]\nemail = [\"owner@example.org\"]\n{owner}\n[team.brazil]\nemail = [\"brazil@example.org\"]\n{more}"
    ))
}

fn post(n: usize, text: &str, region: &str, at: Timestamp) -> (Timestamp, Body) {
    let line = serde_json::json!({"id": n.to_string(), "source": "s", "author": format!("a{n}"), "region": region,
        "text": format!("widget: {text}"), "created_at": at});
    let Ok(Incoming::Post(post)) = parse_line(line.to_string().as_bytes(), None) else { panic!("no post") };
    (at, Body::Post { post, history: false })
}

/// A Monday.
fn start() -> Timestamp {
    "2025-01-06T00:00:00Z".parse().unwrap()
}

/// Day `day` at `hour` o'clock.
fn at(day: i64, hour: i64) -> Timestamp {
    plus_ms(start(), day * DAY_MS + hour * HOUR_MS)
}

/// Sixty calm days under these rules, and then this; the clock ticks each hour, to the end of day 96.
fn life(rules: Body, then: Vec<(Timestamp, Body)>) -> Vec<Entry> {
    let mut bodies = vec![(start(), rules)];
    for hour in 0..96 * 24 {
        bodies.push((at(0, hour), Body::Tick));
        if hour % 12 == 0 && hour < 60 * 24 {
            bodies.push(post(hour as usize, "is here", "PT", at(0, hour)));
        }
    }
    bodies.extend(then);
    bodies.sort_by_key(|(at, _)| *at);
    (1..).zip(bodies).map(|(seq, (at, body))| Entry { seq, at, body }).collect()
}

fn fold(entries: &[Entry], restored_at: Option<usize>) -> Vec<Outcome> {
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

fn events(outcomes: &[Outcome]) -> Vec<&AlertEvent> {
    outcomes.iter().flat_map(|o| &o.events).collect()
}

/// Every letter in order: alert's event or a list, and the team.
fn letters(outcomes: &[Outcome]) -> Vec<String> {
    let told = outcomes.iter().flat_map(Outcome::letters);
    told.map(|letter| match letter {
        Letter::Event { alert, number, team, event, .. } => {
            let topic = if alert == events(outcomes)[0].alert { "first" } else { "other" };
            format!("{topic}.{number} {team}{}", if event.is_none() { ", waited" } else { "" })
        }
        Letter::Collected(list) => format!("list of {} {} at {}", list.events.len(), list.team, list.at),
    })
    .collect()
}

/// Five people in half an hour from here.
fn hinges(from: usize, region: &str, start: Timestamp) -> Vec<(Timestamp, Body)> {
    let said = |n: usize| WAYS[(from + n) % 12].replace("OF", "hinge");
    (0..5).map(|n| post(10_000 + from + n, &said(n), region, plus_ms(start, n as i64 * 360_000))).collect()
}

#[test]
fn others_come_to_a_thread_and_nobody_is_moved_out_of_it() {
    let route =
        "[[route]]\nregion = \"BR\"\nteam = \"brazil\"\n[[route]]\nlanguage = \"fr\"\nteam = \"brazil\"\n";
    // It begins in Portugal, where the owner is told, and then most of it is in Brazil.
    let mut then = hinges(0, "PT", at(60, 9));
    then.truncate(3);
    then.extend(hinges(5, "BR", at(62, 9)));
    then.extend(hinges(10, "BR", at(65, 12)));
    let entries = life(teams("", route), then);
    let outcomes = fold(&entries, None);
    let told: Vec<(EventKind, Vec<&str>, &str)> = events(&outcomes)
        .into_iter()
        .map(|e| (e.kind, e.addressees().map(|(team, ..)| team).collect(), e.routing.via.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (EventKind::Opened, vec!["owner"], ""),
            (EventKind::Updated, vec!["owner"], ""),
            (EventKind::Updated, vec!["owner", "brazil"], "thread"),
            (EventKind::Resolved, vec!["owner", "brazil"], ""),
        ]
    );
    let third = events(&outcomes)[2];
    assert_eq!(third.routing.also[0].via, "rules/teams.toml:6");
    assert_eq!(
        letters(&outcomes),
        [
            "first.0 owner",
            "first.1 owner",
            "first.2 owner",
            "first.2 brazil",
            "first.3 owner",
            "first.3 brazil"
        ]
    );
    // From a snapshot in the middle of it: the same.
    assert_eq!(fold(&entries, Some(entries.len() - 200)), outcomes);
}

#[test]
fn what_begins_in_brazil_is_brazils_to_the_end() {
    let route = "[[route]]\nregion = \"BR\"\nteam = \"brazil\"\n";
    let outcomes = fold(&life(teams("", route), hinges(0, "BR", at(60, 9))), None);
    assert_eq!(letters(&outcomes), ["first.0 brazil", "first.1 brazil"]);
    assert_eq!(events(&outcomes)[0].routing.via, "rules/teams.toml:6");
}

#[test]
fn what_comes_in_the_night_waits_for_the_morning_and_danger_does_not() {
    let quiet = "zone = \"Europe/Lisbon\"\nquiet = \"20:00-07:30\"\nquiet_days = [\"saturday\", \"sunday\"]";
    // Day 60 is a Friday: from its evening it is quiet until Monday at 07:30.
    let mut then = hinges(0, "PT", at(60, 22));
    then.extend([
        post(20_000, "it burns", "PT", at(61, 3)),
        post(20_001, "mine burns my desk too", "PT", at(61, 4)),
    ]);
    let entries = life(teams(quiet, "[[route]]\nregion = \"BR\"\nteam = \"brazil\"\n"), then);
    let outcomes = fold(&entries, None);
    let monday = plus_ms(at(63, 7), HOUR_MS / 2);
    let opened = events(&outcomes)[0];
    let wait = opened.routing.wait.unwrap();
    assert_eq!((opened.held, wait.until, wait.why), (true, Some(monday), WaitReason::QuietHours));
    let all = letters(&outcomes);
    assert_eq!(all[..2], ["other.0 owner", "first.0 owner, waited"], "{all:?}");
    // It goes on the minute, by a tick of its own.
    let released = outcomes.iter().position(|outcome| !outcome.released.is_empty()).unwrap();
    assert!(outcomes[released].events.is_empty());
    assert_eq!(outcomes[released].released[0].deliver_to, ["owner@example.org"]);
    for restored in [entries.len() - 300, entries.len() - 320] {
        assert_eq!(fold(&entries, Some(restored)), outcomes, "a replay holds back the same");
    }
}

#[test]
fn who_wants_a_list_gets_one_and_rules_that_change_let_go_what_waits() {
    let daily = || {
        teams("zone = \"UTC\"\nalerts = \"daily 08:00\"", "[[route]]\nregion = \"BR\"\nteam = \"brazil\"\n")
    };
    let mut then = hinges(0, "PT", at(60, 9));
    let alert = {
        let outcomes = fold(&life(daily(), then.clone()), None);
        // One thing alone goes as its letter, at its hour.
        assert_eq!(letters(&outcomes)[0], "first.0 owner, waited");
        events(&outcomes)[0].alert.clone()
    };
    let fixed = Deed::Fixed { alert, version: "2.1".into() };
    let act = Body::Act(Act { why: String::new(), by: "ana".into(), what: fixed, posts: Default::default() });
    then.push((at(60, 12), act));
    let outcomes = fold(&life(daily(), then.clone()), None);
    assert_eq!(letters(&outcomes)[0], format!("list of 2 owner at {}", at(61, 8)));
    then.push((at(60, 13), teams("", "[[route]]\nregion = \"BR\"\nteam = \"brazil\"\n")));
    let outcomes = fold(&life(daily(), then), None);
    let list = outcomes.iter().flat_map(|o| &o.collected).next().unwrap();
    assert!(list.at >= at(60, 13) && list.at <= at(60, 14), "{}", list.at);
}

#[test]
fn the_digest_of_a_team_that_wants_nothing_else_tells_its_alerts() {
    let digest = "zone = \"UTC\"\ndigest = \"daily 08:00\"\nalerts = \"digest\"";
    let route = "[[route]]\nregion = \"BR\"\nteam = \"brazil\"\n";
    let entries = life(teams(digest, route), hinges(0, "PT", at(60, 9)));
    let outcomes = fold(&entries, None);
    assert!(letters(&outcomes).iter().all(|letter| letter.starts_with("list of 0 owner")));
    let told = |outcome: &Outcome| {
        let digests = outcome.collected.iter().filter_map(|c| Some((c.at, c.digest.as_ref()?.told.len())));
        digests.filter(|(_, told)| *told > 0).collect::<Vec<_>>()
    };
    let first: Vec<_> = outcomes.iter().flat_map(told).take(1).collect();
    assert_eq!(first, [(at(61, 8), 1)]);
}
