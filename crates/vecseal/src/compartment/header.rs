//! Headers: what wraps a compartment's key for each clause of its policy (`docs/FORMAT.md` §6.1).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::fmt;

use rand_core::CryptoRng;

use super::Compartment;
use super::body::Body;
use super::header_keys::HeaderKeys;
use crate::access::right::Right;
use crate::bytes::cbor::{Reader, Writer};
use crate::bytes::frame::HEAD_BYTES;
use crate::bytes::object::{self, Kind};
use crate::crypto::aead::{RecordCipher, TAG_BYTES, ZERO_NONCE};
use crate::crypto::kdf::{Kdf, Label, SaltedKdf, kdf};
use crate::crypto::kem::{self, ENCAPSULATION_BYTES, PublicKey};
use crate::crypto::secret::{Secret, Wiped};
use crate::error::{Error, Result};
use crate::ids::{AuthorityId, Cid};
use crate::keys::authority::xwing_seed;
use crate::limits::{MAX_CLAUSES, MAX_HEADER_BYTES};
use crate::sort::sort_by;

/// The header of a compartment: public bytes that open for the keys that satisfy the policy.
///
/// It shows the number of clauses, the authority and the compartment's id; not the policy.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    suite: Suite,
    authority: AuthorityId,
    salt: [u8; SALT_BYTES],
    cid: Cid,
    commitment: [u8; 32],
    slots: Vec<Slot>,
    body: Vec<u8>,
}

/// How a header's slots are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Suite {
    /// HKDF and AES-256-GCM: whoever can write the header could read it.
    Symmetric = 1,
    /// X-Wing (X25519 and ML-KEM-768): writers need public keys only.
    PublicKey = 2,
}

#[derive(Clone, PartialEq, Eq)]
struct Slot {
    label: [u8; LABEL_BYTES],
    /// In suite 2.
    encapsulation: Option<Box<[u8]>>,
    wrapped: [u8; WRAPPED_BYTES],
}

/// What a new header is wrapped with, one item per clause.
pub(crate) enum Wrapping {
    Symmetric(Vec<Secret<32>>),
    /// Each right's context and public key.
    Public {
        label_key: Secret<32>,
        rights: Vec<(Vec<u8>, PublicKey)>,
    },
}

/// One right secret to try.
pub(crate) struct Candidate<S, R> {
    pub(crate) secret: S,
    pub(crate) epoch: u32,
    /// Names the right, where the suite asks for it.
    pub(crate) right: R,
}

const LABEL_BYTES: usize = 8;
/// The compartment key, the header key, a tag.
const WRAPPED_BYTES: usize = 64 + TAG_BYTES;
pub(crate) const SALT_BYTES: usize = 24;

