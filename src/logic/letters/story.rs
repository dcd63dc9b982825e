//! What a letter about one event says, before it is text or HTML: both are made from the same sentences, so that
//! neither can say more than the other.

use serde::Serialize;

use crate::ground::alert::{AlertEvent, EventKind, Quote, Severity, team_shown};
use crate::ground::entry::NO_NAME;
use crate::ground::reason::Reason;
use crate::ground::time::{Timestamp, days_between};

use super::actions;
use super::beside::{self, Part};
use super::clean::{self, Link};
use super::days::{self, Week};
use super::known;
use super::tongue::Tongue;

/// Quotes in one letter.
const MAX_QUOTES: usize = 5;
/// Longest quote, in characters as a reader counts them.
const QUOTE_LENGTH: usize = 280;
/// Longest name of a complaint in a subject: a lock screen shows two lines, and the news has to be on them.
const SUBJECT_LABEL: usize = 48;

/// Everything one letter says.
#[derive(Debug, Serialize)]
pub(super) struct Story {
    pub(super) product: String,
    pub(super) label: String,
    /// What kind of news it is, in two or three words.
    pub(super) badge: String,
    pub(super) tint: &'static str,
    pub(super) subject: String,
    /// What is happening, in a sentence or two.
    pub(super) sentence: String,
    /// The complaints of a storm: name, and who says so.
    pub(super) storm: Vec<Part>,
    /// Which of them the rest of the letter is about.
    pub(super) newest: Option<String>,
    pub(super) heard: String,
    pub(super) heard_in: String,
    pub(super) usual: String,
    pub(super) usual_in: String,
    /// What the figures are, and the sentences below.
    pub(super) compared_title: String,
    /// Since when, how likely by chance, how it went so far.
    pub(super) compared: Vec<String>,
    pub(super) weeks: Vec<Week>,
    /// Says what the picture shows.
    pub(super) chart_alt: String,
    /// How the chart and the figures above it go together, where they do.
    pub(super) chart_sum: Option<String>,
    pub(super) first_day: String,
    pub(super) last_day: String,
    pub(super) quotes: Vec<Quoted>,
    pub(super) quotes_title: String,
    pub(super) facts: Vec<(String, String)>,
    pub(super) next: String,
    /// How what can be done is done.
    pub(super) ask: String,
    /// What those who run the service would type, where there are no links: what it does, and the command.
    pub(super) commands: Vec<(String, String)>,
    /// Whom to write to, where there are no links.
    pub(super) contact: Option<String>,
    /// What the links do, where each is an e-mail to them.
    pub(super) by_mail: Option<String>,
    pub(super) why: String,
    pub(super) less: String,
    /// Links to what can be done.
    pub(super) actions: Vec<Action>,
    /// Where the reader gets off the list.
    pub(super) leave: Option<String>,
}

/// One thing that can be done.
#[derive(Debug, Serialize)]
pub(super) struct Action {
    pub(super) name: String,
    pub(super) href: String,
}

/// One quote, harmless.
#[derive(Debug, Serialize)]
pub(super) struct Quoted {
    pub(super) text: String,
    pub(super) lang: String,
    pub(super) byline: String,
    pub(super) link: Option<Link>,
}

/// The story of one event, as it is told in this language.
pub(super) fn story(event: &AlertEvent, t: &Tongue) -> Story {
    let product = clean::clip(&event.product_name, 60);
    let label = clean::clip(&event.label, 120);
    let storm = beside::storm(event, t);
    let (heard, heard_in, usual, usual_in) = figures(event, t);
    let (badge, tint) = badge(event, t);
    let newest =
        (!storm.is_empty()).then(|| t.tell("storm-newest", &[("label", beside::unquoted(&label).into())]));
    Story {
        badge,
        tint,
        subject: subject(event, t),
        sentence: sentence(event, &product, t),
        newest,
        heard,
        heard_in,
        usual,
        usual_in,
        compared: compared(event, t),
        compared_title: t.say(match event.kind {
            EventKind::Resolved => "compared-title-over",
            EventKind::Opened | EventKind::Updated | EventKind::Regressed => "compared-title",
        }),
        weeks: days::weeks(event, t),
        chart_sum: days::chart_sum(event, t),
        chart_alt: days::chart_alt(event, t),
        first_day: event.series.first().map(|d| t.day(d.day)).unwrap_or_default(),
        last_day: event.series.last().map(|d| t.day(d.day)).unwrap_or_default(),
        quotes: event.quotes.iter().take(MAX_QUOTES).map(|quote| quoted(quote, event.at, t)).collect(),
        quotes_title: t.say(if event.quotes.len() == 1 { "quotes-one" } else { "quotes-many" }),
        facts: known::facts(event, t),
        next: t.say(match event.kind {
            EventKind::Resolved if event.reason == Reason::SaidFixed => "next-said-fixed",
            EventKind::Resolved if event.reason == Reason::Merged => "next-merged",
            EventKind::Resolved => "next-over",
            _ if event.severity == Severity::Safety => "next-open-safety",
            _ => "next-open",
        }),
        ask: t.say("do-ask"),
        commands: actions::commands(event, &storm, t),
        by_mail: None,
        contact: None,
        why: why(event, &product, t),
        less: less(event, t),
        actions: Vec::new(),
        leave: None,
        label: if storm.is_empty() { label } else { t.count("storm-title", storm.len() as u64) },
        storm,
        product,
    }
}

