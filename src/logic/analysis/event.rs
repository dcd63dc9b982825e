//! What is told about an alert: all the figures that a mail, a page or a shell needs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::product::{ProductState, SeriesId};
use super::silence::with_subject;
use super::state::{Analysis, Outcome, effective_bar};
use super::storm::Telling;
use crate::ground::alert::{
    AlertEvent, Before, Beside, DayCount, EventKind, Related, Routing, Severity, Sum,
};
use crate::ground::language::Language;
use crate::ground::post::PostKey;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, day_of, plus_ms};
use crate::logic::cluster::{Member, label, telling_words};
use crate::logic::lifecycle::{FEWEST_SAFETY, OfDanger, Said, Tally};
use crate::logic::rules::{Product, Team};
use crate::logic::spike::{Window, run_length_days};

/// Words in an event.
const WORDS: usize = 8;
/// Evidence goes back so far, in days.
const EVIDENCE_DAYS: i64 = 28;
/// Days in a chart, at the most.
const MOST_CHARTED: i64 = 182;

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
            let (cluster, severity) = (id.name(&product.id), standing.severity);
            let opening = Related { alert, label, people, cluster, severity, shared: 0 };
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
        // An update tells of all since the first of them, as the opening did: two windows of other lengths compare nothing.
        // What is usual is what was usual before.
        // The end tells of all too, until the last of them; what comes back, of those since it had ended.
        let told_until = |last: i64| {
            let days = (last - day_of(standing.since) + 1).max(1) as u32;
            Window { days, observed: standing.tally.people(), expected: standing.usual * f64::from(days) }
        };
        let from_first = |first: Timestamp, observed: u32, a_day: f64| {
            let days = (day_of(now) - day_of(first) + 1).max(1) as u32;
            Window { days, observed, expected: a_day * f64::from(days) }
        };
        let back_since = standing.back_since.filter(|_| begins && opening.is_none());
        let window = match (kind, back_since) {
            (EventKind::Updated, _) => told_until(day_of(now)),
            (EventKind::Resolved, _) => told_until(standing.tally.last_day().unwrap_or(day_of(now))),
            (_, Some(end)) => {
                // … from the first of them on: the quiet weeks before are no window.
                let first = state.first_after(id, end).map_or(now, |first| first.min(now));
                from_first(first, state.voices_after(id, end, now).max(1), standing.usual)
            }
            // The first of two voices may have spoken before the window that shows most.
            _ if reason == Reason::SecondSafetyVoice && window.observed < FEWEST_SAFETY => {
                let first = state.evidence(id, now, EVIDENCE_DAYS).first().map_or(now, |m| m.quote.at);
                let a_day = window.expected / f64::from(window.days.max(1));
                from_first(first, state.voices_after(id, plus_ms(first, -1), now), a_day)
            }
            _ => window,
        };
        let mut evidence = match opening {
            Some(cause) => state.told(&cause.evidence),
            None => state.evidence(id, now, i64::from(window.days)),
        };
        if let Some(end) = back_since {
            evidence.retain(|m| m.quote.at > end);
        }
        // Evidence that is taken back later does not change what the thread began with.
        let first = evidence.iter().map(|m| m.quote.at).min().unwrap_or(now);
        let since = if begins { first } else { standing.since };
        let tally = match begins {
            true => counted(standing.tally, &evidence, product, window.observed, now),
            false => standing.tally,
        };
        // What is quoted is of those that are counted, so that no quote is from where nobody is said to be.
        if !is_shared {
            evidence.retain(|m| tally.knows(m.voice));
        }
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
        let others = members.iter().filter(|m| m.quote.at >= since && m.quote.at <= now);
        let more = match (kind, id) {
            (EventKind::Resolved, _) | (_, SeriesId::Shared(_)) => 0,
            _ => others.map(|m| m.voice).filter(|v| !tally.knows(*v)).collect::<BTreeSet<u64>>().len() as u32,
        };
        let over = kind == EventKind::Resolved;
        let harmless = state.beside_danger(id, &standing.of_danger, &tally, (since, now)).filter(|_| !over);
        let told_of = if standing.severity == Severity::Safety && !over {
            &standing.of_danger
        } else {
            &OfDanger::default()
        };
        let dangerous = told_of.among_the_counted().min(tally.people().saturating_sub(1));
        // An update is as sure as all that was heard by now makes it.
        let grown = state.causes.get(id).filter(|_| kind == EventKind::Updated && !is_shared);
        let score = grown.map_or(sum.score, |cause| cause.figures.score_of(&window)).min(9.0);
        let chance_days = match id {
            SeriesId::Topic(_) => run_length_days(score),
            SeriesId::Cluster(_) | SeriesId::Shared(_) => 10f64.powf(score),
        };
        let told_how_sure = !is_shared
            && matches!(
                reason,
                Reason::MoreThanUsual | Reason::CameBack | Reason::Doubled | Reason::NewPlace
            );
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
            quotes: self.quoted(state, id, &members, standing.severity, |q| {
                keys.contains(&q.key) && (is_shared || tally.is_from(&q.key.source, q.region.as_deref()))
            }),
            series: state.chart(id, &tally, since, standing.usual, now),
            sources: tally.sources().clone(),
            regions: tally.regions().clone(),
            languages: tally.languages().clone(),
            segments: tally.segments().clone(),
            words: telling_words(&members, &state.clusters.vocabulary, WORDS),
            sentiment: mean(evidence.iter().map(|m| f64::from(m.sentiment))),
            chance_years: told_how_sure.then(|| chance_days / 365.0 / series_count.max(1) as f64),
            sum,
            origin,
            team: product.team.clone(),
            language: language_of(self.rules.teams.get(&product.team)),
            zone: zone_of(self.rules.teams.get(&product.team)),
            deliver_to: Vec::new(),
            held: false,
            routing: Routing::default(),
            opened_at: standing.opened_at,
            peak: tally.busiest_week(),
            total: tally.in_all(),
            beside: Beside {
                new_places: Vec::new(),
                perhaps: opening.and_then(|cause| cause.perhaps.clone()),
                coordinated: state.chorus.coordinated(evidence.iter().map(|m| &m.quote.key)),
                storm,
                fixed: state.fixes.get(id).map(|fix| fix.told(now)),
                shared: is_shared,
                before: standing.said.filter(|_| kind == EventKind::Updated),
                back: standing.back_since.is_some(),
                earlier: standing.earlier.filter(|_| kind == EventKind::Opened),
                by: String::new(),
                more: if harmless.is_some() { 0 } else { more },
                harmless: harmless.unwrap_or(0),
                dangerous,
            },
            evidence: match shared_by {
                Some(cause) => cause.evidence.clone(),
                None => evidence.iter().map(|m| m.quote.key.clone()).collect(),
            },
        });
        let said = Before { at: now, people: window.observed, days: window.days };
        let event_label = out.events.last().map(|event| event.label.clone()).unwrap_or_default();
        let kept = self.memory.products.get_mut(&product.id);
        if let Some(standing) = kept.and_then(|state| state.alerts.get_mut(id)) {
            (standing.since, standing.said) = (since, Some(said));
            standing.label.clone_from(&event_label);
            // The letter names them all, also those where one alone was heard: a second one there is no news.
            standing.places.extend(tally.places(1));
            standing.tally = tally;
        }
        if let Some(event) = out.events.last_mut() {
            self.address(product, id, event, silenced, flood);
        }
    }
}

