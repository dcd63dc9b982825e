//! The filtered stream of X.

use super::*;

/// An X whose stream says what is sent into `say`; a new channel for each connection.
#[derive(Clone, Default)]
struct X {
    rules: Arc<Mutex<Vec<Value>>>,
    /// Ids that are gone.
    gone: Arc<Mutex<Vec<String>>>,
    /// Posts that its search has, the oldest first, and what it was asked.
    found: Arc<Mutex<Vec<(u64, Value)>>>,
    searches: Arc<Mutex<Vec<String>>>,
    /// What its search answers instead.
    refuses: Arc<Mutex<Option<u16>>>,
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
            "/2/tweets" if self.refuses.lock().unwrap().is_some() => status(500, &[], json!({})),
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
            "/2/tweets/search/recent" => {
                let (from, to) = (&asked["start_time"], &asked["end_time"]);
                self.searches.lock().unwrap().push(format!("{} from {from} to {to}", asked["query"]));
                if let Some(code) = *self.refuses.lock().unwrap() {
                    return status(code, &[], json!({"title": "no", "detail": "no search for you"}));
                }
                let within = |t: &Value| {
                    let at = t["created_at"].as_str().unwrap();
                    from.trim_end_matches('Z') <= at && at < to.trim_end_matches('Z')
                };
                // The newest first, two a page.
                let skip: usize = asked.get("next_token").map_or(0, |t| t.parse().unwrap());
                let all: Vec<Value> =
                    self.found.lock().unwrap().iter().rev().map(|(_, t)| t.clone()).filter(within).collect();
                let page: Vec<&Value> = all.iter().skip(skip).take(2).collect();
                let mut meta = json!({"result_count": page.len()});
                if skip + 2 < all.len() {
                    meta["next_token"] = (skip + 2).to_string().into();
                }
                status(
                    200,
                    &[],
                    json!({"data": page, "includes": {"users": [{"id": "7", "username": "ana"}]}, "meta": meta}),
                )
            }
            other => panic!("{other}"),
        }
    }

    /// Its search has a post now.
    fn has(&self, id: u64, at: &str, text: &str) {
        let tweet = json!({"id": id.to_string(), "text": text, "author_id": "7", "created_at": at,
            "edit_history_tweet_ids": [id.to_string()]});
        self.found.lock().unwrap().push((id, tweet));
    }
}

/// Starts a source on this server at this hour.
fn start_at(url: &str, cursor: Option<String>, now: &str, more: &str) -> Source {
    let file = secret("k3y");
    let settings = format!(
        "name = 'it'\nkind = 'x'\ntoken_file = '{}'\nserver = '{url}'\nrules = ['kettle', '#kettle']\n{more}",
        file.path().display()
    );
    let mut source = Source::start_in(&settings, cursor, now, |_| {});
    source.kept.push(file);
    source
}

/// The stream stands, and the source has noted when.
async fn stands(
    source: &Source,
    streams: &mut mpsc::UnboundedReceiver<mpsc::UnboundedSender<String>>,
) -> mpsc::UnboundedSender<String> {
    let say = opened(streams).await;
    source.until(|h| h.state == State::Listening).await;
    say
}

/// A source that listened until midnight, and its position.
async fn listened(x: &X) -> (String, mpsc::UnboundedReceiver<mpsc::UnboundedSender<String>>, Option<String>) {
    let (url, mut streams) = x.clone().start().await;
    let mut source = start_at(&url, None, "2026-01-02T00:00:00Z", "");
    let say = opened(&mut streams).await;
    say.send(tweet(10, &[], "the kettle leaks")).unwrap();
    assert_eq!(source.items(1).await, ["10 the kettle leaks"]);
    let cursor = source.stop().await;
    (url, streams, cursor)
}

#[tokio::test]
async fn what_the_x_stream_missed_is_asked_for() {
    let x = X::default();
    let (url, mut streams, cursor) = listened(&x).await;
    for (id, at) in [
        (10, "2026-01-01T23:59:55.000Z"),
        (11, "2026-01-02T00:10:00.000Z"),
        (12, "2026-01-02T00:20:00.000Z"),
        (13, "2026-01-02T00:59:00.000Z"),
    ] {
        x.has(id, at, &format!("kettle {id}"));
    }
    x.has(99, "2026-01-01T20:00:00.000Z", "long before");
    let mut source = start_at(&url, cursor, "2026-01-02T01:00:00Z", "");
    let say = stands(&source, &mut streams).await;
    // The stream brings what is new meanwhile: a new version of one of them among it.
    say.send(tweet(14, &[13], "kettle 13, edited")).unwrap();
    assert_eq!(source.items(1).await, ["13 kettle 13, edited"]);
    assert!(x.searches.lock().unwrap().is_empty(), "the search does not see the last seconds yet");
    source.clock.set(plus_ms(source.clock.now(), 31_000));
    say.send("\r\n".to_owned()).unwrap();
    assert_eq!(
        source.items(3).await,
        ["10 kettle 10", "11 kettle 11", "12 kettle 12"],
        "the oldest first, and no older version"
    );
    assert_eq!(
        x.searches.lock().unwrap()[..],
        vec!["(kettle) OR (#kettle) from 2026-01-01T23:59:50Z to 2026-01-02T01:00:10Z"; 2]
    );
    let health = source.until(|_| true).await;
    assert_eq!((health.errors, health.last_error), (0, None));
    let cursor = source.stop().await.unwrap();
    assert!(cursor.contains("\"missed\":[]"), "{cursor}");
}

