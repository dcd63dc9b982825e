//! The status as people read it.

use std::io::Write;

use serde_json::Value;

use super::super::standing::{count, minute, one_line, size};
use super::Status;
use crate::ground::time::Timestamp;

/// A daemon that has written nothing down for so many seconds cannot.
const NOT_NOTED: i64 = 180;

/// Writes the status for people.
pub(super) fn write(out: &mut impl Write, status: &Status) -> std::io::Result<()> {
    let running = match (&status.daemon, status.running) {
        (Some(note), true) => {
            let version =
                text(note, "version").map_or_else(String::new, |v| format!(" version {}", one_line(v)));
            let pid =
                note.get("pid").and_then(Value::as_u64).map_or_else(String::new, |p| format!(", pid {p}"));
            let since =
                text(note, "started_at").map_or_else(String::new, |at| format!(", since {}", moment(at)));
            format!("running{version}{pid}{since}")
        }
        (None, true) if status.starting => {
            "starting, and not ready yet (the journal says how far it is: journalctl -u groundswell)".into()
        }
        (None, true) => "running".into(),
        (Some(note), false) => {
            let last = text(note, "at")
                .map_or_else(String::new, |at| format!("; it was last there at {}", moment(at)));
            format!("not running{last}")
        }
        (None, false) => "not running".into(),
    };
    writeln!(out, "daemon    {running}")?;
    writeln!(
        out,
        "store     {}: {}, {} on disk",
        status.data,
        count(status.posts, "post", "posts"),
        size(status.disk_bytes)
    )?;
    for (name, reader) in [("analysis", &status.analysis), ("index", &status.index)] {
        let behind = if reader.behind == 0 {
            "up to date".into()
        } else {
            let age = if reader.lag_seconds > 0 {
                format!(", the oldest {} old", span(reader.lag_seconds))
            } else {
                String::new()
            };
            format!("{} behind{age}", count(reader.behind, "entry", "entries"))
        };
        writeln!(out, "{name:9} {behind} (read {} of {})", reader.position, status.last_position)?;
    }
    let rules = &status.rules;
    match &rules.in_force {
        None => writeln!(out, "rules     none in force yet")?,
        Some(set) => writeln!(
            out,
            "rules     {}, {}, {} in force",
            count(set.products as u64, "product", "products"),
            count(set.topics as u64, "topic", "topics"),
            count(set.teams as u64, "team", "teams")
        )?,
    }
    if rules.unreadable.is_none() {
        let differs = match (rules.refused, rules.differs) {
            (true, _) => "; refused, those of before stay in force",
            (false, true) => "; what it says now is not in force",
            (false, false) => "",
        };
        writeln!(
            out,
            "          folder {}: {}, {}{differs}",
            rules.folder,
            count(rules.errors as u64, "error", "errors"),
            count(rules.warnings as u64, "warning", "warnings")
        )?;
    }
    if status.sources.is_empty() {
        writeln!(out, "sources   none heard of yet: they are known once the daemon has run")?;
    }
    let old = status.sources_at.filter(|at| status.at.as_second() - at.as_second() > NOT_NOTED);
    if let Some(at) = old {
        writeln!(out, "sources   as they were at {} UTC, when it could be written down last", minute(at))?;
    }
    for (i, (name, source)) in status.sources.iter().enumerate() {
        let head = if i == 0 && old.is_none() { "sources" } else { "" };
        writeln!(out, "{head:9} {}", source_line(name, source, status.at))?;
    }
    let outbox = status.outbox;
    let next = match status.next_try {
        Some(at) if at > status.at => format!(" (the next is tried at {} UTC)", minute(at)),
        _ => String::new(),
    };
    writeln!(
        out,
        "outbox    {} waiting{next}, {} sent, {} parked",
        outbox.waiting, outbox.sent, outbox.parked
    )?;
    for letter in &status.troubled_letters {
        writeln!(
            out,
            "          {} ({}, tried {}{}): {}",
            one_line(&letter.message_id),
            one_line(&letter.state),
            count(u64::from(letter.attempts), "time", "times"),
            letter.next_try.map_or_else(String::new, |at| format!(", next at {} UTC", minute(at))),
            one_line(&letter.said)
        )?;
    }
    for waiting in &status.waiting {
        writeln!(
            out,
            "waiting   {} for team {} until {} UTC: {}",
            count(waiting.things, "thing", "things"),
            one_line(&waiting.team),
            minute(waiting.until),
            waiting.why.words()
        )?;
    }
    for (scope, silence) in &status.silences {
        let worse = if silence.until_worse { " or until it is worse" } else { "" };
        let why =
            if silence.why.is_empty() { String::new() } else { format!(": {}", one_line(&silence.why)) };
        let (scope, until, by) = (one_line(scope), minute(silence.until), one_line(&silence.by));
        writeln!(out, "silent    {scope} until {until}{worse}, by {by}{why}")?;
    }
    for (team, addresses) in &status.left {
        for (address, since) in addresses {
            let (team, address) = (one_line(team), one_line(address));
            let since = minute(*since);
            writeln!(
                out,
                "left      {address} gets no letters of team {team} since {since} (groundswell leave {team} {address} --undo)"
            )?;
        }
    }
    if status.needs_a_person.is_empty() && !status.running && status.daemon.is_none() {
        return writeln!(
            out,
            "\nNothing is listened to: no daemon has run on this data yet (systemctl start groundswell, or groundswell run; groundswell doctor looks whether all is ready for it)."
        );
    }
    if status.needs_a_person.is_empty() {
        return writeln!(out, "\nNothing needs a person.");
    }
    writeln!(out, "\nThis needs a person:")?;
    for need in &status.needs_a_person {
        writeln!(out, "  - {need}")?;
    }
    Ok(())
}

