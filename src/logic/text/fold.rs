//! Folding: case and accents go, so that "Réglage" and "reglage" are one word.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Latin letters with accents, and signs of general punctuation, each with what it folds to.
const LATIN: std::ops::Range<u32> = 0x80..0x250;
const SIGNS: std::ops::Range<u32> = 0x2010..0x2030;
static FOLDED: LazyLock<Vec<Box<str>>> = LazyLock::new(|| {
    let of =
        |code: u32| char::from_u32(code).map_or_else(String::new, |c| fold_any(c.encode_utf8(&mut [0; 4])));
    LATIN.chain(SIGNS).map(|code| of(code).into_boxed_str()).collect()
});

/// Lower-cased, compatibility-decomposed (NFKD), without accents and invisible format characters.
/// Marks of scripts in which they carry vowels (Thai, Devanagari, Arabic …) stay.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

/// The same, behind what `out` holds already.
pub fn fold_into(word: &str, out: &mut String) {
    let before = out.len();
    if !fold_common(word, out) {
        out.truncate(before);
        out.push_str(&fold_any(word));
    }
}

/// Folds a text of characters that fold by themselves, whatever stands beside them, and are common; `false` where it has
/// another one. Decomposing costs twenty times as much.
fn fold_common(word: &str, out: &mut String) -> bool {
    word.chars().all(|c| {
        let code = u32::from(c);
        let at = match code {
            0..0x80 => {
                out.push(c.to_ascii_lowercase());
                return true;
            }
            _ if LATIN.contains(&code) => code - LATIN.start,
            _ if SIGNS.contains(&code) => code - SIGNS.start + (LATIN.end - LATIN.start),
            // Emoji and Chinese characters stay as they are.
            0x4e00..0xa000 | 0x1f300..0x1f3fb | 0x1f400..0x1f650 | 0x1f680..0x1f700 | 0x1f900..0x1fa00 => {
                out.push(c);
                return true;
            }
            _ => return false,
        };
        out.push_str(FOLDED.get(at as usize).map_or("", |folded| folded));
        true
    })
}

fn fold_any(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.nfkd().flat_map(char::to_lowercase) {
        match c {
            _ if is_accent(c) || is_invisible(c) => {}
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            'œ' => out.push_str("oe"),
            'ø' => out.push('o'),
            'ł' => out.push('l'),
            'đ' => out.push('d'),
            'ı' => out.push('i'),
            '’' | '‘' | 'ʼ' | '＇' => out.push('\''),
            _ => out.push(c),
        }
    }
    one_alphabet(out)
}

/// A Latin word in which somebody put look-alike letters of another alphabet ("kеyboard") is that word: nobody writes so
/// but to be taken for somebody else. Words that are wholly of another alphabet stay.
fn one_alphabet(text: String) -> String {
    if !text.chars().any(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}')) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        if word.bytes().any(|b| b.is_ascii_alphabetic()) {
            out.extend(word.chars().map(latin_lookalike));
        } else {
            out.push_str(word);
        }
        let other = after.chars().next().map_or(0, char::len_utf8);
        let (sign, next) = after.split_at(other);
        out.push_str(sign);
        rest = next;
    }
    out
}

/// The Latin letter that a small letter, or its capital, looks like.
fn latin_lookalike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ι' => 'i',
        'ј' | 'ϳ' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'ո' | 'η' => 'n',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' => 'y',
        'ζ' => 'z',
        other => other,
    }
}

/// A mark that only accents a letter (the combining diacritical blocks).
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A character that shows nothing: joiners, direction marks, variation selectors, soft hyphen, fillers,
/// tags (letters that nobody sees), skin tones.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// A character that shows nothing or turns the direction of what follows, and that no script and no emoji needs: the
/// invisible ones but joiners, variation selectors and skin tones, and those for private use.
pub fn is_hidden(c: char) -> bool {
    let needed = matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    let private = matches!(c, '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}');
    private || is_invisible(c) && !needed
}

/// A character that takes room and shows nothing: white space, and the blank of Braille.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_go() {
        assert_eq!(fold("RÉGLAGE"), "reglage");
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("ação"), "acao");
        assert_eq!(fold("ﬁn"), "fin");
    }

    #[test]
    fn lookalike_letters_in_a_latin_word_are_what_they_look_like() {
        assert_eq!(fold("kеybоаrd"), "keyboard");
        assert_eq!(fold("my KЕYВOARD, брат: ключ μου"), "my keyboard, брат: ключ μου");
    }

    #[test]
    fn a_hundred_thousand_marks_are_nothing() {
        assert_eq!(fold(&format!("a{}", "\u{301}".repeat(100_000))), "a");
    }

    #[test]
    fn every_common_character_folds_as_any_other_does() {
        let mut common = 0;
        for c in '\u{0}'..=char::MAX {
            let (text, mut out) = (c.to_string(), String::new());
            if fold_common(&text, &mut out) {
                common += 1;
                assert_eq!(out, fold_any(&text), "{c:?}");
            }
        }
        assert!(common > 20_000, "{common}");
    }

    proptest::proptest! {
        #[test]
        fn in_a_text_they_do_so_too(text in "[a-zA-Z\u{80}-\u{24f}\u{300}-\u{345}\u{2010}-\u{202f}カ\u{3099}键盘😡👍🏽ก็]{0,20}") {
            let mut out = String::new();
            if fold_common(&text, &mut out) {
                proptest::prop_assert_eq!(&out, &fold_any(&text));
            }
            proptest::prop_assert_eq!(fold(&text), if text.is_ascii() { text.to_ascii_lowercase() } else { fold_any(&text) });
        }
    }
}
