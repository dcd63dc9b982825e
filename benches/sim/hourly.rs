//! The hourly design: people who make one complaint, hour by hour, at 0.1 to 24,000 a day, with cycles of the day and the
//! week, day effects that last (AR(1)), drift, overdispersion, and events of known shape.

use super::dice::Dice;

/// People a day.
pub(crate) const RATES: [f64; 9] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 1_000.0, 24_000.0];
/// Days of a series, and days before anything is judged.
pub(crate) const DAYS: usize = 400;
pub(crate) const WARM: usize = 84;
/// Brands whose complaints share the shape of a week.
pub(crate) const BRANDS: usize = 12;

/// What happens in a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Nothing,
    SmallJump,
    LargeJump,
    Ramp,
}

/// Cycles of a brand: depth and hour of the day's, weekend's part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brand {
    depth: f64,
    hour: f64,
    weekend: f64,
}

/// One complaint of one brand.
pub(crate) struct Complaint {
    pub(crate) counts: Vec<u32>,
    /// Of them, those of the event.
    pub(crate) event: Vec<u32>,
    /// Hour at which the event began.
    pub(crate) start: Option<usize>,
    pub(crate) rate: f64,
    pub(crate) brand: usize,
}

/// The brands of a seed.
pub(crate) fn brands(dice: &mut Dice) -> Vec<Brand> {
    (0..BRANDS)
        .map(|_| Brand {
            depth: dice.between(0.4, 1.0),
            hour: dice.normal(15.0, 2.0),
            weekend: dice.normal(-0.3, 0.2),
        })
        .collect()
}

impl Brand {
    /// How busy each hour of a week is beside the average, which is 1; hour 0 is Monday's first.
    pub(crate) fn week(&self) -> Vec<f64> {
        let turn = 2.0 * std::f64::consts::PI / 24.0;
        let raw: Vec<f64> = (0..168)
            .map(|h| {
                let at = turn * ((h % 24) as f64 - self.hour);
                let weekend = if h / 24 >= 5 { self.weekend } else { 0.0 };
                (self.depth * (at.cos() + 0.35 * (2.0 * at).cos()) + weekend).exp()
            })
            .collect();
        let mean = raw.iter().sum::<f64>() / 168.0;
        raw.into_iter().map(|x| x / mean).collect()
    }

    /// How one complaint differs from its brand.
    pub(crate) fn varied(&self, dice: &mut Dice) -> Self {
        Self {
            depth: self.depth * dice.normal(0.0, 0.1).exp(),
            hour: self.hour + dice.normal(0.0, 0.7),
            weekend: self.weekend + dice.normal(0.0, 0.1),
        }
    }
}

/// How a series' days differ: AR(1), a random walk of weeks, a trend a week. Mean about 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Days {
    /// Standard deviation of the logarithm, least and most.
    pub(crate) vary: (f64, f64),
    pub(crate) alike: f64,
    pub(crate) walk: f64,
    pub(crate) trend: f64,
}

impl Days {
    /// A path of so many days.
    pub(crate) fn draw(&self, dice: &mut Dice, count: usize) -> Vec<f64> {
        let sd = dice.between(self.vary.0, self.vary.1);
        let mut effect = dice.normal(0.0, sd);
        let trend = dice.normal(0.0, self.trend);
        let mut walk = 0.0;
        (0..count)
            .map(|day| {
                if day > 0 {
                    effect = self.alike * effect + dice.normal(0.0, sd * (1.0 - self.alike.powi(2)).sqrt());
                }
                if day % 7 == 0 {
                    walk += dice.normal(0.0, self.walk);
                }
                (effect - sd * sd / 2.0 + walk + trend * day as f64 / 7.0).exp()
            })
            .collect()
    }
}

/// The days of the design.
const OF_THE_DESIGN: Days = Days { vary: (0.1, 0.3), alike: 0.5, walk: 0.05, trend: 0.01 };

