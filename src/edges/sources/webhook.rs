//! Posts that somebody sends to us: `POST` with one post as JSON a line (or a JSON array), signed with a secret; or the events of
//! GitHub's webhooks.
//!
//! The answer is 200 only after the posts are durable. On 429 and 503 the sender tries again after `Retry-After` seconds;
//! what it sends twice is taken once. A sender that names each delivery and its time, and signs both with the body, cannot
//! be imitated by one who recorded a request; where the body alone is signed, a record of it undoes an edit made since, for
//! posts do not say when they were edited. Listen on the loopback address and let a reverse proxy speak TLS to the world.

mod body;
mod deliveries;
mod door;
mod github;
mod refusal;
mod room;
mod signature;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{Request, State as Held};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, Semaphore, oneshot};
use tokio::time::timeout;

use self::deliveries::{Deliveries, Delivery};
use self::refusal::Refusal;
use self::room::{A_REQUEST, Room};
use self::signature::{Secret, SignatureError};
use super::newest::Newest;
use super::shape::duration;
use super::{Batch, Kept, SourceError, State, Surroundings};
use crate::ground::post::Incoming;
use crate::ground::time::Timestamp;

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "crm"
kind = "webhook"
listen = "127.0.0.1:7172"
path = "/posts"
secret_file = "/run/credentials/groundswell.service/crm"
form = "posts"          # or "github", for a repository's or an organisation's webhook there
fresh_only = true
max_bytes = 1048576
timeout = "30s"
"#;

/// The header that carries the signature.
const SIGNATURE: &str = "x-groundswell-signature";
/// The headers that make a request unlike all others.
const DELIVERY: &str = "x-groundswell-delivery";
const TIMESTAMP: &str = "x-groundswell-timestamp";
/// Requests with a right signature that are worked on at once, and the longest bodies for which there is room while they come:
/// nobody who cannot sign takes a place from one who can.
const MAX_REQUESTS: usize = 16;
/// How often a request that waits to be stored looks whether the disk is full.
const FULL_LOOK: Duration = Duration::from_millis(250);

/// Settings of `kind = "webhook"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Address and port to listen on. Default: `"127.0.0.1:7172"`.
    #[serde(default = "loopback")]
    pub listen: SocketAddr,
    /// Path to post to. Default: `"/posts"`.
    #[serde(default = "posts")]
    pub path: String,
    /// File with the secret that the sender signs with; white space around it does not count.
    pub secret_file: PathBuf,
    /// What is sent. Default: `"posts"`.
    #[serde(default)]
    pub form: Form,
    /// Most bytes of one request's body. Default: 1 MiB.
    #[serde(default = "one_megabyte")]
    pub max_bytes: usize,
    /// Refuse requests that do not name their delivery and its time (`X-Groundswell-Delivery`, `X-Groundswell-Timestamp`).
    /// Default: false; those that name them are held to them either way. Without it somebody who recorded a request that signs
    /// its body alone can bring back what a post said before it was edited.
    #[serde(default)]
    pub fresh_only: bool,
    /// Longest time for receiving a body, in which it may be silent for five seconds, and again for storing it. Default: `"30s"`.
    #[serde(default = "half_a_minute", deserialize_with = "duration")]
    pub timeout: Duration,
}

/// What is sent to a webhook.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Posts as JSON, signed as groundswell asks for.
    #[default]
    Posts,
    /// Events as GitHub sends them: issues, issue comments, discussions, discussion comments.
    Github,
}

fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 7172))
}
fn posts() -> String {
    "/posts".to_owned()
}
fn one_megabyte() -> usize {
    1 << 20
}
fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &WebhookConfig) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    if !config.path.starts_with('/') || config.path.contains(['{', '}', '*', '?', '#']) {
        return Err(settings(format!(
            "`path` is \"{}\"; write a plain path such as \"/posts\"",
            config.path
        )));
    }
    Ok(())
}

/// Listens until stopped.
pub(super) async fn run(
    name: &str,
    config: &WebhookConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    check(name, config)?;
    let secret = Secret::read(&config.secret_file).map_err(settings)?;
    if !secret.is_good() {
        let message = format!(
            "the secret in {} is shorter than {} characters, which can be guessed; make a longer one",
            config.secret_file.display(),
            signature::GOOD_SECRET_BYTES
        );
        tracing::warn!(source = name, "{message}");
        around.health.notice(Some(message));
    }
    let unusable = |error| SourceError::Io {
        name: name.to_owned(),
        what: format!("cannot listen on {}", config.listen),
        error,
    };
    let Some(listener) = door::listen(name, config.listen, around).await.map_err(unusable)? else {
        return Ok(());
    };
    let address = listener.local_addr().map_err(unusable)?;
    let desk = Arc::new(Desk {
        name: name.to_owned(),
        config: config.clone(),
        secret,
        around: around.clone(),
        coming: Room::new(MAX_REQUESTS * config.max_bytes.saturating_add(A_REQUEST)),
        room: Semaphore::new(MAX_REQUESTS),
        deliveries: Mutex::new(Deliveries::load(cursor.as_deref().filter(|_| config.form == Form::Posts))),
        newest: Mutex::new(Newest::load(cursor.as_deref().filter(|_| config.form == Form::Github))),
    });
    let path = config.path.clone();
    let elsewhere = move || async move { (StatusCode::NOT_FOUND, format!("posts are taken at {path}\n")) };
    let router = Router::new().route(&config.path, post(receive)).fallback(elsewhere).with_state(desk);
    around.health.peer(Some(format!("http://{address}{}", config.path)));
    around.health.state(State::Listening, around.clock.now());
    door::serve(listener, router, &around.stop).await;
    Ok(())
}

