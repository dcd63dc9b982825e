//! `toml-syntax`: the file is not TOML.
//!
//! Why: until it is, nothing in it can be trusted. Fix: mostly a quote or a bracket that is not closed, or a text
//! without quotes around it.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::{slips, toml_words};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 1] = [Doc::error(
    "toml-syntax",
    "The file is not TOML",
    "Until it is, nothing in it can be trusted. Mostly a quote or a bracket is not closed, a comma is missing, or true is written True.",
    Shown::Below(
        r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'
[[topic.example]]
text   = "keys"
expect = True"#,
    ),
    r#"[[topic]]
id    = "keys"
title = "Keys"
match = 'keys'
[[topic.example]]
text   = "keys"
expect = true"#,
)];

/// The code of everything that the TOML reader says.
pub(in crate::logic::rules) const CODE: &str = "toml-syntax";

/// What the TOML reader says at `range` of `text`, with what usually helps; the line in question begins at byte `start`.
pub(in crate::logic::rules) fn toml(range: Range<usize>, said: &str, text: &str, start: usize) -> Problem {
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    if let Some(whole) = whole_file(text, range.start) {
        return whole;
    }
    if let Some(problem) = super::over_lines::told(text, start) {
        return problem;
    }
    let first = said.lines().next().unwrap_or_default();
    let (key, value) = line.split_once('=').map_or(("", line), |(key, value)| (key.trim(), value.trim()));
    let bare = value.split('#').next().unwrap_or_default().trim();
    let mut fix = None;
    let help = if first.contains("duplicate") {
        if let Some(problem) = twice(text, start) {
            return problem;
        }
        "this stands here twice: take one away, or join the two".to_owned()
    } else if let Some(slip) = slips::of_line(line) {
        fix = slip.fix.map(|(at, meant)| (start + at.start..start + at.end, meant));
        slip.help
    } else if let Some(meant) = truth(bare).filter(|_| !key.is_empty()) {
        let at = start + line.find(bare).unwrap_or(0);
        fix = Some((at..at + bare.len(), meant.to_owned()));
        format!("true and false are written in small letters: {key} = {meant}")
    } else if first.contains("comma") || lacks_comma_within(value) {
        "entries of a list are separated by commas: [\"one\", \"two\"]".to_owned()
    } else if stays_open(line).is_some() && slips::goes_on(text, start) {
        format!("a text over several lines stands between three single quotes: {key} = '''…'''")
    } else if let Some((at, sign)) = stays_open(line).filter(|_| !key.is_empty()) {
        fix = Some((start + at..start + at, sign.to_owned()));
        format!(
            "the text of `{key}` begins with {sign} and has none at its end: write one after its last word"
        )
    } else if value.starts_with('\'') && value.matches('\'').count() % 2 == 1 {
        "a text with ' in it stands between double quotes: \"doesn't\"; a query, where words with ' are found without it too: 'doesnt'"
            .to_owned()
    } else if line.contains('=') && line.matches('"').count() % 2 == 1 {
        "a quote is missing; put a query that has \" in it between single quotes: match = '\"mini 9\"'"
            .to_owned()
    } else if line.contains('=') && line.matches('"').count() > 2 {
        "put a query that has \" in it between single quotes: match = '\"mini 9\"'".to_owned()
    } else if line.trim_start().starts_with('[') {
        "tables are written [product], topics [[topic]], and examples [[topic.example]]".to_owned()
    } else {
        "a line is name = \"text\", name = 4, or name = [\"one\", \"two\"]".to_owned()
    };
    let problem =
        Problem::error(CODE, range, format!("this is not TOML: {}", toml_words::plain(first))).help(help);
    match fix {
        Some((range, meant)) => problem.fix(range, meant),
        None => problem,
    }
}

/// What is wrong with a file that is read all at once, as the lists of words are: in words, and what to do.
pub(in crate::logic) fn unreadable(range: Range<usize>, said: &str, text: &str) -> (String, String) {
    if let Some(plain) = toml_words::of_kinds(said) {
        return (
            plain,
            "compare with the other files of this folder; README.md there explains the form".to_owned(),
        );
    }
    let start = text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let problem = toml(range, said, text, start);
    (problem.message, problem.help)
}

/// What is wrong with more than a line: line ends of old Macs, which make all of it one line, and a list that is not closed.
fn whole_file(text: &str, at: usize) -> Option<Problem> {
    if text.contains('\r') && !text.contains('\n') {
        let message =
            "this is not TOML: its lines end as on Macs of before 2001 (CR), so all of it is one line";
        return Some(
            Problem::error(CODE, 0..0, message)
                .help("save it with line ends of Unix (LF) or Windows (CRLF), or let groundswell check --fix do it")
                .fix(0..text.len(), text.replace('\r', "\n")),
        );
    }
    let (ends, begins) = slips::open_list(text, at)?;
    let start: usize = text.split_inclusive('\n').take(begins).map(str::len).sum();
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let key = line.split_once('=').map_or("", |(key, _)| key.trim());
    Some(
        Problem::error(
            CODE,
            start..start + line.trim_end().len(),
            format!("this is not TOML: the list `{key}` is not closed"),
        )
        .help("write ] after its last entry")
        .fix(ends..ends, "]"),
    )
}

