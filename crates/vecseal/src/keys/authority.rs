//! The authority: owner of the master secret and the access structure (`docs/FORMAT.md` §4.2, §5).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::collection::CollectionKey;
use super::rotations::Rotations;
use super::user::{RightSecrets, UserKey};
use super::writer::{WriterKey, WriterRight, used_by};
use crate::access::attributes::Attributes;
use crate::access::policy::Policy;
use crate::access::right::Right;
use crate::access::structure::AccessStructure;
use crate::bytes::cbor::Reader;
use crate::bytes::object::{self, CHECK_ENTRY_BYTES, Kind};
use crate::compartment::header::{Candidate, Header, Suite, Wrapping};
use crate::compartment::{Compartment, CompartmentOptions};
use crate::crypto::kdf::{Kdf, Label, kdf};
use crate::crypto::kem::PublicKey;
use crate::crypto::secret::Secret;
use crate::error::{Error, Problem, Result};
use crate::ids::AuthorityId;
use crate::limits::{MAX_KEY_BYTES, MAX_RIGHTS, MAX_WRITER_RIGHTS};
use crate::sort::sort_by;

/// Issues keys and creates compartments.
///
/// # Security
///
/// The authority can read everything sealed under it. Keep its bytes offline, or wherever the organisation keeps the
/// key to all its keys.
pub struct Authority {
    master: Secret<32>,
    id: AuthorityId,
    structure: AccessStructure,
    rotations: Rotations,
}

/// Which epochs of its rights a user key gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Epochs {
    /// The current epoch: opens headers made or re-wrapped since the last rotation.
    #[default]
    Current,
    /// The current epoch and so many before it, for headers not re-wrapped yet.
    Previous(u32),
    /// Every epoch from the first.
    All,
}

/// What [`Authority::rewrap`] made of a header.
#[derive(Debug)]
pub struct Rewrapped {
    /// The new header, to be stored in place of the old one.
    pub header: Header,
    /// The compartment, now closed.
    pub compartment: Compartment,
    /// The policy that the old header claimed, in text form.
    pub claimed_policy: Box<str>,
}

impl Authority {
    /// Makes a new authority.
    pub fn generate(structure: AccessStructure, rng: &mut impl CryptoRng) -> Self {
        Self::with_master(structure, Secret::random(rng))
    }

    /// Makes the authority of a master secret of 32 uniformly random bytes, without rotations. The caller wipes its own
    /// copy.
    #[must_use]
    pub fn from_secret(structure: AccessStructure, master: &[u8; 32]) -> Self {
        Self::with_master(structure, Secret::copy_of(master))
    }

    /// Issues the key of a user with these attributes.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming an attribute that the structure lacks; [`Error::TooManyRights`].
    pub fn issue_user_key(&self, attributes: &Attributes, epochs: Epochs) -> Result<UserKey> {
        // Taken from this structure anew: `attributes` may have been made of an older one, with other levels.
        let attributes = attributes.within(&self.structure)?;
        let structure = attributes.structure();
        let count = structure.rights().filter(|count| *count <= MAX_RIGHTS).ok_or(Error::TooManyRights)?;
        let master = Kdf::new(self.master.expose(), &[]);
        let mut rights = Vec::with_capacity(count);
        let mut left = MAX_RIGHTS;
        for index in 0..count {
            let right = Right::at(structure, &structure.coordinates(index));
            let epoch = self.epoch(&right);
            let oldest = match epochs {
                Epochs::Current => epoch,
                Epochs::Previous(count) => epoch.saturating_sub(count),
                Epochs::All => 0,
            };
            left = usize::try_from(epoch - oldest)
                .ok()
                .and_then(|more| left.checked_sub(more)?.checked_sub(1))
                .ok_or(Error::TooManyRights)?;
            let secrets = (oldest..=epoch).rev().map(|epoch| master.expand(Label::RIGHT, &right.context(epoch)));
            rights.push(RightSecrets {
                epoch,
                secrets: secrets.collect(),
            });
        }
        Ok(UserKey {
            authority: self.id,
            label_key: self.label_key(),
            attributes,
            rights,
            not_after: None,
        })
    }

