//! One way of laying out a rule file (`groundswell fmt`): keys of a block in one column, one blank line between blocks,
//! lists in one line where they fit. Comments and the order of everything stay; so does what the rules mean.

use toml_edit::{Array, Decor, DocumentMut, Item, RawString, Table, Value};

/// Columns that a line with a list may take.
const WIDTH: usize = 110;
/// Farthest column behind which notes are put one below the other.
const FARTHEST_NOTE: usize = 70;
/// Largest column to which the `=` of a block are moved.
const WIDEST_KEY: usize = 24;

/// The text laid out. Laying it out again changes nothing.
///
/// # Errors
/// The text is not TOML; `check` says where.
pub fn layout(text: &str) -> Result<String, String> {
    let mut document: DocumentMut = text
        .trim_start_matches('\u{feff}')
        .replace("\r\n", "\n")
        .parse()
        .map_err(|e: toml_edit::TomlError| e.message().to_owned())?;
    table(document.as_table_mut());
    let trailing = comments(document.trailing().as_str().unwrap_or_default(), false);
    document.set_trailing(trailing);
    let out = document.to_string();
    let out = out.trim_start_matches('\n').trim_end();
    Ok(if out.is_empty() { String::new() } else { format!("{out}\n") })
}

fn table(table: &mut Table) {
    let width = table
        .iter()
        .filter(|(_, item)| item.is_value())
        .map(|(key, _)| shown(key).chars().count())
        .filter(|width| *width <= WIDEST_KEY)
        .max()
        .unwrap_or(0);
    let column = |key: &str| width.max(shown(key).chars().count()) + 3;
    for (key, item) in table.iter_mut() {
        if let Item::Value(Value::Array(array)) = item {
            list(array, column(key.get()));
        }
    }
    // Notes of a block stand in one column, where that is not too far out.
    let ends = table.iter().filter_map(|(key, item)| {
        let value = item.as_value()?;
        let has_note =
            value.decor().suffix().and_then(RawString::as_str).is_some_and(|s| !s.trim().is_empty());
        let text = bare(value);
        (has_note && !text.contains('\n')).then(|| column(key) + text.chars().count())
    });
    let notes = ends.filter(|end| *end <= FARTHEST_NOTE).max().unwrap_or(0);
    let mut first = true;
    for (mut key, item) in table.iter_mut() {
        match item {
            Item::Value(value) => {
                let lead = prefix(key.leaf_decor().prefix());
                let pad = width.saturating_sub(shown(key.get()).chars().count());
                let decor = key.leaf_decor_mut();
                // The first key stands right below its header.
                let lead = comments(&lead, first);
                *decor = Decor::new(
                    if first { lead.trim_start_matches('\n').to_owned() } else { lead },
                    format!("{} ", " ".repeat(pad)),
                );
                self::value(value, column(key.get()), notes);
                first = false;
            }
            Item::Table(inner) => below(inner),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(below),
            Item::None => {}
        }
    }
}

/// A table with a header: a blank line before it.
fn below(inner: &mut Table) {
    let lead = comments(&prefix(inner.decor().prefix()), false);
    let lead = lead.trim_start_matches('\n');
    let after = inner.decor().suffix().and_then(RawString::as_str).map(note).unwrap_or_default();
    *inner.decor_mut() = Decor::new(format!("\n{lead}"), after);
    table(inner);
}

fn value(value: &mut Value, column: usize, notes: usize) {
    let after = value.decor().suffix().and_then(RawString::as_str).map(note).unwrap_or_default();
    let text = bare(value);
    let pad = if after.is_empty() || text.contains('\n') {
        0
    } else {
        notes.saturating_sub(column + text.chars().count())
    };
    *value.decor_mut() = Decor::new(" ", format!("{}{after}", " ".repeat(pad)));
}

/// In one line where it fits and has no comments, else one entry a line.
fn list(array: &mut Array, column: usize) {
    let part = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let plain = |text: &str| !text.contains('#');
    let one_line = array.iter().all(|v| {
        plain(&part(v.decor().prefix())) && plain(&part(v.decor().suffix())) && v.as_array().is_none()
    }) && plain(array.trailing().as_str().unwrap_or_default());
    let width: usize = array.iter().map(|v| bare(v).chars().count() + 2).sum();
    let count = array.len();
    if one_line && (count == 0 || column + width <= WIDTH) {
        for (i, entry) in array.iter_mut().enumerate() {
            *entry.decor_mut() = Decor::new(if i == 0 { "" } else { " " }, "");
        }
        array.set_trailing("");
        array.set_trailing_comma(false);
        return;
    }
    for entry in array.iter_mut() {
        let (before, after) = (part(entry.decor().prefix()), part(entry.decor().suffix()));
        // A comment behind the comma of one entry is read as the beginning of the next.
        let same_line = before.split('\n').next().map(note).unwrap_or_default();
        let rest = before.split_once('\n').map_or("", |(_, rest)| rest);
        let lead: String = lines(rest).iter().map(|line| format!("\n    {line}")).collect();
        let behind: String = lines(&after).iter().map(|line| format!("\n    {line}")).collect();
        let behind = if behind.is_empty() { behind } else { format!("{behind}\n    ") };
        *entry.decor_mut() = Decor::new(format!("{same_line}{lead}\n    "), behind);
    }
    let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
    let same_line = trailing.split('\n').next().map(note).unwrap_or_default();
    let rest = trailing.split_once('\n').map_or("", |(_, rest)| rest);
    let lead: String = lines(rest).iter().map(|line| format!("\n    {line}")).collect();
    array.set_trailing(format!("{same_line}{lead}\n"));
    array.set_trailing_comma(true);
}

/// A value without what stands around it.
fn bare(value: &Value) -> String {
    let mut value = value.clone();
    value.decor_mut().clear();
    value.to_string()
}

