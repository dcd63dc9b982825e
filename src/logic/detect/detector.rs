//! The detector: rows in, evidence and alarms out.

use super::csv::Row;
use super::long::Long;
use super::short::Short;
use crate::ground::time::DAY_MS;

/// What is said about one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Seen {
    /// The count.
    pub observed: f64,
    /// The count that was expected from what came before; 0 where nothing did.
    pub expected: f64,
    /// log10 of the evidence that there is more than usual.
    pub score: f64,
    /// The evidence is over the bar.
    pub alarm: bool,
}

/// The detector of one series.
#[derive(Clone, Debug)]
pub struct Detector(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Short(Box<Short>),
    Long(Box<Long>),
}

impl Detector {
    /// A detector for rows of this length that may raise so many false alarms a year. Rows longer than a day have seasons
    /// of the year, shorter ones days and weeks.
    pub fn new(interval_ms: i64, false_alarms_a_year: f64) -> Self {
        let interval_ms = interval_ms.max(1);
        Self(if interval_ms > DAY_MS {
            Kind::Long(Box::new(Long::new(interval_ms, false_alarms_a_year)))
        } else {
            Kind::Short(Box::new(Short::new(interval_ms, false_alarms_a_year)))
        })
    }

    /// log10 of the evidence at which there is an alarm.
    pub fn bar(&self) -> f64 {
        match &self.0 {
            Kind::Short(short) => short.bar(),
            Kind::Long(long) => long.bar(),
        }
    }

    /// The next row. A row that is not later than the one before teaches nothing and says nothing.
    pub fn next(&mut self, row: Row) -> Option<Seen> {
        match &mut self.0 {
            Kind::Short(short) => short.next(row),
            Kind::Long(long) => long.next(row),
        }
    }
}
