//! Brings letters out: takes those that are due, sends several at a time so that a slow recipient delays no other team,
//! and writes down what became of each at once. It has a connection of its own to the store, so that no work of the
//! engine lies between the server's 250 and the note of it: a crash there repeats the letter.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet, spawn_blocking};
use tokio_util::sync::CancellationToken;

use crate::edges::mail::{Outcome, Stationery, Transport, to_message};
use crate::edges::store::{About, OutboxItem, Store, StoreError, Verdict};
use crate::ground::letter::Letter;
use crate::ground::time::Clock;
use crate::logic::letters::{Sender, collected, in_its_thread, letter, letter_for};
use crate::logic::links::those_who_left;

/// Letters under way at once: each may be repeated by a crash, so not many.
const AT_ONCE: usize = 4;
/// How often the outbox is looked into.
const EVERY: Duration = Duration::from_millis(250);
/// How long to wait before what became of a letter is written again, when the disk is full.
const FULL: Duration = Duration::from_secs(1);

/// Addresses that the mail server refuses for good, each with what it said.
type Refused = Vec<(String, String)>;

/// What every attempt needs.
pub struct Postman {
    transport: Arc<Transport>,
    from: Stationery,
    sender: Sender,
    clock: Arc<dyn Clock>,
    store: Mutex<Store>,
    /// History is lived through: the machine's clock says nothing of when a letter would have gone.
    replays: bool,
}

/// Starts a postman; it ends after `stop`, when the letters under way are done.
pub(super) fn start(postman: Arc<Postman>, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(work(postman, stop))
}

async fn work(postman: Arc<Postman>, stop: CancellationToken) {
    let mut under_way: BTreeSet<String> = BTreeSet::new();
    let mut tasks: JoinSet<String> = JoinSet::new();
    let mut look = tokio::time::interval(EVERY);
    loop {
        if stop.is_cancelled() && tasks.is_empty() {
            return;
        }
        tokio::select! {
            biased;
            Some(done) = tasks.join_next() => {
                if let Ok(id) = done {
                    under_way.remove(&id);
                }
                // More may be due: a thread goes letter by letter.
                look.reset_immediately();
            }
            () = stop.cancelled(), if !stop.is_cancelled() => {}
            _ = look.tick(), if !stop.is_cancelled() && tasks.len() < AT_ONCE => {
                for item in postman.due(&under_way, AT_ONCE - tasks.len()).await {
                    under_way.insert(item.message_id.clone());
                    let postman = Arc::clone(&postman);
                    tasks.spawn(async move {
                        let id = item.message_id.clone();
                        postman.bring(item).await;
                        id
                    });
                }
            }
        }
    }
}

impl Postman {
    /// A postman who has not started. With `replays`, history is lived through.
    pub fn new(
        store: Store,
        transport: Arc<Transport>,
        from: Stationery,
        sender: Sender,
        clock: Arc<dyn Clock>,
        replays: bool,
    ) -> Arc<Self> {
        Arc::new(Self { transport, from, sender, clock, store: Mutex::new(store), replays })
    }

    /// One attempt at a letter, noted.
    pub async fn bring(self: &Arc<Self>, item: OutboxItem) {
        let (verdict, refused) = self.attempt(&item).await;
        log(&item, &verdict);
        self.write_down(item, verdict, refused).await;
    }

    /// Letters that may go now, but for those that are under way.
    pub async fn due(self: &Arc<Self>, under_way: &BTreeSet<String>, most: usize) -> Vec<OutboxItem> {
        let (postman, under_way) = (Arc::clone(self), under_way.clone());
        let due = spawn_blocking(move || {
            let now = postman.clock.now();
            let store = postman.store.lock().unwrap_or_else(PoisonError::into_inner);
            let due = store.due(now, most + under_way.len())?;
            Ok::<_, StoreError>(
                due.into_iter().filter(|i| !under_way.contains(&i.message_id)).take(most).collect(),
            )
        });
        match due.await {
            Ok(Ok(due)) => due,
            Ok(Err(e)) => {
                tracing::error!("{e}; letters wait");
                Vec::new()
            }
            Err(_) => Vec::new(),
        }
    }

