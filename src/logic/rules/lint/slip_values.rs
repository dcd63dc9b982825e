//! Values that lack their quotes or brackets, apostrophes within single quotes, and headings with blanks in them.

use std::ops::Range;

use super::slips::{Slip, is_query, without_note};
use crate::logic::text::fold;

/// Keys that take one text: a comma in it separates nothing.
const ONE_TEXT: [&str; 9] = ["id", "name", "title", "text", "at", "author", "severity", "clusters", "zone"];

/// ``match = `kettle` ``: backticks are the quotes of other languages.
pub(super) fn backticks(key: &str, value: &str, at: &Range<usize>) -> Option<Slip> {
    let inside = value.strip_prefix('`')?.strip_suffix('`')?.trim_matches('`');
    let quotes = if is_query(key) { ["'", "\""] } else { ["\"", "'"] };
    let quote = quotes.into_iter().find(|quote| !inside.contains(quote))?;
    let meant = format!("{quote}{inside}{quote}");
    Some(Slip {
        help: format!("a text stands between straight quotes: {key} = {meant}"),
        fix: Some((at.clone(), meant)).filter(|_| !inside.contains(['`', '\\'])),
    })
}

/// `leak = [leak, next to]`, `email = [ana@example.org]`: entries of a list without quotes.
pub(super) fn bare_entries(value: &str, at: &Range<usize>) -> Option<Slip> {
    let inside = value.strip_prefix('[')?.strip_suffix(']')?.trim().trim_end_matches(',');
    let quoted: Vec<String> =
        inside.split(',').map(|entry| in_quotes(entry.trim())).collect::<Option<_>>()?;
    let meant = format!("[{}]", quoted.join(", "));
    Some(Slip {
        help: format!("each entry of a list stands in quotes: {meant}"),
        fix: Some((at.clone(), meant)),
    })
}

/// `leak = "leak", "drip"` and `leak = leak, drip`: a list without its brackets.
pub(super) fn no_brackets(key: &str, value: &str, at: &Range<usize>) -> Option<Slip> {
    if is_query(key) || ONE_TEXT.contains(&key) || value.starts_with(['[', '{', '(']) {
        return None;
    }
    let entries: Vec<&str> = value.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
    if entries.len() < 2 {
        return None;
    }
    let quoted: Vec<String> = entries.into_iter().map(in_quotes).collect::<Option<_>>()?;
    let meant = format!("[{}]", quoted.join(", "));
    Some(Slip {
        help: format!("a list stands in brackets, and each entry in quotes: {key} = {meant}"),
        fix: Some((at.clone(), meant)),
    })
}

/// An entry with quotes around it, if it has any or lacks both; numbers and words with signs of their own are left.
fn in_quotes(entry: &str) -> Option<String> {
    let inside = ['"', '\''].into_iter().find_map(|sign| entry.strip_prefix(sign)?.strip_suffix(sign));
    let text = inside.unwrap_or(entry);
    let plain = !text.contains(['"', '\'', '\\', '[', ']', '{', '}', '=']);
    let says = text.chars().any(char::is_alphabetic) && !matches!(text, "true" | "false");
    (plain && (says || inside.is_some())).then(|| format!("\"{text}\""))
}

/// `'can't find it'`, `'can''t find it'`, `'can\'t find it'`: an apostrophe ends a text in single quotes, however it is written.
pub(super) fn apostrophe(value: &str, at: &Range<usize>) -> Option<Slip> {
    let inside = value.strip_prefix('\'')?.strip_suffix('\'')?;
    let meant = inside.replace("\\'", "'").replace("''", "'");
    if !meant.contains('\'') || inside.contains('"') || meant.contains('\\') || value.starts_with("'''") {
        return None;
    }
    // `'mini 9' OR 'mini9'` are two texts.
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_apostrophe = |at: usize| {
        let (before, after) = (meant.get(..at), meant.get(at + 1..));
        letter(before.and_then(|text| text.chars().next_back()))
            && letter(after.and_then(|text| text.chars().next()))
    };
    if !meant.match_indices('\'').all(|(at, _)| is_apostrophe(at)) {
        return None;
    }
    Some(Slip {
        help: format!("a text with ' in it stands between double quotes: \"{meant}\""),
        fix: Some((at.clone(), format!("\"{meant}\""))),
    })
}

/// `[team.kettle team]`, `[team.küche]`, `größe = …`: a name of letters a to z, digits and hyphens.
pub(super) fn name(line: &str) -> Option<Slip> {
    let text = without_note(line).trim();
    let inside = text.trim_start_matches('[').trim_end_matches(']');
    let open = text.len() - text.trim_start_matches('[').len();
    let close = text.len() - text.trim_end_matches(']').len();
    let (name, what) = match (1..=2).contains(&open) && open == close {
        true => (inside.trim(), "a heading"),
        // `größe = …`
        false if open == 0 => (line.split_once('=')?.0.trim(), "a name"),
        false => return None,
    };
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_words = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._- ".contains(c));
    if !is_words || name.chars().all(fits) {
        return None;
    }
    // `Mini 9 Pro = 'pro'`: what people read may have blanks, in quotes.
    let is_query = |value: &str| value.trim_start().starts_with(['\'', '"']);
    if open == 0 && line.split_once('=').is_some_and(|(_, value)| is_query(value)) {
        let at = line.find(name)?;
        let meant = format!("\"{name}\"");
        let help = format!("a name with blanks or with other letters than a to z stands in quotes: {meant}");
        return Some(Slip { help, fix: Some((at..at + name.len(), meant)) });
    }
    let parts: Vec<String> = name.split('.').map(|part| fold(part.trim()).replace(' ', "-")).collect();
    let meant = parts.join(".");
    let at = line.find(name)?;
    let fix = meant.chars().all(fits).then(|| (at..at + name.len(), meant.clone()));
    let help = match &fix {
        Some(_) => {
            format!("{what} has no blanks and no letters but a to z: write {meant}, also where it is named")
        }
        None => format!("{what} has no blanks and no letters but a to z"),
    };
    Some(Slip { help, fix })
}
