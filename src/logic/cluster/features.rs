//! What a post is about, as weighted features: words and word pairs, rare ones counting more.

use std::collections::{BTreeSet, HashMap};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::direction::Direction;
use super::meaning::{self, Centre, Piece};
use super::vector::Vector;
use crate::logic::text::stop::is_stop_word;
use crate::logic::text::{Kind, Lang, Token};

/// Weight of a pair of words beside that of a word.
const PAIR: f32 = 0.6;
/// Words past this many add nothing to what a post is about.
const MOST_WORDS: usize = 160;
/// Letters of a post that the encoder reads: as many as are kept of it as a quote.
const MOST_LETTERS: usize = 500;
/// The vocabulary forgets rare features when it holds so many.
const MOST_FEATURES: usize = 200_000;
/// Counts of the vocabulary halve in so many posts, so that what everyone says *now* is common.
const HALF_LIFE_POSTS: f32 = 20_000.0;

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

/// A feature by its hash: of a product's two hundred thousand features, some five share theirs with another.
pub type Feature = u32;

/// The feature of a stem.
pub(super) fn word(stem: &str) -> Feature {
    xxh3_64(stem.as_bytes()) as Feature
}

/// The feature of two words that follow one another: their order is no difference in what is complained of.
fn pair(a: Feature, b: Feature) -> Feature {
    let (a, b) = (u64::from(a.min(b)), u64::from(a.max(b)));
    // Both halves by an odd constant (2⁶⁴ over the golden ratio), the better mixed upper half taken.
    ((a << 32 | b).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as Feature
}

/// The features of one post, before weights.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Features {
    /// Feature and its weight within the post, in order of feature, each once.
    pub counts: Vec<(Feature, f32)>,
    /// All words, function words too, each once: its feature, and how many of `pieces` are its own.
    said: Vec<(Feature, u16)>,
    /// The pieces that the table of meanings has of each word in turn.
    pieces: Vec<Piece>,
    /// The text as the encoder reads it, where there is one; it is not kept.
    #[serde(skip)]
    text: Option<String>,
}

impl Features {
    /// Words that carry meaning, and pairs of such words that follow one another.
    pub fn of(tokens: &[Token], lang: Lang) -> Self {
        let words: Vec<Feature> =
            content_words(tokens, lang).map(|t| word(&t.stem)).take(MOST_WORDS).collect();
        let mut raw: Vec<(Feature, f32)> = Vec::with_capacity(2 * words.len());
        raw.extend(words.iter().map(|word| (*word, 1.0)));
        let pairs = words.windows(2).filter_map(|two| two.first().zip(two.last()));
        raw.extend(pairs.filter(|(a, b)| a != b).map(|(a, b)| (pair(*a, *b), PAIR)));
        raw.sort_unstable_by_key(|(feature, _)| *feature);
        let mut counts: Vec<(Feature, f32)> = Vec::with_capacity(raw.len());
        for (feature, weight) in raw {
            match counts.last_mut() {
                // A word said twice counts a little more, not twice.
                Some((last, sum)) if *last == feature => *sum += weight * 0.3,
                _ => counts.push((feature, weight)),
            }
        }
        let (said, pieces) = said(tokens);
        Self { counts, said, pieces, text: None }
    }

    /// The same, with the whole text for the encoder, where one is in use.
    pub fn of_text(text: &str, tokens: &[Token], lang: Lang) -> Self {
        Self { text: meaning::encodes().then(|| readable_text(text, tokens)), ..Self::of(tokens, lang) }
    }

    /// Features of which each is known once.
    pub(super) fn bare(counts: Vec<(Feature, f32)>) -> Self {
        Self { counts, ..Self::default() }
    }
}

/// The readable words behind features: each word, and each pair of words that follow one another.
pub fn readable(tokens: &[Token], lang: Lang) -> HashMap<Feature, String> {
    let words: Vec<&Token> = content_words(tokens, lang).take(MOST_WORDS).collect();
    let mut readable: HashMap<Feature, String> =
        words.iter().map(|t| (word(&t.stem), t.folded.clone())).collect();
    for (a, b) in words.windows(2).filter_map(|two| two.first().zip(two.last())) {
        readable.insert(pair(word(&a.stem), word(&b.stem)), format!("{} {}", a.folded, b.folded));
    }
    readable
}

/// The text without links and handles, as far as posts are kept.
fn readable_text(text: &str, tokens: &[Token]) -> String {
    let mut readable = String::with_capacity(text.len());
    let mut from = 0;
    for token in tokens.iter().filter(|t| matches!(t.kind, Kind::Link | Kind::Handle)) {
        readable.push_str(text.get(from..token.start).unwrap_or_default());
        from = token.end;
    }
    readable.push_str(text.get(from..).unwrap_or_default());
    if let Some((end, _)) = readable.char_indices().nth(MOST_LETTERS) {
        readable.truncate(end);
    }
    readable
}

