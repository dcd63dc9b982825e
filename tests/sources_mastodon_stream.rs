//! The stream of a Mastodon server beside its polls, against a server of its shape on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod listening;

use std::sync::{Arc, Mutex};

use axum::response::IntoResponse;
use futures_util::{SinkExt, StreamExt};
use listening::{LONG, Source, secret, serve};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// Statuses that polls find.
type Statuses = Arc<Mutex<Vec<Value>>>;

fn status(id: u64) -> Value {
    json!({"id": id.to_string(), "created_at": "2026-01-01T10:00:00.000Z", "visibility": "public",
        "content": format!("<p>kettle {id}</p>"), "account": {"acct": "ana", "note": ""}})
}

/// A message of the stream; the payload is JSON in a string, or a bare id.
fn says(event: &str, payload: &str) -> Message {
    Message::text(json!({"stream": ["hashtag", "acme"], "event": event, "payload": payload}).to_string())
}

fn update(id: u64) -> Message {
    says("update", &status(id).to_string())
}

struct Server {
    url: String,
    statuses: Statuses,
    socket: TcpListener,
}

impl Server {
    /// `stream` is where it says that its stream is; its own socket unless given.
    async fn start(stream: Option<&str>) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let streaming =
            stream.map_or_else(|| format!("ws://{}", socket.local_addr().unwrap()), str::to_owned);
        let statuses = Statuses::default();
        let it = Arc::clone(&statuses);
        let url = serve(move |path, asked, _| {
            let min: u64 = asked.get("min_id").map_or(0, |id| id.parse().unwrap());
            let number = |s: &&Value| s["id"].as_str().unwrap().parse::<u64>().unwrap() > min;
            match path {
                "/api/v2/instance" => {
                    axum::Json(json!({"configuration": {"urls": {"streaming": streaming}}})).into_response()
                }
                "/api/v1/timelines/tag/acme" => {
                    let page: Vec<Value> = it.lock().unwrap().iter().rev().filter(number).cloned().collect();
                    axum::Json(page).into_response()
                }
                // Every post that is looked after is there.
                path => axum::Json(status(path.rsplit('/').next().unwrap().parse().unwrap())).into_response(),
            }
        })
        .await;
        Self { url, statuses, socket }
    }

    /// The next connection, after its subscription; also what it asked with.
    async fn accept(&self) -> (WebSocketStream<TcpStream>, String) {
        let (stream, _) = timeout(LONG, self.socket.accept()).await.expect("nobody connected").unwrap();
        let mut asked = String::new();
        #[allow(clippy::result_large_err, reason = "the shape of the library")]
        let look = |request: &Request, response: Response| {
            asked = format!("{} {}", request.uri(), request.headers()["authorization"].to_str().unwrap());
            Ok(response)
        };
        let mut socket = accept_hdr_async(stream, look).await.unwrap();
        let subscribed = timeout(LONG, socket.next()).await.unwrap().unwrap().unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(subscribed.to_text().unwrap()).unwrap(),
            json!({"type": "subscribe", "stream": "hashtag", "tag": "acme"})
        );
        (socket, asked)
    }
}

/// A source with a token that reads the tag `acme`.
fn start(server: &Server, interval: &str) -> Source {
    let token = secret("t0ken");
    let settings = format!(
        "kind = 'mastodon'\nserver = '{}'\ntags = ['acme']\ninterval = '{interval}'\ntoken_file = '{}'",
        server.url,
        token.path().display()
    );
    let mut source = Source::start(&settings, None);
    source.kept.push(token);
    source
}

