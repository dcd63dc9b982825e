//! What needs a person, and what that person should do.

use serde_json::Value;

use super::last_run::of_the_last_run;
use super::told::{span, text};
use super::{NOT_RUNNING, Status};
use crate::assembly::commands::standing::{clip, count, one_line};
use crate::edges::mail::is_of_the_settings;
use crate::edges::sources::CANNOT_LISTEN;
use crate::ground::time::Timestamp;

/// A source that has tried in vain for longer than this needs a person, in seconds.
const STUCK: i64 = 900;
/// A letter tried so often needs a person: with the growing waits, a quarter of an hour has passed.
const TRIES: u32 = 4;
/// An analysis or index further behind than this needs a person, in seconds.
const LAG: i64 = 3_600;

/// What needs somebody, a sentence each.
pub(super) fn needs(status: &Status) -> Vec<String> {
    let mut needs = Vec::new();
    if status.daemon.is_some() && !status.running {
        needs.push(NOT_RUNNING.into());
    }
    for (name, source) in &status.sources {
        let since = text(source, "since").and_then(|at| at.parse::<Timestamp>().ok());
        let stuck = since.map_or(0, |at| status.at.as_second() - at.as_second());
        if status.running && text(source, "state") == Some("retrying") && stuck > STUCK {
            let why = text(source, "last_error").unwrap_or("no reason is known");
            needs.push(format!("source {name} has failed for {}: {}", span(stuck), one_line(why)));
        }
        let refused = source.get("refused_outright").and_then(Value::as_bool) == Some(true);
        if status.running && text(source, "state") == Some("retrying") && refused && stuck <= STUCK {
            let why = text(source, "last_error").unwrap_or("no reason is known");
            let word = if why.contains("No such file") { "has nothing to read" } else { "is refused" };
            needs.push(format!("source {name} {word}, which waiting seldom mends: {}", one_line(why)));
        }
        let deaf = text(source, "last_error").filter(|why| why.starts_with(CANNOT_LISTEN));
        if let Some(why) = deaf.filter(|_| stuck <= STUCK && text(source, "state") == Some("retrying")) {
            needs.push(format!("source {name} hears nothing: it {}", one_line(why)));
        }
        if text(source, "state") == Some("failed") {
            let why = text(source, "last_error").unwrap_or("no reason is known");
            let own = format!("source \"{name}\": ");
            let why = why.strip_prefix(&own).unwrap_or(why);
            if !status.running {
                let of_then = of_the_last_run(status.daemon.as_ref());
                let then = "the next start tries it again";
                needs.push(format!("source {name} failed {of_then}: {}; {then}", one_line(why)));
                continue;
            }
            let again = source.get("tried_again").and_then(Value::as_bool) == Some(true);
            let then = if again {
                "a file that is made or given to the service is found within five minutes, changed settings need systemctl restart groundswell"
            } else {
                "when that is mended: systemctl restart groundswell"
            };
            needs.push(format!("source {name} has failed: {}; {then}", one_line(why)));
        }
    }
    // What only other settings mend needs somebody at once.
    let (in_vain, others): (Vec<_>, Vec<_>) = status
        .troubled_letters
        .iter()
        .filter(|letter| letter.state == "waiting")
        .partition(|letter| is_of_the_settings(&letter.said));
    if let Some(letter) = in_vain.last() {
        needs.push(format!(
            "{} cannot be sent with these settings, and waiting does not mend that: {}",
            count(in_vain.len() as u64, "letter", "letters"),
            clip(&one_line(&letter.said), 500)
        ));
    }
    let tried = others.iter().filter(|letter| letter.attempts >= TRIES).count();
    if tried > 0 {
        needs.push(format!(
            "{} could not be sent in {TRIES} tries or more; see above what the mail server says",
            count(tried as u64, "letter", "letters")
        ));
    }
    if status.outbox.parked > 0 {
        needs.push(format!(
            "{} could not be sent and will not be tried again until you type groundswell mail retry",
            count(status.outbox.parked, "letter", "letters")
        ));
    }
    for refused in &status.refused_addresses {
        needs.push(format!(
            "{} gets no letters of team {}: the mail server refuses it for good ({}); correct or remove it in teams.toml in {}",
            one_line(&refused.address),
            one_line(&refused.team),
            clip(&one_line(&refused.why), 200),
            status.rules.folder
        ));
    }
    let readers = status.rules.in_force.iter().flat_map(|set| &set.readers);
    for (team, addresses) in readers {
        let gone = |address: &String| {
            status.left.get(team).is_some_and(|left| left.keys().any(|a| a.eq_ignore_ascii_case(address)))
        };
        if addresses.iter().all(gone) {
            needs.push(format!(
                "nobody is left who gets the letters of team {}: all of its addresses have taken themselves off the list; add another one to teams.toml (safety alerts go to [operators] email until then)",
                one_line(team)
            ));
        }
    }
    if status.rules.errors > 0 {
        needs.push(format!(
            "the rules in {} have {} and are refused; {} (groundswell check --rules {})",
            status.rules.folder,
            count(status.rules.errors as u64, "error", "errors"),
            match status.rules.in_force {
                Some(_) => "the last good ones stay in force",
                None => "there were none before, so nothing is listened to until they are sound",
            },
            status.rules.folder
        ));
    }
    if status.rules.refused && status.rules.errors == 0 && status.rules.unreadable.is_none() {
        let when = if status.running {
            String::new()
        } else {
            format!(" {}", of_the_last_run(status.daemon.as_ref()))
        };
        needs.push(format!(
            "the rules in {} were refused{when}, and the last good ones stay in force; why: groundswell check --rules {} --data {}",
            status.rules.folder, status.rules.folder, status.data
        ));
    }
    if let Some(why) = &status.rules.unreadable {
        needs.push(why.clone());
    }
    for (name, reader) in [("analysis", &status.analysis), ("index", &status.index)] {
        // Without a daemon nothing is read, and that has been said.
        if status.running && reader.lag_seconds > LAG {
            needs
                .push(format!("the {name} is {} behind: see the daemon's journal", span(reader.lag_seconds)));
        }
    }
    needs
}
