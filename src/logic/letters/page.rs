//! One page that tells the story of many alerts, to open in a browser: nothing is fetched from anywhere.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ground::alert::{AlertEvent, DayCount, EventKind};
use crate::ground::language::Language;
use crate::ground::time::{Timestamp, day_of};

use super::chart::Chart;
use super::clean;
use super::days;
use super::story::{Quoted, story};
use super::templates::Templates;
use super::tongue::Tongue;

/// One page (HTML, self-contained) about all the alerts in `events`, in the order in which they opened. `title`
/// heads it, the sentences of `lead` stand before the first alert.
pub fn page(title: &str, lead: &[String], events: &[AlertEvent]) -> String {
    let mut by_alert: BTreeMap<&str, Vec<&AlertEvent>> = BTreeMap::new();
    for event in events {
        by_alert.entry(&event.alert).or_default().push(event);
    }
    let mut told: Vec<(Timestamp, Told)> = by_alert.into_values().filter_map(tell).collect();
    told.sort_by_key(|(at, _)| *at);
    let page = PageTemplate {
        title: clean::clip(title, 120),
        lead: lead.iter().map(|sentence| clean::clip(sentence, 600)).collect(),
        alerts: told.into_iter().map(|(_, told)| told).collect(),
    };
    Templates::default().render("page.html", &page).0
}

/// What `templates/page.html` is filled with. It is in English, as the program is.
#[derive(Serialize)]
struct PageTemplate {
    title: String,
    lead: Vec<String>,
    alerts: Vec<Told>,
}

/// One alert from its first event to its last.
#[derive(Serialize)]
struct Told {
    product: String,
    label: String,
    badge: String,
    tint: &'static str,
    sentence: String,
    /// What happened when.
    steps: Vec<(String, String)>,
    /// SVG, which escapes what it is given.
    chart: String,
    first_day: String,
    last_day: String,
    quotes: Vec<Quoted>,
    facts: Vec<(String, String)>,
    team: String,
}

fn tell(mut events: Vec<&AlertEvent>) -> Option<(Timestamp, Told)> {
    events.sort_by_key(|event| (event.at, event.number));
    let (first, last) = (*events.first()?, *events.last()?);
    let t = english();
    let (opening, latest) = (story(first, t), story(last, t));
    let series = joined(&events);
    let from = day_of(first.since);
    Some((
        first.at,
        Told {
            product: opening.product,
            label: opening.label,
            badge: latest.badge,
            tint: latest.tint,
            sentence: whole(first, last, &opening.sentence, t),
            steps: events.iter().map(|event| (t.date_and_time(event.at), step(event))).collect(),
            chart: Chart::new(&series, from).svg(&latest.chart_alt),
            first_day: series.first().map(|d| t.day(d.day)).unwrap_or_default(),
            last_day: series.last().map(|d| t.day(d.day)).unwrap_or_default(),
            quotes: opening.quotes,
            facts: opening.facts,
            team: clean::clip(&first.team, 60),
        },
    ))
}

/// How it began, and what it has come to where there is more of it since.
fn whole(first: &AlertEvent, last: &AlertEvent, opening: &str, t: &Tongue) -> String {
    if last.total <= first.total {
        return opening.to_owned();
    }
    let since = t.tell("in-all-so-far", &[("people", t.people(last.total).into())]);
    format!("{}: {opening} {since}", t.date(first.at))
}

/// One line of the alert's history.
fn step(event: &AlertEvent) -> String {
    let t = english();
    let now = format!(
        "{} {}, usually {}",
        t.people(event.observed),
        t.in_days(event.window_days),
        days::usual(event, event.expected, t)
    );
    match event.kind {
        EventKind::Opened => format!("opened: {now}"),
        EventKind::Updated => format!("{} {now}", event.reason.sentence()),
        EventKind::Regressed => format!("came back: {now}"),
        EventKind::Resolved => {
            format!("over: {} in all. {}", t.people(event.total), event.reason.sentence())
        }
    }
}

/// The series of all events as one; where two tell of the same day, the later is believed.
fn joined(events: &[&AlertEvent]) -> Vec<DayCount> {
    let mut days: BTreeMap<i64, DayCount> = BTreeMap::new();
    for event in events {
        days.extend(event.series.iter().map(|count| (count.day, *count)));
    }
    days.into_values().collect()
}

fn english() -> &'static Tongue {
    Tongue::of(Language::English)
}
