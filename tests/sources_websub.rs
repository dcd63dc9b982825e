//! Feeds whose hub sends what is new, against a feed and a hub on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State as Held;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use groundswell::edges::sources::{
    Batch, Call, Callbacks, Health, HealthSnapshot, SourceSettings, Surroundings, run,
};
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, SimulatedClock, plus_ms};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_secs(20);
type Asked = BTreeMap<String, String>;

/// A server with a feed and its hub.
#[derive(Clone)]
struct Server {
    feed: Arc<Mutex<String>>,
    polls: Arc<AtomicUsize>,
    /// What the hub was asked.
    asked: mpsc::UnboundedSender<Asked>,
    /// How the hub answers.
    status: u16,
}

fn rss(hub: &str, items: &[&str]) -> String {
    let items: String = items
        .iter()
        .map(|id| format!("<item><guid>{id}</guid><description>kettle {id}</description></item>"))
        .collect();
    format!(
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>t</title>\
         <atom:link rel='hub' href='{hub}'/><atom:link rel='self' href='https://f.example/feed?a=1'/>{items}</channel></rss>"
    )
}

async fn serve(status: u16) -> (String, Server, mpsc::UnboundedReceiver<Asked>) {
    let (asked, questions) = mpsc::unbounded_channel();
    let server = Server { feed: Arc::default(), polls: Arc::default(), asked, status };
    let feed = |Held(it): Held<Server>| async move {
        it.polls.fetch_add(1, Ordering::Relaxed);
        it.feed.lock().unwrap().clone()
    };
    let hub = |Held(it): Held<Server>, form: String| async move {
        it.asked.send(url::form_urlencoded::parse(form.as_bytes()).into_owned().collect()).ok();
        (StatusCode::from_u16(it.status).unwrap(), "hub.topic is not\nknown here").into_response()
    };
    let router = Router::new().route("/feed", get(feed)).route("/hub", post(hub)).with_state(server.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, server, questions)
}

struct Source {
    batches: mpsc::Receiver<Batch>,
    callbacks: Arc<Callbacks>,
    health: Arc<Health>,
    clock: Arc<SimulatedClock>,
    stop: CancellationToken,
    cursor: Option<String>,
}

impl Source {
    fn start(url: &str, interval: &str, cursor: Option<String>) -> Self {
        let (out, batches) = mpsc::channel(8);
        let clock = Arc::new(SimulatedClock::new("2026-01-02T00:00:00Z".parse().unwrap()));
        let (health, stop) = (Arc::new(Health::new()), CancellationToken::new());
        let callbacks = Arc::new(Callbacks::new("https://g.example", &[7; 32]));
        let around = Surroundings {
            clock: clock.clone(),
            out,
            stop: stop.clone(),
            health: health.clone(),
            contact: "ops@example.org".into(),
            seed: 7,
            filter: Arc::new(|_| panic!("only the whole network is filtered")),
            callbacks: Some(Arc::clone(&callbacks)),
        };
        let settings: SourceSettings = toml::from_str(&format!(
            "name = 'forum'\nkind = 'feed'\nurl = '{url}/feed'\ninterval = '{interval}'\nlongest_interval = '1h'"
        ))
        .unwrap();
        tokio::spawn(run(settings, cursor.clone(), around));
        Self { batches, callbacks, health, clock, stop, cursor }
    }

    async fn batch(&mut self) -> Vec<String> {
        let batch =
            timeout(LONG, self.batches.recv()).await.expect("nothing came").expect("the source ended");
        self.cursor = batch.cursor.or(self.cursor.take());
        let id = |item: &Incoming| match item {
            Incoming::Post(post) => post.id.clone(),
            Incoming::Delete(key) => panic!("a deletion of {key:?}"),
        };
        batch.items.iter().map(id).collect()
    }

    async fn until(&self, so: impl Fn(&HealthSnapshot) -> bool) {
        timeout(LONG, async {
            while !so(&self.health.snapshot(self.clock.now())) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        })
        .await
        .expect("the health did not become so");
    }

    /// The hub asks whether we meant it.
    fn verify(&self, asked: &Asked, seconds: u32) -> (u16, String) {
        let topic: String = url::form_urlencoded::byte_serialize(asked["hub.topic"].as_bytes()).collect();
        let query =
            format!("hub.mode=subscribe&hub.topic={topic}&hub.challenge=c1&hub.lease_seconds={seconds}");
        self.callbacks.call(Call { token: token(asked), query, signature: None, body: None })
    }

