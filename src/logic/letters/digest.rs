//! The digest: what a team is told by the week or the day.

use askama::Template;

use super::{Sender, clean, collected_id, domain, reader, text, words};
use crate::ground::alert::{Collected, EventKind};
use crate::ground::digest::{Digest, Feeling, Growing, ProductDigest, ToldAlert};
use crate::ground::letter::Letter;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};

/// A change of feeling is clear when it is so many standard errors (the normal law, 1 of 20 by chance).
const CLEAR: f64 = 1.96;

/// The template `templates/digest.html`. Every value is escaped by it.
#[derive(Template)]
#[template(path = "digest.html")]
struct Page<'a> {
    subject: &'a str,
    sections: &'a [Section],
    why: &'a str,
    from_name: &'a str,
    leave: &'a str,
    leave_href: Option<&'a str>,
}

/// Something with a heading.
struct Section {
    title: String,
    sentences: Vec<String>,
    items: Vec<Item>,
}

/// A thing, and what is to be said of it.
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
    let from_name = clean::clip(&sender.from_name, 60);
    let team = clean::clip(&collected.team, 60);
    let reader =
        sender.desk.as_ref().zip(address).map(|(desk, to)| reader(desk, &collected.team, to, made_at));
    let subject = subject(collected, digest);
    let why = format!(
        "You get this because your team, \"{team}\", has a digest in teams.toml. Take `digest` out there to get none."
    );
    let sections = sections(digest);
    let page = Page {
        subject: &subject,
        sections: &sections,
        why: &why,
        from_name: &from_name,
        leave: text::LEAVE,
        leave_href: reader.as_ref().map(|reader| reader.unsubscribe.as_str()),
    };
    Letter {
        message_id: collected_id(collected, sender),
        in_reply_to: None,
        list_id: format!("{}.digest.groundswell.{}", clean::token(&collected.team), domain(&sender.domain)),
        alert: "digest".to_owned(),
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

/// `Week of 3 March: 2 alerts opened, 1 over; 1,240 posts, 96 complaints`.
fn subject(collected: &Collected, digest: &Digest) -> String {
    let first = plus_ms(collected.at, -i64::from(digest.days) * DAY_MS);
    let stretch = match digest.days {
        1 => words::date(first),
        _ => format!("Week from {}", words::date(first)),
    };
    let count = |kinds: &[EventKind]| digest.told.iter().filter(|t| kinds.contains(&t.kind)).count() as u64;
    let opened = count(&[EventKind::Opened, EventKind::Regressed]);
    let over = count(&[EventKind::Resolved]);
    let posts: u64 = digest.products.iter().map(|p| u64::from(p.posts.0)).sum();
    let complaints: u64 = digest.products.iter().map(|p| u64::from(p.complaints.0)).sum();
    let alerts = match (opened, over) {
        (0, 0) => "no alerts".to_owned(),
        (opened, 0) => words::count_of(opened, "alert", "alerts"),
        (0, over) => format!("{} over", words::count_of(over, "alert", "alerts")),
        (opened, over) => format!("{}, {over} over", words::count_of(opened, "alert", "alerts")),
    };
    format!(
        "{stretch}: {alerts}; {} in {}",
        words::count_of(complaints, "complaint", "complaints"),
        words::count_of(posts, "post", "posts")
    )
}

fn sections(digest: &Digest) -> Vec<Section> {
    let stretch = if digest.days == 1 { "day" } else { "week" };
    let mut sections = vec![alerts(digest, stretch)];
    sections.extend(digest.products.iter().map(|product| of_product(product, stretch)));
    sections.extend(worth(digest));
    sections
}

fn alerts(digest: &Digest, stretch: &str) -> Section {
    let mut sentences = Vec::new();
    if digest.told.is_empty() {
        sentences.push(format!("No alert opened, changed or ended this {stretch}."));
    }
    if digest.more_told > 0 {
        sentences.push(format!(
            "{} more things happened than are listed: groundswell alerts lists all.",
            digest.more_told
        ));
    }
    let mut by_alert: Vec<Vec<&ToldAlert>> = Vec::new();
    for told in &digest.told {
        match by_alert.iter_mut().find(|steps| steps.first().is_some_and(|first| first.alert == told.alert)) {
            Some(steps) => steps.push(told),
            None => by_alert.push(vec![told]),
        }
    }
    let mut items: Vec<Item> = by_alert.iter().filter_map(|steps| of_alert(steps)).collect();
    let still: Vec<&ToldAlert> =
        digest.open.iter().filter(|open| !digest.told.iter().any(|told| told.alert == open.alert)).collect();
    if !still.is_empty() {
        items.extend(still.iter().map(|open| Item {
            what: format!("{}: \"{}\"", clean::clip(&open.product, 40), label(open)),
            more: format!(
                "Still open, since {}: {} so far. groundswell explain {}",
                words::date(open.at),
                words::people(open.people),
                clean::line(&open.alert)
            ),
        }));
    }
    Section { title: String::new(), sentences, items }
}

/// What happened to one alert, in order.
fn of_alert(steps: &[&ToldAlert]) -> Option<Item> {
    let last = steps.last()?;
    let told: Vec<String> = steps
        .iter()
        .map(|step| format!("{} on {}", kind(step.kind), words::day(crate::ground::time::day_of(step.at))))
        .collect();
    Some(Item {
        what: format!("{}: \"{}\"", clean::clip(&last.product, 40), label(last)),
        more: format!(
            "{}. {} {} so far. groundswell explain {}",
            clean::capital(&words::list(&told)),
            last.reason.sentence(),
            words::people(last.people),
            clean::line(&last.alert)
        ),
    })
}

fn of_product(product: &ProductDigest, stretch: &str) -> Section {
    let mut sentences = vec![format!(
        "{}, {} of them complaints; the {stretch} before {} and {}.",
        words::count_of(u64::from(product.posts.0), "post", "posts"),
        words::grouped(u64::from(product.complaints.0)),
        words::grouped(u64::from(product.posts.1)),
        words::grouped(u64::from(product.complaints.1)),
    )];
    if product.reach > 0 {
        sentences.push(format!(
            "Those who wrote have {} together.",
            words::count_of(product.reach, "follower", "followers")
        ));
    }
    sentences.extend(feeling(&product.feeling, stretch));
    let line = |g: &Growing, of: &str| Item {
        what: format!("\"{}\"", clean::clip(&g.label, 80)),
        more: format!(
            "{of}: {} this {stretch}, {} the {stretch} before ({})",
            words::people(g.people),
            if g.before == 0 { "nobody".to_owned() } else { words::people(g.before) },
            clean::line(&g.cluster)
        ),
    };
    let mut items: Vec<Item> = product.growing.iter().map(|g| line(g, "Growing, not yet an alert")).collect();
    items.extend(product.ideas.iter().map(|g| line(g, "Wished for")));
    Section { title: clean::clip(&product.name, 60), sentences, items }
}

/// The feeling of posts against the stretch before and the quarter: a difference counts when chance would not make it.
fn feeling(feeling: &[Option<Feeling>; 3], stretch: &str) -> Vec<String> {
    let [Some(this), before, quarter] = feeling else { return Vec::new() };
    let against = |other: &Option<Feeling>, of: &str| {
        let other = (*other)?;
        let change = this.mean - other.mean;
        let sure = change.abs() > CLEAR * (this.error.powi(2) + other.error.powi(2)).sqrt();
        Some(match (sure, change > 0.0) {
            (false, _) => format!("no clear change against {of} ({:+.2})", other.mean),
            (true, true) => format!("better than {of} ({:+.2})", other.mean),
            (true, false) => format!("worse than {of} ({:+.2})", other.mean),
        })
    };
    let compared: Vec<String> =
        [against(before, &format!("the {stretch} before")), against(quarter, "the quarter before")]
            .into_iter()
            .flatten()
            .collect();
    let mut sentence = format!(
        "Feeling, from −1 (bad) to 1 (good): {:+.2}, give or take {:.2}",
        this.mean,
        CLEAR * this.error
    );
    if !compared.is_empty() {
        sentence += &format!("; {}", words::list(&compared));
    }
    vec![sentence.replace("+-", "-").replace('-', "−") + "."]
}

/// Whether the alerts are worth it, by what people said of them.
fn worth(digest: &Digest) -> Option<Section> {
    let mut sentences = Vec::new();
    let (good, bad) = digest.judged;
    if good + bad > 0 {
        sentences.push(format!(
            "Of {} that people judged, {good} {} worth it.",
            words::count_of(u64::from(good + bad), "alert", "alerts"),
            if good == 1 { "was" } else { "were" }
        ));
    }
    if let Some((known, median)) = digest.leads {
        sentences.push(format!(
            "Of {} the day is known on which you would have known otherwise: half of them came {} days or more before it.",
            words::count_of(u64::from(known), "alert", "alerts"),
            median.round()
        ));
    }
    (!sentences.is_empty()).then(|| Section {
        title: "Is it worth it?".to_owned(),
        sentences,
        items: Vec::new(),
    })
}

fn label(told: &ToldAlert) -> String {
    clean::clip(&told.label, 80).replace(['"', '“', '”', '„'], "'")
}

fn kind(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Opened => "opened",
        EventKind::Updated => "grew",
        EventKind::Resolved => "over",
        EventKind::Regressed => "came back",
    }
}

impl Page<'_> {
    fn text(&self) -> String {
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
        out.foot(self.from_name, self.why, self.leave_href);
        out.done()
    }
}
