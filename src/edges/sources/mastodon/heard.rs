//! What a Mastodon server says over its stream.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// Deletions without a single post after which a stream counts as deaf.
const DEAF_DELETIONS: u32 = 20;
/// Posts that polls found and the stream, open all the while, did not bring, after which it counts as deaf.
const DEAF_MISSED: u32 = 5;

/// One message.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    /// A post, new or edited, as the server shows it.
    Status(Box<Value>),
    /// The id of a post that is gone. Usually it comes before the post itself does.
    Deleted(String),
    /// The server refuses something: it says so only after the connection stands.
    Refused(String),
    /// Something else.
    Other,
}

#[derive(Deserialize)]
struct Message {
    event: Option<String>,
    /// JSON in a string; for a deletion, the bare id.
    payload: Option<String>,
    error: Option<String>,
}

/// Reads a message.
pub(super) fn read(text: &str) -> Heard {
    let Ok(message) = serde_json::from_str::<Message>(text) else { return Heard::Other };
    if let Some(error) = message.error {
        return Heard::Refused(error.chars().filter(|c| !c.is_control()).take(200).collect());
    }
    match (message.event.as_deref(), message.payload) {
        (Some("update" | "status.update"), Some(payload)) => match serde_json::from_str(&payload) {
            Ok(status) => Heard::Status(Box::new(status)),
            Err(_) => Heard::Other,
        },
        (Some("delete"), Some(id)) => Heard::Deleted(id.trim().trim_matches('"').to_owned()),
        _ => Heard::Other,
    }
}

/// Whether a stream brings what it should. A server can be set up so that only its deletions get through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Hearing {
    statuses: u32,
    deletions: u32,
    missed: u32,
    /// Posts that the last poll found before the stream brought them: it may still.
    found: BTreeSet<String>,
}

impl Hearing {
    /// Counts a message.
    pub(super) fn heard(&mut self, heard: &Heard) {
        match heard {
            Heard::Status(status) => {
                if let Some(id) = status.get("id").and_then(Value::as_str) {
                    self.found.remove(id);
                }
                (self.statuses, self.deletions, self.missed) = (self.statuses.saturating_add(1), 0, 0);
            }
            Heard::Deleted(_) => self.deletions = self.deletions.saturating_add(1),
            Heard::Refused(_) | Heard::Other => {}
        }
    }

    /// Notes posts that a poll found and the stream has not brought yet.
    pub(super) fn found(&mut self, ids: impl IntoIterator<Item = String>) {
        self.found.extend(ids);
    }

    /// A poll begins: what the stream has not brought since the last one, it has missed.
    pub(super) fn polls(&mut self) {
        let missed = std::mem::take(&mut self.found).len();
        self.missed = self.missed.saturating_add(u32::try_from(missed).unwrap_or(u32::MAX));
    }

    /// Why it counts as deaf, if it does; then it is to be opened anew.
    pub(super) fn deaf(&self) -> Option<String> {
        if self.missed >= DEAF_MISSED {
            return Some(format!(
                "did not bring {} posts that polls found; it is opened anew, and polls bring everything",
                self.missed
            ));
        }
        (self.statuses == 0 && self.deletions >= DEAF_DELETIONS).then(|| {
            format!("brings deletions only ({} of them, and no post); polls bring everything", self.deletions)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_servers_write_them() {
        let update = r#"{"stream":["hashtag","acme"],"event":"update","payload":"{\"id\":\"115\",\"content\":\"<p>it leaks<\/p>\"}"}"#;
        assert!(matches!(read(update), Heard::Status(s) if s["id"] == "115"));
        assert!(matches!(read(&update.replace("\"update\"", "\"status.update\"")), Heard::Status(_)));
        assert_eq!(
            read(r#"{"stream":["hashtag","acme"],"event":"delete","payload":"106"}"#),
            Heard::Deleted("106".into())
        );
        let refused = r#"{"error":"Missing access token","status":401}"#;
        assert_eq!(read(refused), Heard::Refused("Missing access token".into()));
        for other in [
            "",
            "[]",
            "nonsense",
            r#"{"event":"update","payload":"no json"}"#,
            r#"{"event":"filters_changed"}"#,
            r#"{"event":"update","payload":{"id":"1"}}"#,
        ] {
            assert_eq!(read(other), Heard::Other, "{other}");
        }
        assert_eq!(read(&"[".repeat(100_000)), Heard::Other);
    }

    #[test]
    fn a_stream_that_brings_deletions_only_or_misses_posts_is_deaf() {
        let mut hearing = Hearing::default();
        for _ in 0..DEAF_DELETIONS - 1 {
            hearing.heard(&Heard::Deleted("1".into()));
        }
        assert_eq!(hearing.deaf(), None);
        hearing.heard(&Heard::Deleted("1".into()));
        assert!(hearing.deaf().unwrap().contains("deletions only"));
        let ids = |n: u32| (0..n).map(|id| id.to_string()).collect::<Vec<_>>();
        hearing.found(ids(4));
        hearing.polls();
        hearing.heard(&Heard::Status(Box::default()));
        assert_eq!(hearing.deaf(), None, "one post, and it hears");
        hearing.found(ids(5));
        assert_eq!(hearing.deaf(), None, "the stream may be a moment later than the poll");
        hearing.heard(&Heard::Status(Box::new(serde_json::json!({"id": "3"}))));
        hearing.polls();
        assert_eq!(hearing.deaf(), None, "it brought one of them");
        hearing.found(["9".to_owned()]);
        hearing.polls();
        assert!(hearing.deaf().unwrap().contains("5 posts that polls found"));
    }
}
