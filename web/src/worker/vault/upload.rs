//! Uploading: documents are planned, embedded by the caller as far as they have no vectors, sealed and written.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vecseal::{PointId, Policy};
use vecseal_client::qdrant::{Qdrant, Transport};
use vecseal_client::{ClientError, EncryptedCollection, Keys};

use super::chunk::{Failures, Landed, write_chunk};
use super::collection::{Collection, Made, Original, Writer, keyring};
use super::{State, Vault};
use crate::gather::gather;
use crate::protocol::{Document, Failure, Sealing, Uploaded, Vectors, WrittenBy};
use crate::worker::clock::now;
use crate::worker::jobs::{Stoppable, cancelled};

/// Sealed and written together. Sealing them takes some milliseconds; other jobs go on after that.
const CHUNK: usize = 64;

/// What an upload will write.
pub(in crate::worker) struct Plan {
    made: Made,
    documents: Vec<Planned>,
    failures: Failures,
    serial: u64,
}

struct Planned {
    id: PointId,
    document: Document,
    policy: Policy,
    /// None: it is to be embedded.
    vector: Option<Rc<[f32]>>,
}

/// A collection that is written to.
struct Opened<T> {
    collection: Rc<EncryptedCollection<T>>,
    number: u64,
    /// The one that it took the place of.
    before: Option<Collection<T>>,
}

/// The model that embeds what has no vector.
#[derive(Clone, Copy)]
pub(in crate::worker) struct Model {
    pub(in crate::worker) name: &'static str,
    pub(in crate::worker) dimension: usize,
}

impl Plan {
    /// What is to be embedded.
    pub(in crate::worker) fn texts(&self) -> Vec<String> {
        self.to_embed().map(|planned| planned.document.to_embed()).collect()
    }

    /// How many documents need no embedding.
    pub(in crate::worker) fn ready(&self) -> usize {
        self.documents.len() - self.to_embed().count() + self.failures.all.len()
    }

    fn to_embed(&self) -> impl Iterator<Item = &Planned> {
        self.documents.iter().filter(|planned| planned.vector.is_none())
    }
}

impl<T: Transport + Clone> Vault<T> {
    /// Looks at what is to be uploaded: its ids, policies and vectors.
    pub(in crate::worker) fn plan(
        &self,
        collection: String,
        sealing: Sealing,
        documents: Vec<Document>,
        vectors: Vectors,
        model: Model,
    ) -> Result<Plan, Failure> {
        let authority = self.authority()?;
        self.qdrant()?;
        let state = self.state.borrow();
        let mut failures = Failures::default();
        // Of several with one id the last counts.
        let mut planned = BTreeMap::new();
        for document in documents {
            let policy = Policy::parse(&document.policy, authority.structure());
            match (document.id.parse::<PointId>(), policy) {
                (Ok(id), Ok(policy)) => {
                    let vector = match vectors {
                        Vectors::Kept => state.kept.get(&document.id).cloned(),
                        Vectors::Embedded => None,
                    };
                    planned.insert(
                        id,
                        Planned {
                            id,
                            document,
                            policy,
                            vector,
                        },
                    );
                }
                (Err(error), _) | (_, Err(error)) => failures.add(document.id, &error.into()),
            }
        }
        let same = state.collection.as_ref().filter(|known| known.made.name == collection);
        let mut came_with = planned.values().filter_map(|planned| Some(planned.vector.as_ref()?.len()));
        let dimension = same.map(|known| known.made.dimension).or_else(|| came_with.next()).unwrap_or(model.dimension);
        let all_ours = planned.values().all(|planned| planned.vector.is_none());
        let mut fitting = Vec::with_capacity(planned.len());
        for planned in planned.into_values() {
            match planned.vector.as_ref().map(|vector| vector.len()) {
                Some(found) if found != dimension => {
                    let why = format!("its vector has {found} dimensions, those of the collection {dimension}");
                    failures.add(planned.document.id, &Failure::new("wrong_dimension", &why));
                }
                None if dimension != model.dimension => {
                    let why = format!(
                        "it came without a vector, and embedding it gives {} dimensions, not the collection's {dimension}",
                        model.dimension
                    );
                    failures.add(planned.document.id, &Failure::new("missing_vector", &why));
                }
                _ => fitting.push(planned),
            }
        }
        Ok(Plan {
            made: Made {
                name: collection,
                sealing,
                dimension,
                model: all_ours.then_some(model.name),
                generation: same.map_or(0, |known| known.made.generation),
            },
            documents: fitting,
            failures,
            serial: state.serial,
        })
    }

