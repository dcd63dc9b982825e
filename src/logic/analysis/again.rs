//! A complaint that was told of before grows again. Its cluster is known, so it is judged as what a rule names is: by a series
//! of its own. What is around each post would show it late where few people speak: what an outbreak said is no rare thing to
//! say there afterwards, and its words tell little.

use std::collections::BTreeSet;

use super::around::BELONGS;
use super::product::{ProductState, SeriesId};
use super::state::{Analysis, Outcome};
use crate::ground::alert::{EventKind, Severity};
use crate::ground::post::PostKey;
use crate::ground::time::{Timestamp, days_between};
use crate::logic::cluster::Neighbour;
use crate::logic::lifecycle::{FEWEST_PEOPLE, Verdict, should_open};
use crate::logic::rules::Product;
use crate::logic::spike::Rise;

impl Analysis {
    /// Somebody said what an alert that is over was about: it comes back if by its own series enough have since then.
    pub(super) fn again_in_its_cluster(
        &mut self,
        product: &Product,
        id: &SeriesId,
        now: Timestamp,
        out: &mut Outcome,
    ) {
        let (of_evidence, ..) = self.bar_of(&product.team);
        let (of_rises, ..) = self.bar_of_rises(&product.team);
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        let raised = state.raised.get(id).copied().unwrap_or(0.0);
        let Some(rise) = state.growing_again(id, of_evidence + raised, now) else { return };
        // Told in the figures of every rise, so that the sum can be redone.
        if rise.people < FEWEST_PEOPLE || rise.score < of_rises + raised {
            return;
        }
        let (Some(standing), SeriesId::Cluster(number)) = (state.alerts.get(id), id) else { return };
        let kind = if standing.can_regress(now) { EventKind::Regressed } else { EventKind::Opened };
        let posts: BTreeSet<u64> = rise.posts.iter().copied().collect();
        let keys = state.keys_of(&posts);
        // A topic that somebody wrote for it since then tells of it: one cause, one alert.
        if state.is_told_by_a_topic(&keys, now) {
            return;
        }
        self.open_rise(product, *number, &rise, posts, keys, (kind, Severity::Normal), now, out);
    }
}

impl ProductState {
    /// The rise of a series whose alert is over: who has said it since then, in the window that shows it best, and is about
    /// what the alert was about. `None` where the evidence is under the bar (log10).
    fn growing_again(&self, id: &SeriesId, bar: f64, now: Timestamp) -> Option<Rise> {
        let ((ended, _), cause) = (self.alerts.get(id)?.ended?, self.causes.get(id)?);
        let series = self.series.get(id)?;
        if series.score(now, &self.pool) < bar {
            return None;
        }
        let reading = series.read(now, &self.pool);
        let verdict = should_open(&reading, series.people(28), Severity::Normal, bar);
        let Verdict::Happened(..) = verdict else { return None };
        let window = reading.window;
        let keys: BTreeSet<&PostKey> = self.members(id)?.iter().map(|member| &member.quote.key).collect();
        let belongs = |n: u64| self.nearby.alike([n].iter(), cause.core.iter()) >= BELONGS;
        let all = self.nearby.all().filter(|post| keys.contains(&post.key) && belongs(post.number));
        let is_new = |at: Timestamp| at > ended && days_between(at, now) < f64::from(window.days);
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
}