fn source_line(name: &str, source: &Value, now: Timestamp) -> String {
    let mut line = format!("{}: {}", one_line(name), one_line(text(source, "state").unwrap_or("unknown")));
    if let Some(n) = source.get("posts_last_hour").and_then(Value::as_u64) {
        line.push_str(&format!(", {} in the last hour", count(n, "post", "posts")));
    }
    if let Some(at) = text(source, "last_post") {
        line.push_str(&format!(", last one {}", moment(at)));
    }
    if let Some(lag) = source.get("lag_seconds").and_then(Value::as_f64).filter(|lag| *lag >= 60.0) {
        line.push_str(&format!(", {} behind", span(lag as i64)));
    }
    if let Some(hub) = text(source, "pushed_by") {
        line.push_str(&format!(", sent by {}", one_line(hub)));
    }
    if let Some(n) = source.get("refused").and_then(Value::as_u64).filter(|n| *n > 0) {
        let why = text(source, "last_refused").unwrap_or("no reason is known");
        line.push_str(&format!(
            "; {} turned away, the last: {}",
            count(n, "request", "requests"),
            one_line(why)
        ));
    }
    if let Some(n) = source.get("rejects").and_then(Value::as_u64).filter(|n| *n > 0) {
        let what = count(n, "line or post", "lines or posts");
        line.push_str(&format!(
            "; {what} could not be read or taken (the journal says why: journalctl -u groundswell)"
        ));
    }
    if let Some(said) = text(source, "last_error") {
        line.push_str(&trouble(source, said, now));
    }
    if let Some(said) = text(source, "notice") {
        line.push_str(&format!("; {}", one_line(said)));
    }
    line
}

