//! The daemon end to end, with its real parts: files in, SQLite, index, letters out.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test may panic: that is how it fails"
)]

mod letters;
mod rules;
mod starts;

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
