//! What holds of every post, whatever a stranger's place sent. Shared by `tests/posts_hostile.rs` and the fuzz target `posts`.

#![allow(unreachable_pub)]

use groundswell::edges::sources::{WAYS, read_strange};
use groundswell::ground::post::{Incoming, MAX_TEXT_BYTES, Post};
use groundswell::ground::time::Timestamp;

/// Reads `bytes` one way and looks at what comes of it. Gives how many posts and deletions there were.
pub fn check(way: u8, bytes: &[u8]) -> usize {
    let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap_or_default();
    let items = read_strange(way, bytes, now);
    for item in &items {
        match item {
            Incoming::Delete(key) => assert!(!key.source.is_empty(), "a deletion of nobody's"),
            Incoming::Post(post) => sound(post, now),
        }
    }
    // Nothing but the bytes decides.
    assert_eq!(items, read_strange(way, bytes, now), "way {way} reads the same bytes in two ways");
    items.len()
}

fn sound(post: &Post, now: Timestamp) {
    assert!(!post.id.is_empty(), "a post without id");
    assert!(post.text.len() <= MAX_TEXT_BYTES, "a text of {} bytes", post.text.len());
    assert!(post.created_at <= now && post.arrived_at <= now, "a post of tomorrow: {}", post.created_at);
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    assert!(post.url.as_ref().is_none_or(web), "an address that is no page: {:?}", post.url);
    // As the log keeps it, and gives it back.
    let plain = post.clone().plain();
    let kept = serde_json::to_string(&plain).unwrap_or_default();
    let back: Result<Post, _> = serde_json::from_str(&kept);
    assert!(back.is_ok_and(|back| back == plain), "not what was kept: {kept}");
}

