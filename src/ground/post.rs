//! A post: what one person said in public, as a source hands it over, and the one-line JSON it travels in.

use serde::{Deserialize, Serialize};

use super::plain::plain;
use super::time::{Timestamp, whole_ms};

pub use super::plain::MAX_TEXT_BYTES;

/// Longest line of JSONL that is read, in bytes. A longer one is rejected, not truncated: its JSON would be broken.
pub const MAX_LINE_BYTES: usize = 1 << 20;
/// Longest id or source name, in bytes.
pub const MAX_ID_BYTES: usize = 1024;
/// Posts written before this year are taken for a broken date.
const FIRST_YEAR: i16 = 1990;
/// Posts written after this year are taken for a broken date.
const LAST_YEAR: i16 = 2200;

/// What makes a post this post: `(source, id)` is unique.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PostKey {
    /// Name of the source, such as `bluesky`.
    pub source: String,
    /// The source's own id of the post.
    pub id: String,
}

/// What one person said in public.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// The source's own id of the post.
    pub id: String,
    /// Name of the source.
    pub source: String,
    /// Who wrote it, as the source names people; absent where the source does not say.
    pub author: Option<String>,
    /// The name people see.
    pub author_name: Option<String>,
    /// How many people follow the author: the reach.
    pub followers: Option<u64>,
    /// What was said: plain text.
    pub text: String,
    /// Heading, where the source has one.
    pub title: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it reached us. Never earlier than [`Post::created_at`].
    pub arrived_at: Timestamp,
    /// Language as the source declares it (BCP 47), if it does.
    pub lang: Option<String>,
    /// Region as the source declares it (ISO 3166), if it does.
    pub region: Option<String>,
    /// Id of the post that this one answers.
    pub in_reply_to: Option<String>,
    /// Id of the post that this one repeats.
    pub repost_of: Option<String>,
    /// Stars given, 1 to 5.
    pub rating: Option<f64>,
}

impl Post {
    /// What makes two versions of a post the same: all but the time of arrival and the number of followers, which changes
    /// without the post being any other.
    pub fn content_hash(&self) -> u64 {
        let same = Self { arrived_at: Timestamp::UNIX_EPOCH, followers: None, ..self.clone() };
        xxhash_rust::xxh3::xxh3_64(&serde_json::to_vec(&same).unwrap_or_default())
    }

    /// What makes this post this post.
    pub fn key(&self) -> PostKey {
        PostKey { source: self.source.clone(), id: self.id.clone() }
    }

    /// Title and text as one, the title first: what rules and cues look at.
    pub fn full_text(&self) -> std::borrow::Cow<'_, str> {
        match &self.title {
            Some(title) if !title.is_empty() => format!("{title}\n{}", self.text).into(),
            _ => self.text.as_str().into(),
        }
    }

    /// The voice that speaks: the author, or the post itself where the source names nobody.
    pub fn voice(&self) -> String {
        match &self.author {
            Some(author) => format!("{}/{author}", self.source),
            None => format!("{}#{}", self.source, self.id),
        }
    }
}

/// What one line says: somebody wrote, or something written is gone.
#[derive(Clone, Debug, PartialEq)]
pub enum Incoming {
    /// A new post, or a newer version of a known one.
    Post(Box<Post>),
    /// The platform says that this post was deleted.
    Delete(PostKey),
}

/// Why a line could not be read as a post. The message names the cause in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum LineError {
    /// The line is over [`MAX_LINE_BYTES`].
    #[error("the line is {bytes} bytes long; at most {MAX_LINE_BYTES} are read")]
    TooLong {
        /// Length of the line, or of what was seen of it.
        bytes: usize,
    },
    /// The bytes are no UTF-8.
    #[error("the line is not UTF-8 (the first wrong byte is at {at})")]
    NotUtf8 {
        /// Offset of the first wrong byte.
        at: usize,
    },
    /// The line is no JSON object of the expected form.
    #[error("the line is not a post as JSON: {reason}")]
    NotJson {
        /// What is wrong and where, in plain words.
        reason: String,
    },
    /// A required field is absent or empty.
    #[error("the post has no `{field}`")]
    Missing {
        /// Name of the field.
        field: &'static str,
    },
    /// An id is too long to be one.
    #[error("`{field}` is {bytes} bytes long; at most {MAX_ID_BYTES} are read")]
    LongId {
        /// Name of the field.
        field: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// A date is outside of what can be a post's.
    #[error(
        "`{field}` is {value}, which is no moment between {FIRST_YEAR} and {LAST_YEAR}; write it as 2025-01-06T00:47:16Z"
    )]
    BadDate {
        /// Name of the field.
        field: &'static str,
        /// The date as given.
        value: String,
    },
    /// `op` is something else than `delete`.
    #[error("`op` is \"{op}\"; only \"delete\" is known")]
    UnknownOp {
        /// The operation as given.
        op: String,
    },
}

