//! Which words keep company: learnt from the product's own complaints, so that "declined" and "didn't go through" meet
//! although they share no letter (second-order co-occurrence with positive pointwise mutual information).

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::features::Feature;

/// Words beside one another in a post keep company when no more than so many content words are between.
const REACH: usize = 15;
/// Two words must have met so often: once or twice is chance.
const MET: f32 = 3.0;
/// Words that are known, and companions of each, at the most: of companions met equally often it is chance which stay, so
/// there should be room for those of long posts.
const MOST_WORDS: usize = 8_192;
const MOST_COMPANIONS: usize = 192;
/// Past so many posts all counts are halved: what keeps company now counts.
const AGES_AT: f32 = 40_000.0;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Word {
    posts: f32,
    /// Companion and posts in which both stand, in order of companion.
    with: Vec<(Feature, f32)>,
}

/// The words of one product and their companions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Company {
    posts: f32,
    words: FxHashMap<Feature, Word>,
}

impl Company {
    /// Learns one more post by its content words in order.
    pub(super) fn learn(&mut self, words: &[Feature]) {
        self.posts += 1.0;
        let mut pairs: Vec<(Feature, Feature)> = Vec::with_capacity(words.len() * REACH);
        for (i, a) in words.iter().enumerate() {
            for b in words.iter().skip(i + 1).take(REACH).filter(|b| *b != a) {
                pairs.push((*a, *b));
                pairs.push((*b, *a));
            }
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut once = words.to_vec();
        once.sort_unstable();
        once.dedup();
        for word in once {
            self.words.entry(word).or_default().posts += 1.0;
        }
        for (a, b) in pairs {
            if let Some(word) = self.words.get_mut(&a) {
                match word.with.binary_search_by_key(&b, |x| x.0) {
                    Ok(at) => word.with.get_mut(at).into_iter().for_each(|x| x.1 += 1.0),
                    Err(at) => word.with.insert(at, (b, 1.0)),
                }
                if word.with.len() > 2 * MOST_COMPANIONS {
                    keep_most(&mut word.with);
                }
            }
        }
        if self.posts > AGES_AT {
            self.age();
        }
        if self.words.len() > MOST_WORDS {
            let mut rank: Vec<(f32, Feature)> = self.words.iter().map(|(w, x)| (x.posts, *w)).collect();
            rank.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            for (_, word) in rank.into_iter().take(MOST_WORDS / 4) {
                self.words.remove(&word);
            }
        }
    }

    fn age(&mut self) {
        self.posts /= 2.0;
        for word in self.words.values_mut() {
            word.posts /= 2.0;
            for (_, met) in &mut word.with {
                *met /= 2.0;
            }
            word.with.retain(|(_, met)| *met >= 0.5);
        }
        self.words.retain(|_, word| word.posts >= 0.5);
    }

    /// What is meant by these weighted words: they and their companions, the `most` heaviest.
    pub(super) fn meant(&self, words: &[(Feature, f32)], most: usize) -> Vec<(Feature, f32)> {
        let mut sum: BTreeMap<Feature, f32> = BTreeMap::new();
        let whole = self.posts.max(2.0).ln();
        for (word, weight) in words {
            *sum.entry(*word).or_default() += weight;
            let Some(known) = self.words.get(word) else { continue };
            for (other, met) in known.with.iter().filter(|x| x.1 >= MET) {
                let theirs = self.words.get(other).map_or(0.0, |o| o.posts);
                let together = (met * self.posts / (known.posts * theirs).max(1e-6)).ln();
                if together > 0.0 {
                    *sum.entry(*other).or_default() += weight * together / whole;
                }
            }
        }
        let mut heaviest: Vec<(Feature, f32)> = sum.into_iter().collect();
        if heaviest.len() > most {
            heaviest.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            heaviest.truncate(most);
            heaviest.sort_unstable_by_key(|x| x.0);
        }
        heaviest
    }
}

fn keep_most(with: &mut Vec<(Feature, f32)>) {
    with.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    with.truncate(MOST_COMPANIONS);
    with.sort_unstable_by_key(|x| x.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_keep_the_same_company_meet() {
        let mut company = Company::default();
        for i in 0..20 {
            company.learn(&[1, 2, 100 + i]);
            company.learn(&[3, 2, 200 + i]);
            company.learn(&[7, 8, 300 + i]);
        }
        let about = |word| company.meant(&[(word, 1.0)], 10).into_iter().map(|x| x.0).collect::<Vec<_>>();
        assert_eq!((about(1), about(3), about(7)), (vec![1, 2], vec![2, 3], vec![7, 8]));
    }

    #[test]
    fn memory_is_bounded() {
        let mut company = Company::default();
        for i in 0..40_000 {
            company.learn(&[1, i + 10, i + 11, i * 7 + 12]);
        }
        assert!(company.words.len() <= MOST_WORDS + 4);
        assert!(company.words.values().all(|w| w.with.len() <= 2 * MOST_COMPANIONS));
    }
}
