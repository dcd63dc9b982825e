//! Issues and discussions of a GitHub repository and what people write below them, by polling.
//!
//! `since` filters by the last change, so an old issue that is touched comes again: it is known, or it is old. A list that has
//! not changed costs nothing of the limit (`ETag`). Pull requests and what programs write are passed over. Deletions are not
//! told, so what we have is looked after for three days, one thing at each poll.

mod discussions;

use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::{HeaderName, IF_NONE_MATCH};
use serde::{Deserialize, Serialize};
use url::Url;

use super::http::{Answer, Http, Trouble, limit_of, wait_of};
use super::markdown::plain;
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::{duration, post_text, written};
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "github"
kind = "github"
repo = "acme/kettle"
token_file = "/run/credentials/groundswell.service/github"   # without one: 60 requests an hour
discussions = true                                           # with a token
interval = "5m"
server = "https://api.github.com"
"#;

/// Pages in one poll; what is left waits for the next.
const MAX_PAGES: usize = 10;
/// Requests of the limit that are left for others.
const LEFT_OVER: u64 = 3;

/// Settings of `kind = "github"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GithubConfig {
    /// The repository, as `owner/name`.
    pub repo: String,
    /// File with a token; it needs no rights to read a public repository.
    pub token_file: Option<PathBuf>,
    /// Read discussions, too, where there is a token. Default: true.
    #[serde(default = "yes")]
    pub discussions: bool,
    /// Time between polls. Default: `"5m"`.
    #[serde(default = "five_minutes", deserialize_with = "duration")]
    pub interval: Duration,
    /// Where the API is. Default: GitHub's own.
    #[serde(default = "github")]
    pub server: String,
}

fn yes() -> bool {
    true
}
fn five_minutes() -> Duration {
    Duration::from_secs(300)
}
fn github() -> String {
    "https://api.github.com".to_owned()
}

/// How far one list was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct List {
    /// The last change that was seen.
    since: Option<Timestamp>,
    /// Tag of the answer to the question for that.
    etag: Option<String>,
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    issues: List,
    comments: List,
    /// The last change of a discussion that was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    discussions: Option<Timestamp>,
    /// What is looked after, as the end of its address.
    #[serde(default)]
    after: LookedAfter,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &GithubConfig) -> Result<Url, SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let plain_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    if !config.repo.split_once('/').is_some_and(|(owner, it)| plain_name(owner) && plain_name(it)) {
        return Err(settings(format!("`repo` is \"{}\"; write it as owner/name", config.repo)));
    }
    poll::server(name, "server", &config.server)
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &GithubConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let server = check(name, config)?;
    let token = poll::token(name, config.token_file.as_deref())?;
    let http = Http::new(&server, around, token.as_deref()).map_err(settings)?;
    let position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let repo = below(&server, &format!("/repos/{}", config.repo));
    let address = repo.to_string();
    let graphql = (config.discussions && token.is_some()).then(|| graphql(&server));
    let of = config.repo.clone();
    let it =
        Repository { name: name.to_owned(), repo, of, graphql, http, position, recent: Recent::default() };
    poll::run(name, &address, config.interval, it, around).await
}

/// Where GraphQL is asked: beside the REST of a server of one's own (`/api/v3`), else below the same address.
fn graphql(server: &Url) -> Url {
    let mut url = below(server, "/graphql");
    if let Some(base) = server.path().trim_end_matches('/').strip_suffix("/v3") {
        url.set_path(&format!("{base}/graphql"));
    }
    url
}

struct Repository {
    name: String,
    repo: Url,
    /// `owner/name`.
    of: String,
    /// Where discussions are asked for, where they are wanted and can be had.
    graphql: Option<Url>,
    http: Http,
    position: Position,
    recent: Recent,
}

/// An issue, a discussion or a comment, as the lists and the webhooks show it.
#[derive(Deserialize)]
pub(super) struct Written {
    id: u64,
    number: Option<u64>,
    title: Option<String>,
    body: Option<String>,
    html_url: String,
    user: Option<User>,
    created_at: String,
    /// When it was changed last.
    pub(super) updated_at: String,
    pull_request: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct User {
    login: String,
    #[serde(rename = "type", default)]
    kind: String,
}

impl Polled for Repository {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let issues = self.list("/issues", around).await?;
        let comments = self.list("/issues/comments", around).await?;
        let discussions = match self.graphql.clone() {
            Some(graphql) if issues.max(comments).is_none() => self.discussions(&graphql, around).await?,
            _ => None,
        };
        let wait = issues.max(comments).max(discussions);
        Ok(if wait.is_none() { self.look_after(around).await? } else { wait })
    }
}

