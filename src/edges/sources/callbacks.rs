//! Addresses of ours at which the hubs of feeds call: to ask whether we meant to subscribe, and to bring what is new.
//!
//! Each subscription has an address that nobody can guess and a secret that the hub signs with. Both come from the key of
//! the letters' links, so they are the same after a restart and stand in no file. This knows no HTTP: whoever listens hands
//! over what came, and answers what it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use tokio::sync::mpsc;
use url::form_urlencoded;

/// Deliveries of one hub that may wait to be read; a hub tries again later.
const WAITING: usize = 4;
/// Longest challenge that is repeated to a hub, in bytes.
const MAX_CHALLENGE: usize = 1024;
/// A lease that a hub does not name, in seconds.
const USUAL_LEASE: u64 = 86_400;
/// Shortest and longest lease that is believed, in seconds.
const LEASES: std::ops::RangeInclusive<u64> = 60..=30 * 86_400;

/// A request at one of our addresses.
#[derive(Debug)]
pub struct Call {
    /// The end of the address.
    pub token: String,
    /// What stands behind the `?`.
    pub query: String,
    /// `X-Hub-Signature`, as it came.
    pub signature: Option<String>,
    /// The body of a POST; none for a GET.
    pub body: Option<Vec<u8>>,
}

/// What a source hears of its hub.
#[derive(Debug, PartialEq)]
pub(super) enum News {
    /// The hub has seen that we meant it, and sends what is new for so long.
    Subscribed(Duration),
    /// The hub does not want to.
    Denied(String),
    /// A document that the hub has signed.
    Document(Vec<u8>),
    /// Something whose signature is not the hub's.
    Forged,
}

/// All addresses that are open.
pub struct Callbacks {
    base: String,
    key: SecretSlice<u8>,
    open: Mutex<BTreeMap<String, Open>>,
}

struct Open {
    topic: String,
    secret: String,
    /// We have asked the hub, and it has not come back yet.
    asked: bool,
    news: mpsc::Sender<News>,
}

/// One open address; it is closed when this goes.
pub(super) struct Callback {
    of: Arc<Callbacks>,
    token: String,
    /// Where the hub calls.
    pub(super) address: String,
    /// What the hub signs with.
    pub(super) secret: String,
    /// What it brings.
    pub(super) news: mpsc::Receiver<News>,
}

impl Callbacks {
    /// Addresses below `base`, where the world reaches us, such as `https://groundswell.example.org`. `key` is a secret.
    pub fn new(base: &str, key: &[u8]) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        Self { base, key: key.to_vec().into(), open: Mutex::default() }
    }

    /// Whether there is such an address: ask before a body is read.
    pub fn knows(&self, token: &str) -> bool {
        self.opened().contains_key(token)
    }

    /// Takes a request, and says with which status and words to answer.
    pub fn call(&self, call: Call) -> (u16, String) {
        let mut opened = self.opened();
        let Some(open) = opened.get_mut(&call.token) else {
            return (404, "nobody has subscribed at this address\n".to_owned());
        };
        match call.body {
            None => open.question(&call.query),
            Some(body) => open.delivery(call.signature.as_deref(), body),
        }
    }

    /// Opens the address of a source's subscription.
    pub(super) fn open(self: &Arc<Self>, source: &str, hub: &str, topic: &str) -> Callback {
        let token = self.derived("address", &[source, hub, topic]);
        let token = token.get(..32).unwrap_or(&token).to_owned();
        let secret = self.derived("secret", &[source, hub, topic]);
        let (tell, news) = mpsc::channel(WAITING);
        let open = Open { topic: topic.to_owned(), secret: secret.clone(), asked: false, news: tell };
        self.opened().insert(token.clone(), open);
        Callback { of: Arc::clone(self), address: format!("{}/hub/{token}", self.base), token, secret, news }
    }

    fn derived(&self, what: &str, of: &[&str]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()) else {
            return String::new(); // a key of any length will do
        };
        mac.update(b"groundswell hub 1\n");
        for part in [what].iter().chain(of) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }

    fn opened(&self) -> MutexGuard<'_, BTreeMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Callbacks({})", self.base)
    }
}

impl Callback {
    /// The hub is about to be asked: its question counts from now on.
    pub(super) fn asked(&self) {
        if let Some(open) = self.of.opened().get_mut(&self.token) {
            open.asked = true;
        }
    }
}

