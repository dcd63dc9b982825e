//! `alerts`: what is open, and what was.
//!
//! Where an alert stands is told by its last event. Who acknowledged it is told by the decisions in the log: the newest
//! acknowledgement since the alert opened, or came back. So a decision shows at once, even while no daemon runs.

use std::collections::BTreeMap;
use std::io::Write;

use super::standing::{clip, count, minute, one_line};
use crate::assembly::cli::{AlertsArgs, Format};
use crate::assembly::configured::settings;
use crate::assembly::failure::Failure;
use crate::assembly::output::{as_json, stdout, tell};
use crate::edges::store::Store;
use crate::ground::alert::{Alert, AlertEvent, AlertState, EventKind};
use crate::ground::entry::{Act, Deed};
use crate::ground::time::Timestamp;

/// Characters of a label in the table.
const LABEL: usize = 44;

/// Runs `alerts`.
///
/// # Errors
/// There is no store, or it cannot be read.
pub fn alerts(args: &AlertsArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    let all = standing_alerts(&store.events(None)?, &store.acts()?);
    let shown: Vec<&Alert> = all.iter().filter(|a| !args.open || a.state == AlertState::Open).collect();
    let mut out = stdout();
    match args.format {
        Format::Json => {
            for alert in &shown {
                writeln!(out, "{}", as_json(alert)?)?;
            }
        }
        Format::Text if shown.is_empty() => {
            tell(if args.open { "No alert is open." } else { "There has been no alert yet." });
        }
        Format::Text => {
            table(&mut out, &shown)?;
            let open = all.iter().filter(|a| a.state == AlertState::Open).count() as u64;
            tell(format!(
                "{}, {open} open. PEOPLE is how many it had come to at the last e-mail. `groundswell explain ID` says why.",
                count(all.len() as u64, "alert", "alerts")
            ));
        }
    }
    Ok(out.flush()?)
}

/// Every alert as it stands, open ones first, then by the time they opened, newest first.
pub(super) fn standing_alerts(events: &[AlertEvent], acts: &[(Timestamp, Act)]) -> Vec<Alert> {
    let mut last: BTreeMap<&str, (&AlertEvent, Timestamp)> = BTreeMap::new();
    for event in events {
        let begun = matches!(event.kind, EventKind::Opened | EventKind::Regressed);
        let since = match last.get(event.alert.as_str()) {
            Some((_, since)) if !begun => *since,
            _ => event.at,
        };
        last.insert(&event.alert, (event, since));
    }
    let mut alerts: Vec<Alert> = last
        .into_values()
        .map(|(event, since)| {
            let seen = acts.iter().rev().find(|(at, act)| {
                *at >= since && matches!(&act.what, Deed::Acknowledge { alert } if *alert == event.alert)
            });
            let over = event.kind == EventKind::Resolved;
            Alert {
                state: if over { AlertState::Resolved } else { AlertState::Open },
                acknowledged_by: seen.map(|(_, act)| act.by.clone()),
                last: event.clone(),
            }
        })
        .collect();
    alerts.sort_by(|a, b| {
        (a.state == AlertState::Resolved)
            .cmp(&(b.state == AlertState::Resolved))
            .then_with(|| b.last.opened_at.cmp(&a.last.opened_at))
            .then_with(|| a.last.alert.cmp(&b.last.alert))
    });
    alerts
}

fn table(out: &mut impl Write, alerts: &[&Alert]) -> std::io::Result<()> {
    let head = ["ALERT", "STATE", "SINCE", "PRODUCT", "LABEL", "PEOPLE", "SEVERITY", "ACKNOWLEDGED"];
    let rows: Vec<[String; 8]> = alerts
        .iter()
        .map(|alert| {
            let event = &alert.last;
            let state = if alert.state == AlertState::Open { "open" } else { "resolved" };
            [
                event.alert.clone(),
                state.into(),
                minute(event.opened_at),
                event.product.clone(),
                clip(&one_line(&event.label), LABEL),
                event.total.to_string(),
                event.severity.to_string(),
                alert.acknowledged_by.as_deref().map_or_else(|| "-".into(), one_line),
            ]
        })
        .collect();
    let mut widths = head.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut line = |cells: &[String; 8]| {
        let text: Vec<String> =
            cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", text.join("  ").trim_end())
    };
    line(&head.map(str::to_owned))?;
    rows.iter().try_for_each(line)
}
