//! The model's file, format MLQ1 (`docs/EMBEDDINGS.md`).

use std::ops::Range;

use half::f16;

use super::layer::Layer;
use super::{Model, Shape};
use crate::error::ModelError;
use crate::kernels::{GROUP, LayerNorm, Linear};

const MAGIC: &[u8] = b"MLQ1";

/// Largest number accepted for any side of a model's shape, so that no product of two overflows 32 bits.
const MAX_SIDE: usize = 1 << 15;

impl Model {
    /// Reads a model; returns with it the vocabulary, one token a line.
    pub(crate) fn parse(file: Vec<u8>) -> Result<(Self, String), ModelError> {
        let mut reader = Reader { file: &file, at: 0 };
        if !file.starts_with(MAGIC) {
            return Err(if MAGIC.starts_with(&file) {
                ModelError::Truncated
            } else {
                ModelError::WrongMagic
            });
        }
        reader.take(MAGIC.len())?;
        let shape = reader.shape()?;
        let length = reader.number()?;
        let vocabulary = reader.bytes(length)?.to_vec();
        let Shape {
            words,
            width,
            layers,
            positions,
            ..
        } = shape;
        let word_vectors = reader.take(words * width / 2)?;
        let word_scales = reader.take(words * width / GROUP * 2)?;
        let position_vectors = reader.halves(positions * width)?;
        let norm = reader.norm(width)?;
        let layers = (0..layers).map(|_| reader.layer(&shape)).collect::<Result<_, _>>()?;
        if reader.at != file.len() {
            return Err(ModelError::Malformed);
        }
        let vocabulary = String::from_utf8(vocabulary).map_err(|_| ModelError::Malformed)?;
        let model = Self {
            file,
            shape,
            word_vectors,
            word_scales,
            position_vectors,
            norm,
            layers,
        };
        Ok((model, vocabulary))
    }
}

/// Reads the file from front to back. Nothing is allocated for more than the file holds.
struct Reader<'file> {
    file: &'file [u8],
    at: usize,
}

impl<'file> Reader<'file> {
    /// Returns the place of the next bytes.
    fn take(&mut self, length: usize) -> Result<Range<usize>, ModelError> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.file.len()).ok_or(ModelError::Truncated)?;
        Ok(std::mem::replace(&mut self.at, end)..end)
    }

    fn bytes(&mut self, length: usize) -> Result<&'file [u8], ModelError> {
        let place = self.take(length)?;
        self.file.get(place).ok_or(ModelError::Truncated)
    }

    fn number(&mut self) -> Result<usize, ModelError> {
        let bytes = self.bytes(4)?.first_chunk().ok_or(ModelError::Truncated)?;
        usize::try_from(u32::from_le_bytes(*bytes)).map_err(|_| ModelError::Malformed)
    }

    fn side(&mut self) -> Result<usize, ModelError> {
        let side = self.number()?;
        if (1..=MAX_SIDE).contains(&side) {
            Ok(side)
        } else {
            Err(ModelError::Malformed)
        }
    }

    fn shape(&mut self) -> Result<Shape, ModelError> {
        let shape = Shape {
            words: self.side()?,
            width: self.side()?,
            layers: self.side()?,
            heads: self.side()?,
            inner: self.side()?,
            positions: self.side()?,
        };
        let group = self.side()?;
        let divides = group == GROUP
            && shape.width.is_multiple_of(GROUP)
            && shape.inner.is_multiple_of(GROUP)
            && shape.width.is_multiple_of(shape.heads)
            && shape.positions >= 2;
        if divides { Ok(shape) } else { Err(ModelError::Malformed) }
    }

    fn halves(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        let bytes = self.bytes(2 * count)?.as_chunks().0;
        Ok(bytes.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect())
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f32>, ModelError> {
        let bytes = self.bytes(4 * count)?.as_chunks().0;
        Ok(bytes.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    fn norm(&mut self, width: usize) -> Result<LayerNorm, ModelError> {
        Ok(LayerNorm {
            gain: self.floats(width)?,
            bias: self.floats(width)?,
        })
    }

    fn linear(&mut self, inputs: usize, outputs: usize) -> Result<Linear, ModelError> {
        Ok(Linear {
            inputs,
            nibbles: self.take(inputs * outputs / 2)?,
            scales: self.halves(inputs * outputs / GROUP)?,
            bias: self.floats(outputs)?,
        })
    }

    fn layer(&mut self, shape: &Shape) -> Result<Layer, ModelError> {
        let Shape {
            width, inner, heads, ..
        } = *shape;
        Ok(Layer {
            heads,
            query: self.linear(width, width)?,
            key: self.linear(width, width)?,
            value: self.linear(width, width)?,
            attended: self.linear(width, width)?,
            attended_norm: self.norm(width)?,
            inner: self.linear(width, inner)?,
            outer: self.linear(inner, width)?,
            outer_norm: self.norm(width)?,
        })
    }
}
