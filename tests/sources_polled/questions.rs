//! Hacker News and Stack Exchange.

use super::*;

/// Hacker News with these comments (seconds since 1970), as the search shows them: no more than a thousand at once.
fn hackernews(times: &[i64], query: &Asked) -> Response {
    let filters: Vec<i64> =
        query["numericFilters"].split(',').map(|f| f.rsplit('=').next().unwrap().parse().unwrap()).collect();
    let within = |t: &&i64| (filters[0]..=filters[1]).contains(*t);
    let hits: Vec<Value> = times
        .iter()
        .enumerate()
        .filter(|(_, t)| within(t))
        .map(|(n, t)| {
            json!({"objectID": (n + 1).to_string(), "author": "ana", "created_at_i": t,
            "comment_text": format!("it&#x27;s leaking {n}"), "story_title": "Acme", "parent_id": 7})
        })
        .rev()
        .take(1000)
        .collect();
    let count = times.iter().filter(within).count();
    status(200, &[], json!({"hits": hits, "nbHits": count}))
}

#[tokio::test]
async fn hackernews_windows_shrink_until_everything_is_seen() {
    let now = NOW.parse::<Timestamp>().unwrap().as_second();
    // 5,000 comments in the last day, 1,500 of them within the same ten minutes.
    let mut times: Vec<i64> = (0..3500).map(|n| now - 86_000 + n * 20).collect();
    times.extend((0..1500).map(|n| now - 9_000 + n / 3));
    times.sort_unstable();
    let all = times.clone();
    let url = serve(move |path, query, _| match path {
        "/api/v1/search_by_date" => hackernews(&all, query),
        "/v0/item/5000.json" => status(200, &[], json!({"id": 5000, "deleted": true, "time": 1})),
        "/v0/item/4999.json" => status(200, &[], json!(null)),
        _ => status(200, &[], json!({"id": 1, "text": "still here"})),
    })
    .await;
    let settings = format!(
        "kind = 'hackernews'\nqueries = ['acme']\ninterval = '5ms'\nsearch = '{url}'\nitems = '{url}'"
    );
    let mut source = Source::start(&settings, None);
    let mut ids: Vec<String> = Vec::new();
    let mut gone = Vec::new();
    while ids.len() < 5000 || gone.is_empty() {
        for item in source.batch().await.items {
            match item {
                Incoming::Post(post) => {
                    assert_eq!((post.in_reply_to.as_deref(), post.title.as_deref()), (Some("7"), None));
                    assert!(post.text.starts_with("it's leaking"), "{}", post.text);
                    ids.push(post.id);
                }
                Incoming::Delete(key) => gone.push(key.id),
            }
        }
    }
    let unique: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!((ids.len(), unique.len(), gone), (5000, 5000, vec!["5000".to_owned()]));
    let cursor = source.stop().await.unwrap();
    assert!(cursor.contains(&format!("\"until\":{now}")), "{cursor}");
}

#[tokio::test]
async fn stack_exchange_says_how_long_to_wait_and_what_is_gone() {
    // Twelve questions over two pages; the answer to the first; the second is deleted later.
    let gone = Arc::new(Mutex::new(false));
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let (it, log) = (Arc::clone(&gone), Arc::clone(&asked));
    let url = serve(move |path, asked, _| {
        assert_eq!((asked["site"].as_str(), asked["filter"].as_str()), ("diy", "withbody"));
        log.lock().unwrap().push(path.to_owned());
        let question = |n: i64| {
            json!({"question_id": n, "title": "It &amp; leaks", "body": format!("<p>kettle <b>{n}</b></p>"), "creation_date": 1_767_300_000 + n,
                   "last_activity_date": 1_767_300_000 + n, "link": format!("https://diy.example/q/{n}"), "owner": {"user_id": 9, "display_name": "Ana &#39;A&#39;"}})
        };
        let min: i64 = asked.get("min").map_or(0, |m| m.parse().unwrap());
        let body = match path {
            "/search" => {
                assert_eq!((asked["tagged"].as_str(), asked["order"].as_str()), ("acme;kettles", "asc"));
                let all: Vec<Value> = (1..=4).filter(|n| 1_767_300_000 + n >= min).map(question).collect();
                let page: usize = asked["page"].parse().unwrap();
                json!({"items": all.iter().skip(2 * (page - 1)).take(2).collect::<Vec<_>>(), "has_more": all.len() > 2 * page, "quota_remaining": 250})
            }
            "/questions/1;2/answers" => json!({"items": [{"question_id": 1, "answer_id": 77, "body": "<p>same here</p>", "creation_date": 1_767_300_100}]}),
            path if path.ends_with("/answers") => json!({"items": []}),
            path => {
                let ids = path.strip_prefix("/posts/").unwrap();
                let there = |id: &&str| *id != "2" || !*it.lock().unwrap();
                json!({"items": ids.split(';').filter(there).map(|id| json!({"post_id": id.parse::<i64>().unwrap()})).collect::<Vec<_>>()})
            }
        };
        status(200, &[], body)
    })
    .await;
    let settings = format!(
        "kind = 'stackexchange'\nsite = 'diy'\ntags = ['acme', 'kettles']\nserver = '{url}'\ninterval = '2ms'"
    );
    let mut source = Source::start(&settings, None);
    assert_eq!(source.items(3).await, ["question/1 kettle 1", "question/2 kettle 2", "answer/77 same here"]);
    assert_eq!(source.items(2).await, ["question/3 kettle 3", "question/4 kettle 4"]);
    assert_eq!(source.health.snapshot(source.clock.now()).limit.unwrap(), "250 requests are left for today");
    *gone.lock().unwrap() = true;
    assert_eq!(source.items(1).await, ["-question/2"]);
    let looks = asked.lock().unwrap().iter().filter(|p| p.starts_with("/posts/")).count();
    assert!(
        looks * 6 <= asked.lock().unwrap().iter().filter(|p| *p == "/search").count(),
        "the day's requests are few"
    );
    let cursor = source.stop().await.unwrap();
    assert!(cursor.contains("1767300004"), "{cursor}");
}

#[tokio::test]
async fn stack_exchange_is_left_alone_when_it_says_so() {
    for (body, code, words) in [
        (json!({"items": [], "has_more": true, "backoff": 30}), 200, None),
        (json!({"items": [], "quota_remaining": 3}), 200, None),
        (
            json!({"error_id": 502, "error_name": "throttle_violation", "error_message": "too many requests from this IP, more requests available in 81234 seconds"}),
            400,
            Some("has banned us for a while: too many requests"),
        ),
    ] {
        let asked: Arc<Mutex<usize>> = Arc::default();
        let count = Arc::clone(&asked);
        let url = serve(move |_, _, _| {
            *count.lock().unwrap() += 1;
            status(code, &[], body.clone())
        })
        .await;
        let source = Source::start(
            &format!("kind = 'stackexchange'\ntags = ['acme']\nserver = '{url}'\ninterval = '1ms'"),
            None,
        );
        let health = source.until(|h| h.state == State::Listening || h.state == State::Retrying).await;
        assert_eq!(health.last_error.is_some(), words.is_some());
        assert!(words.is_none_or(|w| health.last_error.unwrap().contains(w)));
        // A hundred intervals later it was not asked again.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(*asked.lock().unwrap(), 1);
        source.stop().await;
    }
}
