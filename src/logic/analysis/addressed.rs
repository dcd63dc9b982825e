//! Who is told about an event, and when: the routes of the rules, the thread that there is already, and how each team wants
//! to be written to. What waits, and goes when its time has come.

use std::sync::Arc;

use super::event::{language_of, zone_of};
use super::product::SeriesId;
use super::state::{Analysis, Outcome, Waited};
use crate::ground::alert::{Addressee, AlertEvent, Collected, EventKind, Severity, WaitReason};
use crate::ground::time::Timestamp;
use crate::logic::lifecycle::{Pass, Release, Terms};
use crate::logic::rules::{Facts, Product, RouteReason};

/// What stands for "it was told before" in place of a line of the rules.
const THREAD: &str = "thread";

/// A letter that goes out, in the order in which it was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Letter<'a> {
    /// About an event, to one of its teams. `deliver_to` is empty where nobody of the team wants it.
    Event {
        /// Id of the alert.
        alert: &'a str,
        /// Number of the event within it.
        number: u32,
        /// Id of the team.
        team: &'a str,
        /// Addresses.
        deliver_to: &'a [String],
        /// The event, unless the letter waited: then it was told before.
        event: Option<&'a AlertEvent>,
    },
    /// A list or a digest.
    Collected(&'a Collected),
}

impl Outcome {
    /// The letters that go out now.
    pub fn letters(&self) -> Vec<Letter<'_>> {
        let waited = self.released.iter().map(|w| Letter::Event {
            alert: &w.alert,
            number: w.number,
            team: &w.team,
            deliver_to: &w.deliver_to,
            event: None,
        });
        let lists = self.collected.iter().filter(|c| c.digest.is_none()).map(Letter::Collected);
        let told = self.events.iter().flat_map(|event| {
            event.addressees().filter(|(.., wait)| wait.is_none()).map(|(team, deliver_to, _)| {
                Letter::Event {
                    alert: &event.alert,
                    number: event.number,
                    team,
                    deliver_to,
                    event: Some(event),
                }
            })
        });
        let digests = self.collected.iter().filter(|c| c.digest.is_some()).map(Letter::Collected);
        waited.chain(lists).chain(told).chain(digests).collect()
    }
}

impl Analysis {
    /// Says who is told about an event, and when.
    pub(super) fn address(
        &mut self,
        product: &Product,
        id: &SeriesId,
        event: &mut AlertEvent,
        silenced: bool,
        flood: bool,
    ) {
        let rules = Arc::clone(&self.rules);
        let topic = match (&event.topic, self.memory.products.get(&product.id)) {
            (None, Some(state)) => state.topic_of(&self.rules, product, &event.evidence),
            _ => None,
        };
        event.routing.topic = topic.map(|topic| topic.id.clone());
        let severity = topic.map_or(event.severity, |topic| topic.severity_for_routes(event.severity));
        let teams = self.teams_of(product, id, event, severity);
        for (nth, (team, via)) in teams.iter().enumerate() {
            let deliver_to = if silenced { Vec::new() } else { self.readers(team) };
            let mut wait = None;
            if !deliver_to.is_empty() {
                let terms = Terms::of(rules.teams.get(team));
                let lid = self.memory.lids.entry(team.clone()).or_default();
                let what = (event.alert.as_str(), event.number);
                if let Pass::Hold(held) = lid.pass(event.at, &terms, event.severity, flood, what) {
                    wait = Some(held);
                }
            }
            self.team_log(team).hear(event);
            let language = language_of(rules.teams.get(team));
            let zone = zone_of(rules.teams.get(team));
            if nth == 0 {
                event.team.clone_from(team);
                event.language = language;
                event.zone = zone;
                event.deliver_to = deliver_to;
                event.held = wait.is_some();
                event.routing.via.clone_from(via);
                event.routing.wait = wait;
            } else {
                event.routing.also.push(Addressee {
                    team: team.clone(),
                    language,
                    zone,
                    deliver_to,
                    via: via.clone(),
                    wait,
                });
            }
        }
        if let Some(standing) = self.memory.products.get_mut(&product.id).and_then(|p| p.alerts.get_mut(id)) {
            standing.teams = teams.into_iter().map(|(team, _)| team).collect();
        }
    }

