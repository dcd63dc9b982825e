//! What operators do with an installation, as they type it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use assert_cmd::Command;
use groundswell::edges::clock::SystemClock;
use groundswell::ground::time::Clock;
use serde_json::Value;

const PRODUCT: &str = "[product]\nid = 'mini-9'\nname = 'Mini 9'\nmatch = 'mini9'\nteam = 't'\n";
const TEAMS: &str = "[team.t]\nemail = ['t@example.org']\n";

struct Home {
    dir: tempfile::TempDir,
}

struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Home {
    /// An installation with these more lines of settings.
    fn new(more: &str) -> Self {
        let home = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::create_dir(home.path("rules")).unwrap();
        home.write("rules/mini-9.toml", PRODUCT);
        home.write("rules/teams.toml", TEAMS);
        let folder = |name: &str| format!("folder = {:?}\n", home.path(name).display().to_string());
        let settings = format!("{more}\n[data]\n{}[rules]\n{}", folder("data"), folder("rules"));
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
            .args(args)
            .output()
            .unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Two people's posts.
    fn with_posts(self) -> Self {
        let line = |id: &str, author: &str, text: &str| {
            serde_json::json!({"id": id, "source": "forum", "author": author, "text": text,
                "created_at": "2025-01-06T09:30:00Z"})
            .to_string()
        };
        let posts = [
            line("1", "did:plc:ana", "the hinge of my mini9 broke, awful anafindet"),
            line("2", "did:plc:bo", "my mini9 overheats, terrible bofindet"),
            line("3", "did:plc:ana", "still broken: mini9 anafindet again"),
            "{\"author\":\"did:plc:ana\", \"text\": \"anafindet and no JSON".to_owned(),
        ];
        let file = self.write("posts.jsonl", &(posts.join("\n") + "\n"));
        assert_eq!(self.run(&["import", file.to_str().unwrap()]).code, 0);
        self
    }

    /// Files of the data folder that hold these bytes.
    fn holding(&self, text: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("data")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if std::fs::read(&path).unwrap().windows(text.len()).any(|w| w == text.as_bytes()) {
                    found.push(path);
                }
            }
        }
        found
    }
}

#[test]
fn the_doctor_says_of_what_is_wrong_what_to_do() {
    let home = Home::new(
        "contact = 'ops@example.org'\n[[source]]\nname = 'export'\nkind = 'jsonl'\npath = '/nonexistent/x.jsonl'\n",
    );
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert!(
        ran.out.contains("WRONG sources   export: the file /nonexistent/x.jsonl cannot be read"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("ok    rules"), "{}", ran.out);
    assert!(ran.out.contains("hint  mail      letters are left in a folder"), "{}", ran.out);
    assert!(ran.out.contains("-> name a mail server"), "{}", ran.out);
    assert!(!home.path("data").exists(), "a doctor who looks makes nothing");
}

#[test]
fn the_doctor_finds_a_sound_installation_sound() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"220 mail.example.org ESMTP\r\n").unwrap();
        // EHLO, QUIT.
        for line in BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok).take(2) {
            let answer: &[u8] = if line == "QUIT" { b"221 bye\r\n" } else { b"250 mail.example.org\r\n" };
            std::io::Write::write_all(&mut stream, answer).unwrap();
        }
    });
    let mail = format!(
        "transport = 'smtp'\nfrom = 'g <g@example.org>'\n[mail.smtp]\nhost = '127.0.0.1'\nport = {port}\ntls = 'none'"
    );
    let home = Home::new(&format!(
        "[operators]\nemail = ['ops@example.org']\n[[source]]\nname = 'b'\nkind = 'jetstream'\n[mail]\n{mail}"
    ));
    let ran = home.run(&["doctor", "--format", "json"]);
    answering.join().unwrap();
    let found: Vec<Value> = ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(found.iter().any(|f| f["about"] == "mail" && f["level"] == "good"), "{}", ran.out);
    // What a page says in place of a mail server is no mail server.
    let server = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let answering = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        std::io::Write::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n").unwrap();
    });
    let ran = home.run(&["doctor"]);
    answering.join().unwrap();
    assert!(ran.code == 1 && ran.out.contains("no mail server greets us"), "{}", ran.out);
    // A data folder that nobody can make, and settings that are not there.
    let text = std::fs::read_to_string(home.path("groundswell.toml")).unwrap();
    let elsewhere = text.replace(&home.path("data").display().to_string(), "/proc/self/data");
    home.write("groundswell.toml", &elsewhere);
    let ran = home.run(&["doctor"]);
    assert!(ran.out.contains("is on no disk: nothing can be written there"), "{}", ran.out);
    assert!(
        ran.code == 1 && ran.out.contains("/proc/self/data is not there yet, and cannot be made"),
        "{}",
        ran.out
    );
    let absent = home.path("absent.toml");
    let ran = home.run(&["doctor", "--config", absent.to_str().unwrap()]);
    assert!(
        ran.code == 1
            && ran.out.contains("WRONG settings")
            && ran.out.contains("absent.toml is not there, so groundswell run refuses"),
        "{}",
        ran.out
    );
    // Settings that cannot be read are told, and nothing is guessed.
    home.write("groundswell.toml", "[dta]\n");
    let ran = home.run(&["doctor"]);
    assert!(ran.code == 1 && ran.out.contains("WRONG settings") && ran.out.contains("dta"), "{}", ran.out);
}

