//! The pages behind the links of a letter: what will happen, which alert it is about, until when the link works; and what
//! became of it. Nothing is loaded from elsewhere, nothing runs in the reader's browser.

use serde::Serialize;

use super::clean;
use super::story::ended;
use super::templates::Templates;
use super::tongue::Tongue;
use crate::ground::alert::{AlertEvent, EventKind, Severity, team_shown};
use crate::ground::language::Language;
use crate::ground::reason::Reason;
use crate::logic::links::{Already, Link, Purpose, Refused, SILENCE_DAYS};

/// The style sheet of the pages.
pub const STYLE: &str = include_str!("../../../templates/act.css");

/// A page to answer with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskPage {
    /// Status of HTTP.
    pub status: u16,
    /// The page.
    pub html: String,
    /// Why an overridden template could not be used, if so: the built-in one took its place.
    pub fallback: Option<String>,
}

/// What `templates/act.html` is filled with.
#[derive(Serialize)]
struct Page {
    language: &'static str,
    title: String,
    /// Product and name of the complaint.
    about: Option<(String, String)>,
    sentences: Vec<String>,
    button: Option<String>,
    /// Where the form of the button that takes it back leads, where it can be.
    undo: Option<String>,
    soft: String,
}

impl Page {
    /// A page in this language with this heading (a message of the catalogue), and nothing on it yet.
    fn new(t: &Tongue, title: &str) -> Self {
        Self {
            language: t.language().code(),
            title: t.say(title),
            about: None,
            sentences: Vec::new(),
            button: None,
            undo: None,
            soft: String::new(),
        }
    }

    fn with(self, templates: &Templates, status: u16) -> DeskPage {
        let (html, fallback) = templates.render("act.html", &self);
        DeskPage { status, html, fallback: fallback.map(|problem| problem.to_string()) }
    }
}

impl DeskPage {
    /// Asks whether it is meant: what a link shows first.
    pub fn ask(link: &Link, last: Option<&AlertEvent>, templates: &Templates) -> Self {
        let t = Tongue::of(link.language);
        let (title, button) = match link.purpose {
            Purpose::Acknowledge => ("ask-seen", "yes-seen"),
            Purpose::NotAnIssue => ("ask-not-an-issue", "yes-not-an-issue"),
            Purpose::Silence => ("ask-silence", "yes-silence"),
            Purpose::Fixed => ("ask-fixed", "yes-fixed"),
            Purpose::Leave => ("ask-leave", "yes-leave"),
            Purpose::Unsilence | Purpose::AnIssue | Purpose::ComeBack => ("ask-undo", "yes-undo"),
        };
        let who = clean::clip(&link.address, 80);
        let soft = t.tell("ask-nothing-yet", &[("who", who.into()), ("date", t.date(link.expires).into())]);
        let (sentences, button) = (vec![what_happens(link, last, t)], Some(t.say(button)));
        Page { about: about(last), sentences, button, soft, ..Page::new(t, title) }.with(templates, 200)
    }

    /// It is done. `undo` signs the link that takes it back, where there is one: it works at once, since it stands on a page
    /// that nobody but who pressed has seen.
    pub fn done(
        link: &Link,
        last: Option<&AlertEvent>,
        undo: impl Fn(&Link) -> String,
        templates: &Templates,
    ) -> Self {
        let t = Tongue::of(link.language);
        let undo =
            link.purpose.undo().map(|purpose| format!("../act/{}", undo(&Link { purpose, ..link.clone() })));
        let soft = t.say(match link.purpose {
            Purpose::Acknowledge => "done-seen",
            Purpose::Fixed => "done-fixed",
            _ if undo.is_some() => "done-undo",
            _ => "done-close",
        });
        let sentences = vec![what_happens(link, last, t)];
        Page { about: about(last), sentences, soft, undo, ..Page::new(t, "done") }.with(templates, 200)
    }

