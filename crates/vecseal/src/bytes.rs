//! Bytes: canonical CBOR, the envelope of every object, and padded frames (`docs/FORMAT.md` §1, §6.3).

pub(crate) mod cbor;
pub(crate) mod frame;
pub(crate) mod object;
