//! Bluesky, all of it, from its public Jetstream servers: a WebSocket without an account.
//!
//! The stream's position is the server's time in microseconds, which is neither unique nor quite in order: after a
//! break we go back five seconds and drop what we have had. The servers keep 36 hours; a longer absence is a gap.
//! When the platform removes an account, only the removal is announced and not its posts: it is counted, and the
//! posts stay until the platform deletes them one by one. Nobody asks it for the text of pictures or the words of
//! quoted posts.

mod event;
mod seen;

use std::time::Duration;

use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::USER_AGENT;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};
use url::Url;

use self::event::{EventError, POSTS, Says, from_us};
use self::seen::Seen;
use super::backoff::Backoff;
use super::shape::duration;
use super::{
    Batch, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, Reject, SourceError, State, Stopped, Surroundings, prepare_tls,
};
use crate::ground::post::Incoming;
use crate::ground::time::{HOUR_MS, Timestamp};

/// Largest frame and largest message.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// How far before the position we begin again.
const OVERLAP_US: i64 = 5_000_000;
/// How long the servers keep events.
const KEPT_MS: i64 = 36 * HOUR_MS;
/// Marks of past events: more than ten seconds of the busiest moments.
const MAX_SEEN: usize = 60_000;
/// A position without posts is handed over at most this often.
const POSITION_EVERY: Duration = Duration::from_secs(1);

/// Settings of `kind = "jetstream"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JetstreamConfig {
    /// Servers, tried in turn: addresses up to and with `/subscribe`. Default: the four public ones.
    #[serde(default = "public_hosts")]
    pub hosts: Vec<String>,
    /// Silence after which the connection counts as dead. Default: `"30s"`; give a small network of your own more.
    #[serde(default = "half_a_minute", deserialize_with = "duration")]
    pub idle_timeout: Duration,
    /// Longest wait for a connection. Default: `"15s"`.
    #[serde(default = "fifteen_seconds", deserialize_with = "duration")]
    pub connect_timeout: Duration,
    /// First wait after a failure, at most; it doubles up to `retry_most`. Default: `"1s"`.
    #[serde(default = "a_second", deserialize_with = "duration")]
    pub retry_first: Duration,
    /// Longest wait after failures. Default: `"1m"`.
    #[serde(default = "a_minute", deserialize_with = "duration")]
    pub retry_most: Duration,
    /// How long posts may gather before they are handed over. Default: `"250ms"`.
    #[serde(default = "quarter_second", deserialize_with = "duration")]
    pub batch_every: Duration,
}

fn public_hosts() -> Vec<String> {
    ["jetstream1.us-east", "jetstream2.us-east", "jetstream1.us-west", "jetstream2.us-west"]
        .map(|host| format!("wss://{host}.bsky.network/subscribe"))
        .to_vec()
}
fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}
fn fifteen_seconds() -> Duration {
    Duration::from_secs(15)
}
fn a_second() -> Duration {
    Duration::from_secs(1)
}
fn a_minute() -> Duration {
    Duration::from_secs(60)
}
fn quarter_second() -> Duration {
    Duration::from_millis(250)
}

/// The position as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Position {
    /// Latest server time seen, in microseconds.
    time_us: i64,
}

/// Listens until stopped.
pub(super) async fn run(
    name: &str,
    config: &JetstreamConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let hosts = read_hosts(name, config)?;
    prepare_tls();
    let position = cursor.and_then(|c| serde_json::from_str::<Position>(&c).ok());
    let mut listener = Listener {
        name,
        config,
        around,
        seen: Seen::new(MAX_SEEN),
        latest: position.map(|p| p.time_us),
        handed_over: position.map(|p| p.time_us),
        batch: Batch::empty(name),
        batch_bytes: 0,
        last_flush: Instant::now(),
        deaf_since: None,
    };
    let mut backoff = Backoff::new(config.retry_first, config.retry_most, around.seed);
    for host in hosts.iter().cycle() {
        let heard = match listener.listen(host).await {
            Err(End::Stopped) => return Ok(()),
            Err(End::Lost { heard, why }) => {
                around.complain(name, &format!("{host} {why}"));
                heard
            }
        };
        around.health.state(State::Retrying, around.clock.now());
        around.health.peer(None);
        if heard {
            backoff.reset();
        }
        if listener.flush().await.is_err() || around.pause(backoff.next()).await.is_err() {
            return Ok(());
        }
    }
    Ok(())
}