    /// Writes down what became of a letter, however long the disk is full: forgetting it would repeat the letter.
    async fn write_down(self: &Arc<Self>, item: OutboxItem, verdict: Verdict, refused: Refused) {
        let all = Arc::new((item, verdict, refused));
        loop {
            let (postman, all) = (Arc::clone(self), Arc::clone(&all));
            let done = spawn_blocking(move || {
                let now = postman.clock.now();
                let (item, verdict, refused) = all.as_ref();
                postman
                    .store
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .tried(item, now, verdict, refused)
            });
            match done.await {
                Ok(Ok(_)) => return,
                Ok(Err(e)) => tracing::error!("{e}; what became of a letter is not written down yet"),
                Err(_) => return,
            }
            let postman = Arc::clone(self);
            let _ = spawn_blocking(move || postman.clock.wait(FULL)).await;
        }
    }
}

impl Postman {
    /// One attempt at one letter. It is made from the event now, so that nothing is quoted that was deleted since, and goes
    /// to nobody who has left meanwhile. Where it has links each reader gets a copy, since the links name the reader.
    async fn attempt(self: &Arc<Self>, item: &OutboxItem) -> (Verdict, Refused) {
        let readers = self.readers(item).await;
        if readers.is_empty() {
            let answer = "to nobody: its readers have taken themselves off the list".into();
            return (Verdict::Sent { answer }, Vec::new());
        }
        match self.sender.desk {
            Some(_) => self.copies(item, readers).await,
            None => self.one_for_all(item, &readers).await,
        }
    }

    /// Those who still wait for the letter, and want it.
    async fn readers(self: &Arc<Self>, item: &OutboxItem) -> Vec<String> {
        let (postman, team) = (Arc::clone(self), item.team().to_owned());
        let left = spawn_blocking(move || {
            let store = postman.store.lock().unwrap_or_else(PoisonError::into_inner);
            Ok::<_, StoreError>(those_who_left(&store.acts()?).remove(&team).unwrap_or_default())
        });
        let left = match left.await {
            Ok(Ok(left)) => left,
            Ok(Err(e)) => {
                tracing::error!("{e}; nobody is taken for having left");
                Default::default()
            }
            Err(_) => Default::default(),
        };
        let gone = |address: &String| left.keys().any(|a| a.eq_ignore_ascii_case(address));
        // Those who run the service get what nobody of the team is left for.
        let instead = matches!(&item.about, About::Event(event) if event.deliver_to.is_empty());
        item.recipients.iter().filter(|a| instead || !gone(a)).cloned().collect()
    }

    async fn copies(self: &Arc<Self>, item: &OutboxItem, readers: Vec<String>) -> (Verdict, Refused) {
        let mut left = readers.clone();
        let (mut taken, mut refused, mut later) = (None, Vec::new(), Vec::new());
        for address in &readers {
            let message = match to_message(&self.write(item, Some(address)), &self.from) {
                Ok(message) => message,
                Err(e) => {
                    left.retain(|a| a != address);
                    refused.push((address.clone(), e.to_string()));
                    continue;
                }
            };
            match self.transport.send(&message).await {
                Outcome::Sent { answer, .. } => {
                    left.retain(|a| a != address);
                    taken = Some(answer);
                    self.note_delivered(item, &left).await;
                }
                Outcome::Refused { why } => {
                    tracing::error!(address, why, "the mail server refuses this letter to this address");
                    left.retain(|a| a != address);
                    refused.push((address.clone(), why));
                }
                Outcome::TryLater { why } | Outcome::Unclear { why } => later.push(why),
                // The next would have to wait as long for nothing.
                Outcome::Unreachable { why } => {
                    later.push(why);
                    break;
                }
            }
        }
        let verdict = match (left.is_empty(), taken) {
            (false, _) => Verdict::Partly { left, why: later.join("; ") },
            (true, Some(answer)) => Verdict::Sent { answer },
            (true, None) => Verdict::Refused {
                why: refused.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>().join("; "),
            },
        };
        (verdict, refused)
    }

