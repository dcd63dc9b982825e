//! Reviews in Apple's App Store, from its public feeds: ten pages of fifty for each app and country, by polling.
//!
//! Pages come empty or with parts missing now and then: that is no end and no deletion. An edited review keeps its id.
//! Nobody tells of reviews that were taken back. Some stores leave the dates out: a review is of the moment at which it was
//! first seen, then, and what was there at the very first poll is taken for old.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::http::{Http, Trouble};
use super::poll::{self, Polled, Recent, below};
use super::shape::{duration, post_text, written};
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, Post};
use crate::ground::time::{DAY_MS, Timestamp, from_ms, plus_ms};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "appstore"
kind = "appstore"
app = 123456789
countries = ["us", "de", "br"]
interval = "1h"
server = "https://itunes.apple.com"
"#;

/// Pages that there are.
const PAGES: usize = 10;
/// Most reviews without a date that are remembered.
const MAX_UNDATED: usize = 10_000;
/// How old a review without a date is at the very first poll: old enough to be no news.
const OLD_MS: i64 = 3 * DAY_MS;

/// Settings of `kind = "appstore"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppstoreConfig {
    /// Number of the app: what follows `id` in its address.
    pub app: u64,
    /// Countries whose stores to read, as two letters. Default: `["us"]`.
    #[serde(default = "us")]
    pub countries: Vec<String>,
    /// Time between polls. Default: `"1h"`.
    #[serde(default = "an_hour", deserialize_with = "duration")]
    pub interval: Duration,
    /// Where the feeds are. Default: Apple's.
    #[serde(default = "apple")]
    pub server: String,
}

fn us() -> Vec<String> {
    vec!["us".to_owned()]
}
fn an_hour() -> Duration {
    Duration::from_secs(3600)
}
fn apple() -> String {
    "https://itunes.apple.com".to_owned()
}

/// What is remembered. Where we are is not: pages list the newest first, and the store knows what it has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Memory {
    /// Reviews without a date, and when each was first seen, in milliseconds since 1970.
    undated: VecDeque<(u64, i64)>,
    /// Countries that were read before.
    countries: Vec<String>,
}

impl Memory {
    /// When a review without a date was written, as far as can be known.
    fn date(&mut self, id: u64, country: &str, now: Timestamp) -> Timestamp {
        if let Some((_, at)) = self.undated.iter().find(|(known, _)| *known == id) {
            return from_ms(*at);
        }
        let first = !self.countries.iter().any(|c| c == country);
        let at = plus_ms(now, if first { -OLD_MS } else { 0 });
        self.undated.push_back((id, at.as_millisecond()));
        if self.undated.len() > MAX_UNDATED {
            self.undated.pop_front();
        }
        at
    }
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &AppstoreConfig) -> Result<Url, SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let two_letters = |c: &String| c.len() == 2 && c.bytes().all(|b| b.is_ascii_alphabetic());
    if config.countries.is_empty() || !config.countries.iter().all(two_letters) {
        return Err(settings(
            "`countries` has to hold countries as two letters, such as [\"us\", \"de\"]".to_owned(),
        ));
    }
    poll::server(name, "server", &config.server)
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &AppstoreConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let server = check(name, config)?;
    let http = Http::new(&server, around, None).map_err(settings)?;
    let reviews = Reviews {
        name: name.to_owned(),
        app: config.app,
        countries: config.countries.iter().map(|c| c.to_ascii_lowercase()).collect(),
        server,
        http,
        recent: Recent::default(),
        memory: cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default(),
    };
    poll::run(name, &config.server, config.interval, reviews, around).await
}

struct Reviews {
    name: String,
    app: u64,
    countries: Vec<String>,
    server: Url,
    http: Http,
    recent: Recent,
    memory: Memory,
}

impl Polled for Reviews {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let mut failure = None;
        for country in self.countries.clone() {
            match self.country(&country, around).await {
                Ok(()) => {}
                // One country without the app must not keep the others from being read.
                Err(Trouble::Failed(why)) => failure = Some(Trouble::Failed(why)),
                Err(other) => return Err(other),
            }
        }
        failure.map_or(Ok(None), Err)
    }
}

