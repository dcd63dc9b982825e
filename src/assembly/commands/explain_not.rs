//! `explain --not`: why nothing opened about a text.

use std::io::Write;

use serde_json::json;

use super::standing::{analysis_now, clip, count, figure, imagined, minute, one_line, people};
use crate::assembly::cli::Format;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::stdout;
use crate::edges::clock::SystemClock;
use crate::edges::store::Store;
use crate::ground::time::Clock;
use crate::logic::analysis::{ClusterId, Held, NearCluster, WhyNot};
use crate::logic::spike::FEWEST_DAYS;

/// Near complaints that are told of.
const NEAR: usize = 5;

/// Says why nothing opened about a text.
///
/// # Errors
/// There is no text, or the log cannot be read.
pub(super) fn text_not_alerted(store: &Store, text: &str, format: Format) -> Result<(), Failure> {
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
                "cues": why.cues, "no_lexicon": why.no_lexicon, "praise": why.praise, "lacking": why.lacking, "near": why.near,
                "opens": why.opens, "too_young": why.too_young, "because": because(&why),
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
    if why.praise {
        return "It is praise, and praise counts for no alert, however many say it.".into();
    }
    if let Some(open) = open_already(why) {
        let alert = open.alert.as_ref().map_or_else(String::new, |id| format!("{id}, "));
        return format!("An alert about this is open already: {alert}{}.", name(open));
    }
    // A rule's alert that would open first says most; or else what the text would count for.
    let first = why.opens.as_ref().map(|opens| opens.cluster.as_str());
    let like = || why.near.iter().filter(|near| near.fit >= 1.0);
    let by_rule = like().find(|near| !is_cluster(near) && Some(near.cluster.as_str()) == first);
    let counted = || like().find(|near| counts(why, near));
    let Some(nearest) = by_rule.or_else(counted).or_else(|| like().next()) else {
        return match (&why.opens, why.complaint < 0.5) {
            (_, true) if why.no_lexicon.is_some() => format!(
                "Its language ({}) has no lexicon, so only emoji or a rating would have shown a complaint: it joins no group of complaints. A topic that finds it (named below, if there is one) counts it in any language.",
                why.no_lexicon.as_deref().unwrap_or_default()
            ),
            (_, true) => "It does not read as a complaint, so it joins no group of complaints; only a topic that finds it (named below, if there is one) counts it.".into(),
            (None, false) if why.too_young.is_some() => format!("Nobody has said anything like it yet: it would be the first of a new complaint. {}.", takes_of_text(why)),
            (None, false) => "Nobody has said anything like it yet: it would be the first of a new complaint.".into(),
            (Some(opens), false) => format!("It joins nothing that was heard: it would be the first of a new complaint. {} who say it today would open an alert.", people(opens.people)),
        };
    };
    if !why.grouped && is_cluster(nearest) {
        return format!("It does not read as a complaint; complaints like it are in {}.", name(nearest));
    }
    let (name, takes) = (name(nearest), takes(why, nearest));
    match (nearest.ignored, nearest.over_since) {
        (true, _) => format!("Somebody said to ignore {name}: {takes}."),
        (_, Some(over)) if nearest.no_issue => format!(
            "The alert about {name} was called no issue, at {} UTC, so it has to be much clearer: {takes}.",
            minute(over)
        ),
        (_, Some(over)) => format!("The alert about {name} is over since {} UTC: {takes}.", minute(over)),
        _ => format!("No alert about {name} is open: {takes}."),
    }
}

/// The open alert to which the text would count.
fn open_already(why: &WhyNot) -> Option<&NearCluster> {
    why.near.iter().find(|near| near.open && near.fit >= 1.0 && counts(why, near))
}

/// Does such a text count there? Praise counts nowhere, and only what is grouped counts for a group.
fn counts(why: &WhyNot, near: &NearCluster) -> bool {
    !why.praise && (why.grouped || !is_cluster(near))
}

/// What it would take for a complaint that has no open alert to alert.
fn takes(why: &WhyNot, near: &NearCluster) -> String {
    if near.ignored {
        return format!("it never alerts, until `groundswell ignore {} --undo`", near.cluster);
    }
    let decides = why.opens.as_ref().is_some_and(|opens| opens.cluster == near.cluster);
    if is_cluster(near) || decides {
        return takes_of_text(why);
    }
    let alerts = if near.over_since.is_some() { "bring it back" } else { "open one" };
    match near.more_people_today {
        Some(0) => format!("the next post about it would {alerts}"),
        Some(n) => format!("{} today would {alerts}", count(u64::from(n), "more person", "more people")),
        None => format!("not even 200 more people today would {alerts}"),
    }
}

