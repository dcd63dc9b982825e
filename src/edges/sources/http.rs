//! Asking other servers over HTTP, for the sources that poll: every wait and every size bounded, redirects checked, and
//! "later" understood in the ways in which servers say it.

use std::time::Duration;

use reqwest::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
};
use reqwest::{Client, StatusCode};
use serde::de::DeserializeOwned;
use url::Url;

use super::backoff::retry_after;
use super::reach::Guard;
use super::{Surroundings, prepare_tls};
use crate::ground::time::Timestamp;

/// Most redirects that are followed.
const MAX_HOPS: usize = 5;
/// Most bytes of an answer, unpacked.
const MAX_BYTES: usize = 8 << 20;
/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest silence of a server.
const IDLE: Duration = Duration::from_secs(20);
/// Longest time for a whole request.
const TOTAL: Duration = Duration::from_secs(60);
/// Seconds since 1970 that are no number of seconds to wait.
const AN_EPOCH: u64 = 1_000_000_000;

/// Why a question brought nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is time to stop.
    Stopped,
    /// The server wants to be left alone, for so long if it says. The message continues "the address …".
    Later(String, Option<Duration>),
    /// Anything else that may pass. The message continues "the address …".
    Failed(String),
    /// Nothing will come any more; the message is a sentence.
    Gone(String),
}

