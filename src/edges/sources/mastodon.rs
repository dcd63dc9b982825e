//! Hashtag timelines of Mastodon, and of what speaks its API, by polling, and by the server's stream for those who have a token.
//!
//! Ids are opaque: the next page is where the server's `Link` says, and nothing is skipped (`since_id` would). What other
//! servers bring late stands below what is known, so each poll goes back a little (`late.rs`). Who asks
//! not to be indexed (`noindex`, `discoverable` switched off, `#nobot` in the profile) is not read. Servers do not tell
//! of deletions here, so posts are looked after for three days. A server sees only what reached it: choose a large one, or
//! the one on which your customers are. The stream brings posts and deletions within a second; polls go on as before, since
//! streams are silent about what they lose.

mod heard;
mod late;
mod status;
mod stream;
mod timeline;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use self::heard::{Heard, Hearing};
use self::late::Late;
use self::status::{read, version};
use self::stream::{Said, Stream, WAITING, Wanted};
use self::timeline::limit;
use super::http::{Http, Trouble};
use super::poll::{self, LookedAfter, Polled, Recent, below};
use super::shape::duration;
use super::{SourceError, Stopped, Surroundings};
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
stream = true   # with a token
"#;

/// Posts that are looked after at each poll.
const LOOKED_AFTER: usize = 5;

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
    /// Listen to the server's stream between polls, where there is a token. Default: true.
    #[serde(default = "yes")]
    pub stream: bool,
}

fn yes() -> bool {
    true
}

fn a_minute() -> Duration {
    Duration::from_secs(60)
}

/// Where we are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Position {
    /// The id of the newest post of each tag, as the server writes it.
    newest: BTreeMap<String, String>,
    /// When a tag was last seen without any post: whatever comes to stand there is new, however much it is.
    #[serde(default)]
    empty: BTreeMap<String, Timestamp>,
    /// Where the next poll of each tag begins.
    #[serde(default)]
    late: BTreeMap<String, Late>,
    /// Posts that are looked after.
    #[serde(default)]
    after: LookedAfter,
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &MastodonConfig) -> Result<(Url, Vec<String>), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let server = poll::server(name, "server", &config.server)?;
    let tags: Vec<String> = config.tags.iter().map(|t| t.trim().trim_start_matches('#').to_owned()).collect();
    let is_tag = |t: &String| !t.is_empty() && t.chars().all(|c| c.is_alphanumeric() || "_·・".contains(c));
    if tags.is_empty() || !tags.iter().all(is_tag) {
        return Err(settings(
            "`tags` has to hold hashtags, such as [\"acme\"]: letters, digits and _".to_owned(),
        ));
    }
    Ok((server, tags))
}

/// Polls until stopped.
pub(super) async fn run(
    name: &str,
    config: &MastodonConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let settings = |message| SourceError::Settings { name: name.to_owned(), message };
    let (server, tags) = check(name, config)?;
    let token = poll::token(name, config.token_file.as_deref())?;
    let http = Http::new(&server, around, token.as_deref()).map_err(settings)?;
    let position: Position = cursor.and_then(|c| serde_json::from_str(&c).ok()).unwrap_or_default();
    let mut recent = Recent::default();
    for (id, content) in position.late.values().flat_map(Late::known) {
        recent.remember(id, content);
    }
    let address = server.to_string();
    let wanted = config.stream && token.is_some();
    let mastodon = Mastodon {
        name: name.to_owned(),
        server,
        tags,
        http,
        token: token.filter(|_| wanted).unwrap_or_default(),
        position,
        recent,
        stream: None,
        open: false,
        hearing: Hearing::default(),
    };
    poll::run(name, &address, config.interval, mastodon, around).await
}

struct Mastodon {
    name: String,
    server: Url,
    tags: Vec<String>,
    http: Http,
    position: Position,
    recent: Recent,
    /// Empty where there is to be no stream.
    token: String,
    stream: Option<Stream>,
    /// The stream stood when the last poll began.
    open: bool,
    hearing: Hearing,
}

impl Polled for Mastodon {
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble> {
        if self.stream.is_none() && !self.token.is_empty() {
            self.open_stream(around).await?;
        }
        // What the stream has brought already is not missed.
        while let Some(said) = self.stream.as_mut().and_then(Stream::waiting) {
            self.hear(said, around).await?;
        }
        self.hearing.polls();
        let mut wait = None;
        for tag in self.tags.clone() {
            wait = wait.max(self.tag(&tag, around).await?);
        }
        self.judge(around);
        // Looking after what we have comes after hearing what is new.
        Ok(if wait.is_none() { self.look_after(around).await? } else { wait })
    }

