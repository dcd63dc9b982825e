//! Hacker News: stories and comments with certain words, by Algolia's search, newest first by date.
//!
//! The search gives at most 1,000 hits, so a window of time with more is halved until each part fits. What was written in
//! the last minutes may be indexed late: each poll goes back a quarter of an hour. Deletions are not in the search, so posts
//! are looked after for three days at Hacker News' own API.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::html::plain;
use super::http::{Http, Trouble};
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::{duration, post_text, written};
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{Timestamp, from_ms};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "hackernews"
kind = "hackernews"
queries = ["acme kettle", "\"acme one\""]
interval = "2m"
first = "24h"
search = "https://hn.algolia.com"
items = "https://hacker-news.firebaseio.com"
"#;

/// Most hits that a search gives.
const MOST_HITS: u64 = 1000;
/// How far each poll goes back, in seconds.
const OVERLAP: i64 = 900;
/// Windows of one query in one poll; what is left waits for the next.
const MAX_WINDOWS: usize = 30;
/// Posts that are looked after at each poll.
const LOOKED_AFTER: usize = 5;

/// Settings of `kind = "hackernews"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HackernewsConfig {
    /// What to search for; each may hold several words, which all have to be there, and phrases in quotes.
    pub queries: Vec<String>,
    /// Time between polls. Default: `"2m"`.
    #[serde(default = "two_minutes", deserialize_with = "duration")]
    pub interval: Duration,
    /// How far back the very first poll goes. Default: `"24h"`.
    #[serde(default = "a_day", deserialize_with = "duration")]
    pub first: Duration,
    /// Where the search is. Default: Algolia's.
    #[serde(default = "algolia")]
    pub search: String,
    /// Where single items are asked for. Default: Hacker News' own.
    #[serde(default = "firebase")]
    pub items: String,
}

fn two_minutes() -> Duration {
    Duration::from_secs(120)
}
fn a_day() -> Duration {
    Duration::from_secs(86_400)
}
fn algolia() -> String {
    "https://hn.algolia.com".to_owned()
}
fn firebase() -> String {
    "https://hacker-news.firebaseio.com".to_owned()
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// Everything up to this second was asked for.
    until: Option<i64>,
    /// Posts that are looked after.
    #[serde(default)]
    after: LookedAfter,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &HackernewsConfig) -> Result<(Url, Url), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    if config.queries.is_empty() || config.queries.iter().any(|q| q.trim().is_empty()) {
        return Err(settings(
            "`queries` has to say what to search for, such as [\"acme kettle\"]".to_owned(),
        ));
    }
    let search = poll::server(name, "search", &config.search)?;
    let items = poll::server(name, "items", &config.items)?;
    Ok((search, items))
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &HackernewsConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let (search, items) = check(name, config)?;
    let hackernews = HackerNews {
        name: name.to_owned(),
        queries: config.queries.clone(),
        first: config.first,
        search_http: Http::new(&search, around, None).map_err(settings)?,
        items_http: Http::new(&items, around, None).map_err(settings)?,
        search,
        items,
        position: cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default(),
        recent: Recent::default(),
    };
    poll::run(name, &config.search, config.interval, hackernews, around).await
}

struct HackerNews {
    name: String,
    queries: Vec<String>,
    first: Duration,
    search: Url,
    search_http: Http,
    items: Url,
    items_http: Http,
    position: Position,
    recent: Recent,
}

impl Polled for HackerNews {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let now = around.clock.now().as_second();
        let first = i64::try_from(self.first.as_secs()).unwrap_or(86_400);
        let from = self.position.until.map_or(now - first, |until| until - OVERLAP);
        // All queries come as far as the slowest one did.
        let mut until = now;
        for query in self.queries.clone() {
            until = until.min(self.search(&query, from, now, around).await?);
        }
        if self.position.until.is_none_or(|before| before < until) {
            self.position.until = Some(until);
        }
        let gone = self.look_after(around).await?;
        let cursor = serde_json::to_string(&self.position).ok();
        poll::hand_over(&self.name, gone, None, cursor, around).await?;
        Ok(None)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    #[serde(default)]
    hits: Vec<Hit>,
    nb_hits: u64,
}

