//! What an e-mail says about something that happened to an alert, and the page that tells the story of many.
//! Pure: the same event makes the same letter, byte for byte.

mod chart;
mod clean;
mod fixture;
mod html;
mod notice;
mod page;
mod samples;
mod story;
mod text;
mod words;

#[cfg(test)]
mod tests;

use crate::ground::alert::AlertEvent;
use crate::ground::letter::{Letter, Picture};

pub use notice::{rules_refused, trial};
pub use page::page;
pub use samples::{Sample, samples, samples_page};

/// Name of the chart in the HTML's `cid:` address.
const CHART: &str = "chart";

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Domain that Message-ID and List-Id end in, such as `example.org`.
    pub domain: String,
    /// The sender's name as the reader sees it below the letter.
    pub from_name: String,
}

/// The letter that tells the alert's team about the event. It is addressed to the event's `deliver_to`.
/// The first letter of an alert (number 0) begins a thread, the others answer it.
pub fn letter(event: &AlertEvent, sender: &Sender) -> Letter {
    let story = story::story(event);
    let from_name = clean::clip(&sender.from_name, 60);
    let domain = domain(&sender.domain);
    let alert = clean::token(&event.alert);
    let id = |number: u32| format!("{alert}.{number}.{}@{domain}", clean::token(&event.team));
    Letter {
        message_id: id(event.number),
        in_reply_to: (event.number > 0).then(|| id(0)),
        list_id: format!("{}.groundswell.{domain}", clean::token(&event.product)),
        alert,
        date: event.at,
        to: event.deliver_to.clone(),
        reader: None,
        subject: story.subject.clone(),
        text: text::text(&story, &from_name),
        html: html::html(&story, &from_name),
        pictures: vec![Picture { cid: CHART.to_owned(), png: chart::Chart::of(event).png() }],
    }
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
