//! What a collection is used with beside keys.

use std::time::Duration;

use vecseal::{Metric, Mode, RecordCipher, SearchParameters};
use vecseal_qdrant::{Distance, HnswConfig, NewCollection, OptimizersConfig, Quantization, VectorParams, Vectors};

use crate::error::Result;

/// How a collection is made, written and read. For reading alone, the default will do.
///
/// What new compartments are like is in here and comes from the caller, never from the server: a server that could say
/// how much noise there is would say none.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub(crate) parameters: Option<SearchParameters>,
    pub(crate) collection_scope: Option<u32>,
    pub(crate) cipher: RecordCipher,
    pub(crate) model: Option<String>,
    pub(crate) vector_name: String,
    pub(crate) shard_key: Option<String>,
    pub(crate) refresh_every: Option<Duration>,
    pub(crate) query_noise: Option<f32>,
    pub(crate) template: NewCollection,
    pub(crate) hnsw: Option<HnswConfig>,
}

impl Settings {
    /// Takes the search parameters of new compartments: dimension, metric, mode, noise.
    #[must_use]
    pub fn new(parameters: SearchParameters) -> Self {
        Self {
            parameters: Some(parameters),
            ..Self::default()
        }
    }

    /// Makes new compartments share one search key (scope collection), of this generation: the authority's, or the one
    /// that the writer key carries. Raise the generation with every rotation.
    ///
    /// # Security
    ///
    /// Every reader of anything then holds the search key of everything; noise alone protects the search vectors of
    /// others against a reader with a copy of the database.
    #[must_use]
    pub fn collection_scope(self, generation: u32) -> Self {
        Self {
            collection_scope: Some(generation),
            ..self
        }
    }

    /// Sets the cipher of new compartments' records.
    #[must_use]
    pub fn cipher(self, cipher: RecordCipher) -> Self {
        Self { cipher, ..self }
    }

    /// Names the embedding model of all vectors. Compartments of another one are refused.
    #[must_use]
    pub fn model(self, name: &str) -> Self {
        Self {
            model: Some(name.to_owned()),
            ..self
        }
    }

    /// Uses the collection's vectors of this name; without it, those without a name.
    #[must_use]
    pub fn vector_name(self, name: &str) -> Self {
        Self {
            vector_name: name.to_owned(),
            ..self
        }
    }

    /// Reads and writes in one shard, of a collection with shard keys of its own.
    #[must_use]
    pub fn shard_key(self, key: &str) -> Self {
        Self {
            shard_key: Some(key.to_owned()),
            ..self
        }
    }

    /// Sets how old what is known of the keyring, and of compartments of mode sealed, may be when a search begins; 30 s if
    /// nothing else is said. Zero looks every time. What this client writes itself it sees at once.
    #[must_use]
    pub fn refresh_every(self, duration: Duration) -> Self {
        Self {
            refresh_every: Some(duration),
            ..self
        }
    }

    /// Sets the least noise of queries, 0 to 16, as a multiple of the query's norm. Without it, it is that of the search
    /// parameters if they are given for mode geometric, and 0.25 otherwise. If compartments ask for more, there is more, up
    /// to 1.
    ///
    /// # Errors
    ///
    /// [`vecseal::Error::InvalidParameter`].
    ///
    /// # Security
    ///
    /// Whoever reads a compartment that is searched and sees the traffic learns queries up to this noise. What headers ask
    /// for does not suffice: anybody who shares a right with the reader can make one that asks for none.
    pub fn query_noise(self, noise: f32) -> Result<Self> {
        if !(0.0..=MAX_QUERY_NOISE).contains(&noise) {
            return Err(vecseal::Error::InvalidParameter.into());
        }
        Ok(Self {
            query_noise: Some(noise),
            ..self
        })
    }

    /// Sets the graph index of a new collection.
    #[must_use]
    pub fn hnsw(self, hnsw: HnswConfig) -> Self {
        Self {
            hnsw: Some(hnsw),
            ..self
        }
    }

    /// Sets when a new collection gets its graph index.
    #[must_use]
    pub fn optimizers(mut self, optimizers: OptimizersConfig) -> Self {
        self.template.optimizers_config = Some(optimizers);
        self
    }

    /// Has a new collection keep compressed copies of the search vectors.
    #[must_use]
    pub fn quantization(mut self, quantization: Quantization) -> Self {
        self.template.quantization_config = Some(quantization);
        self
    }

    /// Spreads a new collection over a cluster: how many shards, and how many nodes hold each.
    #[must_use]
    pub fn sharding(mut self, shards: u32, replicas: u32) -> Self {
        self.template.shard_number = Some(shards);
        self.template.replication_factor = Some(replicas);
        self
    }

    pub(crate) fn least_query_noise(&self) -> f32 {
        let of_parameters = self.parameters.as_ref().filter(|parameters| parameters.mode() == Mode::Geometric);
        self.query_noise.or(of_parameters.map(SearchParameters::query_noise)).unwrap_or(DEFAULT_QUERY_NOISE)
    }

    pub(crate) fn refresh_after(&self) -> Duration {
        self.refresh_every.unwrap_or(Duration::from_secs(30))
    }

    /// The body that creates the collection.
    pub(crate) fn new_collection(&self, parameters: &SearchParameters) -> NewCollection {
        let mut collection = self.template.clone();
        collection.vectors = match search_vectors(parameters) {
            None => Vectors::default(),
            Some((size, distance)) => {
                let params = VectorParams {
                    hnsw_config: self.hnsw,
                    ..VectorParams::new(size, distance)
                };
                if self.vector_name.is_empty() {
                    Vectors::Single(params)
                } else {
                    Vectors::Named([(self.vector_name.clone(), params)].into())
                }
            }
        };
        collection
    }
}

/// What the preset strong has, the least of those that have any.
const DEFAULT_QUERY_NOISE: f32 = 0.25;
const MAX_QUERY_NOISE: f32 = 16.0;

/// The search vectors that Qdrant gets with these parameters: how many coordinates, and how they are compared. None in
/// mode sealed.
pub(crate) fn search_vectors(parameters: &SearchParameters) -> Option<(u64, Distance)> {
    (parameters.mode() == Mode::Geometric)
        .then(|| (parameters.search_dimensions() as u64, distance(parameters.metric())))
}

/// How Qdrant compares search vectors. Cosine itself for cosine: the norm of a perturbed vector says how much of the noise
/// points along the vector, and dividing by it takes that part away (`docs/QDRANT.md`).
pub(crate) fn distance(metric: Metric) -> Distance {
    match metric {
        Metric::Cosine => Distance::Cosine,
        Metric::Dot => Distance::Dot,
        Metric::Euclid => Distance::Euclid,
    }
}
