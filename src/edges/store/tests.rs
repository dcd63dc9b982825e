use super::*;
use crate::ground::alert::{AlertEvent, Beside, EventKind, Quote, Severity, Sum};
use crate::ground::entry::Body;
use crate::ground::post::{Incoming, Post, PostKey, parse_line};
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, from_ms};

pub(super) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

pub(super) fn post(id: &str, text: &str) -> Post {
    let line =
        serde_json::json!({"id": id, "source": "s", "text": text, "created_at": "2025-01-06T00:00:00Z"});
    match parse_line(line.to_string().as_bytes(), None).unwrap() {
        Incoming::Post(post) => *post,
        Incoming::Delete(_) => unreachable!(),
    }
}

fn batch(posts: &[(&str, &str)], cursor: &str) -> ToAppend {
    ToAppend {
        source: "s".into(),
        posts: posts.iter().map(|(id, text)| NewPost { post: post(id, text), matched: true }).collect(),
        cursor: Some(cursor.into()),
        ..ToAppend::default()
    }
}

fn key(id: &str) -> PostKey {
    PostKey { source: "s".into(), id: id.into() }
}

pub(super) fn event(alert: &str, number: u32, quoted: &Post) -> AlertEvent {
    AlertEvent {
        kind: EventKind::Opened,
        at: NOW,
        alert: alert.into(),
        number,
        product: "p".into(),
        product_name: "P".into(),
        topic: None,
        cluster: "p.c1".into(),
        label: "return key".into(),
        severity: Severity::Normal,
        reason: Reason::MoreThanUsual,
        observed: 3,
        expected: 0.1,
        window_days: 3,
        authors: 3,
        echoes: 0,
        since: NOW,
        evidence: vec![quoted.key()],
        quotes: vec![Quote {
            key: quoted.key(),
            author_name: None,
            followers: None,
            text: quoted.text.clone(),
            url: None,
            at: NOW,
            lang: "en".into(),
            region: None,
        }],
        series: Vec::new(),
        sources: Default::default(),
        regions: Default::default(),
        languages: Default::default(),
        segments: std::collections::BTreeMap::new(),
        words: vec!["keys".into()],
        sentiment: 0.0,
        chance_years: None,
        sum: Sum::default(),
        origin: String::new(),
        team: "t".into(),
        language: Default::default(),
        zone: None,
        deliver_to: vec!["t@example.org".into()],
        held: false,
        routing: Default::default(),
        opened_at: NOW,
        peak: 3,
        total: 3,
        beside: Beside::default(),
    }
}

/// The letter about an event to its own team.
pub(super) fn told<'a>(event: &'a AlertEvent, message_id: &str) -> ToSend<'a> {
    let what = What::Event { alert: &event.alert, number: event.number, team: &event.team, with_event: true };
    ToSend { message_id: message_id.into(), to: &event.deliver_to, what }
}

#[test]
fn a_post_is_stored_once_and_an_edit_is_a_new_entry() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let first = store.append(NOW, &batch(&[("1", "a"), ("2", "b")], "c1")).unwrap();
    let again = store.append(NOW, &batch(&[("1", "a"), ("2", "changed")], "c2")).unwrap();
    assert_eq!((first.stored, again.stored, again.known), (2, 1, 1));
    assert_eq!(store.cursor("s").unwrap().as_deref(), Some("c2"));
    assert_eq!(store.read(0, 10).unwrap().len(), 3);
    assert_eq!(store.read(2, 10).unwrap().len(), 1);
}

#[test]
fn the_cursor_moves_only_with_what_it_covers() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.append(NOW, &batch(&[("1", "a")], "before")).unwrap();
    // The transaction is made to fail half-way: neither the post nor the cursor may be there.
    store
        .db
        .execute_batch(
            "CREATE TRIGGER fails BEFORE INSERT ON cursors BEGIN SELECT raise(ABORT, 'power'); END;",
        )
        .unwrap();
    assert!(store.append(NOW, &batch(&[("2", "b")], "after")).is_err());
    assert_eq!(store.cursor("s").unwrap().as_deref(), Some("before"));
    assert_eq!(store.last_position().unwrap(), 1);
    store.db.execute_batch("DROP TRIGGER fails").unwrap();
    assert_eq!(store.append(NOW, &batch(&[("2", "b")], "after")).unwrap().stored, 1);
}

