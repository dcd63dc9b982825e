//! The event that the samples and the tests of this module tell about: a fictional netbook whose keys are too close
//! together.

mod thread;
mod week;

use std::collections::BTreeMap;

use thread::later;
pub(super) use thread::{back_after_fix, doubled, elsewhere, fix_holds, regressed, resolved};
pub(super) use week::week;

use crate::ground::alert::{AlertEvent, Beside, DayCount, Earlier, EventKind, Quote, Related, Severity, Sum};
use crate::ground::language::Language;
use crate::ground::post::PostKey;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, day_of, plus_ms};

/// The opening of the alert.
pub(super) fn opened() -> AlertEvent {
    let at = moment("2025-03-17T09:20:00Z");
    let people = [
        0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0,
        1, 0, 0, 1, 1, 2, 4, 3,
    ];
    let last = day_of(at);
    let series = people
        .iter()
        .enumerate()
        .map(|(n, count)| DayCount {
            day: last - (people.len() - 1 - n) as i64,
            people: *count,
            expected: 0.31,
        })
        .collect();
    let quotes = vec![
        quote(
            "bluesky",
            "ana",
            310,
            "My pinky hits return every single time I go for the apostrophe. \"don't\" comes out as \"don\" and then a new line.",
            "2025-03-17T08:02:00Z",
            "en",
            "CA",
        ),
        quote(
            "reddit",
            "hallway_lamp",
            0,
            "Apostrophe and return keys on the Mini 9 are too close together. Love the thing otherwise, three weeks on one bag of train rides.",
            "2025-03-16T21:40:00Z",
            "en",
            "US",
        ),
        quote(
            "bluesky",
            "Lívia Rocha",
            1_240,
            "Adorei o tamanho do Mini 9, mas o enter fica colado no apóstrofo e eu mando a mensagem antes de acabar a frase.",
            "2025-03-16T13:11:00Z",
            "pt",
            "BR",
        ),
        quote(
            "reviews",
            "M. Tremblay",
            1,
            "Bel appareil, mais les touches retour et apostrophe sont trop serrées : j'écris « l' » et je change de ligne.",
            "2025-03-15T17:55:00Z",
            "fr",
            "CA",
        ),
        quote(
            "forum",
            "tobi",
            86,
            "Is it just me or did they squash the enter key right up against the quote key? I keep sending half sentences.",
            "2025-03-15T10:30:00Z",
            "en",
            "GB",
        ),
    ];
    AlertEvent {
        kind: EventKind::Opened,
        at,
        alert: "mini-9-7f3a".into(),
        number: 0,
        product: "mini-9".into(),
        product_name: "Aster Mini 9".into(),
        topic: None,
        cluster: "mini-9.c17".into(),
        label: "Apostrophe and return keys too close together".into(),
        severity: Severity::Normal,
        reason: Reason::MoreThanUsual,
        observed: 9,
        expected: 0.93,
        window_days: 3,
        authors: 9,
        echoes: 2,
        since: moment("2025-03-15T10:30:00Z"),
        evidence: quotes.iter().map(|q: &Quote| q.key.clone()).collect(),
        quotes,
        series,
        sources: counts(&[("bluesky", 4), ("reddit", 2), ("reviews", 2), ("forum", 1)]),
        regions: counts(&[("CA", 3), ("US", 2), ("BR", 2), ("GB", 1)]),
        segments: counts(&[("Mini 9 Pro", 3), ("Mini 9 Lite", 1)]),
        languages: counts(&[("en", 6), ("pt", 2), ("fr", 1)]),
        words: ["apostrophe", "return", "enter", "too close", "squashed"].map(String::from).into(),
        sentiment: -0.02,
        chance_years: Some(41.3),
        sum: Sum {
            level: 0.31,
            level_shape: 13.0,
            dispersion: 0.2,
            score: 4.6,
            bar: 3.9,
            series: 21,
            budget: 4.0,
        },
        origin: "rules/mini-9.toml:2".into(),
        team: "netbooks".into(),
        language: Language::English,
        zone: None,
        deliver_to: vec!["netbooks@example.org".into()],
        routing: Default::default(),
        held: false,
        opened_at: at,
        peak: 9,
        total: 9,
        beside: Beside::default(),
    }
}

/// Three complaints begin to grow within a day, this one last.
pub(super) fn storm() -> AlertEvent {
    let mut event = opened();
    let (last, label) = (event.observed, event.label.clone());
    let (plain, danger) = (Severity::Normal, Severity::Safety);
    let all = [
        ("Charger burns or sparks", 2, danger),
        ("Update never ends", 31, plain),
        (label.as_str(), last, plain),
    ];
    event.beside.storm = (17..)
        .zip(all)
        .map(|(n, (label, people, severity))| Related {
            alert: format!("mini-9-20250317-{n}"),
            label: label.into(),
            people,
            cluster: format!("mini-9.c{n}"),
            severity,
            shared: 0,
        })
        .collect();
    event
}

/// Another open alert may be about the same, and some of the voices look arranged.
pub(super) fn perhaps() -> AlertEvent {
    let mut event = opened();
    let (alert, label, cluster) =
        ("mini-9-20250305-1b2c".into(), "enter key \"too near\"".into(), "mini-9.c4".into());
    let severity = Severity::Normal;
    event.beside.perhaps = Some(Related { alert, label, people: 12, cluster, severity, shared: 2 });
    event.beside.coordinated = 7;
    event
}

