//! Slips of one line that the TOML reader cannot name: what was meant, and what mends it.
//!
//! Why: the reader points at the first sign that does not fit, which is seldom where the mistake is. Fix: as told, mostly by
//! `check --fix`.

use std::ops::Range;

use super::slip_values as value;

/// What is said about a line in place of what the TOML reader says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slip {
    /// What to do.
    pub(super) help: String,
    /// What mends it, in bytes of the line.
    pub(super) fix: Option<(Range<usize>, String)>,
}

/// Quotes as text programs write them.
const CURLY: [char; 9] = ['“', '”', '„', '‟', '‘', '’', '‚', '«', '»'];

/// What somebody meant who wrote this line, where that is plain.
pub(super) fn of_line(line: &str) -> Option<Slip> {
    heading(line).or_else(|| dollar(line)).or_else(|| between(line)).or_else(|| value::name(line)).or_else(
        || {
            let (before, rest) = line.split_once('=')?;
            let key = before.trim();
            let value = without_note(rest).trim();
            let start = before.len() + 1 + rest.find(value)?;
            let at = start..start + value.len();
            value::backticks(key, value, &at)
                .or_else(|| curly(key, value, &at))
                .or_else(|| list(key, value, &at))
                .or_else(|| entry(value, &at))
                .or_else(|| value::bare_entries(value, &at))
                .or_else(|| value::apostrophe(value, &at))
                .or_else(|| value::no_brackets(key, value, &at))
                .or_else(|| after_the_text(value, &at))
                .or_else(|| bare_query(key, value, &at))
                .or_else(|| bare_text(key, value, &at))
        },
    )
}

/// The line up to a note: a `#` with a blank on both sides, which no tag has.
pub(super) fn without_note(line: &str) -> &str {
    let note = line.match_indices('#').find(|(at, _)| {
        let blank = |text: Option<char>| text.is_none_or(char::is_whitespace);
        let (before, after) = (line.get(..*at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
        *at > 0 && blank(before.chars().next_back()) && blank(after.chars().next())
    });
    note.and_then(|(at, _)| line.get(..at)).unwrap_or(line)
}

/// `[words`, `[[topic]`: a heading that lacks a bracket at its end.
fn heading(line: &str) -> Option<Slip> {
    let text = without_note(line).trim();
    let name = text.trim_start_matches('[').trim_end_matches(']').trim();
    let (open, close) =
        (text.len() - text.trim_start_matches('[').len(), text.len() - text.trim_end_matches(']').len());
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
    if !(1..=2).contains(&open) || open == close || close > 2 || !is_name {
        return None;
    }
    let both = open.max(close);
    let meant = format!("{}{name}{}", "[".repeat(both), "]".repeat(both));
    let at = line.find(text)?;
    Some(Slip {
        help: format!("as many brackets close a heading as open it: write {meant}"),
        fix: Some((at..at + text.len(), meant)),
    })
}

/// `$leak = ["leak"]`: a list is called by its $ in queries, and written without it.
fn dollar(line: &str) -> Option<Slip> {
    let text = line.trim_start();
    let (name, _) = text.strip_prefix('$')?.split_once('=')?;
    let name = name.trim_end();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c));
    let at = line.len() - text.len();
    plain.then(|| Slip {
        help: format!(
            "the $ stands in queries alone, before the name of a list. Below [words] it is: {name} = [\"one\", \"two words\"]"
        ),
        fix: Some((at..at + 1, String::new())),
    })
}

/// `match: "kettle"`, `match "kettle"`, `match == "kettle"`, `// a note`: what stands between a key and its value, or before
/// a note, is another language's.
fn between(line: &str) -> Option<Slip> {
    let text = line.trim_start();
    let indent = line.len() - text.len();
    if let Some(sign) = ["//", "--", ";"].into_iter().find(|sign| text.starts_with(sign)) {
        let fix = Some((indent..indent + sign.len(), "#".to_owned()));
        return Some(Slip { help: "a note for people begins with #".to_owned(), fix });
    }
    let len = text.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    let (key, rest) = text.split_at_checked(len).filter(|(key, _)| !key.is_empty())?;
    let value = rest.trim_start();
    let value = value
        .strip_prefix("==")
        .or_else(|| value.strip_prefix(":="))
        .or_else(|| value.strip_prefix(':'))
        .or_else(|| Some(value).filter(|value| value.len() > 1 && value.starts_with(['"', '\''])))?;
    let value = value.trim();
    let start = indent + key.len();
    (!value.is_empty()).then(|| Slip {
        help: format!("between a name and its value stands one =: {key} = {}", without_note(value).trim()),
        fix: Some((start..line.trim_end().len(), format!(" = {value}"))),
    })
}

