use super::*;
use crate::ground::alert::{
    Addressee, AlertEvent, Beside, Collected, EventKind, Quote, Routing, Severity, Sum,
};
use crate::ground::entry::Body;
use crate::ground::post::{Incoming, Post, PostKey, parse_line};
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, from_ms, plus_ms};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn post(id: &str, text: &str) -> Post {
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

fn event(alert: &str, number: u32, quoted: &Post) -> AlertEvent {
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
        words: vec!["keys".into()],
        sentiment: 0.0,
        chance_years: None,
        sum: Sum::default(),
        origin: String::new(),
        team: "t".into(),
        language: Default::default(),
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
fn told<'a>(event: &'a AlertEvent, message_id: &str) -> ToSend<'a> {
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
fn one_reader_whose_mailbox_is_full_holds_nothing_back_from_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let of = |number| {
        let team = vec!["full@example.org".to_owned(), "good@example.org".to_owned()];
        AlertEvent { deliver_to: team, ..event("a", number, &post("1", "x")) }
    };
    let (first, second) = (of(0), of(1));
    let events = vec![&first, &second];
    let letters = vec![told(&first, "m0"), told(&second, "m1")];
    store.commit(NOW, &Committed { position: 1, events, letters, ..Committed::default() }).unwrap();
    let due = |store: &Store| -> Vec<String> {
        store.due(NOW, 10).unwrap().into_iter().map(|i| i.message_id).collect()
    };
    assert_eq!(due(&store), ["m0"]);
    let partly = Verdict::Partly { left: vec!["full@example.org".into()], why: "452 full".into() };
    store.tried(&store.due(NOW, 10).unwrap()[0], NOW, &partly, &[]).unwrap();
    assert_eq!(due(&store), ["m1"]);
}

#[test]
fn an_address_that_is_refused_for_good_is_known_until_it_takes_a_letter() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let of = |number| {
        let team = vec!["gone@example.org".to_owned(), "good@example.org".to_owned()];
        AlertEvent { deliver_to: team, ..event("a", number, &post("1", "x")) }
    };
    let (first, second, third) = (of(0), of(1), of(2));
    let events = vec![&first, &second, &third];
    let letters = events.iter().map(|e| told(e, &format!("m{}", e.number))).collect();
    store.commit(NOW, &Committed { position: 1, events, letters, ..Committed::default() }).unwrap();
    let sent = Verdict::Sent { answer: "250 ok".into() };
    let refused = [("gone@example.org".to_owned(), "550 no such user".to_owned())];
    let due = |store: &Store| store.due(NOW, 10).unwrap().remove(0);
    store.tried(&due(&store), NOW, &sent, &refused).unwrap();
    let known = store.refused_addresses().unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].team.as_str(), known[0].address.as_str()), ("t", "gone@example.org"));
    assert_eq!(known[0].why, "550 no such user");
    // A letter that nobody got says nothing new.
    store.tried(&due(&store), NOW, &Verdict::Refused { why: "554 spam".into() }, &[]).unwrap();
    assert_eq!(store.refused_addresses().unwrap().len(), 1);
    // It was mended at the mail server: the next letter is taken for both.
    store.tried(&due(&store), NOW, &sent, &[]).unwrap();
    assert_eq!(store.refused_addresses().unwrap(), []);
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

#[test]
fn a_thread_stays_in_order_and_a_letter_is_tried_for_five_days() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let (first, second, other) =
        (event("a", 0, &post("1", "x")), event("a", 1, &post("1", "x")), event("b", 0, &post("1", "x")));
    let events = vec![&first, &second, &other];
    let letters = vec![told(&first, "m0"), told(&second, "m1"), told(&other, "m2")];
    store.commit(NOW, &Committed { position: 1, events, letters, ..Committed::default() }).unwrap();
    let ids = |items: Vec<OutboxItem>| items.into_iter().map(|i| i.message_id).collect::<Vec<_>>();
    let due = store.due(NOW, 10).unwrap();
    assert_eq!(ids(due.clone()), ["m0", "m2"]);
    let later = Verdict::Later { why: "451 queue full".into() };
    assert_eq!(store.tried(&due[0], NOW, &later, &[]).unwrap(), Some(from_ms(60_000)));
    assert_eq!(ids(store.due(NOW, 10).unwrap()), ["m2"]);
    let sent = Verdict::Sent { answer: "250 ok".into() };
    store.tried(&store.due(from_ms(60_000), 10).unwrap()[0], NOW, &sent, &[]).unwrap();
    assert_eq!(ids(store.due(from_ms(60_000), 10).unwrap()), ["m1", "m2"]);
    let late = plus_ms(NOW, 5 * DAY_MS);
    assert_eq!(store.tried(&store.due(late, 10).unwrap()[0], late, &later, &[]).unwrap(), None);
    let counts = store.outbox_counts().unwrap();
    assert_eq!((counts.waiting, counts.sent, counts.parked), (1, 1, 1));
    assert_eq!(store.retry_parked(late).unwrap(), 1);
}