    /// Issues a key that creates compartments for the rights that these policies name, and reads nothing.
    ///
    /// Its holder may combine the policies' clauses freely. With a collection key it can also create compartments that
    /// share that search key.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming an attribute that the structure lacks; [`Error::TooManyRights`].
    pub fn issue_writer_key(&self, policies: &[Policy], collection: Option<&CollectionKey>) -> Result<WriterKey> {
        let mut rights: Vec<&Right> = policies.iter().flat_map(Policy::clauses).collect();
        sort_by(&mut rights, Ord::cmp);
        rights.dedup();
        if rights.is_empty() {
            return Err(Problem::Empty.of("policies"));
        }
        if rights.len() > MAX_WRITER_RIGHTS {
            return Err(Error::TooManyRights);
        }
        let structure = used_by(&rights, &self.structure)?;
        let rights = rights.into_iter().map(|right| {
            let epoch = self.epoch(right);
            WriterRight {
                right: right.clone(),
                epoch,
                public_key: PublicKey::of(&xwing_seed(&self.right_secret(right, epoch))),
            }
        });
        Ok(WriterKey {
            authority: self.id,
            label_key: self.label_key(),
            structure,
            rights: rights.collect(),
            collection: collection.map(CollectionKey::duplicate),
        })
    }

    /// Creates a compartment whose header (suite 1) opens for holders of one of the policy's clauses.
    ///
    /// Store the header where its readers find it before the first record that needs it.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] naming an attribute that the structure lacks.
    pub fn create_compartment(
        &self,
        policy: &Policy,
        options: &CompartmentOptions,
        rng: &mut impl CryptoRng,
    ) -> Result<(Compartment, Header)> {
        policy.clauses().iter().try_for_each(|right| self.check(right))?;
        let compartment = Compartment::create(policy, options, rng);
        let header = Header::seal(self.id, &self.wrapping(policy, Suite::Symmetric), &compartment, rng);
        Ok((compartment, header))
    }

