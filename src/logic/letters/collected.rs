//! The letter about what a team was not told one by one, because it was too much for a day.

use askama::Template;

use super::{Sender, clean, domain, reader, story, text};
use crate::ground::alert::{AlertEvent, Collected};
use crate::ground::letter::Letter;
use crate::ground::time::Timestamp;

/// The template `templates/collected.html`. Every value is escaped by it.
#[derive(Template)]
#[template(path = "collected.html")]
struct Page<'a> {
    subject: &'a str,
    lead: &'a [String],
    items: &'a [Item],
    why: &'a str,
    from_name: &'a str,
    leave: &'a str,
    leave_href: Option<&'a str>,
}

/// One thing that is told.
struct Item {
    /// The subject that a letter of its own would have had.
    what: String,
    quote: Option<String>,
    command: String,
}

/// Message-ID of a collected letter, without angle brackets.
pub fn collected_id(collected: &Collected, sender: &Sender) -> String {
    let (team, at) = (clean::token(&collected.team), collected.at.as_millisecond());
    let what = if collected.digest.is_some() { "digest" } else { "collected" };
    format!("{what}.{at}.{team}@{}", domain(&sender.domain))
}

/// The letter, or the digest that it is. `events` are those that `collected` lists, as far as they are still known. With `address` it is the copy
/// for that reader, made at `made_at`.
pub fn collected(
    collected: &Collected,
    events: &[AlertEvent],
    sender: &Sender,
    address: Option<&str>,
    made_at: Timestamp,
) -> Letter {
    if let Some(what) = &collected.digest {
        return super::digest::digest(collected, what, sender, address, made_at);
    }
    let from_name = clean::clip(&sender.from_name, 60);
    let domain = domain(&sender.domain);
    let team = clean::clip(&collected.team, 60);
    let reader =
        sender.desk.as_ref().zip(address).map(|(desk, to)| reader(desk, &collected.team, to, made_at));
    let items: Vec<Item> = events
        .iter()
        .map(|event| Item {
            what: story::subject(event),
            quote: event.quotes.first().map(|quote| clean::clip(&quote.text, 140)),
            command: format!("groundswell explain {}", clean::line(&event.alert)),
        })
        .collect();
    let all = collected.events.len() as u64 + u64::from(collected.more);
    let what = super::words::count_of(all, "alert letter", "alert letters");
    let subject = format!("{what} more than {} a day, listed in one", collected.mails_a_day);
    let mut lead = vec![format!(
        "Team \"{team}\" gets at most {} alert mails in 24 hours (mails_a_day in teams.toml), and more happened than that. So the rest is told here, in short. The alerts themselves are open or closed as if each had been written about.",
        collected.mails_a_day
    )];
    if collected.more > 0 {
        lead.push(format!("{} of them are not listed: groundswell alerts lists all.", collected.more));
    }
    lead.push("So many at once are seldom real: somebody may be posting to hide something, or a rule finds too much. What could hurt somebody is always written about at once.".to_owned());
    let subject = match super::waited::words(collected, &what, &team) {
        Some((subject, told)) => {
            lead.truncate(0);
            lead.extend(told);
            if collected.more > 0 {
                lead.push(format!(
                    "{} of them are not listed: groundswell alerts lists all.",
                    collected.more
                ));
            }
            subject
        }
        None => subject,
    };
    let why = format!("You get this because your team, \"{team}\", owns these products in the rule files.");
    let leave_href = reader.as_ref().map(|reader| reader.unsubscribe.as_str());
    let page = Page {
        subject: &subject,
        lead: &lead,
        items: &items,
        why: &why,
        from_name: &from_name,
        leave: text::LEAVE,
        leave_href,
    };
    Letter {
        message_id: collected_id(collected, sender),
        in_reply_to: None,
        list_id: format!("{}.collected.groundswell.{domain}", clean::token(&collected.team)),
        alert: "collected".to_owned(),
        date: collected.at,
        to: collected.deliver_to.clone(),
        text: page.text(),
        // Rendering into memory cannot fail; if it did, the plain text still says all.
        html: page.render().unwrap_or_default(),
        reader,
        subject,
        pictures: Vec::new(),
    }
}

impl Page<'_> {
    fn text(&self) -> String {
        let mut out = text::Page::default();
        for sentence in self.lead {
            out.wrapped("", sentence);
            out.blank();
        }
        for item in self.items {
            out.wrapped_hanging(&format!("* {}", item.what), "  ");
            if let Some(quote) = &item.quote {
                out.wrapped("  > ", quote);
            }
            out.line(&format!("    {}", item.command));
            out.blank();
        }
        out.foot(self.from_name, self.why, self.leave_href);
        out.done()
    }
}
