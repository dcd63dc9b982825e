//! From a feed's document to posts.

use feed_rs::model::{Content, Entry, Feed, Text};
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::edges::sources::html::plain;
use crate::edges::sources::shape::{post_text, written};
use crate::ground::post::Post;
use crate::ground::time::{Timestamp, from_ms};

/// Most items of one document that are read.
pub(super) const MAX_ITEMS: usize = 2000;
/// Longest id that is taken as it is; of a longer one, a hash.
const MAX_ID_BYTES: usize = 1024;

/// One item, with what tells whether it is known.
pub(super) struct Item {
    /// The post, arrived now.
    pub(super) post: Post,
    /// The document says when it was written.
    pub(super) dated: bool,
    /// Hash of what people read of it: another one for the same id is an edit.
    pub(super) content: u64,
}

/// Reads a document. `base` is where it came from, for links that are relative.
///
/// # Errors
/// The document is no feed; the message says why, without naming the address.
pub(super) fn read(document: &[u8], base: &str) -> Result<Feed, String> {
    feed_rs::parser::Builder::new()
        .base_uri(Some(base))
        // Left empty, so that items without an id get one of ours that does not change from poll to poll.
        .id_generator(|_, _, _| String::new())
        .build()
        .parse(document)
        .map_err(|e| e.to_string())
}

/// The items of a feed, the oldest first as far as their dates tell; feeds list the newest first.
pub(super) fn items(feed: Feed, source: &str, now: Timestamp) -> Vec<Item> {
    let lang = feed.language;
    let mut items: Vec<Item> = feed
        .entries
        .into_iter()
        .take(MAX_ITEMS)
        .rev()
        .filter_map(|e| item(e, source, lang.as_deref(), now))
        .collect();
    items.sort_by_key(|i| i.post.created_at);
    items
}

fn item(entry: Entry, source: &str, lang: Option<&str>, now: Timestamp) -> Option<Item> {
    let title = entry.title.map(read_text).filter(|t| !t.is_empty());
    let body = entry.content.and_then(read_content).filter(|b| !b.is_empty());
    let text = body.or_else(|| entry.summary.map(read_text)).unwrap_or_default();
    if text.is_empty() && title.is_none() {
        return None;
    }
    let url = entry
        .links
        .iter()
        .find(|l| l.rel.is_none() || l.rel.as_deref() == Some("alternate"))
        .or_else(|| entry.links.first())
        .map(|l| l.href.clone())
        .filter(|h| h.starts_with("https://") || h.starts_with("http://"));
    let mut hash = Xxh3::new();
    hash.update(title.as_deref().unwrap_or_default().as_bytes());
    hash.update(&[0]);
    hash.update(text.as_bytes());
    let id = match (entry.id.trim(), &url) {
        ("", Some(url)) => url.clone(),
        ("", None) => format!("{:032x}", hash.digest128()),
        (id, _) => id.to_owned(),
    };
    let id = if id.len() > MAX_ID_BYTES { format!("{:032x}", xxh3_128(id.as_bytes())) } else { id };
    let said = entry.published.or(entry.updated).map(|at| from_ms(at.timestamp_millis()));
    let author = entry.authors.into_iter().filter_map(|p| p.name).find(|n| !n.trim().is_empty());
    Some(Item {
        dated: said.is_some(),
        content: hash.digest(),
        post: Post {
            id,
            source: source.to_owned(),
            author_name: author.clone(),
            author,
            followers: None,
            text: post_text(text),
            title: title.map(post_text),
            url,
            created_at: written(said, now, now),
            arrived_at: now,
            lang: entry.language.or_else(|| lang.map(str::to_owned)).filter(|l| !l.is_empty()),
            region: None,
            in_reply_to: None,
            repost_of: None,
            rating: None,
        },
    })
}

fn read_text(text: Text) -> String {
    read_as(&text.content, text.content_type.subty().as_str())
}

fn read_content(content: Content) -> Option<String> {
    let kind = content.content_type.subty().as_str().to_owned();
    content.body.map(|body| read_as(&body, &kind))
}

