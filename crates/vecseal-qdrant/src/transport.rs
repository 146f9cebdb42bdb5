//! How requests get to Qdrant: the one joint between programs and browsers.

#[cfg(all(feature = "fetch", target_arch = "wasm32"))]
pub(crate) mod fetch;
#[cfg(all(feature = "http", not(target_arch = "wasm32")))]
pub(crate) mod http;

use std::fmt;
use std::future::Future;
use std::time::Duration;

/// Carries one request at a time to one Qdrant, and waits.
///
/// The futures of `Http` can move between threads; those of a browser cannot, so the trait does not ask for it.
pub trait Transport {
    /// Sends a request and returns the whole answer, whatever its status.
    fn send(&self, request: Request) -> impl Future<Output = Result<Response, TransportError>>;

    /// Waits.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()>;
}

/// A request to Qdrant, less what the transport knows: address and credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// The path with its query, from the slash on, percent-encoded.
    pub path: String,
    /// JSON, if the request has a body.
    pub body: Option<Vec<u8>>,
    /// How long the whole exchange may take.
    pub timeout: Duration,
}

/// The methods of Qdrant's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads with a body, and some writes.
    Post,
    /// Creates or replaces.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// The method as HTTP spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`, if it is a number of seconds.
    pub retry_after: Option<Duration>,
    /// The body, at most [`MAX_ANSWER_BYTES`].
    pub body: Vec<u8>,
}

/// A transport reads no more than this of one answer.
pub const MAX_ANSWER_BYTES: usize = 256 << 20;

/// Why no answer arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransportError {
    /// What happened.
    pub problem: TransportProblem,
    /// More about it, in the words of whoever noticed; may be empty.
    pub detail: String,
}

/// What happened instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportProblem {
    /// Nothing listens at the address, or nothing lets us through. Nothing was sent.
    Unreachable,
    /// The connection ended before the answer did. Whether Qdrant carried the request out is unknown.
    Interrupted,
    /// The time was up. Whether Qdrant carried the request out is unknown.
    Timeout,
    /// The answer is larger than [`MAX_ANSWER_BYTES`].
    TooLarge,
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.problem {
            TransportProblem::Unreachable => "qdrant cannot be reached",
            TransportProblem::Interrupted => "the connection to qdrant ended before the answer",
            TransportProblem::Timeout => "qdrant did not answer in time",
            TransportProblem::TooLarge => "the answer is larger than 256 MiB",
        })?;
        if self.detail.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.detail)
        }
    }
}

impl std::error::Error for TransportError {}