/// What went wrong, where it still does: a source that listens has got over what came before that. What came since (a stream beside
/// polls, for instance) is told with its time, for an hour.
fn trouble(source: &Value, said: &str, now: Timestamp) -> String {
    let time = |key: &str| text(source, key).and_then(|at| at.parse::<Timestamp>().ok());
    // What does not run any more was in trouble then, and not now.
    if text(source, "state") == Some("stopped") {
        let at = time("last_error_at").map_or_else(String::new, |at| format!(" at {} UTC", minute(at)));
        return format!("; last trouble{at}: {}", one_line(said));
    }
    if !matches!(text(source, "state"), Some("listening" | "ended")) {
        return format!("; {}", one_line(said));
    }
    match (time("last_error_at"), time("since")) {
        (Some(at), since)
            if since.is_none_or(|since| at > since) && now.as_second() - at.as_second() < 3_600 =>
        {
            format!("; trouble at {} UTC: {}", minute(at), one_line(said))
        }
        _ => String::new(),
    }
}

pub(super) fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// A time as people read it, where it is one.
fn moment(at: &str) -> String {
    at.parse::<Timestamp>().map_or_else(|_| one_line(at), |at| format!("{} UTC", minute(at)))
}

/// `40 seconds`, `12 minutes`, `3 hours`, `5 days`.
pub(super) fn span(seconds: i64) -> String {
    let seconds = seconds.max(0) as u64;
    match seconds {
        s if s < 120 => count(s, "second", "seconds"),
        s if s < 7_200 => count(s / 60, "minute", "minutes"),
        s if s < 172_800 => count(s / 3_600, "hour", "hours"),
        s => count(s / 86_400, "day", "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_sizes_are_said_in_the_unit_a_person_would_take() {
        let spans: Vec<String> = [1, 90, 600, 10_000, 400_000].map(span).into();
        assert_eq!(spans, ["1 second", "90 seconds", "10 minutes", "2 hours", "4 days"]);
        assert_eq!([size(900), size(5_300_000), size(2_000_000_000)], ["1 KB", "5.3 MB", "2.0 GB"]);
    }

    #[test]
    fn a_source_is_told_from_whatever_the_note_has() {
        let note = serde_json::json!({"state": "retrying", "posts_last_hour": 12, "last_error": "refused\n"});
        let now = "2026-01-01T12:00:00Z".parse().unwrap();
        insta::assert_snapshot!(source_line("bluesky", &note, now), @"bluesky: retrying, 12 posts in the last hour; refused");
        assert_eq!(source_line("x", &Value::Null, now), "x: unknown");
        let note = serde_json::json!({"state": "listening", "rejects": 12, "refused": 1, "last_refused": "unsigned"});
        insta::assert_snapshot!(source_line("crm", &note, now), @"crm: listening; 1 request turned away, the last: unsigned; 12 lines or posts could not be read or taken (the journal says why: journalctl -u groundswell)");
        let note = serde_json::json!({"state": "listening", "rejects": 0});
        assert_eq!(source_line("crm", &note, now), "crm: listening");
    }

    #[test]
    fn what_a_source_has_got_over_is_not_told_beside_its_health() {
        let line = |state: &str, since: &str, at: &str| {
            let note = serde_json::json!({"state": state, "since": since, "last_error": "was away", "last_error_at": at});
            source_line("press", &note, "2026-01-01T12:00:00Z".parse().unwrap())
        };
        let (before, after) = ("2026-01-01T10:59:00Z", "2026-01-01T11:30:00Z");
        assert_eq!(line("listening", "2026-01-01T11:00:00Z", before), "press: listening");
        assert_eq!(
            line("listening", "2026-01-01T11:00:00Z", after),
            "press: listening; trouble at 2026-01-01 11:30 UTC: was away"
        );
        assert_eq!(line("listening", "2025-12-01T11:00:00Z", before), "press: listening", "an hour ago");
        assert_eq!(line("retrying", "2026-01-01T11:00:00Z", before), "press: retrying; was away");
        assert_eq!(
            line("stopped", "2026-01-01T11:00:00Z", before),
            "press: stopped; last trouble at 2026-01-01 10:59 UTC: was away"
        );
    }
}
