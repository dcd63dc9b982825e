//! What follows from a new complaint: an alert that opens, means more, or comes back.

use std::collections::BTreeSet;

use super::apart::Kinship;
use super::around::{Around, Cause, Figures};
use super::product::SeriesId;
use super::state::{Analysis, Outcome, alert_id, severity_of};
use crate::ground::alert::{EventKind, Severity};
use crate::ground::post::PostKey;
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::lifecycle::{FEWEST_PEOPLE, FEWEST_SAFETY, Said, Standing, bar_for};
use crate::logic::rules::Product;
use crate::logic::spike::Rise;

/// A post that was written longer ago than this is backlog: it teaches, and alarms nobody.
const LATE_DAYS: f64 = 1.0;

impl Analysis {
    /// A new complaint was heard and went to cluster `number`.
    pub(super) fn complaint_heard(
        &mut self,
        product: &Product,
        number: u32,
        around: &Around,
        said: &Said,
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
        if let Some((fixed, posts)) = state.broken_fix(&id, around, now) {
            self.back_after_fix(product, &fixed, &rise, posts, now, out);
            return;
        }
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let danger = state.same_danger(around, now);
        let bar = bar_for(Severity::Normal, bar);
        if danger.is_empty() && (rise.score < bar || rise.people < FEWEST_PEOPLE) {
            if state.is_open(&id) {
                // A cluster takes in what only shares its words: that is no voice of the alert's.
                if state.remember(&id, around.number, now) || around.dangerous {
                    self.voice_heard(product, &id, said, around.dangerous, now, out);
                }
            } else if let Some(kin) = state.kin_of(around, |id| state.is_open(id)) {
                // It went to another cluster, and is one more voice of what is told about all the same.
                state.count(&kin, &[(around.at, around.voice)], now);
                self.voice_heard(product, &kin, said, around.dangerous, now, out);
            } else {
                self.again_in_its_cluster(product, &id, now, out);
                self.grows_in_its_cluster(product, &id, around.number, now, out);
            }
            return;
        }
        let (severity, rise) = if danger.is_empty() {
            (Severity::Normal, rise)
        } else {
            (Severity::Safety, state.rise_of_danger(rise, &danger, around, now))
        };
        let posts: BTreeSet<u64> = rise.posts.iter().copied().chain([around.number]).collect();
        let own: Vec<PostKey> = state.nearby.get(around.number).map(|p| p.key.clone()).into_iter().collect();
        let mut known = state.cause_of(&posts, now);
        let is_apart = |id: &SeriesId| state.kinship(id, &rise, &posts, now) == Kinship::Apart;
        if severity != Severity::Safety && known.as_ref().is_some_and(is_apart) {
            state.take_apart(&posts);
            known = None;
        }
        let Some(known) = known else {
            let keys = state.keys_of(&posts);
            if state.is_told_by_a_topic(&keys, now) {
                return;
            }
            if severity != Severity::Safety && state.is_usual_in_its_cluster(&keys, None, now).is_some() {
                return;
            }
            let home = state.home(&keys, number);
            let beside = state.bar_beside(&posts, &SeriesId::Cluster(home));
            if severity != Severity::Safety && rise.score < bar + beside {
                return;
            }
            state.gather(home, &keys, now);
            self.open_rise(product, home, &rise, posts, keys, (EventKind::Opened, severity), now, out);
            return;
        };
        state.remember(&known, around.number, now);
        let SeriesId::Cluster(home) = known else { return };
        state.gather(home, &own, now);
        let Some(standing) = state.alerts.get_mut(&known) else { return };
        let Some((ended, _)) = standing.ended else {
            // What an alert is about may turn out to be dangerous while it is open.
            standing.danger = standing.danger.max(severity);
            self.voice_heard(product, &known, said, around.dangerous, now, out);
            return;
        };
        let standing = standing.clone();
        // It is over: only what was said since then can bring it back.
        let since: BTreeSet<u64> =
            posts.into_iter().filter(|n| state.nearby.get(*n).is_some_and(|p| p.at > ended)).collect();
        let people = state.voices_of(&since, ended);
        let raised = state.raised.get(&known).copied().unwrap_or(0.0);
        let others = (people.len() as u32).saturating_sub(1);
        // What a rise counts is said within its stretch, however long the alert has been over.
        let since_then = days_between(ended, now).min(f64::from(rise.days));
        let score = rise.score_of(others, since_then);
        let fewest = if severity == Severity::Safety { FEWEST_SAFETY } else { FEWEST_PEOPLE };
        if people.len() < fewest as usize || (score < bar + raised && severity != Severity::Safety) {
            return;
        }
        let keys = state.keys_of(&since);
        // As where one opens: a topic that tells of these posts is enough.
        if state.is_told_by_a_topic(&keys, now) {
            return;
        }
        state.gather(home, &keys, now);
        let days = (since_then.ceil() as u32).max(1);
        let expected = rise.level() * f64::from(days);
        let rise = Rise { score, days, people: people.len() as u32, expected, ..rise };
        let kind = if standing.can_regress(now) { EventKind::Regressed } else { EventKind::Opened };
        self.open_rise(product, home, &rise, since, keys, (kind, severity), now, out);
    }

