//! `status`: is it listening, is it keeping up, does it need somebody?

mod figures;
mod last_run;
mod needs;
mod told;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::last_run::leave_out_what_is_mended;
use self::needs::needs;
use self::told::{text, write};
use super::standing::{is_running, snapshot};
use crate::assembly::cli::{StatusArgs, StatusFormat};
use crate::assembly::configured::{All, settings};
use crate::assembly::daemon::{WATCH_NOTE, unfit};
use crate::assembly::decisions;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::stdout;
use crate::edges::clock::SystemClock;
use crate::edges::host;
use crate::edges::index::PostIndex;
use crate::edges::rules_folder::read_rules;
use crate::edges::sources::in_the_last_hour;
use crate::edges::store::{OutboxCounts, RefusedAddress, Store, StoreError, TroubledLetter};
use crate::ground::alert::WaitReason;
use crate::ground::diagnostic::Level;
use crate::ground::entry::{Act, Deed, RuleFiles};
use crate::ground::time::{Clock, Timestamp};
use crate::logic::assess::Assessor;
use crate::logic::links::those_who_left;
use crate::logic::rules::RuleSet;
use crate::logic::upkeep::Watch;

/// A disk with fewer free bytes than this is full.
const FULL: u64 = 2 << 20;

/// States of a source that need a daemon.
const AT_WORK: [&str; 3] = ["starting", "listening", "retrying"];

/// All that `status` says.
#[derive(Serialize)]
struct Status {
    at: Timestamp,
    data: String,
    /// A daemon holds the data folder.
    running: bool,
    /// It has not got so far as to write down who it is.
    starting: bool,
    /// What the daemon wrote down about itself, when it last did.
    daemon: Option<Value>,
    posts: u64,
    last_position: u64,
    analysis: Reader,
    index: Reader,
    rules: Rules,
    sources: BTreeMap<String, Value>,
    /// When a running daemon could write that down last.
    sources_at: Option<Timestamp>,
    outbox: OutboxCounts,
    /// When the next of the letters that wait is tried.
    next_try: Option<Timestamp>,
    troubled_letters: Vec<TroubledLetter>,
    /// Addresses that get nothing, since the mail server refuses them for good.
    refused_addresses: Vec<RefusedAddress>,
    /// What people silenced, and until when.
    silences: BTreeMap<String, Silenced>,
    /// What waits for quiet hours to end, or for a list.
    waiting: Vec<Waiting>,
    /// Addresses that want no letters of a team, and since when.
    left: BTreeMap<String, BTreeMap<String, Timestamp>>,
    disk_bytes: u64,
    /// What needs a person.
    needs_a_person: Vec<String>,
}

/// Said where nobody listens.
pub(super) const NOT_RUNNING: &str =
    "no daemon is running on this data: nothing is heard (systemctl start groundswell)";

/// Letters of a team that wait; the daemon writes it down.
#[derive(Serialize, Deserialize)]
struct Waiting {
    team: String,
    things: u64,
    until: Timestamp,
    why: WaitReason,
}

/// One reader of the log.
#[derive(Serialize)]
struct Reader {
    position: u64,
    /// Entries not yet read.
    behind: u64,
    /// Age of the oldest of them, in seconds; imported history does not count.
    lag_seconds: i64,
}

#[derive(Serialize)]
struct Rules {
    folder: String,
    in_force: Option<InForce>,
    /// Errors and warnings of the folder as it is now.
    errors: usize,
    warnings: usize,
    /// The folder cannot be read.
    unreadable: Option<String>,
    /// The folder says something else than what is in force.
    differs: bool,
    /// What the daemon saw last in the folder was refused: the rules of before are in force.
    refused: bool,
}

#[derive(Serialize)]
struct InForce {
    products: usize,
    topics: usize,
    teams: usize,
    /// Addresses by team.
    #[serde(skip)]
    readers: BTreeMap<String, Vec<String>>,
}

/// Runs `status`.
///
/// # Errors
/// There is no store, or something needs a person.
pub fn status(args: &StatusArgs) -> Result<(), Failure> {
    let settings = settings(&args.config)?;
    let folder = &settings.data.folder;
    let store = Store::open_to_read(folder).map_err(|e| match e {
        StoreError::Absent { .. } => Failure::say(
            Exit::NoInput,
            format!(
                "nothing has been heard yet: there is no data in {}, which the first start of the daemon makes (systemctl start groundswell, or groundswell run); groundswell doctor looks whether all is ready for it",
                folder.display()
            ),
        ),
        e => e.into(),
    })?;
    let status = look(&settings, &store, folder, SystemClock.now())?;
    let mut out = stdout();
    match args.format {
        StatusFormat::Prometheus => write!(out, "{}", figures::figures(&status))?,
        StatusFormat::Json => writeln!(out, "{}", serde_json::to_string(&status).unwrap_or_default())?,
        StatusFormat::Text => write(&mut out, &status)?,
    }
    out.flush()?;
    if status.needs_a_person.is_empty() { Ok(()) } else { Err(Failure::said()) }
}

