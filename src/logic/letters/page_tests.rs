//! Pages: those behind a letter's links, and that of a backtest.

use insta::assert_snapshot;

use super::fixture::{doubled, hostile, opened, resolved};
use super::tests::with_desk;
use super::*;
use crate::ground::reason::Reason;

#[test]
fn every_page_behind_a_link_says_what_to_do_and_runs_nothing() {
    use crate::logic::links::{Already, Refused};
    let (mut pages, built_in) = (Vec::new(), Templates::default());
    for purpose in Purpose::ALL {
        let link = Link {
            purpose,
            alert: "mini-9-7f3a".into(),
            team: "netbooks".into(),
            address: "<b>ana@example.org".into(),
            language: Language::English,
            expires: "2025-04-16T09:21:00Z".parse().unwrap(),
        };
        let event = hostile();
        let at = event.at;
        pages.push(DeskPage::ask(&link, Some(&event), &built_in));
        pages.push(DeskPage::done(&link, Some(&event), |_| "token".to_owned(), &built_in));
        for already in [
            Already::Unknown,
            Already::Seen { by: "<i>bo".into(), at },
            Already::Over { at, reason: Reason::BackToUsual, by: String::new() },
            Already::Silent { by: "bo".into(), until: at },
            Already::Left { at },
            Already::Undone,
        ] {
            pages.push(DeskPage::already(&link, Some(&event), &already, |_| "token".to_owned(), &built_in));
        }
        pages.push(DeskPage::refused(&Refused::Expired(link), &built_in));
    }
    pages.extend([
        DeskPage::refused(&Refused::Forged, &built_in),
        DeskPage::later(&built_in),
        DeskPage::nowhere(&built_in),
    ]);
    for page in &pages {
        let html = page.html.to_lowercase();
        for active in ["<script", "<img", "<iframe", "<i>", "<b>", "style=", "http:", "https:", "\u{202e}"] {
            assert!(!html.contains(active), "{active} is in {html}");
        }
        assert_eq!(html.matches("<h1>").count(), 1);
    }
    // Eight ask, three that are done can be taken back, and for each two that were done before.
    assert_eq!(
        pages.iter().filter(|page| page.html.contains("<form method=\"post\"")).count(),
        8 + 3 + 8 * 2
    );
    let said = |page: &DeskPage| {
        let body = page.html.split("<main>").nth(1).unwrap();
        let text = html2text::config::plain().string_from_read(body.as_bytes(), 90).unwrap();
        format!("{} {}", page.status, text.trim())
    };
    // The kinds of one link, and those that are about no link.
    let some: Vec<String> = pages.iter().take(9).chain(pages.iter().rev().take(3)).map(said).collect();
    assert_snapshot!(some.join("\n\n----\n"));
}

#[test]
fn a_page_about_what_is_over_says_so_and_a_mistake_can_be_taken_back() {
    let link = |purpose| Link {
        purpose,
        alert: "mini-9-7f3a".into(),
        team: "netbooks".into(),
        address: "ana@example.org".into(),
        language: Language::English,
        expires: "2025-04-16T09:21:00Z".parse().unwrap(),
    };
    let built_in = Templates::default();
    for purpose in [Purpose::Silence, Purpose::NotAnIssue] {
        let asked = |event: &AlertEvent| DeskPage::ask(&link(purpose), Some(event), &built_in).html;
        assert!(asked(&resolved()).contains("is over already"), "{purpose:?}");
        assert!(
            !asked(&resolved()).contains("goes on as before") && !asked(&opened()).contains("over already")
        );
    }
    let key = with_desk().desk.unwrap().key;
    let done = |purpose| DeskPage::done(&link(purpose), Some(&opened()), |l| key.sign(l), &built_in).html;
    let token = done(Purpose::Silence).split("../act/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let read = key.read(&token, opened().at).unwrap();
    assert_eq!((read.purpose, read.alert.as_str()), (Purpose::Unsilence, "mini-9-7f3a"));
    for purpose in [Purpose::Acknowledge, Purpose::Fixed, Purpose::Unsilence] {
        assert!(!done(purpose).contains("../act/"), "{purpose:?}");
    }
    assert!(done(Purpose::Fixed).contains("Pressed by mistake? Nothing is lost"));
}

#[test]
fn a_page_tells_each_alert_once_in_order_of_opening() {
    let mut early = opened();
    early.alert = "zzz".into();
    early.label = "Hinge creaks".into();
    early.at = "2025-01-02T00:00:00Z".parse().unwrap();
    let html = page(
        "Three months of Aster",
        &["Nobody <b>else</b> had noticed.".into()],
        &[doubled(), opened(), resolved(), early],
    );
    assert_eq!(html.matches("<article>").count(), 2);
    assert_eq!(html.matches("<svg").count(), 2);
    let (hinge, keys) = (
        html.find("Hinge creaks</h2>").unwrap(),
        html.find("Apostrophe and return keys too close together</h2>").unwrap(),
    );
    assert!(hinge < keys);
    assert!(html.contains("Nobody &#60;b&#62;else"));
    assert!(html.contains(&format!("over: {} people in all.", resolved().total)));
    assert!(!html.contains("src=") && !html.contains("<script"));
    assert!(page("Quiet", &[], &[]).contains("No alert opened."));
}

#[test]
fn a_page_of_hostile_text_does_nothing() {
    let html = page("<script>", &[], &[hostile()]).to_lowercase();
    for active in ["<script", "<iframe", "<img", "javascript:\"", "href=\"javascript", "\u{202e}"] {
        assert!(!html.contains(active), "{active} got through");
    }
}
