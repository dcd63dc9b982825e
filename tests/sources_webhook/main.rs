//! Posts that are sent to us, over real HTTP on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod crowd;
mod github;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use groundswell::edges::sources::{
    Batch, Health, Kept, SourceError, SourceSettings, State, Surroundings, run,
};
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, SimulatedClock};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(20);
const SECRET: &str = "a-secret-of-good-length";
const POST: &str = r#"{"id":"1","source":"crm","text":"it leaks","created_at":"2026-01-01T00:00:00Z"}"#;

struct Hook {
    url: String,
    batches: mpsc::Receiver<Batch>,
    stop: CancellationToken,
    health: Arc<Health>,
    clock: Arc<SimulatedClock>,
    full: Arc<AtomicBool>,
    task: JoinHandle<Result<(), SourceError>>,
    _secret: tempfile::NamedTempFile,
}

impl Hook {
    async fn start(more: &str) -> Self {
        Self::resume(more, None).await
    }

    async fn resume(more: &str, cursor: Option<String>) -> Self {
        let mut secret = tempfile::NamedTempFile::new().unwrap();
        writeln!(secret, "{SECRET}").unwrap();
        let (out, batches) = mpsc::channel(1);
        let clock = Arc::new(SimulatedClock::new("2026-01-02T00:00:00Z".parse().unwrap()));
        let full = Arc::new(AtomicBool::new(false));
        let health = Arc::new(Health::going_on(&[], full.clone()));
        let stop = CancellationToken::new();
        let around = Surroundings {
            clock: clock.clone(),
            out,
            stop: stop.clone(),
            health: health.clone(),
            contact: "ops@example.org".into(),
            seed: 1,
            filter: Arc::new(|post| !post.text.contains("nobody asks for this")),
            callbacks: None,
        };
        let settings: SourceSettings = toml::from_str(&format!(
            "name = 'hook'\nkind = 'webhook'\nlisten = '127.0.0.1:0'\nsecret_file = '{}'\n{more}",
            secret.path().display()
        ))
        .unwrap();
        let task = tokio::spawn(run(settings, cursor, around));
        let url = timeout(LONG, async {
            loop {
                let shown = health.snapshot(clock.now());
                if shown.state == State::Listening {
                    return shown.peer.unwrap();
                }
                assert_ne!(shown.state, State::Failed, "{:?}", shown.last_error);
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
        Self { url, batches, stop, health, clock, full, task, _secret: secret }
    }

    /// Sends a body with a right signature.
    fn send(&self, body: impl Into<Vec<u8>>) -> JoinHandle<(u16, Option<String>, Value)> {
        let body = body.into();
        let signature = sign(&body);
        self.send_signed(body, Some(signature))
    }

    fn send_signed(
        &self,
        body: impl Into<Vec<u8>>,
        signature: Option<String>,
    ) -> JoinHandle<(u16, Option<String>, Value)> {
        self.send_named(body, signature, None)
    }

    /// Sends a body that names its delivery and its time, and signs both.
    fn deliver(&self, id: &str, seconds: i64, body: &str) -> JoinHandle<(u16, Option<String>, Value)> {
        let signature = sign(format!("{id}.{seconds}.{body}").as_bytes());
        self.send_named(body, Some(signature), Some((id, seconds)))
    }

    fn send_named(
        &self,
        body: impl Into<Vec<u8>>,
        signature: Option<String>,
        named: Option<(&str, i64)>,
    ) -> JoinHandle<(u16, Option<String>, Value)> {
        // A choice that was made before is fine.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut request = reqwest::Client::new().post(&self.url).body(body.into());
        if let Some(signature) = signature {
            request = request.header("X-Groundswell-Signature", signature);
        }
        if let Some((id, seconds)) = named {
            request = request.header("X-Groundswell-Delivery", id).header("X-Groundswell-Timestamp", seconds);
        }
        tokio::spawn(async move {
            let answer = timeout(LONG, request.send()).await.unwrap().unwrap();
            let status = answer.status().as_u16();
            let later = answer.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
            (status, later, serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or(Value::Null))
        })
    }

    async fn batch(&mut self) -> Batch {
        timeout(LONG, self.batches.recv()).await.expect("nothing came").expect("the source ended")
    }
}

/// So many were stored.
fn stored(n: usize) -> Option<Kept> {
    Some(Kept { stored: n, ..Kept::default() })
}

fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body);
    let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256={hex}")
}

#[tokio::test]
async fn what_is_counted_fits_what_is_answered() {
    let mut hook = Hook::start("").await;
    let posts: String = (1..=5).map(|n| POST.replace("\"1\"", &format!("\"{n}\"")) + "\n").collect();
    let answer = hook.send(posts + "nonsense\n{\"op\":\"delete\",\"id\":\"0\",\"source\":\"crm\"}\n");
    let refused = vec![(3, "it says that it is of another source".to_owned())];
    let kept = Kept { stored: 1, known: 1, unwanted: 2, deleted: 0, absent: 1, refused };
    hook.batch().await.stored.unwrap().send(Some(kept)).unwrap();
    let (_, _, said) = answer.await.unwrap();
    assert_eq!((&said["unwanted"], &said["absent"]), (&2.into(), &1.into()));
    let health = hook.health.snapshot(hook.clock.now());
    assert_eq!((health.posts, health.posts_last_hour, health.unwanted), (2, 2, 2));
    assert_eq!(health.rejects as usize, said["rejected"].as_array().unwrap().len());
    assert_eq!((health.rejects, health.last_post), (2, Some(hook.clock.now())));
    // What could not be stored is sent again, and counted then.
    let answer = hook.send(POST);
    hook.batch().await.stored.unwrap().send(None).unwrap();
    assert_eq!(answer.await.unwrap().0, 503);
    assert_eq!(hook.health.snapshot(hook.clock.now()).posts, 2);
}

#[tokio::test]
async fn the_sender_hears_200_only_when_the_posts_are_stored() {
    let mut hook = Hook::start("").await;
    let answer =
        hook.send(format!("{POST}\nnonsense\n{{\"op\":\"delete\",\"id\":\"0\",\"source\":\"crm\"}}\n"));
    let batch = hook.batch().await;
    assert_eq!((batch.source.as_str(), batch.items.len(), batch.cursor), ("hook", 2, None));
    assert!(matches!(&batch.items[0], Incoming::Post(p) if p.arrived_at == hook.clock.now()));
    assert_eq!((batch.rejects[0].place.as_str(), batch.rejects[0].raw.as_str()), ("line 2", "nonsense"));
    assert!(!answer.is_finished(), "it must not answer before the posts are stored");
    batch.stored.unwrap().send(Some(Kept { stored: 1, deleted: 1, ..Kept::default() })).unwrap();
    let (status, _, said) = answer.await.unwrap();
    assert_eq!((status, &said["stored"], &said["rejected"][0]["line"]), (200, &1.into(), &2.into()));
    assert!(said["rejected"][0]["reason"].as_str().unwrap().contains("not a post as JSON"));
    assert_eq!(hook.health.snapshot(hook.clock.now()).posts, 2);
}

#[tokio::test]
async fn an_array_is_as_good_as_lines() {
    let mut hook = Hook::start("path = '/in/crm'").await;
    assert!(hook.url.ends_with("/in/crm"));
    let answer = hook.send(format!("[{POST}]"));
    hook.batch().await.stored.unwrap().send(stored(1)).unwrap();
    assert_eq!(answer.await.unwrap().2, serde_json::json!({"stored": 1, "rejected": []}));
    // Of what is not stored the sender hears why: nobody has to look for it in vain.
    let answer = hook.send(format!("{POST}\nnonsense\n{POST}\n{POST}"));
    let refused = vec![(2, "it says that it is of \"bluesky\"".to_owned())];
    let kept = Kept { stored: 0, known: 1, unwanted: 1, deleted: 1, absent: 2, refused };
    hook.batch().await.stored.unwrap().send(Some(kept)).unwrap();
    let said = answer.await.unwrap().2;
    assert_eq!(
        [&said["stored"], &said["known"], &said["unwanted"], &said["deleted"], &said["absent"]],
        [0, 1, 1, 1, 2]
    );
    // One wrong line refuses itself, the first as any other.
    let answer = hook.send(format!("v1.2 of our list\n{POST}"));
    let batch = hook.batch().await;
    assert_eq!((batch.items.len(), batch.rejects.len()), (1, 1));
    batch.stored.unwrap().send(stored(1)).unwrap();
    let one = answer.await.unwrap().2;
    assert!(one["stored"] == 1 && one["rejected"][0]["line"] == 1, "{one}");
    let lines: Vec<_> =
        said["rejected"].as_array().unwrap().iter().map(|r| r["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [2, 4], "{said}");
    assert!(said["rejected"][1]["reason"].as_str().unwrap().contains("bluesky"), "{said}");
}

#[tokio::test]
async fn what_is_not_signed_does_not_enter() {
    let mut hook = Hook::start("").await;
    let (status, _, said) = hook.send_signed(POST, None).await.unwrap();
    assert_eq!(status, 401);
    assert!(said["error"].as_str().unwrap().contains("X-Groundswell-Signature"), "{said}");
    for wrong in [sign(b"another body"), "sha256=".into(), "sha256=zz".into(), "x".repeat(1000)] {
        let (status, _, said) = hook.send_signed(POST, Some(wrong)).await.unwrap();
        assert_eq!(status, 401);
        assert!(!said.to_string().contains(SECRET) && said.to_string().contains("does not fit"), "{said}");
    }
    // What was signed with a delivery is no body of its own, though the bytes are the same.
    let recorded = format!("d-1.1735689600.{POST}\n{POST}");
    let (status, _, said) =
        hook.send_signed(recorded.as_str(), Some(sign(recorded.as_bytes()))).await.unwrap();
    assert_eq!(status, 400, "{said}");
    assert!(said["error"].as_str().unwrap().contains("id and the time of a delivery"), "{said}");
    assert!(hook.batches.try_recv().is_err());
}

#[tokio::test]
async fn bodies_that_are_too_large_or_broken_are_refused() {
    let mut hook = Hook::start("max_bytes = 1000").await;
    let (status, _, said) = hook.send("x".repeat(1001)).await.unwrap();
    assert_eq!(
        (status, said["error"].as_str()),
        (413, Some("the body is over 1000 bytes; send it in parts"))
    );
    let (status, ..) = hook.send(format!("[{POST}")).await.unwrap();
    assert_eq!(status, 400);
    assert_eq!(reqwest::get(&hook.url).await.unwrap().status(), 405);
    assert!(hook.batches.try_recv().is_err());
}

#[tokio::test]
async fn a_body_without_announced_length_is_bounded_too() {
    let hook = Hook::start("max_bytes = 1000").await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let chunks = futures_util::stream::iter((0..100).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 100])));
    let answer = reqwest::Client::new()
        .post(&hook.url)
        .header("X-Groundswell-Signature", "sha256=00")
        .body(reqwest::Body::wrap_stream(chunks))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 413);
}

