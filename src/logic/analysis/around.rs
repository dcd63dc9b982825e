//! Complaints that nobody named: each new one is looked at together with those around it, whatever clusters they went
//! to. A rise becomes an alert of the cluster that most of its posts are in, and gathers the others there; a rise of
//! what is told about already is the same cause.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::product::{ProductState, SeriesId, features_of};
use super::state::{Analysis, Outcome, alert_id, severity_of};
use crate::ground::alert::{EventKind, Reason, Severity, Sum};
use crate::ground::post::PostKey;
use crate::ground::time::{DAY_MS, Timestamp, days_between, plus_ms};
use crate::logic::cluster::Near;
use crate::logic::lifecycle::{FEWEST_PEOPLE, Standing, bar_for};
use crate::logic::rules::Product;
use crate::logic::spike::{Heard, Rise, Series, Window, rise};

/// A rise of which so large a part is the evidence of an alert is the same cause …
const SHARED: f64 = 0.3;
/// … and so is one whose posts, taken together, are so like that alert's.
const ALIKE: f32 = 0.41;
/// What has ended takes more to be the same: people would be told of no new alert.
const ALIKE_ENDED: f32 = 0.46;
/// Which of the widths of a neighbourhood says whose voice a post is.
const KIN_WIDTH: usize = 4;
/// A cause is remembered for so many days after it was last heard.
const REMEMBERED_DAYS: f64 = 90.0;
/// Posts of a cause that are remembered: the newest.
const MOST_POSTS: usize = 256;
/// A post that was written longer ago than this is backlog: it teaches, and alarms nobody.
const LATE_DAYS: f64 = 1.0;

/// A post as it stands among those like it.
#[derive(Clone, Debug, PartialEq)]
pub struct Around {
    /// Its number in the neighbourhood.
    pub number: u64,
    /// Hash of the voice that spoke.
    pub voice: u64,
    /// When it was written.
    pub at: Timestamp,
    /// The posts that are like it.
    pub near: Vec<Near>,
    /// How alike posts must be, for each width.
    pub cuts: Vec<f32>,
}

/// What an alert is about, by the posts behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Posts by their number in the neighbourhood.
    pub(super) posts: BTreeSet<u64>,
    /// Those that it opened with.
    pub(super) core: BTreeSet<u64>,
    /// When it was last heard.
    pub(super) last: Timestamp,
    /// The evidence at the opening.
    pub(super) evidence: Vec<PostKey>,
    /// The figures at the opening.
    pub(super) figures: Figures,
}

/// A rise in figures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    pub(super) score: f64,
    pub(super) days: u32,
    pub(super) people: u32,
    pub(super) expected: f64,
    pub(super) rests_on: f64,
    pub(super) dispersion: f64,
}

impl Figures {
    pub(super) fn window(&self) -> Window {
        Window { days: self.days, observed: self.people, expected: self.expected }
    }

    pub(super) fn sum(&self) -> Sum {
        Sum {
            level: self.expected / f64::from(self.days.max(1)),
            level_shape: self.rests_on,
            dispersion: self.dispersion,
            score: self.score,
            ..Sum::default()
        }
    }
}

impl ProductState {
    /// The clearest rise around a post at `now`.
    pub(super) fn rise_around(&self, around: &Around, now: Timestamp) -> Rise {
        let ignored = |number: u64| {
            let key = self.nearby.get(number).map(|p| &p.key);
            let cluster = key.and_then(|key| self.clusters.of_post(key)).and_then(|n| self.clusters.get(n));
            cluster.is_some_and(|c| c.ignored)
        };
        let near: Vec<Heard> = around
            .near
            .iter()
            .filter(|n| !ignored(n.number))
            .map(|n| Heard {
                number: n.number,
                voice: n.voice,
                age: days_between(n.at, now).max(0.0),
                alike: n.alike,
            })
            .collect();
        let since = self.nearby.heard_since().or(self.pool.since).unwrap_or(now);
        let watched = days_between(since, now).min(730.0);
        let watched = watched - self.pool.deaf_days(since, now);
        let found = rise(&near, around.voice, &around.cuts, self.nearby.known(), watched, |days| {
            self.pool.deaf_days(plus_ms(now, -i64::from(days) * DAY_MS), now)
        });
        if found.people == 0 { Rise::quiet(watched) } else { found }
    }

