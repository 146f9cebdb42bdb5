//! Compartments: all records sealed under one policy and one generation of its key (`docs/FORMAT.md` §6).

pub(crate) mod body;
pub(crate) mod document;
pub(crate) mod header;
pub(crate) mod header_keys;
pub(crate) mod point_id;
pub(crate) mod record;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::access::policy::Policy;
use crate::bytes::cbor::Reader;
use crate::bytes::object::{self, CHECK_ENTRY_BYTES, Kind};
use crate::crypto::aead::RecordCipher;
use crate::crypto::kdf::{Label, kdf};
use crate::crypto::secret::Secret;
use crate::error::{Error, ModelMismatch, Result};
use crate::ids::Cid;
use crate::keys::collection::CollectionKey;
use crate::limits::{MAX_KEY_BYTES, MAX_MODEL_BYTES};
use crate::search::key::SearchKey;
use crate::search::parameters::{Mode, SearchParameters};
use crate::search::query::PerturbedQuery;
use body::Body;
use document::{Document, OpenedRecord};
use point_id::PointId;
use record::Sealed;

/// An open compartment: seals and opens its records and encrypts queries to it.
///
/// A user key [opens](crate::UserKey::open) it from its header; an authority or a writer key creates it.
pub struct Compartment {
    key: Secret<32>,
    cid: Cid,
    search: SearchKey,
    body: Body,
}

impl Compartment {
    /// Seals a document for a point: its record, and in mode geometric the vector to search it by.
    ///
    /// # Errors
    ///
    /// [`Error::CompartmentClosed`], or what is wrong with the document: [`Error::WrongDimension`],
    /// [`Error::NotFinite`], [`Error::ZeroVector`], [`Error::VectorOutOfRange`], [`Error::TooLong`].
    ///
    /// # Security
    ///
    /// Sealing again under the same point id makes another valid record of that point: a server can replay the older
    /// one.
    pub fn seal(&self, point: &PointId, document: &Document<'_>, rng: &mut impl CryptoRng) -> Result<Sealed> {
        if self.body.closed {
            return Err(Error::CompartmentClosed);
        }
        record::seal(self, point, document, rng)
    }

    /// Opens the record of a point.
    ///
    /// # Errors
    ///
    /// [`Error::Tampered`] if it was not sealed in this compartment for this point; [`Error::Malformed`];
    /// [`Error::UnsupportedVersion`].
    pub fn open(&self, point: &PointId, record: &[u8]) -> Result<OpenedRecord> {
        record::open(self, point, record)
    }

