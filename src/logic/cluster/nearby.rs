//! The neighbourhood of a post: the complaints of late that are most like it, whatever clusters they went to. Rises are
//! looked for here, so that a complaint that is spread over several clusters is heard as one.

mod kept;

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::company::Company;
use super::direction::dense_dot;
use super::features::{Feature, Features, Vocabulary};
use super::meaning::{self, Centre};
use super::saying::{Saying, Utterance};
use super::vector::Vector;
use crate::ground::post::PostKey;
use crate::ground::time::{Timestamp, days_between};

/// Posts that are kept: the newest.
const KEPT: usize = 2_048;
/// … and none older than this, in days.
const KEPT_DAYS: f64 = 730.0;
/// Words and companions by which a post is known.
const MEANT: usize = 20;
/// Share of what the table of meanings knows in how alike two posts are; the rest is what they say.
const KNOWN_MEANING: f32 = 0.5;
/// Similarities are counted in so many steps from 0 to 1.
const STEPS: usize = 256;
/// What is believed about the similarity of two random posts before any were seen: its mean, what that is worth in pairs,
/// and what its tail is. Pairs of a few posts are not independent, and a single outbreak makes them all alike: with a tail
/// worth 100 pairs, eight people who said one thing kept a small product from hearing the next (107 of 160 outbreaks of
/// five to twelve people were found, with this 133, `tests/lab/small.py`).
const USUAL: f64 = 0.05;
const USUAL_WORTH: f64 = 100.0;
const TAIL_WORTH: f64 = 20_000.0;
/// Share of pairs that may say the same, as where two of five posts are about one matter: they do not count for the mean. A
/// complaint that sixteen people made of a product with forty in all seemed nothing unusual by the mean of all pairs, and was
/// told to nobody; of small products' outbreaks 138 of 160 were found so, and 143 are. With 0.1 it was 142, with 0.25 145, at
/// more alerts elsewhere.
const SAME: f64 = 0.15;
/// The oldest posts by which it is known how far back all are kept: so many, and an eighth of all at the most.
const ELDEST: usize = 8;
/// Posts heard before all are weighed anew for the first time.
const FIRST_WEIGHED: u64 = 32;
/// Posts by which it is then learnt anew how alike random ones are.
const SAMPLED: usize = 256;
/// What the pairs of all products are worth beside those of one.
const WORTH_OF_ALL: f64 = 5_000.0;
/// Past so many pairs all counts are halved.
const MOST_PAIRS: f64 = 4e6;

/// One post of the neighbourhood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Neighbour {
    /// Number within the product, in order of arrival.
    pub number: u64,
    /// The post.
    pub key: PostKey,
    /// Hash of the voice that spoke.
    pub voice: u64,
    /// When it was written.
    pub at: Timestamp,
    /// It tells of something that could hurt somebody.
    pub dangerous: bool,
    saying: Saying,
    vector: Vector,
    /// What it means by the table, to length one; empty where that knows none of its words.
    meaning: Vec<f32>,
}

/// A post as near to another one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Near {
    /// Number within the product.
    pub number: u64,
    /// Hash of the voice that spoke.
    pub voice: u64,
    /// When it was written.
    pub at: Timestamp,
    /// Cosine, 0 to 1.
    pub alike: f32,
}

/// The complaints of late about one product.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "kept::Kept")]
pub struct Nearby {
    posts: VecDeque<Neighbour>,
    next: u64,
    /// At this number all posts are weighed anew, by what was learnt since.
    weigh_at: u64,
    /// The posts that have a feature, in order, and how much it weighs there.
    #[serde(skip)]
    postings: FxHashMap<Feature, VecDeque<(u64, f32)>>,
    /// Posts of each voice among those that are kept.
    #[serde(skip)]
    voices: FxHashMap<u64, u32>,
    pieces: Vocabulary,
    words: Vocabulary,
    centre: Centre,
    chance: Chance,
}

/// How people complain, learnt from all products together: a young product begins with what the others taught.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tongue {
    pieces: Vocabulary,
    words: Vocabulary,
    company: Company,
    centre: Centre,
    chance: Chance,
}

/// How alike two random posts are: pairs by step of similarity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Chance {
    pairs: Vec<f64>,
}

impl Nearby {
    /// The posts that are like `saying`, as alike as `least` of random pairs at the least, in order of arrival; and the
    /// similarity that only a share `q` of random pairs reach, for each `q` of `shares`. Nothing is changed.
    pub fn around(&self, tongue: &Tongue, saying: &Saying, shares: &[f64]) -> (Vec<Near>, Vec<f32>) {
        let alike = self.similarities(&self.vector(tongue, saying), &self.meaning(tongue, saying));
        self.nearest(tongue, &alike, shares)
    }

    fn nearest(&self, tongue: &Tongue, alike: &[f32], shares: &[f64]) -> (Vec<Near>, Vec<f32>) {
        let mean = tongue.chance.random_mean();
        let cuts: Vec<f32> = shares.iter().map(|q| self.chance.cut(&tongue.chance, mean, *q)).collect();
        let least = cuts.iter().copied().fold(1.0, f32::min);
        let near = self
            .posts
            .iter()
            .zip(alike)
            .filter(|(_, alike)| **alike >= least)
            .map(|(p, alike)| Near { number: p.number, voice: p.voice, at: p.at, alike: *alike })
            .collect();
        (near, cuts)
    }

