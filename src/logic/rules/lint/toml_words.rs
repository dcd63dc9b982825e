//! What the TOML reader says, in words of those who write the files.

/// What is wrong, in plain words; `said` is the reader's first line.
pub(super) fn plain(said: &str) -> String {
    let begins = |what: &str| said.starts_with(what);
    let plain = if begins("duplicate key") {
        "this name stands here twice"
    } else if begins("invalid basic string")
        || begins("invalid literal string")
        || begins("invalid multi-line")
    {
        "a text has no quote at its end"
    } else if begins("string values must be quoted") || begins("invalid float") || begins("invalid boolean") {
        "a text without quotes, or a number or true and false that are misspelt"
    } else if begins("invalid integer")
        || begins("invalid datetime")
        || begins("invalid date")
        || begins("invalid time")
    {
        "a number or a date that is none; a text would stand in quotes"
    } else if begins("key with no value") {
        "a name without = and a value"
    } else if begins("missing comma") {
        "a comma is missing between two entries"
    } else if begins("unclosed array table") || begins("unclosed table") {
        "a heading is not closed"
    } else if begins("unclosed array") {
        "a list is not closed"
    } else if begins("unclosed inline table") {
        "a { is not closed"
    } else if begins("unexpected key or value") || begins("unexpected") {
        "something stands where the line should be at its end"
    } else if begins("missing escaped value") || begins("invalid escape") || begins("invalid unicode") {
        "a \\ in double quotes means something else: write the text between single quotes"
    } else {
        return format!("this cannot be read ({})", said.replace('`', ""));
    };
    plain.to_owned()
}

/// What is wrong where a file is TOML and has something that does not belong there: what is said about names and kinds of values.
/// `None` where `said` is of none of these.
pub(super) fn of_kinds(said: &str) -> Option<String> {
    let name = |rest: &str| rest.split('`').nth(1).unwrap_or_default().to_owned();
    let known = |rest: &str| -> Vec<String> {
        let after = rest.split_once("expected").map_or("", |(_, after)| after);
        after.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    if let Some(rest) = said.strip_prefix("unknown field ").or_else(|| said.strip_prefix("unknown variant "))
    {
        let (name, known) = (name(rest), known(rest));
        let near = super::suggest::closest(&name, known.iter().map(String::as_str));
        let meant = near.map_or_else(
            || format!("here can stand: {}", known.join(", ")),
            |near| format!("did you mean {near}?"),
        );
        return Some(format!("there is no \"{name}\" here: {meant}"));
    }
    if let Some(rest) = said.strip_prefix("missing field ") {
        return Some(format!("`{}` is missing", name(rest)));
    }
    let expected = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "))?;
    let expected = expected.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let belongs = match expected {
        number if number.starts_with('f') || number.starts_with('i') || number.starts_with('u') => {
            "a number, without quotes"
        }
        "a boolean" => "true or false, without quotes",
        "a sequence" => "a list, in brackets: [\"one\", \"two\"]",
        text if text.contains("string") => "a text, in quotes",
        _ => "a heading with lines below it",
    };
    Some(format!("here belongs {belongs}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_the_reader_is_left() {
        for (text, said) in [
            ("a = \"x", "no quote at its end"),
            ("a = x", "without quotes"),
            ("a", "without = and a value"),
            ("a = [\"x\" \"y\"]", "comma"),
            ("[a", "heading is not closed"),
            ("a = \"x\" b", "at its end"),
            ("a = 1\na = 2", "twice"),
            ("a = \"\\q\"", "single quotes"),
            ("a = { b = 1", "{ is not closed"),
            ("a = 12x", "number"),
        ] {
            let (_, errors) = toml::de::DeTable::parse_recoverable(text);
            let told: Vec<String> = errors.iter().map(|e| plain(e.message())).collect();
            assert!(told[0].contains(said) && !told[0].contains('('), "{text}: {told:?} of {errors:?}");
        }
    }
}
