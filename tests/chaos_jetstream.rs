//! Bluesky's stream as badly as it can come, into a real store: reordered, repeated and cut, with both versions of the
//! protocol in turn, and a source that is killed before what it handed over is stored. The whole daemon, the index and `kill -9`
//! are in `tests/lab/chaos_jetstream.py`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::SinkExt;
use groundswell::edges::sources::{Batch, Health, SourceSettings, Surroundings, run};
use groundswell::edges::store::{Committed, NewPost, Store, ToAppend};
use groundswell::ground::entry::Body;
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, SimulatedClock, from_ms};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_util::sync::CancellationToken;

/// 2026-05-01T12:00:00Z in microseconds.
const NOON: i64 = 1_777_636_800_000_000;
/// Microseconds between two events: an overlap of five seconds is 500 events.
const SPAN: i64 = 10_000;
const EVENTS: i64 = 4000;
/// Events that may come in any order.
const WINDOW: usize = 8;

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// What has to be there in the end.
#[derive(Default)]
struct Expected {
    shown: BTreeMap<String, String>,
    hidden: BTreeMap<String, String>,
    gone: BTreeSet<String>,
}

/// All events in the order of their times, and what they come to.
fn events(random: &mut Random) -> (Vec<Value>, Expected) {
    let (mut events, mut end) = (Vec::new(), Expected::default());
    let mut away: BTreeMap<usize, bool> = BTreeMap::new();
    let mut told: BTreeMap<usize, i64> = BTreeMap::new();
    for n in 0..EVENTS {
        let at = NOON + n * SPAN;
        let who = random.below(30);
        let commit = |key: &str, operation: &str, text: Option<&str>| {
            let (did, rkey) = key.split_once('/').unwrap();
            let mut commit = json!({"rev": format!("{n:06}"), "operation": operation, "rkey": rkey,
                "collection": "app.bsky.feed.post"});
            if let Some(text) = text {
                commit["record"] = json!({"createdAt": from_ms(at / 1000).to_string(), "text": text});
            }
            json!({"did": did, "time_us": at, "kind": "commit", "commit": commit})
        };
        let mine = |end: &Expected, who: usize| -> Vec<String> {
            let prefix = format!("did:plc:{who}/");
            end.shown.keys().chain(end.hidden.keys()).filter(|k| k.starts_with(&prefix)).cloned().collect()
        };
        let newest = end.shown.keys().max_by_key(|k| k.split_once('/').unwrap().1.to_owned()).cloned();
        match (random.below(100), newest) {
            (0..8, Some(key)) => {
                events.push(commit(&key, "delete", None));
                end.shown.remove(&key);
                end.gone.insert(key);
            }
            (8..12, Some(key)) => {
                let text = format!("broke, version {n}");
                events.push(commit(&key, "update", Some(&text)));
                end.shown.insert(key, text);
            }
            // Of an account the events come in order: only those of different accounts are mixed.
            (12, _) if told.get(&who).is_none_or(|t| n - t > 100) && away.get(&who) != Some(&true) => {
                told.insert(who, n);
                let back = away.remove(&who).is_some() && random.below(4) > 0;
                let deleted = !back && random.below(4) == 0;
                let status = if deleted { "deleted" } else { "suspended" };
                let time = from_ms(at / 1000).to_string();
                events.push(json!({"did": format!("did:plc:{who}"), "time_us": at, "kind": "account",
                    "account": {"active": back, "status": if back { "" } else { status }, "time": time}}));
                for key in mine(&end, who) {
                    let text = end.shown.remove(&key).or_else(|| end.hidden.remove(&key)).unwrap();
                    match (back, deleted) {
                        (true, _) => drop(end.shown.insert(key, text)),
                        (_, true) => drop(end.gone.insert(key)),
                        _ => drop(end.hidden.insert(key, text)),
                    }
                }
                if !back {
                    away.insert(who, deleted);
                }
            }
            (wanted, _) => {
                let free = (0..).map(|k| (who + k) % 1000).find(|w| !away.contains_key(w)).unwrap();
                let key = format!("did:plc:{free}/{n:06}");
                let text = if wanted < 50 { format!("broke, {key}") } else { "a lovely day".to_owned() };
                events.push(commit(&key, "create", Some(&text)));
                if wanted < 50 {
                    end.shown.insert(key, text);
                }
            }
        }
    }
    (events, end)
}