    /// Takes in a post. Returns its number, and what is around it as [`Nearby::around`] does.
    pub fn add(
        &mut self,
        tongue: &mut Tongue,
        saying: &Saying,
        utterance: Utterance,
        shares: &[f64],
    ) -> (u64, Vec<Near>, Vec<f32>) {
        let Utterance { key, voice, at, dangerous } = utterance;
        self.pieces.learn(&saying.pieces);
        let words = weighted(&saying.words);
        self.words.learn(&words);
        tongue.pieces.learn(&saying.pieces);
        tongue.words.learn(&words);
        tongue.company.learn(&saying.words);
        if self.next >= self.weigh_at {
            self.weigh_anew(tongue);
        }
        let raw = self.raw_meaning(tongue, saying);
        self.centre.learn(&raw);
        tongue.centre.learn(&raw);
        let (vector, meaning) = (self.vector(tongue, saying), self.meaning(tongue, saying));
        let alike = self.similarities(&vector, &meaning);
        let (near, cuts) = self.nearest(tongue, &alike, shares);
        self.chance.learn(&alike);
        tongue.chance.learn(&alike);
        let number = self.next;
        self.next += 1;
        for (feature, weight) in vector.iter() {
            self.postings.entry(feature).or_default().push_back((number, weight));
        }
        *self.voices.entry(voice).or_default() += 1;
        let saying = saying.clone();
        self.posts.push_back(Neighbour { number, key, voice, at, dangerous, saying, vector, meaning });
        while self.posts.len() > KEPT
            || self.posts.front().is_some_and(|p| days_between(p.at, at) > KEPT_DAYS)
        {
            self.drop_oldest();
        }
        (number, near, cuts)
    }

    /// The posts that tell of danger, in order of arrival.
    pub fn dangerous(&self) -> impl Iterator<Item = &Neighbour> {
        self.posts.iter().filter(|p| p.dangerous && !p.key.id.is_empty())
    }

    /// Posts of one voice among those that are kept.
    pub fn said_by(&self, voice: u64) -> u32 {
        self.voices.get(&voice).copied().unwrap_or(0)
    }

    /// Posts that are kept, and compared with a new one.
    pub fn known(&self) -> usize {
        self.posts.len()
    }

    /// A post by its number, while it is kept.
    pub fn get(&self, number: u64) -> Option<&Neighbour> {
        let first = self.posts.front()?.number;
        self.posts.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    /// All that are kept, in order of arrival.
    pub fn all(&self) -> impl Iterator<Item = &Neighbour> {
        self.posts.iter()
    }

    /// Since when all posts are kept, where older ones were let go for want of room: what the oldest of them say, but for a
    /// few that may be dated long before they came.
    pub fn heard_since(&self) -> Option<Timestamp> {
        let first = self.posts.front()?;
        let few = (self.posts.len() / 8).clamp(1, ELDEST);
        let eldest = self.posts.iter().take(few).map(|post| post.at).max();
        eldest.filter(|_| first.number > 0)
    }

    /// Posts a day, over what is kept.
    pub fn posts_a_day(&self, now: Timestamp) -> f64 {
        let days = self.posts.front().map_or(0.0, |p| days_between(p.at, now));
        self.posts.len() as f64 / days.max(28.0)
    }

    /// How alike two sets of posts are: the cosine of their sums.
    pub fn alike<'a>(&self, a: impl Iterator<Item = &'a u64>, b: impl Iterator<Item = &'a u64>) -> f32 {
        let sum = |numbers: &mut dyn Iterator<Item = &'a u64>| {
            let mut sum = Vector::default();
            let mut meaning = vec![0.0; meaning::first_dimensions()];
            for post in numbers.filter_map(|n| self.get(*n)).take(64) {
                sum.add(&post.vector, 1.0, usize::MAX);
                meaning.iter_mut().zip(&post.meaning).for_each(|(sum, x)| *sum += x);
            }
            (sum.normalised(), to_length_one(meaning))
        };
        let (mut a, mut b) = (a, b);
        let ((said, meant), (other_said, other_meant)) = (sum(&mut a), sum(&mut b));
        mixed(said.dot(&other_said), &meant, &other_meant)
    }

    /// Half what the post says, piece by piece, and half what is meant by it.
    fn vector(&self, tongue: &Tongue, saying: &Saying) -> Vector {
        let weigh = |features: &Features, own: &Vocabulary, all: &Vocabulary| -> Vec<(Feature, f32)> {
            features.counts.iter().map(|(f, w)| (*f, w * own.rarity(*f, all))).collect()
        };
        let pieces = Vector::new(weigh(&saying.pieces, &self.pieces, &tongue.pieces)).normalised();
        let words = weigh(&weighted(&saying.words), &self.words, &tongue.words);
        let meant = Vector::new(tongue.company.meant(&words, MEANT)).normalised();
        let mut sum = Vector::default();
        sum.add(&pieces, 1.0, usize::MAX);
        sum.add(&meant, 1.0, usize::MAX);
        sum.normalised()
    }

    fn raw_meaning(&self, tongue: &Tongue, saying: &Saying) -> Vec<f32> {
        let mut sum = vec![0.0; meaning::first_dimensions()];
        for (word, pieces) in saying.words.iter().zip(&saying.known) {
            let weight = self.words.rarity(*word, &tongue.words).sqrt();
            pieces.iter().for_each(|piece| meaning::add_first(*piece, weight, &mut sum));
        }
        to_length_one(sum)
    }

    /// What sets the post apart from the other complaints about the product, by the table of meanings.
    fn meaning(&self, tongue: &Tongue, saying: &Saying) -> Vec<f32> {
        let mut meaning = self.raw_meaning(tongue, saying);
        if meaning.is_empty() {
            return meaning;
        }
        self.centre.subtract_from(&mut meaning, &tongue.centre);
        to_length_one(meaning)
    }

    fn similarities(&self, vector: &Vector, meaning: &[f32]) -> Vec<f32> {
        let mut alike = vec![0.0f32; self.posts.len()];
        let Some(first) = self.posts.front().map(|p| p.number) else { return alike };
        for (feature, weight) in vector.iter() {
            for (number, other) in self.postings.get(&feature).into_iter().flatten() {
                if let Some(sum) = alike.get_mut((number - first) as usize) {
                    *sum += weight * other;
                }
            }
        }
        for (sum, post) in alike.iter_mut().zip(&self.posts) {
            *sum = mixed(*sum, meaning, &post.meaning);
        }
        alike
    }
}