/// Sound things, one for each way but the last two, from which to begin.
pub const SEEDS: [(u8, &str); 19] = [
    (
        0,
        r#"<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>It broke</title><link>https://a.example/1</link><description>&lt;p&gt;the hinge&lt;/p&gt;</description><pubDate>Mon, 06 Jan 2025 00:00:00 GMT</pubDate></item></channel></rss>"#,
    ),
    (
        0,
        r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>f</id><updated>2025-01-06T00:00:00Z</updated><link rel="hub" href="https://hub.example/"/><entry><id>1</id><title>It broke</title><updated>2025-01-06T00:00:00Z</updated><content type="html">&lt;b&gt;the hinge&lt;/b&gt;</content></entry></feed>"#,
    ),
    (
        0,
        r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","hubs":[{"type":"WebSub","url":"https://hub.example/"}],"items":[{"id":"1","content_text":"the hinge broke","date_published":"2025-01-06T00:00:00Z"}]}"#,
    ),
    (
        0,
        r#"<opml version="2.0"><body><outline type="rss" text="a" xmlUrl="https://a.example/rss"/></body></opml><html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>"#,
    ),
    (
        1,
        r#"{"did":"did:plc:x","time_us":1736121600000000,"kind":"commit","commit":{"rev":"3k","operation":"create","collection":"app.bsky.feed.post","rkey":"3k2a","record":{"$type":"app.bsky.feed.post","text":"the hinge broke ex…","createdAt":"2025-01-06T00:00:00Z","langs":["en"],"facets":[{"index":{"byteStart":16,"byteEnd":21},"features":[{"$type":"app.bsky.richtext.facet#link","uri":"https://example.org/whole"}]}]},"cid":"b"}}"#,
    ),
    (
        1,
        r#"{"did":"did:plc:x","time_us":1736121600000000,"kind":"commit","commit":{"rev":"3k","operation":"delete","collection":"app.bsky.feed.post","rkey":"3k2a"}}"#,
    ),
    (
        2,
        r##"{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#commit","seq":77,"did":"did:plc:x","time":"2020-01-01T00:00:00Z","witnessedAt":"2025-01-06T00:00:05.123456Z","rev":"3abc","operation":"create","collection":"app.bsky.feed.post","rkey":"3kkkkkkkkkk2k","record":{"$type":"app.bsky.feed.post","text":"the hinge broke","createdAt":"2025-01-06T00:00:00Z"},"cid":"bafyrei"}}"##,
    ),
    (
        11,
        r#"{"id":"1","snippet":{"videoId":"v","topLevelComment":{"id":"1","snippet":{"textDisplay":"the hinge broke","authorDisplayName":"ana","authorChannelId":{"value":"c"},"videoId":"v","publishedAt":"2025-01-06T00:00:00Z"}}}}"#,
    ),
    (
        3,
        r#"{"stream":["hashtag"],"event":"update","payload":"{\"id\":\"1\",\"created_at\":\"2025-01-06T00:00:00.000Z\",\"content\":\"<p>the hinge broke</p>\",\"visibility\":\"public\",\"url\":\"https://m.example/@a/1\",\"account\":{\"acct\":\"a\",\"note\":\"\"}}"}"#,
    ),
    (
        4,
        "{\"id\":\"1\",\"source\":\"crm\",\"text\":\"the hinge broke\",\"created_at\":\"2025-01-06T00:00:00Z\"}\n{\"op\":\"delete\",\"source\":\"crm\",\"id\":\"2\"}",
    ),
    (
        4,
        "issues\n{\"action\":\"opened\",\"repository\":{\"full_name\":\"a/b\"},\"issue\":{\"id\":1,\"number\":7,\"title\":\"It broke\",\"body\":\"**the hinge**\",\"html_url\":\"https://github.com/a/b/issues/7\",\"created_at\":\"2025-01-06T00:00:00Z\",\"updated_at\":\"2025-01-06T00:00:00Z\",\"user\":{\"login\":\"ana\",\"type\":\"User\"}}}",
    ),
    (
        5,
        r#"[{"id":1,"number":7,"title":"It broke","body":"the hinge","html_url":"https://github.com/a/b/issues/7","created_at":"2025-01-06T00:00:00Z","updated_at":"2025-01-06T00:00:00Z","user":{"login":"ana","type":"User"}}]"#,
    ),
    (
        6,
        r#"{"hits":[{"objectID":"1","author":"ana","created_at_i":1736121600,"title":null,"comment_text":"the <i>hinge</i> broke","parent_id":2}],"nbHits":1}"#,
    ),
    (
        7,
        r#"{"latest_posts":[{"id":1,"created_at":"2025-01-06T00:00:00Z","username":"ana","name":"Ana","cooked":"<p>the hinge broke</p>","topic_id":2,"topic_slug":"t","topic_title":"T","post_number":1}]}"#,
    ),
    (
        8,
        r#"{"posts":[{"post":{"ap_id":"https://l.example/post/1","name":"It broke","body":"the hinge","published":"2025-01-06T00:00:00Z"},"creator":{"actor_id":"https://l.example/u/ana","name":"ana"}}],"comments":[]}"#,
    ),
    (
        9,
        r#"{"feed":{"entry":[{"id":{"label":"1"},"author":{"name":{"label":"ana"}},"im:rating":{"label":"1"},"title":{"label":"It broke"},"content":{"label":"the app crashes"},"updated":{"label":"2025-01-06T00:00:00-07:00"}}]}}"#,
    ),
    (
        10,
        r#"{"items":[{"question_id":1,"title":"It broke","body":"<p>the hinge</p>","link":"https://s.example/q/1","owner":{"user_id":1,"display_name":"ana"},"creation_date":1736121600}],"has_more":false}"#,
    ),
    (
        12,
        r#"{"data":{"after":null,"children":[{"kind":"t3","data":{"name":"t3_1","author":"ana","title":"It broke","selftext":"the **hinge**","permalink":"/r/a/1","created_utc":1736121600.0}}]}}"#,
    ),
    (
        13,
        r#"{"data":{"id":"1","text":"the hinge broke","created_at":"2025-01-06T00:00:00Z","author_id":"2","lang":"en"},"includes":{"users":[{"id":"2","username":"ana","name":"Ana"}]}}"#,
    ),
];

/// How many ways there are.
pub fn ways() -> u8 {
    WAYS
}
