//! The weekly design: how many outbreaks `detect --interval 7d` finds at a given share of false alarms a week.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a program that prints figures"
)]

mod sim;

use groundswell::ground::time::{DAY_MS, from_ms};
use groundswell::logic::detect::{Detector, Row};
use sim::weekly::{FIRST, Outbreak, WEEKS, simulate};

const WEEK_MS: i64 = 7 * DAY_MS;
/// The design's year has 52 weeks: rows lie so far apart that theirs has, too.
const APART_MS: f64 = 365.242_5 / 52.0 * DAY_MS as f64;
/// Monday, 4 January 1999.
const EPOCH_MS: i64 = 915_408_000_000;

/// Scores of the judged weeks, and whether they were alarms at this budget.
fn scores(counts: &[f64], budget: f64) -> Vec<(f64, bool)> {
    let mut detector = Detector::new(WEEK_MS, budget);
    let mut out = Vec::with_capacity(WEEKS);
    for (week, value) in counts.iter().enumerate() {
        let at = from_ms(EPOCH_MS + (week as f64 * APART_MS) as i64);
        let seen = detector.next(Row { at, value: *value }).unwrap();
        out.push((seen.score, seen.alarm));
    }
    out.split_off(FIRST)
}

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let seed = numbers.first().copied().unwrap_or(7);
    let each = numbers.get(1).copied().unwrap_or(100) as usize;
    let begun = std::time::Instant::now();
    let outbreaks: Vec<Outbreak> = simulate(seed, each);
    let quiet: Vec<Vec<(f64, bool)>> = outbreaks.iter().map(|o| scores(&o.quiet, 0.52)).collect();
    let struck: Vec<Vec<(f64, bool)>> = outbreaks.iter().map(|o| scores(&o.struck, 0.52)).collect();
    let mut all: Vec<f64> = quiet.iter().flatten().map(|s| s.0).collect();
    all.sort_by(f64::total_cmp);
    println!("seed {seed}, {} series of 42 scenarios, {:.1?}", outbreaks.len(), begun.elapsed());
    println!(
        "false alarms a week   bar    found   in the first week   by size 1..10 sd   worst scenario's false alarms"
    );
    for share in [0.05, 0.02, 0.01, 0.005, 0.002, 0.001] {
        let bar = all[((1.0 - share) * all.len() as f64) as usize];
        let hits: Vec<Option<usize>> = outbreaks
            .iter()
            .zip(&struck)
            .map(|(o, s)| (o.from..=o.to).position(|week| s[week - FIRST].0 > bar))
            .collect();
        let part = |n: usize| n as f64 / hits.len() as f64;
        let by_size: Vec<String> = (1..=10)
            .map(|size| {
                let of: Vec<bool> = outbreaks
                    .iter()
                    .zip(&hits)
                    .filter(|(o, _)| o.size == size)
                    .map(|(_, h)| h.is_some())
                    .collect();
                format!("{:.2}", of.iter().filter(|h| **h).count() as f64 / of.len().max(1) as f64)
            })
            .collect();
        let worst = (0..42)
            .map(|scenario| {
                let of: Vec<f64> = outbreaks
                    .iter()
                    .zip(&quiet)
                    .filter(|(o, _)| o.scenario == scenario)
                    .flat_map(|(_, s)| s.iter().map(|s| s.0))
                    .collect();
                of.iter().filter(|s| **s > bar).count() as f64 / of.len() as f64
            })
            .fold(0.0, f64::max);
        println!(
            "{share:<19}   {bar:5.2}  {:.3}   {:.3}               {}   {worst:.4}",
            part(hits.iter().flatten().count()),
            part(hits.iter().flatten().filter(|h| **h == 0).count()),
            by_size.join(" ")
        );
    }
    for budget in [0.52, 0.26, 0.052] {
        let alarms: usize =
            outbreaks.iter().map(|o| scores(&o.quiet, budget).iter().filter(|s| s.1).count()).sum();
        println!("promised {:.4} a week, measured {:.4}", budget / 52.14, alarms as f64 / all.len() as f64);
    }
    println!("{:.1?}", begun.elapsed());
}
