//! The WebSocket of a Mastodon server, beside the polls: what it brings comes at once, and what it does not bring, they find.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, USER_AGENT};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async_tls_with_config};
use url::Url;

use super::heard::{Heard, read};
use crate::edges::sources::backoff::Backoff;
use crate::edges::sources::reach::Guard;
use crate::ground::time::Clock;
use crate::logic::patience::{Bounds, Patience};

/// Messages that wait to be taken in; the network waits while there are so many.
pub(super) const WAITING: usize = 64;
/// Largest message: a post with all that hangs on it is a few kilobytes.
const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(15);
/// Servers say something every half a minute, if only "still there".
const SILENCE: Duration = Duration::from_secs(120);
/// How long they may say nothing else: learnt, since a hashtag may be busy or rare. Polls find meanwhile what is lost.
const BOUNDS: Bounds = Bounds {
    least: Duration::from_secs(300),
    unknown: Duration::from_secs(6 * 3600),
    most: Duration::from_secs(12 * 3600),
};
/// Waits after a lost connection.
const FIRST: Duration = Duration::from_secs(2);
const MOST: Duration = Duration::from_secs(600);
/// Wait after a refusal: that changes when a person changes it.
const REFUSED: Duration = Duration::from_secs(3600);

/// What a stream needs.
pub(super) struct Wanted {
    /// Where the stream is: `wss://…`.
    pub(super) address: Url,
    /// Which addresses the server may name.
    pub(super) guard: Guard,
    /// Hashtags.
    pub(super) tags: Vec<String>,
    /// The token; from version 4.2 on servers stream to nobody without one.
    pub(super) token: String,
    /// Who we are.
    pub(super) agent: String,
    /// Seed of the jitter.
    pub(super) seed: u64,
    /// Who knows the time.
    pub(super) clock: Arc<dyn Clock>,
}

/// What comes over the stream.
#[derive(Debug)]
pub(super) enum Said {
    /// It stands, from now on.
    Open,
    /// A message.
    Heard(Heard),
    /// It is lost, or there was none; continues the stream's address. It is opened anew by itself.
    Lost(String),
}

/// A stream at work; it ends when this goes.
pub(super) struct Stream {
    task: JoinHandle<()>,
    said: mpsc::Receiver<Said>,
}

impl Stream {
    /// Opens it, and again whenever it is lost.
    pub(super) fn open(wanted: Wanted) -> Self {
        let (say, said) = mpsc::channel(WAITING);
        let task = tokio::spawn(async move {
            let mut backoff = Backoff::new(FIRST, MOST, wanted.seed);
            let mut patience = Patience::default();
            loop {
                let (why, wait) = match listen(&wanted, &say, &mut backoff, &mut patience).await {
                    End::Nobody => return,
                    End::Lost(why) => (why, backoff.next()),
                    End::Refused(why) => {
                        (format!("is refused: {why}; the token needs the right `read:statuses`"), REFUSED)
                    }
                };
                if say.send(Said::Lost(why)).await.is_err() {
                    return;
                }
                sleep(wait).await;
            }
        });
        Self { task, said }
    }

    /// What comes next.
    pub(super) async fn next(&mut self) -> Option<Said> {
        self.said.recv().await
    }

    /// What has come already.
    pub(super) fn waiting(&mut self) -> Option<Said> {
        self.said.try_recv().ok()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

enum End {
    Nobody,
    Lost(String),
    Refused(String),
}

async fn listen(
    wanted: &Wanted,
    say: &mpsc::Sender<Said>,
    backoff: &mut Backoff,
    patience: &mut Patience,
) -> End {
    let mut socket = match timeout(CONNECT, connect(wanted)).await {
        Ok(Ok(socket)) => socket,
        Ok(Err(why)) => return End::Lost(why),
        Err(_) => return End::Lost(format!("did not answer within {} seconds", CONNECT.as_secs())),
    };
    for tag in &wanted.tags {
        let subscribe =
            serde_json::json!({ "type": "subscribe", "stream": "hashtag", "tag": tag }).to_string();
        if let Err(e) = socket.send(Message::text(subscribe)).await {
            return End::Lost(format!("broke the connection: {e}"));
        }
    }
    if say.send(Said::Open).await.is_err() {
        return End::Nobody;
    }
    // What was said while there was no connection is lost, and no silence.
    let mut since = wanted.clock.now();
    patience.missed_until(since);
    let (mut last, mut allowed) = (Instant::now(), patience.allowed(since, BOUNDS));
    loop {
        if last.elapsed() >= allowed.wait {
            patience.opened_anew();
            let minutes = last.elapsed().as_secs() / 60;
            return End::Lost(format!("brought nothing for {minutes} minutes: {}", allowed.why));
        }
        let heard = match timeout(SILENCE, socket.next()).await {
            Err(_) => return End::Lost(format!("has been silent for {} seconds", SILENCE.as_secs())),
            Ok(None) => return End::Lost("ended the connection".to_owned()),
            Ok(Some(Err(e))) => return End::Lost(format!("broke the connection: {e}")),
            Ok(Some(Ok(Message::Text(text)))) => read(text.as_str()),
            Ok(Some(Ok(Message::Close(_)))) => return End::Lost("closed the connection".to_owned()),
            Ok(Some(Ok(_))) => continue,
        };
        match heard {
            Heard::Other => {}
            Heard::Refused(why) => return End::Refused(why),
            heard => {
                backoff.reset();
                since = wanted.clock.now();
                patience.heard(since);
                (last, allowed) = (Instant::now(), patience.allowed(since, BOUNDS));
                if say.send(Said::Heard(heard)).await.is_err() {
                    return End::Nobody;
                }
            }
        }
    }
}

/// Connects to an address that may be connected to: the server named it, so the names are looked up and checked here.
async fn connect(wanted: &Wanted) -> Result<WebSocketStream<MaybeTlsStream<TcpStream>>, String> {
    let mut request =
        wanted.address.as_str().into_client_request().map_err(|e| format!("cannot be asked: {e}"))?;
    let mut token = HeaderValue::from_str(&format!("Bearer {}", wanted.token))
        .map_err(|_| "cannot be asked: the token holds characters that no token has".to_owned())?;
    token.set_sensitive(true);
    request.headers_mut().insert(AUTHORIZATION, token);
    if let Ok(agent) = wanted.agent.parse() {
        request.headers_mut().insert(USER_AGENT, agent);
    }
    let addresses = wanted.guard.addresses(&wanted.address).await?;
    let stream = TcpStream::connect(&addresses[..]).await.map_err(|e| format!("does not answer: {e}"))?;
    let limits = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES));
    let (socket, _) = client_async_tls_with_config(request, stream, Some(limits), None)
        .await
        .map_err(|e| format!("cannot be opened: {e}"))?;
    Ok(socket)
}
