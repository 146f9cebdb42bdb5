//! How vectors of a compartment are searched (`docs/FORMAT.md` §6.1, §7.6).

use crate::bytes::cbor::{Reader, Writer};
use crate::crypto::secret::Wiped;
use crate::error::{Error, Result};
use crate::limits::{MAX_NOISE, MAX_NORM, MAX_OVERSAMPLING, MAX_SCALE, MAX_VECTOR_DIMENSION, MIN_VECTOR_DIMENSION};

/// The metric, mode, noise and search settings of a compartment.
///
/// ```
/// use vecseal::{Metric, Preset, SearchParameters};
///
/// let parameters = SearchParameters::geometric(768, Metric::Cosine, Preset::Balanced)?.with_search_dimensions(512)?;
/// assert_eq!(parameters.noise(), 0.5);
/// # Ok::<(), vecseal::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SearchParameters {
    mode: Mode,
    scope: Scope,
    dimension: u32,
    metric: Metric,
    noise: f32,
    query_noise: f32,
    scale: f32,
    search_dimensions: u32,
    oversampling: u16,
    hnsw_ef: u16,
}

/// What the server compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mode {
    /// Rotated vectors with noise: the server ranks candidates.
    Geometric = 0,
    /// Nothing: clients fetch their compartments' records, and rank. The server learns no geometry.
    Sealed = 1,
}

/// Whose vectors a search key rotates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Scope {
    /// Those of one compartment.
    Compartment = 0,
    /// Those of a collection; see [`CollectionKey`](crate::CollectionKey) for what that costs.
    Collection = 1,
}

/// How vectors are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Metric {
    /// Cosine similarity, −1 to 1, higher is nearer. Search vectors are normalised.
    Cosine = 0,
    /// Dot product, higher is nearer. Search vectors show their norm.
    Dot = 1,
    /// Euclidean distance, lower is nearer. Search vectors show their norm.
    Euclid = 2,
}

/// Noise, and the search settings that give recall@10 ≥ 0.99 with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Preset {
    /// A rotation only. A few hundred known pairs undo it.
    Off,
    /// ρ = 0.5.
    #[default]
    Balanced,
    /// ρ = 1: as much noise as vector.
    Strong,
}

impl SearchParameters {
    /// Returns the parameters of a searchable compartment for vectors of `dimension` (2 to 65,536).
    ///
    /// # Errors
    ///
    /// [`Error::WrongDimension`].
    ///
    /// # Security
    ///
    /// Below 32 dimensions the rotation mixes little and is weak; use mode sealed there.
    pub fn geometric(dimension: usize, metric: Metric, preset: Preset) -> Result<Self> {
        let (noise, query_noise, oversampling, hnsw_ef) = match preset {
            Preset::Off => (0.0, 0.0, 1, 0),
            Preset::Balanced => (0.5, 0.5, 10, 256),
            Preset::Strong => (1.0, 0.25, 32, 512),
        };
        Ok(Self {
            noise,
            query_noise,
            oversampling,
            hnsw_ef,
            ..Self::sealed(dimension, metric)?
        }
        .in_mode(Mode::Geometric))
    }

    /// Returns the parameters of a compartment without search vectors, for vectors of `dimension` (2 to 65,536).
    ///
    /// # Errors
    ///
    /// [`Error::WrongDimension`].
    pub fn sealed(dimension: usize, metric: Metric) -> Result<Self> {
        if !(MIN_VECTOR_DIMENSION..=MAX_VECTOR_DIMENSION).contains(&dimension) {
            return Err(Error::WrongDimension);
        }
        let dimension = u32::try_from(dimension).map_err(|_| Error::WrongDimension)?;
        Ok(Self {
            mode: Mode::Sealed,
            scope: Scope::Compartment,
            dimension,
            metric,
            noise: 0.0,
            query_noise: 0.0,
            scale: 1.0,
            search_dimensions: dimension,
            oversampling: 1,
            hnsw_ef: 0,
        })
    }

