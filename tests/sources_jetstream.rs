//! The Bluesky stream as a source, against servers on loopback that break, repeat and fall silent as real ones do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod listening;

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use groundswell::edges::sources::{Batch, State};
use groundswell::ground::account::{AccountNews, Standing};
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, Timestamp};
use listening::{LONG, Source};
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

#[tokio::test]
async fn after_a_break_it_goes_back_five_seconds_and_takes_nothing_twice() {
    let (one, two) = (Server::new().await, Server::new().await);
    let mut source = listen(&[&one, &two], "", None);
    let (mut link, _) = one.accept().await;
    say(&mut link, [post("1", NOON), post("2", NOON + SECONDS)]).await;
    assert_eq!(
        items(&mut source, 2).await,
        (vec!["did:plc:ana/1".into(), "did:plc:ana/2".into()], NOON + SECONDS)
    );
    drop(link);
    let (mut link, asked) = two.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 4 * SECONDS)), "{asked}");
    // The same again, one that had come too late for the first connection, one out of order.
    say(
        &mut link,
        [post("1", NOON), post("late", NOON), post("2", NOON + SECONDS), post("3", NOON + SECONDS)],
    )
    .await;
    assert_eq!(items(&mut source, 2).await.0, ["did:plc:ana/late", "did:plc:ana/3"]);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains(&one.host), "{said}");
    link.close(None).await.unwrap();
    let (_, asked) = one.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 4 * SECONDS)), "hosts are taken in turn: {asked}");
    source.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on_from_the_stored_position() {
    let server = Server::new().await;
    let cursor = format!("{{\"time_us\":{NOON}}}");
    let mut source = listen(&[&server], "", Some(cursor));
    let (mut link, asked) = server.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 5 * SECONDS)), "{asked}");
    say(&mut link, [post("1", NOON - SECONDS), post("2", NOON + SECONDS)]).await;
    let mut gap = None;
    let mut at = 0;
    let mut heard = 0;
    while heard < 2 {
        let batch = source.batch().await;
        gap = gap.or(batch.gap);
        at = position(&batch);
        heard += batch.items.len();
    }
    assert_eq!((gap, at), (None, NOON + SECONDS));
    source.stop().await;
}

#[tokio::test]
async fn an_absence_longer_than_the_servers_memory_is_a_gap() {
    let server = Server::new().await;
    let left = NOON - 40 * 3600 * SECONDS;
    let mut source = listen(&[&server], "", Some(format!("{{\"time_us\":{left}}}")));
    let (mut link, _) = server.accept().await;
    let back = NOON - 36 * 3600 * SECONDS;
    // Nothing anybody wants, and still the gap has to be said.
    say(&mut link, [event("create", "1", back, "lovely day")]).await;
    let batch = source.batch().await;
    let at = |us: i64| Timestamp::from_microsecond(us).unwrap();
    assert_eq!(batch.gap, Some((at(left), at(back))));
    assert_eq!((batch.items.len(), position(&batch)), (0, back));
    source.stop().await;
}

#[tokio::test]
async fn the_position_moves_on_when_nobody_wants_anything() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, (0..200).map(|n| event("create", &n.to_string(), NOON + n, "lovely day"))).await;
    let batch = source.batch().await;
    assert!(batch.items.is_empty() && batch.rejects.is_empty());
    assert_eq!(position(&batch), NOON + 199);
    source.stop().await;
}

#[tokio::test]
async fn a_server_ahead_of_time_does_not_take_the_position_with_it() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON + 90 * 24 * 3600 * SECONDS)]).await;
    let (ids, at) = items(&mut source, 1).await;
    assert_eq!((ids.len(), at), (1, NOON + 60 * SECONDS));
    source.stop().await;
}

#[tokio::test]
async fn a_silent_server_is_left_for_the_next() {
    let (silent, lively) = (Server::new().await, Server::new().await);
    let mut source = listen(&[&silent, &lively], "idle_timeout = '50ms'", None);
    let (_kept_open, _) = silent.accept().await;
    let (mut link, _) = lively.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/1"]);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(
        said.contains("has been silent for 0.05 seconds: the longest silence that is waited for"),
        "{said}"
    );
    source.stop().await;
}

