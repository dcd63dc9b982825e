//! The letters as their readers get them.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::fixture::{
    again, back_after_fix, doubled, elsewhere, fix_holds, hostile, opened, perhaps, regressed, resolved,
    storm,
};
use super::*;
use crate::ground::alert::{EventKind, Severity};
use crate::ground::reason::Reason;

fn english() -> &'static Tongue {
    Tongue::of(Language::English)
}

pub(super) fn sender() -> Sender {
    Sender { domain: "example.org".into(), from_name: "groundswell at Aster".into(), ..Sender::default() }
}

#[test]
fn what_came_back_does_not_say_that_its_first_letter_was_the_one_about_its_return() {
    let first = doubled();
    let mut back = doubled();
    back.total = first.observed + 4;
    back.beside.back = true;
    let said = |event| letter(event, &sender()).text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (first, back) = (said(&first), said(&back));
    assert!(first.contains("Our first e-mail") && !first.contains("it is back on"));
    assert!(back.contains("We wrote that it is back") && !back.contains("Our first e-mail"), "{back}");
}

#[test]
fn where_no_post_is_left_to_tell_by_nothing_is_said_of_the_tone() {
    let mut over = resolved();
    let said = |event: &AlertEvent| letter(event, &sender()).text.contains("Tone:");
    over.evidence.clear();
    assert!(!said(&over) && said(&opened()));
}

#[test]
fn subjects_stand_alone() {
    let mut safety = opened();
    safety.severity = Severity::Safety;
    let mut once = opened();
    (once.observed, once.window_days, once.expected) = (1, 1, 0.0);
    let subjects: Vec<String> =
        [opened(), doubled(), elsewhere(), storm(), resolved(), regressed(), safety, once, hostile()]
            .iter()
            .map(|event| letter(event, &sender()).subject)
            .collect();
    assert_snapshot!(subjects.join("\n"));
}

#[test]
fn a_subject_begins_with_product_and_complaint_and_fits_a_lock_screen() {
    for language in Language::ALL {
        for event in [opened(), doubled(), elsewhere(), resolved(), regressed(), back_after_fix()] {
            let subject = letter(&AlertEvent { language, ..event }, &sender()).subject;
            let at = |part: &str| {
                let (before, _) =
                    subject.split_once(part).unwrap_or_else(|| panic!("no {part} in {subject}"));
                before.chars().count()
            };
            assert!(at("Aster Mini 9") == 0 && at("Apostrophe and return keys") < 20, "{subject}");
            assert!(subject.chars().count() <= 130, "{} is too long: {subject}", subject.chars().count());
        }
    }
}

#[test]
fn times_are_those_of_the_clocks_of_the_team() {
    let text = |zone: &str| {
        let zone = Some(zone.to_owned()).filter(|zone| !zone.is_empty());
        letter(&AlertEvent { zone, ..opened() }, &sender()).text
    };
    let first_byline = |text: &str| {
        let line = text.lines().find(|line| line.contains(" on ") && line.contains(" · ")).unwrap();
        line.split(" · ").nth(1).unwrap().to_owned()
    };
    let (utc, berlin, paulo) = (text(""), text("Europe/Berlin"), text("America/Sao_Paulo"));
    assert_eq!(first_byline(&utc), "17 March, 08:02 UTC");
    assert_eq!(first_byline(&berlin), "17 March, 09:02 CET");
    assert_eq!(first_byline(&paulo), "17 March, 05:02 UTC−3");
    assert!(berlin.contains("midnight UTC") && !utc.contains("midnight"), "{berlin}");
}

#[test]
fn what_is_known_of_some_shows_their_number_and_parts_of_a_country_are_of_it() {
    let mut event = opened();
    event.segments = BTreeMap::from([("Mini 9 Pro".to_owned(), 6)]);
    event.regions = BTreeMap::from([("BR".to_owned(), 2), ("BR-SP".to_owned(), 1), ("PT".to_owned(), 1)]);
    let text = letter(&event, &sender()).text;
    assert!(text.contains("Which one: Mini 9 Pro 6 (not known of 3)"), "{text}");
    assert!(text.contains("Regions: Brazil 3 and Portugal 1 (not known of 5)"), "{text}");
}