    /// The teams that are told, each with the line by which it is. Who was told once is told to the end, in the same
    /// thread, also when the alert has turned to another region; others come to it while it goes on. Nobody hears of an
    /// alert for the first time when it is over.
    fn teams_of(
        &self,
        product: &Product,
        id: &SeriesId,
        event: &AlertEvent,
        severity: Severity,
    ) -> Vec<(String, String)> {
        let facts = Facts {
            product: &product.id,
            topic: event.about(),
            severity,
            regions: &event.regions,
            languages: &event.languages,
            sources: &event.sources,
            segments: &event.segments,
        };
        let mut routed: Vec<(String, String)> = self
            .rules
            .route(&facts)
            .into_iter()
            .map(|to| {
                let line = to.at.filter(|_| to.why != RouteReason::Owner);
                (to.team.to_owned(), line.map_or_else(String::new, |at| format!("{}:{}", at.file, at.line)))
            })
            .collect();
        if routed.is_empty() {
            routed.push((product.team.clone(), String::new()));
        }
        let standing = self.memory.products.get(&product.id).and_then(|p| p.alerts.get(id));
        let before = standing.map(|s| s.teams.as_slice()).unwrap_or_default();
        let mut teams: Vec<(String, String)> = before
            .iter()
            .filter(|team| self.rules.teams.contains_key(*team))
            .map(|team| {
                let team_of = self.rules.teams.get(team).and_then(|t| t.of.as_ref()).unwrap_or(team);
                let via = routed.iter().find(|(other, _)| other == team_of).map(|(_, via)| via.clone());
                (team.clone(), via.unwrap_or_else(|| THREAD.to_owned()))
            })
            .collect();
        if event.kind != EventKind::Resolved || teams.is_empty() {
            let new: Vec<_> = routed.into_iter().filter(|(team, _)| !before.contains(team)).collect();
            teams.extend(new);
        }
        // Who gets a team's letters at times of their own gets all that it gets; nobody hears first that it is over.
        for (team, via) in teams.clone() {
            for own in self.rules.recipients(&team) {
                let known = teams.iter().any(|(other, _)| *other == own.id);
                if !known && (event.kind != EventKind::Resolved || before.is_empty()) {
                    teams.push((own.id.clone(), via.clone()));
                }
            }
        }
        teams
    }

    /// What waited and goes at `now`.
    pub(super) fn release(&mut self, now: Timestamp, out: &mut Outcome) {
        let rules = Arc::clone(&self.rules);
        let due: Vec<(String, Release)> = self
            .memory
            .lids
            .iter_mut()
            .filter_map(|(team, lid)| {
                Some((team.clone(), lid.release(now, &Terms::of(rules.teams.get(team)))?))
            })
            .collect();
        for (team, release) in due {
            let deliver_to = self.readers(&team);
            if deliver_to.is_empty() {
                continue;
            }
            match release {
                Release::Letters(events) => {
                    out.released.extend(events.into_iter().map(|(alert, number)| Waited {
                        alert,
                        number,
                        team: team.clone(),
                        deliver_to: deliver_to.clone(),
                    }));
                }
                Release::List { events, more, why } => out.collected.push(Collected {
                    at: now,
                    language: language_of(rules.teams.get(&team)),
                    zone: zone_of(rules.teams.get(&team)),
                    mails_a_day: rules.teams.get(&team).map_or(0, |team| team.mails_a_day),
                    team,
                    deliver_to,
                    events,
                    more,
                    why: Some(why).filter(|why| *why != WaitReason::DailyLimit),
                    digest: None,
                }),
            }
        }
    }

    /// When something that waits is to go next: the clock has to tick then.
    pub fn wakes_at(&self) -> Option<Timestamp> {
        let lids = self.memory.lids.iter();
        lids.filter_map(|(team, lid)| lid.due(&Terms::of(self.rules.teams.get(team)))).min()
    }

    /// What waits for each team: how many things, until when, and why.
    pub fn waiting(&self) -> Vec<(&str, u64, Timestamp, WaitReason)> {
        let lids = self.memory.lids.iter();
        lids.filter_map(|(team, lid)| {
            let (count, why) = lid.waiting()?;
            Some((team.as_str(), count, lid.due(&Terms::of(self.rules.teams.get(team)))?, why))
        })
        .collect()
    }
}
