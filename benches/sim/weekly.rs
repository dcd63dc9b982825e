//! The weekly design: outbreaks in surveillance counts, after Noufaily et al. 2013 (Statistics in Medicine 32) as used by
//! Bédubourg & Le Strat 2017 (PLoS ONE 12). 42 scenarios: seven sets of parameters, with and without trend, 0 to 2 harmonics.

use super::dice::Dice;

const THETA: [f64; 7] = [0.1, -2.0, 1.5, 0.5, 2.5, 3.75, 5.0];
const BETA: [f64; 7] = [0.0025, 0.005, 0.003, 0.002, 0.001, 0.001, 0.0001];
const COS: [f64; 7] = [0.6, 0.1, 0.2, 0.5, 1.0, 0.1, 0.05];
const SIN: [f64; 7] = [0.6, 0.3, -0.4, 0.5, 0.1, -0.1, 0.01];
const PHI: [f64; 7] = [1.5, 2.0, 1.0, 5.0, 3.0, 1.1, 1.2];
/// Weeks of a series, and the first of the 49 that are judged.
pub(crate) const WEEKS: usize = 624;
pub(crate) const FIRST: usize = 575;

/// One series: with past outbreaks only, and with a current one.
pub(crate) struct Outbreak {
    pub(crate) quiet: Vec<f64>,
    pub(crate) struck: Vec<f64>,
    /// First and last week of the current outbreak.
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Size of the current outbreak in standard deviations.
    pub(crate) size: usize,
    pub(crate) scenario: usize,
}

/// Mean count of week `t` (from 1) in a scenario.
fn mean(set: usize, trend: bool, harmonics: usize, t: usize) -> f64 {
    let year = 2.0 * std::f64::consts::PI * t as f64 / 52.0;
    let waves: f64 = (1..=harmonics)
        .map(|j| COS[set] * (year * j as f64).cos() + SIN[set] * (year * j as f64).sin())
        .sum();
    (THETA[set] + if trend { BETA[set] * t as f64 } else { 0.0 } + waves).exp()
}

/// Weeks in which the people of an outbreak fall ill: Poisson(k·sd) of them, at least two, spread by a log-normal.
fn fallen(dice: &mut Dice, start: usize, sd: f64, k: f64) -> Vec<usize> {
    let size = (0..10_000).map(|_| dice.poisson(k * sd)).find(|n| *n >= 2).unwrap_or(2);
    (0..size).map(|_| start + dice.normal(0.0, 0.5).exp().floor() as usize).collect()
}

/// So many series of each scenario.
pub(crate) fn simulate(seed: u64, each: usize) -> Vec<Outbreak> {
    let mut dice = Dice::new(seed);
    let mut out = Vec::new();
    for scenario in 0..42 {
        let (set, trend, harmonics) = (scenario / 6, scenario / 3 % 2 == 1, scenario % 3);
        let means: Vec<f64> = (1..=WEEKS).map(|t| mean(set, trend, harmonics, t)).collect();
        for series in 0..each {
            let sd: Vec<f64> = means.iter().map(|m| (PHI[set] * m).sqrt()).collect();
            let mut quiet: Vec<f64> = means
                .iter()
                .map(|m| {
                    let rate =
                        if PHI[set] > 1.0 { dice.gamma(m / (PHI[set] - 1.0), PHI[set] - 1.0) } else { *m };
                    f64::from(dice.poisson(rate))
                })
                .collect();
            let past = [0.0, 2.0, 3.0, 5.0, 10.0][dice.pick(0, 5)];
            if past > 0.0 {
                let mut starts: Vec<usize> = Vec::new();
                while starts.len() < 4 {
                    let week = dice.pick(312, FIRST);
                    if !starts.contains(&week) {
                        starts.push(week);
                    }
                }
                for start in starts {
                    for week in fallen(&mut dice, start, sd[start], past) {
                        if week < FIRST {
                            quiet[week] += 1.0;
                        }
                    }
                }
            }
            let size = 1 + series % 10;
            let from = dice.pick(FIRST, WEEKS);
            let mut struck = quiet.clone();
            let weeks: Vec<usize> =
                fallen(&mut dice, from, sd[from], size as f64).into_iter().filter(|w| *w < WEEKS).collect();
            for week in &weeks {
                struck[*week] += 1.0;
            }
            let to = weeks.into_iter().max().unwrap_or(from).max(from);
            out.push(Outbreak { quiet, struck, from, to, size, scenario });
        }
    }
    out
}