/// The same event as the second version says it.
fn second(event: &Value, seq: usize) -> Value {
    let kind = event["kind"].as_str().unwrap();
    let mut payload =
        if kind == "commit" { event["commit"].clone() } else { json!({"account": event["account"]}) };
    let at =
        groundswell::ground::time::Timestamp::from_microsecond(event["time_us"].as_i64().unwrap()).unwrap();
    payload["$type"] = format!("network.bsky.jetstream.subscribeEvents#{kind}").into();
    payload["seq"] = seq.into();
    payload["did"] = event["did"].clone();
    payload["time"] = at.to_string().into();
    json!({"$type": "message", "payload": payload})
}

/// Answers connections for ever, each in its own disorder and most of them cut.
async fn serve(listener: TcpListener, events: Arc<Vec<Value>>) {
    let mut random = Random(99);
    for round in 0usize.. {
        let (stream, _) = listener.accept().await.unwrap();
        let mut asked = String::new();
        #[allow(clippy::result_large_err)]
        let note = |request: &Request, mut response: Response| -> Result<Response, ErrorResponse> {
            asked = request.uri().to_string();
            if let Some(named) = request.headers().get("sec-websocket-protocol") {
                response.headers_mut().insert("sec-websocket-protocol", named.clone());
            }
            Ok(response)
        };
        let Ok(mut link) = tokio_tungstenite::accept_hdr_async(stream, note).await else { continue };
        let cursor = asked.split("cursor=").nth(1).map_or(NOON, |c| c.parse::<i64>().unwrap());
        let first = usize::try_from((cursor - NOON + SPAN - 1).max(0) / SPAN).unwrap();
        let cut = first + 600 + random.below(900);
        let mut rest: Vec<(usize, &Value)> = events.iter().enumerate().skip(first).collect();
        for window in rest.chunks_mut(WINDOW) {
            let (mut order, mut again) = (window.to_vec(), random.below(WINDOW * 6));
            while !order.is_empty() {
                let (n, event) = order.swap_remove(random.below(order.len()));
                let message = if asked.contains("subscribeEvents") {
                    second(event, n + round * 7)
                } else {
                    event.clone()
                };
                for _ in 0..if again == 0 { 2 } else { 1 } {
                    if link.feed(Message::text(message.to_string())).await.is_err() {
                        break;
                    }
                }
                again = again.wrapping_sub(1);
            }
            if window[0].0 > cut {
                break;
            }
        }
        link.flush().await.ok();
        if cut >= events.len() {
            tokio::spawn(async move {
                let _open = link;
                std::future::pending::<()>().await;
            });
        }
    }
}

/// Stores a batch as the engine does.
fn store(store: &mut Store, batch: Batch, now: i64) {
    let mut append = ToAppend {
        source: batch.source,
        accounts: batch.accounts,
        gap: batch.gap,
        cursor: batch.cursor,
        ..ToAppend::default()
    };
    for item in batch.items {
        match item {
            Incoming::Post(post) => {
                append.posts.push(NewPost { matched: post.text.contains("broke"), post: *post })
            }
            Incoming::Delete(key) => append.deletes.push(key),
        }
    }
    store.append(from_ms(now), &append).unwrap();
    let entries = store.read(store.position().unwrap(), 10_000).unwrap();
    let mut gone = BTreeSet::new();
    for entry in &entries {
        match &entry.body {
            Body::Delete(key) => drop(gone.insert(key.clone())),
            Body::Post { post, .. } if store.is_edit(entry.seq).unwrap() => drop(gone.insert(post.key())),
            _ => {}
        }
    }
    let what = Committed {
        position: store.last_position().unwrap(),
        snapshot: Some(Vec::new()),
        gone: gone.into_iter().collect(),
        ..Committed::default()
    };
    store.commit(from_ms(now), &what).unwrap();
}