    /// The alert that a rise belongs to: most shared evidence first, then most alike.
    fn cause_of(&self, posts: &BTreeSet<u64>, now: Timestamp) -> Option<SeriesId> {
        self.causes
            .iter()
            .filter(|(id, c)| {
                self.alerts.get(id).is_some_and(Standing::is_open)
                    || days_between(c.last, now) <= REMEMBERED_DAYS
            })
            .filter(|(id, _)| self.alerts.contains_key(id))
            .filter_map(|(id, cause)| {
                let shared = posts.intersection(&cause.posts).count() as f64 / posts.len().max(1) as f64;
                let alike = self.nearby.alike(posts.iter(), cause.core.iter());
                let open = self.alerts.get(id).is_some_and(Standing::is_open);
                let needed = if open { ALIKE } else { ALIKE_ENDED };
                (shared >= SHARED || alike >= needed).then_some((shared, alike, id))
            })
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(b.2.cmp(a.2)))
            .map(|(.., id)| id.clone())
    }

    /// The open alert that the posts nearest to this one are about.
    fn kin_of(&self, around: &Around) -> Option<SeriesId> {
        let cut = around.cuts.get(KIN_WIDTH).copied().unwrap_or(1.0);
        let near: BTreeSet<u64> = around.near.iter().filter(|n| n.alike >= cut).map(|n| n.number).collect();
        let open = |id: &SeriesId| self.alerts.get(id).is_some_and(Standing::is_open);
        self.causes
            .iter()
            .filter(|(id, _)| open(id))
            .map(|(id, cause)| (near.intersection(&cause.posts).count(), id))
            .filter(|(shared, _)| *shared >= 2 && *shared as f64 >= SHARED * near.len() as f64)
            .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1)))
            .map(|(_, id)| id.clone())
    }

    fn keys_of(&self, posts: &BTreeSet<u64>) -> Vec<PostKey> {
        posts.iter().filter_map(|n| self.nearby.get(*n)).map(|p| p.key.clone()).collect()
    }

    /// These posts go to one cluster, and count in its series.
    fn gather(&mut self, into: u32, posts: &[PostKey], now: Timestamp) {
        let id = SeriesId::Cluster(into);
        // A cluster that was founded just now has counted nobody yet.
        let is_new = !self.series.contains_key(&id);
        let moved: Vec<(Timestamp, u64)> = posts
            .iter()
            .filter(|key| self.clusters.of_post(key).is_some_and(|n| is_new || n != into))
            .filter_map(|key| self.clusters.member(key))
            .map(|m| (m.quote.at, m.voice))
            .collect();
        for ended in self.clusters.gather(into, posts) {
            self.series.remove(&SeriesId::Cluster(ended));
        }
        self.count(&id, &moved, now);
    }

    /// These voices were heard elsewhere, and belong to this series too.
    fn count(&mut self, id: &SeriesId, voices: &[(Timestamp, u64)], now: Timestamp) {
        let pool = &self.pool;
        let series = self.series.entry(id.clone()).or_insert_with(|| Series::new(now, pool));
        for (at, voice) in voices {
            series.also(*at, *voice);
        }
    }

    /// The cluster that a new alert about these posts is given: the one that most of them are in and that has no alert
    /// of another cause; failing that, one of their own.
    fn home(&mut self, keys: &[PostKey], own: u32) -> u32 {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for number in keys.iter().filter_map(|k| self.clusters.of_post(k)) {
            *counts.entry(number).or_default() += 1;
        }
        let free = |n: &u32| !self.alerts.contains_key(&SeriesId::Cluster(*n));
        let best = counts.iter().filter(|(n, _)| free(n)).max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0)));
        match best.map(|(n, _)| *n) {
            Some(number) => number,
            None => self.clusters.split(own, keys, features_of).unwrap_or(own),
        }
    }

    fn remember(&mut self, id: &SeriesId, posts: impl Iterator<Item = u64>, now: Timestamp) {
        if let Some(cause) = self.causes.get_mut(id) {
            cause.posts.extend(posts);
            while cause.posts.len() > MOST_POSTS {
                cause.posts.pop_first();
            }
            cause.last = now;
        }
    }
}

