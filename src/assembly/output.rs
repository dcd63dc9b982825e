//! Results go to standard output, everything else to standard error; colour and progress only on a terminal.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::failure::{Exit, Failure};
use super::terminal::{Harmless, harmless, harmless_in_colour};
use crate::ground::diagnostic::{Diagnostic, Level};
use crate::ground::entry::RuleFiles;
use crate::ground::post::{Incoming, MAX_LINE_BYTES, Post, parse_line};
use crate::logic::rules::report;

/// Where results go; what strangers wrote is shown there and does nothing.
pub fn stdout() -> Harmless<io::Stdout> {
    Harmless::new(io::stdout(), false)
}

/// Where results go that may be coloured.
pub fn coloured_stdout() -> Harmless<io::Stdout> {
    Harmless::new(io::stdout(), colour(io::stdout().is_terminal()))
}

/// Where goes what no stranger had a part in, byte by byte.
pub fn raw_stdout() -> BufWriter<io::Stdout> {
    BufWriter::new(io::stdout())
}

/// Whether standard error may be coloured.
pub fn colour(stream_is_terminal: bool) -> bool {
    stream_is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Says something that is no result; what it repeats of arguments and of strangers' texts is shown and does nothing.
pub fn tell(message: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{}", harmless(&message.to_string()));
}

/// A value as one line of JSON. What a stranger hid in a text (marks that turn it around, letters that nobody sees) is
/// escaped, so that a terminal shows it and a program reads it as it was.
///
/// # Errors
/// The value cannot be JSON: a map with keys that are no texts.
pub fn as_json(value: &impl Serialize) -> Result<String, Failure> {
    let plain = serde_json::to_string(value).map_err(|e| Failure::new(Exit::Software, e))?;
    Ok(harmless(&plain).into_owned())
}

/// Prints what is wrong with rule files; returns whether any of it is an error.
pub fn tell_problems(problems: &[Diagnostic], files: &RuleFiles) -> bool {
    if !problems.is_empty() {
        let coloured = colour(io::stderr().is_terminal());
        let shown = report::to_text(problems, files, coloured);
        let shown = if coloured { harmless_in_colour(&shown) } else { harmless(&shown) };
        let _ = writeln!(io::stderr(), "{}", shown.trim_end());
    }
    problems.iter().any(|p| p.level == Level::Error)
}

/// An input by name; `-` or nothing is standard input.
pub struct Input {
    /// What to call it in messages.
    pub name: String,
    reader: Box<dyn BufRead>,
    bar: ProgressBar,
    line: u64,
}

/// One line of an input, read as a post.
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// The post, or why it is none.
    pub read: Result<Incoming, String>,
    /// The line, at most 4 KB of it.
    pub raw: Vec<u8>,
}

impl Input {
    /// Opens an input; a progress bar shows how far it has been read, on a terminal.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = path.filter(|p| *p != Path::new("-")) else {
            return Ok(Self {
                name: "standard input".into(),
                reader: Box::new(BufReader::new(io::stdin())),
                bar: ProgressBar::hidden(),
                line: 0,
            });
        };
        let fail =
            |e: io::Error| Failure::say(Exit::NoInput, format!("{} cannot be read: {e}", path.display()));
        let file = File::open(path).map_err(fail)?;
        let meta = file.metadata().map_err(fail)?;
        if meta.is_dir() {
            return Err(Failure::say(
                Exit::NoInput,
                format!("{} is a folder, not a file of posts", path.display()),
            ));
        }
        let bar =
            if io::stderr().is_terminal() { ProgressBar::new(meta.len()) } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {percent}% {eta}") {
            bar.set_style(style);
        }
        bar.set_message(path.display().to_string());
        Ok(Self {
            name: path.display().to_string(),
            reader: Box::new(BufReader::with_capacity(1 << 16, file)),
            bar,
            line: 0,
        })
    }

    /// The next line that is not blank. A line over the limit is passed over with bounded memory.
    ///
    /// # Errors
    /// Reading fails.
    pub fn next_line(&mut self) -> Result<Option<Line>, Failure> {
        loop {
            let mut raw = Vec::new();
            let most = MAX_LINE_BYTES as u64 + 2;
            let read = Read::by_ref(&mut self.reader)
                .take(most)
                .read_until(b'\n', &mut raw)
                .map_err(|e| Failure::say(Exit::Io, format!("{} cannot be read further: {e}", self.name)))?;
            if read == 0 {
                self.bar.finish_and_clear();
                return Ok(None);
            }
            self.line += 1;
            let mut length = read;
            if !raw.ends_with(b"\n") && read as u64 == most {
                length += self.skip_line()?;
            }
            self.bar.inc(length as u64);
            let content = raw.trim_ascii();
            if content.is_empty() {
                continue;
            }
            let read = if length > MAX_LINE_BYTES + 2 {
                Err(format!("the line is {length} bytes long; at most {MAX_LINE_BYTES} are read"))
            } else {
                parse_line(content, None).map_err(|e| e.to_string())
            };
            raw.truncate(4096);
            return Ok(Some(Line { number: self.line, read, raw }));
        }
    }

    fn skip_line(&mut self) -> Result<usize, Failure> {
        let mut skipped = 0;
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(skipped);
            }
            let (used, done) = match buffer.iter().position(|b| *b == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), false),
            };
            self.reader.consume(used);
            skipped += used;
            if done {
                return Ok(skipped);
            }
        }
    }
}