#[tokio::test]
async fn frames_beyond_measure_end_the_connection_and_nothing_else() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    // The other side may hang up before it has read all of it.
    drop(link.send(Message::text("x".repeat(3 << 20))).await);
    let (mut link, _) = server.accept().await;
    say(&mut link, [Message::binary(vec![0; 10]), post("2", NOON + 1)]).await;
    assert_eq!(items(&mut source, 2).await.0, ["did:plc:ana/1", "did:plc:ana/2"]);
    let health = source.until(|h| h.rejects == 1).await;
    assert!(health.last_error.unwrap().contains("broke the connection"));
    source.stop().await;
}

#[tokio::test]
async fn no_server_is_no_reason_to_give_up_and_a_refusal_is_named() {
    let server = Server::new().await;
    let source = listen(&[&server], "", None);
    for _ in 0..3 {
        let (mut stream, _) = timeout(LONG, server.listener.accept()).await.unwrap().unwrap();
        AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
    }
    let health = source.until(|h| h.errors >= 2).await;
    assert!(health.last_error.unwrap().contains("answers 502 Bad Gateway to a WebSocket request"));
    assert_ne!(health.state, State::Failed);
    source.stop().await;
}

#[tokio::test]
async fn breaks_repetitions_and_disorder_lose_nothing_and_double_nothing() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let stop = source.stop.clone();
    let feeder = tokio::spawn(async move {
        // Forty connections of fifty new posts each; every one begins by repeating half of the last, and is cut.
        for round in 0..40i64 {
            let (mut link, _) = server.accept().await;
            let first = (round * 50 - 25).max(0);
            let mut order: Vec<i64> = (first..(round + 1) * 50).collect();
            order.chunks_mut(4).for_each(<[i64]>::reverse);
            let events: Vec<Message> = order.into_iter().map(|n| post(&n.to_string(), NOON + n)).collect();
            say(&mut link, events).await;
            link.flush().await.unwrap();
            // Close, so that everything sent is read before the end is seen.
            link.close(None).await.ok();
            while let Some(Ok(_)) = link.next().await {}
        }
        (server, stop)
    });
    let (ids, at) = items(&mut source, 2000).await;
    let unique: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), unique.len(), at), (2000, 2000, NOON + 1999));
    let _server = timeout(LONG, feeder).await.unwrap().unwrap();
    source.stop().await;
}

/// An event of the first version, as the second says it.
fn in_envelope(message: &Message, seq: i64) -> Message {
    let one: serde_json::Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
    let mut payload = one["commit"].clone();
    payload["$type"] = "network.bsky.jetstream.subscribeEvents#commit".into();
    payload["seq"] = seq.into();
    payload["did"] = one["did"].clone();
    payload["time"] =
        Timestamp::from_microsecond(one["time_us"].as_i64().unwrap()).unwrap().to_string().into();
    Message::text(serde_json::json!({"$type": "message", "payload": payload}).to_string())
}

