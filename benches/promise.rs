//! The promise on false alarms: what a team asked for beside what it gets from streams in which nothing happens, by the
//! whole rule as it runs: the series that are live share the budget, alerts open and end.
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
use groundswell::logic::lifecycle::{Standing, Verdict, should_open};
use groundswell::logic::spike::{Pool, Series, bar_of_evidence};
use sim::dice::Dice;
use sim::hourly::{Brand, Days, brands};

/// Day on which the simulations begin, and days before anything is judged.
const EPOCH: i64 = 20_003;
const WARM: usize = 84;
const DAYS: usize = WARM + 365;
const BUDGETS: [f64; 5] = [0.5, 2.0, 8.0, 24.0, 52.0];

/// One kind of stream in which nothing happens.
struct Kind {
    name: &'static str,
    /// Series of a team.
    series: usize,
    /// Rates are log-normal: middle and spread.
    rate: f64,
    spread: f64,
    days: Days,
    /// Hour-level overdispersion.
    hours_vary: f64,
    /// Team-years at this seed.
    years: usize,
}

const CALM: Days = Days { vary: (0.1, 0.3), alike: 0.5, walk: 0.05, trend: 0.01 };

fn kinds() -> Vec<Kind> {
    let kind = |name, series, rate, spread, years| Kind {
        name,
        series,
        rate,
        spread,
        days: CALM,
        hours_vary: 0.05,
        years,
    };
    vec![
        kind("one series, 3 a day", 1, 3.0, 0.5, 240),
        kind("ten, log-normal about 0.7", 10, 0.7, 1.2, 60),
        kind("a hundred, about 0.3", 100, 0.3, 1.2, 12),
        kind("a thousand, about 0.1", 1_000, 0.1, 1.2, 3),
        kind("ten busy, about 60", 10, 60.0, 1.2, 40),
        Kind {
            days: Days { vary: (0.0, 0.05), alike: 0.0, walk: 0.0, trend: 0.0 },
            hours_vary: 0.001,
            ..kind("ten, plain Poisson, about 1", 10, 1.0, 1.0, 60)
        },
        Kind {
            days: Days { vary: (0.3, 0.5), alike: 0.5, walk: 0.05, trend: 0.01 },
            hours_vary: 0.2,
            ..kind("ten, scattered, about 1", 10, 1.0, 1.2, 60)
        },
        Kind {
            days: Days { walk: 0.1, trend: 0.02, ..CALM },
            ..kind("ten, drifting, about 1", 10, 1.0, 1.2, 60)
        },
    ]
}

fn at(hour: usize, part: f64) -> Timestamp {
    from_ms(EPOCH * DAY_MS + hour as i64 * HOUR_MS + (part * HOUR_MS as f64) as i64)
}