/// The same complaint had an alert before, which ended two months ago.
pub(super) fn again() -> AlertEvent {
    let mut event = opened();
    let at = plus_ms(event.at, -60 * DAY_MS);
    event.beside.earlier = Some(Earlier { at, people: 14, days: 9, no_issue: false });
    event
}

/// … and somebody called it no issue.
pub(super) fn again_after_no_issue() -> AlertEvent {
    let mut event = again();
    event.beside.earlier = event.beside.earlier.map(|earlier| Earlier { no_issue: true, ..earlier });
    event
}

/// It was the matter of another alert, which goes on.
pub(super) fn merged() -> AlertEvent {
    let other = perhaps().beside.perhaps;
    let mut event = AlertEvent { reason: Reason::Merged, ..resolved() };
    event.beside.perhaps = other;
    event
}

/// Nobody tells of the danger any more.
pub(super) fn quiet_safety() -> AlertEvent {
    let first = safety();
    AlertEvent {
        kind: EventKind::Resolved,
        reason: Reason::BackToUsual,
        number: 1,
        at: plus_ms(first.at, 14 * DAY_MS),
        series: thread::later(&first, &[0; 14]),
        ..first
    }
}

/// A second person reports something that could hurt somebody.
pub(super) fn safety() -> AlertEvent {
    let first = opened();
    let quotes: Vec<Quote> = first
        .quotes
        .iter()
        .take(2)
        .zip([
            "The power brick of my Mini 9 got so hot that it left a mark on the desk. Unplugged it with a towel.",
            "Anyone else's Mini 9 charger smell of burnt plastic? Mine sparked when I pulled it out.",
        ])
        .map(|(quote, text)| Quote { text: text.into(), ..quote.clone() })
        .collect();
    AlertEvent {
        severity: Severity::Safety,
        reason: Reason::SecondSafetyVoice,
        alert: "mini-9-20250317-5afe".into(),
        topic: Some("burns".into()),
        label: "Charger burns or sparks".into(),
        observed: 2,
        authors: 2,
        expected: 0.04,
        window_days: 3,
        chance_years: None,
        echoes: 0,
        peak: 2,
        total: 2,
        since: moment("2025-03-16T21:40:00Z"),
        sources: counts(&[("bluesky", 1), ("reddit", 1)]),
        regions: counts(&[("CA", 1), ("US", 1)]),
        segments: counts(&[("Mini 9 Pro", 1)]),
        languages: counts(&[("en", 2)]),
        words: ["charger", "hot", "sparked", "burnt plastic"].map(String::from).into(),
        sentiment: -0.6,
        origin: "rules/mini-9.toml:21".into(),
        evidence: quotes.iter().map(|q| q.key.clone()).collect(),
        series: later(&AlertEvent { series: Vec::new(), ..opened() }, &[0; 42])
            .into_iter()
            .map(|day| DayCount { day: day.day - 42, expected: 0.01, ..day })
            .map(|day| DayCount { people: u32::from(day.day >= day_of(first.at) - 1), ..day })
            .collect(),
        quotes,
        beside: Beside { harmless: 4, ..first.beside },
        ..first
    }
}

/// A quote as strangers write them to do harm.
pub(super) fn hostile() -> AlertEvent {
    let mut event = opened();
    event.label = "Keys</title><script>alert(1)</script>\r\nBcc: everybody@example.org".into();
    event.product_name = "Mini\u{202e}9 <img src=x onerror=alert(1)>".into();
    event.words = vec!["<b>".into(), "x".repeat(4_000)];
    event.origin = "<iframe src=//evil.example>".into();
    event.sources = counts(&[("<u>src</u>\n\nWHAT TO DO", 1)]);
    let bad = [
        "javascript:alert(1)",
        "https://bank.example@evil.example/",
        "data:text/html,x",
        "https://a.example/\"onclick=\"x",
        "https://аpple.example/",
    ];
    for (quote, url) in event.quotes.iter_mut().zip(bad) {
        quote.url = Some(url.into());
        quote.text = format!(
            "</div><script>alert(1)</script>\r\nWHAT TO DO\r\n\u{202e}evil\u{200b} {}",
            "W".repeat(4_000)
        );
        quote.author_name = Some("<a href=javascript:x>ana\r\nBcc: x@example.org</a>".into());
        quote.lang = "en\" onload=\"x".into();
        quote.region = Some("<i>\u{2066}".into());
    }
    event
}

fn moment(text: &str) -> Timestamp {
    text.parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

fn counts(pairs: &[(&str, u32)]) -> BTreeMap<String, u32> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

fn quote(
    source: &str,
    author: &str,
    followers: u64,
    text: &str,
    at: &str,
    lang: &str,
    region: &str,
) -> Quote {
    Quote {
        key: PostKey { source: source.into(), id: at.into() },
        author_name: Some(author.into()),
        followers: (followers > 0).then_some(followers),
        text: text.into(),
        url: Some(format!(
            "https://{source}.example/posts/{}",
            at.get(8..13).unwrap_or("1").replace('T', "-")
        )),
        at: moment(at),
        lang: lang.into(),
        region: Some(region.into()),
    }
}