/// What needs a person, in words.
///
/// # Errors
/// The store cannot be read.
pub(super) fn troubles(settings: &All, store: &Store, now: Timestamp) -> Result<Vec<String>, Failure> {
    Ok(look(settings, store, &settings.data.folder, now)?.needs_a_person)
}

fn look(settings: &All, store: &Store, folder: &Path, now: Timestamp) -> Result<Status, Failure> {
    let last_position = store.last_position()?;
    let note = |name: &str| -> Result<Option<Value>, Failure> {
        Ok(store.note(name)?.and_then(|json| serde_json::from_str(&json).ok()))
    };
    let running = is_running(folder);
    // One that holds the folder and could not write down yet who it is: what is written is of another that is gone.
    let daemon = note("daemon")?;
    let is_of_another = daemon
        .as_ref()
        .is_some_and(|note| note.get("pid").and_then(Value::as_u64).is_some_and(|pid| !host::is_there(pid)));
    let starting = running && is_of_another;
    let watch: Watch =
        note(WATCH_NOTE)?.and_then(|watch| serde_json::from_value(watch).ok()).unwrap_or_default();
    // Entries of a log that was restored, or lived through again, are old when they come: a reader of it is not behind
    // for longer than the daemon is there, nor since before it was last seen up to date.
    let started =
        daemon.as_ref().and_then(|note| text(note, "started_at")).and_then(|at| at.parse::<Timestamp>().ok());
    let seen = daemon.as_ref().and_then(|note| text(note, "at")).and_then(|at| at.parse::<Timestamp>().ok());
    let reader = |position: u64, up_to_date: Option<Timestamp>| -> Result<Reader, Failure> {
        // Without a daemon it is behind since one was last there; what a restored backup brings is behind since never.
        let known = if running { started.max(up_to_date) } else { seen.or(Some(now)) };
        let since = store.oldest_after(position)?.map(|at| known.map_or(at, |known| known.max(at)));
        let lag_seconds = since.map_or(0, |at| (now.as_second() - at.as_second()).max(0));
        Ok(Reader { position, behind: last_position.saturating_sub(position), lag_seconds })
    };
    let mut sources: BTreeMap<String, Value> =
        note("sources")?.and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default();
    as_of_now(&mut sources, now, running);
    if !running {
        leave_out_what_is_mended(&mut sources, settings);
    }
    let indexed = PostIndex::open_for_reading(folder)?.position();
    let acts = store.acts()?;
    let mut status = Status {
        at: now,
        data: folder.display().to_string(),
        running,
        starting,
        daemon: daemon.filter(|_| !starting),
        posts: store.count_posts()?,
        last_position,
        analysis: reader(store.position()?, watch.looked())?,
        index: reader(indexed, watch.index_was_up_to_date(indexed))?,
        rules: rules(store, &settings.rules.folder)?,
        sources,
        sources_at: watch.looked().max(started).filter(|_| running && !starting),
        outbox: store.outbox_counts()?,
        next_try: store.next_try()?,
        troubled_letters: store.troubled_letters()?,
        refused_addresses: Vec::new(),
        silences: silences(&acts, decisions::time(store, decisions::replays(settings), now)?),
        waiting: note("waiting")?.and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default(),
        left: those_who_left(&acts),
        disk_bytes: bytes_in(folder, 4),
        needs_a_person: Vec::new(),
    };
    // One that was taken out of the rules since is no trouble any more.
    let written_to = |refused: &RefusedAddress| {
        let readers = status.rules.in_force.as_ref().and_then(|set| set.readers.get(&refused.team));
        readers.is_none_or(|readers| readers.contains(&refused.address))
    };
    status.refused_addresses = store.refused_addresses()?.into_iter().filter(written_to).collect();
    status.needs_a_person = needs(&status);
    if let Some((free, _)) = host::room(folder).filter(|(free, _)| *free < FULL) {
        status.needs_a_person.push(format!(
            "the disk that holds {} is full ({free} bytes are free): nothing is taken in until there is room",
            folder.display()
        ));
    }
    for refused in unfit(settings).iter().filter(|refused| refused.about == "operators") {
        status.needs_a_person.extend(refused.failure.message());
    }
    Ok(status)
}

/// A silence in force.
#[derive(Serialize)]
pub(super) struct Silenced {
    pub(super) until: Timestamp,
    pub(super) by: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    why: String,
    /// It ends before that for what gets worse.
    pub(super) until_worse: bool,
}

