//! What Reddit shows: posts (`t3_…`) and comments (`t1_…`).

use serde::Deserialize;

use crate::edges::sources::markdown::plain;
use crate::edges::sources::shape::{post_text, written};
use crate::ground::post::{MAX_ID_BYTES, Post};
use crate::ground::time::{Timestamp, from_ms};

/// An answer.
#[derive(Debug, Deserialize)]
pub(super) struct Answered {
    data: Data,
}

#[derive(Debug, Deserialize)]
struct Data {
    #[serde(default)]
    children: Vec<Child>,
    after: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Child {
    data: serde_json::Value,
}

/// A page of a list, the newest first.
#[derive(Debug)]
pub(super) struct Listing {
    /// What is on it.
    pub(super) things: Vec<Thing>,
    /// How to ask for the next page.
    pub(super) after: Option<String>,
}

impl Answered {
    /// The page; what is on it and of another form (an advert, a collapsed "more") is passed over.
    pub(super) fn listing(self) -> Listing {
        let things = self.data.children.into_iter().filter_map(|c| Thing::deserialize(c.data).ok()).collect();
        Listing { things, after: self.data.after.filter(|a| !a.is_empty()) }
    }
}

/// A post or a comment.
#[derive(Debug, Deserialize)]
pub(super) struct Thing {
    /// Its full name, with its kind.
    pub(super) name: String,
    author: Option<String>,
    author_fullname: Option<String>,
    title: Option<String>,
    selftext: Option<String>,
    body: Option<String>,
    permalink: Option<String>,
    created_utc: f64,
    parent_id: Option<String>,
    crosspost_parent: Option<String>,
    removed_by_category: Option<String>,
    #[serde(default)]
    promoted: bool,
}

impl Thing {
    /// When it was written.
    pub(super) fn at(&self) -> Option<Timestamp> {
        (self.created_utc > 0.0).then(|| from_ms((self.created_utc * 1000.0) as i64))
    }

    /// Whether its author or a moderator took it away: it stays in lists without its words.
    pub(super) fn is_gone(&self) -> bool {
        let words = self.selftext.as_deref().or(self.body.as_deref()).unwrap_or_default();
        self.removed_by_category.is_some()
            || matches!(words, "[deleted]" | "[removed]")
            || self.author.as_deref() == Some("[deleted]")
    }
}

/// Reads a post or a comment; nothing for adverts, for what Reddit's own program writes, and for what has no words.
pub(super) fn read(it: Thing, source: &str, now: Timestamp) -> Option<Post> {
    let at = it.at();
    let text = plain(it.selftext.or(it.body).as_deref().unwrap_or_default());
    let title = it.title.filter(|t| !t.trim().is_empty()).map(post_text);
    let of_a_program = it.author.as_deref() == Some("AutoModerator");
    if it.promoted || of_a_program || it.name.len() > MAX_ID_BYTES || (text.is_empty() && title.is_none()) {
        return None;
    }
    let path = it.permalink.filter(|p| p.starts_with("/r/"));
    Some(Post {
        id: it.name,
        source: source.to_owned(),
        author: it.author_fullname.or_else(|| it.author.clone()),
        author_name: it.author,
        followers: None,
        text: post_text(text),
        title,
        url: path.map(|p| format!("https://www.reddit.com{p}")),
        created_at: written(at, now, now),
        arrived_at: now,
        lang: None,
        region: None,
        in_reply_to: it.parent_id,
        repost_of: it.crosspost_parent,
        rating: None,
    })
}
