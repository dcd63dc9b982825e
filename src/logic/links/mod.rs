//! The links of a letter: whoever holds one may take the step that it names, and no other, until it expires. A link is a
//! token of two parts: what it is for, and an HMAC-SHA256 over that with a key that never leaves the machine.
//!
//! Following a link changes nothing: mail scanners do it. The page behind it asks once ([`decide`] says what it is asked).

mod decide;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

pub use decide::{Already, called_no_issue, decide, ended_by, those_who_left};

use crate::ground::language::Language;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// Days for which the steps of an alert's letter may be taken.
pub const ACTION_DAYS: i64 = 30;
/// Days for which the way off a list works: RFC 8058 wants it to outlive the letter's usefulness.
pub const LEAVE_DAYS: i64 = 400;
/// A silence that is asked for by a link lasts so many days.
pub const SILENCE_DAYS: i64 = 7;
/// Bytes that a key has at the least.
pub const KEY_BYTES: usize = 32;
/// Longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 2_048;
/// Said before what is signed, so that a signature made for something else under the same key is none here.
const DOMAIN: &[u8] = b"groundswell link 1\n";

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Somebody has seen the alert.
    Acknowledge,
    /// It is not an issue.
    NotAnIssue,
    /// No letters about it for seven days.
    Silence,
    /// It is fixed.
    Fixed,
    /// No letters of this team to this address any more.
    Leave,
    /// Letters about the alert again: takes [`Purpose::Silence`] back.
    Unsilence,
    /// It is an issue after all: takes [`Purpose::NotAnIssue`] back.
    AnIssue,
    /// Letters of this team to this address again: takes [`Purpose::Leave`] back.
    ComeBack,
}

impl Purpose {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Acknowledge,
        Self::NotAnIssue,
        Self::Silence,
        Self::Fixed,
        Self::Leave,
        Self::Unsilence,
        Self::AnIssue,
        Self::ComeBack,
    ];
}

/// What one link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// Id of the alert; empty where it is about none.
    pub alert: String,
    /// Id of the team whose letter it stands in.
    pub team: String,
    /// The address that the letter went to.
    pub address: String,
    /// The language of that letter, which its pages speak too.
    pub language: Language,
    /// It works until then.
    pub expires: Timestamp,
}

/// What is signed.
#[derive(Deserialize)]
#[serde(untagged)]
enum Said {
    English(Purpose, String, String, String, i64),
    In(Purpose, String, String, String, i64, Language),
}

/// Why a link does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It was not made here, or not as it is now: cut off, changed, or signed with another key.
    Forged,
    /// It was good once.
    Expired(Link),
}

/// The key that links are signed with. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(Vec<u8>);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// A key of these bytes; `None` when they are fewer than [`KEY_BYTES`], which could be guessed.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() >= KEY_BYTES).then(|| Self(bytes.to_vec()))
    }

    /// The link as a token that fits an address on the web.
    pub fn sign(&self, link: &Link) -> String {
        let said = (link.purpose, &link.alert, &link.team, &link.address, link.expires.as_second());
        // English goes without saying: so links read as they did before letters spoke other languages.
        let said = match link.language {
            Language::English => serde_json::to_vec(&said),
            language => serde_json::to_vec(&(said.0, said.1, said.2, said.3, said.4, language)),
        };
        let said = said.unwrap_or_default();
        let signature = self.mac(&said).map(|mac| mac.finalize().into_bytes());
        let signature = signature.map(|bytes| URL_SAFE_NO_PAD.encode(bytes)).unwrap_or_default();
        format!("{}.{signature}", URL_SAFE_NO_PAD.encode(said))
    }

    /// What a token says, if it was made with this key and holds at `now`. A wrong signature takes as long as a right one.
    ///
    /// # Errors
    /// The token is none of ours, or has expired.
    pub fn read(&self, token: &str, now: Timestamp) -> Result<Link, Refused> {
        let read = || {
            let (said, signature) = token.get(..token.len().min(MAX_TOKEN))?.split_once('.')?;
            let (said, signature) =
                (URL_SAFE_NO_PAD.decode(said).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
            self.mac(&said)?.verify_slice(&signature).ok()?;
            let (purpose, alert, team, address, expires, language) =
                match serde_json::from_slice(&said).ok()? {
                    Said::English(purpose, alert, team, address, expires) => {
                        (purpose, alert, team, address, expires, Language::English)
                    }
                    Said::In(purpose, alert, team, address, expires, language) => {
                        (purpose, alert, team, address, expires, language)
                    }
                };
            let expires = Timestamp::from_second(expires).ok()?;
            Some(Link { purpose, alert, team, address, language, expires })
        };
        match read() {
            None => Err(Refused::Forged),
            Some(link) if now >= link.expires => Err(Refused::Expired(link)),
            Some(link) => Ok(link),
        }
    }

    /// Another key for another purpose, from which this one cannot be told.
    pub fn derived(&self, purpose: &str) -> Vec<u8> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).ok().map(|mut mac| {
            mac.update(b"groundswell key for ");
            mac.update(purpose.as_bytes());
            mac.finalize().into_bytes().to_vec()
        });
        mac.unwrap_or_default()
    }

    fn mac(&self, said: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(DOMAIN);
        mac.update(said);
        Some(mac)
    }
}

