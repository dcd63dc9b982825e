//! Complaints that nobody named: each new one is looked at together with those around it, whatever clusters they went
//! to. A rise becomes an alert of the cluster that most of its posts are in, and gathers the others there; a rise of
//! what is told about already is the same cause.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::product::{ProductState, SeriesId, features_of};
use crate::ground::alert::{Related, Sum};
use crate::ground::post::PostKey;
use crate::ground::time::{DAY_MS, Timestamp, days_between, plus_ms};
use crate::logic::cluster::Near;
use crate::logic::lifecycle::Standing;
use crate::logic::spike::{Heard, Rise, Series, Window, rise};

/// A rise of which so large a part is the evidence of an alert is the same cause, unless …
const SHARED: f64 = 0.3;
/// … its posts, taken together, are less like that alert's than this: an alert that is open for weeks gathers what only
/// touches it, and would swallow new matters one by one.
const BARELY: f32 = 0.2;
/// A rise whose posts, taken together, are so like an alert's is the same cause.
const ALIKE: f32 = 0.41;
/// What has ended takes more to be the same: of rises between 0.46 and 0.6 hardly one in thirty was, and people would be
/// told that something is back that never was there.
const ALIKE_ENDED: f32 = 0.6;
/// So much more alike must it be to all that an alert has heard, which is more than it opened with: sums of many posts
/// lie closer together than sums of few.
const GROWN: f32 = 0.05;
/// A post belongs to what an alert is about if it is so like what that opened with.
pub(super) const BELONGS: f32 = 0.15;
/// A rise so like an open alert, yet not the same cause, has to be clearer to be told as a matter of its own …
const RELATED: f32 = 0.22;
/// … by so much, in powers of ten: a third of such rises are the same matter after all, and more of them where it is loud.
const RELATED_BAR: f64 = 1.0;
/// A rise so like an open alert, yet not the same cause, is told as perhaps the same.
const PERHAPS: f32 = 0.27;
/// Which of the widths of a neighbourhood says whose voice a post is.
const KIN_WIDTH: usize = 4;
/// A cause is remembered for so many days after it was last heard.
const REMEMBERED_DAYS: f64 = 90.0;
/// Posts of a cause that are remembered: the newest.
const MOST_POSTS: usize = 256;
/// Who has so many complaints among those that are kept, about anything, is heard as anybody; who has more weighs less in
/// proportion.
const MANY_COMPLAINTS: f64 = 8.0;
/// A post as it stands among those like it.
#[derive(Clone, Debug, PartialEq)]
pub struct Around {
    /// Its number in the neighbourhood.
    pub number: u64,
    /// Hash of the voice that spoke.
    pub voice: u64,
    /// When it was written.
    pub at: Timestamp,
    /// It tells of something that could hurt somebody.
    pub dangerous: bool,
    /// The posts that are like it.
    pub near: Vec<Near>,
    /// How alike posts must be, for each width.
    pub cuts: Vec<f32>,
}

/// What an alert is about, by the posts behind it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// Posts by their number in the neighbourhood.
    pub(super) posts: BTreeSet<u64>,
    /// Those that it opened with.
    pub(super) core: BTreeSet<u64>,
    /// When it was last heard.
    pub(super) last: Timestamp,
    /// The evidence at the opening.
    pub(super) evidence: Vec<PostKey>,
    /// People a day who had said it before, by day: those that the figures rest on.
    pub(super) before: BTreeMap<i64, u32>,
    /// The figures at the opening.
    pub(super) figures: Figures,
    /// An alert that was open then and may be about the same.
    pub(super) perhaps: Option<Related>,
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
    /// The bar it passed (log10), where that is another than the team's for rises.
    pub(super) bar: Option<f64>,
}

impl Figures {
    pub(super) fn window(&self) -> Window {
        Window { days: self.days, observed: self.people, expected: self.expected }
    }

