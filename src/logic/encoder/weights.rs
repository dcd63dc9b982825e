//! Weights as they stand in a safetensors file, by name and shape.

use safetensors::{Dtype, SafeTensors};

/// Why weights cannot be used; it follows upon the name of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeightsError {
    /// The file is none, or was cut off.
    #[error("cannot be read: {0}; a download that was cut off looks like this: fetch it again")]
    Damaged(String),
    /// A tensor is not there.
    #[error("has no tensor {0}: it does not hold the transformer that config.json describes")]
    Missing(String),
    /// A tensor has another shape.
    #[error("has tensor {name} as {found:?}, config.json needs {needed:?}")]
    Shape {
        /// The tensor.
        name: String,
        /// What it should be.
        needed: Vec<usize>,
        /// What it is.
        found: Vec<usize>,
    },
    /// A tensor is no 32-bit floating-point one.
    #[error("has tensor {name} in {kind}: only 32-bit floating-point weights (F32) are read")]
    Kind {
        /// The tensor.
        name: String,
        /// What its figures are.
        kind: String,
    },
}

/// A file of weights.
pub(super) struct Weights<'a> {
    tensors: SafeTensors<'a>,
    /// Some files put the name of the model before those of the tensors.
    before: &'static str,
}

impl<'a> Weights<'a> {
    /// Reads the list of tensors; `known` is the name of one that has to be there.
    pub(super) fn read(bytes: &'a [u8], known: &str) -> Result<Self, WeightsError> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| WeightsError::Damaged(e.to_string()))?;
        let before = if tensors.tensor(known).is_ok() { "" } else { "bert." };
        Ok(Self { tensors, before })
    }

    /// The figures of a tensor of this shape, row by row.
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let name = format!("{}{name}", self.before);
        let tensor = self.tensors.tensor(&name).map_err(|_| WeightsError::Missing(name.clone()))?;
        if tensor.shape() != shape {
            return Err(WeightsError::Shape { name, needed: shape.to_vec(), found: tensor.shape().to_vec() });
        }
        if tensor.dtype() != Dtype::F32 {
            return Err(WeightsError::Kind { name, kind: tensor.dtype().to_string() });
        }
        let (figures, _) = tensor.data().as_chunks::<4>();
        Ok(figures.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }
}
