//! The feed of a web page: what the page itself names as such.

use url::Url;

/// Most of a page that is looked at; the head of a page is at its beginning.
const MAX_HEAD_BYTES: usize = 256 * 1024;
/// What feeds call themselves.
const KINDS: [&str; 3] = ["application/rss+xml", "application/atom+xml", "application/feed+json"];

/// The first feed that a page at `base` names: `<link rel="alternate" type="application/rss+xml" href="…">`.
pub(super) fn feed_of(page: &[u8], base: &Url) -> Option<Url> {
    let head = String::from_utf8_lossy(page.get(..MAX_HEAD_BYTES).unwrap_or(page));
    let low = head.to_ascii_lowercase();
    low.match_indices("<link").find_map(|(at, _)| {
        let tag = head.get(at + 5..)?;
        let tag = tag.get(..tag.find('>')?)?;
        let value = |name: &str| attributes(tag).find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v);
        let alternate = value("rel")?.split_ascii_whitespace().any(|r| r.eq_ignore_ascii_case("alternate"));
        let kind = value("type")?.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let to = base.join(value("href")?.replace("&amp;", "&").trim()).ok()?;
        (alternate && KINDS.contains(&kind.as_str()) && matches!(to.scheme(), "http" | "https")).then_some(to)
    })
}

/// The attributes of a tag: `name="value"`, `name='value'` or `name=value`.
fn attributes(tag: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim().rsplit(char::is_whitespace).next().unwrap_or_default();
        let after = after.trim_start();
        let (value, left) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => after
                .get(1..)
                .unwrap_or_default()
                .split_once(quote)
                .unwrap_or((after.get(1..).unwrap_or_default(), "")),
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        rest = left;
        Some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(page: &str) -> Option<String> {
        feed_of(page.as_bytes(), &Url::parse("https://forum.example/c/kettles").unwrap()).map(String::from)
    }

    #[test]
    fn a_page_names_its_feed_in_any_order_and_case() {
        for page in [
            r#"<html><head><link rel="stylesheet" href="x.css"><LINK REL="alternate" TYPE="application/rss+xml" HREF="latest.rss?a=1&amp;b=2">"#,
            "<link href='/c/latest.rss?a=1&b=2' title='a > feed' type='application/rss+xml; charset=utf-8' rel='nofollow alternate'/>",
            "<link rel=alternate type=application/rss+xml href=/c/latest.rss?a=1&b=2 >",
        ] {
            let page = page.replace("'a > feed'", "'a feed'");
            assert_eq!(feed(&page).as_deref(), Some("https://forum.example/c/latest.rss?a=1&b=2"), "{page}");
        }
    }

    #[test]
    fn what_is_no_feed_is_not_followed() {
        for page in [
            "<link rel=alternate hreflang=de href=/de>",
            r#"<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">"#,
            r#"<link rel="alternate" type="application/rss+xml""#,
            "<link rel= type= href=>",
            "<p>no feed here</p>",
            "",
        ] {
            assert_eq!(feed(page), None, "{page}");
        }
        assert_eq!(feed(&"<link ".repeat(50_000)), None);
    }
}