/// The people of an opening: those of its evidence, as many as it tells of.
fn counted(mut tally: Tally, evidence: &[&Member], product: &Product, people: u32, now: Timestamp) -> Tally {
    for member in evidence {
        if tally.people() < people {
            tally.hear(&Said {
                voice: member.voice,
                at: member.quote.at,
                source: member.quote.key.source.clone(),
                region: member.quote.region.clone(),
                lang: member.quote.lang.clone(),
                segment: segment_of(product, member),
            });
        }
    }
    tally.at_least(people, now);
    tally
}

/// The segment of the product that a post speaks of.
fn segment_of(product: &Product, member: &Member) -> Option<String> {
    if product.segments.is_empty() {
        return None;
    }
    with_subject(member, |subject| product.segment_of(subject).map(str::to_owned))
}

impl ProductState {
    /// The last weeks day by day as a letter shows them: from the first of an alert's people on those that it tells of, each
    /// on the day they were first heard, and before that those whom its usual level was learnt from. So the bars of now come
    /// to the letter's people, and the line to what it calls usual.
    pub(super) fn chart(
        &self,
        id: &SeriesId,
        tally: &Tally,
        since: Timestamp,
        usual: f64,
        now: Timestamp,
    ) -> Vec<DayCount> {
        let days = self.series.get(id).map(|s| s.chart(&self.pool)).unwrap_or_default();
        let days: BTreeMap<i64, DayCount> = days.into_iter().map(|day| (day.day, day)).collect();
        let before = self.causes.get(id).map(|cause| &cause.before);
        let today = day_of(now);
        let first = days.keys().next().copied().unwrap_or(today);
        // Before anybody listened nothing was heard, and nothing was usual.
        let listened = self.pool.since.map_or(today, day_of);
        let first = first.max(listened).min(day_of(since)).max(today - MOST_CHARTED);
        // Day by day: a series that took in others' posts knows only the days on which they came.
        let drawn = (first..=today).map(|day| {
            let silent = DayCount { day, people: 0, expected: usual };
            let heard = days.get(&day).copied().unwrap_or(silent);
            match (day >= day_of(since), before) {
                (true, _) => DayCount { people: tally.on(day), expected: usual, ..heard },
                // Of one that came back its first time is before too.
                (false, before) => {
                    let people = before.map_or(heard.people, |days| days.get(&day).copied().unwrap_or(0));
                    let expected = if before.is_some() { usual } else { heard.expected };
                    DayCount { people: people.max(tally.earlier_on(day)), expected, ..heard }
                }
            }
        });
        drawn.collect()
    }