impl Header {
    /// Reads a header.
    ///
    /// # Errors
    ///
    /// [`Error::Malformed`], [`Error::UnsupportedVersion`] or [`Error::WrongObject`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        object::decode(bytes, Kind::Header, MAX_HEADER_BYTES, Self::read, |header| Wiped(header.to_bytes()))
    }

    /// Returns the header's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = self.write_without_body(9, self.body.len() + 8);
        writer.key(8).bytes(&self.body);
        writer.finish()
    }

    /// Returns how the slots are wrapped.
    #[must_use]
    pub fn suite(&self) -> Suite {
        self.suite
    }

    /// Returns the id of the authority.
    #[must_use]
    pub fn authority_id(&self) -> &AuthorityId {
        &self.authority
    }

    /// Returns the id of the compartment.
    #[must_use]
    pub fn cid(&self) -> &Cid {
        &self.cid
    }

    /// Returns the number of slots, one per clause of the policy.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Whether its slots, of suite 1, are labelled for exactly these right secrets.
    pub(crate) fn is_labelled_for(&self, secrets: &[Secret<32>]) -> bool {
        let rights = SaltedKdf::new(&self.salt);
        let mut labels: Vec<[u8; LABEL_BYTES]> = secrets
            .iter()
            .map(|secret| *rights.key(secret.expose()).expand(Label::LABEL, &[]).expose())
            .collect();
        sort_by(&mut labels, Ord::cmp);
        labels.iter().eq(self.slots.iter().map(|slot| &slot.label))
    }

    /// Wraps a compartment's key and body; draws the header key, the salt, then 64 bytes per slot in suite 2.
    pub(crate) fn seal(
        authority: AuthorityId,
        wrapping: &Wrapping,
        compartment: &Compartment,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let suite = match wrapping {
            Wrapping::Symmetric(_) => Suite::Symmetric,
            Wrapping::Public { .. } => Suite::PublicKey,
        };
        let keys = HeaderKeys::join(compartment.key(), &Secret::random(rng));
        let mut header = Self {
            suite,
            authority,
            salt: [0; SALT_BYTES],
            cid: *compartment.cid(),
            commitment: [0; 32],
            slots: Vec::new(),
            body: Vec::new(),
        };
        // Labels of 8 bytes collide once in 2^49 headers of 256 slots; then another salt serves.
        while header.slots.is_empty() || has_twins(&header.slots) {
            rng.fill_bytes(&mut header.salt);
            header.slots = header.wrap(wrapping, &keys, rng);
            sort_by(&mut header.slots, |a, b| a.label.cmp(&b.label));
        }
        header.seal_body(&keys, compartment.body());
        header
    }

    /// Commits to the keys and encrypts the body under them.
    pub(crate) fn seal_body(&mut self, keys: &HeaderKeys, body: &Body) {
        let derive = keys.derive(&self.salt);
        self.commitment = *derive.expand(Label::COMMIT, &[]).expose();
        self.encrypt_body(&derive, body);
    }

    fn encrypt_body(&mut self, derive: &Kdf, body: &Body) {
        self.body = body.to_frame();
        let aad = self.write_without_body(8, 0).finish();
        let key = derive.expand(Label::BODY, &[]);
        RecordCipher::Aes256Gcm.seal(key.expose(), &ZERO_NONCE, &aad, &mut self.body, 0);
    }

    /// A header that names another commitment and id, with a body that fits them.
    #[cfg(feature = "hazmat")]
    pub(crate) fn renamed(&self, commitment: [u8; 32], cid: Cid, keys: &HeaderKeys, body: &Body) -> Self {
        let mut header = Self {
            cid,
            commitment,
            ..self.clone()
        };
        header.encrypt_body(&keys.derive(&self.salt), body);
        header
    }

    /// A header with one slot, its id, body and commitment for other keys.
    #[cfg(feature = "hazmat")]
    pub(crate) fn with_slot(&self, secret: &Secret<32>, keys: &HeaderKeys, compartment: &Compartment) -> Option<Self> {
        let right = SaltedKdf::new(&self.salt).key(secret.expose());
        let label = right.expand(Label::LABEL, &[]);
        let mut header = self.clone();
        header.cid = *compartment.cid();
        let slot = self.slot(*label.expose(), None, &right.expand(Label::SLOT, &[]), keys);
        *header.slots.iter_mut().find(|slot| slot.label == *label.expose())? = slot;
        header.seal_body(keys, compartment.body());
        Some(header)
    }

    /// Opens the compartment with the first candidate that a slot is labelled for.
    pub(crate) fn open<S, R>(
        &self,
        label_key: &Secret<32>,
        candidates: impl Iterator<Item = Candidate<S, R>>,
    ) -> Result<Compartment>
    where
        S: Borrow<Secret<32>>,
        R: FnOnce() -> Right,
    {
        self.open_body(&self.find_keys(label_key, candidates)?)
    }

    /// Opens the compartment of suite 1 that its slots wrap for each of these right secrets.
    pub(crate) fn open_for_all(&self, secrets: &[Secret<32>]) -> Result<Compartment> {
        let rights = SaltedKdf::new(&self.salt);
        let mut keys: Option<HeaderKeys> = None;
        for secret in secrets {
            let label: Secret<LABEL_BYTES> = rights.key(secret.expose()).expand(Label::LABEL, &[]);
            let found = self.unwrap(self.slot_labelled(&label).ok_or(Error::AccessDenied)?, secret)?;
            if keys.as_ref().is_some_and(|keys| !keys.matches(&found)) {
                return Err(Error::Tampered);
            }
            keys = Some(found);
        }
        self.open_body(&keys.ok_or(Error::AccessDenied)?)
    }

    fn slot_labelled(&self, label: &Secret<LABEL_BYTES>) -> Option<&Slot> {
        let index = self.slots.binary_search_by_key(label.expose(), |slot| slot.label).ok()?;
        self.slots.get(index)
    }

    /// Unwraps the slot of the first candidate that has one.
    pub(crate) fn find_keys<S, R>(
        &self,
        label_key: &Secret<32>,
        candidates: impl Iterator<Item = Candidate<S, R>>,
    ) -> Result<HeaderKeys>
    where
        S: Borrow<Secret<32>>,
        R: FnOnce() -> Right,
    {
        let rights = SaltedKdf::new(&self.salt);
        let labels = rights.key(label_key.expose());
        for Candidate { secret, epoch, right } in candidates {
            let secret = secret.borrow();
            let label: Secret<LABEL_BYTES> = match self.suite {
                Suite::Symmetric => rights.key(secret.expose()).expand(Label::LABEL, &[]),
                Suite::PublicKey => labels.expand(Label::PUBLIC_LABEL, &right().context(epoch)),
            };
            if let Some(slot) = self.slot_labelled(&label) {
                return self.unwrap(slot, secret);
            }
        }
        Err(Error::AccessDenied)
    }

    fn wrap(&self, wrapping: &Wrapping, keys: &HeaderKeys, rng: &mut impl CryptoRng) -> Vec<Slot> {
        let salt = SaltedKdf::new(&self.salt);
        match wrapping {
            Wrapping::Symmetric(secrets) => secrets
                .iter()
                .map(|secret| {
                    let right = salt.key(secret.expose());
                    self.slot(*right.expand(Label::LABEL, &[]).expose(), None, &right.expand(Label::SLOT, &[]), keys)
                })
                .collect(),
            Wrapping::Public { label_key, rights } => {
                let labels = salt.key(label_key.expose());
                rights
                    .iter()
                    .map(|(context, public_key)| {
                        let (encapsulation, shared) = public_key.encapsulate(rng);
                        let slot_key = salt.key(shared.expose()).expand(Label::SLOT, &[]);
                        self.slot(
                            *labels.expand(Label::PUBLIC_LABEL, context).expose(),
                            Some(encapsulation),
                            &slot_key,
                            keys,
                        )
                    })
                    .collect()
            }
        }
    }

    fn slot(
        &self,
        label: [u8; LABEL_BYTES],
        encapsulation: Option<Box<[u8]>>,
        slot_key: &Secret<32>,
        keys: &HeaderKeys,
    ) -> Slot {
        let mut message = Vec::with_capacity(WRAPPED_BYTES);
        message.extend_from_slice(keys.joined());
        RecordCipher::Aes256Gcm.seal(slot_key.expose(), &ZERO_NONCE, &self.slot_aad(label), &mut message, 0);
        let mut wrapped = [0; WRAPPED_BYTES];
        for (target, byte) in wrapped.iter_mut().zip(message) {
            *target = byte;
        }
        Slot {
            label,
            encapsulation,
            wrapped,
        }
    }

    /// From here on the slot is ours: whatever does not fit is `tampered`.
    fn unwrap(&self, slot: &Slot, right_secret: &Secret<32>) -> Result<HeaderKeys> {
        let slot_key = match &slot.encapsulation {
            None => kdf(right_secret.expose(), &self.salt, Label::SLOT, &[]),
            Some(encapsulation) => {
                let shared = kem::decapsulate(&xwing_seed(right_secret), encapsulation)?;
                kdf(shared.expose(), &self.salt, Label::SLOT, &[])
            }
        };
        let mut unwrapped = Wiped(slot.wrapped.to_vec());
        let aad = self.slot_aad(slot.label);
        RecordCipher::Aes256Gcm.open(slot_key.expose(), &ZERO_NONCE, &aad, &mut unwrapped)?;
        unwrapped.as_slice().try_into().map(HeaderKeys::copy_of).map_err(|_| Error::Tampered)
    }

    fn open_body(&self, keys: &HeaderKeys) -> Result<Compartment> {
        let derive = keys.derive(&self.salt);
        let key = keys.compartment_key()?;
        // AES-GCM does not commit to its key; the header does.
        let committed = derive.expand(Label::COMMIT, &[]).matches(&self.commitment);
        if !committed || !kdf(key.expose(), &[], Label::CID, &[]).matches(&self.cid.0) {
            return Err(Error::Tampered);
        }
        let aad = self.write_without_body(8, 0).finish();
        let mut body = Wiped(self.body.clone());
        let body_key = derive.expand(Label::BODY, &[]);
        RecordCipher::Aes256Gcm
            .open(body_key.expose(), &ZERO_NONCE, &aad, &mut body)
            .map_err(|_| Error::Tampered)?;
        Ok(Compartment::of(key, Body::from_frame(&body)?))
    }

    fn slot_aad(&self, label: [u8; LABEL_BYTES]) -> Vec<u8> {
        let mut writer = Writer::with_capacity(64);
        writer.array(5).u64(object::FORMAT_VERSION.into()).u64(self.suite as u64);
        writer.bytes(&self.authority.0).bytes(&self.salt).bytes(&label);
        writer.finish()
    }

    /// The map of keys 0 to 7, counting `entries`.
    fn write_without_body(&self, entries: u64, more: usize) -> Writer {
        let per_slot = 80
            + if self.suite == Suite::PublicKey {
                ENCAPSULATION_BYTES
            } else {
                0
            };
        let mut writer = object::start(Kind::Header, entries, 256 + self.slots.len() * per_slot + more);
        writer.key(2).u64(self.suite as u64).key(3).bytes(&self.authority.0).key(4).bytes(&self.salt);
        writer
            .key(5)
            .bytes(&self.cid.0)
            .key(6)
            .bytes(&self.commitment)
            .key(7)
            .array(self.slots.len() as u64);
        for slot in &self.slots {
            slot.write(&mut writer);
        }
        writer
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.key(2)?;
        let suite = match reader.u8()? {
            1 => Suite::Symmetric,
            2 => Suite::PublicKey,
            _ => return Err(Error::Malformed),
        };
        reader.key(3)?;
        let authority = AuthorityId(*reader.fixed()?);
        reader.key(4)?;
        let salt = *reader.fixed()?;
        reader.key(5)?;
        let cid = Cid(*reader.fixed()?);
        reader.key(6)?;
        let commitment = *reader.fixed()?;
        reader.key(7)?;
        let slots = (0..reader.array(MAX_CLAUSES)?).map(|_| Slot::read(reader, suite)).collect::<Result<Vec<_>>>()?;
        if slots.is_empty() || !slots.array_windows().all(|[a, b]| a.label < b.label) {
            return Err(Error::Malformed);
        }
        reader.key(8)?;
        let body = reader.bytes()?.to_vec();
        if body.len() < HEAD_BYTES + TAG_BYTES {
            return Err(Error::Malformed);
        }
        Ok(Self {
            suite,
            authority,
            salt,
            cid,
            commitment,
            slots,
            body,
        })
    }
}

fn has_twins(sorted: &[Slot]) -> bool {
    sorted.array_windows().any(|[a, b]| a.label == b.label)
}

impl Slot {
    fn write(&self, writer: &mut Writer) {
        match &self.encapsulation {
            None => writer.array(2).bytes(&self.label),
            Some(encapsulation) => writer.array(3).bytes(&self.label).bytes(encapsulation),
        };
        writer.bytes(&self.wrapped);
    }

    fn read(reader: &mut Reader<'_>, suite: Suite) -> Result<Self> {
        reader.tuple(if suite == Suite::PublicKey { 3 } else { 2 })?;
        let label = *reader.fixed()?;
        let encapsulation = match suite {
            Suite::Symmetric => None,
            Suite::PublicKey => Some(reader.fixed::<ENCAPSULATION_BYTES>()?.as_slice().into()),
        };
        Ok(Self {
            label,
            encapsulation,
            wrapped: *reader.fixed()?,
        })
    }
}

/// Shows ids and sizes.
impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("suite", &self.suite)
            .field("authority", &self.authority)
            .field("cid", &self.cid)
            .field("slots", &self.slots.len())
            .finish_non_exhaustive()
    }
}
