//! Two open alerts that turn out to be one matter: one goes on, and the other's thread is told where.

use super::product::Merged;
use super::state::{Analysis, Outcome};
use crate::ground::alert::Related;
use crate::ground::reason::Reason;
use crate::ground::time::Timestamp;
use crate::logic::rules::Product;

impl Analysis {
    /// Ends the alerts whose matter another one goes on with: a thread that was begun is ended.
    pub(super) fn tell_merged(&mut self, product: &Product, now: Timestamp, out: &mut Outcome) {
        let Some(state) = self.memory.products.get_mut(&product.id) else { return };
        for Merged { from, into, alert } in std::mem::take(&mut state.merged) {
            let label = alert.label.clone();
            let Some(state) = self.memory.products.get_mut(&product.id) else { return };
            let goes_on = state.alerts.get(&into).map(|other| Related {
                alert: other.id.clone(),
                label: state.name(product, &into),
                people: other.tally.in_all(),
                cluster: into.name(&product.id),
                severity: other.severity,
                shared: 0,
            });
            // It is told as itself, and only then forgotten.
            state.alerts.insert(from.clone(), alert);
            let before = out.events.len();
            self.end(product, &from, Reason::Merged, now, out);
            for event in out.events.iter_mut().skip(before) {
                event.label.clone_from(&label);
                event.beside.perhaps.clone_from(&goes_on);
            }
            if let Some(state) = self.memory.products.get_mut(&product.id) {
                state.alerts.remove(&from);
            }
        }
    }
}