    /// What was called fixed is not.
    fn back_after_fix(
        &mut self,
        product: &Product,
        id: &SeriesId,
        rise: &Rise,
        posts: BTreeSet<u64>,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let (SeriesId::Cluster(number), Some(fix)) = (id, state.fixes.get(id)) else { return };
        let days = (days_between(fix.at, now).ceil() as u32).max(1);
        let expected = rise.level() * f64::from(days);
        let people = fix.heard();
        let weight = f64::from(people.saturating_sub(1));
        let keys = state.keys_of(&posts);
        state.gather(*number, &keys, now);
        let severity = state.alerts.get(id).map_or(Severity::Normal, |s| s.danger);
        let rise = Rise { days, people, weight, expected, ..rise.clone() };
        self.open_rise(product, *number, &rise, posts, keys, (EventKind::Regressed, severity), now, out);
    }

    #[expect(clippy::too_many_arguments, reason = "one alert in all its parts")]
    pub(super) fn open_rise(
        &mut self,
        product: &Product,
        number: u32,
        rise: &Rise,
        posts: BTreeSet<u64>,
        evidence: Vec<PostKey>,
        (kind, severity): (EventKind, Severity),
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let id = SeriesId::Cluster(number);
        let (bar, ..) = self.bar_of_rises(&product.team);
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let formerly = state.alerts.get(&id).map(|s| s.formerly(kind)).unwrap_or_default();
        let (old, earlier) = match state.alerts.get(&id) {
            Some(ended) if kind == EventKind::Regressed => (Some(ended.clone()), None),
            ended => (None, ended.and_then(Standing::as_earlier)),
        };
        let ended_by = old.as_ref().and_then(|s| Some(s.ended?.1));
        let perhaps = state.perhaps(&product.id, &posts, &id);
        let alone = kind == EventKind::Opened && severity != Severity::Safety;
        let beside = if alone { state.bar_beside(&posts, &id) } else { 0.0 };
        let figures = Figures {
            score: rise.score,
            days: rise.days,
            people: rise.people,
            expected: rise.expected,
            rests_on: rise.rests_on,
            dispersion: rise.dispersion(),
            bar: (beside > 0.0).then_some(bar_for(severity, bar) + beside),
        };
        let core = posts.clone();
        let of_danger = state.of_danger(severity, &posts);
        let before = state.people_a_day(&rise.before);
        let posts = match state.causes.remove(&id) {
            Some(before) => before.posts.into_iter().chain(posts).collect(),
            None => posts,
        };
        state.causes.insert(id.clone(), Cause { posts, core, last: now, evidence, before, figures, perhaps });
        let standing = Standing {
            id: old.as_ref().map_or_else(|| alert_id(&product.id, &id, now), |s| s.id.clone()),
            opened_at: now,
            ended: None,
            told_at: now,
            events: old.as_ref().map_or(0, |s| s.events) + 1,
            told_people: rise.people,
            places: old.as_ref().map(|s| s.places.clone()).unwrap_or_default(),
            severity,
            danger: severity,
            of_danger,
            tally: old.as_ref().map(|s| s.tally.again()).unwrap_or_default(),
            usual: rise.level(),
            acknowledged_by: None,
            back_since: old.as_ref().and_then(|s| Some(s.ended?.0)),
            earlier,
            formerly,
            teams: old.map(|s| s.teams).unwrap_or_default(),
            since: now,
            said: None,
            label: String::new(),
        };
        state.alerts.insert(id.clone(), standing);
        let reason = match (kind, severity) {
            (EventKind::Regressed, _) => Reason::back_after(ended_by),
            (_, Severity::Safety) => Reason::SecondSafetyVoice,
            _ => Reason::MoreThanUsual,
        };
        self.tell(product, &id, kind, reason, now, out);
        if let Some(state) = self.memory.products.get_mut(&product.id) {
            state.fixes.remove(&id);
        }
    }
}
