//! Questions with certain tags on a site of Stack Exchange, and the answers to them, by polling.
//!
//! The site tells with each answer how many requests are left of the day (`quota_remaining`), and now and then how many
//! seconds not to ask that method again (`backoff`). Who does not listen is banned for hours, which is said as 400 with
//! `throttle_violation`. Without a key 300 requests a day are given to an address, with one 10,000. Deletions are not told:
//! what we have is looked for by its number for three days, and what is left out of that answer is gone.

use std::path::PathBuf;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use super::html::plain;
use super::http::{Answer, Http, Trouble};
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::{duration, post_text, written};
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{Timestamp, from_ms};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "stackoverflow"
kind = "stackexchange"
site = "stackoverflow"
tags = ["acme-kettle"]
key_file = "/run/credentials/groundswell.service/stackexchange"   # without one: 300 requests a day
interval = "10m"
server = "https://api.stackexchange.com/2.3"
"#;

/// Things of one page; also the most numbers of one question for them.
const PAGE: usize = 100;
/// Pages in one poll; what is left waits for the next.
const MAX_PAGES: usize = 5;
/// Requests of the day that are left over.
const LEFT_OVER: u64 = 5;
/// What we have is looked for once in so many polls.
const LOOK_EVERY: u32 = 6;
/// Seconds before the first poll from which activity counts.
const AT_FIRST: i64 = 86_400;
/// Wait when the day's requests are used up, or for a ban that does not say how long.
const AN_HOUR: Duration = Duration::from_secs(3600);

/// Settings of `kind = "stackexchange"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StackexchangeConfig {
    /// The site, as its API calls it: `"stackoverflow"`, `"superuser"`, `"diy"`. Default: `"stackoverflow"`.
    #[serde(default = "stackoverflow")]
    pub site: String,
    /// Questions with any of these tags.
    pub tags: Vec<String>,
    /// File with the key of an application (stackapps.com); it is no secret, and raises the limit.
    pub key_file: Option<PathBuf>,
    /// Time between polls. Default: `"10m"`.
    #[serde(default = "ten_minutes", deserialize_with = "duration")]
    pub interval: Duration,
    /// Where the API is. Default: Stack Exchange's own.
    #[serde(default = "their_own")]
    pub server: String,
}

fn stackoverflow() -> String {
    "stackoverflow".to_owned()
}
fn ten_minutes() -> Duration {
    Duration::from_secs(600)
}
fn their_own() -> String {
    "https://api.stackexchange.com/2.3".to_owned()
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// The last activity that was seen, in seconds since 1970.
    since: Option<i64>,
    /// What is looked after.
    #[serde(default)]
    after: LookedAfter,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &StackexchangeConfig) -> Result<Url, SourceError> {
    let settings =
        |message: &str| SourceError::Settings { name: name.to_owned(), message: message.to_owned() };
    let plain_word = |word: &String| {
        !word.is_empty()
            && word.chars().all(|c| c.is_alphanumeric() || "-+.#".contains(c))
            && word.len() <= 40
    };
    if config.tags.is_empty() || config.tags.len() > 20 || !config.tags.iter().all(plain_word) {
        return Err(settings("`tags` has to hold one to 20 tags of the site, such as [\"acme-kettle\"]"));
    }
    if !plain_word(&config.site) {
        return Err(settings("`site` has to be a site as its API calls it, such as \"stackoverflow\""));
    }
    poll::server(name, "server", &config.server)
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &StackexchangeConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let server = check(name, config)?;
    let key = config.key_file.as_deref().map(|file| poll::secret(name, "key_file", file)).transpose()?;
    let http = Http::new(&server, around, None).map_err(settings)?;
    let position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let address = server.to_string();
    let site = Site {
        name: name.to_owned(),
        server,
        site: config.site.clone(),
        tags: config.tags.join(";"),
        key,
        http,
        position,
        recent: Recent::default(),
        polls: 0,
    };
    poll::run(name, &address, config.interval, site, around).await
}

struct Site {
    name: String,
    server: Url,
    site: String,
    tags: String,
    key: Option<String>,
    http: Http,
    position: Position,
    recent: Recent,
    polls: u32,
}

#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Page<T> {
    #[serde(default = "Vec::new")]
    items: Vec<T>,
    #[serde(default)]
    has_more: bool,
    quota_remaining: Option<u64>,
    /// Seconds for which this method is not to be asked.
    backoff: Option<u64>,
}

#[derive(Deserialize)]
struct Written {
    question_id: i64,
    answer_id: Option<i64>,
    title: Option<String>,
    #[serde(default)]
    body: String,
    link: Option<String>,
    owner: Option<Owner>,
    creation_date: i64,
    #[serde(default)]
    last_activity_date: i64,
}

#[derive(Deserialize)]
struct Owner {
    user_id: Option<i64>,
    display_name: Option<String>,
}

#[derive(Deserialize)]
struct Known {
    post_id: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error_name: String,
    error_message: String,
}

