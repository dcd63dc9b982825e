//! What GitHub's webhooks send: issues, discussions and what is written below them, as they are written, edited and deleted.
//!
//! GitHub signs the body alone, so that a recorded request could be sent again under another delivery id: what was changed
//! earlier than what we have, or is deleted, is passed over.

use serde::Deserialize;
use serde_json::Value;

use super::signature::SignatureError;
use crate::edges::sources::github::{Written, read as read_written};
use crate::edges::sources::newest::Newest;
use crate::ground::post::{Incoming, MAX_ID_BYTES, PostKey};
use crate::ground::time::Timestamp;

/// The headers of a request.
pub(super) const SIGNATURE: &str = "x-hub-signature-256";
pub(super) const DELIVERY: &str = "x-github-delivery";
pub(super) const EVENT: &str = "x-github-event";
/// The place of what is gone: nothing comes after it.
const GONE: u64 = u64::MAX;

/// What an event came to.
#[derive(Debug, PartialEq)]
pub(super) enum Told {
    /// A post, or a deletion.
    Item(Incoming),
    /// Nothing for us, and why.
    Nothing(&'static str),
}

#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    action: String,
    repository: Option<Repository>,
    issue: Option<Value>,
    discussion: Option<Value>,
    comment: Option<Value>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

/// Reads the name of an event or the id of a delivery.
///
/// # Errors
/// The header lacks or is no plain text.
pub(super) fn word(header: Option<&[u8]>) -> Result<&str, SignatureError> {
    let text = header.and_then(|h| std::str::from_utf8(h).ok()).unwrap_or_default();
    let plain = !text.is_empty() && text.len() <= 200 && text.bytes().all(|b| (b'!'..=b'~').contains(&b));
    if plain { Ok(text) } else { Err(SignatureError::NoEvent) }
}

/// Reads an event.
///
/// # Errors
/// The body is none; the message says why.
pub(super) fn read(
    event: &str,
    body: &[u8],
    source: &str,
    newest: &mut Newest,
    now: Timestamp,
) -> Result<Told, String> {
    if event == "ping" {
        return Ok(Told::Nothing("a ping: all is well"));
    }
    let wrong =
        |e: serde_json::Error| format!("the body is no event as GitHub sends it as application/json: {e}");
    let it: Event = serde_json::from_slice(body).map_err(wrong)?;
    let is_pull = it.issue.as_ref().is_some_and(|i| i.get("pull_request").is_some_and(|p| !p.is_null()));
    if is_pull {
        return Ok(Told::Nothing("a pull request"));
    }
    let number = |of: &Option<Value>| of.as_ref().and_then(|o| o.get("number")?.as_u64());
    let repo = it.repository.map(|r| r.full_name).ok_or("the event names no repository")?;
    let lacks = || format!("the event `{event}` lacks what it is about");
    // The thing, its id, and the id of what it was written below.
    let (thing, id, above) = match event {
        "issues" => {
            let id = number(&it.issue).map(|n| format!("{repo}/issue/{n}"));
            (it.issue, id, None)
        }
        "issue_comment" => {
            let above = number(&it.issue).map(|n| format!("{repo}/issue/{n}"));
            let id = it.comment.as_ref().and_then(|c| c.get("id")?.as_u64());
            (it.comment, id.map(|n| format!("{repo}/comment/{n}")), above)
        }
        "discussion" => {
            let id = number(&it.discussion).map(|n| format!("{repo}/discussion/{n}"));
            (it.discussion, id, None)
        }
        "discussion_comment" => {
            let above = number(&it.discussion).map(|n| format!("{repo}/discussion/{n}"));
            let id = it.comment.as_ref().and_then(|c| c.get("id")?.as_u64());
            (it.comment, id.map(|n| format!("{repo}/discussion-comment/{n}")), above)
        }
        _ => {
            return Ok(Told::Nothing("an event of another kind; choose issues, issue comments, discussions"));
        }
    };
    let id = id.filter(|id| id.len() <= MAX_ID_BYTES).ok_or_else(lacks)?;
    let item = match it.action.as_str() {
        "deleted" | "transferred" => Incoming::Delete(PostKey { source: source.to_owned(), id }),
        "opened" | "created" | "edited" => {
            let thing = Written::deserialize(thing.ok_or_else(lacks)?).map_err(wrong)?;
            let changed = thing.updated_at.parse::<Timestamp>().ok();
            let Some(mut post) = read_written(thing, source, now) else {
                return Ok(Told::Nothing("of a program, or without words"));
            };
            (post.id, post.in_reply_to) = (id, above);
            let place = changed.map_or(0, |at| u64::try_from(at.as_second()).unwrap_or(0));
            let item = Incoming::Post(Box::new(post));
            let older = "older than what is stored";
            return Ok(if newest.takes(&item, place) { Told::Item(item) } else { Told::Nothing(older) });
        }
        _ => return Ok(Told::Nothing("nothing that somebody wrote")),
    };
    newest.takes(&item, GONE);
    Ok(Told::Item(item))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-02T00:00:00Z".parse().unwrap()
    }

