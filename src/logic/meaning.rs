//! What words mean, as far as a small table knows: static vectors of word pieces, so that posts meet that say the same
//! in other words or another language. The table is distilled by `tools/distil_meaning.py`; models/README.md says from
//! what. Without it everything works by words alone.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::logic::encoder::{Encoder, EncoderError, EncoderFiles};

/// Directions that a table may have; a multiple of eight.
const DIMENSIONS: std::ops::RangeInclusive<usize> = 32..=1_024;
/// Letters of a word that are read.
const LONGEST_WORD: usize = 48;
/// No piece of a table is longer, in bytes.
const LONGEST_PIECE: usize = 24;
/// The first piece of a word bears this mark in the table.
const MARK: char = '▁';
/// Posts after which the centre of a product's posts follows new ones at a steady pace.
const CENTRE_POSTS: f32 = 2_000.0;
/// The centre is believed by half after so many posts.
const CENTRE_BELIEVED: f32 = 10.0;

static BUILT_IN: &[u8] = include_bytes!("../../models/meaning.bin");

/// What this process uses: one for good, so that whatever was put in a direction stays comparable.
static CHOSEN: OnceLock<Chosen> = OnceLock::new();

/// A table, and the encoder that goes before it where there is one.
#[derive(Default)]
struct Chosen {
    table: Table,
    encoder: Option<Encoder>,
}

/// What says what posts mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Model {
    /// The one that is built in.
    #[default]
    BuiltIn,
    /// None: words alone.
    Off,
    /// What stands in a file, in the form of models/README.md.
    File(Vec<u8>),
    /// A sentence encoder for what whole posts mean, beside the built-in table for single words.
    Encoder(EncoderFiles),
}

/// Why a table of meanings cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The bytes are none.
    #[error(
        "it is no table of meanings: models/README.md says what one looks like, tools/distil_meaning.py makes one"
    )]
    Unreadable,
    /// Another table is in use already.
    #[error("another table of meanings is in use already: it is chosen once, before anything is read")]
    TooLate,
    /// The encoder cannot be used.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
}

/// Chooses what says what posts mean, once, before anything is clustered. Without a choice it is the built-in table.
///
/// # Errors
/// The files hold no such thing, or another one is in use.
pub fn choose(model: Model) -> Result<(), ModelError> {
    let (table, encoder) = match model {
        Model::BuiltIn => (Table::read(BUILT_IN), None),
        Model::Off => (Some(Table::default()), None),
        // It is kept as long as the process lives.
        Model::File(bytes) => (Table::read(bytes.leak()), None),
        Model::Encoder(files) => (Table::read(BUILT_IN), Some(Encoder::read(&files)?)),
    };
    let chosen = Chosen { table: table.ok_or(ModelError::Unreadable)?, encoder };
    let wanted = chosen.mark();
    if CHOSEN.get_or_init(|| chosen).mark() == wanted { Ok(()) } else { Err(ModelError::TooLate) }
}

/// A number that no other table or encoder has: what was learnt with another one cannot be gone on with.
pub fn mark() -> u64 {
    chosen().mark()
}

/// A number that no other table has: what was learnt over the pieces of one holds for that one.
pub fn table_mark() -> u64 {
    table().mark
}

/// Whether whole posts are encoded.
pub(super) fn encodes() -> bool {
    chosen().encoder.is_some()
}

/// What a whole text means by the encoder, to length one; `None` where there is no encoder.
pub(super) fn encoded(text: &str) -> Option<Arc<[f32]>> {
    Some(chosen().encoder.as_ref()?.encode(text))
}

/// Directions of the table in use; none when it is switched off.
pub(super) fn dimensions() -> usize {
    table().dimensions
}

fn chosen() -> &'static Chosen {
    CHOSEN.get_or_init(|| Chosen { table: Table::read(BUILT_IN).unwrap_or_default(), encoder: None })
}

fn table() -> &'static Table {
    &chosen().table
}

impl Chosen {
    fn mark(&self) -> u64 {
        self.table.mark ^ self.encoder.as_ref().map_or(0, Encoder::mark)
    }
}

