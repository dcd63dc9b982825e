//! Data flows one way: a module imports only from floors below its own, and the edges do not import one another.
//! This reads every `crate::…` in the sources, not only the `use` lines.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may panic: that is how it fails"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The modules of the logic, lowest first. Each may use those before it.
const LOGIC: [&str; 18] = [
    "text",
    "encoder",
    "meaning",
    "rules",
    "assess",
    "cluster",
    "spike",
    "detect",
    "lifecycle",
    "links",
    "letters",
    "analysis",
    "known",
    "trial",
    "metrics",
    "upkeep",
    "patience",
    "sparing",
];
/// The parts of the assembly, lowest first.
const ASSEMBLY: [&str; 10] = [
    "cli",
    "failure",
    "terminal",
    "output",
    "replay",
    "configured",
    "decisions",
    "posted",
    "daemon",
    "commands",
];

#[test]
fn modules_import_only_from_floors_below() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in sources() {
        let text = std::fs::read_to_string(&file).unwrap();
        let Some(me) = place(&module_of(&file)) else { continue };
        for used in crate_paths(&text) {
            seen += 1;
            let Some(other) = place(&used) else { continue };
            if !may_use(&me, &other) {
                wrong.push(format!("{} uses crate::{used}", file.display()));
            }
        }
    }
    assert!(seen > 200, "only {seen} imports were found: does the test still read the sources?");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_module_has_its_place() {
    let modules: BTreeSet<String> =
        sources().iter().map(|f| module_of(f)).filter(|m| m.contains("::") && place(m).is_none()).collect();
    assert_eq!(modules, BTreeSet::new(), "give these a place in LOGIC or ASSEMBLY");
}

#[test]
fn the_logic_does_no_io_knows_no_clock_and_is_not_async() {
    let forbidden = [
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "tokio",
        "rusqlite",
        "reqwest",
        "tantivy",
        "async fn",
        "async move",
        ".await",
        "::now()",
        "Instant",
        "SystemTime",
        "println!",
        "print!",
    ];
    let mut wrong = Vec::new();
    for file in sources() {
        let module = module_of(&file);
        if !(module.starts_with("logic") || module.starts_with("ground")) || file.ends_with("golden.rs") {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        // What tests do is their own business.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in forbidden {
                if line.contains(word) {
                    wrong.push(format!("{}: {word}: {}", file.display(), line.trim()));
                }
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Floor, rank within it, and name.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    floor: usize,
    rank: usize,
    name: String,
}

fn place(path: &str) -> Option<Place> {
    let mut parts = path.split("::");
    let floor = parts.next()?;
    let name = parts.next().unwrap_or_default().to_owned();
    let rank = |order: &[&str]| order.iter().position(|m| *m == name);
    let (floor, rank) = match floor {
        "ground" => (0, 0),
        "logic" => (1, rank(&LOGIC)?),
        "edges" => (2, 0),
        "assembly" => (3, rank(&ASSEMBLY)?),
        _ => return None,
    };
    Some(Place { floor, rank, name })
}

fn may_use(me: &Place, other: &Place) -> bool {
    if me.floor != other.floor {
        return me.floor > other.floor;
    }
    match me.floor {
        0 => true,
        2 => me.name == other.name,
        _ => me.name == other.name || me.rank > other.rank,
    }
}

fn sources() -> Vec<PathBuf> {
    fn collect(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let mut out = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut out);
    out.sort();
    out
}

fn module_of(file: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let relative = file.strip_prefix(src).unwrap().with_extension("");
    let parts: Vec<String> =
        relative.iter().map(|p| p.to_string_lossy().into_owned()).filter(|p| p != "mod").collect();
    parts.join("::")
}

/// Every `crate::a::b` and each branch of `crate::a::{b, c}`.
fn crate_paths(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let code: String =
        text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(rest.len());
        let path = rest[..end].trim_end_matches(':');
        if rest[end..].starts_with('{') && path.split("::").count() == 1 {
            let inside = rest[end + 1..].split('}').next().unwrap_or_default();
            out.extend(inside.split(',').map(|part| format!("{path}::{}", part.trim())));
        } else {
            out.push(path.to_owned());
        }
    }
    out
}
