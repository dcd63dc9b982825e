//! Comments below the videos of YouTube, by polling its Data API with a key.
//!
//! A project has 10,000 units a day, one for each list, and 100 searches beside them; both begin anew at midnight in California,
//! and are counted here, so that they last all day. What was used up elsewhere is heard of as 403 `quotaExceeded`. A list
//! brings the newest threads with a few of their replies. Deletions are not told: what we have is asked for by its id for
//! three days. YouTube's terms for developers ask that what is stored be deleted or asked for again after 30 days, so
//! `[data] keep_days` should be 30 at the most where there are no other sources; they ask for an audit of those who want more units.

mod comment;
mod quota;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::header::HeaderName;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::Url;

use self::comment::{Comment, Thread, read};
use self::quota::{Of, Quota};
use super::http::{Answer, Http, Trouble};
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::duration;
use super::{SourceError, Surroundings};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "youtube"
kind = "youtube"
key_file = "/run/credentials/groundswell.service/youtube"
channels = ["UCuAXFkgsw1L7xaCfnd5JJOw"]   # comments below all of their videos
videos = ["dQw4w9WgXcQ"]
search = ["acme kettle review"]           # the newest videos about this; a search is one of 100 a day
units_a_day = 10000
searches_a_day = 100
interval = "15m"
server = "https://www.googleapis.com/youtube/v3"
"#;

/// Threads of one page.
const PAGE: usize = 100;
/// Pages of one place in one poll.
const MAX_PAGES: usize = 5;
/// Videos that searches found and that are followed; the oldest find goes first.
const MAX_FOUND: usize = 50;
/// Comments that are asked for by id at once: as many as one page has where nobody says how many.
const LOOKED_AFTER: usize = 20;
/// What we have is asked for once in so many polls.
const LOOK_EVERY: u32 = 4;

/// Settings of `kind = "youtube"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YoutubeConfig {
    /// File with an API key of a project at Google that has the YouTube Data API switched on.
    pub key_file: PathBuf,
    /// Ids of channels (`UC…`): comments below all of their videos.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Ids of videos.
    #[serde(default)]
    pub videos: Vec<String>,
    /// What to search for; the comments below the newest 50 videos that are found are read.
    #[serde(default)]
    pub search: Vec<String>,
    /// Units that may be used in a day. Default: 10,000, as YouTube gives to everybody.
    #[serde(default = "ten_thousand")]
    pub units_a_day: u32,
    /// Searches in a day. Default: 100.
    #[serde(default = "a_hundred")]
    pub searches_a_day: u32,
    /// Time between polls, at least; where there are many places, it is as long as the units last all day. Default: `"15m"`.
    #[serde(default = "a_quarter", deserialize_with = "duration")]
    pub interval: Duration,
    /// Where the API is. Default: YouTube's own.
    #[serde(default = "their_own")]
    pub server: String,
}

fn ten_thousand() -> u32 {
    10_000
}
fn a_hundred() -> u32 {
    100
}
fn a_quarter() -> Duration {
    Duration::from_secs(900)
}
fn their_own() -> String {
    "https://www.googleapis.com/youtube/v3".to_owned()
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// When the newest thread was written that was handed over, by channel or video.
    newest: BTreeMap<String, Timestamp>,
    /// Videos that searches found, the oldest find first.
    found: Vec<String>,
    /// When was searched last.
    searched: Option<Timestamp>,
    /// What was used today.
    quota: Quota,
    /// What is looked after.
    after: LookedAfter,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &YoutubeConfig) -> Result<Url, SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    let ids = config.channels.iter().chain(&config.videos);
    let plain = |id: &&String| {
        !id.is_empty() && id.len() < 40 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    if let Some(wrong) = ids.clone().find(|id| !plain(id)) {
        return Err(settings(format!(
            "\"{wrong}\" is no id of a channel or a video; a channel's begins with UC, a video's stands behind v= in its address"
        )));
    }
    if ids.count() + config.search.len() == 0 {
        return Err(settings("write `channels`, `videos` or `search`: what is to be read".to_owned()));
    }
    poll::server(name, "server", &config.server)
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &YoutubeConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message: String| SourceError::Settings { name: name.to_owned(), message };
    let server = check(name, config)?;
    let key = poll::secret(name, "key_file", &config.key_file)?;
    let mut http = Http::new(&server, around, None).map_err(settings)?;
    http.show(HeaderName::from_static("x-goog-api-key"), &key).map_err(settings)?;
    let position: Position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let address = server.to_string();
    let it = Tube {
        name: name.to_owned(),
        config: config.clone(),
        server,
        http,
        position,
        recent: Recent::default(),
        polls: 0,
    };
    poll::run(name, &address, config.interval, it, around).await
}

