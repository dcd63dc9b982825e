use super::*;

fn at(day: i64, hour: i64) -> Timestamp {
    from_ms(day * DAY_MS + hour * HOUR_MS)
}

fn pool() -> Pool {
    Pool { since: Some(at(0, 0)), ..Pool::default() }
}

/// A series in which so many people spoke at noon of each day from day 60 on.
fn heard(days: &[u32]) -> (Series, Pool, i64) {
    let pool = pool();
    let mut series = Series::new(at(60, 12), &pool);
    let mut voice = 0;
    for (i, people) in days.iter().enumerate() {
        let now = at(60 + i as i64, 12);
        for _ in 0..*people {
            voice += 1;
            series.hear(now, now, voice, &pool);
        }
        series.advance(now, &pool);
    }
    (series, pool, 59 + days.len() as i64)
}

fn score(days: &[u32]) -> f64 {
    let (series, pool, day) = heard(days);
    series.read(at(day, 23), &pool).score
}

#[test]
fn three_people_where_nobody_spoke_are_evidence_and_one_is_not() {
    assert!(score(&[1, 1, 1, 1]) > 3.0, "{}", score(&[1, 1, 1, 1]));
    assert!(score(&[1]) < 1.5, "{}", score(&[1]));
}

#[test]
fn what_goes_on_for_long_is_usual() {
    assert!(score(&[3; 120]) < 2.0, "{}", score(&[3; 120]));
}

#[test]
fn a_slow_ramp_is_not_learnt_as_the_new_usual() {
    let mut days =
        vec![0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0];
    for n in [1, 0, 1, 1, 1, 0, 1, 2, 1, 2, 2, 2, 3] {
        days.push(n);
    }
    assert!(score(&days) > 4.0, "{}", score(&days));
}

#[test]
fn one_voice_counts_once_a_day() {
    let pool = pool();
    let mut series = Series::new(at(60, 0), &pool);
    let counted = (0..25).filter(|h| series.hear(at(60, *h), at(60, *h), 7, &pool)).count();
    assert_eq!((counted, series.people(7)), (2, 1));
}

#[test]
fn a_backlog_is_no_evidence() {
    let pool = pool();
    let mut series = Series::new(at(60, 0), &pool);
    for voice in 0..50 {
        series.hear(at(58, 3), at(61, 0), voice, &pool);
    }
    let reading = series.read(at(61, 1), &pool);
    assert!(reading.score < 1.5 && reading.recent_people == 0, "{reading:?}");
}

#[test]
fn the_clock_may_go_back_or_far_ahead() {
    let (mut series, pool, day) = heard(&[1, 2, 1]);
    let before = series.clone();
    series.advance(at(day - 2, 0), &pool);
    assert_eq!(series, before);
    series.advance(at(day + 4_000, 0), &pool);
    assert!(series.level(&pool) < 0.05 && series.chart(&pool).len() <= KEPT_DAYS + 1);
}

#[test]
fn it_is_back_to_usual_after_two_quiet_days_and_not_before() {
    let (series, pool, day) = heard(&[6, 6, 6]);
    assert!(!series.is_back_to_usual(at(day, 23), &pool, 2));
    let (series, pool, day) = heard(&[6, 6, 6, 0, 0, 0]);
    assert!(series.is_back_to_usual(at(day, 23), &pool, 2));
}

#[test]
fn hostile_numbers_of_voices_stay_bounded() {
    let pool = pool();
    let mut series = Series::new(at(60, 0), &pool);
    for voice in 0..20_000 {
        series.hear(at(60, 1), at(60, 1), voice, &pool);
    }
    assert!(series.recent.len() <= VOICES && series.voices_today.len() <= VOICES);
    assert!(series.read(at(60, 2), &pool).score.is_finite());
}
