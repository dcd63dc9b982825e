//! `import`: history into the log and the index, so that what is usual is known from the first day.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::standing::{Keeper, count, take_unless_running};
use super::{Rules, load_rules};
use crate::assembly::cli::ImportArgs;
use crate::assembly::configured::settings;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{Input, Rejected, inputs, stdout, tell};
use crate::edges::clock::SystemClock;
use crate::edges::index::PostIndex;
use crate::edges::store::{NewPost, Store, ToAppend, give_to_owner};
use crate::ground::entry::Body;
use crate::ground::post::{Incoming, Post};
use crate::ground::time::{Clock, Timestamp};
use crate::logic::rules::Subject;
use crate::logic::text::{Lang, tokenize};

/// Posts stored at once.
const BATCH: usize = 500;
/// Entries between two commits of the index.
const INDEX_COMMIT: usize = 20_000;

/// What an import came to.
#[derive(Default)]
struct Summary {
    read: u64,
    stored: u64,
    known: u64,
    passed_over: u64,
    deleted: u64,
    rejected: u64,
    disorder: u64,
    span: Option<(Timestamp, Timestamp)>,
    products: BTreeMap<String, u64>,
}

/// Runs `import`.
///
/// # Errors
/// Settings, rules or a file cannot be read, or the store cannot be written.
pub fn import(args: &ImportArgs) -> Result<(), Failure> {
    let clock = SystemClock;
    let settings = settings(&args.config)?;
    let folder = settings.data.folder.clone();
    let rules = load_rules(args.rules.as_deref().unwrap_or(&settings.rules.folder))?;
    // Every file is opened first: a slip in the last name should not show after an hour.
    let paths = inputs(&args.files);
    let mut files = Vec::new();
    for path in paths {
        files.push((Input::open(path)?, path.filter(|p| *p != Path::new("-"))));
    }
    let mut store = Store::open(&folder)?;
    let lock = take_unless_running(&folder)?;
    let mut keeper = match &lock {
        Some(_) => {
            let mut keeper = Keeper::new(&store, &settings)?;
            keeper.catch_up(&mut store, clock.now(), &mut |_| ())?;
            Some(keeper)
        }
        None => None,
    };
    let mut importer = Importer {
        rules: &rules,
        clock: &clock,
        store: &mut store,
        keeper: keeper.as_mut(),
        batch: ToAppend { source: "import".into(), history: true, ..ToAppend::default() },
        last: None,
        sum: Summary::default(),
    };
    for (input, path) in &mut files {
        importer.file(input, Rejects::new(*path, &folder))?;
    }
    let sum = importer.sum;
    match &mut keeper {
        Some(keeper) => learn(keeper, &mut store, &folder, &clock)?,
        None => tell(
            "A daemon is running on this folder: it learns from what was stored and makes it searchable within seconds.",
        ),
    }
    drop(lock);
    // Root may have run this beside a service that has a user of its own.
    give_to_owner(&folder)?;
    print(&sum)
}

struct Importer<'a> {
    rules: &'a Rules,
    clock: &'a dyn Clock,
    store: &'a mut Store,
    keeper: Option<&'a mut Keeper>,
    batch: ToAppend,
    last: Option<Timestamp>,
    sum: Summary,
}

impl Importer<'_> {
    fn file(&mut self, input: &mut Input, mut rejects: Rejects) -> Result<(), Failure> {
        let mut rejected = Rejected::default();
        while let Some(line) = input.next_line()? {
            match line.read {
                Ok(Incoming::Post(post)) => self.post(*post)?,
                Ok(Incoming::Delete(key)) => self.batch.deletes.push(key),
                Err(reason) => {
                    rejected.add(&input.name, line.number, &reason);
                    rejects.add(line.number, &reason, &line.raw)?;
                }
            }
            if self.batch.posts.len() + self.batch.deletes.len() >= BATCH {
                self.flush()?;
            }
        }
        self.flush()?;
        rejected.say_rest();
        self.sum.rejected += rejected.count;
        rejects.finish()
    }

    fn post(&mut self, post: Post) -> Result<(), Failure> {
        self.sum.read += 1;
        self.sum.disorder += u64::from(self.last.is_some_and(|last| post.arrived_at < last));
        self.last = self.last.max(Some(post.arrived_at));
        let products = products_of(self.rules, &post);
        let matched = !products.is_empty();
        if matched {
            for product in products {
                *self.sum.products.entry(product).or_default() += 1;
            }
            let (from, to) = self.sum.span.unwrap_or((post.created_at, post.created_at));
            self.sum.span = Some((from.min(post.created_at), to.max(post.created_at)));
        }
        self.batch.posts.push(NewPost { post, matched });
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if let Some(keeper) = self.keeper.as_deref_mut() {
            if let Some(first) = self.batch.posts.iter().find(|p| p.matched)
                && keeper.analysis.rule_files().files != self.rules.files.files
            {
                // The rules must be in force before what they match is read; never later than the history, or all of
                // it would be of the past.
                let now = self.clock.now();
                let at = keeper.analysis.now().unwrap_or_else(|| first.post.arrived_at.min(now));
                self.store.append_entry(at, &Body::Rules(self.rules.files.clone()))?;
                keeper.catch_up(self.store, now, &mut |_| ())?;
            }
            for new in &self.batch.posts {
                if self.store.has_post(&new.post.key())? {
                    keeper.replaced(new.post.key());
                }
            }
        }
        let done = self.store.append(self.clock.now(), &self.batch)?;
        self.sum.stored += done.stored as u64;
        self.sum.known += done.known as u64;
        self.sum.passed_over += done.passed_over as u64;
        self.sum.deleted += done.deleted as u64;
        self.batch.posts.clear();
        self.batch.deletes.clear();
        Ok(())
    }
}