    /// Writes down who still waits, so that a crash repeats one copy at the most.
    async fn note_delivered(self: &Arc<Self>, item: &OutboxItem, left: &[String]) {
        let (postman, item, left) = (Arc::clone(self), item.clone(), left.to_vec());
        let noted = spawn_blocking(move || {
            postman.store.lock().unwrap_or_else(PoisonError::into_inner).delivered(&item, &left)
        });
        if let Ok(Err(e)) = noted.await {
            tracing::error!("{e}; a crash now would repeat a letter");
        }
    }

    async fn one_for_all(&self, item: &OutboxItem, readers: &[String]) -> (Verdict, Refused) {
        let mut refused = Vec::new();
        let message = match to_message(&self.write(item, None), &self.from) {
            Ok(message) => message,
            Err(e) => return (Verdict::Refused { why: e.to_string() }, refused),
        };
        let Some(message) = message.only_to(readers) else {
            let why = "no recipient is left that the server would take".into();
            return (Verdict::Refused { why }, refused);
        };
        let verdict = match self.transport.send(&message).await {
            Outcome::Sent { answer, left_out } => {
                let again: Vec<String> =
                    left_out.iter().filter(|l| !l.for_good).map(|l| l.address.clone()).collect();
                for out in left_out.iter().filter(|l| l.for_good) {
                    tracing::error!(
                        address = out.address,
                        why = out.why,
                        "the mail server refuses this address; correct it in teams.toml"
                    );
                    refused.push((out.address.clone(), out.why.clone()));
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
            Outcome::TryLater { why } | Outcome::Unreachable { why } | Outcome::Unclear { why } => {
                Verdict::Later { why }
            }
            Outcome::Refused { why } => Verdict::Refused { why },
        };
        (verdict, refused)
    }
}

impl Postman {
    /// The letter, for all or as the copy of one reader.
    fn write(&self, item: &OutboxItem, address: Option<&str>) -> Letter {
        let sender = &self.sender;
        let mut letter = match (&item.about, address) {
            (About::Event(event), Some(address)) => letter_for(event, sender, address, item.made_at),
            (About::Event(event), None) => letter(event, sender),
            (About::Collected(list, events), address) => {
                collected(list, events, sender, address, item.made_at)
            }
        };
        if let About::Event(event) = &item.about {
            // In history a letter that waited is of the hour of its team that it waited for.
            let due = event.routing.wait.and_then(|wait| wait.until).filter(|_| self.replays);
            in_its_thread(&mut letter, event, item.begun_by, due.unwrap_or(item.made_at), sender);
        }
        if letter.to.is_empty() {
            letter.to.clone_from(&item.recipients);
        }
        if let Some(why) = &letter.fallback {
            tracing::error!(
                why,
                "a template of [mail] templates cannot be used; the built-in one took its place"
            );
        }
        letter
    }
}

fn log(item: &OutboxItem, verdict: &Verdict) {
    let alert = match &item.about {
        About::Event(event) => event.alert.as_str(),
        About::Collected(..) => "several",
    };
    match verdict {
        Verdict::Sent { answer } => {
            tracing::info!(alert, message_id = item.message_id, answer, "letter sent")
        }
        Verdict::Partly { why, .. } | Verdict::Later { why } => {
            let attempts = item.attempts + 1;
            tracing::warn!(
                alert,
                message_id = item.message_id,
                attempts,
                why,
                "letter not sent yet; it will be tried again"
            );
        }
        Verdict::Refused { why } => {
            tracing::error!(
                alert,
                message_id = item.message_id,
                why,
                "letter refused; `groundswell status` shows it"
            );
        }
    }
}
