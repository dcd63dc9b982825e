//! `silence`: no mails about something, for a time.

use std::collections::BTreeMap;

use super::acts::Desk;
use super::named::{cluster, names, posts_of};
use super::standing::{analysis_now, did_you_mean, minute, shell_word};
use crate::assembly::cli::SilenceArgs;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{tell, tell_problems};
use crate::ground::entry::Deed;
use crate::ground::post::PostKey;
use crate::ground::time::{DAY_MS, Timestamp, plus_ms};
use crate::logic::analysis::{Analysis, BY_QUERY, Sort};
use crate::logic::rules::{read_query, report};

/// Longest silence, in days: longer ones are a matter of the rules.
const LONGEST_SILENCE: f64 = 3_650.0;

/// Runs `silence`.
///
/// # Errors
/// There is no such product, cluster or alert, the query is wrong, the time is none, or the store cannot be written.
pub fn silence(args: &SilenceArgs) -> Result<(), Failure> {
    if !(args.days > 0.0 && args.days <= LONGEST_SILENCE) {
        return Err(Failure::say(
            Exit::Usage,
            format!("--days {}: a silence lasts more than 0 and at most {LONGEST_SILENCE} days", args.days),
        ));
    }
    let mut desk = Desk::open(&args.config)?;
    let (scope, spoken) = match (&args.scope, &args.query) {
        (_, Some(query)) => (by_query(query)?, format!("what matches {query}")),
        (Some(scope), None) if scope == "*" => (scope.clone(), "anything".to_owned()),
        (Some(scope), None) => (scope.clone(), scope.clone()),
        (None, None) => {
            return Err(Failure::say(
                Exit::Usage,
                "name a product, topic, cluster or alert, or give --query".to_owned(),
            ));
        }
    };
    let now = desk.now()?;
    if args.undo {
        return lift(&mut desk, args, scope, &spoken, now);
    }
    let mut posts = BTreeMap::new();
    if args.query.is_none() && scope != "*" && desk.last_event(&scope)?.is_none() {
        let analysis = analysis_now(desk.store())?;
        match named(&analysis, &scope, &desk)? {
            Some(found) => posts = found,
            None => return Ok(()),
        }
    }
    let until = plus_ms(now, (args.days * DAY_MS as f64) as i64);
    let what =
        Deed::Silence { scope: scope.clone(), why: args.why.clone(), until, until_worse: args.until_worse };
    let mut then = format!(
        "No mail about {spoken} until {} UTC{}. Alerts still open and close: `groundswell alerts` shows them.",
        minute(until),
        if args.until_worse {
            ", unless it gets worse: turns dangerous or has twice as many people"
        } else {
            ""
        }
    );
    if args.query.is_some() {
        then.push_str(
            " An alert is held back when at least half of its posts match. Safety alerts are told.",
        );
    }
    then.push_str(&format!(" `groundswell {}` takes it back.", undo_of(&scope)));
    desk.write_about(&args.by, what, posts, &then)
}

/// The arguments that take a silence back.
pub(super) fn undo_of(scope: &str) -> String {
    match scope.strip_prefix(BY_QUERY) {
        Some(query) => format!("silence --query {} --undo", shell_word(query.trim())),
        None => format!("silence {} --undo", shell_word(scope)),
    }
}

/// The scope that a query is.
fn by_query(query: &str) -> Result<String, Failure> {
    let (read, problems) = read_query(query);
    tell_problems(&problems, &report::query_file(query));
    read.map(|_| format!("{BY_QUERY} {query}")).ok_or(Failure { exit: Exit::Usage, error: None })
}

/// Takes a silence back.
fn lift(
    desk: &mut Desk,
    args: &SilenceArgs,
    scope: String,
    spoken: &str,
    now: Timestamp,
) -> Result<(), Failure> {
    let in_force: Vec<String> = super::status::silences(&desk.store().acts()?, now).into_keys().collect();
    if !in_force.contains(&scope) {
        let near = match in_force.as_slice() {
            [] => "; there is no silence at all".to_owned(),
            all => format!("; in force are: {}", all.join(", ")),
        };
        return Err(Failure::say(Exit::Usage, format!("there is no silence over {spoken}{near}")));
    }
    let what = Deed::Silence { scope, why: args.why.clone(), until: now, until_worse: false };
    desk.write(&args.by, what, &format!("Mails about {spoken} go out again."))
}

/// The posts that a cluster is about, for a scope that stands for something; `None` where there is nothing to silence.
fn named(
    analysis: &Analysis,
    scope: &str,
    desk: &Desk,
) -> Result<Option<BTreeMap<String, Vec<PostKey>>>, Failure> {
    let found = cluster(analysis, scope);
    if found.as_ref().is_ok_and(|named| named.sort == Sort::Ideas) {
        tell(format!("{scope} is an idea, and ideas never alert: nothing was changed"));
        return Ok(None);
    }
    if !names(analysis).contains(&scope.to_owned()) && found.is_err() {
        let mut known = names(analysis);
        known.extend(desk.alert_ids()?);
        let near = did_you_mean(scope, known.iter().map(String::as_str));
        return Err(Failure::say(
            Exit::Usage,
            format!("there is no product, topic, cluster or alert \"{scope}\"{near}"),
        ));
    }
    Ok(Some(posts_of(analysis, [scope])))
}