#[test]
fn the_doctor_refuses_what_run_refuses() {
    let source = "[[source]]\nname = 'b'\nkind = 'jetstream'\n";
    let home = Home::new(&format!(
        "contact = 'c'\n[operators]\nemail = ['ops@example.org']\n[web]\npublic_url = 'groundswell.example.org'\n{source}"
    ));
    let (doctor, run) = (home.run(&["doctor"]), home.run(&["run"]));
    assert_eq!((doctor.code, run.code), (1, 78), "{}{}", doctor.out, run.err);
    for said in [&doctor.out, &run.err] {
        assert!(said.contains("public_url is \"groundswell.example.org\""), "{said}");
    }
    let text = std::fs::read_to_string(home.path("groundswell.toml")).unwrap();
    let text = text.replace("[data]\n", "[data]\nkeep_days = 30\n");
    home.write(
        "groundswell.toml",
        &text.replace("groundswell.example.org", "http://groundswell.example.org"),
    );
    let (doctor, run) = (home.run(&["doctor"]), home.run(&["run"]));
    assert_eq!((doctor.code, run.code), (1, 78), "{}{}", doctor.out, run.err);
    assert!(doctor.out.contains("keep_days has to be 60 or more") && run.err.contains("keep_days"));
    assert!(doctor.out.contains("hint  web       the links of letters lead to http:"), "{}", doctor.out);
}

#[test]
fn a_password_that_systemd_hands_over_is_found_from_a_shell() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let home = Home::new(&format!(
        "[[source]]\nname = 'b'\nkind = 'jetstream'\n[mail]\ntransport = 'smtp'\nfrom = 'g <g@example.org>'\n[mail.smtp]\nhost = 'localhost'\nport = {port}\nusername = 'g'"
    ));
    for words in [&["doctor"][..], &["mail", "test", "ana@example.org"]] {
        let ran = home.run(words);
        let said = ran.out + &ran.err;
        assert!(said.contains("--credentials /run/credentials/groundswell.service"), "{said}");
    }
    drop(server);
    std::fs::create_dir(home.path("handed")).unwrap();
    // What the unit hands over where there is no password is none.
    home.write("handed/smtp-password", "unset");
    let handed = home.path("handed");
    let ran = home.run(&["mail", "test", "ana@example.org", "--credentials", handed.to_str().unwrap()]);
    assert!(ran.code == 78 && ran.err.contains("there is no password"), "{} {}", ran.code, ran.err);
    home.write("handed/smtp-password", "secret of the shell");
    let handed = home.path("handed");
    let ran = home.run(&["mail", "test", "ana@example.org", "--credentials", handed.to_str().unwrap()]);
    assert_eq!(ran.code, 75, "it has a password and finds no server: {}{}", ran.out, ran.err);
    assert!(!(ran.out + &ran.err).contains("secret of the shell"));
}

#[test]
fn an_address_that_gets_nothing_is_shown_until_it_is_corrected() {
    let home = Home::new("[[source]]\nname = 'b'\nkind = 'jetstream'").with_posts();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    db.execute("INSERT INTO refused VALUES ('t', 't@example.org', '550 no\nsuch user', 0)", []).unwrap();
    let said =
        "t@example.org gets no letters of team t: the mail server refuses it for good (550 no such user)";
    let ran = home.run(&["status"]);
    assert!(ran.code == 1 && ran.out.contains(said) && ran.out.contains("teams.toml"), "{}", ran.out);
    db.execute("INSERT INTO notes VALUES ('daemon', '{}')", []).unwrap();
    let ran = home.run(&["doctor"]);
    assert!(ran.out.contains(said), "{}", ran.out);
    assert!(home.run(&["status", "--format", "prometheus"]).out.contains("groundswell_refused_addresses 1"));
    home.write("rules/teams.toml", "[team.t]\nemail = ['mended@example.org']\n");
    let import = home.path("posts.jsonl");
    home.run(&["import", import.to_str().unwrap()]);
    assert!(!home.run(&["status"]).out.contains("refuses it for good"));
}

