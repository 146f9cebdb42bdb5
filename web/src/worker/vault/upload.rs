//! Uploading: documents are planned, embedded by the caller as far as they have no vectors, sealed and written.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vecseal::{Document as NewDocument, PointId, Policy};
use vecseal_client::qdrant::{Qdrant, Transport};
use vecseal_client::{ClientError, EncryptedCollection, Keys, NewPoint, Upserted};

use super::collection::{Collection, Made, Original, Writer};
use super::{State, Vault};
use crate::gather::gather;
use crate::protocol::{Document, Failure, Sealing, Unwritten, Uploaded, Vectors, WrittenBy};
use crate::worker::clock::now;

/// Sealed and written together. Sealing them takes some milliseconds; other jobs go on after that.
const CHUNK: usize = 64;
/// More failures are counted, not named.
const NAMED_FAILURES: usize = 20;

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

/// Documents that are not written.
#[derive(Default)]
struct Failures {
    named: Vec<Unwritten>,
    count: usize,
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
        self.to_embed().map(|planned| planned.document.passage()).collect()
    }

    /// How many documents need no embedding.
    pub(in crate::worker) fn ready(&self) -> usize {
        self.documents.len() - self.to_embed().count() + self.failures.count
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

    /// Seals and writes what was planned, with the vectors of [`Plan::texts`]. `tell` learns how many documents are done.
    pub(in crate::worker) async fn write(
        &self,
        plan: Plan,
        embedded: Vec<Rc<[f32]>>,
        tell: impl Fn(usize),
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
            failed: 0,
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
            uploaded.failed = failures.count;
            uploaded.failures = failures.named;
            return Ok(uploaded);
        }
        // A rotation meanwhile may have raised it.
        if let Ok(view) = self.view()
            && view.made.name == made.name
        {
            made.generation = view.made.generation;
        }
        let policies = originals.iter().map(|(_, original)| original.policy.clone()).collect();
        let (writer, number) = self.writer(&made, policies, serial).await?;
        let mut done = failures.count;
        let mut stopped = None;
        for chunk in originals.chunks(CHUNK) {
            if stopped.is_none() {
                match write_chunk(&writer, chunk, &mut failures).await {
                    Ok((landed, created)) => {
                        uploaded.written += landed.len();
                        uploaded.created += created;
                        self.remember(landed, number)?;
                    }
                    Err(error) => {
                        self.forget_writer();
                        // What was written before is there: then the others are what is missing.
                        if uploaded.written == 0 {
                            return Err(error);
                        }
                        stopped = Some(error);
                    }
                }
            }
            if let Some(error) = &stopped {
                for (_, original) in chunk {
                    failures.add(original.document.id.clone(), error);
                }
            }
            done += chunk.len();
            tell(done);
            Self::yield_over(writer.qdrant()).await;
        }
        uploaded.failed = failures.count;
        uploaded.failures = failures.named;
        uploaded.writing = now() - start;
        Ok(uploaded)
    }

    /// The collection to write to, made if there is none, and its number.
    async fn writer(
        &self,
        made: &Made,
        policies: Vec<Policy>,
        serial: u64,
    ) -> Result<(Rc<EncryptedCollection<T>>, u64), Failure> {
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
            writer.filter(fits).map(|(writer, number)| (Rc::clone(&writer.collection), number))
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
            return Ok((collection, known.number));
        }
        *collections += 1;
        let number = *collections;
        *kept = Some(Collection {
            number,
            qdrant,
            made: made.clone(),
            originals: Rc::default(),
            writer,
            readers: BTreeMap::new(),
        });
        Ok((collection, number))
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

    /// Deletes the collection of the last upload, with its keyring.
    pub(in crate::worker) async fn delete(&self) -> Result<(), Failure> {
        let _turn = self.writing.lock().await;
        let view = self.view()?;
        view.qdrant.delete_collection(&view.made.name).await?;
        view.qdrant.delete_collection(&view.keyring()).await?;
        let mut state = self.state.borrow_mut();
        state.collection.take_if(|collection| collection.number == view.number);
        Ok(())
    }
}

type Landed = Vec<(PointId, Rc<Original>)>;

async fn write_chunk<T: Transport>(
    writer: &EncryptedCollection<T>,
    chunk: &[(PointId, Rc<Original>)],
    failures: &mut Failures,
) -> Result<(Landed, usize), Failure> {
    let passages: Vec<String> = chunk.iter().map(|(_, original)| original.document.passage()).collect();
    let points: Vec<NewPoint<'_>> = chunk
        .iter()
        .zip(&passages)
        .map(|((id, original), passage)| {
            NewPoint::new(*id, &original.policy, NewDocument::new(&original.vector).text(passage))
        })
        .collect();
    let upserted = upsert(writer, &points).await?;
    let failed: BTreeSet<PointId> = gather(upserted.failures.iter().map(|failure| failure.id));
    for failure in upserted.failures {
        failures.add(failure.id.to_string(), &failure.error.into());
    }
    let landed = chunk.iter().filter(|(id, _)| !failed.contains(id)).cloned();
    Ok((landed.collect(), upserted.created))
}

/// Writes points. The client's own is compiled anew for each caller's way to be told how far it is: 20 KB of wasm.
pub(in crate::worker) async fn upsert<T: Transport>(
    writer: &EncryptedCollection<T>,
    points: &[NewPoint<'_>],
) -> Result<Upserted, ClientError> {
    writer.upsert(points, |_| ()).await
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

impl Failures {
    fn add(&mut self, document: String, why: &Failure) {
        self.count += 1;
        if self.named.len() < NAMED_FAILURES {
            self.named.push(Unwritten {
                document,
                code: why.code.clone(),
                message: why.message.clone(),
            });
        }
    }
}
