//! Feeds as sources, against servers on loopback that do what real ones do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod listening;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State as Held;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use groundswell::edges::sources::{Batch, SourceError, State};
use groundswell::ground::post::{Incoming, Post};
use groundswell::ground::time::Clock;
use listening::{NOW, Source};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// A server that gives prepared answers, one after the other, the last one for ever, and notes what it was asked.
#[derive(Clone)]
struct Server {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: mpsc::UnboundedSender<(String, HeaderMap)>,
}

type Answer = Arc<dyn Fn() -> Response + Send + Sync>;

fn answer(status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) -> Answer {
    let headers: Vec<(&'static str, String)> = headers.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
    let body: Vec<u8> = body.into();
    Arc::new(move || {
        let mut response = (StatusCode::from_u16(status).unwrap(), body.clone()).into_response();
        response.headers_mut().remove("content-type");
        for (name, value) in &headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        response
    })
}

async fn serve(answers: Vec<Answer>) -> (String, mpsc::UnboundedReceiver<(String, HeaderMap)>) {
    let (asked, questions) = mpsc::unbounded_channel();
    let server = Server { answers: Arc::new(Mutex::new(answers.into())), asked };
    let router = Router::new()
        .fallback(|Held(server): Held<Server>, uri: Uri, headers: HeaderMap| async move {
            server.asked.send((uri.path().to_owned(), headers)).ok();
            let mut answers = server.answers.lock().unwrap();
            let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
            next.unwrap()()
        })
        .with_state(server);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (url, questions)
}

/// A source that polls a feed.
fn forum(url: &str, more: &str, cursor: Option<String>) -> Source {
    let settings = format!("name = 'forum'\nkind = 'feed'\nurl = '{url}'\n{more}");
    Source::start_in(&settings, cursor, NOW, |around| {
        around.contact = "ops@example.org\r\nX-Evil: 1".into();
    })
}

fn quick(url: &str) -> Source {
    forum(url, "interval = '10ms'", None)
}

fn rss(items: &[(&str, &str)]) -> String {
    let items: String = items
        .iter()
        .map(|(id, text)| {
            format!(
                "<item><guid>{id}</guid><link>https://forum.example/{id}</link><description>{text}</description>\
                 <pubDate>Thu, 01 Jan 2026 10:00:00 GMT</pubDate></item>"
            )
        })
        .collect();
    format!("<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>{items}</channel></rss>")
}

fn posts(batch: &Batch) -> Vec<&Post> {
    batch
        .items
        .iter()
        .map(|item| match item {
            Incoming::Post(post) => &**post,
            Incoming::Delete(key) => panic!("a deletion of {key:?}"),
        })
        .collect()
}

const RSS: &[(&str, &str)] = &[("content-type", "application/rss+xml")];

#[tokio::test]
async fn unchanged_feeds_are_asked_for_changes_only_also_after_a_restart() {
    let tagged =
        [("content-type", "application/rss+xml"), ("etag", "W/\"v1\""), ("last-modified", "yesterday")];
    let (url, mut asked) = serve(vec![
        answer(200, &tagged, rss(&[("2", "it broke"), ("1", "it leaks")])),
        answer(304, &[], ""),
        answer(200, RSS, rss(&[("3", "it burns"), ("2", "it broke, now it works"), ("1", "it leaks")])),
    ])
    .await;
    let mut source = forum(&url, "interval = '1h'", None);
    let first = source.batch().await;
    assert_eq!(posts(&first).iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(posts(&first)[0].source, "forum");
    assert_eq!(posts(&first)[0].created_at.to_string(), "2026-01-01T10:00:00Z");
    assert_eq!(posts(&first)[0].arrived_at, source.clock.now());
    let (_, headers) = asked.recv().await.unwrap();
    assert!(headers.get("if-none-match").is_none() && headers.get("x-evil").is_none());
    let agent = headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("groundswell/") && agent.contains("ops@example.org"), "{agent}");
    source.stop.cancel();
    source.end().await.unwrap();

    let mut source = forum(&url, "interval = '10ms'", first.cursor);
    let (_, headers) = asked.recv().await.unwrap();
    assert_eq!(headers["if-none-match"], "W/\"v1\"");
    assert_eq!(headers["if-modified-since"], "yesterday");
    let second = source.batch().await;
    let shown: Vec<_> = posts(&second).iter().map(|p| (p.id.as_str(), p.text.as_str())).collect();
    assert_eq!(shown, [("2", "it broke, now it works"), ("3", "it burns")]);
    source.stop.cancel();
    source.end().await.unwrap();
}

#[tokio::test]
async fn a_web_page_is_called_one_and_the_source_goes_on() {
    let (url, _) = serve(vec![
        answer(200, &[("content-type", "text/html; charset=utf-8")], "<!doctype html><title>Hi</title>"),
        answer(200, RSS, rss(&[("1", "it leaks")])),
    ])
    .await;
    let mut source = quick(&url);
    let said = source.error().await;
    assert!(said.contains(&url), "{said}");
    assert!(said.contains("answered with a web page (text/html), not a feed"), "{said}");
    assert_eq!(source.batch().await.items.len(), 1);
    source.until(|h| h.state == State::Listening).await;
}

#[tokio::test]
async fn gone_is_gone() {
    let (url, _) = serve(vec![answer(410, &[], "")]).await;
    let source = quick(&url);
    let health = source.health.clone();
    let now = source.clock.now();
    let said = source.end().await.unwrap_err();
    assert!(matches!(said, SourceError::Gone { .. }));
    assert!(said.to_string().contains("gone for good (410)"), "{said}");
    assert_eq!(health.snapshot(now).state, State::Failed);
}

#[tokio::test]
async fn a_server_that_wants_to_be_left_alone_is() {
    let (url, mut asked) =
        serve(vec![answer(429, &[("retry-after", "3600")], ""), answer(200, RSS, rss(&[("1", "a")]))]).await;
    let source = quick(&url);
    let said = source.error().await;
    assert!(said.contains("asks to be left alone for a while (429"), "{said}");
    asked.recv().await.unwrap();
    // Ten intervals later it has not asked again.
    assert!(timeout(Duration::from_millis(100), asked.recv()).await.is_err());
    source.stop.cancel();
    source.end().await.unwrap();
}

#[tokio::test]
async fn a_feed_that_has_moved_is_read_and_the_new_address_said() {
    let (url, mut asked) = serve(vec![
        answer(301, &[("location", "/new")], ""),
        answer(200, RSS, rss(&[("1", "it leaks")])),
        answer(302, &[("location", "/elsewhere")], ""),
        answer(200, RSS, rss(&[("2", "it burns")])),
    ])
    .await;
    let mut source = quick(&format!("{url}/old"));
    source.batch().await;
    let notice = source.until(|h| h.notice.is_some()).await.notice.unwrap();
    assert!(notice.contains(&format!("the feed of {url}/old is at {url}/new now")), "{notice}");
    let cursor = source.batch().await.cursor;
    let mut paths = Vec::new();
    for _ in 0..4 {
        paths.push(asked.recv().await.unwrap().0);
    }
    assert_eq!(paths, ["/old", "/new", "/new", "/elsewhere"]);
    source.stop.cancel();
    // After a restart as well, until the new address brings nothing any more.
    let (url, mut asked) =
        serve(vec![answer(404, &[], ""), answer(200, RSS, rss(&[("3", "it hums")]))]).await;
    let cursor = cursor.unwrap();
    let known: serde_json::Value = serde_json::from_str(&cursor).unwrap();
    let cursor = cursor.replace(known["at"].as_str().unwrap(), &format!("{url}/new"));
    let cursor = cursor.replace(known["url"].as_str().unwrap(), &format!("{url}/old"));
    let mut source = forum(&format!("{url}/old"), "interval = '10ms'", Some(cursor));
    assert_eq!(source.batch().await.items.len(), 1);
    assert_eq!(
        (asked.recv().await.unwrap().0, asked.recv().await.unwrap().0),
        ("/new".into(), "/old".into())
    );
}

#[tokio::test]
async fn a_page_that_names_its_feed_is_as_good_as_the_feed() {
    let page =
        r#"<html><head><link rel="alternate" type="application/rss+xml" href="/feed.rss"></head></html>"#;
    let html = &[("content-type", "text/html")];
    let (url, mut asked) = serve(vec![
        answer(200, html, page),
        answer(200, RSS, rss(&[("1", "it leaks")])),
        answer(200, html, page),
        answer(200, html, page),
        answer(200, RSS, rss(&[("2", "it burns")])),
    ])
    .await;
    let mut source = quick(&format!("{url}/kettles"));
    assert_eq!(source.batch().await.items.len(), 1);
    let notice = source.until(|h| h.notice.is_some()).await.notice.unwrap();
    assert!(notice.contains(&format!("{url}/feed.rss")), "{notice}");
    assert_eq!(source.batch().await.items.len(), 1);
    let mut paths = Vec::new();
    for _ in 0..5 {
        paths.push(asked.recv().await.unwrap().0);
    }
    assert_eq!(paths, ["/kettles", "/feed.rss", "/feed.rss", "/kettles", "/feed.rss"]);
    assert!(source.error().await.contains("is a page again"));
    // A page may name what it likes: inwards it leads nowhere.
    let inwards = page.replace("/feed.rss", "http://169.254.169.254/latest/meta-data/feed.rss");
    let (url, _) = serve(vec![answer(200, html, inwards)]).await;
    let source = quick(&url);
    let said = source.error().await;
    assert!(said.contains("not on the public internet"), "{said}");
}

#[tokio::test]
async fn a_new_tag_for_the_same_content_is_kept() {
    let (url, mut asked) = serve(vec![
        answer(200, &[("content-type", "application/rss+xml"), ("etag", "\"a\"")], rss(&[("1", "it leaks")])),
        answer(304, &[("etag", "\"b\"")], ""),
        answer(304, &[], ""),
    ])
    .await;
    let mut source = quick(&url);
    source.batch().await;
    let mut tags = Vec::new();
    for _ in 0..4 {
        let headers = asked.recv().await.unwrap().1;
        tags.push(headers.get("if-none-match").map(|t| t.to_str().unwrap().to_owned()));
    }
    let tag = |t: &str| Some(format!("\"{t}\""));
    assert_eq!(tags, [None, tag("a"), tag("b"), tag("b")]);
}

#[tokio::test]
async fn redirects_lead_neither_into_the_network_nor_in_circles() {
    for (location, expected) in [
        ("http://169.254.169.254/latest/meta-data/", "not on the public internet"),
        ("http://10.0.0.1/", "not on the public internet"),
        ("file:///etc/passwd", "only http and https are followed"),
        ("/again", "redirects more than 5 times"),
    ] {
        let (url, _) = serve(vec![answer(302, &[("location", location)], "")]).await;
        let source = forum(&url, "interval = '1h'", None);
        let said = source.error().await;
        assert!(said.contains(expected), "{location}: {said}");
        source.stop.cancel();
        source.end().await.unwrap();
    }
}

#[tokio::test]
async fn too_much_too_slow_and_nobody_there_are_named() {
    // Two megabytes of zeros are thirteen kilobytes of gzip: what counts is what comes out.
    let zeros = gzip_of_zeros(2 << 20);
    assert!(zeros.len() < 15_000);
    let (url, _) = serve(vec![answer(200, &[("content-encoding", "gzip")], zeros)]).await;
    let source = forum(&url, "interval = '1h'\nmax_bytes = 1000000", None);
    let said = source.error().await;
    assert!(said.contains("sends more than 1000000 bytes (after decompression)"), "{said}");

    let endless: Answer = Arc::new(|| {
        Body::from_stream(futures_util::stream::pending::<Result<Bytes, std::io::Error>>()).into_response()
    });
    let (url, _) = serve(vec![endless]).await;
    let source = forum(&url, "interval = '1h'\nidle_timeout = '50ms'", None);
    let said = source.error().await;
    assert!(said.contains("broke off its answer") && said.contains("timed out"), "{said}");

    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let source = forum(&format!("http://{closed}/"), "interval = '1h'", None);
    let said = source.error().await;
    assert!(said.contains("does not answer") && said.contains("refused"), "{said}");

    let (url, _) = serve(vec![answer(404, &[], "")]).await;
    let said = forum(&url, "interval = '1h'", None).error().await;
    assert!(said.contains("answers 404 Not Found"), "{said}");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused() {
    for url in ["ftp://x.example/feed", "no address"] {
        let said = quick(url).end().await.unwrap_err();
        assert!(matches!(said, SourceError::Settings { .. }));
        assert!(said.to_string().contains(url), "{said}");
    }
}

#[tokio::test]
async fn a_long_feed_comes_in_parts_and_only_the_last_carries_the_position() {
    let many: Vec<(String, String)> = (0..1200).map(|n| (format!("i{n}"), format!("post {n}"))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let (url, _) = serve(vec![answer(200, RSS, rss(&many))]).await;
    let mut source = forum(&url, "interval = '1h'", None);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        let batch = source.batch().await;
        sizes.push((batch.items.len(), batch.cursor.is_some()));
    }
    assert_eq!(sizes, [(500, false), (500, false), (200, true)]);
}

/// A gzip file of `n` zero bytes, made of stored-free deflate blocks by hand: a run of zeros is one literal and
/// then back references of length 258 at distance 1, in the fixed code.
fn gzip_of_zeros(n: usize) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(1, 1); // last block
    bits.push(1, 2); // fixed codes
    bits.code(0x30, 8); // literal 0
    for _ in 0..n.div_ceil(258) {
        bits.code(0b1100_0101, 8); // length 258
        bits.code(0, 5); // distance 1
    }
    bits.code(0, 7); // end of block
    let mut file = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    file.extend(bits.done());
    file.extend([0; 8]); // check sum and size: the limit strikes before they are looked at
    file
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    filled: u32,
}

impl Bits {
    /// Numbers: the lowest bit first.
    fn push(&mut self, value: u32, bits: u32) {
        for i in 0..bits {
            if self.filled == 0 {
                self.bytes.push(0);
            }
            *self.bytes.last_mut().unwrap() |= (((value >> i) & 1) << self.filled) as u8;
            self.filled = (self.filled + 1) % 8;
        }
    }

    /// Codes: the highest bit first.
    fn code(&mut self, value: u32, bits: u32) {
        for i in (0..bits).rev() {
            self.push(value >> i, 1);
        }
    }

    fn done(self) -> Vec<u8> {
        self.bytes
    }
}
