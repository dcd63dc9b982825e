//! Comments of YouTube.

use super::*;

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
