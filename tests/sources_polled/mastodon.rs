//! Mastodon, by its API.

use super::*;

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
        let below = asked.get("max_id").map_or(u64::MAX, |max| max.parse().unwrap());
        let page: Vec<&(u64, Value)> = match asked.get("min_id") {
            Some(min) => statuses.iter().filter(|(n, _)| *n > min.parse().unwrap()).take(40).collect(),
            None => {
                let older: Vec<_> = statuses.iter().filter(|(n, _)| *n < below).collect();
                older[older.len().saturating_sub(40)..].to_vec()
            }
        };
        let links = page.first().zip(page.last()).map(|((oldest, _), (newest, _))| {
            format!(
                "<{base}/x?max_id={oldest}>; rel=\"next\", <{base}/x?limit=40&min_id={newest}>; rel=\"prev\""
            )
        });
        let body = page.iter().rev().map(|(_, s)| s.clone()).collect();
        status(200, &[("link", &links.unwrap_or_else(|| "<x>; rel=\"none\"".into()))], body)
    }
}

pub(super) fn mastodon(url: &str) -> String {
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
async fn a_tag_that_nobody_used_before_may_begin_with_a_burst() {
    let fediverse = Fediverse::default();
    let it = fediverse.clone();
    let url = serve(move |path, asked, _| it.answer("http://far.example", path, asked)).await;
    let source = Source::start(&mastodon(&url), None);
    source.until(|h| h.state == State::Listening).await;
    // More than three pages at once, after a restart, too.
    let cursor = source.stop().await;
    assert!(cursor.is_some(), "that there was nothing is known over a restart");
    fediverse.add(1..=130, &json!({}));
    let mut source = Source::start(&mastodon(&url), cursor);
    let burst = source.items(130).await;
    assert_eq!((burst.len(), burst[0].as_str(), burst[129].as_str()), (130, "1 kettle 1", "130 kettle 130"));
    fediverse.add(131..=132, &json!({}));
    assert_eq!(source.items(2).await, ["131 kettle 131", "132 kettle 132"]);
    source.stop().await;
}

#[tokio::test]
async fn a_burst_that_is_more_than_a_poll_reads_leaves_a_gap() {
    let fediverse = Fediverse::default();
    let it = fediverse.clone();
    let url = serve(move |path, asked, _| it.answer("http://far.example", path, asked)).await;
    let mut source = Source::start(
        &mastodon(&url),
        Some(r#"{"newest":{},"empty":{"acme":"2025-12-31T00:00:00Z"}}"#.into()),
    );
    fediverse.add(1..=1100, &json!({}));
    let first = source.batch().await;
    let gap = first.gap.map(|(from, to)| (from.to_string(), to.to_string()));
    assert_eq!(gap, Some(("2025-12-31T00:00:00Z".into(), "2026-01-01T10:00:00Z".into())));
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
async fn what_comes_late_stands_below_what_is_known_and_is_found() {
    let fediverse = Fediverse::default();
    fediverse.add([10, 20], &json!({}));
    let it = fediverse.clone();
    let url = serve(move |path, asked, _| it.answer("http://far.example", path, asked)).await;
    let mut source = Source::start(&mastodon(&url), None);
    assert_eq!(source.items(2).await, ["10 kettle 10", "20 kettle 20"]);
    // Another server was slow: its post is numbered by when it was written.
    fediverse.add([15], &json!({}));
    fediverse.0.lock().unwrap().sort_by_key(|(id, _)| *id);
    assert_eq!(source.items(1).await, ["15 kettle 15"]);
    let cursor = source.stop().await;
    fediverse.add([17], &json!({}));
    fediverse.0.lock().unwrap().sort_by_key(|(id, _)| *id);
    let mut source = Source::start(&mastodon(&url), cursor);
    assert_eq!(source.items(1).await, ["17 kettle 17"], "and nothing else comes again after a restart");
    source.stop().await;
}

#[tokio::test]
async fn an_edit_while_we_were_away_is_found_after_the_restart() {
    let fediverse = Fediverse::default();
    fediverse.add([1, 2], &json!({}));
    let it = fediverse.clone();
    let url = serve(move |path, asked, _| it.answer("http://far.example", path, asked)).await;
    // So many that it is not one of the posts that each poll reads anyway.
    let mut source = Source::start(&mastodon(&url), None);
    assert_eq!(source.items(2).await.len(), 2);
    fediverse.add(3..=60, &json!({}));
    assert_eq!(source.items(58).await.len(), 58);
    let cursor = source.stop().await;
    {
        let mut statuses = fediverse.0.lock().unwrap();
        statuses[0].1["content"] = "<p>kettle 1, mended</p>".into();
        statuses[0].1["edited_at"] = "2026-01-01T11:00:00.000Z".into();
    }
    let mut source = Source::start(&mastodon(&url), cursor);
    assert_eq!(source.items(1).await, ["1 kettle 1, mended"]);
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
    // Another program of this machine is nobody that the settings name: it is not asked, and gets no token.
    let asked = Arc::new(Mutex::new(0));
    let other = Arc::clone(&asked);
    let elsewhere = serve(move |_, _, _| {
        *other.lock().unwrap() += 1;
        status(200, &[], json!([]))
    })
    .await;
    for location in [elsewhere.as_str(), "http://169.254.169.254/latest/meta-data/"] {
        let (seen, to) = (Arc::new(Mutex::new(Vec::new())), location.to_owned());
        let first = Arc::clone(&seen);
        let url = serve(move |_, _, headers| {
            first.lock().unwrap().push(headers.get("authorization").cloned());
            assert!(headers["user-agent"].to_str().unwrap().contains("ops@example.org"));
            status(302, &[("location", &to)], json!(null))
        })
        .await;
        let token = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(token.path(), "sesame\n").unwrap();
        let settings = format!("{}\ntoken_file = '{}'", mastodon(&url), token.path().display());
        let source = Source::start(&settings, None);
        let said = source.until(|h| h.errors > 0).await.last_error.unwrap();
        assert!(said.contains(location) && said.contains("not on the public internet"), "{said}");
        assert!(!said.contains("sesame"));
        let first = seen.lock().unwrap().first().cloned().flatten();
        assert_eq!(first.map(|v| v.to_str().unwrap().to_owned()), Some("Bearer sesame".to_owned()));
        source.stop().await;
    }
    assert_eq!(*asked.lock().unwrap(), 0);
}
