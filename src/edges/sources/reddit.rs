//! Posts and comments of Reddit's communities, by polling its API as an application that Reddit has approved.
//!
//! Reddit shows nothing to those without approval (OAuth), and its terms ask that what is deleted there be deleted here: what we
//! have is asked for by its name for three days, the newest 500, and what is shown as deleted or removed, or not at all, goes; set
//! `[data] keep_days` for the rest. Lists hold the newest thousand and are not quite in order (what a moderator lets in late
//! is old when it comes), so pages are read back to what is known, and what was seen is remembered. An application has 100
//! requests a minute, averaged over ten; each answer tells what is left (`x-ratelimit-…`).

mod thing;

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine;
use reqwest::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use url::Url;

use self::thing::{Listing, Thing, read};
use super::http::{Answer, Http, Trouble, limit_of, wait_of};
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::duration;
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{Timestamp, plus_ms};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "reddit"
kind = "reddit"
client_id = "Zq1rT0xampleClientId"                               # of an application that Reddit has approved
secret_file = "/run/credentials/groundswell.service/reddit"
subreddits = ["kettles", "coffee"]
comments = true
interval = "1m"
server = "https://oauth.reddit.com"
login = "https://www.reddit.com"
"#;

/// Things of one page; also the most names of one question for them.
const PAGE: usize = 100;
/// Pages in one poll: Reddit keeps a thousand things of a list.
const MAX_PAGES: usize = 10;
/// Requests of the limit that are left over.
const LEFT_OVER: u64 = 10;
/// What we have is asked for once in so many polls.
const LOOK_EVERY: u32 = 5;
/// A token is renewed so long before it ends, in milliseconds.
const RENEWED: i64 = 300_000;

/// Settings of `kind = "reddit"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedditConfig {
    /// The application's id, which stands below its name at reddit.com/prefs/apps.
    pub client_id: String,
    /// File with the application's secret.
    pub secret_file: PathBuf,
    /// Communities, without `r/`.
    pub subreddits: Vec<String>,
    /// Read comments, too. Default: true.
    #[serde(default = "yes")]
    pub comments: bool,
    /// Time between polls. Default: `"1m"`.
    #[serde(default = "a_minute", deserialize_with = "duration")]
    pub interval: Duration,
    /// Where the API is. Default: Reddit's own.
    #[serde(default = "api")]
    pub server: String,
    /// Where tokens are given. Default: Reddit's own.
    #[serde(default = "login")]
    pub login: String,
}

fn yes() -> bool {
    true
}
fn a_minute() -> Duration {
    Duration::from_secs(60)
}
fn api() -> String {
    "https://oauth.reddit.com".to_owned()
}
fn login() -> String {
    "https://www.reddit.com".to_owned()
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// When the newest post and comment were written that were handed over.
    posts: Option<Timestamp>,
    comments: Option<Timestamp>,
    /// What is looked after.
    after: LookedAfter,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &RedditConfig) -> Result<(Url, Url), SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    let plain =
        |s: &String| (2..=30).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if config.subreddits.is_empty() || config.subreddits.len() > 50 || !config.subreddits.iter().all(plain) {
        return Err(settings(
            "`subreddits` has to hold one to 50 names of communities without r/, such as [\"kettles\"]"
                .to_owned(),
        ));
    }
    let server = poll::server(name, "server", &config.server)?;
    let login = poll::server(name, "login", &config.login)?;
    Ok((server, login))
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &RedditConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    let (server, login) = check(name, config)?;
    let secret = poll::secret(name, "secret_file", &config.secret_file)?;
    let http = Http::new(&server, around, None).map_err(settings)?;
    let mut desk = Http::new(&login, around, None).map_err(settings)?;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{}:{secret}", config.client_id));
    desk.show(AUTHORIZATION, &format!("Basic {pair}")).map_err(settings)?;
    let position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let address = server.to_string();
    let it = Reddit {
        name: name.to_owned(),
        of: config.subreddits.join("+"),
        comments: config.comments,
        server,
        http,
        login,
        desk,
        until: None,
        position,
        recent: Recent::default(),
        polls: 0,
    };
    poll::run(name, &address, config.interval, it, around).await
}

struct Reddit {
    name: String,
    /// `one+another`.
    of: String,
    comments: bool,
    server: Url,
    http: Http,
    login: Url,
    /// Where tokens are asked for.
    desk: Http,
    /// Until when our token is good; nothing where there is none.
    until: Option<Timestamp>,
    position: Position,
    recent: Recent,
    polls: u32,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    #[serde(default)]
    expires_in: i64,
}

impl Polled for Reddit {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let mut wait = self.list(false, around).await?;
        if self.comments && wait.is_none() {
            wait = self.list(true, around).await?;
        }
        self.polls = self.polls.wrapping_add(1);
        if wait.is_none() && self.polls.is_multiple_of(LOOK_EVERY) {
            wait = self.look_after(around).await?;
        }
        Ok(wait)
    }
}

