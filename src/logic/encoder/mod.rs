//! A sentence encoder: a small transformer that gives a text a direction by all its words together, so that posts meet
//! that say the same in other words. It costs milliseconds a post where the table of meanings costs microseconds; so it
//! is used only where the settings name one. ARCHITECTURE.md says what it gains.

mod bert;
mod kept;
mod weights;

use std::sync::{Arc, Mutex, PoisonError};

use tokenizers::{Tokenizer, TruncationParams};
use xxhash_rust::xxh3::{Xxh3Default, xxh3_64};

use bert::Bert;
use kept::Kept;

pub use bert::Unsupported;
pub use weights::WeightsError;

/// Pieces of a text that are read: what a post says after them it has mostly said before.
const MOST_PIECES: usize = 128;

/// The files of an encoder as they are offered for download, by their usual names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EncoderFiles {
    /// `config.json`: how the transformer is built.
    pub config: Vec<u8>,
    /// `tokenizer.json`: how a text becomes pieces.
    pub tokenizer: Vec<u8>,
    /// `model.safetensors`: the weights.
    pub weights: Vec<u8>,
    /// `1_Pooling/config.json`, where there is one: how the pieces' vectors become the text's. Without it, their mean.
    pub pooling: Option<Vec<u8>>,
}

/// Why an encoder cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncoderError {
    /// `config.json` is not what it should be.
    #[error("config.json: {0}")]
    Config(String),
    /// The transformer is of a kind that is not known here.
    #[error("config.json: {0}")]
    Unsupported(#[from] Unsupported),
    /// `tokenizer.json` cannot be read.
    #[error("tokenizer.json cannot be read: {0}; is it complete?")]
    Tokenizer(String),
    /// The tokenizer is another model's.
    #[error(
        "tokenizer.json knows {pieces} pieces, model.safetensors only {rows}: both have to come from the same model"
    )]
    Strangers {
        /// Pieces of the tokenizer.
        pieces: usize,
        /// Rows of the weights.
        rows: usize,
    },
    /// The weights cannot be used.
    #[error("model.safetensors {0}")]
    Weights(#[from] WeightsError),
    /// `1_Pooling/config.json` asks for something else than the mean, or the first piece.
    #[error("1_Pooling/config.json: only pooling_mode_mean_tokens and pooling_mode_cls_token are known")]
    Pooling,
}

/// An encoder, ready for use from any thread.
pub struct Encoder {
    tokenizer: Tokenizer,
    bert: Bert,
    mark: u64,
    kept: Mutex<Kept>,
}

impl Encoder {
    /// Reads an encoder.
    ///
    /// # Errors
    /// A file is damaged, does not go with the others, or the transformer is of another kind.
    pub fn read(files: &EncoderFiles) -> Result<Self, EncoderError> {
        let bert = Bert::read(files)?;
        let mut tokenizer =
            Tokenizer::from_bytes(&files.tokenizer).map_err(|e| EncoderError::Tokenizer(e.to_string()))?;
        let (pieces, rows) = (tokenizer.get_vocab_size(true), bert.vocabulary());
        if pieces > rows {
            return Err(EncoderError::Strangers { pieces, rows });
        }
        tokenizer.with_padding(None);
        let truncation =
            TruncationParams { max_length: MOST_PIECES.min(bert.positions()), ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|e| EncoderError::Tokenizer(e.to_string()))?;
        let mut mark = Xxh3Default::new();
        for file in [&files.config, &files.tokenizer, &files.weights] {
            mark.update(&xxh3_64(file).to_le_bytes());
        }
        mark.update(files.pooling.as_deref().unwrap_or_default());
        Ok(Self { tokenizer, bert, mark: mark.digest(), kept: Mutex::default() })
    }

    /// A number that no other encoder has.
    pub fn mark(&self) -> u64 {
        self.mark
    }

    /// Figures of a vector; a multiple of eight.
    pub fn dimensions(&self) -> usize {
        self.bert.dimensions()
    }

    /// What a text means: a vector of length one, or an empty one where the text has no pieces. The same text gives the
    /// same vector on the same machine. What was encoded of late is kept, since a post is looked at more than once.
    pub fn encode(&self, text: &str) -> Arc<[f32]> {
        let key = xxh3_64(text.as_bytes());
        // Nothing can be half done behind this lock.
        if let Some(known) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key) {
            return known;
        }
        let vector: Arc<[f32]> = self.encode_anew(text).into();
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).put(key, Arc::clone(&vector));
        vector
    }

    fn encode_anew(&self, text: &str) -> Vec<f32> {
        let Ok(encoded) = self.tokenizer.encode_fast(text, true) else { return Vec::new() };
        let mut vector = self.bert.encode(encoded.get_ids());
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        if length == 0.0 || !length.is_finite() {
            return Vec::new();
        }
        vector.iter_mut().for_each(|x| *x /= length);
        vector
    }
}

#[cfg(test)]
mod tests;
