//! Listening: from frames to batches, over as many connections as it takes.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;
use url::Url;

use super::connect::{Begin, FIRST_TIME_US, Known, NoConnection, Socket, version};
use super::event::{self, Event, Frame, Says, Version, from_us};
use super::seen::Seen;
use super::{JetstreamConfig, LEAST_IDLE, MAX_MESSAGE_BYTES, Position, UNKNOWN_IDLE};
use crate::edges::sources::{Batch, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, Reject, State, Stopped, Surroundings};
use crate::ground::account::AccountNews;
use crate::ground::post::Incoming;
use crate::ground::time::{HOUR_MS, Timestamp};
use crate::logic::patience::{Bounds, Patience};

/// How far before the position we begin again.
const OVERLAP_US: i64 = 5_000_000;
/// How long the servers keep events.
const KEPT_MS: i64 = 36 * HOUR_MS;
/// Marks of past events: more than ten seconds of the busiest moments.
const MAX_SEEN: usize = 60_000;
/// A position without posts is handed over at most this often.
const POSITION_EVERY: Duration = Duration::from_secs(1);

/// Why a connection is over.
pub(super) enum End {
    /// It is time to stop.
    Stopped,
    /// The connection is lost, or there was none.
    Lost {
        /// Whether anything came over it.
        heard: bool,
        /// Continues the server's address.
        why: String,
    },
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// How far back the next connection begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Start {
    /// At our position.
    Position,
    /// At the oldest event that the server has: it said that our position is too old.
    Oldest,
    /// With what comes now: it said so of that as well.
    Now,
}

/// What stays over all connections.
pub(super) struct Listener<'a> {
    name: &'a str,
    config: &'a JetstreamConfig,
    around: &'a Surroundings,
    known: Known,
    seen: Seen,
    start: Start,
    /// Latest server time seen.
    latest: Option<i64>,
    /// Latest number of an event, and the server that gave it.
    seq: Option<(i64, String)>,
    /// Latest server time handed over.
    handed_over: Option<i64>,
    batch: Batch,
    /// What goes into the batch, with the server's time.
    items: Vec<(i64, Incoming)>,
    batch_bytes: usize,
    last_flush: Instant,
    /// We were away for longer than the server keeps events: the first event will say where the gap ends.
    deaf_since: Option<Timestamp>,
    /// How long it may be silent.
    patience: Patience,
}

impl<'a> Listener<'a> {
    /// Begins at a stored position, or with what comes now.
    pub(super) fn new(
        name: &'a str,
        config: &'a JetstreamConfig,
        around: &'a Surroundings,
        position: Option<Position>,
    ) -> Self {
        let latest = position.as_ref().map(|p| p.time_us);
        let recent = position.as_ref().map_or("", |p| p.recent.as_str());
        let edits = position.as_ref().map_or(&[][..], |p| p.edits.as_slice());
        let patience = position.as_ref().map(|p| p.patience.clone()).unwrap_or_default();
        Self {
            name,
            config,
            around,
            known: Known::default(),
            seen: Seen::new(MAX_SEEN, recent, edits, latest.unwrap_or_default()),
            start: Start::Position,
            latest,
            seq: position.and_then(|p| p.seq),
            handed_over: latest,
            batch: Batch::empty(name),
            items: Vec::new(),
            batch_bytes: 0,
            last_flush: Instant::now(),
            deaf_since: None,
            patience,
        }
    }

