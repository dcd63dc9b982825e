//! The hub of a feed (WebSub): found in its headers or in the document, asked to send what is new, and asked again before its
//! promise runs out. Polling goes on, more slowly while the hub keeps its word.

use std::time::Duration;

use feed_rs::model::Feed;
use reqwest::header::{HeaderMap, LINK};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::ground::time::{Timestamp, plus_ms};

/// How long we ask a hub to send, in seconds: ten days, as most give.
pub(super) const LEASE_SECONDS: u64 = 864_000;
/// Wait after a hub was asked in vain; it doubles.
const FIRST_WAIT_MS: i64 = 10 * 60_000;
/// Longest wait.
const LONGEST_WAIT_MS: i64 = 86_400_000;
/// Longest address.
const MAX_ADDRESS: usize = 2_000;

/// Whom to ask, and for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hub {
    /// Address of the hub.
    pub(super) hub: String,
    /// Address of the feed, as the feed itself gives it.
    pub(super) topic: String,
}

/// What a hub has promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    /// To whom and for what.
    #[serde(flatten)]
    pub(super) of: Hub,
    /// Until when it sends, in seconds since 1970.
    pub(super) until: i64,
    /// For how long that was, in seconds.
    pub(super) seconds: i64,
}

impl Lease {
    /// The promise that begins now.
    pub(super) fn new(of: Hub, lease: Duration, now: Timestamp) -> Self {
        let seconds = i64::try_from(lease.as_secs()).unwrap_or(i64::MAX);
        Self { of, until: now.as_second().saturating_add(seconds), seconds }
    }

    /// Whether it holds.
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        now.as_second() < self.until
    }
}

/// Links of a document to itself and to its hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Links {
    hub: Option<String>,
    own: Option<String>,
}

impl Links {
    /// As the headers of an answer have them; they count more than the document.
    pub(super) fn of_headers(headers: &HeaderMap) -> Self {
        let mut links = Self::default();
        for header in headers.get_all(LINK).iter().filter_map(|v| v.to_str().ok()) {
            // An address may hold commas, so links are cut at their brackets.
            for link in header.split('<').skip(1) {
                let Some((address, parameters)) = link.split_once('>') else { continue };
                let rel = parameters.split(';').find_map(|p| {
                    let (name, value) = p.split_once('=')?;
                    name.trim()
                        .eq_ignore_ascii_case("rel")
                        .then(|| value.trim().trim_matches([',', ' ', '"']))
                });
                rel.unwrap_or_default().split_ascii_whitespace().for_each(|rel| links.take(rel, address));
            }
        }
        links
    }

    /// As the document has them.
    pub(super) fn of_document(feed: &Feed, body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Json {
            feed_url: Option<String>,
            #[serde(default)]
            hubs: Vec<JsonHub>,
        }
        #[derive(Deserialize)]
        struct JsonHub {
            #[serde(rename = "type", default)]
            kind: String,
            url: String,
        }
        let mut links = Self::default();
        for link in &feed.links {
            links.take(link.rel.as_deref().unwrap_or_default(), &link.href);
        }
        if body.trim_ascii_start().starts_with(b"{")
            && let Ok(json) = serde_json::from_slice::<Json>(body)
        {
            links.own = json.feed_url.or(links.own);
            links.hub = json.hubs.into_iter().find(|h| h.kind.eq_ignore_ascii_case("websub")).map(|h| h.url);
        }
        links
    }

    fn take(&mut self, rel: &str, address: &str) {
        let place = match rel.to_ascii_lowercase().as_str() {
            "hub" => &mut self.hub,
            "self" => &mut self.own,
            _ => return,
        };
        if place.is_none() {
            *place = Some(address.trim().to_owned());
        }
    }

    /// The hub, where there is one; `url` is where the document was.
    pub(super) fn hub(self, document: Self, url: &Url) -> Option<Hub> {
        let address = |given: &str| {
            let it = url.join(given).ok().filter(|it| matches!(it.scheme(), "http" | "https"))?;
            (it.as_str().len() <= MAX_ADDRESS).then(|| it.to_string())
        };
        let hub = address(&self.hub.or(document.hub)?)?;
        // What we subscribe to is what the feed calls itself, to the letter.
        let topic = self.own.or(document.own).filter(|own| address(own).is_some());
        let topic = topic.map_or_else(
            || url.to_string(),
            |own| if own.contains("://") { own } else { address(&own).unwrap_or_default() },
        );
        Some(Hub { hub, topic })
    }
}

/// When the hub was last asked, and how often in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    at: Option<Timestamp>,
    tries: u32,
}

impl Asked {
    /// It is asked now.
    pub(super) fn now(&mut self, now: Timestamp) {
        self.at = Some(now);
        self.tries = self.tries.saturating_add(1);
    }

