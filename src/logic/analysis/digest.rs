//! What goes into a team's digest: kept from day to day, and put together when it is due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use statrs::statistics::{Data, OrderStatistics};

use super::event::{language_of, zone_of};
use super::product::{ProductState, SeriesId};
use super::state::{Analysis, Outcome};
use crate::ground::alert::{AlertEvent, Collected, EventKind};
use crate::ground::digest::{Digest, Feeling, Growing, ProductDigest, ToldAlert};
use crate::ground::post::Post;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, day_of, days_between, plus_ms};
use crate::logic::assess::Assessment;
use crate::logic::cluster::{Cluster, name_of};
use crate::logic::lifecycle::Standing;
use crate::logic::rules::Product;

/// Events that a digest lists; more are counted.
const MOST_TOLD: usize = 100;
/// Leads that are remembered: the newest.
const MOST_LEADS: usize = 500;
/// Days of which tallies are kept: this stretch, the one before, and a quarter.
const MOST_DAYS: i64 = 105;
/// Days of a quarter.
const QUARTER: i64 = 91;
/// A complaint is listed as growing from so many people on.
const FEWEST_GROWING: u32 = 2;
/// Complaints and wishes that are listed for each product.
const MOST_GROWING: usize = 5;
/// Fewer posts say nothing about feeling.
const FEWEST_FELT: f64 = 5.0;

/// What was heard on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DayTally {
    posts: u32,
    /// Posts that are no copies of others.
    own: u32,
    /// Complaints among these.
    complaints: u32,
    /// Sum of what these feel, and of its squares.
    feeling: (f64, f64),
    reach: u64,
}

/// The days of a product.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Days {
    days: BTreeMap<i64, DayTally>,
}

/// What a team was told since its last digest, and what people said of its alerts since ever.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TeamLog {
    told: Vec<ToldAlert>,
    more: u32,
    judged: (u32, u32),
    leads: Vec<f64>,
}

impl TeamLog {
    /// The names of what is to be told.
    pub(super) fn labels(&mut self) -> impl Iterator<Item = &mut String> {
        self.told.iter_mut().map(|told| &mut told.label)
    }
}

impl Days {
    /// One more post, as it was read. A copy of another is a post, and no complaint or feeling more.
    pub(super) fn hear(&mut self, post: &Post, assessment: &Assessment, is_copy: bool) {
        let today = day_of(post.created_at);
        let newest = self.days.last_key_value().map_or(today, |(day, _)| *day);
        if today <= newest - MOST_DAYS {
            return;
        }
        if today > newest {
            self.days.retain(|day, _| *day > today - MOST_DAYS);
        }
        let day = self.days.entry(today).or_default();
        day.posts += 1;
        if !is_copy {
            day.own += 1;
            day.complaints += u32::from(assessment.is_complaint());
            day.feeling.0 += assessment.sentiment;
            day.feeling.1 += assessment.sentiment.powi(2);
        }
        day.reach = day.reach.saturating_add(post.followers.unwrap_or(0));
    }

    /// The days from `from` (with it) to `to` (without it), added up.
    fn sum(&self, from: i64, to: i64) -> DayTally {
        self.days.range(from..to.max(from)).fold(DayTally::default(), |sum, (_, day)| DayTally {
            posts: sum.posts + day.posts,
            own: sum.own + day.own,
            complaints: sum.complaints + day.complaints,
            feeling: (sum.feeling.0 + day.feeling.0, sum.feeling.1 + day.feeling.1),
            reach: sum.reach.saturating_add(day.reach),
        })
    }
}

impl DayTally {
    /// The mean feeling and its standard error (of a mean of n independent values), where there are enough posts.
    fn felt(&self) -> Option<Feeling> {
        let n = f64::from(self.own);
        if n < FEWEST_FELT {
            return None;
        }
        let mean = self.feeling.0 / n;
        let variance = (self.feeling.1 / n - mean * mean).max(0.0) * n / (n - 1.0);
        Some(Feeling { mean, error: (variance / n).sqrt() })
    }
}

impl TeamLog {
    /// Something happened to an alert.
    pub(super) fn hear(&mut self, event: &AlertEvent) {
        if self.told.len() >= MOST_TOLD {
            self.more += 1;
            return;
        }
        self.told.push(ToldAlert::of(event));
    }

    /// A person said whether an alert was worth it.
    pub(super) fn judge(&mut self, useful: bool) {
        if useful { self.judged.0 += 1 } else { self.judged.1 += 1 }
    }

    /// Alerts that people judged: worth it, and not an issue.
    #[cfg(test)]
    pub(super) fn judged(&self) -> (u32, u32) {
        self.judged
    }

    /// Somebody takes back that one was no issue.
    pub(super) fn no_false_alarm(&mut self) {
        self.judged.1 = self.judged.1.saturating_sub(1);
    }

