//! Events of Bluesky's Jetstream, in both versions of its protocol, read into posts.
//!
//! A post is called `did/rkey`: the account and the record's key in it, which together never change.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::facets::with_whole_links;
use crate::edges::sources::shape::{post_text, written};
use crate::ground::account::Standing;
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{Timestamp, from_ms};

/// The collection of posts.
pub(super) const POSTS: &str = "app.bsky.feed.post";
/// Longest account name or record key.
const MAX_NAME_BYTES: usize = 2048;

/// Which protocol a server speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// `/subscribe`.
    One,
    /// `/xrpc/network.bsky.jetstream.subscribeEvents`, the rewrite of 2026.
    Two,
}

/// What one frame holds.
#[derive(Debug)]
pub(super) enum Frame {
    /// An event.
    Event(Event),
    /// A remark of the server about the stream, such as `OutdatedCursor`.
    Info {
        /// Its name.
        name: String,
        /// What it says to people.
        message: String,
    },
    /// The server ends the stream, and says why.
    Failure {
        /// Its name, such as `ConsumerTooSlow`.
        name: String,
        /// What it says to people.
        message: String,
    },
}

/// One event.
#[derive(Debug)]
pub(super) struct Event {
    /// When the server saw it, in microseconds since 1970; not exactly in order, and not unique.
    pub(super) time_us: i64,
    /// The server's number for it: its own, and given anew when its archive is.
    pub(super) seq: Option<i64>,
    /// What makes this event this event, as a hash: account, collection, record, revision and operation.
    pub(super) mark: u64,
    /// The record that it is about, as a hash.
    pub(super) record: u64,
    /// The revision of the account's records: later ones are greater, as text. Empty where there is none.
    pub(super) rev: String,
    /// What it says.
    pub(super) says: Says,
}

/// What an event says.
#[derive(Debug)]
pub(super) enum Says {
    /// Somebody wrote.
    Created(Box<Post>),
    /// Somebody changed what they wrote, or took it back.
    Changed(Incoming),
    /// An account was removed, hidden, or let back in.
    Account {
        /// The account.
        did: String,
        /// How it stands now.
        standing: Standing,
    },
    /// Something we do not listen to.
    Nothing,
}

/// Why an event could not be read; it is dropped, and the stream goes on.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum EventError {
    #[error("the event is not of the expected form: {0}")]
    Form(String),
    #[error("the event is about \"{0}\", which is no account or record")]
    Name(String),
}

/// A frame of the first version.
#[derive(Deserialize)]
struct WireOne<'a> {
    #[serde(borrow)]
    did: Cow<'a, str>,
    time_us: i64,
    cursor: Option<i64>,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    commit: Option<Commit<'a>>,
    #[serde(borrow)]
    account: Option<Account<'a>>,
}

/// A frame of the second: a message in an envelope, or an error.
#[derive(Deserialize)]
struct WireTwo<'a> {
    #[serde(rename = "$type", borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    payload: Option<Payload<'a>>,
    #[serde(borrow, default)]
    error: Cow<'a, str>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(rename = "$type", borrow)]
    kind: Cow<'a, str>,
    seq: Option<i64>,
    #[serde(borrow, default)]
    did: Cow<'a, str>,
    #[serde(borrow, default)]
    time: Cow<'a, str>,
    #[serde(borrow, default)]
    witnessed_at: Cow<'a, str>,
    #[serde(borrow, default)]
    rev: Cow<'a, str>,
    #[serde(borrow, default)]
    operation: Cow<'a, str>,
    #[serde(borrow, default)]
    collection: Cow<'a, str>,
    #[serde(borrow, default)]
    rkey: Cow<'a, str>,
    #[serde(borrow)]
    record: Option<&'a RawValue>,
    #[serde(borrow)]
    account: Option<Account<'a>>,
    #[serde(borrow, default)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    message: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Commit<'a> {
    #[serde(borrow, default)]
    rev: Cow<'a, str>,
    #[serde(borrow)]
    operation: Cow<'a, str>,
    #[serde(borrow)]
    collection: Cow<'a, str>,
    #[serde(borrow)]
    rkey: Cow<'a, str>,
    #[serde(borrow)]
    record: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow, default)]
    text: Cow<'a, str>,
    #[serde(borrow, default)]
    created_at: Cow<'a, str>,
    #[serde(default)]
    langs: Vec<String>,
    #[serde(borrow)]
    reply: Option<Reply<'a>>,
    #[serde(borrow)]
    facets: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Reply<'a> {
    #[serde(borrow)]
    parent: Parent<'a>,
}

