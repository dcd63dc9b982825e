//! The commands of the shell, run as a person runs them, on small data of our own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::path::PathBuf;

use assert_cmd::Command;
use groundswell::edges::clock::SystemClock;
use groundswell::edges::store::{DataLock, NewPost, Store, ToAppend};
use groundswell::ground::entry::{Body, RuleFile, RuleFiles};
use groundswell::ground::post::{Incoming, Post, parse_line};
use groundswell::ground::time::{Clock, HOUR_MS, Timestamp, plus_ms};
use serde_json::{Value, json};

const PRODUCT: &str = r#"[product]
id    = "mini-9"
name  = "Aster Mini 9"
match = '"mini 9" OR mini9'
team  = "netbooks"

[[topic]]
id       = "battery-danger"
title    = "Battery gets dangerous"
match    = 'battery NEAR/10 (smoke OR burnt OR fire)'
severity = "safety"
"#;
const TEAMS: &str = "[team.netbooks]\nemail = [\"netbooks@example.org\"]\nfalse_alarms_a_year = 4\n";

/// A data folder, rules and settings of its own for each test.
struct Home {
    dir: tempfile::TempDir,
}

/// What a run came to.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Home {
    fn new() -> Self {
        let home = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(home.path("rules")).unwrap();
        home.write("rules/mini-9.toml", PRODUCT);
        home.write("rules/teams.toml", TEAMS);
        let settings = format!(
            "[data]\nfolder = {:?}\n[rules]\nfolder = {:?}\n",
            home.path("data").display().to_string(),
            home.path("rules").display().to_string()
        );
        home.write("groundswell.toml", &settings);
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, args: &[&str]) -> Ran {
        let output = Command::cargo_bin("groundswell")
            .unwrap()
            .env("GROUNDSWELL_CONFIG", self.path("groundswell.toml"))
            .env("USER", "ana")
            .args(args)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Three posts about the product, one that is not, and one line that is broken.
    fn history(&self, from: Timestamp) -> PathBuf {
        let line = |id: &str, hours: i64, text: &str| {
            let at = plus_ms(from, hours * HOUR_MS);
            json!({"id": id, "source": "forum", "author": format!("a{id}"), "author_name": format!("Ana {id}"),
                "followers": 310, "text": text, "url": format!("https://example.org/{id}"), "created_at": at})
            .to_string()
        };
        let text = [
            line("1", 0, "the keys of my mini 9 are too close, I hate it"),
            line("2", 24, "my mini 9 crashed again, this is terrible"),
            line("3", 25, "what a nice day"),
            "{\"id\": \"4\", broken".to_owned(),
            line("5", 48, "mini9 keys: still cramped and awful"),
        ];
        self.write("history.jsonl", &(text.join("\n") + "\n"))
    }

    /// What a daemon would have left: rules, and two people whose battery smoked two hours apart.
    fn with_alert(&self, from: Timestamp) -> String {
        let mut store = Store::open(&self.path("data")).unwrap();
        let files = [("mini-9.toml", PRODUCT), ("teams.toml", TEAMS)]
            .map(|(path, text)| RuleFile { path: path.into(), text: text.into() });
        let rules = RuleFiles { folder: "rules".into(), files: files.to_vec() };
        store.append_entry(from, &Body::Rules(rules)).unwrap();
        for (id, when) in [("b1", plus_ms(from, 1)), ("b2", plus_ms(from, 2 * HOUR_MS))] {
            let post = live_post(id, when, &format!("smoke from the battery of my mini 9 ({id}), awful"));
            let posts = vec![NewPost { post, matched: true }];
            let batch = ToAppend { source: "forum".into(), posts, ..ToAppend::default() };
            store.append(when, &batch).unwrap();
        }
        drop(store);
        // Nothing to import: what is in the log already is read, and what it brings about is kept.
        let nothing = self.write("nothing.jsonl", "");
        let ran = self.run(&["import", nothing.to_str().unwrap()]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let listed = self.run(&["alerts", "--open", "--format", "json"]).lines();
        assert_eq!(listed.len(), 1, "{listed:?}");
        listed[0]["last"]["alert"].as_str().unwrap().to_owned()
    }
}

fn live_post(id: &str, at: Timestamp, text: &str) -> Post {
    let line = json!({"id": id, "source": "forum", "author": format!("author-{id}"), "text": text, "created_at": at});
    match parse_line(line.to_string().as_bytes(), None).unwrap() {
        Incoming::Post(post) => *post,
        Incoming::Delete(_) => unreachable!(),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn import(home: &Home) -> Ran {
    home.run(&["import", home.history(at("2025-01-06T10:00:00Z")).to_str().unwrap()])
}

/// Decisions are written at the present time, and what is long past is over by then.
fn hours_ago(hours: i64) -> Timestamp {
    plus_ms(SystemClock.now(), -hours * HOUR_MS)
}

/// What people read, kept beside the tests.
fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("golden/commands");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn history_is_imported_and_can_be_searched_at_once() {
    let home = Home::new();
    let ran = import(&home);
    assert_eq!(ran.code, 0, "{}", ran.err);
    insta::assert_snapshot!(ran.out, @r"
    4 posts read
    3 posts stored
    0 posts known already
    1 post not kept: no product's rules match them, or they were deleted
    1 line rejected
    written from 2025-01-06 to 2025-01-08
      mini-9: 3 posts
    ");
    assert!(ran.err.contains("history.jsonl, line 4: passed over"), "{}", ran.err);
    let rejects = std::fs::read_to_string(home.path("history.jsonl.rejects.jsonl")).unwrap();
    let reject: Value = serde_json::from_str(rejects.trim()).unwrap();
    assert_eq!((reject["line"].as_u64(), reject["raw"].as_str()), (Some(4), Some("{\"id\": \"4\", broken")));

    let found = home.run(&["search", "key", "AND", "(close OR cramped)"]);
    assert_eq!((found.code, found.err.trim()), (0, "2 posts found"));
    insta::assert_snapshot!(found.out, @r"
    2025-01-08 10:00  forum  Ana 5 (310 followers)
      mini9 *keys*: still *cramped* and awful
      https://example.org/5

    2025-01-06 10:00  forum  Ana 1 (310 followers)
      the *keys* of my mini 9 are too *close*, I hate it
      https://example.org/1
    ");
    let json = home.run(&["search", "source:forum keys", "-n", "1", "--format", "json"]);
    let lines = json.lines();
    assert_eq!((lines.len(), lines[0]["id"].as_str(), &lines[0]["words"]), (1, Some("5"), &json!(["keys"])));
    assert!(json.err.contains("2 posts found; the 1 stored last"), "{}", json.err);
    assert_eq!(home.run(&["search", "sentiment<0 crashed"]).err.trim(), "1 post found");
}

#[test]
fn importing_again_changes_nothing() {
    let home = Home::new();
    import(&home);
    let again = import(&home);
    assert!(again.out.contains("0 posts stored\n3 posts known already"), "{}", again.out);
    assert_eq!(home.run(&["search", "source:forum"]).err.trim(), "3 posts found");
}

#[test]
fn a_deletion_in_the_history_takes_the_text_along() {
    let home = Home::new();
    import(&home);
    let gone = home.write("gone.jsonl", "{\"op\":\"delete\",\"source\":\"forum\",\"id\":\"1\"}\n");
    let ran = home.run(&["import", gone.to_str().unwrap()]);
    assert!(ran.out.contains("1 post deleted"), "{}", ran.out);
    assert_eq!(home.run(&["search", "keys"]).err.trim(), "1 post found");
    for entry in std::fs::read_dir(home.path("data")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let text = b"are too close, I hate it";
            assert!(!bytes.windows(text.len()).any(|w| w == text), "{} has the text still", path.display());
        }
    }
}

#[test]
fn beside_a_daemon_an_import_only_stores() {
    let home = Home::new();
    let lock = DataLock::take(&home.path("data")).unwrap();
    let ran = import(&home);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("A daemon is running on this folder"), "{}", ran.err);
    let store = Store::open(&home.path("data")).unwrap();
    assert_eq!((store.position().unwrap(), store.last_position().unwrap()), (0, 3));
    let found = home.run(&["search", "keys"]);
    assert!(found.err.contains("0 posts found") && found.err.contains("3 posts behind"), "{}", found.err);
    drop(lock);
}

#[test]
fn status_says_what_there_is_and_what_needs_a_person() {
    let home = Home::new();
    import(&home);
    let ran = home.run(&["status"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("daemon    not running") && ran.out.contains("Nothing needs a person."),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("rules     1 product, 1 topic, 1 team in force"), "{}", ran.out);

    let mut store = Store::open(&home.path("data")).unwrap();
    let sources = r#"{"bluesky":{"state":"failed","posts_last_hour":0,"last_error":"the address is wrong"}}"#;
    store.set_note("sources", sources).unwrap();
    drop(store);
    home.write("rules/mini-9.toml", &PRODUCT.replace("netbooks", "nobody"));
    let ran = home.run(&["status", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let status: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!((status["posts"].as_u64(), status["running"].as_bool()), (Some(3), Some(false)));
    let needs = status["needs_a_person"].to_string();
    assert!(
        needs.contains("bluesky has failed: the address is wrong") && needs.contains("1 error"),
        "{needs}"
    );
}

#[test]
fn an_alert_is_listed_and_explained() {
    let home = Home::new();
    let id = home.with_alert(at("2025-03-01T10:00:00Z"));
    let listed = home.run(&["alerts"]);
    assert!(
        listed.out.contains("ALERT") && listed.out.contains(&id) && listed.out.contains("safety"),
        "{}",
        listed.out
    );

    let explained = home.run(&["explain", &id]);
    assert_eq!(explained.code, 0, "{}", explained.err);
    golden("explain_alert", &explained.out.replace(&id, "ALERT"));
    let json = home.run(&["explain", &id, "--format", "json"]);
    let line = &json.lines()[0];
    assert_eq!((line["state"].as_str(), line["life"].as_array().unwrap().len()), (Some("open"), 1));
    assert!(line["sum"]["bar"].as_f64().unwrap() > 1.0, "{line}");
}

#[test]
fn what_people_decide_is_kept() {
    let home = Home::new();
    let id = home.with_alert(hours_ago(3));
    let acked = home.run(&["ack", &id]);
    assert!(acked.out.contains("takes effect when one starts"), "{}", acked.out);
    assert_eq!(home.run(&["alerts", "--format", "json"]).lines()[0]["acknowledged_by"], "ana");

    assert_eq!(home.run(&["resolve", &id, "--by", "bo"]).code, 0);
    // What the daemon would do next: read on.
    home.run(&["import", home.path("nothing.jsonl").to_str().unwrap()]);
    let listed = home.run(&["alerts", "--format", "json"]).lines();
    assert_eq!(
        (listed[0]["state"].as_str(), listed[0]["last"]["reason"].as_str()),
        (Some("resolved"), Some("resolved-by-hand"))
    );
    assert!(home.run(&["resolve", &id]).err.contains("nothing was changed"));
    assert!(home.run(&["alerts", "--open"]).err.contains("No alert is open"));
}

#[test]
fn what_is_not_there_cannot_be_acted_upon() {
    let home = Home::new();
    let id = home.with_alert(at("2025-03-01T10:00:00Z"));
    let mut slip = id.clone();
    slip.pop();
    let before = Store::open(&home.path("data")).unwrap().last_position().unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["ack", &slip], &id),
        (&["explain", "nonsense"], "there is no alert \"nonsense\""),
        (&["feedback", "nonsense", "no"], "groundswell alerts"),
        (&["silence", "mini-8"], "did you mean mini-9?"),
        (&["silence", "mini-9", "--days", "0"], "more than 0"),
        (&["merge", "mini-9.c1", "mini-9.c999"], "there is no cluster \"mini-9.c999\""),
        (&["merge", "mini-9", "mini-9.c1"], "named like mini-9.c17"),
        (&["split", "mini-9.c1", "forum"], "write SOURCE:ID"),
    ];
    for (args, said) in cases {
        let ran = home.run(args);
        assert!(ran.code == 2 && ran.err.contains(said), "{args:?}: {} {}", ran.code, ran.err);
    }
    let after = Store::open(&home.path("data")).unwrap().last_position().unwrap();
    assert_eq!(before, after, "nothing was written to the log");
}

#[test]
fn clusters_are_merged_and_split_by_name() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let all_near = |text: &str| -> Vec<(String, u64)> {
        let line = &home.run(&["explain", "--not", text, "--format", "json"]).lines()[0];
        let near = line["near"].as_array().unwrap();
        near.iter()
            .map(|n| (n["cluster"].as_str().unwrap().to_owned(), n["posts"].as_u64().unwrap()))
            .collect()
    };
    let near = |text: &str| all_near(text).remove(0);
    let keys = near("mini 9 keys too close, I hate it").0;
    let crash = near("my mini 9 crashed again, terrible").0;
    assert_ne!(keys, crash);
    let ran = home.run(&["merge", &keys, &crash]);
    assert!(ran.out.contains(&format!("{keys} becomes part of {crash}")), "{}{}", ran.out, ran.err);
    let now = all_near("mini 9 keys too close, I hate it");
    assert!(now.iter().any(|n| n.0 == crash && n.1 >= 2) && now.iter().all(|n| n.0 != keys), "{now:?}");
    assert!(home.run(&["merge", &keys, &crash]).err.contains("one cluster already"));
    let elsewhere = home.run(&["split", &crash, "forum:nowhere"]);
    assert!(elsewhere.err.contains("forum:nowhere is not in"), "{}", elsewhere.err);
    let ran = home.run(&["split", &crash, "forum:1"]);
    assert!(ran.out.contains("1 post leaves"), "{}{}", ran.out, ran.err);
    let silenced = home.run(&["silence", &crash, "--days", "3", "--why", "known"]);
    assert!(silenced.code == 0 && silenced.out.contains("No mail about"), "{}", silenced.err);
}

#[test]
fn what_is_decided_can_be_taken_back_and_is_listed_with_who_and_why() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    // The complaint in which a post is quoted.
    let of_post = |text: &str| -> String {
        let all = home.run(&["clusters", "--format", "json"]).lines();
        let has = |c: &&Value| c["quotes"].to_string().contains(text);
        all.iter().find(has).unwrap()["cluster"].as_str().unwrap().to_owned()
    };
    let (keys, crash) = (of_post("too close"), of_post("crashed again"));
    assert!(home.run(&["merge", &keys, &crash, "--undo"]).err.contains("nobody said"));
    let ran = home.run(&["merge", &keys, &crash, "--why", "the same hinge"]);
    assert!(ran.code == 0 && ran.out.contains("--undo"), "{}{}", ran.out, ran.err);
    assert_eq!(of_post("too close"), crash);
    let listed = home.run(&["decisions"]).out;
    let words = format!(
        "ana  {keys} is part of {crash}: the same hinge\n    take it back: groundswell merge {keys} {crash} --undo"
    );
    assert!(listed.contains(&words), "{listed}");
    let ran = home.run(&["merge", &keys, &crash, "--undo"]);
    assert!(ran.code == 0 && ran.out.contains("leave"), "{}{}", ran.out, ran.err);
    assert_ne!(of_post("too close"), crash);
    let again = home.run(&["merge", &keys, &crash, "--undo"]);
    assert!(again.code == 2 && again.err.contains("nothing left"), "{}", again.err);
    // What took the merge back is a split, and can be taken back as such.
    let ran = home.run(&["split", &crash, "--undo"]);
    assert!(ran.code == 0, "{}{}", ran.out, ran.err);
    assert_eq!(of_post("too close"), crash);
    assert!(home.run(&["split", &crash, "--undo"]).err.contains("nothing was changed"));
    home.run(&["name", &crash, "Hinges"]);
    assert!(home.run(&["name", &crash, "--undo"]).out.contains("called again"));
    assert_eq!(home.run(&["name", &crash]).code, 2, "a name, or --undo");
    let nobody = home.run(&["leave", "netbooks", "netbooks@example.org", "--undo"]);
    assert!(nobody.code == 0 && nobody.err.contains("nothing was changed"), "{}", nobody.err);
    assert!(home.run(&["leave", "netbooks", "netbooks@example.org"]).out.contains("--undo"));
    assert!(home.run(&["leave", "netbooks", "netbooks@example.org"]).err.contains("nothing was changed"));
    let of = |about: &str| home.run(&["decisions", "--about", about, "--format", "json"]).lines().len();
    assert_eq!((of("mini-9"), of("netbooks"), of("kettle")), (5, 1, 0));
}

#[test]
fn the_day_of_an_alert_can_be_taken_back() {
    let home = Home::new();
    let id = home.with_alert(at("2025-03-01T10:00:00Z"));
    let known = || home.run(&["ledger", "--format", "json"]).lines()[0]["known_at"].clone();
    assert_eq!(home.run(&["known", &id, "--undo"]).code, 2, "nobody said so");
    home.run(&["known", &id, "2025-03-09", "--how", "tickets"]);
    assert!(!known().is_null());
    let ran = home.run(&["known", &id, "--undo"]);
    assert!(ran.code == 0 && ran.out.contains("2025-03-09"), "{}{}", ran.out, ran.err);
    assert!(known().is_null());
}

/// The files and commands of the introduction for support staff, typed one after the other.
#[test]
fn the_ten_minutes_of_the_introduction_to_rules_are_true() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/rules/README.md")).unwrap();
    let part = readme.split("## Ten minutes").nth(1).unwrap().split("## Who is written to").next().unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("rules/tests")).unwrap();
    let add = |file: &str, text: &str| {
        let path = dir.path().join(file);
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        std::fs::write(path, format!("{before}{text}\n")).unwrap();
    };
    let run = |line: &str| {
        // Words, and texts in quotes.
        let args: Vec<&str> = line
            .split('"')
            .enumerate()
            .flat_map(|(i, part)| if i % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
            .skip(1)
            .collect();
        let ran =
            Command::cargo_bin("groundswell").unwrap().current_dir(dir.path()).args(&args).output().unwrap();
        let shown =
            format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        assert!(ran.status.success(), "{line}: {shown}");
        shown
    };
    let mut shown = String::new();
    for (i, block) in part.split("```").enumerate().filter(|(i, _)| i % 2 == 1) {
        let (kind, text) = block.split_once('\n').unwrap();
        match (kind, i) {
            ("toml", _) if text.starts_with("# teams.toml") => add("rules/teams.toml", text),
            ("toml", _) => add("rules/kettle.toml", text),
            ("json", _) => add("posts.jsonl", text),
            _ if text.starts_with("[[scenario]]") => add("rules/tests/lid.toml", text),
            _ => text.lines().for_each(|line| shown.push_str(&run(line))),
        }
    }
    assert!(shown.contains("no problem in 1 product, 0 topics and 1 team"), "{shown}");
    assert!(shown.contains("3 examples"), "{shown}");
    assert!(shown.contains("\"topic\":\"lid-leaks\""), "{shown}");
    assert!(run("groundswell test --rules rules").contains("1 scenario"));
}

#[test]
fn a_cluster_gets_a_name_and_is_ignored_for_good() {
    let home = Home::new();
    home.run(&["import", home.history(hours_ago(49)).to_str().unwrap()]);
    let listed = || -> Vec<serde_json::Value> { home.run(&["clusters", "--format", "json"]).lines() };
    let before = listed();
    let id = before[0]["cluster"].as_str().unwrap().to_owned();
    assert!(before[0]["named"] == false && before[0]["ignored"] == false && !before[0]["quotes"].is_null());
    let ran = home.run(&["name", &id, "Enter beside the apostrophe"]);
    assert!(ran.code == 0 && ran.out.contains("from now on"), "{}{}", ran.out, ran.err);
    let ran = home.run(&["ignore", &id, "--why", "resellers"]);
    assert!(ran.code == 0 && ran.out.contains("--undo"), "{}{}", ran.out, ran.err);
    let now = listed().into_iter().find(|c| c["cluster"] == id.as_str()).unwrap();
    assert!(now["label"] == "Enter beside the apostrophe" && now["named"] == true && now["ignored"] == true);
    assert!(home.run(&["clusters"]).out.contains("ignored"));
    home.run(&["ignore", &id, "--undo"]);
    home.run(&["name", &id, ""]);
    let again = listed().into_iter().find(|c| c["cluster"] == id.as_str()).unwrap();
    assert!(again["named"] == false && again["ignored"] == false);
    assert!(home.run(&["clusters", "mini-8"]).err.contains("there is no product \"mini-8\""));
    assert!(home.run(&["name", "mini-9.c99", "x"]).err.contains("there is no cluster"));
    assert_eq!(home.run(&["name", &id, "two\nlines"]).code, 2);
}

#[test]
fn why_nothing_opened_is_said_in_words() {
    let home = Home::new();
    import(&home);
    let ran = home.run(&["explain", "--not", "the keys of the mini 9 are too close, I hate it"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    golden("explain_not", &ran.out);
    let other = home.run(&["explain", "--not", "my kettle is slow"]);
    assert!(other.out.starts_with("No product's rules match this text"), "{}", other.out);
    assert!(home.run(&["explain", "--not", "  "]).code == 2);
}

#[test]
fn bad_input_is_named_and_told_what_to_do() {
    let home = Home::new();
    let nothing_there = home.run(&["search", "keys"]);
    assert!(
        nothing_there.code == 66 && nothing_there.err.contains("groundswell import"),
        "{}",
        nothing_there.err
    );
    let missing = home.run(&["import", "no-such-file.jsonl"]);
    assert!(
        missing.code == 66 && missing.err.contains("no-such-file.jsonl cannot be read"),
        "{}",
        missing.err
    );
    assert!(!home.path("data").exists(), "a slip makes no data folder");
    import(&home);
    let query = home.run(&["search", "keys AND (close"]);
    assert!(query.code == 2 && query.err.contains("query-parenthesis"), "{} {}", query.code, query.err);
    home.write("rules/mini-9.toml", "[product]\n");
    let rules = home.run(&["import", home.path("history.jsonl").to_str().unwrap()]);
    assert!(rules.code == 1 && rules.err.contains("mini-9.toml"), "{} {}", rules.code, rules.err);
    let settings = home.run(&["alerts", "--config", "/nonexistent/g.toml"]);
    assert!(settings.code == 78 && settings.err.contains("--config"), "{} {}", settings.code, settings.err);
}

#[test]
fn whoever_has_seen_enough_may_go() {
    let home = Home::new();
    let rows: String =
        (0..5_000).map(|i| format!("{},3\n", plus_ms(at("2024-01-01T00:00:00Z"), i * HOUR_MS))).collect();
    let file = home.write("many.csv", &rows);
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("groundswell"))
        .args(["detect", file.to_str().unwrap()])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(74), ""));
}

