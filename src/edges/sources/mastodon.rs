//! Hashtag timelines of Mastodon, and of what speaks its API, by polling.
//!
//! Ids are opaque: the next page is where the server's `Link` says, and nothing is skipped (`since_id` would). Who asks
//! not to be indexed (`noindex`, `discoverable` switched off, `#nobot` in the profile) is not read. Servers do not tell
//! of deletions here, so posts are looked after for three days. A server sees only what reached it: choose a large one, or
//! the one on which your customers are.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::html::plain;
use super::http::{Answer, Http, Trouble, limit_of};
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::{duration, post_text, written};
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, MAX_ID_BYTES, Post, PostKey};
use crate::ground::time::Timestamp;

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "mastodon"
kind = "mastodon"
server = "https://mastodon.social"
tags = ["acme", "acmekettle"]
token_file = "/run/credentials/groundswell.service/mastodon"   # only where the server asks for one
interval = "1m"
"#;

/// Posts of one page.
const PAGE: usize = 40;
/// Pages of one tag in one poll; what is left waits for the next.
const MAX_PAGES: usize = 25;
/// Posts that are looked after at each poll.
const LOOKED_AFTER: usize = 5;
/// Requests of the server's limit that are left for others.
const LEFT_OVER: u64 = 10;
/// What people write into their profile who do not want to be read by programs.
const STAY_AWAY: [&str; 3] = ["#nobot", "#noindex", "#nobots"];

/// Settings of `kind = "mastodon"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MastodonConfig {
    /// Address of the server, such as `"https://mastodon.social"`.
    pub server: String,
    /// Hashtags to read, without `#`.
    pub tags: Vec<String>,
    /// File with an access token, where the server shows its timelines only to those who have one.
    pub token_file: Option<PathBuf>,
    /// Time between polls. Default: `"1m"`.
    #[serde(default = "a_minute", deserialize_with = "duration")]
    pub interval: Duration,
}

fn a_minute() -> Duration {
    Duration::from_secs(60)
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// The id of the newest post of each tag, as the server writes it.
    newest: BTreeMap<String, String>,
    /// Posts that are looked after.
    #[serde(default)]
    after: LookedAfter,
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &MastodonConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let server = poll::server(name, "server", &config.server)?;
    let tags: Vec<String> = config.tags.iter().map(|t| t.trim().trim_start_matches('#').to_owned()).collect();
    let is_tag = |t: &String| !t.is_empty() && t.chars().all(|c| c.is_alphanumeric() || "_·・".contains(c));
    if tags.is_empty() || !tags.iter().all(is_tag) {
        return Err(settings(
            "`tags` has to hold hashtags, such as [\"acme\"]: letters, digits and _".to_owned(),
        ));
    }
    let token = poll::token(name, config.token_file.as_deref())?;
    let http = Http::new(&server, around, token.as_deref()).map_err(settings)?;
    let position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let address = server.to_string();
    let mastodon =
        Mastodon { name: name.to_owned(), server, tags, http, position, recent: Recent::default() };
    poll::run(name, &address, config.interval, mastodon, around).await
}

struct Mastodon {
    name: String,
    server: Url,
    tags: Vec<String>,
    http: Http,
    position: Position,
    recent: Recent,
}

impl Polled for Mastodon {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let mut wait = None;
        for tag in self.tags.clone() {
            wait = wait.max(self.tag(&tag, around).await?);
        }
        // Looking after what we have comes after hearing what is new.
        Ok(if wait.is_none() { self.look_after(around).await? } else { wait })
    }
}

