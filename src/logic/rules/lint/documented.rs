//! The reference, put together from the entries that stand beside the checks in their files: what every code means, with a rule
//! that has the mistake and one that has not. Tests hold each example against the checker, `docs/rules-diagnostics.md` against
//! this, and see that no check is documented in another file. (Lexicons are read above the rules; their entries are in `lexicon.rs`.)

use std::fmt::Write as _;

use crate::ground::diagnostic::Level;

/// The entry of one code.
#[derive(Clone, Copy, Debug)]
pub(in crate::logic::rules) struct Doc {
    /// The code.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, in a few words.
    pub what: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// An example.
    pub wrong: Shown,
    /// The same without the mistake; empty where there is nothing to show.
    pub right: &'static str,
}

/// Where an example stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::logic::rules) enum Shown {
    /// The query of a product's `match`.
    Query(&'static str),
    /// Lines below a product.
    Below(&'static str),
    /// A whole product file.
    Product(&'static str),
    /// The whole `teams.toml`.
    Teams(&'static str),
    /// Lines of `teams.toml` below the team `netbooks`.
    Routes(&'static str),
    /// A whole file of scenarios.
    Scenario(&'static str),
    /// Nothing that could be shown in a few lines.
    Words,
}

impl Doc {
    pub(super) const fn error(
        code: &'static str,
        what: &'static str,
        why: &'static str,
        wrong: Shown,
        right: &'static str,
    ) -> Self {
        Self { code, level: Level::Error, what, why, wrong, right }
    }

    pub(super) const fn warning(
        code: &'static str,
        what: &'static str,
        why: &'static str,
        wrong: Shown,
        right: &'static str,
    ) -> Self {
        Self { code, level: Level::Warning, what, why, wrong, right }
    }
}

/// Every code, in order of the alphabet.
pub(in crate::logic::rules) fn all() -> Vec<&'static Doc> {
    let tables: [&'static [Doc]; 52] = [
        &super::address_twice::DOCS,
        &super::brackets::DOCS,
        &super::claims::DOCS,
        &super::codes::DOCS,
        &super::elsewhere::DOCS,
        &super::common::DOCS,
        &super::comparison::DOCS,
        &super::entry::DOCS,
        &super::examples::DOCS,
        &super::field_blank::DOCS,
        &super::field_or::DOCS,
        &super::field_several::DOCS,
        &super::fields::DOCS,
        &super::files::DOCS,
        &super::foreign::DOCS,
        &super::html::DOCS,
        &super::ids::DOCS,
        &super::in_braces::DOCS,
        &super::in_quotes::DOCS,
        &super::invisible::DOCS,
        &super::joined::DOCS,
        &super::keys::DOCS,
        &super::letters::DOCS,
        &super::lexicon::DOCS,
        &super::list_in_quiet::DOCS,
        &super::lists::DOCS,
        &super::measured::DOCS,
        &super::near::DOCS,
        &super::never::DOCS,
        &super::numbers::DOCS,
        &super::operators::DOCS,
        &super::quotes::DOCS,
        &super::regex::DOCS,
        &super::recipients::DOCS,
        &super::renamed::DOCS,
        &super::routes::DOCS,
        &super::scale::DOCS,
        &super::scenario::DOCS,
        &super::segments::DOCS,
        &super::shadow::DOCS,
        &super::size::DOCS,
        &super::slashes::DOCS,
        &super::stems::DOCS,
        &super::syntax::DOCS,
        &super::team_heading::DOCS,
        &super::teams::DOCS,
        &super::tongues::DOCS,
        &super::values::DOCS,
        &super::was::DOCS,
        &super::wildcard::DOCS,
        &super::looking::DOCS,
        &super::zones::DOCS,
    ];
    let mut docs: Vec<&'static Doc> = tables.into_iter().flatten().collect();
    docs.sort_by_key(|doc| doc.code);
    docs
}

/// One entry as Markdown.
pub(in crate::logic::rules) fn entry(doc: &Doc) -> String {
    let level = match doc.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let mut out = format!("### {}\n\n{} ({level}). {}\n", doc.code, doc.what, doc.why);
    let query = |query: &str| format!("match = '{query}'");
    let (wrong, right) = match doc.wrong {
        Shown::Words => return out,
        Shown::Query(wrong) => {
            (query(wrong), if doc.right.is_empty() { String::new() } else { query(doc.right) })
        }
        Shown::Below(text)
        | Shown::Product(text)
        | Shown::Teams(text)
        | Shown::Routes(text)
        | Shown::Scenario(text) => (text.to_owned(), doc.right.to_owned()),
    };
    let _ = write!(out, "\n```toml\n{}\n```\n", wrong.trim_end());
    if !right.is_empty() {
        let _ = write!(out, "\nBetter:\n\n```toml\n{}\n```\n", right.trim_end());
    }
    out
}

/// The whole reference as Markdown.
pub(in crate::logic::rules) fn reference() -> String {
    let docs = all();
    let mut out = format!(
        "# What `groundswell check` can say\n\n\
         Made from the source by a test (`UPDATE_DOCS=1 cargo test --lib reference`); do not edit it here. An error keeps\n\
         rules from being put in force, a warning does not. `groundswell check --explain CODE` shows one entry, and\n\
         `groundswell check --fix` mends what can be mended in one way only.\n\n\
         {} codes:\n\n",
        docs.len()
    );
    for doc in &docs {
        let _ = writeln!(out, "- [{0}](#{0}): {1}", doc.code, doc.what);
    }
    for doc in docs {
        let _ = write!(out, "\n{}", entry(doc));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::entry::{RuleFile, RuleFiles};
    use crate::logic::rules::{RuleSet, load_scenarios};

    const TEAMS: &str = "[team.netbooks]\nemail = [\"netbooks@example.org\"]\n";
    const PRODUCT: &str =
        "[product]\nid    = \"mini-9\"\nname  = \"Aster Mini 9\"\nmatch = 'mini9'\nteam  = \"netbooks\"\n";

    fn codes(shown: Shown, text: &str) -> Vec<(&'static str, Level)> {
        let (mut teams, mut product, mut more) = (TEAMS.to_owned(), PRODUCT.to_owned(), None);
        match shown {
            Shown::Query(_) => product = PRODUCT.replace("'mini9'", &format!("'{text}'")),
            Shown::Below(_) => product = format!("{PRODUCT}\n{text}"),
            Shown::Product(_) => text.clone_into(&mut product),
            Shown::Teams(_) => text.clone_into(&mut teams),
            Shown::Routes(_) => teams = format!("{TEAMS}\n{text}"),
            Shown::Scenario(_) => more = Some(text),
            Shown::Words => {}
        }
        let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
        let mut files = vec![file("mini-9.toml", &product), file("teams.toml", &teams)];
        files.extend(more.map(|text| file("tests/a.toml", text)));
        let files = RuleFiles { folder: "rules".into(), files };
        let (set, mut told) = RuleSet::load(&files);
        if let Some(set) = set {
            told.extend(load_scenarios(&files, &set).1);
        }
        told.into_iter().map(|d| (d.code, d.level)).collect()
    }

    #[test]
    fn every_example_has_its_mistake_and_the_better_one_has_not() {
        let mut wrong = Vec::new();
        for doc in all() {
            let text = match doc.wrong {
                Shown::Query(text)
                | Shown::Below(text)
                | Shown::Product(text)
                | Shown::Teams(text)
                | Shown::Routes(text)
                | Shown::Scenario(text) => text,
                Shown::Words => continue,
            };
            // Scenarios are played elsewhere.
            if doc.code == "scenario-fails" {
                continue;
            }
            let told = codes(doc.wrong, text);
            if !told.contains(&(doc.code, doc.level)) {
                wrong.push(format!("{}: said {told:?}", doc.code));
            }
            if !doc.right.is_empty() && codes(doc.wrong, doc.right).iter().any(|(code, _)| *code == doc.code)
            {
                wrong.push(format!("{}: the better one has it too", doc.code));
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }

    #[test]
    fn every_code_of_the_sources_is_in_the_reference() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/logic/rules/lint");
        let known: Vec<&str> = all().iter().map(|doc| doc.code).collect();
        let mut lacking = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for part in text
                .split("Problem::error(")
                .chain(text.split("Problem::warning("))
                .chain(text.split("Diagnostic::warning("))
                .skip(1)
            {
                let code = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                lacking.extend(
                    code.filter(|c| c.contains('-') && c.len() < 40 && !known.contains(c)).map(str::to_owned),
                );
            }
        }
        assert_eq!(lacking, Vec::<String>::new());
        assert!(known.len() >= 50, "{}", known.len());
        let mut unique = known.clone();
        unique.dedup();
        assert_eq!(unique, known);
    }

    /// Whoever mends a lint finds its words, its reasons and its examples in the same file.
    #[test]
    fn what_a_file_tells_it_documents() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/logic/rules/lint");
        let mut apart = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            let codes = |calls: [&str; 2]| -> std::collections::BTreeSet<String> {
                let after = calls.iter().flat_map(|call| text.split(call).skip(1));
                let code =
                    |part: &str| Some(part.trim_start().strip_prefix('"')?.split('"').next()?.to_owned());
                after.filter_map(code).filter(|code| code.contains('-')).collect()
            };
            let mut told = codes(["Problem::error(", "Problem::warning("]);
            told.extend(codes(["Diagnostic::error(", "Diagnostic::warning("]));
            let documented = codes(["Doc::error(", "Doc::warning("]);
            // This file only looks for such words.
            if name != "documented.rs" {
                apart.extend(told.difference(&documented).map(|code| format!("{name}: {code}")));
            }
        }
        assert_eq!(apart, Vec::<String>::new(), "documented in another file, or nowhere");
    }

    #[test]
    fn the_reference_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules-diagnostics.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, reference()).unwrap();
        }
        let there = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            there == reference(),
            "docs/rules-diagnostics.md is out of date: UPDATE_DOCS=1 cargo test --lib reference"
        );
    }
}
