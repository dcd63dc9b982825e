//! Who is told, and when, over the whole of an alert: routes, threads that stay, and quiet hours; and that a replay decides
//! the same.

use super::addressed::Letter;
use super::life_tests::{WAYS, at, events, fold, post, rules};
use super::state::Outcome;
use crate::ground::alert::{EventKind, WaitReason};
use crate::ground::entry::{Act, Body, Deed, Entry};
use crate::ground::time::{HOUR_MS, Timestamp, plus_ms};

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

fn teams(owner: &str, more: &str) -> Body {
    rules(
        PRODUCT,
        &format!(
            "[team.owner]\nemail = [\"owner@example.org\"]\n{owner}\n[team.brazil]\nemail = [\"brazil@example.org\"]\n{more}"
        ),
    )
}

/// Sixty calm days and then this, to the end of day 96.
fn life(rules: Body, then: Vec<(Timestamp, Body)>) -> Vec<Entry> {
    super::life_tests::life(rules, then, 96)
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
            (EventKind::Resolved, vec!["owner", "brazil"], "thread"),
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

#[test]
fn one_of_a_team_may_get_its_letters_at_other_times_and_danger_at_once() {
    let boss = "[[team.owner.recipient]]\nemail = \"boss@example.org\"\nzone = \"UTC\"\nalerts = \"daily 08:00\"\n\
        [[route]]\nregion = \"BR\"\nteam = \"brazil\"\n";
    let mut then = hinges(0, "PT", at(60, 9));
    then.extend([
        post(20_000, "it burns", "PT", at(60, 20)),
        post(20_001, "mine burns my desk too", "PT", at(60, 21)),
    ]);
    let entries = life(teams("", boss), then);
    let outcomes = fold(&entries, None);
    let mut sent = Vec::new();
    for outcome in &outcomes {
        for letter in outcome.letters() {
            if let Letter::Event { team, number: 0, deliver_to, event, .. } = letter {
                sent.push((team.to_owned(), deliver_to.to_vec(), event.is_none()));
            }
        }
    }
    let boss = ("owner/boss@example.org".to_owned(), vec!["boss@example.org".to_owned()]);
    let owner = ("owner".to_owned(), vec!["owner@example.org".to_owned()]);
    let expected = [
        (owner.0.clone(), owner.1.clone(), false),
        // Danger passes.
        (owner.0, owner.1, false),
        (boss.0.clone(), boss.1.clone(), false),
        // The rest waits for the morning.
        (boss.0, boss.1, true),
    ];
    assert_eq!(sent, expected);
    assert_eq!(fold(&entries, Some(entries.len() - 300)), outcomes, "a replay holds back the same");
}

/// A model of the product has a team of its own, and letters say which model how many speak of.
#[test]
fn a_segment_is_counted_and_routed() {
    let segments = "[segments]\n\"Widget Pro\" = \"pro\"\nWidget = \"widget\"\n";
    let named = PRODUCT.replace("[[topic]]\nid = \"hinge\"", &format!("{segments}[[topic]]\nid = \"hinge\""));
    let plain = PRODUCT.replace("clusters = \"none\"", "clusters = \"complaints\"");
    let grouped =
        named.replace("clusters = \"none\"", "clusters = \"complaints\"").replace("\"hinge\"", "\"lid\"");
    let teams =
        "[team.owner]\nemail = [\"owner@example.org\"]\n[team.pros]\nemail = [\"pros@example.org\"]\n";
    let route = format!("{teams}[[route]]\nsegment = \"widget pro\"\nteam = \"pros\"\n");
    let opened = |product: &str, teams: &str, of: &[usize]| {
        let said = |n: usize| {
            let model = if of.contains(&n) { " (the pro)" } else { "" };
            format!("{}{model}", WAYS[n].replace("OF", "hinge"))
        };
        let then = (0..8).map(|n| post(10_000 + n, &said(n), "PT", plus_ms(at(60, 9), n as i64 * 360_000)));
        let entries = life(rules(product, teams), then.collect());
        let outcomes = fold(&entries, None);
        assert_eq!(fold(&entries, Some(entries.len() - 300)), outcomes, "a replay decides the same");
        let first = events(&outcomes)[0].clone();
        let sum: u32 = first.segments.values().sum();
        (first.team, first.observed, sum, first.segments.get("Widget Pro").copied().unwrap_or(0))
    };
    let all = [0, 1, 2, 3, 4, 5, 6, 7];
    for product in [&named, &grouped] {
        let (team, observed, sum, pros) = opened(product, &route, &all);
        assert_eq!((team.as_str(), sum, pros), ("pros", observed, observed), "{product}");
        let (team, observed, sum, pros) = opened(product, &route, &[7]);
        assert_eq!((team.as_str(), sum), ("owner", observed), "each person is of one segment");
        assert!(pros < observed);
    }
    assert_eq!(opened(&plain, teams, &all).2, 0, "without segments there is nothing to say");
}

/// In the first weeks of a topic nobody knows yet what is usual for it: its posts open an alert by themselves, and that is
/// the topic's all the same.
#[test]
fn what_a_topic_finds_is_its_teams_also_before_the_topic_knows_what_is_usual() {
    let product = |topic: &str| {
        let product = PRODUCT.split("[[topic]]").next().unwrap();
        format!("{}{topic}", product.replace("\"none\"", "\"complaints\""))
    };
    let teams =
        "[team.owner]\nemail = [\"owner@example.org\"]\n[team.brazil]\nemail = [\"brazil@example.org\"]\n";
    let topic = "[[topic]]\nid = \"hinge\"\ntitle = \"Hinge\"\nmatch = \"hinge\"\n";
    let route = format!("{teams}[[route]]\ntopic = \"hinge\"\nteam = \"brazil\"\n");
    let named = |said: &str| {
        let said = |n: usize| WAYS[n].replace("OF", said);
        let then = (0..12).map(|n| post(10_000 + n, &said(n), "PT", at(7 + n as i64 / 4, 9 + n as i64 % 4)));
        let entries = life(rules(&product(topic), &route), then.collect());
        let outcomes = fold(&entries, None);
        let told = events(&outcomes);
        // Who silences the topic silences that too.
        let what = Deed::Silence {
            scope: "p.hinge".into(),
            why: String::new(),
            until: at(90, 0),
            until_worse: false,
        };
        let act = Act { why: String::new(), by: "ana".into(), what, posts: Default::default() };
        let mut silent = entries.clone();
        silent.insert(1, Entry { seq: 0, at: silent[0].at, body: Body::Act(act) });
        let silenced =
            fold(&silent, None).iter().flat_map(|o| o.events.clone()).all(|e| e.deliver_to.is_empty());
        assert_eq!(silenced, said(0).contains("hinge"));
        let opened = told.first().unwrap();
        assert_eq!((opened.kind, opened.topic.as_deref()), (EventKind::Opened, None));
        assert_eq!(fold(&entries, Some(entries.len() - 300)), outcomes, "a replay decides the same");
        told.iter().flat_map(|e| e.addressees()).for_each(|(team, ..)| assert_eq!(team, opened.team));
        (opened.team.clone(), opened.routing.topic.clone(), opened.routing.via.clone())
    };
    assert_eq!(named("hinge"), ("brazil".into(), Some("hinge".into()), "rules/teams.toml:5".into()));
    assert_eq!(named("screen"), ("owner".into(), None, String::new()));
}
