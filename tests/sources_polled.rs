//! Sources that poll, against servers on loopback that answer as the real ones do: in bursts, twice, late, with limits.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod listening;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use groundswell::edges::sources::State;
use groundswell::ground::post::Incoming;
use groundswell::ground::time::{Clock, Timestamp, from_ms};
use listening::{Asked, LONG, NOW, Source, serve, status};
use serde_json::{Value, json};
use tokio::time::timeout;

/// A Mastodon server with the statuses 1 to n (ids as text of growing length, so that nobody compares them as text).
#[derive(Clone, Default)]
struct Fediverse(Arc<Mutex<Vec<(u64, Value)>>>);

impl Fediverse {
    fn add(&self, ids: impl IntoIterator<Item = u64>, account: &Value) {
        for id in ids {
            let mut author =
                json!({"acct": format!("user{id}@far.example"), "followers_count": 3, "note": ""});
            author.as_object_mut().unwrap().extend(account.as_object().unwrap().clone());
            let status = json!({"id": id.to_string(), "created_at": "2026-01-01T10:00:00.000Z", "visibility": "public",
                "content": format!("<p>kettle {id}</p>"), "account": author});
            self.0.lock().unwrap().push((id, status));
        }
    }

    fn answer(&self, base: &str, path: &str, asked: &Asked) -> Response {
        let statuses = self.0.lock().unwrap();
        if let Some(id) = path.strip_prefix("/api/v1/statuses/") {
            let found = statuses.iter().find(|(n, _)| n.to_string() == id);
            return found.map_or_else(
                || status(404, &[], json!({"error": "Record not found"})),
                |(_, s)| status(200, &[], s.clone()),
            );
        }
        assert_eq!((path, asked["limit"].as_str()), ("/api/v1/timelines/tag/acme", "40"));
        let page: Vec<&(u64, Value)> = match asked.get("min_id") {
            Some(min) => statuses.iter().filter(|(n, _)| *n > min.parse().unwrap()).take(40).collect(),
            None => statuses.iter().rev().take(40).rev().collect(),
        };
        let links = page.last().map(|(newest, _)| {
            format!("<{base}/x?max_id=1>; rel=\"next\", <{base}/x?limit=40&min_id={newest}>; rel=\"prev\"")
        });
        let body = page.iter().rev().map(|(_, s)| s.clone()).collect();
        status(200, &[("link", &links.unwrap_or_else(|| "<x>; rel=\"none\"".into()))], body)
    }
}

fn mastodon(url: &str) -> String {
    format!("kind = 'mastodon'\nserver = '{url}'\ntags = ['#acme']\ninterval = '5ms'")
}

#[tokio::test]
async fn mastodon_bursts_lose_nothing_and_a_restart_goes_on() {
    let fediverse = Fediverse::default();
    fediverse.add(1..=3, &json!({}));
    let it = fediverse.clone();
    let url = serve(move |path, asked, _| it.answer("http://far.example", path, asked)).await;
    let mut source = Source::start(&mastodon(&url), None);
    assert_eq!(source.items(3).await, ["1 kettle 1", "2 kettle 2", "3 kettle 3"]);
    // More than three pages between two polls, across the length of an id; nobody skips to the newest.
    fediverse.add(4..=130, &json!({}));
    let burst = source.items(127).await;
    assert_eq!((burst.len(), burst[0].as_str(), burst[126].as_str()), (127, "4 kettle 4", "130 kettle 130"));
    let cursor = source.stop().await;
    fediverse.add(131..=132, &json!({}));
    let mut source = Source::start(&mastodon(&url), cursor);
    assert_eq!(source.items(2).await, ["131 kettle 131", "132 kettle 132"]);
    assert_eq!(source.until(|h| h.state == State::Listening).await.errors, 0);
    source.stop().await;
}

#[tokio::test]
async fn mastodon_deletions_and_edits_are_found_and_opt_outs_kept() {
    let fediverse = Fediverse::default();
    fediverse.add([1], &json!({"noindex": true}));
    fediverse.add([2], &json!({"discoverable": false}));
    fediverse.add([3], &json!({"note": "<p>#<span>nobot</span></p>"}));
    fediverse.add([4, 5], &json!({}));
    let it = fediverse.clone();
    let url = serve(move |path, asked, _| it.answer("http://far.example", path, asked)).await;
    let mut source = Source::start(&mastodon(&url), None);
    assert_eq!(source.items(2).await, ["4 kettle 4", "5 kettle 5"]);
    fediverse.0.lock().unwrap().retain(|(id, _)| *id != 4);
    assert_eq!(source.items(1).await, ["-4"]);
    fediverse.0.lock().unwrap().last_mut().unwrap().1["content"] = "<p>kettle 5, mended</p>".into();
    assert_eq!(source.items(1).await, ["5 kettle 5, mended"]);
    source.stop().await;
}

#[tokio::test]
async fn mastodon_limits_are_kept_and_shown() {
    let count = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&count);
    let url = serve(move |_, _, _| {
        *counted.lock().unwrap() += 1;
        let limit = [("x-ratelimit-remaining", "3"), ("x-ratelimit-reset", "2026-01-02T00:05:00.000Z")];
        status(200, &limit, json!([]))
    })
    .await;
    let source = Source::start(&mastodon(&url), None);
    let health = source.until(|h| h.limit.is_some()).await;
    assert_eq!(health.limit.as_deref(), Some("3 requests are left, for 301 seconds"));
    // Twenty intervals later it has not asked again.
    assert!(timeout(Duration::from_millis(100), std::future::pending::<()>()).await.is_err());
    assert_eq!(*count.lock().unwrap(), 1);
    source.stop().await;

    let url =
        serve(|_, _, _| status(422, &[], json!({"error": "This method requires an authenticated user"})))
            .await;
    let source = Source::start(&mastodon(&url), None);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("token_file") && said.contains(&url), "{said}");
    source.stop().await;
}

#[tokio::test]
async fn a_token_goes_to_its_server_alone_and_redirects_do_not_lead_inwards() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let other = Arc::clone(&seen);
    let elsewhere = serve(move |_, _, headers| {
        other.lock().unwrap().push(headers.get("authorization").cloned());
        status(302, &[("location", "http://169.254.169.254/latest/meta-data/")], json!(null))
    })
    .await;
    let first = Arc::clone(&seen);
    let url = serve(move |_, _, headers| {
        first.lock().unwrap().push(headers.get("authorization").cloned());
        assert!(headers["user-agent"].to_str().unwrap().contains("ops@example.org"));
        status(302, &[("location", &elsewhere)], json!(null))
    })
    .await;
    let token = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(token.path(), "sesame\n").unwrap();
    let settings = format!("{}\ntoken_file = '{}'", mastodon(&url), token.path().display());
    let source = Source::start(&settings, None);
    let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
    assert!(said.contains("169.254.169.254") && said.contains("not on the public internet"), "{said}");
    assert!(!said.contains("sesame"));
    let seen: Vec<Option<String>> = seen
        .lock()
        .unwrap()
        .iter()
        .take(2)
        .map(|v| v.as_ref().map(|v| v.to_str().unwrap().to_owned()))
        .collect();
    assert_eq!(seen, [Some("Bearer sesame".to_owned()), None]);
    source.stop().await;
}

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
            mastodon(&url),
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
