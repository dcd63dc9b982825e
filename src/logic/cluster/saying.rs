//! What one post says, and who says it, ready for the neighbourhood.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::features::{Feature, Features, content_words, word};
use super::meaning::{self, Piece};
use crate::ground::post::PostKey;
use crate::ground::time::Timestamp;
use crate::logic::text::{Lang, Token};

/// Letters in a piece of a word: pieces forgive typing errors and endings.
const PIECE: usize = 4;
/// Content words of a post that are read.
const MOST_WORDS: usize = 160;

/// What one post says, ready to be compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Saying {
    pub(super) pieces: Features,
    pub(super) words: Vec<Feature>,
    /// The pieces that the table of meanings has of each word.
    pub(super) known: Vec<Vec<Piece>>,
}

impl Saying {
    /// From the tokens of a post.
    pub fn of(tokens: &[Token], lang: Lang) -> Self {
        let content: Vec<&Token> = content_words(tokens, lang).take(MOST_WORDS).collect();
        let stems: Vec<&str> = content.iter().map(|t| t.stem.as_str()).collect();
        let mut raw: Vec<Feature> = Vec::with_capacity(stems.len() * 6);
        for stem in &stems {
            let framed: Vec<char> = format!("_{stem}_").chars().collect();
            for piece in framed.windows(PIECE.min(framed.len())) {
                let piece: String = piece.iter().collect();
                raw.push(xxh3_64_with_seed(piece.as_bytes(), 1) as Feature);
            }
        }
        raw.sort_unstable();
        let counts = raw
            .chunk_by(|a, b| a == b)
            .filter_map(|same| Some((*same.first()?, 1.0 + (same.len() as f32).ln())))
            .collect();
        Self {
            pieces: Features::bare(counts),
            words: stems.iter().map(|s| word(s)).collect(),
            known: content.iter().map(|t| meaning::pieces(&t.folded)).collect(),
        }
    }
}

/// Who says a post, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Utterance {
    /// The post.
    pub key: PostKey,
    /// Hash of the voice that spoke.
    pub voice: u64,
    /// When it was written.
    pub at: Timestamp,
    /// It tells of something that could hurt somebody.
    pub dangerous: bool,
}