    /// Seals and writes what was planned, with the vectors of [`Plan::texts`], until it is stopped. `tell` learns how many
    /// documents are done. What fails or is stopped before anything is written, or before it is through and can take the place of another
    /// collection, changes nothing that was there.
    pub(in crate::worker) async fn write(
        &self,
        plan: Plan,
        embedded: Vec<Rc<[f32]>>,
        tell: impl Fn(usize),
        stoppable: &Stoppable,
    ) -> Result<Uploaded, Failure> {
        let _turn = self.writing.lock().await;
        let start = now();
        let Plan {
            mut made,
            documents,
            mut failures,
            serial,
        } = plan;
        let mut uploaded = Uploaded {
            written: 0,
            failures: Vec::new(),
            missing: Vec::new(),
            is_cancelled: false,
            created: 0,
            embedding: 0.0,
            writing: 0.0,
            model: None,
            dimension: made.dimension,
        };
        let mut embedded = embedded.into_iter();
        let originals: Vec<(PointId, Rc<Original>)> = documents
            .into_iter()
            .filter_map(|planned| {
                let original = Original {
                    vector: planned.vector.or_else(|| embedded.next())?,
                    document: planned.document,
                    policy: planned.policy,
                };
                Some((planned.id, Rc::new(original)))
            })
            .collect();
        if originals.is_empty() {
            uploaded.missing = failures.all;
            uploaded.failures = failures.named;
            return Ok(uploaded);
        }
        if stoppable.is_stopped() {
            return Err(cancelled());
        }
        // A rotation meanwhile may have raised it.
        if let Ok(view) = self.view()
            && view.made.name == made.name
        {
            made.generation = view.made.generation;
        }
        let policies = originals.iter().map(|(_, original)| original.policy.clone()).collect();
        let opened = self.writer(&made, policies, serial).await?;
        let mut done = failures.all.len();
        let mut stopped = None;
        for chunk in originals.chunks(CHUNK) {
            if stopped.is_none() && stoppable.is_stopped() {
                stopped = Some(cancelled());
                uploaded.is_cancelled = true;
            }
            if stopped.is_none() {
                match write_chunk(&opened.collection, chunk, &mut failures).await {
                    Ok((landed, created)) => {
                        uploaded.written += landed.len();
                        uploaded.created += created;
                        self.remember(landed, opened.number)?;
                    }
                    Err(error) => {
                        self.forget_writer();
                        stopped = Some(error);
                    }
                }
            }
            if let Some(why) = &stopped {
                // A part of what is to take the place of another collection is of no use. Else what was written before is
                // there, and the others are what is missing.
                if uploaded.written == 0 || opened.before.is_some() {
                    self.go_back(opened);
                    return Err(why.clone());
                }
                for (_, original) in chunk {
                    if uploaded.is_cancelled {
                        failures.all.push(original.document.id.clone());
                    } else {
                        failures.add(original.document.id.clone(), why);
                    }
                }
            }
            done += chunk.len();
            tell(done);
            Self::yield_over(opened.collection.qdrant()).await;
        }
        if uploaded.written == 0 {
            self.go_back(opened);
        }
        uploaded.missing = failures.all;
        uploaded.failures = failures.named;
        uploaded.writing = now() - start;
        Ok(uploaded)
    }