/// What it would take for a text to alert, whatever it joins.
fn takes_of_text(why: &WhyNot) -> String {
    let Some(opens) = &why.opens else {
        return match why.too_young {
            Some(days) => format!(
                "{days:.1} days of posts about it are known, and nothing can rise before there are {FEWEST_DAYS}; `groundswell import` takes in what was said before"
            ),
            None => "not even 200 people who say this today would open one".into(),
        };
    };
    let alerts = match &opens.alert {
        Some(alert) => format!("bring {alert} back"),
        None => "open one".to_owned(),
    };
    match opens.people {
        0 | 1 => format!("the next person who says this would {alerts}"),
        n => {
            let more = count(u64::from(n - 1), "more person", "more people");
            format!("if somebody said this now, about {more} today would {alerts}")
        }
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
    for lacking in &why.lacking {
        writeln!(out, "           {}: {}", lacking.rule, one_line(&lacking.lacks.join("; ")))?;
    }
    for (product, topic, words) in topics {
        writeln!(out, "topic      {product}.{topic}, by: {}", words.join(", "))?;
    }
    let verdict = if why.complaint >= 0.5 { "a complaint" } else { "not a complaint (0.5 counts)" };
    writeln!(out, "complaint  {:.2}: {verdict}", why.complaint)?;
    if let Some(lang) = &why.no_lexicon {
        writeln!(out, "language   {lang}: no lexicon for it; emoji and ratings alone were read, and topics")?;
    }
    let cues = if why.cues.is_empty() { "none".into() } else { one_line(&why.cues.join("; ")) };
    writeln!(out, "cues       {cues}")?;
    if why.near.is_empty() {
        return writeln!(out, "near       nothing like it has been heard");
    }
    writeln!(out, "\nNearest to it")?;
    for near in why.near.iter().take(NEAR) {
        let joins = match (near.joins, near.fit >= 1.0) {
            // What is about no product is not kept, so it joins nothing.
            _ if why.products.is_empty() => "and it would not join: no product's rules match it",
            (true, _) if !why.grouped => "like it, but no complaint, so it would not join",
            (true, _) => "it would join",
            (false, true) if !counts(why, near) && !is_cluster(near) => {
                "its query finds the text, and praise does not count"
            }
            (false, true) if is_cluster(near) => "near too, but it would join the first",
            (false, true) => "its query finds the text",
            (false, false) => "too far to join",
        };
        writeln!(out, "  {}: fit {:.2}, {joins}", name(near), near.fit)?;
        // What is further from it than any text at all has nothing in common with it.
        if near.fit > 0.0 && (!near.words.is_empty() || near.by_meaning > 0.0) {
            let words = if near.words.is_empty() { "no word".to_owned() } else { near.words.join(", ") };
            let meant = (near.by_meaning * 100.0).round();
            writeln!(out, "    in common: {words}; {meant} % of it is meaning, in other words")?;
        }
        let open = if near.open { "; an alert is open" } else { "" };
        let (posts, people) = (count(u64::from(near.posts), "post", "posts"), people(near.people_28_days));
        writeln!(out, "    {posts}, {people} in 28 days{open}")?;
        if !is_cluster(near) && counts(why, near) {
            writeln!(out, "    {}", evidence(near))?;
        }
        let by_itself = !is_cluster(near) || near.ignored;
        if !near.open && by_itself && counts(why, near) && open_already(why).is_none() {
            writeln!(out, "    {}", takes(why, near))?;
        }
        if let Some(over) = near.over_since.filter(|_| is_cluster(near)) {
            writeln!(
                out,
                "    its alert is over since {} UTC; only what was said since then counts",
                minute(over)
            )?;
        }
    }
    // What decides about complaints that nobody named is what is around the text itself, whatever they went to: one sum.
    let decides = |near: &&NearCluster| is_cluster(near) && !why.products.is_empty() && counts(why, near);
    let Some(around) = why.near.iter().find(decides) else { return Ok(()) };
    writeln!(out, "\nIf somebody said this now, with what is like it in any of these")?;
    writeln!(out, "  {}", evidence(around))?;
    // What would open with the next person is held by nothing.
    let opens_now = why.opens.as_ref().is_some_and(|opens| opens.people <= 1);
    if let Some(held) = around.held.filter(|_| !opens_now && open_already(why).is_none()) {
        writeln!(out, "  {}", held_by(held))?;
    }
    match open_already(why) {
        Some(open) => writeln!(out, "  it would count for the alert that is open: {}", name(open))?,
        // It was said first of all.
        None if why.too_young.is_some() => {}
        None => writeln!(out, "  {}", takes_of_text(why))?,
    }
    Ok(())
}

fn evidence(near: &NearCluster) -> String {
    let (evidence, bar) = (figure(10f64.powf(near.score)), figure(10f64.powf(near.bar)));
    format!("the evidence is {evidence}, the bar {bar}; usual are {:.2} people a day", near.usual_a_day)
}

/// Why nothing opens though the evidence passes the bar.
fn held_by(held: Held) -> String {
    match held {
        Held::TooFewPeople { people: heard, fewest } => {
            format!("that is enough, but an alert takes {fewest} people, and this would be {}", people(heard))
        }
        Held::UsualInItsCluster { score, bar } => format!(
            "that is enough, but others say it all along in other words: counted with them, the evidence is {}, and {} is asked for",
            figure(10f64.powf(score)),
            figure(10f64.powf(bar))
        ),
        Held::ToldByATopic => "that is enough, but a rule's topic tells of it".into(),
    }
}

/// A group of posts, and not a topic, whose id may look like one of a cluster's.
fn is_cluster(near: &NearCluster) -> bool {
    ClusterId::parse(&near.cluster).is_some()
}

fn name(near: &NearCluster) -> String {
    format!("{} \"{}\"", near.cluster, clip(&one_line(&near.label), 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::alert::EventKind;
    use crate::logic::analysis::Opening;

    #[test]
    fn what_stands_in_the_way_is_said_first() {
        let near = NearCluster {
            product: "p".into(),
            cluster: "p.c1".into(),
            label: "return key".into(),
            fit: 1.2,
            joins: true,
            words: Vec::new(),
            by_meaning: 0.0,
            posts: 3,
            people_28_days: 2,
            usual_a_day: 0.1,
            score: 1.0,
            bar: 3.0,
            held: None,
            open: false,
            alert: None,
            over_since: None,
            no_issue: false,
            ignored: false,
            more_people_today: None,
        };
        let opens = |alert: Option<&str>| Opening {
            people: 3,
            kind: if alert.is_some() { EventKind::Regressed } else { EventKind::Opened },
            cluster: "p.c1".into(),
            alert: alert.map(str::to_owned),
        };
        let back = std::cell::Cell::new(None);
        let why = |products: &[&str], complaint, near: Vec<NearCluster>| {
            because(&WhyNot {
                products: products.iter().map(|p| (*p).to_owned()).collect(),
                complaint,
                cues: Vec::new(),
                no_lexicon: (complaint == 0.2).then(|| "ja".to_owned()),
                praise: complaint < 0.05,
                grouped: complaint >= 0.5,
                too_young: None,
                opens: (complaint >= 0.5).then(|| opens(back.get())),
                near,
                lacking: Vec::new(),
            })
        };
        assert!(why(&[], 0.9, vec![near.clone()]).contains("No product's rules match"));
        assert!(why(&["p"], 0.1, vec![]).contains("not read as a complaint"));
        assert!(why(&["p"], 0.2, vec![]).contains("Its language (ja) has no lexicon"));
        assert!(why(&["p"], 0.9, vec![]).contains("first of a new complaint"));
        assert!(
            why(&["p"], 0.0, vec![NearCluster { open: true, ..near.clone() }])
                .contains("praise counts for no")
        );
        assert!(
            why(&["p"], 0.9, vec![near.clone()])
                .contains("if somebody said this now, about 2 more people today")
        );
        let ignored = NearCluster { ignored: true, ..near.clone() };
        assert!(why(&["p"], 0.9, vec![ignored]).contains("--undo"));
        let report = |held, people| {
            let near = vec![NearCluster { held: Some(held), ..near.clone() }];
            let opens = Some(Opening { people, ..opens(None) });
            let (mut out, none) = (Vec::new(), Vec::new());
            let why = WhyNot {
                products: vec!["p".into()],
                complaint: 0.9,
                cues: Vec::new(),
                no_lexicon: None,
                praise: false,
                grouped: true,
                near,
                opens,
                too_young: None,
                lacking: Vec::new(),
            };
            write_not(&mut out, &why, &none, &["p"]).unwrap();
            String::from_utf8(out).unwrap()
        };
        let usual = Held::UsualInItsCluster { score: 0.5, bar: 1.3 };
        assert!(report(usual, 4).contains("counted with them, the evidence is 3.16, and 20 is asked for"));
        assert!(!report(usual, 1).contains("that is enough"), "it would open with this one");
        let few = Held::TooFewPeople { people: 2, fewest: 3 };
        assert!(report(few, 3).contains("an alert takes 3 people, and this would be 2 people"));
        assert!(report(Held::ToldByATopic, 3).contains("a rule's topic tells of it"));
        let over = NearCluster { over_since: Some(crate::ground::time::from_ms(0)), ..near.clone() };
        back.set(Some("p-20261123-beef"));
        let told = why(&["p"], 0.9, vec![over]);
        assert!(told.contains("2 more people today would bring p-20261123-beef back"), "{told}");
        assert!(why(&["p"], 0.9, vec![NearCluster { open: true, ..near }]).contains("open already"));
    }
}
