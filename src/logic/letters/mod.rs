//! What an e-mail says about something that happened to an alert, and the page that tells the story of many.
//! Pure: the same event makes the same letter, byte for byte.

mod actions;
mod beside;
mod chart;
mod clean;
mod collected;
mod days;
mod desk;
mod digest;
mod fixture;
mod known;
mod notice;
mod page;
mod samples;
mod story;
mod templates;
mod text;
mod tongue;
mod waited;
mod words;

#[cfg(test)]
mod action_tests;
#[cfg(test)]
mod languages_tests;
#[cfg(test)]
mod list_tests;
#[cfg(test)]
mod page_tests;
#[cfg(test)]
mod tests;

use crate::ground::alert::{AlertEvent, team_shown};
use crate::ground::language::Language;
use crate::ground::letter::{Letter, Picture, Reader};
use crate::ground::time::Timestamp;
use crate::logic::links::{Key, Link, Purpose};
use serde::Serialize;
use story::Story;
use tongue::Tongue;

pub use collected::{collected, collected_id};
pub use desk::{DeskPage, STYLE};
pub use notice::{notice, rules_refused, trial};
pub use page::page;
pub use samples::{Sample, SamplePage, check_templates, sample_pages, samples, samples_page};
pub use templates::{TemplateProblem, Templates};

/// Name of the chart in the HTML's `cid:` address.
const CHART: &str = "chart";

/// Who sends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// Domain that Message-ID and List-Id end in, such as `example.org`.
    pub domain: String,
    /// The sender's name as the reader sees it below the letter.
    pub from_name: String,
    /// Address of those who run the service: whom a reader asks where there are no links.
    pub contact: Option<String>,
    /// Where links of letters lead, if somebody answers there.
    pub desk: Option<Desk>,
    /// What letters look like.
    pub templates: Templates,
}

/// Where the links of letters lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Public address of the service, without a slash at its end.
    pub url: String,
    /// What links are signed with.
    pub key: Key,
}

impl Desk {
    /// A link of this kind in the letter to `address`, made at `made_at`.
    fn link(
        &self,
        purpose: Purpose,
        alert: &str,
        team: &str,
        language: Language,
        address: &str,
        made_at: Timestamp,
    ) -> String {
        let link = Link {
            purpose,
            alert: alert.to_owned(),
            team: team.to_owned(),
            address: address.to_owned(),
            language,
            expires: purpose.expires(made_at),
        };
        let path = if purpose == Purpose::Leave { "leave" } else { "act" };
        format!("{}/{path}/{}", self.url, self.key.sign(&link))
    }
}

/// The letter that tells the alert's team about the event. It is addressed to the event's `deliver_to`.
/// The first letter of an alert (number 0) begins a thread, the others answer it.
pub fn letter(event: &AlertEvent, sender: &Sender) -> Letter {
    let t = &Tongue::of(event.language).by_clocks_of(event.zone.as_deref());
    let mut story = story::story(event, t);
    if let Some(contact) = sender.plain_contact() {
        story.ask_by_mail(event, contact, t);
    }
    write(event, sender, story, None)
}

impl Sender {
    /// The address of those who run the service, where it can stand in a link as it is.
    fn plain_contact(&self) -> Option<&str> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "@.-_+".contains(c);
        let fits = |a: &&str| a.matches('@').count() == 1 && a.chars().all(plain);
        self.contact.as_deref().filter(fits)
    }
}

