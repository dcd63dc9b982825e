//! The letter about what a team was not told one by one: product by product, each alert once as it stands now, the most
//! serious first.

use std::cmp::Reverse;

use serde::Serialize;

use super::beside::{marked, unquoted};
use super::story::Action;
use super::tongue::Tongue;
use super::{Sender, actions, clean, domain, reader, story, text};
use crate::ground::alert::{AlertEvent, Collected, EventKind, team_shown};
use crate::ground::letter::Letter;
use crate::ground::time::Timestamp;

/// Alerts that have a quote and buttons; mail programs cut off what is longer than a hundred kilobytes.
const WITH_BUTTONS: usize = 20;
/// Products that a subject names.
const MOST_NAMED: usize = 2;

/// What `templates/collected.html` is filled with.
#[derive(Serialize)]
struct Page<'a> {
    language: &'a str,
    subject: &'a str,
    lead: &'a [String],
    groups: &'a [Group],
    /// How the buttons work.
    ask: &'a [String],
    why: &'a str,
    from_name: &'a str,
    leave_href: Option<&'a str>,
}

/// The alerts about one product.
#[derive(Serialize)]
struct Group {
    product: String,
    entries: Vec<Item>,
}

/// One alert.
#[derive(Serialize)]
struct Item {
    /// The name of the complaint.
    what: String,
    /// The news, how many people, in how long.
    said: String,
    quote: Option<String>,
    /// Links to what can be done about it.
    actions: Vec<Action>,
    /// What those who run the service type to look it up, where there is no way to reach them.
    command: Option<String>,
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
    let way = Way { collected, sender, address, made_at, t };
    let reader = sender
        .desk
        .as_ref()
        .zip(address)
        .map(|(desk, to)| reader(desk, &collected.team, collected.language, to, made_at));
    let alerts = by_seriousness(events);
    let groups = groups(&alerts, &way);
    let (subject, lead) = super::waited::words(collected, &team, t);
    let subject = match alerts.as_slice() {
        [only] => story::subject(only, t),
        _ => t.tell(
            subject,
            &[("named", named(&groups, &team, t).into()), ("count", (alerts.len() as u64).into())],
        ),
    };
    let ask = way.ask(alerts.len());
    let why = t.tell("collected-why", &[("team", team.into())]);
    let page = Page {
        language: collected.language.code(),
        subject: &subject,
        lead: &lead,
        groups: &groups,
        ask: &ask,
        why: &why,
        from_name: &from_name,
        leave_href: reader.as_ref().map(|reader| reader.unsubscribe.as_str()),
    };
    let (html, text, fallback) = sender.templates.letter("collected", &page, || page.text(t));
    Letter {
        message_id: collected_id(collected, sender),
        in_reply_to: None,
        list_id: format!("{}.collected.groundswell.{domain}", clean::token(&collected.team)),
        alert: "collected".to_owned(),
        date: collected.at,
        zone: collected.zone.clone(),
        to: collected.deliver_to.clone(),
        text,
        html,
        fallback: fallback.map(|problem| problem.to_string()),
        reader,
        subject,
        pictures: Vec::new(),
    }
}

/// Each alert once, by its newest event: danger first, what is open before what is over, then by the people.
fn by_seriousness(events: &[AlertEvent]) -> Vec<&AlertEvent> {
    let mut newest: Vec<&AlertEvent> = Vec::new();
    for event in events {
        match newest.iter_mut().find(|known| known.alert == event.alert) {
            Some(known) if known.number < event.number => *known = event,
            Some(_) => {}
            None => newest.push(event),
        }
    }
    newest.sort_by_key(|e| (Reverse(e.severity), is_over(e), Reverse(e.observed)));
    newest
}

fn is_over(event: &AlertEvent) -> bool {
    event.kind == EventKind::Resolved
}