/// `name = "Aster Kettle";`, `match = "kettle" -- ours`: after a text comes the end of the line, or a note.
fn after_the_text(value: &str, at: &Range<usize>) -> Option<Slip> {
    let sign = ['"', '\''].into_iter().find(|sign| value.starts_with(*sign))?;
    let end = value.get(1..)?.find(sign)? + 2;
    let rest = value.get(end..)?;
    let place = at.start + end..at.end;
    if matches!(rest.trim(), ";" | ",") {
        return Some(Slip {
            help: format!("a line ends without a sign: take the {} away", rest.trim()),
            fix: Some((place, String::new())),
        });
    }
    let note = rest.trim_start().strip_prefix("--").or_else(|| rest.trim_start().strip_prefix("//"))?;
    let note = note.strip_prefix(' ')?;
    Some(Slip {
        help: "a note for people begins with #".to_owned(),
        fix: Some((place, format!("  # {note}"))),
    })
}

/// `severity = high`, `name = Aster Kettle`
fn bare_text(key: &str, value: &str, at: &Range<usize>) -> Option<Slip> {
    const TEXTS: [&str; 26] = [
        "id", "name", "title", "team", "severity", "clusters", "was", "zone", "language", "digest", "alerts",
        "quiet", "text", "at", "author", "email", "days", "from", "by", "told_by", "start", "region", "lang",
        "source", "topic", "product",
    ];
    let plain = value.starts_with(char::is_alphabetic) && !value.contains(['"', '\'', '\\', '[', ']']);
    (plain && TEXTS.contains(&key)).then(|| Slip {
        help: format!("a text stands in quotes: {key} = \"{value}\""),
        fix: Some((at.clone(), format!("\"{value}\""))),
    })
}

/// Does a text that begins on the line at byte `start` of the file and has no end there go on below it? Then what follows
/// is neither a name with a value, nor a heading, nor a note.
pub(super) fn goes_on(text: &str, start: usize) -> bool {
    let below = text.get(start..).unwrap_or_default().lines().nth(1).unwrap_or_default().trim();
    !below.is_empty() && !below.starts_with(['[', '#']) && key_of(below).is_none()
}

/// `match = “kettle”`
fn curly(key: &str, value: &str, at: &Range<usize>) -> Option<Slip> {
    if !value.contains(CURLY) {
        return None;
    }
    let help = "these quotes are curly: write straight ones, ' or \"".to_owned();
    let inside = value.strip_prefix(CURLY).and_then(|rest| rest.strip_suffix(CURLY));
    let quote = |inside: &str| {
        let query = is_query(key);
        ["'", "\""]
            .into_iter()
            .filter(|q| !inside.contains(q))
            .find(|q| (*q == "'") == query || inside.contains('"'))
    };
    // `match = “mini 9” OR “mini9”` has two, and is a query without quotes of its own.
    let fix = match inside.filter(|inside| !inside.contains(CURLY)) {
        Some(inside) => quote(inside).map(|quote| format!("{quote}{inside}{quote}")),
        None if is_query(key) && inside.is_some() && !value.contains(['"', '\'', '‘', '’', '‚']) => {
            Some(format!("'{}'", value.replace(CURLY, "\"")))
        }
        None => None,
    };
    Some(Slip { help, fix: fix.map(|meant| (at.clone(), meant)) })
}

/// `leak = ("leak", "drip")`
fn list(key: &str, value: &str, at: &Range<usize>) -> Option<Slip> {
    let inside = value.strip_prefix('(')?.strip_suffix(')')?;
    if is_query(key) {
        return None;
    }
    let entries: Vec<&str> = inside.split(',').map(|entry| entry.trim().trim_matches(['"', '\''])).collect();
    let plain = |entry: &&str| !entry.is_empty() && !entry.contains(['"', '\'', '(', ')', '[', ']', '\\']);
    let help = "a list stands in brackets: [\"one\", \"two\"]".to_owned();
    let fix = entries.iter().all(plain).then(|| {
        let quoted: Vec<String> = entries.iter().map(|entry| format!("\"{entry}\"")).collect();
        (at.clone(), format!("[{}]", quoted.join(", ")))
    });
    Some(Slip { help, fix })
}

