//! The hourly design: what the detector of complaints finds, how soon, at one false alarm in ten years of a series.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a program that prints figures"
)]

mod sim;

use groundswell::ground::alert::Severity;
use groundswell::ground::time::{DAY_MS, HOUR_MS, Timestamp, from_ms};
use groundswell::logic::lifecycle::{Standing, Verdict};
use groundswell::logic::spike::{Pool, Prior, Series, bar_of_evidence};
use sim::dice::Dice;
use sim::hourly::{BRANDS, Brand, Complaint, DAYS, Event, RATES, WARM, bursts, known, new, outages};

/// Day on which the simulations begin.
const EPOCH: i64 = 20_003;
/// People that an alert needs within a week.
const FEWEST: u32 = 3;
/// An alert ends after so many hours below the bar.
const ENDS: usize = 72;

/// Events, and the days within which each counts as found.
const EVENTS: [(Event, &str, usize); 3] =
    [(Event::SmallJump, "small jump", 7), (Event::LargeJump, "large jump", 7), (Event::Ramp, "ramp", 35)];

/// Scores at which an alert may open: (hour, score).
type Path = Vec<(usize, f64)>;

fn at(hour: usize, part: f64) -> Timestamp {
    from_ms(EPOCH * DAY_MS + hour as i64 * HOUR_MS + (part * HOUR_MS as f64) as i64)
}

/// What each brand's complaints share, from their first eight weeks.
fn pools(complaints: &[Complaint], seed: u64) -> Vec<Pool> {
    let mut dice = Dice::new(seed);
    let mut pools: Vec<Pool> = (0..BRANDS).map(|_| Pool::default()).collect();
    for hour in 0..56 * 24 {
        for c in complaints {
            let weight = 1.0 / (1.0 + c.rate / 10.0);
            for _ in 0..dice.poisson(f64::from(c.counts[hour]) * weight) {
                pools[c.brand].shape.learn(EPOCH * 24 + hour as i64);
            }
        }
    }
    pools
}

fn path(c: &Complaint, pool: &Pool, seed: u64) -> Path {
    let mut dice = Dice::new(seed);
    let mut series = Series::new(at(0, 0.0), pool);
    let mut out = Vec::new();
    for (hour, count) in c.counts.iter().enumerate() {
        // Up to four readings an hour, each after people spoke.
        let mut left = *count;
        let first = if left > 8 { 3 } else { 0 };
        for quarter in first..4 {
            let now = if left == 0 { 0 } else { dice.binomial(left, 1.0 / f64::from(4 - quarter)) };
            left -= now;
            if now == 0 {
                continue;
            }
            let when = at(hour, f64::from(quarter) / 4.0 + 0.2499);
            series.hear_many(when, now, pool);
            if hour >= WARM * 24 {
                let score = series.score(when, pool);
                if score > 0.3 && series.people(7) >= FEWEST {
                    out.push((hour, score));
                }
            }
        }
    }
    out
}

fn paths(complaints: &[Complaint], pools: &[Pool], seed: u64) -> Vec<Path> {
    let indexed: Vec<(usize, &Complaint)> = complaints.iter().enumerate().collect();
    // Alternate, so that the loud ones are shared.
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
    let mut out: Vec<Path> = vec![Vec::new(); complaints.len()];
    let done: Vec<Vec<(usize, Path)>> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..cores)
            .map(|core| {
                let mine: Vec<(usize, &Complaint)> =
                    indexed.iter().copied().filter(|(i, _)| i % cores == core).collect();
                scope.spawn(move || {
                    mine.into_iter().map(|(i, c)| (i, path(c, &pools[c.brand], seed + i as u64))).collect()
                })
            })
            .collect();
        handles.into_iter().map(|h| h.join().unwrap()).collect()
    });
    for (i, path) in done.into_iter().flatten() {
        out[i] = path;
    }
    out
}

/// Alerts that open on a path: an alert ends after [`ENDS`] hours below the bar.
fn openings(path: &Path, bar: f64) -> usize {
    let (mut count, mut last) = (0, None::<usize>);
    for (hour, score) in path {
        if *score >= bar {
            count += usize::from(last.is_none_or(|l| hour - l > ENDS));
            last = Some(*hour);
        }
    }
    count
}

