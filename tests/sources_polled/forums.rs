//! Discourse and Lemmy.

use super::*;

fn forum_post(id: i64, text: &str) -> Value {
    let at = from_ms(1_767_200_000_000 + id * 1000).to_string();
    json!({"id": id, "created_at": at, "username": "ana", "name": "Ana", "cooked": format!("<p>{text}</p>"),
        "topic_id": 3, "topic_slug": "kettles", "topic_title": "Kettles", "post_number": id, "hidden": false,
        "user_deleted": false, "deleted_at": null})
}

/// The pages of a forum: five posts each, the newest first, with the post that `before` names.
fn forum(posts: &BTreeMap<i64, Value>, path: &str, query: &Asked) -> Response {
    if let Some(id) = path.strip_prefix("/posts/").and_then(|p| p.strip_suffix(".json")) {
        let found = posts.get(&id.parse().unwrap());
        return found
            .map_or_else(|| status(404, &[], json!({"errors": ["gone"]})), |p| status(200, &[], p.clone()));
    }
    assert_eq!(path, "/posts.json");
    let before = query.get("before").map_or(i64::MAX, |b| b.parse().unwrap());
    let page: Vec<Value> = posts.range(..=before).rev().take(5).map(|(_, p)| p.clone()).collect();
    status(200, &[], json!({"latest_posts": page}))
}

#[tokio::test]
async fn discourse_pages_back_to_what_it_knows_and_says_what_it_missed() {
    let posts = Arc::new(Mutex::new(
        (1..=3).map(|n| (n, forum_post(n, &format!("kettle {n}")))).collect::<BTreeMap<_, _>>(),
    ));
    let it = Arc::clone(&posts);
    let url = serve(move |path, query, _| forum(&it.lock().unwrap(), path, query)).await;
    let settings = format!("kind = 'discourse'\nurl = '{url}'\ninterval = '5ms'\npages = 4");
    let mut source = Source::start(&settings, None);
    let first = source.batch().await;
    let Incoming::Post(post) = &first.items[0] else { panic!("{first:?}") };
    assert_eq!(
        (post.title.as_deref(), post.url.as_ref().unwrap().ends_with("/t/kettles/3/1")),
        (Some("Kettles"), true)
    );
    // Three pages between two polls.
    posts.lock().unwrap().extend((4..=14).map(|n| (n, forum_post(n, &format!("kettle {n}")))));
    let burst = source.items(11).await;
    assert_eq!((burst.len(), burst[0].as_str(), burst[10].as_str()), (11, "4 kettle 4", "14 kettle 14"));
    // Deleted, hidden and edited.
    posts.lock().unwrap().remove(&14);
    assert_eq!(source.items(1).await, ["-14"]);
    posts.lock().unwrap().get_mut(&13).unwrap()["hidden"] = true.into();
    assert_eq!(source.items(1).await, ["-13"]);
    posts.lock().unwrap().insert(12, forum_post(12, "kettle 12, mended"));
    assert_eq!(source.items(1).await, ["12 kettle 12, mended"]);
    let cursor = source.stop().await;
    // Away for long: of fifty new posts four pages are read, the rest is a gap.
    posts.lock().unwrap().extend((15..=64).map(|n| (n, forum_post(n, "kettle"))));
    let mut source = Source::start(&settings, cursor);
    let batch = source.batch().await;
    let (from, to) = batch.gap.expect("a gap");
    assert_eq!((from.as_second() - 1_767_200_000, to.as_second() - 1_767_200_000), (14, 48));
    assert!(source.until(|h| h.errors > 0).await.last_error.unwrap().contains("more than 4 pages"));
    source.stop().await;
}

#[tokio::test]
async fn discourse_says_its_limit_in_the_body() {
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let url = serve(move |_, _, _| {
        *counted.lock().unwrap() += 1;
        let body =
            json!({"errors": ["slow down"], "error_type": "rate_limit", "extras": {"wait_seconds": 600}});
        status(403, &[], body)
    })
    .await;
    let source = Source::start(&format!("kind = 'discourse'\nurl = '{url}'\ninterval = '5ms'"), None);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("rate_limit"), "{said}");
    assert!(timeout(Duration::from_millis(100), std::future::pending::<()>()).await.is_err());
    assert_eq!(*count.lock().unwrap(), 1);
    source.stop().await;
}

fn lemmy_thing(n: i64, what: &str) -> Value {
    let at = from_ms(1_767_200_000_000 + n * 1000).to_string();
    let post = json!({"ap_id": "https://l.example/post/1", "name": "Kettles", "body": "all of them", "published": at.trim_end_matches('Z')});
    let creator = json!({"actor_id": "https://l.example/u/ana", "name": "ana", "bot_account": n == 3});
    match what {
        "post" => json!({"post": post, "creator": creator}),
        _ => json!({"post": post, "creator": creator,
            "comment": {"ap_id": format!("https://l.example/comment/{n}"), "content": format!("it leaks {n}"), "published": at}}),
    }
}

#[tokio::test]
async fn lemmy_is_read_back_to_what_is_known_and_its_limit_is_a_400() {
    let comments = Arc::new(Mutex::new((1..=4).map(|n| lemmy_thing(n, "comment")).collect::<Vec<_>>()));
    let (it, limited) = (Arc::clone(&comments), Arc::new(Mutex::new(false)));
    let limit = Arc::clone(&limited);
    let url = serve(move |path, query, _| {
        if *limit.lock().unwrap() {
            return status(400, &[], json!({"error": "rate_limit_error"}));
        }
        assert_eq!((query["sort"].as_str(), query["limit"].as_str()), ("New", "50"));
        if path == "/api/v3/post/list" {
            return status(200, &[], json!({"posts": [lemmy_thing(1, "post")]}));
        }
        let page: usize = query["page"].parse().unwrap();
        let shown: Vec<Value> =
            it.lock().unwrap().iter().rev().skip((page - 1) * 50).take(50).cloned().collect();
        status(200, &[], json!({"comments": shown}))
    })
    .await;
    let settings = format!("kind = 'lemmy'\nserver = '{url}'\ninterval = '5ms'");
    let mut source = Source::start(&settings, None);
    let first = source.items(4).await;
    assert_eq!(first[0], "https://l.example/post/1 all of them");
    assert_eq!(
        first[3], "https://l.example/comment/4 it leaks 4",
        "what programs write is passed over: {first:?}"
    );
    comments.lock().unwrap().extend((5..=124).map(|n| lemmy_thing(n, "comment")));
    let burst = source.items(120).await;
    assert_eq!((burst.len(), burst[119].as_str()), (120, "https://l.example/comment/124 it leaks 124"));
    comments.lock().unwrap()[123]["comment"]["deleted"] = true.into();
    assert_eq!(source.items(1).await, ["-https://l.example/comment/124"]);
    *limited.lock().unwrap() = true;
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("rate_limit_error"), "{said}");
    source.stop().await;
}
