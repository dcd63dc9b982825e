//! What is written for people and programs shows what strangers wrote and can do nothing else: characters that move the
//! cursor, turn the direction of writing or are seen by nobody are told by their numbers.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};

use crate::logic::text::is_hidden;

/// The text with what a terminal must not get as `\u202e`: in JSON and in TOML that is still the character.
pub fn harmless(text: &str) -> Cow<'_, str> {
    without(text, false)
}

/// The same of a text that is coloured: colours stay, and nothing else that a terminal obeys.
pub fn harmless_in_colour(text: &str) -> Cow<'_, str> {
    without(text, true)
}

fn without(text: &str, colours: bool) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 64);
    for (at, c) in text.char_indices() {
        let colour = || colours && text.get(at..).is_some_and(is_colour);
        if is_harmful(c) && !colour() {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out.into()
}

fn is_harmful(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t') || is_hidden(c)
}

/// Whether a text begins with what switches a colour or bold letters on or off.
fn is_colour(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("\u{1b}[") else { return false };
    rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
}

/// A way out that lets nothing through but what [`harmless`] does, or [`harmless_in_colour`].
pub struct Harmless<W: Write> {
    out: BufWriter<W>,
    colours: bool,
}

impl<W: Write> Harmless<W> {
    /// In front of `out`.
    pub fn new(out: W, colours: bool) -> Self {
        Self { out: BufWriter::new(out), colours }
    }
}

impl<W: Write> Write for Harmless<W> {
    /// Takes whole characters, as all that formats texts does.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.iter().all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t')) {
            self.out.write_all(bytes)?;
        } else {
            self.out.write_all(without(&String::from_utf8_lossy(bytes), self.colours).as_bytes())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_passes_and_what_acts_is_told_by_its_number() {
        let seen = "é 👩\u{200d}👧 कि\n\tשלום · 日本";
        assert!(matches!(harmless(seen), Cow::Borrowed(text) if text == seen));
        let mut out = Harmless::new(Vec::new(), false);
        write!(out, "a\u{1b}[2J\u{202e}\u{9b}\u{7f}\u{e0041}b\r\n").unwrap();
        out.write_all(b"\xff.").unwrap();
        out.flush().unwrap();
        let told = String::from_utf8(out.out.into_inner().unwrap()).unwrap();
        assert_eq!(told, "a\\u001b[2J\\u202e\\u009b\\u007f\\udb40\\udc41b\\u000d\n\u{fffd}.");
        let coloured = "\u{1b}[1;31mred\u{1b}[0m \u{1b}[2J\u{1b}]0;title\u{7} \u{1b}";
        let told = "\u{1b}[1;31mred\u{1b}[0m \\u001b[2J\\u001b]0;title\\u0007 \\u001b";
        assert_eq!(harmless_in_colour(coloured), told);
        assert!(!harmless(coloured).contains('\u{1b}'));
    }
}