impl Polled for Site {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let since = self.position.since.unwrap_or_else(|| around.clock.now().as_second() - AT_FIRST);
        for page in 1..=MAX_PAGES {
            let (min, page, tags) = (since.to_string(), page.to_string(), self.tags.clone());
            let asked =
                [("tagged", &*tags), ("sort", "activity"), ("order", "asc"), ("min", &min), ("page", &page)];
            let (questions, more, mut wait) = self.get::<Written>("/search", &asked, around).await?;
            let ids: Vec<String> = questions.iter().map(|q| q.question_id.to_string()).collect();
            // The last activity comes last, so what is covered grows with each page.
            let latest = questions.iter().map(|q| q.last_activity_date).max().unwrap_or(since).max(since);
            let mut items = self.read(questions, around);
            if !ids.is_empty() && wait.is_none() {
                let path = format!("/questions/{}/answers", ids.join(";"));
                let (answers, _, later) = self
                    .get::<Written>(&path, &[("sort", "activity"), ("order", "desc"), ("min", &min)], around)
                    .await?;
                items.extend(self.read(answers.into_iter().rev().collect(), around));
                wait = later;
            }
            let moved = self.position.since.replace(latest) != Some(latest);
            if moved || !items.is_empty() {
                let cursor = serde_json::to_string(&self.position).ok();
                poll::hand_over(&self.name, items, None, cursor, around).await?;
            }
            if wait.is_some() {
                return Ok(wait);
            }
            if !more {
                break;
            }
        }
        self.polls = self.polls.wrapping_add(1);
        if self.polls.is_multiple_of(LOOK_EVERY) { self.look_after(around).await } else { Ok(None) }
    }
}

impl Site {
    /// Those that are new or were edited.
    fn read(&mut self, found: Vec<Written>, around: &Surroundings) -> Vec<Incoming> {
        let mut items = Vec::new();
        for it in found {
            if let Some(post) = read(it, &self.name, around.clock.now())
                && self.recent.is_news(&post)
            {
                self.position.after.add(&post);
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        items
    }

    /// Asks for what we have, all at once: what is left out is gone.
    async fn look_after(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let ids = self.position.after.next(PAGE, around.clock.now());
        if ids.is_empty() {
            return Ok(None);
        }
        let numbers: Vec<&str> = ids.iter().filter_map(|id| Some(id.split_once('/')?.1)).collect();
        let path = format!("/posts/{}", numbers.join(";"));
        let (there, more, wait) = self.get::<Known>(&path, &[], around).await?;
        let there: Vec<String> = there.iter().map(|k| k.post_id.to_string()).collect();
        let is_gone = |id: &&String| !id.split_once('/').is_some_and(|(_, n)| there.iter().any(|t| t == n));
        let gone: Vec<String> = if more { Vec::new() } else { ids.iter().filter(is_gone).cloned().collect() };
        if !gone.is_empty() {
            for id in &gone {
                self.position.after.remove(id);
                self.recent.forget(id);
            }
            let source = &self.name;
            let items =
                gone.into_iter().map(|id| Incoming::Delete(PostKey { source: source.clone(), id })).collect();
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, None, cursor, around).await?;
        }
        Ok(wait)
    }

    /// Asks a method. Gives what it found, whether there is more, and how long not to ask again.
    async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        asked: &[(&str, &str)],
        around: &Surroundings,
    ) -> Result<(Vec<T>, bool, Option<Duration>), Trouble> {
        let mut url = below(&self.server, path);
        url.query_pairs_mut()
            .extend_pairs(asked)
            .append_pair("site", &self.site)
            .append_pair("pagesize", &PAGE.to_string())
            .append_pair("filter", "withbody")
            .extend_pairs(self.key.iter().map(|key| ("key", key)));
        let answer = self.http.get(&url, &[], around).await?;
        if !answer.status.is_success() {
            return Err(refused(&answer));
        }
        let page: Page<T> = answer.json()?;
        if let Some(left) = page.quota_remaining {
            around.health.limit(format!("{left} requests are left for today"));
        }
        let spent = page.quota_remaining.filter(|left| *left <= LEFT_OVER).map(|_| AN_HOUR);
        Ok((page.items, page.has_more, spent.max(page.backoff.map(Duration::from_secs))))
    }
}

/// What a refusal means. A ban says for how long in its words alone: "… more requests available in 81234 seconds".
fn refused(answer: &Answer) -> Trouble {
    let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let said: String = refusal.error_message.chars().filter(|c| !c.is_control()).take(200).collect();
    if refusal.error_name == "throttle_violation" {
        let seconds = said.split_whitespace().rev().find_map(|word| word.parse().ok());
        let wait = seconds.map_or(AN_HOUR, |s: u64| Duration::from_secs(s.min(86_400)));
        return Trouble::Later(format!("has banned us for a while: {said}"), Some(wait));
    }
    Trouble::Failed(format!("answers {} {}: {said}", answer.status, refusal.error_name))
}

/// Reads a question or an answer; nothing for one without words.
fn read(it: Written, source: &str, now: Timestamp) -> Option<Post> {
    let text = plain(&it.body);
    let title = it.title.map(|t| plain(&t)).filter(|t| !t.is_empty()).map(post_text);
    if text.is_empty() && title.is_none() {
        return None;
    }
    let question = format!("question/{}", it.question_id);
    let (id, in_reply_to) = match it.answer_id {
        Some(answer) => (format!("answer/{answer}"), Some(question)),
        None => (question, None),
    };
    let at = from_ms(it.creation_date.saturating_mul(1000));
    let (user, name) = it.owner.map_or((None, None), |o| (o.user_id, o.display_name));
    let name = name.map(|n| plain(&n)).filter(|n| !n.is_empty());
    Some(Post {
        id,
        source: source.to_owned(),
        author: user.map(|u| u.to_string()).or_else(|| name.clone()),
        author_name: name,
        followers: None,
        text: post_text(text),
        title,
        url: it.link.filter(|u| u.starts_with("https://") || u.starts_with("http://")),
        created_at: written(Some(at), now, now),
        arrived_at: now,
        lang: None,
        region: None,
        in_reply_to,
        repost_of: None,
        rating: None,
    })
}

/// A page, as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let Ok(page) = serde_json::from_slice::<Page<Written>>(body) else { return Vec::new() };
    page.items.into_iter().filter_map(|it| read(it, "strange", now)).collect()
}
