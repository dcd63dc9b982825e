//! The event that the samples and the tests of this module tell about: a fictional netbook whose keys are too close
//! together.

use std::collections::BTreeMap;

use crate::ground::alert::{
    AlertEvent, Before, Beside, DayCount, EventKind, Fixed, Quote, Related, Severity, Sum,
};
use crate::ground::digest::{Digest, Feeling, Growing, ProductDigest, ToldAlert};
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
        deliver_to: vec!["netbooks@example.org".into()],
        routing: Default::default(),
        held: false,
        opened_at: at,
        peak: 9,
        total: 9,
        beside: Beside::default(),
    }
}

/// Three days later: twice as many.
pub(super) fn doubled() -> AlertEvent {
    let first = opened();
    let event = AlertEvent {
        kind: EventKind::Updated,
        reason: Reason::Doubled,
        number: 1,
        sources: counts(&[("bluesky", 8), ("reddit", 5), ("reviews", 3), ("forum", 2)]),
        regions: counts(&[("CA", 6), ("US", 5), ("BR", 3), ("GB", 2)]),
        languages: counts(&[("en", 12), ("pt", 4), ("fr", 2)]),
        ..run_on(&first, 3)
    };
    so_far(event, &first)
}

/// Five days after that it has reached another country and another place.
pub(super) fn elsewhere() -> AlertEvent {
    let (first, before) = (opened(), doubled());
    let event = AlertEvent {
        kind: EventKind::Updated,
        reason: Reason::NewPlace,
        number: 2,
        sources: counts(&[("bluesky", 11), ("reddit", 7), ("reviews", 4), ("forum", 3), ("mastodon", 2)]),
        regions: counts(&[("CA", 8), ("US", 7), ("BR", 4), ("GB", 3), ("DE", 2)]),
        languages: counts(&[("en", 18), ("pt", 5), ("de", 2), ("fr", 2)]),
        ..run_on(&first, 8)
    };
    let mut event = so_far(event, &before);
    event.beside.new_places = vec!["DE".into(), "mastodon".into()];
    event
}

/// Seven weeks after the opening: over.
pub(super) fn resolved() -> AlertEvent {
    let first = opened();
    AlertEvent {
        kind: EventKind::Resolved,
        reason: Reason::BackToUsual,
        number: 3,
        observed: 1,
        echoes: 0,
        quotes: first.quotes.iter().take(1).cloned().collect(),
        ..run_on(&first, 49)
    }
}

/// It came back a month after it was over.
pub(super) fn regressed() -> AlertEvent {
    let (first, over) = (opened(), resolved());
    let event = run_on(&first, 80);
    let quotes = said_at(&first.quotes, plus_ms(event.at, -DAY_MS / 4));
    AlertEvent {
        kind: EventKind::Regressed,
        reason: Reason::CameBack,
        since: plus_ms(event.at, -DAY_MS / 3),
        opened_at: event.at,
        number: 4,
        window_days: 1,
        observed: 5,
        expected: 0.31,
        total: over.total + 5,
        chance_years: Some(6.4),
        sources: counts(&[("bluesky", 4), ("reviews", 1)]),
        regions: counts(&[("CA", 3), ("US", 1)]),
        languages: counts(&[("en", 4), ("fr", 1)]),
        evidence: quotes.iter().map(|q| q.key.clone()).collect(),
        quotes,
        ..event
    }
}

/// Somebody said that it is fixed, a month after the opening; nine days later nobody has said it any more.
pub(super) fn fix_holds() -> AlertEvent {
    let (first, fix) = (opened(), fix());
    let mut event = AlertEvent { reason: Reason::FixHolds, number: 4, ..resolved() };
    event.at = plus_ms(fix.at, 9 * DAY_MS);
    event.opened_at = first.at;
    event.series.retain(|day| day.day <= day_of(event.at));
    for day in event.series.iter_mut().filter(|day| day.day > day_of(fix.at)) {
        day.people = 0;
    }
    (event.total, event.peak) = (since(&event.series, &first), peak(&event.series, &first));
    event.beside.fixed = Some(fix);
    event
}

/// … or some have said it again.
pub(super) fn back_after_fix() -> AlertEvent {
    let (fix, before) = (fix(), fix_holds());
    let mut event = AlertEvent { reason: Reason::BackAfterFix, ..regressed() };
    let heard = [1, 2, 3];
    event.at = before.at;
    event.opened_at = event.at;
    event.series = before.series;
    for (day, people) in event.series.iter_mut().rev().zip(heard.into_iter().rev()) {
        day.people = people;
    }
    event.since = plus_ms(event.at, -2 * DAY_MS);
    event.quotes = said_at(&opened().quotes, plus_ms(event.at, -DAY_MS));
    event.observed = heard.iter().sum();
    (event.window_days, event.expected) = (9, 9.0 * 0.31);
    event.total = before.total + event.observed;
    event.sources = counts(&[("bluesky", 4), ("reddit", 1), ("reviews", 1)]);
    event.languages = counts(&[("en", 5), ("fr", 1)]);
    event.beside.fixed = Some(Fixed { heard: event.observed, ..fix });
    event
}

/// Three complaints begin to grow within a day, this one last.
pub(super) fn storm() -> AlertEvent {
    let mut event = opened();
    let (last, label) = (event.observed, event.label.clone());
    let all = [("Screen stays black", 5), ("Update never ends", 31), (label.as_str(), last)];
    event.beside.storm = (17..)
        .zip(all)
        .map(|(n, (label, people))| Related {
            alert: format!("mini-9-20250317-{n}"),
            label: label.into(),
            people,
            cluster: format!("mini-9.c{n}"),
        })
        .collect();
    event
}

