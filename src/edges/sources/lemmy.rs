//! Posts and comments of a Lemmy server, the newest first, by polling.
//!
//! There is no way to ask for what came after something, so pages are read back to what is known. When it is asked too
//! often, Lemmy answers 400 with `rate_limit_error` in the body, and does not say for how long.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::http::{Http, Trouble};
use super::markdown::plain;
use super::poll::{self, Polled, Recent, below};
use super::shape::{duration, post_text, written};
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, MAX_ID_BYTES, Post, PostKey};
use crate::ground::time::Timestamp;

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "lemmy"
kind = "lemmy"
server = "https://lemmy.world"
community = "acme"             # without it, everything that the server knows
interval = "2m"
"#;

/// Things of one page.
const PAGE: usize = 50;
/// Pages in one poll.
const MAX_PAGES: usize = 10;

/// Settings of `kind = "lemmy"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LemmyConfig {
    /// Address of the server.
    pub server: String,
    /// Only this community, as `name` or `name@server`.
    pub community: Option<String>,
    /// Time between polls. Default: `"2m"`.
    #[serde(default = "two_minutes", deserialize_with = "duration")]
    pub interval: Duration,
}

fn two_minutes() -> Duration {
    Duration::from_secs(120)
}

/// Where we are: when the newest post and comment that were handed over were written. Pages are read back to there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    posts: Option<Timestamp>,
    comments: Option<Timestamp>,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &LemmyConfig) -> Result<Url, SourceError> {
    poll::server(name, "server", &config.server)
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &LemmyConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let server = check(name, config)?;
    let http = Http::new(&server, around, None).map_err(settings)?;
    let position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let lemmy = Lemmy {
        name: name.to_owned(),
        community: config.community.clone(),
        server,
        http,
        position,
        recent: Recent::default(),
    };
    poll::run(name, &config.server, config.interval, lemmy, around).await
}

struct Lemmy {
    name: String,
    community: Option<String>,
    server: Url,
    http: Http,
    position: Position,
    recent: Recent,
}

/// What is listed: posts or comments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Posts,
    Comments,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    posts: Vec<View>,
    #[serde(default)]
    comments: Vec<View>,
}

#[derive(Deserialize)]
struct View {
    post: Thing,
    comment: Option<Thing>,
    creator: Creator,
}

/// A post or a comment; both say these of themselves.
#[derive(Deserialize)]
struct Thing {
    ap_id: String,
    name: Option<String>,
    body: Option<String>,
    content: Option<String>,
    published: String,
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    removed: bool,
}

#[derive(Deserialize)]
struct Creator {
    actor_id: String,
    name: String,
    display_name: Option<String>,
    #[serde(default)]
    bot_account: bool,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Polled for Lemmy {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        self.list(Of::Posts, around).await?;
        self.list(Of::Comments, around).await?;
        Ok(None)
    }
}