    async fn meanwhile(&mut self, wait: Duration, around: &Surroundings) -> Result<(), Stopped> {
        let until = tokio::time::Instant::now() + wait;
        loop {
            let Some(stream) = &mut self.stream else {
                return around.pause(until.saturating_duration_since(tokio::time::Instant::now())).await;
            };
            tokio::select! {
                biased;
                () = around.stop.cancelled() => return Err(Stopped),
                () = tokio::time::sleep_until(until) => return Ok(()),
                said = stream.next() => match said {
                    Some(said) => self.hear(said, around).await?,
                    None => self.stream = None,
                },
            }
        }
    }
}

impl Mastodon {
    /// Asks where the stream is, and opens it. A server without one is polled.
    async fn open_stream(&mut self, around: &Surroundings) -> Result<(), Trouble> {
        let mut address = None;
        for (path, place) in [
            ("/api/v2/instance", "/configuration/urls/streaming"),
            ("/api/v1/instance", "/urls/streaming_api"),
        ] {
            let answer = self.http.get(&below(&self.server, path), &[], around).await?;
            let about: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            address = about.pointer(place).and_then(|a| Url::parse(a.as_str()?).ok());
            if answer.status.is_success() && address.is_some() {
                break;
            }
        }
        let Some(address) = address.filter(|a| matches!(a.scheme(), "wss" | "ws")) else {
            around.health.notice(Some(format!("{} names no stream; it is polled", self.server)));
            self.token.clear();
            return Ok(());
        };
        // The token goes unprotected only where the operator's own address is.
        if address.scheme() == "ws" && self.server.scheme() != "http" {
            around
                .health
                .notice(Some(format!("the stream {address} is not protected; {} is polled", self.server)));
            self.token.clear();
            return Ok(());
        }
        self.stream = Some(Stream::open(Wanted {
            address: below(&address, "/api/v1/streaming"),
            guard: self.http.guard().clone(),
            tags: self.tags.clone(),
            token: self.token.clone(),
            agent: around.user_agent(),
            seed: around.seed,
            clock: Arc::clone(&around.clock),
        }));
        Ok(())
    }

    /// Takes in what the stream says, and with it what waits behind that.
    async fn hear(&mut self, said: Said, around: &Surroundings) -> Result<(), Stopped> {
        let mut items = Vec::new();
        let mut next = Some(said);
        while let Some(said) = next {
            items.extend(self.heard(said, around));
            let more = items.len() < WAITING;
            next = self.stream.as_mut().filter(|_| more).and_then(Stream::waiting);
        }
        if !items.is_empty() {
            let cursor = serde_json::to_string(&self.position).ok();
            poll::hand_over(&self.name, items, None, cursor, around).await?;
        }
        self.judge(around);
        Ok(())
    }

    fn heard(&mut self, said: Said, around: &Surroundings) -> Option<Incoming> {
        let heard = match said {
            Said::Open => {
                (self.open, self.hearing) = (true, Hearing::default());
                around.health.notice(None);
                return None;
            }
            Said::Lost(why) => {
                self.open = false;
                let notice = format!("the stream of {} {why}; it is polled meanwhile", self.server);
                tracing::info!(source = self.name, "{notice}");
                around.health.notice(Some(notice));
                return None;
            }
            Said::Heard(heard) => heard,
        };
        self.hearing.heard(&heard);
        match heard {
            Heard::Status(status) => {
                let version = version(&status);
                let post = read(*status, &self.name, &self.server, around.clock.now())?;
                self.recent.is_newer(&post, version).then(|| {
                    self.position.after.add(&post);
                    Incoming::Post(Box::new(post))
                })
            }
            // Also of posts that have not come yet: the store keeps them away when they do.
            Heard::Deleted(id) if !id.is_empty() && id.len() <= MAX_ID_BYTES => {
                self.position.after.remove(&id);
                Some(Incoming::Delete(PostKey { source: self.name.clone(), id }))
            }
            _ => None,
        }
    }

    /// A stream that does not bring what it should is said, and opened anew.
    fn judge(&mut self, around: &Surroundings) {
        if let Some(why) = self.hearing.deaf() {
            let message = format!("the stream of {} {why}", self.server);
            around.complain(&self.name, &message);
            around.health.notice(Some(message));
            (self.stream, self.open, self.hearing) = (None, false, Hearing::default());
        }
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
            } else if answer.status.is_success() {
                let status: serde_json::Value = answer.json()?;
                let version = version(&status);
                // After a restart it is not known what was there before; whether it was edited the server says.
                if let Some(post) = read(status, &self.name, &self.server, around.clock.now())
                    && (version > 0 || self.recent.knows(&post.id))
                    && self.recent.is_newer(&post, version)
                {
                    items.push(Incoming::Post(Box::new(post)));
                }
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

/// A status as the API sends it, or a message of the stream, as they are read without a network: for the fuzz target.
pub(super) fn strange(text: &str, now: Timestamp) -> Option<Post> {
    let server = Url::parse("https://mastodon.example.org").ok()?;
    let status = match heard::read(text) {
        Heard::Status(status) => *status,
        _ => serde_json::from_str(text).ok()?,
    };
    read(status, "strange", &server, now)
}