#[tokio::test]
async fn what_cannot_be_stored_is_asked_for_again() {
    let mut hook = Hook::start("timeout = '200ms'").await;
    let refused = hook.send(POST);
    hook.batch().await.stored.unwrap().send(None).unwrap();
    let (status, later, said) = refused.await.unwrap();
    assert_eq!((status, later.as_deref()), (503, Some("5")));
    assert!(said["error"].as_str().unwrap().contains("could not be stored"), "{said}");

    let forgotten = hook.send(POST);
    drop(hook.batch().await.stored);
    assert_eq!(forgotten.await.unwrap().0, 503);

    let slow = hook.send(POST);
    let kept = hook.batch().await;
    assert_eq!(slow.await.unwrap().0, 503);
    drop(kept);

    hook.batches.close();
    let gone = hook.send(POST).await.unwrap();
    assert_eq!((gone.0, gone.1.as_deref()), (503, Some("5")));
    assert_eq!(hook.health.snapshot(hook.clock.now()).errors, 4);
}

#[tokio::test]
async fn it_stops_when_told_and_says_what_it_cannot_listen_on() {
    let hook = Hook::start("").await;
    hook.stop.cancel();
    timeout(LONG, hook.task).await.unwrap().unwrap().unwrap();

    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), SECRET).unwrap();
    for (settings, expected) in [
        (
            "secret_file = '/nonexistent/secret'".to_owned(),
            "cannot read `secret_file` /nonexistent/secret".to_owned(),
        ),
        (
            format!("path = 'posts'\nsecret_file = '{}'", secret.path().display()),
            "write a plain path".to_owned(),
        ),
    ] {
        let settings: SourceSettings =
            toml::from_str(&format!("name = 'hook'\nkind = 'webhook'\n{settings}")).unwrap();
        let around = Surroundings {
            clock: Arc::new(SimulatedClock::new("2026-01-02T00:00:00Z".parse().unwrap())),
            out: mpsc::channel(1).0,
            stop: CancellationToken::new(),
            health: Arc::new(Health::new()),
            contact: String::new(),
            seed: 1,
            filter: Arc::new(|_| true),
            callbacks: None,
        };
        let said = run(settings, None, around).await.unwrap_err().to_string();
        assert!(said.contains(&expected), "{said}");
    }
}

