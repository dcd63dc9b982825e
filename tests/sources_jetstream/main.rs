//! The Bluesky stream as a source, against servers on loopback that break, repeat and fall silent as real ones do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../listening/mod.rs"]
mod listening;

mod position;
mod trouble;
mod versions;

use futures_util::{SinkExt, StreamExt};
use groundswell::edges::sources::{Batch, State};
use groundswell::ground::account::{AccountNews, Standing};
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, Timestamp};
use listening::{LONG, Source};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

/// 2026-05-01T12:00:00Z in microseconds.
const NOON: i64 = 1_777_636_800_000_000;

const SECONDS: i64 = 1_000_000;
/// Where servers of the second version are asked.
const SECOND: &str = "/xrpc/network.bsky.jetstream.subscribeEvents";

struct Server {
    listener: TcpListener,
    host: String,
}

type Link = WebSocketStream<TcpStream>;

impl Server {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = format!("ws://{}/subscribe", listener.local_addr().unwrap());
        Self { listener, host }
    }

    /// A server of the second version of the protocol.
    async fn second() -> Self {
        let mut server = Self::new().await;
        server.host = server.host.replace("/subscribe", SECOND);
        server
    }

    /// Answers the next request with plain HTTP; returns its first line.
    async fn answer(&self, status: &str, body: &[u8]) -> String {
        let (mut stream, _) = timeout(LONG, self.listener.accept()).await.expect("nobody came").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all(&[answer.as_bytes(), body].concat()).await.unwrap();
        stream.shutdown().await.unwrap();
        String::from_utf8(head).unwrap().lines().next().unwrap().to_owned()
    }

    /// The next connection, and the address that it asked for.
    async fn accept(&self) -> (Link, String) {
        let (stream, _) = timeout(LONG, self.listener.accept()).await.expect("nobody came").unwrap();
        let mut asked = String::new();
        #[allow(clippy::result_large_err)]
        let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            asked = request.uri().to_string();
            assert!(request.headers()["user-agent"].to_str().unwrap().contains("ops@example.org"));
            let mut response = response;
            if let Some(named) = request.headers().get("sec-websocket-protocol") {
                assert!(asked.starts_with(SECOND) && named == "xrpc.v1.json");
                response.headers_mut().insert("sec-websocket-protocol", named.clone());
            }
            Ok(response)
        };
        let link = tokio_tungstenite::accept_hdr_async(stream, note).await.unwrap();
        (link, asked)
    }
}

/// A source that listens to these servers, and wants what broke.
fn listen(hosts: &[&Server], more: &str, cursor: Option<String>) -> Source {
    let hosts: Vec<&str> = hosts.iter().map(|s| s.host.as_str()).collect();
    let batch_every = if more.contains("batch_every") { "" } else { "batch_every = '5ms'\n" };
    let settings = format!(
        "name = 'bluesky'\nkind = 'jetstream'\nhosts = {hosts:?}\nretry_first = '5ms'\nretry_most = '20ms'\n\
         {batch_every}{more}"
    );
    Source::start_in(&settings, cursor, "2026-05-01T12:01:00Z", |around| {
        around.filter = Arc::new(|post| post.text.contains("broke"));
    })
}

/// What the next `n` items are, in order, and the last position that came with them.
async fn items(source: &mut Source, n: usize) -> (Vec<String>, i64) {
    let (mut shown, mut at) = (Vec::new(), 0);
    while shown.len() < n {
        let batch = source.batch().await;
        if batch.cursor.is_some() {
            at = position(&batch);
        }
        shown.extend(batch.items.iter().map(|item| match item {
            Incoming::Post(post) => post.id.clone(),
            Incoming::Delete(key) => format!("-{}", key.id),
        }));
    }
    (shown, at)
}

fn position(batch: &Batch) -> i64 {
    let cursor: serde_json::Value = serde_json::from_str(batch.cursor.as_ref().unwrap()).unwrap();
    cursor["time_us"].as_i64().unwrap()
}

fn event(operation: &str, rkey: &str, time_us: i64, text: &str) -> Message {
    let record = serde_json::json!({"$type": "app.bsky.feed.post", "createdAt": "2026-05-01T11:59:59Z", "langs": ["en"], "text": text});
    let mut event = serde_json::json!({"did": "did:plc:ana", "time_us": time_us, "kind": "commit", "commit": {
        "rev": format!("rev{rkey}"), "operation": operation, "collection": "app.bsky.feed.post", "rkey": rkey}});
    if operation != "delete" {
        event["commit"]["record"] = record;
    }
    Message::text(event.to_string())
}

fn post(rkey: &str, time_us: i64) -> Message {
    event("create", rkey, time_us, "it broke")
}

async fn say(link: &mut Link, messages: impl IntoIterator<Item = Message>) {
    for message in messages {
        link.send(message).await.unwrap();
    }
}

#[tokio::test]
async fn wanted_posts_edits_and_deletions_come_through() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, asked) = server.accept().await;
    assert_eq!(asked, "/subscribe?wantedCollections=app.bsky.feed.post&maxMessageSizeBytes=1048576");
    let account = r#"{"did":"did:plc:bob","time_us":1777636800000001,"kind":"account","account":{"active":false,"did":"did:plc:bob","status":"deleted"}}"#;
    let back = r#"{"did":"did:plc:bob","time_us":1777636800000002,"kind":"account","account":{"active":true,"did":"did:plc:bob"}}"#;
    say(
        &mut link,
        [
            post("1", NOON),
            event("create", "2", NOON, "lovely day"),
            event("update", "1", NOON + 1, "all good now"),
            event("delete", "2", NOON + 2, ""),
            Message::text(account),
            Message::text(account),
            Message::text(back),
            Message::text("{nonsense"),
            post("3", NOON + 3),
        ],
    )
    .await;
    let (mut rejects, mut ids, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
    while ids.len() < 4 {
        let batch = source.batch().await;
        rejects.extend(batch.rejects);
        ids.extend(batch.items);
        accounts.extend(batch.accounts);
    }
    let news = |standing| AccountNews { source: "bluesky".into(), author: "did:plc:bob".into(), standing };
    assert_eq!(accounts, [news(Standing::Deleted), news(Standing::Active)]);
    let Incoming::Post(first) = &ids[0] else { panic!("{ids:?}") };
    assert_eq!(first.id, "did:plc:ana/1");
    assert_eq!(first.arrived_at, source.clock.now());
    assert_eq!(first.created_at.to_string(), "2026-05-01T11:59:59Z");
    assert!(matches!(&ids[1], Incoming::Post(p) if p.id == "did:plc:ana/1" && p.text == "all good now"));
    assert!(matches!(&ids[2], Incoming::Delete(key) if key.id == "did:plc:ana/2" && key.source == "bluesky"));
    assert!(matches!(&ids[3], Incoming::Post(p) if p.id == "did:plc:ana/3"));
    assert_eq!((rejects.len(), rejects[0].raw.as_str()), (1, "{nonsense"));
    let health = source.until(|h| h.posts == 4).await;
    assert_eq!((health.unwanted, health.accounts_gone, health.state), (1, 1, State::Listening));
    assert_eq!(health.lag_seconds, Some(60.0));
    source.stop().await;
}