/// What every request needs.
struct Desk {
    name: String,
    config: WebhookConfig,
    secret: Secret,
    around: Surroundings,
    /// Bodies that are on their way.
    coming: Room,
    /// Those whose signature is right.
    room: Semaphore,
    /// Held while a delivery is under way: of two that are the same, the second waits for what becomes of the first.
    deliveries: Mutex<Deliveries>,
    /// When what GitHub tells of was changed last.
    newest: Mutex<Newest>,
}

/// Takes a request; one that is turned away is counted, and said in the log: the first, and then each time that there
/// are ten times as many.
async fn receive(Held(desk): Held<Arc<Desk>>, request: Request) -> Result<Response, Refusal> {
    let answer = read(&desk, request).await;
    if let Err(refusal) = &answer
        && !matches!(refusal, Refusal::Busy(_) | Refusal::Later(_))
    {
        let (status, why) = refusal.said();
        let n = desk.around.health.refused(&why);
        if n.to_string().trim_end_matches('0') == "1" {
            tracing::warn!(
                source = desk.name,
                refused = n,
                status = status.as_u16(),
                "a request was turned away: {why}"
            );
        }
    }
    answer
}

/// What the head lacks is said before anything is read; a place among those that are worked on is for signed bodies.
async fn read(desk: &Desk, request: Request) -> Result<Response, Refusal> {
    let (head, body) = request.into_parts();
    let header = |name| head.headers.get(name).map(axum::http::HeaderValue::as_bytes);
    let announced = header(CONTENT_LENGTH.as_str());
    let (most, longest) = (desk.config.max_bytes, desk.config.timeout);
    let place = || desk.room.try_acquire().map_err(|_| Refusal::Busy("too many requests at once"));
    if desk.config.form == Form::Github {
        let signature = header(github::SIGNATURE).ok_or(Refusal::Signature(SignatureError::MissingGithub))?;
        let word = |name| github::word(header(name)).map_err(Refusal::Signature);
        let (event, id) = (word(github::EVENT)?, word(github::DELIVERY)?);
        let body = desk.coming.receive(announced, body, most, longest).await?;
        desk.secret.check(signature, &[&body]).map_err(Refusal::Signature)?;
        let _place = place()?;
        return desk.take_event(event, id, &body).await;
    }
    let signature = header(SIGNATURE).ok_or(Refusal::Signature(SignatureError::Missing))?;
    let delivery = Delivery::read(header(DELIVERY), header(TIMESTAMP)).map_err(Refusal::Signature)?;
    match &delivery {
        Some(delivery) => delivery.is_fresh(desk.around.clock.now()).map_err(Refusal::Signature)?,
        None if desk.config.fresh_only => return Err(Refusal::Signature(SignatureError::NotFresh)),
        None => {}
    }
    let body = desk.coming.receive(announced, body, most, longest).await?;
    let Some(delivery) = delivery else {
        desk.secret.check(signature, &[&body]).map_err(Refusal::Signature)?;
        // What was signed with a delivery begins with that, and is no body: its signature must not serve twice.
        if deliveries::begins_with_one(&body) {
            return Err(Refusal::NoBody);
        }
        let _place = place()?;
        return desk.take(&body, None).await;
    };
    let signed = [delivery.id.as_bytes(), b".", delivery.time.as_bytes(), b".", &body];
    desk.secret.check(signature, &signed).map_err(Refusal::Signature)?;
    let _place = place()?;
    let mut deliveries = desk.deliveries.lock().await;
    if deliveries.knows(&delivery) {
        return Ok(Json(json!({ "stored": 0, "rejected": [], "repeated": true })).into_response());
    }
    let cursor = deliveries.with(&delivery, desk.around.clock.now());
    let answer = desk.take(&body, cursor).await?;
    deliveries.note(&delivery, desk.around.clock.now());
    Ok(answer)
}