#[test]
fn every_command_helps_a_newcomer() {
    let home = Home::new();
    for command in [
        "import",
        "search",
        "explain",
        "alerts",
        "ack",
        "resolve",
        "silence",
        "feedback",
        "merge",
        "split",
        "status",
        "detect",
        "clusters",
        "name",
        "ignore",
        "decisions",
    ] {
        let ran = home.run(&[command, "--help"]);
        assert!(
            ran.code == 0 && ran.out.contains("Usage:") && ran.out.contains("Example"),
            "{command}: {}",
            ran.out
        );
    }
}

#[test]
fn counts_are_judged_row_by_row() {
    let home = Home::new();
    let mut text = String::from("timestamp,value\n");
    for day in 0..90 {
        let at = plus_ms(at("2024-01-01T00:00:00Z"), day * 24 * HOUR_MS);
        let value = if (80..83).contains(&day) { 40 } else { 4 + day % 3 };
        text.push_str(&format!("{},{value}\n", at.strftime("%Y-%m-%d %H:%M:%S")));
    }
    text.push_str("2024-04-01,many\n2023-01-01,4\n");
    let file = home.write("counts.csv", &text);
    let ran = home.run(&["detect", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let rows = ran.lines();
    let first = rows.iter().find(|row| row["alarm"] == true).unwrap();
    assert_eq!(
        (rows.len(), first["at"].as_str(), first["observed"].as_u64()),
        (90, Some("2024-03-21T00:00:00Z"), Some(40))
    );
    assert!((first["expected"].as_f64().unwrap() - 5.0).abs() < 1.0, "{first}");
    assert_eq!(rows.last().unwrap()["alarm"], false);
    assert!(ran.err.contains("line 92: passed over: \"many\" is no number"), "{}", ran.err);
    assert!(ran.err.contains("line 93") && ran.err.contains("rows of 1d, 1 alarm"), "{}", ran.err);

    let empty = home.run(&["detect", home.write("empty.csv", "timestamp,value\n").to_str().unwrap()]);
    assert!(
        empty.code == 65 && empty.err.contains("no row that can be read"),
        "{} {}",
        empty.code,
        empty.err
    );
    let interval = home.run(&["detect", "--interval", "soon", file.to_str().unwrap()]);
    assert!(
        interval.code == 2 && interval.err.contains("write 30s, 5m"),
        "{} {}",
        interval.code,
        interval.err
    );
    assert_eq!(home.run(&["detect", "no-such.csv"]).code, 66);
}

const SCENARIO: &str = r#"
[[scenario]]
name = "two batteries"
[[scenario.post]]
at   = "day 1 10:00"
text = "steam came out of the battery of my mini 9"
[[scenario.post]]
at   = "day 1 16:00"
text = "the battery of my mini 9 smells of fire"
[[scenario.alert]]
topic = "battery-danger"
by    = "day 1"
[[scenario.quiet]]
by = "day 3"
"#;

#[test]
fn a_scenario_says_which_word_or_count_made_the_difference() {
    let home = Home::new();
    std::fs::create_dir(home.path("rules/tests")).unwrap();
    home.write("rules/tests/battery.toml", SCENARIO);
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let ran = home.run(&["test", "--rules", rules]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    for said in [
        "error[scenario-fails]: \"two batteries\": an alert about battery-danger should open, but does not",
        "tests/battery.toml:10:1",
        "1 person had said so",
        "one person more that day would open it",
        "for topic battery-danger: the text has nothing of (smoke OR burnt OR fire)",
    ] {
        assert!(ran.out.contains(said), "{said} in\n{}", ran.out);
    }
    // The word that was lacking.
    home.write("rules/mini-9.toml", &PRODUCT.replace("(smoke", "(steam OR smoke"));
    let ran = home.run(&["test", "--rules", rules]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("0 examples and 1 scenario tried, all hold"), "{}", ran.err);
    // And what should have been quiet is loud.
    let quiet = SCENARIO
        .replace("steam", "smoke")
        .replace("[[scenario.alert]]\ntopic = \"battery-danger\"\nby    = \"day 1\"\n", "");
    home.write("rules/tests/battery.toml", &quiet);
    let ran = home.run(&["test", "--rules", rules, "--format", "json"]);
    let lines = ran.lines();
    assert_eq!((ran.code, lines[0]["code"].as_str().unwrap()), (1, "scenario-fails"));
    assert!(lines[0]["help"].as_str().unwrap().contains("2 people"), "{}", lines[0]);
    assert_eq!(lines[1]["scenarios"], 1);
    let missing = home.run(&["test", "--rules", "/nonexistent"]);
    assert_eq!(missing.code, 66);
}

#[test]
fn a_failing_example_fails_the_test_and_hinders_no_match() {
    let home = Home::new();
    let example = "[[topic.example]]\ntext = \"the battery burns\"\nexpect = true\n";
    home.write("rules/mini-9.toml", &format!("{PRODUCT}{example}"));
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let tried = home.run(&["test", "--rules", rules]);
    assert_eq!(tried.code, 1);
    assert!(tried.out.contains("the text has nothing of (smoke OR burnt OR fire)"), "{}", tried.out);
    assert_eq!(home.run(&["check", "--rules", rules]).code, 1);
    let ran = home.run(&["match", "--rules", rules, "--explain", "--text", "my mini9 battery is burning"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("product mini-9: matches") && ran.out.contains("- fire   (the text has no fire)")
    );
    assert!(ran.err.contains("example-fails"));
}

#[test]
fn what_can_be_mended_is_mended_and_shown() {
    let home = Home::new();
    let wrong = PRODUCT.replace("mini9'", "mini9 or netbook' # ours").replace("severity", "sevrity");
    home.write("rules/mini-9.toml", &wrong);
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let ran = home.run(&["check", "--rules", rules]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("2 of them can be mended by groundswell check --fix"), "{}", ran.err);
    let json = home.run(&["check", "--rules", rules, "--format", "json"]);
    assert!(json.lines().iter().any(|d| d["fix"]["text"] == "OR"), "{}", json.out);
    let ran = home.run(&["check", "--rules", rules, "--fix"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("-sevrity = \"safety\"\n+severity = \"safety\""), "{}", ran.out);
    let now = std::fs::read_to_string(home.path("rules/mini-9.toml")).unwrap();
    assert!(now.contains("mini9 OR netbook' # ours"), "{now}");
    let meant = home.run(&["check", "--explain", "query-near-number"]);
    assert!(meant.code == 0 && meant.out.contains("NEAR counts words"), "{}", meant.out);
    assert_eq!(home.run(&["check", "--explain", "query-near-numbr"]).code, 2);
}

#[test]
fn queries_are_measured_and_ids_compared() {
    let home = Home::new();
    let from = SystemClock.now();
    home.with_alert(plus_ms(from, -3 * HOUR_MS));
    let renamed = PRODUCT.replace("\"battery-danger\"", "\"battery-hot\"");
    home.write("rules/mini-9.toml", &renamed);
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    let beside_data =
        || home.run(&["check", "--rules", rules, "--data", home.path("data").to_str().unwrap()]);
    let ran = beside_data();
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("id-renamed") && ran.out.contains("write was = \"battery-danger\""),
        "{}",
        ran.out
    );
    home.write(
        "rules/mini-9.toml",
        &renamed.replace("\"battery-hot\"", "\"battery-hot\"\nwas = \"battery-danger\""),
    );
    let ran = beside_data();
    assert!(ran.code == 0 && !ran.out.contains("id-renamed"), "{}", ran.out);
    let line = |n: u32, text: &str| {
        json!({"id": n.to_string(), "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"})
            .to_string()
    };
    let posts: Vec<String> = (0..40)
        .map(|n| line(n, if n % 4 == 0 { "a nice day" } else { "smoke from the battery of my mini 9" }))
        .collect();
    let sample = home.write("sample.jsonl", &posts.join("\n"));
    let ran = home.run(&["check", "--rules", rules, "--sample", sample.to_str().unwrap()]);
    assert!(
        ran.out.contains("product \"mini-9\" would have matched 75% of the sample (30 of 40)"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("topic \"battery-hot\" would have matched 100%"), "{}", ran.out);
}

#[test]
fn files_are_laid_out_in_one_way() {
    let home = Home::new();
    let rules = home.path("rules");
    let rules = rules.to_str().unwrap();
    home.write("rules/mini-9.toml", &PRODUCT.replace("id    =", "id="));
    let ran = home.run(&["fmt", "--rules", rules, "--check"]);
    assert!(ran.code == 1 && ran.out.contains("-id= \"mini-9\"\n+id    = \"mini-9\""), "{}", ran.out);
    assert_eq!(home.run(&["fmt", "--rules", rules]).code, 0);
    assert_eq!(std::fs::read_to_string(home.path("rules/mini-9.toml")).unwrap(), PRODUCT);
    assert_eq!(home.run(&["fmt", "--rules", rules, "--check"]).code, 0);
    home.write("rules/mini-9.toml", "[product");
    let ran = home.run(&["fmt", "--rules", rules]);
    assert!(ran.code == 1 && ran.err.contains("left as it is"), "{}", ran.err);
}

#[test]
fn two_rule_sets_are_compared_alert_by_alert_and_mail_by_mail() {
    let home = Home::new();
    let quiet = home.path("quiet");
    std::fs::create_dir(&quiet).unwrap();
    std::fs::write(
        quiet.join("mini-9.toml"),
        PRODUCT.replace("(smoke", "(zeppelin").replace(" OR burnt OR fire", ""),
    )
    .unwrap();
    std::fs::write(quiet.join("teams.toml"), TEAMS).unwrap();
    let line = |id: u32, at: &str, text: &str| {
        json!({"id": id.to_string(), "source": "s", "author": format!("a{id}"), "created_at": at, "text": text})
            .to_string()
    };
    let posts = [
        line(1, "2025-01-06T10:00:00Z", "smoke from the battery of my mini 9, and a smell in the whole room"),
        line(2, "2025-01-07T11:00:00Z", "who else sees smoke? mini 9, one year old, battery hot as an oven"),
    ];
    let posts = home.write("posts.jsonl", &posts.join("\n"));
    let (rules, quiet) = (home.path("rules"), quiet);
    let args = [
        "backtest",
        "--rules",
        rules.to_str().unwrap(),
        "--against",
        quiet.to_str().unwrap(),
        "--mentions",
        posts.to_str().unwrap(),
    ];
    let ran = home.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("0 gained, 1 lost, 0 earlier, 0 later, 0 the same"), "{}", ran.out);
    assert!(ran.out.contains("team netbooks: 0.00 e-mails a week instead of "), "{}", ran.out);
    let ran = home.run(&[&args[..], &["--format", "jsonl"]].concat());
    assert_eq!(ran.lines().last().unwrap()["event"], "compared-mails");
    // What alerts on other words does so later; an id that was changed is no other alert.
    let more = [
        line(3, "2025-01-10T10:00:00Z", "burnt fingers: mini 9 battery, it glows in the dark like a stove"),
        line(
            4,
            "2025-01-10T12:00:00Z",
            "a battery fire? my mini 9 went up at breakfast, all my files are gone",
        ),
    ];
    let posts = home
        .write("more.jsonl", &format!("{}\n{}", std::fs::read_to_string(posts).unwrap(), more.join("\n")));
    let late = PRODUCT.replace("(smoke OR ", "(").replace("\"mini-9\"", "\"mini-nine\"\nwas = \"mini-9\"");
    std::fs::write(
        quiet.join("mini-9.toml"),
        late.replace("\"battery-danger\"", "\"danger\"\nwas = \"battery-danger\""),
    )
    .unwrap();
    let (rules, quiet) = (rules.to_str().unwrap(), quiet.to_str().unwrap());
    let compared = |old: &str, new: &str| {
        home.run(&["backtest", "--rules", old, "--against", new, "--mentions", posts.to_str().unwrap()]).out
    };
    let later = compared(rules, quiet);
    assert!(
        later.contains("later    by 3.0 days") && later.contains("0 gained, 0 lost, 0 earlier, 1 later"),
        "{later}"
    );
    std::fs::write(home.path("quiet/mini-9.toml"), PRODUCT.replace("(smoke OR ", "(")).unwrap();
    let earlier = compared(quiet, rules);
    assert!(earlier.contains("0 gained, 0 lost, 1 earlier, 0 later"), "{earlier}");
    std::fs::write(home.path("quiet/mini-9.toml"), PRODUCT.replace("(smoke OR burnt OR fire)", "zeppelin"))
        .unwrap();
    assert!(compared(quiet, rules).contains("1 gained, 0 lost"), "the other way round");
}

/// The smallest encoder there is, which `tools/tiny_encoder.py` makes.
fn tiny_encoder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/encoder")
}

#[test]
fn an_encoder_says_what_posts_mean_if_it_is_named() {
    let home = Home::new();
    let posts: Vec<String> = (0..40)
        .map(|i| {
            let at = format!("2025-01-{:02}T10:00:00Z", i % 28 + 1);
            let what = ["the key broke off", "a keyboard key fell off", "screen cracked", "battery broken after a day"];
            let how = ["I hate it", "awful, I want my money back", "terrible", "what a disappointment, it still fails"];
            let text = format!("my mini 9: {}, {} ({i})", what[i % 4], how[i / 4 % 4]);
            json!({"id": i.to_string(), "source": "s", "author": format!("a{i}"), "created_at": at, "text": text})
                .to_string()
        })
        .collect();
    let posts = home.write("posts.jsonl", &posts.join("\n"));
    let (rules, assigned) = (home.path("rules"), home.path("assigned.jsonl"));
    let mut runs = Vec::new();
    for model in [tiny_encoder(), tiny_encoder().join("model.safetensors"), "built-in".into()] {
        let mut args = vec!["backtest", "--rules", rules.to_str().unwrap(), "--format", "jsonl", "--model"];
        args.extend([model.to_str().unwrap(), "--mentions", posts.to_str().unwrap()]);
        args.extend(["--assignments", assigned.to_str().unwrap()]);
        let ran = home.run(&args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        runs.push(std::fs::read_to_string(&assigned).unwrap());
    }
    assert!(runs[0].lines().count() > 10, "{}", runs[0]);
    assert_eq!(runs[0], runs[1], "a folder, and the weights in it, are the same encoder");
    assert_ne!(runs[0], runs[2], "and not the table");
}

#[test]
fn an_encoder_that_cannot_be_used_is_told_by_file_and_remedy() {
    let home = Home::new();
    let encoder = home.path("encoder");
    let posts = home.write("posts.jsonl", "");
    let refused = |model: &std::path::Path| {
        let model = model.to_str().unwrap();
        let ran = home.run(&["backtest", "--mentions", posts.to_str().unwrap(), "--model", model]);
        assert_ne!(ran.code, 0);
        ran.err
    };
    let err = refused(&encoder);
    assert!(err.contains("cannot be read") && err.contains("a path"), "{err}");
    std::fs::create_dir(&encoder).unwrap();
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(tiny_encoder().join(file), encoder.join(file)).unwrap();
    }
    let err = refused(&encoder);
    assert!(err.contains("tokenizer.json cannot be read") && err.contains("models/README.md"), "{err}");
    std::fs::copy(tiny_encoder().join("tokenizer.json"), encoder.join("tokenizer.json")).unwrap();
    let weights = std::fs::read(tiny_encoder().join("model.safetensors")).unwrap();
    std::fs::write(encoder.join("model.safetensors"), &weights[..weights.len() / 2]).unwrap();
    let err = refused(&encoder);
    assert!(err.contains("model.safetensors cannot be read") && err.contains("fetch it again"), "{err}");
    let config = std::fs::read_to_string(encoder.join("config.json")).unwrap();
    std::fs::write(encoder.join("config.json"), config.replace("\"bert\"", "\"mpnet\"")).unwrap();
    let err = refused(&encoder);
    assert!(err.contains("model_type is \"mpnet\"") && err.contains("all-MiniLM-L6-v2"), "{err}");
}

#[test]
fn a_lexicon_of_the_rules_adds_and_check_says_so() {
    let home = Home::new();
    let assess = |text: &str| {
        let out = Command::cargo_bin("groundswell")
            .unwrap()
            .args(["assess", "--rules", &home.path("rules").display().to_string(), "--text", text])
            .output()
            .unwrap();
        let line = String::from_utf8(out.stdout).unwrap();
        serde_json::from_str::<Value>(line.trim()).unwrap()["complaint"].as_f64().unwrap()
    };
    let check = || {
        let out = Command::cargo_bin("groundswell")
            .unwrap()
            .args(["check", "--rules", &home.path("rules").display().to_string()])
            .output()
            .unwrap();
        String::from_utf8(out.stderr).unwrap()
    };
    assert!(assess("the kaffa duo wets the bed") < 0.5);
    std::fs::create_dir(home.path("rules/lexicon")).unwrap();
    let words = "[[cue]]\nkind = \"malfunction\"\nweight = 0.7\nany = [\"wets the bed\"]\n";
    home.write("rules/lexicon/en.toml", &format!("language = \"en\"\n{words}"));
    assert!(assess("the kaffa duo wets the bed") >= 0.5, "a clear phrase stands by itself");
    assert!(assess("my phone stopped working") >= 0.5, "the built-in list is still there");
    assert!(check().contains("lexicon/en.toml: adds 1 phrase to the built-in list"), "{}", check());
    home.write("rules/lexicon/en.toml", &format!("language = \"en\"\nreplace = true\n{words}"));
    assert!(check().contains("lexicon/en.toml: 1 phrase in place of the built-in list"), "{}", check());
}

#[test]
fn a_rule_file_with_another_ending_is_told_of() {
    let rules = tempfile::tempdir().unwrap();
    std::fs::write(rules.path().join("kettle.toml.txt"), "[product]\n").unwrap();
    std::fs::write(rules.path().join("README.md"), "about").unwrap();
    let ran = Command::cargo_bin("groundswell")
        .unwrap()
        .args(["check", "--rules"])
        .arg(rules.path())
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(said.contains("kettle.toml.txt is not read"), "{said}");
    assert!(said.contains("under the name kettle.toml"), "{said}");
    assert!(!said.contains("README.md"), "{said}");
}
