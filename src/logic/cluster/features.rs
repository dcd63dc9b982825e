//! What a post is about, as weighted features: words and word pairs, rare ones counting more.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3DefaultBuilder, xxh3_64};

use super::direction::Direction;
use super::meaning::{self, Centre, Piece};
use super::vector::Vector;
use crate::logic::text::stop::is_stop_word;
use crate::logic::text::{Kind, Lang, Token};

/// Weight of a pair of words beside that of a word.
const PAIR: f32 = 0.6;
/// Words past this many add nothing to what a post is about.
const MOST_WORDS: usize = 160;
/// The vocabulary forgets rare features when it holds so many.
const MOST_FEATURES: usize = 200_000;
/// Counts of the vocabulary halve in so many posts, so that what everyone says *now* is common.
const HALF_LIFE_POSTS: f64 = 20_000.0;

/// How much more rare words say of what a post means: the power of their idf. Half-way between none, which lets
/// function words drown the others, and one, which leaves too few words to meet by.
const RARE: f32 = 0.35;

/// What a word says at the least.
const LEAST: f32 = 0.05;
/// A product's name is stemmed as each of these languages does it.
const NAMED_IN: [Lang; 6] =
    [Lang::English, Lang::Portuguese, Lang::French, Lang::Spanish, Lang::German, Lang::Other];

/// What all products teach about a young one, in posts.
const YOUNG: f64 = 10.0;

/// A feature by its hash.
pub type Feature = u64;

/// The features of one post, before weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// Feature and its weight within the post, in order of feature, each once.
    pub counts: Vec<(Feature, f32)>,
    /// All words, function words too, each once: its feature and what pieces it has in the table of meanings.
    pub(super) said: Vec<(Feature, Vec<Piece>)>,
}

impl Features {
    /// Words that carry meaning, and pairs of such words that follow one another.
    pub fn of(tokens: &[Token], lang: Lang) -> Self {
        let words: Vec<&str> =
            content_words(tokens, lang).map(|t| t.stem.as_str()).take(MOST_WORDS).collect();
        let mut raw: Vec<(Feature, f32)> = words.iter().map(|w| (xxh3_64(w.as_bytes()), 1.0)).collect();
        for pair in words.windows(2) {
            if let [a, b] = pair
                && a != b
            {
                // The order of two words is no difference in what is complained of.
                let (a, b) = if a < b { (a, b) } else { (b, a) };
                raw.push((xxh3_64(format!("{a} {b}").as_bytes()), PAIR));
            }
        }
        raw.sort_unstable_by_key(|(feature, _)| *feature);
        let mut counts: Vec<(Feature, f32)> = Vec::with_capacity(raw.len());
        for (feature, weight) in raw {
            match counts.last_mut() {
                // A word said twice counts a little more, not twice.
                Some((last, sum)) if *last == feature => *sum += weight * 0.3,
                _ => counts.push((feature, weight)),
            }
        }
        Self { counts, said: said(tokens) }
    }

    /// Features of which each is known once.
    pub(super) fn bare(counts: Vec<(Feature, f32)>) -> Self {
        Self { counts, said: Vec::new() }
    }
}

/// The readable words behind features: each word, and each pair of words that follow one another.
pub fn readable(tokens: &[Token], lang: Lang) -> HashMap<Feature, String> {
    let words: Vec<&Token> = content_words(tokens, lang).take(MOST_WORDS).collect();
    let mut readable: HashMap<Feature, String> =
        words.iter().map(|t| (xxh3_64(t.stem.as_bytes()), t.folded.clone())).collect();
    for pair in words.windows(2) {
        if let [a, b] = pair {
            let (first, second) = if a.stem < b.stem { (a, b) } else { (b, a) };
            let feature = xxh3_64(format!("{} {}", first.stem, second.stem).as_bytes());
            readable.insert(feature, format!("{} {}", a.folded, b.folded));
        }
    }
    readable
}

/// The words of a post with their pieces, in order of feature.
fn said(tokens: &[Token]) -> Vec<(Feature, Vec<Piece>)> {
    let words = tokens.iter().filter(|t| matches!(t.kind, Kind::Word | Kind::Tag));
    let mut said: Vec<(Feature, &str)> = words
        .filter(|t| t.folded.bytes().any(|b| !b.is_ascii_digit()))
        .take(MOST_WORDS)
        .map(|t| (xxh3_64(t.stem.as_bytes()), t.folded.as_str()))
        .collect();
    said.sort_unstable();
    said.dedup_by_key(|(feature, _)| *feature);
    said.into_iter().map(|(feature, word)| (feature, meaning::pieces(word))).collect()
}

/// The tokens that say what a post is about.
pub(super) fn content_words(tokens: &[Token], lang: Lang) -> impl Iterator<Item = &Token> {
    tokens.iter().filter(move |t| {
        matches!(t.kind, Kind::Word | Kind::Tag)
            && !is_stop_word(&t.folded, lang)
            && !t.folded.bytes().all(|b| b.is_ascii_digit())
    })
}

/// How common each feature is among all that is said about one product, complaint or not.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Vocabulary {
    posts: f64,
    /// Counts are kept in units of `unit`, which grows instead of the counts shrinking.
    seen: HashMap<Feature, f64, Xxh3DefaultBuilder>,
    unit: f64,
    /// Stems of the words that name the product: whatever people say, they say it about that.
    names: BTreeSet<Feature>,
}

