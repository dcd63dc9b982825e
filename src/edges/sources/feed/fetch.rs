//! One conditional request for a feed, with every wait and every size bounded.

use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use reqwest::header::{LAST_MODIFIED, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use url::Url;

use super::FeedConfig;
use super::hub::Links;
use super::memory::Memory;
use crate::edges::sources::backoff::retry_after;
use crate::edges::sources::http::causes;
use crate::edges::sources::prepare_tls;
use crate::edges::sources::reach::Guard;
use crate::ground::time::Timestamp;

/// Most redirects that are followed.
const MAX_HOPS: usize = 5;
/// Most bytes of what a hub says that are repeated.
const MAX_SAID: usize = 200;
/// Kinds of documents we ask for.
const ACCEPTED: &str = "application/atom+xml, application/rss+xml, application/feed+json, application/json;q=0.9, \
                        application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1";

/// What a request brought.
#[derive(Debug, PartialEq)]
pub(super) enum Fetched {
    /// A document.
    Document {
        /// As it came, decompressed.
        body: Vec<u8>,
        /// `Content-Type`, as far as the server gave one.
        kind: String,
        /// Where it was in the end.
        url: String,
        /// Where the feed lives now, if every redirect on the way said "permanently".
        moved: Option<String>,
        /// `ETag`.
        etag: Option<String>,
        /// `Last-Modified`.
        last_modified: Option<String>,
        /// What the headers say of a hub.
        links: Links,
    },
    /// Nothing changed but what to ask with, perhaps.
    NotModified {
        /// `ETag`.
        etag: Option<String>,
        /// `Last-Modified`.
        last_modified: Option<String>,
    },
    /// There is no such feed any more.
    Gone,
    /// The server wants to be left alone, for so long if it says.
    Later(StatusCode, Option<Duration>),
}

/// A client for one configured address.
#[derive(Clone)]
pub(super) struct Fetcher {
    client: Client,
    guard: Guard,
    url: Url,
    max_bytes: usize,
}

/// Where the feed is.
///
/// # Errors
/// The settings name no address of the web.
pub(super) fn address(config: &FeedConfig) -> Result<Url, String> {
    let example = "write it whole, such as https://example.org/feed.xml";
    let url = Url::parse(&config.url).map_err(|e| format!("`url` is \"{}\": {e}; {example}", config.url))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("`url` is \"{}\", which is no address of the web; {example}", config.url));
    }
    Ok(url)
}

impl Fetcher {
    /// A client with the limits of `config`, which says who we are.
    ///
    /// # Errors
    /// The address is none that can be fetched, or the system has no usable TLS set-up.
    pub(super) fn new(config: &FeedConfig, user_agent: &str) -> Result<Self, String> {
        prepare_tls();
        let url = address(config)?;
        let guard = Guard::new(&url);
        let client = Client::builder()
            .user_agent(user_agent)
            .connect_timeout(config.connect_timeout)
            .read_timeout(config.idle_timeout)
            .timeout(config.total_timeout)
            // Redirects are followed by hand: each hop is checked, and permanent ones are told apart.
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(guard.clone())
            .build()
            .map_err(|e| format!("no HTTP client can be made: {}", causes(&e)))?;
        Ok(Self { client, guard, url, max_bytes: config.max_bytes })
    }

    /// Asks for the feed, unless it is as `memory` knows it.
    ///
    /// # Errors
    /// One sentence that continues "the address …".
    pub(super) async fn fetch(&self, memory: &Memory, now: Timestamp) -> Result<Fetched, String> {
        let mut url = self.url.clone();
        let mut permanently = true;
        if let Some(at) = memory.at.as_ref().and_then(|at| Url::parse(at).ok()) {
            // A page or a redirect named it: it is no address of the settings.
            self.guard.learn().await;
            self.guard.check(&at).map_err(|e| format!("cannot be followed: {e}"))?;
            url = at;
        }
        for _ in 0..=MAX_HOPS {
            let mut request = self.client.get(url.clone()).header(ACCEPT, ACCEPTED);
            if let Some(etag) = &memory.etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            if let Some(date) = &memory.last_modified {
                request = request.header(IF_MODIFIED_SINCE, date);
            }
            let response = request.send().await.map_err(|e| format!("does not answer: {}", causes(&e)))?;
            match response.status() {
                StatusCode::NOT_MODIFIED => {
                    let etag = header(response.headers(), &ETAG);
                    let last_modified = header(response.headers(), &LAST_MODIFIED);
                    return Ok(Fetched::NotModified { etag, last_modified });
                }
                StatusCode::GONE => return Ok(Fetched::Gone),
                status @ (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => {
                    let wait = header(response.headers(), &RETRY_AFTER).and_then(|v| retry_after(&v, now));
                    return Ok(Fetched::Later(status, wait));
                }
                status if status.is_redirection() => {
                    let to = header(response.headers(), &LOCATION)
                        .and_then(|to| url.join(&to).ok())
                        .ok_or_else(|| format!("answers {status} without saying where to go"))?;
                    self.guard.check(&to).map_err(|e| format!("cannot be followed: {e}"))?;
                    permanently &=
                        matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::PERMANENT_REDIRECT);
                    url = to;
                }
                status if status.is_success() => {
                    let moved = (permanently && url != self.url).then(|| url.to_string());
                    return self.receive(response, url, moved).await;
                }
                status => return Err(format!("answers {status}")),
            }
        }
        Err(format!("redirects more than {MAX_HOPS} times"))
    }

    async fn receive(
        &self,
        mut response: Response,
        url: Url,
        moved: Option<String>,
    ) -> Result<Fetched, String> {
        let kind = header(response.headers(), &CONTENT_TYPE).unwrap_or_default();
        let etag = header(response.headers(), &ETAG);
        let last_modified = header(response.headers(), &LAST_MODIFIED);
        let links = Links::of_headers(response.headers());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.max_bytes => {
                    return Err(format!(
                        "sends more than {} bytes (after decompression), which no feed needs; raise `max_bytes` if \
                         this one does",
                        self.max_bytes
                    ));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Err(format!("broke off its answer: {}", causes(&error))),
            }
        }
        Ok(Fetched::Document { body, kind, url: url.to_string(), moved, etag, last_modified, links })
    }

    /// Asks a hub to send what is new. The feed names the hub, so the address is checked like one that it redirects to.
    ///
    /// # Errors
    /// One sentence that continues "the hub …".
    pub(super) async fn subscribe(&self, hub: &str, form: String) -> Result<(), String> {
        let mut url = Url::parse(hub).map_err(|e| format!("has no address: {e}"))?;
        for _ in 0..=MAX_HOPS {
            self.guard.check(&url).map_err(|e| format!("is not asked: {e}"))?;
            let request = self
                .client
                .post(url.clone())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.clone());
            let mut response =
                request.send().await.map_err(|e| format!("does not answer: {}", causes(&e)))?;
            let status = response.status();
            if status.is_success() {
                return Ok(());
            }
            if matches!(status, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) {
                url = header(response.headers(), &LOCATION)
                    .and_then(|to| url.join(&to).ok())
                    .ok_or_else(|| format!("answers {status} without saying where to go"))?;
                continue;
            }
            let said = response.chunk().await.ok().flatten().unwrap_or_default();
            let said = String::from_utf8_lossy(said.get(..MAX_SAID).unwrap_or(&said)).into_owned();
            let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            return Err(format!("answers {status}: {}", said.trim()));
        }
        Err(format!("redirects more than {MAX_HOPS} times"))
    }
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}