    /// Sets the noise radius of stored vectors and of queries, 0 to 16, as multiples of [`Self::scale`].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`].
    pub fn with_noise(self, noise: f32, query_noise: f32) -> Result<Self> {
        Self {
            noise,
            query_noise,
            ..self
        }
        .checked()
    }

    /// Sets the typical norm of the vectors, which noise is a multiple of. For cosine it is 1.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`].
    pub fn with_scale(self, scale: f32) -> Result<Self> {
        Self { scale, ..self }.checked()
    }

    /// Keeps the first `k` coordinates (2 to d) of search vectors: less memory on the server, fewer true neighbours
    /// among the candidates. Dot products and squared distances shrink to about `k / d`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`].
    pub fn with_search_dimensions(self, k: usize) -> Result<Self> {
        let search_dimensions = u32::try_from(k).map_err(|_| Error::InvalidParameter)?;
        Self {
            search_dimensions,
            ..self
        }
        .checked()
    }

    /// Sets how many candidates (1 to 1,024) a client fetches for each result, and Qdrant's `hnsw_ef` (0: its default).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`].
    pub fn with_oversampling(self, oversampling: u16, hnsw_ef: u16) -> Result<Self> {
        Self {
            oversampling,
            hnsw_ef,
            ..self
        }
        .checked()
    }

    /// Returns what the server compares.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Returns whose vectors the search key rotates.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// Returns `d`, the number of dimensions of the vectors.
    #[must_use]
    pub fn dimension(&self) -> usize {
        self.dimension as usize
    }

    /// Returns the metric.
    #[must_use]
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// Returns ρ, the noise radius of stored vectors as a multiple of the scale.
    #[must_use]
    pub fn noise(&self) -> f32 {
        self.noise
    }

    /// Returns ρ_q, the noise radius of queries as a multiple of the scale.
    #[must_use]
    pub fn query_noise(&self) -> f32 {
        self.query_noise
    }

    /// Returns the typical norm of the vectors.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// Returns `k`, the number of coordinates of search vectors.
    #[must_use]
    pub fn search_dimensions(&self) -> usize {
        self.search_dimensions as usize
    }

    /// Returns how many candidates to fetch for each result.
    #[must_use]
    pub fn oversampling(&self) -> u16 {
        self.oversampling
    }

    /// Returns Qdrant's `hnsw_ef`; 0 for its default.
    #[must_use]
    pub fn hnsw_ef(&self) -> u16 {
        self.hnsw_ef
    }

    /// Checks a vector that comes from outside.
    pub(crate) fn check_vector(&self, vector: &[f32]) -> Result<()> {
        if vector.len() != self.dimension() {
            return Err(Error::WrongDimension);
        }
        check_finite(vector)?;
        let norm = libm::sqrt(super::sum_of_products(vector, vector));
        if norm > MAX_NORM {
            return Err(Error::VectorOutOfRange);
        }
        if norm == 0.0 && self.metric == Metric::Cosine {
            return Err(Error::ZeroVector);
        }
        Ok(())
    }

