//! Golden files of mistakes that show only outside of a product's file, or only in number: what a person sees who types
//! `check` or `test`. The others are in `src/logic/rules/golden.rs`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use assert_cmd::Command;

const TEAMS: &str = "[team.netbooks]\nemail = [\"netbooks@example.org\"]\n";
const PRODUCT: &str = r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = 'mini9'
team  = "netbooks"
"#;

/// What this command prints about these files.
fn shown(args: &[&str], files: &[(&str, String)]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let product = ("rules/mini-9.toml", PRODUCT.to_owned());
    for (path, text) in [("rules/teams.toml", TEAMS.to_owned()), product].iter().chain(files) {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let output =
        Command::cargo_bin("groundswell").unwrap().current_dir(dir.path()).args(args).output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn golden(name: &str, args: &[&str], files: &[(&str, String)]) {
    as_golden(name, &shown(args, files));
}

fn as_golden(name: &str, shown: &str) {
    insta::with_settings!({
        snapshot_path => "golden/rules",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, { insta::assert_snapshot!(name, shown) });
}

#[test]
fn word_lists() {
    let phrases = |more: &str| format!("language = \"en\"\n{more}\n");
    for (name, text) in [
        ("lexicon-unreadable", "language = \"en\n".to_owned()),
        (
            "lexicon-language",
            "[[cue]]\nkind = \"malfunction\"\nany = [\"wets the bed\"]\nweight = 0.6\n".to_owned(),
        ),
        ("lexicon-phrase", phrases("[[cue]]\nkind = \"malfunction\"\nany = [\"...\"]\nweight = 0.6")),
        ("lexicon-weight", phrases("[[cue]]\nkind = \"malfunction\"\nany = [\"wets the bed\"]\nweight = 6")),
        ("lexicon-sign", phrases("[[cue]]\nkind = \"praise\"\nany = [\"wets the bed\"]\nweight = 0.6")),
        (
            "lexicon-twice",
            phrases(
                "[[cue]]\nkind = \"malfunction\"\nany = [\"wets the bed\", \"wets the bed\"]\nweight = 0.6",
            ),
        ),
    ] {
        golden(name, &["check"], &[("rules/lexicon/en.toml", text)]);
    }
}

#[test]
fn too_much() {
    let words: String = (0..6_000).map(|n| format!("\"w{n}\", ")).collect();
    let list = format!("{}\n[words]\na = [{words}]\n", PRODUCT.replace("'mini9'", "'$a'"));
    golden("list-too-large", &["check"], &[("rules/mini-9.toml", list)]);
    let mut deep = format!("{}\n[words]\n", PRODUCT.replace("'mini9'", "'$l00'"));
    for n in 0..60 {
        let _ = writeln!(deep, "l{n:02} = [\"w{n}\", \"$l{:02}\"]", n + 1);
    }
    golden("list-too-deep", &["check"], &[("rules/mini-9.toml", format!("{deep}l60 = [\"end\"]\n"))]);
    let long: String = (0..6_000).map(|n| format!("OR w{n} ")).collect();
    golden(
        "query-too-long",
        &["check"],
        &[("rules/mini-9.toml", PRODUCT.replace("'mini9'", &format!("'mini9 {long}'")))],
    );
    let slips: String = (0..600).map(|n| format!("[[topic]]\nid='t{n}'\ntitle='T'\nmatch='('\n")).collect();
    // The first ones fill the screen; the last line of the other form says that there are more.
    let shown = shown(&["check", "--format", "json"], &[("rules/mini-9.toml", format!("{PRODUCT}{slips}"))]);
    as_golden("too-many-problems", shown.lines().find(|line| line.contains("too-many-problems")).unwrap());
    let route = "[[route]]\nregion = \"BR\"\nteam = \"netbooks\"\nalso = true\n";
    let shown = self::shown(&["check"], &[("rules/teams.toml", format!("{TEAMS}{}", route.repeat(501)))]);
    as_golden("route-too-many", shown.lines().find(|line| line.contains("route-too-many")).unwrap());
    // Fifty thousand topics, in five files that are not too large each: told once.
    let topics: String =
        (0..10_000).map(|n| format!("[[topic]]\nid='t{n}'\ntitle='T'\nmatch='word{n}'\n")).collect();
    let names = ["rules/a.toml", "rules/b.toml", "rules/c.toml", "rules/d.toml", "rules/e.toml"];
    let files = names.map(|name| {
        let id = name.replace(['/', '.'], "-");
        (name, format!("{}{topics}", PRODUCT.replace("mini-9", &id).replace("'mini9'", &format!("'{id}'"))))
    });
    golden("too-many-topics", &["check"], &files);
}

#[test]
fn scenarios() {
    let file = |more: &str| format!("[[scenario]]\nname = \"two people\"\n{more}\n");
    let post = "[[scenario.post]]\nat   = \"day 1 09:00\"\ntext = \"my mini9 is on fire\"\n";
    let quiet = "[[scenario.quiet]]\nproduct = \"mini-9\"\n";
    let usual = "[[scenario.usual]]\ndays  = \"1-30\"\na_day = 0\ntexts = [\"love my mini9\"]\n";
    for (name, text) in [
        ("scenario-time", file(&format!("{}{quiet}", post.replace("day 1 09:00", "monday")))),
        ("scenario-amount", file(&format!("{usual}{quiet}"))),
        ("scenario-empty", file(post)),
        ("scenario-unknown", file(&format!("{post}{}", quiet.replace("mini-9", "mini-8")))),
    ] {
        golden(name, &["check"], &[("rules/tests/a.toml", text)]);
    }
    let fails = file(&format!("{post}[[scenario.alert]]\nproduct = \"mini-9\"\n"));
    golden("scenario-fails", &["test"], &[("rules/tests/a.toml", fails)]);
}

#[test]
fn a_query_that_finds_nearly_everything() {
    let line = |n: u32| {
        let text = if n.is_multiple_of(4) { "a nice day" } else { "love my mini9" };
        serde_json::json!({"id": n.to_string(), "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"})
            .to_string()
    };
    let posts: Vec<String> = (0..40).map(line).collect();
    golden("query-matches-most", &["check", "--sample", "posts.jsonl"], &[("posts.jsonl", posts.join("\n"))]);
}

#[test]
fn a_file_with_another_ending() {
    golden("file-other-ending", &["check"], &[("rules/kettle.toml.txt", PRODUCT.to_owned())]);
}

#[test]
fn every_mistake_has_a_golden_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let reference = std::fs::read_to_string(root.join("docs/rules-diagnostics.md")).unwrap();
    let all: String = std::fs::read_dir(root.join("tests/golden/rules"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    let codes = reference.lines().filter_map(|line| line.strip_prefix("### "));
    let lacking: Vec<&str> = codes
        .filter(|code| !(all.contains(&format!("[{code}]")) || all.contains(&format!("\"code\":\"{code}\""))))
        .collect();
    assert_eq!(lacking, Vec::<&str>::new());
}
