//! What a letter about one event says, before it is text or HTML: both are made from the same sentences, so that
//! neither can say more than the other.

use crate::ground::alert::{AlertEvent, DayCount, EventKind, Quote, Reason, Severity};
use crate::ground::time::{Timestamp, days_between};

use super::beside;
use super::clean::{self, Link};
use super::words;

/// Quotes in one letter.
const MAX_QUOTES: usize = 5;
/// Longest quote, in characters as a reader counts them.
const QUOTE_LENGTH: usize = 280;
/// Weeks in the table of the plain text.
const MAX_WEEKS: usize = 8;

/// Everything one letter says.
#[derive(Debug)]
pub(super) struct Story {
    pub(super) product: String,
    pub(super) label: String,
    /// What kind of news it is, in two or three words.
    pub(super) badge: &'static str,
    pub(super) tint: &'static str,
    pub(super) subject: String,
    /// What is happening, in a sentence or two.
    pub(super) sentence: String,
    pub(super) heard: String,
    pub(super) heard_in: String,
    pub(super) usual: String,
    pub(super) usual_in: String,
    /// Since when, how likely by chance, how it went so far.
    pub(super) compared: Vec<String>,
    pub(super) weeks: Vec<Week>,
    pub(super) chart_title: String,
    /// Says what the picture shows.
    pub(super) chart_alt: String,
    pub(super) first_day: String,
    pub(super) last_day: String,
    pub(super) quotes: Vec<Quoted>,
    pub(super) quotes_title: String,
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) next: String,
    pub(super) ask: &'static str,
    pub(super) command: String,
    pub(super) why: String,
    pub(super) less: String,
    /// Links to what can be done; without them the reader is told the commands.
    pub(super) actions: Vec<Action>,
    /// Where the reader gets off the list.
    pub(super) leave: Option<String>,
}

/// One thing that can be done.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) name: &'static str,
    pub(super) href: String,
}

/// One quote, harmless.
#[derive(Debug)]
pub(super) struct Quoted {
    pub(super) text: String,
    pub(super) lang: String,
    pub(super) byline: String,
    pub(super) link: Option<Link>,
}

/// Seven days of the chart in figures.
#[derive(Debug)]
pub(super) struct Week {
    pub(super) days: String,
    pub(super) heard: u32,
    pub(super) usual: String,
}

/// The story of one event.
pub(super) fn story(event: &AlertEvent) -> Story {
    let product = clean::clip(&event.product_name, 60);
    let label = clean::clip(&event.label, 120);
    let over = event.kind == EventKind::Resolved;
    let (heard, heard_in, usual, usual_in) = if over {
        let lasted = words::span(days_between(event.opened_at, event.at));
        (
            words::people(event.total),
            format!("in all, in {lasted}"),
            words::people(event.peak),
            "at most at a time".to_owned(),
        )
    } else {
        let (heard, window) = (words::people(event.observed), words::in_days(event.window_days));
        (heard, window.clone(), words::usual(event.expected), format!("usually {window}"))
    };
    Story {
        badge: badge(event).0,
        tint: badge(event).1,
        subject: subject(event),
        sentence: sentence(event, &product),
        heard,
        heard_in,
        usual,
        usual_in,
        compared: compared(event),
        weeks: weeks(&event.series),
        chart_title: "People a day, compared with usual".to_owned(),
        chart_alt: chart_alt(&event.series),
        first_day: event.series.first().map(|d| words::day(d.day)).unwrap_or_default(),
        last_day: event.series.last().map(|d| words::day(d.day)).unwrap_or_default(),
        quotes: event.quotes.iter().take(MAX_QUOTES).map(|quote| quoted(quote, event.at)).collect(),
        quotes_title: if event.quotes.len() == 1 {
            "What they say"
        } else {
            "What they say, chosen to differ"
        }
        .to_owned(),
        facts: facts(event),
        next: next(event),
        ask: if over {
            "Why did this open and close? The people who run groundswell can look it up:"
        } else {
            "Seen it, or is it not an issue? Ask the people who run groundswell to type one of these:"
        },
        command: if over {
            format!("groundswell explain {}", clean::line(&event.alert))
        } else {
            let id = clean::line(&event.alert);
            format!("groundswell ack {id} (or: feedback {id} no)")
        },
        why: why(event, &product),
        less: less(event),
        actions: Vec::new(),
        leave: None,
        product,
        label,
    }
}

/// Why the reader gets it.
fn why(event: &AlertEvent, product: &str) -> String {
    let team = clean::clip(&event.team, 60);
    match event.routing.via.as_str() {
        "" => format!("You get this because your team, \"{team}\", owns {product} in the rule files."),
        "thread" => format!(
            "You get this because your team, \"{team}\", was told of it before, and is told to the end."
        ),
        line => format!(
            "You get this because a line of the rule files ({}) sends it to your team, \"{team}\".",
            clean::clip(line, 120)
        ),
    }
}