#[tokio::test]
async fn the_stream_brings_posts_at_once_and_a_cut_is_mended() {
    let server = Server::start(None).await;
    server.statuses.lock().unwrap().push(status(1));
    // Polls come each hour: what follows came by the stream.
    let mut source = start(&server, "1h");
    let (mut socket, asked) = server.accept().await;
    assert_eq!(asked, "/api/v1/streaming Bearer t0ken");
    assert_eq!(source.items(1).await, ["1 kettle 1"]);
    for message in [
        update(2),
        update(2),
        says("delete", "3"),
        update(3),
        says("filters_changed", ""),
        Message::text("nonsense"),
    ] {
        socket.send(message).await.unwrap();
    }
    // The deletion comes before its post, as it usually does; the store keeps such a post away.
    assert_eq!(source.items(3).await, ["2 kettle 2", "-3", "3 kettle 3"]);
    let mut edited = status(2);
    edited["content"] = "<p>kettle 2, mended</p>".into();
    edited["edited_at"] = "2026-01-01T10:30:00.000Z".into();
    socket.send(says("status.update", &edited.to_string())).await.unwrap();
    assert_eq!(source.items(1).await, ["2 kettle 2, mended"]);
    // What it said before comes once more, as it does when a server is busy: it is older.
    socket.send(update(2)).await.unwrap();
    edited["content"] = "<p>kettle 2, mended twice</p>".into();
    edited["edited_at"] = "2026-01-01T10:40:00.000Z".into();
    socket.send(says("status.update", &edited.to_string())).await.unwrap();
    assert_eq!(source.items(1).await, ["2 kettle 2, mended twice"]);
    let mut private = status(4);
    private["account"]["note"] = "#nobot".into();
    socket.send(says("update", &private.to_string())).await.unwrap();
    drop(socket);
    let said = source.until(|h| h.notice.is_some()).await.notice.unwrap();
    assert!(said.contains("the stream of") && said.contains("polled meanwhile"), "{said}");
    let (mut socket, _) = server.accept().await;
    socket.send(update(5)).await.unwrap();
    assert_eq!(source.items(1).await, ["5 kettle 5"]);
    assert_eq!(source.until(|h| h.notice.is_none()).await.errors, 0);
    source.stop.cancel();
}

#[tokio::test]
async fn polls_stay_the_truth_and_bring_nothing_twice() {
    let server = Server::start(None).await;
    server.statuses.lock().unwrap().push(status(1));
    let mut source = start(&server, "2ms");
    let (mut socket, _) = server.accept().await;
    assert_eq!(source.items(1).await, ["1 kettle 1"]);
    socket.send(update(2)).await.unwrap();
    assert_eq!(source.items(1).await, ["2 kettle 2"]);
    // What the stream brought is not brought again by a poll, and what it lost is.
    server.statuses.lock().unwrap().extend([status(2), status(3)]);
    assert_eq!(source.items(1).await, ["3 kettle 3"]);
    // Posts that only polls find, again and again: the stream is said to be deaf, and opened anew.
    server.statuses.lock().unwrap().extend((4..9).map(status));
    assert_eq!(source.items(5).await.len(), 5);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("posts that polls found"), "{said}");
    server.accept().await;
    source.stop.cancel();
}

#[tokio::test]
async fn a_stream_of_deletions_only_is_an_alarm() {
    let server = Server::start(None).await;
    server.statuses.lock().unwrap().push(status(1));
    let mut source = start(&server, "1h");
    let (mut socket, _) = server.accept().await;
    source.items(1).await;
    for id in 100..120 {
        socket.send(says("delete", &id.to_string())).await.unwrap();
    }
    assert_eq!(source.items(20).await[19], "-119");
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("brings deletions only (20 of them"), "{said}");
    source.stop.cancel();
}

#[tokio::test]
async fn a_token_that_may_not_stream_and_a_stream_inside_leave_polls() {
    let server = Server::start(None).await;
    server.statuses.lock().unwrap().push(status(1));
    let mut source = start(&server, "2ms");
    let (mut socket, _) = server.accept().await;
    source.items(1).await;
    // The connection stands, and then it says so.
    socket
        .send(Message::text(
            json!({"error": "Access token does not have the required scopes", "status": 401}).to_string(),
        ))
        .await
        .unwrap();
    let said = source.until(|h| h.notice.is_some()).await.notice.unwrap();
    assert!(
        said.contains("is refused: Access token does not have the required scopes")
            && said.contains("polled"),
        "{said}"
    );
    server.statuses.lock().unwrap().push(status(2));
    assert_eq!(source.items(1).await, ["2 kettle 2"]);
    source.stop.cancel();

    let server = Server::start(Some("ws://169.254.169.254/")).await;
    server.statuses.lock().unwrap().push(status(1));
    let mut source = start(&server, "2ms");
    assert_eq!(source.items(1).await, ["1 kettle 1"]);
    let said = source.until(|h| h.notice.is_some()).await.notice.unwrap();
    assert!(said.contains("no address on the public internet"), "{said}");
    source.stop.cancel();
}
