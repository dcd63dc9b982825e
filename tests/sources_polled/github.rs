//! GitHub: issues and discussions.

use super::*;

#[tokio::test]
async fn github_issues_come_by_their_last_change_and_unchanged_lists_cost_nothing() {
    let issue = |n: u64, at: &str, more: Value| {
        let mut it = json!({"id": 1000 + n, "number": n, "title": format!("Kettle {n}"), "body": "It **leaks** <!-- template -->",
            "html_url": format!("https://github.com/acme/kettle/issues/{n}"), "user": {"login": "ana", "type": "User"},
            "created_at": "2025-06-01T10:00:00Z", "updated_at": at});
        it.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        it
    };
    let comment = json!({"id": 77, "body": "> it leaks\n\nmine too", "html_url": "https://github.com/acme/kettle/issues/1#issuecomment-77",
        "user": {"login": "bob", "type": "User"}, "created_at": "2026-01-01T11:00:00Z", "updated_at": "2026-01-01T11:00:00Z"});
    let issues = Arc::new(Mutex::new(vec![
        issue(1, "2026-01-01T10:00:00Z", json!({})),
        issue(2, "2026-01-01T10:30:00Z", json!({"pull_request": {"url": "x"}})),
        issue(3, "2026-01-01T11:00:00Z", json!({"user": {"login": "robot", "type": "Bot"}})),
        issue(4, "2026-01-01T12:00:00Z", json!({"body": null})),
    ]));
    let (it, spent) = (Arc::clone(&issues), Arc::new(Mutex::new(false)));
    let (limit, unchanged) = (Arc::clone(&spent), Arc::new(Mutex::new(0)));
    let counted = Arc::clone(&unchanged);
    let base = Arc::new(Mutex::new(String::new()));
    let own = Arc::clone(&base);
    let url = serve(move |path, query, headers| {
        if *limit.lock().unwrap() {
            let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1767316200")];
            return status(403, &spent, json!({"message": "API rate limit exceeded"}));
        }
        let issues = it.lock().unwrap();
        match path {
            "/repos/acme/kettle/issues" => {
                let since: Timestamp = query["since"].parse().unwrap();
                let changed: Vec<&Value> = issues
                    .iter()
                    .filter(|i| i["updated_at"].as_str().unwrap().parse::<Timestamp>().unwrap() >= since)
                    .collect();
                // Two on a page, so that there are more.
                let page: usize = query.get("page").map_or(1, |p| p.parse().unwrap());
                let tag = format!("W/\"{since}-{}\"", issues.len());
                if headers.get("if-none-match").is_some_and(|t| t == tag.as_str()) {
                    *counted.lock().unwrap() += 1;
                    return status(304, &[], json!(null));
                }
                let shown: Vec<&Value> = changed.iter().skip((page - 1) * 2).take(2).copied().collect();
                let next =
                    format!("<{}{path}?since={since}&page={}>; rel=\"next\"", own.lock().unwrap(), page + 1);
                let more = if changed.len() > page * 2 { next } else { "<x>; rel=\"first\"".to_owned() };
                status(200, &[("etag", &tag), ("link", &more)], json!(shown))
            }
            "/repos/acme/kettle/issues/comments" => status(200, &[], json!([comment])),
            "/repos/acme/kettle/issues/comments/77" => status(404, &[], json!({"message": "Not Found"})),
            _ => status(200, &[], issues[0].clone()),
        }
    })
    .await;
    base.lock().unwrap().clone_from(&url);
    let settings = format!("kind = 'github'\nrepo = 'acme/kettle'\ninterval = '5ms'\nserver = '{url}'");
    let mut source = Source::start(&settings, None);
    let mut first = source.items(4).await;
    first.sort();
    assert_eq!(first, ["-comment/77", "comment/77 mine too", "issue/1 It leaks", "issue/4 "]);
    timeout(LONG, async {
        while *unchanged.lock().unwrap() < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await
    .expect("it asks without a tag");
    issues.lock().unwrap().push(issue(5, "2026-01-01T13:00:00Z", json!({})));
    assert_eq!(source.items(1).await, ["issue/5 It leaks"]);
    *spent.lock().unwrap() = true;
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("asks to be left alone for a while (403)"), "{said}");
    source.stop().await;
    let wrong = Source::start("kind = 'github'\nrepo = 'kettle'", None);
    assert!(wrong.task.await.unwrap().unwrap_err().to_string().contains("owner/name"));
}

#[tokio::test]
async fn github_discussions_come_with_what_is_written_below_them_and_go_again() {
    let gone = Arc::new(Mutex::new(false));
    let it = Arc::clone(&gone);
    let answer = move |question: &Value| {
        let by = |login: &str, kind: &str| json!({"login": login, "__typename": kind});
        let comment = |id: &str, text: &str, replies: Value| json!({"id": id, "body": text, "url": "https://github.com/acme/kettle/discussions/7#c", "createdAt": "2026-01-01T11:00:00Z", "author": by("bo", "User"), "replies": {"nodes": replies}});
        let discussion = |n: i64, changed: &str, comments: Value| {
            json!({"number": n, "title": "It leaks", "body": format!("kettle **{n}**"), "url": format!("https://github.com/acme/kettle/discussions/{n}"),
                   "createdAt": "2026-01-01T10:00:00Z", "updatedAt": changed, "author": by("ana", "User"), "comments": {"nodes": comments}})
        };
        let variables = &question["variables"];
        if let Some(id) = variables.get("id").or_else(|| variables.get("number")) {
            let is = *it.lock().unwrap() && id == "DC_1";
            let place = if variables.get("id").is_some() {
                json!({"it": if is { Value::Null } else { json!({"id": id}) }})
            } else {
                json!({"repository": {"it": {"id": "D"}}})
            };
            return if is {
                json!({"data": place, "errors": [{"type": "NOT_FOUND", "message": "no"}]})
            } else {
                json!({"data": place})
            };
        }
        assert_eq!((&variables["owner"], &variables["name"]), (&json!("acme"), &json!("kettle")));
        let reply = json!([comment("DC_2", "same here", json!([]))]);
        let (nodes, next) = match variables["after"].as_str() {
            None => (
                json!([
                    discussion(8, "2026-01-01T22:00:00Z", json!([])),
                    discussion(7, "2026-01-01T21:00:00Z", json!([comment("DC_1", "mine too", reply)]))
                ]),
                true,
            ),
            Some(after) => {
                assert_eq!(after, "c1");
                // Changed before our first look, and by a program.
                (json!([discussion(6, "2025-12-01T00:00:00Z", json!([])), null]), true)
            }
        };
        json!({"data": {"repository": {"discussions": {"pageInfo": {"hasNextPage": next, "endCursor": "c1"}, "nodes": nodes}}}})
    };
    let answer = Arc::new(answer);
    let router = Router::new()
        .route(
            "/graphql",
            axum::routing::post(move |headers: HeaderMap, axum::Json(question): axum::Json<Value>| {
                assert_eq!(headers["authorization"], "Bearer t0ken");
                let answer = Arc::clone(&answer);
                async move { axum::Json(answer(&question)) }
            }),
        )
        .fallback(|| async { axum::Json(json!([])) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "t0ken").unwrap();
    let settings = format!(
        "kind = 'github'\nrepo = 'acme/kettle'\ninterval = '2ms'\nserver = '{url}'\ntoken_file = '{}'",
        token.path().display()
    );
    let mut source = Source::start(&settings, None);
    let found = source.items(4).await;
    assert_eq!(
        found,
        [
            "discussion/7 kettle 7",
            "discussion-comment/DC_1 mine too",
            "discussion-comment/DC_2 same here",
            "discussion/8 kettle 8"
        ]
    );
    assert_eq!(source.until(|h| h.state == State::Listening).await.errors, 0);
    *gone.lock().unwrap() = true;
    assert_eq!(source.items(1).await, ["-discussion-comment/DC_1"]);
    let cursor = source.stop().await.unwrap();
    assert!(cursor.contains("\"discussions\":\"2026-01-01T22:00:00Z\""), "{cursor}");
}

#[tokio::test]
async fn github_says_with_success_that_it_refuses() {
    for (kind, message, words) in [
        (
            "RATE_LIMITED",
            "API rate limit exceeded",
            "asks to be left alone for a while (API rate limit exceeded)",
        ),
        ("NOT_FOUND", "Could not resolve to a Repository", "refuses to show discussions: Could not resolve"),
    ] {
        let url = serve(move |path, _, _| match path {
            "/graphql" => status(
                200,
                &[],
                json!({"data": {"repository": null}, "errors": [{"type": kind, "message": message}]}),
            ),
            _ => status(200, &[], json!([])),
        })
        .await;
        let token = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(token.path(), "t0ken").unwrap();
        let settings = format!(
            "kind = 'github'\nrepo = 'acme/kettle'\ninterval = '2ms'\nserver = '{url}'\ntoken_file = '{}'",
            token.path().display()
        );
        let source = Source::start(&settings, None);
        let said = source.until(|h| h.last_error.is_some()).await.last_error.unwrap();
        assert!(said.contains(words), "{said}");
        source.stop().await;
    }
}