/// `kind` is the second half of a media type. Many feeds call their HTML plain, or escape it twice, so what looks like
/// HTML is read so.
fn read_as(text: &str, kind: &str) -> String {
    const SIGNS: [&str; 10] = ["</", "/>", "<p>", "<br", "&amp;", "&lt;", "&gt;", "&quot;", "&nbsp;", "&#"];
    if kind.contains("html") || SIGNS.iter().any(|sign| text.contains(sign)) {
        plain(text)
    } else {
        text.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn posts(document: &str) -> Vec<Item> {
        items(read(document.as_bytes(), "https://forum.example/feed").unwrap(), "forum", now())
    }

    #[test]
    fn rss_items_become_posts_oldest_first() {
        let found = posts(
            r#"<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>f</title><link>https://forum.example</link>
            <description>d</description><language>en-gb</language>
            <item><title>Screen &amp;amp; hinge</title><link>https://forum.example/t/2</link><guid>g2</guid><dc:creator>ana</dc:creator>
              <pubDate>Sun, 01 Mar 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;The hinge &lt;b&gt;broke&lt;/b&gt; off&lt;/p&gt;</description></item>
            <item><title>Old</title><link>https://forum.example/t/1</link><pubDate>Sat, 28 Feb 2026 10:00:00 GMT</pubDate><description>plain words</description></item>
            <item><description>neither id nor date</description></item>
            </channel></rss>"#,
        );
        let shown: Vec<_> =
            found.iter().map(|i| (i.post.id.as_str(), i.post.text.as_str(), i.dated)).collect();
        assert_eq!(shown[0], ("https://forum.example/t/1", "plain words", true));
        assert_eq!(shown[1], ("g2", "The hinge broke off", true));
        assert_eq!((shown[2].1, shown[2].2, shown[2].0.len()), ("neither id nor date", false, 32));
        assert_eq!(found[2].post.created_at, now());
        assert_eq!(found[1].post.author.as_deref(), Some("ana"));
        assert_eq!(found[1].post.lang.as_deref(), Some("en-gb"));
        assert_eq!(found[1].post.title.as_deref(), Some("Screen & hinge"));
    }

    #[test]
    fn atom_and_json_feeds_are_read_too() {
        let atom = posts(
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>f</id><updated>2026-02-01T00:00:00Z</updated>
            <entry><id>tag:a,1</id><title type="html">It &lt;i&gt;burns&lt;/i&gt;</title><updated>2026-02-01T00:00:00Z</updated>
            <link rel="self" href="https://a.example/self"/><link rel="alternate" href="/post/1"/>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>smoke <em>everywhere</em></p></div></content></entry></feed>"#,
        );
        assert_eq!(atom[0].post.title.as_deref(), Some("It burns"));
        assert_eq!(atom[0].post.text, "smoke everywhere");
        assert_eq!(atom[0].post.url.as_deref(), Some("https://forum.example/post/1"));
        let json = posts(
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"j","items":[
            {"id":"9","url":"https://j.example/9","content_text":"fan < 20 dB, they said","date_published":"2026-02-02T00:00:00Z"}]}"#,
        );
        assert_eq!((json[0].post.id.as_str(), json[0].post.text.as_str()), ("9", "fan < 20 dB, they said"));
    }

    #[test]
    fn an_edit_changes_the_content_and_not_the_id() {
        let feed = |text: &str| {
            format!(
                "<rss version='2.0'><channel><title>f</title><item><guid>1</guid><description>{text}</description></item></channel></rss>"
            )
        };
        let (before, after) = (posts(&feed("it broke")), posts(&feed("it broke, then it worked")));
        assert_eq!(before[0].post.id, after[0].post.id);
        assert_ne!(before[0].content, after[0].content);
        assert_eq!(before[0].content, posts(&feed("it broke"))[0].content);
    }

    #[test]
    fn documents_built_to_hurt_are_refused_or_read_but_never_kill() {
        let deep = format!("<rss version='2.0'><channel><item>{}", "<a>".repeat(1_000_000));
        assert!(read(deep.as_bytes(), "https://x.example/").is_err());
        let deep =
            format!("{{\"version\":\"https://jsonfeed.org/version/1\",\"items\":{}", "[".repeat(100_000));
        assert!(read(deep.as_bytes(), "https://x.example/").is_err());
        let bomb = "<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;'>]>\
                    <rss version='2.0'><channel><title>t</title><item><guid>1</guid><description>&b;&b;</description></item></channel></rss>";
        let size = read(bomb.as_bytes(), "https://x.example/")
            .map_or(0, |f| items(f, "s", now()).iter().map(|i| i.post.text.len()).sum());
        assert!(size < 200, "{size}");
        assert!(read(b"\xff\xfe\x00", "https://x.example/").is_err());
        assert!(read(b"", "https://x.example/").is_err());
    }
}
