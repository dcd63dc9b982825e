//! What commands share that look at, or work on, the data of a daemon that may be running at the same time.

use std::path::Path;

pub(super) use crate::assembly::output::counted as count;

use crate::assembly::configured::{All, sender};
use crate::assembly::decisions::replays;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::tell;
use crate::assembly::posted::letters;
use crate::edges::store::{Committed, DataLock, Store, StoreError};
use crate::ground::entry::{Body, Entry};
use crate::ground::post::{Post, PostKey};
use crate::ground::time::Timestamp;
use crate::logic::analysis::Analysis;
use crate::logic::letters::Sender;
use crate::logic::text::{is_blank, is_hidden};

/// Entries read from the log at a time.
const CHUNK: usize = 1_000;

/// Takes the data folder, unless a daemon holds it.
///
/// # Errors
/// The lock file cannot be made.
pub(super) fn take_unless_running(folder: &Path) -> Result<Option<DataLock>, Failure> {
    match DataLock::take(folder) {
        Ok(lock) => Ok(Some(lock)),
        Err(StoreError::Taken { .. }) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// Whether a daemon holds the data folder. Where that cannot be tried (a folder of another user), nobody is said to.
pub(super) fn is_running(folder: &Path) -> bool {
    matches!(DataLock::take(folder), Err(StoreError::Taken { .. }))
}

/// When a decision that was written to the log takes effect.
pub(super) fn when(folder: &Path) -> &'static str {
    if is_running(folder) {
        "The daemon reads it within a second."
    } else {
        "No daemon is running now: it takes effect when one starts."
    }
}

/// The analysis as of its newest snapshot, with its position.
///
/// # Errors
/// The store cannot be read.
pub(super) fn snapshot(store: &Store) -> Result<(Analysis, u64), Failure> {
    let Some((seq, bytes)) = store.snapshot()? else { return Ok((Analysis::default(), 0)) };
    match Analysis::restore(&bytes) {
        Ok(analysis) => Ok((analysis, seq)),
        Err(e) => {
            tell(format!("{e}; the log is read from its beginning instead, which may take a while"));
            Ok((Analysis::default(), 0))
        }
    }
}

/// The analysis as of the newest entry. Reads only: what it decides on the way is left to the daemon.
///
/// # Errors
/// The store cannot be read.
pub(super) fn analysis_now(store: &Store) -> Result<Analysis, Failure> {
    let (mut analysis, mut position) = snapshot(store)?;
    loop {
        let entries = store.read(position, CHUNK)?;
        let Some(last) = entries.last() else { return Ok(analysis) };
        position = last.seq;
        for entry in &entries {
            analysis.fold(entry);
        }
    }
}

/// The analysis while this process holds the data folder in the daemon's place: what is decided is kept as the daemon
/// keeps it.
pub(super) struct Keeper {
    /// The analysis.
    pub(super) analysis: Analysis,
    position: u64,
    sender: Sender,
    /// A file is read as history.
    replays: bool,
    /// Posts whose older versions, or whose text, leave with the next snapshot.
    gone: Vec<PostKey>,
}

impl Keeper {
    /// Begins at the newest snapshot.
    ///
    /// # Errors
    /// The store cannot be read, or the mail settings cannot be used.
    pub(super) fn new(store: &Store, settings: &All) -> Result<Self, Failure> {
        let (analysis, position) = snapshot(store)?;
        let sender = sender(settings)?;
        Ok(Self { analysis, position, sender, replays: replays(settings), gone: Vec::new() })
    }

    /// An older version of this post leaves with the next snapshot.
    pub(super) fn replaced(&mut self, key: PostKey) {
        self.gone.push(key);
    }

    /// Reads on to the end of the log and keeps what is decided. `done` is told how many entries were read.
    ///
    /// # Errors
    /// The store cannot be read or written.
    pub(super) fn catch_up(
        &mut self,
        store: &mut Store,
        now: Timestamp,
        done: &mut dyn FnMut(&[Entry]),
    ) -> Result<(), Failure> {
        loop {
            let entries = store.read(self.position, CHUNK)?;
            let Some(last) = entries.last() else { return Ok(()) };
            let mut outcomes = Vec::new();
            for entry in &entries {
                outcomes.push(self.analysis.fold(entry));
                if let Body::Delete(key) = &entry.body {
                    self.gone.push(key.clone());
                }
            }
            self.position = last.seq;
            let clock = (!self.replays).then_some(now);
            // A snapshot comes at the end; until then only what was decided is kept. A position past the snapshot is
            // harmless: who starts at the snapshot decides the same again.
            let what = Committed {
                position: self.position,
                events: outcomes.iter().flat_map(|outcome| &outcome.events).collect(),
                letters: letters(&outcomes, &self.analysis, &self.sender, &[], clock),
                ..Committed::default()
            };
            store.commit(now, &what)?;
            done(&entries);
        }
    }

    /// Keeps all that was learnt; texts that are to leave leave now.
    ///
    /// # Errors
    /// The store cannot be written.
    pub(super) fn save(&mut self, store: &mut Store, now: Timestamp) -> Result<(), Failure> {
        let bytes = self.analysis.snapshot().map_err(|e| Failure::new(Exit::Software, e))?;
        let gone = std::mem::take(&mut self.gone);
        let what = Committed { position: self.position, snapshot: Some(bytes), gone, ..Committed::default() };
        Ok(store.commit(now, &what)?)
    }
}

/// A post that somebody might write now.
pub(super) fn imagined(text: &str, at: Timestamp) -> Post {
    Post {
        id: "imagined".into(),
        source: "explain".into(),
        author: None,
        author_name: None,
        followers: None,
        text: text.to_owned(),
        title: None,
        url: None,
        created_at: at,
        arrived_at: at,
        lang: None,
        region: None,
        in_reply_to: None,
        repost_of: None,
        rating: None,
    }
}

/// The nearest of the known names, if it is near enough to be a slip of the pen, as a sentence.
pub(super) fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let most = (written.chars().count().min(64) / 3).max(1);
    known
        .into_iter()
        .filter(|name| name.len() <= 128)
        .map(|name| (strsim::osa_distance(&written.chars().take(128).collect::<String>(), name), name))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map_or_else(String::new, |(_, name)| format!("; did you mean {name}?"))
}

