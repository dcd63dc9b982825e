//! Sources that are asked again and again: when, and what becomes of posts that were there already or are gone.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read};
use std::path::Path;
use std::time::Duration;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::backoff::Backoff;
use super::http::Trouble;
use super::reach::shown;
use super::{Batch, MAX_BATCH_ITEMS, SourceError, State, Stopped, Surroundings};
use crate::ground::post::{Incoming, Post};
use crate::ground::time::Timestamp;

/// Longest wait after failures.
const MAX_WAIT: Duration = Duration::from_secs(6 * 3600);
/// First wait for a server that wants to be left alone without saying how long.
const BUSY_WAIT: Duration = Duration::from_secs(60);
/// Most posts that are remembered to tell new ones and edits from known ones.
const MAX_RECENT: usize = 10_000;
/// Most posts that are looked after.
const MAX_LOOKED_AFTER: usize = 500;
/// Most bytes of a file with a secret, or with the settings of a library beside one.
const MAX_SECRET_BYTES: u64 = 64 << 10;
/// Seconds for which a post is looked after.
const LOOKED_AFTER_SECONDS: i64 = 3 * 86_400;

/// A place that is asked again and again.
pub(super) trait Polled {
    /// Asks once and hands over what is new. Gives how long not to ask again, where the place says so.
    ///
    /// # Errors
    /// See [`Trouble`].
    async fn ask(&mut self, around: &Surroundings) -> Result<Option<Duration>, Trouble>;

    /// Waits for the next question; who also listens in between, does so here.
    ///
    /// # Errors
    /// It is time to stop.
    async fn meanwhile(&mut self, wait: Duration, around: &Surroundings) -> Result<(), Stopped> {
        around.pause(wait).await
    }
}

/// Asks until stopped, or until there will be nothing any more.
///
/// # Errors
/// The place says that it is gone for good.
pub(super) async fn run(
    name: &str,
    address: &str,
    interval: Duration,
    mut polled: impl Polled,
    around: &Surroundings,
) -> Result<(), SourceError> {
    let mut backoff = Backoff::new(interval, MAX_WAIT, around.seed);
    around.health.peer(Some(address.to_owned()));
    loop {
        let wait = match polled.ask(around).await {
            Err(Trouble::Stopped) => return Ok(()),
            Err(Trouble::Gone(message)) => {
                return Err(SourceError::Gone { name: name.to_owned(), message });
            }
            Ok(asked) => {
                backoff.reset();
                around.health.state(State::Listening, around.clock.now());
                backoff.around(interval).max(asked.unwrap_or_default())
            }
            Err(Trouble::Later(message, asked)) => {
                failed(name, address, &message, around);
                let usual = backoff.around(interval) + backoff.next();
                usual.max(asked.unwrap_or(BUSY_WAIT))
            }
            Err(Trouble::Failed(message)) => {
                failed(name, address, &message, around);
                backoff.around(interval) + backoff.next()
            }
        };
        if polled.meanwhile(wait, around).await.is_err() {
            return Ok(());
        }
    }
}

fn failed(name: &str, address: &str, message: &str, around: &Surroundings) {
    around.complain(name, &format!("the address {} {message}", shown(address)));
    around.health.state(State::Retrying, around.clock.now());
}

/// Reads the address of a server from the settings, without a slash at its end.
///
/// # Errors
/// It is none; the message names the key.
pub(super) fn server(name: &str, key: &str, address: &str) -> Result<Url, SourceError> {
    let wrong = |why: String| SourceError::Settings {
        name: name.to_owned(),
        message: format!("`{key}` is \"{address}\": {why}; write it as https://forum.example.org"),
    };
    let mut url = Url::parse(address).map_err(|e| wrong(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(wrong("it has to begin with https:// or http://".to_owned()));
    }
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url.set_query(None);
    Ok(url)
}

/// An address below a server's.
pub(super) fn below(server: &Url, path: &str) -> Url {
    let mut url = server.clone();
    let base = server.path().trim_end_matches('/');
    url.set_path(&format!("{base}{path}"));
    url
}

/// Reads the token of `token_file`, where there is one, without the white space around it.
///
/// # Errors
/// The file cannot be read or is empty.
pub(super) fn token(name: &str, path: Option<&Path>) -> Result<Option<String>, SourceError> {
    path.map(|path| secret(name, "token_file", path)).transpose()
}

/// Reads a secret from the file that `key` names, without the white space around it.
///
/// # Errors
/// The file cannot be read or is empty.
pub(super) fn secret(name: &str, key: &str, path: &Path) -> Result<String, SourceError> {
    let what = format!("cannot read `{key}` {}", path.display());
    let read = read_secret(path).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|_| std::io::Error::new(ErrorKind::InvalidData, "it is no text"))
    });
    let token = read.map_err(|error| SourceError::Io { name: name.to_owned(), what, error })?;
    let token = token.trim().to_owned();
    if token.is_empty() {
        let message = format!("`{key}` {} is empty", path.display());
        return Err(SourceError::Settings { name: name.to_owned(), message });
    }
    Ok(token)
}