fn read_hosts(name: &str, config: &JetstreamConfig) -> Result<Vec<Url>, SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    if config.hosts.is_empty() {
        return Err(settings(
            "`hosts` is empty; name a server, or remove the key to use the public ones".into(),
        ));
    }
    let read = |host: &String| match Url::parse(host) {
        Ok(url) if matches!(url.scheme(), "ws" | "wss") && url.host_str().is_some() => Ok(url),
        _ => Err(settings(format!(
            "\"{host}\" in `hosts` is no server; write it as wss://jetstream1.us-east.bsky.network/subscribe"
        ))),
    };
    config.hosts.iter().map(read).collect()
}

/// The address with what we want of it.
fn subscription(host: &Url, cursor: Option<i64>) -> Url {
    let mut url = host.clone();
    url.query_pairs_mut().append_pair("wantedCollections", POSTS);
    if let Some(cursor) = cursor {
        url.query_pairs_mut().append_pair("cursor", &cursor.to_string());
    }
    url
}

enum End {
    Stopped,
    /// The connection is lost, or there was none. `heard` says whether anything came over it.
    Lost {
        heard: bool,
        why: String,
    },
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// What stays over all connections.
struct Listener<'a> {
    name: &'a str,
    config: &'a JetstreamConfig,
    around: &'a Surroundings,
    seen: Seen,
    /// Latest server time seen.
    latest: Option<i64>,
    /// Latest server time handed over.
    handed_over: Option<i64>,
    batch: Batch,
    batch_bytes: usize,
    last_flush: Instant,
    /// We were away for longer than the server keeps events: the first event will say where the gap ends.
    deaf_since: Option<Timestamp>,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

impl Listener<'_> {
    async fn listen(&mut self, host: &Url) -> Result<std::convert::Infallible, End> {
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
        let mut heard = false;
        let mut last_frame = Instant::now();
        loop {
            let frame = tokio::select! {
                biased;
                () = stop.cancelled() => return Err(End::Stopped),
                frame = socket.next() => frame,
                () = sleep_until(self.next_flush()) => {
                    self.flush().await?;
                    continue;
                }
                () = sleep_until(last_frame + self.config.idle_timeout) => {
                    let idle = self.config.idle_timeout.as_secs_f64();
                    return Err(End::Lost { heard, why: format!("has been silent for {idle} seconds") });
                }
            };
            let lost = |why: String| End::Lost { heard, why };
            match frame {
                Some(Ok(Message::Text(text))) => {
                    if !heard {
                        self.around.health.state(State::Listening, self.around.clock.now());
                    }
                    heard = true;
                    self.take(text.as_str());
                    if self.is_full() || Instant::now() >= self.next_flush() {
                        self.flush().await?;
                    }
                    // Waiting for a full channel is our silence, not the server's.
                    last_frame = Instant::now();
                }
                Some(Ok(Message::Close(frame))) => {
                    let reason = frame.map(|f| format!(" ({} {})", f.code, f.reason)).unwrap_or_default();
                    return Err(lost(format!("closed the connection{reason}")));
                }
                Some(Ok(Message::Binary(bytes))) => {
                    self.reject("the frame is binary, which we did not ask for".to_owned(), &bytes);
                    last_frame = Instant::now();
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(lost(format!("broke the connection: {error}"))),
                None => return Err(lost("ended the connection".to_owned())),
            }
        }
    }

    async fn connect(&self, host: &Url) -> Result<Socket, String> {
        let url = subscription(host, self.latest.map(|at| at.saturating_sub(OVERLAP_US).max(0)));
        let mut request = url.as_str().into_client_request().map_err(|e| format!("cannot be asked: {e}"))?;
        if let Ok(agent) = self.around.user_agent().parse() {
            request.headers_mut().insert(USER_AGENT, agent);
        }
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        match timeout(self.config.connect_timeout, connect_async_with_config(request, Some(limits), true))
            .await
        {
            Ok(Ok((socket, _))) => Ok(socket),
            Ok(Err(WsError::Http(answer))) => {
                Err(format!("answers {} to a WebSocket request", answer.status()))
            }
            Ok(Err(error)) => Err(format!("cannot be reached: {error}")),
            Err(_) => {
                let waited = self.config.connect_timeout.as_secs_f64();
                Err(format!("did not answer within {waited} seconds"))
            }
        }
    }

    /// Takes one event in.
    fn take(&mut self, frame: &str) {
        let now = self.around.clock.now();
        let event = match event::read(frame, self.name, now) {
            Ok(event) => event,
            // Pictures without words are many and no fault of anybody's.
            Err(EventError::NoText) => return self.around.health.unwanted(1),
            Err(error) => return self.reject(error.to_string(), frame.as_bytes()),
        };
        let at = from_us(event.time_us);
        if let Some(since) = self.deaf_since.take()
            && at > since
        {
            self.batch.gap = Some((since, at));
        }
        // A server whose clock runs ahead must not move our position into the future: we would miss what comes.
        let at_most = now.as_microsecond();
        self.latest = self.latest.max(Some(event.time_us.min(at_most)));
        self.around.health.lag((now.as_millisecond() - at.as_millisecond()).max(0) as f64 / 1000.0);
        if !self.seen.insert(event.mark) {
            return;
        }
        let item = match event.says {
            Says::Created(post) if (self.around.filter)(&post) => Incoming::Post(post),
            Says::Created(_) => return self.around.health.unwanted(1),
            Says::Changed(item) => item,
            Says::AccountGone => return self.around.health.account_gone(),
            Says::Nothing => return,
        };
        self.batch_bytes += frame.len();
        self.batch.items.push(item);
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
        self.batch.items.len() >= MAX_BATCH_ITEMS || self.batch_bytes >= MAX_BATCH_BYTES
    }

    fn holds_something(&self) -> bool {
        !self.batch.items.is_empty() || !self.batch.rejects.is_empty() || self.batch.gap.is_some()
    }

    /// When there will be something to hand over.
    fn next_flush(&self) -> Instant {
        self.last_flush + if self.holds_something() { self.config.batch_every } else { POSITION_EVERY }
    }

    /// Hands over what has gathered, with the position; a position alone if it has moved.
    async fn flush(&mut self) -> Result<(), Stopped> {
        self.last_flush = Instant::now();
        if !self.holds_something() && self.latest == self.handed_over {
            return Ok(());
        }
        let mut batch = std::mem::replace(&mut self.batch, Batch::empty(self.name));
        self.batch_bytes = 0;
        batch.cursor = self.latest.and_then(|time_us| serde_json::to_string(&Position { time_us }).ok());
        self.handed_over = self.latest;
        self.around.hand_over(batch).await?;
        self.last_flush = Instant::now();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_subscription_asks_for_posts_from_a_position() {
        let host = Url::parse("wss://jetstream1.us-east.bsky.network/subscribe").unwrap();
        assert_eq!(
            subscription(&host, Some(1_777_636_805_123_456)).as_str(),
            "wss://jetstream1.us-east.bsky.network/subscribe?wantedCollections=app.bsky.feed.post&cursor=1777636805123456"
        );
        assert!(!subscription(&host, None).as_str().contains("cursor"));
    }

    #[test]
    fn a_host_that_is_none_is_named() {
        let config = |hosts: &str| toml::from_str::<JetstreamConfig>(&format!("hosts = {hosts}")).unwrap();
        let said = |hosts| read_hosts("bluesky", &config(hosts)).unwrap_err().to_string();
        insta::assert_snapshot!(said("['https://bsky.app']"), @r#"source "bluesky": "https://bsky.app" in `hosts` is no server; write it as wss://jetstream1.us-east.bsky.network/subscribe"#);
        insta::assert_snapshot!(said("[]"), @r#"source "bluesky": `hosts` is empty; name a server, or remove the key to use the public ones"#);
        assert_eq!(read_hosts("b", &config("['ws://127.0.0.1:1/subscribe']")).unwrap().len(), 1);
    }
}
