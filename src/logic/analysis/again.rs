//! A complaint that was told of before grows again. Its cluster is known, so it is judged as what a rule names is: by a series
//! of its own. What is around each post would show it late where few people speak: what an outbreak said is no rare thing to
//! say there afterwards, and its words tell little.

use std::collections::BTreeSet;

use super::around::BELONGS;
use super::by_cluster::About;
use super::product::{ProductState, SeriesId};
use super::state::{Analysis, Outcome};
use crate::ground::alert::{EventKind, Severity};
use crate::ground::time::Timestamp;
use crate::logic::lifecycle::FEWEST_PEOPLE;
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
        self.rise_of_series(id, bar, &About { core: &cause.core, alike: BELONGS, since: Some(ended) }, now)
    }
}