struct Tube {
    name: String,
    config: YoutubeConfig,
    server: Url,
    http: Http,
    position: Position,
    recent: Recent,
    polls: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "T: DeserializeOwned")]
struct Page<T> {
    #[serde(default = "Vec::new")]
    items: Vec<T>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Found {
    id: FoundId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FoundId {
    video_id: Option<String>,
}

/// What a list came to.
enum Listed<T> {
    Page(Page<T>),
    /// There is no such place, or its comments are switched off.
    Nothing(String),
}

impl Polled for Tube {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        let before = self.position.quota.used(around.clock.now());
        self.search(around).await?;
        let videos = self.config.videos.iter().chain(&self.position.found).map(|v| ("videoId", v.clone()));
        let channels = self.config.channels.iter().map(|c| ("allThreadsRelatedToChannelId", c.clone()));
        let places: Vec<(&str, String)> = channels.chain(videos).collect();
        for (key, place) in places {
            self.threads(key, &place, around).await?;
        }
        self.polls = self.polls.wrapping_add(1);
        if self.polls.is_multiple_of(LOOK_EVERY) {
            self.look_after(around).await?;
        }
        let now = around.clock.now();
        let (units, searches) = self.position.quota.left(self.limits(), now);
        around
            .health
            .limit(format!("{units} units and {searches} searches are left until midnight in California"));
        // A poll costs about as much as this one: they have to last until midnight.
        let cost = self.position.quota.used(now).saturating_sub(before);
        Ok(Some(quota::pace(cost, units, now)))
    }
}

impl Tube {
    fn limits(&self) -> (u32, u32) {
        (self.config.units_a_day, self.config.searches_a_day)
    }

    /// Searches for the newest videos, as often as the day's searches allow.
    async fn search(&mut self, around: &Surroundings) -> Result<(), Trouble> {
        let now = around.clock.now();
        let each = DAY_MS * self.config.search.len() as i64 / i64::from(self.config.searches_a_day.max(1));
        if self.config.search.is_empty() || self.position.searched.is_some_and(|at| plus_ms(at, each) > now) {
            return Ok(());
        }
        for words in self.config.search.clone() {
            if self.position.quota.left(self.limits(), now).1 == 0 {
                break;
            }
            let asked =
                [("part", "id"), ("type", "video"), ("order", "date"), ("maxResults", "50"), ("q", &words)];
            if let Listed::Page(page) = self.get::<Found>(Of::Search, "/search", &asked, around).await? {
                for video in page.items.into_iter().rev().filter_map(|f| f.id.video_id) {
                    self.position.found.retain(|known| *known != video);
                    self.position.found.push(video);
                }
            }
        }
        let over = self.position.found.len().saturating_sub(MAX_FOUND);
        self.position.found.drain(..over);
        self.position.searched = Some(now);
        Ok(())
    }

