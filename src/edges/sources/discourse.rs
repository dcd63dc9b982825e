//! Forums that run on Discourse: the newest posts of all topics, by polling.
//!
//! Pages go back by number until the last post that we know. A forum that wrote more between two polls than a few
//! pages hold leaves a gap, and that is said. Deleted posts vanish without a word, so posts are looked after for three
//! days. The rate limit comes in the body of the answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::html::plain;
use super::http::{Answer, Http, Trouble};
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::{duration, post_text, written};
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::Timestamp;

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "forum"
kind = "discourse"
url = "https://forum.example.org"
interval = "2m"
pages = 20
"#;

/// Posts that are looked after at each poll.
const LOOKED_AFTER: usize = 3;

/// Settings of `kind = "discourse"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscourseConfig {
    /// Address of the forum.
    pub url: String,
    /// Time between polls. Default: `"2m"`.
    #[serde(default = "two_minutes", deserialize_with = "duration")]
    pub interval: Duration,
    /// Most pages of some 50 posts in one poll; what is older than these is a gap. Default: 20.
    #[serde(default = "twenty")]
    pub pages: usize,
}

fn two_minutes() -> Duration {
    Duration::from_secs(120)
}
fn twenty() -> usize {
    20
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// Number of the newest post that was handed over, and when it was written.
    newest: Option<(i64, Timestamp)>,
    /// Posts that are looked after.
    #[serde(default)]
    after: LookedAfter,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &DiscourseConfig) -> Result<Url, SourceError> {
    poll::server(name, "url", &config.url)
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &DiscourseConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let server = check(name, config)?;
    let http = Http::new(&server, around, None).map_err(settings)?;
    let position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let forum = Forum {
        name: name.to_owned(),
        pages: config.pages.max(1),
        server,
        http,
        position,
        recent: Recent::default(),
    };
    poll::run(name, &config.url, config.interval, forum, around).await
}

struct Forum {
    name: String,
    pages: usize,
    server: Url,
    http: Http,
    position: Position,
    recent: Recent,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    latest_posts: Vec<Written>,
}

#[derive(Deserialize)]
struct Written {
    id: i64,
    created_at: String,
    username: Option<String>,
    name: Option<String>,
    #[serde(default)]
    cooked: String,
    topic_id: i64,
    topic_slug: Option<String>,
    topic_title: Option<String>,
    #[serde(default)]
    post_number: i64,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    user_deleted: bool,
    deleted_at: Option<String>,
}

/// What Discourse says when it is asked too often.
#[derive(Deserialize)]
struct Limited {
    error_type: Option<String>,
    extras: Option<Extras>,
}

#[derive(Deserialize)]
struct Extras {
    wait_seconds: Option<u64>,
}

impl Polled for Forum {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let now = around.clock.now();
        let newest = self.position.newest;
        let (mut posts, mut before, mut reached) = (Vec::new(), None, false);
        for _ in 0..self.pages {
            let page = self.page(before, around).await?;
            let Some(lowest) = page.iter().map(|p| p.id).min() else {
                reached = true;
                break;
            };
            posts.extend(page);
            // The first poll of all takes the newest page only.
            reached = newest.is_none_or(|(known, _)| lowest <= known) || lowest <= 1;
            if reached || before.is_some_and(|b| lowest >= b) {
                break;
            }
            before = Some(lowest);
        }
        // `before` names a post that is on the page as well, on some versions.
        posts.sort_by_key(|p| p.id);
        posts.dedup_by_key(|p| p.id);
        let gap = match (newest, posts.first()) {
            (Some((_, from)), Some(oldest)) if !reached => {
                let to = written(oldest.created_at.parse().ok(), now, now);
                let missed = format!(
                    "wrote more than {} pages since {from}: what came before {to} is missed",
                    self.pages
                );
                around.complain(&self.name, &format!("the address {} {missed}", self.server));
                Some((from, to)).filter(|(from, to)| from < to)
            }
            _ => None,
        };
        let last = posts.last().map(|p| (p.id, written(p.created_at.parse().ok(), now, now)));
        let mut items = Vec::new();
        for it in posts {
            let id = it.id.to_string();
            if it.deleted_at.is_some() || it.user_deleted || it.hidden {
                // Both: after a restart only one of them knows it.
                let forgotten = self.recent.forget(&id);
                if self.position.after.remove(&id) || forgotten {
                    items.push(Incoming::Delete(PostKey { source: self.name.clone(), id }));
                }
            } else if let Some(post) = read(it, &self.name, &self.server, now)
                && self.recent.is_news(&post)
            {
                self.position.after.add(&post);
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        if last.is_some_and(|(id, _)| newest.is_none_or(|(known, _)| id > known)) {
            self.position.newest = last;
        }
        self.look_after(&mut items, around).await?;
        if !items.is_empty() || gap.is_some() || self.position.newest != newest {
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, gap, cursor, around).await?;
        }
        Ok(None)
    }
}

