//! What the journal says of alerts.

use crate::ground::alert::AlertEvent;

/// One line for each thing that happens to an alert, with its reason.
pub(super) fn log_event(event: &AlertEvent) {
    tracing::info!(
        alert = event.alert,
        product = event.product,
        label = event.label,
        observed = event.observed,
        expected = event.expected,
        days = event.window_days,
        reason = event.reason.name(),
        "alert {}",
        event.kind
    );
}