/// The bytes of a file that holds a secret.
///
/// # Errors
/// It cannot be read, or is larger than any secret.
pub(super) fn read_secret(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_SECRET_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SECRET_BYTES {
        let error = "it is larger than 64 KB, which no secret is";
        return Err(std::io::Error::new(ErrorKind::FileTooLarge, error));
    }
    Ok(bytes)
}

/// Hands over items in batches; only the last carries the position, so that until then all of it counts as unread.
pub(super) async fn hand_over(
    name: &str,
    mut items: Vec<Incoming>,
    gap: Option<(Timestamp, Timestamp)>,
    cursor: Option<String>,
    around: &Surroundings,
) -> Result<(), Stopped> {
    let mut gap = gap;
    loop {
        let rest = items.split_off(items.len().min(MAX_BATCH_ITEMS));
        let last = rest.is_empty();
        let batch = Batch {
            items,
            gap: gap.take(),
            cursor: if last { cursor.clone() } else { None },
            ..Batch::empty(name)
        };
        around.hand_over(batch).await?;
        if last {
            return Ok(());
        }
        items = rest;
    }
}

/// Posts of the last polls, so that only new ones and edits are handed over.
#[derive(Debug, Default)]
pub(super) struct Recent {
    /// What each says, and which of its versions that is.
    content: FxHashMap<u64, (u64, i64)>,
    order: VecDeque<u64>,
}

impl Recent {
    /// Whether a post is new, or another version than before; notes it.
    pub(super) fn is_news(&mut self, post: &Post) -> bool {
        self.is_newer(post, 0)
    }

    /// The same where the place tells which version it is, by a number that grows: one that is older than what is known, and
    /// only comes later, is no news.
    pub(super) fn is_newer(&mut self, post: &Post, version: i64) -> bool {
        let (id, content) = (xxh3_64(post.id.as_bytes()), content_of(post));
        match self.content.get_mut(&id) {
            Some(known) if known.1 > version => false,
            Some(known) => std::mem::replace(known, (content, version)).0 != content,
            None => {
                self.note(id, (content, version));
                true
            }
        }
    }

    /// Knows a post of before a restart.
    pub(super) fn remember(&mut self, id: &str, content: u64) {
        let id = xxh3_64(id.as_bytes());
        if !self.content.contains_key(&id) {
            self.note(id, (content, 0));
        }
    }

    fn note(&mut self, id: u64, said: (u64, i64)) {
        self.content.insert(id, said);
        self.order.push_back(id);
        if self.order.len() > MAX_RECENT
            && let Some(oldest) = self.order.pop_front()
        {
            self.content.remove(&oldest);
        }
    }

    /// Forgets a post; tells whether some version of it was there.
    pub(super) fn forget(&mut self, id: &str) -> bool {
        self.content.remove(&xxh3_64(id.as_bytes())).is_some()
    }

    /// Whether some version of the post was there.
    pub(super) fn knows(&self, id: &str) -> bool {
        self.content.contains_key(&xxh3_64(id.as_bytes()))
    }
}

/// What a post says, as a number: when it was read, and how many follow, is no other version.
pub(super) fn content_of(post: &Post) -> u64 {
    let same = Post { arrived_at: Timestamp::UNIX_EPOCH, followers: None, ..post.clone() };
    xxh3_64(&serde_json::to_vec(&same).unwrap_or_default())
}

/// Posts that are looked after for some days, because the place does not tell when it deletes one: a few of them at each
/// poll, those first that were not looked after for the longest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct LookedAfter(VecDeque<(String, i64)>);