    /// The hub brings a document.
    fn bring(&self, asked: &Asked, body: &str, secret: &str) -> u16 {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(body.as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
        let signature = Some(format!("sha256={hex}"));
        self.callbacks
            .call(Call { token: token(asked), query: String::new(), signature, body: Some(body.into()) })
            .0
    }
}

fn token(asked: &Asked) -> String {
    asked["hub.callback"].strip_prefix("https://g.example/hub/").unwrap().to_owned()
}

async fn next(asked: &mut mpsc::UnboundedReceiver<Asked>) -> Asked {
    timeout(LONG, asked.recv()).await.expect("the hub was not asked").unwrap()
}

#[tokio::test]
async fn a_hub_is_asked_verified_heard_and_asked_again_in_time() {
    let (url, server, mut asked) = serve(202).await;
    *server.feed.lock().unwrap() = rss("/hub", &["1"]);
    let mut source = Source::start(&url, "1h", None);
    assert_eq!(source.batch().await, ["1"]);
    let question = next(&mut asked).await;
    assert_eq!(
        (question["hub.mode"].as_str(), question["hub.topic"].as_str()),
        ("subscribe", "https://f.example/feed?a=1")
    );
    assert_eq!(question["hub.secret"].len(), 64);
    assert!(!source.cursor.as_ref().unwrap().contains(&question["hub.secret"]), "the secret is not stored");
    assert_eq!(source.verify(&question, 86_400), (200, "c1".into()));
    assert_eq!(source.batch().await, [""; 0], "the promise is stored");

    // What the hub brings is taken at once; what it did not sign is not.
    let secret = question["hub.secret"].clone();
    assert_eq!(source.bring(&question, &rss("/hub", &["666"]), "another"), 202);
    assert_eq!(source.bring(&question, &rss("/hub", &["2"]), &secret), 202);
    assert_eq!(source.batch().await, ["2"]);
    let health = source.health.snapshot(source.clock.now());
    assert_eq!((health.refused, health.pushed_by), (1, Some(format!("{url}/hub"))));
    // Again: nothing new, so nothing is handed over; and what is no feed makes us look for ourselves.
    assert_eq!(source.bring(&question, &rss("/hub", &["2"]), &secret), 202);
    *server.feed.lock().unwrap() = rss("/hub", &["1", "2", "3"]);
    assert_eq!(source.bring(&question, "ping", &secret), 202);
    assert_eq!(source.batch().await, ["3"]);
    assert_eq!(server.polls.load(Ordering::Relaxed), 2);
    source.stop.cancel();

    // After a restart the same address is open before anything is asked, and the promise holds.
    let again = Source::start(&url, "1h", source.cursor.clone());
    timeout(LONG, async {
        while !again.callbacks.knows(&token(&question)) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .unwrap();
    again.until(|h| h.pushed_by.is_some()).await;
    assert!(asked.try_recv().is_err(), "the promise holds");
    again.stop.cancel();
    // When a fifth of it is left it is asked for again.
    let late = Source::start(&url, "1ms", source.cursor.clone());
    late.clock.set(plus_ms(late.clock.now(), 70_000_000));
    assert_eq!(next(&mut asked).await["hub.callback"], question["hub.callback"]);
    late.stop.cancel();
}

#[tokio::test]
async fn a_hub_that_refuses_or_lies_inside_leaves_the_feed_polled() {
    let (url, server, mut asked) = serve(400).await;
    *server.feed.lock().unwrap() = rss("/hub", &["1"]);
    let mut source = Source::start(&url, "1ms", None);
    assert_eq!(source.batch().await, ["1"]);
    next(&mut asked).await;
    *server.feed.lock().unwrap() = rss("http://169.254.169.254/hub", &["1", "2"]);
    assert_eq!(source.batch().await, ["2"]);
    *server.feed.lock().unwrap() = rss(&format!("{url}/hub"), &["3"]);
    assert_eq!(source.batch().await, ["3"]);
    next(&mut asked).await;
    // It was asked twice, once for each time that the feed named it anew, although dozens of polls have passed.
    let polls = server.polls.load(Ordering::Relaxed);
    while server.polls.load(Ordering::Relaxed) < polls + 20 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(asked.try_recv().is_err());
    let health = source.health.snapshot(source.clock.now());
    assert_eq!((health.errors, health.pushed_by), (0, None), "the feed itself is well");
    source.stop.cancel();
}

#[tokio::test]
async fn a_hub_that_promises_and_does_not_send_is_not_relied_upon() {
    let (url, server, mut asked) = serve(202).await;
    *server.feed.lock().unwrap() = rss("/hub", &["1"]);
    let mut source = Source::start(&url, "1h", None);
    assert_eq!(source.batch().await, ["1"]);
    let question = next(&mut asked).await;
    assert_eq!(source.verify(&question, 3_000_000).0, 200);
    source.batch().await;
    source.stop.cancel();
    *server.feed.lock().unwrap() = rss("/hub", &["1", "2"]);
    // Restarted, the poll finds what the hub never sent: from then on it is polled as often as the settings say, not each hour.
    let mut source = Source::start(&url, "1ms", source.cursor);
    assert_eq!(source.batch().await, ["2"]);
    for n in 3..6 {
        *server.feed.lock().unwrap() = rss("/hub", &[&n.to_string()]);
        assert_eq!(source.batch().await, [n.to_string()]);
    }
    source.stop.cancel();
}
