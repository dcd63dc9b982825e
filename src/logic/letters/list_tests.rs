//! Lists: what was held back, and the digest.

use insta::assert_snapshot;

use super::fixture::{doubled, elsewhere, hostile, opened, resolved};
use super::tests::{sender, with_desk, words_of};
use super::*;
use crate::ground::alert::{Collected, Severity};

#[test]
fn a_collected_letter_lists_what_was_held_back() {
    let all = samples(&with_desk(), Language::English);
    let sent = &all.iter().find(|s| s.name == "collected").unwrap().letter;
    let text = sent.text.split("--\n").next().unwrap();
    let shown: Vec<&str> = text.lines().filter(|line| !line.contains("https://")).collect();
    assert_snapshot!(format!("{}\n\n{}", sent.subject, shown.join("\n")));
    let html = words_of(&sent.html.replace("&#34;", "\"").replace("&#39;", "'"));
    let lines = sent.text.lines().filter(|line| line.starts_with("* ") && !line.contains('<'));
    for line in lines {
        assert!(html.contains(&words_of(line.trim_start_matches("* "))), "not in the HTML: {line}");
    }
    assert!(!sent.html.contains("<script") && sent.reader.is_some());
}

#[test]
fn a_list_tells_each_alert_once_as_it_stands_and_counts_what_it_lists() {
    let list = |events: &[AlertEvent], sender: &Sender, address| {
        let list = Collected {
            at: opened().at,
            team: "netbooks".into(),
            language: Language::English,
            zone: None,
            deliver_to: vec!["ana@example.org".into()],
            mails_a_day: 12,
            events: events.iter().map(|e| (e.alert.clone(), e.number)).collect(),
            more: 300,
            why: None,
            digest: None,
        };
        collected(&list, events, sender, address, list.at)
    };
    let named = |alert: &str, event: AlertEvent| AlertEvent { alert: alert.into(), ..event };
    let address = Some("ana@example.org");
    // Opened and updated: one alert, told as its letter would be.
    let one = list(&[opened(), doubled()], &with_desk(), address);
    assert_eq!(one.subject, letter(&doubled(), &sender()).subject);
    assert_eq!(one.text.matches("* \"").count(), 1);
    let watch = AlertEvent { product: "watch".into(), product_name: "Watch".into(), ..opened() };
    let danger = AlertEvent { severity: Severity::Safety, observed: 2, ..watch.clone() };
    let events = [named("a", resolved()), named("b", opened()), named("c", danger), named("d", elsewhere())];
    let sent = list(&events, &with_desk(), address);
    assert_eq!(sent.subject, "Watch (1) and Aster Mini 9 (3): 4 alerts in one e-mail");
    let order: Vec<&str> =
        sent.text.lines().filter(|l| l.starts_with("  ") && l.contains(" people")).collect();
    let people: Vec<&str> = order.iter().map(|l| l.trim()).collect();
    assert_eq!(
        people,
        [
            "2 people in 3 days, usually 1",
            "Now also in Germany and on mastodon, 27 people",
            "9 people in 3 days, usually 1",
            "Over, 74 people in 6 weeks"
        ]
    );
    assert!(!sent.text.contains("300") && sent.text.contains("More happened than this list has room for"));
    assert_eq!(sent.html.matches("/act/").count(), 4 + 4 + 4 + 1);
    assert!(!sent.text.contains("groundswell explain"));
    // Without links each button is an e-mail, and without anybody to write to there is the command.
    let contact = Sender { contact: Some("ops@example.org".into()), ..sender() };
    assert_eq!(list(&events, &contact, None).html.matches("href=\"mailto:ops@example.org").count(), 13);
    assert_eq!(list(&events, &sender(), None).text.matches("groundswell explain").count(), 4);
    let many: Vec<AlertEvent> = (0..100).map(|n| named(&format!("mini-9-{n}"), hostile())).collect();
    let sent = list(&many, &with_desk(), address);
    assert!(sent.html.len() < 100_000, "Gmail clips longer letters: {}", sent.html.len());
    assert!(sent.text.contains("no room"), "{}", sent.text.len());
}

#[test]
fn the_digest_tells_the_week() {
    let all = samples(&with_desk(), Language::English);
    let sent = &all.iter().find(|s| s.name == "digest").unwrap().letter;
    assert_snapshot!(format!("{}\n\n{}", sent.subject, sent.text.split("--\n").next().unwrap()));
    let html = words_of(&sent.html.replace("&#34;", "\"").replace("&#39;", "'"));
    for line in sent.text.lines().filter(|line| line.starts_with("* ")) {
        assert!(html.contains(&words_of(line.trim_start_matches("* "))), "not in the HTML: {line}");
    }
}

/// The digest of a day, or of a week, as text, with its subject.
fn digest_of(days: u32, feeling: [Option<(f64, f64)>; 3]) -> String {
    let mut digest = fixture::week();
    digest.days = days;
    digest.products[0].feeling =
        feeling.map(|felt| felt.map(|(mean, error)| crate::ground::digest::Feeling { mean, error }));
    let at = "2025-03-04T08:00:00Z".parse().unwrap();
    let list = Collected {
        at,
        team: "netbooks".into(),
        language: Language::English,
        zone: None,
        deliver_to: Vec::new(),
        mails_a_day: 12,
        events: Vec::new(),
        more: 0,
        why: None,
        digest: Some(Box::new(digest)),
    };
    let sent = collected(&list, &[], &sender(), None, at);
    format!("{}\n{}", sent.subject, words_of(&sent.text))
}

#[test]
fn a_mood_with_a_wide_margin_is_too_few_to_tell() {
    let few = digest_of(7, [Some((-0.4, 0.2)), Some((0.1, 0.01)), None]);
    assert!(few.contains("Mood of the posts: too few posts to tell.") && !few.contains("worse"), "{few}");
    let before = digest_of(7, [Some((-0.4, 0.01)), Some((0.1, 0.2)), Some((0.1, 0.01))]);
    assert!(
        before.contains("worse than the quarter before") && !before.contains("week before ("),
        "{before}"
    );
}

#[test]
fn the_digest_of_a_day_says_which() {
    let day = digest_of(1, [None, None, None]);
    assert!(day.starts_with("Day of 3 March 2025: "), "{day}");
    assert!(day.contains("The figures are those of 3 March 2025 (UTC)"), "{day}");
}
