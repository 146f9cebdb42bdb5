//! A transport that can note what goes over it. All jobs share the type, so that the client is compiled for it once.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use vecseal_client::qdrant::{Request, Response, Transport, TransportError};

use super::clock::now;
use super::shorten::shortened_body;
use crate::protocol::Call;

/// More calls are not noted; they are made.
const MAX_CALLS: usize = 40;

/// Sends over another transport, and notes requests and answers as the page shows them, if asked to.
#[derive(Debug, Clone)]
pub(super) struct Recording<T> {
    transport: T,
    /// Clones note in one place.
    calls: Option<Rc<RefCell<Vec<Call>>>>,
}

impl<T> Recording<T> {
    /// One that notes nothing.
    pub(super) fn off(transport: T) -> Self {
        Self { transport, calls: None }
    }

    /// The same, noting from now on.
    pub(super) fn on(&self) -> Self
    where
        T: Clone,
    {
        Self {
            transport: self.transport.clone(),
            calls: Some(Rc::default()),
        }
    }

    /// What was noted since the last time.
    pub(super) fn take(&self) -> Vec<Call> {
        self.calls.as_ref().map(|calls| calls.take()).unwrap_or_default()
    }
}

impl<T: Transport> Transport for Recording<T> {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let Some(calls) = &self.calls else {
            return self.transport.send(request).await;
        };
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
        let mut calls = calls.borrow_mut();
        if calls.len() < MAX_CALLS {
            calls.push(call);
        }
        outcome
    }

    async fn sleep(&self, duration: Duration) {
        self.transport.sleep(duration).await;
    }
}