#[tokio::test]
async fn what_was_on_the_way_when_the_x_stream_broke_off_is_asked_for() {
    let x = X::default();
    let (url, mut streams, cursor) = listened(&x).await;
    let mut source = start_at(&url, cursor, "2026-01-02T00:00:20Z", "");
    let say = stands(&source, &mut streams).await;
    // Ten minutes behind: this is read now, and was written then.
    source.clock.set(plus_ms(source.clock.now(), 600_000));
    say.send(tweet(11, &[], "late").replace("2026-01-01T23:59:00", "2026-01-02T00:01:00")).unwrap();
    assert_eq!(source.items(1).await, ["11 late"]);
    x.has(12, "2026-01-02T00:05:00.000Z", "kettle 12");
    drop(say);
    let say = stands(&source, &mut streams).await;
    source.until(|h| h.errors > 0).await;
    source.batch().await;
    source.clock.set(plus_ms(source.clock.now(), 31_000));
    say.send("\r\n".to_owned()).unwrap();
    assert_eq!(source.items(1).await, ["12 kettle 12"]);
    source.stop().await;
}

#[tokio::test]
async fn what_the_x_search_does_not_bring_is_a_gap() {
    for (code, catch_up, words) in [
        (403, "", "its search answers 403 no search for you: a gap"),
        (200, "catch_up = false", "X does not bring it later: a gap"),
    ] {
        let x = X::default();
        let (url, mut streams, cursor) = listened(&x).await;
        *x.refuses.lock().unwrap() = Some(code);
        let mut source = start_at(&url, cursor, "2026-01-02T01:00:00Z", catch_up);
        let say = stands(&source, &mut streams).await;
        source.clock.set(plus_ms(source.clock.now(), 31_000));
        say.send("\r\n".to_owned()).unwrap();
        let gap = loop {
            if let Some((from, to)) = source.batch().await.gap {
                break format!("{from} {to}");
            }
        };
        assert_eq!(gap, "2026-01-02T00:00:00Z 2026-01-02T01:00:00Z");
        let said = source.error().await;
        assert!(said.contains(words), "{said}");
        source.stop().await;
    }
}

#[tokio::test]
async fn what_is_asked_for_outlives_failures_kills_and_seven_days() {
    let x = X::default();
    let (url, mut streams, cursor) = listened(&x).await;
    x.has(11, "2026-01-02T00:10:00.000Z", "kettle 11");
    *x.refuses.lock().unwrap() = Some(500);
    let mut source = start_at(&url, cursor, "2026-01-02T01:00:00Z", "");
    let say = stands(&source, &mut streams).await;
    source.clock.set(plus_ms(source.clock.now(), 31_000));
    say.send("\r\n".to_owned()).unwrap();
    let said = source.error().await;
    assert!(said.contains("answers 500") && said.contains("asked again for what was missed"), "{said}");
    // Listening goes on meanwhile.
    say.send(tweet(20, &[], "kettle 20")).unwrap();
    assert_eq!(source.items(1).await, ["20 kettle 20"]);
    // Stopped before it got an answer: the next start asks, in one question with what it missed itself.
    let cursor = source.stop().await;
    *x.refuses.lock().unwrap() = None;
    x.searches.lock().unwrap().clear();
    let mut source = start_at(&url, cursor, "2026-01-02T01:00:40Z", "");
    let say = stands(&source, &mut streams).await;
    source.clock.set(plus_ms(source.clock.now(), 31_000));
    say.send("\r\n".to_owned()).unwrap();
    assert_eq!(source.items(1).await, ["11 kettle 11"]);
    let cursor = source.stop().await;
    // Ten days later: seven can be asked for, the rest is a gap.
    let mut source = start_at(&url, cursor, "2026-01-12T00:00:00Z", "");
    let say = stands(&source, &mut streams).await;
    source.clock.set(plus_ms(source.clock.now(), 31_000));
    say.send("\r\n".to_owned()).unwrap();
    let gap = loop {
        if let Some((from, to)) = source.batch().await.gap {
            break format!("{from} {to}");
        }
    };
    // From when it was heard last: the empty line, if it was waited for.
    assert!(gap.starts_with("2026-01-02T01:0") && gap.ends_with(" 2026-01-05T01:00:31Z"), "{gap}");
    assert!(source.error().await.contains("X's search goes back seven days: a gap"));
    source.stop().await;
}

#[tokio::test]
async fn x_that_does_not_say_what_is_gone_is_listened_to_all_the_same() {
    let x = X::default();
    let (url, mut streams, cursor) = listened(&x).await;
    let mut source = start_at(&url, cursor, "2026-01-02T07:00:00Z", "catch_up = false");
    let say = stands(&source, &mut streams).await;
    *x.refuses.lock().unwrap() = Some(500);
    say.send("\r\n".to_owned()).unwrap();
    let said =
        source.until(|h| h.last_error.as_ref().is_some_and(|e| e.contains("/2/tweets answers 500"))).await;
    assert_eq!(said.state, State::Listening);
    say.send(tweet(20, &[], "kettle 20")).unwrap();
    assert_eq!(source.items(1).await, ["20 kettle 20"]);
    // A quarter of an hour later it is asked again.
    *x.refuses.lock().unwrap() = None;
    x.gone.lock().unwrap().push("10".to_owned());
    source.clock.set(plus_ms(source.clock.now(), 16 * 60_000));
    say.send("\r\n".to_owned()).unwrap();
    assert_eq!(source.items(1).await, ["-10"]);
    source.stop().await;
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
    assert!(cursor.unwrap().contains("\"heard\":\"2026-01-0"));
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
