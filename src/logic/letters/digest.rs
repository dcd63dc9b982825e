//! The digest: what a team is told by the week or the day.

use std::collections::BTreeSet;

use serde::Serialize;

use super::beside::{marked, unquoted};
use super::tongue::Tongue;
use super::{Sender, clean, collected_id, domain, reader, story, text};
use crate::ground::alert::{Collected, EventKind, Severity, team_shown};
use crate::ground::digest::{Digest, Feeling, Growing, ProductDigest, ToldAlert};
use crate::ground::letter::Letter;
use crate::ground::reason::Reason;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// A change of feeling is clear when it is so many standard errors (the normal law, 1 of 20 by chance).
const CLEAR: f64 = 1.96;
/// With a wider margin than this a mood that is called neutral cannot be told from a bad one.
const WIDE: f64 = 0.25;

/// What `templates/digest.html` is filled with.
#[derive(Serialize)]
struct Page<'a> {
    language: &'a str,
    subject: &'a str,
    sections: &'a [Section],
    why: &'a str,
    from_name: &'a str,
    leave_href: Option<&'a str>,
}

/// Something with a heading.
#[derive(Serialize)]
struct Section {
    title: String,
    sentences: Vec<String>,
    items: Vec<Item>,
}

/// A thing, and what is to be said of it.
#[derive(Serialize)]
struct Item {
    what: String,
    more: String,
}

