//! Posts from a stream of NATS JetStream, for companies that collect what is said about them on a bus.
//!
//! A message holds one post as JSON, as a line of JSONL does. It is acknowledged after its posts are durable, so what was
//! under way at a crash comes again, after a while and mixed with newer messages. Nothing newer is asked for before it has,
//! and an older version of a post does not replace a newer one.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::ConnectOptions;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::{self, AckKind, Message};
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::backoff::Backoff;
use super::newest::Newest;
use super::{Batch, MAX_BATCH_ITEMS, Reject, SourceError, State, Stopped, Surroundings, poll, prepare_tls};
use crate::ground::post::{Incoming, parse_line};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "bus"
kind = "nats"
servers = ["nats://127.0.0.1:4222"]
stream = "MENTIONS"
consumer = "groundswell"
subject = "mentions.>"                                                # without it, all of the stream
token_file = "/run/credentials/groundswell.service/nats"              # where the server asks for one
credentials_file = "/run/credentials/groundswell.service/nats-creds"  # or for these
"#;

/// How long posts may gather.
const GATHER: Duration = Duration::from_secs(1);
/// How long the server waits for an acknowledgement before it sends a message again; a full disk lasts longer, and then it
/// does.
const ACK_WAIT: Duration = Duration::from_secs(30);
/// What a server's timers may be late.
const SLACK: Duration = Duration::from_secs(2);
/// How often it is asked what is under way still.
const ASK: Duration = Duration::from_secs(1);
/// Longest wait for a connection or an answer.
const CONNECT: Duration = Duration::from_secs(15);
/// Waits after failures.
const FIRST: Duration = Duration::from_secs(1);
const MOST: Duration = Duration::from_secs(60);

/// Settings of `kind = "nats"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NatsConfig {
    /// Servers of one cluster: `nats://host:4222`, or `tls://…`. Default: this machine's.
    #[serde(default = "this_machine")]
    pub servers: Vec<String>,
    /// Name of the stream; it has to be there.
    pub stream: String,
    /// Name of our durable consumer, which is made if it is not there. Nobody else may use it. Default: `"groundswell"`.
    #[serde(default = "groundswell")]
    pub consumer: String,
    /// Only messages of these subjects. A consumer that is there already keeps its own.
    pub subject: Option<String>,
    /// File with a token.
    pub token_file: Option<PathBuf>,
    /// File with credentials (`.creds`).
    pub credentials_file: Option<PathBuf>,
}

fn this_machine() -> Vec<String> {
    vec!["nats://127.0.0.1:4222".to_owned()]
}
fn groundswell() -> String {
    "groundswell".to_owned()
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &NatsConfig) -> Result<(), SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    for (key, value) in [("stream", &config.stream), ("consumer", &config.consumer)] {
        if value.is_empty() || value.contains(|c: char| c.is_whitespace() || ".*>/\\".contains(c)) {
            return Err(settings(format!(
                "`{key}` is \"{value}\"; a name has no spaces, points, stars or slashes"
            )));
        }
    }
    if config.servers.is_empty() {
        return Err(settings("`servers` is empty; write [\"nats://127.0.0.1:4222\"]".to_owned()));
    }
    Ok(())
}

/// Listens until stopped.
pub(super) async fn run(
    name: &str,
    config: &NatsConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    check(name, config)?;
    let token = poll::token(name, config.token_file.as_deref())?;
    prepare_tls();
    let mut bus = Bus { name, config, around, token, newest: Newest::load(cursor.as_deref()) };
    let mut backoff = Backoff::new(FIRST, MOST, around.seed);
    loop {
        let (heard, why) = match bus.listen().await {
            Err(End::Stopped) => return Ok(()),
            Err(End::Lost { heard, why }) => (heard, why),
        };
        if heard {
            backoff.reset();
        }
        around.complain(name, &format!("{} {why}", config.servers.join(", ")));
        around.health.state(State::Retrying, around.clock.now());
        if around.pause(backoff.next()).await.is_err() {
            return Ok(());
        }
    }
}

struct Bus<'a> {
    name: &'a str,
    config: &'a NatsConfig,
    around: &'a Surroundings,
    token: Option<String>,
    newest: Newest,
}