/// Stands alone on a lock screen: the product, the complaint, how many in how long, how many are usual.
pub(super) fn subject(event: &AlertEvent) -> String {
    let prefix = match (event.kind, event.reason) {
        (EventKind::Opened, _) if event.severity == Severity::Safety => "Safety: ",
        (EventKind::Opened, _) => "",
        (EventKind::Updated, Reason::Doubled) => "Twice as many: ",
        (EventKind::Updated, Reason::NewPlace) => &format!("Now also {}: ", beside::places(event)),
        (EventKind::Updated, Reason::TurnedSevere) => "Now a matter of safety: ",
        (EventKind::Updated, _) => "Update: ",
        (EventKind::Resolved, Reason::FixHolds) => "The fix holds: ",
        (EventKind::Resolved, Reason::SaidFixed) => "Said to be fixed: ",
        (EventKind::Resolved, _) => "Over: ",
        (EventKind::Regressed, Reason::BackAfterFix) => "Back after the fix: ",
        (EventKind::Regressed, _) => "Came back: ",
    };
    if let Some(subject) = beside::storm_subject(event) {
        return subject;
    }
    let product = clean::clip(&event.product_name, 40);
    // Quotation marks inside of the label would seem to end it.
    let label = clean::clip(&event.label, 70).replace(['"', '“', '”', '„'], "'");
    let figures = if event.kind == EventKind::Resolved {
        let lasted = words::span(days_between(event.opened_at, event.at));
        format!("{} in {lasted}", words::people(event.total))
    } else {
        format!(
            "{} {}, usually {}",
            words::people(event.observed),
            words::in_days(event.window_days),
            words::usual(event.expected)
        )
    };
    format!("{prefix}{product}: \"{label}\": {figures}")
}

/// What kind of news it is, and the colour it is shown in.
fn badge(event: &AlertEvent) -> (&'static str, &'static str) {
    match (event.kind, event.reason) {
        (EventKind::Opened | EventKind::Updated, _) if event.severity == Severity::Safety => {
            ("Safety", "alarm")
        }
        (EventKind::Opened, _) if !event.beside.storm.is_empty() => ("Many complaints at once", "alarm"),
        (EventKind::Opened, _) => ("New complaint growing", "warm"),
        (EventKind::Updated, Reason::Doubled) => ("Twice as many", "warm"),
        (EventKind::Updated, Reason::NewPlace) => ("Now elsewhere too", "warm"),
        (EventKind::Updated, _) => ("Update", "warm"),
        (EventKind::Resolved, Reason::FixHolds) => ("The fix holds", "calm"),
        (EventKind::Resolved, Reason::SaidFixed) => ("Said to be fixed", "calm"),
        (EventKind::Resolved, _) => ("Over", "calm"),
        (EventKind::Regressed, Reason::BackAfterFix) => ("Back after the fix", "alarm"),
        (EventKind::Regressed, _) => ("Came back", "warm"),
    }
}

fn sentence(event: &AlertEvent, product: &str) -> String {
    let count = format!(
        "{} wrote this about {product} {}. Usually it is {}.",
        words::people(event.observed),
        words::in_days(event.window_days),
        words::usual(event.expected)
    );
    match event.kind {
        EventKind::Opened if event.reason == Reason::MoreThanUsual => count,
        EventKind::Updated if event.reason == Reason::NewPlace => {
            format!("It is now said {} too. {count}", beside::places(event))
        }
        EventKind::Opened | EventKind::Updated | EventKind::Regressed => {
            format!("{} {count}", event.reason.sentence())
        }
        EventKind::Resolved if event.reason == Reason::FixHolds => {
            format!("{} {}", event.reason.sentence(), beside::fix(event))
        }
        EventKind::Resolved => {
            let lasted = words::span(days_between(event.opened_at, event.at));
            format!(
                "{} It came to {} in {lasted}, and {} at most at a time.",
                event.reason.sentence(),
                words::people(event.total),
                words::people(event.peak)
            )
        }
    }
}

fn compared(event: &AlertEvent) -> Vec<String> {
    let mut out = Vec::new();
    let open_for = days_between(event.opened_at, event.at);
    if event.kind == EventKind::Resolved {
        out.push(format!(
            "It opened on {} and ended on {}.",
            words::date(event.opened_at),
            words::date(event.at)
        ));
    } else {
        let ago = days_between(event.since, event.at);
        let ago =
            if ago < 0.75 { "today".to_owned() } else { format!("{} before this letter", words::span(ago)) };
        out.push(format!("The first of them wrote on {}, {ago}.", words::date(event.since)));
        out.extend(event.chance_years.and_then(words::chance));
    }
    if matches!(event.kind, EventKind::Updated | EventKind::Regressed) && open_for >= 0.75 {
        out.push(format!(
            "We first wrote on {}. In all it has come to {}.",
            words::date(event.opened_at),
            words::people(event.total)
        ));
    }
    if event.echoes > 0 {
        let copies =
            words::count_of(u64::from(event.echoes), "repost or near-copy", "reposts and near-copies");
        out.push(format!(
            "Beside them {copies}, which {} not count as people.",
            if event.echoes == 1 { "does" } else { "do" }
        ));
    }
    out.extend(beside::sentences(event));
    out
}