#[test]
fn the_opening_as_text() {
    assert_snapshot!(letter(&opened(), &sender()).text);
}

#[test]
fn twice_as_many_as_text() {
    assert_snapshot!(letter(&doubled(), &sender()).text);
}

#[test]
fn what_stands_beside_the_figures_as_text() {
    let mut said = resolved();
    said.reason = Reason::SaidFixed;
    let texts: Vec<String> = [storm(), perhaps(), again(), said, fix_holds(), back_after_fix()]
        .iter()
        .map(|event| {
            let letter = letter(event, &sender());
            let (top, _) = letter.text.split_once("\nPEOPLE A DAY").unwrap_or((&letter.text, ""));
            format!("{}\n\n{top}", letter.subject)
        })
        .collect();
    assert_snapshot!(texts.join("\n=====\n"));
}

#[test]
fn danger_that_nobody_mended_is_never_said_to_be_over() {
    let quiet = AlertEvent { severity: Severity::Safety, reason: Reason::BackToUsual, ..resolved() };
    let sent = letter(&quiet, &sender());
    assert!(sent.text.contains("That does not mean that the danger is gone"), "{}", sent.text);
    assert!(sent.subject.contains("quiet for now") && !sent.html.contains("It is over"), "{}", sent.subject);
    let fixed = AlertEvent { reason: Reason::SaidFixed, ..quiet };
    assert!(!letter(&fixed, &sender()).text.contains("danger is gone"));
}

#[test]
fn the_end_as_text() {
    assert_snapshot!(letter(&resolved(), &sender()).text);
}

#[test]
fn the_return_as_text() {
    assert_snapshot!(letter(&regressed(), &sender()).text);
}

#[test]
fn all_letters_of_an_alert_are_one_thread() {
    let (first, second) = (letter(&opened(), &sender()), letter(&doubled(), &sender()));
    assert_eq!(first.message_id, "mini-9-7f3a.0.netbooks@example.org");
    assert_eq!(first.in_reply_to, None);
    assert_eq!(second.message_id, "mini-9-7f3a.1.netbooks@example.org");
    assert_eq!(second.in_reply_to.as_deref(), Some(first.message_id.as_str()));
    assert_eq!(first.list_id, "mini-9.groundswell.example.org");
    assert_eq!(first, letter(&opened(), &sender()), "the same event is the same letter");
}

#[test]
fn a_letter_that_waited_is_of_its_day_and_answers_what_its_readers_got() {
    let now = "2025-03-24T08:00:00Z".parse().unwrap();
    let headers = |event: &AlertEvent, begun_by| {
        let mut sent = letter(event, &sender());
        in_its_thread(&mut sent, event, begun_by, now, &sender());
        (sent.in_reply_to, sent.date)
    };
    // Its opening was told in a list: there is nothing to answer.
    let held = AlertEvent { held: true, ..doubled() };
    assert_eq!(headers(&held, None), (None, now));
    let first = letter(&opened(), &sender()).message_id;
    assert_eq!(headers(&elsewhere(), Some(0)), (Some(first), elsewhere().at));
    let second = letter(&doubled(), &sender()).message_id;
    assert_eq!(headers(&elsewhere(), Some(1)), (Some(second), elsewhere().at));
}