/// `[[topic.example]]` above its `[[topic]]`, whose heading is on the line at byte `start`.
fn above(text: &str, start: usize) -> Option<Problem> {
    let name = |line: &str| {
        let line = slips::without_note(line).trim();
        line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")).map(|name| name.trim().to_owned())
    };
    let owner = name(text.get(start..)?.lines().next()?)?;
    let mut at = 0;
    for line in text.get(..start)?.split_inclusive('\n') {
        match name(line) {
            Some(other) if other == owner => return None,
            Some(other) if other.strip_prefix(&owner).is_some_and(|rest| rest.starts_with('.')) => {
                let range = at..at + line.trim_end().len();
                let message = format!("this is not TOML: [[{other}]] stands above its [[{owner}]]");
                let help = format!(
                    "it stands below the lines of its [[{owner}]]: move it down there, with its own lines"
                );
                return Some(Problem::error(CODE, range, message).help(help));
            }
            _ => at += line.len(),
        }
    }
    None
}

/// A heading that stands twice in single brackets and may: what is said of the line at byte `start`, below the second.
fn twice(text: &str, start: usize) -> Option<Problem> {
    if let Some(problem) = above(text, start) {
        return Some(problem);
    }
    // The name of a heading, and whether it has double brackets.
    let name = |line: &str| {
        let line = slips::without_note(line).trim();
        let bare = line.strip_prefix('[')?.strip_suffix(']')?;
        let doubled = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        Some((doubled.unwrap_or(bare).trim().to_owned(), doubled.is_some()))
    };
    let end = start + text.get(start..)?.find('\n').unwrap_or(text.len() - start);
    let (above, _) = text.get(..end)?.lines().rev().find_map(name)?;
    let last = above.rsplit('.').next().unwrap_or_default();
    if above == "product" {
        let mut headings = text.match_indices("[product]").filter(|(at, _)| {
            text.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with('\n'))
        });
        let (second, heading) = headings.nth(1)?;
        return Some(
            Problem::error(
                CODE,
                second..second + heading.len(),
                "this is not TOML: [product] stands here twice",
            )
            .help("a rule file is about one product: move this one, with all below it, to a file of its own"),
        );
    }
    if !["topic", "example", "route", "recipient", "scenario", "post", "usual", "alert", "quiet", "cue"]
        .contains(&last)
    {
        return None;
    }
    let (mut at, mut doubled) = (0, 0);
    let mut headings = Vec::new();
    for line in text.split_inclusive('\n') {
        match name(line) {
            Some((other, true)) if other == above => doubled += 1,
            Some((other, false)) if other == above => {
                let open = at + line.find('[')?;
                headings.push(open..open + line.trim_end().rfind(']')? + 1 - line.find('[')?);
            }
            _ => {}
        }
        at += line.len();
    }
    // One in single brackets among those in double ones is the one that is wrong.
    let first = headings.first()?.clone();
    let second = headings.get(1).or(headings.first().filter(|_| doubled > 0))?.clone();
    let message = match doubled {
        0 => format!("this is not TOML: [{above}] stands here twice"),
        _ => format!(
            "this is not TOML: [{above}] stands here in single brackets, and in double ones elsewhere"
        ),
    };
    let whole = first.start..headings.last()?.end;
    let mut mended = text.get(whole.clone())?.to_owned();
    for heading in headings.iter().rev() {
        mended.replace_range(heading.start - whole.start..heading.end - whole.start, &format!("[[{above}]]"));
    }
    Some(
        Problem::error(CODE, second, message)
            .help(format!("a heading that stands several times has double brackets, each time: [[{above}]]"))
            .fix(whole, mended),
    )
}

/// `True`, `yes`, `FALSE`: what was meant.
pub(in crate::logic::rules) fn truth(written: &str) -> Option<&'static str> {
    match written.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some("true"),
        "false" | "no" => Some("false"),
        _ => None,
    }
}

/// Where on the line of `name = "Mini 9` the second quote belongs, and which it is.
fn stays_open(line: &str) -> Option<(usize, &'static str)> {
    let (before, value) = line.split_once('=')?;
    // A remark after a text that does not end would be part of it.
    let value = slips::without_note(value);
    let text = value.trim_start();
    let sign = ["\"", "'"].into_iter().find(|sign| text.starts_with(sign))?;
    let alone = text.matches(sign).count() == 1 && !text.contains('\\');
    // `match = "mini 9' OR mini9` may lack more than one.
    let other = if sign == "'" { "\"" } else { "'" };
    let even = text.matches(other).count().is_multiple_of(2);
    let end = before.len() + 1 + value.trim_end().len();
    (alone && even && text.trim_end().len() > 1).then_some((end, sign))
}

/// `["one" "two"]`
fn lacks_comma_within(value: &str) -> bool {
    let inside = value.trim_start_matches('[').trim_start();
    value.starts_with('[')
        && inside.starts_with('"')
        && inside
            .split('"')
            .skip(2)
            .step_by(2)
            .any(|between| !between.is_empty() && between.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_quote_is_put_where_the_text_ends() {
        assert_eq!(stays_open("name  = \"Mini 9  "), Some((15, "\"")));
        assert_eq!(stays_open("match = '\"mini 9\" OR x"), Some((22, "'")));
        assert_eq!(stays_open("name = \"Mini   # ours"), Some((12, "\"")));
        assert_eq!(stays_open("match = 'mini #mini9"), Some((20, "'")), "a tag is no note");
        for other in ["name = \"Mini 9\"", "name = Mini", "name = 'doesn't'", "x = \""] {
            assert_eq!(stays_open(other), None, "{other}");
        }
    }

    #[test]
    fn a_missing_comma_is_seen() {
        assert!(lacks_comma_within("[\"one\" \"two\"]") && !lacks_comma_within("[\"one\", \"two\"]"));
    }
}
