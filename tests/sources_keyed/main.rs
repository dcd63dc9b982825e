//! YouTube, Reddit and X, which show nothing without a key, against servers on loopback that answer as their documentation
//! says: in bursts, twice, with limits and refusals, and with deletions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../listening/mod.rs"]
mod listening;

mod reddit;
mod x;
mod youtube;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use groundswell::edges::sources::State;
use groundswell::ground::time::{Clock, plus_ms};
use listening::{Asked, LONG, Source, secret, serve, serve_with_body, status};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;
use tokio::time::timeout;

const HOUR: i64 = 3_600_000;
/// What a server has, by id: newest last.
type Things = Arc<Mutex<Vec<(u64, String)>>>;

fn kettles(ids: impl IntoIterator<Item = u64>) -> Things {
    Arc::new(Mutex::new(ids.into_iter().map(|id| (id, format!("kettle {id}"))).collect()))
}

fn with_key(kind: &str, key: &str, more: &str, cursor: Option<String>) -> Source {
    let file = secret("k3y");
    let settings = format!("kind = '{kind}'\n{key} = '{}'\n{more}", file.path().display());
    let mut source = Source::start(&settings, cursor);
    source.kept.push(file);
    source
}

#[tokio::test]
async fn settings_that_cannot_work_are_named_before_anything_is_asked() {
    for (kind, key, more, words) in [
        ("youtube", "key_file", "", "`channels`, `videos` or `search`"),
        ("youtube", "key_file", "videos = ['https://youtu.be/x']", "is no id of a channel or a video"),
        ("reddit", "secret_file", "client_id = 'a'\nsubreddits = ['r/kettles']", "without r/"),
        ("x", "token_file", "rules = []", "`rules` has to hold"),
    ] {
        let said = with_key(kind, key, more, None).end().await.unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}
