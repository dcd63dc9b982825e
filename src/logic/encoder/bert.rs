//! The transformer itself: BERT (Devlin et al. 2018), of which most small sentence encoders are made. Only what turns a
//! text into a vector; the weights are packed once for the matrix products.

use rten_gemm::{BiasVector, GemmError, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::NdTensorView;
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Softmax};
use serde::Deserialize;

use super::weights::{Weights, WeightsError};
use super::{EncoderError, EncoderFiles};

/// What a configuration may ask for at the most, so that a damaged one does not ask for all memory.
const MOST_LAYERS: usize = 48;
const MOST_WIDTH: usize = 16_384;
const MOST_PIECES: usize = 2_000_000;

/// A transformer of a kind that is not known here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key} is {found}, only {known} is known; all-MiniLM-L6-v2 is one that can be read")]
pub struct Unsupported {
    /// What in the configuration.
    pub key: &'static str,
    /// What it says.
    pub found: String,
    /// What it would have to say.
    pub known: &'static str,
}

/// `config.json`, as far as it is needed.
#[derive(Deserialize)]
struct Config {
    model_type: String,
    hidden_size: usize,
    num_hidden_layers: usize,
    num_attention_heads: usize,
    intermediate_size: usize,
    max_position_embeddings: usize,
    vocab_size: usize,
    #[serde(default = "layer_norm_eps")]
    layer_norm_eps: f32,
    #[serde(default = "gelu")]
    hidden_act: String,
    #[serde(default = "absolute")]
    position_embedding_type: String,
    #[serde(default = "type_vocab_size")]
    type_vocab_size: usize,
}

fn layer_norm_eps() -> f32 {
    1e-12
}

fn gelu() -> String {
    "gelu".into()
}

fn absolute() -> String {
    "absolute".into()
}

fn type_vocab_size() -> usize {
    2
}

/// `1_Pooling/config.json`, as far as it is needed.
#[derive(Deserialize)]
struct Pooling {
    #[serde(default)]
    pooling_mode_cls_token: bool,
    #[serde(default)]
    pooling_mode_mean_tokens: bool,
}

/// The transformer.
pub(super) struct Bert {
    config: Config,
    /// The first piece alone stands for the text, not the mean of all.
    by_first: bool,
    /// A row for each piece.
    pieces: Vec<f32>,
    /// A row for each place, with what all pieces of a single text share.
    places: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

struct Layer {
    /// Queries, keys and values at once.
    attention: Linear,
    attended: Linear,
    attended_norm: Norm,
    wide: Linear,
    narrow: Linear,
    norm: Norm,
}

/// x·Wᵀ + b, with W packed for it.
struct Linear {
    weights: PackedBMatrix<f32>,
    bias: Vec<f32>,
}

/// A row to mean nothing and deviation one, then scaled and shifted.
struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
    least: f32,
}

impl Bert {
    /// From the files of an encoder.
    pub(super) fn read(files: &EncoderFiles) -> Result<Self, EncoderError> {
        let config: Config =
            serde_json::from_slice(&files.config).map_err(|e| EncoderError::Config(e.to_string()))?;
        config.check()?;
        let by_first = match &files.pooling {
            None => false,
            Some(bytes) => {
                let asked: Pooling = serde_json::from_slice(bytes).map_err(|_| EncoderError::Pooling)?;
                match (asked.pooling_mode_mean_tokens, asked.pooling_mode_cls_token) {
                    (true, false) => false,
                    (false, true) => true,
                    _ => return Err(EncoderError::Pooling),
                }
            }
        };
        let weights = Weights::read(&files.weights, "embeddings.word_embeddings.weight")?;
        let width = config.hidden_size;
        let pieces = weights.tensor("embeddings.word_embeddings.weight", &[config.vocab_size, width])?;
        let mut places = weights
            .tensor("embeddings.position_embeddings.weight", &[config.max_position_embeddings, width])?;
        let kinds =
            weights.tensor("embeddings.token_type_embeddings.weight", &[config.type_vocab_size, width])?;
        for row in places.chunks_exact_mut(width) {
            row.iter_mut().zip(&kinds).for_each(|(x, shared)| *x += shared);
        }
        let norm = Norm::read(&weights, "embeddings.LayerNorm", &config)?;
        let layers = (0..config.num_hidden_layers).map(|i| Layer::read(&weights, i, &config));
        let layers = layers.collect::<Result<_, _>>()?;
        Ok(Self { config, by_first, pieces, places, norm, layers })
    }

