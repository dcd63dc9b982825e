//! YouTube, Reddit and X, which show nothing without a key, against servers on loopback that answer as their documentation
//! says: in bursts, twice, with limits and refusals, and with deletions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod listening;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::HeaderMap;
use axum::response::Response;
use groundswell::edges::sources::State;
use groundswell::ground::time::{Clock, plus_ms};
use listening::{Asked, LONG, Source, secret, serve, serve_with_body, status};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;

const HOUR: i64 = 3_600_000;

/// What a server has, by id: newest last.
type Things = Arc<Mutex<Vec<(u64, String)>>>;

fn comment(id: u64, text: &str) -> Value {
    json!({"id": format!("c{id}"), "snippet": {"videoId": "v1", "textDisplay": text, "authorDisplayName": "@ana",
        "authorChannelId": {"value": "UCana"}, "publishedAt": format!("2026-01-01T10:{:02}:{:02}Z", id / 60, id % 60)}})
}

/// Threads of a channel, ten on a page, as `commentThreads.list` shows them; `refusal` instead, where there is one.
fn youtube(
    things: &Things,
    refusal: &Option<(u16, &str)>,
    path: &str,
    asked: &Asked,
    headers: &HeaderMap,
) -> Response {
    assert_eq!(headers["x-goog-api-key"], "k3y");
    if let Some((code, reason)) = refusal {
        let said = json!({"error": {"code": code, "message": "no", "errors": [{"reason": reason, "domain": "youtube.quota"}]}});
        return status(*code, &[], said);
    }
    let things = things.lock().unwrap();
    match path {
        "/search" => {
            status(200, &[], json!({"items": [{"id": {"kind": "youtube#video", "videoId": "found1"}}]}))
        }
        "/comments" => {
            let ids: Vec<&str> = asked["id"].split(',').collect();
            let there = things.iter().filter(|(id, _)| ids.contains(&format!("c{id}").as_str()));
            status(200, &[], json!({"items": there.map(|(id, text)| comment(*id, text)).collect::<Vec<_>>()}))
        }
        "/commentThreads" if asked.get("videoId").is_some_and(|v| v == "off") => status(
            403,
            &[],
            json!({"error": {"message": "switched off", "errors": [{"reason": "commentsDisabled"}]}}),
        ),
        "/commentThreads" if asked.contains_key("videoId") => status(200, &[], json!({"items": []})),
        "/commentThreads" => {
            assert_eq!((asked["order"].as_str(), asked["textFormat"].as_str()), ("time", "plainText"));
            let from: usize = asked.get("pageToken").map_or(0, |t| t.parse().unwrap());
            let page: Vec<Value> = things
                .iter()
                .rev()
                .skip(from)
                .take(10)
                .map(|(id, text)| {
                    let mut reply = comment(*id, "the same here");
                    reply["id"] = format!("c{id}.r1").into();
                    reply["snippet"]["parentId"] = format!("c{id}").into();
                    let replies = if *id == 2 { json!({"comments": [reply]}) } else { Value::Null };
                    json!({"snippet": {"videoId": "v1", "topLevelComment": comment(*id, text)}, "replies": replies})
                })
                .collect();
            let next = (from + 10 < things.len()).then(|| (from + 10).to_string());
            status(200, &[], json!({"items": page, "nextPageToken": next}))
        }
        other => panic!("{other}"),
    }
}

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
async fn youtube_bursts_edits_replies_and_deletions() {
    let things = kettles(1..=3);
    let it = Arc::clone(&things);
    let url = serve(move |path, asked, headers| youtube(&it, &None, path, asked, headers)).await;
    // So many units that a poll does not have to wait for the next.
    let settings = format!(
        "server = '{url}'\nchannels = ['UCacme']\nvideos = ['off']\ninterval = '3ms'\nunits_a_day = 1000000000"
    );
    let mut source = with_key("youtube", "key_file", &settings, None);
    let first = source.items(4).await;
    assert_eq!(first, ["c1 kettle 1", "c2 kettle 2", "c2.r1 the same here", "c3 kettle 3"]);
    let said = source.error().await;
    assert!(said.contains("shows no comments of off") && said.contains("commentsDisabled"), "{said}");
    // Four pages between two polls, and an edit among them.
    things.lock().unwrap().extend((4..=38).map(|id| (id, format!("kettle {id}"))));
    assert_eq!(source.items(35).await.last().unwrap(), "c38 kettle 38");
    things.lock().unwrap()[37].1 = "kettle 38, mended".to_owned();
    assert_eq!(source.items(1).await, ["c38 kettle 38, mended"]);
    // Gone from the list is not gone: only what is not found by its id is.
    things.lock().unwrap().remove(4);
    let gone = source.items(2).await;
    assert!(gone.contains(&"-c5".to_owned()) && gone.contains(&"-c2.r1".to_owned()), "{gone:?}");
    let cursor = source.stop().await;
    things.lock().unwrap().push((39, "kettle 39".to_owned()));
    let mut source = with_key("youtube", "key_file", &settings, cursor);
    // What was on the newest page before is sent again after a restart; the store knows it.
    while source.items(1).await.iter().all(|i| i != "c39 kettle 39") {}
    source.stop().await;
}

