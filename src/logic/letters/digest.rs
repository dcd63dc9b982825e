//! The digest: what a team is told by the week or the day.

use serde::Serialize;

use super::beside::unquoted;
use super::tongue::Tongue;
use super::{Sender, clean, collected_id, domain, reader, story, text};
use crate::ground::alert::{Collected, EventKind};
use crate::ground::digest::{Digest, Feeling, Growing, ProductDigest, ToldAlert};
use crate::ground::letter::Letter;
use crate::ground::time::{DAY_MS, Timestamp, day_of, plus_ms};

/// A change of feeling is clear when it is so many standard errors (the normal law, 1 of 20 by chance).
const CLEAR: f64 = 1.96;

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
    let t = Tongue::of(collected.language);
    let from_name = clean::clip(&sender.from_name, 60);
    let team = clean::clip(&collected.team, 60);
    let reader = sender
        .desk
        .as_ref()
        .zip(address)
        .map(|(desk, to)| reader(desk, &collected.team, collected.language, to, made_at));
    let subject = subject(collected, digest, t);
    let why = t.tell("digest-why", &[("team", team.into())]);
    let told = Told { t, weekly: digest.days != 1 };
    let sections = told.sections(digest);
    let page = Page {
        language: collected.language.code(),
        subject: &subject,
        sections: &sections,
        why: &why,
        from_name: &from_name,
        leave_href: reader.as_ref().map(|reader| reader.unsubscribe.as_str()),
    };
    let (html, fallback) = sender.templates.render("digest.html", &page);
    Letter {
        message_id: collected_id(collected, sender),
        in_reply_to: None,
        list_id: format!("{}.digest.groundswell.{}", clean::token(&collected.team), domain(&sender.domain)),
        alert: "digest".to_owned(),
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

/// `Week from 3 March 2025: 2 alerts, 1 over; 96 complaints in 1,240 posts`.
fn subject(collected: &Collected, digest: &Digest, t: &Tongue) -> String {
    let first = t.date(plus_ms(collected.at, -i64::from(digest.days) * DAY_MS));
    let stretch = match digest.days {
        1 => first,
        _ => t.tell("digest-week-from", &[("date", first.into())]),
    };
    let count = |kinds: &[EventKind]| digest.told.iter().filter(|t| kinds.contains(&t.kind)).count() as u64;
    let opened = count(&[EventKind::Opened, EventKind::Regressed]);
    let over = count(&[EventKind::Resolved]);
    let posts: u64 = digest.products.iter().map(|p| u64::from(p.posts.0)).sum();
    let complaints: u64 = digest.products.iter().map(|p| u64::from(p.complaints.0)).sum();
    let alerts = match (opened, over) {
        (0, 0) => t.say("digest-no-alerts"),
        (opened, 0) => t.count("alerts", opened),
        (0, over) => t.tell("digest-alerts-over", &[("alerts", t.count("alerts", over).into())]),
        (opened, over) => t.tell(
            "digest-alerts-and-over",
            &[("alerts", t.count("alerts", opened).into()), ("over", over.into())],
        ),
    };
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
        let mut sections = vec![self.alerts(digest)];
        sections.extend(digest.products.iter().map(|product| self.product(product)));
        sections.extend(self.worth(digest));
        sections
    }

    fn alerts(&self, digest: &Digest) -> Section {
        let t = self.t;
        let mut sentences = Vec::new();
        if digest.told.is_empty() {
            sentences.push(t.say(self.of("digest-quiet-week", "digest-quiet-day")));
        }
        if digest.more_told > 0 {
            sentences.push(t.count("digest-more", u64::from(digest.more_told)));
        }
        let mut by_alert: Vec<Vec<&ToldAlert>> = Vec::new();
        for told in &digest.told {
            match by_alert
                .iter_mut()
                .find(|steps| steps.first().is_some_and(|first| first.alert == told.alert))
            {
                Some(steps) => steps.push(told),
                None => by_alert.push(vec![told]),
            }
        }
        let mut items: Vec<Item> = by_alert.iter().filter_map(|steps| self.alert(steps)).collect();
        let told = |open: &&ToldAlert| digest.told.iter().any(|told| told.alert == open.alert);
        items.extend(digest.open.iter().filter(|open| !told(open)).map(|open| {
            let said = [("date", t.date(open.at).into()), ("people", t.people(open.people).into())];
            Item { what: self.named(open), more: explained(&t.tell("digest-still-open", &said), open) }
        }));
        Section { title: String::new(), sentences, items }
    }

    fn named(&self, told: &ToldAlert) -> String {
        let (product, label) = (clean::clip(&told.product, 40), unquoted(&clean::clip(&told.label, 80)));
        self.t.tell("digest-alert", &[("product", product.into()), ("label", label.into())])
    }

    /// What happened to one alert, in order.
    fn alert(&self, steps: &[&ToldAlert]) -> Option<Item> {
        let (t, last) = (self.t, steps.last()?);
        let step = |step: &&ToldAlert| t.tell(kind(step.kind), &[("day", t.day(day_of(step.at)).into())]);
        let told: Vec<String> = steps.iter().map(step).collect();
        let so_far = t.tell("digest-so-far", &[("people", t.people(last.people).into())]);
        let (told, why) = (clean::capital(&t.list(&told)), story::reason(last.reason, t));
        Some(Item { what: self.named(last), more: explained(&format!("{told}. {why} {so_far}"), last) })
    }

    fn product(&self, product: &ProductDigest) -> Section {
        let t = self.t;
        let mut sentences = vec![t.tell(
            self.of("digest-posts-week", "digest-posts-day"),
            &[
                ("posts", t.count("posts", u64::from(product.posts.0)).into()),
                ("complaints", product.complaints.0.into()),
                ("postsBefore", product.posts.1.into()),
                ("complaintsBefore", product.complaints.1.into()),
            ],
        )];
        if product.reach > 0 {
            let followers = t.count("followers", product.reach).into();
            sentences.push(t.tell("digest-reach", &[("followers", followers)]));
        }
        sentences.extend(self.feeling(&product.feeling));
        let mut items: Vec<Item> = product.growing.iter().map(|g| self.line(g, "digest-growing")).collect();
        items.extend(product.ideas.iter().map(|g| self.line(g, "digest-wished")));
        Section { title: clean::clip(&product.name, 60), sentences, items }
    }

    fn line(&self, growing: &Growing, what: &str) -> Item {
        let t = self.t;
        let said = [
            ("what", t.say(what).into()),
            ("people", t.people(growing.people).into()),
            ("before", t.people_or_nobody(growing.before).into()),
            ("cluster", clean::line(&growing.cluster).into()),
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
        let against = |other: &Option<Feeling>, of: &str| {
            let other = (*other)?;
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
        let error = t.decimal(CLEAR * this.error, 2);
        let sentence =
            t.tell("digest-feeling", &[("mean", t.signed(this.mean).into()), ("error", error.into())]);
        let feeling = match compared.is_empty() {
            true => sentence,
            false => t.tell(
                "digest-feeling-compared",
                &[("feeling", sentence.into()), ("compared", t.list(&compared).into())],
            ),
        };
        Some(format!("{feeling}."))
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

fn explained(said: &str, told: &ToldAlert) -> String {
    format!("{said} groundswell explain {}", clean::line(&told.alert))
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