impl Reddit {
    /// Reads the newest posts or comments back to what is known.
    async fn list(&mut self, comments: bool, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let known = if comments { self.position.comments } else { self.position.posts };
        let path = format!("/r/{}/{}", self.of, if comments { "comments" } else { "new" });
        let size = PAGE.to_string();
        let (mut things, mut after, mut wait, mut reached) = (Vec::new(), None::<String>, None, false);
        for _ in 0..MAX_PAGES {
            let mut asked = vec![("limit", size.as_str()), ("raw_json", "1")];
            asked.extend(after.as_deref().map(|a| ("after", a)));
            let (page, later) = self.get(&path, &asked, around).await?;
            (after, wait) = (page.after, later);
            // One that came late is old and no sign of the end: all of a page has to be known, or its last be old.
            let all_known = page.things.iter().all(|t| self.recent.knows(&t.name));
            let old =
                page.things.last().and_then(Thing::at).zip(known).is_some_and(|(at, known)| at <= known);
            things.extend(page.things);
            reached = after.is_none() || known.is_none() || all_known || old;
            if reached || wait.is_some() {
                break;
            }
        }
        let now = around.clock.now();
        let oldest = things.iter().filter_map(Thing::at).min();
        let gap = known.zip(oldest).filter(|(from, to)| !reached && from < to);
        if let Some((from, to)) = gap {
            around.complain(
                &self.name,
                &format!("Reddit lists no more since {from} than from {to} on: what is between is missed"),
            );
        }
        let newest = things.iter().filter_map(Thing::at).max().map(|at| at.min(now)).max(known);
        let items = self.news(things.into_iter().rev(), now);
        let place = if comments { &mut self.position.comments } else { &mut self.position.posts };
        // A community in which nobody wrote yet was read, too: what comes later is new.
        let moved = std::mem::replace(place, newest.or(Some(now))) != *place;
        if moved || !items.is_empty() || gap.is_some() {
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, gap, cursor, around).await?;
        }
        Ok(wait)
    }

    /// What is new, was edited, or is shown as deleted.
    fn news(&mut self, things: impl Iterator<Item = Thing>, now: Timestamp) -> Vec<Incoming> {
        let mut items = Vec::new();
        for thing in things {
            if thing.is_gone() {
                items.extend(self.gone(&thing.name.clone()));
            } else if let Some(post) = read(thing, &self.name, now)
                && self.recent.is_news(&post)
            {
                self.position.after.add(&post);
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        items
    }

    /// A deletion, if we have it.
    fn gone(&mut self, id: &str) -> Option<Incoming> {
        let (looked_after, seen) = (self.position.after.remove(id), self.recent.forget(id));
        let key = PostKey { source: self.name.clone(), id: id.to_owned() };
        (looked_after || seen).then_some(Incoming::Delete(key))
    }

    /// Asks for what we have by its names.
    async fn look_after(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let ids = self.position.after.next(PAGE, around.clock.now());
        if ids.is_empty() {
            return Ok(None);
        }
        let asked = [("id", &*ids.join(",")), ("raw_json", "1")];
        let (page, wait) = self.get("/api/info", &asked, around).await?;
        let missing: Vec<&String> =
            ids.iter().filter(|id| !page.things.iter().any(|t| t.name == **id)).collect();
        let mut items: Vec<Incoming> = missing.into_iter().filter_map(|id| self.gone(id)).collect();
        items.extend(self.news(page.things.into_iter(), around.clock.now()));
        if !items.is_empty() {
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, None, cursor, around).await?;
        }
        Ok(wait)
    }

    /// Asks for a list. Gives it, and how long not to ask, if the limit is about to be reached.
    async fn get(
        &mut self,
        path: &str,
        asked: &[(&str, &str)],
        around: &Surroundings,
    ) -> Result<(Listing, Option<Duration>), Trouble> {
        let mut url = below(&self.server, path);
        url.query_pairs_mut().extend_pairs(asked);
        for fresh in [false, true] {
            let now = around.clock.now();
            if fresh || self.until.is_none_or(|until| plus_ms(until, -RENEWED) <= now) {
                self.renew(around).await?;
            }
            let answer = self.http.get(&url, &[], around).await?;
            match answer.status.as_u16() {
                200..=299 => {
                    let wait = limit(&answer, around);
                    return Ok((answer.json::<thing::Answered>()?.listing(), wait));
                }
                // A token may end before its time.
                401 => self.until = None,
                403 | 404 => {
                    return Err(Trouble::Failed(format!(
                        "answers {}: one of r/{} is private, banned or not there, or the application may not read it",
                        answer.status, self.of
                    )));
                }
                _ => return Err(Trouble::Failed(format!("answers {}", answer.status))),
            }
        }
        Err(Trouble::Failed("does not take the token that it has just given (401)".to_owned()))
    }

    /// Asks for a token.
    async fn renew(&mut self, around: &Surroundings) -> Result<(), Trouble> {
        let url = below(&self.login, "/api/v1/access_token");
        let body = "grant_type=client_credentials".to_owned();
        let answer = self.desk.send(&url, "application/x-www-form-urlencoded", body, around).await?;
        if !answer.status.is_success() {
            return Err(Trouble::Failed(format!(
                "gives no token ({}): check `client_id` and `secret_file`; Reddit gives access only to applications that it has \
                 approved (support.reddithelp.com, \"Developer Platform & Accessing Reddit Data\")",
                answer.status
            )));
        }
        // Refused as 200 with an error in the body, as well.
        let token: Token = answer.json()?;
        self.until = Some(plus_ms(around.clock.now(), token.expires_in.clamp(600, 86_400) * 1000));
        self.http.show(AUTHORIZATION, &format!("Bearer {}", token.access_token)).map_err(Trouble::Failed)
    }
}

/// Whether the limit is about to be reached, and for how long to wait then.
fn limit(answer: &Answer, around: &Surroundings) -> Option<Duration> {
    let (left, reset) = limit_of(answer, around.clock.now())?;
    let seconds = reset.unwrap_or_default().as_secs();
    around.health.limit(format!("{left} requests are left, for {seconds} seconds"));
    (left <= LEFT_OVER).then(|| wait_of(answer, around.clock.now()).or(reset)).flatten()
}

/// A page, as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let Ok(answer) = serde_json::from_slice::<thing::Answered>(body) else { return Vec::new() };
    answer.listing().things.into_iter().filter_map(|it| read(it, "strange", now)).collect()
}