impl From<super::Stopped> for Trouble {
    fn from(_: super::Stopped) -> Self {
        Self::Stopped
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// Its body, unpacked.
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is none of the expected form.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Trouble> {
        serde_json::from_slice(&self.body).map_err(|e| {
            let start: String =
                String::from_utf8_lossy(self.body.get(..120).unwrap_or(&self.body)).into_owned();
            let start = start.escape_debug();
            Trouble::Failed(format!("answers with something else than expected ({e}): {start}"))
        })
    }

    /// The address that a `Link` header (RFC 8288) gives for `rel`.
    pub(super) fn link(&self, rel: &str) -> Option<String> {
        let wanted = [format!("rel=\"{rel}\""), format!("rel={rel}")];
        self.header("link")?.split(',').find_map(|link| {
            let (address, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
            rest.split(';').any(|p| wanted.iter().any(|w| p.trim() == w)).then(|| address.to_owned())
        })
    }
}

/// A client for one configured server.
pub(super) struct Http {
    client: Client,
    guard: Guard,
    /// What shows who we are; it goes to the configured server alone.
    secret: Option<(HeaderName, HeaderValue)>,
}

impl Http {
    /// A client for `base` that says who we are; `token` is sent to this server alone.
    ///
    /// # Errors
    /// The system has no usable TLS set-up.
    pub(super) fn new(base: &Url, around: &Surroundings, token: Option<&str>) -> Result<Self, String> {
        let mut http = Self::patient(base, around, IDLE, TOTAL)?;
        if let Some(token) = token {
            http.show(AUTHORIZATION, &format!("Bearer {token}"))?;
        }
        Ok(http)
    }

    /// A client that bears a silence of `idle`, and answers that take as long as `total`.
    ///
    /// # Errors
    /// As of [`Http::new`].
    pub(super) fn patient(
        base: &Url,
        around: &Surroundings,
        idle: Duration,
        total: Duration,
    ) -> Result<Self, String> {
        prepare_tls();
        let guard = Guard::new(base);
        let client = Client::builder()
            .user_agent(around.user_agent())
            .connect_timeout(CONNECT)
            .read_timeout(idle)
            .timeout(total)
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(guard.clone())
            .build()
            .map_err(|e| format!("no HTTP client can be made: {}", causes(&e)))?;
        Ok(Self { client, guard, secret: None })
    }

    /// Shows this to the server from now on.
    ///
    /// # Errors
    /// It is no value of a header.
    pub(super) fn show(&mut self, name: HeaderName, secret: &str) -> Result<(), String> {
        let mut value = HeaderValue::from_str(secret)
            .map_err(|_| "the token holds characters that no token has".to_owned())?;
        value.set_sensitive(true);
        self.secret = Some((name, value));
        Ok(())
    }

    /// Asks for what has no end, and gives the answer as it begins. Redirects are not followed.
    ///
    /// # Errors
    /// No answer.
    pub(super) async fn open(&self, url: &Url) -> Result<reqwest::Response, String> {
        let mut request = self.client.get(url.clone()).header(ACCEPT, "application/json");
        if let Some((name, value)) = &self.secret {
            request = request.header(name, value);
        }
        request.send().await.map_err(|e| format!("does not answer: {}", causes(&e)))
    }

    /// What the server may send us to.
    pub(super) fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Asks for `url`. Answers of success, 304 and 400 to 499 (but 429) are given back; what they mean differs.
    ///
    /// # Errors
    /// No answer, one that is too long or a server's failure, or "later".
    pub(super) async fn get(
        &self,
        url: &Url,
        more: &[(HeaderName, String)],
        around: &Surroundings,
    ) -> Result<Answer, Trouble> {
        tokio::select! {
            biased;
            () = around.stop.cancelled() => Err(Trouble::Stopped),
            answer = self.follow(url, more, None, around) => answer,
        }
    }

    /// Sends JSON to `url`. A redirect is not followed: what is sent is meant for this server.
    ///
    /// # Errors
    /// As of [`Http::get`].
    pub(super) async fn post(
        &self,
        url: &Url,
        body: &serde_json::Value,
        around: &Surroundings,
    ) -> Result<Answer, Trouble> {
        self.send(url, "application/json", body.to_string(), around).await
    }

    /// Sends a body of some kind to `url`. A redirect is not followed.
    ///
    /// # Errors
    /// As of [`Http::get`].
    pub(super) async fn send(
        &self,
        url: &Url,
        kind: &str,
        body: String,
        around: &Surroundings,
    ) -> Result<Answer, Trouble> {
        let kind = [(CONTENT_TYPE, kind.to_owned())];
        tokio::select! {
            biased;
            () = around.stop.cancelled() => Err(Trouble::Stopped),
            answer = self.follow(url, &kind, Some(body), around) => answer,
        }
    }

    async fn follow(
        &self,
        url: &Url,
        more: &[(HeaderName, String)],
        sent: Option<String>,
        around: &Surroundings,
    ) -> Result<Answer, Trouble> {
        let mut at = url.clone();
        for _ in 0..=MAX_HOPS {
            let request = match &sent {
                None => self.client.get(at.clone()),
                Some(body) => self.client.post(at.clone()).body(body.clone()),
            };
            let mut request = request.header(ACCEPT, "application/json");
            // A secret does not go to where somebody else sends us.
            if let Some((name, value)) = self.secret.as_ref().filter(|_| at.origin() == url.origin()) {
                request = request.header(name, value);
            }
            for (name, value) in more {
                request = request.header(name, value);
            }
            let mut response = request
                .send()
                .await
                .map_err(|e| Trouble::Failed(format!("does not answer: {}", causes(&e))))?;
            let (status, headers) = (response.status(), response.headers().clone());
            if status.is_redirection() && status != StatusCode::NOT_MODIFIED {
                if sent.is_some() {
                    return Err(Trouble::Failed(format!("answers {status} to what was sent there")));
                }
                let to = headers.get(LOCATION).and_then(|v| at.join(v.to_str().ok()?).ok());
                let to = to
                    .ok_or_else(|| Trouble::Failed(format!("answers {status} without saying where to go")))?;
                self.guard.check(&to).map_err(|e| Trouble::Failed(format!("cannot be followed: {e}")))?;
                at = to;
                continue;
            }
            let mut body = Vec::new();
            loop {
                match response.chunk().await {
                    Ok(Some(chunk)) if body.len() + chunk.len() > MAX_BYTES => {
                        return Err(Trouble::Failed(format!("sends more than {MAX_BYTES} bytes")));
                    }
                    Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                    Ok(None) => break,
                    Err(e) => return Err(Trouble::Failed(format!("broke off its answer: {}", causes(&e)))),
                }
            }
            let answer = Answer { status, headers, body };
            return match status {
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    let wait = wait_of(&answer, around.clock.now());
                    Err(Trouble::Later(format!("asks to be left alone for a while ({status})"), wait))
                }
                s if s.is_server_error() => Err(Trouble::Failed(format!("answers {status}"))),
                _ => Ok(answer),
            };
        }
        Err(Trouble::Failed(format!("redirects more than {MAX_HOPS} times")))
    }
}

/// How long a server wants to be left alone: `Retry-After`, or the moment at which its limit begins anew.
pub(super) fn wait_of(answer: &Answer, now: Timestamp) -> Option<Duration> {
    let said =
        answer.headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|v| retry_after(v, now));
    said.or_else(|| answer.header("x-ratelimit-reset").and_then(|v| until_reset(v, now)))
}