    /// Pieces there are rows for.
    pub(super) fn vocabulary(&self) -> usize {
        self.config.vocab_size
    }

    /// Pieces that a text may have.
    pub(super) fn positions(&self) -> usize {
        self.config.max_position_embeddings
    }

    /// Figures of a vector.
    pub(super) fn dimensions(&self) -> usize {
        self.config.hidden_size
    }

    /// The vector of a text by its pieces, of any length; empty where there are none.
    pub(super) fn encode(&self, pieces: &[u32]) -> Vec<f32> {
        let width = self.config.hidden_size;
        let mut text = Vec::with_capacity(pieces.len() * width);
        for (piece, place) in pieces.iter().zip(self.places.chunks_exact(width)) {
            let from = *piece as usize * width;
            let Some(row) = self.pieces.get(from..from + width) else { continue };
            text.extend(row.iter().zip(place).map(|(a, b)| a + b));
        }
        if text.is_empty() {
            return text;
        }
        self.norm.apply(&mut text);
        let gemm = GemmExecutor::<f32>::new();
        for layer in &self.layers {
            match layer.apply(&gemm, text, self.config.num_attention_heads) {
                Ok(next) => text = next,
                // Every shape was checked when the weights were read.
                Err(_) => return Vec::new(),
            }
        }
        let rows = if self.by_first { 1 } else { text.len() / width };
        let mut sum = vec![0.0; width];
        for row in text.chunks_exact(width).take(rows) {
            sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        sum
    }
}

impl Config {
    /// Only what can be computed here, within reason.
    fn check(&self) -> Result<(), EncoderError> {
        let only = |key, found: &str, known| {
            let wrong = || Unsupported { key, found: format!("\"{found}\""), known };
            if found == known { Ok(()) } else { Err(wrong()) }
        };
        only("model_type", &self.model_type, "bert")?;
        only("hidden_act", &self.hidden_act, "gelu")?;
        only("position_embedding_type", &self.position_embedding_type, "absolute")?;
        let within = |key, found: usize, most: usize| {
            let wrong = || EncoderError::Config(format!("{key} is {found}, not from 1 to {most}"));
            if (1..=most).contains(&found) { Ok(()) } else { Err(wrong()) }
        };
        within("hidden_size", self.hidden_size, MOST_WIDTH)?;
        within("intermediate_size", self.intermediate_size, MOST_WIDTH)?;
        within("num_hidden_layers", self.num_hidden_layers, MOST_LAYERS)?;
        within("num_attention_heads", self.num_attention_heads, self.hidden_size)?;
        within("max_position_embeddings", self.max_position_embeddings, MOST_PIECES)?;
        within("vocab_size", self.vocab_size, MOST_PIECES)?;
        within("type_vocab_size", self.type_vocab_size, MOST_WIDTH)?;
        let (width, heads) = (self.hidden_size, self.num_attention_heads);
        if !width.is_multiple_of(heads) || !width.is_multiple_of(8) {
            return Err(EncoderError::Config(format!(
                "hidden_size is {width}: it has to be a multiple of 8 and of num_attention_heads, {heads}"
            )));
        }
        Ok(())
    }
}

impl Layer {
    fn read(weights: &Weights<'_>, number: usize, config: &Config) -> Result<Self, WeightsError> {
        let (width, wide) = (config.hidden_size, config.intermediate_size);
        let name = |part: &str| format!("encoder.layer.{number}.{part}");
        let (query, key, value) =
            (name("attention.self.query"), name("attention.self.key"), name("attention.self.value"));
        Ok(Self {
            attention: Linear::read(weights, &[&query, &key, &value], width, width)?,
            attended: Linear::read(weights, &[&name("attention.output.dense")], width, width)?,
            attended_norm: Norm::read(weights, &name("attention.output.LayerNorm"), config)?,
            wide: Linear::read(weights, &[&name("intermediate.dense")], width, wide)?,
            narrow: Linear::read(weights, &[&name("output.dense")], wide, width)?,
            norm: Norm::read(weights, &name("output.LayerNorm"), config)?,
        })
    }