/// How alike two posts are by what they say and what they mean; never below nothing.
fn mixed(said: f32, meaning: &[f32], other: &[f32]) -> f32 {
    if meaning.is_empty() || other.is_empty() {
        return said;
    }
    ((1.0 - KNOWN_MEANING) * said + KNOWN_MEANING * dense_dot(meaning, other)).max(0.0)
}

/// Empty where there is no direction.
fn to_length_one(mut sum: Vec<f32>) -> Vec<f32> {
    let length = dense_dot(&sum, &sum).sqrt();
    if length > 0.0 {
        sum.iter_mut().for_each(|x| *x /= length);
        sum
    } else {
        Vec::new()
    }
}

impl Chance {
    fn learn(&mut self, alike: &[f32]) {
        self.pairs.resize(STEPS, 0.0);
        for alike in alike {
            let step = ((alike * STEPS as f32) as usize).min(STEPS - 1);
            if let Some(count) = self.pairs.get_mut(step) {
                *count += 1.0;
            }
        }
        if self.seen() > MOST_PAIRS {
            self.pairs.iter_mut().for_each(|n| *n /= 2.0);
        }
    }

    fn seen(&self) -> f64 {
        self.pairs.iter().sum()
    }

    /// The mean similarity of pairs that have nothing to do with one another, by all but the most alike, which may say the
    /// same: of an exponential distribution the mean below its quantile 1 − s is 1 + s ln s / (1 − s) times the mean of all. Before
    /// there are any, what is believed.
    fn random_mean(&self) -> f64 {
        let seen = self.seen();
        let most = seen * (1.0 - SAME);
        let (mut pairs, mut sum) = (0.0, 0.0);
        for (step, count) in self.pairs.iter().enumerate() {
            let taken = count.min(most - pairs);
            pairs += taken;
            sum += taken * (step as f64 + 0.5) / STEPS as f64;
        }
        let mean = if pairs > 0.0 { sum / pairs / (1.0 + SAME * SAME.ln() / (1.0 - SAME)) } else { 0.0 };
        (USUAL * USUAL_WORTH + mean * seen) / (USUAL_WORTH + seen)
    }

    /// The similarity that only a share `q` of random pairs reach. Until there are many pairs, those of all products
    /// stand in, and before them an exponential tail of that `mean`.
    fn cut(&self, all: &Self, mean: f64, q: f64) -> f32 {
        let (seen, seen_all) = (self.seen(), all.seen());
        let (mut over, mut over_all) = (0.0, 0.0);
        for step in (0..STEPS).rev() {
            over += self.pairs.get(step).copied().unwrap_or(0.0);
            over_all += all.pairs.get(step).copied().unwrap_or(0.0);
            let tail = (-(step as f64 / STEPS as f64) / mean).exp();
            let believed = (over_all + tail * TAIL_WORTH) / (seen_all + TAIL_WORTH);
            if over + believed * WORTH_OF_ALL > q * (seen + WORTH_OF_ALL) {
                return (step + 1) as f32 / STEPS as f32;
            }
        }
        0.0
    }
}

/// Words as features, each once: said twice counts a little more.
fn weighted(words: &[Feature]) -> Features {
    let mut words = words.to_vec();
    words.sort_unstable();
    let counts = words
        .chunk_by(|a, b| a == b)
        .filter_map(|same| Some((*same.first()?, 1.0 + (same.len() as f32).ln())))
        .collect();
    Features::bare(counts)
}
