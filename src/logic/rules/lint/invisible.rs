//! `query-invisible`: characters that nobody sees.
//!
//! Why: they come along when text is copied from a web page or a spreadsheet, and `keys⟨⟩OR buttons` is then one word. Fix: take
//! them out.

use super::Problem;
use super::documented::{Doc, Shown};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::warning(
    "query-invisible",
    "A character that nobody sees",
    "It comes along with copied text, and can glue an operator or a quote to the word beside it.",
    Shown::Query("keys \u{200b}OR buttons"),
    "keys OR buttons",
)];

/// One warning for each run of invisible characters in `text`, which starts at byte `offset`.
pub(in crate::logic::rules) fn within(text: &str, offset: usize) -> Vec<Problem> {
    if text.is_ascii() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let mut from: Option<usize> = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_stranger(c), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                problems.extend(run(text, start, at, offset));
                from = None;
            }
            _ => {}
        }
    }
    problems
}

fn run(text: &str, start: usize, end: usize, offset: usize) -> Option<Problem> {
    let (before, after) = (text.get(..start)?, text.get(end..)?);
    let first = text.get(start..)?.chars().next()?;
    // Joiners and marks of direction belong into emoji and into scripts of their own.
    let plain = |c: Option<char>| c.is_none_or(|c| c.is_ascii() || matches!(c, '\u{c0}'..='\u{24f}'));
    let (left, right) = (before.chars().next_back(), after.chars().next());
    if matches!(first, '\u{200c}'..='\u{200f}' | '\u{61c}') && !(plain(left) && plain(right)) {
        return None;
    }
    let operator = |word: &str| matches!(word, "AND" | "OR" | "NOT") || word.starts_with("NEAR/");
    let word = |c: char| c.is_whitespace() || is_stranger(c);
    let glued =
        before.rsplit(word).next().is_some_and(operator) || after.split(word).next().is_some_and(operator);
    let blank = glued && !before.ends_with(char::is_whitespace) && !after.starts_with(char::is_whitespace);
    let range = offset + start..offset + end;
    Some(
        Problem::warning("query-invisible", range.clone(), "there is a character here that nobody sees")
            .label(format!("U+{:04X}", u32::from(first)))
            .help("take it out: `groundswell check --fix` does, or type the words around it anew")
            .fix(range, if blank { " " } else { "" }),
    )
}

/// Format characters that mean nothing in a query. Skin tones and the like are part of emoji.
fn is_stranger(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_found_and_emoji_are_left() {
        let fixes = |text: &str| -> Vec<String> {
            within(text, 0).into_iter().filter_map(|p| p.fix.map(|f| f.1)).collect()
        };
        assert_eq!(fixes("mi\u{200b}ni OR\u{feff} keys"), ["", ""]);
        assert_eq!(fixes("keys\u{200b}OR\u{200b}lid"), [" ", " "]);
        assert_eq!(fixes("👨\u{200d}👩 می\u{200c}شود #Mini ❤\u{fe0f}"), [""; 0]);
    }
}
