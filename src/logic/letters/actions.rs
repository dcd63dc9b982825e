//! The steps that a letter offers.

use crate::ground::alert::{AlertEvent, EventKind};
use crate::logic::links::{Purpose, SILENCE_DAYS};

use super::beside::Part;
use super::story::{Action, Story};
use super::tongue::Tongue;
use super::{Desk, clean};
use crate::ground::reason::Reason;
use crate::ground::time::Timestamp;

/// What can be done about an alert after this event, and what the button says (a message of the catalogue). What is over can
/// be called no issue at the most, and that can be taken back.
pub(super) fn actions(event: &AlertEvent) -> Vec<(Purpose, &'static str)> {
    match (event.kind, event.reason) {
        (EventKind::Resolved, Reason::NotAnIssue) => vec![(Purpose::AnIssue, "do-an-issue")],
        (EventKind::Resolved, Reason::Merged) => Vec::new(),
        (EventKind::Resolved, _) => vec![(Purpose::NotAnIssue, "do-was-not-an-issue")],
        _ => vec![
            (Purpose::Acknowledge, "do-seen"),
            (Purpose::NotAnIssue, "do-not-an-issue"),
            (Purpose::Silence, "do-silence"),
            (Purpose::Fixed, "do-fixed"),
        ],
    }
}

/// The command that does so.
pub(super) fn command(purpose: Purpose, alert: &str) -> String {
    let alert = clean::line(alert);
    match purpose {
        Purpose::Acknowledge => format!("groundswell ack {alert}"),
        Purpose::NotAnIssue => format!("groundswell feedback {alert} no"),
        Purpose::Silence => format!("groundswell silence {alert} --days {SILENCE_DAYS}"),
        Purpose::Fixed => format!("groundswell fixed {alert}"),
        Purpose::Unsilence => format!("groundswell silence {alert} --undo"),
        Purpose::AnIssue => format!("groundswell feedback {alert} yes"),
        // That is about no alert.
        Purpose::Leave | Purpose::ComeBack => String::new(),
    }
}

/// An e-mail to those who run the service that asks for this step: they get the command, and the reader only has to send it.
fn by_mail(contact: &str, name: &str, label: &str, command: &str) -> String {
    let part = |text: &str| {
        let escaped: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        escaped.replace('+', "%20")
    };
    let body = format!("{label}\r\n\r\n{command}\r\n");
    format!("mailto:{contact}?subject={}&body={}", part(&format!("{name}: {label}")), part(&body))
}

/// What those who run the service would type for each step; of many complaints, for each of them.
pub(super) fn commands(event: &AlertEvent, storm: &[Part], t: &Tongue) -> Vec<(String, String)> {
    let of = |alert: &str, label: Option<&str>| -> Vec<(String, String)> {
        let steps = actions(event).into_iter();
        let named = |name: &str| match label {
            Some(label) => format!("{}, {}", t.quoted(label), t.say(name)),
            None => t.say(name),
        };
        steps.map(|(purpose, name)| (named(name), command(purpose, alert))).collect()
    };
    match storm {
        [] => of(&event.alert, None),
        parts => parts.iter().flat_map(|part| of(&part.alert, Some(&part.label))).collect(),
    }
}

/// Each step as an e-mail to `contact`, for where there are no links: it has the command in it. `alert` is the event's own,
/// or one of the complaints of its storm.
pub(super) fn mails(
    event: &AlertEvent,
    (alert, label): (&str, &str),
    contact: &str,
    t: &Tongue,
) -> Vec<Action> {
    let steps = actions(event).into_iter();
    steps
        .map(|(purpose, name)| {
            let (name, command) = (t.say(name), command(purpose, alert));
            Action { href: by_mail(contact, &name, label, &command), name }
        })
        .collect()
}

/// Each step as a link for the reader at `address`, in a letter made at `made_at`.
pub(super) fn links(
    event: &AlertEvent,
    alert: &str,
    desk: &Desk,
    (address, made_at): (&str, Timestamp),
    t: &Tongue,
) -> Vec<Action> {
    let to = |purpose| desk.link(purpose, alert, &event.team, t.language(), address, made_at);
    let steps = actions(event).into_iter();
    steps.map(|(purpose, name)| Action { name: t.say(name), href: to(purpose) }).collect()
}

impl Story {
    /// Where there are no links, but somebody who can be written to: each step is an e-mail.
    pub(super) fn ask_by_mail(&mut self, event: &AlertEvent, contact: &str, t: &Tongue) {
        for part in &mut self.storm {
            part.actions = mails(event, (&part.alert, &part.label), contact, t);
        }
        if self.storm.is_empty() {
            self.actions = mails(event, (&event.alert, &self.label), contact, t);
        }
        self.by_mail = Some(t.tell("do-mail", &[("contact", contact.to_owned().into())]));
        self.contact = Some(contact.to_owned());
    }
}
