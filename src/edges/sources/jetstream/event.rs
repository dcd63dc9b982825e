//! Events of Bluesky's Jetstream (the first version of its protocol), read into posts.
//!
//! A post is called `did/rkey`: the account and the record's key in it, which together never change.

use std::borrow::Cow;

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::edges::sources::shape::{post_text, written};
use crate::ground::post::{Incoming, Post, PostKey};
use crate::ground::time::{Timestamp, from_ms};

/// The collection of posts.
pub(super) const POSTS: &str = "app.bsky.feed.post";
/// Longest account name or record key.
const MAX_NAME_BYTES: usize = 2048;

/// One event.
#[derive(Debug)]
pub(super) struct Event {
    /// When the server saw it, in microseconds since 1970; not exactly in order, and not unique.
    pub(super) time_us: i64,
    /// What makes this event this event, as a hash: account, record, revision and operation.
    pub(super) mark: u64,
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
    /// The platform removed or hid an account (deleted, takendown, suspended, deactivated).
    AccountGone,
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
    #[error("the post has no text")]
    NoText,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    did: Cow<'a, str>,
    time_us: i64,
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    commit: Option<Commit<'a>>,
    account: Option<Account>,
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
    record: Option<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(default)]
    text: String,
    created_at: Option<String>,
    #[serde(default)]
    langs: Vec<String>,
    reply: Option<Reply>,
}

#[derive(Deserialize)]
struct Reply {
    parent: Parent,
}

#[derive(Deserialize)]
struct Parent {
    uri: String,
}

#[derive(Deserialize)]
struct Account {
    active: bool,
}