#[derive(Deserialize)]
struct Parent<'a> {
    #[serde(borrow)]
    uri: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Account<'a> {
    active: bool,
    #[serde(borrow, default)]
    status: Cow<'a, str>,
    /// When the account's own server said so: the same from whichever Jetstream it comes.
    #[serde(borrow, default)]
    time: Cow<'a, str>,
}

/// What all versions say, in one form.
struct Told<'a> {
    did: Cow<'a, str>,
    time_us: i64,
    seq: Option<i64>,
    commit: Option<Commit<'a>>,
    account: Option<Account<'a>>,
}

/// Reads one frame that arrived at `now` for the source called `source`.
///
/// # Errors
/// It is no event, or names things in a way that cannot be.
pub(super) fn read(frame: &str, version: Version, source: &str, now: Timestamp) -> Result<Frame, EventError> {
    let told = match version {
        Version::One => {
            let wire: WireOne<'_> = from_json(frame)?;
            let WireOne { did, time_us, cursor, kind, commit, account } = wire;
            Told {
                did,
                time_us,
                seq: cursor,
                commit: commit.filter(|_| kind == "commit"),
                account: account.filter(|_| kind == "account"),
            }
        }
        Version::Two => match open(from_json(frame)?)? {
            Opened::Told(told) => told,
            Opened::Other(frame) => return Ok(frame),
        },
    };
    lower(told, source, now).map(Frame::Event)
}

enum Opened<'a> {
    Told(Told<'a>),
    Other(Frame),
}

/// Takes a message of the second version out of its envelope.
fn open(wire: WireTwo<'_>) -> Result<Opened<'_>, EventError> {
    if wire.kind == "error" {
        let (name, message) = (wire.error.into_owned(), wire.message.into_owned());
        return Ok(Opened::Other(Frame::Failure { name, message }));
    }
    let payload = wire
        .payload
        .filter(|_| wire.kind == "message")
        .ok_or_else(|| EventError::Form(format!("its `$type` is \"{}\"", wire.kind)))?;
    let kind = payload.kind.rsplit('#').next().unwrap_or_default();
    if kind == "info" {
        let (name, message) = (payload.name.into_owned(), payload.message.into_owned());
        return Ok(Opened::Other(Frame::Info { name, message }));
    }
    // `time` may have been set by whoever runs the server; what it saw itself is what a position means.
    let seen = if payload.witnessed_at.is_empty() { &payload.time } else { &payload.witnessed_at };
    let seen: Timestamp =
        seen.parse().map_err(|_| EventError::Form(format!("`time` is \"{seen}\", which is no date")))?;
    let (is_commit, is_account) = (kind == "commit", kind == "account");
    Ok(Opened::Told(Told {
        did: payload.did,
        time_us: seen.as_microsecond(),
        seq: payload.seq,
        commit: is_commit.then_some(Commit {
            rev: payload.rev,
            operation: payload.operation,
            collection: payload.collection,
            rkey: payload.rkey,
            record: payload.record,
        }),
        account: payload.account.filter(|_| is_account),
    }))
}

fn from_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, EventError> {
    serde_json::from_str(json).map_err(|e| EventError::Form(e.to_string()))
}

fn lower(told: Told<'_>, source: &str, now: Timestamp) -> Result<Event, EventError> {
    let Told { did, time_us, seq, commit, account } = told;
    let event = |mark, record, rev, says| Event { time_us, seq, mark, record, rev, says };
    if let Some(commit) = commit {
        let mark = hash(&[&did, &commit.collection, &commit.rkey, &commit.rev, &commit.operation]);
        let record = hash(&[&did, &commit.collection, &commit.rkey]);
        let rev = commit.rev.to_string();
        return Ok(event(mark, record, rev, read_commit(&did, time_us, commit, source, now)?));
    }
    if let Some(account) = account {
        check_name(&did, did.starts_with("did:"))?;
        let time = time_us.to_string();
        let when = if account.time.is_empty() { &*time } else { &*account.time };
        let active = if account.active { "active" } else { "" };
        let mark = hash(&[&did, "account", &account.status, active, when]);
        let says = match standing(&account) {
            Some(standing) => Says::Account { did: did.into_owned(), standing },
            None => Says::Nothing,
        };
        return Ok(event(mark, 0, String::new(), says));
    }
    Ok(event(hash(&[&did, &time_us.to_string()]), 0, String::new(), Says::Nothing))
}

/// How an account stands; nothing where it is only the servers among themselves that have a problem with it.
fn standing(account: &Account<'_>) -> Option<Standing> {
    match &*account.status {
        "desynchronized" | "throttled" => None,
        _ if account.active => Some(Standing::Active),
        "deleted" => Some(Standing::Deleted),
        // takendown, suspended, deactivated, and whatever they will think of
        _ => Some(Standing::Hidden),
    }
}

fn check_name(name: &str, form: bool) -> Result<(), EventError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b":._~%-".contains(&b);
    if form && name.len() <= MAX_NAME_BYTES && name.bytes().all(plain) {
        Ok(())
    } else {
        Err(EventError::Name(name.chars().take(100).collect()))
    }
}

