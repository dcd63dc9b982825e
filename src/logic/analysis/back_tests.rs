//! What is told as come back: the same matter, as early as a new one would be, and nothing else.

use super::tests::{Dice, and_then, fold, post, rising, text};
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::Body;
use crate::ground::time::{DAY_MS, HOUR_MS};

/// Somebody who says `text` so many hours into the stream.
fn said(n: usize, text: String, hour: i64) -> (i64, Body) {
    let at = hour * HOUR_MS;
    let post = post(2_000 + n, &format!("later{n}"), text, at, at);
    (at, Body::Post { post: Box::new(post), history: false })
}

/// Ten weeks in which one person in six days still says it, and then `people` people within two days.
fn back(people: usize) -> Vec<AlertEvent> {
    let mut dice = Dice(11);
    let mut more: Vec<(i64, Body)> =
        (0..11).map(|n| said(n, text(&mut dice, 3), (64 + 6 * n as i64) * 24)).collect();
    more.extend((0..people).map(|n| said(100 + n, text(&mut dice, 3), 131 * 24 + 5 * n as i64)));
    fold(&and_then(rising(), more, 140 * DAY_MS))
}

#[test]
fn what_comes_back_is_told_as_early_as_what_is_new_however_long_it_was_over() {
    let events = back(8);
    let ends: Vec<&AlertEvent> = events.iter().filter(|e| e.kind == EventKind::Resolved).collect();
    let over = ends.first().expect("it ends").at;
    let back: Vec<&AlertEvent> = events.iter().filter(|e| e.kind == EventKind::Regressed).collect();
    let [back] = back.as_slice() else { panic!("{events:#?}") };
    assert!(back.at.duration_since(over).as_hours() > 50 * 24, "long after {over}");
    // Those of its stretch against what is usual in it, not against ten weeks.
    assert!(back.observed <= 6 && back.window_days <= 7 && back.expected < 2.0, "{back:#?}");
}