/// Reads one event that arrived at `now` for the source called `source`.
///
/// # Errors
/// It is no event, or names things in a way that cannot be.
pub(super) fn read(frame: &str, source: &str, now: Timestamp) -> Result<Event, EventError> {
    let wire: Wire<'_> = serde_json::from_str(frame).map_err(|e| EventError::Form(e.to_string()))?;
    let Wire { did, time_us, kind, commit, account } = wire;
    let (mark, says) = match (&*kind, commit, account) {
        ("commit", Some(commit), _) => {
            let mark = mark(&[&did, &commit.collection, &commit.rkey, &commit.rev, &commit.operation]);
            (mark, read_commit(&did, time_us, commit, source, now)?)
        }
        ("account", _, Some(account)) => {
            let says = if account.active { Says::Nothing } else { Says::AccountGone };
            (mark(&[&did, "account", &time_us.to_string()]), says)
        }
        _ => (mark(&[&did, &kind, &time_us.to_string()]), Says::Nothing),
    };
    Ok(Event { time_us, mark, says })
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
    for (name, form) in [(did, did.starts_with("did:")), (&*commit.rkey, !commit.rkey.is_empty())] {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b":._~%-".contains(&b);
        if !form || name.len() > MAX_NAME_BYTES || !name.bytes().all(plain) {
            return Err(EventError::Name(name.chars().take(100).collect()));
        }
    }
    let id = format!("{did}/{}", commit.rkey);
    match (&*commit.operation, commit.record) {
        ("delete", _) => Ok(Says::Changed(Incoming::Delete(PostKey { source: source.to_owned(), id }))),
        (operation @ ("create" | "update"), Some(record)) => {
            if record.text.trim().is_empty() {
                // A picture without words. An edit that took the words away takes the post away.
                return match operation {
                    "update" => {
                        Ok(Says::Changed(Incoming::Delete(PostKey { source: source.to_owned(), id })))
                    }
                    _ => Err(EventError::NoText),
                };
            }
            let said = record.created_at.as_deref().and_then(|at| at.parse().ok());
            let post = Box::new(Post {
                url: Some(format!("https://bsky.app/profile/{did}/post/{}", commit.rkey)),
                id,
                source: source.to_owned(),
                author: Some(did.to_owned()),
                author_name: None,
                followers: None,
                text: post_text(record.text),
                title: None,
                created_at: written(said, from_us(time_us), now),
                arrived_at: now,
                lang: record.langs.into_iter().next().filter(|l| !l.is_empty() && l.len() <= 64),
                region: None,
                in_reply_to: record.reply.map(|r| post_id(&r.parent.uri)),
                repost_of: None,
                rating: None,
            });
            Ok(if operation == "update" { Says::Changed(Incoming::Post(post)) } else { Says::Created(post) })
        }
        (operation, _) => {
            Err(EventError::Form(format!("`operation` is \"{operation}\" and there is no record to it")))
        }
    }
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

fn mark(parts: &[&str]) -> u64 {
    parts.iter().fold(0, |mark, part| xxh3_64_with_seed(part.as_bytes(), mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-05-01T12:00:10Z".parse().unwrap()
    }

    fn at(frame: &str) -> Result<Event, EventError> {
        read(frame, "bluesky", now())
    }

    const CREATE: &str = r#"{"did":"did:plc:aaaabbbbccccddddeeeeffff","time_us":1777636805123456,"kind":"commit","commit":{
        "rev":"3abc","operation":"create","collection":"app.bsky.feed.post","rkey":"3kkkkkkkkkk2k","record":{
        "$type":"app.bsky.feed.post","createdAt":"2026-05-01T12:00:04.900Z","langs":["pt","en"],
        "embed":{"$type":"app.bsky.embed.images","images":[]},
        "reply":{"parent":{"cid":"bafy","uri":"at://did:plc:parent/app.bsky.feed.post/3parent"},"root":{"cid":"bafy","uri":"at://x/y/z"}},
        "text":"a tecla n\u00e3o funciona"},"cid":"bafyrei"}}"#;

    #[test]
    fn a_post_is_read_with_its_author_language_and_parent() {
        let event = at(CREATE).unwrap();
        assert_eq!(event.time_us, 1_777_636_805_123_456);
        let Says::Created(post) = event.says else { panic!("{event:?}") };
        insta::assert_snapshot!(serde_json::to_string_pretty(&*post).unwrap(), @r#"
        {
          "id": "did:plc:aaaabbbbccccddddeeeeffff/3kkkkkkkkkk2k",
          "source": "bluesky",
          "author": "did:plc:aaaabbbbccccddddeeeeffff",
          "author_name": null,
          "followers": null,
          "text": "a tecla não funciona",
          "title": null,
          "url": "https://bsky.app/profile/did:plc:aaaabbbbccccddddeeeeffff/post/3kkkkkkkkkk2k",
          "created_at": "2026-05-01T12:00:04.9Z",
          "arrived_at": "2026-05-01T12:00:10Z",
          "lang": "pt",
          "region": null,
          "in_reply_to": "did:plc:parent/3parent",
          "repost_of": null,
          "rating": null
        }
        "#);
    }

    #[test]
    fn a_broken_or_future_date_gives_way_to_the_servers_or_ours() {
        let dated = |date: &str| match at(&CREATE.replace("2026-05-01T12:00:04.900Z", date)).unwrap().says {
            Says::Created(post) => post.created_at.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(dated("0000-00-00"), "2026-05-01T12:00:05.123Z");
        assert_eq!(dated("2033-05-01T12:00:00Z"), "2026-05-01T12:00:10Z");
        assert_eq!(dated("2019-05-01T12:00:00Z"), "2019-05-01T12:00:00Z");
    }

    #[test]
    fn an_edit_is_a_post_and_a_deletion_names_the_same_id() {
        let edit = at(&CREATE.replace("\"create\"", "\"update\"")).unwrap();
        assert!(matches!(&edit.says, Says::Changed(Incoming::Post(p)) if p.id.ends_with("/3kkkkkkkkkk2k")));
        assert_ne!(edit.mark, at(CREATE).unwrap().mark);
        let delete = at(
            r#"{"did":"did:plc:a","time_us":2,"kind":"commit","commit":{"rev":"r","operation":"delete","collection":"app.bsky.feed.post","rkey":"3k"}}"#,
        );
        let Says::Changed(Incoming::Delete(key)) = delete.unwrap().says else { panic!("not a deletion") };
        assert_eq!((key.source.as_str(), key.id.as_str()), ("bluesky", "did:plc:a/3k"));
    }

    #[test]
    fn other_events_are_passed_over_and_accounts_counted() {
        for frame in [
            r#"{"did":"did:plc:a","time_us":1,"kind":"identity","identity":{"did":"did:plc:a","handle":"b.test","seq":1,"time":"2026-05-01T00:00:00Z"}}"#,
            r#"{"did":"did:plc:a","time_us":1,"kind":"account","account":{"active":true,"did":"did:plc:a","seq":1}}"#,
            r#"{"did":"did:plc:a","time_us":1,"kind":"commit","commit":{"rev":"r","operation":"create","collection":"app.bsky.feed.like","rkey":"3k","record":{"subject":{"uri":"x"}}}}"#,
            r#"{"did":"did:plc:a","time_us":1,"kind":"something new"}"#,
        ] {
            assert!(matches!(at(frame).unwrap().says, Says::Nothing), "{frame}");
        }
        let gone = r#"{"did":"did:plc:a","time_us":1,"kind":"account","account":{"active":false,"did":"did:plc:a","seq":1,"status":"takendown"}}"#;
        assert!(matches!(at(gone).unwrap().says, Says::AccountGone));
    }

    #[test]
    fn hostile_events_are_refused_with_a_reason() {
        // What we do not read may be nested as deep as it likes; what we read may not.
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(at(&CREATE.replace("[]", &deep)).is_ok());
        assert!(at(&CREATE.replace(r#"["pt","en"]"#, &deep)).is_err());
        let refused: Vec<String> = [
            "[]",
            &CREATE.replace("did:plc:aaaabbbbccccddddeeeeffff", "did:plc:a/../\\u000ab"),
            &CREATE.replace("3kkkkkkkkkk2k", ""),
            &CREATE.replace("a tecla n\\u00e3o funciona", " "),
            &CREATE.replace("\"create\"", "\"burn\""),
        ]
        .iter()
        .map(|frame| at(frame).unwrap_err().to_string())
        .collect();
        assert!(refused[0].contains("not of the expected form"), "{}", refused[0]);
        assert!(refused[1].contains("no account or record"), "{}", refused[1]);
        assert!(refused[2].contains("no account or record"), "{}", refused[2]);
        assert_eq!(refused[3], "the post has no text");
        assert!(refused[4].contains("\"burn\""), "{}", refused[4]);
        let emptied =
            at(&CREATE.replace("\"create\"", "\"update\"").replace("a tecla n\\u00e3o funciona", ""));
        assert!(matches!(emptied.unwrap().says, Says::Changed(Incoming::Delete(_))));
    }
}
