//! What came of a scenario: which alerts that should have opened did not, which opened that should not have, and which
//! word or count made the difference. Playing it is the replay's business.

use crate::ground::alert::{AlertEvent, EventKind, Severity, Wait};
use crate::ground::diagnostic::Diagnostic;
use crate::ground::post::Post;
use crate::ground::time::Timestamp;
use crate::logic::analysis::Analysis;
use crate::logic::lifecycle::{FEWEST_PEOPLE, FEWEST_SAFETY};
use crate::logic::rules::lint::scenario::{late, no_alert, not_quiet};
use crate::logic::rules::scenario::{Expected, Scenario, USUAL};
use crate::logic::rules::{ClusterMode, Product, Subject, Topic};
use crate::logic::text::{Lang, tokenize};

/// Posts that are named of those that were not counted.
const NAMED: usize = 3;

/// Is this event the alert that was expected?
pub fn is(expected: &Expected, event: &AlertEvent) -> bool {
    let same = |want: &Option<String>, has: &str| want.as_deref().is_none_or(|want| want == has);
    matches!(event.kind, EventKind::Opened | EventKind::Regressed)
        && same(&expected.product, &event.product)
        && same(&expected.topic, event.about().unwrap_or_default())
        && expected.team.as_deref().is_none_or(|team| event.addressees().any(|(told, ..)| told == team))
        && expected.from.is_none_or(|from| event.at >= from)
        && expected.by.is_none_or(|by| event.at <= by)
        && expected.told_by.is_none_or(|by| is_told_by(expected, event, by))
}

/// Does a letter about it go out by then, to the team that is expected, or to any?
fn is_told_by(expected: &Expected, event: &AlertEvent, by: Timestamp) -> bool {
    first_told(expected, event).is_some_and(|at| at <= by)
}

/// When the first letter about it goes out to the team that is expected, or to any.
fn first_told(expected: &Expected, event: &AlertEvent) -> Option<Timestamp> {
    let asked = event.addressees().filter(|(team, ..)| expected.team.as_deref().is_none_or(|it| it == *team));
    asked.filter_map(|(.., wait)| wait.map_or(Some(event.at), |wait| wait.until)).min()
}

/// How long it is from one moment to the other, as people say it.
fn span(from: Timestamp, to: Timestamp) -> String {
    let minutes = to.duration_since(from).as_secs() / 60;
    let counted = |n: i64, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match minutes {
        0..120 => counted(minutes, "minute"),
        120..2880 => counted(minutes / 60, "hour"),
        _ => counted(minutes / 1440, "day"),
    }
}

/// Everything that came otherwise than the scenario says. `events` are all events of the whole play; `lacking` has, for
/// each expected alert by its index, why it did not open ([`why_not`]), where it did not.
pub fn judge(
    scenario: &Scenario,
    events: &[AlertEvent],
    lacking: &[(usize, Vec<String>)],
) -> Vec<Diagnostic> {
    let mut failing = Vec::new();
    for (i, expected) in scenario.alerts.iter().enumerate() {
        if events.iter().any(|event| is(expected, event)) {
            continue;
        }
        // Perhaps all is as expected, and the letter alone is late.
        if let Some(by) = expected.told_by {
            let anyhow = Expected { told_by: None, ..expected.clone() };
            let mut why: Vec<String> = events.iter().filter(|e| is(&anyhow, e)).map(opened).collect();
            if !why.is_empty() {
                let told = events.iter().filter(|e| is(&anyhow, e)).filter_map(|e| first_told(expected, e));
                why.push(match told.min() {
                    Some(at) => format!(
                        "the first letter goes out at {}, {} after {}",
                        moment(at),
                        span(by, at),
                        moment(by)
                    ),
                    None => "no letter about it goes out".to_owned(),
                });
                failing.push(late(expected.place.clone(), &scenario.name, &called(expected), &why));
                continue;
            }
        }
        // Perhaps it opened at another time, or told somebody else.
        let timeless = anyhow(expected);
        let mut why: Vec<String> = events.iter().filter(|e| is(&timeless, e)).map(opened).collect();
        why.extend(lacking.iter().filter(|(n, _)| *n == i).flat_map(|(_, why)| why.clone()));
        failing.push(no_alert(expected.place.clone(), &scenario.name, &called(expected), &why));
    }
    for quiet in &scenario.quiet {
        let loud: Vec<&AlertEvent> = events
            .iter()
            .filter(|event| {
                // What is expected by name is no noise of a product that is to be quiet otherwise.
                let narrower = |e: &&Expected| {
                    e.topic.is_some() && quiet.topic.is_none()
                        || e.product.is_some() && quiet.product.is_none()
                };
                is(quiet, event) && !scenario.alerts.iter().filter(narrower).any(|e| is(e, event))
            })
            .collect();
        if !loud.is_empty() {
            let why: Vec<String> = loud.iter().take(NAMED).map(|event| loudness(event, scenario)).collect();
            failing.push(not_quiet(quiet.place.clone(), &scenario.name, &called(quiet), &why));
        }
    }
    failing
}