#[derive(Deserialize)]
struct Hit {
    #[serde(rename = "objectID")]
    id: String,
    author: Option<String>,
    created_at_i: i64,
    title: Option<String>,
    story_text: Option<String>,
    comment_text: Option<String>,
    parent_id: Option<i64>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    deleted: bool,
    #[serde(default)]
    dead: bool,
}

impl HackerNews {
    /// Hands over what was written from `from` to `to` (seconds since 1970), the oldest first. Gives up to when that is.
    async fn search(
        &mut self,
        query: &str,
        from: i64,
        to: i64,
        around: &Surroundings,
    ) -> Result<i64, Trouble> {
        let (mut start, mut width) = (from, to - from + 1);
        for _ in 0..MAX_WINDOWS {
            if start > to {
                return Ok(to);
            }
            let end = to.min(start.saturating_add(width - 1));
            let found = self.window(query, start, end, around).await?;
            // One second with more hits than are shown cannot be made smaller.
            if found.nb_hits > MOST_HITS && end > start {
                width = ((end - start + 1) / 2).max(1);
                continue;
            }
            let mut items = Vec::new();
            for hit in found.hits.into_iter().rev() {
                if let Some(post) = read(hit, &self.name, around.clock.now())
                    && self.recent.is_news(&post)
                {
                    self.position.after.add(&post);
                    items.push(Incoming::Post(Box::new(post)));
                }
            }
            if !items.is_empty() {
                poll::hand_over(&self.name, items, None, None, around).await?;
            }
            start = end + 1;
            if found.nb_hits < MOST_HITS / 4 {
                width = width.saturating_mul(2);
            }
        }
        Ok(start - 1)
    }

    async fn window(&self, query: &str, from: i64, to: i64, around: &Surroundings) -> Result<Found, Trouble> {
        let mut url = below(&self.search, "/api/v1/search_by_date");
        url.query_pairs_mut()
            .append_pair("query", query)
            .append_pair("tags", "(story,comment)")
            .append_pair("advancedSyntax", "true")
            .append_pair("typoTolerance", "false")
            .append_pair("numericFilters", &format!("created_at_i>={from},created_at_i<={to}"))
            .append_pair("hitsPerPage", &MOST_HITS.to_string());
        let answer = self.search_http.get(&url, &[], around).await?;
        if !answer.status.is_success() {
            return Err(Trouble::Failed(format!("answers {} to the search for {query}", answer.status)));
        }
        answer.json()
    }

    /// Asks for some posts that we have: what is deleted or killed there goes here.
    async fn look_after(&mut self, around: &Surroundings) -> Result<Vec<Incoming>, Trouble> {
        let mut gone = Vec::new();
        for id in self.position.after.next(LOOKED_AFTER, around.clock.now()) {
            let url = below(&self.items, &format!("/v0/item/{id}.json"));
            let answer = self.items_http.get(&url, &[], around).await?;
            if !answer.status.is_success() {
                continue;
            }
            // `null` means that this server does not know the item yet, not that it is gone.
            let item: Option<Item> = answer.json()?;
            if item.is_some_and(|i| i.deleted || i.dead) {
                self.position.after.remove(&id);
                gone.push(Incoming::Delete(PostKey { source: self.name.clone(), id }));
            }
        }
        Ok(gone)
    }
}

/// Reads one hit; nothing for what has no words or no number.
fn read(hit: Hit, source: &str, now: Timestamp) -> Option<Post> {
    if hit.id.is_empty() || hit.id.len() > 20 || !hit.id.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let text = plain(hit.comment_text.or(hit.story_text).as_deref().unwrap_or_default());
    let title = hit.title.filter(|t| !t.trim().is_empty()).map(post_text);
    if text.is_empty() && title.is_none() {
        return None;
    }
    let said = from_ms(hit.created_at_i.saturating_mul(1000));
    Some(Post {
        url: Some(format!("https://news.ycombinator.com/item?id={}", hit.id)),
        id: hit.id,
        source: source.to_owned(),
        author: hit.author,
        author_name: None,
        followers: None,
        text: post_text(text),
        title,
        created_at: written(Some(said), now, now),
        arrived_at: now,
        lang: None,
        region: None,
        in_reply_to: hit.parent_id.map(|id| id.to_string()),
        repost_of: None,
        rating: None,
    })
}

/// What a search finds, as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let Ok(found) = serde_json::from_slice::<Found>(body) else { return Vec::new() };
    found.hits.into_iter().filter_map(|hit| read(hit, "strange", now)).collect()
}
