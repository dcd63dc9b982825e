//! `explain`: why this alert opened, with the sum that anyone can redo; or why nothing opened about a text.

use std::io::Write;

use serde_json::json;

use super::acts::unknown_alert;
use super::alerts::standing_alerts;
use super::standing::{analysis_now, clip, count, imagined, minute, one_line};
use crate::assembly::cli::{ExplainArgs, Format};
use crate::assembly::configured::settings;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::stdout;
use crate::edges::clock::SystemClock;
use crate::edges::store::Store;
use crate::ground::alert::{Alert, AlertEvent, AlertState, EventKind, Reason};
use crate::ground::post::PostKey;
use crate::ground::time::Clock;
use crate::logic::analysis::{NearCluster, WhyNot};
use crate::logic::spike::{bar, bar_of_evidence};

/// Characters of a quote that are shown.
const QUOTE: usize = 300;
/// Near complaints that are told of.
const NEAR: usize = 5;

/// Runs `explain`.
///
/// # Errors
/// There is no such alert, or no store.
pub fn explain(args: &ExplainArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let store = Store::open_existing(&settings.data.folder)?;
    match (&args.alert, &args.not) {
        (_, Some(text)) => explain_not(&store, text, args.format),
        (Some(alert), None) => explain_alert(&store, alert, args.format),
        (None, None) => Err(Failure::say(Exit::Usage, "name an alert, or a text with --not TEXT")),
    }
}

fn explain_alert(store: &Store, id: &str, format: Format) -> Result<(), Failure> {
    let life = store.events(Some(id))?;
    let (Some(first), Some(alert)) =
        (life.first(), standing_alerts(&life, &store.acts()?).into_iter().next())
    else {
        let mut known: Vec<String> = store.events(None)?.into_iter().map(|e| e.alert).collect();
        known.dedup();
        return Err(unknown_alert(id, &known));
    };
    // What it stands on now: the rise that opened it, or brought it back.
    let opening = life
        .iter()
        .rev()
        .find(|e| matches!(e.kind, EventKind::Opened | EventKind::Regressed))
        .unwrap_or(first);
    let mut out = stdout();
    match format {
        Format::Json => {
            let sum = opening.sum;
            let line = json!({
                "alert": id, "state": alert.state, "acknowledged_by": alert.acknowledged_by,
                "opened": opening, "why": opening.reason.sentence(),
                "sum": {
                    "level_a_day": sum.level, "level_shape": sum.level_shape, "dispersion": sum.dispersion,
                    "window_days": opening.window_days, "observed": opening.observed, "expected": opening.expected,
                    "score_log10": sum.score, "evidence": 10f64.powf(sum.score),
                    "bar_log10": sum.bar, "bar": 10f64.powf(sum.bar),
                    "series": sum.series, "budget_a_year": sum.budget, "people": opening.authors,
                },
                "life": life, "ends_when": ends(&alert),
            });
            writeln!(out, "{line}")?;
        }
        Format::Text => write_alert(&mut out, &alert, opening, &life)?,
    }
    Ok(out.flush()?)
}

fn write_alert(
    out: &mut impl Write,
    alert: &Alert,
    opening: &AlertEvent,
    life: &[AlertEvent],
) -> std::io::Result<()> {
    let state = if alert.state == AlertState::Open { "open" } else { "resolved" };
    writeln!(
        out,
        "{}: {}, \"{}\" ({state})",
        opening.alert,
        one_line(&opening.product_name),
        one_line(&opening.label)
    )?;
    if let Some(by) = &alert.acknowledged_by {
        writeln!(out, "Seen by {}.", one_line(by))?;
    }
    writeln!(out, "\nWhy it {}\n  {}", opening_word(opening), opening.reason.sentence())?;
    writeln!(
        out,
        "  {} said so {}, where {:.1} are usual. It is {}.",
        people(opening.observed),
        days(opening.window_days),
        opening.expected,
        one_line(&opening.origin)
    )?;
    if !opening.words.is_empty() {
        writeln!(out, "  Words that set it apart: {}", one_line(&opening.words.join(", ")))?;
    }
    writeln!(out, "\nThe sum")?;
    for (name, figure) in sum_lines(opening) {
        writeln!(out, "  {name:12} {figure}")?;
    }
    writeln!(
        out,
        "\nThe evidence: {}, {}",
        people(opening.authors),
        count(opening.evidence.len() as u64, "post", "posts")
    )?;
    for quote in &opening.quotes {
        let who = quote.author_name.as_deref().unwrap_or("somebody");
        writeln!(
            out,
            "  {}  {}, {}: {}",
            minute(quote.at),
            one_line(&quote.key.source),
            clip(&one_line(who), 40),
            clip(&one_line(&quote.text), QUOTE)
        )?;
        if let Some(url) = &quote.url {
            writeln!(out, "  {:16}  {}", "", one_line(url))?;
        }
    }
    let quoted = |key: &PostKey| opening.quotes.iter().any(|q| q.key == *key);
    let others: Vec<String> = opening
        .evidence
        .iter()
        .filter(|key| !quoted(key))
        .map(|key| format!("{}:{}", one_line(&key.source), one_line(&key.id)))
        .collect();
    if !others.is_empty() {
        writeln!(out, "  and {}", others.join(" "))?;
    }
    writeln!(out, "\nIts life")?;
    for event in life {
        let mail = if event.deliver_to.is_empty() {
            "nobody was told".to_owned()
        } else {
            format!("to {}", event.deliver_to.join(", "))
        };
        writeln!(
            out,
            "  {}  {:9}  {}: {} {}, usually {:.1}; {mail}",
            minute(event.at),
            event.kind.to_string(),
            event.reason.name(),
            people(event.observed),
            days(event.window_days),
            event.expected
        )?;
    }
    writeln!(out, "\nWhat would end it\n  {}", ends(alert))
}

