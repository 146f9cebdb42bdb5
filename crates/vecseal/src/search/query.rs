//! Queries that go to more than one compartment (`docs/FORMAT.md` §7.5).

use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;

use super::key::SearchKey;
use super::noise;
use super::parameters::{Metric, Mode, SearchParameters};
use crate::crypto::secret::{Secret, Wiped};
use crate::error::{Error, Result};
use crate::limits::MAX_NORM;

/// A query with noise, to be compared in several compartments.
///
/// Half of the noise, by variance, is drawn once and the same for all; half is drawn for each.
///
/// # Security
///
/// Whoever reads one of those compartments and sees the traffic learns the query up to this noise. Noise drawn for each
/// alone would average out for somebody who reads many; the same noise for all would give exact pairs of vectors rotated by
/// two keys, and a few hundred of those relate the keys. Noise as headers ask may be none: anybody who shares a right with
/// the reader can make a header that asks for none. So the caller says how much. See `docs/SECURITY.md`, "What leaks".
pub struct PerturbedQuery {
    vector: Wiped<f32>,
    metric: Metric,
    /// The radius of the noise that each compartment gets of its own.
    own_radius: f32,
}

impl PerturbedQuery {
    /// Prepares a query, `f32[d]`, for noise of about this radius; for cosine relative to its direction, whose length is 1.
    /// Draws 32 bytes if the radius is above 0.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] for a radius that is negative or above 2¹⁰⁰, or what is wrong with the vector:
    /// [`Error::WrongDimension`], [`Error::NotFinite`], [`Error::VectorOutOfRange`], [`Error::ZeroVector`].
    pub fn new(metric: Metric, query: &[f32], radius: f32, rng: &mut impl CryptoRng) -> Result<Self> {
        SearchParameters::sealed(query.len(), metric)?.check_vector(query)?;
        if !(0.0..=MAX_NORM).contains(&f64::from(radius)) {
            return Err(Error::InvalidParameter);
        }
        let half = radius * core::f32::consts::FRAC_1_SQRT_2;
        let mut vector = metric.normalise(query);
        add_noise(&mut vector, half, rng);
        Ok(Self {
            vector,
            metric,
            own_radius: half,
        })
    }
}

fn add_noise(vector: &mut [f32], radius: f32, rng: &mut impl CryptoRng) {
    if radius > 0.0 {
        noise::add(vector, radius, Secret::<32>::random(rng).expose());
    }
}

impl SearchKey {
    /// Returns the vector, `f32[k]`, to query with. Draws 32 bytes if the query has noise.
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] in mode sealed; [`Error::WrongDimension`]; [`Error::InvalidParameter`] if the query is
    /// for another metric.
    pub fn rotate_query(&self, query: &PerturbedQuery, rng: &mut impl CryptoRng) -> Result<Vec<f32>> {
        let parameters = self.parameters();
        if parameters.mode() == Mode::Sealed {
            return Err(Error::NoSearchVector);
        }
        if parameters.dimension() != query.vector.len() {
            return Err(Error::WrongDimension);
        }
        if parameters.metric() != query.metric {
            return Err(Error::InvalidParameter);
        }
        let mut rotated = self.rotation().apply(Wiped(query.vector.to_vec()));
        add_noise(&mut rotated, query.own_radius, rng);
        rotated.truncate(parameters.search_dimensions());
        Ok(core::mem::take(&mut *rotated))
    }
}

/// Shows no coordinate.
impl fmt::Debug for PerturbedQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PerturbedQuery").field("metric", &self.metric).finish_non_exhaustive()
    }
}