/// A number with its noun: "1 day", "1,240 days".
pub fn counted(n: u64, one: &str, many: &str) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {}", if n == 1 { one } else { many })
}

/// Counts rejected lines, and names the first few on standard error.
#[derive(Default)]
pub struct Rejected {
    /// How many.
    pub count: u64,
}

const EXAMPLE: &str =
    r#"{"id":"1","source":"forum","created_at":"2025-01-06T09:30:00Z","text":"the keys are too close"}"#;

impl Rejected {
    const NAMED: u64 = 20;

    /// One more.
    pub fn add(&mut self, input: &str, line: u64, reason: &str) {
        self.count += 1;
        if self.count <= Self::NAMED {
            tell(format!("{input}, line {line}: passed over: {reason}"));
        }
    }

    /// Says how many were passed over beyond those named.
    pub fn say_rest(&self) {
        if self.count > Self::NAMED {
            tell(format!(
                "… and {} more lines passed over ({} in all)",
                self.count - Self::NAMED,
                self.count
            ));
        }
    }

    /// Says how many were passed over beyond those named, and whether anything is left.
    ///
    /// # Errors
    /// Lines were passed over and not one of the others was a post: the input is something else.
    pub fn finish(&self, posts: u64) -> Result<(), Failure> {
        if self.count > Self::NAMED {
            tell(format!(
                "… and {} more lines passed over ({} in all)",
                self.count - Self::NAMED,
                self.count
            ));
        }
        if self.count > 0 && posts == 0 {
            let lines = counted(self.count, "line", "lines");
            return Err(Failure::say(
                Exit::BadData,
                format!("no post was found in {lines}; a post looks like this: {EXAMPLE}"),
            ));
        }
        Ok(())
    }
}

/// Reads every post of some inputs, in order; standard input when none is named. Deletions are passed over, and what is
/// no post is said and counted.
///
/// # Errors
/// An input cannot be read, `each` fails, or none of the lines is a post.
pub fn each_post(
    paths: &[PathBuf],
    mut each: impl FnMut(&Post) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut rejected = Rejected::default();
    let mut posts = 0;
    for path in inputs(paths) {
        let mut input = Input::open(path)?;
        while let Some(line) = input.next_line()? {
            match line.read {
                Ok(Incoming::Post(post)) => {
                    posts += 1;
                    each(&post)?;
                }
                Ok(Incoming::Delete(_)) => {}
                Err(reason) => rejected.add(&input.name, line.number, &reason),
            }
        }
    }
    rejected.finish(posts)
}

/// Paths to open: standard input when none is given.
pub fn inputs(paths: &[PathBuf]) -> Vec<Option<&Path>> {
    if paths.is_empty() { vec![None] } else { paths.iter().map(|p| Some(p.as_path())).collect() }
}

/// What changes in a file, as a unified diff.
pub fn diff(name: &str, old: &str, new: &str) -> String {
    let changes = similar::TextDiff::from_lines(old, new);
    changes.unified_diff().context_radius(1).header(name, name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_shows_what_is_hidden_and_reads_as_it_was() {
        let text = "a\u{202e}b\u{e0041}c\u{9b}d é 👩\u{200d}👧";
        let line = as_json(&text).unwrap();
        assert_eq!(line, "\"a\\u202eb\\udb40\\udc41c\\u009bd é 👩\u{200d}👧\"");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