/// `email = ["ana@example.org]`: the last entry of a list lacks the quote at its end.
fn entry(value: &str, at: &Range<usize>) -> Option<Slip> {
    let inside = value.strip_prefix('[')?.strip_suffix(']')?;
    let (before, last) = inside.rsplit_once('"')?;
    let opens = before.trim().is_empty() || before.trim_end().ends_with(',');
    let odd = !inside.matches('"').count().is_multiple_of(2);
    if !odd
        || !opens
        || last.trim().is_empty()
        || inside.contains(['\'', '\\'])
        || last.contains([',', '[', ']'])
    {
        return None;
    }
    let end = at.start + 1 + before.len() + 1 + last.trim_end().len();
    Some(Slip {
        help: format!("the entry \"{} has no quote at its end: write \" after it", last.trim()),
        fix: Some((end..end, "\"".to_owned())),
    })
}

/// `match = "aster kettle" OR kettle`, `match = kettle OR aster`, `match = ("kettle", "aster")`: a query without quotes around it.
fn bare_query(key: &str, value: &str, at: &Range<usize>) -> Option<Slip> {
    let whole =
        value.len() > 1 && value.starts_with('"') && value.matches('"').count() == 2 && value.ends_with('"');
    if !is_query(key) || value.is_empty() || whole || value.contains('\'') || value.starts_with("\"\"\"") {
        return None;
    }
    // One quote too few or too many, escapes: what was meant is not plain.
    if !value.matches('"').count().is_multiple_of(2) || value.contains('\\') || value.starts_with(['[', '{'])
    {
        return None;
    }
    // `""mini 9" OR mini9"` and `"mini9 OR "mini 9" OR #mini9"` have both kinds of quotes, of one sort: what would be a phrase
    // begins or ends with a blank, or is none.
    let no_phrase = |text: &str| text.trim().len() < text.len() || text.is_empty();
    let around = value.starts_with('"') && value.ends_with('"') && value.len() > 2;
    let doubled = around && value.split('"').skip(1).step_by(2).any(no_phrase);
    let query = if doubled { value.get(1..value.len() - 1)? } else { value };
    let query = match query.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inside) if inside.contains(',') && !inside.contains(['(', ')']) => {
            let entries: Vec<&str> = inside.split(',').map(str::trim).collect();
            entries.join(" OR ")
        }
        _ => query.to_owned(),
    };
    Some(Slip {
        help: format!("a query stands between single quotes: {key} = '{query}'"),
        fix: Some((at.clone(), format!("'{query}'"))),
    })
}

pub(super) fn is_query(key: &str) -> bool {
    matches!(key, "match" | "not")
}

/// A list that begins on one line and is not closed before the next one says something else: the byte after which its
/// bracket belongs, and the line (from 0) on which it begins. Nothing where texts over several lines stand in the file.
pub(super) fn open_list(text: &str, at: usize) -> Option<(usize, usize)> {
    if text.contains("'''") || text.contains("\"\"\"") {
        return None;
    }
    let (mut depth, mut begins, mut ends, mut offset) = (0_i32, 0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let bare = line.trim();
        let says = key_of(line).is_some()
            || bare.starts_with('[') && bare.ends_with(']') && !bare.contains(['"', '\'']);
        if depth > 0 && says && offset <= at + line.len() {
            return Some((ends, begins));
        }
        if depth <= 0 || says {
            depth = 0;
            let list = key_of(line).is_some_and(|(_, value)| value.trim_start().starts_with('['));
            if list {
                (depth, begins) = (brackets(line), number);
            }
        } else {
            depth += brackets(line);
        }
        if of_line(line).is_some_and(|slip| slip.fix.is_some_and(|(_, sign)| sign == "\"")) {
            return None;
        }
        let content = without_note(line).trim_end();
        if depth > 0 && !content.trim().is_empty() && !content.trim_start().starts_with('#') {
            ends = offset + content.len();
        }
        offset += line.len();
    }
    (depth > 0).then_some((ends, begins))
}