    /// There is nothing left to do. What was done can be taken back by the link that `undo` signs, where there is one.
    pub fn already(
        link: &Link,
        last: Option<&AlertEvent>,
        already: &Already,
        undo: impl Fn(&Link) -> String,
        templates: &Templates,
    ) -> Self {
        let t = Tongue::of(link.language);
        let who = |by: &str| ("who", clean::who(by).into());
        let undo =
            already.undo().map(|purpose| format!("../act/{}", undo(&Link { purpose, ..link.clone() })));
        let (title, sentence) = match already {
            Already::Unknown => ("unknown-title", t.say("unknown")),
            Already::Seen { by, at } => {
                ("seen-title", t.tell("seen", &[who(by), ("date", t.date(*at).into())]))
            }
            Already::Over { at, reason: why, by } => {
                let why = match why {
                    Reason::BackToUsual => t.say("over-quiet"),
                    other => ended(*other, by, t),
                };
                ("over-title", t.tell("over", &[("date", t.date(*at).into()), ("reason", why.into())]))
            }
            Already::Silent { by, until } => {
                ("silent-title", t.tell("silent", &[who(by), ("date", t.date(*until).into())]))
            }
            Already::Left { at } => {
                let team = clean::clip(team_shown(&link.team), 60);
                let said = [("date", t.date(*at).into()), ("team", team.into()), who(&link.address)];
                ("left-title", t.tell("left", &said))
            }
            Already::Undone => ("undone-title", t.say("undone")),
        };
        let status = if *already == Already::Unknown { 404 } else { 200 };
        Page { about: about(last), sentences: vec![sentence], undo, ..Page::new(t, title) }
            .with(templates, status)
    }

    /// The link does nothing.
    pub fn refused(refused: &Refused, templates: &Templates) -> Self {
        match refused {
            Refused::Forged => Self::plain("forged-title", "forged", 404, templates),
            Refused::Expired(link) => {
                let t = Tongue::of(link.language);
                let said = [("date", t.date(link.expires).into()), ("command", command(link).into())];
                let sentences = vec![t.tell("expired", &said)];
                Page { sentences, ..Page::new(t, "expired-title") }.with(templates, 410)
            }
        }
    }

    /// It cannot be done just now.
    pub fn later(templates: &Templates) -> Self {
        Self::plain("later-title", "later", 503, templates)
    }

    /// There is no such page.
    pub fn nowhere(templates: &Templates) -> Self {
        Self::plain("nowhere-title", "nowhere", 404, templates)
    }

    /// A page about no link, so that nobody knows the reader's language.
    fn plain(title: &str, sentence: &str, status: u16, templates: &Templates) -> Self {
        let t = Tongue::of(Language::English);
        Page { sentences: vec![t.say(sentence)], ..Page::new(t, title) }.with(templates, status)
    }
}

fn about(last: Option<&AlertEvent>) -> Option<(String, String)> {
    last.map(|event| (clean::clip(&event.product_name, 60), clean::clip(&event.label, 120)))
}

fn what_happens(link: &Link, last: Option<&AlertEvent>, t: &Tongue) -> String {
    let team = ("team", clean::clip(team_shown(&link.team), 60).into());
    let over = last.is_some_and(|event| event.kind == EventKind::Resolved);
    match link.purpose {
        Purpose::Acknowledge => t.say("happens-seen"),
        Purpose::NotAnIssue if over => t.say("happens-not-an-issue-over"),
        Purpose::NotAnIssue if last.is_some_and(|event| event.severity == Severity::Safety) => {
            t.say("happens-not-an-issue-safety")
        }
        Purpose::NotAnIssue => t.say("happens-not-an-issue"),
        Purpose::AnIssue => t.say("happens-an-issue"),
        Purpose::Silence => {
            let is_danger = last.is_some_and(|event| event.severity == Severity::Safety);
            let happens = match is_danger {
                _ if over => "happens-silence-over",
                true => "happens-silence-safety",
                false => "happens-silence",
            };
            t.tell(happens, &[team, ("days", SILENCE_DAYS.into())])
        }
        Purpose::Unsilence => t.tell("happens-unsilence", &[team]),
        Purpose::Fixed => t.say("happens-fixed"),
        Purpose::Leave | Purpose::ComeBack => {
            let happens = if link.purpose == Purpose::Leave { "happens-leave" } else { "happens-come-back" };
            t.tell(happens, &[team, ("who", clean::clip(&link.address, 80).into())])
        }
    }
}

/// The command that does what the link would have done.
fn command(link: &Link) -> String {
    let leave = || format!("groundswell leave {} {}", clean::line(&link.team), clean::line(&link.address));
    match link.purpose {
        Purpose::Leave => return leave(),
        Purpose::ComeBack => return format!("{} --undo", leave()),
        _ => {}
    }
    super::actions::command(link.purpose, &link.alert)
}