/// A piece of a word, by its row in the table.
pub(super) type Piece = u32;

/// The pieces of a folded word, by the likeliest segmentation (unigram model, Kudo 2018); empty where no piece fits.
pub(super) fn pieces(word: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    each_piece(word, |piece| pieces.push(piece));
    pieces
}

/// Hands each piece of a folded word to `use_it`; nothing is kept where the word is a piece, as most are.
pub(super) fn each_piece(word: &str, mut use_it: impl FnMut(Piece)) {
    let table = table();
    match table.first.get(&hash(word)) {
        Some((piece, _)) => use_it(*piece),
        None => table.pieces(word).into_iter().for_each(use_it),
    }
}

/// Adds what a piece means, `weight` times, to a sum of [`dimensions`] figures.
pub(super) fn add(piece: Piece, weight: f32, sum: &mut [f32]) {
    let table = table();
    let weight = weight * table.step;
    for (sum, value) in sum.iter_mut().zip(table.row(piece)) {
        *sum += weight * f32::from(i8::from_ne_bytes([*value]));
    }
}

/// Keys with their rows, as distilled.
#[derive(Default)]
struct Table {
    /// Pieces that begin a word, by the hash of their letters without the mark.
    first: FxHashMap<u64, (Piece, f32)>,
    /// Pieces that stand within one.
    inner: FxHashMap<u64, (Piece, f32)>,
    rows: &'static [u8],
    step: f32,
    dimensions: usize,
    mark: u64,
}

impl Table {
    /// Reads what the script wrote: a magic word, keys, directions, step; per key its length, log frequency and bytes;
    /// then the rows. `None` where that is not what stands there.
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(b"GSMEAN1\n")?;
        let number = |rest: &mut &'static [u8]| -> Option<[u8; 4]> {
            let (number, after) = rest.split_first_chunk::<4>()?;
            *rest = after;
            Some(*number)
        };
        let keys = u32::from_le_bytes(number(&mut rest)?);
        let dimensions = u32::from_le_bytes(number(&mut rest)?) as usize;
        let step = f32::from_le_bytes(number(&mut rest)?);
        let mut table = Self { step, dimensions, mark: xxh3_64(bytes), ..Self::default() };
        for piece in 0..keys {
            let (length, after) = rest.split_first()?;
            rest = after;
            let score = f32::from_le_bytes(number(&mut rest)?);
            let (key, after) = rest.split_at_checked(usize::from(*length))?;
            rest = after;
            let key = std::str::from_utf8(key).ok()?;
            match key.strip_prefix(MARK) {
                Some(word) => table.first.insert(hash(word), (piece, score)),
                None => table.inner.insert(hash(key), (piece, score)),
            };
        }
        table.rows = rest;
        (DIMENSIONS.contains(&dimensions)
            && dimensions.is_multiple_of(8)
            && rest.len() == keys as usize * dimensions)
            .then_some(table)
    }

    fn row(&self, piece: Piece) -> &[u8] {
        let from = piece as usize * self.dimensions;
        self.rows.get(from..from + self.dimensions).unwrap_or_default()
    }

    /// The pieces of a word that is none itself.
    fn pieces(&self, word: &str) -> Vec<Piece> {
        // The best way to reach each place in the word: its score, the piece that ends there and where that began.
        let word =
            word.char_indices().nth(LONGEST_WORD).map_or(word, |(end, _)| word.get(..end).unwrap_or(word));
        let mut best: Vec<Option<(f32, Option<Piece>, usize)>> = vec![None; word.len() + 1];
        let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        let mut starts = vec![0];
        starts.extend(&ends);
        for start in starts {
            let so_far = match best.get(start).copied().flatten() {
                Some((score, ..)) => score,
                None if start == 0 => 0.0,
                None => continue,
            };
            for end in ends.iter().copied().filter(|end| *end > start && *end <= start + LONGEST_PIECE) {
                let Some(part) = word.get(start..end) else { continue };
                let found = if start == 0 { self.first.get(&hash(part)) } else { None };
                // A word may also begin with a piece from within one: the mark then stands for itself.
                let found = found.or_else(|| self.inner.get(&hash(part)));
                let Some((piece, score)) = found else { continue };
                if let Some(place) = best.get_mut(end)
                    && place.is_none_or(|(known, ..)| so_far + score > known)
                {
                    *place = Some((so_far + score, Some(*piece), start));
                }
            }
        }
        let mut found = Vec::new();
        let mut at = word.len();
        while at > 0 {
            let Some((_, piece, start)) = best.get(at).copied().flatten() else { return Vec::new() };
            found.extend(piece);
            at = start;
        }
        found.reverse();
        found
    }
}

