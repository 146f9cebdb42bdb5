//! Bodies of requests, as they arrive: of bounded size each, and of bounded size together.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::answer::{ApiError, Result};
use crate::validation::check_nesting;

/// A request's body.
pub(super) struct Body {
    bytes: Vec<u8>,
    /// Held until the request is answered: what is made of a body takes more memory than itself.
    _share: Share,
}

impl Body {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Reads what the body says.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T> {
        check_nesting(&self.bytes)?;
        serde_json::from_slice(&self.bytes).map_err(ApiError::malformed)
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    /// Waits, if the body is not small, until there is room for it.
    async fn from_request(request: Request, _state: &S) -> Result<Self> {
        let length = announced(request.headers());
        let mut arriving = Arriving {
            body: request.into_body(),
            may_take: ARRIVES_WITHIN,
        };
        if length > MAX_BYTES {
            return Err(arriving.refuse(ApiError::too_large()).await);
        }
        let (mut bytes, mut share) = (Vec::new(), Share::none());
        while let Some(more) = arriving.next().await? {
            let arrived = bytes.len() + more.len();
            if arrived > MAX_BYTES {
                drop((bytes, share));
                return Err(arriving.refuse(ApiError::too_large()).await);
            }
            if let Err(busy) = share.reach(arrived, length).await {
                drop((bytes, share));
                return Err(arriving.refuse(busy).await);
            }
            bytes.extend_from_slice(&more);
        }
        Ok(Self { bytes, _share: share })
    }
}

/// How long a request says that its body is; one that does not say may have any length.
fn announced(headers: &HeaderMap) -> usize {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(MAX_BYTES)
}

/// As Qdrant's default.
const MAX_BYTES: usize = 32 << 20;

/// A body on its way.
struct Arriving {
    body: axum::body::Body,
    /// How long its client may still take; what it waits for room is not its fault.
    may_take: Duration,
}

impl Arriving {
    /// The next part, if there is one.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let start = Instant::now();
            let frame = timeout(self.may_take.min(SILENCE), self.body.frame()).await;
            let frame = frame.map_err(|_| ApiError::too_slow())?;
            self.may_take = self.may_take.saturating_sub(start.elapsed());
            match frame.transpose().map_err(|_| ApiError::bad_request("the body did not arrive"))? {
                None => return Ok(None),
                Some(frame) => {
                    if let Ok(part) = frame.into_data() {
                        return Ok(Some(part));
                    }
                }
            }
        }
    }

    /// Lets the rest arrive for nothing: a client that is not done sending often takes an early answer for a broken
    /// connection.
    async fn refuse(mut self, why: ApiError) -> ApiError {
        self.may_take = self.may_take.min(REFUSED_WITHIN);
        while let Ok(Some(_)) = self.next().await {}
        why
    }
}

/// So that nobody holds room for long: who wants to, must send all that it is for once a minute.
const ARRIVES_WITHIN: Duration = Duration::from_mins(1);
const SILENCE: Duration = Duration::from_secs(10);
const REFUSED_WITHIN: Duration = Duration::from_secs(10);

/// What a body has of the room for all.
struct Share {
    kilobytes: usize,
    room: Option<SemaphorePermit<'static>>,
    whole: Option<SemaphorePermit<'static>>,
    /// How long it may still wait for more.
    may_wait: Duration,
}

impl Share {
    fn none() -> Self {
        Self {
            kilobytes: 0,
            room: None,
            whole: None,
            may_wait: WAITS_WITHIN,
        }
    }

    /// Takes room for so many bytes, of which there will be `length` at most, or waits for it.
    ///
    /// Room is taken for what has arrived, not for what is announced. Lest bodies that have some wait for each other, one
    /// at a time goes on without.
    async fn reach(&mut self, arrived: usize, length: usize) -> Result<()> {
        let arrived = arrived.div_ceil(KILOBYTE);
        if arrived <= SMALL_KILOBYTES || arrived <= self.kilobytes || self.whole.is_some() {
            return Ok(());
        }
        let next = (self.kilobytes + STEP_KILOBYTES).min(length.div_ceil(KILOBYTE)).max(arrived);
        let more = u32::try_from(next - self.kilobytes).unwrap_or(u32::MAX);
        let (start, may_wait) = (Instant::now(), self.may_wait);
        let taken = async {
            tokio::select! {
                biased;
                room = ROOM_KILOBYTES.acquire_many(more) => self.add(room.map_err(ApiError::internal)?, next),
                whole = WHOLE.acquire() => self.whole = Some(whole.map_err(ApiError::internal)?),
            }
            Ok(())
        };
        let taken = timeout(may_wait, taken).await.unwrap_or_else(|_| Err(ApiError::busy()));
        self.may_wait = may_wait.saturating_sub(start.elapsed());
        taken
    }

    fn add(&mut self, more: SemaphorePermit<'static>, kilobytes: usize) {
        self.kilobytes = kilobytes;
        match &mut self.room {
            Some(room) => room.merge(more),
            None => self.room = Some(more),
        }
    }
}

const KILOBYTE: usize = 1 << 10;
/// Up to this a body is small and waits for nothing.
const SMALL_KILOBYTES: usize = 64;
const STEP_KILOBYTES: usize = 256;

/// Room for all bodies that are not small, beside the one that has it whole: two of the largest together. JSON of numbers
/// takes ten times its size when it is read.
static ROOM_KILOBYTES: Semaphore = Semaphore::const_new(MAX_BYTES / KILOBYTE);
static WHOLE: Semaphore = Semaphore::const_new(1);

/// How long a body waits for room, in all.
const WAITS_WITHIN: Duration = Duration::from_secs(30);
