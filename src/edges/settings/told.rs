//! What the library says about a key that it cannot read, as people would say it: with the line, the source by its name, the key, and
//! what may stand there.

use toml::de::{DeTable, DeValue};

use super::unknown;

/// The library's words `why` about the settings `text`, as people would say them. `again` reads other settings and says what is wrong
/// with them, if anything; `alone` is what another library says of the file by itself.
pub(super) fn told(
    why: &str,
    text: &str,
    again: &dyn Fn(&str) -> Option<String>,
    alone: &dyn Fn() -> Option<String>,
) -> String {
    if let Some(said) = unknown::twice(text) {
        return said;
    }
    let exact = exact(why, alone);
    let mut place = place_of(&exact);
    if let Some((index, key)) = place.as_mut().and_then(|p| Some((p.source?, &mut p.keys)))
        && key.is_empty()
        && !exact.contains("unknown field")
    {
        key.extend(culprit(index, why, text, again));
    }
    let said = in_words(&placed(&exact, text, place.as_ref()));
    let key =
        exact.split_once("unknown field `").and_then(|(_, rest)| rest.split_once('`')).map(|(key, _)| key);
    let Some(key) = key else {
        // Of a list of tables where one belongs, the library reads on into the first.
        let names = place.as_ref().filter(|place| place.source.is_none()).map(|place| place.keys.as_slice());
        let name = names.and_then(|names| names.first()?.split('[').next()).unwrap_or_default().to_owned();
        let keys = vec![name];
        let brackets = keys.first().and_then(|name| unknown::brackets(name, text));
        return match brackets {
            Some(said) => with_line(Some(&Place { source: None, keys }), text, &said),
            None => with_line(place.as_ref(), text, &said),
        };
    };
    // Of those of the sections it is not said where they are.
    let mut place = match place {
        Some(place) => Some(place),
        None => stray(key, why, text, again).map(|keys| Place { source: None, keys }),
    };
    let section = place.as_ref().filter(|place| place.source.is_none()).map(|place| place.keys.clone());
    let said = unknown::unknown(&said, section.as_deref(), text).unwrap_or(said);
    if let Some(place) = &mut place {
        place.keys.push(key.to_owned());
    }
    with_line(place.as_ref(), text, &said)
}

fn with_line(place: Option<&Place>, text: &str, said: &str) -> String {
    let line = place.and_then(|place| line_of(text, place));
    line.map_or_else(|| said.to_owned(), |line| format!("line {line}: {said}"))
}

/// Where something is wrong: in which source, counted from 0, and under which keys, outermost first.
struct Place {
    source: Option<usize>,
    keys: Vec<String>,
}

/// Of a value that is none of a few, the library of the file alone names the few.
fn exact(why: &str, alone: &dyn Fn() -> Option<String>) -> String {
    let of_few = why.split_once("does not have variant constructor").and_then(|(_, rest)| {
        let key = rest.split_once("for key")?.1;
        let known = alone().filter(|known| known.starts_with("unknown variant"))?;
        Some(format!("{} for key{key}", known.trim()))
    });
    of_few.unwrap_or_else(|| why.to_owned())
}

fn place_of(why: &str) -> Option<Place> {
    let split = |keys: &str| -> Vec<String> {
        keys.split('.').filter(|key| !key.is_empty()).map(str::to_owned).collect()
    };
    if let Some((_, rest)) = why.split_once("source[") {
        let (number, after) = rest.split_once(']')?;
        let key = after.trim_start_matches('.').split(['`', '"']).next().unwrap_or_default();
        return Some(Place { source: Some(number.parse().ok()?), keys: split(key) });
    }
    let key = why.split_once("for key `")?.1.split('`').next()?;
    Some(Place { source: None, keys: split(key) })
}

