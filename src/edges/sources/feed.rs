//! Posts from RSS, Atom and JSON Feed, by polling.
//!
//! A feed shows its latest items only. What came and went between two polls is not known, so no gap is reported
//! either: choose the interval to suit the feed. An item that is gone from the document is not deleted, it has only
//! become old. The same id with other words is an edit.
//!
//! Where a feed names a hub (WebSub) and the world can reach us, the hub sends what is new; polling goes on, less often.

mod decode;
mod discover;
mod fetch;
mod hub;
mod items;
mod memory;
mod opml;
mod push;

use std::time::Duration;

use serde::Deserialize;

use tokio::time::Instant;

use self::fetch::{Fetched, Fetcher};
use self::hub::Links;
use self::memory::Memory;
pub use self::opml::{Listed, Listing, read_opml};
use self::push::{Push, Woken};
use super::backoff::Backoff;
use super::reach::shown;
use super::shape::duration;
use super::{Batch, MAX_BATCH_ITEMS, SourceError, State, Stopped, Surroundings};
use crate::ground::post::{Incoming, Post};
use crate::ground::time::Timestamp;

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "reviews"
kind = "feed"
url = "https://reviews.example.org/latest.rss"
interval = "10m"
longest_interval = "1h"
push = true
connect_timeout = "10s"
idle_timeout = "20s"
total_timeout = "60s"
max_bytes = 5242880
"#;

/// Longest wait after failures.
const MAX_WAIT: Duration = Duration::from_secs(6 * 3600);
/// First wait for a server that wants to be left alone without saying how long.
const BUSY_WAIT: Duration = Duration::from_secs(60);

/// Settings of `kind = "feed"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedConfig {
    /// Address of the feed, `https://…` or `http://…`, or of a page that names its feed. It may be on a private network or on this machine;
    /// what it redirects to may not, but for other paths of the same host and port.
    pub url: String,
    /// Time between polls; a tenth more or less, so that many feeds do not poll in step. Default: `"10m"`.
    #[serde(default = "ten_minutes", deserialize_with = "duration")]
    pub interval: Duration,
    /// A feed in which nothing is new is asked less and less often, up to this. Default: `"1h"`.
    #[serde(default = "an_hour", deserialize_with = "duration")]
    pub longest_interval: Duration,
    /// Let the feed's hub (WebSub) send what is new, where the feed names one and `[web] public_url` says how to reach us.
    /// While it does, the feed is asked each `longest_interval`. Default: true.
    #[serde(default = "yes")]
    pub push: bool,
    /// Longest wait for a connection. Default: `"10s"`.
    #[serde(default = "ten_seconds", deserialize_with = "duration")]
    pub connect_timeout: Duration,
    /// Longest silence of the server. Default: `"20s"`.
    #[serde(default = "twenty_seconds", deserialize_with = "duration")]
    pub idle_timeout: Duration,
    /// Longest time for a whole request. Default: `"60s"`.
    #[serde(default = "a_minute", deserialize_with = "duration")]
    pub total_timeout: Duration,
    /// Most bytes of a document, decompressed. Default: 5 MiB.
    #[serde(default = "five_megabytes")]
    pub max_bytes: usize,
}

fn yes() -> bool {
    true
}
fn ten_minutes() -> Duration {
    Duration::from_secs(600)
}
fn an_hour() -> Duration {
    Duration::from_secs(3600)
}
fn ten_seconds() -> Duration {
    Duration::from_secs(10)
}
fn twenty_seconds() -> Duration {
    Duration::from_secs(20)
}
fn a_minute() -> Duration {
    Duration::from_secs(60)
}
fn five_megabytes() -> usize {
    5 << 20
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &FeedConfig) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    fetch::address(config).map(drop).map_err(settings)
}