/// Whether what is expected opened at all, at whatever time and for whomever.
fn anyhow(expected: &Expected) -> Expected {
    Expected { from: None, by: None, told_by: None, team: None, ..expected.clone() }
}

/// Why an expected alert has not opened by now: how many people are lacking, or which words. `events` are those so far: what
/// is open already, and was not expected so, lacks nobody.
pub fn why_not(
    expected: &Expected,
    events: &[AlertEvent],
    posts: &[Post],
    analysis: &Analysis,
) -> Vec<String> {
    let now = analysis.now().unwrap_or(Timestamp::MIN);
    let rules = analysis.rules();
    let heard: Vec<&Post> = posts.iter().filter(|post| post.arrived_at <= now).collect();
    let products =
        || rules.products.iter().filter(|p| expected.product.as_deref().is_none_or(|id| id == p.id));
    let topic_of = |product: &'_ Product| -> Option<Topic> {
        product.topics.iter().find(|t| Some(t.id.as_str()) == expected.topic.as_deref()).cloned()
    };
    let mut why = Vec::new();
    let mut counted = 0;
    let mut latest: Option<&Post> = None;
    let mut passed_over = Vec::new();
    for post in &heard {
        match of_post(post, analysis, products(), &topic_of, expected.topic.is_some()) {
            None => {
                counted += 1;
                latest = Some(post);
            }
            // What is there to be usual is not meant to count.
            Some(_) if post.id.starts_with(USUAL) => {}
            Some(reason) => passed_over.push(format!("{} is not counted: {reason}", named(post))),
        }
    }
    let has_opened = events.iter().any(|event| is(&anyhow(expected), event));
    if let Some(post) = latest.filter(|_| !has_opened) {
        let answer = analysis.why_not(post);
        let cluster = expected.topic.as_deref().zip(answer.products.first());
        let cluster = cluster.map(|(topic, product)| format!("{product}.{topic}"));
        let near = answer.near.iter().find(|near| cluster.as_deref().is_none_or(|id| id == near.cluster));
        if let Some(near) = near {
            let danger = products().filter_map(topic_of).any(|topic| topic.severity == Severity::Safety);
            let fewest = if danger { FEWEST_SAFETY } else { FEWEST_PEOPLE };
            let lacks = near.score >= near.bar && !near.open && near.people_28_days < fewest;
            let fewest = match lacks {
                true => format!(
                    " (the evidence is enough; there have to be {fewest} different people in a week, too)"
                ),
                false => String::new(),
            };
            // What nobody named opens by what is around the text, whatever that joins.
            let more = match &cluster {
                Some(_) => near.more_people_today,
                None => answer.opens.as_ref().map(|opens| opens.people),
            };
            let more = match more {
                _ if near.open => "an alert about it is open already".to_owned(),
                Some(0) => "it would open on the next post about it".to_owned(),
                Some(1) => "one person more that day would open it".to_owned(),
                Some(more) => format!("{more} more people that day would open it"),
                None => "no number of people that day would open it".to_owned(),
            };
            let people = if near.people_28_days == 1 { "person" } else { "people" };
            why.push(format!(
                "by {} {} {people} had said so, {:.2} a day are usual; the evidence is {:.1}, the bar {:.1}: {more}{fewest}",
                moment(now),
                near.people_28_days,
                near.usual_a_day,
                10f64.powf(near.score.clamp(-3.0, 9.0)),
                10f64.powf(near.bar.clamp(-3.0, 9.0)),
            ));
            let about = |post: &&Post| post.id.starts_with(USUAL) && !analysis.read(post).1.is_empty();
            if !posts.iter().any(|post| about(&post)) {
                why.push(
                    "no [[scenario.usual]] is about a product, so these posts themselves are taken for what is usual: add one, \
                     with texts that the product's match finds"
                        .to_owned(),
                );
            }
        }
    }
    if counted == 0 && passed_over.is_empty() {
        why.push(match heard.len() {
            0 => format!("no post has come by {}", moment(now)),
            n => format!(
                "of the {n} posts that had come by {} all are [[scenario.usual]], and none is about it",
                moment(now)
            ),
        });
    }
    // The newest are those that the author of the scenario thinks of.
    let left_out = passed_over.len().saturating_sub(NAMED);
    why.extend(passed_over.into_iter().rev().take(NAMED));
    if left_out > 0 {
        why.push(format!("and {left_out} more posts are not counted"));
    }
    why
}

