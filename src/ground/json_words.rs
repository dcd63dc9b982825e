//! What the JSON reader says of a line, in words of those who export posts.

use serde_json::error::Category;

/// What is wrong with a line, and where.
pub(super) fn plain(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let at = error.column();
    match error.classify() {
        Category::Eof => {
            format!("it breaks off after {at} characters: the rest of it is missing, with its }}")
        }
        Category::Io => "it cannot be read".to_owned(),
        Category::Data => {
            let (found, expected) = said.split_once(", expected ").unwrap_or((said, ""));
            let found = found.trim_start_matches("invalid type: ").trim_start_matches("invalid value: ");
            let found = found.split_once(' ').map_or(found, |(_, value)| value).trim_matches('`');
            let belongs = match expected {
                "a string" => "a text, in quotes,",
                number if number.starts_with(['f', 'u', 'i']) => "a number, without quotes,",
                _ => "a text or a number",
            };
            if said.starts_with("duplicate field") {
                let name = said.split('`').nth(1).unwrap_or_default();
                return format!("up to character {at} one name stands twice: {name}");
            }
            format!("up to character {at} stands {found}, where {belongs} belongs")
        }
        Category::Syntax => {
            let what = if said.contains("expected `,`") {
                "a comma, or the bracket at the end, is missing"
            } else if said.contains("expected `:`") {
                "a colon is missing"
            } else if said.contains("trailing comma") {
                "there is a comma too many"
            } else if said.contains("key must be a string") {
                "a name without double quotes"
            } else if said.contains("trailing characters") {
                "something stands after the last }: one post a line"
            } else if said.contains("control character") {
                "a text goes over a line or has a tab in it, which are written \\n and \\t"
            } else if said.contains("surrogate") || said.contains("end of hex escape") {
                "half of a pair: \\ud800 to \\udfff mean a character only two by two, as \\ud83d\\ude00 does"
            } else if said.contains("escape") {
                "a \\ that means nothing: a real one is written \\\\"
            } else if said.contains("recursion") {
                "it is nested too deep"
            } else {
                "a value that is no text in double quotes, no number, and neither true, false nor null"
            };
            format!("at character {at}: {what}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_of_the_reader_is_left() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "read, not looked at")]
        struct Line {
            a: Option<String>,
            n: Option<f64>,
        }
        for (line, said) in [
            (r#"{"a":"cut"#, "breaks off after 9 characters"),
            (r#"{"a":"x" "n":1}"#, "at character 10: a comma"),
            (r#"{"a":"x",}"#, "a comma too many"),
            (r#"{a:"x"}"#, "a name without double quotes"),
            (r#"{"a":5}"#, "up to character 6 stands 5, where a text, in quotes, belongs"),
            (r#"{"n":"many"}"#, "stands \"many\", where a number, without quotes, belongs"),
            (r#"{"a":"x"} {"a":"y"}"#, "one post a line"),
            (r#"{"a":'x'}"#, "no text in double quotes"),
            (r#"{"a" "x"}"#, "a colon is missing"),
            ("{\"a\":\"x\ty\"}", "a tab in it"),
            (r#"{"a":"x\y"}"#, "means nothing"),
            (r#"{"a":"x\u12"}"#, "means nothing"),
            (r#"{"a":"\ud83d\ude00","n":"many"}"#, "stands \"many\""),
            (r#"{"a":"x\ud800"}"#, "half of a pair"),
            (r#"{"a":"\ud800 x"}"#, "half of a pair"),
            (r#"{"a":"\ud800\n"}"#, "half of a pair"),
            (r#"{"a":"\ud800\u0041"}"#, "half of a pair"),
            (r#"{"a":"\udc00"}"#, "half of a pair"),
            (r#"{"a":"x","a":"y"}"#, "one name stands twice: a"),
        ] {
            let told = plain(&serde_json::from_str::<Line>(line).unwrap_err());
            assert!(told.contains(said), "{line}: {told}");
        }
    }
}
