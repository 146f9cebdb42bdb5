//! Writer keys: create compartments they cannot reopen (suite 2, `docs/FORMAT.md` §5).

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::collection::CollectionKey;
use crate::access::policy::Policy;
use crate::access::right::Right;
use crate::access::structure::AccessStructure;
use crate::bytes::cbor::Reader;
use crate::bytes::object::{self, CHECK_ENTRY_BYTES, Kind};
use crate::compartment::header::{Header, Wrapping};
use crate::compartment::{Compartment, CompartmentOptions};
use crate::crypto::kem::{PUBLIC_KEY_BYTES, PublicKey};
use crate::crypto::secret::Secret;
use crate::error::{Error, Result};
use crate::ids::AuthorityId;
use crate::limits::{MAX_KEY_BYTES, MAX_NAME_BYTES, MAX_WRITER_RIGHTS};
use crate::sort::sort_by;

/// Creates compartments for the rights it names. Holds their public keys and no secret of theirs.
///
/// # Security
///
/// A writer reads nothing back once it has dropped the [`Compartment`] it created. It can write whatever it likes under
/// its policies: readers cannot tell writers apart. Its label key shows which rights the suite 2 headers of this
/// authority name.
pub struct WriterKey {
    pub(crate) authority: AuthorityId,
    pub(crate) label_key: Secret<32>,
    pub(crate) structure: AccessStructure,
    /// Sorted by right.
    pub(crate) rights: Vec<WriterRight>,
    pub(crate) collection: Option<CollectionKey>,
}

/// One right that a writer key can wrap for.
pub(crate) struct WriterRight {
    pub(crate) right: Right,
    pub(crate) epoch: u32,
    pub(crate) public_key: PublicKey,
}

impl WriterKey {
    /// Creates a compartment whose header (suite 2) opens for holders of one of the policy's clauses.
    ///
    /// The compartment seals until it is dropped; this key cannot open its header again.
    ///
    /// # Errors
    ///
    /// [`Error::RightNotCovered`] if the key was not issued for one of the clauses.
    pub fn create_compartment(
        &self,
        policy: &Policy,
        options: &CompartmentOptions,
        rng: &mut impl CryptoRng,
    ) -> Result<(Compartment, Header)> {
        let rights = policy.clauses().iter().map(|right| self.public_right(right)).collect::<Result<_>>()?;
        let wrapping = Wrapping::Public {
            label_key: Secret::copy_of(self.label_key.expose()),
            rights,
        };
        let compartment = Compartment::create(policy, options, rng);
        let header = Header::seal(self.authority, &wrapping, &compartment, rng);
        Ok((compartment, header))
    }

    /// Returns the part of the access structure that this key's rights use, to parse policies with.
    #[must_use]
    pub fn structure(&self) -> &AccessStructure {
        &self.structure
    }

    /// Returns the id of the authority that issued this key.
    #[must_use]
    pub fn authority_id(&self) -> &AuthorityId {
        &self.authority
    }

    /// Returns the rights that this key can wrap for, with their epochs.
    #[must_use]
    pub fn rights(&self) -> impl ExactSizeIterator<Item = (&Right, u32)> {
        self.rights.iter().map(|right| (&right.right, right.epoch))
    }

    /// Returns the search key of the collection it was issued with, if any.
    #[must_use]
    pub fn collection_key(&self) -> Option<&CollectionKey> {
        self.collection.as_ref()
    }

    /// Returns the key file.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let rights: usize = self
            .rights
            .iter()
            .map(|right| PUBLIC_KEY_BYTES + 32 + right.right.attributes().len() * (2 * MAX_NAME_BYTES + 8))
            .sum();
        let capacity = 128 + CHECK_ENTRY_BYTES + CollectionKey::ENCODED_BYTES + self.structure.encoded_bytes() + rights;
        let mut writer = object::start(Kind::WriterKey, 7 + u64::from(self.collection.is_some()), capacity);
        writer.key(2).bytes(&self.authority.0).key(3).bytes(self.label_key.expose()).key(4);
        self.structure.write(&mut writer);
        writer.key(5).array(self.rights.len() as u64);
        for right in &self.rights {
            writer.array(3);
            right.right.write(&mut writer);
            writer.u64(right.epoch.into()).bytes(&right.public_key.to_bytes());
        }
        if let Some(collection) = &self.collection {
            collection.write(writer.key(6));
        }
        object::finish_with_check(writer)
    }

    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`], [`Error::UnsupportedVersion`] or [`Error::WrongObject`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        object::decode(bytes, Kind::WriterKey, MAX_KEY_BYTES, Self::read, Self::to_bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.key(2)?;
        let authority = AuthorityId(*reader.fixed()?);
        reader.key(3)?;
        let label_key = Secret::copy_of(reader.fixed()?);
        reader.key(4)?;
        let structure = AccessStructure::read(reader)?;
        reader.key(5)?;
        let mut rights: Vec<WriterRight> = Vec::new();
        for _ in 0..reader.array(MAX_WRITER_RIGHTS)? {
            reader.tuple(3)?;
            let right = Right::read(reader)?;
            let known = right.coordinates(&structure).is_ok();
            if !known || rights.last().is_some_and(|last| last.right >= right) {
                return Err(Error::Malformed);
            }
            rights.push(WriterRight {
                right,
                epoch: reader.u32()?,
                public_key: PublicKey::from_bytes(reader.bytes()?)?,
            });
        }
        let named: Vec<&Right> = rights.iter().map(|own| &own.right).collect();
        if rights.is_empty() || used_by(&named, &structure)? != structure {
            return Err(Error::Malformed);
        }
        let collection = if reader.optional_key(6) {
            Some(CollectionKey::read(reader)?)
        } else {
            None
        };
        object::read_check(reader)?;
        Ok(Self {
            authority,
            label_key,
            structure,
            rights,
            collection,
        })
    }

    fn public_right(&self, right: &Right) -> Result<(Vec<u8>, PublicKey)> {
        let found = self
            .rights
            .binary_search_by(|own| own.right.cmp(right))
            .ok()
            .and_then(|index| self.rights.get(index));
        found.map(|own| (right.context(own.epoch), own.public_key.clone())).ok_or(Error::RightNotCovered)
    }
}

/// Returns the part of a structure that these rights use.
pub(crate) fn used_by(rights: &[&Right], structure: &AccessStructure) -> Result<AccessStructure> {
    let coordinates = rights.iter().map(|right| right.coordinates(structure)).collect::<Result<Vec<_>>>()?;
    let mut used: Vec<(usize, u16)> = coordinates.iter().flat_map(|right| right.0.into_iter().enumerate()).collect();
    sort_by(&mut used, Ord::cmp);
    Ok(structure.restrict(|dimension, value| used.binary_search(&(dimension, value)).is_ok()))
}

/// Shows the rights, no secret.
impl fmt::Debug for WriterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rights: Vec<_> = self.rights.iter().map(|right| format!("{}", right.right)).collect();
        f.debug_struct("WriterKey")
            .field("authority", &self.authority)
            .field("rights", &rights)
            .field("collection", &self.collection)
            .finish_non_exhaustive()
    }
}
