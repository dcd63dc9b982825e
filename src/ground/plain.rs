//! What a post's text is freed from before anybody reads it: what no reader sees, and what hides words from matching.

use std::borrow::Cow;

/// Longest text that is kept, in bytes of UTF-8; the rest is cut off at a character.
pub const MAX_TEXT_BYTES: usize = 32 * 1024;

/// Cuts to [`MAX_TEXT_BYTES`] at a character, and drops what no text needs (NUL, what moves a terminal's cursor or colours
/// what it shows) or what hides words from readers who are no people: blanks of no width, soft hyphens, and joiners
/// within words.
pub(super) fn plain(mut text: String) -> String {
    if text.len() > MAX_TEXT_BYTES {
        let mut end = MAX_TEXT_BYTES;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    if text.contains('\0') {
        text = text.replace('\0', " ");
    }
    if let Cow::Owned(without) = without_orders(&text) {
        text = without;
    }
    if text.is_ascii() || !text.contains(hides) {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joiner = matches!(c, '\u{200c}' | '\u{200d}');
        // Between emoji, and in scripts that need them, joiners are spelling.
        let spelling = joiner
            && !(is_european(before) && rest.peek().is_none_or(|next| is_european(*next) || hides(*next)));
        if !hides(c) || spelling {
            plain.push(c);
            before = c;
        }
    }
    plain
}

fn hides(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{180e}')
}

/// Letters of the Latin, Greek and Cyrillic alphabets.
fn is_european(c: char) -> bool {
    c.is_alphabetic() && (c as u32) < 0x530
}

/// The text without a terminal's control sequences (ECMA-48: ESC and `[`, or U+009B; parameters; a letter that ends it), which
/// come with what people paste from one. Left in, their ends stay before words: `31merror` is no `error`.
fn without_orders(text: &str) -> Cow<'_, str> {
    if !text.contains(['\u{1b}', '\u{9b}']) {
        return text.into();
    }
    let mut rest = text;
    let mut out = String::new();
    while let Some((at, order)) = rest.char_indices().find_map(|(at, _)| Some((at, order(rest.get(at..)?)?)))
    {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = order;
    }
    (out + rest).into()
}

/// What follows a control sequence that `text` begins with. One that never ends is none.
fn order(text: &str) -> Option<&str> {
    let said = text.strip_prefix("\u{1b}[").or_else(|| text.strip_prefix('\u{9b}'))?;
    let end = said.trim_start_matches(|c| matches!(c, ' '..='?'));
    end.strip_prefix(|c| matches!(c, '@'..='~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_leaves_and_what_looks_like_it_stays() {
        let cases = [
            ("\u{1b}[2J\u{1b}[31merror\u{1b}[0m: it drains", "error: it drains"),
            ("\u{9b}1;32mgreen\u{9b}m", "green"),
            ("\u{1b}[?25lhidden \u{1b}[38;5;208morange", "hidden orange"),
            ("a [2J in brackets [31m", "a [2J in brackets [31m"),
            ("never ends \u{1b}[12;", "never ends \u{1b}[12;"),
            ("no letter ends it \u{1b}[1é", "no letter ends it \u{1b}[1é"),
            ("alone \u{1b}", "alone \u{1b}"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text.to_owned()), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_else_is_lost(words in "[a-zé ]{0,20}", codes in "[0-9;?]{0,6}", end in "[A-Za-z]", at in 0_usize..20) {
            let at = words.char_indices().map(|(at, _)| at).nth(at).unwrap_or(words.len());
            let text = format!("{}\u{1b}[{codes}{end}{}", &words[..at], &words[at..]);
            proptest::prop_assert_eq!(plain(text), words);
        }
    }
}
