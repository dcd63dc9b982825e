//! The Bluesky stream as a source, against servers on loopback that break, repeat and fall silent as real ones do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use groundswell::edges::sources::{
    Batch, Health, HealthSnapshot, SourceError, SourceSettings, State, Surroundings, run,
};
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, SimulatedClock, Timestamp};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(20);
/// 2026-05-01T12:00:00Z in microseconds.
const NOON: i64 = 1_777_636_800_000_000;
const SECOND: i64 = 1_000_000;

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

    /// The next connection, and the address that it asked for.
    async fn accept(&self) -> (Link, String) {
        let (stream, _) = timeout(LONG, self.listener.accept()).await.expect("nobody came").unwrap();
        let mut asked = String::new();
        #[allow(clippy::result_large_err)]
        let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
            asked = request.uri().to_string();
            assert!(request.headers()["user-agent"].to_str().unwrap().contains("ops@example.org"));
            Ok(response)
        };
        let link = tokio_tungstenite::accept_hdr_async(stream, note).await.unwrap();
        (link, asked)
    }
}

struct Source {
    batches: mpsc::Receiver<Batch>,
    stop: CancellationToken,
    health: Arc<Health>,
    clock: Arc<SimulatedClock>,
    task: JoinHandle<Result<(), SourceError>>,
}

impl Source {
    fn start(hosts: &[&Server], more: &str, cursor: Option<String>) -> Self {
        let (out, batches) = mpsc::channel(64);
        let clock = Arc::new(SimulatedClock::new("2026-05-01T12:01:00Z".parse().unwrap()));
        let health = Arc::new(Health::new());
        let stop = CancellationToken::new();
        let around = Surroundings {
            clock: clock.clone(),
            out,
            stop: stop.clone(),
            health: health.clone(),
            contact: "ops@example.org".into(),
            seed: 3,
            filter: Arc::new(|post| post.text.contains("broke")),
        };
        let hosts: Vec<&str> = hosts.iter().map(|s| s.host.as_str()).collect();
        let settings: SourceSettings = toml::from_str(&format!(
            "name = 'bluesky'\nkind = 'jetstream'\nhosts = {hosts:?}\nretry_first = '5ms'\nretry_most = '20ms'\n\
             batch_every = '5ms'\n{more}"
        ))
        .unwrap();
        let task = tokio::spawn(run(settings, cursor, around));
        Self { batches, stop, health, clock, task }
    }

    async fn batch(&mut self) -> Batch {
        timeout(LONG, self.batches.recv()).await.expect("nothing came").expect("the source ended")
    }

    /// What the next `n` items are, in order, and the last position that came with them.
    async fn items(&mut self, n: usize) -> (Vec<String>, i64) {
        let (mut shown, mut at) = (Vec::new(), 0);
        while shown.len() < n {
            let batch = self.batch().await;
            at = position(&batch);
            shown.extend(batch.items.iter().map(|item| match item {
                Incoming::Post(post) => post.id.clone(),
                Incoming::Delete(key) => format!("-{}", key.id),
            }));
        }
        (shown, at)
    }