/// Why a post does not count for what is expected; `None` when it does.
fn of_post<'r>(
    post: &Post,
    analysis: &Analysis,
    products: impl Iterator<Item = &'r Product>,
    topic_of: &dyn Fn(&Product) -> Option<Topic>,
    by_topic: bool,
) -> Option<String> {
    let text = post.full_text();
    let lang = Lang::of(&text, post.lang.as_deref());
    let tokens = tokenize(&text, lang);
    let assessment = analysis.assessor().assess(post, &text, &tokens, lang);
    let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment: Some(assessment.sentiment) };
    let mut reasons = Vec::new();
    for product in products {
        let topic = topic_of(product);
        if by_topic && topic.is_none() {
            continue;
        }
        let asked = product.query.explain(&subject);
        if !asked.held {
            reasons.push(format!("for product {}: {}", product.id, asked.missing().join("; ")));
        } else if let Some(words) = product.not.as_ref().and_then(|not| not.matches(&subject)) {
            reasons.push(format!(
                "`not` of product {} leaves it out by \"{}\"",
                product.id,
                words.join("\", \"")
            ));
        } else if let Some(topic) = topic {
            let asked = topic.query.explain(&subject);
            if asked.held && product.clusters != ClusterMode::All && assessment.is_praise() {
                reasons.push(format!(
                    "topic {} finds it, but it is praise, and praise does not count",
                    topic.id
                ));
            } else if asked.held {
                return None;
            } else {
                reasons.push(format!("for topic {}: {}", topic.id, asked.missing().join("; ")));
            }
        } else if product.clusters == ClusterMode::None {
            reasons.push(format!("product {} has clusters = \"none\": only topics count", product.id));
        } else if product.clusters != ClusterMode::All && !assessment.is_complaint() {
            reasons.push(format!(
                "it is taken for no complaint (score {:.2}, 0.5 is needed)",
                assessment.complaint
            ));
        } else {
            return None;
        }
    }
    Some(if reasons.is_empty() { "no rule watches for it".to_owned() } else { reasons.swap_remove(0) })
}

fn loudness(event: &AlertEvent, scenario: &Scenario) -> String {
    let posts: Vec<String> = scenario
        .posts
        .iter()
        .filter(|post| event.evidence.iter().any(|key| key.id == post.id))
        .take(NAMED)
        .map(named)
        .collect();
    format!("{}, by {}", opened(event), posts.join(", "))
}

fn opened(event: &AlertEvent) -> String {
    let people = if event.observed == 1 { "person" } else { "people" };
    let days =
        if event.window_days == 1 { "one day".to_owned() } else { format!("{} days", event.window_days) };
    let teams: Vec<String> = event.addressees().map(|(team, _, wait)| told(team, wait)).collect();
    format!(
        "\"{}\" opened at {} for team {}: {} {people} in {days}, {:.1} usual ({})",
        event.label,
        moment(event.at),
        teams.join(", "),
        event.observed,
        event.expected,
        event.reason.name()
    )
}

/// A team, and when it is told if not at once.
fn told(team: &str, wait: Option<Wait>) -> String {
    match wait {
        None => team.to_owned(),
        Some(Wait { until: Some(until), why }) => {
            format!("{team} (told at {}: {})", moment(until), why.words())
        }
        Some(Wait { until: None, why }) => format!("{team} (no letter: {})", why.words()),
    }
}

fn called(expected: &Expected) -> String {
    let what = match (&expected.product, &expected.topic) {
        (_, Some(topic)) => format!("an alert about {topic}"),
        (Some(product), None) => format!("an alert about {product}"),
        (None, None) => "an alert".to_owned(),
    };
    match &expected.team {
        Some(team) => format!("{what} for team {team}"),
        None => what,
    }
}

fn named(post: &Post) -> String {
    let text: Vec<&str> = post.text.split_whitespace().collect();
    let short: String = text.join(" ").chars().take(60).collect();
    format!("\"{short}\" ({})", moment(post.arrived_at))
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
