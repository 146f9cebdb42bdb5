//! Jobs that run, to be cancelled.

use std::cell::RefCell;
use std::collections::HashMap;

use futures_util::future::{AbortHandle, abortable};

use crate::protocol::Failure;

thread_local! {
    static RUNNING: RefCell<HashMap<u32, AbortHandle>> = RefCell::default();
}

/// Stops a job, whatever it waits for.
pub(super) fn cancel(job: u32) {
    if let Some(running) = RUNNING.with_borrow_mut(|running| running.remove(&job)) {
        running.abort();
    }
}

/// A job that looks for itself whether it is cancelled, where it can stop.
pub(super) struct Stoppable {
    job: u32,
    handle: AbortHandle,
}

impl Stoppable {
    pub(super) fn new(job: u32) -> Self {
        let (handle, _) = AbortHandle::new_pair();
        RUNNING.with_borrow_mut(|running| running.insert(job, handle.clone()));
        Self { job, handle }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.handle.is_aborted()
    }
}

impl Drop for Stoppable {
    fn drop(&mut self) {
        RUNNING.with_borrow_mut(|running| running.remove(&self.job));
    }
}

/// How a cancelled job fails.
pub(super) fn cancelled() -> Failure {
    Failure::new("cancelled", "the job was cancelled")
}

/// Does the work of a job, unless it is cancelled meanwhile.
pub(super) async fn cancellable<R>(job: u32, work: impl Future<Output = Result<R, Failure>>) -> Result<R, Failure> {
    let (work, handle) = abortable(work);
    RUNNING.with_borrow_mut(|running| running.insert(job, handle));
    let outcome = work.await;
    RUNNING.with_borrow_mut(|running| running.remove(&job));
    outcome.unwrap_or_else(|_| Err(cancelled()))
}
