//! Bodies of requests, as they arrive: of bounded size each, and of bounded size together.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::answer::{ApiError, Result};
use crate::validation::check_nesting;

/// As Qdrant's default.
pub(super) const MAX_BYTES: usize = 32 << 20;

/// A request's body, or why there is none.
pub(super) struct Body {
    bytes: Result<Bytes>,
    /// Held until the request is answered: what is made of a body takes more memory than itself.
    _share: Option<SemaphorePermit<'static>>,
}

impl Body {
    /// Reads what the body says.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        let bytes = self.bytes.as_ref().map_err(Clone::clone)?;
        check_nesting(bytes)?;
        serde_json::from_slice(bytes).map_err(ApiError::malformed)
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    /// Waits, if the body is not small, until there is room for it.
    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let share = match announced(&request).min(MAX_BYTES) {
            ..=SMALL_BYTES => None,
            large => {
                let kilobytes = u32::try_from(large.div_ceil(1 << 10)).unwrap_or(u32::MAX);
                Some(ROOM_KILOBYTES.acquire_many(kilobytes).await.map_err(ApiError::internal)?)
            }
        };
        let arrived = tokio::time::timeout(ARRIVES_WITHIN, Bytes::from_request(request, state)).await;
        let bytes = arrived
            .map_err(|_| ApiError::too_slow())
            .and_then(|arrived| arrived.map_err(|rejection| refused(&rejection)));
        Ok(Self { bytes, _share: share })
    }
}

/// How long a request says that its body is; one that does not say may have any length.
fn announced(request: &Request) -> usize {
    let length = request.headers().get(header::CONTENT_LENGTH);
    match length.map(|length| length.to_str().ok().and_then(|length| length.parse().ok())) {
        Some(said) => said.unwrap_or(MAX_BYTES),
        None if request.headers().contains_key(header::TRANSFER_ENCODING) => MAX_BYTES,
        None => 0,
    }
}

fn refused(rejection: &BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(),
        _ => ApiError::bad_request("the body did not arrive"),
    }
}

/// Room for all bodies that are not small: two of the largest. JSON of numbers takes ten times its size when it is read.
static ROOM_KILOBYTES: Semaphore = Semaphore::const_new(2 * (MAX_BYTES >> 10));

/// Up to this a body is small and waits for nothing.
const SMALL_BYTES: usize = 64 << 10;

/// So that nobody holds room for ever.
const ARRIVES_WITHIN: Duration = Duration::from_mins(2);
