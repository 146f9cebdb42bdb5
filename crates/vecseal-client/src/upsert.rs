//! Writing: sealing points into the compartments of their policies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use vecseal::{Cid, CollectionKey, Compartment, CompartmentOptions, CryptoRng, Document, Header, PointId, Policy};
use vecseal_qdrant::{Payload, PointStruct, Transport, Vector};
use web_time::{SystemTime, UNIX_EPOCH};

use crate::collection::EncryptedCollection;
use crate::error::{ClientError, Result};
use crate::keys::Writer;
use crate::settings::{Settings, search_vectors};
use crate::{id, keyring, stored};

/// A point to seal.
#[derive(Debug, Clone)]
pub struct NewPoint<'p> {
    id: PointId,
    policy: &'p Policy,
    document: Document<'p>,
    public: Payload,
}

impl<'p> NewPoint<'p> {
    /// A document, for a point, under a policy.
    #[must_use]
    pub fn new(id: impl Into<PointId>, policy: &'p Policy, document: Document<'p>) -> Self {
        Self {
            id: id.into(),
            policy,
            document,
            public: Payload::new(),
        }
    }

    /// Leaves this payload in clear, to filter by: Qdrant and whoever reads it see it. The key `vecseal` is taken.
    #[must_use]
    pub fn public(self, payload: Payload) -> Self {
        Self {
            public: payload,
            ..self
        }
    }
}

/// How far an upsert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Points that are written, or have failed.
    pub done: usize,
    /// All points.
    pub total: usize,
}

/// What an upsert did.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Upserted {
    /// How many points are written.
    pub written: usize,
    /// The points that are not, or of which it is unknown. Writing them again is safe: the same id overwrites.
    pub failures: Vec<Failure>,
    /// How many compartments were created for them.
    pub created: usize,
}

/// A point that is not written, or of which it is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// Its place among the points given, from 0.
    pub index: usize,
    /// Its id.
    pub id: PointId,
    /// Why.
    pub error: ClientError,
}

/// What new records are sealed into, by the policy's text.
pub(crate) type Sealing = BTreeMap<String, SealedInto>;

/// A compartment to seal into, and the tag that its header has in the keyring.
#[derive(Clone)]
pub(crate) struct SealedInto {
    compartment: Arc<Compartment>,
    tag: String,
}