impl Repository {
    /// Hands over what changed in a list since we looked, the oldest change first.
    async fn list(&mut self, path: &str, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let known =
            if path == "/issues" { self.position.issues.clone() } else { self.position.comments.clone() };
        let since = known.since.unwrap_or_else(|| plus_ms(around.clock.now(), -DAY_MS));
        let mut url = below(&self.repo, path);
        url.query_pairs_mut()
            .append_pair("state", "all")
            .append_pair("sort", "updated")
            .append_pair("direction", "asc")
            .append_pair("per_page", "100")
            .append_pair("since", &since.to_string());
        let (mut wait, mut list) = (None, List { since: Some(since), etag: None });
        for page in 0..MAX_PAGES {
            let etag = known.etag.clone().filter(|_| page == 0).map(|tag| (IF_NONE_MATCH, tag));
            let answer = self.get(&url, etag.as_slice(), around).await?;
            if answer.status.as_u16() == 304 {
                return Ok(None);
            }
            let things: Vec<Written> = answer.json()?;
            list.since = things.iter().filter_map(|w| w.updated_at.parse().ok()).max().max(list.since);
            // The tag is of the question from `since` on: it holds as long as that stays.
            list.etag = answer.header("etag").map(str::to_owned).filter(|_| list.since == Some(since));
            let mut items = Vec::new();
            for thing in things {
                if let Some(post) = read(thing, &self.name, around.clock.now())
                    && self.recent.is_news(&post)
                {
                    self.position.after.add(&post);
                    items.push(Incoming::Post(Box::new(post)));
                }
            }
            let place =
                if path == "/issues" { &mut self.position.issues } else { &mut self.position.comments };
            let moved = *place != list;
            *place = list.clone();
            if moved || !items.is_empty() {
                let cursor = serde_json::to_string(&self.position).ok();
                poll::hand_over(&self.name, items, None, cursor, around).await?;
            }
            wait = limit(&answer, around);
            let next = answer.link("next").and_then(|next| Url::parse(&next).ok());
            match next.filter(|next| next.origin() == self.repo.origin() && wait.is_none()) {
                Some(next) => url = next,
                None => break,
            }
        }
        Ok(wait)
    }

    /// Hands over what changed in discussions since we looked, the oldest change first.
    async fn discussions(
        &mut self,
        graphql: &Url,
        around: &Surroundings,
    ) -> Result<Option<Duration>, Trouble> {
        let since = self.position.discussions.unwrap_or_else(|| plus_ms(around.clock.now(), -DAY_MS));
        let (mut found, mut after, mut wait) = (Vec::new(), None, None);
        for _ in 0..MAX_PAGES {
            let answer =
                self.http.post(graphql, &discussions::page(&self.of, after.as_deref()), around).await?;
            let said: serde_json::Value = answer.json()?;
            match discussions::refusal(&said) {
                Some((true, why)) => {
                    let wait = wait_of(&answer, around.clock.now());
                    return Err(Trouble::Later(format!("asks to be left alone for a while ({why})"), wait));
                }
                Some((false, why)) => {
                    return Err(Trouble::Failed(format!("refuses to show discussions: {why}")));
                }
                None if !answer.status.is_success() => {
                    return Err(Trouble::Failed(format!("answers {} for its discussions", answer.status)));
                }
                None => {}
            }
            let page = discussions::read(&said, &self.name, around.clock.now()).map_err(Trouble::Failed)?;
            found.extend(page.posts.into_iter().filter(|(changed, _)| *changed >= since));
            wait = limit(&answer, around);
            after = page.next;
            if after.is_none() || wait.is_some() || page.oldest.is_none_or(|oldest| oldest < since) {
                break;
            }
        }
        // Stable, so a discussion stays before what is written below it.
        found.sort_by_key(|(changed, _)| *changed);
        let latest = found.last().map_or(since, |(changed, _)| *changed);
        let mut items = Vec::new();
        for (_, post) in found {
            if self.recent.is_news(&post) {
                self.position.after.add(&post);
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        let moved = self.position.discussions.replace(latest) != Some(latest);
        if moved || !items.is_empty() {
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, None, cursor, around).await?;
        }
        Ok(wait)
    }

    /// Asks for one thing that we have: when it is gone there, it goes here.
    async fn look_after(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let Some(id) = self.position.after.next(1, around.clock.now()).pop() else { return Ok(None) };
        let (answer, gone) = match (discussions::is_there(&self.of, &id), &self.graphql) {
            (Some(question), Some(graphql)) => {
                let answer = self.http.post(graphql, &question, around).await?;
                let gone = answer.json().is_ok_and(|said| discussions::is_gone(&said));
                (answer, gone)
            }
            (Some(_), None) => return Ok(None),
            (None, _) => {
                let place = below(&self.repo, &format!("/issues{}", place(&id)));
                let answer = self.http.get(&place, &[], around).await?;
                let gone = matches!(answer.status.as_u16(), 404 | 410);
                (answer, gone)
            }
        };
        if gone {
            self.position.after.remove(&id);
            let gone = vec![Incoming::Delete(PostKey { source: self.name.clone(), id })];
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, gone, None, cursor, around).await?;
        }
        Ok(limit(&answer, around))
    }

