//! Figures in the text form that Prometheus reads (version 0.0.4 of its exposition format).

use std::fmt::Write as _;

/// Figures of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its name: letters, digits and `_`, with the unit at its end.
    pub name: &'static str,
    /// What it says, on one line.
    pub help: &'static str,
    /// How it moves.
    pub kind: Kind,
    /// The figures, each with its labels.
    pub values: Vec<(Vec<(&'static str, String)>, f64)>,
}

/// How a figure moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Up and down.
    Gauge,
    /// Up only, until a restart.
    Counter,
}

impl Metric {
    /// A figure without labels that goes up and down.
    pub fn gauge(name: &'static str, help: &'static str, value: f64) -> Self {
        Self { name, help, kind: Kind::Gauge, values: vec![(Vec::new(), value)] }
    }
}

/// All of them as text. Names of products and sources are written by people, so they are escaped.
pub fn render(metrics: &[Metric]) -> String {
    let mut out = String::new();
    for metric in metrics.iter().filter(|metric| !metric.values.is_empty()) {
        let kind = match metric.kind {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
        };
        let _ = writeln!(out, "# HELP {0} {1}\n# TYPE {0} {kind}", metric.name, metric.help);
        for (labels, value) in &metric.values {
            out.push_str(metric.name);
            for (i, (name, value)) in labels.iter().enumerate() {
                let _ = write!(out, "{}{name}=\"{}\"", if i == 0 { '{' } else { ',' }, escaped(value));
            }
            let _ = writeln!(out, "{} {value}", if labels.is_empty() { "" } else { "}" });
        }
    }
    out
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_they_are_read() {
        let sources = Metric {
            name: "groundswell_source_posts_total",
            help: "Posts handed over since the start.",
            kind: Kind::Counter,
            values: vec![
                (vec![("source", "bluesky".into()), ("state", "listening".into())], 12_410.0),
                (vec![("source", "a \"b\"\nc\\".into())], 0.5),
            ],
        };
        let none = Metric { values: Vec::new(), name: "groundswell_nothing", ..sources.clone() };
        let all = [Metric::gauge("groundswell_up", "Whether a daemon is running.", 1.0), sources, none];
        insta::assert_snapshot!(render(&all), @r#"
        # HELP groundswell_up Whether a daemon is running.
        # TYPE groundswell_up gauge
        groundswell_up 1
        # HELP groundswell_source_posts_total Posts handed over since the start.
        # TYPE groundswell_source_posts_total counter
        groundswell_source_posts_total{source="bluesky",state="listening"} 12410
        groundswell_source_posts_total{source="a \"b\"\nc\\"} 0.5
        "#);
    }
}
