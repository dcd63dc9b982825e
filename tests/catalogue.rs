//! The catalogue of what letters say (`lang/`): no message that nobody says, and none said that is not there.

#![allow(clippy::unwrap_used, missing_docs, reason = "a test may panic: that is how it fails")]

use std::collections::BTreeSet;
use std::path::Path;

/// All that is written in the files of a folder, those of tests left out.
fn written(folder: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() && !path.to_string_lossy().contains("tests") {
            all += &std::fs::read_to_string(path).unwrap();
        }
    }
    all
}

#[test]
fn every_message_is_said_by_somebody() {
    let catalogue =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("lang/en.ftl")).unwrap();
    let begins = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
    let keys: BTreeSet<&str> = catalogue
        .lines()
        .filter(begins)
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key)
        .collect();
    assert!(keys.len() > 200, "only {} messages were found", keys.len());
    let templates = written("templates");
    let said = written("src/logic/letters") + &templates;
    // Reasons are said by their names, which a test beside them holds.
    let unused: Vec<&&str> = keys
        .iter()
        .filter(|key| !key.starts_with("reason-") && !said.contains(&format!("\"{key}\"")))
        .collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
    for key in templates.split("t(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(keys.contains(key), "templates say {key}, which is missing");
    }
}
