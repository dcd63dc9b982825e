//! Lists of feeds as feed readers export them (OPML).

use encoding_rs::UTF_8;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

/// Most feeds of one list.
const MAX_FEEDS: usize = 5_000;
/// Longest name that is made of a title, in characters.
const MAX_NAME: usize = 40;

/// One feed of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// A name for the source, made of its title: small letters, digits and dashes.
    pub name: String,
    /// The address of the feed.
    pub url: String,
}

/// A list of feeds, as read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The feeds in their order, each address once. Names are not yet different from one another.
    pub feeds: Vec<Listed>,
    /// Addresses that are none of the web (`http`, `https`), as they stand there.
    pub not_web: Vec<String>,
    /// Addresses that stand there once more.
    pub again: Vec<String>,
}

/// Reads a list.
///
/// # Errors
/// It is no OPML, or too long; the message says why.
pub fn read_opml(list: &[u8]) -> Result<Listing, String> {
    let list = super::decode::utf8(list, "");
    let (text, _, _) = UTF_8.decode(&list);
    let mut reader = Reader::from_str(&text);
    // Lists are written by hand, too: what is closed in another order does no harm here.
    reader.config_mut().check_end_names = false;
    let (mut found, mut is_opml) = (Listing::default(), false);
    loop {
        let at = reader.buffer_position();
        match reader.read_event().map_err(|e| format!("it cannot be read from byte {at} on: {e}"))? {
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "opml" => is_opml = true,
                "outline" => {
                    if found.feeds.len() + found.not_web.len() + found.again.len() >= MAX_FEEDS {
                        return Err(format!("it lists more than {MAX_FEEDS} feeds"));
                    }
                    match outline(&tag) {
                        None => {}
                        Some(Err(address)) => found.not_web.push(address),
                        Some(Ok(listed)) if found.feeds.iter().any(|known| known.url == listed.url) => {
                            found.again.push(listed.url);
                        }
                        Some(Ok(listed)) => found.feeds.push(listed),
                    }
                }
                _ => {}
            },
            Event::Eof if is_opml => return Ok(found),
            Event::Eof => return Err("it is no OPML: there is no <opml> in it".to_owned()),
            _ => {}
        }
    }
}

/// The feed of an outline, or its address where that is none of the web; nothing where it names none.
fn outline(tag: &BytesStart<'_>) -> Option<Result<Listed, String>> {
    let value = |name: &str| {
        tag.attributes()
            .with_checks(false)
            .flatten()
            .find(|a| a.key.as_ref().eq_ignore_ascii_case(name))
            .and_then(|a| Some(quick_xml::escape::unescape(&a.value).ok()?.trim().to_owned()))
            .filter(|v| !v.is_empty())
    };
    let given = value("xmlUrl")?;
    let web = Url::parse(&given).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let Some((url, host)) = web.and_then(|url| Some((url.clone(), url.host_str()?.to_owned()))) else {
        return Some(Err(given));
    };
    let title = value("text").or_else(|| value("title")).unwrap_or_default();
    let name = [name_of(&title), name_of(&host)].into_iter().find(|n| !n.is_empty())?;
    Some(Ok(Listed { name, url: url.into() }))
}

fn name_of(title: &str) -> String {
    let small = title.to_lowercase();
    let words = small.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let name: String = words.collect::<Vec<_>>().join("-").chars().take(MAX_NAME).collect();
    name.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(list: &[u8]) -> Vec<(String, String)> {
        read_opml(list).unwrap().feeds.into_iter().map(|l| (l.name, l.url)).collect()
    }

    #[test]
    fn the_feeds_of_a_list_with_folders() {
        let list = r#"<?xml version="1.0" encoding="ISO-8859-1"?><opml version="2.0"><head><title>mine</title></head><body>
            <outline text="News"><outline type="rss" text="B&amp;B's Blog &lt;3" xmlUrl="https://b.example/feed?a=1&amp;b=2" htmlUrl="https://b.example"/>
            <outline TYPE="rss" title="K\u{fc}che" XMLURL='https://k.example/rss' /></outline>
            <outline text="again" xmlUrl="https://b.example/feed?a=1&amp;b=2"/><outline text="!!!" xmlUrl="http://plain.example/a"/>
            <outline text="no feed" htmlUrl="https://x.example"/><outline text="odd" xmlUrl="file:///etc/passwd"/>
            </body></opml>"#.replace("\\u{fc}", "\u{fc}");
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&list);
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(
            shown(&bytes),
            [
                pair("b-b-s-blog-3", "https://b.example/feed?a=1&b=2"),
                pair("k\u{fc}che", "https://k.example/rss"),
                pair("plain-example", "http://plain.example/a")
            ]
        );
        let read = read_opml(&bytes).unwrap();
        assert_eq!(
            (read.not_web, read.again),
            (vec!["file:///etc/passwd".into()], vec!["https://b.example/feed?a=1&b=2".into()])
        );
    }

    #[test]
    fn what_is_no_list_is_said_and_nothing_hurts() {
        for (list, words) in [
            (String::new(), "no OPML"),
            ("<html><outline xmlUrl='https://x.example'/></html>".into(), "no OPML"),
            ("<opml><outline".into(), "cannot be read from byte"),
            (
                format!(
                    "<opml>{}",
                    (0..=MAX_FEEDS)
                        .map(|n| format!("<outline xmlUrl='https://x.example/{n}'/>"))
                        .collect::<String>()
                ),
                "more than",
            ),
        ] {
            assert!(read_opml(list.as_bytes()).unwrap_err().contains(words), "{words}");
        }
        assert_eq!(shown(format!("<opml>{}", "<outline>".repeat(1_000_000)).as_bytes()), []);
        let bomb = "<!DOCTYPE o [<!ENTITY a 'aaaaaaaaaa'>]><opml><outline text='&a;&a;' xmlUrl='https://x.example/&a;'/></opml>";
        assert_eq!(shown(bomb.as_bytes()), []);
    }
}