#[tokio::test]
async fn youtube_keeps_within_the_days_quota_and_waits_for_midnight() {
    let (things, asked) = (kettles(1..=1), Arc::new(AtomicUsize::new(0)));
    let (it, count) = (Arc::clone(&things), Arc::clone(&asked));
    let url = serve(move |path, asked, headers| {
        count.fetch_add(1, Ordering::Relaxed);
        youtube(&it, &None, path, asked, headers)
    })
    .await;
    let settings = format!(
        "server = '{url}'\nchannels = ['UCacme']\nsearch = ['acme kettle']\ninterval = '3ms'\nunits_a_day = 2\nsearches_a_day = 1"
    );
    let mut source = with_key("youtube", "key_file", &settings, None);
    assert_eq!(source.items(1).await, ["c1 kettle 1"]);
    let health = source.until(|h| h.limit.is_some()).await;
    assert_eq!(health.limit.unwrap(), "0 units and 0 searches are left until midnight in California");
    assert_eq!(
        (health.state, asked.load(Ordering::Relaxed)),
        (State::Listening, 3),
        "a search, and two lists"
    );
    let cursor = source.stop().await;
    // A restart does not begin the day anew.
    let source = with_key("youtube", "key_file", &settings, cursor.clone());
    let said = source.error().await;
    assert!(said.contains("the day's units are used up"), "{said}");
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    source.stop().await;
    // The next day does: it is past midnight in California.
    let file = secret("k3y");
    let settings =
        format!("name = 'it'\nkind = 'youtube'\nkey_file = '{}'\n{settings}", file.path().display());
    let next = Source::start_in(&settings, cursor, "2026-01-02T08:00:01Z", |_| {});
    next.until(|h| h.limit.is_some()).await;
    assert!(asked.load(Ordering::Relaxed) > 3);
    next.stop().await;
}

#[tokio::test]
async fn youtube_says_what_a_refusal_means() {
    for (code, reason, words) in [
        (403, "quotaExceeded", "until midnight in California"),
        (403, "rateLimitExceeded", "asks to be left alone"),
        (403, "accessNotConfigured", "switched on (console.cloud.google.com"),
        (400, "badRequest", "the key in `key_file`"),
        (401, "authError", "the key in `key_file`"),
    ] {
        let things = kettles([]);
        let url =
            serve(move |path, asked, headers| youtube(&things, &Some((code, reason)), path, asked, headers))
                .await;
        let source = with_key(
            "youtube",
            "key_file",
            &format!("server = '{url}'\nchannels = ['UCacme']\ninterval = '5ms'"),
            None,
        );
        let said = source.error().await;
        assert!(said.contains(words), "{reason}: {said}");
        source.stop().await;
    }
}

/// A Reddit with posts 1 to n, its tokens, and how many requests it says are left.
#[derive(Clone)]
struct Reddit {
    things: Things,
    tokens: Arc<AtomicUsize>,
    left: &'static str,
}