impl Analysis {
    /// A new complaint was heard and went to cluster `number`.
    pub(super) fn complaint_heard(
        &mut self,
        product: &Product,
        number: u32,
        around: &Around,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let (bar, ..) = self.bar_of_rises(&product.team);
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let number = state.clusters.resolve(number);
        let id = SeriesId::Cluster(number);
        if days_between(around.at, now) > LATE_DAYS || severity_of(product, &id).is_none() {
            return;
        }
        if state.clusters.get(number).is_some_and(|c| c.ignored) {
            return;
        }
        let rise = state.rise_around(around, now);
        let bar = bar_for(Severity::Normal, bar);
        if rise.score < bar || rise.people < FEWEST_PEOPLE {
            if state.alerts.get(&id).is_some_and(Standing::is_open) {
                state.remember(&id, [around.number].into_iter(), now);
                self.voice_heard(product, &id, now, out);
            } else if let Some(kin) = state.kin_of(around) {
                // It went to another cluster, and is one more voice of what is told about all the same.
                state.count(&kin, &[(around.at, around.voice)], now);
                self.voice_heard(product, &kin, now, out);
            }
            return;
        }
        let posts: BTreeSet<u64> = rise.posts.iter().copied().chain([around.number]).collect();
        let own: Vec<PostKey> = state.nearby.get(around.number).map(|p| p.key.clone()).into_iter().collect();
        let Some(known) = state.cause_of(&posts, now) else {
            let keys = state.keys_of(&posts);
            if state.is_told_by_a_topic(&keys, now) {
                return;
            }
            let home = state.home(&keys, number);
            state.gather(home, &keys, now);
            self.open_rise(product, home, &rise, posts, keys, Some(EventKind::Opened), now, out);
            return;
        };
        state.remember(&known, [around.number].into_iter(), now);
        let SeriesId::Cluster(home) = known else { return };
        state.gather(home, &own, now);
        let Some(standing) = state.alerts.get(&known).cloned() else { return };
        let Some((ended, _)) = standing.ended else {
            self.voice_heard(product, &known, now, out);
            return;
        };
        // It is over: only what was said since then can bring it back.
        let since: BTreeSet<u64> =
            posts.into_iter().filter(|n| state.nearby.get(*n).is_some_and(|p| p.at > ended)).collect();
        let people: BTreeSet<u64> =
            since.iter().filter_map(|n| state.nearby.get(*n)).map(|p| p.voice).collect();
        let raised = state.raised.get(&known).copied().unwrap_or(0.0);
        let others = (people.len() as u32).saturating_sub(1);
        let score = rise.score_of(others, days_between(ended, now));
        if people.len() < FEWEST_PEOPLE as usize || score < bar + raised {
            return;
        }
        let keys = state.keys_of(&since);
        state.gather(home, &keys, now);
        let days = (days_between(ended, now).ceil() as u32).max(1);
        let expected = rise.level() * f64::from(days);
        let rise = Rise { score, days, people: people.len() as u32, expected, ..rise };
        let kind = if standing.can_regress(now) { EventKind::Regressed } else { EventKind::Opened };
        self.open_rise(product, home, &rise, since, keys, Some(kind), now, out);
    }

    #[expect(clippy::too_many_arguments, reason = "one alert in all its parts")]
    fn open_rise(
        &mut self,
        product: &Product,
        number: u32,
        rise: &Rise,
        posts: BTreeSet<u64>,
        evidence: Vec<PostKey>,
        kind: Option<EventKind>,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let id = SeriesId::Cluster(number);
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let kind = kind.unwrap_or(EventKind::Opened);
        let old = state.alerts.get(&id).filter(|_| kind == EventKind::Regressed).cloned();
        let places = state.places(&id, 28);
        let figures = Figures {
            score: rise.score,
            days: rise.days,
            people: rise.people,
            expected: rise.expected,
            rests_on: rise.rests_on,
            dispersion: rise.dispersion(),
        };
        let core = posts.clone();
        let posts = match state.causes.remove(&id) {
            Some(before) => before.posts.into_iter().chain(posts).collect(),
            None => posts,
        };
        state.causes.insert(id.clone(), Cause { posts, core, last: now, evidence, figures });
        let standing = Standing {
            id: old.as_ref().map_or_else(|| alert_id(&product.id, &id, now), |s| s.id.clone()),
            opened_at: now,
            ended: None,
            told_at: now,
            events: old.as_ref().map_or(0, |s| s.events) + 1,
            told_people: rise.people,
            places,
            severity: Severity::Normal,
            peak: old.as_ref().map_or(0, |s| s.peak).max(rise.people),
            total: old.as_ref().map_or(0, |s| s.total) + rise.people,
            acknowledged_by: None,
        };
        state.alerts.insert(id.clone(), standing);
        let reason = if kind == EventKind::Regressed { Reason::CameBack } else { Reason::MoreThanUsual };
        self.tell(product, &id, kind, reason, now, out);
    }
}
