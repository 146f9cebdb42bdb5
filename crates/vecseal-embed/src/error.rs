//! Why a model file does not load.

use std::fmt;

/// Why a model file does not load. [`ModelError::code`] is stable across releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelError {
    /// The file ends early: a download was cut short.
    Truncated,
    /// The file is none of this format.
    WrongMagic,
    /// The file is a whole model, but not the one asked for, or some of its bytes changed.
    WrongChecksum,
    /// The file contradicts itself, or is of a shape that this crate does not compute.
    Malformed,
}

impl ModelError {
    /// Returns the stable code of this error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Truncated => "model_truncated",
            Self::WrongMagic => "model_wrong_magic",
            Self::WrongChecksum => "model_wrong_checksum",
            Self::Malformed => "model_malformed",
        }
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the model file ends early: fetch it again",
            Self::WrongMagic => "this is not a model file",
            Self::WrongChecksum => "the model file is not the expected one: its SHA-256 differs",
            Self::Malformed => "the model file contradicts itself or has a shape that is not supported",
        })
    }
}

impl std::error::Error for ModelError {}
