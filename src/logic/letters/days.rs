//! The last weeks day by day, in words and figures: for those who see no chart, and so that chart and headline are one story.

use serde::Serialize;

use super::tongue::Tongue;
use crate::ground::alert::{AlertEvent, DayCount, EventKind};
use crate::ground::time::day_of;

/// What is usual is known from so many people at the least, where it is more than nothing …
const FEWEST_KNOWN: f64 = 1.0;
/// … or from so many days: charts begin where listening did.
const LISTENED: usize = 28;
/// What is more than nothing.
const SAYS_SOMETHING: f64 = 0.75;
/// Weeks in the table of the plain text.
const MAX_WEEKS: usize = 8;

/// Seven days of the chart in figures.
#[derive(Debug, Serialize)]
pub(super) struct Week {
    pub(super) days: String,
    pub(super) heard: u32,
    pub(super) usual: String,
}

/// Whether what is called usual is only what is usual elsewhere: an installation, or a product, of which next to nothing has
/// been heard. That hardly anybody says it can be known all the same.
pub(super) fn is_young(event: &AlertEvent) -> bool {
    let known = event.sum.level_shape >= FEWEST_KNOWN || event.sum.level_shape <= 0.0;
    let short = event.series.len() < LISTENED;
    short && !known && event.expected >= SAYS_SOMETHING && event.kind != EventKind::Resolved
}

/// How many are usual, as far as that is known.
pub(super) fn usual(event: &AlertEvent, expected: f64, t: &Tongue) -> String {
    if is_young(event) { t.say("usual-unknown") } else { t.usual(expected) }
}

/// That the bars of now are the people of the headline, where they are, and by which clocks their days begin.
pub(super) fn chart_sum(event: &AlertEvent, t: &Tongue) -> Option<String> {
    let now = event.series.iter().filter(|day| day.day >= day_of(event.since));
    let sum: u32 = now.map(|day| day.people).sum();
    let fits = sum > 1 && sum == event.observed;
    let utc = (!t.is_by_utc()).then(|| t.say("chart-utc"));
    let sum = fits.then(|| t.tell("chart-sum", &[("people", t.people(sum).into())]));
    match (sum, utc) {
        (Some(sum), Some(utc)) => Some(format!("{sum} {utc}")),
        (sum, utc) => sum.or(utc),
    }
}

/// The series in weeks, counted back from its last day; the oldest first. A week that is not whole is left out. Where
/// something ended it is all of the weeks from its beginning on, so that they come to the sum of all.
pub(super) fn weeks(event: &AlertEvent, t: &Tongue) -> Vec<Week> {
    let since = event.series.iter().filter(|day| day.day >= day_of(event.since)).count();
    let most = if event.kind == EventKind::Resolved { MAX_WEEKS.max(since.div_ceil(7)) } else { MAX_WEEKS };
    let mut weeks: Vec<Week> = event
        .series
        .rchunks_exact(7)
        .take(most)
        .map(|days| Week {
            days: match (days.first(), days.last()) {
                (Some(first), Some(last)) => {
                    t.tell("from-to", &[("first", t.day(first.day).into()), ("last", t.day(last.day).into())])
                }
                _ => String::new(),
            },
            heard: days.iter().map(|d| d.people).sum(),
            usual: usual(event, days.iter().map(|d| d.expected).sum(), t),
        })
        .collect();
    weeks.reverse();
    weeks
}

/// What the chart shows.
pub(super) fn chart_alt(event: &AlertEvent, t: &Tongue) -> String {
    let series: &[DayCount] = &event.series;
    let (Some(first), Some(last)) = (series.first(), series.last()) else { return t.say("chart-none") };
    let days = t.tell("chart-days", &[("first", t.day(first.day).into()), ("last", t.day(last.day).into())]);
    let most = series.iter().max_by_key(|d| (d.people, d.day)).filter(|d| d.people > 0);
    let most = match most {
        Some(day) => {
            let said = [("people", t.people(day.people).into()), ("date", t.day(day.day).into())];
            t.tell("chart-most", &said)
        }
        None => t.say("chart-nobody"),
    };
    if is_young(event) {
        return format!("{days} {most}");
    }
    let recent: u32 = series.iter().rev().take(7).map(|d| d.people).sum();
    let usual: f64 = series.iter().rev().take(7).map(|d| d.expected).sum();
    let week = t.tell("chart-week", &[("count", recent.into()), ("usual", t.usual(usual).into())]);
    format!("{days} {most} {week}")
}
