//! Parts for known-answer tests and attacks. Not for applications: nothing here protects anybody.

use alloc::vec::Vec;

use crate::access::right::Right;
use crate::bytes::frame::{self, Padding};
use crate::compartment::Compartment;
use crate::compartment::body::Body;
use crate::compartment::document::OpenedRecord;
use crate::compartment::header::{Candidate, Header, SALT_BYTES};
use crate::compartment::header_keys::HeaderKeys;
use crate::crypto::kdf::{Kdf, Label};
use crate::crypto::secret::{Secret, Wiped};
use crate::error::Result;
use crate::ids::Cid;
use crate::keys::user::UserKey;
use crate::search::parameters::SearchParameters;
use crate::search::{noise, rotation};

/// Returns a length after Padmé padding.
#[must_use]
pub fn padme(length: usize) -> usize {
    frame::padme(length)
}

/// The names of all labels.
pub fn labels() -> impl Iterator<Item = &'static str> {
    Label::ALL.iter().map(|label| label.name())
}

/// Fills `out` with `kdf(ikm, salt, name ‖ context)`; `None` if there is no such label.
#[must_use]
pub fn derive<const N: usize>(name: &str, ikm: &[u8], salt: &[u8], context: &[u8]) -> Option<[u8; N]> {
    let label = Label::ALL.iter().find(|label| label.name() == name)?;
    Some(*Kdf::new(ikm, salt).expand(*label, context).expose())
}

/// Returns `cbor([epoch, right])`.
#[must_use]
pub fn right_context(right: &Right, epoch: u32) -> Vec<u8> {
    right.context(epoch)
}

/// A right with the secret that it should have, or one that it should not.
pub struct RightSecret {
    /// The right.
    pub right: Right,
    /// Its epoch.
    pub epoch: u32,
    /// Its secret.
    pub secret: [u8; 32],
}

/// Returns every right secret of a user key.
#[must_use]
pub fn right_secrets(key: &UserKey) -> Vec<RightSecret> {
    let rights = key.rights().zip(&key.rights);
    let secrets = rights.flat_map(|((right, _), held)| {
        (0..=held.epoch).rev().zip(&held.secrets).map(move |(epoch, secret)| RightSecret {
            right: right.clone(),
            epoch,
            secret: *secret.expose(),
        })
    });
    secrets.collect()
}

/// Returns the label key of a user key.
#[must_use]
pub fn label_key(key: &UserKey) -> [u8; 32] {
    *key.label_key.expose()
}

/// Opens a header with right secrets, past all policy logic.
///
/// # Errors
///
/// As [`UserKey::open`].
pub fn open_header(header: &Header, label_key: &[u8; 32], rights: &[RightSecret]) -> Result<Compartment> {
    header.open(&Secret::copy_of(label_key), candidates(rights))
}

fn candidates(rights: &[RightSecret]) -> impl Iterator<Item = Candidate<Secret<32>, impl FnOnce() -> Right>> {
    rights.iter().map(|held| Candidate {
        secret: Secret::copy_of(&held.secret),
        epoch: held.epoch,
        right: || held.right.clone(),
    })
}

/// Returns the padding and the message of a frame.
///
/// # Errors
///
/// [`Error::Malformed`](crate::Error::Malformed).
pub fn unframe(bytes: &[u8]) -> Result<(Padding, Vec<u8>)> {
    frame::unframe(bytes).map(|(padding, message)| (padding, message.to_vec()))
}

/// Reads the decrypted body of a header, and returns it as that of a compartment with this key.
///
/// # Errors
///
/// [`Error::Malformed`](crate::Error::Malformed).
pub fn read_body(frame: &[u8], key: &[u8; 32]) -> Result<Compartment> {
    Body::from_frame(frame).map(|body| Compartment::of(Secret::copy_of(key), body))
}