    async fn until(&self, so: impl Fn(&HealthSnapshot) -> bool) -> HealthSnapshot {
        timeout(LONG, async {
            loop {
                let health = self.health.snapshot(self.clock.now());
                if so(&health) {
                    return health;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await
        .expect("the health did not become so")
    }

    async fn stop(self) {
        self.stop.cancel();
        timeout(LONG, self.task).await.expect("it did not stop").unwrap().unwrap();
    }
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
    let mut source = Source::start(&[&server], "", None);
    let (mut link, asked) = server.accept().await;
    assert_eq!(asked, "/subscribe?wantedCollections=app.bsky.feed.post");
    let account = r#"{"did":"did:plc:bob","time_us":1777636800000001,"kind":"account","account":{"active":false,"did":"did:plc:bob","status":"deleted"}}"#;
    say(
        &mut link,
        [
            post("1", NOON),
            event("create", "2", NOON, "lovely day"),
            event("update", "1", NOON + 1, "all good now"),
            event("delete", "2", NOON + 2, ""),
            Message::text(account),
            Message::text("{nonsense"),
            post("3", NOON + 3),
        ],
    )
    .await;
    let mut rejects = Vec::new();
    let mut ids = Vec::new();
    while ids.len() < 4 {
        let batch = source.batch().await;
        rejects.extend(batch.rejects);
        ids.extend(batch.items);
    }
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
    let mut source = Source::start(&[&one, &two], "", None);
    let (mut link, _) = one.accept().await;
    say(&mut link, [post("1", NOON), post("2", NOON + SECOND)]).await;
    assert_eq!(source.items(2).await, (vec!["did:plc:ana/1".into(), "did:plc:ana/2".into()], NOON + SECOND));
    drop(link);
    let (mut link, asked) = two.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 4 * SECOND)), "{asked}");
    // The same again, one that had come too late for the first connection, one out of order.
    say(&mut link, [post("1", NOON), post("late", NOON), post("2", NOON + SECOND), post("3", NOON + SECOND)])
        .await;
    assert_eq!(source.items(2).await.0, ["did:plc:ana/late", "did:plc:ana/3"]);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains(&one.host), "{said}");
    link.close(None).await.unwrap();
    let (_, asked) = one.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 4 * SECOND)), "hosts are taken in turn: {asked}");
    source.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on_from_the_stored_position() {
    let server = Server::new().await;
    let cursor = format!("{{\"time_us\":{NOON}}}");
    let mut source = Source::start(&[&server], "", Some(cursor));
    let (mut link, asked) = server.accept().await;
    assert!(asked.ends_with(&format!("&cursor={}", NOON - 5 * SECOND)), "{asked}");
    say(&mut link, [post("1", NOON - SECOND), post("2", NOON + SECOND)]).await;
    let mut gap = None;
    let mut at = 0;
    let mut items = 0;
    while items < 2 {
        let batch = source.batch().await;
        gap = gap.or(batch.gap);
        at = position(&batch);
        items += batch.items.len();
    }
    assert_eq!((gap, at), (None, NOON + SECOND));
    source.stop().await;
}

#[tokio::test]
async fn an_absence_longer_than_the_servers_memory_is_a_gap() {
    let server = Server::new().await;
    let left = NOON - 40 * 3600 * SECOND;
    let mut source = Source::start(&[&server], "", Some(format!("{{\"time_us\":{left}}}")));
    let (mut link, _) = server.accept().await;
    let back = NOON - 36 * 3600 * SECOND;
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
    let mut source = Source::start(&[&server], "", None);
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
    let mut source = Source::start(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON + 90 * 24 * 3600 * SECOND)]).await;
    let (ids, at) = source.items(1).await;
    assert_eq!((ids.len(), at), (1, NOON + 60 * SECOND));
    source.stop().await;
}

#[tokio::test]
async fn a_silent_server_is_left_for_the_next() {
    let (silent, lively) = (Server::new().await, Server::new().await);
    let mut source = Source::start(&[&silent, &lively], "idle_timeout = '50ms'", None);
    let (_kept_open, _) = silent.accept().await;
    let (mut link, _) = lively.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    assert_eq!(source.items(1).await.0, ["did:plc:ana/1"]);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("has been silent for 0.05 seconds"), "{said}");
    source.stop().await;
}

#[tokio::test]
async fn frames_beyond_measure_end_the_connection_and_nothing_else() {
    let server = Server::new().await;
    let mut source = Source::start(&[&server], "", None);
    let (mut link, _) = server.accept().await;
    say(&mut link, [post("1", NOON)]).await;
    // The other side may hang up before it has read all of it.
    drop(link.send(Message::text("x".repeat(3 << 20))).await);
    let (mut link, _) = server.accept().await;
    say(&mut link, [Message::binary(vec![0; 10]), post("2", NOON + 1)]).await;
    assert_eq!(source.items(2).await.0, ["did:plc:ana/1", "did:plc:ana/2"]);
    let health = source.until(|h| h.rejects == 1).await;
    assert!(health.last_error.unwrap().contains("broke the connection"));
    source.stop().await;
}

#[tokio::test]
async fn no_server_is_no_reason_to_give_up_and_a_refusal_is_named() {
    let server = Server::new().await;
    let source = Source::start(&[&server], "", None);
    for _ in 0..3 {
        let (mut stream, _) = timeout(LONG, server.listener.accept()).await.unwrap().unwrap();
        tokio::io::AsyncWriteExt::write_all(
            &mut stream,
            b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
        )
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
    let mut source = Source::start(&[&server], "", None);
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
    let (ids, at) = source.items(2000).await;
    let unique: std::collections::HashSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), unique.len(), at), (2000, 2000, NOON + 1999));
    let _server = timeout(LONG, feeder).await.unwrap().unwrap();
    source.stop().await;
}
