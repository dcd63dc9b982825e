//! Letters that are about no alert: to those who run the service, and to whoever tries the mail server.

use serde::Serialize;

use super::{Sender, domain, text};
use crate::ground::letter::Letter;
use crate::ground::time::Timestamp;

const ENGLISH: &str = "en";
/// Longest text of a letter, in characters.
const LONGEST: usize = 20_000;
/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;

/// What `templates/notice.html` is filled with. Those who run the service are written to in English.
#[derive(Serialize)]
struct Notice<'a> {
    language: &'a str,
    subject: &'a str,
    lead: &'a str,
    /// What follows, paragraph by paragraph, each in its lines.
    paragraphs: &'a [Vec<&'a str>],
    /// What a program printed, line by line.
    printed: &'a str,
    end: &'a [&'a str],
    from_name: &'a str,
}

impl Notice<'_> {
    fn text(&self) -> String {
        let mut out = text::Page::default();
        out.wrapped("", self.lead);
        for paragraph in self.paragraphs {
            out.blank();
            paragraph.iter().for_each(|line| out.wrapped_hanging(line, "  "));
        }
        if !self.printed.is_empty() {
            out.blank();
            out.line(self.printed);
        }
        out.blank();
        self.end.iter().for_each(|sentence| out.wrapped("", sentence));
        out.blank();
        out.line("--");
        out.wrapped("", self.from_name);
        out.done()
    }

    fn letter(&self, name: &str, list: &str, now: Timestamp, to: &[String], sender: &Sender) -> Letter {
        let domain = domain(&sender.domain);
        let (html, text, fallback) = sender.templates.letter("notice", self, || self.text());
        Letter {
            message_id: format!("{name}.{}@{domain}", now.as_millisecond()),
            in_reply_to: None,
            list_id: format!("{list}.groundswell.{domain}"),
            alert: name.to_owned(),
            date: now,
            zone: None,
            to: to.to_vec(),
            reader: None,
            subject: self.subject.to_owned(),
            text,
            html,
            fallback: fallback.map(|problem| problem.to_string()),
            pictures: Vec::new(),
        }
    }
}

/// New rules were refused: `why` is what `check` prints about those in `folder`.
pub fn rules_refused(folder: &str, why: &str, now: Timestamp, to: &[String], sender: &Sender) -> Letter {
    let printed: String = why.chars().filter(|c| *c == '\n' || !c.is_control()).take(LONGEST).collect();
    Notice {
        language: ENGLISH,
        subject: "groundswell: the new rules have errors, the old ones stay in force",
        lead: &format!(
            "The rules in {folder} cannot be put in force. Those of before stay in force, so nothing that they watch is missed."
        ),
        paragraphs: &[],
        printed: printed.trim_end(),
        end: &[
            &format!("groundswell check --rules {folder} shows this again. Save the mended file, and it is read within two seconds."),
            "This is said once, until the rules have been sound again.",
        ],
        from_name: &super::clean::clip(&sender.from_name, 60),
    }
    .letter("rules-refused", "operators", now, to, sender)
}

/// Something that those who run the service have to know. `about` says in one word what it is about; the first paragraph of
/// `text` leads, the rest is as it stands.
pub fn notice(
    about: &str,
    subject: &str,
    text: &str,
    now: Timestamp,
    to: &[String],
    sender: &Sender,
) -> Letter {
    let shown: String = subject.chars().filter(|c| !c.is_control()).take(LONGEST_SUBJECT).collect();
    let text: String = text.chars().filter(|c| *c == '\n' || !c.is_control()).take(LONGEST).collect();
    let (lead, rest) = text.trim_end().split_once("\n\n").unwrap_or((text.trim_end(), ""));
    let paragraphs: Vec<Vec<&str>> =
        rest.split("\n\n").map(|p| p.lines().collect::<Vec<_>>()).filter(|lines| !lines.is_empty()).collect();
    let end = ["`groundswell status` shows how it stands, `groundswell doctor` looks the installation over."];
    let from_name = super::clean::clip(&sender.from_name, 60);
    // Two things may be told in the same moment: the subject tells them apart.
    let name = format!("{about}.{:08x}", xxhash_rust::xxh3::xxh3_64(subject.as_bytes()) as u32);
    let mut letter = Notice {
        language: ENGLISH,
        subject: &shown,
        lead,
        paragraphs: &paragraphs,
        printed: "",
        end: &end,
        from_name: &from_name,
    }
    .letter(&name, "operators", now, to, sender);
    letter.alert = about.to_owned();
    letter
}

/// A letter that shows that letters arrive.
pub fn trial(address: &str, now: Timestamp, sender: &Sender) -> Letter {
    Notice {
        language: ENGLISH,
        subject: "groundswell: a letter to try the mail server",
        lead: "This letter was sent by `groundswell mail test`. That you read it shows that the mail server takes letters of groundswell and brings them to you.",
        paragraphs: &[],
        printed: "",
        end: &[
            "Look whether it lies among the unwanted mail. If so, those who run your mail have to let the sender through before alerts can be relied on.",
        ],
        from_name: &super::clean::clip(&sender.from_name, 60),
    }
    .letter("mail-test", "operators", now, &[address.to_owned()], sender)
}