fn quoted(quote: &Quote, now: Timestamp) -> Quoted {
    let who = quote.author_name.as_deref().map(|name| clean::clip(name, 40)).filter(|name| !name.is_empty());
    let place = clean::clip(&quote.key.source, 40);
    let mut parts = vec![match who {
        Some(who) => format!("{who} on {place}"),
        None => format!("on {place}"),
    }];
    parts.push(words::moment(quote.at, now));
    parts.extend(quote.followers.map(words::followers));
    parts.extend(quote.region.as_deref().map(words::region));
    let lang = clean::clip(&quote.lang, 12);
    if !lang.is_empty() && !lang.starts_with("en") && lang != "und" {
        parts.push(words::language(&lang));
    }
    let lang = if lang.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') { lang } else { String::new() };
    Quoted {
        text: clean::clip(&quote.text, QUOTE_LENGTH),
        lang,
        byline: parts.join(" · "),
        link: quote.url.as_deref().and_then(clean::link),
    }
}

fn facts(event: &AlertEvent) -> Vec<(&'static str, String)> {
    let source = |name: &str| clean::clip(name, 40);
    let mut heard = words::shares(&event.sources, 5, source);
    let at_hand: u32 = event.sources.values().sum();
    if at_hand < event.observed && event.sources.len() > 1 {
        heard += &format!(" (of the {} whose posts are at hand)", words::grouped(u64::from(at_hand)));
    }
    let mut out = vec![("Heard on", heard)];
    out.push(("Regions", words::shares(&event.regions, 5, words::region)));
    out.push(("Languages", words::shares(&event.languages, 5, words::language)));
    let set_apart: Vec<String> = event.words.iter().take(8).map(|word| clean::clip(word, 30)).collect();
    out.push(("Words that set it apart", set_apart.join(", ")));
    out.push(("Tone", words::tone(event.sentiment).to_owned()));
    if event.severity != Severity::Normal {
        out.push(("Severity", event.severity.to_string()));
    }
    let origin = clean::clip(&event.origin, 160);
    out.push((
        "How it was found",
        match event.topic {
            Some(_) => format!("a rule that names this complaint: {origin}"),
            None => format!("no rule names it; the posts themselves formed it: {origin}"),
        },
    ));
    out.retain(|(_, value)| !value.is_empty());
    out
}

fn next(event: &AlertEvent) -> String {
    match event.kind {
        EventKind::Resolved if event.reason == Reason::SaidFixed => {
            "We write again when it is clear that the fix holds, or when people say it again."
        }
        EventKind::Resolved => "We write again only if it comes back.",
        _ => {
            "We write again when twice as many people say it, when it reaches a new place, and when it is over. \
             Nothing in between."
        }
    }
    .to_owned()
}

fn less(event: &AlertEvent) -> String {
    let team = clean::clip(&event.team, 60);
    let budget = event.sum.budget;
    let now = if budget.is_finite() && budget > 0.0 {
        let figure = if budget.fract() == 0.0 { format!("{budget:.0}") } else { format!("{budget:.1}") };
        format!(" It is {figure} now.")
    } else {
        String::new()
    };
    format!("To get fewer letters, lower false_alarms_a_year of team \"{team}\" in teams.toml.{now}")
}

/// The series in weeks, counted back from its last day; the oldest first. A week that is not whole is left out.
fn weeks(series: &[DayCount]) -> Vec<Week> {
    let mut weeks: Vec<Week> = series
        .rchunks_exact(7)
        .take(MAX_WEEKS)
        .map(|days| Week {
            days: match (days.first(), days.last()) {
                (Some(first), Some(last)) => format!("{} to {}", words::day(first.day), words::day(last.day)),
                _ => String::new(),
            },
            heard: days.iter().map(|d| d.people).sum(),
            usual: words::usual(days.iter().map(|d| d.expected).sum()),
        })
        .collect();
    weeks.reverse();
    weeks
}

fn chart_alt(series: &[DayCount]) -> String {
    let (Some(first), Some(last)) = (series.first(), series.last()) else {
        return "No days to show yet.".to_owned();
    };
    let most = series.iter().max_by_key(|d| (d.people, d.day)).filter(|d| d.people > 0);
    let recent: u32 = series.iter().rev().take(7).map(|d| d.people).sum();
    let usual: f64 = series.iter().rev().take(7).map(|d| d.expected).sum();
    let peak = match most {
        Some(day) => {
            format!("The most on one day: {}, on {}.", words::people(day.people), words::day(day.day))
        }
        None => "Nobody on any day.".to_owned(),
    };
    format!(
        "Chart: people a day from {} to {}. {peak} The last seven days add up to {}, where {} would be usual.",
        words::day(first.day),
        words::day(last.day),
        words::grouped(u64::from(recent)),
        words::usual(usual)
    )
}
