//! What the detector costs: a post, a hundred thousand series in memory, and an hour's tick over them.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a program that prints figures"
)]

mod sim;

use std::hint::black_box;
use std::time::Instant;

use groundswell::ground::time::{DAY_MS, HOUR_MS, Timestamp, from_ms, plus_ms};
use groundswell::logic::spike::{Pool, Series};
use sim::dice::Dice;

const SERIES: usize = 100_000;
const EPOCH: i64 = 20_003;

fn at(hour: i64) -> Timestamp {
    from_ms(EPOCH * DAY_MS + hour * HOUR_MS + HOUR_MS / 2)
}

/// Memory of this process in bytes, where the system says so.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kib| kib * 1024.0)
}

/// A series after so many days at so many people a day, and microseconds a post: counting it and asking what it means.
fn posts(rate: f64, days: i64) -> (Series, f64) {
    let pool = Pool { since: Some(at(-2_000)), ..Pool::default() };
    let mut dice = Dice::new(1);
    let mut series = Series::new(at(0), &pool);
    let mut voice = 0;
    let (mut heard, mut spent) = (0u64, 0.0);
    for hour in 0..days * 24 {
        let people = dice.poisson(rate / 24.0);
        let begun = Instant::now();
        for _ in 0..people {
            voice += 1;
            series.hear(at(hour), at(hour), voice, &pool);
            black_box(series.score(at(hour), &pool));
        }
        if hour > days * 12 {
            heard += u64::from(people);
            spent += begun.elapsed().as_secs_f64();
        }
    }
    (series, spent * 1e6 / heard.max(1) as f64)
}

fn main() {
    println!("a post, counted and judged, with the midnights since the one before, in microseconds:");
    for rate in [0.3, 10.0, 1_000.0, 24_000.0] {
        for days in [60, 240] {
            let (_, micros) = posts(rate, days);
            print!("  {rate} a day after {days} days: {micros:.2}");
        }
        println!();
    }
    let pool = Pool { since: Some(at(-2_000)), ..Pool::default() };
    let mut dice = Dice::new(2);
    let before = resident();
    let mut all: Vec<Series> = (0..SERIES).map(|_| Series::new(at(0), &pool)).collect();
    let rates: Vec<f64> = (0..SERIES).map(|_| dice.normal(0.3f64.ln(), 1.2).exp()).collect();
    let mut voice = 0;
    for day in 0..90 {
        for (series, rate) in all.iter_mut().zip(&rates) {
            for _ in 0..dice.poisson(*rate) {
                voice += 1;
                let when = plus_ms(at(day * 24), dice.pick(0, 12) as i64 * HOUR_MS);
                series.hear(when, when, voice, &pool);
            }
            series.advance(at(day * 24 + 23), &pool);
        }
    }
    if let (Some(before), Some(after)) = (before, resident()) {
        println!("{SERIES} series after 90 days: {:.0} MB", (after - before) / 1e6);
    }
    let now = at(90 * 24 + 5);
    for series in &mut all {
        series.advance(now, &pool);
    }
    let begun = Instant::now();
    let mut live = 0;
    for series in &mut all {
        series.advance(now, &pool);
        live += usize::from(series.is_live(28));
    }
    println!("an hour's tick over them ({live} live): {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    let begun = Instant::now();
    for series in &mut all {
        series.advance(at(91 * 24), &pool);
    }
    println!("midnight over them: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    let begun = Instant::now();
    let sum: f64 = all.iter().map(|s| s.score(at(91 * 24), &pool)).sum();
    println!("every score read: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    black_box(sum);
}