#[tokio::test]
async fn a_recorded_request_is_worth_nothing_to_who_recorded_it() {
    let mut hook = Hook::start("fresh_only = true").await;
    let now = hook.clock.now().as_second();
    let first = hook.deliver("d-1", now - 10, POST);
    let batch = hook.batch().await;
    let cursor = batch.cursor.clone();
    // The same again while it is under way waits for what becomes of it.
    let meanwhile = hook.deliver("d-1", now - 10, POST);
    batch.stored.unwrap().send(stored(1)).unwrap();
    assert_eq!(first.await.unwrap().0, 200);
    let (status, _, said) = meanwhile.await.unwrap();
    assert_eq!((status, &said["stored"], &said["repeated"]), (200, &0.into(), &true.into()));
    // Another id or time, or none of them, does not fit the signature.
    let signature = sign(format!("d-1.{}.{POST}", now - 10).as_bytes());
    for named in [Some(("d-2", now - 10)), Some(("d-1", now)), None] {
        let (status, _, said) = hook.send_named(POST, Some(signature.clone()), named).await.unwrap();
        assert_eq!(status, 401, "{said}");
    }
    let (status, _, said) = hook.deliver("d-3", now - 301, POST).await.unwrap();
    assert_eq!(status, 401);
    assert!(said["error"].as_str().unwrap().contains("five minutes"), "{said}");
    // What could not be stored may be sent again under its id.
    let refused = hook.deliver("d-4", now, POST);
    hook.batch().await.stored.unwrap().send(None).unwrap();
    assert_eq!(refused.await.unwrap().0, 503);
    let again = hook.deliver("d-4", now, POST);
    hook.batch().await.stored.unwrap().send(stored(1)).unwrap();
    assert_eq!(again.await.unwrap().0, 200);
    assert!(hook.batches.try_recv().is_err());

    let later = Hook::resume("", cursor).await;
    let (status, _, said) = later.deliver("d-1", now - 10, POST).await.unwrap();
    assert_eq!((status, &said["repeated"]), (200, &true.into()));
}