/// False alarms of one team in its year, for each budget.
fn team(kind: &Kind, brand: &Brand, dice: &mut Dice) -> [u32; BUDGETS.len()] {
    let mut pool = Pool { since: Some(at(0, 0.0)), ..Pool::default() };
    let counts: Vec<Vec<u32>> = (0..kind.series)
        .map(|_| {
            let rate = dice.normal(kind.rate.ln(), kind.spread).exp();
            let week = brand.varied(dice).week();
            let effects = kind.days.draw(dice, DAYS);
            (0..DAYS * 24)
                .map(|hour| {
                    let mean = rate / 24.0 * week[hour % 168] * effects[hour / 24];
                    let mean = dice.gamma(1.0 / kind.hours_vary, mean * kind.hours_vary);
                    dice.poisson(mean)
                })
                .collect()
        })
        .collect();
    let mut series: Vec<Option<Series>> = vec![None; kind.series];
    let mut open: Vec<[Option<Standing>; BUDGETS.len()]> =
        (0..kind.series).map(|_| Default::default()).collect();
    let mut alarms = [0; BUDGETS.len()];
    let mut live = 1;
    for hour in 0..DAYS * 24 {
        if hour % 24 == 0 {
            for s in series.iter_mut().flatten() {
                s.advance(at(hour, 0.0), &pool);
            }
            if hour >= 14 * 24 {
                pool.fit(series.iter().flatten());
            }
            live = series.iter().flatten().filter(|s| s.is_live(28)).count().max(1);
        }
        for (i, counts) in counts.iter().enumerate() {
            let mut left = counts[hour];
            let first = if left > 8 { 3 } else { 0 };
            for quarter in first..4 {
                let now = if left == 0 { 0 } else { dice.binomial(left, 1.0 / f64::from(4 - quarter)) };
                left -= now;
                if now == 0 {
                    continue;
                }
                let when = at(hour, f64::from(quarter) / 4.0 + 0.2499);
                for _ in 0..now.min(20) {
                    pool.shape.learn(EPOCH * 24 + hour as i64);
                }
                let s = series[i].get_or_insert_with(|| Series::new(when, &pool));
                s.hear_many(when, now, &pool);
                let score = s.score(when, &pool);
                for (b, budget) in BUDGETS.iter().enumerate() {
                    let bar = bar_of_evidence(live, *budget);
                    if score < bar || open[i][b].is_some() {
                        continue;
                    }
                    let reading = s.read(when, &pool);
                    if matches!(
                        should_open(&reading, s.people(28), Severity::Normal, bar),
                        Verdict::Happened(..)
                    ) {
                        alarms[b] += u32::from(hour >= WARM * 24);
                        open[i][b] = Some(standing(when));
                    }
                }
            }
            if let Some(s) = &mut series[i] {
                let when = at(hour, 0.9999);
                let mut ended = false;
                for standing in &mut open[i] {
                    if let Some(alert) = standing {
                        s.advance(when, &pool);
                        let back = s.is_back_to_usual(when, &pool, 2);
                        if matches!(alert.is_over(when, back, true), Verdict::Happened(..)) {
                            *standing = None;
                            ended = true;
                        }
                    }
                }
                // Budgets share one series here: evidence begins anew with the last alert that ends.
                if ended && open[i].iter().all(Option::is_none) {
                    s.forget_evidence();
                }
            }
        }
    }
    alarms
}

fn standing(opened_at: Timestamp) -> Standing {
    Standing {
        formerly: Vec::new(),
        id: String::new(),
        opened_at,
        ended: None,
        told_at: opened_at,
        events: 1,
        told_people: 3,
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

fn main() {
    let numbers: Vec<f64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let seed = numbers.first().copied().unwrap_or(301.0) as u64;
    let times = numbers.get(1).copied().unwrap_or(1.0);
    let begun = std::time::Instant::now();
    println!("seed {seed}. Measured false alarms a year of a team, and measured over promised:");
    print!("{:30} {:>6}", "promised", "years");
    for budget in BUDGETS {
        print!("{budget:>16}");
    }
    println!();
    let (mut sums, mut all) = ([0u32; BUDGETS.len()], 0);
    for (n, kind) in kinds().iter().enumerate() {
        let years = ((kind.years as f64 * times) as usize).max(1);
        let mut dice = Dice::new(seed * 1_000 + n as u64);
        let brands = brands(&mut dice);
        let mut total = [0u32; BUDGETS.len()];
        for year in 0..years {
            let found = team(kind, &brands[year % brands.len()], &mut dice);
            total.iter_mut().zip(found).for_each(|(t, f)| *t += f);
        }
        print!("{:30} {years:>6}", kind.name);
        for (count, budget) in total.iter().zip(BUDGETS) {
            let a_year = f64::from(*count) / years as f64;
            print!("  {:>6.2} ({:>4.2})", a_year, a_year / budget);
        }
        println!("   {:.0?}", begun.elapsed());
        sums.iter_mut().zip(total).for_each(|(s, t)| *s += t);
        all += years;
    }
    print!("{:30} {all:>6}", "all");
    for (count, budget) in sums.iter().zip(BUDGETS) {
        let a_year = f64::from(*count) / all as f64;
        print!("  {:>6.2} ({:>4.2})", a_year, a_year / budget);
    }
    println!();
}
