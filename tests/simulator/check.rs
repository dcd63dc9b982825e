//! What has to hold after every run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use groundswell::edges::index::PostIndex;
use groundswell::edges::store::Store;
use groundswell::ground::alert::{AlertEvent, Severity};
use groundswell::ground::entry::{Body, Entry};
use groundswell::ground::time::Timestamp;
use groundswell::logic::analysis::Analysis;
use groundswell::logic::letters::{Sender, collected_id, message_id};

use super::source::Stream;
use super::world::{GONE, World};

macro_rules! hold {
    ($holds:expr, $($why:tt)*) => { if !$holds { return Err(format!($($why)*)); } };
}

/// The posts: each that a product wants is in the log once, in its newest version, and nothing of those that are gone.
pub fn posts(store: &Store, data: &Path, streams: &[&Stream]) -> Result<(), String> {
    let db = rusqlite::Connection::open(data.join("groundswell.db")).map_err(|e| e.to_string())?;
    let mut entries = db
        .prepare("SELECT source, post, kind, body FROM log WHERE kind IN ('post', 'edit') ORDER BY seq")
        .map_err(|e| e.to_string())?;
    let rows: Vec<(String, String, String, Option<String>)> = entries
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
        .and_then(Iterator::collect)
        .map_err(|e| e.to_string())?;
    let mut first: BTreeMap<(String, String), u32> = BTreeMap::new();
    let mut text: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (source, id, kind, body) in rows {
        if kind == "post" {
            *first.entry((source.clone(), id.clone())).or_default() += 1;
        }
        if let Some(body) = body {
            let Ok(Body::Post { post, .. }) = serde_json::from_str(&body) else {
                return Err(format!("{source} {id} is no post: {body}"));
            };
            text.entry((source, id)).or_default().push(post.text);
        }
    }
    let mut shown = 0;
    for stream in streams {
        for (key, newest) in &stream.newest {
            let at = (key.source.clone(), key.id.clone());
            let times = first.remove(&at).unwrap_or(0);
            let kept = text.remove(&at).unwrap_or_default();
            if stream.deleted.contains(key) {
                hold!(times <= 1, "{at:?} is {times} times in the log");
                hold!(kept.is_empty(), "{at:?} was deleted and its text is still there");
            } else {
                shown += 1;
                hold!(times == 1, "{at:?} is {times} times in the log");
                hold!(kept == [newest.clone()], "{at:?} should say \"{newest}\" and says {kept:?}");
            }
        }
    }
    hold!(first.is_empty(), "in the log and never said: {first:?}");
    let counted = store.count_posts().map_err(|e| e.to_string())?;
    hold!(counted == shown, "{counted} posts are known, {shown} are to be");
    Ok(())
}

/// The letters that an undisturbed fold of the log decides.
pub struct Letters {
    /// All of them.
    pub all: BTreeSet<String>,
    /// Digests that need not go where the daemon stood still for so long that the next one was nearer.
    may_stay_away: BTreeSet<String>,
}

