//! What can go wrong with an encrypted collection.

use std::fmt;

use vecseal_qdrant::{Distance, QdrantError};

/// The result of an operation on an encrypted collection.
pub type Result<T> = std::result::Result<T, ClientError>;

/// Why an operation on an encrypted collection failed. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ClientError {
    /// Qdrant, or the way to it.
    Qdrant(QdrantError),
    /// Sealing, opening, or what was to be sealed.
    Vecseal(vecseal::Error),
    /// There is no collection of this name.
    MissingCollection(String),
    /// The collection has no keyring, so it is none of ours: the keyring's name.
    MissingKeyring(String),
    /// There is a collection of this name already.
    CollectionExists(String),
    /// The name cannot be that of a collection with a keyring.
    InvalidName,
    /// The collection has no vectors of this name; the empty one is the one without a name.
    MissingVector(String),
    /// The collection's vectors have another number of coordinates than the settings' search vectors.
    WrongDimension {
        /// As the settings have it.
        expected: u64,
        /// As Qdrant has it.
        found: u64,
    },
    /// The collection compares vectors in another way than the settings' metric.
    WrongMetric {
        /// What the metric needs.
        expected: Distance,
        /// As Qdrant has it.
        found: Distance,
    },
    /// Compartments have different metrics, and neither the settings nor the collection says which it is.
    AmbiguousMetric,
    /// Reading needs a user key.
    NoReaderKey,
    /// Writing needs an authority, a writer key, or a user key that reads an existing compartment of the policy.
    NoWriterKey,
    /// Creating a collection or a compartment needs search parameters, which come from the caller alone.
    NoParameters,
    /// Scope collection needs a writer key that was issued with this collection's key, of the generation asked for.
    NoCollectionKey,
    /// Payload left in clear must not have the key `vecseal`.
    ReservedField,
    /// One search asks for more results than fit.
    TooMany {
        /// How many fit.
        limit: usize,
    },
    /// A point's request would be larger than Qdrant takes.
    PointTooLarge,
}

/// Why a point that is there did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// Its compartment's header does not open with this key.
    AccessDenied,
    /// Its compartment's header is not in the keyring.
    MissingHeader,
    /// Its record, its search vector or its header is not what was sealed for it.
    Tampered,
    /// It has no record, or one that is not of this format.
    Malformed,
    /// Its record is of a newer version of the format.
    UnsupportedVersion,
}

impl ClientError {
    /// A stable name of the error, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Qdrant(error) => error.code(),
            Self::Vecseal(error) => error.code(),
            Self::MissingCollection(_) => "missing_collection",
            Self::MissingKeyring(_) => "missing_keyring",
            Self::CollectionExists(_) => "collection_exists",
            Self::InvalidName => "invalid_collection_name",
            Self::MissingVector(_) => "missing_vector",
            Self::WrongDimension { .. } => "wrong_collection_dimension",
            Self::WrongMetric { .. } => "wrong_metric",
            Self::AmbiguousMetric => "ambiguous_metric",
            Self::NoReaderKey => "no_reader_key",
            Self::NoWriterKey => "no_writer_key",
            Self::NoParameters => "no_parameters",
            Self::NoCollectionKey => "no_collection_key",
            Self::ReservedField => "reserved_field",
            Self::TooMany { .. } => "too_many",
            Self::PointTooLarge => "point_too_large",
        }
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Qdrant(error) => error.fmt(f),
            Self::Vecseal(error) => error.fmt(f),
            Self::MissingCollection(name) => write!(f, "there is no collection `{name}`: create it first"),
            Self::MissingKeyring(name) => {
                write!(f, "there is no collection `{name}`: this is no encrypted collection, or its keyring is lost")
            }
            Self::CollectionExists(name) => write!(f, "there is a collection `{name}` already: open it instead"),
            Self::InvalidName => {
                f.write_str("the name is empty, longer than 247 bytes, or has characters that Qdrant does not take")
            }
            Self::MissingVector(name) if name.is_empty() => {
                f.write_str("the collection has no vectors without a name: name the ones to use")
            }
            Self::MissingVector(name) => write!(f, "the collection has no vectors named `{name}`"),
            Self::WrongDimension { expected, found } => {
                write!(f, "search vectors have {expected} coordinates, those of the collection {found}")
            }
            Self::WrongMetric { expected, found } => {
                write!(f, "the metric needs distance {expected:?}, but here it is {found:?}")
            }
            Self::AmbiguousMetric => {
                f.write_str("compartments have different metrics, and the collection compares no vectors: give search parameters")
            }
            Self::NoReaderKey => f.write_str("reading needs a user key"),
            Self::NoWriterKey => f.write_str(
                "writing under this policy needs an authority or a writer key; a user key alone can only add to a \
                 compartment that readers of the policy made",
            ),
            Self::NoParameters => {
                f.write_str("creating a collection or a compartment needs search parameters: give settings")
            }
            Self::NoCollectionKey => {
                f.write_str("the writer key carries no key of this collection and generation: issue one with it, or use scope compartment")
            }
            Self::ReservedField => f.write_str("payload left in clear must not have the key `vecseal`"),
            Self::TooMany { limit } => write!(f, "this is more than fits: at most {limit}"),
            Self::PointTooLarge => f.write_str("the sealed point is larger than the 32 MB that Qdrant takes at once"),
        }
    }
}

impl std::error::Error for ClientError {}

impl From<QdrantError> for ClientError {
    fn from(error: QdrantError) -> Self {
        Self::Qdrant(error)
    }
}

impl From<vecseal::Error> for ClientError {
    fn from(error: vecseal::Error) -> Self {
        Self::Vecseal(error)
    }
}

impl Refused {
    /// A stable name of the reason, for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::MissingHeader => "missing_header",
            Self::Tampered => "tampered",
            Self::Malformed => "malformed",
            Self::UnsupportedVersion => "unsupported_version",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessDenied => "this key does not satisfy the policy",
            Self::MissingHeader => "the header of its compartment is not in the keyring",
            Self::Tampered => "it is not what was sealed for this point",
            Self::Malformed => "it has no sealed record",
            Self::UnsupportedVersion => "it was sealed by a newer version",
        })
    }
}

impl From<&vecseal::Error> for Refused {
    fn from(error: &vecseal::Error) -> Self {
        match error {
            vecseal::Error::AccessDenied => Self::AccessDenied,
            vecseal::Error::Tampered | vecseal::Error::WrongDimension => Self::Tampered,
            vecseal::Error::UnsupportedVersion => Self::UnsupportedVersion,
            _ => Self::Malformed,
        }
    }
}