impl Purpose {
    /// What takes it back, where there is something: seen is seen, and what is called fixed is watched.
    pub fn undo(self) -> Option<Self> {
        match self {
            Self::Silence => Some(Self::Unsilence),
            Self::NotAnIssue => Some(Self::AnIssue),
            Self::Leave => Some(Self::ComeBack),
            Self::Acknowledge | Self::Fixed | Self::Unsilence | Self::AnIssue | Self::ComeBack => None,
        }
    }

    /// How long a link of this kind works that was made at `made_at`.
    pub fn expires(self, made_at: Timestamp) -> Timestamp {
        let days = if self == Self::Leave { LEAVE_DAYS } else { ACTION_DAYS };
        plus_ms(made_at, days * DAY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> Key {
        Key::new(&[7; 32]).unwrap()
    }

    fn link() -> Link {
        Link {
            purpose: Purpose::Silence,
            alert: "mini-9-20250317-7f3a".into(),
            team: "netbooks".into(),
            address: "ana@example.org".into(),
            language: Language::English,
            expires: "2025-04-16T09:20:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn what_was_signed_is_read_back_until_it_expires() {
        let token = key().sign(&link());
        assert!(token.len() < 250 && token.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)));
        assert_eq!(key().read(&token, "2025-04-16T09:19:59Z".parse().unwrap()), Ok(link()));
        let late = "2025-04-16T09:20:00Z".parse().unwrap();
        assert_eq!(key().read(&token, late), Err(Refused::Expired(link())));
    }

    #[test]
    fn a_link_knows_the_language_of_its_letter() {
        let now = "2025-03-17T09:20:00Z".parse().unwrap();
        for language in Language::ALL {
            let link = Link { language, ..link() };
            assert_eq!(key().read(&key().sign(&link), now), Ok(link));
        }
    }

    #[test]
    fn another_key_or_another_purpose_is_no_signature() {
        let now = "2025-03-17T09:20:00Z".parse().unwrap();
        assert_eq!(Key::new(&[8; 32]).unwrap().read(&key().sign(&link()), now), Err(Refused::Forged));
        let other = key().sign(&Link { purpose: Purpose::NotAnIssue, ..link() });
        let (ours, theirs) = (key().sign(&link()), other);
        let mixed = format!("{}.{}", theirs.split_once('.').unwrap().0, ours.split_once('.').unwrap().1);
        assert_eq!(key().read(&mixed, now), Err(Refused::Forged));
        assert!(Key::new(&[7; 31]).is_none());
        assert_eq!(format!("{:?}", key()), "Key(…)");
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // Computed by Python's hmac over the same bytes, so that a change of the form is noticed.
        let said = URL_SAFE_NO_PAD.decode(key().sign(&link()).split_once('.').unwrap().0).unwrap();
        insta::assert_snapshot!(String::from_utf8(said).unwrap(), @r#"["silence","mini-9-20250317-7f3a","netbooks","ana@example.org",1744795200]"#);
        insta::assert_snapshot!(key().sign(&link()).split_once('.').unwrap().1, @"3sr3tEzPX7zaSpfriZ7F-wOph6_-AD8ugUsnUbFyF6A");
    }

    proptest! {
        #[test]
        fn a_changed_token_is_forged(at in 0_usize..200, with in "[A-Za-z0-9_.-]") {
            let token = key().sign(&link());
            let at = at % token.len();
            prop_assume!(token[at..=at] != with);
            let mut changed = token.clone();
            changed.replace_range(at..=at, &with);
            let read = key().read(&changed, "2025-03-17T09:20:00Z".parse().unwrap());
            // The last letter of a base64 text holds bits that mean nothing; such a token is refused too.
            prop_assert_eq!(read, Err(Refused::Forged));
        }

        #[test]
        fn whatever_is_asked_nothing_breaks(token in "\\PC{0,80}|[A-Za-z0-9_-]{0,60}\\.[A-Za-z0-9_-]{0,60}") {
            prop_assert_eq!(key().read(&token, Timestamp::UNIX_EPOCH), Err(Refused::Forged));
        }
    }
}
