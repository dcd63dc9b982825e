//! Bluesky, all of it, from its public Jetstream servers: a WebSocket without an account.
//!
//! The stream's position is the server's time in microseconds, which is neither unique nor quite in order: after a
//! break we go back five seconds and drop what we have had. The sequence numbers of the second version are kept beside
//! it for people to see, and not gone on from: they are a server's own, and the next one counts otherwise. The servers
//! keep 36 hours; a longer absence is a gap. When the platform hides or removes an account, everything of it is
//! hidden or removed here as well, and comes back with it. Nobody asks it for the text of pictures or the words of
//! quoted posts.

mod connect;
mod dictionary;
mod event;
mod facets;
mod listen;
mod seen;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use self::listen::{End, Listener};
use self::seen::Edit;
use super::backoff::Backoff;
use super::shape::duration;
use super::{SourceError, State, Surroundings, prepare_tls};
use crate::ground::post::Incoming;
use crate::ground::time::Timestamp;
use crate::logic::patience::Patience;

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "bluesky"
kind = "jetstream"
hosts = [
    "wss://jetstream1.us-east.bsky.network/subscribe",
    "wss://jetstream.us-west.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents",
]
compress = false
idle_timeout = "5m"
connect_timeout = "15s"
retry_first = "1s"
retry_most = "1m"
batch_every = "250ms"
"#;

/// A silence that is shorter than this says nothing, and one that is longer does while nothing is known.
const LEAST_IDLE: Duration = Duration::from_secs(10);
const UNKNOWN_IDLE: Duration = Duration::from_secs(30);
/// Largest frame and largest message, also when it is unpacked.
const MAX_MESSAGE_BYTES: usize = 1 << 20;

/// Settings of `kind = "jetstream"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JetstreamConfig {
    /// Servers, tried in turn: addresses up to and with `/subscribe`, or `/xrpc/network.bsky.jetstream.subscribeEvents` for
    /// the second version of the protocol. Default: the public ones.
    #[serde(default = "public_hosts")]
    pub hosts: Vec<String>,
    /// Ask for compressed frames: about 60 % fewer bytes for some more work. Where a server does not hand out its
    /// dictionary, frames come uncompressed. Default: false.
    #[serde(default)]
    pub compress: bool,
    /// Longest silence after which the connection counts as dead. How long is usual is learnt, and a silence that is
    /// unlikely ends it sooner: on Bluesky, ten seconds. Default: `"5m"`; give a small network of your own more.
    #[serde(default = "five_minutes", deserialize_with = "duration")]
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
    let first = ["jetstream1.us-east", "jetstream2.us-east", "jetstream1.us-west", "jetstream2.us-west"]
        .map(|host| format!("wss://{host}.bsky.network/subscribe"));
    let second = ["jetstream.us-east", "jetstream.us-west"]
        .map(|host| format!("wss://{host}.bsky.network/xrpc/network.bsky.jetstream.subscribeEvents"));
    first.into_iter().chain(second).collect()
}
fn five_minutes() -> Duration {
    Duration::from_secs(300)
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// Latest server time seen, in microseconds.
    time_us: i64,
    /// The number that the server gave to the latest event, and which server that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seq: Option<(i64, String)>,
    /// Marks of what was handed over in the last moments: it will be sent again.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    recent: String,
    /// The edits of the last moments: the post before one of them may come later, and is older.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    edits: Vec<Edit>,
    /// How long it may be silent.
    #[serde(default)]
    patience: Patience,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &JetstreamConfig) -> Result<Vec<Url>, SourceError> {
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

/// Listens until stopped.
pub(super) async fn run(
    name: &str,
    config: &JetstreamConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let hosts = check(name, config)?;
    prepare_tls();
    let position = cursor.and_then(|c| serde_json::from_str::<Position>(&c).ok());
    let mut listener = Listener::new(name, config, around, position);
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

/// A frame of either version, as it is read without a network: for the fuzz target.
pub(super) fn strange(frame: &str, first_version: bool, now: Timestamp) -> Vec<Incoming> {
    let version = if first_version { event::Version::One } else { event::Version::Two };
    match event::read(frame, version, "strange", now) {
        Ok(event::Frame::Event(event)) => match event.says {
            event::Says::Created(post) => vec![Incoming::Post(post)],
            event::Says::Changed(item) => vec![item],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_none_is_named() {
        let config = |hosts: &str| toml::from_str::<JetstreamConfig>(&format!("hosts = {hosts}")).unwrap();
        let said = |hosts| check("bluesky", &config(hosts)).unwrap_err().to_string();
        insta::assert_snapshot!(said("['https://bsky.app']"), @r#"source "bluesky": "https://bsky.app" in `hosts` is no server; write it as wss://jetstream1.us-east.bsky.network/subscribe"#);
        insta::assert_snapshot!(said("[]"), @r#"source "bluesky": `hosts` is empty; name a server, or remove the key to use the public ones"#);
        assert_eq!(check("b", &config("['ws://127.0.0.1:1/subscribe']")).unwrap().len(), 1);
    }
}
