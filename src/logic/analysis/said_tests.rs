//! What people say of an alert: that it is fixed, that it is no issue, that it is one after all.

use super::state::Analysis;
use super::tests::{Dice, act, and_then, fold, opened, post, rising, text, told};
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{Body, Deed};
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, HOUR_MS};

/// The rising complaint is called fixed on day 61; so many people say it again on days 64 and 65.
fn fixed_then(again: usize) -> Vec<AlertEvent> {
    let rising = rising();
    let alert = opened(&fold(&rising))[0].alert.clone();
    let mut more = vec![(61 * DAY_MS, act(Deed::Fixed { alert, version: "2.1".into() }))];
    let mut dice = Dice(11);
    // It went on until then.
    for i in 0..2 {
        let at = 60 * DAY_MS + (2 + i as i64 * 12) * HOUR_MS;
        let post = post(600 + i, &format!("still{i}"), text(&mut dice, 3), at, at);
        more.push((at, Body::Post { post: Box::new(post), history: false }));
    }
    // Other matters go on: where nothing is heard at all, nothing can be said.
    for i in 0..38 {
        let at = 61 * DAY_MS + i as i64 * 12 * HOUR_MS;
        let post = post(700 + i, &format!("other{i}"), text(&mut dice, i % 3), at, at);
        more.push((at, Body::Post { post: Box::new(post), history: false }));
    }
    for i in 0..again {
        let at = 64 * DAY_MS + i as i64 * 8 * HOUR_MS;
        let post = post(900 + i, &format!("again{i}"), text(&mut dice, 3), at, at);
        more.push((at, Body::Post { post: Box::new(post), history: false }));
    }
    fold(&and_then(rising, more, 80 * DAY_MS))
}

#[test]
fn what_was_called_fixed_holds_or_comes_back() {
    let quiet = fixed_then(0);
    let last = quiet.last().unwrap();
    assert!(told(&quiet).contains(&(EventKind::Resolved, Reason::SaidFixed)), "{:?}", told(&quiet));
    assert_eq!((last.kind, last.reason), (EventKind::Resolved, Reason::FixHolds));
    let fixed = last.beside.fixed.clone().unwrap();
    assert!(fixed.heard == 0 && fixed.expected > 3.0 && fixed.version == "2.1", "{fixed:?}");

    let back = fixed_then(5);
    let regressed = back.iter().find(|e| e.kind == EventKind::Regressed).unwrap();
    assert_eq!(regressed.reason, Reason::BackAfterFix);
    assert!(!told(&back).contains(&(EventKind::Resolved, Reason::FixHolds)));
}

#[test]
fn what_is_an_issue_after_all_is_as_if_it_had_only_been_ended() {
    let entries = rising();
    let first = opened(&fold(&entries))[0].clone();
    let said = |useful, taken_back| act(Deed::Feedback { alert: first.alert.clone(), useful, taken_back });
    let after = |acts: Vec<(i64, Body)>| {
        let mut analysis = Analysis::default();
        for entry in and_then(entries.clone(), acts, 62 * DAY_MS) {
            analysis.fold(&entry);
        }
        let state = analysis.product(&first.product).unwrap();
        let ended = state.alerts.values().find(|s| s.id == first.alert).unwrap().ended;
        (ended.map(|(_, reason)| reason), state.raised.len(), analysis.team_log(&first.team).judged())
    };
    let at = 61 * DAY_MS;
    let told = fold(&and_then(entries.clone(), vec![(at, said(false, false))], 62 * DAY_MS));
    let end = told.iter().find(|e| e.reason == Reason::NotAnIssue).expect("it is told");
    assert_eq!(end.beside.by, "ana", "and who said so");
    assert_eq!(after(vec![(at, said(false, false))]), (Some(Reason::NotAnIssue), 1, (0, 1)));
    let both = vec![(at, said(false, false)), (at + HOUR_MS, said(true, true))];
    assert_eq!(after(both), (Some(Reason::ResolvedByHand), 0, (1, 0)));
}
