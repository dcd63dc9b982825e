//! What the library says about a key that it cannot read, as people would say it.

/// The library's words about a source (`source[2]url`), as people count and call it: `source 3 ("press"): …`.
pub(super) fn placed(why: &str, text: &str) -> String {
    let whole = || {
        let (before, rest) = why.split_once("source[")?;
        let (number, after) = rest.split_once(']')?;
        let index: usize = number.parse().ok()?;
        let table: Option<toml::Table> = toml::from_str(text).ok();
        let source = table.as_ref().and_then(|t| t.get("source")?.get(index));
        let name = source.and_then(|s| s.get("name")?.as_str());
        let name = name.map_or_else(String::new, |name| format!(" (\"{}\")", name.escape_debug()));
        let key = after.trim_start_matches('.').split(['`', '"']).next().unwrap_or_default();
        let said = match before.strip_prefix("missing configuration field") {
            Some(_) => format!("the key `{key}` is missing"),
            None => {
                let said = before.trim_end_matches('`').trim_end().trim_end_matches("for key").trim_end();
                if key.is_empty() { said.to_owned() } else { format!("{key}: {said}") }
            }
        };
        Some(format!("source {}{name}: {said}; groundswell source list shows every key", index + 1))
    };
    in_words(&whole().unwrap_or_else(|| why.to_owned()))
}

/// The library's words about a value of the wrong kind, as people would say them.
pub(super) fn in_words(why: &str) -> String {
    const FOUND: [(&str, &str); 6] = [
        ("string", "the text"),
        ("integer", "the number"),
        ("floating point", "the number"),
        ("boolean", "the value"),
        ("sequence", "a list"),
        ("map", "a table"),
    ];
    const WANTED: [(&str, &str); 12] = [
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
    const RANGES: [(&str, u64); 3] = [("u8", 255), ("u16", 65_535), ("u32", 4_294_967_295)];
    let address = why.replace(
        "invalid socket address syntax",
        "this is no address with a port; write it in quotes, such as \"127.0.0.1:7171\"",
    );
    let outside = || {
        let (before, rest) = address.split_once("invalid value: integer `")?;
        let (number, rest) = rest.split_once("`, expected ")?;
        let (kind, most) = RANGES.iter().find(|(kind, _)| rest.starts_with(kind))?;
        let after = rest.strip_prefix(kind)?;
        Some(format!("{before}the number {number} stands here; write a whole number from 0 to {most}{after}"))
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
    outside().or_else(told).unwrap_or_else(|| address.clone())
}
