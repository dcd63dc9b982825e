//! `demo`: the whole pipeline on three months of made-up posts, told as a story. Every figure comes from the pipeline.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::assembly::cli::DemoArgs;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{stdout, tell};
use crate::assembly::replay::Replay;
use crate::edges::mail::{Mailbox, Message, Stationery, to_message};
use crate::ground::alert::{AlertEvent, EventKind};
use crate::ground::entry::{RuleFile, RuleFiles};
use crate::ground::post::{Incoming, Post, PostKey, parse_line};
use crate::ground::time::{Timestamp, days_between};
use crate::logic::known::{Known, KnownLine, Lead};
use crate::logic::letters::{Sender, letter, page};

const POSTS: &str = include_str!("../../../fixtures/demo/mentions.jsonl");
const KNOWN: &str = include_str!("../../../fixtures/demo/known.jsonl");
const PRODUCT: &str = include_str!("../../../fixtures/demo/rules/mini-9.toml");
const TEAMS: &str = include_str!("../../../fixtures/demo/rules/teams.toml");
/// Alerts a year before the known day that count as before it, in days.
const WITHIN: f64 = 365.0;

/// What the demo has to tell.
struct Story {
    events: Vec<AlertEvent>,
    posts: BTreeMap<PostKey, Post>,
    complaints: usize,
    clusters: usize,
    first: Timestamp,
    last: Timestamp,
}

/// Runs `demo`.
///
/// # Errors
/// The folder for e-mails and page cannot be written.
pub fn demo(args: &DemoArgs) -> Result<(), Failure> {
    let story = live_through()?;
    let leads = leads(&story)?;
    let letters = write_letters(&args.out, &story.events)?;
    let lead = lead_sentences(&story, &leads);
    let path = args.out.join("index.html");
    write(&path, page("What groundswell heard about the Aster Mini 9", &lead, &story.events).as_bytes())?;
    let mut out = stdout();
    print_story(&mut out, &story, &leads)?;
    writeln!(
        out,
        "\n{letters} e-mails are in {}/ as .eml and .html; the whole story is in {}",
        args.out.display(),
        path.display()
    )?;
    out.flush()?;
    if args.serve { serve(&path) } else { Ok(()) }
}

/// The rules of the demo.
fn rules() -> RuleFiles {
    let file = |path: &str, text: &str| RuleFile { path: path.into(), text: text.into() };
    RuleFiles {
        folder: "fixtures/demo/rules".into(),
        files: vec![file("mini-9.toml", PRODUCT), file("teams.toml", TEAMS)],
    }
}

fn live_through() -> Result<Story, Failure> {
    let mut replay = Replay::new(&rules());
    let mut story = Story {
        events: Vec::new(),
        posts: BTreeMap::new(),
        complaints: 0,
        clusters: 0,
        first: Timestamp::MAX,
        last: Timestamp::MIN,
    };
    for (i, line) in POSTS.lines().enumerate() {
        let incoming = parse_line(line.as_bytes(), None)
            .map_err(|e| Failure::say(Exit::Software, format!("the demo's posts, line {}: {e}", i + 1)))?;
        if let Incoming::Post(post) = &incoming {
            story.first = story.first.min(post.created_at);
            story.last = story.last.max(post.arrived_at);
            story.complaints += usize::from(replay.analysis.read(post).0.is_complaint());
            story.posts.insert(post.key(), (**post).clone());
        }
        story.events.extend(replay.arrive(incoming).events);
    }
    if let Some(product) = replay.analysis.product("mini-9") {
        story.clusters = product.clusters.iter().filter(|c| c.size >= 3).count();
    }
    Ok(story)
}

fn leads(story: &Story) -> Result<Vec<Lead>, Failure> {
    let broken = |why: String| Failure::say(Exit::Software, format!("the demo's known dates: {why}"));
    KNOWN
        .lines()
        .map(|line| {
            let line: KnownLine = serde_json::from_str(line).map_err(|e| broken(e.to_string()))?;
            let known = Known::new(line).map_err(|problems| broken(format!("{problems:?}")))?;
            Ok(known.lead(&story.events, &story.posts, WITHIN))
        })
        .collect()
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B").to_string()
}