#[test]
fn teams_have_threads_of_their_own_and_a_letter_that_waited_is_one_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let other = Addressee {
        language: Default::default(),
        team: "u".into(),
        deliver_to: vec!["u@example.org".into(), "v@example.org".into()],
        via: "rules/teams.toml:7".into(),
        wait: None,
    };
    let of = |number| {
        let routing = Routing { also: vec![other.clone()], ..Routing::default() };
        AlertEvent { routing, ..event("a", number, &post("1", "x")) }
    };
    let (first, second) = (of(0), of(1));
    let to_other = |event: &'static str, number, with_event| ToSend {
        message_id: format!("u{number}"),
        to: &other.deliver_to,
        what: What::Event { alert: event, number, team: "u", with_event },
    };
    let letters = vec![told(&first, "t0"), to_other("a", 0, true), told(&second, "t1")];
    store
        .commit(
            NOW,
            &Committed { position: 1, events: vec![&first, &second], letters, ..Committed::default() },
        )
        .unwrap();
    let ids = |store: &Store| -> Vec<String> {
        store.due(NOW, 10).unwrap().into_iter().map(|i| i.message_id).collect()
    };
    assert_eq!(ids(&store), ["t0", "u0"]);
    let due = store.due(NOW, 10).unwrap();
    let About::Event(event) = &due[1].about else { panic!("{due:?}") };
    assert_eq!(
        (event.team.as_str(), event.deliver_to.len(), event.routing.via.as_str()),
        ("u", 2, "rules/teams.toml:7")
    );
    // One team's server is down: the other's thread goes on. Of a team of two, one mailbox is full.
    let sent = Verdict::Sent { answer: "250 ok".into() };
    store.tried(&due[0], NOW, &sent, &[]).unwrap();
    assert_eq!(ids(&store), ["u0", "t1"]);
    let partly = Verdict::Partly { left: vec!["v@example.org".into()], why: "452 full".into() };
    store.tried(&due[1], NOW, &partly, &[]).unwrap();
    // What waited comes without its event, which is known; twice it is put in once. It is addressed to those who read now.
    let changed = ["w@example.org".to_owned()];
    for _ in 0..2 {
        let mut late = to_other("a", 1, false);
        late.to = &changed;
        let letters = vec![late];
        store.commit(NOW, &Committed { position: 2, letters, ..Committed::default() }).unwrap();
    }
    assert_eq!(ids(&store), ["t1", "u1"]);
    let due = store.due(NOW, 10).unwrap();
    let About::Event(event) = &due[1].about else { panic!("{due:?}") };
    assert_eq!((&event.deliver_to[..], &due[1].recipients[..]), (&changed[..], &changed[..]));
}

#[test]
fn a_collected_letter_waits_once_and_tells_what_is_known_when_it_goes() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let (first, second) = (event("a", 0, &post("1", "x")), event("b", 0, &post("1", "x")));
    let collected = Collected {
        at: NOW,
        team: "t".into(),
        language: Default::default(),
        deliver_to: vec!["ana@example.org".into(), "bo@example.org".into()],
        mails_a_day: 12,
        events: vec![("b".into(), 0), ("gone".into(), 0), ("a".into(), 0)],
        more: 3,
        why: None,
        digest: None,
    };
    let what = Committed {
        position: 1,
        events: vec![&first, &second],
        letters: vec![ToSend {
            message_id: "c1".into(),
            to: &collected.deliver_to,
            what: What::Collected(&collected),
        }],
        ..Committed::default()
    };
    store.commit(NOW, &what).unwrap();
    store.commit(NOW, &what).unwrap();
    let due = store.due(NOW, 10).unwrap();
    assert_eq!(due.len(), 1);
    let About::Collected(list, events) = &due[0].about else { panic!("{due:?}") };
    assert_eq!(
        (list, events.iter().map(|e| e.alert.as_str()).collect::<Vec<_>>()),
        (&collected, vec!["b", "a"])
    );
    // One copy is delivered, and the process dies: the other alone waits still.
    store.delivered(&due[0], &["bo@example.org".into()]).unwrap();
    let due = Store::open(dir.path()).unwrap().due(NOW, 10).unwrap();
    assert_eq!(
        (due[0].recipients.as_slice(), due[0].attempts),
        (["bo@example.org".to_owned()].as_slice(), 0)
    );
}

#[test]
fn what_is_addressed_to_nobody_can_go_to_others_instead() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let lonely = AlertEvent { deliver_to: Vec::new(), ..event("a", 0, &post("1", "x")) };
    let instead = vec!["operators@example.org".to_owned()];
    let letters = vec![ToSend { to: &instead, ..told(&lonely, "m1") }];
    store
        .commit(NOW, &Committed { position: 1, events: vec![&lonely], letters, ..Committed::default() })
        .unwrap();
    assert_eq!(store.due(NOW, 10).unwrap()[0].recipients, instead);
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
