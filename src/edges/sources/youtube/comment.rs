//! Comments as YouTube shows them.

use serde::Deserialize;

use crate::edges::sources::shape::{post_text, written};
use crate::ground::post::{MAX_ID_BYTES, Post};
use crate::ground::time::Timestamp;

/// A comment below a video, with some of its replies.
#[derive(Debug, Deserialize)]
pub(super) struct Thread {
    snippet: ThreadSnippet,
    replies: Option<Replies>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadSnippet {
    video_id: Option<String>,
    top_level_comment: Comment,
}

#[derive(Debug, Deserialize)]
struct Replies {
    #[serde(default)]
    comments: Vec<Comment>,
}

/// A comment or a reply.
#[derive(Debug, Deserialize)]
pub(super) struct Comment {
    pub(super) id: String,
    snippet: Snippet,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Snippet {
    #[serde(default)]
    text_display: String,
    author_display_name: Option<String>,
    author_channel_id: Option<ChannelId>,
    video_id: Option<String>,
    parent_id: Option<String>,
    published_at: String,
}

#[derive(Debug, Deserialize)]
struct ChannelId {
    value: String,
}

impl Thread {
    /// The comment that began it.
    pub(super) fn top(&self) -> &Comment {
        &self.snippet.top_level_comment
    }

    /// All of it, the oldest first.
    pub(super) fn comments(self) -> Vec<Comment> {
        let video = self.snippet.video_id;
        let mut replies = self.replies.map(|r| r.comments).unwrap_or_default();
        replies.sort_by_key(Comment::at);
        let mut all = vec![self.snippet.top_level_comment];
        all.extend(replies);
        for comment in &mut all {
            comment.snippet.video_id = comment.snippet.video_id.take().or_else(|| video.clone());
        }
        all
    }
}

impl Comment {
    /// When it was written.
    pub(super) fn at(&self) -> Option<Timestamp> {
        self.snippet.published_at.parse().ok()
    }
}

/// Reads a comment; nothing for one without words.
pub(super) fn read(it: Comment, source: &str, now: Timestamp) -> Option<Post> {
    let at = it.at();
    let text = it.snippet.text_display.trim().to_owned();
    if text.is_empty() || it.id.is_empty() || it.id.len() > MAX_ID_BYTES {
        return None;
    }
    let name = it.snippet.author_display_name.filter(|n| !n.is_empty());
    let plain = |id: &&String| id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let video = it.snippet.video_id.as_ref().filter(plain);
    Some(Post {
        url: video
            .filter(|_| plain(&&it.id))
            .map(|v| format!("https://www.youtube.com/watch?v={v}&lc={}", it.id)),
        id: it.id,
        source: source.to_owned(),
        author: it.snippet.author_channel_id.map(|c| c.value).or_else(|| name.clone()),
        author_name: name,
        followers: None,
        text: post_text(text),
        title: None,
        created_at: written(at, now, now),
        arrived_at: now,
        lang: None,
        region: None,
        in_reply_to: it.snippet.parent_id,
        repost_of: None,
        rating: None,
    })
}
