//! User keys: the right secrets of one user (`docs/FORMAT.md` §5).

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::access::attributes::Attributes;
use crate::access::right::Right;
use crate::bytes::cbor::Reader;
use crate::bytes::object::{self, CHECK_ENTRY_BYTES, Kind};
use crate::compartment::Compartment;
use crate::compartment::header::{Candidate, Header};
use crate::crypto::secret::Secret;
use crate::error::{Error, Problem, Result};
use crate::ids::AuthorityId;
use crate::limits::{MAX_KEY_BYTES, MAX_RIGHTS};

/// Opens the compartments whose policy its holder satisfies, and no other.
///
/// # Security
///
/// Whoever has these bytes is the user. Give them to the user over a channel that nobody else reads, and keep them
/// where other private keys are kept.
pub struct UserKey {
    pub(crate) authority: AuthorityId,
    pub(crate) label_key: Secret<32>,
    pub(crate) attributes: Attributes,
    /// In product order of the attributes.
    pub(crate) rights: Vec<RightSecrets>,
    pub(crate) not_after: Option<u64>,
}

/// The secrets of one right, for `epoch` and the epochs before it.
pub(crate) struct RightSecrets {
    pub(crate) epoch: u32,
    /// Newest first; at least one.
    pub(crate) secrets: Vec<Secret<32>>,
}

impl UserKey {
    /// Opens a header with the first of this key's rights that it has a slot for.
    ///
    /// # Errors
    ///
    /// [`Error::AccessDenied`] if no slot is for this key; [`Error::Tampered`] if one is but does not verify.
    ///
    /// # Security
    ///
    /// A server can hand out another header that this key opens too, or an older one. Records name the compartment they
    /// belong to, so reading is safe; before *sealing*, check that [`Compartment::cid`] is the one expected: whoever opens
    /// the other header would read what is sealed into it.
    pub fn open(&self, header: &Header) -> Result<Compartment> {
        if header.authority_id() != &self.authority {
            return Err(Error::AccessDenied);
        }
        let structure = self.attributes.structure();
        let candidates = self.rights.iter().enumerate().flat_map(|(index, right)| {
            (0..=right.epoch).rev().zip(&right.secrets).map(move |(epoch, secret)| Candidate {
                secret,
                epoch,
                right: move || Right::at(structure, &structure.coordinates(index)),
            })
        });
        header.open(&self.label_key, candidates)
    }

    /// Returns a key for fewer attributes, made without the authority: an agent need never hold more than its user.
    ///
    /// Take `attributes` from [`UserKey::attributes`]`.structure()`. `not_after` (Unix seconds) is a note for honest
    /// clients; it can only become earlier.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming an attribute that this key lacks.
    pub fn attenuate(&self, attributes: &Attributes, not_after: Option<u64>) -> Result<Self> {
        let from = self.attributes.structure();
        // A set taken for a hierarchy would bring lower levels that were not asked for.
        for dimension in attributes.structure().dimensions() {
            if from.dimension(dimension.name()).is_some_and(|held| held.kind() != dimension.kind()) {
                let name = dimension.attributes().next().unwrap_or_default();
                return Err(Problem::UnknownAttribute.of(alloc::format!("{}:{name}", dimension.name())));
            }
        }
        let attributes = attributes.within(from)?;
        let kept = attributes.structure();
        let rights = (0..kept.rights().unwrap_or_default()).map(|index| {
            let coordinates = Right::at(kept, &kept.coordinates(index)).coordinates(from)?;
            self.rights.get(from.index(&coordinates)).map(RightSecrets::duplicate).ok_or(Error::Malformed)
        });
        Ok(Self {
            authority: self.authority,
            label_key: Secret::copy_of(self.label_key.expose()),
            rights: rights.collect::<Result<_>>()?,
            attributes,
            not_after: [self.not_after, not_after].into_iter().flatten().min(),
        })
    }

