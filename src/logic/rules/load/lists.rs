//! `[words]`: lists that the queries of the file use as `$name`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::file::File;
use super::table::{Table, Words, is_id, texts_of};
use crate::logic::rules::lint::{self, Problem};
use crate::logic::rules::query::{List, Lists, Node, WORDS_A_LIST, term_of_entry};

/// Lists may name lists that name lists, so deep.
const DEEPEST: usize = 20;
/// Names that an unknown one is compared with: a hostile file could hold a hundred thousand.
const NAMES_COMPARED: usize = 500;
/// Entries of all lists of a file together, spelt out.
const MOST_ENTRIES: usize = 100_000;

/// The lists of a file, each spelt out.
pub(super) struct FileLists {
    /// `None` for a list that has been told to be broken.
    lists: BTreeMap<String, Option<Arc<List>>>,
    ranges: BTreeMap<String, Range<usize>>,
    used: RefCell<BTreeSet<String>>,
}

/// A list as it is written.
struct Raw<'t> {
    range: Range<usize>,
    entries: Vec<Words<'t>>,
    /// What stands there is no list, and that is told.
    broken: bool,
}

/// Entries with their spelling, by which doubles are told.
type Spelt = Vec<(String, Node)>;

impl FileLists {
    /// Reads the lists under `[words]`.
    pub(super) fn read(root: &Table<'_, '_>) -> Self {
        let mut raws = BTreeMap::new();
        let table = root.table("words", "[words]");
        let mut all: Vec<_> = table.iter().flat_map(Table::entries).collect();
        // `[words.more]`: told once, and its lists are read as if they stood where they belong.
        for (name, range, value) in std::mem::take(&mut all) {
            match value.get_ref().as_table() {
                Some(inner) => {
                    root.file.say(lint::lists::heading(
                        range,
                        name,
                        inner.keys().map(|key| key.get_ref().as_ref()),
                    ));
                    let inner = inner.iter().map(|(key, value)| (key.get_ref().as_ref(), key.span(), value));
                    all.extend(inner);
                }
                None => all.push((name, range, value)),
            }
        }
        for (name, range, value) in all {
            if lint::segments::is_key_of_product(name) && value.get_ref().as_str().is_some() {
                root.file.say(lint::segments::misplaced(range, name, "[words]", "a list"));
                continue;
            }
            let (written, name) = (name, name.trim_start_matches('$'));
            if written != name && is_id(name) {
                root.file.say(lint::ids::dollar(range.clone(), written, name));
            } else if !is_id(name) || name.contains('.') {
                root.file.say(lint::ids::shape(range.clone(), name));
            }
            let entries = texts_of(root.file, name, value, "[\"one\", \"two words\"]");
            let broken = value.get_ref().as_array().is_none_or(|items| !items.is_empty());
            raws.insert(name, Raw { range, broken, entries });
        }
        let mut reader = Reader {
            file: root.file,
            raws: &raws,
            done: BTreeMap::new(),
            used: BTreeSet::new(),
            left: MOST_ENTRIES,
        };
        for name in raws.keys() {
            reader.spell_out(name, &mut Vec::new());
        }
        let used = std::mem::take(&mut reader.used);
        let lists = reader
            .done
            .into_iter()
            .map(|(name, spelt)| {
                let entries = |spelt: Spelt| spelt.into_iter().map(|(_, node)| node).collect();
                let list = spelt.map(|spelt| Arc::new(List { name: name.clone(), entries: entries(spelt) }));
                (name, list)
            })
            .collect();
        let ranges = raws.iter().map(|(name, raw)| ((*name).to_owned(), raw.range.clone())).collect();
        Self { lists, ranges, used: RefCell::new(used) }
    }

    /// Tells the lists that nothing has used.
    pub(super) fn tell_unused(&self, file: &File<'_>) {
        let used = self.used.borrow();
        for (name, range) in self.ranges.iter().filter(|(name, _)| !used.contains(*name)) {
            file.say(lint::lists::unused(range.clone(), name));
        }
    }
}

impl Lists for FileLists {
    fn find(&self, name: &str) -> Option<Arc<List>> {
        self.used.borrow_mut().insert(name.to_owned());
        self.lists.get(name).cloned().flatten()
    }