/// Polls until stopped, or until the server says that the feed is gone.
pub(super) async fn run(
    name: &str,
    config: &FeedConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    check(name, config)?;
    let fetcher = Fetcher::new(config, &around.user_agent()).map_err(settings)?;
    let mut memory = Memory::load(cursor.as_deref(), &config.url);
    let mut backoff = Backoff::new(config.interval, MAX_WAIT, around.seed);
    around.health.peer(Some(shown(&config.url)));
    let mut pace = config.interval;
    let mut push = Push::new(name, config.push, &memory, around);
    let mut poll = Instant::now();
    loop {
        let asked = match push.wait(poll, &mut memory, &fetcher).await {
            Err(Stopped) => return Ok(()),
            Ok(Woken::Poll) => None,
            Ok(Woken::Document(body)) => Some(body),
        };
        if let Some(body) = asked {
            match take(name, config, memory.pushed(body), &mut memory, around).await {
                Ok(_) => {}
                Err(Trouble::Stopped) => return Ok(()),
                // What cannot be read still says that there is something.
                Err(Trouble::Page(_) | Trouble::NoFeed(_)) => poll = Instant::now(),
            }
            continue;
        }
        let sends = push.sends(&memory);
        let fetched = tokio::select! {
            biased;
            () = around.stop.cancelled() => return Ok(()),
            fetched = fetcher.fetch(&memory, around.clock.now()) => fetched,
        };
        let outcome = match fetched {
            Ok(Fetched::Gone) => {
                let message = format!(
                    "{} says that this feed is gone for good (410); remove the source or change its `url`",
                    shown(&config.url)
                );
                return Err(SourceError::Gone { name: name.to_owned(), message });
            }
            Ok(Fetched::NotModified { etag, last_modified }) => {
                // Some servers give a new tag to the same content, and know only that one from then on.
                memory.etag = etag.or(memory.etag);
                memory.last_modified = last_modified.or(memory.last_modified);
                Ok(false)
            }
            Ok(Fetched::Later(status, wait)) => Err((
                format!("asks to be left alone for a while ({status})"),
                Some(wait.unwrap_or(BUSY_WAIT)),
            )),
            Ok(document @ Fetched::Document { .. }) => {
                match take(name, config, document, &mut memory, around).await {
                    Ok(news) => Ok(news),
                    Err(Trouble::Stopped) => return Ok(()),
                    // The page named its feed: asked at once, and once.
                    Err(Trouble::Page(feed)) if memory.at.is_none() => {
                        memory.at = Some(feed);
                        continue;
                    }
                    Err(Trouble::Page(feed)) => {
                        memory.at = None;
                        Err((format!("is a page whose feed, {feed}, is a page again"), None))
                    }
                    Err(Trouble::NoFeed(message)) => {
                        memory.at = None;
                        Err((message, None))
                    }
                }
            }
            Err(message) => {
                // Where it was sent to may be wrong: next time the settings count.
                memory.at = None;
                Err((message, None))
            }
        };
        push.follow(memory.hub.as_ref());
        let wait = match outcome {
            Ok(news) => {
                backoff.reset();
                around.health.state(State::Listening, around.clock.now());
                if news && sends {
                    push.was_silent();
                }
                pace = if push.sends(&memory) {
                    config.longest_interval.max(config.interval)
                } else {
                    next_pace(pace, news, config)
                };
                backoff.around(pace)
            }
            Err((message, asked)) => {
                around.complain(name, &format!("the address {} {message}", shown(&config.url)));
                around.health.state(State::Retrying, around.clock.now());
                // Never sooner than usual: a server in trouble is not helped by more requests.
                let usual = backoff.around(config.interval) + backoff.next();
                asked.unwrap_or(Duration::ZERO).max(usual)
            }
        };
        poll = Instant::now() + wait;
    }
}

/// The time until the next poll: longer by a quarter each time that nothing was new.
fn next_pace(pace: Duration, news: bool, config: &FeedConfig) -> Duration {
    let longest = config.longest_interval.max(config.interval);
    if news { config.interval } else { pace.mul_f64(1.25).min(longest) }
}

enum Trouble {
    Stopped,
    NoFeed(String),
    /// A web page that names this as its feed.
    Page(String),
}