impl Lemmy {
    async fn list(&mut self, of: Of, around: &Surroundings) -> Result<(), Trouble> {
        let known = if of == Of::Posts { self.position.posts } else { self.position.comments };
        let (mut views, mut reached, mut oldest) = (Vec::new(), false, None);
        for page in 1..=MAX_PAGES {
            let part = self.page(of, page, around).await?;
            let full = part.len() >= PAGE;
            let times: Vec<Timestamp> = part.iter().filter_map(|v| time(v.thing(of))).collect();
            oldest = times.iter().min().copied().or(oldest);
            views.extend(part);
            // The first poll of all takes the newest page only.
            reached = !full || known.is_none_or(|known| oldest.is_some_and(|o| o <= known));
            if reached {
                break;
            }
        }
        let gap = match (known, oldest) {
            (Some(from), Some(to)) if !reached && from < to => {
                let missed = format!(
                    "listed more than {MAX_PAGES} pages since {from}: what came before {to} is missed"
                );
                around.complain(&self.name, &format!("the address {} {missed}", self.server));
                Some((from, to))
            }
            _ => None,
        };
        let now = around.clock.now();
        let newest = views.iter().filter_map(|v| time(v.thing(of))).max().map(|at| at.min(now));
        let mut items = Vec::new();
        for view in views.into_iter().rev() {
            let id = view.thing(of).ap_id.clone();
            if id.is_empty() || id.len() > MAX_ID_BYTES {
                continue;
            }
            if view.thing(of).deleted || view.thing(of).removed {
                // It stays in the list as deleted; said once.
                if self.recent.is_news(&empty(&id, &self.name, now)) {
                    items.push(Incoming::Delete(PostKey { source: self.name.clone(), id }));
                }
            } else if let Some(post) = read(view, of, &self.name, now)
                && self.recent.is_news(&post)
            {
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        let place = if of == Of::Posts { &mut self.position.posts } else { &mut self.position.comments };
        // A place that is empty is known to be so: whatever comes then is read back to now.
        let newest = newest.or_else(|| place.is_none().then_some(now));
        let moved = newest > *place;
        *place = newest.max(*place);
        if !items.is_empty() || gap.is_some() || moved {
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, gap, cursor, around).await?;
        }
        Ok(())
    }

    async fn page(&self, of: Of, page: usize, around: &Surroundings) -> Result<Vec<View>, Trouble> {
        let mut url =
            below(&self.server, if of == Of::Posts { "/api/v3/post/list" } else { "/api/v3/comment/list" });
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("sort", "New").append_pair("type_", "All");
            query.append_pair("limit", &PAGE.to_string()).append_pair("page", &page.to_string());
            if let Some(community) = &self.community {
                query.append_pair("community_name", community);
            }
        }
        let answer = self.http.get(&url, &[], around).await?;
        if !answer.status.is_success() {
            let error = serde_json::from_slice::<Refusal>(&answer.body).map(|r| r.error).unwrap_or_default();
            if error == "rate_limit_error" {
                return Err(Trouble::Later(
                    "asks to be left alone for a while (rate_limit_error)".to_owned(),
                    None,
                ));
            }
            let error: String = error.chars().filter(|c| !c.is_control()).take(100).collect();
            return Err(Trouble::Failed(format!("answers {} {error}", answer.status)));
        }
        let page: Page = answer.json()?;
        Ok(if of == Of::Posts { page.posts } else { page.comments })
    }
}

impl View {
    fn thing(&self, of: Of) -> &Thing {
        match (of, &self.comment) {
            (Of::Comments, Some(comment)) => comment,
            _ => &self.post,
        }
    }
}

/// When it was written. Servers before 0.19 leave the zone out; they mean UTC.
fn time(thing: &Thing) -> Option<Timestamp> {
    thing.published.parse().or_else(|_| format!("{}Z", thing.published).parse()).ok()
}

/// A mark of a deletion among what is known.
fn empty(id: &str, source: &str, now: Timestamp) -> Post {
    Post {
        id: id.to_owned(),
        source: source.to_owned(),
        author: None,
        author_name: None,
        followers: None,
        text: String::new(),
        title: None,
        url: None,
        created_at: Timestamp::UNIX_EPOCH,
        arrived_at: now,
        lang: None,
        region: None,
        in_reply_to: None,
        repost_of: None,
        rating: None,
    }
}

/// Reads one thing; nothing for one without words, or of a program.
fn read(view: View, of: Of, source: &str, now: Timestamp) -> Option<Post> {
    if view.creator.bot_account {
        return None;
    }
    let at = time(view.thing(of));
    let in_reply_to = (of == Of::Comments).then(|| view.post.ap_id.clone());
    let thing = if of == Of::Comments { view.comment? } else { view.post };
    let text = plain(thing.content.or(thing.body).as_deref().unwrap_or_default());
    let title = thing.name.filter(|t| of == Of::Posts && !t.trim().is_empty());
    if text.is_empty() && title.is_none() {
        return None;
    }
    Some(Post {
        url: Some(thing.ap_id.clone()).filter(|u| u.starts_with("https://") || u.starts_with("http://")),
        id: thing.ap_id,
        author: Some(view.creator.actor_id),
        author_name: view.creator.display_name.filter(|n| !n.is_empty()).or(Some(view.creator.name)),
        text: post_text(text),
        title: title.map(post_text),
        created_at: written(at, now, now),
        in_reply_to,
        ..empty("", source, now)
    })
}

/// A page, as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let Ok(Page { posts, comments }) = serde_json::from_slice(body) else { return Vec::new() };
    let posts = posts.into_iter().filter_map(|view| read(view, Of::Posts, "strange", now));
    posts.chain(comments.into_iter().filter_map(|view| read(view, Of::Comments, "strange", now))).collect()
}
