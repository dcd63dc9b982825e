//! What was said between us and a mail server: kept in words for people, without any password.

use std::error::Error as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;

/// Longest reply that is passed on to people, in characters.
const MAX_REPLY: usize = 300;
/// Most bytes kept of what was read and written as it was.
const MAX_TAPE: usize = 8 * 1024;

/// A conversation, line by line: `>` is said by us, `<` by the server, `-` is what happened.
#[derive(Debug, Default)]
pub(in crate::edges::mail) struct Notes(Vec<String>);

impl Notes {
    /// Something happened.
    pub(super) fn event(&mut self, what: &str) {
        self.0.push(format!("- {what}"));
    }

    /// We said this.
    pub(super) fn ours(&mut self, line: &str) {
        self.0.push(format!("> {}", readable(line)));
    }

    /// The server answered this, or did not.
    pub(super) fn theirs(&mut self, reply: Result<&Response, &super::Failure>) {
        match reply {
            Ok(reply) => {
                for line in reply.message() {
                    self.0.push(format!("< {} {}", reply.code(), readable(line)));
                }
                if reply.message().next().is_none() {
                    self.0.push(format!("< {}", reply.code()));
                }
            }
            Err(super::Failure::Error(e)) if e.status().is_some() => self.0.push(format!("< {}", said(e))),
            Err(e) => self.event(&e.said()),
        }
    }

    /// What a tape holds.
    pub(super) fn tape(&mut self, tape: &Tape) {
        for (ours, bytes) in tape.take() {
            for line in String::from_utf8_lossy(&bytes).lines() {
                let mark = if ours { '>' } else { '<' };
                self.0.push(format!("{mark} {}", readable(line)));
            }
        }
    }

    pub(in crate::edges::mail) fn lines(self) -> Vec<String> {
        self.0
    }
}

/// The bytes of the part of a conversation that everybody can read, as they went: (said by us?, bytes).
#[derive(Clone, Debug, Default)]
pub(in crate::edges::mail) struct Tape(Arc<Mutex<Option<Pieces>>>);

type Pieces = Vec<(bool, Vec<u8>)>;

impl Tape {
    /// A tape that runs.
    pub(super) fn running() -> Self {
        Self(Arc::new(Mutex::new(Some(Vec::new()))))
    }

    /// Keeps some bytes, while it runs.
    pub(in crate::edges::mail) fn keep(&self, ours: bool, bytes: &[u8]) {
        let mut tape = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(pieces) = tape.as_mut() else { return };
        if pieces.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() >= MAX_TAPE {
            return;
        }
        match pieces.last_mut() {
            Some((last, piece)) if *last == ours => piece.extend_from_slice(bytes),
            _ => pieces.push((ours, bytes.to_vec())),
        }
    }

    /// Ends it: what comes now is written down command by command, or is a secret.
    fn take(&self) -> Pieces {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}

/// The server's reply, or what happened to the connection, for people.
pub(super) fn said(error: &Error) -> String {
    let text = match (error.status(), error.source()) {
        (Some(code), Some(text)) => format!("{code} {text}"),
        (Some(code), None) => code.to_string(),
        (None, Some(cause)) if error.is_response() => {
            format!("its reply makes no sense or ends early ({cause})")
        }
        (None, Some(cause)) if is_end(cause) => "the connection was closed".to_owned(),
        (None, Some(cause)) => cause.to_string(),
        (None, None) => error.to_string(),
    };
    readable(&text)
}

fn is_end(cause: &(dyn std::error::Error + 'static)) -> bool {
    cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::UnexpectedEof)
}

/// A server's words are a stranger's words: one line, not too long.
pub(super) fn readable(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MAX_REPLY).collect();
    line.trim_end().to_owned()
}

pub(super) fn span(limit: Duration) -> String {
    match limit.as_secs() {
        0 => format!("{} ms", limit.as_millis()),
        s if s >= 120 && s % 60 == 0 => format!("{} minutes", s / 60),
        s => format!("{s} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tape_ends_and_is_bounded() {
        let (tape, mut notes) = (Tape::running(), Notes::default());
        tape.keep(false, b"220 la");
        tape.keep(false, b"b\r\n");
        tape.keep(true, b"EHLO us\r\n");
        notes.tape(&tape);
        tape.keep(true, b"AUTH PLAIN secret\r\n");
        notes.tape(&tape);
        assert_eq!(notes.lines(), ["< 220 lab", "> EHLO us"]);
        let tape = Tape::running();
        for _ in 0..10_000 {
            tape.keep(false, &[b'A'; 100]);
        }
        assert!(tape.take().iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= MAX_TAPE + 100);
    }
}
