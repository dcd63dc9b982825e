//! Folding: case and accents go, so that "Réglage" and "reglage" are one word.

use unicode_normalization::UnicodeNormalization;

/// Lower-cased, compatibility-decomposed (NFKD), without accents and invisible format characters.
/// Marks of scripts in which they carry vowels (Thai, Devanagari, Arabic …) stay.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
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
    out
}

/// A mark that only accents a letter (the combining diacritical blocks).
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A character that shows nothing: joiners, direction marks, variation selectors, soft hyphen, skin tones.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{1f3fb}'..='\u{1f3ff}')
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
    fn a_hundred_thousand_marks_are_nothing() {
        assert_eq!(fold(&format!("a{}", "\u{301}".repeat(100_000))), "a");
    }
}
