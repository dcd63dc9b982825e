//! What comes over X's stream.

use serde::Deserialize;
use serde_json::Value;

use crate::edges::sources::shape::{post_text, written};
use crate::ground::post::{MAX_ID_BYTES, Post};
use crate::ground::time::Timestamp;

/// The fields that are asked for, also when a post is looked after.
pub(super) const FIELDS: [(&str, &str); 3] = [
    ("tweet.fields", "created_at,author_id,lang,edit_history_tweet_ids,referenced_tweets,note_tweet"),
    ("expansions", "author_id"),
    ("user.fields", "username,name,public_metrics"),
];

/// One line.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// An empty one: the stream stands.
    Alive,
    /// A post, and which of its versions: the id of that, which grows.
    Post(Box<Post>, i64),
    /// X ends the stream, in its own words.
    Ends(String),
    /// Something else.
    Other(String),
}

#[derive(Deserialize)]
struct Message {
    data: Option<Tweet>,
    #[serde(default)]
    includes: Includes,
    errors: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
struct Includes {
    #[serde(default)]
    users: Vec<User>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    name: Option<String>,
    username: Option<String>,
    public_metrics: Option<Metrics>,
}

#[derive(Deserialize)]
struct Metrics {
    followers_count: Option<u64>,
}

#[derive(Deserialize)]
struct Tweet {
    id: String,
    text: String,
    author_id: Option<String>,
    created_at: Option<String>,
    lang: Option<String>,
    #[serde(default)]
    edit_history_tweet_ids: Vec<String>,
    #[serde(default)]
    referenced_tweets: Vec<Referenced>,
    note_tweet: Option<Note>,
}

#[derive(Deserialize)]
struct Referenced {
    #[serde(rename = "type")]
    kind: String,
    id: String,
}

/// The whole of a long post, of which `text` is the beginning.
#[derive(Deserialize)]
struct Note {
    text: String,
}

/// Reads a line.
pub(super) fn read(line: &[u8], source: &str, now: Timestamp) -> Line {
    if line.trim_ascii().is_empty() {
        return Line::Alive;
    }
    let message: Message = match serde_json::from_slice(line) {
        Ok(message) => message,
        Err(e) => return Line::Other(format!("it is no message as X sends it: {e}")),
    };
    match (message.data, message.errors) {
        (Some(tweet), _) => match post(tweet, &message.includes.users, source, now) {
            Some((post, version)) => Line::Post(Box::new(post), version),
            None => Line::Other("the post has no id or no words".to_owned()),
        },
        (None, Some(errors)) => {
            let word =
                |e: &Value, key: &str| e.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let said: Vec<String> =
                errors.iter().map(|e| format!("{}: {}", word(e, "title"), word(e, "detail"))).collect();
            Line::Ends(said.join("; ").chars().filter(|c| !c.is_control()).take(300).collect())
        }
        (None, None) => Line::Alive,
    }
}

/// A page of the search.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Posts and their versions, the newest first.
    pub(super) posts: Vec<(Post, i64)>,
    /// What is no post.
    pub(super) unread: Vec<String>,
    /// With what the next page is asked for.
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    data: Vec<Value>,
    #[serde(default)]
    includes: Includes,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    next_token: Option<String>,
}

/// Reads a page of the search.
///
/// # Errors
/// It is none; continues the server's address.
pub(super) fn page(body: &[u8], source: &str, now: Timestamp) -> Result<Listed, String> {
    let page: Page = serde_json::from_slice(body)
        .map_err(|e| format!("answers its search with something else than expected ({e})"))?;
    let mut listed = Listed { next: page.meta.next_token.filter(|t| !t.is_empty()), ..Listed::default() };
    for tweet in page.data {
        match Tweet::deserialize(&tweet).ok().and_then(|it| post(it, &page.includes.users, source, now)) {
            Some(post) => listed.posts.push(post),
            None => listed.unread.push(tweet.to_string()),
        }
    }
    Ok(listed)
}

