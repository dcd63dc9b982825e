//! What a letter says beside the figures: new places, a storm, a fix, arranged voices, another alert that may be the same.

use crate::ground::alert::{AlertEvent, EventKind, Related};
use crate::ground::time::{DAY_MS, day_of, days_between};

use super::clean;
use super::tongue::Tongue;

/// Places that are named; more are counted.
const MOST_PLACES: usize = 3;
/// Complaints of a storm that a subject names.
const MOST_NAMED: usize = 2;

/// Where it is said now: `in Brazil`, `on reddit and in Brazil`, `in 5 more places`.
pub(super) fn places(event: &AlertEvent, t: &Tongue) -> String {
    let new = &event.beside.new_places;
    let named: Vec<String> = new
        .iter()
        .map(|place| match event.regions.contains_key(place) {
            true => t.in_region(place),
            false => t.tell("on-source", &[("name", clean::clip(place, 40).into())]),
        })
        .collect();
    match named.len() {
        0 => t.say("elsewhere"),
        n if n > MOST_PLACES => t.count("in-more-places", n as u64),
        _ => t.list(&named),
    }
}

/// Whether the letter is about many complaints at once.
pub(super) fn is_storm(event: &AlertEvent) -> bool {
    event.kind == EventKind::Opened && !event.beside.storm.is_empty()
}

/// The subject of a letter about many complaints at once.
pub(super) fn storm_subject(event: &AlertEvent, t: &Tongue) -> Option<String> {
    let storm = &event.beside.storm;
    if !is_storm(event) {
        return None;
    }
    let newest: Vec<String> =
        storm.iter().rev().take(MOST_NAMED).map(|one| t.quoted(&label(one, 30))).collect();
    Some(t.tell(
        "subject-storm",
        &[
            ("product", clean::clip(&event.product_name, 40).into()),
            ("count", storm.len().into()),
            ("named", newest.join(", ").into()),
        ],
    ))
}

/// The complaints of a storm, the loudest first: their names, and who says so.
pub(super) fn storm(event: &AlertEvent, t: &Tongue) -> Vec<(String, String)> {
    if !is_storm(event) {
        return Vec::new();
    }
    let mut all: Vec<&Related> = event.beside.storm.iter().collect();
    all.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.alert.cmp(&b.alert)));
    all.into_iter().map(|one| (label(one, 80), t.people(one.people))).collect()
}

/// What became of it after the fix.
pub(super) fn fix(event: &AlertEvent, t: &Tongue) -> String {
    let Some(fix) = &event.beside.fixed else { return String::new() };
    let mut said = vec![
        ("ago", t.span(days_between(fix.at, event.at)).into()),
        ("people", t.people_or_nobody(fix.heard).into()),
        ("usual", t.usual(fix.expected).into()),
    ];
    if fix.version.is_empty() {
        return t.tell("fixed", &said);
    }
    said.push(("version", clean::clip(&fix.version, 60).into()));
    t.tell("fixed-in", &said)
}

/// Everything else, sentence by sentence.
pub(super) fn sentences(event: &AlertEvent, t: &Tongue) -> Vec<String> {
    let mut out = Vec::new();
    let beside = &event.beside;
    if event.kind == EventKind::Regressed && beside.fixed.is_some() {
        out.push(fix(event, t));
    }
    if beside.shared {
        out.push(t.say("shared"));
    }
    if beside.coordinated > 0 {
        out.push(t.count("coordinated", u64::from(beside.coordinated)));
    }
    if let Some(other) = &beside.perhaps {
        let command = match other.cluster.is_empty() {
            // Told by a version that did not know the cluster.
            true => format!("groundswell explain {}", clean::line(&other.alert)),
            false => {
                format!("groundswell merge {} {}", clean::line(&event.cluster), clean::line(&other.cluster))
            }
        };
        out.push(t.tell("perhaps", &[("label", label(other, 80).into()), ("command", command.into())]));
    }
    out.extend(wider(event, t));
    out
}

/// The chart counts everybody whose complaint went the same way; the headline only those who said nearly the same.
fn wider(event: &AlertEvent, t: &Tongue) -> Option<String> {
    let from = day_of(event.at) - i64::from(event.window_days);
    let shown: u32 = event.series.iter().filter(|d| d.day > from).map(|d| d.people).sum();
    let chart_ends_now =
        event.series.last().is_some_and(|d| (d.day + 1) * DAY_MS > event.at.as_millisecond());
    let opening = matches!(event.kind, EventKind::Opened | EventKind::Regressed);
    (opening && chart_ends_now && shown > event.observed)
        .then(|| t.tell("wider", &[("count", shown.into()), ("window", t.in_days(event.window_days).into())]))
}

/// Quotation marks inside of a name would seem to end it.
pub(super) fn label(other: &Related, most: usize) -> String {
    unquoted(&clean::clip(&other.label, most))
}

pub(super) fn unquoted(label: &str) -> String {
    label.replace(['"', '“', '”', '„'], "'")
}