/// The words of a post in order of feature, each with the count of its pieces, and the pieces.
fn said(tokens: &[Token]) -> (Vec<(Feature, u16)>, Vec<Piece>) {
    let words = tokens.iter().filter(|t| matches!(t.kind, Kind::Word | Kind::Tag));
    let mut said: Vec<(Feature, &str)> = words
        .filter(|t| t.folded.bytes().any(|b| !b.is_ascii_digit()))
        .take(MOST_WORDS)
        .map(|t| (word(&t.stem), t.folded.as_str()))
        .collect();
    said.sort_unstable();
    said.dedup_by_key(|(feature, _)| *feature);
    let mut pieces = Vec::with_capacity(said.len() * 3 / 2);
    let said = said
        .into_iter()
        .map(|(feature, word)| {
            let before = pieces.len();
            meaning::each_piece(word, |piece| pieces.push(piece));
            (feature, (pieces.len() - before) as u16)
        })
        .collect();
    (said, pieces)
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
    seen: FxHashMap<Feature, f32>,
    unit: f32,
    /// Stems of the words that name the product: whatever people say, they say it about that.
    names: BTreeSet<Feature>,
}

impl Vocabulary {
    /// These words, folded, name the product: from now on they say nothing.
    pub fn name(&mut self, names: &BTreeSet<String>) {
        let stems = |name: &String| NAMED_IN.map(|lang| word(&lang.stem(name)));
        self.names = names.iter().flat_map(stems).collect();
    }

    /// Whether this word names the product.
    pub(super) fn is_name(&self, feature: Feature) -> bool {
        self.names.contains(&feature)
    }

    /// Learns the features of one more post.
    pub fn learn(&mut self, features: &Features) {
        if self.unit == 0.0 {
            self.unit = 1.0;
        }
        self.unit *= 0.5f32.powf(-1.0 / HALF_LIFE_POSTS);
        self.posts += f64::from(self.unit);
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
            let mut counts: Vec<f32> = self.seen.values().copied().collect();
            let (_, cut, _) = counts.select_nth_unstable_by(MOST_FEATURES / 4, f32::total_cmp);
            self.seen.retain(|_, count| count > cut);
        }
    }

    fn rescale(&mut self) {
        for count in self.seen.values_mut() {
            *count /= self.unit;
        }
        self.posts /= f64::from(self.unit);
        self.unit = 1.0;
    }

    /// Inverse document frequency: ln((N + 1) / (df + 0.5)), at least a little.
    pub fn idf(&self, feature: Feature) -> f32 {
        if self.names.contains(&feature) {
            return LEAST;
        }
        let unit = self.unit.max(1.0);
        let df = self.seen.get(&feature).copied().unwrap_or(0.0) / unit;
        let posts = (self.posts / f64::from(unit)) as f32;
        ((posts + 1.0) / (df + 0.5)).ln().max(LEAST)
    }

    /// How rare a feature is in posts about this product, with `all` products standing in while it is young:
    /// 1 − ln(share of the posts that hold it). What all posts hold still weighs 1.
    pub(super) fn rarity(&self, feature: Feature, all: &Self) -> f32 {
        let count = |v: &Self| {
            let unit = f64::from(v.unit.max(1.0));
            (f64::from(v.seen.get(&feature).copied().unwrap_or(0.0)) / unit, v.posts / unit)
        };
        let ((df, posts), (df_all, posts_all)) = (count(self), count(all));
        let believed = (df_all + 0.5) / (posts_all + 1.0);
        (1.0 - ((df + YOUNG * believed) / (posts + YOUNG)).min(1.0).ln()) as f32
    }

    /// What the post means: as the encoder reads it, or else the sum over its words, each by its idf to the power
    /// [`RARE`].
    pub(super) fn meaning(&self, features: &Features) -> Vec<f32> {
        if meaning::encodes() {
            let encoded = features.text.as_deref().and_then(meaning::encoded);
            return encoded.map(|vector| vector.to_vec()).unwrap_or_default();
        }
        let mut sum = vec![0.0; meaning::dimensions()];
        let mut rest = features.pieces.as_slice();
        for (feature, count) in &features.said {
            let Some((word, after)) = rest.split_at_checked(usize::from(*count)) else { break };
            rest = after;
            if !word.is_empty() {
                let weight = self.idf(*feature).powf(RARE);
                word.iter().for_each(|piece| meaning::add(*piece, weight, &mut sum));
            }
        }
        let scale = (features.pieces.len().max(1) as f32).sqrt().recip();
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
        let of = |word: &str| vocabulary.idf(super::word(&Lang::English.stem(word)));
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