/// The key of a source without which something else, or nothing, is wrong.
fn culprit(index: usize, why: &str, text: &str, again: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let whole: toml::Table = toml::from_str(text).ok()?;
    let table = whole.get("source")?.get(index)?.as_table()?;
    // Without its kind nothing of a source can be read: that says least, and is tried last.
    let keys = table.keys().map(String::as_str).filter(|key| !["name", "kind"].contains(key));
    keys.chain(["kind"]).find_map(|key| {
        let mut without = whole.clone();
        without.get_mut("source")?.get_mut(index)?.as_table_mut()?.remove(key);
        let said = again(&toml::to_string(&without).ok()?);
        (said.as_deref() != Some(why)).then(|| key.to_owned())
    })
}

/// The tables around an unknown key of which the library does not say where it is: without it something else, or nothing, is
/// wrong.
fn stray(key: &str, why: &str, text: &str, again: &dyn Fn(&str) -> Option<String>) -> Option<Vec<String>> {
    let whole: toml::Table = toml::from_str(text).ok()?;
    let mut found = Vec::new();
    tables_with(key, &whole, &mut Vec::new(), &mut found);
    found.into_iter().find(|path| {
        let mut without = whole.clone();
        let inner = path.iter().try_fold(&mut without, |table, name| table.get_mut(name)?.as_table_mut());
        let removed = inner.and_then(|table| table.remove(key)).is_some();
        let said = toml::to_string(&without).ok().map(|text| again(&text));
        removed && said.is_some_and(|said| said.as_deref() != Some(why))
    })
}

/// The tables, by their names from the outermost in, that have a key of this name. Sources tell of theirs themselves.
fn tables_with(key: &str, table: &toml::Table, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if table.contains_key(key) {
        found.push(path.clone());
    }
    for (name, inner) in table.iter().filter_map(|(name, value)| Some((name, value.as_table()?))) {
        path.push(name.clone());
        tables_with(key, inner, path, found);
        path.pop();
    }
}

