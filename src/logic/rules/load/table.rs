//! A TOML table that is read by hand, so that everything wrong with it can be told with its place.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::file::File;
use crate::ground::diagnostic::Place;
use crate::logic::rules::lint;

/// A table of a file.
pub(super) struct Table<'t, 'i> {
    /// The file it stands in.
    pub(super) file: &'t File<'t>,
    table: &'t DeTable<'i>,
    /// Where it is: its header, or the key it stands after.
    pub(super) range: Range<usize>,
    /// How it is called in messages: `[product]`.
    name: String,
}

/// A text and where it stands, quotes included.
#[derive(Clone)]
pub(super) struct Words<'t> {
    pub(super) value: &'t str,
    pub(super) range: Range<usize>,
}

impl<'t, 'i> Table<'t, 'i> {
    /// The file as a table.
    pub(super) fn root(file: &'t File<'t>, table: &'t DeTable<'i>) -> Self {
        Self { file, table, range: 0..0, name: file.name.clone() }
    }

    /// Its place.
    pub(super) fn place(&self) -> Place {
        self.file.place(self.range.clone())
    }

    /// The keys, each with where it stands and its value.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'t str, Range<usize>, &'t Spanned<DeValue<'i>>)> {
        self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
    }

    /// Tells every key that is none of these.
    pub(super) fn only(&self, known: &[&str]) {
        for (key, range, _) in self.entries().filter(|(key, ..)| !known.contains(key)) {
            self.file.say(lint::keys::unknown(range, &self.name, key, known));
        }
    }

    fn get(&self, key: &str) -> Option<(Range<usize>, &'t Spanned<DeValue<'i>>)> {
        self.entries().find(|(name, ..)| *name == key).map(|(_, range, value)| (range, value))
    }

    /// Tells that nothing stands under `key`, unless it is there and of the wrong kind.
    pub(super) fn lacks(&self, key: &str, example: &str) {
        match self.get(key) {
            None => self.missing(key, example),
            Some((_, value)) if value.get_ref().as_array().is_some_and(|items| items.is_empty()) => {
                self.file.say(lint::values::empty(value.span(), key));
            }
            Some(_) => {}
        }
    }

    fn missing(&self, key: &str, example: &str) {
        // A misspelt key is one mistake, and it is told as such.
        let misspelt = self.entries().any(|(name, ..)| lint::suggest::closest(name, [key]).is_some());
        if !misspelt {
            self.file.say(lint::keys::missing(self.range.clone(), &self.name, key, example));
        }
    }

    fn wrong(&self, value: &Spanned<DeValue<'_>>, key: &str, expected: &str, example: &str) {
        let found = value.get_ref().type_str();
        self.file.say(lint::keys::wrong_type(
            value.span(),
            key,
            expected,
            found,
            &format!("{key} = {example}"),
        ));
    }

    /// The text under `key`, if there is one.
    pub(super) fn text(&self, key: &str, example: &str) -> Option<Words<'t>> {
        let (_, value) = self.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(value, key, "a text in quotes", example);
            return None;
        };
        Some(Words { value: text, range: value.span() })
    }

    /// The text under `key`; it is told when there is none, or nothing in it.
    pub(super) fn required(&self, key: &str, example: &str) -> Option<Words<'t>> {
        if self.get(key).is_none() {
            self.missing(key, example);
        }
        let words = self.text(key, example)?;
        if words.value.trim().is_empty() && key != "match" {
            self.file.say(lint::values::empty(words.range, key));
            return None;
        }
        Some(words)
    }

    /// The id under `key`; told when it is none or cannot be one.
    pub(super) fn id(&self, key: &str, example: &str) -> Option<Words<'t>> {
        let id = self.required(key, example)?;
        if is_id(id.value) {
            return Some(id);
        }
        self.file.say(lint::ids::shape(id.range, id.value));
        None
    }

    /// The ids under `key`, without those that cannot be one; those are told.
    pub(super) fn ids(&self, key: &str, example: &str) -> Option<Vec<Words<'t>>> {
        let mut ids = self.texts(key, example)?;
        ids.retain(|id| {
            let fits = is_id(id.value);
            if !fits {
                self.file.say(lint::ids::shape(id.range.clone(), id.value));
            }
            fits
        });
        Some(ids)
    }

    /// The number under `key` with its place.
    pub(super) fn number(&self, key: &str, example: &str) -> Option<(f64, Range<usize>)> {
        let (_, value) = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(n) => {
                i64::from_str_radix(&n.as_str().replace('_', ""), n.radix()).ok().map(|n| n as f64)
            }
            DeValue::Float(n) => n.as_str().replace('_', "").parse().ok(),
            _ => None,
        };
        if number.is_none() {
            self.wrong(value, key, "a number", example);
        }
        Some((number?, value.span()))
    }

    /// The `true` or `false` under `key`; told when it lacks.
    pub(super) fn required_bool(&self, key: &str) -> Option<bool> {
        if self.get(key).is_none() {
            self.missing(key, "true");
        }
        self.bool(key)
    }

    /// The `true` or `false` under `key`, if there is one.
    pub(super) fn bool(&self, key: &str) -> Option<bool> {
        let (_, value) = self.get(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            let kind = value.get_ref().type_str();
            let problem = lint::keys::wrong_type(
                value.span(),
                key,
                "true or false, without quotes",
                kind,
                &format!("{key} = true"),
            );
            let meant = value.get_ref().as_str().and_then(lint::syntax::truth);
            self.file.say(match meant {
                Some(meant) => problem.fix(value.span(), meant),
                None => problem,
            });
        }
        found
    }

    /// The texts under `key`; a text alone is a list of one. `None` when the key lacks.
    pub(super) fn texts(&self, key: &str, example: &str) -> Option<Vec<Words<'t>>> {
        let (_, value) = self.get(key)?;
        Some(texts_of(self.file, key, value, example))
    }

    /// Whether a list stands under `key`, such as the tables of `[[topic]]`.
    pub(super) fn value_is_array(&self, key: &str) -> bool {
        self.get(key).is_some_and(|(_, value)| value.get_ref().as_array().is_some())
    }

    /// Whether a table stands under `key`.
    pub(super) fn value_is_table(&self, key: &str) -> bool {
        self.get(key).is_some_and(|(_, value)| value.get_ref().as_table().is_some())
    }

    /// The text under `key`, if it is one; nothing is told where it is not.
    pub(super) fn plain_text(&self, key: &str) -> Option<&'t str> {
        self.get(key).and_then(|(_, value)| value.get_ref().as_str())
    }

    /// Tells what is wrong with the codes of a post: what no post has is found by no rule that asks for it.
    pub(super) fn post_codes(&self) {
        let in_quotes = |code: &str| format!("\"{code}\"");
        let words =
            |key: &str| self.get(key).and_then(|(_, value)| Some((value.get_ref().as_str()?, value.span())));
        let lang = words("lang").and_then(|(tag, range)| lint::codes::language(range, tag, in_quotes));
        let region = words("region").and_then(|(tag, range)| lint::codes::region(range, tag, in_quotes));
        lang.into_iter().chain(region).for_each(|problem| self.file.say(problem));
    }

    /// Where the key stands.
    pub(super) fn key_range(&self, key: &str) -> Option<Range<usize>> {
        self.get(key).map(|(range, _)| range)
    }

    /// Where the value of the key stands.
    pub(super) fn value_range(&self, key: &str) -> Option<Range<usize>> {
        self.get(key).map(|(_, value)| value.span())
    }

    /// The table under `key`, called `name` in messages.
    pub(super) fn table(&self, key: &str, name: &str) -> Option<Self> {
        let (range, value) = self.get(key)?;
        let Some(table) = value.get_ref().as_table() else {
            let found = value.get_ref().type_str();
            self.file.say(lint::keys::wrong_type(
                value.span(),
                key,
                "a table",
                found,
                &format!("{name} on a line of its own"),
            ));
            return None;
        };
        Some(Self { file: self.file, table, range, name: name.to_owned() })
    }

    /// The tables under `key` (`[[topic]]`), called `name` in messages.
    pub(super) fn tables(&self, key: &str, name: &str) -> Vec<Self> {
        let Some((range, value)) = self.get(key) else { return Vec::new() };
        let wrong = |value: &Spanned<DeValue<'_>>| {
            let found = value.get_ref().type_str();
            let help = format!("{name} on a line of its own, with double brackets");
            self.file.say(lint::keys::wrong_type(
                value.span(),
                key,
                "tables in double brackets",
                found,
                &help,
            ));
        };
        let items = match value.get_ref() {
            DeValue::Array(items) => items,
            // A table's own span may be empty; its key's is not.
            DeValue::Table(_) => {
                let help = format!("{name}, with double brackets");
                let problem =
                    lint::keys::wrong_type(range.clone(), key, "tables in double brackets", "table", &help);
                self.file.say(match self.single_brackets(&range) {
                    Some(header) => problem.fix(header, name),
                    None => problem,
                });
                return Vec::new();
            }
            _ => {
                wrong(value);
                return Vec::new();
            }
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_table() {
                Some(table) => {
                    tables.push(Self {
                        file: self.file,
                        table,
                        range: self.first_line(item.span()),
                        name: name.to_owned(),
                    });
                }
                None => wrong(item),
            }
        }
        tables
    }

    /// The whole of `[topic]`, where the key at `range` stands alone in it.
    fn single_brackets(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let text = self.file.text;
        let line = text.get(..range.start)?.rfind('\n').map_or(0, |at| at + 1);
        // `[team.kitchen.recipient]` has the names above it before it.
        let before = text.get(line..range.start)?.trim();
        let open =
            before == "[" || before.starts_with('[') && !before.starts_with("[[") && before.ends_with('.');
        let close = text.get(range.end..)?.find(']')?;
        let between = text.get(range.end..range.end + close)?;
        (open && between.trim().is_empty()).then(|| line..range.end + close + 1)
    }

    /// A table's place is its first line: whole tables would fill the screen.
    fn first_line(&self, range: Range<usize>) -> Range<usize> {
        let text = self.file.text.get(range.clone()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().trim_end();
        range.start..range.start + line.len()
    }
}

/// The texts of a value: a list of texts, or one text alone.
pub(super) fn texts_of<'t>(
    file: &File<'_>,
    key: &str,
    value: &'t Spanned<DeValue<'_>>,
    example: &str,
) -> Vec<Words<'t>> {
    let items: Vec<&'t Spanned<DeValue<'_>>> = match value.get_ref() {
        DeValue::Array(items) => items.iter().collect(),
        _ => vec![value],
    };
    let mut texts = Vec::new();
    for item in items {
        match item.get_ref().as_str() {
            Some(value) => texts.push(Words { value, range: item.span() }),
            None => {
                let found = item.get_ref().type_str();
                let shown = format!("{key} = {example}");
                file.say(lint::keys::wrong_type(item.span(), key, "texts in quotes", found, &shown));
            }
        }
    }
    texts
}

/// Ids stand in addresses, commands and file names.
pub(in crate::logic::rules) fn is_id(id: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !id.is_empty() && id.len() <= 100 && id.chars().all(fits) && !id.starts_with(['.', '-'])
}