#[test]
fn unmatched_posts_are_passed_over_but_not_edits_of_known_ones() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let new = |text: &str, matched| ToAppend {
        posts: vec![NewPost { post: post("1", text), matched }],
        ..ToAppend::default()
    };
    assert_eq!(store.append(NOW, &new("a", false)).unwrap().passed_over, 1);
    assert_eq!(store.append(NOW, &new("a", true)).unwrap().stored, 1);
    assert_eq!(store.append(NOW, &new("nothing of ours", false)).unwrap().stored, 1);
}

#[test]
fn a_deleted_post_leaves_no_text_in_the_folder_and_stays_away() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let secret = post("1", "zanzibar-return-key");
    store.append(NOW, &batch(&[("1", "zanzibar-return-key"), ("2", "other")], "c")).unwrap();
    let words = vec!["Zanzibar".to_owned(), "broken".to_owned()];
    let opened = AlertEvent { words: words.clone(), ..event("a", 0, &secret) };
    // Evidence that is not quoted has given words all the same.
    let unquoted =
        AlertEvent { words, quotes: Vec::new(), evidence: vec![key("1")], ..event("b", 0, &secret) };
    let events = vec![&opened, &unquoted];
    store.commit(NOW, &Committed { position: 2, events, ..Committed::default() }).unwrap();
    let deletion = ToAppend { deletes: vec![key("1"), key("never-seen")], ..ToAppend::default() };
    assert_eq!(store.append(NOW, &deletion).unwrap().deleted, 1);
    let gone =
        Committed { position: 3, snapshot: Some(vec![1]), gone: vec![key("1")], ..Committed::default() };
    store.commit(NOW, &gone).unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(8).any(|w| w.eq_ignore_ascii_case(b"zanzibar")));
    }
    for alert in ["a", "b"] {
        assert_eq!(store.events(Some(alert)).unwrap()[0].words, ["broken"]);
    }
    let quotes = &store.events(Some("a")).unwrap()[0].quotes;
    assert_eq!(quotes.len(), 0);
    // Neither comes back: the one we had, and the one whose deletion arrived first.
    let back = store.append(NOW, &batch(&[("1", "zanzibar-return-key"), ("never-seen", "x")], "c")).unwrap();
    assert_eq!((back.stored, back.passed_over), (0, 2));
}

#[test]
fn what_was_decided_is_written_once_with_its_position() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let opened = event("a", 0, &post("1", "x"));
    let what = Committed {
        position: 7,
        events: vec![&opened],
        letters: vec![told(&opened, "m1")],
        ..Committed::default()
    };
    store.commit(NOW, &what).unwrap();
    store.commit(NOW, &what).unwrap();
    assert_eq!((store.position().unwrap(), store.events(None).unwrap().len()), (7, 1));
    assert_eq!(store.outbox_counts().unwrap().waiting, 1);
}

#[test]
fn a_position_past_the_end_of_the_log_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.append(NOW, &batch(&[("1", "a")], "c")).unwrap();
    store.commit(NOW, &Committed { position: 1, ..Committed::default() }).unwrap();
    assert_eq!(store.decided().unwrap(), 1);
    store.commit(NOW, &Committed { position: 7, ..Committed::default() }).unwrap();
    assert!(store.decided().unwrap_err().to_string().contains("entry 7 of the log was read"));
}