/// Reads the decrypted contents of a record.
///
/// # Errors
///
/// [`Error::Malformed`](crate::Error::Malformed).
pub fn read_record(frame: &[u8], parameters: &SearchParameters) -> Result<OpenedRecord> {
    OpenedRecord::from_frame(frame, &[0; SALT_BYTES], parameters)
}

/// Returns the header key in a header, with right secrets, past all policy logic.
///
/// # Errors
///
/// As [`UserKey::open`].
pub fn header_key(header: &Header, label_key: &[u8; 32], rights: &[RightSecret]) -> Result<[u8; 32]> {
    let keys = header.find_keys(&Secret::copy_of(label_key), candidates(rights))?;
    keys.header_key().copied().ok_or(crate::Error::Malformed)
}

/// Returns the header with its body replaced, as far as somebody with these keys can: `compartment`'s policy and
/// settings, under its key and a header key.
#[must_use]
pub fn forge_body(header: &Header, compartment: &Compartment, header_key: &[u8; 32]) -> Header {
    let mut forged = header.clone();
    let keys = HeaderKeys::join(compartment.key(), &Secret::copy_of(header_key));
    forged.seal_body(&keys, compartment.body());
    forged
}

/// Returns the header with commitment and id replaced, and its body encrypted anew to fit, by somebody with these keys.
#[must_use]
pub fn rename(
    header: &Header,
    commitment: [u8; 32],
    cid: Cid,
    compartment: &Compartment,
    header_key: &[u8; 32],
) -> Header {
    let keys = HeaderKeys::join(compartment.key(), &Secret::copy_of(header_key));
    header.renamed(commitment, cid, &keys, compartment.body())
}

/// Returns the header of suite 1 as somebody makes it who owns one of its rights: that slot, body and commitment for these
/// keys, the other slots as they are. `None` if no slot is labelled for the right.
#[must_use]
pub fn replace_slot(
    header: &Header,
    right_secret: &[u8; 32],
    compartment: &Compartment,
    header_key: &[u8; 32],
) -> Option<Header> {
    let keys = HeaderKeys::join(compartment.key(), &Secret::copy_of(header_key));
    header.with_slot(&Secret::copy_of(right_secret), &keys, compartment)
}

/// Returns a compartment with the same key that claims another policy.
#[must_use]
pub fn with_policy(compartment: &Compartment, policy: &str) -> Compartment {
    let mut body = compartment.body().duplicate();
    body.policy = policy.into();
    Compartment::of(Secret::copy_of(compartment.key().expose()), body)
}

/// Returns the key of an open compartment.
#[must_use]
pub fn compartment_key(compartment: &Compartment) -> [u8; 32] {
    *compartment.key().expose()
}

/// Returns a compartment like `like`, with another key.
#[must_use]
pub fn with_compartment_key(like: &Compartment, key: &[u8; 32]) -> Compartment {
    Compartment::of(Secret::copy_of(key), like.body().duplicate())
}

/// Returns the search key of an open compartment.
#[must_use]
pub fn search_key(compartment: &Compartment) -> [u8; 32] {
    *compartment.search().secret().expose()
}

/// Rotates `x`, `f32[d]`, under a rotation key.
#[must_use]
pub fn rotate(key: &[u8; 32], x: &[f32]) -> Vec<f32> {
    rotation::Rotation::new(key, x.len()).apply(Wiped(x.to_vec())).to_vec()
}

/// Undoes [`rotate`].
#[must_use]
pub fn unrotate(key: &[u8; 32], y: &[f32]) -> Vec<f32> {
    rotation::Rotation::new(key, y.len()).undo(Wiped(y.to_vec())).to_vec()
}

/// Returns the noise, `f32[d]`, of a noise key.
#[must_use]
pub fn noise(key: &[u8; 32], dimension: usize, radius: f32) -> Vec<f32> {
    let mut x = alloc::vec![0.0; dimension];
    noise::add(&mut x, radius, key);
    x
}
