//! Posts from a file or from standard input, one JSON object a line; a file can be followed while it grows.
//!
//! A followed file may be rotated (renamed and made anew), truncated, or copied and truncated. What was renamed is
//! read to its end first. When it is copied and truncated, lines that were written between our last look and the
//! truncation are only in the copy: rename instead where that matters. Rotated twice while the daemon was down, the
//! file in between is not read.

mod identity;
mod lines;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};
use tokio::sync::mpsc;

use self::identity::{Node, Position, find_rotated};
use self::lines::{Line, Lines};
use super::shape::duration;
use super::{Batch, MAX_BATCH_BYTES, MAX_BATCH_ITEMS, Reject, SourceError, State, Stopped, Surroundings};
use crate::ground::post::{LineError, MAX_LINE_BYTES, parse_line};

/// The settings, filled in.
pub(super) const EXAMPLE: &str = r#"[[source]]
name = "export"
kind = "jsonl"
path = "/var/spool/groundswell/posts.jsonl"
follow = true
replay = false
poll = "500ms"
"#;

/// A followed file is gone when so many looks in a row found none: one that is rotated is there again sooner.
const GONE_LOOKS: u32 = 4;
/// Bytes that are read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Settings of `kind = "jsonl"`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonlConfig {
    /// The file; `-` is standard input.
    pub path: PathBuf,
    /// Whether to wait for more at the end of the file. Default: false.
    #[serde(default)]
    pub follow: bool,
    /// The file is history to be lived through again: its posts arrive when they say that they arrived, and alerts open
    /// as they would have then. Default: false, a post arrives when it is read, and what was written days ago is
    /// backlog.
    #[serde(default)]
    pub replay: bool,
    /// How often a followed file is looked at. Default: `"500ms"`.
    #[serde(default = "half_a_second", deserialize_with = "duration")]
    pub poll: Duration,
}

fn half_a_second() -> Duration {
    Duration::from_millis(500)
}

/// What the settings say, read and found good; nothing is opened or asked.
///
/// # Errors
/// They cannot work.
pub(super) fn check(name: &str, config: &JsonlConfig) -> Result<(), SourceError> {
    if config.follow && config.path.as_os_str() == "-" {
        let message = "standard input cannot be followed; remove `follow` or name a file".to_owned();
        return Err(SourceError::Settings { name: name.to_owned(), message });
    }
    Ok(())
}

/// Reads until the end, or until stopped when the file is followed.
pub(super) async fn run(
    name: &str,
    config: &JsonlConfig,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), SourceError> {
    check(name, config)?;
    let mut reader = Reader::new(name, around);
    reader.replay = config.replay;
    let ended = if config.path.as_os_str() == "-" {
        reader.read_stream(pump(io::stdin())).await
    } else if config.follow {
        follow(reader, config, cursor).await
    } else {
        reader.read_file(&config.path, cursor).await
    };
    match ended {
        Ok(()) | Err(End::Stopped) => Ok(()),
        Err(End::Io(what, error)) => Err(SourceError::Io { name: name.to_owned(), what, error }),
    }
}

/// Why reading stopped before the end.
enum End {
    Stopped,
    Io(String, io::Error),
}

impl From<Stopped> for End {
    fn from(_: Stopped) -> Self {
        Self::Stopped
    }
}

fn failed(what: &str, path: &Path) -> impl FnOnce(io::Error) -> End {
    let what = format!("cannot {what} {}", path.display());
    move |error| End::Io(what, error)
}

/// Lines on their way into batches, and the position they reach up to.
struct Reader<'a> {
    name: &'a str,
    around: &'a Surroundings,
    replay: bool,
    lines: Lines,
    batch: Batch,
    batch_bytes: usize,
    /// Where the last complete line ended. `None` for standard input, to which nobody can return.
    position: Option<Position>,
    line: u64,
}

impl<'a> Reader<'a> {
    fn new(name: &'a str, around: &'a Surroundings) -> Self {
        Self {
            name,
            around,
            replay: false,
            lines: Lines::new(MAX_LINE_BYTES),
            batch: Batch::empty(name),
            batch_bytes: 0,
            position: None,
            line: 0,
        }
    }

    async fn read_stream(mut self, mut from: mpsc::Receiver<io::Result<Vec<u8>>>) -> Result<(), End> {
        self.around.health.state(State::Listening, self.around.clock.now());
        loop {
            let chunk = tokio::select! {
                biased;
                () = self.around.stop.cancelled() => return Err(End::Stopped),
                chunk = from.recv() => chunk,
            };
            let Some(chunk) = chunk else { break };
            let chunk = chunk.map_err(|e| End::Io("cannot read standard input".into(), e))?;
            self.take(&chunk, None).await?;
            // Whoever writes into a pipe line by line wants to be heard line by line.
            self.flush(None).await?;
        }
        self.finish(None).await
    }