/// Reads one line of JSONL. `arrived` is the time of arrival where the line may not say it itself
/// (live sources); `None` takes the line's `arrived_at`, or else `created_at` (import, backtest).
///
/// # Errors
/// The line is too long, no UTF-8, no JSON, lacks a required field, or has an impossible date.
pub fn parse_line(line: &[u8], arrived: Option<Timestamp>) -> Result<Incoming, LineError> {
    if line.len() > MAX_LINE_BYTES {
        return Err(LineError::TooLong { bytes: line.len() });
    }
    let text = std::str::from_utf8(line).map_err(|e| LineError::NotUtf8 { at: e.valid_up_to() })?;
    if !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return Err(LineError::NotJson { reason: "it does not begin with {".to_owned() });
    }
    let wire: Wire = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|e| LineError::NotJson { reason: super::json_words::plain(&e) })?;
    wire.lower(arrived)
}

/// The line as it travels. Everything is optional here, so that an error can name the field that lacks.
#[derive(Deserialize)]
struct Wire {
    op: Option<String>,
    id: Option<Id>,
    source: Option<String>,
    author: Option<Id>,
    author_name: Option<String>,
    followers: Option<f64>,
    text: Option<String>,
    title: Option<String>,
    url: Option<String>,
    created_at: Option<String>,
    arrived_at: Option<String>,
    lang: Option<String>,
    region: Option<String>,
    in_reply_to: Option<Id>,
    repost_of: Option<Id>,
    rating: Option<f64>,
}

/// Ids are strings; numbers are taken as their digits, since exports from other tools write them so.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(serde_json::Number),
}

impl Id {
    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text).filter(|t| !t.is_empty()),
            Self::Number(number) => Some(number.to_string()),
        }
    }
}

impl Incoming {
    /// The same, as if a date after `now` had been `now`.
    pub fn no_later_than(self, now: Timestamp) -> Self {
        match self {
            Self::Post(mut post) => {
                post.created_at = post.created_at.min(now);
                post.arrived_at = post.arrived_at.min(now);
                Self::Post(post)
            }
            delete @ Self::Delete(_) => delete,
        }
    }
}

impl Post {
    /// Takes away what hides words, and what terminals obey.
    #[must_use]
    pub fn plain(mut self) -> Self {
        self.text = plain(self.text);
        self.title = self.title.map(plain);
        self
    }
}

impl Wire {
    fn lower(self, arrived: Option<Timestamp>) -> Result<Incoming, LineError> {
        let id = self.id.and_then(Id::into_text).ok_or(LineError::Missing { field: "id" })?;
        let source = self.source.filter(|s| !s.is_empty()).ok_or(LineError::Missing { field: "source" })?;
        for (field, value) in [("id", &id), ("source", &source)] {
            if value.len() > MAX_ID_BYTES {
                return Err(LineError::LongId { field, bytes: value.len() });
            }
        }
        match self.op.as_deref() {
            None | Some("post" | "update") => {}
            Some("delete") => return Ok(Incoming::Delete(PostKey { source, id })),
            Some(op) => return Err(LineError::UnknownOp { op: op.to_owned() }),
        }
        let text = plain(self.text.ok_or(LineError::Missing { field: "text" })?);
        let title = self.title.map(plain).filter(|t| !t.trim().is_empty());
        if text.trim().is_empty() && title.is_none() {
            return Err(LineError::Missing { field: "text" });
        }
        let written = self.created_at.ok_or(LineError::Missing { field: "created_at" })?;
        let written = parse_date("created_at", &written)?;
        let said_arrival = self.arrived_at.map(|at| parse_date("arrived_at", &at)).transpose()?;
        let arrived_at = arrived.or(said_arrival).unwrap_or(written);
        // A post cannot be written after it arrived: the author's clock is wrong, ours is believed.
        let created_at = written.min(arrived_at);
        Ok(Incoming::Post(Box::new(Post {
            id,
            source,
            author: self.author.and_then(Id::into_text),
            author_name: self.author_name.filter(|n| !n.is_empty()),
            followers: self.followers.filter(|f| *f >= 0.0).map(|f| f as u64),
            text,
            title,
            url: self.url.filter(|u| !u.is_empty()),
            created_at: whole_ms(created_at),
            arrived_at: whole_ms(arrived_at),
            lang: self.lang.filter(|l| l.chars().any(char::is_alphanumeric)),
            // What shows nothing names no place.
            region: self.region.filter(|r| r.chars().any(char::is_alphanumeric)),
            in_reply_to: self.in_reply_to.and_then(Id::into_text),
            repost_of: self.repost_of.and_then(Id::into_text),
            rating: self.rating.filter(|r| r.is_finite()),
        })))
    }
}

