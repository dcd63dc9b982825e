//! Posts and comments of Reddit.

use super::*;

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