    /// Reads the newest threads of a channel or a video back to what is known.
    async fn threads(&mut self, key: &str, place: &str, around: &Surroundings) -> Result<(), Trouble> {
        let known = self.position.newest.get(place).copied();
        let (mut threads, mut token, mut reached) = (Vec::new(), None::<String>, false);
        for _ in 0..MAX_PAGES {
            let size = PAGE.to_string();
            let mut asked = vec![
                ("part", "snippet,replies"),
                ("order", "time"),
                ("textFormat", "plainText"),
                ("maxResults", &size),
                (key, place),
            ];
            asked.extend(token.as_deref().map(|t| ("pageToken", t)));
            let page = match self.get::<Thread>(Of::List, "/commentThreads", &asked, around).await? {
                Listed::Page(page) => page,
                Listed::Nothing(why) => {
                    around.complain(&self.name, &format!("YouTube shows no comments of {place}: {why}"));
                    // What a search found is not asked for again.
                    self.position.found.retain(|found| found != place);
                    return Ok(());
                }
            };
            let oldest = page.items.iter().filter_map(|t| t.top().at()).min();
            threads.extend(page.items);
            token = page.next_page_token;
            // The first poll of all takes the newest page only.
            reached = token.is_none() || known.is_none_or(|known| oldest.is_some_and(|o| o <= known));
            if reached {
                break;
            }
        }
        let now = around.clock.now();
        let oldest = threads.iter().filter_map(|t| t.top().at()).min();
        let gap = known.zip(oldest).filter(|(from, to)| !reached && from < to);
        if let Some((from, to)) = gap {
            let missed =
                format!("more than {} threads since {from}: those before {to} are missed", PAGE * MAX_PAGES);
            around.complain(&self.name, &format!("YouTube lists {missed}"));
        }
        let newest = threads.iter().filter_map(|t| t.top().at()).max().map(|at| at.min(now)).max(known);
        let mut items = Vec::new();
        for comment in threads.into_iter().rev().flat_map(Thread::comments) {
            if let Some(post) = read(comment, &self.name, now)
                && self.recent.is_news(&post)
            {
                self.position.after.add(&post);
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        // A place without comments was read, too: what comes there later is new.
        self.position.newest.insert(place.to_owned(), newest.unwrap_or(now));
        self.store(items, gap, around).await
    }

    /// Asks for what we have: what is left out is gone.
    async fn look_after(&mut self, around: &Surroundings) -> Result<(), Trouble> {
        let ids = self.position.after.next(LOOKED_AFTER, around.clock.now());
        if ids.is_empty() {
            return Ok(());
        }
        let asked = [("part", "snippet"), ("textFormat", "plainText"), ("id", &*ids.join(","))];
        let there = match self.get::<Comment>(Of::List, "/comments", &asked, around).await? {
            Listed::Page(page) if page.next_page_token.is_none() => page.items,
            // A part of them, or a refusal, says nothing about each.
            Listed::Page(_) | Listed::Nothing(_) => return Ok(()),
        };
        let mut items = Vec::new();
        for id in ids.iter().filter(|id| !there.iter().any(|c| c.id == **id)) {
            self.position.after.remove(id);
            self.recent.forget(id);
            items.push(Incoming::Delete(PostKey { source: self.name.clone(), id: id.clone() }));
        }
        for comment in there {
            // A comment that is asked for by its id does not say below which video it is: only its words are looked at.
            if let Some(post) = read(comment, &self.name, around.clock.now())
                && post.url.is_some()
                && self.recent.is_news(&post)
            {
                items.push(Incoming::Post(Box::new(post)));
            }
        }
        self.store(items, None, around).await
    }

    async fn store(
        &self,
        items: Vec<Incoming>,
        gap: Option<(Timestamp, Timestamp)>,
        around: &Surroundings,
    ) -> Result<(), Trouble> {
        let cursor = serde_json::to_string(&self.position).ok();
        Ok(poll::hand_over(&self.name, items, gap, cursor, around).await?)
    }

    /// Asks a method, if the day's quota allows.
    async fn get<T: DeserializeOwned>(
        &mut self,
        of: Of,
        path: &str,
        asked: &[(&str, &str)],
        around: &Surroundings,
    ) -> Result<Listed<T>, Trouble> {
        let now = around.clock.now();
        let spent = |why: &str| Trouble::Later(why.to_owned(), Some(quota::until_midnight(now)));
        if !self.position.quota.spend(of, self.limits(), now) {
            return Err(spent("is not asked until midnight in California: the day's units are used up"));
        }
        let mut url = below(&self.server, path);
        url.query_pairs_mut().extend_pairs(asked);
        let answer = self.http.get(&url, &[], around).await?;
        match refused(&answer) {
            None => Ok(Listed::Page(answer.json()?)),
            Some((reason, _)) if matches!(reason.as_str(), "quotaExceeded" | "dailyLimitExceeded") => {
                self.position.quota.spent(of, self.limits(), now);
                // Kept over a restart; what follows is not asked for today.
                self.store(Vec::new(), None, around).await?;
                Err(spent("has no units left for us until midnight in California (quotaExceeded)"))
            }
            Some((reason, _)) if matches!(reason.as_str(), "rateLimitExceeded" | "userRateLimitExceeded") => {
                Err(Trouble::Later(format!("asks to be left alone for a while ({reason})"), None))
            }
            Some((reason, said))
                if matches!(reason.as_str(), "commentsDisabled" | "videoNotFound" | "channelNotFound")
                    || answer.status.as_u16() == 404 =>
            {
                Ok(Listed::Nothing(format!("{said} ({reason})")))
            }
            Some((reason, said)) => Err(Trouble::Failed(format!(
                "refuses ({} {reason}: {said}); the key in `key_file` has to be of a project that has the YouTube Data API v3 \
                 switched on (console.cloud.google.com, APIs & Services), without restrictions that keep this machine out",
                answer.status.as_u16()
            ))),
        }
    }
}

/// Why an answer is a refusal: Google's word for it, and its sentence.
fn refused(answer: &Answer) -> Option<(String, String)> {
    if answer.status.is_success() {
        return None;
    }
    let said: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |path: &str| {
        let text = said.pointer(path).and_then(serde_json::Value::as_str).unwrap_or_default();
        text.chars().filter(|c| !c.is_control()).take(200).collect::<String>()
    };
    Some((text("/error/errors/0/reason"), text("/error/message")))
}

/// A thread, as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let Ok(thread) = serde_json::from_slice::<Thread>(body) else { return Vec::new() };
    thread.comments().into_iter().filter_map(|it| read(it, "strange", now)).collect()
}