impl Reviews {
    async fn country(&mut self, country: &str, around: &Surroundings) -> Result<(), Trouble> {
        let mut any = false;
        for page in 1..=PAGES {
            let path =
                format!("/{country}/rss/customerreviews/page={page}/id={}/sortby=mostrecent/json", self.app);
            let answer = self.http.get(&below(&self.server, &path), &[], around).await?;
            if !answer.status.is_success() {
                return Err(Trouble::Failed(format!(
                    "answers {} for app {} in \"{country}\"",
                    answer.status, self.app
                )));
            }
            let entries = entries(answer.json()?);
            let (count, now) = (entries.len(), around.clock.now());
            any |= count > 0;
            let mut items = Vec::new();
            for entry in entries {
                let Some(mut post) = read(&entry, &self.name, country, self.app, now) else { continue };
                if entry.pointer("/updated/label").is_none() {
                    post.created_at = self.memory.date(post.id.parse().unwrap_or_default(), country, now);
                }
                if self.recent.is_news(&post) {
                    items.push(Incoming::Post(Box::new(post)));
                }
            }
            let news = items.len();
            items.reverse();
            if news > 0 {
                let cursor = serde_json::to_string(&self.memory).ok();
                poll::hand_over(&self.name, items, None, cursor, around).await?;
            }
            // Known reviews follow known ones. An empty page says nothing: the next may be full.
            if count > 0 && news == 0 {
                break;
            }
        }
        // Empty pages may be a whim: then the next poll is the first.
        if any && !self.memory.countries.iter().any(|c| c == country) {
            self.memory.countries.push(country.to_owned());
            let cursor = serde_json::to_string(&self.memory).ok();
            poll::hand_over(&self.name, Vec::new(), None, cursor, around).await?;
        }
        Ok(())
    }
}

/// The entries of a page: a list, a single one, or none.
fn entries(mut page: Value) -> Vec<Value> {
    match page.pointer_mut("/feed/entry").map(Value::take) {
        Some(Value::Array(entries)) => entries,
        Some(entry @ Value::Object(_)) => vec![entry],
        _ => Vec::new(),
    }
}

/// Reads one review; nothing for what is none, such as the entry about the app itself.
fn read(entry: &Value, source: &str, country: &str, app: u64, now: Timestamp) -> Option<Post> {
    let label = |path: &str| entry.pointer(&format!("{path}/label")).and_then(Value::as_str).map(str::trim);
    let stars: f64 = label("/im:rating")?.parse().ok()?;
    let id = label("/id")
        .filter(|id| !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_digit()))?;
    let text = label("/content").unwrap_or_default();
    let title = label("/title").filter(|t| !t.is_empty());
    if text.is_empty() && title.is_none() {
        return None;
    }
    let name = label("/author/name").filter(|n| !n.is_empty());
    Some(Post {
        id: id.to_owned(),
        source: source.to_owned(),
        // The address of an author ends with a number that stays when the name changes.
        author: label("/author/uri").filter(|u| !u.is_empty()).or(name).map(str::to_owned),
        author_name: name.map(str::to_owned),
        followers: None,
        text: post_text(text.to_owned()),
        title: title.map(|t| post_text(t.to_owned())),
        url: Some(format!("https://apps.apple.com/{country}/app/id{app}?see-all=reviews")),
        created_at: written(label("/updated").and_then(|at| at.parse().ok()), now, now),
        arrived_at: now,
        lang: None,
        region: Some(country.to_ascii_uppercase()),
        in_reply_to: None,
        repost_of: None,
        rating: Some(stars).filter(|s| (1.0..=5.0).contains(s)),
    })
}

/// A page, as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let Ok(page) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    entries(page).iter().filter_map(|entry| read(entry, "strange", "us", 1, now)).collect()
}