/// The line on which a key stands, from 1; nothing when it is not in the file.
fn line_of(text: &str, place: &Place) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut at = None;
    if let Some(index) = place.source {
        let DeValue::Array(sources) = table.get("source")?.get_ref() else { return None };
        let source = sources.get(index)?;
        at = Some(source.span().start);
        let DeValue::Table(of_source) = source.get_ref() else { return None };
        table = of_source;
    }
    for (depth, name) in place.keys.iter().enumerate() {
        let Some((key, value)) = table.get_key_value(name.as_str()) else {
            // Of a source the beginning, of what else is not there nothing.
            return at.filter(|_| place.source.is_some() && depth == 0).map(|at| line_at(text, at));
        };
        at = Some(key.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    at.map(|at| line_at(text, at))
}

fn line_at(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The library's words about a source (`source[2]url`), as people count and call it: `source 3 ("press"): …`.
fn placed(why: &str, text: &str, place: Option<&Place>) -> String {
    let whole = || {
        let (place, index) = place.and_then(|place| Some((place, place.source?)))?;
        let (before, _) = why.split_once("source[")?;
        let table: Option<toml::Table> = toml::from_str(text).ok();
        let source = table.as_ref().and_then(|t| t.get("source")?.get(index));
        let name = source.and_then(|s| s.get("name")?.as_str());
        let name = name.map_or_else(String::new, |name| format!(" (\"{}\")", name.escape_debug()));
        let key = place.keys.join(".");
        let said = match before.strip_prefix("missing configuration field") {
            Some(_) => format!("the key `{key}` is missing"),
            None => {
                let said = before.trim_end_matches('`').trim_end().trim_end_matches("for key").trim_end();
                if key.is_empty() { said.to_owned() } else { format!("{key}: {said}") }
            }
        };
        Some(format!("source {}{name}: {said}; groundswell source list shows every key", index + 1))
    };
    whole().unwrap_or_else(|| why.to_owned())
}

/// The library's words about a value of the wrong kind, as people would say them.
pub(super) fn in_words(why: &str) -> String {
    const FOUND: [(&str, &str); 8] = [
        ("string", "the text"),
        ("integer", "the number"),
        ("64-bit unsigned integer", "the number"),
        ("64-bit integer", "the number"),
        ("floating point", "the number"),
        ("boolean", "the value"),
        ("sequence", "a list"),
        ("map", "a table"),
    ];
    const WANTED: [(&str, &str); 15] = [
        ("an unsigned 8 bit integer", "a whole number from 0 to 255"),
        ("an unsigned 16 bit integer", "a whole number from 0 to 65535"),
        ("an unsigned 32 bit integer", "a whole number from 0 to 4294967295"),
        ("an integer", "a whole number without quotes"),
        ("a boolean", "true or false, without quotes"),
        ("a string", "a text in quotes"),
        ("path string", "a path in quotes"),
        ("a sequence", "a list in square brackets, such as [\"…\"]"),
        ("a map", "a table"),
        ("struct", "a table with keys of its own"),
        ("floating point", "a number without quotes"),
        ("f", "a number without quotes"),
        ("u", "a whole number without quotes, 0 or more"),
        ("i", "a whole number without quotes"),
        ("socket address", "an address with a port, such as \"127.0.0.1:7171\""),
    ];
    const RANGES: [(&str, &str); 6] = [
        ("u8", "from 0 to 255"),
        ("u16", "from 0 to 65535"),
        ("u32", "from 0 to 4294967295"),
        ("u64", "of 0 or more"),
        ("usize", "of 0 or more"),
        ("a nonzero u", "of 1 or more"),
    ];
    let address = why.replace(
        "invalid socket address syntax",
        "this is no address with a port; write it in quotes, such as \"127.0.0.1:7171\"",
    );
    let outside = || {
        let (before, rest) = address.split_once("invalid value: integer `")?;
        let (number, rest) = rest.split_once("`, expected ")?;
        let (kind, most) = RANGES.iter().find(|(kind, _)| rest.starts_with(kind))?;
        let after = rest.strip_prefix(kind)?;
        Some(format!("{before}the number {number} stands here; write a whole number {most}{after}"))
    };
    let told = || {
        let (before, rest) = address.split_once("invalid type: ")?;
        let (found, rest) = rest.split_once(", expected ")?;
        let end = rest.find([';', '\n']).or_else(|| rest.find(" for key")).unwrap_or(rest.len());
        let end = rest.find(" for key").map_or(end, |key| key.min(end));
        let (wanted, after) = rest.split_at_checked(end)?;
        let (kind, name) = FOUND.iter().find(|(kind, _)| found.starts_with(kind))?;
        let value = found.strip_prefix(kind)?.trim().trim_matches('`');
        let found = if value.is_empty() { (*name).to_owned() } else { format!("{name} {value}") };
        let exact = WANTED.iter().find(|(known, _)| *known == wanted);
        let (_, wanted) = exact.or_else(|| WANTED.iter().find(|(known, _)| wanted.starts_with(known)))?;
        Some(format!("{before}{found} stands here; write {wanted}{after}"))
    };
    let of_few = || {
        let (before, rest) = address.split_once("unknown variant `")?;
        let (value, rest) = rest.split_once("`, expected ")?;
        let end = rest.find([';', '\n']).unwrap_or(rest.len());
        let end = rest.find(" for key").map_or(end, |key| key.min(end));
        let (few, after) = rest.split_at_checked(end)?;
        let known: Vec<&str> = few.split('`').skip(1).step_by(2).collect();
        let meant = unknown::meant(value, &known);
        let few: Vec<String> = few.split('`').skip(1).step_by(2).map(|one| format!("\"{one}\"")).collect();
        let (last, others) = few.split_last()?;
        let few = if others.is_empty() { last.clone() } else { format!("{} or {last}", others.join(", ")) };
        Some(format!("{before}the text \"{value}\" stands here; write {few}{meant}{after}"))
    };
    outside().or_else(of_few).or_else(told).unwrap_or_else(|| address.clone())
}