    /// The collection to write to, made if there is none.
    async fn writer(&self, made: &Made, policies: Vec<Policy>, serial: u64) -> Result<Opened<T>, Failure> {
        let authority = self.authority()?;
        let qdrant = self.qdrant()?;
        let texts: BTreeSet<String> = gather(policies.iter().map(ToString::to_string));
        let known = {
            let state = self.state.borrow();
            if state.serial != serial {
                return Err(superseded());
            }
            let collection = state.collection.as_ref().filter(|known| known.made == *made);
            let writer = collection.and_then(|known| Some((known.writer.as_ref()?, known.number)));
            let fits = |(writer, _): &(&Writer<T>, u64)| {
                made.sealing.written_by == WrittenBy::Authority || texts.is_subset(&writer.policies)
            };
            writer.filter(fits).map(|(writer, number)| Opened {
                collection: Rc::clone(&writer.collection),
                number,
                before: None,
            })
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let keys = match made.sealing.written_by {
            WrittenBy::Authority => Keys::authority(authority),
            WrittenBy::WriterKey => {
                let shared = made.shared().map(|generation| authority.collection_key(&made.name, generation));
                Keys::writer(authority.issue_writer_key(&policies, shared.transpose()?.as_ref())?)
            }
        };
        let (collection, is_new) = create_or_open(&qdrant, made, keys).await?;
        let collection = Rc::new(collection);
        let mut state = self.state.borrow_mut();
        if state.serial != serial {
            return Err(superseded());
        }
        let writer = Some(Writer {
            collection: Rc::clone(&collection),
            policies: texts,
        });
        let State {
            collection: kept,
            collections,
            ..
        } = &mut *state;
        if let Some(known) = kept.as_mut().filter(|known| known.made.name == made.name && !is_new) {
            if known.made != *made {
                known.readers.clear();
            }
            known.made = made.clone();
            known.writer = writer;
            return Ok(Opened {
                collection,
                number: known.number,
                before: None,
            });
        }
        *collections += 1;
        let number = *collections;
        let before = kept.replace(Collection {
            number,
            qdrant,
            made: made.clone(),
            originals: Rc::default(),
            writer,
            readers: BTreeMap::new(),
        });
        Ok(Opened {
            collection,
            number,
            before,
        })
    }

    /// Goes on with the collection that this one took the place of.
    fn go_back(&self, opened: Opened<T>) {
        let mut state = self.state.borrow_mut();
        let is_current = state.collection.as_ref().is_some_and(|known| known.number == opened.number);
        if is_current && opened.before.is_some() {
            state.collection = opened.before;
        }
    }

    /// Remembers what was written, for comparison.
    fn remember(&self, landed: Landed, number: u64) -> Result<(), Failure> {
        let mut state = self.state.borrow_mut();
        let collection = state.collection.as_mut().filter(|collection| collection.number == number);
        Rc::make_mut(&mut collection.ok_or_else(superseded)?.originals).extend(landed);
        Ok(())
    }

    fn forget_writer(&self) {
        if let Some(collection) = &mut self.state.borrow_mut().collection {
            collection.writer = None;
        }
    }

    /// Deletes a collection with its keyring.
    pub(in crate::worker) async fn delete(&self, name: &str) -> Result<(), Failure> {
        let _turn = self.writing.lock().await;
        let qdrant = self.qdrant()?;
        qdrant.delete_collection(name).await?;
        qdrant.delete_collection(&keyring(name)).await?;
        self.state.borrow_mut().collection.take_if(|collection| collection.made.name == name);
        Ok(())
    }
}

async fn create_or_open<T: Transport + Clone>(
    qdrant: &Qdrant<T>,
    made: &Made,
    keys: Keys,
) -> Result<(EncryptedCollection<T>, bool), Failure> {
    let settings = made.settings()?;
    match EncryptedCollection::create(qdrant.clone(), &made.name, keys.clone(), settings.clone()).await {
        Err(ClientError::CollectionExists(_)) => {
            Ok((EncryptedCollection::open(qdrant.clone(), &made.name, keys, settings).await?, false))
        }
        created => Ok((created?, true)),
    }
}

fn superseded() -> Failure {
    Failure::new("superseded", "authority, connection or collection were replaced meanwhile")
}