/// What each source does, and what it brought in the last hour: by what was noted for each minute, which outlives a restart and
/// whoever noted it.
fn as_of_now(sources: &mut BTreeMap<String, Value>, now: Timestamp, running: bool) {
    for source in sources.values_mut().filter_map(Value::as_object_mut) {
        if let Some(minutes) = source.remove("minutes").and_then(|m| serde_json::from_value::<Vec<_>>(m).ok())
        {
            source.insert("posts_last_hour".into(), in_the_last_hour(&minutes, now).into());
        } else if !running {
            source.insert("posts_last_hour".into(), 0.into());
        }
        // What it last did it does no more, without anybody who listens; and what it had got over it has no more.
        let state = source.get("state").and_then(Value::as_str).unwrap_or_default().to_owned();
        if AT_WORK.contains(&state.as_str()) && !running {
            source.insert("state".into(), "stopped".into());
            if state == "listening" {
                source.remove("last_error");
            }
        }
    }
}

/// The silences in force: of each scope the latest, while it lasts.
pub(super) fn silences(acts: &[(Timestamp, Act)], now: Timestamp) -> BTreeMap<String, Silenced> {
    let mut silences = BTreeMap::new();
    for (_, act) in acts {
        if let Deed::Silence { scope, until, why, until_worse } = &act.what {
            let (by, why) = (act.by.clone(), why.clone());
            silences.insert(scope.clone(), Silenced { until: *until, by, why, until_worse: *until_worse });
        }
    }
    silences.retain(|_, silence| silence.until > now);
    silences
}

fn rules(store: &Store, folder: &Path) -> Result<Rules, Failure> {
    let (analysis, position) = snapshot(store)?;
    let mut files: RuleFiles = analysis.rule_files().clone();
    let mut set = (!files.files.is_empty()).then(|| analysis.rules().as_ref().clone());
    // Newer ones than the snapshot knows are in force too, unless they were refused.
    if let Some((_, _, newer)) = store.rules_after(position)?
        && let (Some(sound), _) = RuleSet::load(&newer)
    {
        (files, set) = (newer, Some(sound));
    }
    let mut rules = Rules {
        folder: folder.display().to_string(),
        in_force: set.map(|set| InForce {
            products: set.products.len(),
            topics: set.products.iter().map(|p| p.topics.len()).sum(),
            teams: set.teams.len(),
            readers: set.teams.into_iter().map(|(id, team)| (id, team.email)).collect(),
        }),
        errors: 0,
        warnings: 0,
        unreadable: None,
        differs: false,
        refused: store.note("rules_refused")?.is_some_and(|why| !why.is_empty()),
    };
    match read_rules(folder) {
        Err(e) => rules.unreadable = Some(e.to_string()),
        Ok(now) => {
            let mut problems = RuleSet::load(&now).1;
            problems.extend(Assessor::problems(&now));
            rules.errors = problems.iter().filter(|p| p.level == Level::Error).count();
            rules.warnings = problems.len() - rules.errors;
            rules.differs = now.files != files.files;
        }
    }
    Ok(rules)
}

/// Bytes of the files below a folder, so many folders deep. What cannot be read counts as nothing.
fn bytes_in(folder: &Path, depth: usize) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
        .map(|(path, meta)| match (meta.is_dir(), depth) {
            (false, _) => meta.len(),
            (true, 0) => 0,
            (true, _) => bytes_in(&path, depth - 1),
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ground::time::plus_ms;

    #[test]
    fn without_a_daemon_no_source_listens() {
        let now: Timestamp = "2026-01-01T11:00:30Z".parse().unwrap();
        let minute = now.as_second() / 60;
        let noted = |state: &str| {
            serde_json::json!({"state": state, "posts_last_hour": 7, "last_error": "away",
                "minutes": [[minute - 90, 4], [minute - 30, 2], [minute, 1]]})
        };
        let states = ["listening", "retrying", "starting", "failed", "ended"];
        let mut sources: BTreeMap<String, Value> = states.map(|s| (s.to_owned(), noted(s))).into();
        as_of_now(&mut sources, now, true);
        assert!(sources.iter().all(|(name, source)| text(source, "state") == Some(name)));
        assert!(sources.values().all(|s| s["posts_last_hour"] == 3 && s.get("minutes").is_none()));
        let mut sources: BTreeMap<String, Value> = states.map(|s| (s.to_owned(), noted(s))).into();
        as_of_now(&mut sources, plus_ms(now, 40 * 60_000), false);
        let told: Vec<&str> = sources.values().filter_map(|source| text(source, "state")).collect();
        assert_eq!(told, ["ended", "failed", "stopped", "stopped", "stopped"]);
        assert!(sources.values().all(|source| source["posts_last_hour"] == 1), "whether it runs or not");
        let stands = sources.iter().filter(|(_, s)| s.get("last_error").is_some()).map(|(name, _)| name);
        assert_eq!(stands.collect::<Vec<_>>(), ["ended", "failed", "retrying", "starting"]);
    }
}