fn read_commit(
    did: &str,
    time_us: i64,
    commit: Commit<'_>,
    source: &str,
    now: Timestamp,
) -> Result<Says, EventError> {
    if commit.collection != POSTS {
        return Ok(Says::Nothing);
    }
    check_name(did, did.starts_with("did:"))?;
    check_name(&commit.rkey, !commit.rkey.is_empty())?;
    let id = format!("{did}/{}", commit.rkey);
    let delete = |id| Ok(Says::Changed(Incoming::Delete(PostKey { source: source.to_owned(), id })));
    let is_edit = match (&*commit.operation, commit.record) {
        ("delete", _) => return delete(id),
        ("create", Some(_)) => false,
        ("update", Some(_)) => true,
        (operation, _) => {
            let why = format!("`operation` is \"{operation}\" and there is no record to it");
            return Err(EventError::Form(why));
        }
    };
    let record: Record<'_> = from_json(commit.record.map_or("", RawValue::get))?;
    if record.text.trim().is_empty() {
        // A picture without words. An edit that took the words away takes the post away.
        return if is_edit { delete(id) } else { Ok(Says::Nothing) };
    }
    // Nobody has written what the server saw before it saw it.
    let seen = from_us(time_us).min(now);
    let said = record.created_at.parse().ok();
    let text = match record.facets {
        Some(facets) => with_whole_links(&record.text, facets.get()),
        None => record.text,
    };
    let post = Box::new(Post {
        url: Some(format!("https://bsky.app/profile/{did}/post/{}", commit.rkey)),
        id,
        source: source.to_owned(),
        author: Some(did.to_owned()),
        author_name: None,
        followers: None,
        text: post_text(text.into_owned()),
        title: None,
        created_at: written(said, seen, seen),
        arrived_at: now,
        lang: record.langs.into_iter().next().filter(|l| !l.is_empty() && l.len() <= 64),
        region: None,
        in_reply_to: record.reply.map(|r| post_id(&r.parent.uri)),
        repost_of: None,
        rating: None,
    });
    Ok(if is_edit { Says::Changed(Incoming::Post(post)) } else { Says::Created(post) })
}

/// The id of the post at `at://did/app.bsky.feed.post/rkey`; of anything else, the address as it is.
fn post_id(uri: &str) -> String {
    let mut parts = uri.strip_prefix("at://").unwrap_or_default().split('/');
    let mut id = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(did), Some(POSTS), Some(rkey), None) => format!("{did}/{rkey}"),
        _ => uri.to_owned(),
    };
    crate::edges::sources::shape::cut(&mut id, 2 * MAX_NAME_BYTES);
    id
}

/// The instant that the server's clock shows.
pub(super) fn from_us(time_us: i64) -> Timestamp {
    from_ms(time_us.div_euclid(1000))
}

fn hash(parts: &[&str]) -> u64 {
    parts.iter().fold(0, |mark, part| xxh3_64_with_seed(part.as_bytes(), mark))
}

#[cfg(test)]
mod tests;