fn opening_word(opening: &AlertEvent) -> &'static str {
    if opening.kind == EventKind::Regressed { "came back" } else { "opened" }
}

/// The sum, line by line: what anyone can redo with a pocket calculator.
fn sum_lines(event: &AlertEvent) -> Vec<(&'static str, String)> {
    let sum = event.sum;
    let (evidence, bar_itself) = (10f64.powf(sum.score), 10f64.powf(sum.bar));
    let run_length = bar(sum.series as usize, sum.budget);
    let plain =
        if event.topic.is_some() { bar_of_evidence(sum.series as usize, sum.budget) } else { run_length };
    let moved = sum.bar - plain;
    let mut bar_line = format!(
        "365 days × {} ÷ {} false alarms a year = {}",
        count(u64::from(sum.series.max(1)), "complaint watched", "complaints watched"),
        sum.budget,
        figure(10f64.powf(run_length))
    );
    if (plain - run_length).abs() > 1e-6 {
        bar_line.push_str(&format!(
            "; evidence of {} comes by chance as often, as measured",
            figure(10f64.powf(plain))
        ));
    }
    if moved.abs() > 1e-6 {
        bar_line.push_str(&format!(
            "; times {} for its severity ({}) and what people said before = {}",
            figure(10f64.powf(moved)),
            event.severity,
            figure(bar_itself)
        ));
    }
    let verdict = if event.reason == Reason::SecondSafetyVoice {
        "a matter of safety opens on the second voice, whatever the evidence".to_owned()
    } else {
        format!("the evidence is {} times the bar", figure(10f64.powf(sum.score - sum.bar)))
    };
    vec![
        (
            "usual",
            format!(
                "{:.3} people a day, known from {:.1} people's worth of history",
                sum.level, sum.level_shape
            ),
        ),
        (
            "dispersion",
            format!("{:.3} (the variance of a day is E + {:.3} E²)", sum.dispersion, sum.dispersion),
        ),
        (
            "window",
            format!(
                "{} heard {}, {:.2} expected",
                people(event.observed),
                days(event.window_days),
                event.expected
            ),
        ),
        ("evidence", format!("10^{:.2} = {} to 1 for a rise", sum.score, figure(evidence))),
        ("bar", format!("{bar_line} = 10^{:.2}", sum.bar)),
        ("so", verdict),
        (
            "people",
            format!(
                "{} different; at least 3 in a week are needed (2 where it is about safety)",
                event.authors
            ),
        ),
    ]
}

/// What would end an alert, or what did.
fn ends(alert: &Alert) -> String {
    let id = &alert.last.alert;
    if alert.state == AlertState::Resolved {
        let last = &alert.last;
        return format!("It ended on {} UTC. {}", minute(last.at), last.reason.sentence());
    }
    format!(
        "It ends by itself once half of the days in which it showed (two at least, fourteen at most) bring no more than a quarter over \
         the usual (or one person), or after four weeks in which nothing new is to be said about it. \
         `groundswell resolve {id}` ends it now; `groundswell feedback {id} no` says that it is no issue."
    )
}

