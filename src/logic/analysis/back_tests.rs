//! What is told as come back: the same matter, as early as a new one would be, and not for ever. And what a date of years
//! ago does to all that is usual: nothing.

use super::state::Analysis;
use super::tests::{Dice, START, act, and_then, fold, opened, post, rising, text, usual};
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Body, Deed, Entry};
use crate::ground::time::{DAY_MS, HOUR_MS, from_ms};

/// Somebody who says `text` so many hours into the stream.
fn said(n: usize, text: String, hour: i64) -> (i64, Body) {
    let at = hour * HOUR_MS;
    let post = post(2_000 + n, &format!("later{n}"), text, at, at);
    (at, Body::Post { post: Box::new(post), history: false })
}

/// An alert of day 50 that ends; then one person in six days who still says it, and from `day` on eight within two days.
fn again(day: i64) -> Vec<AlertEvent> {
    let mut dice = Dice(11);
    let still = (64..day).step_by(6).enumerate();
    let mut more: Vec<(i64, Body)> = still.map(|(n, day)| said(n, text(&mut dice, 3), day * 24)).collect();
    more.extend((0..8).map(|n| said(100 + n, text(&mut dice, 3), day * 24 + 5 * n as i64)));
    fold(&and_then(rising(), more, (day + 9) * DAY_MS))
}

/// The letters that began something, of which there are two, and the days between the end of the first and the second.
fn two(events: &[AlertEvent]) -> (&AlertEvent, &AlertEvent, i64) {
    let over = events.iter().find(|e| e.kind == EventKind::Resolved).expect("it ends").at;
    let begun = opened(events);
    let [first, second] = begun.as_slice() else { panic!("{events:#?}") };
    (first, second, second.at.duration_since(over).as_hours() / 24)
}

#[test]
fn what_comes_back_is_told_as_early_as_what_is_new() {
    for day in [82, 131] {
        let events = again(day);
        let (_, second, _) = two(&events);
        // Those of its stretch against what is usual in it, not against all the weeks since it had ended.
        assert!(second.observed <= 6 && second.window_days <= 7 && second.expected < 2.0, "{second:#?}");
    }
}

#[test]
fn after_four_quiet_weeks_it_is_told_anew_and_says_that_it_was_told_before() {
    let (soon, late) = (again(82), again(131));
    let (first, second, days) = two(&soon);
    assert!(days < 28 && second.beside.back);
    let over = soon.iter().rfind(|e| e.kind == EventKind::Resolved).unwrap();
    assert!(over.at < second.at || over.beside.back, "its end is that of its return");
    assert_eq!(
        (second.kind, &second.alert, second.beside.earlier),
        (EventKind::Regressed, &first.alert, None)
    );

    let (first, second, days) = two(&late);
    assert!(days > 28);
    assert_eq!(second.kind, EventKind::Opened);
    assert_ne!(second.alert, first.alert);
    assert_eq!(second.cluster, first.cluster, "the same complaint");
    let earlier = second.beside.earlier.expect("it was told of before");
    assert!(earlier.people >= first.observed && earlier.at < second.since, "{earlier:?}");
    // The letters that follow do not say so again.
    let after = late.iter().filter(|e| e.alert == second.alert && e.kind != EventKind::Opened);
    assert!(after.into_iter().all(|e| e.beside.earlier.is_none()));
}

#[test]
fn a_post_that_is_dated_years_ago_makes_nothing_of_what_is_usual_a_rise() {
    let mut dice = Dice(13);
    let day = |n: usize| 60 + n as i64;
    let mut more: Vec<(i64, Body)> = (0..60).map(|n| said(n, text(&mut dice, n % 3), day(n) * 24)).collect();
    let (written, arrived) = (-6 * 365 * DAY_MS, 62 * DAY_MS);
    let old = post(9_000, "old", text(&mut dice, 0), written, arrived);
    more.push((arrived, Body::Post { post: Box::new(old), history: false }));
    let events = fold(&and_then(usual(|_, _| {}), more, 125 * DAY_MS));
    assert!(opened(&events).is_empty(), "{events:#?}");
}