    /// Returns the id of the authority that issued this key.
    #[must_use]
    pub fn authority_id(&self) -> &AuthorityId {
        &self.authority
    }

    /// Returns the attributes that this key stands for.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Returns every right that this key owns, with its newest epoch.
    #[must_use]
    pub fn rights(&self) -> impl ExactSizeIterator<Item = (Right, u32)> {
        let structure = self.attributes.structure();
        self.rights
            .iter()
            .enumerate()
            .map(|(index, right)| (Right::at(structure, &structure.coordinates(index)), right.epoch))
    }

    /// Returns until when honest clients use this key, in Unix seconds. Nothing enforces it but they.
    #[must_use]
    pub fn not_after(&self) -> Option<u64> {
        self.not_after
    }

    /// Returns the key file.
    ///
    /// # Security
    ///
    /// These bytes are the key. They are wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let structure = self.attributes.structure();
        let secrets: usize = self.rights.iter().map(|right| 16 + right.secrets.len() * 32).sum();
        let capacity = 128 + CHECK_ENTRY_BYTES + structure.encoded_bytes() + secrets;
        let mut writer = object::start(Kind::UserKey, 7 + u64::from(self.not_after.is_some()), capacity);
        writer.key(2).bytes(&self.authority.0).key(3).bytes(self.label_key.expose()).key(4);
        structure.write(&mut writer);
        writer.key(5).array(self.rights.len() as u64);
        for right in &self.rights {
            writer.array(2).u64(right.epoch.into()).bytes_len(right.secrets.len() as u64 * 32);
            for secret in &right.secrets {
                writer.buffer().extend_from_slice(secret.expose());
            }
        }
        if let Some(not_after) = self.not_after {
            writer.key(6).u64(not_after);
        }
        object::finish_with_check(writer)
    }

    /// Reads a key file.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`], [`Error::UnsupportedVersion`] or [`Error::WrongObject`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        object::decode(bytes, Kind::UserKey, MAX_KEY_BYTES, Self::read, Self::to_bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.key(2)?;
        let authority = AuthorityId(*reader.fixed()?);
        reader.key(3)?;
        let label_key = Secret::copy_of(reader.fixed()?);
        reader.key(4)?;
        let attributes = Attributes::from_structure(crate::access::structure::AccessStructure::read(reader)?);
        reader.key(5)?;
        let count = reader.array(MAX_RIGHTS)?;
        if attributes.structure().rights() != Some(count) {
            return Err(Error::Malformed);
        }
        let rights = (0..count).map(|_| RightSecrets::read(reader)).collect::<Result<Vec<_>>>()?;
        if rights.iter().map(|right| right.secrets.len()).sum::<usize>() > MAX_RIGHTS {
            return Err(Error::Malformed);
        }
        let not_after = if reader.optional_key(6) {
            Some(reader.u64()?)
        } else {
            None
        };
        object::read_check(reader)?;
        Ok(Self {
            authority,
            label_key,
            attributes,
            rights,
            not_after,
        })
    }
}

impl RightSecrets {
    fn duplicate(&self) -> Self {
        let secrets = self.secrets.iter().map(|secret| Secret::copy_of(secret.expose()));
        Self {
            epoch: self.epoch,
            secrets: secrets.collect(),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.tuple(2)?;
        let epoch = reader.u32()?;
        let (secrets, rest) = reader.bytes()?.as_chunks::<32>();
        let epochs = u64::from(epoch) + 1;
        if secrets.is_empty() || !rest.is_empty() || secrets.len() as u64 > epochs {
            return Err(Error::Malformed);
        }
        Ok(Self {
            epoch,
            secrets: secrets.iter().map(Secret::copy_of).collect(),
        })
    }
}

/// Shows the attributes, no secret.
impl fmt::Debug for UserKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserKey")
            .field("authority", &self.authority)
            .field("attributes", &format_args!("{}", self.attributes))
            .field("not_after", &self.not_after)
            .finish_non_exhaustive()
    }
}