fn explain_not(store: &Store, text: &str, format: Format) -> Result<(), Failure> {
    if text.trim().is_empty() {
        return Err(Failure::say(
            Exit::Usage,
            "--not needs a text, such as --not \"the return key is too close\"",
        ));
    }
    let analysis = analysis_now(store)?;
    let at = analysis.now().unwrap_or_else(|| SystemClock.now());
    let post = imagined(text, at);
    let why = analysis.why_not(&post);
    let (_, matches) = analysis.read(&post);
    let topics: Vec<(String, String, Vec<String>)> = matches
        .iter()
        .filter_map(|m| analysis.rules().products.get(m.product).map(|p| (p, m)))
        .flat_map(|(p, m)| {
            m.topics.iter().filter_map(move |t| p.topics.get(t.topic).map(|topic| (p, topic, t)))
        })
        .map(|(p, topic, t)| (p.id.clone(), topic.id.clone(), t.words.clone()))
        .collect();
    let mut out = stdout();
    match format {
        Format::Json => {
            let topics: Vec<_> = topics
                .iter()
                .map(|(product, topic, words)| json!({"product": product, "topic": topic, "words": words}))
                .collect();
            let line = json!({
                "text": text, "as_of": at, "products": why.products, "topics": topics, "complaint": why.complaint,
                "cues": why.cues, "near": why.near, "because": because(&why),
            });
            writeln!(out, "{line}")?;
        }
        Format::Text => {
            let known: Vec<&str> = analysis.rules().products.iter().map(|p| p.id.as_str()).collect();
            write_not(&mut out, &why, &topics, &known)?;
            writeln!(out, "\nAs of {} UTC, the newest entry of the log.", minute(at))?;
        }
    }
    Ok(out.flush()?)
}

/// The first thing that stands in the way, in a sentence.
fn because(why: &WhyNot) -> String {
    if why.products.is_empty() {
        return "No product's rules match this text, so posts like it are not kept.".into();
    }
    if let Some(open) = why.near.iter().find(|n| n.open && n.fit >= 1.0) {
        return format!("An alert about this is open already: {}.", name(open));
    }
    let counts = why.near.iter().filter(|n| n.fit >= 1.0).collect::<Vec<_>>();
    let Some(nearest) = counts.first() else {
        return if why.complaint < 0.5 {
            "It does not read as a complaint, so it joins no group of complaints, and no topic's rule names it.".into()
        } else {
            "Nobody has said anything like it yet: it would be the first of a new complaint.".into()
        };
    };
    if why.complaint < 0.5 && nearest.cluster.contains(".c") {
        return format!("It does not read as a complaint; complaints like it are in {}.", name(nearest));
    }
    if nearest.ignored {
        let id = &nearest.cluster;
        return format!(
            "Somebody said to ignore {}: it never alerts, until `groundswell ignore {id} --undo`.",
            name(nearest)
        );
    }
    if let Some(over) = nearest.over_since {
        let back = match nearest.more_people_today {
            Some(0) => "the next post about it brings it back".to_owned(),
            Some(n) => {
                format!("{} today would bring it back", count(u64::from(n), "more person", "more people"))
            }
            None => "too few people have spoken of it since".to_owned(),
        };
        return format!("The alert about {} is over since {} UTC: {back}.", name(nearest), minute(over));
    }
    match nearest.more_people_today {
        Some(0) => format!("{} is over the bar: the next post about it opens an alert.", name(nearest)),
        Some(1) => format!("One more person today would open an alert about {}.", name(nearest)),
        Some(n) => format!("{n} more people today would open an alert about {}.", name(nearest)),
        None => format!("Too few people say it for what is usual there: {}.", name(nearest)),
    }
}