#[test]
fn what_cannot_be_mended_by_a_restart_is_not_restarted() {
    let unit =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/systemd/groundswell.service")).unwrap();
    let statuses = unit.lines().find_map(|line| line.strip_prefix("RestartPreventExitStatus=")).unwrap();
    let statuses: Vec<&str> = statuses.split(' ').collect();
    for status in ["1", "2", "65", "66", "69", "73", "78"] {
        assert!(statuses.contains(&status), "{status} in {statuses:?}");
    }
    // A bug, a disk that fails and a folder that is taken for an instant may be over at the next start.
    assert!(!["70", "74", "75"].iter().any(|status| statuses.contains(status)));
}

#[test]
fn the_last_hour_is_the_same_whoever_runs_and_a_process_that_is_gone_is_not_shown() {
    let home = Home::new("[[source]]\nname = 'forum'\nkind = 'jetstream'").with_posts();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    let minute = SystemClock.now().as_second() / 60;
    let note = format!(
        r#"{{"forum": {{"state": "listening", "posts_last_hour": 900, "minutes": [[{}, 8], [{}, 3]]}}}}"#,
        minute - 200,
        minute - 20
    );
    db.execute("INSERT INTO notes VALUES ('sources', ?)", [note]).unwrap();
    let ran = home.run(&["status"]);
    assert!(ran.out.contains("forum: stopped, 3 posts in the last hour"), "{}", ran.out);
    // Somebody holds the folder, and has not been able to write down who it is.
    let gone = r#"{"started_at": "2026-01-01T00:00:00Z", "version": "0.1.0", "pid": 4194305}"#;
    db.execute("INSERT INTO notes VALUES ('daemon', ?)", [gone]).unwrap();
    let lock = groundswell::edges::store::DataLock::take(&home.path("data")).unwrap();
    let ran = home.run(&["status"]);
    drop(lock);
    assert!(ran.out.contains("forum: listening, 3 posts in the last hour"), "{}", ran.out);
    assert!(ran.out.contains("daemon    starting, and not ready yet"), "{}", ran.out);
    assert!(!ran.out.contains("4194305"), "{}", ran.out);
}

#[test]
fn a_letter_that_waits_is_shown_with_its_next_try() {
    let home = Home::new("").with_posts();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    let next = groundswell::ground::time::from_ms(SystemClock.now().as_millisecond() + 600_000);
    db.execute(
        "INSERT INTO outbox (message_id, alert, number, recipients, state, attempts, made_at, next_at, said)
         VALUES ('m@example.org', 'mini-9-1', 0, '[]', 'waiting', 2, 0, ?, '451 try later')",
        [next.as_millisecond()],
    )
    .unwrap();
    let ran = home.run(&["status"]);
    let at = next.strftime("%Y-%m-%d %H:%M UTC").to_string();
    for said in [
        format!("outbox    1 waiting (the next is tried at {at}), 0 sent, 0 parked"),
        format!("m@example.org (waiting, tried 2 times, next at {at}): 451 try later"),
    ] {
        assert!(ran.out.contains(&said), "{said}: {}", ran.out);
    }
}

#[test]
fn a_restored_log_is_old_and_nobody_is_days_behind_for_that() {
    let home = Home::new("[[source]]\nname = 'b'\nkind = 'jetstream'").with_posts();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    db.execute("UPDATE log SET body = replace(body, '\"history\":true', '\"history\":false')", []).unwrap();
    let started = |at: &str| {
        let note = serde_json::json!({ "started_at": at, "version": "0", "pid": 1 }).to_string();
        db.execute("INSERT OR REPLACE INTO notes VALUES ('daemon', ?)", [note]).unwrap();
    };
    std::fs::remove_dir_all(home.path("data/index-1")).unwrap();
    let lock = groundswell::edges::store::DataLock::take(&home.path("data")).unwrap();
    let now = SystemClock.now().as_millisecond();
    let time = |ms: i64| groundswell::ground::time::from_ms(ms).to_string();
    started(&time(now));
    let ran = home.run(&["status"]);
    assert!(!ran.out.contains("behind: see the daemon's journal"), "{}", ran.out);
    // It has been there for two hours, and the index has not come along.
    started(&time(now - 7_300_000));
    let ran = home.run(&["status"]);
    assert!(ran.out.contains("the index is 2 hours behind"), "{}", ran.out);
    drop(lock);
}

