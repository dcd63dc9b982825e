//! Documents in encodings other than UTF-8: what a mark at the beginning, the header or the document itself says.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a document its own declaration may stand, in bytes.
const HEAD: usize = 200;

/// The document in UTF-8 without its own declaration, which would be wrong then. A mark at the beginning counts most, then
/// `Content-Type`, then the document; without any it is UTF-8, and stays as it is.
pub(super) fn utf8<'a>(body: &'a [u8], content_type: &str) -> Cow<'a, [u8]> {
    let declared = declaration(body);
    let said = Encoding::for_bom(body)
        .map(|(encoding, _)| encoding)
        .or_else(|| charset(content_type).and_then(|c| Encoding::for_label(c.as_bytes())))
        // A document that can be read as one-byte letters is not UTF-16, whatever it says.
        .or_else(|| {
            declared
                .as_ref()
                .and_then(|d| Encoding::for_label(d.1.as_bytes()))
                .filter(|e| *e != UTF_16LE && *e != UTF_16BE)
        })
        .or_else(|| wide(body))
        .unwrap_or(UTF_8);
    if said == UTF_8 && declared.is_none() {
        return Cow::Borrowed(body);
    }
    let (text, _, _) = said.decode(body);
    // The letters of the declaration are the same in both, so its place is looked up again in the text.
    match declaration(text.as_bytes()) {
        Some((range, _)) => {
            let mut text = text.into_owned();
            text.replace_range(range, "");
            Cow::Owned(text.into_bytes())
        }
        None => Cow::Owned(text.into_owned().into_bytes()),
    }
}

/// ` encoding="…"` in the first line of an XML document: where, and what.
fn declaration(body: &[u8]) -> Option<(std::ops::Range<usize>, String)> {
    let head = body.get(..HEAD).unwrap_or(body);
    let head = head.strip_prefix(b"\xef\xbb\xbf").map_or((0, head), |rest| (3, rest));
    let ascii: String = head.1.iter().map(|b| if b.is_ascii() { char::from(*b) } else { '?' }).collect();
    if !ascii.starts_with("<?xml") {
        return None;
    }
    let declared = ascii.get(..ascii.find("?>")?)?;
    let at = declared.find("encoding")?;
    let rest = declared.get(at + 8..)?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let label = value.get(1..)?.split_once(quote)?.0;
    let end = declared.len() - value.len() + label.len() + 2;
    Some((head.0 + at..head.0 + end, label.to_owned()))
}

fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// UTF-16 without a mark: every other byte of `<?` is nothing.
fn wide(body: &[u8]) -> Option<&'static Encoding> {
    match body {
        [b'<', 0, ..] => Some(UTF_16LE),
        [0, b'<', ..] => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &[u8], content_type: &str) -> String {
        let document = utf8(body, content_type);
        let feed = crate::edges::sources::feed::items::read(&document, "https://f.example/").unwrap();
        feed.entries[0].title.as_ref().unwrap().content.clone()
    }

    fn rss(encoding: &str, title: &str) -> String {
        format!(
            "<?xml version='1.0' encoding='{encoding}' standalone='yes'?><rss version='2.0'><channel><title>t</title><item><title>{title}</title></item></channel></rss>"
        )
    }

    #[test]
    fn a_feed_is_read_in_the_encoding_that_it_says() {
        for (label, title) in [
            ("ISO-8859-1", "Kühlschrank läuft aus"),
            ("windows-1251", "Чайник течёт"),
            ("Shift_JIS", "やかんが漏れる"),
            ("GB2312", "水壶漏水"),
            ("Big5", "水壺漏水"),
            ("KOI8-R", "Чайник"),
            ("utf-8", "läuft"),
        ] {
            let (bytes, _, lost) = Encoding::for_label(label.as_bytes()).unwrap().encode(title);
            assert!(!lost);
            let document = rss(label, "TITLE");
            let (before, after) = document.split_once("TITLE").unwrap();
            let body = [before.as_bytes(), &bytes, after.as_bytes()].concat();
            assert_eq!(read(&body, "application/rss+xml"), title, "{label}, said by the document");
            // The header counts more than what the document says of itself.
            let lying = [before.replace(label, "us-ascii").as_bytes(), &bytes, after.as_bytes()].concat();
            assert_eq!(
                read(&lying, &format!("text/xml; charset=\"{label}\"")),
                title,
                "{label}, said by the header"
            );
        }
    }

    #[test]
    fn two_bytes_a_letter_with_and_without_a_mark() {
        let text = rss("UTF-16", "läuft 水");
        let low: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let high: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&low, ""), "läuft 水");
        assert_eq!(read(&[b"\xff\xfe", &low[..]].concat(), "text/xml; charset=us-ascii"), "läuft 水");
        assert_eq!(read(&[b"\xfe\xff", &high[..]].concat(), ""), "läuft 水");
        assert_eq!(read(&[b"\xef\xbb\xbf", rss("utf-8", "ü").as_bytes()].concat(), ""), "ü");
        // It says so and is not.
        assert_eq!(read(rss("UTF-16", "leaks").as_bytes(), ""), "leaks");
    }

    #[test]
    fn what_says_nothing_stays_as_it_is() {
        for body in [
            &b"{}"[..],
            b"",
            b"<rss>",
            b"\xff",
            b"<?xml encoding=",
            b"<?xml encoding='x",
            b"<?xml version='1.0'?><rss/>",
        ] {
            assert_eq!(utf8(body, "text/xml"), Cow::Borrowed(body));
        }
        assert!(!utf8(&b"<?xml encoding='nonsense'?><rss/>"[..], "a; charset").is_empty());
    }
}
