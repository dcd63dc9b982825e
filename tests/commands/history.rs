//! What is imported, found, listed and explained.

use groundswell::edges::store::{DataLock, Store};
use serde_json::{Value, json};

use super::home::{Home, PRODUCT, at, golden, hours_ago, import};

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
    // What was typed is told as in a rule file.
    for (query, code) in [
        ("keys or crashed", "query-lowercase-operator"),
        ("keys W/8 close", "query-foreign-near"),
        ("keys lang:jp", "unknown-language-code"),
        ("keys region:UK", "unknown-region-code"),
    ] {
        let ran = home.run(&["search", query]);
        assert!(ran.code == 0 && ran.err.contains(code), "{query}: {}", ran.err);
    }
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
        ran.out.contains("daemon    not running") && ran.out.contains("no daemon has run on this data yet"),
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
        needs.contains("bluesky failed in the last run: the address is wrong") && needs.contains("1 error"),
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
fn why_nothing_opened_is_said_in_words() {
    let home = Home::new();
    import(&home);
    let ran = home.run(&["explain", "--not", "the keys of the mini 9 are too close, I hate it"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    golden("explain_not", &ran.out);
    let other = home.run(&["explain", "--not", "my kettle is slow"]);
    assert!(other.out.starts_with("No product's rules match this text"), "{}", other.out);
    assert!(home.run(&["explain", "--not", "  "]).code == 2);
    // What an open alert is about opens no other.
    let home = Home::new();
    home.with_alert(hours_ago(3));
    let told = home.run(&["explain", "--not", "smoke from the battery of my mini 9, awful"]).out;
    assert!(told.starts_with("An alert about this is open already"), "{told}");
    assert!(!told.contains("would open one"), "{told}");
}
