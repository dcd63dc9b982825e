//! What is told about an alert: all the figures that a mail, a page or a shell needs.

use std::collections::{BTreeMap, BTreeSet};

use super::product::{ProductState, SeriesId};
use super::state::{Analysis, Outcome, effective_bar};
use super::storm::Telling;
use crate::ground::alert::{AlertEvent, Before, Beside, EventKind, Related, Routing, Sum};
use crate::ground::language::Language;
use crate::ground::post::PostKey;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, day_of, plus_ms};
use crate::logic::cluster::{Member, label, quotes, telling_words};
use crate::logic::rules::{Product, Team};
use crate::logic::spike::{Window, run_length_days};

/// Quotes in an event.
const QUOTES: usize = 5;
/// Words in an event.
const WORDS: usize = 8;
/// Evidence goes back so far, in days.
const EVIDENCE_DAYS: i64 = 28;

impl Analysis {
    /// Adds an event about a series to the outcome.
    pub(super) fn tell(
        &mut self,
        product: &Product,
        id: &SeriesId,
        kind: EventKind,
        reason: Reason,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let (bar, budget, series_count) = match id {
            SeriesId::Topic(_) => self.bar_of(&product.team),
            SeriesId::Cluster(_) | SeriesId::Shared(_) => self.bar_of_rises(&product.team),
        };
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let Some(standing) = state.alerts.get(id).cloned() else { return };
        let name = state.name(product, id);
        if let SeriesId::Cluster(number) = id {
            state.clusters.set_label(*number, name.clone());
        }
        let raised = state.raised.get(id).copied().unwrap_or(0.0);
        let bar = effective_bar(standing.severity, bar, raised);
        let silenced = self.is_silenced(product, id, &standing, now);
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let mut storm = Vec::new();
        let mut flood = false;
        if kind == EventKind::Opened && !silenced {
            let people = standing.told_people;
            let (alert, label) = (standing.id.clone(), name.clone());
            let opening = Related { alert, label, people, cluster: id.name(&product.id) };
            match state.openings.hear(opening, now) {
                Telling::Alone => {}
                Telling::Together(all) => storm = all,
                Telling::Collected => flood = true,
            }
        }
        let number = standing.events.saturating_sub(1);
        let Some(state) = self.memory.products.get(&product.id) else { return };
        let reading = state.series.get(id).map(|series| series.read(now, &state.pool));
        let is_shared = matches!(id, SeriesId::Shared(_));
        let begins = matches!(kind, EventKind::Opened | EventKind::Regressed);
        let opening = state.causes.get(id).filter(|_| begins || is_shared);
        let sum = reading.map_or_else(Sum::default, |r| r.sum);
        let sum = opening.map_or(sum, |cause| cause.figures.sum());
        let bar = opening.and_then(|cause| cause.figures.bar).unwrap_or(bar);
        let sum = Sum { bar, series: series_count as u32, budget, ..sum };
        // Where all that was said has been forgotten, nobody has spoken for as long as evidence lasts.
        let silence = Window { days: EVIDENCE_DAYS as u32, observed: 0, expected: 0.0 };
        let window =
            opening.map(|cause| cause.figures.window()).or(reading.map(|r| r.window)).unwrap_or(silence);
        // What is usual is what was usual before: an alert that goes on does not make its own people usual.
        let before = state.causes.get(id).filter(|_| kind == EventKind::Updated).map(|c| c.figures.window());
        let window = match before {
            Some(before) => {
                let usual = before.expected / f64::from(before.days.max(1)) * f64::from(window.days);
                Window { expected: window.expected.min(usual), ..window }
            }
            None => window,
        };
        // An update tells of all since the first of them, as the opening did: two windows of other lengths compare nothing.
        let window = match kind {
            EventKind::Updated => {
                let days = (day_of(now) - day_of(standing.since) + 1).max(1) as u32;
                let a_day = window.expected / f64::from(window.days.max(1));
                Window { days, observed: standing.total, expected: a_day * f64::from(days) }
            }
            _ => window,
        };
        let evidence = match opening {
            Some(cause) => state.told(&cause.evidence),
            None => state.evidence(id, now, i64::from(window.days)),
        };
        let counts = |part: &dyn Fn(&Member) -> Option<String>| {
            let mut people: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
            for member in &evidence {
                if let Some(key) = part(member) {
                    people.entry(key).or_default().insert(member.voice);
                }
            }
            people.into_iter().map(|(key, voices)| (key, voices.len() as u32)).collect::<BTreeMap<_, _>>()
        };
        let voices: BTreeSet<u64> = evidence.iter().map(|m| m.voice).collect();
        let keys: BTreeSet<&PostKey> = evidence.iter().map(|m| &m.quote.key).collect();
        let members = match opening {
            Some(_) => evidence.iter().map(|m| (*m).clone()).collect(),
            None => state.members(id).cloned().unwrap_or_default(),
        };
        let topic = match id {
            SeriesId::Topic(topic) => product.topics.iter().find(|t| t.id == *topic),
            SeriesId::Cluster(_) | SeriesId::Shared(_) => None,
        };
        let stands = topic.map_or(&product.origin, |topic| &topic.origin);
        let origin = format!("{}:{}", stands.file, stands.line);
        // Evidence that is taken back later does not change what the thread began with.
        let first = evidence.iter().map(|m| m.quote.at).min().unwrap_or(now);
        let anew = matches!(kind, EventKind::Opened | EventKind::Regressed);
        let since = if anew { first } else { standing.since };
        let score = sum.score.min(9.0);
        let chance_days = match id {
            SeriesId::Topic(_) => run_length_days(score),
            SeriesId::Cluster(_) | SeriesId::Shared(_) => 10f64.powf(score),
        };
        // Who only shares it is not among the posts that are kept.
        let shared_by = opening.filter(|_| is_shared);
        out.events.push(AlertEvent {
            kind,
            at: now,
            alert: standing.id.clone(),
            number,
            product: product.id.clone(),
            product_name: product.name.clone(),
            topic: topic.map(|t| t.id.clone()),
            cluster: id.name(&product.id),
            label: name,
            severity: standing.severity,
            reason,
            observed: window.observed,
            expected: window.expected,
            window_days: window.days,
            authors: shared_by.map_or(voices.len() as u32, |cause| cause.figures.people),
            echoes: state.series.get(id).map_or(0, |s| s.echoes(28)),
            since,
            quotes: quotes(&members, &state.clusters.vocabulary, QUOTES, |q| keys.contains(&q.key)),
            series: state.series.get(id).map(|s| s.chart(&state.pool)).unwrap_or_default(),
            sources: counts(&|m| Some(m.quote.key.source.clone())),
            regions: counts(&|m| m.quote.region.clone()),
            languages: counts(&|m| Some(m.quote.lang.clone())),
            words: telling_words(&members, &state.clusters.vocabulary, WORDS),
            sentiment: mean(evidence.iter().map(|m| f64::from(m.sentiment))),
            chance_years: (reason == Reason::MoreThanUsual || reason == Reason::CameBack)
                .then(|| chance_days / 365.0 / series_count.max(1) as f64),
            sum,
            origin,
            team: product.team.clone(),
            language: language_of(self.rules.teams.get(&product.team)),
            deliver_to: Vec::new(),
            held: false,
            routing: Routing::default(),
            opened_at: standing.opened_at,
            peak: standing.peak,
            // A letter that tells of 13 people in two weeks cannot tell of 9 in all.
            total: match kind {
                EventKind::Updated => window.observed,
                _ => standing.total.max(standing.peak).max(window.observed),
            },
            beside: Beside {
                new_places: Vec::new(),
                perhaps: opening.and_then(|cause| cause.perhaps.clone()),
                coordinated: state.chorus.coordinated(evidence.iter().map(|m| &m.quote.key)),
                storm,
                fixed: state.fixes.get(id).map(|fix| fix.told(now)),
                shared: is_shared,
                before: standing.said.filter(|_| kind == EventKind::Updated),
            },
            evidence: match shared_by {
                Some(cause) => cause.evidence.clone(),
                None => evidence.iter().map(|m| m.quote.key.clone()).collect(),
            },
        });
        let said = Before { at: now, people: window.observed, days: window.days };
        let kept = self.memory.products.get_mut(&product.id);
        if let Some(standing) = kept.and_then(|state| state.alerts.get_mut(id)) {
            (standing.since, standing.said) = (since, Some(said));
        }
        if let Some(event) = out.events.last_mut() {
            self.address(product, id, event, silenced, flood);
        }
    }
}

