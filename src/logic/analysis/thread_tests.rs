//! The letters of one thread agree: with one another, and each with its own chart and its own places.

use std::collections::BTreeMap;

use super::life_tests::{self, at, by, events};
use super::product::{ProductState, SeriesId};
use super::tests::{Dice, and_then, fold, post, rising, text};
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Act, Body, Deed};
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, day_of, plus_ms};
use crate::logic::lifecycle::{Said, Tally};

const TOPIC: &str = "[product]\nid = \"p\"\nname = \"P\"\nmatch = \"widget\"\nteam = \"t\"\nclusters = \"none\"\n\
    [[topic]]\nid = \"hinge\"\ntitle = \"Hinge\"\nmatch = \"hinge\"\n";

/// A complaint that goes on and doubles, day by day.
fn doubling() -> Vec<AlertEvent> {
    let mut dice = Dice(5);
    let more = (0..40)
        .map(|i| {
            let at = 61 * DAY_MS + i as i64 * 5 * HOUR_MS;
            let post = post(800 + i, &format!("more{i}"), text(&mut dice, 3), at, at);
            (at, Body::Post { post: Box::new(post), history: false })
        })
        .collect();
    fold(&and_then(rising(), more, 70 * DAY_MS))
}

#[test]
fn letters_of_one_thread_compare_like_with_like() {
    let events = doubling();
    let updates: Vec<&AlertEvent> = events.iter().filter(|e| e.reason == Reason::Doubled).collect();
    assert!(updates.len() >= 2, "{:?}", events.len());
    for update in updates {
        let thread: Vec<&AlertEvent> = events.iter().filter(|e| e.alert == update.alert).collect();
        let last = thread.iter().rfind(|e| e.number < update.number).unwrap();
        let before = update.beside.before.expect("what the last letter said");
        // What the letter before said is what this one says that it said.
        assert_eq!((before.at, before.people, before.days), (last.at, last.observed, last.window_days));
        assert!(
            update.observed >= 2 * before.people,
            "twice as many: {} after {}",
            update.observed,
            before.people
        );
        assert_eq!(update.since, thread[0].since, "the first of them stays the first");
        let since = crate::ground::time::day_of(update.since);
        assert_eq!(i64::from(update.window_days), crate::ground::time::day_of(update.at) - since + 1);
        assert_eq!(update.observed, update.total, "one count of all so far");
    }
}

/// People who complain of their hinge, each by name and with the region they write from, an hour after the other. Each has words
/// of their own: the same words twice would be a copy.
fn hinges(people: &[(&str, &str)], from: Timestamp) -> Vec<(Timestamp, Body)> {
    let first = from.as_millisecond() as usize / 1_000;
    let said = |n: usize| ["a", "b", "c", "d", "e", "f"].map(|x| format!("{x}{n}")).join(" hinge ");
    let all = people.iter().enumerate();
    all.map(|(n, (who, region))| {
        by(who, first + n, &said(first + n), region, plus_ms(from, n as i64 * HOUR_MS))
    })
    .collect()
}

/// The events about the hinge.
fn life(then: Vec<(Timestamp, Body)>) -> Vec<AlertEvent> {
    let rules = life_tests::rules(TOPIC, "[team.t]\nemail = [\"t@example.org\"]\n");
    let outcomes = life_tests::fold(&life_tests::life(rules, then, 110), None);
    events(&outcomes).into_iter().cloned().collect()
}

const FIRST: [(&str, &str); 5] = [("ana", "PT"), ("di", "CA"), ("bo", "PT"), ("cy", "PT"), ("ed", "PT")];