impl Forum {
    /// One page, the newest first; the one before a post where that is given.
    async fn page(&self, before: Option<i64>, around: &Surroundings) -> Result<Vec<Written>, Trouble> {
        let mut url = below(&self.server, "/posts.json");
        if let Some(before) = before {
            url.query_pairs_mut().append_pair("before", &before.to_string());
        }
        let answer = self.get(&url, around).await?;
        if answer.status.as_u16() == 410 {
            let message = format!("{} says that it is gone for good (410); remove the source", self.server);
            return Err(Trouble::Gone(message));
        }
        if !answer.status.is_success() {
            return Err(Trouble::Failed(format!("answers {} for its newest posts", answer.status)));
        }
        Ok(answer.json::<Page>()?.latest_posts)
    }

    /// Asks, and understands what Discourse says of its limit in the body, also with other statuses.
    async fn get(&self, url: &Url, around: &Surroundings) -> Result<Answer, Trouble> {
        let answer = self.http.get(url, &[], around).await?;
        if !answer.status.is_success()
            && let Ok(limited) = serde_json::from_slice::<Limited>(&answer.body)
            && limited.error_type.as_deref() == Some("rate_limit")
        {
            let wait =
                limited.extras.and_then(|e| e.wait_seconds).map(|s| Duration::from_secs(s.min(86_400)));
            return Err(Trouble::Later("asks to be left alone for a while (rate_limit)".to_owned(), wait));
        }
        Ok(answer)
    }

    /// Asks for some posts that we have: what is gone there goes here, what was edited is an edit.
    async fn look_after(&mut self, items: &mut Vec<Incoming>, around: &Surroundings) -> Result<(), Trouble> {
        for id in self.position.after.next(LOOKED_AFTER, around.clock.now()) {
            let answer = match self.get(&below(&self.server, &format!("/posts/{id}.json")), around).await {
                Ok(answer) => answer,
                Err(Trouble::Stopped) => return Err(Trouble::Stopped),
                // What is new was read, and is not to wait for this.
                Err(_) => return Ok(()),
            };
            let it: Option<Written> = if answer.status.is_success() { answer.json().ok() } else { None };
            let is_gone = it.as_ref().is_some_and(|p| p.deleted_at.is_some() || p.user_deleted || p.hidden);
            if matches!(answer.status.as_u16(), 403 | 404 | 410) || is_gone {
                self.position.after.remove(&id);
                self.recent.forget(&id);
                items.push(Incoming::Delete(PostKey { source: self.name.clone(), id }));
            } else if let Some(post) = it.and_then(|p| read(p, &self.name, &self.server, around.clock.now()))
                && self.recent.knows(&post.id)
                && self.recent.is_news(&post)
            {
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        Ok(())
    }
}

/// Reads one post; nothing for one without words.
fn read(it: Written, source: &str, server: &Url, now: Timestamp) -> Option<Post> {
    let text = plain(&it.cooked);
    if text.is_empty() {
        return None;
    }
    let slug = it.topic_slug.filter(|s| !s.is_empty()).unwrap_or_else(|| "-".to_owned());
    let place = below(server, &format!("/t/{slug}/{}/{}", it.topic_id, it.post_number));
    Some(Post {
        id: it.id.to_string(),
        source: source.to_owned(),
        author: it.username,
        author_name: it.name.filter(|n| !n.is_empty()),
        followers: None,
        text: post_text(text),
        // A title is the first post's; in answers it would be counted again and again.
        title: it.topic_title.filter(|t| it.post_number <= 1 && !t.is_empty()).map(post_text),
        url: Some(place.to_string()),
        created_at: written(it.created_at.parse().ok(), now, now),
        arrived_at: now,
        lang: None,
        region: None,
        in_reply_to: None,
        repost_of: None,
        rating: None,
    })
}

/// A page, as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let (Ok(page), Ok(server)) =
        (serde_json::from_slice::<Page>(body), Url::parse("https://forum.example.org"))
    else {
        return Vec::new();
    };
    page.latest_posts.into_iter().filter_map(|it| read(it, "strange", &server, now)).collect()
}