/// A key as it is written.
fn shown(key: &str) -> String {
    toml_edit::Key::new(key).to_string()
}

fn prefix(raw: Option<&RawString>) -> String {
    raw.and_then(RawString::as_str).unwrap_or_default().to_owned()
}

/// A note behind something, two blanks after it.
fn note(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() { String::new() } else { format!("  {text}") }
}

/// Lines of comments without what surrounds them; no blank line twice.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// The comments before something: at most one blank line in a row, none at the beginning of a block.
fn comments(text: &str, first: bool) -> String {
    let mut out = String::new();
    let mut blank = first;
    let body = text.trim_end_matches(' ');
    for line in body.split_inclusive('\n') {
        let line = line.trim();
        if line.is_empty() {
            if !blank {
                out.push('\n');
            }
            blank = true;
        } else {
            out.push_str(line);
            out.push('\n');
            blank = false;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::{RuleFile, RuleFiles};
    use crate::logic::rules::RuleSet;

    #[test]
    fn a_file_is_laid_out_in_one_way() {
        let text = "# ours\n\n\n[product]   # the product\nid=\"a\"\n\n\n# why\nname   =   \"Abc\"   # shown\nmatch = 'a' # short\nteam=\"t\"\n[words]\nclose=[\"one\",\n  \"two\"]\nlong = [\n\"a\", # first\n# alone\n\"b\"\n]\n\n\n\n[[topic]]\nid='x'\n[[topic.example]]\ntext=\"t\"\nexpect=true\n# the end\n";
        let expected = "# ours\n\n[product]  # the product\nid    = \"a\"\n\n# why\nname  = \"Abc\"  # shown\nmatch = 'a'    # short\nteam  = \"t\"\n\n[words]\nclose = [\"one\", \"two\"]\nlong  = [\n    \"a\",  # first\n    # alone\n    \"b\",\n]\n\n[[topic]]\nid = 'x'\n\n[[topic.example]]\ntext   = \"t\"\nexpect = true\n# the end\n";
        let once = layout(text).unwrap();
        assert_eq!(once, expected);
        assert_eq!(layout(&once).unwrap(), once);
        assert_eq!(layout("").unwrap(), "");
        assert!(layout("[product").is_err());
    }

    fn comments_of(text: &str) -> Vec<String> {
        let mut all: Vec<String> =
            text.lines().filter_map(|l| Some(l.split_once("# ")?.1.trim().to_owned())).collect();
        all.sort();
        all
    }

    /// What the rules mean, without the places.
    fn meaning(text: &str) -> String {
        let files = RuleFiles {
            folder: String::new(),
            files: vec![
                RuleFile { path: "p.toml".into(), text: text.into() },
                RuleFile { path: "teams.toml".into(), text: "[team.t]\nemail = ['t@example.org']".into() },
            ],
        };
        let (set, told) = RuleSet::load(&files);
        let codes: Vec<_> = told.iter().map(|d| (d.code, d.message.clone())).collect();
        let products: Vec<_> = set
            .iter()
            .flat_map(|set| &set.products)
            .map(|p| {
                let topics: Vec<_> = p
                    .topics
                    .iter()
                    .map(|t| {
                        (
                            t.id.clone(),
                            t.title.clone(),
                            t.query.clone(),
                            t.severity,
                            t.examples.iter().map(|e| (e.text.clone(), e.expect)).collect::<Vec<_>>(),
                        )
                    })
                    .collect();
                (p.id.clone(), p.name.clone(), p.query.clone(), p.not.clone(), p.team.clone(), topics)
            })
            .collect();
        format!("{products:?} {codes:?}")
    }

    proptest::proptest! {
        #[test]
        fn laid_out_it_means_the_same_and_every_comment_is_there(
            blanks in proptest::collection::vec("[ \n]{0,4}|\n# [a-z]{1,8}\n", 12),
            spaces in proptest::collection::vec(" {0,5}", 12),
            notes in proptest::collection::vec("( {1,3}# [a-z]{1,8})?", 12),
            words in proptest::collection::vec("[a-z]{2,30}", 1..9),
            queries in proptest::collection::vec(proptest::sample::select(vec!["mini9", "\"mini 9\" OR keys", "keys NEAR/3 $close", "(a1 OR b2) NOT golf"]), 3),
        ) {
            let list: Vec<String> = words.iter().enumerate().map(|(i, w)| format!("\"{w}{i}\",{}", blanks[i % 12])).collect();
            let line = |i: usize, key: &str, value: &str| {
                let before = if blanks[i].ends_with(' ') { format!("{}\n", blanks[i]) } else { blanks[i].clone() };
                format!("\n{before}{}{key}{}={}{value}{}\n", spaces[i], spaces[(i + 1) % 12], spaces[(i + 5) % 12], notes[i])
            };
            let text = [
                line(0, "[product]", "").replace('=', ""),
                line(1, "id", "\"p\""), line(2, "name", "'P'"), line(3, "match", &format!("'{}'", queries[0])), line(4, "team", "\"t\""),
                line(5, "[words]", "").replace('=', ""), line(6, "close", &format!("[{}]", list.join(""))),
                line(7, "[[topic]]", "").replace('=', ""), line(8, "id", "\"x\""), line(9, "title", "\"X\""), line(10, "match", &format!("'{}'", queries[1])),
            ].concat();
            let once = layout(&text).unwrap();
            proptest::prop_assert_eq!(meaning(&once), meaning(&text), "{}\n---\n{}", text, once);
            proptest::prop_assert_eq!(comments_of(&once), comments_of(&text), "{}\n---\n{}", text, once);
            proptest::prop_assert_eq!(layout(&once).unwrap(), once);
        }
    }
}
