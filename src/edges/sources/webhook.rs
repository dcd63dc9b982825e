//! Posts that somebody sends to us: `POST` with one post as JSON a line (or a JSON array), signed with a secret.
//!
//! The answer is 200 only after the posts are durable. On 503 the sender tries again after `Retry-After` seconds; what
//! it sends twice is taken once. Listen on the loopback address and let a reverse proxy speak TLS to the world.

mod body;
mod signature;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Held};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use tokio::time::timeout;

use self::body::BodyError;
use self::signature::{Secret, SignatureError};
use super::shape::duration;
use super::{Batch, SourceError, State, Surroundings};

/// The header that carries the signature.
const SIGNATURE: &str = "x-groundswell-signature";
/// Requests that are worked on at once; each holds its body.
const MAX_REQUESTS: usize = 16;
/// Seconds after which a sender is asked to try again.
const RETRY_SECONDS: &str = "5";
/// How long requests under way may take to end when the daemon stops.
const GRACE: Duration = Duration::from_secs(5);

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
    /// Most bytes of one request's body. Default: 1 MiB.
    #[serde(default = "one_megabyte")]
    pub max_bytes: usize,
    /// Longest time for receiving a body, and again for storing it. Default: `"30s"`.
    #[serde(default = "half_a_minute", deserialize_with = "duration")]
    pub timeout: Duration,
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

/// Listens until stopped.
pub(super) async fn run(
    name: &str,
    config: &WebhookConfig,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    if !config.path.starts_with('/') || config.path.contains(['{', '}', '*', '?', '#']) {
        return Err(settings(format!(
            "`path` is \"{}\"; write a plain path such as \"/posts\"",
            config.path
        )));
    }
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
    let listener = TcpListener::bind(config.listen).await.map_err(unusable)?;
    let address = listener.local_addr().map_err(unusable)?;
    let desk = Arc::new(Desk {
        name: name.to_owned(),
        config: config.clone(),
        secret,
        around: around.clone(),
        room: Semaphore::new(MAX_REQUESTS),
    });
    let path = config.path.clone();
    let elsewhere = move || async move { (StatusCode::NOT_FOUND, format!("posts are taken at {path}\n")) };
    let router = Router::new().route(&config.path, post(receive)).fallback(elsewhere).with_state(desk);
    around.health.peer(Some(format!("http://{address}{}", config.path)));
    around.health.state(State::Listening, around.clock.now());
    let stop = around.stop.clone();
    let serve = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
    tokio::select! {
        served = serve => served.map_err(unusable),
        () = async { stop.cancelled().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// What every request needs.
struct Desk {
    name: String,
    config: WebhookConfig,
    secret: Secret,
    around: Surroundings,
    room: Semaphore,
}

/// Why a request is not answered with 200.
enum Refusal {
    Signature(SignatureError),
    TooLarge(usize),
    Body(BodyError),
    Slow,
    Broken,
    Later(&'static str),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Signature(error) => (StatusCode::UNAUTHORIZED, error.to_string()),
            Self::TooLarge(most) => {
                (StatusCode::PAYLOAD_TOO_LARGE, format!("the body is over {most} bytes; send it in parts"))
            }
            Self::Body(error @ BodyError::TooMany) => (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
            Self::Body(error) => (StatusCode::BAD_REQUEST, error.to_string()),
            Self::Slow => (StatusCode::REQUEST_TIMEOUT, "the body took too long to arrive".to_owned()),
            Self::Broken => (StatusCode::BAD_REQUEST, "the body broke off".to_owned()),
            Self::Later(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}; try again later")),
        };
        let answer = (status, Json(json!({ "error": message })));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            ([(RETRY_AFTER, RETRY_SECONDS)], answer).into_response()
        } else {
            answer.into_response()
        }
    }
}

async fn receive(Held(desk): Held<Arc<Desk>>, request: Request) -> Result<Response, Refusal> {
    let _room = desk.room.try_acquire().map_err(|_| Refusal::Later("too many requests at once"))?;
    let (head, body) = request.into_parts();
    let signature = head.headers.get(SIGNATURE).ok_or(Refusal::Signature(SignatureError::Missing))?;
    let most = desk.config.max_bytes;
    let announced = head.headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|n| n > most as u64) {
        return Err(Refusal::TooLarge(most));
    }
    let body = timeout(desk.config.timeout, collect(body, most)).await.map_err(|_| Refusal::Slow)??;
    desk.secret.check(signature.as_bytes(), &body).map_err(Refusal::Signature)?;
    let read = body::read(&body, desk.around.clock.now()).map_err(Refusal::Body)?;
    let stored = read.items.len();
    if stored > 0 || !read.rejects.is_empty() {
        let (answer, answered) = oneshot::channel();
        let batch = Batch {
            items: read.items,
            rejects: read.rejects,
            stored: Some(answer),
            ..Batch::empty(&desk.name)
        };
        let durable = async {
            desk.around.hand_over(batch).await.map_err(|_| Refusal::Later("the daemon is stopping"))?;
            match answered.await {
                Ok(true) => Ok(()),
                Ok(false) | Err(_) => Err(Refusal::Later("the posts could not be stored")),
            }
        };
        let late = |_| Refusal::Later("the posts could not be stored in time");
        let durable = timeout(desk.config.timeout, durable).await.map_err(late).and_then(|durable| durable);
        if let Err(Refusal::Later(why)) = durable {
            desk.around.complain(&desk.name, &format!("a request was put off: {why}"));
        }
        durable?;
    }
    Ok(Json(json!({ "stored": stored, "rejected": read.refused })).into_response())
}

/// The body, as long as it is no longer than `most` bytes.
async fn collect(body: Body, most: usize) -> Result<Vec<u8>, Refusal> {
    let mut parts = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| Refusal::Broken)?;
        if whole.len() + part.len() > most {
            return Err(Refusal::TooLarge(most));
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole)
}