impl Drop for Callback {
    fn drop(&mut self) {
        self.of.opened().remove(&self.token);
    }
}

impl Open {
    /// The hub asks whether we meant it. Only what we asked for lately is confirmed, and never an end that we did not ask for.
    fn question(&mut self, query: &str) -> (u16, String) {
        let no = || (404, "we have not asked for that\n".to_owned());
        let said = |key: &str| {
            form_urlencoded::parse(query.as_bytes())
                .find(|(k, _)| k == key)
                .map(|(_, value)| value.into_owned())
        };
        if said("hub.topic").as_deref() != Some(&self.topic) {
            return no();
        }
        match (said("hub.mode").as_deref(), said("hub.challenge")) {
            (Some("denied"), _) => {
                let why = said("hub.reason").unwrap_or_default();
                let _ = self
                    .news
                    .try_send(News::Denied(why.chars().filter(|c| !c.is_control()).take(200).collect()));
                self.asked = false;
                (200, String::new())
            }
            (Some("subscribe"), Some(challenge)) if self.asked && challenge.len() <= MAX_CHALLENGE => {
                let lease = said("hub.lease_seconds").and_then(|s| s.parse().ok()).unwrap_or(USUAL_LEASE);
                let lease = Duration::from_secs(lease.clamp(*LEASES.start(), *LEASES.end()));
                if self.news.try_send(News::Subscribed(lease)).is_err() {
                    return (503, "try again later\n".to_owned());
                }
                self.asked = false;
                (200, challenge)
            }
            _ => no(),
        }
    }

    /// The hub brings something. What is not signed is answered like the rest, as the standard has it, and not read.
    fn delivery(&self, signature: Option<&str>, body: Vec<u8>) -> (u16, String) {
        let genuine = signature.is_some_and(|given| is_signed(given, self.secret.as_bytes(), &body));
        let news = if genuine { News::Document(body) } else { News::Forged };
        match self.news.try_send(news) {
            Ok(()) => (202, String::new()),
            Err(_) if !genuine => (202, String::new()),
            Err(_) => (503, "too much waits to be read; try again later\n".to_owned()),
        }
    }
}

