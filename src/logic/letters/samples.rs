//! One of every kind of letter that there is, about a product that does not exist: to be looked at.

use askama::Template;

use super::{Sender, collected, fixture, letter, letter_for, notice};
use crate::ground::alert::{AlertEvent, Beside, Collected, Fixed, Reason, Related};
use crate::ground::letter::Letter;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// A letter to be looked at.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its name: letters and hyphens.
    pub name: &'static str,
    /// When such a letter is sent.
    pub when: &'static str,
    /// The letter.
    pub letter: Letter,
}

/// One of every kind.
pub fn samples(sender: &Sender) -> Vec<Sample> {
    let reader = "netbooks@example.org";
    let of = |name, when, event: &AlertEvent| Sample {
        name,
        when,
        letter: letter_for(event, sender, reader, event.at),
    };
    let fixed = |at: Timestamp, heard| {
        let version = "keyboard rev. C".to_owned();
        Some(Fixed { at: plus_ms(at, -9 * DAY_MS), version, heard, expected: 19.3 })
    };
    let mut holds = fixture::resolved();
    (holds.reason, holds.beside.fixed) = (Reason::FixHolds, fixed(holds.at, 0));
    let mut back = fixture::regressed();
    (back.reason, back.beside.fixed) = (Reason::BackAfterFix, fixed(back.at, 6));
    let mut storm = fixture::opened();
    storm.beside.storm = [("screen stays black", 5), ("update never ends", 31), ("keys too close", 9)]
        .map(|(label, people)| Related { alert: format!("mini-9-{people}"), label: label.into(), people })
        .into();
    let plain = Sender { desk: None, ..sender.clone() };
    let operators = ["operators@example.org".to_owned()];
    let elsewhere = AlertEvent { reason: Reason::NewPlace, number: 2, ..fixture::doubled() };
    let new_places = vec!["BR".to_owned(), "reddit".to_owned()];
    let elsewhere = AlertEvent { beside: Beside { new_places, ..Beside::default() }, ..elsewhere };
    let by_hand = AlertEvent { reason: Reason::ResolvedByHand, ..fixture::resolved() };
    let refused = "error: mini-9.toml:4:9: a bracket is opened and never closed\n  match = '(mini9 OR \"mini 9\"'\n          ^ here\n  write the closing bracket";
    let now = fixture::opened().at;
    let events = [fixture::opened(), fixture::doubled(), fixture::regressed(), fixture::hostile()];
    let list = Collected {
        at: now,
        team: "netbooks".into(),
        deliver_to: vec![reader.into()],
        mails_a_day: 12,
        events: events.iter().map(|event| (event.alert.clone(), event.number)).collect(),
        more: 9,
        why: None,
        digest: None,
    };
    let week =
        Collected { events: Vec::new(), more: 0, digest: Some(Box::new(fixture::week())), ..list.clone() };
    vec![
        of("opened", "A complaint begins to grow", &fixture::opened()),
        Sample {
            name: "opened-without-links",
            when: "The same, where the service has no public address",
            letter: letter(&fixture::opened(), &plain),
        },
        of("opened-safety", "A second person reports something dangerous", &fixture::safety()),
        of("updated-doubled", "Twice as many people say it", &fixture::doubled()),
        of("updated-new-place", "It has reached another place", &elsewhere),
        of("resolved", "It is back to usual", &fixture::resolved()),
        of("resolved-by-hand", "Somebody said that it is over", &by_hand),
        of("regressed", "It came back", &fixture::regressed()),
        Sample {
            name: "collected",
            when: "More happened in a day than the team wants mails",
            letter: collected(&list, &events, sender, Some(reader), list.at),
        },
        Sample {
            name: "digest",
            when: "The week, where the team asks for it (digest in teams.toml)",
            letter: collected(&week, &[], sender, Some(reader), week.at),
        },
        of("fix-holds", "What was called fixed stays away", &holds),
        of("back-after-fix", "What was called fixed is said again", &back),
        of("storm", "Several complaints about a product begin to grow within a day", &storm),
        of("hostile", "Strangers wrote to do harm: it has to look harmless", &fixture::hostile()),
        Sample {
            name: "rules-refused",
            when: "New rules have errors (to those who run the service)",
            letter: notice::rules_refused("/etc/groundswell/rules", refused, now, &operators, sender),
        },
        Sample {
            name: "mail-test",
            when: "`groundswell mail test` tries the mail server",
            letter: notice::trial("you@example.org", now, sender),
        },
    ]
}

/// The template `templates/samples.html`. Every value is escaped by it.
#[derive(Template)]
#[template(path = "samples.html")]
struct Samples<'a> {
    samples: &'a [Sample],
}

/// A page that lists the letters; each is beside it as `NAME.eml`, `NAME.html` and `NAME.txt`.
pub fn samples_page(samples: &[Sample]) -> String {
    // Rendering into memory cannot fail.
    Samples { samples }.render().unwrap_or_default()
}