/// The letter. With `address` it is the copy for that reader, made at `made_at`.
pub(super) fn digest(
    collected: &Collected,
    digest: &Digest,
    sender: &Sender,
    address: Option<&str>,
    made_at: Timestamp,
) -> Letter {
    let t = &Tongue::of(collected.language).by_clocks_of(collected.zone.as_deref());
    let from_name = clean::clip(&sender.from_name, 60);
    let team = clean::clip(team_shown(&collected.team), 60);
    let reader = sender
        .desk
        .as_ref()
        .zip(address)
        .map(|(desk, to)| reader(desk, &collected.team, collected.language, to, made_at));
    let subject = subject(collected, digest, t);
    let why = t.tell("digest-why", &[("team", team.into())]);
    let told = Told { t, weekly: digest.days != 1 };
    let mut sections = told.sections(digest);
    if !told.weekly {
        let said = t.tell("digest-day-says", &[("date", first_day(collected, digest, t).into())]);
        let day = Section { title: String::new(), sentences: vec![said], items: Vec::new() };
        sections.insert(0, day);
    }
    let page = Page {
        language: collected.language.code(),
        subject: &subject,
        sections: &sections,
        why: &why,
        from_name: &from_name,
        leave_href: reader.as_ref().map(|reader| reader.unsubscribe.as_str()),
    };
    let (html, text, fallback) = sender.templates.letter("digest", &page, || page.text(t));
    Letter {
        message_id: collected_id(collected, sender),
        in_reply_to: None,
        list_id: format!("{}.digest.groundswell.{}", clean::token(&collected.team), domain(&sender.domain)),
        alert: "digest".to_owned(),
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

/// The first day that the figures are of.
fn first_day(collected: &Collected, digest: &Digest, t: &Tongue) -> String {
    t.date(plus_ms(collected.at, -i64::from(digest.days) * DAY_MS))
}

/// `Week from 3 March 2025: 2 alerts, 1 over; 96 complaints in 1,240 posts`.
fn subject(collected: &Collected, digest: &Digest, t: &Tongue) -> String {
    let first = first_day(collected, digest, t);
    let stretch = match digest.days {
        1 => t.tell("digest-day-of", &[("date", first.into())]),
        _ => t.tell("digest-week-from", &[("date", first.into())]),
    };
    let posts: u64 = digest.products.iter().map(|p| u64::from(p.posts.0)).sum();
    let complaints: u64 = digest.products.iter().map(|p| u64::from(p.complaints.0)).sum();
    let alerts = listed(digest);
    let count = |what: Stands| alerts.iter().filter(|alert| alert.stands() == what).count() as u64;
    // As many as are listed, told apart as they are there.
    let kinds = [("digest-new", Stands::New), ("digest-grown", Stands::Open), ("digest-ended", Stands::Over)];
    let kinds = kinds.into_iter().map(|(key, what)| (key, count(what))).filter(|(_, count)| *count > 0);
    let kinds: Vec<String> = kinds.map(|(key, count)| t.count(key, count)).collect();
    let alerts = match alerts.len() as u64 + u64::from(digest.more_told) {
        0 => t.say("digest-no-alerts"),
        all => t.tell(
            "digest-alerts",
            &[("alerts", t.count("alerts", all).into()), ("kinds", kinds.join(", ").into())],
        ),
    };
    if digest.products.is_empty() {
        // What it is told of are other teams' products.
        return t.tell("digest-subject-alerts", &[("stretch", stretch.into()), ("alerts", alerts.into())]);
    }
    t.tell(
        "digest-subject",
        &[
            ("stretch", stretch.into()),
            ("alerts", alerts.into()),
            ("complaints", t.count("complaints", complaints).into()),
            ("posts", t.count("posts", posts).into()),
        ],
    )
}

/// Why it opened, changed or ended. Who reads the digest may have got no e-mail about it before.
fn why(reason: Reason, t: &Tongue) -> String {
    match reason {
        Reason::Doubled => t.say("digest-doubled"),
        other => story::reason(other, t),
    }
}

/// The digest in words, of a week or of a day.
struct Told<'a> {
    t: &'a Tongue,
    weekly: bool,
}

impl Told<'_> {
    /// The message of the week, or of the day.
    fn of<'k>(&self, week: &'k str, day: &'k str) -> &'k str {
        if self.weekly { week } else { day }
    }

    fn sections(&self, digest: &Digest) -> Vec<Section> {
        let t = self.t;
        let alerts = listed(digest);
        let mut first = Section { title: String::new(), sentences: Vec::new(), items: Vec::new() };
        if alerts.is_empty() {
            first.sentences.push(t.say(self.of("digest-quiet-week", "digest-quiet-day")));
        }
        if digest.more_told > 0 {
            first.sentences.push(t.count("digest-more", u64::from(digest.more_told)));
        }
        // What the team is told of other teams' products has no figures here.
        let mut names: Vec<&str> = digest.products.iter().map(|product| product.name.as_str()).collect();
        let others: BTreeSet<&str> = alerts.iter().map(|alert| alert.last.product.as_str()).collect();
        names.extend(others.into_iter().filter(|name| !digest.products.iter().any(|p| p.name == *name)));
        let mut products: Vec<((bool, u32), Section)> = names
            .into_iter()
            .map(|name| {
                let of_it = alerts.iter().filter(|alert| alert.last.product == name);
                let people: u32 = of_it.clone().map(|alert| alert.last.people).sum();
                let danger = of_it.clone().any(|alert| alert.is_danger());
                let items: Vec<Item> = of_it.map(|alert| self.alert(alert)).collect();
                let figures = digest.products.iter().find(|product| product.name == name);
                ((danger, people), self.product(name, figures, items))
            })
            .collect();
        // Where there is danger comes first, then where most happens.
        products.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let mut sections = vec![first];
        sections.extend(products.into_iter().map(|(_, section)| section));
        sections.extend(self.worth(digest));
        let look_up = vec![t.say("digest-look-up")];
        sections.push(Section { title: String::new(), sentences: look_up, items: Vec::new() });
        sections.retain(|section| !section.sentences.is_empty() || !section.items.is_empty());
        sections
    }

    /// What happened to one alert, in order, or that it is still open.
    fn alert(&self, alert: &Listed<'_>) -> Item {
        let (t, last) = (self.t, alert.last);
        let what = marked(t.quoted(&unquoted(&clean::clip(&last.label, 80))), last.severity, t);
        let people = ("people", t.people(last.people).into());
        let more = if alert.steps.is_empty() {
            t.tell("digest-still-open", &[("date", t.date(last.at).into()), people])
        } else {
            let step = |step: &&ToldAlert| t.tell(kind(step.kind), &[("day", t.day_at(step.at).into())]);
            let told: Vec<String> = alert.steps.iter().map(step).collect();
            let (told, why) = (clean::capital(&t.list(&told)), why(last.reason, t));
            format!("{told}. {why} {}", t.tell("digest-so-far", &[people]))
        };
        Item { what, more }
    }

    fn product(&self, name: &str, product: Option<&ProductDigest>, mut items: Vec<Item>) -> Section {
        let (t, title) = (self.t, clean::clip(name, 60));
        let Some(product) = product else { return Section { title, sentences: Vec::new(), items } };
        let mut sentences = vec![t.tell(
            self.of("digest-posts-week", "digest-posts-day"),
            &[
                ("posts", t.count("posts", u64::from(product.posts.0)).into()),
                ("complaints", product.complaints.0.into()),
                ("postsBefore", product.posts.1.into()),
                ("complaintsBefore", product.complaints.1.into()),
            ],
        )];
        sentences.extend(self.feeling(&product.feeling));
        if product.reach > 0 {
            let followers = t.count("followers", product.reach).into();
            sentences.push(t.tell("digest-reach", &[("followers", followers)]));
        }
        items.extend(product.growing.iter().map(|g| self.line(g, "digest-growing")));
        items.extend(product.ideas.iter().map(|g| self.line(g, "digest-wished")));
        Section { title, sentences, items }
    }

    fn line(&self, growing: &Growing, what: &str) -> Item {
        let t = self.t;
        let said = [
            ("what", t.say(what).into()),
            ("people", t.people(growing.people).into()),
            ("before", t.people_or_nobody(growing.before).into()),
        ];
        Item {
            what: t.quoted(&unquoted(&clean::clip(&growing.label, 80))),
            more: t.tell(self.of("digest-line-week", "digest-line-day"), &said),
        }
    }

    /// The feeling of posts against the stretch before and the quarter: a difference counts when chance would not make it.
    fn feeling(&self, feeling: &[Option<Feeling>; 3]) -> Option<String> {
        let t = self.t;
        let [Some(this), before, quarter] = feeling else { return None };
        let unclear = |felt: &Feeling| CLEAR * felt.error > WIDE;
        if unclear(this) {
            return Some(t.say("digest-feeling-unclear"));
        }
        let against = |other: &Option<Feeling>, of: &str| {
            let other = (*other).filter(|other| !unclear(other))?;
            let change = this.mean - other.mean;
            let sure = change.abs() > CLEAR * (this.error.powi(2) + other.error.powi(2)).sqrt();
            let key = match (sure, change > 0.0) {
                (false, _) => "digest-same",
                (true, true) => "digest-better",
                (true, false) => "digest-worse",
            };
            Some(t.tell(key, &[("other", t.say(of).into()), ("mean", t.signed(other.mean).into())]))
        };
        let before = against(before, self.of("digest-the-week-before", "digest-the-day-before"));
        let compared: Vec<String> =
            [before, against(quarter, "digest-the-quarter-before")].into_iter().flatten().collect();
        let figures = [
            ("mean", t.signed(this.mean).into()),
            ("error", t.decimal(CLEAR * this.error, 2).into()),
            ("compared", t.list(&compared).into()),
        ];
        let key = if compared.is_empty() { "digest-feeling" } else { "digest-feeling-compared" };
        let take = if compared.is_empty() { 2 } else { 3 };
        Some(t.tell(key, figures.get(..take).unwrap_or(&figures)))
    }

    /// Whether the alerts are worth it, by what people said of them.
    fn worth(&self, digest: &Digest) -> Option<Section> {
        let t = self.t;
        let mut sentences = Vec::new();
        let (good, bad) = digest.judged;
        if good + bad > 0 {
            let alerts = t.count("alerts", u64::from(good + bad)).into();
            sentences.push(t.tell("digest-judged", &[("alerts", alerts), ("good", good.into())]));
        }
        if let Some((known, median)) = digest.leads {
            let said = [("count", known.into()), ("days", median.round().into())];
            sentences.push(t.tell("digest-leads", &said));
        }
        (!sentences.is_empty()).then(|| Section {
            title: t.say("digest-worth-title"),
            sentences,
            items: Vec::new(),
        })
    }
}

