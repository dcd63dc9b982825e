//! What operators stumbled over, as they typed it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::net::TcpListener;
use std::path::PathBuf;

use assert_cmd::Command;
use groundswell::edges::clock::SystemClock;
use groundswell::ground::time::Clock;

struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    fn new(more: &str) -> Self {
        let home = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(home.path("rules")).unwrap();
        home.write(
            "rules/mini-9.toml",
            "[product]\nid = 'mini-9'\nname = 'Mini 9'\nmatch = 'mini9'\nteam = 't'\n",
        );
        home.write("rules/teams.toml", "[team.t]\nemail = ['t@example.org', 'u@example.org']\n");
        let folder = |name: &str| format!("folder = {:?}\n", home.path(name).display().to_string());
        home.write("g.toml", &format!("{more}\n[data]\n{}[rules]\n{}", folder("data"), folder("rules")));
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// Exit status, and all that was said.
    fn run(&self, args: &[&str]) -> (i32, String) {
        let ran = Command::cargo_bin("groundswell")
            .unwrap()
            .current_dir(self.dir.path())
            .args(args)
            .arg("--config")
            .arg(self.path("g.toml"))
            .output()
            .unwrap();
        let said = [ran.stdout, ran.stderr].concat();
        (ran.status.code().unwrap_or(-1), String::from_utf8(said).unwrap())
    }

    fn with_a_post(self) -> Self {
        self.write(
            "posts.jsonl",
            r#"{"id":"1","source":"forum","author":"ana","text":"my mini9 broke, awful","created_at":"2025-01-06T09:30:00Z"}"#,
        );
        let file = self.path("posts.jsonl").display().to_string();
        assert_eq!(self.run(&["import", &file]).0, 0);
        self
    }
}

