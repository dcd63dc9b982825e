//! Keys and sections that the settings do not know, in the words that rule files are told theirs in: what it is, and what
//! was meant or what can stand there.

use toml::Value;

/// Says of "unknown field `x`, expected one of …" where that is and what was meant; nothing where `said` says something else.
/// `section` are the tables around it, outermost first, where that is known and no source; `text` are the settings.
pub(super) fn unknown(said: &str, section: Option<&[String]>, text: &str) -> Option<String> {
    let (before, rest) = said.split_once("unknown field `")?;
    let (key, rest) = rest.split_once('`')?;
    let end = rest.find([';', '\n']).unwrap_or(rest.len());
    let (expected, after) = rest.split_at_checked(end)?;
    // Where it is, is said in other words.
    let expected = expected.split_once(" for key `").map_or(expected, |(expected, _)| expected);
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let near = closest(key, &known);
    let Some([]) = section else {
        let owner = match section {
            Some(tables) if before.is_empty() => format!("[{}] has no key", tables.join(".")),
            _ => "there is no key".to_owned(),
        };
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => "take it away".to_owned(),
            None => format!("here can stand: {}", known.join(", ")),
        };
        // After a question no sentence goes on.
        let after = match after.strip_prefix("; ").filter(|_| near.is_some()) {
            Some(more) => format!(" ({more})"),
            None => after.to_owned(),
        };
        return Some(format!("{before}{owner} `{key}`; {help}{after}"));
    };
    // At the top most are sections.
    let whole: toml::Table = toml::from_str(text).ok()?;
    let told = match whole.get(key) {
        Some(Value::Array(tables)) if tables.iter().all(Value::is_table) => format!("there is no [[{key}]]"),
        Some(Value::Table(_)) => format!("there is no section [{key}]"),
        _ => format!("there is no key `{key}` above the first section"),
    };
    let help = near.map_or_else(
        || {
            let all: Vec<String> = known.iter().map(|name| heading(name)).collect();
            format!("here can stand: {}", all.join(", "))
        },
        |near| format!("did you mean {}?", heading(near)),
    );
    Some(format!("{before}{told}; {help}{after}"))
}

/// Says of one section that was written like the sources, or of a source that was written like a section, how it is written.
pub(super) fn brackets(key: &str, text: &str) -> Option<String> {
    let whole: toml::Table = toml::from_str(text).ok()?;
    match whole.get(key)? {
        Value::Table(_) if key == SOURCE => Some(
            "a source has two pairs of brackets, since there can be several: write [[source]] for [source]"
                .to_owned(),
        ),
        Value::Array(tables) if key != SOURCE && !tables.is_empty() && tables.iter().all(Value::is_table) => {
            Some(format!("[[{key}]] stands once, with one pair of brackets: write [{key}]"))
        }
        _ => None,
    }
}

/// Says of a section or key that stands twice which it is; one `[source]` beside others is a source in single brackets.
pub(super) fn twice(text: &str) -> Option<String> {
    let error = toml::from_str::<toml::Table>(text).err()?;
    if !error.message().contains("duplicate key") {
        return None;
    }
    let before = text.get(..error.span()?.start)?;
    let line = before.matches('\n').count();
    let written = text.lines().nth(line)?.trim();
    let said = match written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(SOURCE) => {
            "a source has two pairs of brackets, since there can be several: write [[source]] for [source]"
                .to_owned()
        }
        Some(name) if name.starts_with('[') => {
            format!("{written} stands beside a section of that name in single brackets: write both alike")
        }
        Some(_) => format!(
            "the section {written} stands twice: write its keys below the first, and take this heading away"
        ),
        None => {
            let key = written.split('=').next().unwrap_or_default().trim();
            format!("`{key}` stands twice in this section: take one of them away")
        }
    };
    Some(format!("line {}: {said}", line + 1))
}

/// Of a text that is none of a few, the one that was meant.
pub(super) fn meant(written: &str, few: &[&str]) -> String {
    closest(written, few).map_or_else(String::new, |near| format!("; did you mean \"{near}\"?"))
}

/// The one name of which there can be several tables.
const SOURCE: &str = "source";

/// A name of the top as it is written: `[data]`, `[[source]]`, or a key as it is.
fn heading(name: &str) -> String {
    match name {
        SOURCE => "[[source]]".to_owned(),
        "contact" => "`contact`".to_owned(),
        name => format!("[{name}]"),
    }
}

/// The nearest of the names, if it is near enough to be a slip of the pen.
fn closest<'a>(written: &str, known: &[&'a str]) -> Option<&'a str> {
    // Nothing that long is a slip; the measure is quadratic.
    if written.len() > 64 {
        return None;
    }
    let most = (written.chars().count() / 3).max(1);
    let near = known.iter().map(|name| (strsim::osa_distance(written, name), *name));
    near.filter(|(distance, _)| *distance <= most).min().map(|(_, name)| name)
}
