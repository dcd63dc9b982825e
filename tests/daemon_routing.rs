//! Routes and quiet hours through the real daemon: rules from files, SQLite, letters in a folder.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic: that is how it fails")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const BIN: &str = env!("CARGO_BIN_EXE_groundswell");
/// It is quiet all day but for an hour in the evening; others look on, and want everything at once.
const TEAMS: &str = r#"
[team.netbooks]
email      = ["netbooks@aster.example"]
zone       = "Europe/Lisbon"
quiet      = "21:00-20:00"
quiet_days = ["sunday"]

[team.watchers]
email = ["ana@aster.example", "bo@aster.example"]

[[route]]
product = "mini-9"
team    = "watchers"
also    = true
"#;

fn rows(folder: &Path, sql: &str) -> Vec<(String, String)> {
    let db = rusqlite::Connection::open(folder.join("data/groundswell.db")).unwrap();
    let mut statement = db.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn each_team_is_told_once_of_everything_and_one_of_them_when_its_quiet_hours_end() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/demo");
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path();
    std::fs::create_dir(folder.join("rules")).unwrap();
    std::fs::copy(demo.join("rules/mini-9.toml"), folder.join("rules/mini-9.toml")).unwrap();
    std::fs::write(folder.join("rules/teams.toml"), TEAMS).unwrap();
    let settings = format!(
        "[data]\nfolder = \"{0}/data\"\n[rules]\nfolder = \"{0}/rules\"\n[[source]]\nname = \"history\"\nkind = \"jsonl\"\npath = \"{1}\"\nreplay = true\n",
        folder.display(),
        demo.join("mentions.jsonl").display()
    );
    std::fs::write(folder.join("groundswell.toml"), settings).unwrap();
    let run = |words: &[&str]| {
        Command::new(BIN).args(words).arg("--config").arg(folder.join("groundswell.toml")).output().unwrap()
    };
    let posts = std::fs::read_to_string(demo.join("mentions.jsonl")).unwrap();
    let newest: Value = serde_json::from_str(posts.lines().last().unwrap()).unwrap();
    let last: jiff::Timestamp = newest["arrived_at"].as_str().unwrap().parse().unwrap();
    let last = last.checked_add(jiff::SignedDuration::from_hours(48)).unwrap();
    let ran = run(&["run", "--until-done"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let events = rows(folder, "SELECT alert, json FROM events ORDER BY at, alert, number");
    let told: Vec<(String, u64, Value)> = events
        .into_iter()
        .map(|(alert, json)| {
            let event: Value = serde_json::from_str(&json).unwrap();
            (alert, event["number"].as_u64().unwrap(), event)
        })
        .collect();
    let all: BTreeSet<(String, u64)> =
        told.iter().map(|(alert, number, _)| (alert.clone(), *number)).collect();
    assert!(all.len() >= 4, "the demo has more to tell");
    // Those who look on get a letter about each, at once; copies are of the folder's making.
    let letters = |team: &str| -> BTreeSet<(String, u64)> {
        let sql = format!(
            "SELECT alert, CAST(number AS TEXT) FROM outbox WHERE team = '{team}' AND state = 'sent'"
        );
        rows(folder, &sql).into_iter().map(|(alert, number)| (alert, number.parse().unwrap())).collect()
    };
    assert_eq!(letters("watchers"), all);
    // The others got each event in a letter or in a list, in none of their quiet hours; what is left waits.
    let lists = rows(folder, "SELECT collected, '' FROM outbox WHERE collected IS NOT NULL");
    let listed: Vec<(String, u64)> = lists
        .iter()
        .flat_map(|(json, _)| {
            let list: Value = serde_json::from_str(json).unwrap();
            assert_eq!(list["why"], "quiet-hours");
            serde_json::from_value::<Vec<(String, u64)>>(list["events"].clone()).unwrap()
        })
        .collect();
    let mine = letters("netbooks");
    let status: Value = serde_json::from_slice(&run(&["status", "--format", "json"]).stdout).unwrap();
    let waiting = status["waiting"].as_array().unwrap();
    let waits: u64 = waiting.iter().map(|w| w["things"].as_u64().unwrap()).sum();
    assert_eq!(mine.len() + listed.len() + waits as usize, all.len(), "{status}");
    assert!(listed.iter().all(|event| !mine.contains(event)));
    let held = told.iter().filter(|(.., event)| event["held"] == true).count();
    assert!(held >= 2, "the demo's posts come by day, when it is quiet");
    for (.., event) in &told {
        let safe = event["severity"] == "safety";
        assert_eq!(event["team"], "netbooks");
        assert_eq!(event["routing"]["also"][0]["team"], "watchers");
        assert!(!safe || event["held"].is_null(), "{event}");
    }
    // History is told at the times that it tells: what waited is of the team's own hour, and not of today.
    let mut waited = 0;
    for entry in std::fs::read_dir(folder.join("data/mail")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "eml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        let date = jiff::fmt::rfc2822::parse(header("Date: ").trim()).unwrap();
        assert!(date.timestamp() < last, "{}: {date}", path.display());
        if header("To: ").contains("netbooks@") && !header("Subject: ").contains("safety") {
            let hour = date.with_time_zone(jiff::tz::TimeZone::get("Europe/Lisbon").unwrap()).hour();
            assert_eq!(hour, 20, "{}: {date}", path.display());
            waited += 1;
        }
    }
    assert!(waited > 0);
    // One alert is one thread to each team, and it is explained who is told by which line.
    let explained = run(&["explain", &told[0].0]);
    let text = String::from_utf8(explained.stdout).unwrap();
    assert!(text.contains("team watchers: to ana@aster.example, bo@aster.example"), "{text}");
    assert!(text.contains("rules/teams.toml:11 says so"), "{text}");
    let routed = run(&["route", &told[0].0, "--explain"]);
    assert!(String::from_utf8(routed.stdout).unwrap().contains("teams.toml:11  fits: watchers too"));
}
