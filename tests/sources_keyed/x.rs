//! The filtered stream of X.

use super::*;

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
