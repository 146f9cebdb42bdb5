//! Which compartments a search goes to. Headers are what somebody put into the keyring: one that does not fit is left
//! out and named, so that it cannot stop searches of the others.

use std::sync::Arc;

use vecseal::{Cid, Compartment, Metric, Mode};
use vecseal_qdrant::{Distance, Transport};

use crate::collection::EncryptedCollection;
use crate::error::{ClientError, Result};
use crate::settings::{distance, search_vectors};

/// A compartment that a search left out, though it opens.
#[derive(Debug, Clone, PartialEq)]
pub struct Skipped {
    /// Its id.
    pub cid: Cid,
    /// Why: its vectors are of another embedding model, dimension or metric, or not those that the collection compares.
    pub error: ClientError,
}

/// The compartments that a search goes to.
pub(super) struct Selection {
    pub(super) metric: Metric,
    pub(super) geometric: Vec<Arc<Compartment>>,
    pub(super) sealed: Vec<Arc<Compartment>>,
    pub(super) skipped: Vec<Skipped>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Sorts out what opens for a search with a vector of this dimension. An error if nothing can be searched.
    pub(super) fn selection(&self, dimension: usize) -> Result<Selection> {
        let opened = self.opened()?;
        let metric = self.metric(&opened, dimension)?;
        let mut selection = Selection {
            metric,
            geometric: Vec::new(),
            sealed: Vec::new(),
            skipped: Vec::new(),
        };
        for compartment in opened {
            match self.check(&compartment, dimension, metric) {
                Ok(()) if compartment.parameters().mode() == Mode::Sealed => selection.sealed.push(compartment),
                Ok(()) => selection.geometric.push(compartment),
                Err(error) => selection.skipped.push(Skipped {
                    cid: *compartment.cid(),
                    error,
                }),
            }
        }
        match selection.skipped.first() {
            Some(skipped) if selection.geometric.is_empty() && selection.sealed.is_empty() => {
                Err(skipped.error.clone())
            }
            _ => Ok(selection),
        }
    }

    /// The metric of the settings, or what the collection compares by, or what all compartments have.
    fn metric(&self, opened: &[Arc<Compartment>], dimension: usize) -> Result<Metric> {
        let of_settings = self.settings.parameters.as_ref().map(vecseal::SearchParameters::metric);
        let of_collection = self.vectors.and_then(|(_, distance)| match distance {
            Distance::Cosine => Some(Metric::Cosine),
            Distance::Dot => Some(Metric::Dot),
            Distance::Euclid => Some(Metric::Euclid),
            Distance::Manhattan => None,
        });
        if let Some(metric) = of_settings.or(of_collection) {
            return Ok(metric);
        }
        let parameters = opened.iter().map(|compartment| compartment.parameters());
        let mut metrics: Vec<_> = parameters
            .filter(|found| found.dimension() == dimension)
            .map(vecseal::SearchParameters::metric)
            .collect();
        metrics.dedup();
        match metrics.as_slice() {
            [] => Ok(Metric::Cosine),
            [metric] => Ok(*metric),
            _ => Err(ClientError::AmbiguousMetric),
        }
    }

    fn check(&self, compartment: &Compartment, dimension: usize, metric: Metric) -> Result<()> {
        if let Some(model) = &self.settings.model {
            compartment.require_model(model)?;
        }
        let parameters = compartment.parameters();
        if parameters.dimension() != dimension {
            return Err(vecseal::Error::WrongDimension.into());
        }
        if parameters.metric() != metric {
            return Err(ClientError::WrongMetric {
                expected: distance(parameters.metric()),
                found: distance(metric),
            });
        }
        match search_vectors(parameters) {
            Some(wanted) => self.require_vectors(wanted),
            None => Ok(()),
        }
    }
}