impl Reddit {
    fn answer(&self, path: &str, asked: &Asked, headers: &HeaderMap, body: &str) -> Response {
        let shown = headers["authorization"].to_str().unwrap();
        if path == "/api/v1/access_token" {
            // The id and the secret, as base64.
            assert_eq!((shown, body), ("Basic YXBwOmszeQ==", "grant_type=client_credentials"));
            let n = self.tokens.fetch_add(1, Ordering::Relaxed) + 1;
            return status(
                200,
                &[],
                json!({"access_token": format!("t{n}"), "token_type": "bearer", "expires_in": 3600}),
            );
        }
        assert_eq!(asked["raw_json"], "1");
        // The first token ends before its time.
        if shown == "Bearer t1" && self.things.lock().unwrap().len() > 3 {
            return status(401, &[], json!({"message": "Unauthorized", "error": 401}));
        }
        let child = |(id, text): &(u64, String)| {
            json!({"kind": "t3", "data": {"name": format!("t3_{id}"), "author": "ana", "author_fullname": "t2_a", "title": "Kettle",
                "selftext": text, "permalink": format!("/r/kettles/comments/{id}/kettle/"), "created_utc": 1_767_250_000.0 + *id as f64}})
        };
        let things = self.things.lock().unwrap();
        let (page, after): (Vec<Value>, Option<String>) = match path {
            "/api/info" => {
                let names: Vec<&str> = asked["id"].split(',').collect();
                (
                    things
                        .iter()
                        .filter(|(id, _)| names.contains(&format!("t3_{id}").as_str()))
                        .map(child)
                        .collect(),
                    None,
                )
            }
            "/r/kettles+coffee/comments" => (Vec::new(), None),
            "/r/kettles+coffee/new" => {
                let from = asked.get("after").map_or(0, |a| {
                    things.iter().rev().position(|(id, _)| format!("t3_{id}") == *a).unwrap() + 1
                });
                let size: usize = asked["limit"].parse().unwrap();
                let page: Vec<_> = things.iter().rev().skip(from).take(size).collect();
                let after = (from + size < things.len()).then(|| format!("t3_{}", page.last().unwrap().0));
                // A page may have an advert on it, and things of another form.
                let page = page.into_iter().map(child);
                (page.chain([json!({"kind": "more", "data": {"count": 3}})]).collect(), after)
            }
            other => panic!("{other}"),
        };
        let limits =
            [("x-ratelimit-remaining", self.left), ("x-ratelimit-used", "3"), ("x-ratelimit-reset", "371")];
        status(200, &limits, json!({"kind": "Listing", "data": {"children": page, "after": after}}))
    }
}

async fn reddit(things: &Things, left: &'static str, more: &str, cursor: Option<String>) -> (Source, Reddit) {
    let it = Reddit { things: Arc::clone(things), tokens: Arc::default(), left };
    let server = it.clone();
    let url =
        serve_with_body(move |path, asked, headers, body| server.answer(path, asked, headers, body)).await;
    let settings = format!(
        "client_id = 'app'\nsubreddits = ['kettles', 'coffee']\nserver = '{url}'\nlogin = '{url}'\ninterval = '3ms'\n{more}"
    );
    (with_key("reddit", "secret_file", &settings, cursor), it)
}

#[tokio::test]
async fn reddit_bursts_late_posts_and_deletions_with_a_token_that_ends() {
    let things = kettles(1..=3);
    let (mut source, server) = reddit(&things, "900.0", "", None).await;
    assert_eq!(source.items(3).await, ["t3_1 kettle 1", "t3_2 kettle 2", "t3_3 kettle 3"]);
    // Three pages between two polls, and the token ends.
    things.lock().unwrap().extend((5..=250).map(|id| (id, format!("kettle {id}"))));
    let burst = source.items(246).await;
    assert_eq!((burst[0].as_str(), burst[245].as_str()), ("t3_5 kettle 5", "t3_250 kettle 250"));
    assert_eq!(server.tokens.load(Ordering::Relaxed), 2);
    // One that a moderator let in late stands behind newer ones.
    let at = things.lock().unwrap().len() - 20;
    things.lock().unwrap().insert(at, (4, "kettle 4".to_owned()));
    assert_eq!(source.items(1).await, ["t3_4 kettle 4"]);
    // One on the first page loses its words, and one far behind is shown no more.
    let end = things.lock().unwrap().len() - 1;
    things.lock().unwrap()[end].1 = "[deleted]".to_owned();
    assert_eq!(source.items(1).await, ["-t3_250"]);
    things.lock().unwrap().remove(1);
    assert_eq!(source.items(1).await, ["-t3_2"]);
    things.lock().unwrap()[0].1 = "[removed]".to_owned();
    assert_eq!(source.items(1).await, ["-t3_1"]);
    let cursor = source.stop().await;
    things.lock().unwrap().push((251, "kettle 251".to_owned()));
    let (mut source, _) = reddit(&things, "900.0", "", cursor).await;
    while source.items(1).await.iter().all(|i| i != "t3_251 kettle 251") {}
    source.stop().await;
}