    /// One connection, from its first to its last frame.
    pub(super) async fn listen(&mut self, host: &Url) -> Result<std::convert::Infallible, End> {
        let now = self.around.clock.now();
        if let Some(latest) = self.latest.map(from_us)
            && now.as_millisecond() - latest.as_millisecond() > KEPT_MS
        {
            self.deaf_since.get_or_insert(latest);
        }
        let stop = self.around.stop.clone();
        let mut socket = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(End::Stopped),
            socket = self.connect(host) => socket.map_err(|why| End::Lost { heard: false, why })?,
        };
        self.around.health.peer(Some(host.to_string()));
        let version = version(host);
        let mut heard = false;
        let mut last_frame = Instant::now();
        let (mut silent_since, mut allowed) = (self.around.clock.now(), None);
        let bounds = Bounds {
            least: LEAST_IDLE.min(self.config.idle_timeout),
            unknown: UNKNOWN_IDLE.min(self.config.idle_timeout),
            most: self.config.idle_timeout,
        };
        loop {
            let frame = tokio::select! {
                biased;
                () = stop.cancelled() => return Err(End::Stopped),
                frame = socket.next() => frame,
                () = sleep_until(self.next_flush()) => {
                    self.flush().await?;
                    continue;
                }
                () = sleep_until(last_frame + allowed.unwrap_or(bounds.least)) => {
                    // How long it may last is asked only where there is a silence, which is rare.
                    let may = self.patience.allowed(silent_since, bounds);
                    if last_frame.elapsed() < may.wait {
                        allowed = Some(may.wait);
                        continue;
                    }
                    self.patience.opened_anew();
                    let idle = (may.wait.as_secs_f64() * 100.0).round() / 100.0;
                    let why = format!("has been silent for {idle} seconds: {}", may.why);
                    return Err(End::Lost { heard, why });
                }
            };
            let lost = |why: String| End::Lost { heard, why };
            let taken = match frame {
                Some(Ok(Message::Text(text))) => self.take(text.as_str(), version, host),
                Some(Ok(Message::Binary(bytes))) => self.unpack(&bytes, version, host),
                Some(Ok(Message::Close(frame))) => {
                    let reason = frame.map(|f| format!(" ({} {})", f.code, f.reason)).unwrap_or_default();
                    return Err(lost(format!("closed the connection{reason}")));
                }
                Some(Ok(_)) => continue,
                Some(Err(error)) => return Err(lost(format!("broke the connection: {error}"))),
                None => return Err(lost("ended the connection".to_owned())),
            };
            taken.map_err(|why| End::Lost { heard, why })?;
            if !heard {
                self.around.health.state(State::Listening, self.around.clock.now());
            }
            heard = true;
            if self.is_full() || Instant::now() >= self.next_flush() {
                self.flush().await?;
            }
            // Waiting for a full channel is our silence, not the server's.
            (last_frame, silent_since, allowed) = (Instant::now(), self.around.clock.now(), None);
        }
    }

    async fn connect(&mut self, host: &Url) -> Result<Socket, String> {
        let begin = match (self.start, self.latest) {
            (Start::Now, _) | (_, None) => Begin::Live,
            // A moment that is too old is moved to the oldest that there is.
            (Start::Oldest, _) => Begin::At(FIRST_TIME_US),
            (Start::Position, Some(at)) => Begin::At(at.saturating_sub(OVERLAP_US).max(0)),
        };
        let agent = self.around.user_agent();
        let (socket, lacking) = self.known.connect(host, self.config, begin, &agent).await;
        if let Some(lacking) = lacking {
            tracing::warn!(source = self.name, "{lacking}");
            self.around.health.notice(Some(lacking));
        }
        socket.map_err(|error| match error {
            NoConnection::Other(why) => why,
            NoConnection::TooOld => {
                self.deaf_since = self.deaf_since.or(self.latest.map(from_us));
                self.start = if self.start == Start::Position { Start::Oldest } else { Start::Now };
                "does not keep events from so long ago; what was missed is a gap".to_owned()
            }
        })
    }

    /// Takes one compressed frame in.
    fn unpack(&mut self, frame: &[u8], version: Version, host: &Url) -> Result<(), String> {
        let unpacked = match self.known.dictionary(host) {
            Some(dictionary) => dictionary.unpack(frame, MAX_MESSAGE_BYTES),
            None => Err("the frame is binary, which we did not ask for".to_owned()),
        };
        match unpacked {
            Ok(text) => self.take(&text, version, host),
            Err(why) => {
                self.reject(why, frame);
                Ok(())
            }
        }
    }

    /// Takes one frame in. An error ends the connection, and continues the server's address.
    fn take(&mut self, frame: &str, version: Version, host: &Url) -> Result<(), String> {
        let now = self.around.clock.now();
        match event::read(frame, version, self.name, now) {
            Ok(Frame::Event(event)) => self.take_event(event, frame.len(), host, now),
            Ok(Frame::Info { name, message }) => {
                if name == "OutdatedCursor" {
                    self.deaf_since = self.deaf_since.or(self.latest.map(from_us));
                }
                self.around.complain(self.name, &format!("{host} remarks {name}: {}", short(&message)));
            }
            Ok(Frame::Failure { name, message }) => {
                return Err(format!("ends the stream: {name}: {}", short(&message)));
            }
            Err(error) => self.reject(error.to_string(), frame.as_bytes()),
        }
        Ok(())
    }

    fn take_event(&mut self, event: Event, bytes: usize, host: &Url, now: Timestamp) {
        let at = from_us(event.time_us);
        self.start = Start::Position;
        if let Some(since) = self.deaf_since.take()
            && at > since
        {
            let missed = format!(
                "nothing was heard from {since} to {at}, and the servers do not keep it: a gap, which is no silence"
            );
            self.around.complain(self.name, &missed);
            self.batch.gap = Some((since, at));
            self.patience.missed_until(at);
        }
        self.patience.heard(at.min(now));
        // A server whose clock runs ahead must not move our position into the future: we would miss what comes.
        let at_most = now.as_microsecond();
        self.latest = self.latest.max(Some(event.time_us.min(at_most)));
        if let Some(seq) = event.seq {
            match &mut self.seq {
                Some((known, of)) if of == host.as_str() => *known = seq,
                other => *other = Some((seq, host.to_string())),
            }
        }
        self.around.health.lag((now.as_millisecond() - at.as_millisecond()).max(0) as f64 / 1000.0);
        if !self.seen.insert(event.mark) {
            return;
        }
        let edit = matches!(event.says, Says::Changed(Incoming::Post(_)));
        let item = match event.says {
            Says::Created(post) if (self.around.filter)(&post) => Incoming::Post(post),
            Says::Created(_) => return self.around.health.unwanted(1),
            Says::Changed(item) => item,
            Says::Account { did, standing } => {
                if standing != crate::ground::account::Standing::Active {
                    self.around.health.account_gone();
                }
                let source = self.name.to_owned();
                return self.batch.accounts.push(AccountNews { source, author: did, standing });
            }
            Says::Nothing => return,
        };
        if self.seen.is_newest(event.time_us, event.mark, event.record, &event.rev) {
            if edit {
                self.seen.is_edit(event.time_us, event.record, &event.rev);
            }
            self.batch_bytes += bytes;
            self.items.push((event.time_us, item));
        }
    }

    fn reject(&mut self, reason: String, raw: &[u8]) {
        // Rejects are for people to look at: beyond a batch of them, they are counted only.
        if self.batch.rejects.len() < MAX_BATCH_ITEMS {
            let place =
                self.latest.map_or("the first event".to_owned(), |at| format!("the event after {at}"));
            self.batch.rejects.push(Reject::new(place, reason, raw));
        } else {
            self.around.health.count(0, 1, self.around.clock.now());
        }
    }

    fn is_full(&self) -> bool {
        self.items.len() + self.batch.accounts.len() >= MAX_BATCH_ITEMS || self.batch_bytes >= MAX_BATCH_BYTES
    }

    fn holds_something(&self) -> bool {
        let batch = &self.batch;
        !(self.items.is_empty() && batch.accounts.is_empty() && batch.rejects.is_empty())
            || batch.gap.is_some()
    }

    /// When there will be something to hand over.
    fn next_flush(&self) -> Instant {
        self.last_flush + if self.holds_something() { self.config.batch_every } else { POSITION_EVERY }
    }

    /// Hands over what has gathered, in the order of the server's time, with the position; a position alone if it has
    /// moved.
    pub(super) async fn flush(&mut self) -> Result<(), Stopped> {
        self.last_flush = Instant::now();
        if !self.holds_something() && self.latest == self.handed_over {
            return Ok(());
        }
        let mut batch = std::mem::replace(&mut self.batch, Batch::empty(self.name));
        self.items.sort_by_key(|(at, _)| *at);
        batch.items = self.items.drain(..).map(|(_, item)| item).collect();
        self.batch_bytes = 0;
        if let Some(time_us) = self.latest {
            let recent = self.seen.store(time_us - OVERLAP_US);
            let edits = self.seen.store_edits(time_us - OVERLAP_US);
            let patience = self.patience.clone();
            let position = Position { time_us, seq: self.seq.clone(), recent, edits, patience };
            batch.cursor = serde_json::to_string(&position).ok();
        }
        self.handed_over = self.latest;
        self.around.hand_over(batch).await?;
        self.last_flush = Instant::now();
        Ok(())
    }
}

/// What a server says to people, as far as it is worth repeating.
fn short(message: &str) -> String {
    message.chars().filter(|c| !c.is_control()).take(300).collect()
}
