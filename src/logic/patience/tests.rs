use super::*;
use crate::ground::time::from_ms;

const BOUNDS: Bounds = Bounds {
    least: Duration::from_secs(10),
    unknown: Duration::from_secs(30),
    most: Duration::from_secs(6 * 3600),
};
const START: i64 = 1_767_225_600_000;

/// A number from 0 up to 1, the same for the same seed.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Moments of posts over some days: `rate` posts an hour by hour of the day, each followed by `echoes` within a minute.
fn posts(days: i64, echoes: usize, rate: impl Fn(i64) -> f64, seed: u64) -> Vec<i64> {
    let mut random = Random(seed);
    let mut all = Vec::new();
    for minute in 0..days * 24 * 60 {
        let hour = minute.div_euclid(60).rem_euclid(24);
        let mut expected = rate(hour) / 60.0;
        while random.unit() < expected {
            let at = START + minute * 60_000 + (random.unit() * 60_000.0) as i64;
            all.extend((0..=echoes).map(|n| at + n as i64 * 1500));
            expected -= 1.0;
        }
    }
    all.sort_unstable();
    all
}

/// Lives through a stream as a listener does that opens it anew; gives the moments at which it did.
fn live(patience: &mut Patience, posts: &[i64]) -> Vec<i64> {
    let mut anew = Vec::new();
    for pair in posts.windows(2) {
        patience.heard(from_ms(pair[0]));
        let mut from = pair[0];
        loop {
            let until = from + patience.allowed(from_ms(from), BOUNDS).wait.as_millis() as i64;
            if until >= pair[1] {
                break;
            }
            anew.push(until);
            patience.opened_anew();
            from = until;
        }
    }
    anew
}

fn day_and_night(hour: i64) -> f64 {
    if (6..22).contains(&hour) { 120.0 } else { 1.0 }
}

fn noon(day: i64) -> i64 {
    START + day * DAY_MS + 12 * HOUR_MS
}

#[test]
fn days_and_nights_are_learnt_and_a_death_by_day_is_noticed_in_minutes() {
    for seed in 1..20 {
        let all = posts(30, 0, day_and_night, seed);
        let mut patience = Patience::default();
        let anew = live(&mut patience, &all);
        // The first night is taken for silence again and again; the second is known.
        let by_day: Vec<i64> = anew.iter().map(|at| (at - START) / DAY_MS).collect();
        let later = by_day.iter().filter(|day| **day > 0).count();
        assert!(later <= 4 && by_day.len() - later <= 100, "seed {seed}: {by_day:?}");
        // At noon, two posts come a minute; by night, one an hour.
        let day = patience.allowed(from_ms(noon(30)), BOUNDS);
        let night = patience.allowed(from_ms(START + 30 * DAY_MS), BOUNDS);
        assert!((240..3600).contains(&day.wait.as_secs()), "seed {seed}: {day:?}");
        assert!(night.wait > 4 * day.wait, "seed {seed}: {night:?} beside {day:?}");
    }
}

#[test]
fn bursts_make_it_more_patient_than_their_rate_says() {
    let steady = posts(20, 0, |_| 40.0, 3);
    let bursts = posts(20, 19, |_| 2.0, 3);
    let mut of_steady = Patience::default();
    live(&mut of_steady, &steady);
    let mut of_bursts = Patience::default();
    let anew = live(&mut of_bursts, &bursts);
    let (steady, bursty) =
        (of_steady.allowed(from_ms(noon(20)), BOUNDS), of_bursts.allowed(from_ms(noon(20)), BOUNDS));
    assert!(bursty.wait > 3 * steady.wait, "{bursty:?} beside {steady:?}");
    assert!(matches!(bursty.why, Why::LongerThanEver(..) | Why::Most), "{bursty:?}");
    let late = anew.iter().filter(|at| **at > START + 5 * DAY_MS).count();
    assert!(late <= 2, "{late}");
}

#[test]
fn nothing_is_known_at_first_and_the_bounds_hold() {
    let mut patience = Patience::default();
    let at = |s: i64| from_ms(START + s * 1000);
    assert_eq!(patience.allowed(at(0), BOUNDS), Allowed { wait: Duration::from_secs(30), why: Why::Unknown });
    // Hundreds a second: the shortest wait.
    for n in 0..20_000 {
        patience.heard(from_ms(START + n * 5));
    }
    assert_eq!(patience.allowed(at(100), BOUNDS), Allowed { wait: BOUNDS.least, why: Why::Least });
    // Two a day: the longest.
    let mut patience = Patience::default();
    for n in 0..200 {
        patience.heard(at(n * 43_200));
    }
    assert_eq!(patience.allowed(at(200 * 43_200), BOUNDS), Allowed { wait: BOUNDS.most, why: Why::Most });
}

#[test]
fn a_stream_that_stays_silent_is_opened_ever_more_rarely_until_it_speaks() {
    let mut patience = Patience::default();
    live(&mut patience, &posts(10, 0, |_| 60.0, 5));
    let first = patience.allowed(from_ms(noon(10)), BOUNDS).wait;
    patience.opened_anew();
    let second = patience.allowed(from_ms(noon(10)), BOUNDS).wait;
    assert!(second > first.mul_f64(1.5), "{first:?} {second:?}");
    for _ in 0..100 {
        patience.opened_anew();
    }
    assert_eq!(patience.allowed(from_ms(noon(10)), BOUNDS).why, Why::Most);
    patience.missed_until(from_ms(noon(10)));
    patience.heard(from_ms(noon(10) + 1000));
    let after = patience.allowed(from_ms(noon(10)), BOUNDS).wait;
    assert!(
        after < first.mul_f64(1.5),
        "what was missed while it was dead is no silence: {first:?} {after:?}"
    );
}

#[test]
fn what_was_learnt_is_stored_and_time_that_goes_back_breaks_nothing() {
    let mut patience = Patience::default();
    for at in [5000, 1000, 9000, 0, 9000, 9001, i64::from(i32::MAX) * 1000] {
        patience.heard(from_ms(at));
    }
    live(&mut patience, &posts(3, 0, |_| 60.0, 5));
    let stored = serde_json::to_string(&patience).unwrap();
    assert!(stored.len() < 1200, "{}", stored.len());
    assert_eq!(serde_json::from_str::<Patience>(&stored).unwrap(), patience);
    insta::assert_snapshot!(Why::LongerThanEver(44.2, 22.1), @"about 44 posts come in that time, and its longest silence lacked 22");
}
