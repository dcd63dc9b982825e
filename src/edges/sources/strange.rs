//! What strangers' places send, read the way the sources read it and without any network: the door of the fuzz target `posts`
//! and of `tests/posts_hostile.rs`. Nothing of the daemon uses it.

use super::{
    appstore, discourse, feed, github, hackernews, html, jetstream, lemmy, markdown, mastodon, reddit,
    stackexchange, webhook, x, youtube,
};
use crate::ground::post::{Incoming, Post};
use crate::ground::time::Timestamp;

/// So many ways there are to read the same bytes.
pub const WAYS: u8 = 16;

/// Reads `bytes` in one of [`WAYS`], as what came at `now` from the source called `strange`.
pub fn read_strange(way: u8, bytes: &[u8], now: Timestamp) -> Vec<Incoming> {
    let text = || String::from_utf8_lossy(bytes);
    let posts: Vec<Post> = match way % WAYS {
        0 => feed::strange(bytes, now),
        1 => return jetstream::strange(&text(), true, now),
        2 => return jetstream::strange(&text(), false, now),
        3 => mastodon::strange(&text(), now).into_iter().collect(),
        4 => return webhook::strange(bytes, now),
        5 => github::strange(bytes, now),
        6 => hackernews::strange(bytes, now),
        7 => discourse::strange(bytes, now),
        8 => lemmy::strange(bytes, now),
        9 => appstore::strange(bytes, now),
        10 => stackexchange::strange(bytes, now),
        11 => youtube::strange(bytes, now),
        12 => reddit::strange(bytes, now),
        13 => x::strange(bytes, now).into_iter().collect(),
        14 => {
            html::plain(&text());
            Vec::new()
        }
        _ => {
            markdown::plain(&text());
            Vec::new()
        }
    };
    posts.into_iter().map(|post| Incoming::Post(Box::new(post))).collect()
}