#[test]
fn a_backup_goes_back_and_is_never_written_over() {
    let home = Home::new("").with_posts();
    home.write("data/web-key", "0123456789abcdef0123456789abcdef");
    let copy = home.path("copy.db");
    let copy = copy.to_str().unwrap();
    let ran = home.run(&["backup", copy]);
    assert!(ran.code == 0 && ran.out.contains("3 posts"), "{}{}", ran.out, ran.err);
    assert_eq!(home.run(&["backup", copy]).code, 73);
    let ran = home.run(&["restore", copy]);
    assert!(ran.code == 73 && ran.err.contains("name another folder with --data"), "{}", ran.err);
    assert_eq!(home.run(&["backup", "/nonexistent/copy.db"]).code, 73, "it cannot be made");
    let elsewhere = home.path("elsewhere");
    let ran = home.run(&["restore", "/nonexistent/copy.db", "--data", elsewhere.to_str().unwrap()]);
    assert_eq!(ran.code, 66, "{}", ran.err);
    let new = home.path("new");
    let new = new.to_str().unwrap();
    let ran = home.run(&["restore", copy, "--data", new]);
    assert!(ran.code == 0 && ran.out.contains("3 posts"), "{}{}", ran.out, ran.err);
    let kept = home.run(&["export", "did:plc:ana", "--data", new]);
    assert_eq!(kept.out.lines().count(), 2, "{}", kept.out);
    // The links of letters that went out go on working.
    let key = std::fs::read_to_string(home.path("new/web-key")).unwrap();
    assert_eq!(key, "0123456789abcdef0123456789abcdef");
}

#[test]
fn an_author_is_shown_what_is_kept_and_forgotten_to_the_last_byte() {
    let home = Home::new("").with_posts();
    let kept = home.run(&["export", "did:plc:ana"]);
    let ids: Vec<Value> =
        kept.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].clone()).collect();
    assert_eq!(ids, ["1", "3"]);
    assert_eq!(home.run(&["export", "did:plc:ana", "--source", "elsewhere"]).out, "");
    assert!(!home.holding("anafindet").is_empty());
    let ran = home.run(&["forget", "did:plc:ana"]);
    assert!(
        ran.code == 0 && ran.out.contains("2 posts of \"did:plc:ana\" forgotten"),
        "{}{}",
        ran.out,
        ran.err
    );
    assert_eq!(home.run(&["export", "did:plc:ana"]).out, "");
    let holding = home.holding("anafindet");
    let in_index = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "index-1");
    assert!(holding.iter().all(in_index), "{holding:?}");
    assert_eq!(home.run(&["search", "anafindet"]).err.trim(), "0 posts found");
    assert_eq!(home.run(&["search", "bofindet"]).err.trim(), "1 post found", "others stay");
    assert!(home.run(&["forget", "did:plc:ana"]).err.contains("nothing of"));
    // What is sent again stays away.
    let again = home.path("posts.jsonl");
    home.run(&["import", again.to_str().unwrap()]);
    assert_eq!(home.run(&["export", "did:plc:ana"]).out, "");
}

#[test]
fn figures_for_prometheus_say_what_status_says() {
    let home = Home::new("").with_posts();
    let ran = home.run(&["status", "--format", "prometheus"]);
    for line in [
        "groundswell_up 0",
        "groundswell_posts 3",
        "groundswell_rules_refused 0",
        "groundswell_letters{state=\"parked\"} 0",
    ] {
        assert!(ran.out.lines().any(|l| l == line), "{line} in {}", ran.out);
    }
    home.write("rules/mini-9.toml", "[product\n");
    let ran = home.run(&["status", "--format", "prometheus"]);
    assert!(ran.code == 1 && ran.out.contains("groundswell_rules_refused 1"), "{}", ran.out);
}

#[test]
fn there_is_a_manual_and_shells_complete() {
    let home = Home::new("");
    let pages = home.path("man");
    let ran = home.run(&["man", "--out", pages.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for page in ["groundswell.1", "groundswell-doctor.1", "groundswell-backtest.1"] {
        let text = std::fs::read_to_string(pages.join(page)).unwrap();
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
    assert!(home.run(&["man"]).out.contains(".TH groundswell"));
    for shell in ["bash", "zsh", "fish"] {
        assert!(home.run(&["completions", shell]).out.contains("backtest"), "{shell}");
    }
}