/// Points that are sealed, on their way together.
#[derive(Default)]
struct Batch {
    points: Vec<PointStruct>,
    indexes: Vec<usize>,
    bytes: usize,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Seals points and writes them, in batches of a few megabytes, some at a time.
    ///
    /// A point that cannot be sealed fails alone; a batch that does not land fails as a whole, point by point. All others
    /// are written. Of several with one id only the last counts, whether it can be sealed or not. `progress` is called
    /// after each batch and at the end.
    ///
    /// # Errors
    ///
    /// Only if nothing was written: [`ClientError::NoWriterKey`], [`ClientError::NoParameters`], a policy that the key
    /// cannot write under, or a keyring that cannot be read or written.
    pub async fn upsert(&self, points: &[NewPoint<'_>], mut progress: impl FnMut(Progress)) -> Result<Upserted> {
        self.state().cache.expire();
        let (compartments, created) = self.compartments_for(points.iter().map(|point| point.policy)).await?;
        let mut rng = vecseal::system_rng()?;
        let mut written = 0;
        let mut unsealed = Vec::new();
        // Batches overtake each other, so of points with one id only the last is sent.
        let last: BTreeMap<PointId, usize> =
            points.iter().enumerate().map(|(index, point)| (point.id, index)).collect();
        let mut indexes: Vec<usize> = last.values().copied().collect();
        indexes.sort_unstable();
        // Sealed as they are asked for, so that no more than a few batches are in memory.
        let mut rest = indexes.into_iter().peekable();
        let batches = std::iter::from_fn(|| {
            let mut batch = Batch::default();
            while rest.peek().is_some() && batch.has_room() {
                let next = rest.next().and_then(|index| Some((index, points.get(index)?)));
                if let Some((index, point)) = next {
                    match self.sealed(point, &compartments, &mut rng) {
                        Ok((sealed, bytes)) => batch.push(index, sealed, bytes),
                        Err(error) => unsealed.push((index, error)),
                    }
                }
            }
            (!batch.points.is_empty()).then_some(batch)
        });
        let mut sent = stream::iter(batches).map(|batch| self.send(batch)).buffer_unordered(BATCHES_AT_ONCE);
        let mut failed = Vec::new();
        while let Some((indexes, sent)) = sent.next().await {
            match sent {
                Ok(()) => written += indexes.len(),
                Err(error) => failed.extend(indexes.into_iter().map(|index| (index, error.clone()))),
            }
            progress(Progress {
                done: written + failed.len(),
                total: last.len(),
            });
        }
        drop(sent);
        self.state().cache.expire();
        failed.extend(unsealed);
        progress(Progress {
            done: written + failed.len(),
            total: last.len(),
        });
        failed.sort_by_key(|(index, _)| *index);
        let failures = failed.into_iter().filter_map(|(index, error)| {
            let id = points.get(index)?.id;
            Some(Failure { index, id, error })
        });
        Ok(Upserted {
            written,
            failures: failures.collect(),
            created,
        })
    }

    async fn send(&self, batch: Batch) -> (Vec<usize>, Result<()>) {
        let shard_key = self.settings.shard_key.as_deref();
        let sent = self.qdrant.upsert(&self.name, &batch.points, shard_key).await;
        (batch.indexes, sent.map(|_| ()).map_err(|error| self.failed(error)))
    }

    /// Seals one point; also returns how large its request is about.
    fn sealed(
        &self,
        point: &NewPoint<'_>,
        compartments: &BTreeMap<String, Arc<Compartment>>,
        rng: &mut impl CryptoRng,
    ) -> Result<(PointStruct, usize)> {
        if point.public.contains_key(stored::FIELD) {
            return Err(ClientError::ReservedField);
        }
        let compartment = compartments.get(&point.policy.to_string()).ok_or(ClientError::NoWriterKey)?;
        let sealed = compartment.seal(&point.id, &point.document, rng)?;
        let coordinates = sealed.search_vector.as_ref().map_or(0, Vec::len);
        let public = if point.public.is_empty() {
            0
        } else {
            serde_json::to_vec(&point.public).map_or(0, |text| text.len())
        };
        let bytes = sealed.record.len() / 3 * 4 + coordinates * BYTES_A_COORDINATE + public + BYTES_A_POINT;
        if bytes > MAX_REQUEST_BYTES {
            return Err(ClientError::PointTooLarge);
        }
        let payload = stored::record_payload(compartment.cid(), &sealed.record, point.public.clone());
        let vector = match sealed.search_vector {
            Some(vector) => Vector::of(&self.settings.vector_name, vector),
            None => Vector::Named(BTreeMap::new()),
        };
        let id = id::to_qdrant(&point.id);
        Ok((PointStruct { id, vector, payload }, bytes))
    }

    /// The compartment to seal into for each of these policies, created if need be, with its header in the keyring; and
    /// how many were created.
    async fn compartments_for<'p>(
        &self,
        policies: impl Iterator<Item = &'p Policy>,
    ) -> Result<(BTreeMap<String, Arc<Compartment>>, usize)> {
        let policies: BTreeMap<String, &Policy> = policies.map(|policy| (policy.to_string(), policy)).collect();
        let _preparing = self.preparing.lock().await;
        self.check_known(&policies).await?;
        if policies.keys().any(|text| !self.state().sealing.contains_key(text)) {
            self.refresh().await?;
        }
        let mut found = BTreeMap::new();
        let mut new = Vec::new();
        for (text, policy) in policies {
            let known = self.state().sealing.get(&text).cloned();
            let known = match known {
                Some(known) => Some(known),
                None => self.existing(policy)?,
            };
            let into = if let Some(known) = known {
                known
            } else {
                let (compartment, header) = self.created(policy)?;
                let tag = stored::header_tag(&header);
                new.push((text.clone(), header));
                SealedInto {
                    compartment: Arc::new(compartment),
                    tag,
                }
            };
            found.insert(text, into);
        }
        let headers: Vec<&Header> = new.iter().map(|(_, header)| header).collect();
        keyring::put(&self.qdrant, &self.keyring_name, &headers).await?;
        let mut state = self.state();
        for (_, header) in &new {
            state.keyring.add(header, self.keys.reader());
        }
        state.sealing.extend(found.clone());
        drop(state);
        let compartments = found.into_iter().map(|(text, into)| (text, into.compartment));
        Ok((compartments.collect(), new.len()))
    }

    /// Looks at the headers of what was sealed into before. Nothing more is sealed under one that is another now, since it
    /// was re-wrapped after a rotation, or that is gone, since that is how a compartment is erased.
    async fn check_known(&self, policies: &BTreeMap<String, &Policy>) -> Result<()> {
        let known: Vec<(String, SealedInto)> = {
            let state = self.state();
            policies.keys().filter_map(|text| Some((text.clone(), state.sealing.get(text)?.clone()))).collect()
        };
        if known.is_empty() {
            return Ok(());
        }
        let cids: Vec<Cid> = known.iter().map(|(_, into)| *into.compartment.cid()).collect();
        let tags = keyring::tags(&self.qdrant, &self.keyring_name, &cids).await?;
        for (text, into) in known {
            if tags.get(into.compartment.cid()) != Some(&into.tag) {
                self.state().sealing.remove(&text);
            }
        }
        Ok(())
    }

