//! Brings letters out: asks for those that are due, sends several at a time so that a slow server delays no other team,
//! and reports what became of each.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::engine::Order;
use crate::edges::mail::{Mailbox, Outcome, Transport, to_message};
use crate::edges::store::{OutboxItem, Verdict};
use crate::logic::letters::{Sender, letter};

/// Letters under way at once.
const AT_ONCE: usize = 16;
/// How often the outbox is looked into.
const EVERY: Duration = Duration::from_millis(250);

/// Starts the postman; it ends after `stop`, when the letters under way are done.
pub(super) fn start(
    transport: Transport,
    from: Mailbox,
    sender: Sender,
    orders: mpsc::Sender<Order>,
    stop: CancellationToken,
) -> JoinHandle<()> {
    let shared = Arc::new((transport, from, sender));
    tokio::spawn(async move {
        let mut under_way: BTreeSet<String> = BTreeSet::new();
        let mut tasks: JoinSet<(OutboxItem, Verdict)> = JoinSet::new();
        let mut look = tokio::time::interval(EVERY);
        loop {
            tokio::select! {
                biased;
                Some(done) = tasks.join_next() => {
                    let Ok((item, verdict)) = done else { continue };
                    let id = item.message_id.clone();
                    if orders.send(Order::Tried(Box::new(item), verdict)).await.is_err() {
                        return;
                    }
                    under_way.remove(&id);
                }
                () = stop.cancelled(), if !stop.is_cancelled() || tasks.is_empty() => {
                    if tasks.is_empty() {
                        return;
                    }
                }
                _ = look.tick(), if !stop.is_cancelled() && tasks.len() < AT_ONCE => {
                    for item in due(&orders, &under_way).await.into_iter().take(AT_ONCE - tasks.len()) {
                        under_way.insert(item.message_id.clone());
                        let shared = Arc::clone(&shared);
                        tasks.spawn(async move {
                            let (transport, from, sender) = &*shared;
                            let verdict = attempt(transport, from, sender, &item).await;
                            (item, verdict)
                        });
                    }
                }
            }
        }
    })
}

async fn due(orders: &mpsc::Sender<Order>, under_way: &BTreeSet<String>) -> Vec<OutboxItem> {
    let (answer, wait) = oneshot::channel();
    if orders.send(Order::Due(under_way.clone(), answer)).await.is_err() {
        return Vec::new();
    }
    wait.await.unwrap_or_default()
}

/// One attempt at one letter. The letter is made from the event now, so that nothing is quoted that was deleted since.
async fn attempt(transport: &Transport, from: &Mailbox, sender: &Sender, item: &OutboxItem) -> Verdict {
    let message = match to_message(&letter(&item.event, sender), from) {
        Ok(message) => message,
        Err(e) => return Verdict::Refused { why: e.to_string() },
    };
    let Some(message) = message.only_to(&item.recipients) else {
        return Verdict::Refused { why: "no recipient is left that the server would take".into() };
    };
    match transport.send(&message).await {
        Outcome::Sent { answer, left_out } => {
            let again: Vec<String> =
                left_out.iter().filter(|l| !l.for_good).map(|l| l.address.clone()).collect();
            for refused in left_out.iter().filter(|l| l.for_good) {
                tracing::error!(
                    address = refused.address,
                    why = refused.why,
                    "the mail server refuses this address; correct it in teams.toml"
                );
            }
            if again.is_empty() {
                Verdict::Sent { answer }
            } else {
                let why = left_out
                    .iter()
                    .map(|l| format!("{}: {}", l.address, l.why))
                    .collect::<Vec<_>>()
                    .join("; ");
                Verdict::Partly { left: again, why }
            }
        }
        Outcome::TryLater { why } | Outcome::Unclear { why } => Verdict::Later { why },
        Outcome::Refused { why } => Verdict::Refused { why },
    }
}