/// The key and the value of a line that has both.
pub(super) fn key_of(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    let key = key.trim();
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
    is_key.then_some((key, value))
}

/// Brackets that a line opens, less those that it closes, outside of texts and notes.
fn brackets(line: &str) -> i32 {
    let (mut depth, mut inside) = (0, None);
    for c in line.chars() {
        match (inside, c) {
            (None, '#') => break,
            (None, '"' | '\'') => inside = Some(c),
            (Some(quote), _) if quote == c => inside = None,
            (None, '[') => depth += 1,
            (None, ']') => depth -= 1,
            _ => {}
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(line: &str) -> Option<String> {
        let (range, meant) = of_line(line)?.fix?;
        let mut line = line.to_owned();
        line.replace_range(range, &meant);
        Some(line)
    }

    #[test]
    fn what_is_plainly_meant_is_mended() {
        for (line, meant) in [
            ("match = “kettle OR aster”  # ours", "match = 'kettle OR aster'  # ours"),
            ("name = “Aster Kettle”", "name = \"Aster Kettle\""),
            ("match = ‘\"mini 9\" OR mini9’", "match = '\"mini 9\" OR mini9'"),
            ("match = “mini 9” OR “mini9”", "match = '\"mini 9\" OR \"mini9\"'"),
            ("leak = (\"leak\", 'drip')", "leak = [\"leak\", \"drip\"]"),
            ("leak = (leak, drip) # x", "leak = [\"leak\", \"drip\"] # x"),
            ("match = (\"kettle\", \"aster\")", "match = '\"kettle\" OR \"aster\"'"),
            ("match = \"aster kettle\" OR #kettle", "match = '\"aster kettle\" OR #kettle'"),
            ("match = \"\"mini 9\" OR mini9\"", "match = '\"mini 9\" OR mini9'"),
            ("match = kettle OR aster", "match = 'kettle OR aster'"),
            ("match = \"mini9 OR \"mini 9\" OR #mini9\"", "match = 'mini9 OR \"mini 9\" OR #mini9'"),
            ("match = \"mini 9\" OR \"mini9\"", "match = '\"mini 9\" OR \"mini9\"'"),
            ("email = [\"ana@example.org]  # x", "email = [\"ana@example.org\"]  # x"),
            ("leak = [\"leak\", \"drip ]", "leak = [\"leak\", \"drip\" ]"),
            ("name = \"Aster Kettle\";", "name = \"Aster Kettle\""),
            ("match = \"kettle\" -- ours", "match = \"kettle\"  # ours"),
            ("// ours", "# ours"),
            ("match: \"kettle\"", "match = \"kettle\""),
            ("match \"kettle\" # x", "match = \"kettle\" # x"),
            ("match == 'a'", "match = 'a'"),
            ("severity = high  # x", "severity = \"high\"  # x"),
            ("$leak = [\"leak\"]", "leak = [\"leak\"]"),
            ("match = `kettle OR \"aster\"`  # x", "match = 'kettle OR \"aster\"'  # x"),
            ("name = `Aster Kettle`", "name = \"Aster Kettle\""),
            ("[words", "[words]"),
            ("[[topic]", "[[topic]]"),
            ("[topic]]   # x", "[[topic]]   # x"),
        ] {
            assert_eq!(mended(line).as_deref(), Some(meant), "{line}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left() {
        for line in [
            "match = \"a",
            "match = 'a' OR b",
            "mails = nine",
            "[product]",
            "x = [1, 2]",
            "match = \"a\" OR \"b",
        ] {
            assert_eq!(mended(line), None, "{line}");
        }
    }

    #[test]
    fn a_list_that_stays_open_is_found_where_it_ends() {
        let text = "[words]\nleak = [\"a\", \"b\"  # two\n\ndrip = [\"c\"]\n";
        let (ends, begins) = open_list(text, 40).unwrap();
        assert_eq!((&text[..ends], begins), ("[words]\nleak = [\"a\", \"b\"", 1));
        assert_eq!(open_list("a = [\"x\",\n  \"y\",\n]\nb = 1\n", 20), None);
        assert!(open_list("a = [\"x\",\n  \"y\"\n", 20).is_some());
        assert_eq!(open_list("email = [\"ana@example.org]\n", 20), None, "its quote is missing, no bracket");
    }
}
