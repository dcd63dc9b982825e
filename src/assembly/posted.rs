//! From what the analysis decided to the letters that are put into the outbox: the daemon, and a command in its place, do
//! the same.

use crate::edges::store::{ToSend, What};
use crate::ground::alert::Severity;
use crate::logic::analysis::{Analysis, Letter, Outcome};
use crate::logic::letters::{Sender, collected_id, message_id_of};

/// The letters of these outcomes, in order. `operators` get what could hurt somebody and nobody of its teams is left for.
pub(super) fn letters<'o>(
    outcomes: &'o [Outcome],
    analysis: &Analysis,
    sender: &Sender,
    operators: &'o [String],
) -> Vec<ToSend<'o>> {
    outcomes.iter().flat_map(Outcome::letters).filter_map(|l| one(l, analysis, sender, operators)).collect()
}

fn one<'o>(
    letter: Letter<'o>,
    analysis: &Analysis,
    sender: &Sender,
    operators: &'o [String],
) -> Option<ToSend<'o>> {
    match letter {
        Letter::Collected(collected) => Some(ToSend {
            message_id: collected_id(collected, sender),
            to: &collected.deliver_to,
            what: What::Collected(collected),
        }),
        Letter::Event { alert, number, team, mut deliver_to, event } => {
            if deliver_to.is_empty() {
                // What could hurt somebody must not go unread because nobody of the teams is left.
                let event = event.filter(|e| e.severity == Severity::Safety && e.team == team)?;
                if event.addressees().any(|(team, ..)| !analysis.readers(team).is_empty()) {
                    return None;
                }
                deliver_to = operators;
            }
            let what = What::Event { alert, number, team, with_event: event.is_some() };
            let message_id = message_id_of(alert, number, team, sender);
            (!deliver_to.is_empty()).then_some(ToSend { message_id, to: deliver_to, what })
        }
    }
}