    /// Different people a day behind these posts, which are known by their numbers in the neighbourhood.
    pub(super) fn people_a_day(&self, posts: &[u64]) -> BTreeMap<i64, u32> {
        let said: BTreeSet<(i64, u64)> =
            posts.iter().filter_map(|n| self.nearby.get(*n)).map(|p| (day_of(p.at), p.voice)).collect();
        let mut days = BTreeMap::new();
        for (day, _) in said {
            *days.entry(day).or_default() += 1;
        }
        days
    }

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
                    let told: VecDeque<Member> = self
                        .causes
                        .get(id)
                        .map(|cause| self.told(&cause.evidence).into_iter().cloned().collect())
                        .unwrap_or_default();
                    let members = if told.is_empty() { &c.members } else { &told };
                    label(members, &self.clusters.vocabulary, &c.label, product.language)
                })
                // Of what is gone no words are left.
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| id.name(&product.id)),
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

    /// Different people of the posts that are kept of a series, from `from` (without it) to `to`.
    pub(super) fn voices_after(&self, id: &SeriesId, from: Timestamp, to: Timestamp) -> u32 {
        let members = self.members(id).into_iter().flatten();
        let since = members.filter(|m| m.quote.at > from && m.quote.at <= to);
        since.map(|m| m.voice).collect::<BTreeSet<u64>>().len() as u32
    }

    /// When the first post of a series was written after a moment, of those that are kept.
    fn first_after(&self, id: &SeriesId, from: Timestamp) -> Option<Timestamp> {
        self.members(id).into_iter().flatten().map(|m| m.quote.at).filter(|at| *at > from).min()
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

/// The time zone that a team reads its letters in, where its rules name one.
pub(super) fn zone_of(team: Option<&Team>) -> Option<String> {
    team.and_then(|team| team.zone.as_ref()?.iana_name().map(str::to_owned))
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    if n == 0.0 { 0.0 } else { sum / n }
}
