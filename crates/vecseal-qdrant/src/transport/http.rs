//! The transport of native programs.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};

use super::{MAX_ANSWER_BYTES, Method, Request, Response, Transport, TransportError, TransportProblem};
use crate::endpoint::Endpoint;
use crate::error::{QdrantError, Result};

/// HTTP by reqwest, with TLS by rustls and the system's certificates. Keeps connections open; clones share them.
///
/// Needs tokio's runtime. Redirects are not followed: they would carry the credentials elsewhere.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    endpoint: Endpoint,
}

impl Http {
    /// Makes the transport to an endpoint. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`QdrantError::Transport`] if the system has no usable TLS certificates.
    pub fn new(endpoint: Endpoint) -> Result<Self> {
        // The first provider installed in a process stays; whichever it is serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut headers = HeaderMap::new();
        if let Some((name, value)) = endpoint.header() {
            let mut value = HeaderValue::try_from(value).map_err(|_| QdrantError::InvalidCredentials)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let client = reqwest::Client::builder()
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .build()
            .map_err(|error| QdrantError::Transport(describe(&error)))?;
        Ok(Self { client, endpoint })
    }

    async fn exchange(&self, request: Request) -> std::result::Result<Response, reqwest::Error> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self
            .client
            .request(method, format!("{}{}", self.endpoint.base(), request.path))
            .timeout(request.timeout);
        if let Some(body) = request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body);
        }
        let mut answer = builder.send().await?;
        let retry_after = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let mut response = Response {
            status: answer.status().as_u16(),
            retry_after: retry_after.map(Duration::from_secs),
            body: Vec::new(),
        };
        while let Some(chunk) = answer.chunk().await? {
            response.body.extend_from_slice(&chunk);
            if response.body.len() > MAX_ANSWER_BYTES {
                break;
            }
        }
        Ok(response)
    }
}

impl Transport for Http {
    async fn send(&self, request: Request) -> std::result::Result<Response, TransportError> {
        let response = self.exchange(request).await.map_err(|error| describe(&error))?;
        if response.body.len() > MAX_ANSWER_BYTES {
            return Err(TransportError {
                problem: TransportProblem::TooLarge,
                detail: String::new(),
            });
        }
        Ok(response)
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What happened, with the innermost cause: reqwest's own sentence repeats the address.
fn describe(error: &reqwest::Error) -> TransportError {
    let problem = if error.is_connect() {
        TransportProblem::Unreachable
    } else if error.is_timeout() {
        TransportProblem::Timeout
    } else {
        TransportProblem::Interrupted
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let detail = if problem == TransportProblem::Timeout || std::ptr::addr_eq(cause, error) {
        String::new()
    } else {
        cause.to_string()
    };
    TransportError { problem, detail }
}