    fn apply(&self, gemm: &GemmExecutor<f32>, text: Vec<f32>, heads: usize) -> Result<Vec<f32>, GemmError> {
        let attended = self.attend(gemm, &text, heads)?;
        let mut text = added(text, &self.attended.apply(gemm, &attended)?);
        self.attended_norm.apply(&mut text);
        let mut wide = self.wide.apply(gemm, &text)?;
        Gelu {}.map_mut(&mut wide);
        let mut text = added(text, &self.narrow.apply(gemm, &wide)?);
        self.norm.apply(&mut text);
        Ok(text)
    }

    /// What each piece takes from the others, head by head.
    fn attend(&self, gemm: &GemmExecutor<f32>, text: &[f32], heads: usize) -> Result<Vec<f32>, GemmError> {
        let width = self.attended.bias.len();
        let (pieces, narrow) = (text.len() / width, width / heads);
        let asked = self.attention.apply(gemm, text)?;
        let asked = NdTensorView::from_data([pieces, 3, heads, narrow], asked.as_slice());
        let scale = (narrow as f32).sqrt().recip();
        let mut attended = vec![0.0; text.len()];
        let mut alike = vec![0.0; pieces * pieces];
        let mut taken = vec![0.0; pieces * narrow];
        for head in 0..heads {
            let [query, key, value] = [0, 1, 2].map(|part| asked.slice((.., part, head, ..)));
            let options = GemmOptions { alpha: scale, ..GemmOptions::default() };
            let (query, key) = (GemmInputA::Unpacked(query), GemmInputB::Unpacked(key.transposed()));
            gemm.gemm(&mut alike, query, key, options)?;
            for row in alike.chunks_exact_mut(pieces) {
                Softmax::new_mut(row).dispatch();
            }
            let shares = NdTensorView::from_data([pieces, pieces], alike.as_slice());
            let (shares, value) = (GemmInputA::Unpacked(shares), GemmInputB::Unpacked(value));
            gemm.gemm(&mut taken, shares, value, GemmOptions::default())?;
            for (row, taken) in attended.chunks_exact_mut(width).zip(taken.chunks_exact(narrow)) {
                row.iter_mut().skip(head * narrow).zip(taken).for_each(|(to, from)| *to = *from);
            }
        }
        Ok(attended)
    }
}

impl Linear {
    /// One or more of the same shape, to be computed at once.
    fn read(weights: &Weights<'_>, names: &[&str], from: usize, to: usize) -> Result<Self, WeightsError> {
        let (mut rows, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            rows.extend(weights.tensor(&format!("{name}.weight"), &[to, from])?);
            bias.extend(weights.tensor(&format!("{name}.bias"), &[to])?);
        }
        let rows = NdTensorView::from_data([bias.len(), from], rows.as_slice());
        Ok(Self { weights: GemmExecutor::<f32>::new().prepack_b(rows.transposed()), bias })
    }

    fn apply(&self, gemm: &GemmExecutor<f32>, text: &[f32]) -> Result<Vec<f32>, GemmError> {
        let from = self.weights.rows();
        let pieces = text.len() / from;
        let mut out = vec![0.0; pieces * self.bias.len()];
        let options = GemmOptions { bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() };
        let rows = NdTensorView::from_data([pieces, from], text);
        gemm.gemm(&mut out, GemmInputA::Unpacked(rows), GemmInputB::Packed(&self.weights), options)?;
        Ok(out)
    }
}

impl Norm {
    fn read(weights: &Weights<'_>, name: &str, config: &Config) -> Result<Self, WeightsError> {
        let tensor = |part: &str| weights.tensor(&format!("{name}.{part}"), &[config.hidden_size]);
        Ok(Self { scale: tensor("weight")?, shift: tensor("bias")?, least: config.layer_norm_eps })
    }

    fn apply(&self, text: &mut [f32]) {
        let width = self.scale.len();
        for row in text.chunks_exact_mut(width) {
            let mean = row.iter().sum::<f32>() / width as f32;
            let spread = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f32>() / width as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: (spread + self.least).sqrt().recip(),
                element_scale: Some(&self.scale),
                element_bias: Some(&self.shift),
                ..NormalizeOptions::default()
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

/// What a layer found is added to what it was given.
fn added(mut text: Vec<f32>, found: &[f32]) -> Vec<f32> {
    text.iter_mut().zip(found).for_each(|(x, y)| *x += y);
    text
}
