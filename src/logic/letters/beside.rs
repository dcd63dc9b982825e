//! What a letter says beside the figures: new places, a storm, a fix, arranged voices, another alert that may be the same.

use serde::Serialize;

use crate::ground::alert::{AlertEvent, EventKind, Related, Severity};
use crate::ground::time::days_between;

use super::clean;
use super::story::Action;
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
    // Danger first, then the newest.
    let mut named: Vec<&Related> = storm.iter().rev().collect();
    named.sort_by_key(|one| one.severity != Severity::Safety);
    let named: Vec<String> = named.into_iter().map(|one| t.quoted(&label(one, 30))).collect();
    let (named, rest) = named.split_at(named.len().min(MOST_NAMED));
    let more = (!rest.is_empty()).then(|| t.count("more", rest.len() as u64));
    let named: Vec<String> = named.iter().cloned().chain(more).collect();
    Some(t.tell(
        "subject-storm",
        &[
            // Each danger had a letter of its own: of those that are told again the subject does not cry.
            ("product", subject_product(event, event.severity, t).into()),
            ("count", storm.len().into()),
            ("named", t.list(&named).into()),
        ],
    ))
}

/// The product as a subject names it, and that it is about safety where it is.
pub(super) fn subject_product(event: &AlertEvent, severity: Severity, t: &Tongue) -> String {
    let product = clean::clip(&event.product_name, 40);
    match severity {
        Severity::Safety => t.tell("subject-danger", &[("product", product.into())]),
        Severity::Low | Severity::Normal | Severity::High => product,
    }
}

/// A name in a list, with what says that it is about safety where it is.
pub(super) fn marked(name: String, severity: Severity, t: &Tongue) -> String {
    match severity {
        Severity::Safety => format!("{} {name}", t.colon(&t.say("news-safety"))),
        Severity::Low | Severity::Normal | Severity::High => name,
    }
}

/// One of the complaints of a storm.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    /// Its name.
    pub(super) label: String,
    /// Who says so.
    pub(super) people: String,
    /// Id of its alert.
    #[serde(skip)]
    pub(super) alert: String,
    /// Links to what can be done about it.
    pub(super) actions: Vec<Action>,
}

/// The complaints of a storm: danger first, then the loudest.
pub(super) fn storm(event: &AlertEvent, t: &Tongue) -> Vec<Part> {
    if !is_storm(event) {
        return Vec::new();
    }
    let mut all: Vec<&Related> = event.beside.storm.iter().collect();
    all.sort_by(|a, b| {
        (b.severity, b.people).cmp(&(a.severity, a.people)).then_with(|| a.alert.cmp(&b.alert))
    });
    all.into_iter()
        .map(|one| Part {
            label: marked(label(one, 80), one.severity, t),
            people: t.people(one.people),
            alert: one.alert.clone(),
            actions: Vec::new(),
        })
        .collect()
}

/// People that the rate before a fix would have brought, below which it is no measure yet.
const FEWEST_MISSED: f64 = 0.75;

/// What became of it after the fix.
pub(super) fn fix(event: &AlertEvent, t: &Tongue) -> String {
    let Some(fix) = &event.beside.fixed else { return String::new() };
    // Of half a day "fewer than one" would say nothing.
    let is_lately = fix.expected < FEWEST_MISSED;
    let mut said = vec![
        ("ago", t.span(days_between(fix.at, event.at)).into()),
        ("people", t.people_or_nobody(fix.heard).into()),
    ];
    if !is_lately {
        said.push(("usual", t.usual(fix.expected).into()));
    }
    let key = match (fix.version.is_empty(), is_lately) {
        (true, true) => "fixed-lately",
        (true, false) => "fixed",
        (false, true) => "fixed-in-lately",
        (false, false) => "fixed-in",
    };
    if !fix.version.is_empty() {
        said.push(("version", clean::clip(&fix.version, 60).into()));
    }
    t.tell(key, &said)
}

