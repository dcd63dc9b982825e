//! What operators stumbled over, as they typed it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod looked_at;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;

use assert_cmd::Command;
use groundswell::edges::clock::SystemClock;
use groundswell::edges::sources::KINDS;
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
        "press: `url` is \"example.org/feed.xml\": relative URL without a base; write it whole",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

#[test]
fn the_doctor_refuses_sources_that_would_fail_as_soon_as_they_run() {
    // Kind, its keys, and what is said of them.
    let cases = [
        ("jsonl", "path = '-'\nfollow = true", "cannot be followed"),
        ("feed", "url = 'example.org/feed.xml'", "write it whole"),
        ("feed", "url = 'ftp://example.org/x'", "is no address of the web"),
        ("jetstream", "hosts = []", "`hosts` is empty"),
        ("jetstream", "hosts = ['https://bsky.app']", "write it as wss://"),
        ("webhook", "secret_file = '/nonexistent/s'\npath = 'posts'", "`path` is \"posts\""),
        ("mastodon", "server = 'mastodon.social'\ntags = ['acme']", "`server` is \"mastodon.social\""),
        ("mastodon", "server = 'https://mastodon.social'\ntags = []", "`tags` has to hold hashtags"),
        ("hackernews", "queries = []", "`queries` has to say"),
        ("discourse", "url = 'forum.example.org'", "`url` is \"forum.example.org\""),
        ("github", "repo = 'https://github.com/a/b'", "write it as owner/name"),
        ("lemmy", "server = 'lemmy.world'", "`server` is \"lemmy.world\""),
        ("appstore", "app = 1\ncountries = ['Germany']", "countries as two letters"),
        ("stackexchange", "tags = ['e bike']", "`tags` has to hold one to 20 tags"),
        ("nats", "stream = 'a.b'\nconsumer = 'c'", "`stream` is \"a.b\""),
        ("kafka", "servers = []\ntopics = ['t']", "`servers` has to hold brokers"),
        #[cfg(not(feature = "kafka"))]
        ("kafka", "servers = ['127.0.0.1:9092']\ntopics = ['t']", "built without Kafka"),
        ("youtube", "key_file = '/nonexistent/k'\nchannels = ['@borea']", "\"@borea\" is no id"),
        ("reddit", "client_id = 'c'\nsecret_file = '/nonexistent/s'\nsubreddits = ['r/bikes']", "without r/"),
        ("x", "token_file = '/nonexistent/t'\nrules = []", "`rules` has to hold"),
    ];
    let kinds: std::collections::BTreeSet<&str> = cases.iter().map(|(kind, ..)| *kind).collect();
    assert_eq!(kinds.len(), KINDS.len(), "every kind is here");
    let sources: String = cases
        .iter()
        .enumerate()
        .map(|(n, (kind, keys, _))| format!("[[source]]\nname = 's{n}'\nkind = '{kind}'\n{keys}\n"))
        .collect();
    let home = Home::new(&sources);
    let (_, said) = home.run(&["doctor"]);
    for (n, (kind, keys, words)) in cases.iter().enumerate() {
        let begin = format!("WRONG sources   s{n}: ");
        let line = said.lines().find(|line| line.starts_with(&begin)).unwrap_or_default();
        assert!(line.contains(words), "{kind} {keys}: {line:?} in {}", said);
    }
    // What the examples say can work.
    for kind in KINDS.iter().filter(|kind| cfg!(feature = "kafka") || kind.name != "kafka") {
        let home = Home::new(kind.example);
        let (_, said) = home.run(&["doctor"]);
        assert!(!said.contains("this source fail at once"), "{}: {}", kind.name, said);
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

/// A server without TLS, for so many callers; gives its port.
fn readable_mail_server(callers: usize) -> u16 {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in server.incoming().take(callers) {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            if stream.write_all(b"220 lab\r\n").is_err() {
                continue;
            }
            for _ in lines.map_while(Result::ok) {
                if stream.write_all(b"250 lab\r\n").is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[test]
fn a_mail_server_that_protects_nothing_is_told_by_the_doctor_and_by_status() {
    for (tls, said) in
        [("starttls", "offers no STARTTLS"), ("implicit", "does not speak TLS from the first byte")]
    {
        let port = readable_mail_server(2);
        let home = Home::new(&format!(
            "[[source]]\nname = 'b'\nkind = 'jetstream'\n[mail]\ntransport = 'smtp'\nfrom = 'g@example.org'\n[mail.smtp]\nhost = '127.0.0.1'\nport = {port}\ntls = '{tls}'"
        ))
        .with_a_post();
        let (code, out) = home.run(&["doctor"]);
        let begin = format!("WRONG mail      the mail server 127.0.0.1:{port} {said}");
        assert!(code == 1 && out.contains(&begin), "{out}");
        let (code, out) = home.run(&["mail", "test", "ana@example.org"]);
        assert!(code == 78 && out.contains(said), "{code} {out}");
        // One try is enough to know.
        let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
        db.execute(
            "INSERT INTO outbox (message_id, alert, number, recipients, state, attempts, made_at, next_at, said)
             VALUES ('<a>', 'a', 1, '[]', 'waiting', 1, 0, 0, ?1)",
            [format!("the mail server 127.0.0.1:{port} {said}, so it got nothing")],
        )
        .unwrap();
        let (code, out) = home.run(&["status"]);
        let need = format!(
            "  - 1 letter cannot be sent with these settings, and waiting does not mend that: the mail server 127.0.0.1:{port} {said}"
        );
        assert!(code == 1 && out.contains(&need), "{out}");
    }
}

#[test]
fn a_mail_server_is_named_without_scheme_and_port() {
    for host in ["smtp://127.0.0.1", "127.0.0.1:2525"] {
        for tls in ["none", "starttls"] {
            let home = Home::new(&format!(
                "[[source]]\nname = 'b'\nkind = 'jetstream'\n[mail]\ntransport = 'smtp'\nfrom = 'g@example.org'\n[mail.smtp]\nhost = '{host}'\ntls = '{tls}'"
            ));
            for (command, status) in [("doctor", 1), ("run", 78)] {
                let (code, said) = home.run(&[command]);
                let words = format!("mail.smtp.host is \"{host}\": host takes no scheme and no port");
                assert!(code == status && said.matches(&words).count() == 1, "{command}: {code} {said}");
            }
        }
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

#[test]
fn doctor_and_status_say_the_same_of_what_a_source_reads() {
    let home = Home::new("").with_a_post();
    std::fs::create_dir(home.path("exports")).unwrap();
    let sources: String = [("dir", "exports"), ("missing", "none.jsonl")]
        .map(|(name, file)| {
            let path = home.path(file);
            format!(
                "[[source]]\nname = '{name}'\nkind = 'jsonl'\nfollow = true\npath = '{}'\n",
                path.display()
            )
        })
        .concat();
    let settings = std::fs::read_to_string(home.path("g.toml")).unwrap();
    let feed = "[[source]]\nname = 'press'\nkind = 'feed'\nurl = 'http://127.0.0.1:1/feed'\n";
    home.write("g.toml", &format!("{settings}{sources}{feed}"));
    let now = SystemClock.now().to_string();
    let gone = format!(
        "cannot open {}: No such file or directory (os error 2); waiting for it",
        home.path("none.jsonl").display()
    );
    let dir = "source \"dir\": cannot read exports: Is a directory (os error 21)";
    let note = serde_json::json!({
        "dir": {"state": "failed", "since": now, "last_error": dir, "tried_again": true},
        "missing": {"state": "retrying", "since": now, "last_error": gone, "refused_outright": true},
        "press": {"state": "retrying", "since": now, "last_error": "the address http://127.0.0.1:1/feed answers 404 Not Found", "refused_outright": true},
    });
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    db.execute("INSERT INTO notes VALUES ('sources', ?)", [note.to_string()]).unwrap();
    // Before a start, by looking, and by what was seen last.
    let (code, said) = home.run(&["doctor"]);
    for words in [
        "WRONG sources   dir: ",
        "is a folder, and a file with a post a line is needed",
        "WRONG sources   missing: the file",
        "it is waited for, and nothing is heard until then",
        "WRONG sources   press: when it was asked last, the address http://127.0.0.1:1/feed answers 404 Not Found",
    ] {
        assert!(code == 1 && said.contains(words), "{words} in {said}");
    }
    let daemon = groundswell::edges::store::DataLock::take(&home.path("data")).unwrap();
    let (code, said) = home.run(&["status"]);
    drop(daemon);
    for words in [
        "source dir has failed: cannot read exports: Is a directory (os error 21); a file that is made or given to the service is found within five minutes",
        "source missing has nothing to read, which waiting seldom mends: cannot open",
        "source press is refused, which waiting seldom mends: the address http://127.0.0.1:1/feed answers 404",
    ] {
        assert!(code == 1 && said.contains(words), "{words} in {said}");
    }
}

#[test]
fn advice_fits_what_is_wrong() {
    // 203.0.113.0/24 is for documentation: no machine has an address of it.
    let home = Home::new(
        "[web]\npublic_url = 'https://g.example.org'\nlisten = '203.0.113.7:7171'\n[[source]]\nname = 'hook'\nkind = 'webhook'\nlisten = '203.0.113.7:7172'\nsecret_file = 'rules'\n",
    );
    let (code, said) = home.run(&["doctor"]);
    assert!(code == 1 && said.matches("this machine does not have that address").count() == 2, "{said}");
    assert!(!said.contains("ss -ltnp") && said.contains("rules: it is a folder"), "{said}");
    let (code, said) = home.run(&["run"]);
    assert!(code == 69 && said.contains("does not have that address"), "{code} {said}");
    // A file in the place of the data folder.
    home.write("file", "");
    let file = home.path("file").display().to_string();
    for (command, status) in [("doctor", 1), ("run", 73), ("status", 66)] {
        let (code, said) = home.run(&[command, "--data", &file]);
        assert_eq!(code, status, "{command}: {said}");
        assert!(said.contains("is no folder") || said.contains("that is a file"), "{command}: {said}");
        assert!(!said.contains("not there yet") && !said.contains("type it as root"), "{command}: {said}");
    }
}

#[test]
fn what_cannot_be_written_down_is_shown_with_its_age() {
    let home = Home::new("").with_a_post();
    let db = rusqlite::Connection::open(home.path("data/groundswell.db")).unwrap();
    let note = serde_json::json!({"press": {"state": "listening"}}).to_string();
    db.execute("INSERT INTO notes VALUES ('sources', ?)", [note]).unwrap();
    let daemon = groundswell::edges::store::DataLock::take(&home.path("data")).unwrap();
    for (started, shown) in [("2026-01-01T10:00:30Z", true), ("2199-01-01T00:00:00Z", false)] {
        let note = serde_json::json!({"started_at": started, "pid": std::process::id()}).to_string();
        db.execute("INSERT OR REPLACE INTO notes VALUES ('daemon', ?)", [note]).unwrap();
        let (_, said) = home.run(&["status"]);
        let words = "sources   as they were at 2026-01-01 10:00 UTC, when it could be written down last";
        assert_eq!(said.contains(words), shown, "{said}");
    }
    drop(daemon);
}