impl ProductState {
    /// The readable name of a series: a topic's title, or the phrase that says best what a cluster is about.
    pub fn name(&self, product: &Product, id: &SeriesId) -> String {
        match id {
            SeriesId::Topic(topic) => product
                .topics
                .iter()
                .find(|t| t.id == *topic)
                .map_or_else(|| topic.clone(), |t| t.title.clone()),
            SeriesId::Cluster(number) | SeriesId::Shared(number) => self
                .clusters
                .get(*number)
                .map(|c| {
                    if let Some(name) = &c.name {
                        return name.clone();
                    }
                    // Named by what it rests on: the rest of the cluster may say more than that.
                    let told: std::collections::VecDeque<Member> = self
                        .causes
                        .get(id)
                        .map(|cause| self.told(&cause.evidence).into_iter().cloned().collect())
                        .unwrap_or_default();
                    let members = if told.is_empty() { &c.members } else { &told };
                    label(members, &self.clusters.vocabulary, &c.label, product.language)
                })
                .unwrap_or_default(),
        }
    }

    /// The posts of the last `days` days behind a series, oldest first.
    pub(super) fn evidence(&self, id: &SeriesId, now: Timestamp, days: i64) -> Vec<&Member> {
        // A window of n days is today and n − 1 days before it.
        let midnight = crate::ground::time::from_ms(crate::ground::time::day_of(now) * DAY_MS);
        let from = plus_ms(midnight, -(days - 1) * DAY_MS);
        let mut members: Vec<&Member> = self
            .members(id)
            .into_iter()
            .flatten()
            .filter(|m| m.quote.at >= from && m.quote.at <= now)
            .collect();
        members.sort_by(|a, b| a.quote.at.cmp(&b.quote.at).then_with(|| a.quote.key.cmp(&b.quote.key)));
        members
    }

