//! What Bluesky's stream costs: frames come in over a WebSocket on loopback, posts that no rule wants are dropped, on one
//! core; beside it serde_json alone on the same bytes. `cargo bench --bench intake [-- EVENTS]`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a test may panic: that is how it fails"
)]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use groundswell::edges::sources::{Health, SourceSettings, Surroundings, run};
use groundswell::ground::entry::{RuleFile, RuleFiles};
use groundswell::ground::post::Post;
use groundswell::ground::time::{SimulatedClock, from_ms};
use groundswell::logic::rules::{RuleSet, Subject};
use groundswell::logic::text::{Lang, tokenize};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_util::sync::CancellationToken;

/// 2026-05-01T12:00:00Z in microseconds.
const NOON: i64 = 1_777_636_800_000_000;
/// What the text of posts is made of; none of it is wanted.
const WORDS: [&str; 40] = [
    "today",
    "the",
    "sky",
    "looks",
    "like",
    "a",
    "painting",
    "and",
    "my",
    "cat",
    "has",
    "opinions",
    "about",
    "it",
    "morgen",
    "früh",
    "gehen",
    "wir",
    "an",
    "den",
    "see",
    "そろそろ",
    "寝ます",
    "おやすみ",
    "hoje",
    "não",
    "vai",
    "dar",
    "praia",
    "demain",
    "il",
    "fera",
    "beau",
    "book",
    "chapter",
    "seven",
    "is",
    "finally",
    "done",
    "🎉",
];

fn main() {
    let count = std::env::args().filter_map(|a| a.parse().ok()).next().unwrap_or(200_000);
    let rules = rules();
    for version in [1, 2] {
        let frames = frames(count, version);
        let bytes: usize = frames.iter().map(String::len).sum();
        println!("version {version}: {count} events, {} bytes each", bytes / count);
        let alone = best(3, || {
            let start = Instant::now();
            let read = frames.iter().filter(|f| serde_json::from_str::<serde_json::Value>(f).is_ok()).count();
            assert_eq!(read, count);
            start.elapsed()
        });
        let skimmed = best(3, || {
            let start = Instant::now();
            let skim = |f: &&String| serde_json::from_str::<serde::de::IgnoredAny>(f).is_ok();
            assert_eq!(frames.iter().filter(skim).count(), count);
            start.elapsed()
        });
        let stream = best(3, || stream(&frames, version, &rules));
        let rate = |took: Duration| (count as f64 / took.as_secs_f64()).round();
        println!("  serde_json into a Value: {} events/s", rate(alone));
        println!("  serde_json, looked through only: {} events/s", rate(skimmed));
        println!(
            "  the source, from the socket to the drop: {} events/s, {:.2} of the time of serde_json into a Value",
            rate(stream),
            stream.as_secs_f64() / alone.as_secs_f64()
        );
    }
}

fn best(times: usize, mut measure: impl FnMut() -> Duration) -> Duration {
    (0..times).map(|_| measure()).min().unwrap()
}

fn rules() -> Arc<RuleSet> {
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    let files = RuleFiles {
        folder: "rules".into(),
        files: vec![
            file("mini-9.toml", include_str!("../rules/mini-9.toml")),
            file("teams.toml", include_str!("../rules/teams.toml")),
        ],
    };
    Arc::new(RuleSet::load(&files).0.unwrap())
}

fn wants(rules: &RuleSet, post: &Post) -> bool {
    let text = post.full_text();
    if !rules.may_match(&text, post.lang.as_deref()) {
        return false;
    }
    let lang = Lang::of(&text, post.lang.as_deref());
    let tokens = tokenize(&text, lang);
    let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment: None };
    !rules.match_post(&subject).is_empty()
}