/// A file of an older form, with one post, an event about it, and a letter that waits.
fn older(folder: &std::path::Path, form: usize) {
    let db = schema::of_form(&folder.join(FILE), form);
    let known = post("1", "keys that stick");
    let body = serde_json::to_string(&Body::Post { post: Box::new(known.clone()), history: false }).unwrap();
    let hash = known.content_hash().cast_signed();
    let event = serde_json::to_string(&event("a", 0, &known)).unwrap();
    db.execute("INSERT INTO log (at, kind, source, post, body) VALUES (5, 'post', 's', '1', ?)", [body])
        .unwrap();
    db.execute("INSERT INTO posts (source, id, seq, hash) VALUES ('s', '1', 1, ?)", [hash]).unwrap();
    db.execute("INSERT INTO events (alert, number, at, json) VALUES ('a', 0, 5, ?)", [event]).unwrap();
    db.execute_batch(
        "INSERT INTO cursors (source, cursor, at) VALUES ('s', 'c5', 5); UPDATE position SET seq = 1;
         INSERT INTO snapshots (seq, bytes) VALUES (1, x'00'); INSERT INTO notes VALUES ('n', '{}');
         INSERT INTO outbox (message_id, alert, number, recipients, state, made_at, next_at)
         VALUES ('m1', 'a', 0, '[\"t@example.org\"]', 'waiting', 5, 5);",
    )
    .unwrap();
    // From here on each row was written with its checksum.
    if form >= 6 {
        db.execute_batch(
            "UPDATE log SET sum = groundswell_sum(at, kind, source, post, body);
             UPDATE snapshots SET sum = groundswell_sum(seq, bytes);
             UPDATE events SET sum = groundswell_sum(alert, number, at, json);
             UPDATE outbox SET sum = groundswell_sum(message_id, alert, number, recipients, collected, team, readers);
             UPDATE cursors SET sum = groundswell_sum(source, cursor);",
        )
        .unwrap();
    }
}

#[test]
fn a_file_of_each_older_form_is_brought_to_todays_and_loses_nothing() {
    for form in 1..schema::FORM as usize {
        let dir = tempfile::tempdir().unwrap();
        older(dir.path(), form);
        let mut store = Store::open(dir.path()).unwrap();
        let entries = store.read(0, 10).unwrap();
        assert!(matches!(&entries[..], [e] if e.seq == 1 && e.at == from_ms(5)), "form {form}: {entries:?}");
        assert_eq!(store.due(from_ms(5), 10).unwrap()[0].message_id, "m1", "form {form}");
        assert_eq!(store.cursor("s").unwrap().as_deref(), Some("c5"), "form {form}");
        assert_eq!(store.events(None).unwrap().len(), 1, "form {form}");
        assert_eq!(store.snapshot().unwrap(), Some((1, vec![0])), "form {form}");
        assert_eq!(store.append(NOW, &batch(&[("1", "keys that stick")], "c6")).unwrap().known, 1);
        assert_eq!(store.append(NOW, &batch(&[("1", "edited"), ("2", "new")], "c7")).unwrap().stored, 2);
        drop(store);
        assert_eq!(Store::open(dir.path()).unwrap().read(0, 10).unwrap().len(), 3, "form {form}");
    }
}

#[test]
fn entries_come_back_as_they_were_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    store.append_entry(NOW, &Body::Tick).unwrap();
    let gap = ToAppend { source: "s".into(), gap: Some((NOW, from_ms(5))), ..ToAppend::default() };
    store.append(from_ms(9), &gap).unwrap();
    let bodies: Vec<Body> = store.read(0, 10).unwrap().into_iter().map(|e| e.body).collect();
    assert_eq!(bodies, [Body::Tick, Body::Gap { source: "s".into(), from: NOW, to: from_ms(5) }]);
}

#[test]
fn one_process_a_folder() {
    let dir = tempfile::tempdir().unwrap();
    let lock = DataLock::take(dir.path()).unwrap();
    let second = DataLock::take(dir.path()).unwrap_err().to_string();
    assert!(second.contains("another groundswell works on"), "{second}");
    drop(lock);
    DataLock::take(dir.path()).unwrap();
}

