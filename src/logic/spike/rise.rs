//! A rise around one post: more people than usual said something like it, within some stretch of days and some nearness.
//! A scan statistic (Kulldorff) over the neighbourhood of each new complaint, so that a complaint need not have been
//! gathered into one cluster to be heard.

use std::collections::BTreeSet;

use super::negative_binomial::upper_tail;

/// Shares of random pairs that are as alike: how wide neighbourhoods are drawn, from close to loose.
pub const SHARES: [f64; 5] = [0.0025, 0.005, 0.01, 0.02, 0.04];
/// Stretches in which a rise is looked for, in days.
const STRETCHES: [u32; 7] = [1, 3, 7, 14, 28, 56, 112];
/// A stretch is judged by a past that is so many times longer: the first weeks of an installation bring no storm.
const TIMES_LONGER: f64 = 2.0;
/// Days that have to be known before anything can rise: the shortest stretch and its past.
pub const FEWEST_DAYS: f64 = 1.0 + TIMES_LONGER;
/// What is believed before anything was heard: a neighbourhood holds its share of what was said, at most one person and
/// at least a fifth, in the time watched and a day more. It keeps neighbourhoods that were empty by chance from being
/// surprising, and asks no more of a product that is spoken of once a week than of one that is all day.
const MOST_BEFORE: f64 = 1.0;
const LEAST_BEFORE: f64 = 0.2;
const DAYS_BEFORE: f64 = 1.0;
/// How surely that is believed: the shape of the population of levels.
const SHAPE_BEFORE: f64 = 0.3;
/// Overdispersion of days, and drift of the level.
const OVERDISPERSION: f64 = 0.06;
const DRIFT: f64 = 0.02;

/// One post near the one that was just heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Heard {
    /// Whose number it has.
    pub number: u64,
    /// Hash of the voice that spoke.
    pub voice: u64,
    /// What the voice weighs, above 0 and at most 1: who complains of everything says less by complaining of this.
    pub weight: f64,
    /// Days since it was written.
    pub age: f64,
    /// How alike it is.
    pub alike: f32,
}

/// The clearest rise around a post.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rise {
    /// −log10 of the chance that so many or more other people spoke by chance.
    pub score: f64,
    /// Its stretch in days.
    pub days: u32,
    /// People who spoke in it, the new one among them.
    pub people: u32,
    /// What the others weigh together: at most one each.
    pub weight: f64,
    /// People that were expected in it.
    pub expected: f64,
    /// People the expectation rests on.
    pub rests_on: f64,
    /// The other posts of it, by number.
    pub posts: Vec<u64>,
    /// Those before it that the expectation rests on.
    pub before: Vec<u64>,
}

impl Rise {
    /// Nobody else said anything like it in the days `watched`.
    pub fn quiet(watched: f64) -> Self {
        let expected = LEAST_BEFORE / (watched.max(0.0) + DAYS_BEFORE);
        Self { days: 1, people: 1, expected, ..Self::default() }
    }

    /// Usual people a day.
    pub fn level(&self) -> f64 {
        self.expected / f64::from(self.days.max(1))
    }

    /// The overdispersion that counts are weighed with.
    pub fn dispersion(&self) -> f64 {
        OVERDISPERSION + DRIFT
    }

    /// The score if only `people` had spoken, in so many days.
    pub fn score_of(&self, people: u32, days: f64) -> f64 {
        surprise(f64::from(people), self.level() * days.max(0.0), self.rests_on)
    }
}

/// −log10 P(N ≥ n) for a mean that is itself known from `rests_on` people only.
fn surprise(n: f64, expected: f64, rests_on: f64) -> f64 {
    let kappa = 1.0 / (OVERDISPERSION + 1.0 / (SHAPE_BEFORE + rests_on) + DRIFT);
    -upper_tail(n, expected, kappa).max(1e-300).log10()
}

/// What was heard up to an age.
struct Total {
    age: f64,
    people: u32,
    weight: f64,
    weight_of_days: f64,
}