/// Why the reader gets it.
fn why(event: &AlertEvent, product: &str, t: &Tongue) -> String {
    let team = clean::clip(team_shown(&event.team), 60);
    match event.routing.via.as_str() {
        "" => t.tell("why-team", &[("team", team.into()), ("product", product.into())]),
        "thread" => t.tell("why-thread", &[("team", team.into())]),
        line => t.tell(
            "why-route",
            &[("team", team.into()), ("line", clean::clip(clean::without_folders(line), 120).into())],
        ),
    }
}

/// The two figures that stand out, each with what it is.
fn figures(event: &AlertEvent, t: &Tongue) -> (String, String, String, String) {
    let in_window = |key| t.tell(key, &[("window", t.in_days(event.window_days).into())]);
    let usual = days::usual(event, event.expected, t);
    let heard = t.people(event.observed);
    match event.kind {
        EventKind::Resolved => {
            let lasted = t.tell("in-all", &[("lasted", lasted(event, t).into())]);
            (heard, lasted, t.people(event.peak), t.say("at-most"))
        }
        EventKind::Updated => (heard, in_window("so-far"), usual, in_window("usually-would-be")),
        _ => (heard, t.in_days(event.window_days), usual, in_window("usually")),
    }
}

fn lasted(event: &AlertEvent, t: &Tongue) -> String {
    t.span(f64::from(event.window_days))
}

/// Stands alone on a lock screen: the product, the complaint, and what is new about it.
pub(super) fn subject(event: &AlertEvent, t: &Tongue) -> String {
    if let Some(subject) = beside::storm_subject(event, t) {
        return subject;
    }
    let product = beside::subject_product(event, event.severity, t);
    let label = beside::unquoted(&clean::clip(&event.label, SUBJECT_LABEL));
    t.tell(
        "subject",
        &[("product", product.into()), ("label", label.into()), ("said", said(event, t).into())],
    )
}

/// What a line says of a complaint after its name: the news, how many people, in how long.
pub(super) fn said(event: &AlertEvent, t: &Tongue) -> String {
    let window = ("window", t.in_days(event.window_days).into());
    match event.kind {
        EventKind::Opened if days::is_young(event) => {
            t.tell("said-young", &[("people", t.people(event.observed).into()), window])
        }
        EventKind::Opened => {
            let usual = ("usual", t.usual(event.expected).into());
            t.tell("said-opened", &[("people", t.people(event.observed).into()), window, usual])
        }
        EventKind::Updated if event.reason == Reason::NewPlace => t.tell(
            "brief-new-place",
            &[("places", beside::places(event, t).into()), ("people", t.people(event.observed).into())],
        ),
        EventKind::Updated | EventKind::Regressed => {
            let news = ("news", t.say(kind_of_news(event).1).into());
            t.tell("said-news", &[news, ("people", t.people(event.observed).into()), window])
        }
        EventKind::Resolved => t.tell(
            "said-over",
            &[
                ("news", t.say(kind_of_news(event).1).into()),
                ("people", t.people(event.observed).into()),
                ("lasted", lasted(event, t).into()),
            ],
        ),
    }
}

/// The same in a list, whose reader may not know what was told before: with what is usual.
pub(super) fn listed(event: &AlertEvent, t: &Tongue) -> String {
    if !matches!(event.kind, EventKind::Updated | EventKind::Regressed) || event.reason == Reason::NewPlace {
        return said(event, t);
    }
    let news = t.say(kind_of_news(event).1);
    t.tell(
        "said-listed",
        &[
            ("people", t.people(event.observed).into()),
            ("window", t.in_days(event.window_days).into()),
            ("usual", days::usual(event, event.expected, t).into()),
            ("news", news.into()),
        ],
    )
}