/// An alert as the digest lists it.
struct Listed<'a> {
    /// What happened to it, in order; nothing where it only goes on.
    steps: Vec<&'a ToldAlert>,
    last: &'a ToldAlert,
}

/// How an alert stands at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    New,
    Open,
    Over,
}

impl Listed<'_> {
    fn is_danger(&self) -> bool {
        self.last.severity == Severity::Safety
    }

    fn stands(&self) -> Stands {
        let began = |step: &&ToldAlert| matches!(step.kind, EventKind::Opened | EventKind::Regressed);
        match self.last.kind {
            EventKind::Resolved => Stands::Over,
            _ if self.steps.iter().any(began) => Stands::New,
            _ => Stands::Open,
        }
    }
}

/// The alerts of a digest, each once: danger first, then those of most people.
fn listed(digest: &Digest) -> Vec<Listed<'_>> {
    let mut all: Vec<Listed<'_>> = Vec::new();
    for told in &digest.told {
        match all.iter_mut().find(|listed| listed.last.alert == told.alert) {
            Some(listed) => {
                listed.steps.push(told);
                listed.last = told;
            }
            None => all.push(Listed { steps: vec![told], last: told }),
        }
    }
    for open in &digest.open {
        if !all.iter().any(|listed| listed.last.alert == open.alert) {
            all.push(Listed { steps: Vec::new(), last: open });
        }
    }
    all.sort_by(|a, b| {
        let weight = |l: &Listed<'_>| (l.is_danger(), l.last.people);
        weight(b).cmp(&weight(a)).then_with(|| a.last.alert.cmp(&b.last.alert))
    });
    all
}

fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Opened => "digest-opened",
        EventKind::Updated => "digest-grew",
        EventKind::Resolved => "digest-over",
        EventKind::Regressed => "digest-came-back",
    }
}

impl Page<'_> {
    fn text(&self, t: &Tongue) -> String {
        let mut out = text::Page::default();
        for section in self.sections {
            if !section.title.is_empty() {
                out.line(&section.title.to_uppercase());
            }
            for sentence in &section.sentences {
                out.wrapped("", sentence);
            }
            for item in &section.items {
                out.wrapped_hanging(&format!("* {}", item.what), "  ");
                out.wrapped("  ", &item.more);
            }
            out.blank();
        }
        out.foot(self.from_name, self.why, self.leave_href, t);
        out.done()
    }
}
