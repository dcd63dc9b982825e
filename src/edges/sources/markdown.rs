//! Markdown to plain text.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// Most Markdown of one post that is read.
const MAX_BYTES: usize = 128 * 1024;

/// The text of `markdown` as a person sees it: paragraphs and list items on lines of their own, no marks for links, pictures
/// or emphasis, nothing of comments and other HTML. What is quoted of somebody else is left out.
pub(super) fn plain(markdown: &str) -> String {
    let mut markdown = markdown.to_owned();
    super::shape::cut(&mut markdown, MAX_BYTES);
    let (mut text, mut quoted) = (String::new(), 0usize);
    for event in Parser::new_ext(&markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::BlockQuote(_)) => quoted += 1,
            Event::End(TagEnd::BlockQuote(_)) => quoted = quoted.saturating_sub(1),
            _ if quoted > 0 => {}
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push('\n'),
            Event::End(TagEnd::TableCell) => text.push(' '),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::Item
                | TagEnd::CodeBlock
                | TagEnd::TableRow
                | TagEnd::TableHead,
            ) => text.push('\n'),
            _ => {}
        }
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_no_marks() {
        let markdown = "## It *leaks*\n\nSee [the log](https://x.example/a_b) and ![a puddle](p.png)\nafter `boil()`.\n\n\
                        - one\n- two<br>\n\n```\nE42\n```\n<!-- a template\nspeaks -->\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        insta::assert_snapshot!(plain(markdown), @r"
        It leaks
        See the log and a puddle
        after boil().
        one
        two
        E42
        a b
        1 2
        ");
    }

    #[test]
    fn what_is_quoted_was_said_by_another() {
        assert_eq!(plain("> it leaks\n> > much\n\nmine does not"), "mine does not");
    }

    #[test]
    fn hostile_marks_take_no_time() {
        for hostile in
            ["[".repeat(100_000), "> ".repeat(50_000), "*a _b ".repeat(20_000), "![".repeat(60_000)]
        {
            assert!(plain(&hostile).len() <= 2 * MAX_BYTES);
        }
    }
}