/// The clearest rise around a post of `voice`. `near` are the posts around it; `cuts` how alike posts must be, one for
/// each of [`SHARES`]; `known` the posts that it was compared with; `watched` the days for which posts are known, less what could not be heard; `deaf` gives the days of a
/// stretch up to now in which nothing could be heard.
pub fn rise(
    near: &[Heard],
    voice: u64,
    cuts: &[f32],
    known: usize,
    watched: f64,
    deaf: impl Fn(u32) -> f64,
) -> Rise {
    let mut near: Vec<Heard> = near.iter().copied().filter(|h| h.voice != voice && h.age >= 0.0).collect();
    near.sort_by(|a, b| a.age.total_cmp(&b.age).then(a.number.cmp(&b.number)));
    let mut best = Rise::default();
    for (cut, share) in cuts.iter().zip(SHARES) {
        let before_all = (share * known as f64).clamp(LEAST_BEFORE, MOST_BEFORE);
        let ball: Vec<&Heard> = near.iter().filter(|h| h.alike >= *cut).collect();
        // Voices once a day: running totals from the newest to the oldest.
        let (mut days_heard, mut voices) = (BTreeSet::new(), BTreeSet::new());
        let (mut weight, mut weight_of_days) = (0.0, 0.0);
        let mut totals: Vec<Total> = Vec::with_capacity(ball.len());
        for heard in &ball {
            if days_heard.insert((heard.age.floor() as i64, heard.voice)) {
                weight_of_days += heard.weight;
            }
            if voices.insert(heard.voice) {
                weight += heard.weight;
            }
            totals.push(Total { age: heard.age, people: voices.len() as u32, weight, weight_of_days });
        }
        let all = totals.last().map_or(0.0, |t| t.weight_of_days);
        for days in STRETCHES {
            let before = watched - f64::from(days);
            if before < f64::from(days) * TIMES_LONGER {
                break;
            }
            let within = totals.partition_point(|t| t.age < f64::from(days));
            let Some(total) = within.checked_sub(1).and_then(|i| totals.get(i)) else {
                continue;
            };
            let (people, weight) = (total.people, total.weight);
            let rests_on = (all - total.weight_of_days).max(0.0);
            let open = (f64::from(days) - deaf(days)).max(0.0);
            let expected = (before_all + rests_on) / (before + DAYS_BEFORE) * open;
            if people < 2 || weight <= expected {
                continue;
            }
            let score = surprise(weight.round(), expected, rests_on);
            if score > best.score {
                best = Rise {
                    score,
                    days,
                    people: people + 1,
                    weight,
                    expected,
                    rests_on,
                    posts: ball.iter().take(within).map(|h| h.number).collect(),
                    before: ball.iter().skip(within).map(|h| h.number).collect(),
                };
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(number: u64, voice: u64, age: f64, alike: f32) -> Heard {
        Heard { number, voice, weight: 1.0, age, alike }
    }

    fn of(near: &[Heard]) -> Rise {
        rise(near, 0, &[0.3, 0.2], 400, 90.0, |_| 0.0)
    }

    #[test]
    fn several_people_within_days_are_a_rise_and_the_same_over_months_are_none() {
        let lately: Vec<Heard> = (1..6).map(|i| heard(i, i, i as f64 * 0.4, 0.3)).collect();
        let spread: Vec<Heard> = (1..6).map(|i| heard(i, i, i as f64 * 17.0, 0.3)).collect();
        assert!(of(&lately).score > 5.0 && of(&spread).score < 1.5);
        assert_eq!((of(&lately).days, of(&lately).people), (3, 6));
    }

    #[test]
    fn one_loud_person_is_one_person() {
        let loud: Vec<Heard> = (1..30).map(|i| heard(i, 7, i as f64 * 0.1, 0.3)).collect();
        assert_eq!(of(&loud), Rise::default());
        let own: Vec<Heard> = (1..30).map(|i| heard(i, 0, i as f64 * 0.1, 0.3)).collect();
        assert_eq!(of(&own), Rise::default());
    }

    #[test]
    fn people_who_complain_of_everything_weigh_less_than_others() {
        let others: Vec<Heard> = (1..6).map(|i| heard(i, i, i as f64 * 0.4, 0.3)).collect();
        let grumblers: Vec<Heard> = others.iter().map(|h| Heard { weight: 0.4, ..*h }).collect();
        assert_eq!((of(&others).people, of(&grumblers).people), (6, 6));
        assert!(of(&grumblers).score < of(&others).score / 2.0, "{:?}", of(&grumblers));
    }

    #[test]
    fn what_was_usual_before_is_expected() {
        let usual: Vec<Heard> = (1..90).map(|i| heard(i, i, i as f64, 0.3)).collect();
        assert!(of(&usual).score < 1.0, "{:?}", of(&usual));
    }

    #[test]
    fn the_width_that_shows_the_rise_is_chosen() {
        let mut near: Vec<Heard> = (1..90).map(|i| heard(i, i, i as f64, 0.2)).collect();
        near.extend((100..105).map(|i| heard(i, i, 0.5, 0.4)));
        let rise = of(&near);
        assert_eq!(rise.posts.len(), 5);
    }

    #[test]
    fn the_first_days_of_an_installation_show_nothing() {
        let near: Vec<Heard> = (1..9).map(|i| heard(i, i, 0.1, 0.3)).collect();
        assert_eq!(rise(&near, 0, &[0.2], 400, 1.5, |_| 0.0), Rise::default());
    }
}