    /// Rotates rights: keys issued from now on carry new secrets for them, which headers made from now on use.
    ///
    /// To revoke a key: rotate the rights that it owns; issue the other users' keys and **all writer keys** anew (an old
    /// writer key goes on wrapping for the old epoch); [re-wrap](Self::rewrap) the headers; drop open compartments, and
    /// seal new records into new ones ([`CompartmentOptions::generation_after`]). Scope collection also needs a
    /// [collection key](Self::collection_key) of the next generation.
    ///
    /// An authority remembers every right it ever rotated, up to 65,536.
    ///
    /// # Errors
    ///
    /// [`Error::Input`], [`Error::EpochExhausted`] or [`Error::TooManyRights`]; then nothing is rotated.
    pub fn rotate<'r>(&mut self, rights: impl IntoIterator<Item = &'r Right>) -> Result<()> {
        let rights: Vec<&Right> = rights.into_iter().collect();
        rights.iter().try_for_each(|right| self.check(right))?;
        let rotations = self.rotations.rotated(rights)?;
        if self.structure.encoded_bytes() + rotations.encoded_bytes() > MAX_KEY_BYTES {
            return Err(Error::TooManyRights);
        }
        self.rotations = rotations;
        Ok(())
    }

    /// Re-wraps a header that names a rotated right: slots for this policy's rights at their current epochs, the same
    /// compartment key, closed to new records.
    ///
    /// Returns `None` for a header that names no right of an earlier epoch and so needs nothing.
    ///
    /// # Errors
    ///
    /// [`Error::WrongAuthority`], [`Error::Tampered`], or [`Error::Input`] if the structure lacks an attribute of the
    /// policy.
    ///
    /// # Security
    ///
    /// The policy comes from the caller's own records. A header's own policy is what somebody who could open it says, so
    /// it is not enough to decide who may read on: [`Rewrapped::claimed_policy`] has it, for comparison.
    pub fn rewrap(&self, header: &Header, policy: &Policy, rng: &mut impl CryptoRng) -> Result<Option<Rewrapped>> {
        if header.authority_id() != &self.id {
            return Err(Error::WrongAuthority);
        }
        policy.clauses().iter().try_for_each(|right| self.check(right))?;
        let candidates = self.rotations.earlier().map(|(right, epoch)| Candidate {
            secret: self.right_secret(right, epoch),
            epoch,
            right: move || right.clone(),
        });
        let mut compartment = match header.open(&self.label_key(), candidates) {
            Ok(compartment) => compartment,
            Err(Error::AccessDenied) => return Ok(None),
            Err(error) => return Err(error),
        };
        let claimed_policy = compartment.close_under(policy);
        let header = Header::seal(self.id, &self.wrapping(policy, header.suite()), &compartment, rng);
        Ok(Some(Rewrapped {
            header,
            compartment,
            claimed_policy,
        }))
    }

    /// Returns the search key that all compartments of a collection share in scope collection; another one for each
    /// generation, so that a revoked reader does not hold the search key of later compartments.
    ///
    /// # Errors
    ///
    /// [`Error::Input`] if the name is empty or longer than 255 bytes.
    pub fn collection_key(&self, name: &str, generation: u32) -> Result<CollectionKey> {
        CollectionKey::derive(&self.master, name, generation)
    }

    /// Returns the id that this authority's keys and headers carry.
    #[must_use]
    pub fn id(&self) -> &AuthorityId {
        &self.id
    }

    /// Returns the access structure.
    #[must_use]
    pub fn structure(&self) -> &AccessStructure {
        &self.structure
    }

    /// Replaces the access structure. Rights are derived from names, so keys and headers of attributes that stay are
    /// not affected; a level put into a hierarchy reaches users when their keys are issued anew.
    pub fn set_structure(&mut self, structure: AccessStructure) {
        self.structure = structure;
    }

    /// Returns the current epoch of a right: 0 until it is rotated.
    #[must_use]
    pub fn epoch(&self, right: &Right) -> u32 {
        self.rotations.epoch(right)
    }

    /// Returns the authority's file: master secret, structure and epochs.
    ///
    /// # Security
    ///
    /// Whoever has these bytes can read everything. They are wiped when dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let names = self.structure.encoded_bytes() + self.rotations.encoded_bytes();
        let mut writer = object::start(Kind::Authority, 6, 64 + CHECK_ENTRY_BYTES + names);
        writer.key(2).bytes(self.master.expose()).key(3);
        self.structure.write(&mut writer);
        self.rotations.write(writer.key(4));
        object::finish_with_check(writer)
    }

    /// Reads an authority's file.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`], [`Error::UnsupportedVersion`] or [`Error::WrongObject`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        object::decode(bytes, Kind::Authority, MAX_KEY_BYTES, Self::read, Self::to_bytes)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.key(2)?;
        let master = Secret::copy_of(reader.fixed()?);
        reader.key(3)?;
        let structure = AccessStructure::read(reader)?;
        reader.key(4)?;
        let rotations = Rotations::read(reader)?;
        object::read_check(reader)?;
        Ok(Self {
            rotations,
            ..Self::with_master(structure, master)
        })
    }

    fn with_master(structure: AccessStructure, master: Secret<32>) -> Self {
        let id = AuthorityId(*kdf(master.expose(), &[], Label::AUTHORITY, &[]).expose());
        Self {
            master,
            id,
            structure,
            rotations: Rotations::default(),
        }
    }

    pub(super) fn check(&self, right: &Right) -> Result<()> {
        right.coordinates(&self.structure).map(|_| ())
    }

    pub(super) fn label_key(&self) -> Secret<32> {
        kdf(self.master.expose(), &[], Label::PUBLIC_KEY, &[])
    }

    pub(super) fn right_secret(&self, right: &Right, epoch: u32) -> Secret<32> {
        kdf(self.master.expose(), &[], Label::RIGHT, &right.context(epoch))
    }

    fn wrapping(&self, policy: &Policy, suite: Suite) -> Wrapping {
        let secrets = policy
            .clauses()
            .iter()
            .map(|right| (right, self.epoch(right), self.right_secret(right, self.epoch(right))));
        match suite {
            Suite::Symmetric => Wrapping::Symmetric(secrets.map(|(_, _, secret)| secret).collect()),
            Suite::PublicKey => Wrapping::Public {
                label_key: self.label_key(),
                rights: secrets
                    .map(|(right, epoch, secret)| (right.context(epoch), PublicKey::of(&xwing_seed(&secret))))
                    .collect(),
            },
        }
    }
}

/// The seed of a right's X-Wing key pair.
pub(crate) fn xwing_seed(right_secret: &Secret<32>) -> Secret<32> {
    kdf(right_secret.expose(), &[], Label::XWING, &[])
}

/// Shows id and structure, no secret.
impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("id", &self.id)
            .field("structure", &format_args!("{}", self.structure))
            .finish_non_exhaustive()
    }
}