/// The alerts product by product: first the product of the most serious one.
fn groups(alerts: &[&AlertEvent], way: &Way<'_>) -> Vec<Group> {
    let mut groups: Vec<(&str, Group)> = Vec::new();
    for (nth, event) in alerts.iter().enumerate() {
        let item = way.item(event, nth < WITH_BUTTONS);
        match groups.iter_mut().find(|(product, _)| *product == event.product) {
            Some((_, group)) => group.entries.push(item),
            None => {
                let product = clean::clip(&event.product_name, 60);
                groups.push((&event.product, Group { product, entries: vec![item] }));
            }
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The products for a subject: `Mini 9`, `Mini 9 (3), Aster Watch (2) and 1 more`.
fn named(groups: &[Group], team: &str, t: &Tongue) -> String {
    if let [only] = groups {
        return clean::clip(&only.product, 40);
    }
    let name = |group: &Group| {
        let count = ("count", (group.entries.len() as u64).into());
        t.tell("collected-named", &[("product", clean::clip(&group.product, 30).into()), count])
    };
    let mut parts: Vec<String> = groups.iter().take(MOST_NAMED).map(name).collect();
    if groups.len() > MOST_NAMED {
        parts.push(t.count("more", (groups.len() - MOST_NAMED) as u64));
    }
    // Nothing of what it was to tell is known any more.
    if parts.is_empty() { team.to_owned() } else { t.list(&parts) }
}

/// How the reader gets to what can be done.
struct Way<'a> {
    collected: &'a Collected,
    sender: &'a Sender,
    address: Option<&'a str>,
    made_at: Timestamp,
    t: &'a Tongue,
}

impl Way<'_> {
    fn item(&self, event: &AlertEvent, whole: bool) -> Item {
        let (t, whole_label) = (self.t, clean::clip(&event.label, 120));
        let actions = match (&self.sender.desk, self.address, self.sender.plain_contact()) {
            _ if !whole => Vec::new(),
            (Some(desk), Some(address), _) => {
                let own = AlertEvent { team: self.collected.team.clone(), ..event.clone() };
                actions::links(&own, &event.alert, desk, (address, self.made_at), t)
            }
            (_, _, Some(contact)) => actions::mails(event, (&event.alert, &whole_label), contact, t),
            _ => Vec::new(),
        };
        let reached = self.reached();
        Item {
            what: marked(t.quoted(&unquoted(&whole_label)), event.severity, t),
            said: clean::capital(&story::listed(event, t)),
            quote: event.quotes.first().filter(|_| whole).map(|quote| clean::clip(&quote.text, 140)),
            actions,
            command: (!reached).then(|| format!("groundswell explain {}", clean::line(&event.alert))),
        }
    }

    /// Whether a button leads anywhere.
    fn reached(&self) -> bool {
        self.sender.desk.is_some() && self.address.is_some() || self.sender.plain_contact().is_some()
    }

    /// How the buttons work, and what has none.
    fn ask(&self, alerts: usize) -> Vec<String> {
        let t = self.t;
        let how = match (&self.sender.desk, self.address, self.sender.plain_contact()) {
            (Some(_), Some(_), _) => t.say("do-links"),
            (_, _, Some(contact)) => t.tell("do-mail", &[("contact", contact.to_owned().into())]),
            _ => return Vec::new(),
        };
        let plain = (alerts > WITH_BUTTONS).then(|| t.say("collected-plain"));
        std::iter::once(how).chain(plain).collect()
    }
}

impl Page<'_> {
    fn text(&self, t: &Tongue) -> String {
        let mut out = text::Page::default();
        for sentence in self.lead {
            out.wrapped("", sentence);
            out.blank();
        }
        for group in self.groups {
            out.line(&group.product.to_uppercase());
            out.blank();
            for item in &group.entries {
                out.wrapped_hanging(&format!("* {}", item.what), "  ");
                out.wrapped("  ", &item.said);
                if let Some(quote) = &item.quote {
                    out.wrapped("  > ", quote);
                }
                for action in &item.actions {
                    out.line(&format!("  {}", t.colon(&action.name)));
                    out.line(&format!("    {}", action.href));
                }
                if let Some(command) = &item.command {
                    out.line(&format!("    {command}"));
                }
                out.blank();
            }
        }
        for sentence in self.ask {
            out.wrapped("", sentence);
            out.blank();
        }
        out.foot(self.from_name, self.why, self.leave_href, t);
        out.done()
    }
}