    /// Returns the search vector, `f32[k]`, to query this compartment with, and no other: for several, see
    /// [`PerturbedQuery`].
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] in mode sealed, or what is wrong with the vector.
    ///
    /// # Security
    ///
    /// Has the noise that the header's creator chose.
    pub fn encrypt_query(&self, query: &[f32], rng: &mut impl CryptoRng) -> Result<Vec<f32>> {
        self.search.encrypt_query(query, rng)
    }

    /// Returns the search vector, `f32[k]`, to query this compartment with, of a query that goes to others too. Draws 32
    /// bytes if the query has noise.
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] in mode sealed; [`Error::WrongDimension`]; [`Error::InvalidParameter`] if the query is
    /// for another metric.
    pub fn rotate_query(&self, query: &PerturbedQuery, rng: &mut impl CryptoRng) -> Result<Vec<f32>> {
        self.search.rotate_query(query, rng)
    }

    /// Whether one search vector queries both: they hold the same search key, as in scope collection, and search vectors
    /// of the same dimensions. What their headers claim to share does not count.
    #[must_use]
    pub fn shares_search_key(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.parameters(), other.parameters());
        let same_dimensions =
            ours.dimension() == theirs.dimension() && ours.search_dimensions() == theirs.search_dimensions();
        same_dimensions && self.search.secret().matches(other.search.secret().expose())
    }

    /// Recomputes the search vector of an opened record, `f32[k]`, bit for bit.
    ///
    /// # Errors
    ///
    /// [`Error::NoSearchVector`] in mode sealed; [`Error::WrongDimension`] for a record of another compartment.
    pub fn search_vector(&self, record: &OpenedRecord) -> Result<Vec<f32>> {
        self.search.parameters().check_vector(record.vector())?;
        let noise = record::Keys::new(self, record.salt()).noise();
        self.search.transform(record.vector(), self.search.parameters().noise(), &noise)
    }

    /// Checks that a search vector found on the server is the one sealed with this record.
    ///
    /// For cosine, where servers store vectors normalised, the direction is compared (to 1e-4); for dot and Euclid
    /// every bit.
    ///
    /// # Errors
    ///
    /// [`Error::Tampered`] if it is another; [`Error::NoSearchVector`] in mode sealed.
    pub fn verify_search_vector(&self, record: &OpenedRecord, stored: &[f32]) -> Result<()> {
        let expected = self.search_vector(record)?;
        self.search.parameters().metric().same(&expected, stored).then_some(()).ok_or(Error::Tampered)
    }

    /// Returns the id of this compartment; records name it, and it is public.
    #[must_use]
    pub fn cid(&self) -> &Cid {
        &self.cid
    }

    /// Returns the policy's text form, as the header's creator claims it. What decides is who can open the header.
    #[must_use]
    pub fn policy(&self) -> &str {
        &self.body.policy
    }

    /// Returns the search parameters.
    #[must_use]
    pub fn parameters(&self) -> &SearchParameters {
        self.search.parameters()
    }

    /// Returns the key shared with the other compartments of the collection, in scope collection.
    #[must_use]
    pub fn collection_key(&self) -> Option<&CollectionKey> {
        self.body.collection.as_ref()
    }

    /// Returns the cipher of the records.
    #[must_use]
    pub fn cipher(&self) -> RecordCipher {
        self.body.cipher
    }

    /// Returns the generation, from 0.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.body.generation
    }

    /// Returns whether new records belong into a later generation.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.body.closed
    }

    /// Returns when it was created, in Unix seconds, as its creator said.
    #[must_use]
    pub fn created_at(&self) -> u64 {
        self.body.created_at
    }

    /// Returns the embedding model that the vectors come from, as its creator said.
    #[must_use]
    pub fn model(&self) -> Option<&str> {
        self.body.model.as_deref()
    }

    /// Refuses vectors of another embedding model than this compartment's; if it names none, every model will do.
    ///
    /// # Errors
    ///
    /// [`Error::WrongModel`], which names both.
    pub fn require_model(&self, model: &str) -> Result<()> {
        require_model(self.model(), model)
    }

    /// Returns the key file of this open compartment, to hand it to another worker of the same session.
    ///
    /// # Security
    ///
    /// Whoever has these bytes reads and writes everything sealed in this compartment, whatever the policy says; a writer
    /// that stores them can read again what it wrote. They are wiped when dropped: do not store them.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let capacity = 64 + CHECK_ENTRY_BYTES + self.body.encoded_bytes();
        let mut writer = object::start(Kind::Compartment, 5, capacity);
        writer.key(2).bytes(self.key.expose());
        self.body.write(writer.key(3));
        object::finish_with_check(writer)
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`], [`Error::UnsupportedVersion`] or [`Error::WrongObject`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        object::decode(bytes, Kind::Compartment, MAX_KEY_BYTES, Self::read, Self::to_bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.key(2)?;
        let key = Secret::copy_of(reader.fixed()?);
        reader.key(3)?;
        let body = Body::read(reader)?;
        object::read_check(reader)?;
        Ok(Self::of(key, body))
    }

    pub(crate) fn create(policy: &Policy, options: &CompartmentOptions, rng: &mut impl CryptoRng) -> Self {
        let body = Body {
            cipher: options.cipher,
            generation: options.generation,
            closed: false,
            created_at: options.created_at,
            policy: alloc::format!("{policy}").into(),
            parameters: options.parameters.clone().in_collection(options.collection.is_some()),
            collection: options.collection.as_ref().map(CollectionKey::duplicate),
            model: options.model.clone(),
        };
        Self::of(Secret::random(rng), body)
    }

    pub(crate) fn of(key: Secret<32>, body: Body) -> Self {
        let cid = Cid(*kdf(key.expose(), &[], Label::CID, &[]).expose());
        let secret = match &body.collection {
            Some(collection) => Secret::copy_of(collection.secret().expose()),
            None => kdf(key.expose(), &[], Label::SEARCH, &[]),
        };
        Self {
            search: SearchKey::of(secret, body.parameters.clone()),
            key,
            cid,
            body,
        }
    }

    /// Closes it and puts the authority's policy in place of what the header claimed, which it returns.
    pub(crate) fn close_under(&mut self, policy: &Policy) -> Box<str> {
        self.body.closed = true;
        core::mem::replace(&mut self.body.policy, alloc::format!("{policy}").into())
    }

    pub(crate) fn key(&self) -> &Secret<32> {
        &self.key
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    pub(crate) fn search(&self) -> &SearchKey {
        &self.search
    }
}

/// Shows what its readers may see, no key.
impl fmt::Debug for Compartment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compartment")
            .field("cid", &self.cid)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

fn require_model(expected: Option<&str>, found: &str) -> Result<()> {
    match expected {
        Some(expected) if expected != found => Err(Error::WrongModel(ModelMismatch {
            expected: expected.into(),
            found: found.into(),
        })),
        _ => Ok(()),
    }
}

/// What a new compartment is to be like.
#[derive(Debug)]
pub struct CompartmentOptions {
    parameters: SearchParameters,
    cipher: RecordCipher,
    created_at: u64,
    model: Option<Box<str>>,
    beside: Option<Box<str>>,
    collection: Option<CollectionKey>,
    generation: u32,
}

impl CompartmentOptions {
    /// Takes the search parameters; AES-256-GCM records, scope compartment.
    #[must_use]
    pub fn new(parameters: SearchParameters) -> Self {
        Self {
            parameters,
            cipher: RecordCipher::default(),
            created_at: 0,
            model: None,
            beside: None,
            collection: None,
            generation: 0,
        }
    }

    /// Sets the cipher of the records.
    #[must_use]
    pub fn cipher(self, cipher: RecordCipher) -> Self {
        Self { cipher, ..self }
    }

    /// Sets when it is created, in Unix seconds; readers see it.
    #[must_use]
    pub fn created_at(self, unix_seconds: u64) -> Self {
        Self {
            created_at: unix_seconds,
            ..self
        }
    }

    /// Names the embedding model that the vectors come from; readers see it. The empty name is none.
    ///
    /// # Errors
    ///
    /// [`Error::TooLong`] beyond 256 bytes, [`Error::WrongModel`] if it is [`beside`](Self::beside) another.
    pub fn model(self, name: &str) -> Result<Self> {
        if name.len() > MAX_MODEL_BYTES {
            return Err(Error::TooLong);
        }
        let model = Some(name).filter(|name| !name.is_empty());
        if let Some(model) = model {
            require_model(self.beside.as_deref(), model)?;
        }
        Ok(Self {
            model: model.or(self.beside.as_deref()).map(Into::into),
            ..self
        })
    }

    /// Puts it into one collection with a compartment of this model, or of none: [`Compartment::model`] of each that is
    /// there. It takes the model over.
    ///
    /// # Errors
    ///
    /// [`Error::WrongModel`], naming both, if it has another model or is beside one already.
    pub fn beside(self, model: Option<&str>) -> Result<Self> {
        let Some(there) = model else { return Ok(self) };
        if let Some(own) = self.model.as_deref() {
            require_model(Some(there), own)?;
        }
        Ok(Self {
            model: Some(there.into()),
            beside: Some(there.into()),
            ..self
        })
    }

    /// Sets the generation; [`Self::generation_after`] takes it from an open compartment.
    #[must_use]
    pub fn generation(self, generation: u32) -> Self {
        Self { generation, ..self }
    }

    /// Makes it the next generation of another compartment, which holds older records of the same policy, and puts it
    /// [`beside`](Self::beside) that.
    ///
    /// # Errors
    ///
    /// [`Error::EpochExhausted`] after 2³² − 1 generations, [`Error::WrongModel`] if they have different models.
    pub fn generation_after(self, earlier: &Compartment) -> Result<Self> {
        let generation = earlier.generation().checked_add(1).ok_or(Error::EpochExhausted)?;
        self.generation(generation).beside(earlier.model())
    }

    /// Shares one search key with the other compartments of a collection; see [`CollectionKey`] for what that costs.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] in mode sealed, which has no search key.
    pub fn collection(self, key: &CollectionKey) -> Result<Self> {
        match self.parameters.mode() {
            Mode::Geometric => Ok(Self {
                collection: Some(key.duplicate()),
                ..self
            }),
            Mode::Sealed => Err(Error::InvalidParameter),
        }
    }
}