impl LookedAfter {
    /// Looks after a post from now on.
    pub(super) fn add(&mut self, post: &Post) {
        if self.0.iter().any(|(id, _)| *id == post.id) {
            return;
        }
        self.0.push_back((post.id.clone(), post.created_at.as_second()));
        if self.0.len() > MAX_LOOKED_AFTER {
            // What was caught up with is older than what came before it.
            let oldest = self.0.iter().enumerate().min_by_key(|(_, (_, written))| *written).map(|(at, _)| at);
            oldest.and_then(|at| self.0.remove(at));
        }
    }

    /// The next to look after, at most so many; they come last after that.
    pub(super) fn next(&mut self, most: usize, now: Timestamp) -> Vec<String> {
        let from = now.as_second() - LOOKED_AFTER_SECONDS;
        self.0.retain(|(_, written)| *written >= from);
        let most = most.min(self.0.len());
        let ids = self.0.iter().take(most).map(|(id, _)| id.clone()).collect();
        self.0.rotate_left(most);
        ids
    }

    /// It is gone: nothing to look after any more. Tells whether there was.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|(known, _)| known != id);
        self.0.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::post::parse_line;
    use crate::ground::time::from_ms;

    fn post(id: &str, text: &str, day: i64) -> Post {
        let at = from_ms(day * 86_400_000).to_string();
        let line = serde_json::json!({"id": id, "source": "s", "text": text, "created_at": at});
        match parse_line(line.to_string().as_bytes(), None).unwrap() {
            Incoming::Post(post) => *post,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_new_posts_and_edits_are_news() {
        let mut recent = Recent::default();
        let first = post("1", "a", 10_000);
        assert!(recent.is_news(&first) && !recent.is_news(&first) && recent.knows("1"));
        let later = Post { arrived_at: from_ms(1_000_000_000_000), followers: Some(3), ..first };
        assert!(!recent.is_news(&later), "when it was read, and how many follow, is no edit");
        assert!(recent.is_news(&post("1", "b", 10_000)));
        for n in 0..2 * MAX_RECENT {
            recent.is_news(&post(&n.to_string(), "x", 10_000));
        }
        assert_eq!((recent.content.len(), recent.order.len()), (MAX_RECENT, MAX_RECENT));
        assert!(recent.forget("19999") && !recent.forget("19999"));
    }

    #[test]
    fn an_older_version_that_comes_later_is_no_news() {
        let mut recent = Recent::default();
        assert!(recent.is_newer(&post("1", "mended", 10_000), 7), "the edit overtook its post");
        assert!(!recent.is_newer(&post("1", "broke", 10_000), 3));
        assert!(!recent.is_newer(&post("1", "mended", 10_000), 7));
        assert!(recent.is_newer(&post("1", "mended again", 10_000), 9));
        let known = post("2", "a", 10_000);
        recent.remember("2", content_of(&known));
        assert!(!recent.is_newer(&known, 0) && recent.is_newer(&post("2", "b", 10_000), 0));
    }

    #[test]
    fn posts_are_looked_after_in_turn_and_not_for_ever() {
        let mut after = LookedAfter::default();
        for id in ["1", "2", "3"] {
            after.add(&post(id, "x", 10_000));
            after.add(&post(id, "x", 10_000));
        }
        let now = |day: i64| from_ms(day * 86_400_000);
        assert_eq!(after.next(2, now(10_001)), ["1", "2"]);
        after.remove("2");
        assert_eq!(after.next(9, now(10_001)), ["3", "1"]);
        assert!(after.next(9, now(10_004)).is_empty());
        for n in 0..600 {
            after.add(&post(&n.to_string(), "x", 10_000));
        }
        assert_eq!(after.0.len(), MAX_LOOKED_AFTER);
        after.add(&post("old", "x", 9_999));
        assert!(after.0.len() == MAX_LOOKED_AFTER && !after.remove("old") && after.remove("599"));
    }

    #[test]
    fn servers_are_read_from_the_settings_and_wrong_ones_named() {
        let base = server("forum", "url", "https://forum.example.org/sub/").unwrap();
        assert_eq!(below(&base, "/posts.json").as_str(), "https://forum.example.org/sub/posts.json");
        assert_eq!(
            below(&server("f", "url", "https://a.example").unwrap(), "/x").as_str(),
            "https://a.example/x"
        );
        let said = server("forum", "url", "forum.example.org").unwrap_err().to_string();
        assert!(said.contains("`url`") && said.contains("https://forum.example.org"), "{said}");
        assert!(server("f", "url", "ftp://x").is_err());
        assert!(token("f", Some(Path::new("/nonexistent"))).unwrap_err().to_string().contains("token_file"));
    }
}