/// Everything else, sentence by sentence.
pub(super) fn sentences(event: &AlertEvent, t: &Tongue) -> Vec<String> {
    let mut out = Vec::new();
    let beside = &event.beside;
    if event.kind == EventKind::Regressed && beside.fixed.is_some() {
        out.push(fix(event, t));
    }
    if let Some(earlier) = &beside.earlier {
        let ago = t.span(days_between(earlier.at, event.at));
        let key = if earlier.no_issue { "earlier-no-issue" } else { "earlier" };
        out.push(t.tell(key, &[("people", t.people(earlier.people).into()), ("ago", ago.into())]));
        if earlier.no_issue && event.severity != Severity::Safety {
            out.push(t.say("much-clearer"));
        }
    }
    if beside.shared {
        out.push(t.say("shared"));
    }
    if beside.coordinated > 0 {
        out.push(t.count("coordinated", u64::from(beside.coordinated)));
    }
    if beside.dangerous > 0 {
        out.push(t.count("tell-of-danger", u64::from(beside.dangerous)));
    }
    if beside.harmless > 0 {
        out.push(t.count("beside-danger", u64::from(beside.harmless)));
    }
    if beside.more > 1 {
        out.push(t.tell("perhaps-more", &[("people", t.people(beside.more).into())]));
    }
    if let Some(other) = beside.perhaps.as_ref().filter(|_| event.kind != EventKind::Resolved) {
        out.push(t.tell("perhaps", &[("label", label(other, 80).into())]));
        if other.shared > 0 {
            out.push(t.tell("perhaps-shared", &[("people", t.people(other.shared).into())]));
        }
    }
    out
}

/// What makes this one and the open alert that may be the same into one, if there is such an alert.
pub(super) fn merge(event: &AlertEvent) -> Option<String> {
    let other = event.beside.perhaps.as_ref().filter(|_| event.kind != EventKind::Resolved)?;
    // A version that did not know the cluster may have told of it.
    let known = !other.cluster.is_empty();
    known
        .then(|| format!("groundswell merge {} {}", clean::line(&event.cluster), clean::line(&other.cluster)))
}

/// Quotation marks inside of a name would seem to end it.
pub(super) fn label(other: &Related, most: usize) -> String {
    unquoted(&clean::clip(&other.label, most))
}

pub(super) fn unquoted(label: &str) -> String {
    label.replace(['"', '“', '”', '„'], "'")
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;
    use crate::ground::alert::{Beside, Fixed};
    use crate::ground::language::Language;
    use crate::ground::time::{DAY_MS, plus_ms};

    #[test]
    fn a_letter_about_danger_says_who_tells_of_none() {
        let told = |harmless, dangerous| {
            let safety = fixture::safety();
            let beside = Beside { harmless, dangerous, ..safety.beside };
            sentences(&AlertEvent { beside, ..safety }, Tongue::of(Language::English)).join(" ")
        };
        assert_eq!(told(4, 0), "4 others speak of the same without telling of danger, and are not counted.");
        assert_eq!(
            told(1, 0),
            "1 other person speaks of the same without telling of danger, and is not counted."
        );
        assert_eq!(told(0, 2), "2 of them tell of danger.");
        assert_eq!(told(0, 0), "");
    }

    #[test]
    fn what_the_rate_before_a_fix_would_have_brought_is_told_once_it_is_somebody() {
        let told = |expected, version: &str| {
            let event = fixture::safety();
            let fixed = Fixed { at: plus_ms(event.at, -DAY_MS), version: version.into(), heard: 3, expected };
            let beside = Beside { fixed: Some(fixed), ..event.beside };
            fix(&AlertEvent { beside, ..event }, Tongue::of(Language::English))
        };
        let rate = "; at the rate before it would have been about 2.";
        assert_eq!(
            told(2.0, ""),
            format!("Since it was said to be fixed, a day ago, 3 people said it{rate}")
        );
        assert_eq!(told(0.4, ""), "Since it was said to be fixed, a day ago, 3 people said it.");
        assert_eq!(told(0.4, "2.1"), "Since the fix (2.1), a day ago, 3 people said it.");
        assert_eq!(told(2.0, "2.1"), format!("Since the fix (2.1), a day ago, 3 people said it{rate}"));
    }
}