/// What is left of a server's limit, and how long until it begins anew: as GitHub (a number since 1970) and Mastodon (a
/// date) say it.
pub(super) fn limit_of(answer: &Answer, now: Timestamp) -> Option<(u64, Option<Duration>)> {
    let left = answer.header("x-ratelimit-remaining")?.trim().parse::<f64>().ok()?;
    let reset = answer.header("x-ratelimit-reset").and_then(|v| until_reset(v, now));
    Some((left.max(0.0) as u64, reset))
}

/// The wait until a moment that is a date, seconds since 1970, or a number of seconds from now.
fn until_reset(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let at = match value.parse::<u64>() {
        Ok(seconds) if seconds >= AN_EPOCH => i64::try_from(seconds).ok()?,
        Ok(seconds) => now.as_second().checked_add(i64::try_from(seconds).ok()?)?,
        Err(_) => value.parse::<Timestamp>().ok()?.as_second() + 1,
    };
    let seconds = u64::try_from(at - now.as_second()).unwrap_or(0);
    Some(Duration::from_secs(seconds.min(24 * 3600)))
}

/// An error with what lies behind it: reqwest's own words are only "error sending request".
pub(super) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        let words = cause.to_string();
        if !said.iter().any(|s| s.contains(&words)) {
            said.push(words);
        }
        next = cause.source();
    }
    if said.is_empty() { error.to_string() } else { said.join(": ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&'static str, &'static str)]) -> Answer {
        let headers = headers
            .iter()
            .map(|(n, v)| (HeaderName::from_static(n), HeaderValue::from_static(v)))
            .collect::<HeaderMap>();
        Answer { status: StatusCode::OK, headers, body: b"{".to_vec() }
    }

    #[test]
    fn a_limit_begins_anew_at_a_date_or_a_second_or_after_seconds() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        for (reset, seconds) in
            [("2026-01-01T00:04:59.5Z", 300), ("1767225660", 60), ("30", 30), ("2020-01-01T00:00:00Z", 0)]
        {
            assert_eq!(until_reset(reset, now).map(|d| d.as_secs()), Some(seconds), "{reset}");
        }
        assert_eq!(until_reset("soon", now), None);
        assert_eq!(until_reset("18446744073709551615", now), None);
        let left = answer(&[("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "30")]);
        assert_eq!(limit_of(&left, now), Some((7, Some(Duration::from_secs(30)))));
        assert_eq!(
            wait_of(&answer(&[("retry-after", "9"), ("x-ratelimit-reset", "30")]), now),
            Some(Duration::from_secs(9))
        );
    }

    #[test]
    fn links_are_found_by_what_they_are_for() {
        let it = answer(&[(
            "link",
            "<https://a.example/x?min_id=2>; rel=\"prev\", <https://a.example/x?max_id=1>; rel=next",
        )]);
        assert_eq!(it.link("prev").as_deref(), Some("https://a.example/x?min_id=2"));
        assert_eq!(it.link("next").as_deref(), Some("https://a.example/x?max_id=1"));
        assert_eq!((it.link("first"), answer(&[]).link("next")), (None, None));
        assert!(matches!(it.json::<u8>(), Err(Trouble::Failed(m)) if m.contains("something else")));
    }
}
