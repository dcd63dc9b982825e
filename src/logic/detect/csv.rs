//! Rows of `timestamp,value`, and the length of a period.

use std::collections::BTreeMap;

use jiff::civil;
use jiff::tz::TimeZone;

use crate::ground::time::{DAY_MS, HOUR_MS, Timestamp, whole_ms};

/// Shortest and longest period, in milliseconds.
const SHORTEST_MS: i64 = 1_000;
const LONGEST_MS: i64 = 366 * DAY_MS;

/// A count of one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// When the period began.
    pub at: Timestamp,
    /// The count: finite, at least 0.
    pub value: f64,
}

/// Why a line is no row. The message names the cause in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// There is no comma.
    #[error("a row is `timestamp,value`, and this line has no comma")]
    NoComma,
    /// The first column is no time.
    #[error("\"{0}\" is no time; write 2015-02-26T21:42:53Z, 2015-02-26 21:42:53 or 2015-02-26")]
    NoTime(String),
    /// The second column is no number.
    #[error("\"{0}\" is no number")]
    NoNumber(String),
    /// The number cannot be a count.
    #[error("{0} is no count: counts are 0 or more, and at most 1e15")]
    NoCount(String),
}

/// Reads one line. Columns after the second are passed over; a time without a zone is UTC.
///
/// # Errors
/// The line is no row.
pub fn parse_row(line: &str) -> Result<Row, RowError> {
    let mut columns =
        line.trim().trim_start_matches('\u{feff}').split(',').map(|c| c.trim().trim_matches('"'));
    let (Some(at), Some(value)) = (columns.next(), columns.next()) else { return Err(RowError::NoComma) };
    let at = parse_time(at).ok_or_else(|| RowError::NoTime(short(at)))?;
    let number: f64 = value.parse().map_err(|_| RowError::NoNumber(short(value)))?;
    // Past this no sum of squares holds, and nobody counts so far.
    if !(0.0..=1e15).contains(&number) {
        return Err(RowError::NoCount(short(value)));
    }
    Ok(Row { at, value: number })
}

fn parse_time(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(whole_ms(at));
    }
    let local = text.parse::<civil::DateTime>().ok().or_else(|| {
        let date: civil::Date = text.parse().ok()?;
        Some(date.to_datetime(civil::Time::midnight()))
    })?;
    local.to_zoned(TimeZone::UTC).ok().map(|zoned| whole_ms(zoned.timestamp()))
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// The length of a period as people write it (`30s`, `5m`, `1h`, `1d`, `2w`), in milliseconds.
///
/// # Errors
/// What is wrong with it, in a sentence.
pub fn parse_interval(text: &str) -> Result<i64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_alphabetic());
    let unit = match text.get(digits.len()..) {
        Some("s") => 1_000,
        Some("m" | "min") => 60_000,
        Some("h") => HOUR_MS,
        Some("d") => DAY_MS,
        Some("w") => 7 * DAY_MS,
        _ => return Err(format!("\"{text}\" is no length of time; write 30s, 5m, 1h, 1d or 1w")),
    };
    digits
        .parse::<i64>()
        .ok()
        .and_then(|n| n.checked_mul(unit))
        .filter(|ms| (SHORTEST_MS..=LONGEST_MS).contains(ms))
        .ok_or_else(|| format!("\"{text}\" is no length of time between a second and 366 days"))
}

/// The commonest distance between rows, in milliseconds: of equals the shortest. Nothing where there are not two.
pub fn commonest_distance(rows: &[Row]) -> Option<i64> {
    let mut distances: BTreeMap<i64, u32> = BTreeMap::new();
    for (a, b) in rows.iter().zip(rows.iter().skip(1)) {
        *distances.entry(b.at.as_millisecond() - a.at.as_millisecond()).or_default() += 1;
    }
    distances
        .into_iter()
        .filter(|(ms, _)| *ms > 0)
        .max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))
        .map(|(ms, _)| ms.clamp(SHORTEST_MS, LONGEST_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_and_programs_write_them() {
        let at = |line: &str| parse_row(line).unwrap().at.to_string();
        assert_eq!(at("2015-02-26 21:42:53,104"), "2015-02-26T21:42:53Z");
        assert_eq!(at("2015-02-26T21:42:53+01:00,104"), "2015-02-26T20:42:53Z");
        assert_eq!(at("\"2015-02-26\", 1.5 ,more"), "2015-02-26T00:00:00Z");
        assert_eq!(at("\u{feff}2015-02-26 21:42:53.250000,0"), "2015-02-26T21:42:53.25Z");
    }

    #[test]
    fn what_is_no_row_says_why() {
        let said = |line: &str| parse_row(line).unwrap_err().to_string();
        assert!(said("timestamp").contains("no comma"));
        assert!(said("timestamp,value").contains("\"timestamp\" is no time"));
        assert!(said("2015-02-26,").contains("\"\" is no number"));
        assert!(said("2015-02-26,-1").contains("-1 is no count"));
        assert!(said("2015-02-26,NaN").contains("no count") && said("2015-02-26,inf").contains("no count"));
    }

    #[test]
    fn a_period_is_given_or_found() {
        assert_eq!((parse_interval("5m"), parse_interval("1w")), (Ok(300_000), Ok(7 * DAY_MS)));
        assert!(
            parse_interval("soon").is_err()
                && parse_interval("0d").is_err()
                && parse_interval("9999999999w").is_err()
        );
        let rows: Vec<Row> = ["2015-02-01,1", "2015-02-02,1", "2015-02-09,1", "2015-02-10,1"]
            .map(|line| parse_row(line).unwrap())
            .into();
        assert_eq!(commonest_distance(&rows), Some(DAY_MS));
        assert_eq!(commonest_distance(rows.get(..1).unwrap()), None);
    }
}