impl From<Stopped> for Trouble {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

/// Hands over what is new in a document, and the position after it. Gives whether anything was new.
async fn take(
    name: &str,
    config: &FeedConfig,
    document: Fetched,
    memory: &mut Memory,
    around: &Surroundings,
) -> Result<bool, Trouble> {
    let Fetched::Document { body, kind, url, moved, etag, last_modified, links } = document else {
        return Ok(false);
    };
    let now = around.clock.now();
    let source = name.to_owned();
    let base = url.clone();
    let was_pushed = kind == memory::PUSHED;
    // Parsing a document made to be slow must not hold up the other sources.
    let parsed = tokio::task::spawn_blocking(move || {
        let body = decode::utf8(&body, &kind);
        let at = url::Url::parse(&base).ok();
        match items::read(&body, &base) {
            Ok(feed) => {
                let hub = at.and_then(|at| links.hub(Links::of_document(&feed, &body), &at));
                Ok((feed.entries.len(), hub, items::items(feed, &source, now)))
            }
            Err(reason) => match at.and_then(|at| discover::feed_of(&body, &at)) {
                Some(feed) => Err(Trouble::Page(feed.into())),
                None => Err(Trouble::NoFeed(not_a_feed(&body, &kind, &reason))),
            },
        }
    })
    .await;
    let (listed, hub, items) = match parsed {
        Ok(items) => items?,
        Err(_) => {
            return Err(Trouble::NoFeed("answers with a document on which the reader of feeds fails".into()));
        }
    };
    let before = memory.clone();
    if let Some(to) = moved {
        memory.at = Some(to);
    }
    let moved = memory.at.as_ref().map(|to| {
        format!(
            "the feed of {} is at {} now and is read there; change `url` in the settings",
            shown(&config.url),
            shown(to)
        )
    });
    let long = (listed > items::MAX_ITEMS)
        .then(|| format!("the feed lists {listed} items; only the first {} are read", items::MAX_ITEMS));
    around.health.notice(moved.or(long));
    memory.etag = etag;
    memory.last_modified = last_modified;
    // What a hub brings need not name it.
    if hub.is_some() || !was_pushed {
        memory.hub = hub;
        memory.lease = memory.lease.take().filter(|lease| memory.hub.as_ref() == Some(&lease.of));
    }
    let mut fresh: Vec<Incoming> =
        memory.sift(items).into_iter().map(|item| Incoming::Post(Box::new(item.post))).collect();
    if fresh.is_empty() && *memory == before {
        return Ok(false);
    }
    let news = !fresh.is_empty();
    // Only the last part carries the position: until it is stored, the whole document counts as unread.
    loop {
        let rest = fresh.split_off(fresh.len().min(MAX_BATCH_ITEMS));
        let cursor = if rest.is_empty() { memory.store() } else { None };
        let last = rest.is_empty();
        around.hand_over(Batch { items: fresh, cursor, ..Batch::empty(name) }).await?;
        if last {
            return Ok(news);
        }
        fresh = rest;
    }
}

/// What to say of a document that is no feed; continues "the address …".
fn not_a_feed(body: &[u8], kind: &str, reason: &str) -> String {
    let start: String =
        String::from_utf8_lossy(body.get(..512).unwrap_or(body)).trim_start().to_ascii_lowercase();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    let shown = if kind.is_empty() { "no content type" } else { kind };
    if kind.contains("html") || start.starts_with("<!doctype html") || start.starts_with("<html") {
        format!(
            "answered with a web page ({shown}), not a feed; look on that page for the address of its RSS or Atom feed"
        )
    } else if body.is_empty() {
        format!("answered with an empty document ({shown}), not a feed")
    } else {
        format!("answered with something that is no feed ({shown}): {reason}")
    }
}

/// A document, or a page that names one, as far as it is read without a network: for the fuzz target.
pub(super) fn strange(body: &[u8], now: Timestamp) -> Vec<Post> {
    let (kind, document) = match body.split_first() {
        Some((1, rest)) => ("text/xml; charset=utf-16", rest),
        Some((2, rest)) => ("text/xml; charset=koi8-r", rest),
        _ => ("application/xml", body),
    };
    let document = decode::utf8(document, kind);
    let Ok(address) = url::Url::parse("https://feeds.example.org/a/b") else { return Vec::new() };
    let _ = discover::feed_of(&document, &address);
    let _ = opml::read_opml(&document);
    let Ok(feed) = items::read(&document, address.as_str()) else { return Vec::new() };
    let _ = Links::default().hub(Links::of_document(&feed, &document), &address);
    let mut memory = Memory::load(None, address.as_str());
    let posts = memory.sift(items::items(feed, "strange", now)).into_iter().map(|item| item.post).collect();
    let _ = Memory::load(memory.store().as_deref(), address.as_str());
    posts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quiet_feed_is_asked_less_often_until_something_is_new() {
        let config: FeedConfig =
            toml::from_str("url = 'https://x.example'\ninterval = '10m'\nlongest_interval = '15m'").unwrap();
        let minutes = |d: Duration| d.as_secs_f64() / 60.0;
        let mut pace = config.interval;
        let mut paces = Vec::new();
        for news in [false, false, false, true] {
            pace = next_pace(pace, news, &config);
            paces.push(minutes(pace));
        }
        assert_eq!(paces, [12.5, 15.0, 15.0, 10.0]);
        let slow: FeedConfig = toml::from_str("url = 'https://x.example'\ninterval = '6h'").unwrap();
        assert_eq!(minutes(next_pace(slow.interval, false, &slow)), 360.0);
    }

    #[test]
    fn what_is_no_feed_is_called_by_its_name() {
        insta::assert_snapshot!(not_a_feed(b"", "text/html; charset=utf-8", "x"), @"answered with a web page (text/html), not a feed; look on that page for the address of its RSS or Atom feed");
        insta::assert_snapshot!(not_a_feed(b"\n<!DOCTYPE HTML><p>", "", "x"), @"answered with a web page (no content type), not a feed; look on that page for the address of its RSS or Atom feed");
        insta::assert_snapshot!(not_a_feed(b"{}", "application/json", "no items"), @"answered with something that is no feed (application/json): no items");
        insta::assert_snapshot!(not_a_feed(b"", "", "x"), @"answered with an empty document (no content type), not a feed");
    }
}
