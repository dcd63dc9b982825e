//! Sources that poll, against servers on loopback that answer as the real ones do: in bursts, twice, late, with limits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod forums;
mod github;
#[path = "../listening/mod.rs"]
mod listening;

mod mastodon;
mod questions;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use groundswell::edges::sources::State;
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, Timestamp, from_ms};
use listening::{Asked, LONG, NOW, Source, serve, status};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::timeout;

#[tokio::test]
async fn appstore_pages_may_be_empty_and_edits_keep_their_id() {
    let text = Arc::new(Mutex::new("it crashes".to_owned()));
    let (it, polls) = (Arc::clone(&text), Mutex::new(0));
    let url = serve(move |path, _, _| {
        let review = |id: u64, dated: bool| {
            let label = |l: &str| json!({"label": l});
            let mut review = json!({"id": label(&id.to_string()), "im:rating": label("2"), "title": label("Hm"),
                "content": label(&it.lock().unwrap()), "author": {"name": label("ana"), "uri": label("https://x.example/id7")}});
            if dated {
                review["updated"] = label("2026-01-01T10:00:00-07:00");
            }
            review
        };
        let page: usize = path.split("page=").nth(1).unwrap().split('/').next().unwrap().parse().unwrap();
        assert!(path.starts_with("/de/rss/customerreviews/page=") && path.ends_with("/id=42/sortby=mostrecent/json"));
        let mut polls = polls.lock().unwrap();
        *polls += usize::from(page == 1);
        let feed = match page {
            // Now and then the first page is empty, and the second is not.
            1 if *polls % 2 == 0 => json!({}),
            1 => json!({"entry": [{"title": {"label": "the app itself"}}, review(9, false), review(8, true)]}),
            2 => json!({"entry": review(7, true)}),
            _ => json!({}),
        };
        status(200, &[], json!({"feed": feed}))
    })
    .await;
    let settings =
        format!("kind = 'appstore'\napp = 42\ncountries = ['DE']\ninterval = '5ms'\nserver = '{url}'");
    let mut source = Source::start(&settings, None);
    let mut posts = Vec::new();
    while posts.len() < 3 {
        posts.extend(source.batch().await.items);
    }
    let Incoming::Post(dated) = &posts[0] else { panic!("{posts:?}") };
    assert_eq!((dated.id.as_str(), dated.rating, dated.region.as_deref()), ("8", Some(2.0), Some("DE")));
    assert_eq!(dated.created_at.to_string(), "2026-01-01T17:00:00Z");
    let Incoming::Post(undated) = &posts[1] else { panic!("{posts:?}") };
    assert_eq!(undated.created_at.to_string(), "2025-12-30T00:00:00Z", "what was there before us is no news");
    *text.lock().unwrap() = "it still crashes".to_owned();
    let mut edits = source.items(3).await;
    edits.sort();
    assert_eq!(edits, ["7 it still crashes", "8 it still crashes", "9 it still crashes"]);
    let cursor = source.stop().await;
    // After a restart the same reviews have the same dates.
    let mut source = Source::start(&settings, cursor);
    let again = loop {
        let found = source.batch().await.items.into_iter().find_map(|item| match item {
            Incoming::Post(post) if post.id == "9" => Some(post),
            _ => None,
        });
        if let Some(post) = found {
            break post;
        }
    };
    assert_eq!(again.created_at, undated.created_at);
    source.stop().await;
}

#[tokio::test]
async fn servers_that_talk_nonsense_hurt_nobody() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in ["", "{", "null", "[1,2,3]", "{\"latest_posts\":7}", "<html>", &deep] {
        let answer = body.to_owned();
        let url = serve(move |_, _, _| answer.clone().into_response()).await;
        for settings in [
            mastodon::mastodon(&url),
            format!("kind = 'discourse'\nurl = '{url}'\ninterval = '5ms'"),
            format!(
                "kind = 'hackernews'\nqueries = ['a']\nsearch = '{url}'\nitems = '{url}'\ninterval = '5ms'"
            ),
        ] {
            let source = Source::start(&settings, Some("nonsense".into()));
            source.until(|h| h.errors > 0 || h.state == State::Listening).await;
            source.stop().await;
        }
    }
}