    /// It came back.
    pub(super) fn answered(&mut self) {
        self.tries = 0;
        self.at = None;
    }

    /// When to ask: at once without a promise that holds, else when a fifth of it is left; after trying in vain, not before
    /// a wait that doubles.
    pub(super) fn due(self, lease: Option<&Lease>, now: Timestamp) -> Timestamp {
        let renewal = lease.filter(|l| l.holds(now)).map(|l| {
            let ms = (l.until - l.seconds / 5 - now.as_second()).max(0).saturating_mul(1000);
            plus_ms(now, ms)
        });
        let again = self.at.map(|at| {
            let doubled = FIRST_WAIT_MS.saturating_mul(1 << self.tries.saturating_sub(1).min(10));
            plus_ms(at, doubled.min(LONGEST_WAIT_MS))
        });
        renewal.unwrap_or(now).max(again.unwrap_or(now)).max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::from_ms;

    fn found(headers: &[&str], body: &str) -> Option<(String, String)> {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(LINK, header.parse().unwrap());
        }
        let url = Url::parse("https://f.example/feed.xml").unwrap();
        let feed = super::super::items::read(body.as_bytes(), url.as_str()).unwrap();
        let document = Links::of_document(&feed, body.as_bytes());
        Links::of_headers(&map).hub(document, &url).map(|h| (h.hub, h.topic))
    }

    fn pair(hub: &str, topic: &str) -> Option<(String, String)> {
        Some((hub.into(), topic.into()))
    }

    const RSS: &str = "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>t</title>LINKS<item><guid>1</guid><title>x</title></item></channel></rss>";

    #[test]
    fn a_hub_is_found_in_headers_and_in_every_kind_of_document() {
        let rss = RSS.replace("LINKS", "<atom:link rel='hub' href='https://hub.example/'/><atom:link rel='self' href='https://f.example/feed'/>");
        assert_eq!(found(&[], &rss), pair("https://hub.example/", "https://f.example/feed"));
        let headers =
            ["<https://a,b.example/h>; rel=\"hub\", <https://f.example/me>; rel=self", "<x>; rel=next"];
        assert_eq!(found(&headers, &rss), pair("https://a,b.example/h", "https://f.example/me"));
        assert_eq!(
            found(&headers[..1], &RSS.replace("LINKS", "")),
            pair("https://a,b.example/h", "https://f.example/me")
        );
        assert_eq!(
            found(&["</hub>; rel=\"hub nofollow\""], &RSS.replace("LINKS", "")),
            pair("https://f.example/hub", "https://f.example/feed.xml")
        );
        let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><id>i</id><updated>2026-01-01T00:00:00Z</updated><link rel='hub' href='https://hub.example/'/></feed>";
        assert_eq!(found(&[], atom), pair("https://hub.example/", "https://f.example/feed.xml"));
        let json = r#"{"version":"https://jsonfeed.org/version/1.1","title":"t","feed_url":"https://f.example/j","hubs":[{"type":"rssCloud","url":"https://no.example"},{"type":"WebSub","url":"https://hub.example/"}],"items":[]}"#;
        assert_eq!(found(&[], json), pair("https://hub.example/", "https://f.example/j"));
    }

    #[test]
    fn what_is_no_hub_is_none() {
        assert_eq!(found(&[], &RSS.replace("LINKS", "")), None);
        for bad in
            ["<file:///etc/passwd>; rel=hub", "<javascript:x>; rel=hub", "< rel=hub", "<>;;;=", "rel=hub"]
        {
            assert_eq!(found(&[bad], &RSS.replace("LINKS", "")), None, "{bad}");
        }
        let long = format!("<https://h.example/{}>; rel=hub", "a".repeat(3000));
        assert_eq!(found(&[&long], &RSS.replace("LINKS", "")), None);
    }

    #[test]
    fn a_promise_is_renewed_when_a_fifth_is_left_and_a_deaf_hub_is_asked_less_and_less() {
        let at = |seconds: i64| from_ms(seconds * 1000);
        let hub = Hub { hub: "h".into(), topic: "t".into() };
        let lease = Lease::new(hub, Duration::from_secs(1000), at(0));
        let mut asked = Asked::default();
        assert_eq!(asked.due(None, at(7)), at(7));
        assert_eq!(asked.due(Some(&lease), at(100)), at(800));
        assert_eq!(asked.due(Some(&lease), at(900)), at(900));
        assert!(lease.holds(at(999)) && !lease.holds(at(1000)));
        let mut waits = Vec::new();
        for _ in 0..10 {
            asked.now(at(2000));
            waits.push(asked.due(Some(&lease), at(2000)).as_second() - 2000);
        }
        assert_eq!(waits, [600, 1200, 2400, 4800, 9600, 19200, 38400, 76800, 86400, 86400]);
        asked.answered();
        assert_eq!(asked.due(None, at(3000)), at(3000));
    }
}