#[tokio::test]
async fn the_second_version_is_spoken_and_goes_on_where_the_first_broke_off() {
    let (one, two) = (Server::new().await, Server::second().await);
    let mut source = listen(&[&one, &two], "", None);
    let (mut link, _) = one.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    items(&mut source, 1).await;
    drop(link);
    let (mut link, asked) = two.accept().await;
    let want =
        "?kinds=commit&kinds=account&collections=app.bsky.feed.post&maxMessageSizeBytes=1048576&cursor=";
    assert_eq!(asked, format!("{SECOND}{want}{}", NOON - 5 * SECONDS));
    say(&mut link, [in_envelope(&post("1", NOON + 3), 7), in_envelope(&post("2", NOON + 4), 8)]).await;
    let batch = source.batch().await;
    let cursor: serde_json::Value = serde_json::from_str(batch.cursor.as_ref().unwrap()).unwrap();
    assert_eq!(batch.items.len(), 1, "what the other server had sent is known");
    assert_eq!(
        (cursor["time_us"].as_i64(), &cursor["seq"][0], &cursor["seq"][1]),
        (Some(NOON + 4), &8.into(), &two.host.clone().into())
    );
    // The server gives up on us, and says so; another one numbers anew. Neither matters.
    say(&mut link, [Message::text(r#"{"$type":"error","error":"ConsumerTooSlow","message":"come back"}"#)])
        .await;
    let said = source.until(|h| h.last_error.as_ref().is_some_and(|e| e.contains("ConsumerTooSlow"))).await;
    assert!(said.last_error.unwrap().contains("ends the stream"));
    let _ = one.accept().await;
    let (mut link, asked) = two.accept().await;
    assert!(asked.ends_with(&format!("cursor={}", NOON + 4 - 5 * SECONDS)), "{asked}");
    say(&mut link, [in_envelope(&post("2", NOON + 9), 1), in_envelope(&post("3", NOON + 10), 2)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/3"]);
    source.stop().await;
}

#[tokio::test]
async fn a_position_that_is_too_old_for_a_server_is_a_gap_from_its_oldest_event() {
    let server = Server::second().await;
    let mut source = listen(&[&server], "", Some(format!("{{\"time_us\":{NOON}}}")));
    let refusal = br#"{"error":"CursorTooOld","message":"floor is 9"}"#;
    server.answer("400 Bad Request", refusal).await;
    let asked = server.answer("400 Bad Request", refusal).await;
    assert!(asked.contains("cursor=1000000000000000 "), "the oldest that there is: {asked}");
    let (mut link, asked) = server.accept().await;
    assert!(!asked.contains("cursor"), "{asked}");
    say(&mut link, [in_envelope(&post("1", NOON + 30 * SECONDS), 1)]).await;
    let at = |us: i64| Timestamp::from_microsecond(us).unwrap();
    assert_eq!(source.batch().await.gap, Some((at(NOON), at(NOON + 30 * SECONDS))));
    let said = source.until(|h| h.errors >= 3).await.last_error.unwrap();
    assert!(said.contains("nothing was heard from 2026-05-01T12:00:00Z to 2026-05-01T12:00:30Z"), "{said}");
    drop(link);
    let (mut link, asked) = server.accept().await;
    assert!(asked.ends_with(&format!("cursor={}", NOON + 25 * SECONDS)), "{asked}");
    // The server moves us on by itself, and says so.
    let info = r##"{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#info","name":"OutdatedCursor","message":"starting at seq 9"}}"##;
    say(&mut link, [Message::text(info), in_envelope(&post("2", NOON + 50 * SECONDS), 2)]).await;
    let gap = async {
        loop {
            if let Some(gap) = source.batch().await.gap {
                break gap;
            }
        }
    };
    assert_eq!(gap.await, (at(NOON + 30 * SECONDS), at(NOON + 50 * SECONDS)));
    source.stop().await;
}

#[tokio::test]
async fn compressed_frames_are_read_with_the_servers_dictionary_or_come_plain() {
    let samples: Vec<String> =
        (0..400).map(|n| post(&n.to_string(), NOON + n * n).into_text().unwrap().to_string()).collect();
    let dictionary = zstd::dict::from_samples(&samples, 4096).unwrap();
    let id = u32::from_le_bytes(dictionary[4..8].try_into().unwrap());
    let server = Server::second().await;
    let mut source = listen(&[&server], "compress = true", None);
    let asked = server.answer("200 OK", &dictionary).await;
    assert_eq!(asked, "GET /xrpc/network.bsky.jetstream.getZstdDictionary HTTP/1.1");
    let (mut link, asked) = server.accept().await;
    assert!(asked.contains(&format!("&zstdDictionary={id}&")), "{asked}");
    let mut pack = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
    let frame = in_envelope(&post("1", NOON), 1);
    let bomb = pack.compress(&vec![b' '; 256 << 20]).unwrap();
    assert!(bomb.len() < 64 << 10);
    let packed = pack.compress(frame.to_text().unwrap().as_bytes()).unwrap();
    say(&mut link, [Message::binary(bomb), Message::binary(packed)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/1"]);
    assert_eq!(source.until(|h| h.rejects == 1).await.errors, 0);
    drop(link);
    // The dictionary was replaced in the meantime, and the new one is not to be had.
    server.answer("400 Bad Request", br#"{"error":"UnknownZstdDictionary"}"#).await;
    server.answer("404 Not Found", b"").await;
    let (mut link, asked) = server.accept().await;
    assert!(!asked.contains("zstdDictionary"), "{asked}");
    say(&mut link, [in_envelope(&post("2", NOON), 2)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/2"]);
    let notice = source.until(|h| h.notice.is_some()).await.notice.unwrap();
    assert!(notice.contains("404") && notice.contains("uncompressed"), "{notice}");
    source.stop().await;
}

#[tokio::test]
async fn versions_that_come_in_the_wrong_order_end_as_the_newest() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "batch_every = '1h'", None);
    let (mut link, _) = server.accept().await;
    let version = |operation: &str, rev: &str, at: i64| {
        let text = event(operation, "1", at, &format!("broke {rev}")).to_text().unwrap().replace("rev1", rev);
        Message::text(text)
    };
    // The first batch ends where the second event is due: by then the newest is in.
    say(&mut link, [version("update", "3b", NOON + 2), version("create", "3a", NOON + 1)]).await;
    say(&mut link, (0..500).map(|n| post(&format!("filler{n}"), NOON - n))).await;
    let batch = source.batch().await;
    let shown: Vec<&str> = batch
        .items
        .iter()
        .filter_map(|i| match i {
            Incoming::Post(p) if p.id.ends_with("/1") => Some(p.text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(shown, ["broke 3b"]);
    let ids: Vec<&str> = batch
        .items
        .iter()
        .map(|i| match i {
            Incoming::Post(p) => p.id.as_str(),
            Incoming::Delete(k) => k.id.as_str(),
        })
        .collect();
    assert_eq!(
        (ids[0], ids[498], ids[499]),
        ("did:plc:ana/filler498", "did:plc:ana/filler0", "did:plc:ana/1")
    );
    source.stop().await;
}

#[tokio::test]
async fn after_a_restart_what_was_stored_is_not_taken_for_an_edit() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    let both = [post("1", NOON), event("update", "1", NOON + 1, "it broke again")];
    say(&mut link, both.clone()).await;
    let mut cursor = None;
    let mut heard = 0;
    while heard < 2 {
        let batch = source.batch().await;
        heard += batch.items.len();
        cursor = batch.cursor;
    }
    source.stop().await;
    let mut source = listen(&[&server], "", cursor);
    let (mut link, _) = server.accept().await;
    say(&mut link, both).await;
    say(&mut link, [post("2", NOON + 2)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/2"]);
    source.stop().await;
}

#[tokio::test]
async fn fragments_without_end_cost_a_bounded_amount_of_memory() {
    let server = Server::new().await;
    let mut source = listen(&[&server], "", None);
    let (link, _) = server.accept().await;
    let mut raw = link.into_inner();
    // A text message that never ends: 64 KiB fragments, none of them the last.
    let mut fragment = vec![0x01, 127, 0, 0, 0, 0, 0, 1, 0, 0];
    fragment.resize(10 + (64 << 10), b'x');
    let mut sent = 0usize;
    while raw.write_all(&fragment).await.is_ok() && sent < 256 << 20 {
        fragment[0] = 0x00;
        sent += 64 << 10;
    }
    assert!(sent < 64 << 20, "it was read for {sent} bytes");
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    assert_eq!(items(&mut source, 1).await.0, ["did:plc:ana/1"]);
    source.stop().await;
}
