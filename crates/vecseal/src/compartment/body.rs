//! The part of a header that its readers see (`docs/FORMAT.md` §6.1).

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::access::policy::is_text_form;
use crate::bytes::cbor::{Reader, Writer};
use crate::bytes::frame::{HEAD_BYTES, Padding, frame, unframe};
use crate::crypto::aead::RecordCipher;
use crate::crypto::secret::Wiped;
use crate::error::{Error, Result};
use crate::keys::collection::CollectionKey;
use crate::limits::MAX_MODEL_BYTES;
use crate::search::parameters::{Scope, SearchParameters};

pub(crate) struct Body {
    pub(crate) cipher: RecordCipher,
    pub(crate) generation: u32,
    pub(crate) closed: bool,
    pub(crate) created_at: u64,
    pub(crate) policy: Box<str>,
    pub(crate) parameters: SearchParameters,
    /// Exactly in scope collection.
    pub(crate) collection: Option<CollectionKey>,
    pub(crate) model: Option<Box<str>>,
}

impl Body {
    #[cfg(feature = "hazmat")]
    pub(crate) fn duplicate(&self) -> Self {
        Self {
            policy: self.policy.clone(),
            parameters: self.parameters.clone(),
            collection: self.collection.as_ref().map(CollectionKey::duplicate),
            model: self.model.clone(),
            ..*self
        }
    }

    /// Returns the padded plaintext.
    pub(crate) fn to_frame(&self) -> Vec<u8> {
        let message = self.encode();
        frame(Padding::Padme, message.len() + HEAD_BYTES, |out| out.extend_from_slice(&message))
    }

    /// Reads what [`Self::to_frame`] wrote, and nothing else.
    pub(crate) fn from_frame(bytes: &[u8]) -> Result<Self> {
        let (Padding::Padme, message) = unframe(bytes)? else {
            return Err(Error::Malformed);
        };
        let mut reader = Reader::new(message);
        let body = Self::read(&mut reader)?;
        reader.end()?;
        if body.encode().as_slice() == message {
            Ok(body)
        } else {
            Err(Error::Malformed)
        }
    }

    fn encode(&self) -> Wiped<u8> {
        let mut writer = Writer::with_capacity(self.encoded_bytes());
        self.write(&mut writer);
        Wiped(writer.finish())
    }

    /// An upper bound of the bytes that [`Self::write`] writes.
    pub(crate) fn encoded_bytes(&self) -> usize {
        512 + self.policy.len() + MAX_MODEL_BYTES + CollectionKey::ENCODED_BYTES
    }

    pub(crate) fn write(&self, writer: &mut Writer) {
        let entries = 6 + u64::from(self.collection.is_some()) + u64::from(self.model.is_some());
        let cipher = match self.cipher {
            RecordCipher::Aes256Gcm => 1,
            RecordCipher::ChaCha20Poly1305 => 2,
        };
        writer.map(entries).key(0).u64(cipher).key(1).u64(self.generation.into()).key(2).bool(self.closed);
        writer.key(3).u64(self.created_at).key(4).str(&self.policy);
        self.parameters.write(writer.key(5));
        if let Some(collection) = &self.collection {
            collection.write(writer.key(6));
        }
        if let Some(model) = &self.model {
            writer.key(7).str(model);
        }
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self> {
        reader.map()?;
        reader.key(0)?;
        let cipher = match reader.u8()? {
            1 => RecordCipher::Aes256Gcm,
            2 => RecordCipher::ChaCha20Poly1305,
            _ => return Err(Error::Malformed),
        };
        reader.key(1)?;
        let generation = reader.u32()?;
        reader.key(2)?;
        let closed = reader.bool()?;
        reader.key(3)?;
        let created_at = reader.u64()?;
        reader.key(4)?;
        let policy = Some(reader.str()?).filter(|policy| is_text_form(policy)).ok_or(Error::Malformed)?.into();
        reader.key(5)?;
        let parameters = SearchParameters::read(reader)?;
        let collection = if reader.optional_key(6) {
            Some(CollectionKey::read(reader)?)
        } else {
            None
        };
        let model = if reader.optional_key(7) {
            Some(reader.str()?)
        } else {
            None
        };
        let model_fits = model.is_none_or(|model| (1..=MAX_MODEL_BYTES).contains(&model.len()));
        if !model_fits || collection.is_some() != (parameters.scope() == Scope::Collection) {
            return Err(Error::Malformed);
        }
        Ok(Self {
            cipher,
            generation,
            closed,
            created_at,
            policy,
            parameters,
            collection,
            model: model.map(Into::into),
        })
    }
}

/// Shows no key.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("policy", &self.policy)
            .field("parameters", &self.parameters)
            .field("collection", &self.collection)
            .field("cipher", &self.cipher)
            .field("generation", &self.generation)
            .field("closed", &self.closed)
            .field("created_at", &self.created_at)
            .field("model", &self.model)
            .finish()
    }
}