/// Hours at which alerts open by the rule as it runs, at this bar; each ends by the life cycle.
fn life(counts: &[u32], pool: &Pool, from: usize, bar: f64) -> Vec<usize> {
    let mut series = Series::new(at(0, 0.0), pool);
    let (mut opened, mut open) = (Vec::new(), None::<Standing>);
    for (hour, count) in counts.iter().enumerate() {
        let when = at(hour, 0.9999);
        if *count > 0 {
            series.hear_many(when, *count, pool);
            let rises = hour >= from && open.is_none() && series.score(when, pool) >= bar;
            if rises && series.people(7) >= FEWEST {
                opened.push(hour);
                open = Some(standing(when));
            }
        }
        if let Some(alert) = &open {
            series.advance(when, pool);
            let back = series.is_back_to_usual(when, pool, 2);
            if matches!(alert.is_over(when, back, true), Verdict::Happened(..)) {
                open = None;
                series.forget_evidence();
            }
        }
    }
    opened
}

fn standing(opened_at: Timestamp) -> Standing {
    Standing {
        formerly: Vec::new(),
        id: String::new(),
        opened_at,
        ended: None,
        told_at: opened_at,
        events: 1,
        told_people: FEWEST,
        places: Default::default(),
        severity: Severity::Normal,
        danger: Severity::Normal,
        of_danger: Default::default(),
        tally: Default::default(),
        usual: 0.1,
        acknowledged_by: None,
        teams: Vec::new(),
        since: opened_at,
        said: None,
        label: String::new(),
        back_since: None,
        earlier: None,
    }
}

/// False alarms a year when sources go deaf and when one author is loud.
fn traps(quiet: &[Complaint], pools: &[Pool], seed: u64, bar: f64) {
    let mut dice = Dice::new(seed + 50);
    let years = quiet.len() as f64 * (DAYS - WARM) as f64 / 365.25;
    let mut found = [0usize; 5];
    for c in quiet {
        let pool = &pools[c.brand];
        let deaf = outages(&mut dice, c.counts.len());
        let heard: Vec<u32> =
            c.counts.iter().zip(&deaf).map(|(n, deaf)| if *deaf { 0 } else { *n }).collect();
        let mut gaps = pool.clone();
        // The first hour of a silence is believed: it is noticed late.
        for hour in (1..deaf.len()).filter(|h| deaf[*h] && deaf[h - 1]) {
            gaps.deaf.insert(EPOCH * 24 + hour as i64, 0.0);
        }
        let loud = bursts(&mut dice, c.counts.len());
        let as_posts: Vec<u32> = c.counts.iter().zip(&loud).map(|(n, more)| n + more).collect();
        let as_people: Vec<u32> = c.counts.iter().zip(&loud).map(|(n, more)| n + (*more).min(1)).collect();
        let streams =
            [(&c.counts, pool), (&heard, pool), (&heard, &gaps), (&as_posts, pool), (&as_people, pool)];
        for (sum, (counts, pool)) in found.iter_mut().zip(streams) {
            *sum += life(counts, pool, WARM * 24, bar).len();
        }
    }
    let [plain, believed, noticed, posts, people] = found.map(|n| n as f64 / years);
    println!(
        "  false alarms a year {plain:.3}; outages believed {believed:.3}, noticed {noticed:.3}; loud authors as posts {posts:.3}, as people {people:.3}"
    );
}

/// False alarms a year in complaints that nobody has heard before, with what their siblings say.
fn cold(seed: u64, bar: f64) {
    let mut dice = Dice::new(seed + 70);
    let (siblings, _) = new(seed + 60, Event::Nothing, 120);
    let levels: Vec<f64> = siblings.iter().map(|c| f64::from(c.counts.iter().sum::<u32>()) / 63.0).collect();
    let (cold, brands) = new(seed + 61, Event::Nothing, 600);
    let shapes: Vec<Pool> = brands
        .iter()
        .map(|brand| {
            let mut pool = Pool { prior: Prior::fitted(&levels), since: Some(at(0, 0.0)), ..Pool::default() };
            for (hour, busy) in brand.week().iter().enumerate() {
                for _ in 0..dice.poisson(20.0 * busy) {
                    pool.shape.learn(EPOCH * 24 + hour as i64);
                }
            }
            pool
        })
        .collect();
    let (mut first, mut all) = (0, 0);
    for c in &cold {
        let opened = life(&c.counts, &shapes[c.brand], 0, bar);
        first += opened.iter().filter(|h| **h < 7 * 24).count();
        all += opened.iter().filter(|h| **h < 56 * 24).count();
    }
    let years = |days: f64| 600.0 * days / 365.25;
    println!(
        "  new complaints: {:.2} false alarms a year in the first week, {:.2} in the first eight",
        first as f64 / years(7.0),
        all as f64 / years(56.0)
    );
}

