//! What becomes of a feed's hub while the source runs: asked when it is due, listened to, and not relied upon.

use std::sync::Arc;

use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, sleep_until};
use url::form_urlencoded::Serializer;

use super::fetch::Fetcher;
use super::hub::{Asked, Hub, LEASE_SECONDS, Lease};
use super::memory::Memory;
use crate::edges::sources::callbacks::{Callback, Callbacks, News};
use crate::edges::sources::{Batch, Stopped, Surroundings};
use crate::ground::time::Timestamp;

/// The longest that we wait without looking whether the hub is due.
const LOOK: Duration = Duration::from_secs(3600);

/// Why something that came as if from the hub was not read.
const FORGED: &str = "what came at the address of the feed's hub lacks the hub's signature, and was not read";

/// Why waiting is over.
pub(super) enum Woken {
    /// It is time to ask the feed itself.
    Poll,
    /// The hub sent a document.
    Document(Vec<u8>),
}

/// The hub of one feed.
pub(super) struct Push<'a> {
    name: &'a str,
    around: &'a Surroundings,
    /// None where nobody can call us, or where the settings do not want it.
    callbacks: Option<Arc<Callbacks>>,
    open: Option<(Hub, Callback)>,
    asked: Asked,
    asking: Option<JoinHandle<Result<(), String>>>,
    /// The hub promised to send, and a poll found something that it had not sent.
    broke_word: bool,
}

impl<'a> Push<'a> {
    /// Nothing is asked yet; the address of a promise from before is open at once.
    pub(super) fn new(name: &'a str, wanted: bool, memory: &Memory, around: &'a Surroundings) -> Self {
        let callbacks = around.callbacks.clone().filter(|_| wanted);
        let mut push = Self {
            name,
            around,
            callbacks,
            open: None,
            asked: Asked::default(),
            asking: None,
            broke_word: false,
        };
        push.follow(memory.hub.as_ref());
        push
    }

    /// Opens an address for the hub that the feed names now, and closes another one's.
    pub(super) fn follow(&mut self, hub: Option<&Hub>) {
        if self.open.as_ref().map(|(of, _)| of) == hub {
            return;
        }
        self.asked = Asked::default();
        self.asking = None;
        self.broke_word = false;
        self.open = match (&self.callbacks, hub) {
            (Some(callbacks), Some(hub)) => {
                Some((hub.clone(), callbacks.open(self.name, &hub.hub, &hub.topic)))
            }
            _ => None,
        };
    }

    /// Whether the hub may be relied upon so far that polls can be rare.
    pub(super) fn sends(&self, memory: &Memory) -> bool {
        let now = self.around.clock.now();
        let promised = self.promise(memory).filter(|lease| lease.holds(now));
        self.around.health.pushed_by(promised.map(|lease| lease.of.hub.clone()));
        promised.is_some() && !self.broke_word
    }

    /// A poll found something new although the hub was to send it.
    pub(super) fn was_silent(&mut self) {
        self.broke_word = true;
        if let Some((hub, _)) = &self.open {
            tracing::info!(
                source = self.name,
                hub = hub.hub,
                "the hub did not send what a poll found; polled as without it"
            );
        }
    }

    /// Waits for the next poll, and hears what the hub says until then.
    pub(super) async fn wait(
        &mut self,
        poll: Instant,
        memory: &mut Memory,
        fetcher: &Fetcher,
    ) -> Result<Woken, Stopped> {
        loop {
            let now = self.around.clock.now();
            let due = self.asked.due(self.promise(memory), now);
            if self.open.is_some() && self.asking.is_none() && due <= now {
                self.ask(fetcher, now);
            }
            let until_due = u64::try_from(due.as_millisecond() - now.as_millisecond()).unwrap_or(0);
            let look = Instant::now() + Duration::from_millis(until_due.max(1000)).min(LOOK);
            let news = async {
                match &mut self.open {
                    Some((_, callback)) => callback.news.recv().await,
                    None => std::future::pending().await,
                }
            };
            let answer = async {
                match &mut self.asking {
                    Some(asking) => asking.await,
                    None => std::future::pending().await,
                }
            };
            let news = tokio::select! {
                biased;
                () = self.around.stop.cancelled() => return Err(Stopped),
                answer = answer => {
                    self.asking = None;
                    if let Ok(Err(why)) = answer {
                        self.complain(&why);
                    }
                    continue;
                }
                news = news => news,
                () = sleep_until(poll) => return Ok(Woken::Poll),
                () = sleep_until(look) => continue,
            };
            match news {
                Some(News::Document(body)) => {
                    self.broke_word = false;
                    return Ok(Woken::Document(body));
                }
                Some(News::Subscribed(lease)) => self.subscribed(lease, memory).await?,
                Some(News::Denied(why)) => self.complain(&format!("does not send this feed: {why}")),
                Some(News::Forged) => {
                    tracing::warn!(source = self.name, "{FORGED}");
                    self.around.health.refused(FORGED);
                }
                None => {}
            }
        }
    }

    fn promise<'m>(&self, memory: &'m Memory) -> Option<&'m Lease> {
        memory.lease.as_ref().filter(|lease| self.open.as_ref().is_some_and(|(hub, _)| *hub == lease.of))
    }

    fn ask(&mut self, fetcher: &Fetcher, now: Timestamp) {
        let Some((hub, callback)) = &self.open else { return };
        self.asked.now(now);
        callback.asked();
        let form = Serializer::new(String::new())
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.topic", &hub.topic)
            .append_pair("hub.callback", &callback.address)
            .append_pair("hub.secret", &callback.secret)
            .append_pair("hub.lease_seconds", &LEASE_SECONDS.to_string())
            .finish();
        let (fetcher, hub) = (fetcher.clone(), hub.hub.clone());
        self.asking = Some(tokio::spawn(async move { fetcher.subscribe(&hub, form).await }));
    }

    async fn subscribed(&mut self, lease: Duration, memory: &mut Memory) -> Result<(), Stopped> {
        let Some((hub, _)) = &self.open else { return Ok(()) };
        let now = self.around.clock.now();
        self.asked.answered();
        tracing::info!(
            source = self.name,
            hub = hub.hub,
            seconds = lease.as_secs(),
            "the hub sends what is new"
        );
        self.around.health.pushed_by(Some(hub.hub.clone()));
        memory.lease = Some(Lease::new(hub.clone(), lease, now));
        self.around.hand_over(Batch { cursor: memory.store(), ..Batch::empty(self.name) }).await
    }

    /// A hub that fails is no failure of the feed: it is polled.
    fn complain(&self, why: &str) {
        if let Some((hub, _)) = &self.open {
            tracing::warn!(source = self.name, "the hub {} {why}; the feed is polled", hub.hub);
        }
    }
}

impl Drop for Push<'_> {
    fn drop(&mut self) {
        if let Some(asking) = &self.asking {
            asking.abort();
        }
    }
}
