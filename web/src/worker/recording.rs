//! A transport that notes what goes over it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use vecseal_client::qdrant::{Request, Response, Transport, TransportError};

use super::clock::now;
use super::shorten::shortened_body;
use crate::protocol::Call;

/// More calls are not noted; they are made.
const MAX_CALLS: usize = 40;

/// Sends over another transport, and notes requests and answers as the page shows them. Clones note in one place.
#[derive(Debug, Clone)]
pub(super) struct Recording<T> {
    transport: T,
    calls: Rc<RefCell<Vec<Call>>>,
}

impl<T> Recording<T> {
    pub(super) fn new(transport: T) -> Self {
        Self {
            transport,
            calls: Rc::default(),
        }
    }

    /// What was noted since the last time.
    pub(super) fn take(&self) -> Vec<Call> {
        self.calls.take()
    }
}

impl<T: Transport> Transport for Recording<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let mut call = Call {
            method: request.method.as_str().to_owned(),
            path: request.path.clone(),
            body: request.body.as_deref().map(shortened_body).unwrap_or_default(),
            status: 0,
            answer: String::new(),
            time: 0.0,
        };
        let start = now();
        let outcome = self.transport.send(request).await;
        call.time = now() - start;
        match &outcome {
            Ok(response) => {
                call.status = response.status;
                call.answer = shortened_body(&response.body);
            }
            Err(error) => call.answer = error.to_string(),
        }
        let mut calls = self.calls.borrow_mut();
        if calls.len() < MAX_CALLS {
            calls.push(call);
        }
        outcome
    }

    async fn sleep(&self, duration: Duration) {
        self.transport.sleep(duration).await;
    }
}
