//! What a letter says beside the figures: new places, a storm, a fix, arranged voices, another alert that may be the same.

use crate::ground::alert::{AlertEvent, EventKind, Related};
use crate::ground::time::{DAY_MS, day_of, days_between};

use super::{clean, words};

/// Places that are named; more are counted.
const MOST_PLACES: usize = 3;
/// Complaints of a storm that a subject names.
const MOST_NAMED: usize = 2;

/// Where it is said now: `in Brazil`, `on reddit and in Brazil`, `in 5 more places`.
pub(super) fn places(event: &AlertEvent) -> String {
    let new = &event.beside.new_places;
    let named: Vec<String> = new
        .iter()
        .map(|place| match event.regions.contains_key(place) {
            true => format!("in {}", with_article(&words::region(place))),
            false => format!("on {}", clean::clip(place, 40)),
        })
        .collect();
    match named.len() {
        0 => "elsewhere".to_owned(),
        n if n > MOST_PLACES => format!("in {n} more places"),
        _ => words::list(&named),
    }
}

/// "the Netherlands", as it stands in a sentence.
fn with_article(region: &str) -> String {
    match region {
        "Netherlands" | "United States" | "United Kingdom" => format!("the {region}"),
        other => other.to_owned(),
    }
}

/// The subject of a letter about many complaints at once.
pub(super) fn storm_subject(event: &AlertEvent) -> Option<String> {
    let storm = &event.beside.storm;
    if storm.is_empty() || event.kind != EventKind::Opened {
        return None;
    }
    let newest: Vec<String> = storm.iter().rev().take(MOST_NAMED).map(|one| quoted(one, 30)).collect();
    let product = clean::clip(&event.product_name, 40);
    Some(format!("{product}: {} complaints growing at once: {} and others", storm.len(), newest.join(", ")))
}

/// What became of it after the fix.
pub(super) fn fix(event: &AlertEvent) -> String {
    let Some(fix) = &event.beside.fixed else { return String::new() };
    let of = match fix.version.is_empty() {
        true => "Since you said that it is fixed".to_owned(),
        false => format!("Since the fix ({})", clean::clip(&fix.version, 60)),
    };
    format!(
        "{of}, {} ago, {} said it; at the rate before it would have been {}.",
        words::span(days_between(fix.at, event.at)),
        if fix.heard == 0 { "nobody".to_owned() } else { words::people(fix.heard) },
        words::usual(fix.expected)
    )
}

/// Everything else, sentence by sentence.
pub(super) fn sentences(event: &AlertEvent) -> Vec<String> {
    let mut out = Vec::new();
    let beside = &event.beside;
    if event.kind == EventKind::Opened && !beside.storm.is_empty() {
        let all: Vec<String> = beside
            .storm
            .iter()
            .map(|one| format!("{} ({})", quoted(one, 60), words::people(one.people)))
            .collect();
        out.push(format!(
            "Within a day {} complaints about this product began to grow: {}. One cause, such as an outage or an update, \
             may be behind all of them. Further ones of today come together in one list.",
            all.len(),
            words::list(&all)
        ));
    }
    if event.kind == EventKind::Regressed && beside.fixed.is_some() {
        out.push(fix(event));
    }
    if beside.coordinated > 0 {
        out.push(format!(
            "{} accounts wrote nearly the same words within a day, none of them sharing another's post. That looks arranged; \
             they count as one voice.",
            words::grouped(u64::from(beside.coordinated))
        ));
    }
    if let Some(other) = &beside.perhaps {
        out.push(format!(
            "It may be the same matter as {}, about which we have written already. If it is, ask for the two to be merged.",
            quoted(other, 80)
        ));
    }
    out.extend(wider(event));
    out
}

/// The chart counts everybody whose complaint went the same way; the headline only those who said nearly the same.
fn wider(event: &AlertEvent) -> Option<String> {
    let from = day_of(event.at) - i64::from(event.window_days);
    let shown: u32 = event.series.iter().filter(|d| d.day > from).map(|d| d.people).sum();
    let chart_ends_now =
        event.series.last().is_some_and(|d| (d.day + 1) * DAY_MS > event.at.as_millisecond());
    let opening = matches!(event.kind, EventKind::Opened | EventKind::Regressed);
    (opening && chart_ends_now && shown > event.observed).then(|| {
        format!(
            "The chart counts more widely: with those who put it differently it comes to {} {}, each voice once a day.",
            words::grouped(u64::from(shown)),
            words::in_days(event.window_days)
        )
    })
}

fn quoted(other: &Related, most: usize) -> String {
    format!("\"{}\"", clean::clip(&other.label, most).replace(['"', '“', '”', '„'], "'"))
}