/// What X says of a refusal, in its own words.
pub(super) fn said(body: &[u8]) -> String {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = said.get("detail").or(said.get("title")).and_then(Value::as_str).unwrap_or_default();
    said.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn post(it: Tweet, users: &[User], source: &str, now: Timestamp) -> Option<(Post, i64)> {
    // The first of its versions: an edit is the same post.
    let id = it.edit_history_tweet_ids.first().unwrap_or(&it.id).clone();
    let text = unescaped(&it.note_tweet.map_or(it.text, |n| n.text));
    if id.is_empty() || id.len() > MAX_ID_BYTES || !id.bytes().all(|b| b.is_ascii_digit()) || text.is_empty()
    {
        return None;
    }
    let version = it.id.parse().unwrap_or(0);
    let user = users.iter().find(|u| Some(&u.id) == it.author_id.as_ref());
    let (name, followers) = match user {
        Some(u) => {
            (u.name.clone().or(u.username.clone()), u.public_metrics.as_ref().and_then(|m| m.followers_count))
        }
        None => (None, None),
    };
    let referenced = |kind: &str| it.referenced_tweets.iter().find(|r| r.kind == kind).map(|r| r.id.clone());
    let post = Post {
        url: Some(format!("https://x.com/i/status/{}", it.id)),
        source: source.to_owned(),
        author: it.author_id.clone(),
        author_name: name.filter(|n| !n.is_empty()),
        followers,
        text: post_text(text),
        title: None,
        created_at: written(it.created_at.as_ref().and_then(|at| at.parse().ok()), now, now),
        arrived_at: now,
        lang: it.lang.clone().filter(|l| !matches!(l.as_str(), "und" | "zxx" | "qme" | "qst" | "art")),
        region: None,
        in_reply_to: referenced("replied_to"),
        repost_of: referenced("retweeted"),
        rating: None,
        id,
    };
    Some((post, version))
}

/// X escapes these three and nothing else.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_edit_is_the_post_that_it_was_and_a_long_post_is_whole() {
        let line = br#"{"data":{"id":"12","text":"It leaks &amp; https://t.co/x","author_id":"7","created_at":"2026-01-01T10:00:00.000Z","lang":"en",
            "edit_history_tweet_ids":["10","11","12"],"note_tweet":{"text":"It leaks &amp; leaks"},
            "referenced_tweets":[{"type":"replied_to","id":"9"}]},
            "includes":{"users":[{"id":"7","name":"Ana","username":"ana","public_metrics":{"followers_count":31}}]},
            "matching_rules":[{"id":"1","tag":"groundswell:x"}]}"#;
        let Line::Post(post, version) = read(line, "x", now()) else { panic!() };
        assert_eq!(version, 12);
        assert_eq!(
            (post.id.as_str(), post.text.as_str(), post.followers),
            ("10", "It leaks & leaks", Some(31))
        );
        assert_eq!(post.url.as_deref(), Some("https://x.com/i/status/12"));
        assert_eq!((post.in_reply_to.as_deref(), post.author_name.as_deref()), (Some("9"), Some("Ana")));
    }

    #[test]
    fn empty_lines_mean_that_it_stands_and_errors_that_it_ends() {
        assert_eq!(read(b"\r", "x", now()), Line::Alive);
        let ends = br#"{"errors":[{"title":"operational-disconnect","disconnect_type":"UpstreamOperationalDisconnect","detail":"This stream has been disconnected upstream for operational reasons."}]}"#;
        assert!(matches!(read(ends, "x", now()), Line::Ends(said) if said.contains("operational reasons")));
        for other in
            ["nonsense", r#"{"data":{"id":"../etc","text":"x"}}"#, r#"{"data":{"id":"1","text":""}}"#]
        {
            assert!(matches!(read(other.as_bytes(), "x", now()), Line::Other(_)), "{other}");
        }
    }
}