#[tokio::test]
async fn reddit_is_left_alone_before_its_limit_and_refusals_are_explained() {
    let (mut source, _) = reddit(&kettles(1..=1), "5.0", "", None).await;
    source.items(1).await;
    let limit = source.until(|h| h.limit.is_some()).await.limit.unwrap();
    assert_eq!(limit, "5 requests are left, for 371 seconds");
    source.stop().await;
    for (code, at_login, words) in [
        (401, true, "only to applications that it has approved"),
        (403, true, "only to applications that it has approved"),
        (403, false, "private, banned or not there"),
        (429, false, "asks to be left alone for a while"),
        (401, false, "does not take the token that it has just given"),
    ] {
        let url = serve_with_body(move |path, _, _, _| match (path, at_login) {
            ("/api/v1/access_token", false) => {
                status(200, &[], json!({"access_token": "t", "expires_in": 3600}))
            }
            _ => status(code, &[("retry-after", "7")], json!({"message": "no", "error": code})),
        })
        .await;
        let settings = format!(
            "client_id = 'app'\nsubreddits = ['kettles']\nserver = '{url}'\nlogin = '{url}'\ninterval = '5ms'"
        );
        let source = with_key("reddit", "secret_file", &settings, None);
        let said = source.error().await;
        assert!(said.contains(words), "{code}: {said}");
        source.stop().await;
    }
}

/// An X whose stream says what is sent into `say`; a new channel for each connection.
#[derive(Clone, Default)]
struct X {
    rules: Arc<Mutex<Vec<Value>>>,
    /// Ids that are gone.
    gone: Arc<Mutex<Vec<String>>>,
    streams: Arc<Mutex<Option<mpsc::UnboundedSender<mpsc::UnboundedSender<String>>>>>,
}

impl X {
    async fn start(self) -> (String, mpsc::UnboundedReceiver<mpsc::UnboundedSender<String>>) {
        let (opened, streams) = mpsc::unbounded_channel();
        *self.streams.lock().unwrap() = Some(opened);
        (
            serve_with_body(move |path, asked, headers, body| self.answer(path, asked, headers, body)).await,
            streams,
        )
    }

    fn answer(&self, path: &str, asked: &Asked, headers: &HeaderMap, body: &str) -> Response {
        assert_eq!(headers["authorization"], "Bearer k3y");
        match path {
            "/2/tweets/search/stream/rules" if body.is_empty() => {
                status(200, &[], json!({"data": *self.rules.lock().unwrap(), "meta": {}}))
            }
            "/2/tweets/search/stream/rules" => {
                let change: Value = serde_json::from_str(body).unwrap();
                let mut rules = self.rules.lock().unwrap();
                for id in change["delete"]["ids"].as_array().into_iter().flatten() {
                    rules.retain(|r| r["id"] != *id);
                }
                for rule in change["add"].as_array().into_iter().flatten() {
                    let mut rule = rule.clone();
                    rule["id"] = format!("n{}", rules.len()).into();
                    rules.push(rule);
                }
                status(201, &[], json!({"meta": {}}))
            }
            "/2/tweets/search/stream" => {
                assert!(asked["tweet.fields"].contains("edit_history_tweet_ids"));
                let (say, said) = mpsc::unbounded_channel::<String>();
                self.streams.lock().unwrap().as_ref().unwrap().send(say).ok();
                let lines = futures_util::stream::unfold(said, |mut said| async move {
                    Some((Ok::<_, std::io::Error>(said.recv().await?), said))
                });
                Response::new(Body::from_stream(lines))
            }
            "/2/tweets" => {
                let gone = self.gone.lock().unwrap();
                let (missing, there): (Vec<&str>, Vec<&str>) =
                    asked["ids"].split(',').partition(|id| gone.iter().any(|g| g == id));
                let data: Vec<Value> = there.iter().map(|id| json!({"id": id, "text": "x"})).collect();
                let errors: Vec<Value> = missing
                    .iter()
                    .map(|id| json!({"resource_id": id, "type": "https://api.twitter.com/2/problems/resource-not-found"}))
                    .collect();
                status(200, &[], json!({"data": data, "errors": errors}))
            }
            other => panic!("{other}"),
        }
    }
}

fn tweet(id: u64, history: &[u64], text: &str) -> String {
    let history: Vec<String> = history.iter().chain([&id]).map(u64::to_string).collect();
    let tweet = json!({"data": {"id": id.to_string(), "text": text, "author_id": "7", "created_at": "2026-01-01T23:59:00.000Z",
        "edit_history_tweet_ids": history}, "includes": {"users": [{"id": "7", "username": "ana"}]}});
    format!("{tweet}\r\n")
}