#[test]
fn ids_hold_no_character_that_ends_them() {
    let mut event = opened();
    event.alert = "a>\r\nBcc: x@y".into();
    event.team = "équipe <netbooks>".into();
    let sent = letter(&event, &Sender { domain: "ex ample.org>\r\nX: y".into(), ..sender() });
    for id in [&sent.message_id, &sent.list_id, &sent.alert] {
        assert!(id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.@".contains(c)), "{id}");
    }
    let mut other = event.clone();
    other.team = "equipe <netbooks>".into();
    assert_ne!(letter(&other, &sender()).message_id, letter(&event, &sender()).message_id);
}

pub(super) fn with_desk() -> Sender {
    let key = Key::new(&[7; 32]).unwrap();
    Sender { desk: Some(Desk { url: "https://groundswell.example.org/g".into(), key }), ..sender() }
}

#[test]
fn every_sample_agrees_with_itself() {
    use crate::ground::time::day_of;
    let all = [
        opened(),
        doubled(),
        elsewhere(),
        resolved(),
        regressed(),
        fix_holds(),
        back_after_fix(),
        fixture::safety(),
    ];
    for event in all {
        let over = event.kind == EventKind::Resolved;
        let told = if over { event.total } else { event.observed };
        let sum = |counts: &BTreeMap<String, u32>| counts.values().sum::<u32>();
        let what = format!("{:?} {:?}", event.kind, event.reason);
        assert_eq!((sum(&event.sources), sum(&event.languages)), (told, told), "{what}");
        assert!(sum(&event.regions) <= told && event.peak <= event.total && told <= event.total, "{what}");
        for quote in &event.quotes {
            assert!(event.sources.contains_key(&quote.key.source), "{what}: {:?}", quote.key);
            assert!(event.languages.contains_key(&quote.lang), "{what}: {}", quote.lang);
            assert!(event.regions.contains_key(quote.region.as_ref().unwrap()), "{what}");
        }
        let now = event.series.iter().filter(|day| day.day >= day_of(event.since));
        assert!(over || now.map(|day| day.people).sum::<u32>() == told, "{what}: the chart");
    }
}

#[test]
fn the_end_of_a_sample_names_every_place_that_the_letters_before_told_of() {
    for end in [resolved(), fix_holds()] {
        for before in [opened(), doubled(), elsewhere()] {
            let counts = |e: &AlertEvent| [e.sources.clone(), e.regions.clone(), e.languages.clone()];
            for (before, end) in counts(&before).iter().zip(&counts(&end)) {
                assert!(before.iter().all(|(place, n)| end.get(place) >= Some(n)), "{before:?} {end:?}");
            }
        }
    }
    let sum: u32 = back_after_fix().regions.values().sum();
    assert_eq!(sum, back_after_fix().observed);
}

#[test]
fn text_and_html_say_the_same() {
    for event in [opened(), doubled(), resolved(), regressed()] {
        let sent = letter(&event, &sender());
        let html = words_of(&sent.html.replace("&#39;", "'").replace("&#34;", "\"").replace("&amp;", "&"));
        let story = story::story(&event, english());
        let text = words_of(&sent.text);
        let mut said = vec![
            story.sentence,
            story.heard,
            story.usual,
            story.next,
            story.why,
            story.less,
            story.chart_alt,
        ];
        said.extend(story.commands.into_iter().map(|(_, command)| command));
        said.extend(story.chart_sum);
        said.extend(story.compared);
        said.extend(story.facts.into_iter().map(|(_, value)| value));
        said.extend(story.quotes.into_iter().flat_map(|q| [q.text, q.byline]));
        for sentence in said {
            let sentence = words_of(&sentence);
            assert!(html.contains(&sentence), "not in the HTML: {sentence}");
            assert!(text.contains(&sentence), "not in the text: {sentence}\n{text}");
        }
        assert!(sent.html.len() < 100_000, "Gmail clips longer letters: {}", sent.html.len());
        assert!(
            sent.text.lines().all(|l| l.chars().count() <= 76 || l.contains("https://")),
            "{}",
            sent.text
        );
    }
}

/// The words alone: how lines are broken and marked does not matter.
pub(super) fn words_of(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != ">").collect::<Vec<_>>().join(" ")
}

#[test]
fn hostile_text_is_shown_and_does_nothing() {
    let sent = letter(&hostile(), &sender());
    let html = sent.html.to_lowercase();
    for active in [
        "<script",
        "<iframe",
        "<img src=x",
        "<a href=javascript",
        "href=\"javascript",
        "href=\"data:",
        "@evil.example",
        "<i>",
        "<u>",
        "onload=\"",
        "onclick=\"",
    ] {
        assert!(!html.contains(active), "{active} got through");
    }
    for part in [&sent.html, &sent.text, &sent.subject] {
        assert!(
            !part.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\r']),
            "an invisible character got through"
        );
        assert!(!part.lines().any(|line| line.starts_with("Bcc")));
    }
    assert!(html.contains("xn--pple-43d.example"), "the look-alike host is spelled out");
    assert!(sent.html.len() < 100_000 && sent.text.len() < 20_000);
    assert!(!sent.subject.contains('\n'));
    // Only our own heading stands at the start of a line.
    assert_eq!(sent.text.lines().filter(|line| *line == "WHAT TO DO").count(), 1);
}

