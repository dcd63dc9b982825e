//! Clocks, calendars, gaps and floods.

use super::*;

fn at(day: i64, hour: i64) -> Timestamp {
    from_ms(day * DAY_MS + hour * HOUR_MS)
}

fn pool() -> Pool {
    Pool { since: Some(at(0, 0)), ..Pool::default() }
}

/// A product that is heard of for the first time with the series.
fn young() -> Pool {
    Pool::default()
}

/// People who speak at these hours of every day, from one day to another (exclusive); each is another voice.
fn speak(series: &mut Series, pool: &Pool, days: std::ops::Range<i64>, hours: &[i64], shift: i64) -> f64 {
    let mut most = f64::MIN;
    for day in days {
        for (i, hour) in hours.iter().enumerate() {
            let now = at(day, hour + shift);
            series.hear(now, now, (day * 100 + i as i64) as u64, pool);
            most = most.max(series.score(now, pool));
        }
    }
    most
}

const USUAL: [i64; 6] = [8, 10, 12, 15, 18, 20];

#[test]
fn a_clock_set_back_an_hour_changes_nothing_of_what_is_known() {
    let pool = young();
    let mut series = Series::new(at(60, 0), &pool);
    speak(&mut series, &pool, 60..100, &USUAL, 0);
    let level = series.level(&pool);
    // The analysis hands in a clock that never goes back; a post written an hour later by the old clock is of now.
    series.hear(at(99, 21), at(99, 20), 9_000, &pool);
    assert_eq!(series.level(&pool), level);
    assert!(series.score(at(99, 20), &pool) < 3.0, "{}", series.score(at(99, 20), &pool));
}

#[test]
fn a_clock_a_year_ahead_and_back_again_raises_nothing() {
    let pool = young();
    let mut series = Series::new(at(60, 0), &pool);
    speak(&mut series, &pool, 60..100, &USUAL, 0);
    series.advance(at(465, 0), &pool);
    // The clock is right again, while the log is a year ahead and never goes back: what is said now is backlog.
    let before = series.score(at(465, 1), &pool);
    for day in 100..120 {
        for (i, hour) in USUAL.iter().enumerate() {
            series.hear(at(day, *hour), at(465, 0), (day * 100 + i as i64) as u64, &pool);
        }
    }
    assert!(series.score(at(465, 1), &pool) <= before + 0.5 && series.level(&pool).is_finite());
}

#[test]
fn posts_dated_in_the_future_are_of_now() {
    let pool = pool();
    let mut series = Series::new(at(60, 0), &pool);
    for voice in 0..5 {
        assert!(series.hear(at(400, 3), at(60, 9), voice, &pool));
    }
    assert_eq!((series.people(7), series.day), (5, 60));
    assert!(series.score(at(60, 9), &pool) > 3.0, "five people in an hour are evidence, whatever they date");
}

#[test]
fn a_backlog_of_three_days_that_arrives_in_a_minute_is_no_spike() {
    let pool = young();
    let mut series = Series::new(at(60, 0), &pool);
    speak(&mut series, &pool, 60..100, &USUAL, 0);
    let now = at(103, 12);
    for day in 100..102 {
        for (i, hour) in USUAL.iter().enumerate() {
            series.hear(at(day, *hour), now, (day * 100 + i as i64) as u64, &pool);
        }
    }
    assert!(series.score(now, &pool) < 2.0, "{}", series.score(now, &pool));
}

#[test]
fn summer_time_moves_everybody_by_an_hour_and_raises_nothing() {
    let pool = young();
    let mut series = Series::new(at(60, 0), &pool);
    speak(&mut series, &pool, 60..160, &USUAL, 0);
    let most = speak(&mut series, &pool, 160..190, &USUAL, -1);
    assert!(most < 3.0, "{most}");
}

#[test]
fn the_leap_day_is_a_day() {
    let pool = young();
    // 2024-02-29 is day 19,782.
    let mut series = Series::new(at(19_700, 0), &pool);
    speak(&mut series, &pool, 19_700..19_770, &USUAL, 0);
    let most = speak(&mut series, &pool, 19_770..19_790, &USUAL, 0);
    assert!((series.level(&pool) - 6.0).abs() < 0.8 && most < 3.0, "{most} {}", series.level(&pool));
    let days: Vec<i64> = series.chart(&pool).iter().map(|d| d.day).collect();
    assert!(days.contains(&19_782) && days.windows(2).all(|w| w[1] == w[0] + 1));
}

#[test]
fn a_source_that_is_deaf_every_night_leaves_the_level_of_the_day() {
    let mut pool = young();
    let mut series = Series::new(at(60, 0), &pool);
    for day in 60..150 {
        pool.was_deaf(day * 24, day * 24 + 8, 1.0);
        speak(&mut series, &pool, day..day + 1, &USUAL, 0);
    }
    // Six people in sixteen hours that could be heard are nine a day.
    assert!((series.level(&pool) - 9.0).abs() < 1.0, "{}", series.level(&pool));
    assert!(series.score(at(150, 7), &pool) < 2.0);
}

#[test]
fn the_first_day_of_an_installation_brings_no_storm() {
    let pool = Pool { since: Some(at(60, 0)), ..Pool::default() };
    // Forty complaints, each said by one to six people on the first day.
    let loud: Vec<f64> = (0..40u64)
        .map(|complaint| {
            let mut series = Series::new(at(60, 0), &pool);
            for voice in 0..=complaint % 6 {
                series.hear(at(60, voice as i64 * 3), at(60, voice as i64 * 3), voice, &pool);
            }
            series.score(at(60, 20), &pool)
        })
        .filter(|score| *score >= super::super::bar_of_evidence(40, 4.0))
        .collect();
    assert_eq!(loud, Vec::<f64>::new());
}

#[test]
fn a_million_posts_in_an_hour_are_counted_in_bounded_memory() {
    let pool = pool();
    let mut series = Series::new(at(60, 0), &pool);
    for voice in 0..1_000_000u64 {
        series.hear(at(60, 1), at(60, 1), voice, &pool);
    }
    assert_eq!(series.people(7), 1_000_000);
    assert!(series.recent.len() <= VOICES && series.voices_today.len() <= VOICES);
    let bytes = postcard::to_stdvec(&series).unwrap().len();
    assert!(bytes < 16 * 1024, "{bytes}");
    assert!(series.read(at(60, 2), &pool).score.is_finite());
    for day in 61..200 {
        series.advance(at(day, 0), &pool);
    }
    assert!(series.level(&pool).is_finite() && series.score(at(199, 5), &pool) < 3.0);
}