#[test]
fn the_doctor_finds_what_would_not_work() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap();
    let home = Home::new(&format!(
        "[web]\npublic_url = 'https://g.example.org'\nlisten = '{port}'\n[mail]\ntransport = 'spool'\nfrom = 'g@example.org'\n\
         [mail.spool]\nfolder = '/dev/null/letters'\n[[source]]\nname = 'press'\nkind = 'feed'\nurl = 'example.org/feed.xml'\n"
    ));
    let (code, said) = home.run(&["doctor"]);
    assert_eq!(code, 1);
    for words in [
        &format!("[web] listen: {port} cannot be listened on"),
        "letters cannot be left in /dev/null/letters",
        "press: url is \"example.org/feed.xml\", which is no address of the web",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

#[test]
fn an_operator_without_an_address_is_told_by_all_who_are_asked() {
    let home = Home::new("[operators]\nemail = ['nobody']\n[[source]]\nname = 'b'\nkind = 'jetstream'")
        .with_a_post();
    for (command, status) in [("doctor", 1), ("status", 1), ("run", 78)] {
        let (code, said) = home.run(&[command]);
        assert!(
            code == status && said.contains("[operators] email holds \"nobody\""),
            "{command}: {code} {said}"
        );
    }
}

#[test]
fn before_the_first_start_status_says_so() {
    let (code, said) = Home::new("").run(&["status"]);
    assert!(code == 66 && said.contains("nothing has been heard yet") && said.contains("doctor"), "{said}");
}

#[test]
fn a_log_that_was_restored_and_not_read_is_not_years_behind() {
    let home = Home::new("").with_a_post();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    db.execute("UPDATE log SET body = replace(body, '\"history\":true', '\"history\":false')", []).unwrap();
    std::fs::remove_dir_all(home.path("data/index-1")).unwrap();
    let (_, said) = home.run(&["status"]);
    assert!(said.contains("index     ") && said.contains("behind (read 0 of"), "{said}");
}

#[test]
fn a_place_that_nobody_can_send_to_needs_a_person_at_once() {
    let home = Home::new("").with_a_post();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    let why = "cannot listen on 127.0.0.1:7172: Address already in use (os error 98); tried again";
    let now = SystemClock.now().to_string();
    let note =
        serde_json::json!({"hook": {"state": "retrying", "since": now, "last_error": why}}).to_string();
    db.execute("INSERT INTO notes VALUES ('sources', ?)", [note]).unwrap();
    let daemon = groundswell::edges::store::DataLock::take(&home.path("data")).unwrap();
    let (code, said) = home.run(&["status"]);
    drop(daemon);
    assert!(
        code == 1 && said.contains("source hook hears nothing: it cannot listen on 127.0.0.1:7172"),
        "{said}"
    );
}

#[test]
fn the_way_of_a_letter_is_told_by_the_settings_rules_with_who_left_and_what_is_silent() {
    let home = Home::new("").with_a_post();
    let (code, said) = home.run(&["route", "--product", "mini-9"]);
    assert!(code == 0 && said.contains("t@example.org, u@example.org, at once"), "{said}");
    assert_eq!(home.run(&["leave", "t", "u@example.org"]).0, 0);
    assert_eq!(home.run(&["silence", "mini-9", "--days", "3"]).0, 0);
    let (_, said) = home.run(&["route", "--product", "mini-9"]);
    assert!(said.contains("u@example.org (gets none: has left the list)"), "{said}");
    assert!(said.contains("no letter while mini-9 is silenced: until"), "{said}");
    // What could hurt somebody passes a silence over a product.
    let (_, said) = home.run(&["route", "--product", "mini-9", "--severity", "safety"]);
    assert!(!said.contains("silenced"), "{said}");
    let (_, said) = home.run(&["route", "--text", "my mini9 is awful", "--format", "json"]);
    assert!(said.contains("\"left\":[\"u@example.org\"]") && said.contains("\"silenced\":[{"), "{said}");
}

#[test]
fn an_author_at_a_source_that_is_none_is_told_as_that() {
    let home = Home::new("[[source]]\nname = 'forum'\nkind = 'jetstream'").with_a_post();
    let (_, said) = home.run(&["export", "ana", "--source", "nix"]);
    assert!(said.contains("the settings name no source \"nix\"") && said.contains("forum"), "{said}");
    let (_, said) = home.run(&["export", "ana", "--source", "forum"]);
    assert!(said.contains("1 post of") && !said.contains("no source"), "{said}");
}

#[test]
fn to_let_go_of_what_is_damaged_the_daemon_is_stopped_and_that_is_no_fault() {
    let home = Home::new("[[source]]\nname = 'b'\nkind = 'jetstream'").with_a_post();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    let note = serde_json::json!({"started_at": "2026-01-01T00:00:00Z", "pid": 1}).to_string();
    db.execute("INSERT INTO notes VALUES ('daemon', ?)", [note]).unwrap();
    let (code, said) = home.run(&["doctor", "--deep"]);
    assert!(code == 1 && said.contains("WRONG daemon    no daemon is running"), "{said}");
    let (code, said) = home.run(&["doctor", "--deep", "--let-go"]);
    assert!(code == 0 && said.contains("hint  daemon    it is stopped"), "{said}");
}

#[test]
fn what_is_watched_of_the_figures_is_among_them() {
    let home = Home::new("").with_a_post();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    let keys = ["posts", "rejects", "unwanted", "refused", "errors", "posts_last_hour", "lag_seconds"];
    let note: serde_json::Map<String, serde_json::Value> =
        keys.map(|key| (key.to_owned(), 1.into())).into_iter().collect();
    let note = serde_json::json!({ "forum": note }).to_string();
    db.execute("INSERT INTO notes VALUES ('sources', ?)", [note]).unwrap();
    let figures = home.run(&["status", "--format", "prometheus"]).1;
    let known: Vec<&str> =
        figures.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let mut named = 0;
    for file in ["alerts.yml", "dashboard.json"] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("monitoring").join(file);
        let text = std::fs::read_to_string(path).unwrap();
        for (at, _) in text.match_indices("groundswell_") {
            let name: String =
                text[at..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            assert!(known.contains(&name.as_str()), "{file} names {name}; there are {known:?}");
            named += 1;
        }
    }
    assert!(named > 20, "{named}");
}
