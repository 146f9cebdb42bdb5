//! The keyring of a collection: which compartments there are, and which of them open.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use vecseal::{Cid, Compartment, Header, PointId, UserKey};
use vecseal_qdrant::{PointStruct, Qdrant, Record, RetrieveRequest, ScrollRequest, Transport, Vector, WithPayload};
use web_time::Instant;

use crate::error::{ClientError, Refused, Result};
use crate::gather::gather;
use crate::{id, stored};

/// Something in the keyring that is no header of its compartment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyringProblem {
    /// The point of the keyring; none if its id is no id.
    pub point: Option<PointId>,
    /// What is wrong with it.
    pub refused: Refused,
}

/// What is known of a keyring.
#[derive(Default)]
pub(crate) struct Keyring {
    entries: BTreeMap<Cid, Entry>,
    problems: BTreeMap<PointId, Refused>,
    /// Points that are no header's.
    strangers: usize,
    /// How many looks have begun.
    looks: u64,
    /// Which of them was taken over last, and when it began.
    latest: Option<(u64, Instant)>,
}

/// One header.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) header: Arc<Header>,
    /// The compartment, if there is a reader and it opens.
    pub(crate) opened: std::result::Result<Arc<Compartment>, Refused>,
    pub(crate) tag: String,
    /// How many looks had begun when it was stored from here; those did not see it.
    added: Option<u64>,
}

/// A look at the keyring that has begun.
pub(crate) struct Look {
    number: u64,
    at: Instant,
    /// The tags that were known.
    known: BTreeMap<Cid, String>,
}

/// What a look at the keyring showed.
pub(crate) struct Seen {
    /// The headers that are there.
    there: BTreeSet<Cid>,
    /// Headers that were not known, or are others now.
    changed: Vec<Record>,
    strangers: usize,
}

impl Keyring {
    pub(crate) fn is_older_than(&self, age: Duration) -> bool {
        self.latest.is_none_or(|(_, at)| at.elapsed() >= age)
    }

