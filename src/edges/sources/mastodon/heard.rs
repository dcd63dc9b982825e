//! What a Mastodon server says over its stream.

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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hearing {
    statuses: u32,
    deletions: u32,
    missed: u32,
}

impl Hearing {
    /// Counts a message.
    pub(super) fn heard(&mut self, heard: &Heard) {
        match heard {
            Heard::Status(_) => *self = Self { statuses: self.statuses.saturating_add(1), ..Self::default() },
            Heard::Deleted(_) => self.deletions = self.deletions.saturating_add(1),
            Heard::Refused(_) | Heard::Other => {}
        }
    }

    /// Counts posts that a poll found and the stream should have brought.
    pub(super) fn missed(&mut self, posts: usize) {
        self.missed = self.missed.saturating_add(u32::try_from(posts).unwrap_or(u32::MAX));
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
        hearing.missed(4);
        hearing.heard(&Heard::Status(Box::default()));
        assert_eq!(hearing.deaf(), None, "one post, and it hears");
        hearing.missed(5);
        assert!(hearing.deaf().unwrap().contains("5 posts that polls found"));
    }
}
