//! The steps that a letter offers.

use crate::ground::alert::{AlertEvent, EventKind, Reason};
use crate::logic::links::Purpose;

/// What can be done about an alert after this event, as it stands on the buttons. What is over can be called no issue at
/// the most.
pub(super) fn actions(event: &AlertEvent) -> Vec<(Purpose, &'static str)> {
    match (event.kind, event.reason) {
        (EventKind::Resolved, Reason::NotAnIssue) => Vec::new(),
        (EventKind::Resolved, _) => vec![(Purpose::NotAnIssue, "It was not an issue")],
        _ => vec![
            (Purpose::Acknowledge, "Seen it"),
            (Purpose::NotAnIssue, "Not an issue"),
            (Purpose::Silence, "Silence 7 days"),
            (Purpose::Fixed, "Fixed"),
        ],
    }
}