fn parse_date(field: &'static str, value: &str) -> Result<Timestamp, LineError> {
    let bad = || LineError::BadDate { field, value: value.to_owned() };
    let at: Timestamp = value.parse().map_err(|_| bad())?;
    let year = at.to_zoned(jiff::tz::TimeZone::UTC).year();
    if (FIRST_YEAR..=LAST_YEAR).contains(&year) { Ok(at) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(json: &str) -> Result<Incoming, LineError> {
        parse_line(json.as_bytes(), None)
    }

    #[test]
    fn nobody_has_written_tomorrow() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let post = line(r#"{"id":"1","source":"s","text":"t","created_at":"2199-01-01T00:00:00Z"}"#).unwrap();
        let Incoming::Post(post) = post.no_later_than(now) else { unreachable!() };
        assert_eq!((post.created_at, post.arrived_at), (now, now));
    }

    #[test]
    fn the_smallest_post_is_read_and_arrives_when_it_was_written() {
        let Incoming::Post(post) =
            line(r#"{"id":"1","source":"s","text":"t","created_at":"2025-01-06T00:47:16Z","other":[1]}"#)
                .unwrap()
        else {
            panic!("not a post")
        };
        assert_eq!(post.arrived_at, post.created_at);
        assert_eq!(post.voice(), "s#1");
    }

    #[test]
    fn a_region_or_language_that_shows_nothing_is_none() {
        let line = r#"{"id": "1", "source": "s", "text": "t", "created_at": "2025-01-06T00:00:00Z", "region": "\u0000", "lang": " "}"#;
        let Ok(Incoming::Post(post)) = parse_line(line.as_bytes(), None) else { panic!("no post") };
        assert_eq!((post.region, post.lang), (None, None));
    }

    #[test]
    fn a_post_from_the_future_is_written_when_it_arrived() {
        let now: Timestamp = "2025-01-06T00:00:00Z".parse().unwrap();
        let Incoming::Post(post) =
            parse_line(br#"{"id":1,"source":"s","text":"t","created_at":"2031-01-06T00:00:00Z"}"#, Some(now))
                .unwrap()
        else {
            panic!("not a post")
        };
        assert_eq!((post.created_at, post.id.as_str()), (now, "1"));
    }

    #[test]
    fn every_bad_line_says_what_is_wrong_with_it() {
        let cases: &[(&str, &str)] = &[
            (r#"{"id":"1","source":"s","text":"cut in ha"#, "it breaks off after 40 characters"),
            (r#"{"source":"s","text":"t"}"#, "no `id`"),
            (r#"{"id":"1","source":"s","text":" ","created_at":"2025-01-06T00:00:00Z"}"#, "no `text`"),
            (
                r#"{"id":"1","source":"s","text":"\u001b[2J","created_at":"2025-01-06T00:00:00Z"}"#,
                "no `text`",
            ),
            (r#"{"id":"1","source":"s","text":"t"}"#, "no `created_at`"),
            (r#"{"id":"1","source":"s","text":"t","created_at":"0000-01-06T00:00:00Z"}"#, "0000-01-06"),
            (r#"{"id":"1","source":"s","text":"t","created_at":"9999-01-06T00:00:00Z"}"#, "9999-01-06"),
            (r#"{"id":"1","source":"s","text":"t","created_at":"yesterday"}"#, "yesterday"),
            (r#"{"op":"burn","id":"1","source":"s"}"#, "\"burn\""),
            ("[]", "not a post as JSON"),
        ];
        for (json, expected) in cases {
            let said = line(json).unwrap_err().to_string();
            assert!(said.contains(expected), "{json}\n said: {said}");
        }
        assert!(parse_line(b"\"\xff\"", None).unwrap_err().to_string().contains("byte is at 1"));
        let long = vec![b'x'; MAX_LINE_BYTES + 1];
        assert!(parse_line(&long, None).unwrap_err().to_string().contains("at most 1048576"));
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_at_a_character() {
        let text = "é".repeat(MAX_TEXT_BYTES);
        let json =
            format!(r#"{{"id":"1","source":"s","text":"{text}","created_at":"2025-01-06T00:00:00Z"}}"#);
        let Incoming::Post(post) = line(&json).unwrap() else { panic!("not a post") };
        assert_eq!(post.text.len(), MAX_TEXT_BYTES);
    }
}
