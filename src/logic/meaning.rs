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
/// How much the second part of a table says of what posts mean, beside the first: less than as much, since it knows English alone.
const SECOND: f32 = 0.75;
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

/// A number that no table with other pieces has: what was learnt over the pieces of one holds wherever they are the same.
pub fn pieces_mark() -> u64 {
    table().pieces_mark
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
    table().dimensions()
}

/// How many of these are the first part, which alone tells posts of one matter from others in the neighbourhood of a rise. The
/// second puts posts into clusters: it knows which sentences mean the same, and so more of English than of the rest.
pub(super) fn first_dimensions() -> usize {
    table().first.dimensions
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
    match table.beginnings.get(&hash(word)) {
        Some((piece, _)) => use_it(*piece),
        None => table.pieces(word).into_iter().for_each(use_it),
    }
}

/// Adds what a piece means by both parts, `weight` times, to a sum of [`dimensions`] figures.
pub(super) fn add(piece: Piece, weight: f32, sum: &mut [f32]) {
    let table = table();
    // What the second part is not believed, the first has more: all pieces weigh alike.
    let believed = table.believed.get(piece as usize).map_or(0.0, |b| SECOND * f32::from(*b) / 255.0);
    let whole = if table.second.dimensions == 0 { 1.0 } else { 1.0 + SECOND * SECOND };
    let first = (whole - believed * believed).sqrt();
    let (one, two) = sum.split_at_mut(table.first.dimensions.min(sum.len()));
    table.first.add(piece, weight * first, one);
    table.second.add(piece, weight * believed, two);
}

/// Adds what a piece means by the first part, `weight` times, to a sum of [`first_dimensions`] figures.
pub(super) fn add_first(piece: Piece, weight: f32, sum: &mut [f32]) {
    table().first.add(piece, weight, sum);
}

/// Rows of signed bytes, one a key, to be multiplied by a step.
#[derive(Default)]
struct Rows {
    rows: &'static [u8],
    step: f32,
    dimensions: usize,
}

impl Rows {
    fn add(&self, piece: Piece, weight: f32, sum: &mut [f32]) {
        let from = piece as usize * self.dimensions;
        let row = self.rows.get(from..from + self.dimensions).unwrap_or_default();
        let weight = weight * self.step;
        for (sum, value) in sum.iter_mut().zip(row) {
            *sum += weight * f32::from(i8::from_ne_bytes([*value]));
        }
    }
}

/// Keys with their rows, as distilled.
#[derive(Default)]
struct Table {
    /// Pieces that begin a word, by the hash of their letters without the mark.
    beginnings: FxHashMap<u64, (Piece, f32)>,
    /// Pieces that stand within one.
    inner: FxHashMap<u64, (Piece, f32)>,
    /// What they mean in many languages.
    first: Rows,
    /// What they do to the meaning of English sentences; none in a table of one part.
    second: Rows,
    /// How far the second part of each is believed, in 255ths.
    believed: &'static [u8],
    mark: u64,
    pieces_mark: u64,
}

impl Table {
    /// Reads what the scripts wrote: a magic word, keys, directions, step, and in the second form directions and step of the
    /// second part; per key its length, log frequency and bytes; then the rows of the parts, and how far each row of the second
    /// is believed. `None` where that is not what stands there.
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let in_parts = bytes.strip_prefix(b"GSMEAN2\n");
        let mut rest = in_parts.or_else(|| bytes.strip_prefix(b"GSMEAN1\n"))?;
        let number = |rest: &mut &'static [u8]| -> Option<[u8; 4]> {
            let (number, after) = rest.split_first_chunk::<4>()?;
            *rest = after;
            Some(*number)
        };
        let keys = u32::from_le_bytes(number(&mut rest)?);
        let part = |rest: &mut &'static [u8]| -> Option<Rows> {
            let dimensions = u32::from_le_bytes(number(rest)?) as usize;
            let step = f32::from_le_bytes(number(rest)?);
            dimensions.is_multiple_of(8).then_some(Rows { rows: &[], step, dimensions })
        };
        let mut table = Self { first: part(&mut rest)?, mark: xxh3_64(bytes), ..Self::default() };
        if in_parts.is_some() {
            table.second = part(&mut rest)?;
        }
        let pieces = rest;
        for piece in 0..keys {
            let (length, after) = rest.split_first()?;
            rest = after;
            let score = f32::from_le_bytes(number(&mut rest)?);
            let (key, after) = rest.split_at_checked(usize::from(*length))?;
            rest = after;
            let key = std::str::from_utf8(key).ok()?;
            match key.strip_prefix(MARK) {
                Some(word) => table.beginnings.insert(hash(word), (piece, score)),
                None => table.inner.insert(hash(key), (piece, score)),
            };
        }
        table.pieces_mark = xxh3_64(pieces.get(..pieces.len() - rest.len())?);
        let keys = keys as usize;
        (table.first.rows, rest) = rest.split_at_checked(keys.checked_mul(table.first.dimensions)?)?;
        (table.second.rows, rest) = rest.split_at_checked(keys.checked_mul(table.second.dimensions)?)?;
        (table.believed, rest) = rest.split_at_checked(if in_parts.is_some() { keys } else { 0 })?;
        (DIMENSIONS.contains(&table.first.dimensions)
            && DIMENSIONS.contains(&table.dimensions())
            && rest.is_empty())
        .then_some(table)
    }

    fn dimensions(&self) -> usize {
        self.first.dimensions + self.second.dimensions
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
                let found = if start == 0 { self.beginnings.get(&hash(part)) } else { None };
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
mod tests;