/// Another open alert may be about the same, and some of the voices look arranged.
pub(super) fn perhaps() -> AlertEvent {
    let mut event = opened();
    let (alert, label, cluster) =
        ("mini-9-20250305-1b2c".into(), "enter key \"too near\"".into(), "mini-9.c4".into());
    event.beside.perhaps = Some(Related { alert, label, people: 12, cluster });
    event.beside.coordinated = 7;
    event
}

fn fix() -> Fixed {
    Fixed {
        at: plus_ms(opened().at, 30 * DAY_MS),
        version: "keyboard rev. C".into(),
        heard: 0,
        // Nine days at the rate of the thirty before.
        expected: 9.0 * DAYS_AFTER.iter().take(30).sum::<u32>() as f64 / 30.0,
    }
}

/// People on the days after the opening: it goes on for five weeks, then fades.
const DAYS_AFTER: [u32; 42] = [
    4, 3, 2, 2, 3, 1, 2, 1, 4, 3, 2, 1, 3, 2, 2, 3, 1, 2, 2, 1, 3, 2, 1, 2, 1, 1, 2, 1, 1, 2, 1, 0, 1, 1, 0,
    1, 0, 0, 1, 0, 0, 0,
];

/// The alert so many days after its opening, with the figures that follow from the days.
fn run_on(first: &AlertEvent, days: usize) -> AlertEvent {
    let quiet = [0; 80];
    let people: Vec<u32> = DAYS_AFTER.iter().chain(&quiet).take(days).copied().collect();
    let mut series = later(first, &people);
    if let Some(last) = series.last_mut().filter(|_| days == 80) {
        last.people = 5;
    }
    AlertEvent {
        at: plus_ms(first.at, days as i64 * DAY_MS),
        total: since(&series, first),
        peak: peak(&series, first),
        chance_years: None,
        series,
        ..first.clone()
    }
}

/// An update tells of all so far, beside what the letter before said.
fn so_far(event: AlertEvent, last: &AlertEvent) -> AlertEvent {
    let days = (day_of(event.at) - day_of(event.since) + 1) as u32;
    let before = Before { at: last.at, people: last.observed, days: last.window_days };
    AlertEvent {
        observed: event.total,
        authors: event.total,
        window_days: days,
        expected: 0.31 * f64::from(days),
        beside: Beside { before: Some(before), ..Beside::default() },
        ..event
    }
}

/// People since the first of them wrote.
fn since(series: &[DayCount], first: &AlertEvent) -> u32 {
    series.iter().filter(|day| day.day >= day_of(first.since)).map(|day| day.people).sum()
}

/// Most people in a week.
fn peak(series: &[DayCount], first: &AlertEvent) -> u32 {
    let days: Vec<u32> =
        series.iter().filter(|day| day.day >= day_of(first.since)).map(|day| day.people).collect();
    days.windows(7).map(|week| week.iter().sum()).max().unwrap_or(0).max(first.observed)
}

/// Three of these quotes, as if they were said then.
fn said_at(quotes: &[Quote], at: Timestamp) -> Vec<Quote> {
    (0..)
        .zip(quotes.iter().take(3))
        .map(|(n, q)| Quote { at: plus_ms(at, n * DAY_MS / 24), ..q.clone() })
        .collect()
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

/// The series of the opening, run on by these days.
fn later(first: &AlertEvent, people: &[u32]) -> Vec<DayCount> {
    let mut series = first.series.clone();
    let end = day_of(first.at);
    series.extend((1..).zip(people).map(|(n, people)| DayCount {
        day: end + n,
        people: *people,
        expected: 0.31,
    }));
    series
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

/// A week of the same product.
pub(super) fn week() -> Digest {
    let told = |event: &AlertEvent| ToldAlert {
        at: event.at,
        kind: event.kind,
        reason: event.reason,
        alert: event.alert.clone(),
        product: event.product_name.clone(),
        label: event.label.clone(),
        people: event.total,
    };
    let line = |cluster: &str, label: &str, people, before| Growing {
        cluster: cluster.into(),
        label: label.into(),
        people,
        before,
    };
    let felt = |mean, error| Some(Feeling { mean, error });
    let older = ToldAlert {
        at: plus_ms(opened().at, -40 * DAY_MS),
        alert: "mini-9-1b2c".into(),
        label: "Fan whines on battery".into(),
        people: 31,
        ..told(&opened())
    };
    Digest {
        days: 7,
        told: vec![told(&opened()), told(&doubled())],
        more_told: 0,
        open: vec![older, told(&doubled())],
        products: vec![ProductDigest {
            name: "Aster Mini 9".into(),
            posts: (1_240, 1_102),
            complaints: (96, 71),
            reach: 284_310,
            feeling: [felt(-0.04, 0.012), felt(0.05, 0.013), felt(-0.02, 0.011)],
            growing: vec![
                line("mini-9.c41", "hinge creaks when it is cold", 4, 1),
                line("mini-9.c52", "charger gets hot", 2, 0),
            ],
            ideas: vec![line("mini-9.i3", "a matte screen", 6, 5)],
        }],
        judged: (5, 1),
        leads: Some((3, 19.0)),
    }
}