    fn missing(&self, range: Range<usize>, name: &str) -> Option<Problem> {
        if self.lists.contains_key(name) {
            return None;
        }
        let known: Vec<&str> = self.lists.keys().map(String::as_str).take(NAMES_COMPARED).collect();
        Some(lint::lists::unknown(range, name, &known))
    }
}

struct Reader<'r, 't> {
    file: &'r File<'r>,
    raws: &'r BTreeMap<&'t str, Raw<'t>>,
    done: BTreeMap<String, Option<Spelt>>,
    used: BTreeSet<String>,
    /// Entries that may still be spelt out.
    left: usize,
}

impl Reader<'_, '_> {
    /// The entries of the list with those of the lists it names; `path` are the lists that led here.
    fn spell_out(&mut self, name: &str, path: &mut Vec<String>) {
        if self.done.contains_key(name) {
            return;
        }
        let raws = self.raws;
        let Some(raw) = raws.get(name) else { return };
        if path.len() >= DEEPEST {
            self.file.say(lint::lists::deep(raw.range.clone(), name, DEEPEST));
            self.done.insert(name.to_owned(), None);
            return;
        }
        path.push(name.to_owned());
        let spelt = self.entries_of(name, raw, path);
        path.pop();
        self.done.insert(name.to_owned(), spelt);
    }

    fn entries_of(&mut self, name: &str, raw: &Raw<'_>, path: &mut Vec<String>) -> Option<Spelt> {
        let mut whole = true;
        let mut seen = BTreeSet::new();
        let mut spelt = Spelt::new();
        if raw.entries.is_empty() {
            if !raw.broken {
                self.file.say(lint::lists::empty(raw.range.clone(), name));
            }
            whole = false;
        }
        for entry in &raw.entries {
            let named = match entry.value.trim().strip_prefix('$') {
                Some(inner) => self.named(inner, entry, path),
                None => self.one(name, entry),
            };
            let Some(named) = named else {
                whole = false;
                continue;
            };
            for (spelling, node) in named {
                if seen.insert(spelling.clone()) {
                    spelt.push((spelling, node));
                } else if !entry.value.trim().starts_with('$') {
                    self.file.say(lint::lists::twice(entry.range.clone(), name, &spelling));
                }
            }
            if spelt.len() > WORDS_A_LIST || spelt.len() > self.left {
                self.file.say(lint::lists::large(raw.range.clone(), name, WORDS_A_LIST.min(self.left)));
                return None;
            }
        }
        self.left -= spelt.len();
        whole.then_some(spelt)
    }

    /// The entries of a list that another list names.
    fn named(&mut self, inner: &str, entry: &Words<'_>, path: &mut Vec<String>) -> Option<Spelt> {
        self.used.insert(inner.to_owned());
        if let Some(at) = path.iter().position(|name| name == inner) {
            let mut circle: Vec<String> = path.iter().skip(at).cloned().collect();
            circle.push(inner.to_owned());
            self.file.say(lint::lists::loops(entry.range.clone(), &circle));
            return None;
        }
        if !self.raws.contains_key(inner) {
            if self.file.is_full() {
                return None;
            }
            let known: Vec<&str> = self.raws.keys().copied().take(NAMES_COMPARED).collect();
            self.file.say_within(
                &entry.range,
                entry.value,
                lint::lists::unknown(0..entry.value.len(), inner, &known),
            );
            return None;
        }
        self.spell_out(inner, path);
        self.done.get(inner).cloned().flatten()
    }

    fn one(&self, name: &str, entry: &Words<'_>) -> Option<Spelt> {
        for problem in lint::letters::mixed(entry.value, 0) {
            self.file.say_within(&entry.range, entry.value, problem);
        }
        for problem in lint::invisible::within(entry.value, 0) {
            self.file.say_within(&entry.range, entry.value, problem);
        }
        // `leak = "leak, drip"`: one text may stand for a list of one.
        let before = self.file.text.get(..entry.range.start).unwrap_or_default().trim_end();
        let alone = before.ends_with('=');
        let told = lint::lists::commas(entry.range.clone(), entry.value, alone)
            .or_else(|| lint::entry::told(entry.range.clone(), name, entry.value, alone));
        told.into_iter().for_each(|problem| self.file.say(problem));
        match term_of_entry(entry.value) {
            Ok(node) => Some(vec![(entry.value.trim().to_owned(), node)]),
            Err(problem) => {
                self.file.say_within(&entry.range, entry.value, problem);
                None
            }
        }
    }
}
