//! Rules while it runs.

use super::*;

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
    wait_until("the letter that all is well again", || place.letters() == 2);
    // A folder that is gone changes nothing.
    std::fs::rename(place.path("rules"), place.path("elsewhere")).unwrap();
    signal(&child, "-HUP");
    wait_until("a third letter", || place.letters() == 3);
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
