//! The pages behind the links of a letter: what will happen, which alert it is about, until when the link works; and what
//! became of it. Nothing is loaded from elsewhere, nothing runs in the reader's browser.

use askama::Template;

use super::{clean, words};
use crate::ground::alert::{AlertEvent, Reason};
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
}

/// The template `templates/act.html`. Every value is escaped by it.
#[derive(Template)]
#[template(path = "act.html")]
struct Page<'a> {
    title: &'a str,
    /// Product and name of the complaint.
    about: Option<(String, String)>,
    sentences: Vec<String>,
    button: Option<String>,
    soft: String,
}

impl Page<'_> {
    fn with(self, status: u16) -> DeskPage {
        // Rendering into memory cannot fail.
        DeskPage { status, html: self.render().unwrap_or_default() }
    }
}

impl DeskPage {
    /// Asks whether it is meant: what a link shows first.
    pub fn ask(link: &Link, last: Option<&AlertEvent>) -> Self {
        let (title, button) = match link.purpose {
            Purpose::Acknowledge => ("Have you seen this?", "Yes, I have seen it"),
            Purpose::NotAnIssue => ("Is this not an issue?", "It is not an issue"),
            Purpose::Silence => ("No letters about this for a week?", "Silence it for 7 days"),
            Purpose::Fixed => ("Is this fixed?", "Yes, it is fixed"),
            Purpose::Leave => ("No more letters?", "Take me off the list"),
        };
        Page {
            title,
            about: about(last),
            sentences: vec![what_happens(link)],
            button: Some(button.to_owned()),
            soft: format!(
                "Nothing has happened yet. It will be written down that {} said so. This link works until {}.",
                clean::clip(&link.address, 80),
                words::date(link.expires)
            ),
        }
        .with(200)
    }

    /// It is done.
    pub fn done(link: &Link, last: Option<&AlertEvent>) -> Self {
        let undo = match link.purpose {
            Purpose::Leave => format!(
                "To get them again, ask those who run groundswell to type: groundswell leave {} {} --undo",
                clean::line(&link.team),
                clean::line(&link.address)
            ),
            _ => "You can close this page.".to_owned(),
        };
        let sentences = vec![what_happens(link)];
        Page { title: "Done", about: about(last), sentences, button: None, soft: undo }.with(200)
    }

    /// There is nothing left to do.
    pub fn already(link: &Link, last: Option<&AlertEvent>, already: &Already) -> Self {
        let who = |by: &str| clean::clip(by, 80);
        let (title, sentence) = match already {
            Already::Unknown => (
                "This alert is not known here",
                "It may be from an installation that was set up anew. Those who run groundswell can look it up: groundswell alerts".to_owned(),
            ),
            Already::Seen { by, at } => (
                "Somebody has seen it already",
                format!("{} said so on {}. There is nothing left to do.", who(by), words::date(*at)),
            ),
            Already::Over { at, reason } => (
                "It is over already",
                format!(
                    "Since {}: {} There is nothing left to do.",
                    words::date(*at),
                    match reason {
                        Reason::BackToUsual => "it has been quiet.",
                        other => other.sentence(),
                    }
                ),
            ),
            Already::Silent { by, until } => (
                "It is silent already",
                format!("{} silenced it until {}.", who(by), words::date(*until)),
            ),
            Already::Left { at } => (
                "You are off the list already",
                format!("Since {} no letters of team \"{}\" go to {}.", words::date(*at), clean::clip(&link.team, 60), who(&link.address)),
            ),
        };
        let status = if *already == Already::Unknown { 404 } else { 200 };
        Page { title, about: about(last), sentences: vec![sentence], button: None, soft: String::new() }
            .with(status)
    }

    /// The link does nothing.
    pub fn refused(refused: &Refused) -> Self {
        let (title, sentence, status) = match refused {
            Refused::Forged => (
                "This link does not work",
                "It is not as it was sent: mail programs sometimes cut long links off. Open it from the letter again, or copy all of it. If it still does not work, those who run groundswell can do it for you.".to_owned(),
                404,
            ),
            Refused::Expired(link) => (
                "This link has expired",
                format!(
                    "It worked until {}. Take the newest letter about this alert, or ask those who run groundswell{}.",
                    words::date(link.expires),
                    command(link).map(|command| format!(" to type: {command}")).unwrap_or_default()
                ),
                410,
            ),
        };
        Page { title, about: None, sentences: vec![sentence], button: None, soft: String::new() }.with(status)
    }

    /// It cannot be done just now.
    pub fn later() -> Self {
        let sentence = "Nothing was changed. Please try again in a minute; the link stays good.".to_owned();
        Page {
            title: "This did not work just now",
            about: None,
            sentences: vec![sentence],
            button: None,
            soft: String::new(),
        }
        .with(503)
    }

    /// There is no such page.
    pub fn nowhere() -> Self {
        let sentence =
            "The links in groundswell's letters lead to pages here; this is none of them.".to_owned();
        Page {
            title: "There is nothing here",
            about: None,
            sentences: vec![sentence],
            button: None,
            soft: String::new(),
        }
        .with(404)
    }
}

fn about(last: Option<&AlertEvent>) -> Option<(String, String)> {
    last.map(|event| (clean::clip(&event.product_name, 60), clean::clip(&event.label, 120)))
}

fn what_happens(link: &Link) -> String {
    let team = clean::clip(&link.team, 60);
    match link.purpose {
        Purpose::Acknowledge => {
            "The alert stays open, and updates about it become rarer: your team knows, so there is less to say.".to_owned()
        }
        Purpose::NotAnIssue => {
            "The alert ends, your team is told, and it takes ten times the evidence before the same complaint alerts again.".to_owned()
        }
        Purpose::Silence => format!(
            "Team \"{team}\" gets no letters about this alert for {SILENCE_DAYS} days. The alert itself goes on as before."
        ),
        Purpose::Fixed => {
            "The alert ends. Your team is told when the fix holds, in a week at the earliest, or when people say it again.".to_owned()
        }
        Purpose::Leave => format!(
            "No letter about products of team \"{team}\" goes to {} any more, not even about safety. Others of the team, if there are any, still get them.",
            clean::clip(&link.address, 80)
        ),
    }
}

/// The command that does what the link would have done.
fn command(link: &Link) -> Option<String> {
    let alert = clean::line(&link.alert);
    Some(match link.purpose {
        Purpose::Acknowledge => format!("groundswell ack {alert}"),
        Purpose::NotAnIssue => format!("groundswell feedback {alert} no"),
        Purpose::Silence => format!("groundswell silence {alert} --days {SILENCE_DAYS}"),
        Purpose::Fixed => format!("groundswell fixed {alert}"),
        Purpose::Leave => {
            format!("groundswell leave {} {}", clean::line(&link.team), clean::line(&link.address))
        }
    })
}