#[test]
fn a_letter_with_nothing_to_quote_still_reads_well() {
    let mut event = opened();
    event.quotes.clear();
    event.series.clear();
    event.words.clear();
    (event.sources, event.regions, event.languages) = Default::default();
    event.chance_years = None;
    event.sum.budget = f64::NAN;
    let sent = letter(&event, &sender());
    assert!(!sent.text.contains("IN THEIR OWN WORDS") && !sent.html.contains("own words"));
    assert!(!sent.text.contains("Regions") && !sent.text.contains("NaN") && !sent.text.contains("inf"));
    assert!(sent.text.contains("No days to show yet."));
}

#[test]
fn the_chart_goes_with_the_letter_and_nothing_is_fetched() {
    let sent = letter(&opened(), &sender());
    assert!(sent.html.contains("src=\"cid:chart\""));
    assert_eq!(sent.html.matches("src=").count(), 1);
    assert!(sent.pictures.iter().all(|p| p.cid == "chart" && p.png.starts_with(b"\x89PNG")));
}

struct Parts {
    subject: String,
    text: String,
    html: String,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_said_the_letter_keeps_its_form(
        said in "\\PC{0,200}|[<>&\"'\r\n\u{202e}a-z:/ ]{0,200}",
        observed in any::<u32>(),
        expected in any::<f64>(),
        sentiment in any::<f64>(),
        window_days in any::<u32>(),
    ) {
        let mut event = opened();
        event.label = said.clone();
        event.product_name = said.clone();
        event.team = said.clone();
        event.origin = said.clone();
        event.alert = said.clone();
        event.regions = BTreeMap::from([(said.clone(), observed)]);
        (event.observed, event.expected, event.sentiment, event.window_days) = (observed, expected, sentiment, window_days);
        for quote in &mut event.quotes {
            quote.text = said.clone();
            quote.url = Some(format!("https://{said}"));
            quote.author_name = Some(said.clone());
        }
        for kind in [EventKind::Opened, EventKind::Resolved] {
            event.kind = kind;
            // Without the chart, whose painting takes most of the time.
            let story = story::story(&event, english());
            let sheet = Sheet { language: "en", story: &story, from_name: "x", chart: CHART };
            let html = Templates::default().render("alert.html", &sheet).0;
            let sent = Parts { subject: story.subject.clone(), text: text::text(&story, "x", english()), html };
            prop_assert!(!sent.subject.chars().any(char::is_control));
            let turned = [&sent.html, &sent.text].iter().any(|part| part.contains('\u{202e}'));
            prop_assert!(!turned, "a direction mark got through");
            prop_assert_eq!(sent.html.matches("<h1").count(), 1);
            prop_assert_eq!(sent.html.matches("<img").count(), 1);
        }
    }
}

#[test]
fn a_young_installation_invents_no_usual() {
    let mut event = opened();
    (event.sum.level_shape, event.expected) = (0.3, 1.4);
    event.series.drain(..event.series.len() - 7);
    let sent = letter(&event, &sender());
    for part in [&sent.subject, &sent.text, &sent.html] {
        assert!(!part.contains("1 or 2") && !part.contains("would be usual"), "{part}");
    }
    assert!(sent.text.contains("not known yet") && !sent.subject.contains("usually"), "{}", sent.subject);
    // That nobody said it can be known without anybody having said it.
    event.expected = 0.02;
    assert!(letter(&event, &sender()).subject.contains("usually none"));
}

#[test]
fn letters_to_teams_name_no_folder_of_the_machine() {
    let mut event = opened();
    event.origin = "/etc/groundswell/rules/mini-9.toml:14".into();
    event.routing.via = "/etc/groundswell/rules/teams.toml:6".into();
    let story = story::story(&event, english());
    let text = text::text(&story, "x", english()).replace('\n', " ");
    assert!(text.contains("mini-9.toml, line 14") && text.contains("(teams.toml:6)"), "{text}");
    assert!(!text.contains("/etc/"), "{text}");
}