    /// A person said how long before they would have known it came.
    pub(super) fn lead(&mut self, days: f64) {
        self.leads.push(days);
        if self.leads.len() > MOST_LEADS {
            self.leads.remove(0);
        }
    }

    /// They take it back.
    fn no_lead(&mut self, days: f64) {
        if let Some(at) = self.leads.iter().rposition(|known| (known - days).abs() < 1e-9) {
            self.leads.remove(at);
        }
    }

    fn median_lead(&self) -> Option<(u32, f64)> {
        let known = self.leads.len() as u32;
        (known > 0).then(|| (known, Data::new(self.leads.clone()).median()))
    }
}

impl Analysis {
    /// The digests that became due since `before`, the moment of the entry before this one.
    pub(super) fn digests(&mut self, before: Option<Timestamp>, now: Timestamp, out: &mut Outcome) {
        let rules = Arc::clone(&self.rules);
        let next = rules.teams.values().filter_map(|team| team.digest_due()?.next_after(now)).min();
        self.next_digest = Some(next.unwrap_or(Timestamp::MAX));
        let Some(before) = before else { return };
        for (team, settings) in &rules.teams {
            let Some(schedule) = settings.digest_due() else { continue };
            if !schedule.is_due(before, now) {
                continue;
            }
            // On a quiet day nobody wants the day's digest: the next one tells what happened.
            if schedule.days() == 1 && settings.quiet.as_ref().is_some_and(|quiet| quiet.is_quiet_day(now)) {
                continue;
            }
            let digest = self.digest(team, schedule.days(), now);
            if let Some(log) = self.memory.team_logs.get_mut(team) {
                (log.told, log.more) = (Vec::new(), 0);
            }
            let deliver_to = self.readers(team);
            let empty = is_empty(&digest);
            if !deliver_to.is_empty() && !empty {
                out.collected.push(Collected {
                    at: now,
                    team: team.clone(),
                    language: language_of(Some(settings)),
                    zone: zone_of(Some(settings)),
                    deliver_to,
                    mails_a_day: settings.mails_a_day,
                    events: Vec::new(),
                    more: 0,
                    why: None,
                    digest: Some(Box::new(digest)),
                });
            }
        }
    }

    fn digest(&self, team: &str, days: u32, now: Timestamp) -> Digest {
        let log = self.memory.team_logs.get(team).cloned().unwrap_or_default();
        // A single recipient reads the digest of the team.
        let team = self.rules.teams.get(team).and_then(|t| t.of.as_deref()).unwrap_or(team);
        let judged = self.memory.team_logs.get(team).cloned().unwrap_or_default();
        let mut digest =
            Digest { days, leads: judged.median_lead(), judged: judged.judged, ..Digest::default() };
        (digest.told, digest.more_told) = (log.told, log.more);
        for product in &self.rules.products {
            let Some(state) = self.memory.products.get(&product.id) else { continue };
            if product.team == team {
                digest.products.push(state.digest(product, days, now));
            }
            // What is told to a team is its business, whoever owns the product.
            let told = |s: &Standing| s.is_open() && s.teams.iter().any(|told| told == team);
            for (id, standing) in state.alerts.iter().filter(|(_, s)| told(s)) {
                digest.open.push(ToldAlert {
                    at: standing.opened_at,
                    kind: EventKind::Opened,
                    reason: Reason::MoreThanUsual,
                    alert: standing.id.clone(),
                    product: product.name.clone(),
                    label: state.name(product, id),
                    people: standing.tally.in_all(),
                    severity: standing.severity,
                });
            }
        }
        digest.open.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.alert.cmp(&b.alert)));
        digest
    }

    /// The log of the team that a product belongs to.
    pub(super) fn team_log(&mut self, team: &str) -> &mut TeamLog {
        self.memory.team_logs.entry(team.to_owned()).or_default()
    }

    /// A person says on which day they would have known of an alert's cause.
    pub(super) fn known_on(&mut self, alert: &str, at: Timestamp, withdrawn: bool) {
        let Some((product, id)) = self.find(alert) else { return };
        let team = self.rules.products.iter().find(|p| p.id == product).map(|p| p.team.clone());
        let opened = self.memory.products.get(&product).and_then(|p| p.alerts.get(&id)).map(|s| s.opened_at);
        if let (Some(team), Some(opened)) = (team, opened) {
            let (log, days) = (self.team_log(&team), days_between(opened, at));
            if withdrawn { log.no_lead(days) } else { log.lead(days) }
        }
    }
}

/// Whether a digest has nothing to tell: in its stretch nothing was heard and nothing happened (a first start has heard
/// nothing yet, and history that was imported may have ended long before). A week is told too while something is open.
fn is_empty(digest: &Digest) -> bool {
    let open = digest.days > 1 && !digest.open.is_empty();
    digest.told.is_empty() && !open && !digest.products.iter().any(|p| p.posts.0 > 0)
}