fn write_not(
    out: &mut impl Write,
    why: &WhyNot,
    topics: &[(String, String, Vec<String>)],
    known: &[&str],
) -> std::io::Result<()> {
    writeln!(out, "{}\n", because(why))?;
    if why.products.is_empty() {
        let list = if known.is_empty() { "none: there are no rules yet".into() } else { known.join(", ") };
        writeln!(out, "products   none matches; these are watched: {list}")?;
    } else {
        writeln!(out, "products   {}", why.products.join(", "))?;
    }
    if topics.is_empty() {
        writeln!(out, "topics     no rule names it")?;
    }
    for (product, topic, words) in topics {
        writeln!(out, "topic      {product}.{topic}, by: {}", words.join(", "))?;
    }
    let verdict = if why.complaint >= 0.5 { "a complaint" } else { "not a complaint (0.5 counts)" };
    writeln!(out, "complaint  {:.2}: {verdict}", why.complaint)?;
    let cues = if why.cues.is_empty() { "none".into() } else { one_line(&why.cues.join("; ")) };
    writeln!(out, "cues       {cues}")?;
    if why.near.is_empty() {
        return writeln!(out, "near       nothing like it has been heard");
    }
    writeln!(out, "\nNearest to it")?;
    for near in why.near.iter().take(NEAR) {
        let joins = if near.fit >= 1.0 { "it would join" } else { "too far to join" };
        writeln!(out, "  {}: fit {:.2}, {joins}", name(near), near.fit)?;
        if !near.words.is_empty() || near.by_meaning > 0.0 {
            let words = if near.words.is_empty() { "no word".to_owned() } else { near.words.join(", ") };
            let meant = (near.by_meaning * 100.0).round();
            writeln!(out, "    in common: {words}; {meant} % of it is meaning, in other words")?;
        }
        writeln!(
            out,
            "    {}, {} in 28 days, usually {:.2} a day",
            count(u64::from(near.posts), "post", "posts"),
            people(near.people_28_days),
            near.usual_a_day
        )?;
        let open = if near.open { "; an alert is open" } else { "" };
        writeln!(
            out,
            "    the evidence is {}, the bar {}{open}",
            figure(10f64.powf(near.score)),
            figure(10f64.powf(near.bar))
        )?;
        if !near.open {
            let more = match near.more_people_today {
                Some(0) => "the next post about it would open an alert".to_owned(),
                Some(1) => "1 more person today would open an alert".to_owned(),
                Some(n) => format!("{n} more people today would open an alert"),
                None => "not even 200 more people today would open an alert".to_owned(),
            };
            writeln!(out, "    {more}")?;
        }
    }
    Ok(())
}

fn name(near: &NearCluster) -> String {
    format!("{} \"{}\"", near.cluster, clip(&one_line(&near.label), 60))
}

fn people(n: u32) -> String {
    count(u64::from(n), "person", "people")
}

fn days(n: u32) -> String {
    if n <= 1 { "in a day".into() } else { format!("in {n} days") }
}

/// A number as people write it: three significant digits, thousands apart, powers of ten where it is huge.
fn figure(x: f64) -> String {
    match x {
        x if !x.is_finite() || x >= 1e9 => format!("10^{:.1}", x.log10()),
        x if x >= 1_000.0 => count(x.round() as u64, "", "").trim_end().to_owned(),
        x if x >= 10.0 => format!("{x:.0}"),
        x if x >= 0.1 => format!("{x:.2}"),
        x => format!("{x:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_readable_at_every_size() {
        let shown: Vec<String> = [0.0123, 0.5, 5.37, 41.4, 3_741.2, 4e12].map(figure).into();
        assert_eq!(shown, ["0.0123", "0.50", "5.37", "41", "3,741", "10^12.6"]);
    }

    #[test]
    fn what_stands_in_the_way_is_said_first() {
        let near = NearCluster {
            product: "p".into(),
            cluster: "p.c1".into(),
            label: "return key".into(),
            fit: 1.2,
            words: Vec::new(),
            by_meaning: 0.0,
            posts: 3,
            people_28_days: 2,
            usual_a_day: 0.1,
            score: 1.0,
            bar: 3.0,
            open: false,
            over_since: None,
            ignored: false,
            more_people_today: Some(2),
        };
        let why = |products: &[&str], complaint, near: Vec<NearCluster>| {
            because(&WhyNot {
                products: products.iter().map(|p| (*p).to_owned()).collect(),
                complaint,
                cues: Vec::new(),
                near,
            })
        };
        assert!(why(&[], 0.9, vec![near.clone()]).contains("No product's rules match"));
        assert!(why(&["p"], 0.1, vec![]).contains("not read as a complaint"));
        assert!(why(&["p"], 0.9, vec![]).contains("first of a new complaint"));
        assert!(why(&["p"], 0.9, vec![near.clone()]).contains("2 more people today"));
        let ignored = NearCluster { ignored: true, ..near.clone() };
        assert!(why(&["p"], 0.9, vec![ignored]).contains("--undo"));
        let over = NearCluster { over_since: Some(crate::ground::time::from_ms(0)), ..near.clone() };
        assert!(why(&["p"], 0.9, vec![over]).contains("2 more people today would bring it back"));
        assert!(why(&["p"], 0.9, vec![NearCluster { open: true, ..near }]).contains("open already"));
    }
}