    async fn read_file(mut self, path: &Path, cursor: Option<String>) -> Result<(), End> {
        let mut file = File::open(path).await.map_err(failed("open", path))?;
        self.begin(&mut file, parse_cursor(cursor).as_ref()).await.map_err(failed("read", path))?;
        self.around.health.state(State::Listening, self.around.clock.now());
        self.drain(&mut file, path).await?;
        self.finish(Some(&mut file)).await
    }

    /// Starts on `file`, at `position` when the file is the one that it is of, else at the beginning.
    async fn begin(&mut self, file: &mut File, position: Option<&Position>) -> io::Result<()> {
        let node = Node::of(&file.metadata().await?);
        let known = match position {
            Some(known) if known.node() == node && known.holds_for(file).await? => known.clone(),
            _ => Position::start(node),
        };
        self.line = known.line;
        self.lines = Lines::new(MAX_LINE_BYTES);
        self.position = Some(known);
        Ok(())
    }

    /// Reads what there is and hands over the complete lines of it. Gives whether there was anything.
    async fn drain(&mut self, file: &mut File, path: &Path) -> Result<bool, End> {
        let mut chunk = vec![0; CHUNK_BYTES];
        let at = self.position.as_ref().map_or(0, |p| p.offset) + self.lines.pending() as u64;
        file.seek(SeekFrom::Start(at)).await.map_err(failed("read", path))?;
        let mut any = false;
        loop {
            let read = file.read(&mut chunk).await.map_err(failed("read", path))?;
            if read == 0 {
                break;
            }
            if self.around.stop.is_cancelled() {
                return Err(End::Stopped);
            }
            any = true;
            self.take(chunk.get(..read).unwrap_or_default(), Some(file)).await?;
        }
        self.flush(Some(file)).await?;
        Ok(any)
    }

    async fn take(&mut self, mut bytes: &[u8], mut file: Option<&mut File>) -> Result<(), End> {
        while !bytes.is_empty() {
            let (line, taken) = self.lines.take(bytes);
            bytes = bytes.get(taken..).unwrap_or_default();
            if let Some(line) = line {
                self.accept(&line, 1);
                if self.batch.items.len() + self.batch.rejects.len() >= MAX_BATCH_ITEMS
                    || self.batch_bytes >= MAX_BATCH_BYTES
                {
                    self.flush(file.as_deref_mut()).await?;
                }
            }
        }
        Ok(())
    }

    /// What follows the last newline counts as a line, now that nothing comes after it.
    async fn finish(&mut self, file: Option<&mut File>) -> Result<(), End> {
        if let Some(line) = self.lines.rest() {
            self.accept(&line, 0);
        }
        self.flush(file).await
    }

    fn accept(&mut self, line: &Line, newline: u64) {
        self.line += 1;
        self.batch_bytes += line.bytes.len();
        if let Some(position) = &mut self.position {
            position.offset += line.length as u64 + newline;
            position.line = self.line;
        }
        if line.bytes.trim_ascii().is_empty() && !line.too_long() {
            return;
        }
        let read = if line.too_long() {
            Err(LineError::TooLong { bytes: line.length })
        } else {
            let now = self.around.clock.now();
            let read = parse_line(&line.bytes, (!self.replay).then_some(now));
            // Nobody has written tomorrow. History is lived through at the times it tells: one post of the year 2199
            // would make all that comes after it too late.
            read.map(|item| if self.replay { item.no_later_than(now) } else { item })
        };
        match read {
            Ok(item) => self.batch.items.push(item),
            Err(error) => self.batch.rejects.push(Reject::new(
                format!("line {}", self.line),
                error.to_string(),
                &line.bytes,
            )),
        }
    }

    /// Hands over what has gathered. Moves the file's cursor only to put it back.
    async fn flush(&mut self, file: Option<&mut File>) -> Result<(), End> {
        if self.batch.items.is_empty() && self.batch.rejects.is_empty() {
            return Ok(());
        }
        if let (Some(position), Some(file)) = (&mut self.position, file) {
            let back = file.stream_position().await;
            let learned = position.learn_head(file).await;
            let back = match back {
                Ok(at) => file.seek(SeekFrom::Start(at)).await,
                Err(error) => Err(error),
            };
            learned.and(back).map_err(|e| End::Io("cannot read the file's beginning again".into(), e))?;
        }
        let mut batch = std::mem::replace(&mut self.batch, Batch::empty(self.name));
        self.batch_bytes = 0;
        batch.cursor = self.position.as_ref().and_then(|p| serde_json::to_string(p).ok());
        self.around.hand_over(batch).await?;
        Ok(())
    }
}

