//! `detect`: the spike detector alone, over counts in a CSV file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;

use serde_json::json;

use crate::assembly::cli::DetectArgs;
use crate::assembly::failure::{Exit, Failure};
use crate::assembly::output::{Rejected, stdout, tell};
use crate::ground::time::DAY_MS;
use crate::logic::detect::{Detector, Row, commonest_distance, parse_interval, parse_row};

/// Longest line that is read, in bytes.
const LONGEST: u64 = 1 << 16;

/// Runs `detect`.
///
/// # Errors
/// The file cannot be read or has no rows, or an option is wrong.
pub fn detect(args: &DetectArgs) -> Result<(), Failure> {
    if !(args.budget > 0.0 && args.budget.is_finite()) {
        return Err(Failure::say(Exit::Usage, format!("--budget {}: it must be more than 0", args.budget)));
    }
    let given = args
        .interval
        .as_deref()
        .map(parse_interval)
        .transpose()
        .map_err(|e| Failure::say(Exit::Usage, format!("--interval: {e}")))?;
    let (name, rows) = read(args.file.as_deref().filter(|p| *p != Path::new("-")))?;
    if rows.is_empty() {
        return Err(Failure::say(
            Exit::BadData,
            format!("{name} has no row that can be read; a row is `2015-02-26 21:42:53,104`"),
        ));
    }
    let interval = given.or_else(|| commonest_distance(&rows)).unwrap_or(DAY_MS);
    let mut detector = Detector::new(interval, args.budget);
    let mut out = stdout();
    let (mut alarms, mut on) = (0u64, false);
    for row in rows {
        let Some(seen) = detector.next(row) else { continue };
        alarms += u64::from(seen.alarm && !on);
        on = seen.alarm;
        let round = |x: f64| (x * 1_000.0).round() / 1_000.0;
        // Counts are whole as a rule, and are written so.
        let observed =
            if seen.observed.fract() == 0.0 { json!(seen.observed as u64) } else { json!(seen.observed) };
        writeln!(
            out,
            "{}",
            json!({"at": row.at, "observed": observed, "expected": round(seen.expected), "score": round(seen.score),
                "alarm": seen.alarm})
        )?;
    }
    out.flush()?;
    tell(format!(
        "{name}: rows of {}, {alarms} {}; alarm from a score of {:.2}",
        length(interval),
        if alarms == 1 { "alarm" } else { "alarms" },
        detector.bar()
    ));
    Ok(())
}

/// Every row that can be read, in order of time; what cannot is named and passed over.
fn read(path: Option<&Path>) -> Result<(String, Vec<Row>), Failure> {
    let name = path.map_or_else(|| "standard input".to_owned(), |p| p.display().to_string());
    let fail = |e: io::Error| Failure::say(Exit::NoInput, format!("{name} cannot be read: {e}"));
    let mut input: Box<dyn BufRead> = match path {
        Some(path) => Box::new(BufReader::new(File::open(path).map_err(fail)?)),
        None => Box::new(BufReader::new(io::stdin())),
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut rejected = Rejected::default();
    let mut number = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        if Read::by_ref(&mut input).take(LONGEST).read_until(b'\n', &mut line).map_err(fail)? == 0 {
            break;
        }
        number += 1;
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        match parse_row(&text) {
            Ok(row) if rows.last().is_some_and(|last| row.at <= last.at) => {
                rejected.add(&name, number, "it is not later than the row before");
            }
            Ok(row) => rows.push(row),
            // Headings.
            Err(_) if number == 1 => {}
            Err(reason) => rejected.add(&name, number, &reason.to_string()),
        }
    }
    rejected.say_rest();
    Ok((name, rows))
}

/// `5m`, `1h`, `1d`: a length of time as `--interval` takes it.
fn length(ms: i64) -> String {
    for (unit, size) in [("w", 7 * DAY_MS), ("d", DAY_MS), ("h", DAY_MS / 24), ("m", 60_000), ("s", 1_000)] {
        if ms % size == 0 {
            return format!("{}{unit}", ms / size);
        }
    }
    format!("{ms}ms")
}