fn products_of(rules: &Rules, post: &Post) -> Vec<String> {
    let text = post.full_text();
    let lang = Lang::of(&text, post.lang.as_deref());
    let tokens = tokenize(&text, lang);
    let sentiment =
        rules.set.uses_sentiment().then(|| rules.assessor.assess(post, &text, &tokens, lang).sentiment);
    let subject = Subject { post, text: &text, tokens: &tokens, lang, sentiment };
    let found = rules.set.match_post(&subject);
    found.iter().filter_map(|m| rules.set.products.get(m.product)).map(|p| p.id.clone()).collect()
}

/// Reads what was stored, in the daemon's place: what is usual, then the index.
pub(super) fn learn(
    keeper: &mut Keeper,
    store: &mut Store,
    folder: &Path,
    clock: &dyn Clock,
) -> Result<(), Failure> {
    let last = store.last_position()?;
    let before = store.position()?;
    let bar = progress("learning what is usual", last.saturating_sub(before));
    keeper.catch_up(store, clock.now(), &mut |entries| bar.inc(entries.len() as u64))?;
    keeper.save(store, clock.now())?;
    bar.finish_and_clear();
    let mut index = PostIndex::open(folder)?;
    let mut position = index.position();
    let bar = progress("making it searchable", last.saturating_sub(position));
    let mut waiting = 0;
    loop {
        let entries = store.read(position, 1_000)?;
        let Some(newest) = entries.last() else { break };
        position = newest.seq;
        for entry in &entries {
            index.add(entry)?;
        }
        bar.inc(entries.len() as u64);
        waiting += entries.len();
        if waiting >= INDEX_COMMIT {
            index.commit(position)?;
            waiting = 0;
        }
    }
    if waiting > 0 {
        index.commit(position)?;
    }
    bar.finish_and_clear();
    Ok(())
}

fn progress(what: &str, length: u64) -> ProgressBar {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(length) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {percent}% {eta}") {
        bar.set_style(style);
    }
    bar.set_message(what.to_owned());
    bar
}

/// Lines that could not be read, kept so that they can be mended and imported again.
struct Rejects {
    beside: Option<PathBuf>,
    fallback: PathBuf,
    open: Option<(PathBuf, BufWriter<File>)>,
}

impl Rejects {
    fn new(input: Option<&Path>, data: &Path) -> Self {
        let name = |path: &Path| {
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".rejects.jsonl");
            name
        };
        Self {
            beside: input.map(|path| path.with_file_name(name(path))),
            fallback: data.join(name(input.unwrap_or(Path::new("stdin")))),
            open: None,
        }
    }

    fn add(&mut self, line: u64, reason: &str, raw: &[u8]) -> Result<(), Failure> {
        let (path, file) = match &mut self.open {
            Some(open) => open,
            None => {
                let beside = self.beside.as_ref().and_then(|p| Some((p.clone(), File::create(p).ok()?)));
                let (path, file) = match beside {
                    Some(made) => made,
                    None => {
                        let file =
                            File::create(&self.fallback).map_err(|e| unwritable(&self.fallback, &e))?;
                        (self.fallback.clone(), file)
                    }
                };
                self.open.insert((path, BufWriter::new(file)))
            }
        };
        let kept = json!({"line": line, "reason": reason, "raw": String::from_utf8_lossy(raw).trim_end()});
        writeln!(file, "{kept}").map_err(|e| unwritable(path, &e))
    }

    fn finish(self) -> Result<(), Failure> {
        if let Some((path, mut file)) = self.open {
            file.flush().map_err(|e| unwritable(&path, &e))?;
            tell(format!("The lines that could not be read are in {}", path.display()));
        }
        Ok(())
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::say(
        Exit::CannotCreate,
        format!("{} cannot be written: {error}; lines that could not be read are kept there", path.display()),
    )
}

fn print(sum: &Summary) -> Result<(), Failure> {
    let mut out = stdout();
    let posts = |n: u64| count(n, "post", "posts");
    writeln!(out, "{} read", posts(sum.read))?;
    writeln!(out, "{} stored", posts(sum.stored))?;
    writeln!(out, "{} known already", posts(sum.known))?;
    writeln!(
        out,
        "{} not kept: no product's rules match them, or they were deleted",
        posts(sum.passed_over)
    )?;
    if sum.deleted > 0 {
        writeln!(out, "{} deleted", posts(sum.deleted))?;
    }
    writeln!(out, "{} rejected", count(sum.rejected, "line", "lines"))?;
    if let Some((from, to)) = sum.span {
        writeln!(out, "written from {} to {}", from.strftime("%Y-%m-%d"), to.strftime("%Y-%m-%d"))?;
    }
    for (product, n) in &sum.products {
        writeln!(out, "  {product}: {}", posts(*n))?;
    }
    out.flush()?;
    if sum.disorder > 0 {
        tell(format!(
            "{} arrived earlier than the one before; sort the file by arrived_at to teach the usual more exactly.",
            posts(sum.disorder)
        ));
    }
    if sum.read > 0 && sum.products.is_empty() {
        tell(
            "No post matches any product: is this the right rules folder? `groundswell match` shows what a file matches.",
        );
    }
    Ok(())
}