fn hash(key: &str) -> u64 {
    xxh3_64(key.as_bytes())
}

/// Where the posts about one product lie: what they all share says nothing about any of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Centre {
    mean: Vec<f32>,
    posts: f32,
}

impl Centre {
    /// One more post.
    pub(super) fn learn(&mut self, meaning: &[f32]) {
        if meaning.is_empty() {
            return;
        }
        self.mean.resize(meaning.len(), 0.0);
        self.posts += 1.0;
        let pace = 1.0 / self.posts.min(CENTRE_POSTS);
        for (mean, value) in self.mean.iter_mut().zip(meaning) {
            *mean += (value - *mean) * pace;
        }
    }

    /// What sets a post apart from the others, with the centre of `all` products standing in while this one is young.
    pub(super) fn subtract_from(&self, meaning: &mut [f32], all: &Self) {
        let own = self.posts / (self.posts + CENTRE_BELIEVED);
        let others = (1.0 - own) * all.posts / (all.posts + CENTRE_BELIEVED);
        for (centre, believed) in [(self, own), (all, others)] {
            for (value, mean) in meaning.iter_mut().zip(&centre.mean) {
                *value -= mean * believed;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(words: &str) -> Vec<f32> {
        let mut sum = vec![0.0; dimensions()];
        words.split(' ').flat_map(pieces).for_each(|piece| add(piece, 1.0, &mut sum));
        let norm = sum.iter().map(|x| x * x).sum::<f32>().sqrt();
        sum.into_iter().map(|x| x / norm).collect()
    }

    fn alike(a: &str, b: &str) -> f32 {
        meaning(a).iter().zip(meaning(b)).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn every_word_of_latin_letters_has_pieces() {
        assert_eq!(pieces("keyboard").len(), 1);
        assert!(pieces("keyboardgate").len() > 1);
        assert_eq!(pieces("клавиатура"), Vec::<Piece>::new());
        assert!(!pieces(&"x".repeat(10_000)).is_empty());
    }

    #[test]
    fn only_one_table_is_used_and_it_has_to_be_one() {
        assert_eq!(choose(Model::BuiltIn), Ok(()));
        assert_eq!(choose(Model::File(b"GSMEAN1\n and nothing".to_vec())), Err(ModelError::Unreadable));
        assert_eq!(choose(Model::Off), Err(ModelError::TooLate));
        for cut in [0, 9, 100, BUILT_IN.len() / 2, BUILT_IN.len() - 1] {
            assert!(Table::read(&BUILT_IN[..cut]).is_none());
        }
    }

    #[test]
    fn languages_meet() {
        for (a, b) in [("keyboard", "teclado"), ("battery", "batterie"), ("pantalla rota", "broken screen")] {
            assert!(alike(a, b) > 0.4 && alike(a, b) > alike(a, "holiday") + 0.2, "{a} {b} {}", alike(a, b));
        }
    }

    #[test]
    fn what_all_posts_share_is_taken_out() {
        let mut centre = Centre::default();
        for _ in 0..10_000 {
            centre.learn(&meaning("mini netbook"));
        }
        let mut rest = meaning("mini netbook");
        centre.subtract_from(&mut rest, &Centre::default());
        assert!(rest.iter().all(|x| x.abs() < 1e-2));
    }
}
