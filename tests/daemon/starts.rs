//! What it does not begin with, and what it does not take.

use super::*;

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