impl Desk {
    /// Takes an event of GitHub in, and answers when it is durable.
    async fn take_event(&self, event: &str, id: &str, body: &[u8]) -> Result<Response, Refusal> {
        let now = self.around.clock.now();
        let delivery = Delivery::now(id, now);
        let mut deliveries = self.deliveries.lock().await;
        if deliveries.knows(&delivery) {
            return Ok(Json(json!({ "stored": 0, "repeated": true })).into_response());
        }
        let mut newest = self.newest.lock().await;
        // What could not be stored is sent again, and has to be news then.
        let mut after = newest.clone();
        let read = github::read(event, body, &self.name, &mut after, now).map_err(Refusal::NoEvent)?;
        let answer = match read {
            github::Told::Nothing(why) => json!({ "stored": 0, "why": why }),
            github::Told::Item(item) => {
                let (answer, answered) = oneshot::channel();
                let (items, cursor) = (vec![item], after.store());
                let batch = Batch { items, cursor, stored: Some(answer), ..Batch::empty(&self.name) };
                told(&self.stored(batch, answered).await?)
            }
        };
        *newest = after;
        deliveries.note(&delivery, now);
        Ok(Json(answer).into_response())
    }

    /// Takes a body in, and answers when it is durable. `cursor` is stored with it.
    async fn take(&self, body: &[u8], cursor: Option<String>) -> Result<Response, Refusal> {
        let read = body::read(body, self.around.clock.now()).map_err(Refusal::Body)?;
        let mut refused = read.refused;
        let mut kept = Kept::default();
        if !read.items.is_empty() || !read.rejects.is_empty() {
            let (answer, answered) = oneshot::channel();
            let batch = Batch {
                items: read.items,
                rejects: read.rejects,
                cursor,
                stored: Some(answer),
                ..Batch::empty(&self.name)
            };
            kept = self.stored(batch, answered).await?;
        }
        // What cannot be read is known here, what may not be said by this source to whoever stores it.
        refused.extend(
            kept.refused.drain(..).filter_map(|(at, reason)| {
                read.lines.get(at).map(|line| body::Refused { line: *line, reason })
            }),
        );
        refused.sort_by_key(|refused| refused.line);
        let mut said = told(&kept);
        if let Some(said) = said.as_object_mut() {
            said.insert("rejected".into(), json!(refused));
        }
        Ok(Json(said).into_response())
    }

    async fn stored(&self, batch: Batch, answered: oneshot::Receiver<Option<Kept>>) -> Result<Kept, Refusal> {
        let durable = self.durable(batch, answered).await;
        if let Err(Refusal::Busy(why) | Refusal::Later(why)) = &durable {
            self.around.complain(&self.name, &format!("a request was put off: {why}"));
        }
        durable
    }

    async fn durable(
        &self,
        batch: Batch,
        answered: oneshot::Receiver<Option<Kept>>,
    ) -> Result<Kept, Refusal> {
        // Nobody is kept waiting for room on the disk: who comes, and who waits already, is told at once.
        let waits = async {
            loop {
                if self.around.health.is_full() {
                    return;
                }
                tokio::time::sleep(FULL_LOOK).await;
            }
        };
        tokio::select! {
            biased;
            () = waits => Err(Refusal::Later("the disk is full, and nothing can be stored")),
            done = self.stored_in_time(batch, answered) => done,
        }
    }

    async fn stored_in_time(
        &self,
        batch: Batch,
        answered: oneshot::Receiver<Option<Kept>>,
    ) -> Result<Kept, Refusal> {
        let (items, rejects) = (batch.items.len(), batch.rejects.len());
        let handed_over = timeout(self.config.timeout, self.around.give(batch)).await;
        handed_over
            .map_err(|_| Refusal::Busy("too much waits to be stored"))?
            .map_err(|_| Refusal::Later("the daemon is stopping"))?;
        match timeout(self.config.timeout, answered).await {
            Ok(Ok(Some(kept))) => {
                self.around.health.took(items, rejects, &kept, self.around.clock.now());
                Ok(kept)
            }
            Ok(Ok(None) | Err(_)) => Err(Refusal::Later("the posts could not be stored")),
            Err(_) => Err(Refusal::Later("the posts could not be stored in time")),
        }
    }
}

/// What is answered: how much was stored, and what became of the rest. Whoever tries a sender out with a post that no rule is about, or
/// that is there already, would look for it in vain.
fn told(kept: &Kept) -> serde_json::Value {
    let mut said = serde_json::Map::from_iter([("stored".to_owned(), json!(kept.stored))]);
    for (what, n) in [
        ("known", kept.known),
        ("unwanted", kept.unwanted),
        ("deleted", kept.deleted),
        ("absent", kept.absent),
    ] {
        if n > 0 {
            said.insert(what.to_owned(), json!(n));
        }
    }
    said.into()
}

/// A request's body, or an event of GitHub after a line with its name, as they are read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Incoming> {
    let event =
        body.iter().position(|b| *b == b'\n').and_then(|at| Some((body.get(..at)?, body.get(at + 1..)?)));
    if let Some((Ok(name), rest)) = event.map(|(name, rest)| (github::word(Some(name)), rest)) {
        let mut newest = Newest::load(None);
        if let Ok(github::Told::Item(item)) = github::read(name, rest, "strange", &mut newest, now) {
            let _ = Newest::load(newest.store().as_deref());
            return vec![item];
        }
    }
    body::read(body, now).map(|read| read.items).unwrap_or_default()
}
