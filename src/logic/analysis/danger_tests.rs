//! Alerts about danger: whom they count and quote, and what comes through after somebody judged one.

use super::silence_tests::PRODUCT;
use super::state::Analysis;
use super::tests::{START, act, and_then, fold, post, usual};
use crate::ground::alert::{AlertEvent, EventKind, Severity};
use crate::ground::entry::{Body, Deed, Entry, RuleFile, RuleFiles};
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, HOUR_MS, from_ms};

const SMOKE: [&str; 4] = [
    "the battery of my mini 9 started smoking while charging and burned my desk",
    "my mini 9 battery burned my desk, smoke coming out of it while charging",
    "smoke out of the mini 9 battery while charging, my desk is burned now",
    "charging my mini 9: the battery began smoking and burned the desk of my son",
];
const HARMLESS: [&str; 5] = [
    "the battery of my mini 9 stands on my desk charging all night and is never full",
    "my mini 9 battery needs hours of charging at my desk, it is so slow",
    "battery of the mini 9 empty after an hour at my desk, always charging it",
    "at my desk I am always charging the battery of this mini 9, bad",
    "mini 9 battery while charging at the desk: from 20 to 21 % in one hour",
];

/// What these say, each a person of their own, some hours after the other, from day `from` on.
fn said(first: usize, texts: &[&str], from: i64) -> Vec<(i64, Body)> {
    let all = texts.iter().enumerate();
    all.map(|(i, text)| {
        let (n, at) = (first + i, from * DAY_MS + i as i64 * 5 * HOUR_MS);
        let post = post(n, &format!("p{n}"), (*text).to_owned(), at, at);
        (at, Body::Post { post: Box::new(post), history: false })
    })
    .collect()
}

fn life(then: Vec<(i64, Body)>, until: i64) -> Vec<AlertEvent> {
    fold(&and_then(usual(|_, _| {}), then, until * DAY_MS))
}

#[test]
fn an_alert_about_danger_counts_and_quotes_those_who_tell_of_it() {
    let life_with = |harmless: &[&str]| {
        let mut then = said(500, &SMOKE[..2], 61);
        then.extend(said(600, harmless, 62));
        then.extend(said(700, &SMOKE[2..], 65));
        life(then, 66)
    };
    let seen = |events: &[AlertEvent]| -> Vec<(Reason, u32, u32)> {
        events.iter().map(|e| (e.reason, e.observed, e.beside.harmless)).collect()
    };
    let events = life_with(&HARMLESS[..1]);
    assert_eq!(seen(&events), [(Reason::SecondSafetyVoice, 2, 0), (Reason::Doubled, 4, 1)]);
    // However many complain of the part: that is told, and they are no people in danger.
    let louder = life_with(&HARMLESS);
    let expected = [(Reason::SecondSafetyVoice, 2, 0), (Reason::MoreAround, 2, 3), (Reason::Doubled, 4, 5)];
    assert_eq!(seen(&louder), expected);
    let events: Vec<AlertEvent> = events.into_iter().chain(louder).collect();
    for event in &events {
        assert_eq!(event.severity, Severity::Safety);
        assert_eq!((event.beside.more, event.beside.dangerous), (0, 0));
        assert!(event.quotes.iter().all(|q| q.text.contains("burned")), "{:#?}", event.quotes);
    }
}

/// What is told after an alert about smoke was called no issue on day 62, and these say so from day `from` on.
fn after_no_issue(texts: &[&str], from: i64) -> Vec<Reason> {
    // Other matters go on.
    let wifi = ["my mini 9 wifi drops all the time, router is fine"];
    let mut then: Vec<_> = (63..100).flat_map(|day| said(3_000 + day as usize, &wifi, day)).collect();
    then.extend(said(500, &SMOKE[..2], 61));
    let alert = life(then.clone(), 62)[0].alert.clone();
    let judged = Deed::Feedback { alert, useful: false, taken_back: false };
    then.push((62 * DAY_MS + HOUR_MS / 2, act(judged)));
    then.extend(said(700, texts, from));
    let events = life(then, from + 4);
    assert_eq!(events[1].reason, Reason::NotAnIssue);
    events[2..].iter().map(|event| event.reason).collect()
}

