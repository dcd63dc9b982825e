//! From the body of a request to posts.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::edges::sources::Reject;
use crate::ground::post::{Incoming, parse_line};
use crate::ground::time::Timestamp;

/// Most lines, or elements of an array, of one request.
pub(super) const MAX_LINES: usize = 10_000;

/// What a body holds.
#[derive(Debug, Default)]
pub(super) struct Read {
    /// Posts and deletions, in order.
    pub(super) items: Vec<Incoming>,
    /// The line of each, or its place in the array, from 1.
    pub(super) lines: Vec<usize>,
    /// What is none, for ourselves.
    pub(super) rejects: Vec<Reject>,
    /// The same for the sender.
    pub(super) refused: Vec<Refused>,
}

/// One line that was refused, as the sender is told.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Refused {
    /// Line of the body, or place in the array, from 1.
    pub(super) line: usize,
    /// Why.
    pub(super) reason: String,
}

/// Why a body cannot be read at all.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the body begins like a JSON array and is none: {0}")]
    NoArray(String),
    #[error("the body holds more than {MAX_LINES} posts; send it in parts")]
    TooMany,
}

/// Reads a body: one post as JSON a line, or a JSON array of posts.
///
/// # Errors
/// A broken array, or more than [`MAX_LINES`] lines. A single wrong line only refuses itself.
pub(super) fn read(body: &[u8], now: Timestamp) -> Result<Read, BodyError> {
    let mut read = Read::default();
    if body.trim_ascii_start().starts_with(b"[") {
        let elements: Vec<&RawValue> =
            serde_json::from_slice(body).map_err(|e| BodyError::NoArray(e.to_string()))?;
        if elements.len() > MAX_LINES {
            return Err(BodyError::TooMany);
        }
        for (at, element) in elements.into_iter().enumerate() {
            read.line(at + 1, element.get().as_bytes(), now);
        }
        return Ok(read);
    }
    if body.iter().filter(|b| **b == b'\n').nth(MAX_LINES).is_some() {
        return Err(BodyError::TooMany);
    }
    for (at, line) in body.split(|b| *b == b'\n').enumerate() {
        if !line.trim_ascii().is_empty() {
            read.line(at + 1, line, now);
        }
    }
    Ok(read)
}

impl Read {
    fn line(&mut self, line: usize, bytes: &[u8], now: Timestamp) {
        match parse_line(bytes, Some(now)) {
            Ok(item) => {
                self.items.push(item);
                self.lines.push(line);
            }
            Err(error) => {
                let reason = error.to_string();
                self.rejects.push(Reject::new(format!("line {line}"), reason.clone(), bytes));
                self.refused.push(Refused { line, reason });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(body: &str) -> Result<Read, BodyError> {
        read(body.as_bytes(), "2026-01-02T00:00:00Z".parse().unwrap())
    }

    const POST: &str = r#"{"id":"1","source":"crm","text":"it leaks","created_at":"2026-01-01T00:00:00Z"}"#;

    #[test]
    fn lines_and_arrays_say_the_same() {
        let delete = r#"{"op":"delete","id":"0","source":"crm"}"#;
        let lines = read_text(&format!("{POST}\r\n\n{delete}\n{{\"id\":\"2\"}}\n")).unwrap();
        let array = read_text(&format!(" [{POST},{delete},{{\"id\":\"2\"}}]")).unwrap();
        assert_eq!(lines.items, array.items);
        assert_eq!((lines.items.len(), &lines.lines[..], &array.lines[..]), (2, &[1, 3][..], &[1, 2][..]));
        assert_eq!(lines.refused, [Refused { line: 4, reason: "the post has no `source`".into() }]);
        assert_eq!(array.refused[0].line, 3);
        assert_eq!(array.rejects[0].raw, r#"{"id":"2"}"#);
        assert!(
            matches!(&lines.items[0], Incoming::Post(p) if p.arrived_at.to_string() == "2026-01-02T00:00:00Z")
        );
    }

    #[test]
    fn half_of_a_pair_refuses_its_own_post_alone() {
        let half = r#"{"id":"2","source":"crm","text":"\ud800","created_at":"2026-01-01T00:00:00Z"}"#;
        for body in [format!("{POST}\n{half}\n"), format!("[{POST},{half}]")] {
            let read = read_text(&body).unwrap();
            assert_eq!((read.items.len(), read.refused[0].line), (1, 2));
            assert!(read.refused[0].reason.contains("half of a pair"), "{}", read.refused[0].reason);
        }
    }

    #[test]
    fn a_broken_array_and_a_flood_are_refused_as_a_whole() {
        assert!(read_text(&format!("[{POST}")).unwrap_err().to_string().contains("array"));
        assert!(matches!(read_text(&"[".repeat(100_000)).unwrap_err(), BodyError::NoArray(_)));
        assert_eq!(read_text(&"x\n".repeat(MAX_LINES + 1)).unwrap_err(), BodyError::TooMany);
        assert_eq!(read_text(&format!("[{}1]", "1,".repeat(MAX_LINES))).unwrap_err(), BodyError::TooMany);
        assert!(read_text("").unwrap().items.is_empty());
    }
}
