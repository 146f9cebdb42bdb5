//! The search key of a whole collection, for scope collection.

use alloc::boxed::Box;
use core::fmt;

use crate::bytes::cbor::{Reader, Writer};
use crate::crypto::kdf::{Label, kdf};
use crate::crypto::secret::Secret;
use crate::error::{Error, Problem, Result};
use crate::limits::MAX_COLLECTION_BYTES;

/// One search key for all compartments of a collection.
///
/// # Security
///
/// Everyone who can open one compartment of the collection then holds the search key of all of them: against a reader
/// with a dump, other people's *approximate* vectors are protected by noise alone. Exact vectors and contents stay
/// sealed. Choose it when one query over everything is worth that; else leave each compartment its own key.
pub struct CollectionKey {
    name: Box<str>,
    generation: u32,
    secret: Secret<32>,
}

impl CollectionKey {
    pub(crate) fn derive(master: &Secret<32>, name: &str, generation: u32) -> Result<Self> {
        if name.is_empty() || name.len() > MAX_COLLECTION_BYTES {
            return Err(Problem::InvalidName.of(name.get(..MAX_COLLECTION_BYTES).unwrap_or(name)));
        }
        let mut context = Writer::with_capacity(MAX_COLLECTION_BYTES + 16);
        context.array(2).str(name).u64(generation.into());
        let secret = kdf(master.expose(), &[], Label::COLLECTION, &context.finish());
        Ok(Self {
            name: name.into(),
            generation,
            secret,
        })
    }

    /// Returns the collection's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the generation.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    pub(crate) fn secret(&self) -> &Secret<32> {
        &self.secret
    }

    /// Returns another copy of this key, to be kept or wiped on its own.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            name: self.name.clone(),
            generation: self.generation,
            secret: Secret::copy_of(self.secret.expose()),
        }
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.array(3).str(&self.name).u64(self.generation.into()).bytes(self.secret.expose());
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.tuple(3)?;
        let name = reader.str()?;
        if name.is_empty() || name.len() > MAX_COLLECTION_BYTES {
            return Err(Error::Malformed);
        }
        let generation = reader.u32()?;
        Ok(Self {
            name: name.into(),
            generation,
            secret: Secret::copy_of(reader.fixed()?),
        })
    }

    /// An upper bound of the bytes that [`Self::write`] writes.
    pub(crate) const ENCODED_BYTES: usize = MAX_COLLECTION_BYTES + 64;
}

impl fmt::Debug for CollectionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CollectionKey")
            .field("name", &self.name)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
