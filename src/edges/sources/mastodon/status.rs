//! From a status, as servers that speak Mastodon's API show it, to a post.

use serde::Deserialize;
use url::Url;

use crate::edges::sources::html::plain;
use crate::edges::sources::shape::{post_text, written};
use crate::ground::post::{MAX_ID_BYTES, Post};
use crate::ground::time::Timestamp;

/// What people write into their profile who do not want to be read by programs.
const STAY_AWAY: [&str; 3] = ["#nobot", "#noindex", "#nobots"];

#[derive(Deserialize)]
struct Status {
    id: String,
    created_at: String,
    #[serde(default)]
    content: String,
    #[serde(default)]
    spoiler_text: String,
    #[serde(default)]
    visibility: String,
    language: Option<String>,
    url: Option<String>,
    uri: Option<String>,
    in_reply_to_id: Option<String>,
    account: Account,
}

#[derive(Deserialize)]
struct Account {
    acct: String,
    #[serde(default)]
    display_name: String,
    followers_count: Option<i64>,
    noindex: Option<bool>,
    discoverable: Option<bool>,
    #[serde(default)]
    note: String,
}

impl Account {
    /// Whether its owner asks not to be read by programs.
    fn stays_away(&self) -> bool {
        let note = self.note.to_lowercase();
        // In a profile a hashtag is a link: `#<span>nobot</span>`.
        let bare = note.replace("<span>", "").replace("</span>", "");
        self.noindex == Some(true)
            || self.discoverable == Some(false)
            || STAY_AWAY.iter().any(|tag| note.contains(tag) || bare.contains(tag))
    }
}

/// Which version of itself a status is: when it was edited last, in milliseconds since 1970, or 0.
pub(super) fn version(status: &serde_json::Value) -> i64 {
    let edited = status.get("edited_at").and_then(serde_json::Value::as_str);
    edited.and_then(|at| at.parse::<Timestamp>().ok()).map_or(0, Timestamp::as_millisecond)
}

/// Reads one status; nothing for one that is not public, whose author does not want to be read, or that is odd.
pub(super) fn read(status: serde_json::Value, source: &str, server: &Url, now: Timestamp) -> Option<Post> {
    let status: Status = serde_json::from_value(status).ok()?;
    let public = matches!(status.visibility.as_str(), "" | "public" | "unlisted");
    if !public || status.account.stays_away() || status.id.is_empty() || status.id.len() > MAX_ID_BYTES {
        return None;
    }
    let text = plain(&status.content);
    let title = Some(plain(&status.spoiler_text)).filter(|t| !t.is_empty()).map(post_text);
    if text.is_empty() && title.is_none() {
        return None;
    }
    let web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    let acct = status.account.acct;
    let author =
        if acct.contains('@') { acct } else { format!("{acct}@{}", server.host_str().unwrap_or_default()) };
    Some(Post {
        id: status.id,
        source: source.to_owned(),
        author: Some(author),
        author_name: Some(status.account.display_name).filter(|n| !n.is_empty()),
        followers: status.account.followers_count.and_then(|n| u64::try_from(n).ok()),
        text: post_text(text),
        title,
        url: status.url.or(status.uri).filter(web),
        created_at: written(status.created_at.parse().ok(), now, now),
        arrived_at: now,
        lang: status.language.filter(|l| !l.is_empty() && l.len() <= 64),
        region: None,
        in_reply_to: status.in_reply_to_id,
        repost_of: None,
        rating: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(account: serde_json::Value) -> serde_json::Value {
        let mut whole = serde_json::json!({"id": "115", "created_at": "2026-01-01T10:00:00.000Z", "spoiler_text": "kettles",
            "visibility": "public", "language": "de", "url": "https://m.example/@ana/115", "in_reply_to_id": "114",
            "content": "<p>Mein <a href=\"https://m.example/tags/acme\">#<span>acme</span></a> Kessel<br>läuft aus</p>",
            "account": {"acct": "ana", "display_name": "Ana", "followers_count": -1, "note": "<p>hi</p>", "discoverable": null}});
        for (key, value) in account.as_object().unwrap() {
            whole["account"][key] = value.clone();
        }
        whole
    }

    fn post(account: serde_json::Value) -> Option<Post> {
        let server = Url::parse("https://m.example").unwrap();
        read(status(account), "fedi", &server, "2026-01-01T10:00:05Z".parse().unwrap())
    }

    #[test]
    fn a_status_is_read_as_people_see_it() {
        let post = post(serde_json::json!({})).unwrap();
        assert_eq!(
            (post.text.as_str(), post.title.as_deref()),
            ("Mein #acme Kessel\nläuft aus", Some("kettles"))
        );
        assert_eq!((post.author.as_deref(), post.followers), (Some("ana@m.example"), None));
        assert_eq!((post.lang.as_deref(), post.in_reply_to.as_deref()), (Some("de"), Some("114")));
    }

    #[test]
    fn who_does_not_want_to_be_read_is_not() {
        for account in [
            serde_json::json!({"noindex": true}),
            serde_json::json!({"discoverable": false}),
            serde_json::json!({"note": "<p>please <a href=\"x\">#<span>NoBot</span></a></p>"}),
            serde_json::json!({"note": "#nobots"}),
        ] {
            assert_eq!(post(account.clone()), None, "{account}");
        }
        assert!(
            post(serde_json::json!({"discoverable": true, "noindex": false, "note": "no bother"})).is_some()
        );
    }

    #[test]
    fn what_is_not_for_everybody_is_left_alone() {
        let mut private = status(serde_json::json!({}));
        private["visibility"] = "private".into();
        let server = Url::parse("https://m.example").unwrap();
        assert_eq!(read(private, "fedi", &server, Timestamp::UNIX_EPOCH), None);
        assert_eq!(read(serde_json::json!({"id": 7}), "fedi", &server, Timestamp::UNIX_EPOCH), None);
    }
}