#[test]
fn the_parts_of_a_letter_come_to_its_people_and_never_get_less() {
    let mut then = hinges(&FIRST, at(60, 9));
    // Ana says it again, from elsewhere: she is one person, and where she was.
    then.extend(hinges(
        &[("ana", "BR"), ("fay", "BR"), ("gus", "PT"), ("hal", "PT"), ("ida", "PT")],
        at(62, 9),
    ));
    then.extend(hinges(
        &[("jo", "FR"), ("kim", "FR"), ("lu", "PT"), ("mo", "PT"), ("ny", "PT"), ("ole", "PT")],
        at(65, 9),
    ));
    for events in [life(then), doubling()] {
        let told: Vec<&AlertEvent> = events.iter().filter(|e| e.kind != EventKind::Resolved).collect();
        assert!(told.len() >= 3, "{told:#?}");
        let mut before: BTreeMap<String, u32> = BTreeMap::new();
        for event in told {
            assert_eq!(event.sources.values().sum::<u32>(), event.observed, "{event:#?}");
            assert_eq!(event.languages.values().sum::<u32>(), event.observed);
            for (place, people) in before {
                assert!(event.regions.get(&place).is_some_and(|now| *now >= people), "{place} in {event:#?}");
            }
            before = event.regions.clone();
            let days: Vec<i64> = event.series.iter().map(|d| d.day).collect();
            assert!(days.windows(2).all(|pair| pair[0] + 1 == pair[1]), "no day is left out: {days:?}");
            // The bars of now come to the headline, and the line to what it calls usual.
            let now = event.series.iter().filter(|d| d.day >= day_of(event.since));
            assert_eq!(now.clone().map(|d| d.people).sum::<u32>(), event.observed);
            let usual = event.expected / f64::from(event.window_days);
            assert!(now.map(|d| d.expected).all(|day| (day - usual).abs() < 1e-9), "{event:#?}");
        }
        let over = events.last().unwrap();
        assert!(over.kind != EventKind::Resolved || over.peak <= over.total);
        for event in &events {
            // Nobody is quoted from where nobody is counted.
            for quote in &event.quotes {
                assert!(event.sources.contains_key(&quote.key.source), "{quote:?} in {event:#?}");
                let region = quote.region.as_ref();
                assert!(region.is_none_or(|r| event.regions.contains_key(r)), "{quote:?} in {event:#?}");
            }
        }
    }
}

#[test]
fn the_end_tells_of_all_until_the_last_of_them() {
    let mut then = hinges(&FIRST, at(60, 9));
    then.extend(hinges(&[("fay", "PT"), ("gus", "PT")], at(63, 9)));
    let events = life(then);
    let over = events.iter().find(|e| e.kind == EventKind::Resolved).expect("it ends");
    // From day 60 to day 63: the quiet days after that are no part of it.
    assert_eq!((over.observed, over.total, over.window_days), (7, 7, 4), "{over:#?}");
    let now = over.series.iter().filter(|d| d.day >= day_of(over.since));
    assert_eq!(now.map(|d| d.people).sum::<u32>(), 7, "and so does the chart");
}

#[test]
fn what_is_back_after_a_fix_tells_of_those_who_said_it_since() {
    let mut then = hinges(&FIRST, at(60, 9));
    let opened = life(then.clone())[0].alert.clone();
    let what = Deed::Fixed { alert: opened, version: "2.1".into() };
    let act = Act { why: String::new(), by: "ana".into(), what, posts: Default::default() };
    then.push((at(62, 0), Body::Act(act)));
    then.extend(hinges(&[("ana", "PT"), ("gus", "FR"), ("hal", "PT"), ("ida", "PT")], at(70, 9)));
    let events = life(then);
    let back = events.iter().find(|e| e.kind == EventKind::Regressed).expect("it is back");
    let since = back.beside.fixed.as_ref().unwrap().heard;
    assert_eq!((back.reason, back.observed), (Reason::BackAfterFix, since), "{back:#?}");
    assert!(back.window_days <= 9 && back.since > at(62, 0), "{back:#?}");
    assert!(back.quotes.iter().all(|quote| quote.at > at(62, 0)), "{:#?}", back.quotes);
    // Ana was one of the five before.
    assert_eq!(back.total, back.observed + 4);
    let day_60 = back.series.iter().find(|d| d.day == day_of(at(60, 9)));
    assert_eq!(day_60.map(|d| d.people), Some(5), "the first time stays in the chart");
}

#[test]
fn who_tells_of_danger_is_quoted_first() {
    const BURNS: &str = "[product]\nid = \"p\"\nname = \"P\"\nmatch = \"widget\"\nteam = \"t\"\nclusters = \"none\"\n\
        [[topic]]\nid = \"plug\"\ntitle = \"Plug\"\nmatch = \"plug\"\nseverity = \"safety\"\n";
    let said = [
        "the plug is loose, does not hold",
        "plug got bent, rubbish",
        "the plug gave me an electric shock, my arm still hurts",
        "my plug falls out of the wall socket all the time",
        "bad plug, returned it yesterday",
        "the plug does not fit anything here",
        "plug scratched my new table, annoying",
    ];
    let posts = said.iter().enumerate();
    let then = posts
        .map(|(n, text)| life_tests::post(5_000 + n, text, "PT", plus_ms(at(60, 9), n as i64 * HOUR_MS)));
    let rules = life_tests::rules(BURNS, "[team.t]\nemail = [\"t@example.org\"]\n");
    let outcomes = life_tests::fold(&life_tests::life(rules, then.collect(), 90), None);
    let all = events(&outcomes);
    let last = all.iter().rfind(|e| e.kind == EventKind::Updated || e.kind == EventKind::Opened).unwrap();
    assert!(last.observed >= 4, "{last:#?}");
    let shocked = all.iter().filter(|e| e.quotes.iter().any(|q| q.text.contains("shock")));
    assert!(shocked.clone().count() > 0);
    assert!(shocked.into_iter().all(|e| e.quotes[0].text.contains("shock")));
}

