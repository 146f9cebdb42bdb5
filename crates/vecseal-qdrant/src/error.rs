//! What can go wrong between a caller and its Qdrant.

use std::fmt;
use std::time::Duration;

use crate::transport::{TransportError, TransportProblem};
use crate::types::points::UpdateStatus;

/// The result of a call to Qdrant.
pub type Result<T> = std::result::Result<T, QdrantError>;

/// Why a call to Qdrant failed. Nothing in it is secret: neither credentials nor what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum QdrantError {
    /// The address is not `http` or `https` with a host, or holds a user, a query or a fragment.
    InvalidUrl,
    /// The API key or token is empty or has characters that a header cannot carry.
    InvalidCredentials,
    /// The answer did not arrive.
    Transport(TransportError),
    /// Qdrant, or something in front of it, answered with an error.
    Status {
        /// The HTTP status.
        status: u16,
        /// Qdrant's own words, at most [`MAX_MESSAGE_CHARACTERS`].
        message: String,
        /// How long Qdrant asks to wait before the next try.
        retry_after: Option<Duration>,
    },
    /// What answered does not speak Qdrant's API: what was expected.
    UnexpectedAnswer(&'static str),
    /// There are more points than were asked for at most.
    TooManyPoints {
        /// How many were asked for.
        limit: usize,
    },
    /// The answers to one reading of all pages are larger than anything that is read at once.
    TooManyBytes {
        /// How many would be read.
        limit: usize,
    },
    /// A write was taken, but not done while Qdrant waited for it: whether it will be is unknown.
    NotCompleted(UpdateStatus),
    /// A value that JSON cannot carry, as an infinite number in a vector.
    Unencodable,
}

/// Longer messages are cut.
pub const MAX_MESSAGE_CHARACTERS: usize = 1_000;

impl QdrantError {
    /// A stable name of the error, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidUrl => "invalid_url",
            Self::InvalidCredentials => "invalid_credentials",
            Self::Transport(error) => match error.problem {
                TransportProblem::Unreachable => "unreachable",
                TransportProblem::Interrupted => "interrupted",
                TransportProblem::Timeout => "timeout",
                TransportProblem::TooLarge => "answer_too_large",
            },
            Self::Status { status, .. } => match status {
                401 | 403 => "unauthorized",
                404 => "not_found",
                429 => "rate_limited",
                _ => "http_status",
            },
            Self::UnexpectedAnswer(_) => "unexpected_answer",
            Self::TooManyPoints { .. } | Self::TooManyBytes { .. } => "too_many",
            Self::NotCompleted(_) => "not_completed",
            Self::Unencodable => "unencodable",
        }
    }

    /// The HTTP status, if Qdrant answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Whether Qdrant says that there is no such collection. Other things can be missing too, and a proxy can lack the
    /// whole address.
    #[must_use]
    pub fn is_missing_collection(&self) -> bool {
        matches!(self, Self::Status { status: 404, message, .. } if message.contains("Collection "))
    }
}

impl fmt::Display for QdrantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidUrl => f.write_str(
                "the address is not http or https with a host, without user, query and fragment: give keys as credentials",
            ),
            Self::InvalidCredentials => f.write_str("the API key or token is empty or not one line of visible ASCII characters"),
            Self::Transport(error) => error.fmt(f),
            Self::Status {
                status,
                message,
                retry_after,
            } => {
                write!(f, "qdrant answered {status}")?;
                if !message.is_empty() {
                    write!(f, ": {message}")?;
                }
                if let Some(wait) = retry_after {
                    write!(f, " (it asks to wait {} s)", wait.as_secs())?;
                }
                Ok(())
            }
            Self::UnexpectedAnswer(expected) => {
                write!(f, "the answer is not {expected}: is this the address of a Qdrant?")
            }
            Self::TooManyPoints { limit } => write!(f, "there are more points than {limit}"),
            Self::TooManyBytes { limit } => write!(f, "there is more than {limit} bytes of it"),
            Self::NotCompleted(status) => {
                let what = match status {
                    UpdateStatus::ClockRejected => "rejected it for a newer one",
                    _ => "did not finish it in time",
                };
                write!(f, "qdrant took the write but {what}: whether it will be done is unknown, writing again is safe")
            }
            Self::Unencodable => f.write_str("the request holds a number that JSON cannot carry"),
        }
    }
}

impl std::error::Error for QdrantError {}

impl From<TransportError> for QdrantError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}
