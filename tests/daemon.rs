//! The daemon end to end, with its real parts: files in, SQLite, index, letters out.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may panic: that is how it fails"
)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const BIN: &str = env!("CARGO_BIN_EXE_groundswell");

fn demo(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo").join(file)
}

/// A data folder and settings in a temporary folder.
struct Place {
    dir: TempDir,
}

impl Place {
    fn new(source: &str, mail: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = format!(
            "[data]\nfolder = \"{0}/data\"\n[rules]\nfolder = \"{0}/rules\"\n{mail}\n{source}\n",
            dir.path().display()
        );
        std::fs::write(dir.path().join("groundswell.toml"), settings).unwrap();
        std::fs::create_dir(dir.path().join("rules")).unwrap();
        for file in ["mini-9.toml", "teams.toml"] {
            std::fs::copy(demo("rules").join(file), dir.path().join("rules").join(file)).unwrap();
        }
        Self { dir }
    }

    fn replay(posts: &Path) -> Self {
        Self::new(
            &format!(
                "[[source]]\nname = \"history\"\nkind = \"jsonl\"\npath = \"{}\"\nreplay = true\n",
                posts.display()
            ),
            "",
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(BIN);
        command.args(words).arg("--config").arg(self.path("groundswell.toml")).stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    fn start(&self) -> Child {
        self.command(&["run"]).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The events in the store: (alert, number, kind, at).
    fn events(&self) -> Vec<(String, String, String)> {
        let db = rusqlite::Connection::open(self.path("data/groundswell.db")).unwrap();
        let mut statement = db.prepare("SELECT json FROM events ORDER BY at, alert, number").unwrap();
        statement
            .query_map([], |row| row.get::<_, String>(0))
            .unwrap()
            .map(|json| {
                let event: serde_json::Value = serde_json::from_str(&json.unwrap()).unwrap();
                let text = |key: &str| event[key].as_str().unwrap().to_owned();
                (text("at"), text("alert"), text("kind"))
            })
            .collect()
    }

    /// Whether a daemon has come so far that it listens to signals.
    fn is_started(&self) -> bool {
        rusqlite::Connection::open(self.path("data/groundswell.db"))
            .and_then(|db| {
                db.query_row("SELECT count(*) FROM notes WHERE name = 'daemon'", [], |row| {
                    row.get::<_, i64>(0)
                })
            })
            .is_ok_and(|n| n == 1)
    }

    /// When the daemon that runs, or ran last, says that it began.
    fn started_at(&self) -> Option<String> {
        let db = rusqlite::Connection::open(self.path("data/groundswell.db")).ok()?;
        db.query_row("SELECT json FROM notes WHERE name = 'daemon'", [], |row| row.get(0)).ok()
    }

    /// Digests that were put into the outbox.
    fn digests(&self) -> usize {
        let db = rusqlite::Connection::open(self.path("data/groundswell.db")).unwrap();
        let sql = "SELECT count(*) FROM outbox WHERE json_extract(collected, '$.digest') IS NOT NULL";
        db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as usize
    }

    fn letters(&self) -> usize {
        std::fs::read_dir(self.path("data/mail"))
            .map(|dir| {
                dir.filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "eml")).count()
            })
            .unwrap_or(0)
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[allow(clippy::disallowed_methods, reason = "a test of a process has to wait for it in real time")]
fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn it_decides_what_a_backtest_decides_and_sends_a_letter_for_each_event() {
    let place = Place::replay(&demo("mentions.jsonl"));
    let output = place.run(&["run", "--until-done"]);
    assert!(output.status.success(), "{}", said(&output));
    let backtest = Command::new(BIN)
        .args(["backtest", "--format", "jsonl", "--rules"])
        .arg(demo("rules"))
        .arg("--mentions")
        .arg(demo("mentions.jsonl"))
        .output()
        .unwrap();
    let mut expected: Vec<(String, String, String)> = String::from_utf8(backtest.stdout)
        .unwrap()
        .lines()
        .map(|line| {
            let event: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |key: &str| event[key].as_str().unwrap().to_owned();
            (text("at"), text("alert"), text("event"))
        })
        .collect();
    let mut events = place.events();
    expected.sort();
    events.sort();
    assert!(!expected.is_empty(), "the demo's stream must bring an alert");
    assert_eq!(events, expected);
    // Beside them the team's digest, week by week.
    let digests = place.digests();
    assert!((10..=13).contains(&digests), "{digests}");
    assert_eq!(place.letters(), events.len() + digests);
    // Once more over the same: nothing is new, nothing is sent again.
    let again = place.run(&["run", "--until-done"]);
    assert!(again.status.success());
    assert_eq!((place.events(), place.letters()), (events, expected.len() + digests));
}

#[test]
fn killed_and_started_again_it_decides_the_same() {
    let calm = Place::replay(&demo("mentions.jsonl"));
    assert!(calm.run(&["run", "--until-done"]).status.success());
    let place = Place::replay(&demo("mentions.jsonl"));
    for after in [1usize, 300, 900] {
        let mut child = place.start();
        wait_until("posts in the log", || {
            rusqlite::Connection::open(place.path("data/groundswell.db"))
                .and_then(|db| {
                    db.query_row("SELECT count(*) FROM log WHERE kind = 'post'", [], |row| {
                        row.get::<_, i64>(0)
                    })
                })
                .is_ok_and(|n| n >= after as i64)
        });
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(place.run(&["run", "--until-done"]).status.success());
    assert_eq!((place.events(), place.letters()), (calm.events(), calm.letters()));
}

#[test]
fn a_second_daemon_on_the_same_folder_is_refused() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let source = format!(
        "[[source]]\nname = \"file\"\nkind = \"jsonl\"\npath = \"{}\"\nfollow = true\n",
        file.path().display()
    );
    let place = Place::new(&source, "");
    let mut child = place.start();
    wait_until("a started daemon", || place.is_started());
    let second = place.run(&["run"]);
    assert_eq!(second.status.code(), Some(75), "{}", said(&second));
    assert!(said(&second).contains("another groundswell works on"));
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
}

#[test]
fn new_rules_are_taken_and_bad_ones_leave_the_old_in_force() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let source = format!(
        "[[source]]\nname = \"file\"\nkind = \"jsonl\"\npath = \"{}\"\nfollow = true\npoll = \"20ms\"\n",
        file.path().display()
    );
    let place = Place::new(&source, "");
    let mut child = place.start();
    let posts = || {
        rusqlite::Connection::open(place.path("data/groundswell.db"))
            .and_then(|db| db.query_row("SELECT count(*) FROM posts", [], |row| row.get::<_, i64>(0)))
            .unwrap_or(0)
    };
    let rules_entries = || {
        rusqlite::Connection::open(place.path("data/groundswell.db"))
            .and_then(|db| {
                db.query_row("SELECT count(*) FROM log WHERE kind = 'rules'", [], |row| row.get::<_, i64>(0))
            })
            .unwrap_or(0)
    };
    let write = |id: &str, text: &str| {
        use std::io::Write;
        let mut file = std::fs::File::options().append(true).open(file.path()).unwrap();
        writeln!(file, r#"{{"id":"{id}","source":"s","text":"{text}","created_at":"2025-01-01T00:00:00Z"}}"#)
            .unwrap();
    };
    write("1", "my mini 9 is here");
    wait_until("the first post", || posts() == 1);
    // A broken file: the old rules go on matching.
    let rule = place.path("rules/mini-9.toml");
    let sound = std::fs::read_to_string(&rule).unwrap();
    std::fs::write(&rule, "[product\n").unwrap();
    signal(&child, "-HUP");
    write("2", "the mini 9 fan is loud");
    wait_until("the second post", || posts() == 2);
    let status = place.run(&["status"]);
    assert_eq!(status.status.code(), Some(1), "refused rules need a person");
    assert_eq!(rules_entries(), 1);
    // A sound one that watches something else too.
    std::fs::write(&rule, sound.replace("mini9 OR", "mini9 OR zeppelin OR")).unwrap();
    signal(&child, "-HUP");
    wait_until("the new rules", || rules_entries() == 2);
    write("3", "the zeppelin has landed");
    wait_until("the third post", || posts() == 3);
    // Another id without a word about its history is refused, and taken once it is said.
    std::fs::write(&rule, sound.replace("\"mini-9\"", "\"mini-nine\"")).unwrap();
    let refused = "refused, those of before stay in force";
    wait_until("the refusal", || String::from_utf8_lossy(&place.run(&["status"]).stdout).contains(refused));
    assert_eq!(rules_entries(), 2);
    std::fs::write(&rule, sound.replace("\"mini-9\"", "\"mini-nine\"\nwas = \"mini-9\"")).unwrap();
    wait_until("the new id", || rules_entries() == 3);
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_saved_file_is_in_force_by_itself_and_operators_are_told_of_a_bad_one_once() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let source = format!(
        "[[source]]\nname = \"file\"\nkind = \"jsonl\"\npath = \"{}\"\nfollow = true\npoll = \"20ms\"\n",
        file.path().display()
    );
    let place = Place::new(&source, "[operators]\nemail = [\"ops@example.org\"]\n");
    let mut child = place.start();
    let rules_entries = |kind: &str| {
        rusqlite::Connection::open(place.path("data/groundswell.db"))
            .and_then(|db| {
                db.query_row("SELECT count(*) FROM log WHERE kind = ?", [kind], |row| row.get::<_, i64>(0))
            })
            .unwrap_or(0)
    };
    wait_until("a started daemon", || place.is_started() && rules_entries("rules") == 1);
    // As an editor saves: beside it, and then over it.
    let rule = place.path("rules/mini-9.toml");
    let sound = std::fs::read_to_string(&rule).unwrap();
    let save = |text: &str| {
        std::fs::write(place.path("rules/.mini-9.toml.swp"), text).unwrap();
        std::fs::rename(place.path("rules/.mini-9.toml.swp"), &rule).unwrap();
    };
    save(&sound.replace("match    = '(battery", "match    = '(accu OR battery"));
    wait_until("the new rules", || rules_entries("rules") == 2);
    wait_until("what is usual for the changed topic", || rules_entries("baseline") == 1);
    save("[product\n");
    wait_until("a letter to the operators", || place.letters() == 1);
    save("[product]\n");
    std::fs::write(place.path("rules/a.toml"), "x").unwrap();
    // A sound one again, so that the bad ones have been seen for sure.
    std::fs::remove_file(place.path("rules/a.toml")).unwrap();
    save(&sound);
    wait_until("the rules of before", || rules_entries("rules") == 3);
    assert_eq!(place.letters(), 1);
    // A folder that is gone changes nothing.
    std::fs::rename(place.path("rules"), place.path("elsewhere")).unwrap();
    signal(&child, "-HUP");
    wait_until("a second letter", || place.letters() == 2);
    assert_eq!(place.run(&["status"]).status.code(), Some(1));
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
    // And neither does it at the next start.
    let before = place.started_at();
    let mut child = place.start();
    std::fs::rename(place.path("elsewhere"), place.path("rules")).unwrap();
    wait_until("a restarted daemon", || {
        place.started_at() != before && place.run(&["status"]).status.code() == Some(0)
    });
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
}

#[test]
fn letters_wait_while_the_mail_server_is_down() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mail = format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"groundswell@example.org\"\n[mail.smtp]\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n"
    );
    let source = format!(
        "[[source]]\nname = \"history\"\nkind = \"jsonl\"\npath = \"{}\"\nreplay = true\n",
        demo("mentions.jsonl").display()
    );
    let place = Place::new(&source, &mail);
    let mut child = place.start();
    let waiting = || {
        rusqlite::Connection::open(place.path("data/groundswell.db"))
            .and_then(|db| {
                db.query_row(
                    "SELECT count(*) FROM outbox WHERE state = 'waiting' AND attempts > 0",
                    [],
                    |row| row.get::<_, i64>(0),
                )
            })
            .unwrap_or(0)
    };
    wait_until("a letter that was tried", || waiting() > 0);
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
    assert!(waiting() > 0);
}

#[test]
fn what_it_cannot_work_with_is_named_with_the_right_status() {
    let place = Place::new("", "");
    let nothing = place.run(&["run"]);
    assert_eq!(nothing.status.code(), Some(78));
    assert!(said(&nothing).contains("no [[source]]"), "{}", said(&nothing));

    let place = Place::replay(&demo("mentions.jsonl"));
    std::fs::write(place.path("rules/mini-9.toml"), "[product\n").unwrap();
    let bad = place.run(&["run"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(said(&bad).contains("mini-9.toml"), "{}", said(&bad));

    // Without rules nothing would be wanted, and a source's posts would be passed over for good.
    let place = Place::replay(&demo("mentions.jsonl"));
    std::fs::remove_dir_all(place.path("rules")).unwrap();
    std::fs::create_dir(place.path("rules")).unwrap();
    let empty = place.run(&["run", "--until-done"]);
    assert_eq!(empty.status.code(), Some(1), "{}", said(&empty));
    assert!(said(&empty).contains("there is no product"), "{}", said(&empty));

    let place = Place::replay(&demo("mentions.jsonl"));
    std::fs::write(place.path("data"), "a file where the folder should be").unwrap();
    let taken = place.run(&["run"]);
    assert_eq!(taken.status.code(), Some(73));
    assert!(said(&taken).contains("data"), "{}", said(&taken));

    let missing = Command::new(BIN).args(["run", "--config", "/nonexistent.toml"]).output().unwrap();
    assert_eq!(missing.status.code(), Some(78));
    let usage = Command::new(BIN).args(["run", "--what"]).output().unwrap();
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn a_service_without_rules_waits_for_sound_ones_and_takes_nothing_in_before() {
    let place = Place::replay(&demo("mentions.jsonl"));
    let away = place.path("rules-away");
    std::fs::rename(place.path("rules"), &away).unwrap();
    let log = place.path("log");
    let mut child = place
        .command(&["run", "--until-done", "--wait-for-rules"])
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let said = || std::fs::read_to_string(&log).unwrap_or_default();
    wait_until("a word about the rules", || said().contains("no rules are in force yet"));
    std::fs::create_dir(place.path("rules")).unwrap();
    std::fs::write(place.path("rules/mini-9.toml"), "[product\n").unwrap();
    wait_until("a word about the error", || said().contains("mini-9.toml:1"));
    signal(&child, "-HUP");
    assert!(child.try_wait().unwrap().is_none(), "{}", said());
    let db = rusqlite::Connection::open(place.path("data/groundswell.db")).unwrap();
    let posts: i64 = db.query_row("SELECT count(*) FROM log", [], |row| row.get(0)).unwrap();
    assert_eq!(posts, 0);
    drop(db);
    std::fs::remove_dir_all(place.path("rules")).unwrap();
    std::fs::rename(&away, place.path("rules")).unwrap();
    assert!(child.wait().unwrap().success(), "{}", said());
    assert!(!place.events().is_empty());

    // Told to stop while it waits, it stops in order.
    let place = Place::replay(&demo("mentions.jsonl"));
    std::fs::remove_dir_all(place.path("rules")).unwrap();
    let log = place.path("log");
    let mut child = place
        .command(&["run", "--wait-for-rules"])
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    wait_until("it waits", || std::fs::read_to_string(&log).unwrap_or_default().contains("in force yet"));
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_run_whose_source_failed_did_not_succeed() {
    let place = Place::replay(Path::new("/nonexistent/posts.jsonl"));
    let output = place.run(&["run", "--until-done"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("/nonexistent/posts.jsonl"), "{}", said(&output));
}

#[test]
fn one_source_cannot_forge_or_delete_the_posts_of_another() {
    let dir = tempfile::tempdir().unwrap();
    let (honest, forger) = (dir.path().join("honest.jsonl"), dir.path().join("forger.jsonl"));
    let post = |source: &str, id: &str| {
        format!(
            r#"{{"id":"{id}","source":"{source}","text":"my mini 9 is here","created_at":"2025-01-01T00:00:00Z"}}"#
        )
    };
    std::fs::write(&honest, post("honest", "1")).unwrap();
    let lines = [
        post("honest", "2"),
        r#"{"op":"delete","id":"1","source":"honest"}"#.to_owned(),
        post("elsewhere", "3"),
    ];
    std::fs::write(&forger, lines.join("\n")).unwrap();
    let source = |name: &str, path: &Path| {
        format!("[[source]]\nname = \"{name}\"\nkind = \"jsonl\"\npath = \"{}\"\n", path.display())
    };
    let place = Place::new(&format!("{}{}", source("honest", &honest), source("forger", &forger)), "");
    let output = place.run(&["run", "--until-done"]);
    assert!(output.status.success(), "{}", said(&output));
    let db = rusqlite::Connection::open(place.path("data/groundswell.db")).unwrap();
    let count = |sql: &str| db.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("SELECT count(*) FROM posts WHERE source = 'honest' AND id = '1' AND deleted = 0"), 1);
    assert_eq!(count("SELECT count(*) FROM posts"), 2);
    assert_eq!(count("SELECT count(*) FROM rejects"), 2);
}

/// What an HTTP server on this machine answers: status and all that follows.
fn http(port: u16, method: &str, path: &str, body: &str) -> (u16, String) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
}

#[test]
fn the_links_of_a_letter_ask_once_and_do_what_the_commands_do() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let source = format!(
        "[[source]]\nname = \"history\"\nkind = \"jsonl\"\npath = \"{}\"\nreplay = true\n",
        demo("mentions.jsonl").display()
    );
    let base = format!("http://127.0.0.1:{port}");
    let web = format!("[web]\nlisten = \"127.0.0.1:{port}\"\npublic_url = \"{base}\"\n");
    let place = Place::new(&source, &web);
    let teams = place.path("rules/teams.toml");
    let two = std::fs::read_to_string(&teams)
        .unwrap()
        .replace("email", "email = [\"ana@example.org\", \"bo@example.org\"] #");
    std::fs::write(&teams, two).unwrap();
    let mut child = place.start();
    let db = || rusqlite::Connection::open(place.path("data/groundswell.db"));
    let count =
        |sql: &str| db().and_then(|db| db.query_row(sql, [], |row| row.get::<_, i64>(0))).unwrap_or(0);
    wait_until("every letter", || {
        count("SELECT count(*) FROM events") > 2
            && count("SELECT count(*) FROM outbox WHERE state = 'sent'") > 2
            && count("SELECT count(*) FROM outbox WHERE state = 'waiting'") == 0
    });
    // The two on the team got copies of their own, each with links that name its reader.
    let letters: Vec<String> = std::fs::read_dir(place.path("data/mail"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|x| x == "eml"))
        .map(|path| {
            let bytes = std::fs::read(path).unwrap();
            let parsed = mail_parser::MessageParser::default().parse(&bytes).unwrap();
            parsed.body_text(0).unwrap().into_owned()
        })
        .collect();
    assert_eq!(letters.len() as i64, 2 * count("SELECT count(*) FROM outbox"));
    let open = count("SELECT count(*) FROM events WHERE json_extract(json, '$.kind') = 'opened'");
    assert!(open > 0);
    let paths = |name: &str| -> Vec<String> {
        letters
            .iter()
            .flat_map(|text| {
                let lines: Vec<&str> = text.lines().map(str::trim).collect();
                let at = lines.iter().position(|line| *line == name)?;
                Some(lines.get(at + 1)?.strip_prefix(&base)?.to_owned())
            })
            .collect()
    };
    let acts = || count("SELECT count(*) FROM log WHERE kind = 'act'");
    for name in
        ["Seen it:", "Not an issue:", "Silence 7 days:", "Fixed:", "No more e-mails of this team to you:"]
    {
        let found = paths(name);
        assert!(!found.is_empty(), "{name} is in no letter");
        let (status, page) = http(port, "GET", &found[0], "");
        assert!(status == 200 || page.contains("already"), "{name} {page}");
        for header in [
            "content-security-policy: default-src 'none'",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
        ] {
            assert!(page.to_lowercase().contains(header), "{header} is not in {page}");
        }
    }
    assert_eq!(acts(), 0, "a GET changes nothing");

    // Silence: asked once, written down with who, and not done twice.
    let silence = paths("Silence 7 days:").remove(0);
    let (_, asked) = http(port, "GET", &silence, "");
    assert!(asked.contains("<form method=\"post\"") && asked.contains("for 7 days"), "{asked}");
    let (status, done) = http(port, "POST", &silence, "sure=yes");
    assert!(status == 200 && done.contains("<h1>Done</h1>"), "{done}");
    assert_eq!(acts(), 1);
    let (_, again) = http(port, "POST", &silence, "sure=yes");
    assert!(again.contains("silent already"), "{again}");
    assert_eq!(acts(), 1);
    // Pressed by mistake: the page that says so takes it back, once.
    let undo = done.split("action=\"../act/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let undo = format!("/act/{undo}");
    assert!(http(port, "POST", &undo, "sure=yes").1.contains("gets e-mails about this alert again"));
    assert!(http(port, "POST", &undo, "sure=yes").1.contains("nothing to take back"));
    assert_eq!(acts(), 2);
    let by: String = db()
        .unwrap()
        .query_row("SELECT json_extract(body, '$.act.by') FROM log WHERE kind = 'act'", [], |row| row.get(0))
        .unwrap();
    assert!(by.contains("@example.org (team netbooks, by a link)"), "{by}");

    // Forged: one letter of the link is another one.
    let mut forged = silence.clone().into_bytes();
    let last = forged.len() - 10;
    forged[last] = if forged[last] == b'A' { b'B' } else { b'A' };
    let (status, page) = http(port, "POST", &String::from_utf8(forged).unwrap(), "sure=yes");
    assert!(status == 404 && page.contains("does not work"), "{page}");
    assert_eq!(http(port, "GET", "/", "").0, 404);

    // One click, as mail programs do it; both leave, and somebody is needed.
    let offs: std::collections::BTreeSet<String> =
        paths("No more e-mails of this team to you:").into_iter().collect();
    for off in &offs {
        let (status, _) = http(port, "POST", off, "List-Unsubscribe=One-Click");
        assert_eq!(status, 200);
    }
    assert_eq!(acts(), 4);
    let status = place.run(&["status"]);
    let text = String::from_utf8_lossy(&status.stdout).into_owned();
    assert_eq!(status.status.code(), Some(1), "{text}");
    assert!(text.contains("left      ana@example.org") && text.contains("nobody is left"), "{text}");
    let back = place.run(&["leave", "netbooks", "ana@example.org", "--undo"]);
    assert!(back.status.success(), "{}", said(&back));
    let text = String::from_utf8_lossy(&place.run(&["status"]).stdout).into_owned();
    assert!(!text.contains("left      ana@example.org") && !text.contains("nobody is left"), "{text}");
    assert_eq!(place.run(&["leave", "netbooks", "eve@example.org"]).status.code(), Some(2));
    signal(&child, "-TERM");
    assert!(child.wait().unwrap().success());
}
