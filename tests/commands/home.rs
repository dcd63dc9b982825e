//! A data folder, rules and settings of its own for each test, and what a run came to.

use std::path::PathBuf;

use assert_cmd::Command;
use groundswell::edges::clock::SystemClock;
use groundswell::edges::store::{NewPost, Store, ToAppend};
use groundswell::ground::entry::{Body, RuleFile, RuleFiles};
use groundswell::ground::post::{Incoming, Post, parse_line};
use groundswell::ground::time::{Clock, HOUR_MS, Timestamp, plus_ms};
use serde_json::{Value, json};

pub(crate) const PRODUCT: &str = r#"[product]
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
pub(crate) const TEAMS: &str =
    "[team.netbooks]\nemail = [\"netbooks@example.org\"]\nfalse_alarms_a_year = 4\n";

/// A data folder, rules and settings of its own for each test.
pub(crate) struct Home {
    dir: tempfile::TempDir,
}

/// What a run came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Home {
    pub(crate) fn new() -> Self {
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

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
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
    pub(crate) fn history(&self, from: Timestamp) -> PathBuf {
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
    pub(crate) fn with_alert(&self, from: Timestamp) -> String {
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

pub(crate) fn live_post(id: &str, at: Timestamp, text: &str) -> Post {
    let line = json!({"id": id, "source": "forum", "author": format!("author-{id}"), "text": text, "created_at": at});
    match parse_line(line.to_string().as_bytes(), None).unwrap() {
        Incoming::Post(post) => *post,
        Incoming::Delete(_) => unreachable!(),
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn import(home: &Home) -> Ran {
    home.run(&["import", home.history(at("2025-01-06T10:00:00Z")).to_str().unwrap()])
}

/// Decisions are written at the present time, and what is long past is over by then.
pub(crate) fn hours_ago(hours: i64) -> Timestamp {
    plus_ms(SystemClock.now(), -hours * HOUR_MS)
}

/// What people read, kept beside the tests.
pub(crate) fn golden(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden/commands");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
