//! What people decide, and what follows from it.

use std::sync::Arc;

use super::product::{ProductState, SeriesId, features_of};
use super::state::{Analysis, Outcome};
use crate::ground::alert::Reason;
use crate::ground::entry::{Act, Deed};
use crate::ground::time::Timestamp;

/// "Not an issue" raises the bar of its series by so many powers of ten.
const NOT_AN_ISSUE: f64 = 1.0;

impl Analysis {
    pub(super) fn act(&mut self, act: &Act, now: Timestamp, out: &mut Outcome) {
        match &act.what {
            Deed::Acknowledge { alert } => {
                if let Some((product, id)) = self.find(alert)
                    && let Some(standing) =
                        self.memory.products.get_mut(&product).and_then(|p| p.alerts.get_mut(&id))
                {
                    standing.acknowledged_by = Some(act.by.clone());
                }
            }
            Deed::Resolve { alert } => self.end_by_hand(alert, Reason::ResolvedByHand, now, out),
            Deed::Silence { scope, until, .. } => {
                self.memory.silences.insert(scope.clone(), *until);
            }
            Deed::Merge { from, into } => {
                if let (Some((product, from)), Some((other, into))) = (split_id(from), split_id(into))
                    && product == other
                    && let Some(state) = self.memory.products.get_mut(product)
                {
                    let (from, into) = (state.clusters.resolve(from), state.clusters.resolve(into));
                    state.clusters.join(from, into);
                    state.follow_merge(from, into);
                }
            }
            Deed::Split { cluster, posts } => {
                if let Some((state, number)) = self.home_of(cluster) {
                    state.clusters.split(number, posts, features_of);
                }
            }
            Deed::Name { cluster, name } => {
                if let Some((state, number)) = self.home_of(cluster) {
                    state.clusters.name(number, name);
                }
            }
            Deed::Ignore { cluster, ignored, .. } => {
                if let Some((state, number)) = self.home_of(cluster) {
                    state.clusters.ignore(number, *ignored);
                }
            }
            Deed::Feedback { alert, useful } => {
                if !*useful {
                    if let Some((product, id)) = self.find(alert)
                        && let Some(state) = self.memory.products.get_mut(&product)
                    {
                        *state.raised.entry(id).or_default() += NOT_AN_ISSUE;
                    }
                    self.end_by_hand(alert, Reason::NotAnIssue, now, out);
                }
            }
        }
    }

    fn end_by_hand(&mut self, alert: &str, reason: Reason, now: Timestamp, out: &mut Outcome) {
        let Some((product, id)) = self.find(alert) else { return };
        let rules = Arc::clone(&self.rules);
        if let Some(product) = rules.products.iter().find(|p| p.id == product) {
            self.end(product, &id, reason, now, out);
        }
    }

    /// The product that a cluster belongs to, and the cluster's number.
    fn home_of(&mut self, cluster: &str) -> Option<(&mut ProductState, u32)> {
        let (product, number) = split_id(cluster)?;
        Some((self.memory.products.get_mut(product)?, number))
    }

    /// Product and series of an alert.
    fn find(&self, alert: &str) -> Option<(String, SeriesId)> {
        self.memory.products.iter().find_map(|(product, state)| {
            let (id, _) = state.alerts.iter().find(|(_, standing)| standing.id == alert)?;
            Some((product.clone(), id.clone()))
        })
    }
}

/// `mini-9.c17` → product and number.
fn split_id(cluster: &str) -> Option<(&str, u32)> {
    let (product, number) = cluster.rsplit_once(".c")?;
    Some((product, number.parse().ok()?))
}