#[tokio::test]
async fn everything_is_there_once_and_what_is_gone_is_gone() {
    let (events, end) = events(&mut Random(5));
    assert!(end.shown.len() > 500 && end.hidden.len() > 20 && end.gone.len() > 200, "the test tests nothing");
    let last = NOON + (EVENTS - 1) * SPAN;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(serve(listener, Arc::new(events)));
    let dir = tempfile::tempdir().unwrap();
    // The store's files are used from a thread that may block, never from an async task's.
    let mut known = Some(
        tokio::task::spawn_blocking({
            let dir = dir.path().to_owned();
            move || Store::open(&dir).unwrap()
        })
        .await
        .unwrap(),
    );
    let clock = Arc::new(SimulatedClock::new(from_ms(last / 1000 + 60_000)));
    let now = clock.now().as_millisecond();
    let (mut random, mut kills, mut done) = (Random(3), 0, false);
    while !done {
        let (out, mut batches) = mpsc::channel(2);
        let around = Surroundings {
            clock: clock.clone(),
            out,
            stop: CancellationToken::new(),
            health: Arc::new(Health::new()),
            contact: "x".into(),
            seed: kills,
            filter: Arc::new(|post| post.text.contains("broke")),
            callbacks: None,
        };
        let settings: SourceSettings = toml::from_str(&format!(
            "name = 'b'\nkind = 'jetstream'\nretry_first = '1ms'\nretry_most = '2ms'\nbatch_every = '2ms'\n\
             hosts = ['ws://{address}/subscribe', 'ws://{address}/xrpc/network.bsky.jetstream.subscribeEvents']"
        ))
        .unwrap();
        let cursor = known.as_ref().unwrap().cursor("b").unwrap();
        let task = tokio::spawn(run(settings, cursor, around));
        let mut lives = 2 + random.below(3);
        loop {
            let batch = match timeout(Duration::from_millis(600), batches.recv()).await {
                Ok(batch) => batch.expect("the source ended"),
                // Nothing comes any more, and the end was reached.
                Err(_) => {
                    let cursor = known.as_ref().unwrap().cursor("b").unwrap().unwrap_or_default();
                    done = cursor.contains(&format!("\"time_us\":{last}"));
                    if done { break } else { continue }
                }
            };
            lives = lives.saturating_sub(1);
            if lives == 0 && kills < 25 {
                // Killed with a batch in hand that is never stored.
                kills += 1;
                break;
            }
            let mut held = known.take().unwrap();
            known = Some(
                tokio::task::spawn_blocking(move || {
                    store(&mut held, batch, now);
                    held
                })
                .await
                .unwrap(),
            );
        }
        task.abort();
    }
    assert!(kills > 5, "killed only {kills} times");
    server.abort();
    let (mut live, mut times) = (BTreeMap::new(), 0);
    for entry in known.unwrap().read(0, 100_000).unwrap() {
        if let Body::Post { post, .. } = entry.body {
            times += 1;
            live.insert(post.id, post.text);
        }
    }
    assert_eq!(times, live.len(), "something is stored twice");
    let wrong: Vec<_> = live.iter().filter(|(k, t)| end.shown.get(*k) != Some(t)).collect();
    let lost: Vec<_> = end.shown.keys().filter(|k| !live.contains_key(*k)).collect();
    assert!(wrong.is_empty() && lost.is_empty(), "wrong or too many: {wrong:?}; lost: {lost:?}");
}
