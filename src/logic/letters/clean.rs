//! Strangers' text made harmless to read: what a stranger wrote may not pose as our own words, run over the
//! edge of the page, turn the direction of what follows, or hide anything.

use serde::Serialize;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;
use url::Url;

use crate::logic::text::{is_blank, is_hidden};

/// Accents on one letter past this many are dropped: no language needs more, "zalgo" text does.
const MAX_MARKS: usize = 3;
/// Longest link that is shown, in bytes. A longer one is for machines.
const MAX_LINK_BYTES: usize = 500;

/// Where a rule stands (`rules/mini-9.toml:14`), without the folders of the machine: they say nothing to those who read it.
pub(super) fn without_folders(place: &str) -> &str {
    place.rsplit(['/', '\\']).next().unwrap_or(place)
}

/// One line of text: control characters and line breaks become blanks, runs of blanks one blank; direction marks
/// and characters that show nothing are dropped, save joiners inside of scripts and emoji that need them.
pub(super) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4_096));
    let mut marks = 0;
    for c in text.chars() {
        if is_blank(c) || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
            continue;
        }
        if is_joiner(c) {
            let needed = out.chars().next_back().is_some_and(|last| last >= '\u{600}' && !is_joiner(last));
            if needed {
                out.push(c);
            }
            continue;
        }
        if is_hidden(c) {
            continue;
        }
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        if marks <= MAX_MARKS {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// [`line`], at most `limit` characters as a reader counts them (graphemes), cut after a word where one ends
/// nearby. What is cut ends in "…".
pub(super) fn clip(text: &str, limit: usize) -> String {
    let clean = line(text);
    let Some((cut, _)) = clean.grapheme_indices(true).nth(limit) else { return clean };
    // The ellipsis counts as one character.
    let end = clean.grapheme_indices(true).nth(limit.saturating_sub(1)).map_or(cut, |(at, _)| at);
    let head = clean.get(..end).unwrap_or_default();
    let word_end = head.rfind(' ').filter(|at| head.len() - at <= 30 && *at * 2 > head.len());
    let kept = word_end.and_then(|at| head.get(..at)).unwrap_or(head);
    format!("{}…", kept.trim_end_matches([' ', ',', ';', ':', '.']))
}

/// Who decided something: their address or name, without how they did it.
pub(super) fn who(by: &str) -> String {
    clip(by.split(" (team ").next().unwrap_or(by), 80)
}

/// A link that may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Link {
    /// The address, in the letters that addresses allow (ASCII).
    pub(super) href: String,
    /// The host alone, look-alike letters spelled out (`xn--…`): where the link really goes.
    pub(super) host: String,
}

/// The link, if it goes to a web page and says honestly where: http or https, no name or password before the host,
/// not longer than a person would copy.
pub(super) fn link(address: &str) -> Option<Link> {
    let url = Url::parse(address.trim()).ok()?;
    let honest =
        matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none();
    let host = url.host_str().filter(|host| !host.is_empty())?.to_owned();
    let href = String::from(url.clone());
    (honest && href.len() <= MAX_LINK_BYTES && href.is_ascii()).then_some(Link { href, host })
}

/// Letters, digits, `-` and `_` only, for places with a grammar of their own (Message-ID, List-Id). What had to be
/// changed to fit gets a checksum of the original behind it, so that two names never become one.
pub(super) fn token(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if !text.is_empty() && text.len() <= 80 && text.chars().all(fits) {
        return text.to_owned();
    }
    let head: String = text.chars().map(|c| if fits(c) { c } else { '-' }).take(60).collect();
    format!("{head}-{:08x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()) >> 32)
}

/// Joins what stands beside it: emoji families, Persian, Hindi.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}')
}

/// With a capital letter at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_header_cannot_be_smuggled_in_by_a_line_break() {
        assert_eq!(line("keys\r\nBcc: all@example.org\u{2028}x\u{85}y"), "keys Bcc: all@example.org x y");
    }

    #[test]
    fn direction_marks_and_hidden_characters_go_and_emoji_families_stay() {
        assert_eq!(line("a\u{202e}b\u{2066}c\u{200b}d\u{e0041}e\u{2800}f"), "abcde f");
        assert_eq!(line("👩\u{200d}👧 ok"), "👩\u{200d}👧 ok");
        assert_eq!(line("می\u{200c}خواهم"), "می\u{200c}خواهم");
        assert_eq!(line("pass\u{200d}word"), "password");
    }

    #[test]
    fn a_tower_of_accents_is_cut_down() {
        assert_eq!(line(&format!("a{}b", "\u{301}".repeat(500))), "a\u{301}\u{301}\u{301}b");
    }

    #[test]
    fn clipping_ends_after_a_word_and_a_word_without_end_is_cut() {
        assert_eq!(clip("the keys are too close together", 16), "the keys are…");
        assert_eq!(clip("the keys", 8), "the keys");
        assert_eq!(clip(&"x".repeat(4_000), 10).chars().count(), 10);
    }

    #[test]
    fn only_honest_web_links_are_links() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,hi",
            "https://bank.example@evil.example/",
            "file:///etc/passwd",
            "not a link",
            "https://",
        ] {
            assert_eq!(link(bad), None, "{bad}");
        }
        let shown = link("https://аpple.example/\"><b>").unwrap();
        assert_eq!(shown.host, "xn--pple-43d.example");
        assert!(!shown.href.contains(['"', '<', '>']), "{}", shown.href);
        assert_eq!(link(&format!("https://a.example/{}", "x".repeat(600))), None);
    }

    #[test]
    fn two_names_never_become_one_token() {
        assert_eq!(token("mini-9_a"), "mini-9_a");
        assert_ne!(token("é"), token("è"));
        assert_ne!(token(""), token("-"));
    }

    proptest! {
        #[test]
        fn a_cleaned_line_is_one_line_and_stays_as_it_is(text in "\\PC{0,80}|[\\x00-\\x7f\u{200b}-\u{202e}]{0,80}") {
            let once = line(&text);
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(line(&once), once);
        }

        #[test]
        fn a_clip_keeps_its_limit(text in "[a-zé 👩\u{200d}]{0,120}", limit in 1_usize..60) {
            prop_assert!(clip(&text, limit).graphemes(true).count() <= limit);
        }

        #[test]
        fn a_token_fits_an_address(text in ".{0,80}") {
            prop_assert!(token(&text).chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        }
    }
}