/// A text of somebody else's on one line of a terminal: no control characters, no marks that turn the direction of
/// writing, no runs of blanks.
pub(super) fn one_line(text: &str) -> String {
    let shown = text.chars().filter(|c| !is_hidden(*c));
    let clean: String = shown.map(|c| if c.is_control() || is_blank(c) { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it for one: in quotes, where it has to be.
pub(super) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.:/@+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", one_line(text).replace('\'', "'\\''"))
}

/// At most so many characters of it, with an ellipsis where it is cut.
pub(super) fn clip(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => format!("{}…", text.chars().take(most.saturating_sub(1)).collect::<String>().trim_end()),
    }
}

/// `2025-01-06 00:47`, in UTC.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// People, counted.
pub(super) fn people(n: u32) -> String {
    count(u64::from(n), "person", "people")
}

/// A number as people write it: three significant digits, thousands apart, powers of ten where it is huge.
pub(super) fn figure(x: f64) -> String {
    match x {
        x if !x.is_finite() || x >= 1e9 => format!("10^{:.1}", x.log10()),
        x if x >= 1_000.0 => count(x.round() as u64, "", "").trim_end().to_owned(),
        x if x >= 10.0 => format!("{x:.0}"),
        x if x >= 0.1 => format!("{x:.2}"),
        x => format!("{x:.4}"),
    }
}

/// Bytes as people write them.
pub(super) fn size(bytes: u64) -> String {
    match bytes as f64 {
        b if b < 1e6 => format!("{:.0} KB", (b / 1e3).ceil()),
        b if b < 1e9 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} GB", b / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_answered_with_the_name_that_was_meant() {
        let known = ["mini-9-20250106-ab12", "mini-9-20250207-cd34"];
        assert_eq!(did_you_mean("mini-9-20250106-ab21", known), "; did you mean mini-9-20250106-ab12?");
        assert_eq!(did_you_mean("something else", known), "");
    }

    #[test]
    fn a_hostile_text_cannot_write_on_the_terminal() {
        assert_eq!(one_line("a\u{1b}[31mb\n\tc\u{202e}d\u{9b}e\u{e0041}\u{2800}f"), "a [31mb cd e f");
        assert_eq!((clip("abcdef", 4), clip("abc", 4)), ("abc…".into(), "abc".into()));
    }

    #[test]
    fn what_a_shell_would_take_apart_is_in_quotes() {
        assert_eq!(shell_word("mini-9.c4"), "mini-9.c4");
        assert_eq!(shell_word("*"), "'*'");
        assert_eq!(shell_word("key AND \"it's\"; rm"), r#"'key AND "it'\''s"; rm'"#);
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(
            (count(1, "post", "posts"), count(1_234_567, "post", "posts")),
            ("1 post".into(), "1,234,567 posts".into())
        );
    }

    #[test]
    fn figures_are_readable_at_every_size() {
        let shown: Vec<String> = [0.0123, 0.5, 5.37, 41.4, 3_741.2, 4e12].map(figure).into();
        assert_eq!(shown, ["0.0123", "0.50", "5.37", "41", "3,741", "10^12.6"]);
    }
}