async fn opened(
    streams: &mut mpsc::UnboundedReceiver<mpsc::UnboundedSender<String>>,
) -> mpsc::UnboundedSender<String> {
    timeout(LONG, streams.recv()).await.expect("nobody came").unwrap()
}

#[tokio::test]
async fn x_rules_are_synced_and_posts_edits_cuts_and_deletions_heard() {
    let x = X::default();
    *x.rules.lock().unwrap() = vec![
        json!({"id": "1", "value": "teapot", "tag": "groundswell:it"}),
        json!({"id": "2", "value": "teapot", "tag": "another's"}),
    ];
    let (url, mut streams) = x.clone().start().await;
    let settings = format!("server = '{url}'\nrules = ['kettle']");
    let mut source = with_key("x", "token_file", &settings, None);
    let say = opened(&mut streams).await;
    let rules: Vec<String> =
        x.rules.lock().unwrap().iter().map(|r| format!("{} {}", r["value"], r["tag"])).collect();
    assert_eq!(rules, ["\"teapot\" \"another's\"", "\"kettle\" \"groundswell:it\""]);
    // A post cut in the middle of a character, two in one piece, one twice, and one that stands still.
    let first = tweet(10, &[], "the kettle leaks");
    let (a, b) = first.split_at(40);
    for part in ["\r\n", a, b, &format!("{}{}", tweet(11, &[], "two"), tweet(11, &[], "two")), "nonsense\r\n"]
    {
        say.send(part.to_owned()).unwrap();
    }
    assert_eq!(source.items(2).await, ["10 the kettle leaks", "11 two"]);
    source.until(|h| h.rejects == 1).await;
    say.send(tweet(12, &[10], "the kettle leaks badly")).unwrap();
    assert_eq!(source.items(1).await, ["10 the kettle leaks badly"]);
    // X ends it, which it says; it is opened anew at once.
    say.send("{\"errors\":[{\"title\":\"operational-disconnect\",\"detail\":\"slow\"}]}\r\n".to_owned())
        .unwrap();
    let say = opened(&mut streams).await;
    assert!(source.error().await.contains("ends the stream: operational-disconnect: slow"));
    // Seven hours later what is gone there goes here. The empty line is what makes it look at the clock.
    x.gone.lock().unwrap().push("11".to_owned());
    source.clock.set(plus_ms(source.clock.now(), 7 * HOUR));
    say.send("\r\n".to_owned()).unwrap();
    assert_eq!(source.items(1).await, ["-11"]);
    let cursor = source.stop().await;
    // Started an hour later: what was said meanwhile is a gap.
    let file = secret("k3y");
    let settings = format!("name = 'it'\nkind = 'x'\ntoken_file = '{}'\n{settings}", file.path().display());
    let mut source = Source::start_in(&settings, cursor, "2026-01-02T08:00:00Z", |_| {});
    opened(&mut streams).await;
    let (from, to) = source.batch().await.gap.unwrap();
    assert_eq!(
        (from.to_string(), to.to_string()),
        ("2026-01-02T07:00:00Z".into(), "2026-01-02T08:00:00Z".into())
    );
    source.stop().await;
}

#[tokio::test]
async fn x_says_what_a_refusal_means_and_bounds_a_line_without_end() {
    for (code, words) in [
        (401, "only to those who pay"),
        (402, "only to those who pay"),
        (403, "only to those who pay"),
        (429, "asks to be left alone for a while"),
        (503, "asks to be left alone for a while"),
        (500, "answers 500"),
        (418, "answers 418"),
    ] {
        let url =
            serve(move |_, _, _| status(code, &[], json!({"title": "no", "detail": "not for you"}))).await;
        let source = with_key("x", "token_file", &format!("server = '{url}'\nrules = ['kettle']"), None);
        let said = source.error().await;
        assert!(said.contains(words), "{code}: {said}");
        source.stop().await;
    }
    let (url, mut streams) = X::default().start().await;
    let source = with_key("x", "token_file", &format!("server = '{url}'\nrules = ['kettle']"), None);
    let say = opened(&mut streams).await;
    for _ in 0..20 {
        say.send("x".repeat(100_000)).ok();
    }
    assert!(source.error().await.contains("a line of more than 1048576 bytes"));
    source.stop().await;
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
