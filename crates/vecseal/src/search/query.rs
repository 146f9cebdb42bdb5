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

/// A query with its noise, made once for all compartments that it is to be compared in.
///
/// # Security
///
/// Whoever reads one of those compartments and sees the traffic learns the query up to this noise. Noise drawn anew for
/// each would average out for somebody who reads many, and noise as their headers ask may be none: anybody who shares a
/// right with the reader can make a header that asks for none. So the noise is one, and the caller says how much.
pub struct PerturbedQuery {
    vector: Wiped<f32>,
    metric: Metric,
}

impl PerturbedQuery {
    /// Adds noise uniform in a ball of this radius to a query, `f32[d]`; for cosine to its direction. Draws 32 bytes if
    /// the radius is above 0.
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
        let mut vector = metric.normalise(query);
        if radius > 0.0 {
            noise::add(&mut vector, radius, Secret::<32>::random(rng).expose());
        }
        Ok(Self { vector, metric })
    }
}

impl SearchKey {
    /// Returns the vector, `f32[k]`, to query with.
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] in mode sealed; [`Error::WrongDimension`]; [`Error::InvalidParameter`] if the query is
    /// for another metric.
    pub fn rotate_query(&self, query: &PerturbedQuery) -> Result<Vec<f32>> {
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