    /// These posts as they are kept, oldest first.
    fn told(&self, keys: &[PostKey]) -> Vec<&Member> {
        let mut members: Vec<&Member> = keys.iter().filter_map(|key| self.clusters.member(key)).collect();
        members.sort_by(|a, b| a.quote.at.cmp(&b.quote.at).then_with(|| a.quote.key.cmp(&b.quote.key)));
        members
    }

    /// Whether these posts are, for the larger part, the evidence of an open alert that a rule names.
    pub(super) fn is_told_by_a_topic(&self, keys: &[PostKey], now: Timestamp) -> bool {
        self.alerts.iter().filter(|(id, s)| matches!(id, SeriesId::Topic(_)) && s.is_open()).any(|(id, _)| {
            let theirs: BTreeSet<&PostKey> =
                self.evidence(id, now, EVIDENCE_DAYS).into_iter().map(|m| &m.quote.key).collect();
            keys.iter().filter(|key| theirs.contains(key)).count() * 2 >= keys.len().max(1)
        })
    }

    /// Sources and regions in which a series was heard in the last `days` days.
    pub(super) fn places(&self, id: &SeriesId, days: i64) -> BTreeSet<String> {
        let Some(now) = self.members(id).and_then(|m| m.iter().map(|m| m.quote.at).max()) else {
            return BTreeSet::new();
        };
        let from = plus_ms(now, -days * DAY_MS);
        self.members(id)
            .into_iter()
            .flatten()
            .filter(|m| m.quote.at >= from)
            .flat_map(|m| [Some(m.quote.key.source.clone()), m.quote.region.clone()])
            .flatten()
            .collect()
    }

    /// Whether the evidence of a series is, for so large a part, that of another open alert: one cause, one alert.
    pub(super) fn is_known_cause(&self, id: &SeriesId, now: Timestamp, part: f64) -> bool {
        let mine: BTreeSet<&PostKey> =
            self.evidence(id, now, EVIDENCE_DAYS).into_iter().map(|m| &m.quote.key).collect();
        self.alerts.iter().filter(|(other, s)| *other != id && s.is_open()).any(|(other, _)| {
            let theirs = self.evidence(other, now, EVIDENCE_DAYS);
            let shared = theirs.iter().filter(|m| mine.contains(&m.quote.key)).count();
            !mine.is_empty() && shared as f64 >= part * mine.len() as f64
        })
    }
}

/// The language that a team reads its letters in: English, where it names none.
pub(super) fn language_of(team: Option<&Team>) -> Language {
    team.and_then(|team| team.language).and_then(|lang| Language::from_code(lang.code())).unwrap_or_default()
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    if n == 0.0 { 0.0 } else { sum / n }
}
