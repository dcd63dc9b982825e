//! `source list` and `source test`: which sources there are, and whether one works.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::standing::one_line;
use crate::assembly::cli::{
    Format, SourceArgs, SourceCommand, SourceImportArgs, SourceListArgs, SourceTestArgs,
};
use crate::assembly::configured::{All, settings};
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{as_json, counted, stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::sources::{
    Batch, Health, KINDS, Kind, SourceSettings, State, Surroundings, read_opml, run,
};
use crate::ground::account::Standing;
use crate::ground::post::Incoming;
use crate::ground::time::Clock;

/// Batches on their way.
const BATCHES: usize = 4;
/// Longest list of feeds that is read, in bytes.
const MAX_LIST: u64 = 8 << 20;
/// Longest position that is shown.
const CURSOR_SHOWN: usize = 300;

/// Runs `source`.
///
/// # Errors
/// There is no such kind or source, the settings cannot be used, or the source cannot be reached.
pub fn source(args: &SourceArgs) -> Result<(), Failure> {
    match &args.what {
        SourceCommand::List(args) => list(args),
        SourceCommand::Test(args) => test(args),
        SourceCommand::Import(args) => import(args),
    }
}

fn list(args: &SourceListArgs) -> Result<(), Failure> {
    let wanted = |kind: &&Kind| args.kind.as_deref().is_none_or(|k| k == kind.name);
    let kinds: Vec<&Kind> = KINDS.iter().filter(wanted).collect();
    if kinds.is_empty() {
        let known: Vec<&str> = KINDS.iter().map(|k| k.name).collect();
        let message = format!(
            "there is no kind of source called \"{}\"; there are {}",
            args.kind.as_deref().unwrap_or_default(),
            known.join(", ")
        );
        return Err(Failure::say(Exit::Usage, message));
    }
    let mut out = stdout();
    for (n, kind) in kinds.iter().enumerate() {
        match args.format {
            Format::Text => {
                let gap = if n == 0 { "" } else { "\n" };
                write!(out, "{gap}# {}: {}\n{}", kind.name, kind.about, kind.example)?;
            }
            Format::Json => {
                let line = json!({ "kind": kind.name, "about": kind.about, "example": kind.example });
                writeln!(out, "{line}")?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// Addresses of a list that are named each, of those that are left out.
const MOST_SAID: usize = 20;

/// Tables for the feeds of a list. Settings that are not there yet have no sources.
fn import(args: &SourceImportArgs) -> Result<(), Failure> {
    let shown = args.file.display();
    let unreadable =
        |e: std::io::Error| Failure::say(Exit::NoInput, format!("the list {shown} cannot be read: {e}"));
    let mut list = Vec::new();
    let mut bounded: Box<dyn Read> = if args.file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(&args.file).map_err(unreadable)?)
    };
    bounded.by_ref().take(MAX_LIST + 1).read_to_end(&mut list).map_err(unreadable)?;
    if list.len() as u64 > MAX_LIST {
        return Err(Failure::say(Exit::BadData, format!("the list {shown} is longer than {MAX_LIST} bytes")));
    }
    let listed = read_opml(&list)
        .map_err(|e| Failure::say(Exit::BadData, format!("the list {shown} is no list of feeds: {e}")))?;
    let known = if args.config.config.exists() { settings(&args.config)?.source } else { Vec::new() };
    let mut names: BTreeSet<String> = known.iter().map(|s| s.name.clone()).collect();
    let addresses: BTreeSet<&str> = known.iter().filter_map(|s| s.kind.address()).collect();
    let mut out = stdout();
    let (mut written, mut left_out) = (0, 0);
    for feed in listed.feeds {
        if addresses.contains(feed.url.as_str()) {
            left_out += 1;
            continue;
        }
        let mut name = feed.name.clone();
        let mut n = 2;
        while !names.insert(name.clone()) {
            name = format!("{}-{n}", feed.name);
            n += 1;
        }
        let quoted = |text: &str| toml::Value::from(text).to_string();
        writeln!(
            out,
            "\n[[source]]\nname = {}\nkind = \"feed\"\nurl = {}",
            quoted(&name),
            quoted(&feed.url)
        )?;
        written += 1;
    }
    out.flush()?;
    let already =
        if left_out > 0 { format!("; {left_out} were in the settings already") } else { String::new() };
    for (addresses, why) in [
        (&listed.not_web, "left out, no address of the web"),
        (&listed.again, "left out, it is listed twice"),
    ] {
        for address in addresses.iter().take(MOST_SAID) {
            tell(format!("{why}: {}", one_line(address)));
        }
        if addresses.len() > MOST_SAID {
            tell(format!("{why}: {} more", addresses.len() - MOST_SAID));
        }
    }
    tell(format!("{}{already}", counted(written, "feed", "feeds")));
    Ok(())
}

fn test(args: &SourceTestArgs) -> Result<(), Failure> {
    let settings: All = settings(&args.config)?;
    let names: Vec<&str> = settings.source.iter().map(|s| s.name.as_str()).collect();
    let Some(source) = settings.source.iter().find(|s| s.name == args.name) else {
        let known = if names.is_empty() { "none at all".to_owned() } else { names.join(", ") };
        let message = format!("the settings have no source called \"{}\"; they have {known}", args.name);
        return Err(Failure::say(Exit::Usage, message));
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure::say(Exit::Software, format!("the runtime cannot be started: {e}")))?;
    runtime.block_on(listen(source.clone(), settings.contact.clone(), args))
}

/// Listens until there are enough posts, or time is up.
async fn listen(source: SourceSettings, contact: String, args: &SourceTestArgs) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (health, stop) = (Arc::new(Health::new()), CancellationToken::new());
    let (out, mut batches) = mpsc::channel(BATCHES);
    let around = Surroundings {
        clock: Arc::clone(&clock),
        out,
        stop: stop.clone(),
        health: Arc::clone(&health),
        contact,
        seed: clock.now().as_millisecond().cast_unsigned(),
        // Whether the rules want a post is another question: `groundswell match` answers it.
        filter: Arc::new(|_| true),
        callbacks: None,
    };
    let mut task = tokio::spawn(run(source, None, around));
    let until = Instant::now() + Duration::from_secs(args.seconds);
    let mut seen = Seen::default();
    let mut out = stdout();
    while seen.posts < args.posts {
        match timeout_at(until, batches.recv()).await {
            Ok(Some(batch)) => seen.show(batch, args.posts, &mut out)?,
            Ok(None) | Err(_) => break,
        }
    }
    out.flush()?;
    let connected = matches!(health.snapshot(clock.now()).state, State::Listening | State::Ended);
    stop.cancel();
    drop(batches);
    let ended = match timeout_at(Instant::now() + Duration::from_secs(5), &mut task).await {
        Ok(Ok(ended)) => ended,
        _ => Ok(()),
    };
    task.abort();
    let shown = health.snapshot(clock.now());
    let peer = if connected || seen.posts > 0 { "connected to" } else { "not connected to" };
    for (what, said) in [(peer, &shown.peer), ("note", &shown.notice), ("limit", &shown.limit)] {
        if let Some(said) = said {
            tell(format!("{what}: {said}"));
        }
    }
    tell(format!("position: {}", seen.cursor.as_deref().unwrap_or("none, it has none to go on from")));
    if shown.limit.is_none() {
        tell("limit: it names none");
    }
    tell(format!(
        "{} posts shown, {} deletions, {} accounts hidden or removed, {} things that are no posts; nothing was stored",
        seen.posts, seen.deletions, seen.accounts, seen.rejects
    ));
    if let Err(e) = ended {
        return Err(Failure::new(Exit::Unavailable, e));
    }
    match shown.last_error {
        Some(error) if seen.posts == 0 => Err(Failure::say(Exit::Unavailable, error)),
        Some(error) => {
            tell(format!("trouble on the way: {error}"));
            Ok(())
        }
        None => Ok(()),
    }
}

#[derive(Default)]
struct Seen {
    posts: usize,
    deletions: usize,
    accounts: usize,
    rejects: usize,
    cursor: Option<String>,
}

impl Seen {
    fn show(&mut self, batch: Batch, most: usize, out: &mut impl Write) -> Result<(), Failure> {
        for item in batch.items {
            match item {
                Incoming::Post(post) if self.posts < most => {
                    self.posts += 1;
                    let line = as_json(&post.plain())?;
                    writeln!(out, "{line}")?;
                }
                Incoming::Post(_) => {}
                Incoming::Delete(_) => self.deletions += 1,
            }
        }
        out.flush()?;
        for reject in batch.rejects {
            self.rejects += 1;
            if self.rejects <= 3 {
                tell(format!("no post: {}: {}", reject.place, reject.reason));
            }
        }
        self.accounts += batch.accounts.iter().filter(|a| a.standing != Standing::Active).count();
        if let Some((from, to)) = batch.gap {
            tell(format!("a gap: nothing is to be had from {from} to {to}"));
        }
        if let Some(mut cursor) = batch.cursor {
            if cursor.chars().count() > CURSOR_SHOWN {
                cursor = cursor.chars().take(CURSOR_SHOWN).chain(['…']).collect();
            }
            self.cursor = Some(cursor);
        }
        // A sender that waits for an answer hears that nothing was stored.
        if let Some(answer) = batch.stored {
            let _ = answer.send(None);
        }
        Ok(())
    }
}