    /// The score if these had been the people, in so many days.
    pub(super) fn score_of(&self, window: &Window) -> f64 {
        let (days, expected, rests_on) = (self.days, self.expected, self.rests_on);
        let rise = Rise { days, expected, rests_on, ..Rise::default() };
        rise.score_of(window.observed.saturating_sub(1), f64::from(window.days))
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
                weight: self.weight_of(n.voice),
                age: days_between(n.at, now).max(0.0),
                alike: n.alike,
            })
            .collect();
        let watched = self.watched(now);
        let found = rise(&near, around.voice, &around.cuts, self.nearby.known(), watched, |days| {
            self.pool.deaf_days(plus_ms(now, -i64::from(days) * DAY_MS), now)
        });
        if found.people == 0 { Rise::quiet(watched) } else { found }
    }

    /// Days for which complaints are known, less those in which nothing could be heard.
    pub(super) fn watched(&self, now: Timestamp) -> f64 {
        let since = self.nearby.heard_since().or(self.pool.since).unwrap_or(now);
        days_between(since, now).min(730.0) - self.pool.deaf_days(since, now)
    }

    /// What a voice weighs: who complains of everything says less by complaining of this.
    pub(super) fn weight_of(&self, voice: u64) -> f64 {
        (MANY_COMPLAINTS / f64::from(self.nearby.said_by(voice)).max(1.0)).min(1.0)
    }

    /// How much clearer than usual a rise has to be (log10) to be told as a matter of its own, beside the alerts that are open.
    pub(super) fn bar_beside(&self, posts: &BTreeSet<u64>, but: &SeriesId) -> f64 {
        if self.like_open(posts, but) >= RELATED { RELATED_BAR } else { 0.0 }
    }

    /// How like the nearest open alert these posts, taken together, are.
    pub(super) fn like_open(&self, posts: &BTreeSet<u64>, but: &SeriesId) -> f32 {
        self.nearest_open(posts, but).map_or(0.0, |(alike, _)| alike)
    }

    /// The open alert that these posts, taken together, are most like.
    fn nearest_open(&self, posts: &BTreeSet<u64>, but: &SeriesId) -> Option<(f32, &SeriesId)> {
        let open = self.causes.iter().filter(|(id, _)| *id != but && self.is_open(id));
        let alike = open.map(|(id, cause)| (self.alike_cause(posts, cause), id));
        alike.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
    }

    /// The open alert that may be about the same matter as these posts, though not surely.
    pub(super) fn perhaps(&self, product: &str, posts: &BTreeSet<u64>, but: &SeriesId) -> Option<Related> {
        let (_, id) = self.nearest_open(posts, but).filter(|(alike, _)| *alike >= PERHAPS)?;
        let SeriesId::Cluster(number) = id else { return None };
        let (standing, other) = (self.alerts.get(id)?, self.clusters.get(*number)?);
        let label = other.name.clone().unwrap_or_else(|| other.label.clone());
        let (alert, cluster) = (standing.id.clone(), id.name(product));
        let voices = self.voices_of(posts, Timestamp::MIN);
        let shared = voices.iter().filter(|voice| standing.tally.knows(**voice)).count() as u32;
        let (people, severity) = (standing.tally.in_all(), standing.severity);
        Some(Related { alert, label, people, cluster, severity, shared })
    }

    /// How alike these posts are to those of a cause, taken together: to what its alert opened with, or to all that it
    /// has heard since.
    pub(super) fn alike_cause(&self, posts: &BTreeSet<u64>, cause: &Cause) -> f32 {
        let core = self.nearby.alike(posts.iter(), cause.core.iter());
        let grown = self.nearby.alike(posts.iter(), cause.posts.iter().rev());
        core.max(grown - GROWN)
    }

    /// The alert that a rise belongs to: most shared evidence first, then most alike.
    pub(super) fn cause_of(&self, posts: &BTreeSet<u64>, now: Timestamp) -> Option<SeriesId> {
        self.causes
            .iter()
            .filter(|(id, _)| !matches!(id, SeriesId::Shared(_)))
            .filter(|(id, c)| self.is_open(id) || days_between(c.last, now) <= REMEMBERED_DAYS)
            .filter(|(id, _)| self.alerts.contains_key(id))
            .filter_map(|(id, cause)| {
                let shared = posts.intersection(&cause.posts).count() as f64 / posts.len().max(1) as f64;
                let alike = self.alike_cause(posts, cause);
                let open = self.is_open(id);
                let needed = if open { ALIKE } else { ALIKE_ENDED };
                ((shared >= SHARED && alike >= BARELY) || alike >= needed).then_some((shared, alike, id))
            })
            .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(b.2.cmp(a.2)))
            .map(|(.., id)| id.clone())
    }

    /// The alert of those asked for that the posts nearest to this one are about.
    pub(super) fn kin_of(&self, around: &Around, asked: impl Fn(&SeriesId) -> bool) -> Option<SeriesId> {
        let cut = around.cuts.get(KIN_WIDTH).copied().unwrap_or(1.0);
        let near: BTreeSet<u64> = around.near.iter().filter(|n| n.alike >= cut).map(|n| n.number).collect();
        self.causes
            .iter()
            .filter(|(id, _)| asked(id))
            .map(|(id, cause)| (near.intersection(&cause.posts).count(), id))
            .filter(|(shared, _)| *shared >= 2 && *shared as f64 >= SHARED * near.len() as f64)
            .max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1)))
            .map(|(_, id)| id.clone())
    }

    /// Who wrote these posts, of those written after a moment.
    pub(super) fn voices_of<'a>(
        &self,
        posts: impl IntoIterator<Item = &'a u64>,
        after: Timestamp,
    ) -> BTreeSet<u64> {
        let posts = posts.into_iter().filter_map(|number| self.nearby.get(*number));
        posts.filter(|post| post.at > after).map(|post| post.voice).collect()
    }

    pub(super) fn is_open(&self, id: &SeriesId) -> bool {
        self.alerts.get(id).is_some_and(Standing::is_open)
    }

    /// Somebody said again what was called fixed: that alert, and what was said since, if the fix does not hold.
    pub(super) fn broken_fix(
        &mut self,
        id: &SeriesId,
        around: &Around,
        now: Timestamp,
    ) -> Option<(SeriesId, BTreeSet<u64>)> {
        if self.fixes.is_empty() {
            return None;
        }
        let own = Some(id.clone()).filter(|id| self.fixes.contains_key(id));
        let id = own.or_else(|| self.kin_of(around, |id| self.fixes.contains_key(id)))?;
        self.remember(&id, around.number, now);
        let fix = self.fixes.get_mut(&id)?;
        fix.hear(around.at, around.voice, around.number);
        fix.fails(now).then(|| (id.clone(), fix.posts().collect()))
    }

    pub(super) fn keys_of(&self, posts: &BTreeSet<u64>) -> Vec<PostKey> {
        posts.iter().filter_map(|n| self.nearby.get(*n)).map(|p| p.key.clone()).collect()
    }

    /// These posts go to one cluster, and count in its series.
    pub(super) fn gather(&mut self, into: u32, posts: &[PostKey], now: Timestamp) {
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
    pub(super) fn count(&mut self, id: &SeriesId, voices: &[(Timestamp, u64)], now: Timestamp) {
        let pool = &self.pool;
        let series = self.series.entry(id.clone()).or_insert_with(|| Series::new(now, pool));
        for (at, voice) in voices {
            series.also(*at, *voice);
        }
    }

    /// The cluster that a new alert about these posts is given: the one that most of them are in and that has no alert
    /// of another cause; failing that, one of their own.
    pub(super) fn home(&mut self, keys: &[PostKey], own: u32) -> u32 {
        let free = |n: &u32| !self.alerts.contains_key(&SeriesId::Cluster(*n));
        match self.most_are_in(keys, free) {
            Some((number, _)) => number,
            None => self.clusters.split(own, keys, None, features_of).unwrap_or(own),
        }
    }

    /// Of the clusters that will do the one that most of these posts are in, and how many are.
    pub(super) fn most_are_in(
        &self,
        keys: &[PostKey],
        will_do: impl Fn(&u32) -> bool,
    ) -> Option<(u32, usize)> {
        let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
        for number in keys.iter().filter_map(|k| self.clusters.of_post(k)).filter(will_do) {
            *counts.entry(number).or_default() += 1;
        }
        counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
    }

    /// One more post was heard where an alert is about something: whether it is about that.
    pub(super) fn remember(&mut self, id: &SeriesId, post: u64, now: Timestamp) -> bool {
        let nearby = &self.nearby;
        let Some(cause) = self.causes.get_mut(id) else { return true };
        let belongs = nearby.alike([post].iter(), cause.core.iter()) >= BELONGS;
        if belongs {
            cause.posts.insert(post);
        }
        while cause.posts.len() > MOST_POSTS {
            cause.posts.pop_first();
        }
        cause.last = now;
        belongs
    }
}

#[cfg(test)]
mod tests {
    use super::super::state::Analysis;
    use super::super::tests::rising;
    use super::*;

    #[test]
    fn what_is_like_an_open_alert_has_to_be_clearer_to_be_told_beside_it() {
        let mut analysis = Analysis::default();
        // Until the alert is open.
        for entry in &rising() {
            if !analysis.fold(entry).events.is_empty() {
                break;
            }
        }
        let state = analysis.product("mini-9").unwrap();
        let (id, cause) = state.causes.iter().find(|(id, _)| state.is_open(id)).unwrap();
        let nobody = SeriesId::Cluster(u32::MAX);
        assert_eq!(state.bar_beside(&cause.core, &nobody), RELATED_BAR);
        assert_eq!(state.bar_beside(&cause.core, id), 0.0, "it does not stand in its own way");
        let others: BTreeSet<u64> = (0..9).filter(|n| !cause.posts.contains(n)).collect();
        assert!(others.len() > 3, "{others:?}");
        assert_eq!(state.bar_beside(&others, &nobody), 0.0, "what is about something else is told as ever");
    }
}