fn print_story(out: &mut impl Write, story: &Story, leads: &[Lead]) -> std::io::Result<()> {
    let people: BTreeSet<String> = story.posts.values().map(Post::voice).collect();
    writeln!(out, "Three months of what people say about the Aster Mini 9, a netbook that does not exist")?;
    writeln!(
        out,
        "({} to {}, made-up posts, lived through hour by hour)\n",
        day(story.first),
        day(story.last)
    )?;
    writeln!(out, "heard     {} posts by {} people", story.posts.len(), people.len())?;
    writeln!(
        out,
        "of these  {} are complaints, about {} things that more than two people mention",
        story.complaints, story.clusters
    )?;
    let alerts = story.events.iter().filter(|e| e.kind == EventKind::Opened).count();
    writeln!(out, "alerts    {alerts}\n")?;
    for event in &story.events {
        let what = match event.kind {
            EventKind::Opened => "alert    ",
            EventKind::Updated => "update   ",
            EventKind::Resolved => "resolved ",
            EventKind::Regressed => "came back",
        };
        let people = if event.observed == 1 { "person" } else { "people" };
        let name = if event.topic.is_some() { event.label.clone() } else { format!("\"{}\"", event.label) };
        writeln!(
            out,
            "{:>11}  {what}  {name}: {} {people} in {} days, usually {:.1}",
            day(event.at),
            event.observed,
            event.window_days,
            event.expected
        )?;
        if event.kind == EventKind::Opened {
            for quote in event.quotes.iter().take(3) {
                let text: String = quote.text.split_whitespace().collect::<Vec<_>>().join(" ");
                let short: String = text.chars().take(96).collect();
                let dots = if short.len() < text.len() { "…" } else { "" };
                writeln!(out, "{:>11}             “{short}{dots}”", "")?;
            }
            writeln!(out, "{:>11}             {}", "", event.reason.sentence())?;
        }
    }
    writeln!(out)?;
    for lead in leads {
        match (lead.lead_days, lead.opened_at) {
            (Some(days), Some(at)) => writeln!(
                out,
                "{:>11}  {}\n{:>11}  groundswell wrote on {}: {days:.0} days earlier",
                day(lead.at),
                lead.title,
                "",
                day(at)
            )?,
            _ => writeln!(
                out,
                "{:>11}  {}\n{:>11}  no alert had come before it",
                day(lead.at),
                lead.title,
                ""
            )?,
        }
    }
    Ok(())
}

fn lead_sentences(story: &Story, leads: &[Lead]) -> Vec<String> {
    let mut sentences = vec![format!(
        "{} posts about a netbook that does not exist, from {} to {}, lived through hour by hour; {} of them are complaints.",
        story.posts.len(),
        day(story.first),
        day(story.last),
        story.complaints
    )];
    for lead in leads {
        if let (Some(days), Some(at)) = (lead.lead_days, lead.opened_at) {
            sentences.push(format!(
                "The first e-mail went out on {}, {days:.0} days before {}: {}.",
                day(at),
                day(lead.at),
                lead.title
            ));
        }
    }
    // From the first alert to the last word about it.
    if let (Some(first), Some(last)) = (story.events.first(), story.events.last()) {
        sentences.push(format!(
            "It all came to {} e-mails in {:.0} days.",
            story.events.len(),
            days_between(first.at, last.at).max(1.0)
        ));
    }
    sentences
}

fn write_letters(out: &Path, events: &[AlertEvent]) -> Result<usize, Failure> {
    std::fs::create_dir_all(out).map_err(|e| {
        Failure::say(
            Exit::CannotCreate,
            format!("the folder {} cannot be made: {e}; name another one with --out DIR", out.display()),
        )
    })?;
    clear_letters(out);
    let sender =
        Sender { domain: "aster.example".into(), from_name: "groundswell".into(), ..Sender::default() };
    let from: Stationery = "groundswell <groundswell@aster.example>"
        .parse::<Mailbox>()
        .map(Stationery::from)
        .map_err(|e| Failure::say(Exit::Software, format!("the demo's sender: {e}")))?;
    for (i, event) in events.iter().enumerate() {
        let message: Message =
            to_message(&letter(event, &sender), &from).map_err(|e| Failure::new(Exit::Software, e))?;
        let name = format!("{:02}-{}-{}", i + 1, event.kind, event.alert);
        write(&out.join(format!("{name}.eml")), message.bytes())?;
        write(&out.join(format!("{name}.html")), message.view().as_bytes())?;
    }
    Ok(events.len())
}

/// Letters of an earlier demo would stand between those of this one. Only files that it wrote go: `01-opened-….eml`.
fn clear_letters(out: &Path) {
    let of_a_demo = |name: &str| {
        let mut parts = name.splitn(3, '-');
        let number = parts.next().is_some_and(|n| n.len() >= 2 && n.bytes().all(|b| b.is_ascii_digit()));
        let kind = matches!(parts.next(), Some("opened" | "updated" | "resolved" | "regressed"));
        number && kind && parts.next().is_some() && (name.ends_with(".eml") || name.ends_with(".html"))
    };
    for entry in std::fs::read_dir(out).into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(of_a_demo) {
            // What cannot be removed stays; it does no harm.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

fn write(path: &PathBuf, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| {
        Failure::say(
            Exit::CannotCreate,
            format!("{} cannot be written: {e}; name another folder with --out DIR", path.display()),
        )
    })
}

/// Shows the page on this machine until Ctrl-C.
fn serve(path: &Path) -> Result<(), Failure> {
    const ADDRESS: &str = "127.0.0.1:7171";
    let html = std::fs::read_to_string(path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(ADDRESS).await.map_err(|e| {
            Failure::say(
                Exit::Unavailable,
                format!("{ADDRESS} cannot be listened on: {e}; something else may be using it"),
            )
        })?;
        tell(format!("the page is at http://{ADDRESS}/ until Ctrl-C"));
        let app = axum::Router::new()
            .route("/", axum::routing::get(move || async move { axum::response::Html(html) }));
        let stop = async {
            let _ = tokio::signal::ctrl_c().await;
        };
        axum::serve(listener, app).with_graceful_shutdown(stop).await?;
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::rules::RuleSet;

    #[test]
    fn the_demo_s_rules_and_posts_are_sound() {
        let (set, problems) = RuleSet::load(&rules());
        assert!(set.is_some() && problems.is_empty(), "{problems:?}");
        assert!(POSTS.lines().all(|line| parse_line(line.as_bytes(), None).is_ok()));
    }
}
