//! What `status` says as figures for Prometheus: for the textfile collector of its node exporter, say.

use serde_json::Value;

use super::Status;
use super::told::text;
use crate::logic::metrics::{Kind, Metric, render};

/// A figure of a source: its name, what it says, how it moves, its key in the note.
type OfSource = (&'static str, &'static str, Kind, &'static str);

const OF_SOURCES: [OfSource; 7] = [
    (
        "groundswell_source_posts_total",
        "Posts and deletions handed over since the daemon started.",
        Kind::Counter,
        "posts",
    ),
    (
        "groundswell_source_rejects_total",
        "Things that could not be read or taken since the daemon started.",
        Kind::Counter,
        "rejects",
    ),
    (
        "groundswell_source_unwanted_total",
        "Posts that no product wants, since the daemon started.",
        Kind::Counter,
        "unwanted",
    ),
    (
        "groundswell_source_refused_total",
        "Requests that were turned away (no good signature, too large, not readable) since the daemon started.",
        Kind::Counter,
        "refused",
    ),
    ("groundswell_source_errors_total", "Failures since the daemon started.", Kind::Counter, "errors"),
    (
        "groundswell_source_posts_last_hour",
        "Posts and deletions in the last hour.",
        Kind::Gauge,
        "posts_last_hour",
    ),
    (
        "groundswell_source_lag_seconds",
        "How far the source is behind the other side.",
        Kind::Gauge,
        "lag_seconds",
    ),
];

/// The figures as text.
pub(super) fn figures(status: &Status) -> String {
    let rules = &status.rules;
    let in_force = |count: fn(&super::InForce) -> usize| rules.in_force.as_ref().map_or(0, count) as f64;
    let flag = |is: bool| f64::from(u8::from(is));
    let each = |name, help, values: [(&str, f64); 2]| Metric {
        name,
        help,
        kind: Kind::Gauge,
        values: values
            .iter()
            .map(|(reader, value)| (vec![("reader", (*reader).to_owned())], *value))
            .collect(),
    };
    let outbox =
        [("waiting", status.outbox.waiting), ("sent", status.outbox.sent), ("parked", status.outbox.parked)];
    let refused = rules.refused || rules.errors > 0 || rules.unreadable.is_some();
    let mut all = vec![
        Metric::gauge("groundswell_up", "Whether a daemon works on the data folder.", flag(status.running)),
        Metric::gauge(
            "groundswell_needs_a_person",
            "Things that need a person; status names them.",
            status.needs_a_person.len() as f64,
        ),
        Metric::gauge("groundswell_posts", "Posts that are kept.", status.posts as f64),
        Metric::gauge("groundswell_disk_bytes", "Bytes of the data folder.", status.disk_bytes as f64),
        each(
            "groundswell_behind_entries",
            "Entries of the log not yet read.",
            [("analysis", status.analysis.behind as f64), ("index", status.index.behind as f64)],
        ),
        each(
            "groundswell_lag_seconds",
            "Age of the oldest entry not yet read.",
            [("analysis", status.analysis.lag_seconds as f64), ("index", status.index.lag_seconds as f64)],
        ),
        Metric::gauge(
            "groundswell_rules_refused",
            "Whether the rules in the folder are refused, so that those of before are in force.",
            flag(refused),
        ),
        Metric::gauge("groundswell_rules_errors", "Errors of the rules in the folder.", rules.errors as f64),
        Metric::gauge("groundswell_rules_products", "Products in force.", in_force(|set| set.products)),
        Metric::gauge("groundswell_rules_topics", "Topics in force.", in_force(|set| set.topics)),
        Metric::gauge("groundswell_silences", "Silences in force.", status.silences.len() as f64),
        Metric {
            name: "groundswell_letters",
            help: "Letters by what became of them.",
            kind: Kind::Gauge,
            values: outbox
                .iter()
                .map(|(state, n)| (vec![("state", (*state).to_owned())], *n as f64))
                .collect(),
        },
        Metric::gauge(
            "groundswell_refused_addresses",
            "Addresses that get no letters since the mail server refuses them for good.",
            status.refused_addresses.len() as f64,
        ),
        Metric {
            name: "groundswell_source_up",
            help: "Whether a source is at work: neither failed, nor trying again.",
            kind: Kind::Gauge,
            values: status
                .sources
                .iter()
                .map(|(name, source)| {
                    let down = matches!(text(source, "state"), Some("failed" | "retrying"));
                    (vec![("source", name.clone())], flag(status.running && !down))
                })
                .collect(),
        },
    ];
    for (name, help, kind, key) in OF_SOURCES {
        let of = |(source, note): (&String, &Value)| {
            Some((vec![("source", source.clone())], note.get(key)?.as_f64()?))
        };
        all.push(Metric { name, help, kind, values: status.sources.iter().filter_map(of).collect() });
    }
    render(&all)
}