/// What kind of news it is: the messages of a badge, and within a line.
fn kind_of_news(event: &AlertEvent) -> (&'static str, &'static str) {
    match (event.kind, event.reason) {
        // The subject of a storm has words of its own, and an opening needs none.
        (EventKind::Opened, _) if beside::is_storm(event) => ("news-storm", "news-storm"),
        (EventKind::Opened, _) if event.beside.earlier.is_some() => ("news-came-back", "brief-came-back"),
        (EventKind::Opened, _) => ("news-opened", "news-opened"),
        (EventKind::Updated, Reason::Doubled) => ("news-doubled", "brief-doubled"),
        (EventKind::Updated, Reason::MoreAround) => ("news-more-around", "brief-more-around"),
        (EventKind::Updated, Reason::NewPlace) => ("news-new-place", "brief-new-place"),
        (EventKind::Updated, Reason::TurnedSevere) => ("news-turned-severe", "brief-turned-severe"),
        (EventKind::Updated, _) => ("news-updated", "brief-updated"),
        (EventKind::Resolved, Reason::FixHolds) => ("news-fix-holds", "brief-fix-holds"),
        (EventKind::Resolved, Reason::NotAnIssue) => ("news-not-an-issue", "brief-not-an-issue"),
        (EventKind::Resolved, Reason::Merged) => ("news-merged", "brief-merged"),
        (EventKind::Resolved, Reason::SaidFixed) => ("news-said-fixed", "brief-said-fixed"),
        // Nobody has said that it is mended.
        (EventKind::Resolved, Reason::BackToUsual) if event.severity == Severity::Safety => {
            ("news-quiet-safety", "brief-quiet-safety")
        }
        (EventKind::Resolved, _) => ("news-resolved", "brief-resolved"),
        (EventKind::Regressed, Reason::BackAfterFix) => ("news-back-after-fix", "brief-back-after-fix"),
        (EventKind::Regressed, _) => ("news-came-back", "brief-came-back"),
    }
}

/// The news on a coloured ground.
fn badge(event: &AlertEvent, t: &Tongue) -> (String, &'static str) {
    let tint = match (event.kind, event.reason) {
        (EventKind::Opened | EventKind::Updated, _) if event.severity == Severity::Safety => {
            return (t.say("news-safety"), "alarm");
        }
        (EventKind::Opened, _) if beside::is_storm(event) => "alarm",
        (EventKind::Resolved, Reason::BackToUsual) if event.severity == Severity::Safety => "warm",
        (EventKind::Resolved, _) => "calm",
        (EventKind::Regressed, Reason::BackAfterFix) => "alarm",
        _ => "warm",
    };
    let news = match kind_of_news(event).0 {
        "news-new-place" => t.tell("news-new-place", &[("places", beside::places(event, t).into())]),
        key => t.say(key),
    };
    (news, tint)
}

/// Why an alert is over, and who said so where somebody did.
pub(super) fn ended(reason: Reason, by: &str, t: &Tongue) -> String {
    let key = match reason {
        Reason::ResolvedByHand => "by-resolved",
        Reason::NotAnIssue => "by-not-an-issue",
        Reason::SaidFixed => "by-said-fixed",
        _ => return self::reason(reason, t),
    };
    match clean::who(by) {
        // Who gave no name is somebody, in every language.
        who if who.is_empty() || who == NO_NAME => self::reason(reason, t),
        who => t.tell(key, &[("who", who.into())]),
    }
}

/// Why it opened, changed or ended, for people.
pub(super) fn reason(reason: Reason, t: &Tongue) -> String {
    t.say(&format!("reason-{}", reason.name()))
}

fn sentence(event: &AlertEvent, product: &str, t: &Tongue) -> String {
    let wrote = |key| {
        t.tell(
            if days::is_young(event) { "wrote-young" } else { key },
            &[
                ("people", t.people(event.observed).into()),
                ("product", product.into()),
                ("window", t.in_days(event.window_days).into()),
                ("usual", t.usual(event.expected).into()),
            ],
        )
    };
    let why = match event.reason {
        Reason::BackToUsual if event.severity == Severity::Safety => t.say("reason-quiet-safety"),
        Reason::Merged if let Some(other) = &event.beside.perhaps => {
            t.tell("by-merged", &[("label", beside::label(other, 80).into())])
        }
        other if event.kind == EventKind::Resolved => ended(other, &event.beside.by, t),
        other => reason(other, t),
    };
    match event.kind {
        EventKind::Opened if beside::is_storm(event) => {
            let count = event.beside.storm.len().into();
            t.tell("storm", &[("count", count), ("product", product.into())])
        }
        EventKind::Opened if event.reason == Reason::MoreThanUsual => wrote("wrote"),
        EventKind::Opened | EventKind::Regressed => format!("{why} {}", wrote("wrote")),
        EventKind::Updated => {
            let why = match event.reason {
                Reason::NewPlace => t.tell("now-places", &[("places", beside::places(event, t).into())]),
                _ => why,
            };
            let before = event.beside.before.map(|before| {
                let said = [
                    ("date", t.date(before.at).into()),
                    ("people", t.people(before.people).into()),
                    ("window", t.in_days(before.days).into()),
                ];
                t.tell("before", &said)
            });
            [Some(why), Some(wrote("wrote-so-far")), before]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
        }
        EventKind::Resolved if event.reason == Reason::FixHolds => {
            format!("{why} {}", beside::fix(event, t))
        }
        EventKind::Resolved => {
            let mut came_to =
                vec![("people", t.people(event.observed).into()), ("lasted", lasted(event, t).into())];
            if event.peak >= event.observed {
                return format!("{why} {}", t.tell("came-to-all", &came_to));
            }
            came_to.push(("peak", t.number(u64::from(event.peak)).into()));
            format!("{why} {}", t.tell("came-to", &came_to))
        }
    }
}