#[tokio::test]
async fn who_sends_more_than_can_be_stored_is_told_to_wait() {
    let mut hook = Hook::start("timeout = '100ms'").await;
    // One batch waits to be stored; for the next there is no room.
    let waiting = hook.send(POST);
    let (status, _, _) = waiting.await.unwrap();
    assert_eq!(status, 503);
    let (status, later, said) = hook.send(POST).await.unwrap();
    assert_eq!((status, later.as_deref()), (429, Some("5")), "{said}");
    hook.batch().await;
}

#[tokio::test]
async fn on_a_full_disk_nobody_is_kept_waiting() {
    let mut hook = Hook::start("timeout = '1h'").await;
    // One waits to be stored already, and one comes when it is full.
    let waiting = hook.send(POST);
    let held = hook.batch().await;
    hook.full.store(true, Ordering::Relaxed);
    for refused in [waiting, hook.send(POST)] {
        let (status, later, said) = timeout(LONG, refused).await.unwrap().unwrap();
        assert_eq!((status, later.as_deref()), (503, Some("5")), "{said}");
        assert!(said["error"].as_str().unwrap().contains("the disk is full"), "{said}");
    }
    drop(held);
    hook.full.store(false, Ordering::Relaxed);
    let taken = hook.send(POST);
    hook.batch().await.stored.unwrap().send(stored(1)).unwrap();
    assert_eq!(taken.await.unwrap().0, 200);
}

#[tokio::test]
async fn a_port_that_is_taken_is_tried_again_until_it_is_free() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), SECRET).unwrap();
    let settings: SourceSettings = toml::from_str(&format!(
        "name = 'hook'\nkind = 'webhook'\nlisten = '{address}'\nsecret_file = '{}'",
        secret.path().display()
    ))
    .unwrap();
    let (health, stop) = (Arc::new(Health::new()), CancellationToken::new());
    let clock = Arc::new(SimulatedClock::new("2026-01-02T00:00:00Z".parse().unwrap()));
    let around = Surroundings {
        clock: clock.clone(),
        out: mpsc::channel(1).0,
        stop: stop.clone(),
        health: health.clone(),
        contact: String::new(),
        seed: 1,
        filter: Arc::new(|_| true),
        callbacks: None,
    };
    let task = tokio::spawn(run(settings, None, around));
    let until = async |state: State| {
        timeout(LONG, async {
            while health.snapshot(clock.now()).state != state {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await
        .unwrap();
    };
    until(State::Retrying).await;
    let said = health.snapshot(clock.now()).last_error.unwrap();
    assert!(said.contains(&format!("cannot listen on {address}")) && said.contains("ss -ltnp"), "{said}");
    drop(taken);
    until(State::Listening).await;
    stop.cancel();
    timeout(LONG, task).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn requests_that_are_turned_away_are_counted_with_the_reason() {
    let hook = Hook::start("").await;
    let (status, ..) = hook.send_named(POST, Some(sign(b"other")), None).await.unwrap();
    assert_eq!(status, 401);
    let (status, ..) = hook.send_named("[1", Some(sign(b"[1")), None).await.unwrap();
    assert_eq!(status, 400);
    let health = hook.health.snapshot(hook.clock.now());
    assert_eq!((health.refused, health.errors), (2, 0));
    assert!(health.last_refused.unwrap().contains("JSON array"));
}
