//! What a letter offers to do: links where there is a public address, e-mails to the operators or commands where there is none.

use super::fixture::{self, opened, regressed, resolved, storm};
use super::tests::{sender, with_desk};
use super::*;
use crate::ground::reason::Reason;

/// The links of a kind in a part of a letter.
fn links(part: &str, path: &str) -> Vec<String> {
    let base = format!("https://groundswell.example.org/g/{path}/");
    let ends = |c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c));
    part.split(&base).skip(1).map(|rest| rest.split(ends).next().unwrap().to_owned()).collect()
}

#[test]
fn both_parts_have_the_four_links_and_the_way_off_the_list() {
    let made_at = "2025-03-17T09:21:00Z".parse().unwrap();
    let copy = |address: &str| letter_for(&opened(), &with_desk(), address, made_at);
    let sent = copy("ana@example.org");
    let (html, text) = (links(&sent.html, "act"), links(&sent.text, "act"));
    assert_eq!(html.len(), 4);
    assert_eq!(html, text);
    assert_eq!(links(&sent.html, "leave"), links(&sent.text, "leave"));
    let key = with_desk().desk.unwrap().key;
    let read: Vec<Link> = html.iter().map(|token| key.read(token, made_at).unwrap()).collect();
    let purposes: Vec<Purpose> = read.iter().map(|link| link.purpose).collect();
    assert_eq!(purposes, [Purpose::Acknowledge, Purpose::NotAnIssue, Purpose::Silence, Purpose::Fixed]);
    for link in &read {
        assert_eq!((link.alert.as_str(), link.address.as_str()), ("mini-9-7f3a", "ana@example.org"));
        assert_eq!(link.expires.to_string(), "2025-04-16T09:21:00Z");
    }
    let off = sent.reader.clone().unwrap();
    assert!(sent.text.contains(&off.unsubscribe) && off.address == "ana@example.org");
    // The same copy again is the same letter; another reader's is not.
    assert_eq!(sent, copy("ana@example.org"));
    assert_ne!(sent.html, copy("bo@example.org").html);
    assert_eq!(sent.message_id, copy("bo@example.org").message_id);
    assert!(!sent.text.contains("groundswell ack"), "links take the place of commands");
    assert!(sent.html.len() < 100_000);
}

#[test]
fn without_a_public_address_the_letter_names_the_commands() {
    let made_at = "2025-03-17T09:21:00Z".parse().unwrap();
    assert_eq!(letter_for(&opened(), &sender(), "ana@example.org", made_at), letter(&opened(), &sender()));
    assert!(letter(&opened(), &sender()).text.contains("groundswell ack mini-9-7f3a"));
}

#[test]
fn without_links_each_button_is_an_e_mail_to_those_who_run_the_service() {
    let asked = Sender { contact: Some("ops@example.org".into()), ..sender() };
    let sent = letter(&opened(), &asked);
    assert_eq!(sent.html.matches("href=\"mailto:ops@example.org?subject=").count(), 4);
    assert!(sent.html.contains("groundswell%20ack%20mini-9-7f3a"), "{}", sent.html);
    assert!(sent.text.contains("  ops@example.org\n") && sent.text.contains("groundswell fixed mini-9-7f3a"));
    // An address that could leave the link is none.
    let odd = Sender { contact: Some("ops@example.org?bcc=all@example.org".into()), ..sender() };
    assert!(!letter(&opened(), &odd).html.contains("mailto:"));
}

#[test]
fn each_complaint_of_a_storm_has_links_of_its_own() {
    let event = storm();
    let sent = letter_for(&event, &with_desk(), "ana@example.org", event.at);
    let (html, text) = (links(&sent.html, "act"), links(&sent.text, "act"));
    assert_eq!((html.len(), &html), (12, &text));
    // Figures first, then what can be done.
    let place = |of: &str| sent.html.find(of).expect(of);
    assert!(place("class=\"big ") < place("/act/") && place("cid:") < place("/act/"));
    let key = with_desk().desk.unwrap().key;
    let about: std::collections::BTreeSet<String> =
        html.iter().map(|token| key.read(token, event.at).unwrap().alert).collect();
    assert_eq!(about, event.beside.storm.iter().map(|one| one.alert.clone()).collect());
    assert!(sent.text.contains("Update never ends") && sent.html.contains("are about that complaint alone"));
}

#[test]
fn what_is_over_can_be_called_no_issue_and_what_is_none_can_be_one_after_all() {
    let made_at = "2025-03-17T09:21:00Z".parse().unwrap();
    let offered =
        |event: &AlertEvent| links(&letter_for(event, &with_desk(), "a@b.org", made_at).text, "act").len();
    assert_eq!(offered(&resolved()), 1);
    let no_issue = AlertEvent { reason: Reason::NotAnIssue, ..resolved() };
    let text = letter_for(&no_issue, &with_desk(), "a@b.org", made_at).text;
    assert_eq!(offered(&no_issue), 1);
    assert!(text.contains("It is an issue:"), "{text}");
    assert_eq!(offered(&regressed()), 4);
}

#[test]
fn a_safety_letter_that_nobody_of_the_team_gets_says_why_others_do() {
    let event = AlertEvent { deliver_to: Vec::new(), ..fixture::safety() };
    let sent = letter_for(&event, &with_desk(), "ops@example.org", event.at);
    assert!(sent.text.contains("Nobody is left"), "{}", sent.text);
    assert_eq!((sent.reader, links(&sent.text, "leave").len()), (None, 0));
}
