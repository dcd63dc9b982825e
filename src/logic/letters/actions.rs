//! The steps that a letter offers.

use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::reason::Reason;
use crate::logic::links::Purpose;

/// What can be done about an alert after this event, and what the button says (a message of the catalogue). What is over can
/// be called no issue at the most.
pub(super) fn actions(event: &AlertEvent) -> Vec<(Purpose, &'static str)> {
    match (event.kind, event.reason) {
        (EventKind::Resolved, Reason::NotAnIssue) => Vec::new(),
        (EventKind::Resolved, _) => vec![(Purpose::NotAnIssue, "do-was-not-an-issue")],
        _ => vec![
            (Purpose::Acknowledge, "do-seen"),
            (Purpose::NotAnIssue, "do-not-an-issue"),
            (Purpose::Silence, "do-silence"),
            (Purpose::Fixed, "do-fixed"),
        ],
    }
}