#[test]
fn what_had_stopped_before_it_was_called_fixed_is_no_proof_of_the_fix() {
    let mut then = hinges(&FIRST, at(60, 9));
    let opened = life(then.clone())[0].alert.clone();
    let what = Deed::Fixed { alert: opened, version: String::new() };
    let act = Act { why: String::new(), by: "ana".into(), what, posts: Default::default() };
    then.push((at(68, 9), Body::Act(act)));
    let events = life(then);
    let reasons: Vec<Reason> = events.iter().map(|e| e.reason).collect();
    assert!(!reasons.contains(&Reason::FixHolds), "{reasons:?}");
}

#[test]
fn an_alert_that_becomes_part_of_another_says_where_it_goes_on() {
    const FOUND: &str = "[product]\nid = \"p\"\nname = \"P\"\nmatch = \"widget\"\nteam = \"t\"\n";
    let rise = |said: [&str; 6], first: usize, from: Timestamp| {
        let post = |(n, text): (usize, &str)| {
            life_tests::post(first + n, text, "PT", plus_ms(from, n as i64 * HOUR_MS))
        };
        said.into_iter().enumerate().map(post).collect::<Vec<_>>()
    };
    let hinge = [
        "the hinge snapped clean in two",
        "hinge snapped on mine after a week",
        "my hinge is snapped, lid hangs loose",
        "snapped hinge, what rubbish metal",
        "who else has a snapped hinge on the lid",
        "hinge of the lid snapped while closing it",
    ];
    let billed = [
        "billed twice for one month of support",
        "why was I billed twice this month",
        "got billed two times, support ignores my invoice",
        "invoice wrong again: billed twice",
        "they billed my card twice for the same invoice",
        "double billed, card charged two times",
    ];
    let mut then = rise(hinge, 5_000, at(60, 9));
    then.extend(rise(billed, 6_000, at(61, 9)));
    let life = |then: &[(Timestamp, Body)]| {
        let rules = life_tests::rules(FOUND, "[team.t]\nemail = [\"t@example.org\"]\n");
        life_tests::fold(&life_tests::life(rules, then.to_vec(), 90), None)
    };
    let before = life(&then);
    let opened: Vec<&AlertEvent> =
        events(&before).into_iter().filter(|e| e.kind == EventKind::Opened && e.at > at(60, 0)).collect();
    let [one, other, ..] = &opened[..] else { panic!("{opened:#?}") };
    let what = Deed::Merge { from: other.cluster.clone(), into: one.cluster.clone() };
    let act = Act { why: String::new(), by: "ana".into(), what, posts: Default::default() };
    then.push((at(63, 0), Body::Act(act)));
    let after = life(&then);
    let ends: Vec<&AlertEvent> = events(&after).into_iter().filter(|e| e.reason == Reason::Merged).collect();
    let [end] = &ends[..] else { panic!("{ends:#?}") };
    assert_eq!((end.kind, &end.alert, &end.label), (EventKind::Resolved, &other.alert, &other.label));
    assert_eq!(end.beside.perhaps.as_ref().map(|p| &p.alert), Some(&one.alert));
    assert!(!end.deliver_to.is_empty() && end.number > 0);
    // One thread is left, and it ends in its time.
    let last = events(&after).into_iter().rfind(|e| e.alert == one.alert).unwrap();
    assert_eq!(
        (last.kind, events(&after).iter().filter(|e| e.alert == other.alert).count()),
        (EventKind::Resolved, 2)
    );
}