/// The alerts: what an undisturbed fold of the same log decides, each once. `now` is the time at the end.
pub fn alerts(
    store: &Store,
    log: &[Entry],
    sender: &Sender,
    last: u64,
    now: Timestamp,
) -> Result<Letters, String> {
    hold!(
        log.windows(2).all(|pair| pair[0].seq + 1 == pair[1].seq) && log.len() as u64 == last,
        "the log has {last} entries, and {} were seen when they were written",
        log.len()
    );
    let mut fold = Analysis::default();
    let (mut events, mut letters, mut may_stay_away) = (BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
    // A clock that was wrong for a while may have been ahead of the end.
    let latest = log.iter().map(|entry| entry.at).max().map_or(now, |at| at.max(now));
    for entry in log {
        let outcome = fold.fold(entry);
        letters.extend(outcome.collected.iter().map(|c| collected_id(c, sender)));
        let late = outcome.collected.iter().filter(|c| c.is_out_of_date(latest));
        may_stay_away.extend(late.map(|c| collected_id(c, sender)));
        for event in outcome.events {
            // As the engine has it: what could hurt somebody goes to the operators where nobody is left.
            let alone = event.severity == Severity::Safety && fold.readers(&event.team).is_empty();
            if !event.held && (!event.deliver_to.is_empty() || alone) {
                letters.insert(message_id(&event, sender));
            }
            let key = (event.alert.clone(), event.number);
            hold!(events.insert(key, event).is_none(), "an undisturbed fold doubles an event");
        }
    }
    let stored = store.events(None).map_err(|e| e.to_string())?;
    hold!(stored.len() == events.len(), "{} events are kept, {} were to happen", stored.len(), events.len());
    for event in stored {
        let Some(other) = events.get(&(event.alert.clone(), event.number)) else {
            return Err(format!("event {} of {} was not to happen", event.number, event.alert));
        };
        hold!(told(&event) == told(other), "event {:?} should be {:?}", told(&event), told(other));
    }
    Ok(Letters { all: letters, may_stay_away })
}

/// Of an event what no deletion takes away. Sums that a restart added up in another order differ in their last digits.
fn told(event: &AlertEvent) -> String {
    let e = event;
    format!(
        "{} {} {:?} at {} {} observed {} of {:.9} in {} held {} to {:?}",
        e.alert,
        e.number,
        e.kind,
        e.at,
        e.reason.name(),
        e.observed,
        e.expected,
        e.window_days,
        e.held,
        e.deliver_to
    )
}

/// The letters: none is lost, none is made up, and none comes more often than the design allows.
pub fn letters(data: &Path, expected: &Letters, world: &World) -> Result<(), String> {
    let db = rusqlite::Connection::open(data.join("groundswell.db")).map_err(|e| e.to_string())?;
    let mut outbox = db
        .prepare(
            "SELECT o.message_id, o.state, o.said, coalesce(json_extract(e.json, '$.deliver_to'),
                    json_extract(o.collected, '$.deliver_to'))
             FROM outbox o LEFT JOIN events e ON e.alert = o.alert AND e.number = o.number",
        )
        .map_err(|e| e.to_string())?;
    let rows: Vec<(String, String, String, String)> = outbox
        .query_map([], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
        .and_then(Iterator::collect)
        .map_err(|e| e.to_string())?;
    let ids: BTreeSet<String> = rows.iter().map(|row| row.0.clone()).collect();
    let missing = expected.all.difference(&ids).any(|id| !expected.may_stay_away.contains(id));
    hold!(!missing && ids.is_subset(&expected.all), "letters {ids:?} were to be {:?}", expected.all);
    let taken = |id: &str, to: &str| world.taken.get(&(id.to_owned(), to.to_owned())).copied().unwrap_or(0);
    for (id, state, said, to) in &rows {
        let to: Vec<String> = serde_json::from_str(to).map_err(|e| e.to_string())?;
        match state.as_str() {
            "sent" => {
                for address in to.iter().filter(|a| *a != GONE) {
                    let no = world.refused.contains(id);
                    hold!(no || taken(id, address) > 0, "{id} counts as sent and {address} has not got it");
                }
            }
            "parked" => hold!(
                world.refused.contains(id) || said.starts_with("given up"),
                "{id} is parked, and the mail server did not refuse it: {said}"
            ),
            other => return Err(format!("{id} is {other} at the end")),
        }
    }
    for (copy, times) in &world.taken {
        hold!(ids.contains(&copy.0), "{} was sent and is in no outbox", copy.0);
        let most = 1 + world.may_repeat.get(copy).copied().unwrap_or(0);
        hold!(*times <= most, "{} came {times} times to {}, and {most} are allowed", copy.0, copy.1);
    }
    Ok(())
}

/// Index and log agree.
pub fn index(store: &Store, index: &PostIndex) -> Result<(), String> {
    let (posts, found) =
        (store.count_posts().map_err(|e| e.to_string())?, index.count().map_err(|e| e.to_string())?);
    hold!(posts == found, "{posts} posts in the log, {found} in the index");
    Ok(())
}
