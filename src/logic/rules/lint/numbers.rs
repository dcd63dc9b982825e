//! `query-number`: a number that is written as people write it, and read as another one.
//!
//! Why: a point begins the decimals here, so `followers>1.000` asks for more than one. Fix: digits alone.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 2] = [
    Doc::warning(
        "query-number",
        "A number with a sign between its thousands",
        "A point begins the decimals, so `1.000` is one; a blank ends the number, so `1 000` is one too.",
        Shown::Query("keys followers>1.000"),
        "keys followers>1000",
    ),
    Doc::warning(
        "query-number-unit",
        "A word after the number of a field",
        "The number ends the test, so the word is looked for: only posts that say it too are found.",
        Shown::Query("keys rating<=2 stars"),
        "keys rating<=2",
    ),
];

/// What people write after stars or a number of people, in the five languages.
const UNITS: [&str; 20] = [
    "star",
    "stars",
    "stern",
    "sterne",
    "sternen",
    "estrela",
    "estrelas",
    "estrella",
    "estrellas",
    "étoile",
    "étoiles",
    "etoile",
    "etoiles",
    "followers",
    "follower",
    "people",
    "persons",
    "percent",
    "⭐",
    "★",
];

/// `query-number-unit`: after the test that ends at byte `end` comes `rest`.
pub(in crate::logic::rules) fn unit(end: usize, rest: &str) -> Option<Problem> {
    let word = rest.trim_start();
    let start = end + rest.len() - word.len();
    let len = word.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '"')).unwrap_or(word.len());
    let word = word.get(..len).filter(|word| UNITS.contains(&word.to_lowercase().as_str()))?;
    Some(
        Problem::warning(
            "query-number-unit",
            start..start + len,
            format!("\"{word}\" is looked for as a word here"),
        )
        .label("the number alone is the test")
        .help(format!("leave {word} out"))
        .fix(end..start + len, ""),
    )
}

/// `query-number`: `value` is compared with `followers` and stands at `range`; `rest` of the query follows it.
pub(in crate::logic::rules) fn read_otherwise(
    range: Range<usize>,
    value: &str,
    rest: &str,
) -> Option<Problem> {
    let group = rest.strip_prefix(' ').and_then(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let ends = rest.get(end..)?.starts_with(|c: char| c.is_whitespace() || c == ')');
        rest.get(..end).filter(|group| group.len() == 3 && (ends || end == rest.len()))
    });
    let written = match group {
        Some(group) if value.len() <= 3 => format!("{value} {group}"),
        _ => value.to_owned(),
    };
    // What cannot be read as a number at all is an error, told elsewhere.
    value.parse::<f64>().ok()?;
    let meant = plain(&written)?;
    let read = written.split(['.', ' ']).next().unwrap_or_default().to_owned();
    let range = range.start..range.start + written.len();
    Some(
        Problem::warning("query-number", range.clone(), format!("\"{written}\" is read as {read}"))
            .label("between the thousands stands nothing")
            .help(format!("write {meant}"))
            .fix(range, meant),
    )
}

/// The digits of a number as people write it: `1.000`, `1,000,000`, `1'000`, `1k`, `2.5m`.
pub(in crate::logic::rules) fn plain(value: &str) -> Option<String> {
    let value = value.trim().to_ascii_lowercase();
    for (sign, zeros) in [("thousand", 3), ("mio", 6), ("k", 3), ("m", 6)] {
        if let Some(number) = value.strip_suffix(sign) {
            let (whole, part) = number.split_once(['.', ',']).unwrap_or((number, ""));
            let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
            let fits =
                !whole.is_empty() && whole.len() <= 6 && digits(whole) && digits(part) && part.len() <= zeros;
            return fits.then(|| {
                let all = format!("{whole}{part}{}", "0".repeat(zeros - part.len()));
                all.trim_start_matches('0').to_owned()
            });
        }
    }
    let mut groups = value.split(['.', ',', '\'', '’', '_', ' ']);
    let head = groups
        .next()
        .filter(|head| (1..=3).contains(&head.len()) && head.bytes().all(|b| b.is_ascii_digit()))?;
    let mut all = head.to_owned();
    for group in groups {
        if group.len() != 3 || !group.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        all.push_str(group);
    }
    (all.len() > head.len() && head != "0").then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        for (written, meant) in [
            ("1.000", "1000"),
            ("1,000,000", "1000000"),
            ("1k", "1000"),
            ("2.5m", "2500000"),
            ("10K", "10000"),
        ] {
            assert_eq!(plain(written).as_deref(), Some(meant), "{written}");
        }
        let fix = |value: &str, rest: &str| {
            read_otherwise(0..9, value, rest).and_then(|p| p.fix).map(|f| (f.0.end, f.1))
        };
        assert_eq!(fix("1.000", ""), Some((5, "1000".into())));
        assert_eq!(fix("1", " 000)"), Some((5, "1000".into())));
        assert_eq!(fix("1", " 000er"), None);
        assert_eq!(fix("1", " mini"), None);
        for none in ["1000", "1.5", "0.001", "", "k", "1.0000", "many"] {
            assert_eq!(plain(none), None, "{none}");
        }
    }
}
