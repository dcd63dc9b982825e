//! The table of what is known about a complaint.

use std::collections::BTreeMap;

use super::tongue::Tongue;
use super::{beside, clean};
use crate::ground::alert::{AlertEvent, Severity};

/// Sources, regions and languages that are named; more are counted.
const MOST_NAMED: usize = 8;

/// Name and value of each fact; what is not known is left out.
pub(super) fn facts(event: &AlertEvent, t: &Tongue) -> Vec<(String, String)> {
    let source = |name: &str| clean::clip(name, 40);
    let mut heard = t.shares(&event.sources, MOST_NAMED, source);
    let at_hand: u32 = event.sources.values().sum();
    if at_hand < event.observed && event.sources.len() > 1 {
        heard += &format!(" ({})", t.count("at-hand", u64::from(at_hand)));
    }
    let set_apart: Vec<String> = event.words.iter().take(8).map(|word| clean::clip(word, 30)).collect();
    let severity = match event.severity {
        Severity::Low => t.say("severity-low"),
        Severity::Normal => String::new(),
        Severity::High => t.say("severity-high"),
        Severity::Safety => t.say("severity-safety"),
    };
    // Where no post is left to tell by, as at an end weeks later, nothing is said.
    let tone = if event.evidence.is_empty() { String::new() } else { t.tone(event.sentiment) };
    let mut out = vec![
        (t.say("fact-heard"), heard),
        (t.say("fact-segments"), segments(event, t)),
        (t.say("fact-regions"), regions(event, t)),
        (t.say("fact-languages"), t.shares(&event.languages, MOST_NAMED, |tag| t.tongue(tag))),
        (t.say("fact-words"), set_apart.join(", ")),
        (t.say("fact-tone"), tone),
        (t.say("fact-severity"), severity),
        (t.say("fact-found"), found(event, t)),
        (t.say("fact-look-up"), look_up(event, t)),
        (
            t.say("fact-merge"),
            beside::merge(event).map_or_else(String::new, |c| t.tell("merge", &[("command", c.into())])),
        ),
    ];
    out.retain(|(_, value)| !value.is_empty());
    out
}

/// Where the people are.
fn regions(event: &AlertEvent, t: &Tongue) -> String {
    // A part of a country is told as the country.
    let mut countries: BTreeMap<String, u32> = BTreeMap::new();
    for (tag, people) in &event.regions {
        let country = tag.split(['-', '_']).next().unwrap_or(tag).to_ascii_uppercase();
        *countries.entry(country).or_default() += people;
    }
    known_of_some(event, &countries, |tag| t.region(tag), t)
}

/// Which part of the product they speak of.
fn segments(event: &AlertEvent, t: &Tongue) -> String {
    known_of_some(event, &event.segments, |name| clean::clip(name, 40), t)
}

/// What is known of some people; of how many it is not is said too.
fn known_of_some(
    event: &AlertEvent,
    known: &BTreeMap<String, u32>,
    shown: impl Fn(&str) -> String,
    t: &Tongue,
) -> String {
    if known.is_empty() {
        return String::new();
    }
    let unknown = event.sources.values().sum::<u32>().saturating_sub(known.values().sum());
    let alone = match (known.len(), known.first_key_value()) {
        (1, Some((only, people))) if unknown > 0 => {
            Some(format!("{} {}", shown(only), t.number(u64::from(*people))))
        }
        _ => None,
    };
    let named = alone.unwrap_or_else(|| t.shares(known, MOST_NAMED, shown));
    if unknown == 0 { named } else { format!("{named} ({})", t.count("region-unknown", u64::from(unknown))) }
}

/// Which topic found it, or that none did.
fn found(event: &AlertEvent, t: &Tongue) -> String {
    match event.about() {
        Some(topic) => t.tell("found-by-topic", &[("topic", clean::clip(topic, 60).into())]),
        None => t.say("found-by-posts"),
    }
}

/// Whom to ask, and what they need to look it up: the alert, the complaint, file and line of the rule.
fn look_up(event: &AlertEvent, t: &Tongue) -> String {
    let origin = clean::clip(clean::without_folders(&event.origin), 160);
    let (file, line) = origin.rsplit_once(':').unwrap_or((&origin, ""));
    let place = match line.is_empty() || !line.bytes().all(|b| b.is_ascii_digit()) {
        // A letter that was due when another version ran.
        true => origin.clone(),
        false => t.tell("file-line", &[("file", file.into()), ("line", line.into())]),
    };
    let ids = [clean::line(&event.alert), clean::clip(&event.cluster, 60), place];
    let ids = ids.into_iter().filter(|id| !id.is_empty()).collect::<Vec<_>>().join(" · ");
    t.tell("look-up", &[("ids", ids.into())])
}
