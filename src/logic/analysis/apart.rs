//! When a rise that touches an alert is a matter of its own. An alert that stays open for weeks gathers what shares a
//! word with it ("transfer", "cash"), and posts that it has gathered speak for those that follow: one by one it would
//! swallow the next matter whole, however loud that is. One that is over would be told as come back by the next matter
//! with such a word.

use std::collections::BTreeSet;

use statrs::distribution::{Binomial, DiscreteCDF};

use super::around::Cause;
use super::product::{ProductState, SeriesId};
use crate::ground::time::{Timestamp, days_between};
use crate::logic::spike::Rise;

/// A rise whose posts, taken together, are so like an alert's is the same matter, whatever its older posts look like.
const SURELY_ALIKE: f32 = 0.6;
/// A rise of which so large a part is what the alert opened with is the same matter.
const SHARES_CORE: f64 = 0.3;
/// If it were the same matter, the rise's neighbourhood would hold at least half as large a part of what the alert heard
/// before as of what it hears now: half, since the neighbourhood was chosen for what it holds now.
const AS_BEFORE: f64 = 0.5;
/// It holds so much less of it that this would come by chance once in a hundred times.
const BY_CHANCE: f64 = 1e-2;

/// Why a rise is, or is not, what an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinship {
    /// All their posts, taken together, are alike.
    Alike,
    /// It holds much of what the alert opened with.
    SharesCore,
    /// What the alert heard before lies around it too, as far as can be told.
    HeardBefore,
    /// Nearly nothing of what the alert heard before lies around it: another matter that shares some words.
    Apart,
}

/// How the posts of an alert lie to a rise.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Lie {
    /// How alike both are, taken together.
    alike: f32,
    /// Part of the rise's posts with which the alert opened.
    held: f64,
    /// Posts of the rise, and of both in its stretch.
    rising: usize,
    lately: usize,
    /// Posts of the alert before the stretch: around the rise, and all.
    older: (usize, usize),
    /// Posts that the alert opened with and the rise does not hold: around the rise, and all.
    core: (usize, usize),
}

impl Lie {
    fn kinship(&self) -> Kinship {
        if self.alike >= SURELY_ALIKE {
            return Kinship::Alike;
        }
        if self.held >= SHARES_CORE {
            return Kinship::SharesCore;
        }
        let rate = self.rising as f64 / self.lately.max(1) as f64 * AS_BEFORE;
        let chance = |(near, all): (usize, usize)| {
            // Without any posts there is nothing to be surprised at.
            Binomial::new(rate.clamp(0.0, 1.0), all as u64).map_or(1.0, |b| b.cdf(near as u64))
        };
        if chance(self.older).min(chance(self.core)) <= BY_CHANCE {
            Kinship::Apart
        } else {
            Kinship::HeardBefore
        }
    }
}

impl ProductState {
    /// Whether a rise is what this alert is about, open or over, and why. A binomial test: of what the alert heard before the rise's
    /// stretch, is so much less in the rise's neighbourhood than of what both have in it?
    pub(super) fn kinship(
        &self,
        known: &SeriesId,
        rise: &Rise,
        posts: &BTreeSet<u64>,
        now: Timestamp,
    ) -> Kinship {
        let Some(cause) = self.causes.get(known) else { return Kinship::HeardBefore };
        self.lie(cause, rise, posts, now).kinship()
    }

    fn lie(&self, cause: &Cause, rise: &Rise, posts: &BTreeSet<u64>, now: Timestamp) -> Lie {
        let stretch = f64::from(rise.days);
        let age = |n: &u64| self.nearby.get(*n).map(|p| days_between(p.at, now));
        let around: BTreeSet<u64> = rise.before.iter().copied().collect();
        let near = |of: &[u64]| (of.iter().filter(|n| around.contains(n)).count(), of.len());
        let is_older = |n: &&u64| age(n).is_some_and(|age| age >= stretch);
        let is_newer = |n: &&u64| age(n).is_some_and(|age| age < stretch);
        let older: Vec<u64> = cause.posts.iter().filter(is_older).copied().collect();
        let core: Vec<u64> =
            cause.core.iter().filter(|n| age(n).is_some() && !posts.contains(n)).copied().collect();
        let lately: BTreeSet<u64> = cause.posts.iter().filter(is_newer).chain(posts).copied().collect();
        Lie {
            alike: self.alike_cause(posts, cause),
            held: posts.intersection(&cause.core).count() as f64 / posts.len().max(1) as f64,
            rising: posts.len(),
            lately: lately.len(),
            older: near(&older),
            core: near(&core),
        }
    }

    /// These posts are what another alert is about: they no longer speak for those that had gathered them, unless one opened
    /// with them.
    pub(super) fn take_apart(&mut self, posts: &BTreeSet<u64>) {
        for cause in self.causes.values_mut() {
            let core = &cause.core;
            cause.posts.retain(|post| !posts.contains(post) || core.contains(post));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fifteen people within days, and an alert that heard thirty posts before, none of them around.
    fn loud() -> Lie {
        Lie { alike: 0.5, held: 0.0, rising: 15, lately: 18, older: (0, 30), core: (0, 6) }
    }

    #[test]
    fn what_grows_beside_an_alert_and_has_nothing_of_its_past_around_it_is_another_matter() {
        assert_eq!(loud().kinship(), Kinship::Apart);
    }

    #[test]
    fn what_the_alert_heard_before_lies_around_the_same_matter() {
        assert_eq!(Lie { older: (10, 30), core: (2, 6), ..loud() }.kinship(), Kinship::HeardBefore);
    }

    #[test]
    fn a_young_alert_has_too_little_past_to_tell_by() {
        assert_eq!(Lie { older: (0, 5), core: (0, 4), ..loud() }.kinship(), Kinship::HeardBefore);
        assert_eq!(Lie { older: (0, 0), core: (0, 0), ..loud() }.kinship(), Kinship::HeardBefore);
    }

    #[test]
    fn a_small_part_of_what_is_heard_lately_says_little() {
        assert_eq!(Lie { rising: 3, lately: 18, ..loud() }.kinship(), Kinship::HeardBefore);
    }

    #[test]
    fn what_is_alike_or_holds_the_beginning_is_the_same() {
        assert_eq!(Lie { alike: 0.7, ..loud() }.kinship(), Kinship::Alike);
        assert_eq!(Lie { held: 0.4, ..loud() }.kinship(), Kinship::SharesCore);
    }
}
