//! Letters in the store: in order in their thread, tried, refused, waiting, and each told once.

use super::tests::{NOW, event, post, told};
use super::*;
use crate::ground::alert::{Addressee, AlertEvent, Collected, Routing};
use crate::ground::time::{DAY_MS, from_ms, plus_ms};

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
    assert_eq!(store.retry_letters(late).unwrap(), Retried { parked: 1, waited: 0 });
    assert_eq!(store.retry_letters(late).unwrap(), Retried::default());
    assert_eq!(store.retry_letters(plus_ms(NOW, DAY_MS)).unwrap(), Retried { parked: 0, waited: 1 });
}

#[test]
fn teams_have_threads_of_their_own_and_a_letter_that_waited_is_one_of_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    let other = Addressee {
        language: Default::default(),
        zone: None,
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
        zone: None,
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

#[test]
fn a_thread_begins_with_the_first_letter_that_the_team_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::open(dir.path()).unwrap();
    // The opening waits and is told in a list; what comes later are letters.
    let opened = AlertEvent { held: true, ..event("a", 0, &post("1", "x")) };
    let (second, third) = (event("a", 1, &post("1", "x")), event("a", 2, &post("1", "x")));
    let events = vec![&opened, &second, &third];
    let letters = vec![told(&second, "m1"), told(&third, "m2")];
    store.commit(NOW, &Committed { position: 1, events, letters, ..Committed::default() }).unwrap();
    let due = store.due(NOW, 10).unwrap();
    assert_eq!((due.len(), due[0].message_id.as_str(), due[0].begun_by), (1, "m1", None));
    store.tried(&due[0], NOW, &Verdict::Sent { answer: "250 ok".into() }, &[]).unwrap();
    let due = store.due(NOW, 10).unwrap();
    assert_eq!((due[0].message_id.as_str(), due[0].begun_by), ("m2", Some(1)));
}