#[test]
fn a_folder_that_is_closed_to_us_is_not_told_as_empty() {
    let dir = tempfile::tempdir().unwrap();
    // What stands below a file cannot be looked for, whoever asks; of what is not ours the system says so, too.
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let said = Store::open_existing(&file).err().unwrap().to_string();
    assert!(said.contains("cannot be looked into by this user") && said.contains("that is a file"), "{said}");
    let said = DataLock::take(&file).err().unwrap().to_string();
    assert!(said.contains("that is a file") && !said.contains("give it to"), "{said}");
    let said = Store::open_existing(dir.path()).err().unwrap().to_string();
    assert!(said.contains("there is no groundswell data"), "{said}");
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Store::open_existing(dir.path()), Err(StoreError::Absent { .. })));
    std::fs::write(dir.path().join(FILE), vec![7u8; 8192]).unwrap();
    let damaged = Store::open(dir.path()).err().unwrap().to_string();
    assert!(damaged.contains("groundswell.db is damaged"), "{damaged}");
    let newer = tempfile::tempdir().unwrap();
    Store::open(newer.path()).unwrap().db.pragma_update(None, "user_version", 99).unwrap();
    let refused = Store::open(newer.path()).err().unwrap().to_string();
    assert!(refused.contains("form 99") && refused.contains("newer version"), "{refused}");
}

#[test]
fn a_store_that_nobody_writes_is_read_without_room_for_anything_beside_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("a ?#% folder");
    let mut store = Store::open(&data).unwrap();
    store.append_entry(from_ms(1), &Body::Tick).unwrap();
    // Entries that wait in the write-ahead log would not be seen.
    assert!(matches!(Store::open_frozen(data.join(FILE)), Err(StoreError::Full { .. })));
    drop(store);
    let frozen = Store::open_frozen(data.join(FILE)).unwrap();
    assert_eq!(frozen.last_position().unwrap(), 1);
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 1, "nothing was made beside it");
}

#[test]
fn an_author_who_was_forgotten_is_found_no_more_even_before_the_text_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let line =
        r#"{"id":"1","source":"s","author":"ana","text":"it broke","created_at":"2025-01-06T00:00:00Z"}"#;
    let Ok(Incoming::Post(post)) = parse_line(line.as_bytes(), None) else { panic!("no post") };
    let key = post.key();
    let posts = vec![NewPost { post: *post, matched: true }];
    store.append(from_ms(1), &ToAppend { posts, ..ToAppend::default() }).unwrap();
    assert_eq!(store.posts_of_author("ana", None).unwrap().len(), 1);
    // Its text leaves the log with the next decision that is written down.
    store.append(from_ms(2), &ToAppend { deletes: vec![key], ..ToAppend::default() }).unwrap();
    assert_eq!(store.posts_of_author("ana", None).unwrap(), []);
}

#[test]
fn to_take_a_text_away_does_not_mean_to_read_the_whole_log() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    for sql in [
        "SELECT body FROM log WHERE kind IN ('post', 'edit') AND source = 's' AND post = 'p' AND seq <= 9 AND seq <> 8 AND body IS NOT NULL",
        "UPDATE log SET body = NULL, sum = NULL WHERE kind IN ('post', 'edit') AND source = 's' AND post = 'p' AND seq <= 9 AND seq <> 8 AND body IS NOT NULL",
    ] {
        let plan: String =
            store.db.query_row(&format!("EXPLAIN QUERY PLAN {sql}"), [], |row| row.get("detail")).unwrap();
        assert!(plan.contains("log_of_post"), "{plan}");
    }
}

#[test]
fn what_is_deleted_in_a_history_that_is_lived_through_went_in_its_days() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let days = |n: i64| from_ms(n * crate::ground::time::DAY_MS);
    let of_day = |id: &str, n: i64| {
        let posts = vec![NewPost { post: Post { arrived_at: days(n), ..post(id, id) }, matched: true }];
        ToAppend { source: "s".into(), posts, replay: true, ..ToAppend::default() }
    };
    let today = days(20_000);
    store.append(today, &ToAppend { deletes: vec![key("1")], ..of_day("1", 10) }).unwrap();
    assert_eq!(store.last_time().unwrap(), Some(days(10)));
    store.append(today, &of_day("2", 11)).unwrap();
    assert_eq!(store.last_time().unwrap(), Some(days(11)), "what came then is no backlog");
}
