//! What the tests of sources share: a source at work on a clock that stands still, and a server that answers as it is told.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use groundswell::edges::sources::{
    Batch, Health, HealthSnapshot, SourceError, SourceSettings, Surroundings, run,
};
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, SimulatedClock};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes.
pub(crate) const LONG: Duration = Duration::from_secs(20);
/// What the clock says at first, unless a test says otherwise.
pub(crate) const NOW: &str = "2026-01-02T00:00:00Z";

/// What a server is asked: its query.
pub(crate) type Asked = BTreeMap<String, String>;

/// A source at work.
pub(crate) struct Source {
    pub(crate) batches: mpsc::Receiver<Batch>,
    pub(crate) stop: CancellationToken,
    pub(crate) health: Arc<Health>,
    pub(crate) clock: Arc<SimulatedClock>,
    pub(crate) task: JoinHandle<Result<(), SourceError>>,
    /// The last position that came.
    pub(crate) cursor: Option<String>,
    /// Files that it needs.
    pub(crate) kept: Vec<tempfile::NamedTempFile>,
}

impl Source {
    /// Starts a source by its settings, without their name.
    pub(crate) fn start(settings: &str, cursor: Option<String>) -> Self {
        Self::start_in(&format!("name = 'it'\n{settings}"), cursor, NOW, |_| {})
    }

    /// Starts a source in surroundings that are a little different.
    pub(crate) fn start_in(
        settings: &str,
        cursor: Option<String>,
        now: &str,
        change: impl FnOnce(&mut Surroundings),
    ) -> Self {
        let (out, batches) = mpsc::channel(64);
        let clock = Arc::new(SimulatedClock::new(now.parse().unwrap()));
        let (health, stop) = (Arc::new(Health::new()), CancellationToken::new());
        let mut around = Surroundings {
            clock: clock.clone(),
            out,
            stop: stop.clone(),
            health: health.clone(),
            contact: "ops@example.org".into(),
            seed: 5,
            filter: Arc::new(|_| panic!("only the whole network is filtered")),
            callbacks: None,
        };
        change(&mut around);
        let settings: SourceSettings = toml::from_str(settings).unwrap();
        let task = tokio::spawn(run(settings, cursor.clone(), around));
        Self { batches, stop, health, clock, task, cursor, kept: Vec::new() }
    }

    pub(crate) async fn batch(&mut self) -> Batch {
        let batch =
            timeout(LONG, self.batches.recv()).await.expect("nothing came").expect("the source ended");
        self.cursor = batch.cursor.clone().or(self.cursor.take());
        batch
    }

    /// The next `n` items: `id text`, or `-id` for a deletion.
    pub(crate) async fn items(&mut self, n: usize) -> Vec<String> {
        let mut shown = Vec::new();
        while shown.len() < n {
            shown.extend(self.batch().await.items.iter().map(shown_item));
        }
        shown
    }

    pub(crate) async fn until(&self, so: impl Fn(&HealthSnapshot) -> bool) -> HealthSnapshot {
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

    /// What it complained of last, once it has.
    pub(crate) async fn error(&self) -> String {
        self.until(|h| h.last_error.is_some()).await.last_error.unwrap()
    }

    /// Stops it, and gives the position that was stored.
    pub(crate) async fn stop(mut self) -> Option<String> {
        self.stop.cancel();
        timeout(LONG, self.task).await.expect("it did not stop").unwrap().unwrap();
        while let Ok(batch) = self.batches.try_recv() {
            self.cursor = batch.cursor.or(self.cursor);
        }
        self.cursor
    }

    /// How it ends by itself.
    pub(crate) async fn end(self) -> Result<(), SourceError> {
        timeout(LONG, self.task).await.expect("it did not end").unwrap()
    }
}

fn shown_item(item: &Incoming) -> String {
    match item {
        Incoming::Post(post) => format!("{} {}", post.id, post.text),
        Incoming::Delete(key) => format!("-{}", key.id),
    }
}

/// A file with a secret in it.
pub(crate) fn secret(content: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "{content}").unwrap();
    file
}

/// A server that answers as `answer` says: by path, query and headers.
pub(crate) async fn serve(
    answer: impl Fn(&str, &Asked, &HeaderMap) -> Response + Send + Sync + 'static,
) -> String {
    serve_with_body(move |path, asked, headers, _| answer(path, asked, headers)).await
}

/// The same, which also sees what is sent.
pub(crate) async fn serve_with_body(
    answer: impl Fn(&str, &Asked, &HeaderMap, &str) -> Response + Send + Sync + 'static,
) -> String {
    let answer = Arc::new(answer);
    let router = Router::new().fallback(
        move |uri: Uri, Query(query): Query<Asked>, headers: HeaderMap, body: Bytes| {
            let answer = Arc::clone(&answer);
            async move { answer(uri.path(), &query, &headers, &String::from_utf8_lossy(&body)) }
        },
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

/// An answer in JSON.
pub(crate) fn status(code: u16, headers: &[(&'static str, &str)], body: Value) -> Response {
    let mut response = (StatusCode::from_u16(code).unwrap(), axum::Json(body)).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}