    /// A compartment of the keyring that is safe to seal into, the newest.
    fn existing(&self, policy: &Policy) -> Result<Option<SealedInto>> {
        let entries: Vec<_> = self.state().keyring.entries().map(|(_, entry)| entry.clone()).collect();
        let mut newest: Option<(Compartment, String)> = None;
        for entry in entries {
            let opened = match (self.keys.writes(), self.keys.reader()) {
                (Some(Writer::Authority(authority)), _) => authority.open_to_seal(&entry.header, policy),
                // What a writer key creates, it cannot open again; and what it writes, others are not to read.
                (Some(Writer::Key(_)), _) | (None, None) => Ok(None),
                (None, Some(reader)) => reader.open_to_seal(&entry.header, policy),
            };
            // A header that is not what it should be is no reason not to write: there will be another.
            let Ok(Some(compartment)) = opened else { continue };
            let order =
                |compartment: &Compartment| (compartment.generation(), compartment.created_at(), *compartment.cid());
            if self.fits(&compartment) && newest.as_ref().is_none_or(|(other, _)| order(other) < order(&compartment)) {
                newest = Some((compartment, entry.tag));
            }
        }
        let Some((compartment, tag)) = newest else {
            return Ok(None);
        };
        if let Some(model) = &self.settings.model {
            compartment.require_model(model)?;
        }
        Ok(Some(SealedInto {
            compartment: Arc::new(compartment),
            tag,
        }))
    }

    /// Whether a compartment is like the settings ask for; without parameters there, whatever the collection takes.
    fn fits(&self, compartment: &Compartment) -> bool {
        let found = compartment.parameters();
        let Some(wanted) = &self.settings.parameters else {
            return search_vectors(found).is_none_or(|wanted| self.require_vectors(wanted).is_ok());
        };
        let same_search = wanted.mode() == found.mode()
            && wanted.dimension() == found.dimension()
            && wanted.search_dimensions() == found.search_dimensions()
            && wanted.metric() == found.metric()
            && wanted.noise() == found.noise()
            && wanted.scale() == found.scale();
        same_search && compartment.collection_key().map(CollectionKey::generation) == self.settings.collection_scope
    }

    fn created(&self, policy: &Policy) -> Result<(Compartment, Header)> {
        let writer = self.keys.writes().ok_or(ClientError::NoWriterKey)?;
        let mut options = options(&self.settings)?;
        let mut generation = self.settings.collection_scope.unwrap_or(0);
        let text = policy.to_string();
        let mut models = BTreeSet::new();
        for compartment in self.state().keyring.opened() {
            models.extend(compartment.model().map(ToOwned::to_owned));
            if compartment.policy() == text {
                generation = generation.max(compartment.generation().saturating_add(1));
            }
        }
        // Without a model in the settings, the one that is there. Where there are several, somebody has mixed them already.
        if self.settings.model.is_some() || models.len() == 1 {
            for model in &models {
                options = options.beside(Some(model))?;
            }
        }
        options = options.generation(generation);
        let mut rng = vecseal::system_rng()?;
        Ok(match writer {
            Writer::Authority(authority) => {
                let generation = self.settings.collection_scope;
                let key = generation.map(|generation| authority.collection_key(&self.name, generation)).transpose()?;
                authority.create_compartment(policy, &with_key(options, key.as_ref())?, &mut rng)?
            }
            Writer::Key(writer) => {
                let fits = |key: &&CollectionKey, generation| key.name() == self.name && key.generation() == generation;
                let key = match self.settings.collection_scope {
                    // An old one, which revoked readers hold, would do as well otherwise.
                    Some(generation) => {
                        let key = writer.collection_key().filter(|key| fits(key, generation));
                        Some(key.ok_or(ClientError::NoCollectionKey)?)
                    }
                    None => None,
                };
                writer.create_compartment(policy, &with_key(options, key)?, &mut rng)?
            }
        })
    }
}

fn options(settings: &Settings) -> Result<CompartmentOptions> {
    let parameters = settings.parameters.clone().ok_or(ClientError::NoParameters)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let options = CompartmentOptions::new(parameters).cipher(settings.cipher).created_at(now);
    Ok(options.model(settings.model.as_deref().unwrap_or_default())?)
}

fn with_key(options: CompartmentOptions, key: Option<&CollectionKey>) -> Result<CompartmentOptions> {
    Ok(match key {
        Some(key) => options.collection(key)?,
        None => options,
    })
}

impl Batch {
    fn has_room(&self) -> bool {
        self.bytes < BATCH_BYTES && self.points.len() < BATCH_POINTS
    }

    fn push(&mut self, index: usize, point: PointStruct, bytes: usize) {
        self.points.push(point);
        self.indexes.push(index);
        self.bytes += bytes;
    }
}

/// A batch ends beyond this. The largest point may come last, so that a request stays below what Qdrant takes.
const BATCH_BYTES: usize = 2 << 20;
const BATCH_POINTS: usize = 512;
const BATCHES_AT_ONCE: usize = 4;
/// Qdrant's limit less a batch.
const MAX_REQUEST_BYTES: usize = (32 << 20) - 2 * BATCH_BYTES;
/// A coordinate as text, sign, digits, exponent and comma.
const BYTES_A_COORDINATE: usize = 16;
const BYTES_A_POINT: usize = 256;