fn bar_for(paths: &[Path], a_year: f64, years: f64) -> f64 {
    let (mut low, mut high) = (0.3, 12.0);
    for _ in 0..30 {
        let middle = (low + high) / 2.0;
        let found: usize = paths.iter().map(|p| openings(p, middle)).sum();
        if found as f64 / years > a_year { low = middle } else { high = middle }
    }
    high
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let number = |i: usize, or: u64| {
        args.iter().filter(|a| !a.starts_with('-')).nth(i).and_then(|a| a.parse().ok()).unwrap_or(or)
    };
    let (seed, each) = (number(1, 101), number(2, 60) as usize);
    let begun = std::time::Instant::now();
    let (quiet, _): (Vec<Complaint>, Vec<Brand>) = known(seed, Event::Nothing, each);
    let quiet_pools = pools(&quiet, seed);
    let quiet_paths = paths(&quiet, &quiet_pools, seed);
    let years = quiet.len() as f64 * (DAYS - WARM) as f64 / 365.25;
    println!("{} quiet years, {:.1?}", years as u32, begun.elapsed());
    for wanted in [365.0f64, 3_652.0, 36_525.0] {
        let found: Vec<String> = RATES
            .iter()
            .map(|rate| {
                let of: Vec<usize> = quiet
                    .iter()
                    .zip(&quiet_paths)
                    .filter(|(c, _)| c.rate == *rate)
                    .map(|(_, p)| openings(p, wanted.log10()))
                    .collect();
                format!(
                    "{:.3}",
                    of.iter().sum::<usize>() as f64 / (of.len() as f64 * (DAYS - WARM) as f64 / 365.25)
                )
            })
            .collect();
        let all: usize = quiet_paths.iter().map(|p| openings(p, wanted.log10())).sum();
        println!(
            "wished {:.3} a year: {:.3}  by rate {}",
            365.25 / wanted,
            all as f64 / years,
            found.join(" ")
        );
    }
    let bars = [1.0, 0.1].map(|a_year| bar_for(&quiet_paths, a_year, years));
    for (n, (event, name, days)) in EVENTS.into_iter().enumerate() {
        let (struck, _) = known(seed + 100 + n as u64, event, each * 2 / 3);
        let struck_pools = pools(&struck, seed);
        let struck_paths = paths(&struck, &struck_pools, seed + 7);
        for (bar, a_year) in bars.iter().zip([1.0, 0.1]) {
            let delays: Vec<Option<f64>> = struck
                .iter()
                .zip(&struck_paths)
                .map(|(c, p)| {
                    let start = c.start.unwrap();
                    let hit = p.iter().find(|(h, s)| *h >= start && *h <= start + days * 24 && s >= bar);
                    hit.map(|(h, _)| (h - start) as f64 / 24.0)
                })
                .collect();
            let by_rate: Vec<String> = RATES
                .iter()
                .map(|rate| {
                    let of: Vec<f64> = struck
                        .iter()
                        .zip(&delays)
                        .filter(|(c, _)| c.rate == *rate)
                        .map(|(_, d)| d.unwrap_or(f64::INFINITY))
                        .collect();
                    format!(
                        "{:.2}/{:.1}",
                        of.iter().filter(|d| d.is_finite()).count() as f64 / of.len() as f64,
                        median(of)
                    )
                })
                .collect();
            let found = delays.iter().flatten().count() as f64 / delays.len() as f64;
            println!(
                "{name:10} at {a_year} a year (bar {bar:.2}): {found:.3}, median {:.2} d   {}",
                median(delays.iter().map(|d| d.unwrap_or(f64::INFINITY)).collect()),
                by_rate.join(" ")
            );
        }
    }
    // What repeats, ends and deceives, at the bar that the detector itself takes for one false alarm in ten years.
    let shipped = bar_of_evidence(1, 0.1);
    println!("by the life cycle, at the bar of one in ten years ({shipped:.2}):");
    for (n, (event, name, days)) in EVENTS.into_iter().enumerate() {
        let (struck, _) = known(seed + 100 + n as u64, event, each / 3);
        let struck_pools = pools(&struck, seed);
        let alerts: Vec<usize> = struck
            .iter()
            .map(|c| {
                let start = c.start.unwrap();
                let opened = life(&c.counts, &struck_pools[c.brand], WARM * 24, shipped);
                opened.iter().filter(|h| **h >= start && **h <= start + days * 24).count()
            })
            .collect();
        let found = alerts.iter().filter(|n| **n > 0).count();
        println!(
            "  {name:10} found {:.3}, {:.2} alerts each",
            found as f64 / alerts.len() as f64,
            alerts.iter().sum::<usize>() as f64 / found.max(1) as f64
        );
    }
    traps(&quiet, &quiet_pools, seed, shipped);
    cold(seed, shipped);
    println!("{:.1?}", begun.elapsed());
}