/// Events as they come: most are posts with a picture or a link and half of them replies, a tenth deletions.
fn frames(count: usize, version: u8) -> Vec<String> {
    let mut state = 7u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let cid = "bafyreiainko5un5pbcdosvxpbisjnjzemojnry6nsgtdftdgslbu37kxai";
    (0..count)
        .map(|n| {
            let (did, rkey) = (format!("did:plc:{:024}", random(1 << 30)), format!("3mmo{:09}", n));
            let at = NOON + n as i64 * 700;
            let operation = if random(10) == 0 { "delete" } else { "create" };
            let text: Vec<&str> = (0..5 + random(30)).map(|_| WORDS[random(WORDS.len())]).collect();
            let mut record = serde_json::json!({"$type": "app.bsky.feed.post", "createdAt": "2026-05-01T11:59:58.757Z",
                "langs": ["en"], "text": text.join(" ")});
            if random(2) == 0 {
                let to = serde_json::json!({"cid": cid, "uri": format!("at://{did}/app.bsky.feed.post/3mmojbrjwbs26")});
                record["reply"] = serde_json::json!({"parent": to, "root": to});
            }
            if random(3) == 0 {
                let picture = serde_json::json!({"$type": "blob", "ref": {"$link": cid}, "mimeType": "image/jpeg", "size": 720_303});
                record["embed"] = serde_json::json!({"$type": "app.bsky.embed.images", "images": [
                    {"alt": "a sky over a lake, seen from the shore", "aspectRatio": {"height": 2000, "width": 1500}, "image": picture}]});
            }
            let mut commit = serde_json::json!({"rev": format!("3mmp{n:09}"), "operation": operation,
                "collection": "app.bsky.feed.post", "rkey": rkey});
            if operation == "create" {
                commit["record"] = record;
                commit["cid"] = cid.into();
            }
            if version == 1 {
                return serde_json::json!({"did": did, "time_us": at, "kind": "commit", "commit": commit}).to_string();
            }
            commit["$type"] = "network.bsky.jetstream.subscribeEvents#commit".into();
            commit["did"] = did.into();
            commit["seq"] = n.into();
            commit["time"] = from_ms(at / 1000).to_string().into();
            serde_json::json!({"$type": "message", "payload": commit}).to_string()
        })
        .collect()
}

/// How long the source takes for all frames, from the first byte to the last event read.
fn stream(frames: &[String], version: u8, rules: &Arc<RuleSet>) -> Duration {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = if version == 1 { "subscribe" } else { "xrpc/network.bsky.jetstream.subscribeEvents" };
    let host = format!("ws://{}/{path}", listener.local_addr().unwrap());
    let mut bytes = Vec::new();
    for frame in frames {
        bytes.push(0x81);
        match frame.len() {
            short @ 0..126 => bytes.push(short as u8),
            long => {
                bytes.push(126);
                bytes.extend(u16::try_from(long).unwrap().to_be_bytes());
            }
        }
        bytes.extend(frame.as_bytes());
    }
    let last_us = NOON + (frames.len() as i64 - 1) * 700;
    let server = std::thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let value = |name: &str| {
            let line = head.lines().find(|l| l.to_ascii_lowercase().starts_with(name));
            line.map(|l| l.split_once(": ").unwrap().1.to_owned())
        };
        let key = derive_accept_key(value("sec-websocket-key:").unwrap().as_bytes());
        let named = value("sec-websocket-protocol:")
            .map_or(String::new(), |n| format!("sec-websocket-protocol: {n}\r\n"));
        let answer = format!(
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: {key}\r\n{named}\r\n"
        );
        socket.write_all(answer.as_bytes()).unwrap();
        let start = Instant::now();
        // The source may stop before it has read the last of it.
        let _ = socket.write_all(&bytes);
        (start, socket)
    });
    let (out, mut batches) = mpsc::channel(64);
    let (stop, rules) = (CancellationToken::new(), Arc::clone(rules));
    let around = Surroundings {
        clock: Arc::new(SimulatedClock::new(from_ms(last_us / 1000 + 60_000))),
        out,
        stop: stop.clone(),
        health: Arc::new(Health::new()),
        contact: "bench".into(),
        seed: 1,
        filter: Arc::new(move |post: &Post| wants(&rules, post)),
        callbacks: None,
    };
    let settings: SourceSettings =
        toml::from_str(&format!("name = 'b'\nkind = 'jetstream'\nhosts = ['{host}']")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let source = tokio::spawn(run(settings, None, around));
        let mut end = Instant::now();
        while let Some(batch) = batches.recv().await {
            let read: Option<serde_json::Value> = batch.cursor.and_then(|c| serde_json::from_str(&c).ok());
            if read.is_some_and(|c| c["time_us"].as_i64() >= Some(last_us / 1000 * 1000)) {
                end = Instant::now();
                break;
            }
        }
        stop.cancel();
        source.await.unwrap().unwrap();
        let (start, _socket) = server.join().unwrap();
        end - start
    })
}
