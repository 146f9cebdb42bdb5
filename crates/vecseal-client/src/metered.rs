//! What a call costs in requests and bytes.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use vecseal_qdrant::{Request, Response, Transport, TransportError};

/// Requests and bytes between a client and its Qdrant, without HTTP's own headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// How many requests were sent, tries included.
    pub requests: u64,
    /// Bytes of request bodies.
    pub sent: u64,
    /// Bytes of answers.
    pub received: u64,
}

/// Counts.
#[derive(Default)]
pub(crate) struct Meter {
    requests: AtomicU64,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Meter {
    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            requests: self.requests.load(Relaxed),
            sent: self.sent.load(Relaxed),
            received: self.received.load(Relaxed),
        }
    }
}

/// A transport that is counted.
pub(crate) struct Metered<'t, T> {
    pub(crate) transport: &'t T,
    pub(crate) meter: &'t Meter,
}

impl<T: Transport> Transport for Metered<'_, T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let bytes = request.body.as_ref().map_or(0, Vec::len);
        self.meter.requests.fetch_add(1, Relaxed);
        self.meter.sent.fetch_add(bytes as u64, Relaxed);
        let response = self.transport.send(request).await?;
        self.meter.received.fetch_add(response.body.len() as u64, Relaxed);
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        self.transport.sleep(duration).await;
    }
}