/// What a stranger could ask on any day: how many have to say this now?
#[test]
fn what_it_would_take_is_what_it_takes() {
    // Before anything rose, while an ended alert is remembered and its people are still about, and long after.
    for day in [40, 53, 84, 90, 110, 131] {
        let mut dice = Dice(5);
        let entries: Vec<_> = rising().into_iter().filter(|e| e.at < from_ms(START + day * DAY_MS)).collect();
        let still = (64..day).step_by(6).enumerate();
        let more: Vec<(i64, Body)> = still.map(|(n, day)| said(n, text(&mut dice, 3), day * 24)).collect();
        let entries = and_then(entries, more, day * DAY_MS);
        let mut analysis = Analysis::default();
        for entry in &entries {
            analysis.fold(entry);
        }
        let words = text(&mut dice, 3);
        let asked = post(9_000, "asks", words, day * DAY_MS, day * DAY_MS);
        let state = analysis.product("mini-9").unwrap();
        let is_open = state.alerts.values().any(|alert| alert.is_open());
        let told = analysis.why_not(&asked).opens;
        assert_eq!(told.is_none(), is_open, "day {day}: {told:?}");
        let Some(told) = told else { continue };
        // As many do say it, in words of their own.
        let mut people = 0;
        let event = loop {
            people += 1;
            let words = text(&mut dice, 3);
            let (at, body) = said(200 + people, words, day * 24);
            let seq = 1_000_000 + people as u64;
            let entry = Entry { seq, at: from_ms(START + at), body };
            let began = |e: &AlertEvent| matches!(e.kind, EventKind::Opened | EventKind::Regressed);
            if let Some(event) = analysis.fold(&entry).events.into_iter().find(began) {
                break event;
            }
            assert!(people < 60, "day {day}: {told:?}");
        };
        // Others' words are never known: those of its cluster are a guess at them.
        let people = people as u32;
        assert!(told.people.abs_diff(people) <= 1, "day {day}: {people}, told {told:?}");
        assert_eq!((event.kind, &event.cluster), (told.kind, &told.cluster), "day {day}");
    }
}

/// The alert of day 50 called no issue on day 61, and then twenty people in two days.
fn after_no_issue(day: i64) -> Vec<AlertEvent> {
    let alert = opened(&fold(&rising()))[0].alert.clone();
    let mut dice = Dice(13);
    let judged = act(Deed::Feedback { alert, useful: false, taken_back: false });
    let mut more = vec![(61 * DAY_MS, judged)];
    more.extend((0..20).map(|n| said(n, text(&mut dice, 3), day * 24 + 2 * n as i64)));
    fold(&and_then(rising(), more, (day + 9) * DAY_MS))
}

#[test]
fn what_is_back_though_it_was_called_no_issue_says_so() {
    let events = after_no_issue(75);
    let begun = opened(&events);
    let [first, second] = begun.as_slice() else { panic!("{events:#?}") };
    assert_eq!((second.kind, second.beside.back), (EventKind::Opened, false), "a thread of its own");
    let earlier = second.beside.earlier.unwrap();
    assert!(earlier.no_issue && earlier.people >= first.observed, "{earlier:?}");
}

#[test]
fn what_is_said_of_an_alert_that_another_followed_is_said_of_the_complaint() {
    let late = again(131);
    let (first, second, _) = two(&late);
    assert_ne!(first.alert, second.alert);
    let judged = |useful, taken_back| act(Deed::Feedback { alert: first.alert.clone(), useful, taken_back });
    let raised = |more: Vec<(i64, Body)>| {
        let mut dice = Dice(11);
        let still = (64..131).step_by(6).enumerate();
        let mut all: Vec<(i64, Body)> = still.map(|(n, day)| said(n, text(&mut dice, 3), day * 24)).collect();
        all.extend((0..8).map(|n| said(100 + n, text(&mut dice, 3), 131 * 24 + 5 * n as i64)));
        all.extend(more);
        let mut analysis = Analysis::default();
        for entry in and_then(rising(), all, 136 * DAY_MS) {
            analysis.fold(&entry);
        }
        let state = analysis.product("mini-9").unwrap();
        let standing = state.alerts.values().find(|s| s.id == second.alert).unwrap();
        assert!(standing.is_open(), "the one that followed has letters and answers of its own");
        state.raised.len()
    };
    let at = 135 * DAY_MS;
    assert_eq!(raised(vec![(at, judged(false, false))]), 1);
    assert_eq!(raised(vec![(at, judged(false, false)), (at + HOUR_MS, judged(true, true))]), 0);
}
