//! A letter: an e-mail before it is turned into bytes.

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// One e-mail to the people of one team.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// Message-ID without angle brackets: derived from alert, event and team, so that a repeat is recognised.
    pub message_id: String,
    /// Message-ID of the thread's first letter, unless this is it.
    pub in_reply_to: Option<String>,
    /// Value of List-Id without brackets: a name for filters, such as `mini-9.groundswell.example.org`.
    pub list_id: String,
    /// Id of the alert, for the header `X-Groundswell-Alert`.
    pub alert: String,
    /// When it was written.
    pub date: Timestamp,
    /// The time zone that this is told in; UTC where none is named.
    #[serde(default)]
    pub zone: Option<String>,
    /// Addresses.
    pub to: Vec<String>,
    /// The one of them that this copy is for, where each gets a copy of its own.
    #[serde(default)]
    pub reader: Option<Reader>,
    /// Stands alone on a lock screen.
    pub subject: String,
    /// The plain text: equal in content to the HTML.
    pub text: String,
    /// The HTML. Its pictures are named `cid:…`.
    pub html: String,
    /// Pictures that go with it.
    pub pictures: Vec<Picture>,
    /// Why an overridden template could not be used, if so: the built-in one took its place.
    #[serde(default)]
    pub fallback: Option<String>,
}

/// Whom a copy of a letter is for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reader {
    /// The address.
    pub address: String,
    /// Where a POST takes the address off the list (RFC 8058).
    pub unsubscribe: String,
}

/// A picture inside of a letter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Its name in `cid:` addresses.
    pub cid: String,
    /// PNG.
    pub png: Vec<u8>,
}
