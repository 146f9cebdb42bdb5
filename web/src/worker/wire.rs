//! The transport of the worker: the browser's `fetch`. Natively, where only parts are tested, there is none.

#[cfg(not(target_arch = "wasm32"))]
use std::time::Duration;

#[cfg(not(target_arch = "wasm32"))]
pub(super) use Nowhere as Wire;
#[cfg(target_arch = "wasm32")]
pub(super) use vecseal_client::qdrant::Fetch as Wire;

/// Leads nowhere.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug, Clone)]
pub(super) struct Nowhere;

#[cfg(not(target_arch = "wasm32"))]
impl Nowhere {
    pub(super) fn new(_: vecseal_client::qdrant::Endpoint) -> Self {
        Self
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl vecseal_client::qdrant::Transport for Nowhere {
    async fn send(
        &self,
        _: vecseal_client::qdrant::Request,
    ) -> Result<vecseal_client::qdrant::Response, vecseal_client::qdrant::TransportError> {
        Err(vecseal_client::qdrant::TransportError {
            problem: vecseal_client::qdrant::TransportProblem::Unreachable,
            detail: String::new(),
        })
    }

    async fn sleep(&self, _: Duration) {}
}
