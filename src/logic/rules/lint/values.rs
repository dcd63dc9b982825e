//! Words that a key does not take.
//!
//! Why: severity and clustering decide when somebody is told. Fix: one of the words listed.

use std::ops::Range;

use super::Problem;
use super::documented::{Doc, Shown};
use super::suggest::{closest, is_slip};

/// Entries of the reference.
pub(super) const DOCS: [Doc; 4] = [
    Doc::error(
        "unknown-severity",
        "A severity that does not exist",
        "It decides when somebody is told.",
        Shown::Below(
            r#"[[topic]]
id    = "keys"
title = "Keys"
match    = 'keys'
severity = "hihg""#,
        ),
        r#"[[topic]]
id    = "keys"
title = "Keys"
match    = 'keys'
severity = "high""#,
    ),
    Doc::error(
        "unknown-clusters",
        "A way of clustering that does not exist",
        "It decides what is grouped.",
        Shown::Product(
            r#"[product]
id       = "mini-9"
name     = "Aster Mini 9"
match    = 'mini9'
team     = "netbooks"
clusters = "complaint""#,
        ),
        r#"[product]
id       = "mini-9"
name     = "Aster Mini 9"
match    = 'mini9'
team     = "netbooks"
clusters = "complaints""#,
    ),
    Doc::error(
        "team-unknown-language",
        "A language that letters are not written in",
        "Letters are written in the team's language, and complaints are named in it, out of what people wrote in it.",
        Shown::Teams(
            r#"[team.netbooks]
email    = ["netbooks@example.org"]
language = "english""#,
        ),
        r#"[team.netbooks]
email    = ["netbooks@example.org"]
language = "en""#,
    ),
    Doc::error(
        "empty-value",
        "A text that says nothing",
        "Something belongs there.",
        Shown::Product(
            r#"[product]
id    = "mini-9"
name  = ""
match = 'mini9'
team  = "netbooks""#,
        ),
        "",
    ),
];

/// `unknown-severity`, `unknown-clusters`, `team-unknown-language`: `known` is all that can stand there.
pub(in crate::logic::rules) fn unknown(
    code: &'static str,
    range: Range<usize>,
    key: &str,
    value: &str,
    known: &[&str],
) -> Problem {
    let meant = closest(&value.to_lowercase(), known.iter().copied())
        .or_else(|| named(value).filter(|code| key == "language" && known.contains(code)));
    let said = meant.map_or_else(String::new, |near| format!("did you mean \"{near}\"? "));
    let problem = Problem::error(code, range.clone(), format!("`{key}` cannot be \"{value}\""))
        .help(format!("{said}it is one of \"{}\"", known.join("\", \"")));
    match meant {
        Some(near) if is_slip(value, near) || named(value) == Some(near) => {
            problem.fix(range, format!("\"{near}\""))
        }
        Some(_) => problem,
        None => problem,
    }
}

/// The code of a language that is written out, or with its country.
fn named(value: &str) -> Option<&'static str> {
    let value = value.trim().to_lowercase();
    let (base, _) = value.split_once(['-', '_']).unwrap_or((&value, ""));
    NAMES.iter().find(|(code, names)| *code == base || names.contains(&value.as_str())).map(|(code, _)| *code)
}

/// Languages as people call them.
const NAMES: [(&str, &[&str]); 5] = [
    ("en", &["english", "eng"]),
    ("fr", &["french", "français", "francais"]),
    ("pt", &["portuguese", "português", "portugues", "brazilian", "br"]),
    ("es", &["spanish", "español", "espanol"]),
    ("de", &["german", "deutsch", "ger"]),
];

/// `empty-value`: a text that says nothing.
pub(in crate::logic::rules) fn empty(range: Range<usize>, key: &str) -> Problem {
    Problem::error("empty-value", range, format!("`{key}` is empty")).help("write what belongs there")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_is_written_out_is_understood() {
        let said = ["German", "pt-BR", "español", "en_GB", "klingon"].map(named);
        assert_eq!(said, [Some("de"), Some("pt"), Some("es"), Some("en"), None]);
    }
}