    fn issue(action: &str, body: &str, updated: &str) -> Value {
        json!({"action": action, "repository": {"full_name": "acme/kettle"}, "issue": {"id": 1, "number": 7,
            "title": "It leaks", "body": body, "html_url": "https://github.com/acme/kettle/issues/7",
            "user": {"login": "ana", "type": "User"}, "created_at": "2026-01-01T10:00:00Z", "updated_at": updated}})
    }

    fn told(newest: &mut Newest, event: &str, body: &Value) -> String {
        match read(event, body.to_string().as_bytes(), "hook", newest, now()).unwrap() {
            Told::Item(Incoming::Post(p)) => {
                format!("{} < {}: {}", p.id, p.in_reply_to.unwrap_or_default(), p.text)
            }
            Told::Item(Incoming::Delete(key)) => format!("-{}", key.id),
            Told::Nothing(why) => why.to_owned(),
        }
    }

    #[test]
    fn what_people_write_edit_and_delete_is_read() {
        let newest = &mut Newest::default();
        let opened = issue("opened", "at the **seal**", "2026-01-01T10:00:00Z");
        assert_eq!(told(newest, "issues", &opened), "acme/kettle/issue/7 < : at the seal");
        let edited = issue("edited", "at the lid", "2026-01-01T11:00:00Z");
        assert_eq!(told(newest, "issues", &edited), "acme/kettle/issue/7 < : at the lid");
        assert_eq!(told(newest, "issues", &opened), "older than what is stored");
        let mut comment = edited.clone();
        comment["action"] = "created".into();
        comment["comment"] = json!({"id": 9, "node_id": "x", "body": "mine too", "html_url": "https://github.com/acme/kettle/issues/7#issuecomment-9",
            "user": {"login": "bo", "type": "User"}, "created_at": "2026-01-01T10:00:00Z", "updated_at": "2026-01-01T10:00:00Z"});
        assert_eq!(
            told(newest, "issue_comment", &comment),
            "acme/kettle/comment/9 < acme/kettle/issue/7: mine too"
        );
        let mut talk = comment.clone();
        talk["discussion"] = talk["issue"].take();
        assert_eq!(
            told(newest, "discussion_comment", &talk),
            "acme/kettle/discussion-comment/9 < acme/kettle/discussion/7: mine too"
        );
        talk["action"] = "deleted".into();
        assert_eq!(told(newest, "discussion_comment", &talk), "-acme/kettle/discussion-comment/9");
        assert_eq!(told(newest, "issues", &issue("deleted", "", "")), "-acme/kettle/issue/7");
        let replayed = issue("edited", "at the lid", "2026-01-01T12:00:00Z");
        assert_eq!(told(newest, "issues", &replayed), "older than what is stored", "what is gone stays gone");
    }

    #[test]
    fn what_is_nothing_for_us_is_passed_over_and_nonsense_named() {
        let newest = &mut Newest::default();
        assert!(
            told(newest, "ping", &json!({"zen": "Anything added dilutes everything else."})).contains("ping")
        );
        assert!(told(newest, "push", &json!({"repository": {"full_name": "a/b"}})).contains("another kind"));
        assert!(told(newest, "issues", &issue("labeled", "x", "")).contains("nothing that somebody wrote"));
        let mut pull = issue("created", "x", "");
        pull["issue"]["pull_request"] = json!({"url": "x"});
        assert_eq!(told(newest, "issue_comment", &pull), "a pull request");
        let mut bot = issue("opened", "x", "");
        bot["issue"]["user"]["type"] = "Bot".into();
        assert!(told(newest, "issues", &bot).contains("of a program"));
        for (event, body) in
            [("issues", "payload=%7B"), ("issues", "{}"), ("issues", r#"{"repository":{"full_name":"a/b"}}"#)]
        {
            assert!(read(event, body.as_bytes(), "hook", newest, now()).is_err(), "{body}");
        }
        assert!(word(None).is_err() && word(Some(b"a b")).is_err());
    }
}
