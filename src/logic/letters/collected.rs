//! The letter about what a team was not told one by one, because it was too much for a day.

use serde::Serialize;

use super::tongue::Tongue;
use super::{Sender, clean, domain, reader, story, text};
use crate::ground::alert::{AlertEvent, Collected, team_shown};
use crate::ground::letter::Letter;
use crate::ground::time::Timestamp;

/// What `templates/collected.html` is filled with.
#[derive(Serialize)]
struct Page<'a> {
    language: &'a str,
    subject: &'a str,
    lead: &'a [String],
    items: &'a [Item],
    why: &'a str,
    from_name: &'a str,
    leave_href: Option<&'a str>,
}

/// One thing that is told.
#[derive(Serialize)]
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
    let t = Tongue::of(collected.language);
    let from_name = clean::clip(&sender.from_name, 60);
    let domain = domain(&sender.domain);
    let team = clean::clip(team_shown(&collected.team), 60);
    let reader = sender
        .desk
        .as_ref()
        .zip(address)
        .map(|(desk, to)| reader(desk, &collected.team, collected.language, to, made_at));
    let items: Vec<Item> = events
        .iter()
        .map(|event| Item {
            what: story::subject(event, t),
            quote: event.quotes.first().map(|quote| clean::clip(&quote.text, 140)),
            command: format!("groundswell explain {}", clean::line(&event.alert)),
        })
        .collect();
    let all = collected.events.len() as u64 + u64::from(collected.more);
    let most = || collected.mails_a_day.into();
    let subject = t.tell("collected-subject", &[("count", all.into()), ("most", most())]);
    let mut lead = vec![t.tell("collected-lead", &[("team", team.as_str().into()), ("most", most())])];
    if collected.more > 0 {
        lead.push(t.count("collected-more", u64::from(collected.more)));
    }
    lead.push(t.say("collected-doubt"));
    let (subject, lead) = super::waited::words(collected, all, &team, t).unwrap_or((subject, lead));
    let why = t.tell("collected-why", &[("team", team.into())]);
    let page = Page {
        language: collected.language.code(),
        subject: &subject,
        lead: &lead,
        items: &items,
        why: &why,
        from_name: &from_name,
        leave_href: reader.as_ref().map(|reader| reader.unsubscribe.as_str()),
    };
    let (html, fallback) = sender.templates.render("collected.html", &page);
    Letter {
        message_id: collected_id(collected, sender),
        in_reply_to: None,
        list_id: format!("{}.collected.groundswell.{domain}", clean::token(&collected.team)),
        alert: "collected".to_owned(),
        date: collected.at,
        to: collected.deliver_to.clone(),
        text: page.text(t),
        html,
        fallback: fallback.map(|problem| problem.to_string()),
        reader,
        subject,
        pictures: Vec::new(),
    }
}

impl Page<'_> {
    fn text(&self, t: &Tongue) -> String {
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
        out.foot(self.from_name, self.why, self.leave_href, t);
        out.done()
    }
}
