//! What a post's text is freed from before anybody reads it: what no reader sees, and what hides words from matching.

/// Longest text that is kept, in bytes of UTF-8; the rest is cut off at a character.
pub const MAX_TEXT_BYTES: usize = 32 * 1024;
/// What a terminal's control sequences begin with.
const ORDER: &str = "\u{1b}[";

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
    if text.contains(ORDER) {
        text = without_orders(&text);
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

/// The text without a terminal's control sequences (ECMA-48: ESC and `[`, parameters, a letter that ends it), which come with
/// what people paste from one. Left in, their ends stay before words: `31merror` is no `error`. The one character that may
/// stand for ESC and `[`, U+009B, is no such thing in a post: it is a `›` that somebody read in the wrong encoding.
fn without_orders(text: &str) -> String {
    let mut parts = text.split(ORDER);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.trim_start_matches(|c| matches!(c, ' '..='?'));
        match end.strip_prefix(|c| matches!(c, '@'..='~')) {
            Some(rest) => out.push_str(rest),
            // One that never ends is none.
            None => out.extend([ORDER, part]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_words_is_taken_out_and_what_spells_stays() {
        assert_eq!(plain("bro\u{ad}ke af\u{200b}te\u{200d}r \u{feff}it".into()), "broke after it");
        let family = "👨\u{200d}👩\u{200d}👧 می\u{200c}خواهم";
        assert_eq!(plain(family.into()), family);
    }

    #[test]
    fn what_a_terminal_obeys_leaves_and_what_looks_like_it_stays() {
        let cases = [
            ("\u{1b}[2J\u{1b}[31merror\u{1b}[0m: it drains", "error: it drains"),
            ("\u{8b}quoted\u{9b} in another encoding", "\u{8b}quoted\u{9b} in another encoding"),
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