impl Vocabulary {
    /// These words, folded, name the product: from now on they say nothing.
    pub fn name(&mut self, names: &BTreeSet<String>) {
        let stems = |name: &String| NAMED_IN.map(|lang| xxh3_64(lang.stem(name).as_bytes()));
        self.names = names.iter().flat_map(stems).collect();
    }

    /// Learns the features of one more post.
    pub fn learn(&mut self, features: &Features) {
        if self.unit == 0.0 {
            self.unit = 1.0;
        }
        self.unit *= 0.5f64.powf(-1.0 / HALF_LIFE_POSTS);
        self.posts += self.unit;
        for (feature, _) in &features.counts {
            *self.seen.entry(*feature).or_default() += self.unit;
        }
        for (feature, _) in &features.said {
            if features.counts.binary_search_by_key(feature, |(f, _)| *f).is_err() {
                *self.seen.entry(*feature).or_default() += self.unit;
            }
        }
        if self.unit > 1e9 {
            self.rescale();
        }
        if self.seen.len() > MOST_FEATURES {
            self.rescale();
            let mut counts: Vec<f64> = self.seen.values().copied().collect();
            counts.sort_unstable_by(f64::total_cmp);
            let cut = counts.get(MOST_FEATURES / 4).copied().unwrap_or(0.0);
            self.seen.retain(|_, count| *count > cut);
        }
    }

    fn rescale(&mut self) {
        for count in self.seen.values_mut() {
            *count /= self.unit;
        }
        self.posts /= self.unit;
        self.unit = 1.0;
    }

    /// Inverse document frequency: ln((N + 1) / (df + 0.5)), at least a little.
    pub fn idf(&self, feature: Feature) -> f32 {
        let unit = self.unit.max(1.0);
        let (posts, df) = (self.posts / unit, self.seen.get(&feature).copied().unwrap_or(0.0) / unit);
        if self.names.contains(&feature) {
            return LEAST;
        }
        (((posts + 1.0) / (df + 0.5)).ln() as f32).max(LEAST)
    }

    /// How rare a feature is in posts about this product, with `all` products standing in while it is young:
    /// 1 − ln(share of the posts that hold it). What all posts hold still weighs 1.
    pub(super) fn rarity(&self, feature: Feature, all: &Self) -> f32 {
        let count = |v: &Self| {
            let unit = v.unit.max(1.0);
            (v.seen.get(&feature).copied().unwrap_or(0.0) / unit, v.posts / unit)
        };
        let ((df, posts), (df_all, posts_all)) = (count(self), count(all));
        let believed = (df_all + 0.5) / (posts_all + 1.0);
        (1.0 - ((df + YOUNG * believed) / (posts + YOUNG)).min(1.0).ln()) as f32
    }

    /// What the post means: the sum over its words, each by its idf to the power [`RARE`].
    pub(super) fn meaning(&self, features: &Features) -> Vec<f32> {
        let mut sum = vec![0.0; meaning::dimensions()];
        let mut pieces = 0.0f32;
        for (feature, word) in &features.said {
            let weight = self.idf(*feature).powf(RARE);
            for piece in word {
                meaning::add(*piece, weight, &mut sum);
                pieces += 1.0;
            }
        }
        let scale = pieces.max(1.0).sqrt().recip();
        sum.iter_mut().for_each(|x| *x *= scale);
        sum
    }

    /// The post as a direction, seen from the centre of those like it.
    pub(super) fn direction(&self, features: &Features, centre: &Centre) -> Direction {
        self.direction_of(features, self.meaning(features), centre)
    }

    /// The same, where what it means is known already.
    pub(super) fn direction_of(
        &self,
        features: &Features,
        mut meaning: Vec<f32>,
        centre: &Centre,
    ) -> Direction {
        centre.subtract_from(&mut meaning, &Centre::default());
        Direction::of(self.vector(features), meaning)
    }

    /// The post as a direction by its words alone: features weighted by idf, length one.
    pub(super) fn vector(&self, features: &Features) -> Vector {
        Vector::new(features.counts.iter().map(|(f, w)| (*f, w * self.idf(*f))).collect()).normalised()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logic::text::tokenize;

    fn features(text: &str) -> Features {
        Features::of(&tokenize(text, Lang::English), Lang::English)
    }

    #[test]
    fn function_words_numbers_and_order_do_not_matter() {
        assert_eq!(features("the return key").counts, features("key return 17").counts);
        assert!(features("of the and").counts.is_empty());
    }

    #[test]
    fn what_everyone_says_weighs_little() {
        let mut vocabulary = Vocabulary::default();
        for i in 0..100 {
            vocabulary.learn(&features(&format!("mini netbook word{i}x")));
        }
        let of = |word: &str| vocabulary.idf(xxh3_64(Lang::English.stem(word).as_bytes()));
        assert!(of("netbook") < 0.1 && of("apostrophe") > 4.0);
    }

    #[test]
    fn the_vocabulary_stays_bounded() {
        let mut vocabulary = Vocabulary::default();
        for i in 0..30_000 {
            let text: String = (0..10).map(|j| format!("w{i}q{j} ")).collect();
            vocabulary.learn(&features(&text));
        }
        assert!(vocabulary.seen.len() <= MOST_FEATURES + 1_000);
    }
}