impl ProductState {
    fn digest(&self, product: &Product, days: u32, now: Timestamp) -> ProductDigest {
        let (today, span) = (day_of(now), i64::from(days));
        let this = self.days.sum(today - span, today);
        let before = self.days.sum(today - 2 * span, today - span);
        let quarter = self.days.sum(today - span - QUARTER, today - span);
        ProductDigest {
            name: product.name.clone(),
            posts: (this.posts, before.posts),
            complaints: (this.complaints, before.complaints),
            reach: this.reach,
            feeling: [this.felt(), before.felt(), quarter.felt()],
            growing: self.growing(product, span),
            ideas: self.wished(product, span, now),
        }
    }

    /// Complaints that more people make than in the stretch before, and that no alert tells of.
    fn growing(&self, product: &Product, days: i64) -> Vec<Growing> {
        let mut growing: Vec<Growing> = self
            .series
            .iter()
            .filter(|(id, _)| !self.is_open(id))
            .filter_map(|(id, series)| {
                let people = series.people(days);
                let before = series.people(2 * days).saturating_sub(people);
                if people < FEWEST_GROWING || people <= before {
                    return None;
                }
                if let SeriesId::Cluster(number) | SeriesId::Shared(number) = id
                    && self.clusters.get(*number)?.ignored
                {
                    return None;
                }
                let cluster = id.name(&product.id);
                Some((id, Growing { cluster, label: String::new(), people, before }))
            })
            .map(|(id, growing)| Growing { label: self.name(product, id), ..growing })
            .filter(|g| !g.label.is_empty())
            .collect();
        growing.sort_by(|a, b| {
            (b.people - b.before).cmp(&(a.people - a.before)).then_with(|| a.cluster.cmp(&b.cluster))
        });
        growing.truncate(MOST_GROWING);
        growing
    }

    /// What people wished for in this stretch, by how many did.
    fn wished(&self, product: &Product, days: i64, now: Timestamp) -> Vec<Growing> {
        let people = |cluster: &Cluster, from: Timestamp, to: Timestamp| {
            let of_then = cluster.members.iter().filter(|m| m.quote.at >= from && m.quote.at < to);
            of_then.map(|m| m.voice).collect::<BTreeSet<u64>>().len() as u32
        };
        let (from, before) = (plus_ms(now, -days * DAY_MS), plus_ms(now, -2 * days * DAY_MS));
        let mut wished: Vec<Growing> = self
            .ideas
            .iter()
            .map(|cluster| Growing {
                cluster: format!("{}.i{}", product.id, cluster.number),
                label: name_of(cluster, &self.ideas.vocabulary, product.language),
                people: people(cluster, from, now),
                before: people(cluster, before, from),
            })
            .filter(|wish| wish.people >= FEWEST_GROWING && !wish.label.is_empty())
            .collect();
        wished.sort_by(|a, b| b.people.cmp(&a.people).then_with(|| a.cluster.cmp(&b.cluster)));
        wished.truncate(MOST_GROWING);
        wished
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::RuleFiles;
    use crate::ground::post::{Incoming, parse_line};
    use crate::logic::assess::Assessor;
    use crate::logic::text::{Lang, tokenize};

    #[test]
    fn a_copy_is_a_post_and_no_complaint_more() {
        let line = r#"{"id":"1","source":"s","text":"my widget stopped working","created_at":"2025-01-06T08:00:00Z"}"#;
        let Ok(Incoming::Post(post)) = parse_line(line.as_bytes(), None) else { panic!("no post") };
        let text = post.full_text();
        let assessor = Assessor::load(&RuleFiles::default()).0;
        let read = assessor.assess(&post, &text, &tokenize(&text, Lang::English), Lang::English);
        assert!(read.is_complaint());
        let mut days = Days::default();
        days.hear(&post, &read, false);
        (0..9).for_each(|_| days.hear(&post, &read, true));
        let day = day_of(post.created_at);
        let sum = days.sum(day, day + 1);
        assert_eq!((sum.posts, sum.complaints, sum.felt()), (10, 1, None), "one post tells no feeling");
    }

    #[test]
    fn a_stretch_in_which_nothing_happened_is_not_told() {
        let product = |this, before| ProductDigest { posts: (this, before), ..ProductDigest::default() };
        let digest =
            |days, this, before| Digest { days, products: vec![product(this, before)], ..Digest::default() };
        let empty = [(1, 0, 9), (1, 2, 0), (7, 0, 9), (7, 0, 0)].map(|(d, t, b)| is_empty(&digest(d, t, b)));
        assert_eq!(empty, [true, false, true, true]);
    }
}
