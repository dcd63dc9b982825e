//! `query-lookalike`: letters of two alphabets in one word.
//!
//! Why: a Cyrillic а looks like a Latin a, comes along when text is copied from a web page, and makes a word that
//! nobody ever writes. Fix: type the word anew.

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-lookalike",
    "Letters of two alphabets in one word",
    "A Cyrillic а looks like a Latin a and makes a word that nobody ever writes.",
    Shown::Query("kеyboard OR mini9"),
    "keyboard OR mini9",
)];

/// One warning for each word of `text` (which starts at byte `offset`) that mixes Latin with Cyrillic or Greek.
pub(in crate::logic::rules) fn mixed(text: &str, offset: usize) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut start = None;
    let ends = text.char_indices().chain(std::iter::once((text.len(), ' ')));
    for (at, c) in ends {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                problems.extend(text.get(from..at).and_then(|word| in_word(word, offset + from)));
                start = None;
            }
            _ => {}
        }
    }
    problems
}

fn in_word(word: &str, offset: usize) -> Option<Problem> {
    if word.is_ascii() {
        return None;
    }
    let latin = |c: char| c.is_ascii_alphabetic() || matches!(c, '\u{c0}'..='\u{24f}');
    let foreign = |c: char| match c {
        '\u{370}'..='\u{3ff}' => Some("Greek"),
        '\u{400}'..='\u{52f}' => Some("Cyrillic"),
        // The micro sign is in nobody's alphabet.
        _ => None,
    };
    let latins = word.chars().filter(|c| latin(*c)).count();
    let foreigns = word.chars().filter(|c| foreign(*c).is_some()).count();
    if latins == 0 || foreigns == 0 {
        return None;
    }
    // Point at the letters that are fewer: those are the strangers.
    let strange_latin = latins < foreigns;
    let stranger = |c: &char| if strange_latin { latin(*c) } else { foreign(*c).is_some() };
    let (at, c) = word.char_indices().find(|(_, c)| stranger(c))?;
    let alphabet = if strange_latin { "Latin" } else { foreign(c)? };
    let range = offset + at..offset + at + c.len_utf8();
    let problem =
        Problem::warning("query-lookalike", range, format!("\"{word}\" mixes letters of two alphabets"))
            .label(format!("a {alphabet} letter (U+{:04X})", u32::from(c)))
            .help("it looks right and matches nothing: type the word anew");
    // Latin words with strangers that have a double among the Latin letters.
    let latin: Option<String> =
        word.chars().map(|c| if foreign(c).is_some() { double(c) } else { Some(c) }).collect();
    Some(match latin.filter(|_| !strange_latin) {
        Some(latin) => problem.fix(offset..offset + word.len(), latin),
        None => problem,
    })
}

/// The Latin letter that looks like this Cyrillic or Greek one.
fn double(c: char) -> Option<char> {
    const DOUBLES: [(&str, &str); 2] = [
        ("аеорсухіјѕԁһАВЕКМНОРСТХІЈЅ", "aeopcyxijsdhABEKMHOPCTXIJS"),
        ("οναΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ovaABEZHIKMNOPTYX"),
    ];
    DOUBLES.iter().find_map(|(from, to)| {
        let at = from.chars().position(|known| known == c)?;
        to.chars().nth(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stranger_is_pointed_at() {
        let found = mixed("my kеyboard", 10);
        assert_eq!((found.len(), found[0].range.clone()), (1, 14..16));
        assert_eq!(mixed("клавиaтура", 0)[0].label, "a Latin letter (U+0061)");
        assert_eq!(mixed("клавиатура keyboard é", 0), []);
    }
}
