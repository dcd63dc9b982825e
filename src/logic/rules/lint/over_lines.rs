//! `toml-syntax`: a text that begins on one line and ends on another.
//!
//! Why: a text in one pair of quotes ends where its line does. Fix: one line.

use std::ops::Range;

use super::Problem;
use super::slips::{key_of, without_note};
use super::syntax::CODE;

/// Lines after which it is taken for a text that was never closed.
const MOST_LINES: usize = 40;

/// The text over several lines that begins on the line at byte `start`, if there is one: where it stands, and what it is in
/// one line. Nothing where a heading or another name comes before its end: then its quote is missing.
fn text_at(text: &str, start: usize) -> Option<(Range<usize>, String)> {
    let rest = text.get(start..)?;
    let first = rest.lines().next()?;
    let (before, value) = first.split_once('=')?;
    let opens = value.trim_start();
    let sign = ['"', '\''].into_iter().find(|sign| opens.starts_with(*sign))?;
    let inside = opens.get(1..)?;
    if inside.contains(sign) || inside.contains('\\') {
        return None;
    }
    let open = start + before.len() + 1 + (value.len() - opens.len());
    let mut words: Vec<&str> = vec![inside.trim()];
    let mut at = start + rest.find('\n')? + 1;
    for line in text.get(at..)?.split_inclusive('\n').take(MOST_LINES) {
        let bare = line.trim();
        let heading = bare.starts_with('[') && bare.ends_with(']');
        let content = without_note(line);
        match content.find(sign) {
            // Where it ends, the line ends too.
            Some(end) if content.get(end + 1..)?.trim().is_empty() => {
                words.push(content.get(..end)?.trim());
                let words: Vec<&str> = words.into_iter().filter(|part| !part.is_empty()).collect();
                return Some((open..at + end + 1, format!("{sign}{}{sign}", words.join(" "))));
            }
            None if !heading && key_of(line).is_none() && !bare.starts_with('#') && !line.contains('\\') => {
                words.push(bare)
            }
            _ => return None,
        }
        at += line.len();
    }
    None
}

/// What is said of it.
pub(super) fn told(text: &str, start: usize) -> Option<Problem> {
    let (range, meant) = text_at(text, start)?;
    let key = text.get(start..range.start)?.trim().trim_end_matches('=').trim().to_owned();
    let first = range.start..text.get(range.start..)?.find('\n').map_or(range.end, |len| range.start + len);
    Some(
        Problem::error(
            CODE,
            first,
            format!("this is not TOML: the text of `{key}` goes on in the next line"),
        )
        .help("write it in one line, or between three single quotes on both sides: '''…'''")
        .fix(range, meant),
    )
}