enum End {
    Stopped,
    /// Continues the servers' addresses.
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

impl Bus<'_> {
    async fn listen(&mut self) -> Result<std::convert::Infallible, End> {
        let stop = self.around.stop.clone();
        let lost = |why| End::Lost { heard: false, why };
        let mut consumer = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(End::Stopped),
            consumer = timeout(CONNECT, self.consumer()) => consumer
                .map_err(|_| lost(format!("did not answer within {} seconds", CONNECT.as_secs())))?
                .map_err(lost)?,
        };
        self.around.health.peer(Some(self.config.servers.join(", ")));
        self.around.health.state(State::Listening, self.around.clock.now());
        let mut settled = self.settle(&mut consumer).await?;
        loop {
            let (messages, under_way) = tokio::select! {
                biased;
                () = stop.cancelled() => return Err(End::Stopped),
                heard = heard(&mut consumer) => heard.map_err(|why| End::Lost { heard: true, why })?,
            };
            // Lost between the server and us, or taken for not acknowledged by a server that was killed. To take what is
            // newer would put older versions over it later.
            let astray = under_way.saturating_sub(messages.len());
            if settled && astray > 0 {
                let why = format!("has sent {astray} messages that did not come; it will send them again");
                return Err(End::Lost { heard: true, why });
            }
            settled |= astray == 0;
            if !messages.is_empty() {
                self.take(messages).await?;
            }
        }
    }

    /// Waits until the server takes what it has sent to nobody's acknowledgement for lost: then that comes first. Tells
    /// whether there is nothing of that kind.
    async fn settle(&self, consumer: &mut Consumer<pull::Config>) -> Result<bool, End> {
        let wait = consumer.cached_info().config.ack_wait + SLACK;
        let mut waited = Duration::ZERO;
        loop {
            let under_way = under_way(consumer).await.map_err(|why| End::Lost { heard: false, why })?;
            if under_way == 0 || waited >= wait {
                return Ok(under_way == 0);
            }
            if waited.is_zero() {
                let (source, seconds) = (self.name, wait.as_secs());
                tracing::info!(
                    source,
                    under_way,
                    seconds,
                    "waiting for messages that were under way to come again"
                );
            }
            self.around.pause(ASK).await?;
            waited += ASK;
        }
    }

    async fn consumer(&self) -> Result<Consumer<pull::Config>, String> {
        let mut options = ConnectOptions::new().name("groundswell").connection_timeout(CONNECT);
        if let Some(token) = &self.token {
            options = options.token(token.clone());
        }
        if let Some(file) = &self.config.credentials_file {
            let shown = file.display();
            options = options
                .credentials_file(file)
                .await
                .map_err(|e| format!("cannot be asked: `credentials_file` {shown} cannot be used: {e}"))?;
        }
        let client =
            options.connect(&self.config.servers[..]).await.map_err(|e| format!("cannot be reached: {e}"))?;
        let stream = jetstream::new(client)
            .get_stream(&self.config.stream)
            .await
            .map_err(|e| format!("has no stream {} that we may read: {e}", self.config.stream))?;
        let wanted = pull::Config {
            durable_name: Some(self.config.consumer.clone()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: ACK_WAIT,
            filter_subject: self.config.subject.clone().unwrap_or_default(),
            ..pull::Config::default()
        };
        stream
            .get_or_create_consumer(&self.config.consumer, wanted)
            .await
            .map_err(|e| format!("gives us no consumer {}: {e}", self.config.consumer))
    }

    /// Hands messages over, and acknowledges them when they are durable; until then nothing newer is asked for.
    async fn take(&mut self, messages: Vec<Message>) -> Result<(), End> {
        let now = self.around.clock.now();
        let mut batch = Batch::empty(self.name);
        let mut read: Vec<(u64, Incoming)> = Vec::new();
        for message in &messages {
            let sequence = message.info().map_or(u64::MAX, |info| info.stream_sequence);
            match parse_line(&message.payload, Some(now)) {
                Ok(item) => read.push((sequence, item)),
                Err(e) => batch.rejects.push(Reject::new(
                    format!("message {sequence}"),
                    e.to_string(),
                    &message.payload,
                )),
            }
        }
        // What was sent again comes among newer ones: in the order of the stream, the newest version counts.
        read.sort_by_key(|(sequence, _)| *sequence);
        batch.items = read
            .into_iter()
            .filter(|(sequence, item)| self.newest.takes(item, *sequence))
            .map(|(_, item)| item)
            .collect();
        batch.cursor = self.newest.store();
        let lost = |why: &str| End::Lost { heard: true, why: why.to_owned() };
        if !(batch.items.is_empty() && batch.rejects.is_empty()) {
            let (answer, answered) = oneshot::channel();
            batch.stored = Some(answer);
            self.around.hand_over(batch).await?;
            let stored = tokio::select! {
                biased;
                () = self.around.stop.cancelled() => return Err(End::Stopped),
                stored = answered => stored,
            };
            if !matches!(stored, Ok(Some(_))) {
                return Err(lost("sends again what could not be stored"));
            }
        }
        let untaken = |e: String| lost(&format!("took no acknowledgement: {e}"));
        let Some((last, before)) = messages.split_last() else { return Ok(()) };
        for message in before {
            message.ack_with(AckKind::Ack).await.map_err(|e| untaken(e.to_string()))?;
        }
        // The server's answer to the last covers all: what it counts as under way afterwards is not ours.
        let answer =
            timeout(CONNECT, last.double_ack()).await.map_err(|_| untaken("it is silent".to_owned()))?;
        answer.map_err(|e| untaken(e.to_string()))
    }
}

/// What comes, and how many messages the server waits for the acknowledgement of, these among them.
async fn heard(consumer: &mut Consumer<pull::Config>) -> Result<(Vec<Message>, usize), String> {
    let messages = gather(consumer).await?;
    let under_way = under_way(consumer).await?;
    Ok((messages, under_way))
}

/// How many messages are sent and not acknowledged.
async fn under_way(consumer: &mut Consumer<pull::Config>) -> Result<usize, String> {
    let info = timeout(CONNECT, consumer.info()).await.map_err(|_| "is silent".to_owned())?;
    info.map(|info| info.num_ack_pending).map_err(|e| format!("does not tell what is under way: {e}"))
}

/// What comes within a second, at most a batch of it.
async fn gather(consumer: &Consumer<pull::Config>) -> Result<Vec<Message>, String> {
    let mut coming = consumer
        .batch()
        .max_messages(MAX_BATCH_ITEMS)
        .expires(GATHER)
        .messages()
        .await
        .map_err(|e| format!("gives no messages: {e}"))?;
    let mut messages = Vec::new();
    let all = async {
        while let Some(message) = coming.next().await {
            messages.push(message.map_err(|e| format!("broke off its messages: {e}"))?);
        }
        Ok::<(), String>(())
    };
    timeout(GATHER + CONNECT, all).await.map_err(|_| "is silent".to_owned())??;
    Ok(messages)
}
