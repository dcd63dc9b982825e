//! One of every kind of letter that there is, about a product that does not exist: to be looked at.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Desk, DeskPage, Sender, Templates, collected, fixture, letter, letter_for, notice};
use crate::ground::alert::{AlertEvent, Collected, WaitReason};
use crate::ground::language::Language;
use crate::ground::letter::Letter;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, plus_ms};
use crate::logic::links::{Already, Key, Link, Purpose, Refused};

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

/// One of every kind, for a team that reads this language. Those to operators are in English.
pub fn samples(sender: &Sender, language: Language) -> Vec<Sample> {
    let reader = "netbooks@example.org";
    let of = |name, when, event: AlertEvent| {
        let event = AlertEvent { language, ..event };
        Sample { name, when, letter: letter_for(&event, sender, reader, event.at) }
    };
    let plain = Sender { desk: None, ..sender.clone() };
    let without_links = letter(&AlertEvent { language, ..fixture::opened() }, &plain);
    let nobody = Sender { contact: None, ..plain.clone() };
    let alone = letter(&AlertEvent { language, ..fixture::opened() }, &nobody);
    let operators = ["operators@example.org".to_owned()];
    let by_hand = |reason| {
        let mut event = AlertEvent { reason, ..fixture::resolved() };
        event.beside.by = "ana@example.org (team netbooks, by a link)".to_owned();
        event
    };
    let refused = "error: mini-9.toml:4:9: a bracket is opened and never closed\n  match = '(mini9 OR \"mini 9\"'\n          ^ here\n  write the closing bracket";
    let now = fixture::opened().at;
    let other = |alert: &str, label: &str, observed, said: &str| {
        let mut event = fixture::opened();
        (event.alert, event.label, event.observed) = (alert.into(), label.into(), observed);
        event.quotes.truncate(1);
        event.quotes.iter_mut().for_each(|quote| quote.text = said.into());
        event
    };
    let events = [
        fixture::opened(),
        other(
            "mini-9-20250317-18",
            "Screen stays black",
            5,
            "My Mini 9 wakes up with a black screen since this morning.",
        ),
        other(
            "mini-9-20250317-19",
            "Update never ends",
            31,
            "The update of the Mini 9 has been at 99 % for two hours.",
        ),
        AlertEvent {
            product: "watch".into(),
            product_name: "Aster Watch".into(),
            ..other(
                "watch-20250317-3",
                "Strap comes off",
                4,
                "The strap of my Aster Watch came off again, in the middle of the street.",
            )
        },
        AlertEvent {
            alert: "mini-9-20250301-2".into(),
            label: "Fan whines on battery".into(),
            quotes: other("", "", 0, "The fan of my Mini 9 whines as soon as I pull the plug.").quotes,
            ..fixture::resolved()
        },
        fixture::doubled(),
        AlertEvent { alert: "mini-9-20250317-20".into(), ..fixture::hostile() },
    ];
    let list = Collected {
        at: plus_ms(now, DAY_MS / 4),
        team: "netbooks".into(),
        language,
        zone: None,
        deliver_to: vec![reader.into()],
        mails_a_day: 12,
        events: events.iter().map(|event| (event.alert.clone(), event.number)).collect(),
        more: 9,
        why: None,
        digest: None,
    };
    let listed = Collected { why: Some(WaitReason::Listed), more: 0, ..list.clone() };
    let week = Collected {
        at: plus_ms(now, 7 * DAY_MS),
        events: Vec::new(),
        more: 0,
        digest: Some(Box::new(fixture::week())),
        ..list.clone()
    };
    vec![
        of("opened", "A complaint begins to grow", fixture::opened()),
        Sample {
            name: "opened-without-links",
            when: "The same, where the service has no public address",
            letter: without_links,
        },
        Sample {
            name: "opened-without-links-and-contact",
            when: "… and nobody's address is in [operators] either",
            letter: alone,
        },
        of("opened-safety", "A second person reports something dangerous", fixture::safety()),
        of("updated-doubled", "Twice as many people say it", fixture::doubled()),
        of("updated-new-place", "It has reached another place", fixture::elsewhere()),
        of("resolved", "It is back to usual", fixture::resolved()),
        of("resolved-by-hand", "Somebody said that it is over", by_hand(Reason::ResolvedByHand)),
        of("not-an-issue", "Somebody said that it is no issue", by_hand(Reason::NotAnIssue)),
        of("said-fixed", "Somebody said that it is fixed", by_hand(Reason::SaidFixed)),
        of("resolved-safety", "Nobody tells of a danger any more", fixture::quiet_safety()),
        of("merged", "It turned out to be what another alert is about", fixture::merged()),
        of("regressed", "It came back", fixture::regressed()),
        Sample {
            name: "collected",
            when: "More happened in a day than the team wants letters",
            letter: collected(&list, &events, sender, Some(reader), list.at),
        },
        Sample {
            name: "listed",
            when: "The alerts of a team that wants them as a list",
            letter: collected(&listed, &events, sender, Some(reader), listed.at),
        },
        Sample {
            name: "digest",
            when: "The week, where the team asks for it (digest in teams.toml)",
            letter: collected(&week, &[], sender, Some(reader), week.at),
        },
        of("fix-holds", "What was called fixed stays away", fixture::fix_holds()),
        of("back-after-fix", "What was called fixed is said again", fixture::back_after_fix()),
        of("storm", "Several complaints about a product begin to grow within a day", fixture::storm()),
        of("perhaps-the-same", "It may be what an open alert is about already", fixture::perhaps()),
        of("told-before", "The same complaint had an alert months ago", fixture::again()),
        of(
            "told-before-and-no-issue",
            "The same complaint had an alert that was called no issue",
            fixture::again_after_no_issue(),
        ),
        of("hostile", "Strangers wrote to do harm: it has to look harmless", fixture::hostile()),
        Sample {
            name: "operators-rules-refused",
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

/// A letter as the list names it.
#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    when: &'a str,
    subject: &'a str,
}

/// A page that lists the letters, each of which is beside it as `NAME.eml`, `NAME.html` and `NAME.txt`, and the pages behind
/// their links, which are `pages/NAME.html`.
pub fn samples_page(samples: &[Sample], pages: &[SamplePage]) -> String {
    #[derive(Serialize)]
    struct Page<'a> {
        samples: Vec<Listed<'a>>,
        pages: Vec<(&'a str, &'a str)>,
    }
    let listed =
        samples.iter().map(|s| Listed { name: s.name, when: s.when, subject: &s.letter.subject }).collect();
    let pages = pages.iter().map(|page| (page.name, page.when)).collect();
    Templates::default().render("samples.html", &Page { samples: listed, pages }).0
}

/// Fills the templates in with one of every kind of letter and page, in every language, and says what cannot be.
pub fn check_templates(templates: &Templates) -> Vec<String> {
    let mut wrong = BTreeSet::new();
    for language in Language::ALL {
        let desk = Key::new(b"the key of letters to be looked at")
            .map(|key| Desk { url: "https://groundswell.example.org".into(), key });
        let (domain, from_name) = ("example.org".to_owned(), "groundswell".to_owned());
        let contact = Some("operators@example.org".to_owned());
        let sender = Sender { domain, from_name, contact, desk, templates: templates.clone() };
        wrong.extend(samples(&sender, language).into_iter().filter_map(|sample| sample.letter.fallback));
        wrong.extend(sample_pages(language, templates).into_iter().filter_map(|sample| sample.page.fallback));
    }
    wrong.into_iter().collect()
}

/// A page behind a link, to be looked at.
#[derive(Clone, Debug)]
pub struct SamplePage {
    /// Its name: letters and hyphens.
    pub name: &'static str,
    /// When it is shown.
    pub when: &'static str,
    /// The page.
    pub page: DeskPage,
}

/// A page of every sort, for a reader of this language.
pub fn sample_pages(language: Language, templates: &Templates) -> Vec<SamplePage> {
    let (event, over) = (fixture::opened(), fixture::resolved());
    let link = |purpose: Purpose| Link {
        purpose,
        alert: event.alert.clone(),
        team: event.team.clone(),
        address: "netbooks@example.org".into(),
        language,
        expires: purpose.expires(event.at),
    };
    let (by, at) = ("ana@example.org".to_owned(), over.at);
    let sign = |_: &Link| "nowhere".to_owned();
    let ask = |purpose| DeskPage::ask(&link(purpose), Some(&event), templates);
    let done = |purpose| DeskPage::done(&link(purpose), Some(&event), sign, templates);
    let already =
        |purpose, already| DeskPage::already(&link(purpose), Some(&over), &already, sign, templates);
    let no_issue = Already::Over { at, reason: Reason::NotAnIssue, by: by.clone() };
    let quiet = Already::Over { at, reason: Reason::BackToUsual, by: String::new() };
    let of = |name, when, page| SamplePage { name, when, page };
    vec![
        of("ask-seen", "\"Seen it\" was followed", ask(Purpose::Acknowledge)),
        of("ask-not-an-issue", "\"Not an issue\" was followed", ask(Purpose::NotAnIssue)),
        of("ask-silence", "\"Silence 7 days\" was followed", ask(Purpose::Silence)),
        of("ask-fixed", "\"Fixed\" was followed", ask(Purpose::Fixed)),
        of("ask-leave", "The way off the list was followed", ask(Purpose::Leave)),
        of("ask-an-issue", "\"It is an issue\" was followed", ask(Purpose::AnIssue)),
        of("done-seen", "Seen", done(Purpose::Acknowledge)),
        of("done-not-an-issue", "Called no issue, which can be taken back", done(Purpose::NotAnIssue)),
        of("done-fixed", "Called fixed", done(Purpose::Fixed)),
        of("done-leave", "Off the list", done(Purpose::Leave)),
        of("already-over", "It was over already", already(Purpose::Fixed, quiet)),
        of("already-not-an-issue", "Somebody called it no issue before", already(Purpose::Fixed, no_issue)),
        of("already-seen", "Somebody has seen it", already(Purpose::Acknowledge, Already::Seen { by, at })),
        of(
            "expired",
            "The link is too old",
            DeskPage::refused(&Refused::Expired(link(Purpose::Fixed)), templates),
        ),
        of("forged", "The link was cut off or changed", DeskPage::refused(&Refused::Forged, templates)),
        of("later", "It cannot be done just now", DeskPage::later(templates)),
    ]
}