impl Mastodon {
    /// Reads what is new of a tag, the oldest first.
    async fn tag(&mut self, tag: &str, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let mut url = below(&self.server, "/api/v1/timelines/tag/");
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(tag);
        }
        url.query_pairs_mut().append_pair("limit", &PAGE.to_string());
        for _ in 0..MAX_PAGES {
            let mut page = url.clone();
            let newest = self.position.newest.get(tag).cloned();
            if let Some(newest) = &newest {
                page.query_pairs_mut().append_pair("min_id", newest);
            }
            let answer = self.http.get(&page, &[], around).await?;
            understand(&answer, tag)?;
            let statuses: Vec<serde_json::Value> = answer.json()?;
            if statuses.is_empty() {
                return Ok(limit(&answer, around));
            }
            // The newest comes first. Where the server says itself where to go on, that counts.
            let next = answer.link("prev").and_then(|l| min_id(&l)).or_else(|| id_of(statuses.first()?));
            let mut items = Vec::new();
            for status in statuses.into_iter().rev() {
                if let Some(post) = read(status, &self.name, &self.server, around.clock.now())
                    && self.recent.is_news(&post)
                {
                    self.position.after.add(&post);
                    items.push(Incoming::Post(Box::new(post)));
                }
            }
            let moved = next.is_some() && next != newest;
            if let Some(next) = next.filter(|id| id.len() <= MAX_ID_BYTES) {
                self.position.newest.insert(tag.to_owned(), next);
            }
            if moved || !items.is_empty() {
                let cursor = serde_json::to_string(&self.position).ok();
                poll::hand_over(&self.name, items, None, cursor, around).await?;
            }
            let wait = limit(&answer, around);
            // The first page of all is the newest; from then on pages follow one another until one is empty.
            if newest.is_none() || !moved || wait.is_some() {
                return Ok(wait);
            }
        }
        Ok(None)
    }

    /// Asks for some posts that we have: what is gone there goes here, what was edited is an edit.
    async fn look_after(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let mut items = Vec::new();
        let mut wait = None;
        for id in self.position.after.next(LOOKED_AFTER, around.clock.now()) {
            let mut url = below(&self.server, "/api/v1/statuses/");
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().push(&id);
            }
            let answer = self.http.get(&url, &[], around).await?;
            wait = limit(&answer, around);
            if matches!(answer.status.as_u16(), 404 | 410) {
                self.position.after.remove(&id);
                items.push(Incoming::Delete(PostKey { source: self.name.clone(), id }));
            } else if answer.status.is_success()
                && let Some(post) = read(answer.json()?, &self.name, &self.server, around.clock.now())
                && self.recent.knows(&post.id)
                && self.recent.is_news(&post)
            {
                items.push(Incoming::Post(Box::new(post)));
            }
            if wait.is_some() {
                break;
            }
        }
        if !items.is_empty() {
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, None, cursor, around).await?;
        }
        Ok(wait)
    }
}

/// What an answer that is no timeline means.
fn understand(answer: &Answer, tag: &str) -> Result<(), Trouble> {
    match answer.status.as_u16() {
        200..=299 => Ok(()),
        401 | 403 | 422 => Err(Trouble::Failed(format!(
            "shows #{tag} only to those with an account ({}); make an application there and name a `token_file`",
            answer.status
        ))),
        _ => Err(Trouble::Failed(format!("answers {} for #{tag}", answer.status))),
    }
}

/// Whether the server's limit is about to be reached, and for how long to wait then.
fn limit(answer: &Answer, around: &Surroundings) -> Option<Duration> {
    let (left, reset) = limit_of(answer, around.clock.now())?;
    let seconds = reset.unwrap_or_default().as_secs();
    around.health.limit(format!("{left} requests are left, for {seconds} seconds"));
    (left <= LEFT_OVER).then_some(reset).flatten()
}

/// The `min_id` of the address of a page.
fn min_id(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    url.query_pairs().find(|(key, _)| key == "min_id").map(|(_, id)| id.into_owned())
}

fn id_of(status: &serde_json::Value) -> Option<String> {
    status.get("id")?.as_str().map(str::to_owned)
}

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

/// Reads one status; nothing for one that is not public, whose author does not want to be read, or that is odd.
fn read(status: serde_json::Value, source: &str, server: &Url, now: Timestamp) -> Option<Post> {
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