    pub(crate) fn get(&self, cid: &Cid) -> Option<&Entry> {
        self.entries.get(cid)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = (&Cid, &Entry)> {
        self.entries.iter()
    }

    /// The compartments that open.
    pub(crate) fn opened(&self) -> impl Iterator<Item = &Arc<Compartment>> {
        self.entries.values().filter_map(|entry| entry.opened.as_ref().ok())
    }

    pub(crate) fn problems(&self) -> impl Iterator<Item = KeyringProblem> {
        let strangers = std::iter::repeat_n((None, Refused::Malformed), self.strangers);
        let of_headers = self.problems.iter().map(|(point, refused)| (Some(*point), *refused));
        strangers.chain(of_headers).map(|(point, refused)| KeyringProblem { point, refused })
    }

    /// Begins a look.
    pub(crate) fn begin(&mut self) -> Look {
        self.looks += 1;
        Look {
            number: self.looks,
            at: Instant::now(),
            known: gather(self.entries.iter().map(|(cid, entry)| (*cid, entry.tag.clone()))),
        }
    }

    /// Takes over what was seen. Headers that are gone are forgotten: deleting one is how a compartment is erased. What was
    /// stored from here since the look began stays, and what a later look saw.
    pub(crate) fn apply(&mut self, seen: Seen, reader: Option<&UserKey>, look: &Look) {
        if self.latest.is_some_and(|(number, _)| number > look.number) {
            return;
        }
        let is_newer = |entry: &Entry| entry.added.is_some_and(|looks| looks >= look.number);
        self.entries.retain(|cid, entry| seen.there.contains(cid) || is_newer(entry));
        self.problems
            .retain(|point, _| matches!(point, PointId::Uuid(bytes) if seen.there.contains(&Cid::from_bytes(*bytes))));
        self.strangers = seen.strangers;
        for record in seen.changed {
            let Some(point @ PointId::Uuid(bytes)) = id::from_qdrant(&record.id) else {
                continue;
            };
            let cid = Cid::from_bytes(bytes);
            if self.entries.get(&cid).is_some_and(is_newer) {
                continue;
            }
            self.problems.remove(&point);
            match read(&record) {
                Ok((header, tag)) => {
                    let opened = open(&header, reader);
                    if let Err(refused @ (Refused::Tampered | Refused::Malformed | Refused::UnsupportedVersion)) =
                        opened
                    {
                        self.problems.insert(point, refused);
                    }
                    self.insert(header, tag, opened, None);
                }
                Err(refused) => {
                    self.entries.remove(&cid);
                    self.problems.insert(point, refused);
                }
            }
        }
        self.latest = Some((look.number, look.at));
    }

    /// Takes over a header that this client has just stored.
    pub(crate) fn add(&mut self, header: &Header, reader: Option<&UserKey>) {
        self.insert(header.clone(), stored::header_tag(header), open(header, reader), Some(self.looks));
    }

    fn insert(
        &mut self,
        header: Header,
        tag: String,
        opened: std::result::Result<Arc<Compartment>, Refused>,
        added: Option<u64>,
    ) {
        let entry = Entry {
            header: Arc::new(header),
            opened,
            tag,
            added,
        };
        self.entries.insert(*entry.header.cid(), entry);
    }
}

/// Looks at a keyring: reads the tags of all headers, and the headers whose tag is not the known one.
pub(crate) async fn look<T: Transport>(qdrant: &Qdrant<T>, name: &str, begun: &Look) -> Result<Seen> {
    let known = &begun.known;
    // At the first look every header is new, so all come at once.
    let (page, wanted) = if known.is_empty() {
        (HEADERS_A_PAGE, WithPayload::Only(vec![stored::FIELD.into()]))
    } else {
        (TAGS_A_PAGE, WithPayload::Only(vec![stored::TAG.into()]))
    };
    let request = ScrollRequest {
        offset: None,
        limit: page,
        filter: None,
        with_payload: wanted,
        with_vector: false,
        shard_key: None,
    };
    let records = qdrant.scroll_all(name, request, MAX_HEADERS).await.map_err(|error| missing(error, name))?;
    let mut seen = Seen {
        there: BTreeSet::new(),
        changed: Vec::new(),
        strangers: 0,
    };
    let mut unknown = Vec::new();
    for record in records {
        let Some(PointId::Uuid(bytes)) = id::from_qdrant(&record.id) else {
            seen.strangers += 1;
            continue;
        };
        let cid = Cid::from_bytes(bytes);
        let tag = stored::tag_of(record.payload.as_ref()).map(ToOwned::to_owned);
        if known.is_empty() {
            seen.changed.push(record);
        } else if tag.is_none() || tag.as_ref() != known.get(&cid) {
            unknown.push(record.id);
        }
        seen.there.insert(cid);
    }
    let found = qdrant
        .retrieve_all(name, &unknown, &only(stored::FIELD))
        .await
        .map_err(|error| missing(error, name))?;
    seen.changed.extend(found.into_values());
    Ok(seen)
}

/// One field of the payload.
fn only(field: &'static str) -> RetrieveRequest<'static> {
    RetrieveRequest {
        ids: &[],
        with_payload: WithPayload::Only(vec![field.into()]),
        with_vector: false,
        shard_key: None,
    }
}

/// Stores headers, and waits until they are there: what is sealed under them comes after.
pub(crate) async fn put<T: Transport>(qdrant: &Qdrant<T>, name: &str, headers: &[&Header]) -> Result<()> {
    let points: Vec<PointStruct> = headers
        .iter()
        .map(|header| PointStruct {
            id: id::to_qdrant(&id::of_header(header.cid())),
            vector: Vector::Named(BTreeMap::new()),
            payload: stored::header_payload(header),
        })
        .collect();
    for chunk in points.chunks(HEADERS_A_PAGE / 4) {
        qdrant.upsert(name, chunk, None).await.map_err(|error| missing(error, name))?;
    }
    Ok(())
}

/// The tags of those of these headers that are in the keyring.
pub(crate) async fn tags<T: Transport>(qdrant: &Qdrant<T>, name: &str, cids: &[Cid]) -> Result<BTreeMap<Cid, String>> {
    let ids: Vec<_> = cids.iter().map(|cid| id::to_qdrant(&id::of_header(cid))).collect();
    let found = qdrant.retrieve_all(name, &ids, &only(stored::TAG)).await.map_err(|error| missing(error, name))?;
    let tags = found.values().filter_map(|record| match id::from_qdrant(&record.id)? {
        PointId::Uuid(bytes) => {
            let tag = stored::tag_of(record.payload.as_ref()).unwrap_or_default();
            Some((Cid::from_bytes(bytes), tag.to_owned()))
        }
        PointId::Number(_) => None,
    });
    Ok(gather(tags))
}

/// A request or answer holds so many headers: of the largest, about 180 MB.
const HEADERS_A_PAGE: usize = 256;
const TAGS_A_PAGE: usize = 4_096;
/// A keyring of more headers is none of ours.
const MAX_HEADERS: usize = 200_000;

fn missing(error: vecseal_qdrant::QdrantError, name: &str) -> ClientError {
    if error.is_missing_collection() {
        ClientError::MissingKeyring(name.to_owned())
    } else {
        error.into()
    }
}

/// Reads a header, which must be that of its point.
fn read(record: &Record) -> std::result::Result<(Header, String), Refused> {
    let (header, tag) = stored::header(record.payload.as_ref())?;
    if id::from_qdrant(&record.id) == Some(id::of_header(header.cid())) {
        Ok((header, tag))
    } else {
        Err(Refused::Tampered)
    }
}

fn open(header: &Header, reader: Option<&UserKey>) -> std::result::Result<Arc<Compartment>, Refused> {
    let reader = reader.ok_or(Refused::AccessDenied)?;
    reader.open(header).map(Arc::new).map_err(|error| Refused::from(&error))
}
