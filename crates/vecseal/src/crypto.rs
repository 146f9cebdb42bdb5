//! The primitives, bound to this format's labels, sizes and single-use keys. Nothing of our own.

pub(crate) mod aead;
pub(crate) mod kdf;
pub(crate) mod kem;
pub(crate) mod secret;