#[test]
fn one_person_somewhere_else_is_no_news_and_two_are() {
    // The update that tells of twice as many goes when Gus writes: nobody is told of Fay.
    let more = |second: &[(&str, &str)]| {
        let mut then = hinges(&FIRST, at(60, 9));
        then.extend(hinges(&[("gus", "PT"), ("hal", "PT"), ("fay", "FR")], at(62, 9)));
        then.extend(hinges(second, at(64, 9)));
        let places = |e: &AlertEvent| (e.reason == Reason::NewPlace).then(|| e.beside.new_places.clone());
        life(then).iter().filter_map(places).collect::<Vec<_>>()
    };
    assert_eq!(more(&[("ida", "PT")]), Vec::<Vec<String>>::new());
    assert_eq!(more(&[("ida", "FR")]), [["FR"]]);
    assert_eq!(more(&[("ida", "CA")]), Vec::<Vec<String>>::new(), "the first letter told of Canada");
}

#[test]
fn what_was_too_soon_is_told_when_it_is_time_though_nobody_says_more() {
    let mut then = hinges(&FIRST, at(60, 9));
    // Nine within a day: too soon after the first letter, and then nobody speaks.
    then.extend(hinges(&[("fay", "PT"), ("gus", "PT"), ("hal", "PT"), ("ida", "PT")], at(60, 15)));
    let events = life(then);
    let [opened, doubled, ..] = &events[..] else { panic!("{events:#?}") };
    assert_eq!((opened.kind, doubled.reason), (EventKind::Opened, Reason::Doubled));
    assert!(doubled.observed >= 2 * opened.observed && doubled.observed >= 9, "{doubled:#?}");
    let hours = (doubled.at.as_millisecond() - opened.at.as_millisecond()) / HOUR_MS;
    assert!((24..=25).contains(&hours), "{hours}");
    assert_eq!(events.iter().filter(|e| e.reason == Reason::Doubled).count(), 1);
}

#[test]
fn a_place_that_an_update_counted_is_told_to_nobody_as_new() {
    let mut then = hinges(&FIRST, at(60, 9));
    // The update that tells of twice as many counts one person in France.
    then.extend(hinges(&[("fay", "FR"), ("gus", "PT"), ("hal", "PT")], at(62, 9)));
    then.extend(hinges(&[("ida", "FR")], at(66, 9)));
    let events = life(then);
    let doubled = events.iter().find(|e| e.reason == Reason::Doubled).expect("twice as many");
    assert_eq!(doubled.regions.get("FR"), Some(&1));
    let new = events.iter().filter(|e| e.reason == Reason::NewPlace).count();
    assert_eq!(new, 0, "{events:#?}");
}

#[test]
fn what_came_back_is_told_of_anew_and_beside_the_sum_of_all() {
    let mut then = hinges(&FIRST, at(60, 9));
    then.extend(hinges(&[("ana", "PT"), ("new1", "PT"), ("new2", "PT"), ("new3", "PT")], at(90, 9)));
    then.extend(hinges(&[("new4", "PT"), ("new5", "PT")], at(93, 9)));
    let events = life(then);
    let back = events.iter().find(|e| e.kind == EventKind::Regressed).expect("it comes back");
    // Five before, one of whom says it again: nobody is counted twice.
    assert_eq!((back.sources["s"], back.total), (back.observed, back.observed + 4));
    // Nine in all are no reason to write: those who say it again are.
    let after = events.iter().filter(|e| e.number > back.number && e.kind == EventKind::Updated);
    assert!(
        after.clone().all(|e| e.observed >= 2 * back.observed || e.reason != Reason::Doubled),
        "{events:#?}"
    );
    assert!(after.into_iter().all(|e| e.since == back.since && e.observed < e.total));
}

#[test]
fn days_on_which_nobody_spoke_have_a_place_in_the_chart_of_a_cluster_that_took_in_others() {
    let (mut state, id, now) = (ProductState::default(), SeriesId::Cluster(1), at(60, 12));
    state.count(&id, &[(at(40, 9), 1), (at(47, 9), 2), (at(60, 9), 3)], now);
    let mut tally = Tally::default();
    for (day, voice) in [(40, 1), (47, 2), (60, 3)] {
        let said = Said {
            voice,
            at: at(day, 9),
            source: "s".into(),
            region: None,
            lang: "en".into(),
            segment: None,
        };
        tally.hear(&said);
    }
    let chart = state.chart(&id, &tally, at(40, 9), 0.1, now);
    let since = day_of(at(40, 9));
    let drawn: Vec<(i64, u32)> =
        chart.iter().filter(|d| d.day >= since).map(|d| (d.day - since, d.people)).collect();
    let expected: Vec<(i64, u32)> = (0..=20).map(|d| (d, u32::from([0, 7, 20].contains(&d)))).collect();
    assert_eq!(drawn, expected);
}
