//! HTML to plain text.

use html2text::config::{self, ImageRenderMode};
use html2text::render::TextDecorator;

/// Most HTML of one item that is read; the text that is kept of it is far shorter.
const MAX_HTML_BYTES: usize = 128 * 1024;
/// Elements nested deeper than this are no article.
const MAX_DEPTH: usize = 200;
/// Wide enough that no line of a post is ever wrapped.
const WIDTH: usize = 1_000_000;

/// The text of `html` as a person sees it: paragraphs and list items on lines of their own, no marks for links or
/// emphasis.
pub(super) fn plain(html: &str) -> String {
    let mut html = html.to_owned();
    super::shape::cut(&mut html, MAX_HTML_BYTES);
    let rendered = if deepest(&html) > MAX_DEPTH { None } else { render(&html) };
    tidy(&rendered.unwrap_or_else(|| without_tags(&html)))
}

/// Renders HTML, unless it cannot be. One odd item must not cost the whole feed, so a panic of the renderer is caught.
fn render(html: &str) -> Option<String> {
    std::panic::catch_unwind(|| {
        config::with_decorator(Plain)
            .no_table_borders()
            .no_link_wrapping()
            .allow_width_overflow()
            .raw_mode(true)
            .empty_img_mode(ImageRenderMode::IgnoreEmpty)
            .string_from_read(html.as_bytes(), WIDTH)
            .ok()
    })
    .ok()
    .flatten()
}

/// How deep tags could be nested at most: opening tags beyond closing ones.
fn deepest(html: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0usize);
    for (at, _) in html.match_indices('<') {
        match html.as_bytes().get(at + 1) {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(b) if b.is_ascii_alphabetic() => {
                let name = html.get(at + 1..).unwrap_or_default();
                let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                // These have no end tag, or do without one.
                if !["br", "img", "hr", "p", "li", "input", "wbr"]
                    .iter()
                    .any(|v| v.eq_ignore_ascii_case(name))
                {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
            }
            _ => {}
        }
    }
    deepest
}

/// The last resort for HTML that is too odd to render: everything between tags.
fn without_tags(html: &str) -> String {
    let mut text = String::new();
    for part in html.split('<') {
        let after = part.split_once('>').map_or(part, |(_, after)| after);
        if !after.trim().is_empty() {
            text.push_str(after.trim());
            text.push(' ');
        }
    }
    text
}

/// No blanks at the ends of lines, no more than one empty line.
fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !tidied.is_empty() {
            tidied.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        tidied.push_str(line);
    }
    tidied
}

/// Writes nothing around anything: html2text's own plain mode puts links in brackets.
#[derive(Clone)]
struct Plain;

impl TextDecorator for Plain {
    type Annotation = ();

    fn decorate_link_start(&mut self, _url: &str) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_link_end(&mut self) -> String {
        String::new()
    }
    fn decorate_em_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_em_end(&self) -> String {
        String::new()
    }
    fn decorate_strong_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strong_end(&self) -> String {
        String::new()
    }
    fn decorate_strikeout_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }
    fn decorate_code_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_code_end(&self) -> String {
        String::new()
    }
    fn decorate_preformat_first(&self) {}
    fn decorate_preformat_cont(&self) {}
    fn decorate_image(&mut self, _src: &str, title: &str) -> (String, ()) {
        (title.to_owned(), ())
    }
    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }
    fn quote_prefix(&self) -> String {
        String::new()
    }
    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }
    fn ordered_item_prefix(&self, i: i64) -> String {
        format!("{i}. ")
    }
    fn make_subblock_decorator(&self) -> Self {
        Self
    }
    fn decorate_superscript_start(&self) -> (String, ()) {
        (String::new(), ())
    }
    fn decorate_superscript_end(&self) -> String {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_leaves_only_what_people_read() {
        insta::assert_snapshot!(plain(
            "<p>My <b>Mini 9</b> <a href='https://x.example/very/long'>does not boot</a> &amp; gets <em>hot</em>.</p>\
             <ul><li>red light</li><li>no fan</li></ul><blockquote>Same here</blockquote>\
             <script>alert(1)</script><style>p{}</style><img src='x.png' alt='burnt plug'><br>Caf\u{e9}<sup>2</sup>"
        ), @"
        My Mini 9 does not boot & gets hot.
        - red light
        - no fan

        Same here

        burnt plug
        Café²
        ");
    }

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(plain("keys too close, 5 &lt; 6"), "keys too close, 5 < 6");
        assert_eq!(plain(""), "");
    }

    #[test]
    fn a_table_becomes_lines() {
        let text =
            plain("<table><tr><td>boot</td><td>fails</td></tr><tr><td>fan</td><td>loud</td></tr></table>");
        assert!(text.contains("boot") && text.contains("fails") && !text.contains('│'), "{text}");
    }

    proptest! {
        #[test]
        fn whatever_comes_there_is_no_mark_up_left(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "<p>", "</p>", "<table>", "<tr>", "<td colspan=9>", "</table>", "<ul><li>", "<pre>", "<b>", "<a href=x>",
                    "</a>", "<img alt='i'>", "<sup>", "<h9>", "<!--", "-->", "<svg>", "<script>", "&amp;", "&#0;", "word ", "字",
                    "\u{202e}", "\u{301}", "<", ">", "\n", "<ol start=-5>", "<blockquote>", "<select><option>",
                ]),
                0..40,
            )
        ) {
            let text = plain(&parts.concat());
            prop_assert!(!text.contains("<td") && !text.contains("</p>"), "{}", text);
            prop_assert!(text.len() < 4000, "{}", text.len());
        }
    }

    #[test]
    fn html_built_to_hurt_is_read_all_the_same() {
        let deep = format!("{}too deep{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
        assert!(plain(&deep).len() <= MAX_HTML_BYTES);
        let deep = format!("{}words{}", "<b><a>".repeat(9_000), "</b></a>".repeat(9_000));
        assert_eq!(plain(&deep), "words");
        // Numbering on from the largest number is more than the renderer can take.
        let list = plain("<ol start=9223372036854775807><li>first</li><li>second</li></ol>");
        assert!(list.contains("first") && list.contains("second"), "{list}");
    }
}