/// The copy of this letter for one reader, whose links lead to the sender's desk and name this reader. Made at `made_at`
/// each time, so that a repeat is the same. Without a desk it is the letter for all.
pub fn letter_for(event: &AlertEvent, sender: &Sender, address: &str, made_at: Timestamp) -> Letter {
    let Some(desk) = &sender.desk else { return letter(event, sender) };
    let t = &Tongue::of(event.language).by_clocks_of(event.zone.as_deref());
    let mut story = story::story(event, t);
    let links = |alert: &str| actions::links(event, alert, desk, (address, made_at), t);
    // Of many complaints each has its own: one press acts on one of them.
    for part in &mut story.storm {
        part.actions = links(&part.alert);
    }
    if story.storm.is_empty() {
        story.actions = links(&event.alert);
    }
    story.commands.clear();
    story.ask = t.say("do-links");
    let reader = reader(desk, &event.team, event.language, address, made_at);
    story.leave = Some(reader.unsubscribe.clone());
    if event.deliver_to.is_empty() {
        let team = clean::clip(team_shown(&event.team), 60);
        story.why = t.tell("why-operators", &[("team", team.into())]);
        story.leave = None;
        return write(event, sender, story, None);
    }
    write(event, sender, story, Some(reader))
}

fn reader(desk: &Desk, team: &str, language: Language, address: &str, made_at: Timestamp) -> Reader {
    let unsubscribe = desk.link(Purpose::Leave, "", team, language, address, made_at);
    Reader { address: address.to_owned(), unsubscribe }
}

/// The headers of a letter about an event as its readers need them: it answers the first letter that they were sent about
/// this alert (`begun_by`, the number of its event), where there is one, and a letter that waited is of the moment at which it
/// goes.
pub fn in_its_thread(
    letter: &mut Letter,
    event: &AlertEvent,
    begun_by: Option<u32>,
    goes_at: Timestamp,
    sender: &Sender,
) {
    letter.in_reply_to = begun_by.map(|number| id(event, number, sender));
    if event.held {
        letter.date = goes_at;
    }
}

/// Message-ID of the letter about an event, without angle brackets.
pub fn message_id(event: &AlertEvent, sender: &Sender) -> String {
    id(event, event.number, sender)
}

/// Message-ID of the letter about event `number` of an alert to a team, without angle brackets.
pub fn message_id_of(alert: &str, number: u32, team: &str, sender: &Sender) -> String {
    format!("{}.{number}.{}@{}", clean::token(alert), clean::token(team), domain(&sender.domain))
}

fn id(event: &AlertEvent, number: u32, sender: &Sender) -> String {
    message_id_of(&event.alert, number, &event.team, sender)
}

fn write(event: &AlertEvent, sender: &Sender, story: Story, reader: Option<Reader>) -> Letter {
    let from_name = clean::clip(&sender.from_name, 60);
    let t = Tongue::of(event.language);
    let sheet = Sheet { language: event.language.code(), story: &story, from_name: &from_name, chart: CHART };
    let (html, text, fallback) =
        sender.templates.letter("alert", &sheet, || text::text(&story, &from_name, t));
    Letter {
        message_id: message_id(event, sender),
        in_reply_to: (event.number > 0).then(|| id(event, 0, sender)),
        list_id: format!("{}.groundswell.{}", clean::token(&event.product), domain(&sender.domain)),
        alert: clean::token(&event.alert),
        date: event.at,
        zone: event.zone.clone(),
        to: event.deliver_to.clone(),
        reader,
        subject: story.subject.clone(),
        text,
        html,
        pictures: vec![Picture { cid: CHART.to_owned(), png: chart::Chart::of(event).png() }],
        fallback: fallback.map(|problem| problem.to_string()),
    }
}

/// What `templates/alert.html` is filled with.
#[derive(Serialize)]
struct Sheet<'a> {
    language: &'a str,
    story: &'a Story,
    from_name: &'a str,
    /// Name of the chart in `cid:` addresses.
    chart: &'a str,
}

/// The domain in the letters that a Message-ID allows.
fn domain(given: &str) -> String {
    let kept: String = given
        .trim()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        .take(200)
        .collect::<String>()
        .to_ascii_lowercase();
    let kept = kept.trim_matches(['.', '-']);
    if kept.is_empty() { "groundswell.invalid".to_owned() } else { kept.to_owned() }
}