fn compared(event: &AlertEvent, t: &Tongue) -> Vec<String> {
    let mut out = Vec::new();
    let date = |key, at| t.tell(key, &[("date", t.date(at).into())]);
    if event.kind == EventKind::Resolved {
        let dates = [("opened", t.date(event.opened_at).into()), ("ended", t.date(event.at).into())];
        out.push(t.tell(if event.beside.back { "back-and-ended" } else { "opened-and-ended" }, &dates));
    } else if event.held {
        // Read on another day than it was written for.
        out.push(date("first-wrote-on", event.since));
    } else if t.on_the_wall(event.since).date() == t.on_the_wall(event.at).date() {
        out.push(date("first-wrote-today", event.since));
    } else {
        let ago = t.span(days_between(event.since, event.at).max(1.0));
        out.push(t.tell("first-wrote", &[("date", t.date(event.since).into()), ("ago", ago.into())]));
    }
    let open_for = days_between(event.opened_at, event.at);
    if event.kind == EventKind::Updated && open_for >= 0.75 {
        out.push(date(
            if event.beside.back { "we-wrote-of-return" } else { "we-first-wrote" },
            event.opened_at,
        ));
    }
    if event.kind != EventKind::Opened && event.total > event.observed {
        out.push(t.tell("in-all-so-far", &[("people", t.people(event.total).into())]));
    }
    if event.kind != EventKind::Resolved {
        match event.severity {
            Severity::Safety => out.push(t.say("sure-safety")),
            _ => out.extend(event.chance_years.and_then(|years| t.chance(years))),
        }
    }
    if event.echoes > 0 {
        let copies = t.count("copies", u64::from(event.echoes));
        out.push(t.tell("echoes", &[("copies", copies.into())]));
    }
    out.extend(beside::sentences(event, t));
    if event.held {
        out.push(date("waited-since", event.at));
    }
    out
}

fn quoted(quote: &Quote, now: Timestamp, t: &Tongue) -> Quoted {
    let who = quote.author_name.as_deref().map(|name| clean::clip(name, 40)).filter(|name| !name.is_empty());
    let place = clean::clip(&quote.key.source, 40);
    let mut parts = vec![match who {
        Some(who) => t.tell("byline", &[("who", who.into()), ("place", place.into())]),
        None => t.tell("on-source", &[("name", place.into())]),
    }];
    parts.push(t.moment(quote.at, now));
    parts.extend(quote.followers.map(|followers| t.count("followers", followers)));
    parts.extend(quote.region.as_deref().map(|region| t.region(region)));
    let lang = clean::clip(&quote.lang, 12);
    if !lang.is_empty() && !lang.starts_with(t.language().code()) && lang != "und" {
        parts.push(t.tongue(&lang));
    }
    let lang = if lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') { lang } else { String::new() };
    Quoted {
        text: clean::clip(&quote.text, QUOTE_LENGTH),
        lang,
        byline: parts.join(" · "),
        link: quote.url.as_deref().and_then(clean::link),
    }
}

fn less(event: &AlertEvent, t: &Tongue) -> String {
    if event.severity == Severity::Safety {
        return t.say("less-safety");
    }
    let team = clean::clip(team_shown(&event.team), 60);
    let budget = event.sum.budget;
    if !budget.is_finite() || budget <= 0.0 {
        return t.tell("less", &[("team", team.into())]);
    }
    let budget = t.decimal(budget, usize::from(budget.fract() != 0.0));
    t.tell("less-from", &[("team", team.into()), ("budget", budget.into())])
}