/// Whether `given` (`sha256=…`, or another method of the standard) signs `body`. Compares in constant time.
fn is_signed(given: &str, secret: &[u8], body: &[u8]) -> bool {
    fn check<M: Mac + KeyInit>(secret: &[u8], body: &[u8], given: &[u8]) -> bool {
        let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret) else { return false };
        mac.update(body);
        mac.verify_slice(given).is_ok()
    }
    let Some((method, hex)) = given.trim().split_once('=') else { return false };
    let Some(bytes) = bytes_of(hex.trim()) else { return false };
    match method.to_ascii_lowercase().as_str() {
        // The oldest and most frequent method. As a signature with a secret it has not been broken.
        "sha1" => check::<Hmac<Sha1>>(secret, body, &bytes),
        "sha256" => check::<Hmac<Sha256>>(secret, body, &bytes),
        "sha384" => check::<Hmac<Sha384>>(secret, body, &bytes),
        "sha512" => check::<Hmac<Sha512>>(secret, body, &bytes),
        _ => false,
    }
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || hex.len() > 128 {
        return None;
    }
    let digit = |b: &u8| char::from(*b).to_digit(16);
    hex.as_bytes()
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOPIC: &str = "https://f.example/feed?a=1";

    fn callbacks() -> Arc<Callbacks> {
        Arc::new(Callbacks::new("https://g.example/", b"0123456789abcdef0123456789abcdef"))
    }

    fn question(callback: &Callback, query: &str) -> (u16, String) {
        let call = Call { token: callback.token.clone(), query: query.into(), signature: None, body: None };
        callback.of.call(call)
    }

    fn delivery(callback: &Callback, signature: Option<&str>, body: &[u8]) -> u16 {
        let signature = signature.map(str::to_owned);
        let call = Call {
            token: callback.token.clone(),
            query: String::new(),
            signature,
            body: Some(body.to_vec()),
        };
        callback.of.call(call).0
    }

    #[test]
    fn an_address_is_the_same_after_a_restart_and_nobody_elses() {
        let address = |source: &str, key: &[u8]| {
            let callbacks = Arc::new(Callbacks::new("https://g.example", key));
            let callback = callbacks.open(source, "https://hub.example", TOPIC);
            (callback.address.clone(), callback.secret.clone())
        };
        let one = address("a", b"key");
        assert_eq!(one, address("a", b"key"));
        assert!(one.0.starts_with("https://g.example/hub/") && !one.0.contains(&one.1));
        for other in [address("b", b"key"), address("a", b"yek")] {
            assert!(one.0 != other.0 && one.1 != other.1);
        }
        let callbacks = callbacks();
        let callback = callbacks.open("a", "h", TOPIC);
        let token = callback.token.clone();
        assert!(callbacks.knows(&token));
        drop(callback);
        assert!(!callbacks.knows(&token));
        assert_eq!(callbacks.call(Call { token, query: String::new(), signature: None, body: None }).0, 404);
    }

    #[test]
    fn only_what_we_asked_for_is_confirmed_and_once() {
        let mut callback = callbacks().open("a", "h", TOPIC);
        let query = |mode: &str, topic: &str, more: &str| {
            let topic: String = form_urlencoded::byte_serialize(topic.as_bytes()).collect();
            format!("hub.mode={mode}&hub.topic={topic}&hub.challenge=c%20%3Cb%3E{more}")
        };
        let subscribe = query("subscribe", TOPIC, "&hub.lease_seconds=600");
        assert_eq!(question(&callback, &subscribe).0, 404, "nobody asked yet");
        callback.asked();
        for wrong in
            [query("unsubscribe", TOPIC, ""), query("subscribe", "https://f.example/feed", ""), String::new()]
        {
            assert_eq!(question(&callback, &wrong).0, 404, "{wrong}");
        }
        assert_eq!(question(&callback, &subscribe), (200, "c <b>".into()));
        assert_eq!(callback.news.try_recv(), Ok(News::Subscribed(Duration::from_secs(600))));
        assert_eq!(question(&callback, &subscribe).0, 404, "once");
        callback.asked();
        question(&callback, &query("subscribe", TOPIC, "&hub.lease_seconds=99999999999"));
        assert_eq!(callback.news.try_recv(), Ok(News::Subscribed(Duration::from_secs(30 * 86_400))));
        assert_eq!(question(&callback, &query("denied", TOPIC, "&hub.reason=no%0Aroom")).0, 200);
        assert_eq!(callback.news.try_recv(), Ok(News::Denied("noroom".into())));
        assert!(callback.news.try_recv().is_err());
    }

    #[test]
    fn what_the_hub_did_not_sign_is_not_read() {
        // The second test cases of RFC 2202 and RFC 4231, whose key is "Jefe".
        let body = b"what do ya want for nothing?";
        for given in [
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            "SHA256=5bdcc146bf60754e6a042426089575c75a003f089d2739839DEC58B964EC3843",
        ] {
            assert!(is_signed(given, b"Jefe", body), "{given}");
            assert!(!is_signed(given, b"Jeff", body) && !is_signed(given, b"Jefe", b"what"));
        }
        for bad in [
            "",
            "sha1",
            "sha1=",
            "sha1=zz",
            "md5=effcdf6ae5eb2fa2d27416d5f184df9c",
            "sha1=é",
            "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c",
        ] {
            assert!(!is_signed(bad, b"Jefe", body), "{bad}");
        }
        let mut callback = callbacks().open("a", "h", TOPIC);
        for given in [None, Some("sha1=00")] {
            assert_eq!(delivery(&callback, given, body), 202);
            assert_eq!(callback.news.try_recv(), Ok(News::Forged));
        }
        let mut mac = <Hmac<Sha512> as KeyInit>::new_from_slice(callback.secret.as_bytes()).unwrap();
        mac.update(body);
        let hex: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
        let signed = format!("sha512={hex}");
        let answers: Vec<u16> = (0..=WAITING).map(|_| delivery(&callback, Some(&signed), body)).collect();
        assert_eq!(
            answers,
            [202, 202, 202, 202, 503],
            "a hub is asked to wait, and nothing is dropped unsaid"
        );
        assert_eq!(callback.news.try_recv(), Ok(News::Document(body.to_vec())));
        assert!(!format!("{:?}", callback.of).contains(&callback.secret));
    }
}