    /// Asks, and understands what GitHub says of its limit (403 as often as 429).
    async fn get(
        &self,
        url: &Url,
        more: &[(HeaderName, String)],
        around: &Surroundings,
    ) -> Result<Answer, Trouble> {
        let answer = self.http.get(url, more, around).await?;
        let spent =
            answer.header("x-ratelimit-remaining") == Some("0") || answer.header("retry-after").is_some();
        match answer.status.as_u16() {
            200..=299 | 304 => Ok(answer),
            403 if spent => {
                let wait = wait_of(&answer, around.clock.now());
                Err(Trouble::Later("asks to be left alone for a while (403)".to_owned(), wait))
            }
            410 => Err(Trouble::Gone(format!(
                "{} has its issues switched off (410); remove the source",
                self.repo
            ))),
            401 | 403 | 404 => Err(Trouble::Failed(format!(
                "answers {}: there is no such repository, or it is not public and `token_file` may not read it",
                answer.status
            ))),
            _ => Err(Trouble::Failed(format!("answers {}", answer.status))),
        }
    }
}

/// Whether the limit is about to be reached, and for how long to wait then.
fn limit(answer: &Answer, around: &Surroundings) -> Option<Duration> {
    let (left, reset) = limit_of(answer, around.clock.now())?;
    let seconds = reset.unwrap_or_default().as_secs();
    around.health.limit(format!("{left} requests are left, for {seconds} seconds"));
    (left <= LEFT_OVER).then_some(reset).flatten()
}

/// The end of the address of a post by its id: `issue/7` or `comment/123`.
fn place(id: &str) -> String {
    match id.split_once('/') {
        Some(("comment", number)) => format!("/comments/{number}"),
        Some((_, number)) => format!("/{number}"),
        None => String::new(),
    }
}

/// Reads an issue or a comment; nothing for pull requests, for what programs write, and for what has no words.
pub(super) fn read(it: Written, source: &str, now: Timestamp) -> Option<Post> {
    let of_a_program = it.user.as_ref().is_some_and(|u| u.kind == "Bot");
    if it.pull_request.is_some() || of_a_program || it.html_url.contains("/pull/") {
        return None;
    }
    let text = plain(it.body.as_deref().unwrap_or_default());
    let title = it.title.filter(|t| !t.trim().is_empty()).map(post_text);
    if text.is_empty() && title.is_none() {
        return None;
    }
    let issue = it.html_url.split("/issues/").nth(1).and_then(|n| n.split('#').next());
    let (id, in_reply_to) = match it.number {
        Some(number) => (format!("issue/{number}"), None),
        None => (format!("comment/{}", it.id), issue.map(|n| format!("issue/{n}"))),
    };
    Some(Post {
        id,
        source: source.to_owned(),
        author: it.user.map(|u| u.login),
        author_name: None,
        followers: None,
        text: post_text(text),
        title,
        url: Some(it.html_url).filter(|u| u.starts_with("https://") || u.starts_with("http://")),
        created_at: written(it.created_at.parse().ok(), now, now),
        arrived_at: now,
        lang: None,
        region: None,
        in_reply_to,
        repost_of: None,
        rating: None,
    })
}

/// A list of issues or comments, or a page of discussions, as they are read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    if let Ok(list) = serde_json::from_slice::<Vec<Written>>(body) {
        return list.into_iter().filter_map(|it| read(it, "strange", now)).collect();
    }
    let Ok(answer) = serde_json::from_slice(body) else { return Vec::new() };
    let page = discussions::read(&answer, "strange", now).map(|page| page.posts).unwrap_or_default();
    page.into_iter().map(|(_, post)| post).collect()
}