/// Reads `from` on a thread of its own, a few chunks ahead. A read from a terminal or a pipe cannot be interrupted:
/// on a thread of the runtime it would hold up the end of the daemon.
fn pump(mut from: impl Read + Send + 'static) -> mpsc::Receiver<io::Result<Vec<u8>>> {
    let (to, chunks) = mpsc::channel(2);
    std::thread::spawn(move || {
        loop {
            let mut chunk = vec![0; CHUNK_BYTES];
            let read = match from.read(&mut chunk) {
                Ok(0) => return,
                Ok(read) => {
                    chunk.truncate(read);
                    Ok(chunk)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let last = read.is_err();
            if to.blocking_send(read).is_err() || last {
                return;
            }
        }
    });
    chunks
}

/// Follows a file through growth, rotation and truncation until stopped.
async fn follow(mut reader: Reader<'_>, config: &JsonlConfig, cursor: Option<String>) -> Result<(), End> {
    let path = config.path.as_path();
    let around = reader.around;
    let mut known = parse_cursor(cursor);
    loop {
        let mut file = wait_for(path, &reader, config.poll).await?;
        // While the daemon was down, the file may have been rotated: its end comes first.
        if let Some(position) = known.take() {
            let here = file.metadata().await.map_err(failed("read", path))?;
            if position.node() == Node::of(&here) {
                reader.begin(&mut file, Some(&position)).await.map_err(failed("read", path))?;
            } else {
                if let Ok(Some((old_path, mut old))) = find_rotated(path, &position).await {
                    reader.begin(&mut old, Some(&position)).await.map_err(failed("read", &old_path))?;
                    reader.drain(&mut old, &old_path).await?;
                    reader.finish(Some(&mut old)).await?;
                }
                reader.begin(&mut file, None).await.map_err(failed("read", path))?;
            }
        } else {
            reader.begin(&mut file, None).await.map_err(failed("read", path))?;
        }
        around.health.state(State::Listening, around.clock.now());
        around.health.peer(Some(path.display().to_string()));
        stay_with(&mut reader, &mut file, config).await?;
    }
}

/// Reads on in `file` until another one stands at its path and this one has come to its end.
async fn stay_with(reader: &mut Reader<'_>, file: &mut File, config: &JsonlConfig) -> Result<(), End> {
    let path = config.path.as_path();
    let (mut replaced, mut missed) = (false, 0_u32);
    loop {
        if let Some(position) = &reader.position {
            let length = file.metadata().await.map_err(failed("read", path))?.len();
            if !position.holds_for(file).await.map_err(failed("read", path))? {
                tracing::info!(
                    source = reader.name,
                    "{} was truncated: reading it from the start",
                    path.display()
                );
                reader.begin(file, None).await.map_err(failed("read", path))?;
            } else if length < position.offset + reader.lines.pending() as u64 {
                // Only the unfinished line was cut off: what we hold of it will never be completed.
                reader.lines = Lines::new(MAX_LINE_BYTES);
            }
        }
        let any = reader.drain(file, path).await?;
        // One more look after the new file was seen: a writer may have had the old one open a moment longer.
        if replaced && !any {
            return reader.finish(Some(file)).await;
        }
        reader.around.pause(config.poll).await?;
        let own = Node::of(&file.metadata().await.map_err(failed("read", path))?);
        replaced = match tokio::fs::metadata(path).await {
            Ok(there) => {
                if missed >= GONE_LOOKS {
                    reader.around.health.state(State::Listening, reader.around.clock.now());
                }
                missed = 0;
                Node::of(&there) != own
            }
            // Renamed away, and the new one is not there yet.
            Err(error) => {
                missed = missed.saturating_add(1);
                if missed == GONE_LOOKS {
                    let message = format!(
                        "the followed file {} is gone ({error}); waiting for it to be there again",
                        path.display()
                    );
                    reader.around.complain(reader.name, &message);
                    reader.around.health.state(State::Retrying, reader.around.clock.now());
                }
                false
            }
        };
    }
}

/// Waits until the file can be opened.
async fn wait_for(path: &Path, reader: &Reader<'_>, poll: Duration) -> Result<File, End> {
    let around = reader.around;
    let mut said = false;
    loop {
        match File::open(path).await {
            Ok(file) => return Ok(file),
            Err(error) => {
                if !said {
                    said = true;
                    let message = format!("cannot open {}: {error}; waiting for it", path.display());
                    around.complain(reader.name, &message);
                    around.health.state(State::Retrying, around.clock.now());
                }
            }
        }
        around.pause(poll).await?;
    }
}

fn parse_cursor(cursor: Option<String>) -> Option<Position> {
    // A position that cannot be read is none: the file is read anew, and the store knows what it has.
    serde_json::from_str(&cursor?).ok()
}

#[cfg(test)]
mod tests;
