//! What the series of a cluster says beside what is around one post. Around a post are those who said it in much the same
//! words; a cluster knows those who said it in others. So it hears a slow growth that is spread over many wordings, and
//! knows better where what looks new is said all along.

use std::collections::BTreeSet;

use super::product::{ProductState, SeriesId};
use super::state::{Analysis, Outcome};
use crate::ground::alert::{EventKind, Severity};
use crate::ground::post::PostKey;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::cluster::Neighbour;
use crate::logic::lifecycle::{FEWEST_PEOPLE, Verdict, should_open};
use crate::logic::rules::Product;
use crate::logic::spike::{FEWEST_DAYS, Rise};

/// How much clearer (powers of ten) than a topic that somebody wrote a cluster has to grow: clusters are many, and what is
/// around their posts watches them already.
const CLEARER: f64 = 1.0;
/// A post is about what the new one says if it is so like it.
const SAYS_SO: f32 = 0.2;
/// What is so like an open alert is heard there: a cluster beside it lives on posts that are nearly its own.
const BESIDE: f32 = 0.35;
/// A rise lies in a cluster if so large a part of its posts does.
const LIES_IN: f64 = 0.7;
/// … and is none if that cluster's own series has less evidence than this (powers of ten): as one day in twenty.
pub(super) const SHOWS: f64 = 1.3;

/// Which posts of a cluster a rise is made of.
pub(super) struct About<'a> {
    /// Those that say it.
    pub(super) core: &'a BTreeSet<u64>,
    /// How like them a post must be.
    pub(super) alike: f32,
    /// What was written until then is over.
    pub(super) since: Option<Timestamp>,
}

impl Analysis {
    /// Somebody said what nobody was told of: an alert opens if by the series of its cluster it clearly grows.
    pub(super) fn grows_in_its_cluster(
        &mut self,
        product: &Product,
        id: &SeriesId,
        post: u64,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let (of_evidence, ..) = self.bar_of(&product.team);
        let (of_rises, ..) = self.bar_of_rises(&product.team);
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let SeriesId::Cluster(number) = id else { return };
        if state.alerts.contains_key(id) {
            return;
        }
        let about = About { core: &BTreeSet::from([post]), alike: SAYS_SO, since: None };
        let Some(rise) = state.rise_of_series(id, of_evidence + CLEARER, &about, now) else { return };
        // Told in the figures of every rise, so that the sum can be redone.
        if rise.people < FEWEST_PEOPLE || rise.score < of_rises {
            return;
        }
        // As around a post: a stretch is judged by a past that is longer, and the first days of an installation by none.
        if state.watched(now) < f64::from(rise.days) * FEWEST_DAYS {
            return;
        }
        let posts: BTreeSet<u64> = rise.posts.iter().copied().collect();
        let keys = state.keys_of(&posts);
        if state.is_told_by_a_topic(&keys, now) || state.cause_of(&posts, now).is_some() {
            return;
        }
        if state.like_open(&posts, id) >= BESIDE || rise.score < of_rises + state.bar_beside(&posts, id) {
            return;
        }
        self.open_rise(product, *number, &rise, posts, keys, (EventKind::Opened, Severity::Normal), now, out);
    }
}

impl ProductState {
    /// The rise of a series: who has said what it is about in the window that shows it best. `None` where the evidence is
    /// under the bar (log10).
    pub(super) fn rise_of_series(
        &self,
        id: &SeriesId,
        bar: f64,
        about: &About<'_>,
        now: Timestamp,
    ) -> Option<Rise> {
        let series = self.series.get(id)?;
        if series.score(now, &self.pool) < bar {
            return None;
        }
        let reading = series.read(now, &self.pool);
        let verdict = should_open(&reading, series.people(28), Severity::Normal, bar);
        let Verdict::Happened(..) = verdict else { return None };
        let window = reading.window;
        let keys: BTreeSet<&PostKey> = self.members(id)?.iter().map(|member| &member.quote.key).collect();
        let belongs = |n: u64| {
            about.core.contains(&n) || self.nearby.alike([n].iter(), about.core.iter()) >= about.alike
        };
        let all = self.nearby.all().filter(|post| keys.contains(&post.key) && belongs(post.number));
        let is_new = |at: Timestamp| {
            about.since.is_none_or(|since| at > since) && days_between(at, now) < f64::from(window.days)
        };
        let (new, before): (Vec<_>, Vec<_>) = all.partition(|post| is_new(post.at));
        let people = new.iter().map(|post| post.voice).collect::<BTreeSet<u64>>().len() as u32;
        let numbers = |of: &[&Neighbour]| of.iter().map(|post| post.number).collect();
        let rise = Rise {
            days: window.days,
            people,
            weight: f64::from(people.saturating_sub(1)),
            expected: window.expected,
            rests_on: reading.sum.level_shape,
            posts: numbers(&new),
            before: numbers(&before),
            ..Rise::default()
        };
        let score = rise.score_of(people.saturating_sub(1), f64::from(window.days));
        Some(Rise { score, ..rise })
    }

    /// The evidence (log10) of the cluster that these posts lie in, where that is too little: somebody says it all along, in
    /// other words. `None` where they lie in no cluster, or it shows them, too. `besides` would say it now.
    pub(super) fn is_usual_in_its_cluster(
        &self,
        keys: &[PostKey],
        besides: Option<u64>,
        now: Timestamp,
    ) -> Option<f64> {
        let (most, inside) = self.most_are_in(keys, |_| true)?;
        // Where an alert was, its own series began anew when that ended, and says nothing of before.
        let id = SeriesId::Cluster(most);
        if self.alerts.contains_key(&id) || (inside as f64) < LIES_IN * keys.len() as f64 {
            return None;
        }
        let mut series = self.series.get(&id)?.clone();
        series.advance(now, &self.pool);
        if let Some(voice) = besides {
            series.hear(now, now, voice, &self.pool);
        }
        Some(series.score(now, &self.pool)).filter(|score| *score < SHOWS)
    }
}