/// Expected people an hour of the event, `since` hours after it began.
fn excess(event: Event, rate: f64, since: f64) -> f64 {
    let sd = (rate + (0.2 * rate).powi(2)).sqrt();
    match event {
        Event::Nothing => 0.0,
        Event::SmallJump => (5.0 * sd).max(10.0) / 24.0 * (-since / 72.0).exp(),
        Event::LargeJump => (12.0 * sd).max(25.0) / 24.0 * (-since / 72.0).exp(),
        Event::Ramp if since > 35.0 * 24.0 => 0.0,
        Event::Ramp => (0.1 + 0.9 * (since / (21.0 * 24.0)).min(1.0)) * (3.0 * sd).max(10.0) / 24.0,
    }
}

fn complaint(
    dice: &mut Dice,
    brands: &[Brand],
    brand: usize,
    rate: f64,
    length: usize,
    event: Event,
    starts: (usize, usize),
) -> Complaint {
    let week = brands[brand].varied(dice).week();
    let effects = OF_THE_DESIGN.draw(dice, length);
    let start = (event != Event::Nothing).then(|| dice.pick(starts.0, starts.1));
    let (mut counts, mut added) = (Vec::with_capacity(length * 24), Vec::with_capacity(length * 24));
    for hour in 0..length * 24 {
        let mean = rate / 24.0 * week[hour % 168] * effects[hour / 24];
        let usual = dice.gamma(20.0, mean / 20.0);
        let usual = dice.poisson(usual);
        let more = match start {
            Some(start) if hour >= start => {
                dice.poisson(excess(event, rate, (hour - start) as f64) * week[hour % 168])
            }
            _ => 0,
        };
        counts.push(usual + more);
        added.push(more);
    }
    Complaint { counts, event: added, start, rate, brand }
}

/// So many complaints of each rate, known for long.
pub(crate) fn known(seed: u64, event: Event, each: usize) -> (Vec<Complaint>, Vec<Brand>) {
    let mut dice = Dice::new(seed);
    let brands = brands(&mut dice);
    let mut out = Vec::new();
    for rate in RATES {
        for _ in 0..each {
            let brand = dice.pick(0, BRANDS);
            out.push(complaint(&mut dice, &brands, brand, rate, DAYS, event, (WARM * 24, (DAYS - 45) * 24)));
        }
    }
    (out, brands)
}

/// Complaints of nine weeks that nobody has heard before, log-normal around 0.7 people a day.
pub(crate) fn new(seed: u64, event: Event, count: usize) -> (Vec<Complaint>, Vec<Brand>) {
    let mut dice = Dice::new(seed);
    let brands = brands(&mut dice);
    let out = (0..count)
        .map(|_| {
            let rate = dice.normal(0.7f64.ln(), 1.2).exp();
            let brand = dice.pick(0, BRANDS);
            complaint(&mut dice, &brands, brand, rate, 63, event, (0, 7 * 24))
        })
        .collect();
    (out, brands)
}

/// Hours in which nothing was heard: twelve times a year, 6 to 72 hours.
pub(crate) fn outages(dice: &mut Dice, hours: usize) -> Vec<bool> {
    let mut deaf = vec![false; hours];
    for _ in 0..dice.poisson(12.0 * hours as f64 / 8_760.0) {
        let (start, length) = (dice.pick(0, hours), dice.pick(6, 73));
        deaf.iter_mut().skip(start).take(length).for_each(|d| *d = true);
    }
    deaf
}

/// Posts of loud authors, twelve times a year, about 15 posts within two hours.
pub(crate) fn bursts(dice: &mut Dice, hours: usize) -> Vec<u32> {
    let mut posts = vec![0; hours];
    for _ in 0..dice.poisson(12.0 * hours as f64 / 8_760.0) {
        let (start, count) = (dice.pick(0, hours - 2), dice.geometric(15.0));
        let first = dice.binomial(count, 0.5);
        posts[start] += first;
        posts[start + 1] += count - first;
    }
    posts
}