#[test]
fn another_danger_comes_through_after_one_was_called_no_issue() {
    let fire = [
        "what a shock, the mini 9 adapter caught fire on the sofa last night",
        "got an electric shock from the keyboard of the mini 9, my hand is numb",
    ];
    // Also when what was judged is no longer of the last weeks: it does not show that danger is usual here.
    for day in [64, 70, 95] {
        assert_eq!(after_no_issue(&fire, day), [Reason::SecondSafetyVoice], "day {day}");
        assert_eq!(after_no_issue(&fire[..1], day), [], "one person alone, beside those who were judged");
        assert_eq!(after_no_issue(&SMOKE[2..], day), [Reason::SecondSafetyVoice], "two more in like words");
        assert_eq!(
            after_no_issue(&[SMOKE[2], fire[0]], day),
            [],
            "one more of what was judged, and one other"
        );
    }
}

#[test]
fn danger_of_the_same_part_in_other_words_is_one_thread_and_of_another_part_its_own() {
    let after_smoke = |texts: [&str; 2]| {
        let mut then = said(500, &SMOKE[..2], 61);
        then.extend(said(700, &texts, 70));
        life(then, 74).iter().map(|event| event.reason).collect::<Vec<_>>()
    };
    let same = [
        [
            "the battery of my mini 9 is swollen and got so hot that it could explode",
            "mini 9 battery bulging, overheats, I am afraid that it explodes",
        ],
        [
            "battery melted through the bottom of my mini 9, dangerous",
            "the mini 9 battery got so hot it melted, a real fire hazard",
        ],
    ];
    for texts in same {
        assert_eq!(after_smoke(texts), [Reason::SecondSafetyVoice, Reason::Doubled], "{texts:?}");
    }
    let keyboard = [
        "got an electric shock from the keyboard of the mini 9, my hand is numb",
        "the keys of my mini 9 gave me an electric shock, hand still hurts",
    ];
    assert_eq!(after_smoke(keyboard), [Reason::SecondSafetyVoice, Reason::SecondSafetyVoice]);
}

#[test]
fn how_many_it_takes_of_danger_is_two_whatever_is_harmless_about_the_part() {
    let entries = and_then(usual(|_, _| {}), said(600, &HARMLESS[..2], 62), 64 * DAY_MS);
    let mut analysis = Analysis::default();
    for entry in &entries {
        analysis.fold(entry);
    }
    let asked = post(9_000, "asks", SMOKE[0].to_owned(), 64 * DAY_MS, 64 * DAY_MS);
    assert_eq!(analysis.why_not(&asked).opens.map(|opens| opens.people), Some(2));
}

#[test]
fn a_named_danger_comes_back_with_two_who_say_it_since_and_not_with_one() {
    let at = |hour: i64| from_ms(START + hour * HOUR_MS);
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let teams = file("teams.toml", "[team.t]\nemail = [\"t@example.org\"]\n");
    let files = RuleFiles { folder: "rules".into(), files: vec![file("p.toml", PRODUCT), teams] };
    let said = |n: usize, hour: i64| {
        let text = [
            "my widget burns since this morning",
            "help, the plug of the widget burns my fingers",
            "widget left on over night, now the carpet burns",
            "what burns in the kitchen? a widget, of course",
        ][n];
        let post = post(n, &format!("p{n}"), text.into(), hour * HOUR_MS, hour * HOUR_MS);
        (hour, Body::Post { post: Box::new(post), history: false })
    };
    let life = |hours: [i64; 4]| -> Vec<(EventKind, i64, u32, u32)> {
        let mut bodies: Vec<_> = (1..=40).map(|day| (day * 24, Body::Tick)).collect();
        bodies.extend(hours.iter().enumerate().map(|(n, hour)| said(n, *hour)));
        bodies.sort_by_key(|(hour, _)| *hour);
        bodies.insert(0, (0, Body::Rules(files.clone())));
        let mut analysis = Analysis::default();
        let mut events = Vec::new();
        for (seq, (hour, body)) in bodies.into_iter().enumerate() {
            events.extend(analysis.fold(&Entry { seq: seq as u64, at: at(hour), body }).events);
        }
        let hour = |e: &AlertEvent| (e.at.as_millisecond() - START) / HOUR_MS;
        events.iter().map(|e| (e.kind, hour(e), e.observed, e.window_days)).collect()
    };
    let seen = life([1, 2, 481, 485]);
    let [(EventKind::Opened, 2, 2, 1), (EventKind::Resolved, ..), (EventKind::Regressed, 485, 2, 1), ..] =
        seen[..]
    else {
        panic!("{seen:#?}")
    };
    // Two who are weeks apart are told of as two, in so many days.
    let seen = life([1, 481, 900, 901]);
    let (EventKind::Opened, 481, 2, 21) = seen[0] else { panic!("{seen:#?}") };
    assert!(seen[1].1 > 481, "and nothing is new before somebody else says it: {seen:#?}");
}