    pub(crate) fn in_collection(self, collection: bool) -> Self {
        let scope = if collection {
            Scope::Collection
        } else {
            Scope::Compartment
        };
        Self { scope, ..self }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer
            .map(10)
            .key(0)
            .u64(self.mode as u64)
            .key(1)
            .u64(self.scope as u64)
            .key(2)
            .u64(self.dimension.into());
        writer
            .key(3)
            .u64(self.metric as u64)
            .key(4)
            .f32(self.noise)
            .key(5)
            .f32(self.query_noise)
            .key(6)
            .f32(self.scale);
        writer
            .key(7)
            .u64(self.search_dimensions.into())
            .key(8)
            .u64(self.oversampling.into())
            .key(9)
            .u64(self.hnsw_ef.into());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.map()?;
        reader.key(0)?;
        let mode = match reader.u8()? {
            0 => Mode::Geometric,
            1 => Mode::Sealed,
            _ => return Err(Error::Malformed),
        };
        reader.key(1)?;
        let scope = match reader.u8()? {
            0 => Scope::Compartment,
            1 => Scope::Collection,
            _ => return Err(Error::Malformed),
        };
        reader.key(2)?;
        let dimension = reader.u32()?;
        reader.key(3)?;
        let metric = match reader.u8()? {
            0 => Metric::Cosine,
            1 => Metric::Dot,
            2 => Metric::Euclid,
            _ => return Err(Error::Malformed),
        };
        reader.key(4)?;
        let noise = reader.f32()?;
        reader.key(5)?;
        let query_noise = reader.f32()?;
        reader.key(6)?;
        let scale = reader.f32()?;
        reader.key(7)?;
        let search_dimensions = reader.u32()?;
        reader.key(8)?;
        let oversampling = reader.u16()?;
        reader.key(9)?;
        let hnsw_ef = reader.u16()?;
        let read = Self {
            mode,
            scope,
            dimension,
            metric,
            noise,
            query_noise,
            scale,
            search_dimensions,
            oversampling,
            hnsw_ef,
        };
        Self::sealed(read.dimension(), metric).and_then(|_| read.checked()).map_err(|_| Error::Malformed)
    }

    fn in_mode(self, mode: Mode) -> Self {
        Self { mode, ..self }
    }

    fn checked(self) -> Result<Self> {
        let radius = |noise: f32| noise.is_sign_positive() && noise <= MAX_NOISE;
        let scale = self.scale > 0.0 && self.scale <= MAX_SCALE && (self.metric != Metric::Cosine || self.scale == 1.0);
        let k = MIN_VECTOR_DIMENSION <= self.search_dimensions() && self.search_dimensions <= self.dimension;
        let oversampling = (1..=MAX_OVERSAMPLING).contains(&self.oversampling);
        let plain = self.mode == Mode::Geometric
            || (self
                == Self {
                    mode: Mode::Sealed,
                    ..Self::sealed(self.dimension(), self.metric)?
                });
        if radius(self.noise) && radius(self.query_noise) && scale && k && oversampling && plain {
            Ok(self)
        } else {
            Err(Error::InvalidParameter)
        }
    }
}

impl Metric {
    /// Step 1 of §7.5.
    pub(crate) fn normalise(self, vector: &[f32]) -> Wiped<f32> {
        match self {
            Self::Cosine => {
                let inverse = 1.0 / libm::sqrt(super::sum_of_products(vector, vector));
                #[expect(clippy::cast_possible_truncation, reason = "the result is meant to be f32")]
                Wiped(vector.iter().map(|value| (f64::from(*value) * inverse) as f32).collect())
            }
            Self::Dot | Self::Euclid => Wiped(vector.to_vec()),
        }
    }

    /// Whether a stored search vector is the expected one, as far as a server keeps it.
    pub(crate) fn same(self, expected: &[f32], stored: &[f32]) -> bool {
        if expected.len() != stored.len() || check_finite(stored).is_err() {
            return false;
        }
        match self {
            Self::Cosine => {
                let norms = super::sum_of_products(expected, expected) * super::sum_of_products(stored, stored);
                let cosine = super::sum_of_products(expected, stored) / libm::sqrt(norms);
                // 1 − cos of an angle of 1e-4; a comparison with NaN, from a zero vector, is false.
                cosine > 1.0 - 0.5e-8
            }
            Self::Dot | Self::Euclid => expected.iter().zip(stored).all(|(a, b)| a.to_bits() == b.to_bits()),
        }
    }
}

/// Refuses NaN and infinities.
pub(crate) fn check_finite(vector: &[f32]) -> Result<()> {
    if vector.iter().all(|value| value.is_finite()) {
        Ok(())
    } else {
        Err(Error::NotFinite)
    }
}
