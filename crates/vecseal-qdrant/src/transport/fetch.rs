//! The transport of web pages and workers.

use std::time::Duration;

use futures_util::future::{Either, select};
use gloo_net::http::{Method as HttpMethod, RequestBuilder};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortController, AbortSignal, ReadableStreamDefaultReader};

use super::{MAX_ANSWER_BYTES, Method, Request, Response, Transport, TransportError, TransportProblem};
use crate::endpoint::Endpoint;

/// HTTP by the browser's `fetch`, in pages, in workers and under Node.
///
/// Dropping the future of a request aborts it.
#[derive(Debug, Clone)]
pub struct Fetch {
    endpoint: Endpoint,
}

impl Fetch {
    /// Makes the transport to an endpoint. Nothing is sent yet.
    #[must_use]
    pub fn new(endpoint: Endpoint) -> Self {
        Self { endpoint }
    }

    async fn exchange(&self, request: Request, signal: &AbortSignal) -> Result<Response, TransportError> {
        let method = match request.method {
            Method::Get => HttpMethod::GET,
            Method::Post => HttpMethod::POST,
            Method::Put => HttpMethod::PUT,
            Method::Delete => HttpMethod::DELETE,
        };
        let mut builder = RequestBuilder::new(&format!("{}{}", self.endpoint.base(), request.path))
            .method(method)
            .credentials(web_sys::RequestCredentials::Omit)
            .redirect(web_sys::RequestRedirect::Error)
            .cache(web_sys::RequestCache::NoStore)
            .referrer_policy(web_sys::ReferrerPolicy::NoReferrer)
            .abort_signal(Some(signal));
        if let Some((name, value)) = self.endpoint.header() {
            builder = builder.header(name, &value);
        }
        let built = match request.body {
            Some(body) => builder.header("content-type", "application/json").body(Uint8Array::from(body.as_slice())),
            None => builder.build(),
        };
        let answer = built.map_err(describe)?.send().await.map_err(describe)?;
        let retry_after = answer.headers().get("retry-after").and_then(|value| value.parse().ok());
        Ok(Response {
            status: answer.status(),
            retry_after: retry_after.map(Duration::from_secs),
            body: match answer.body() {
                Some(stream) => read(&stream).await?,
                None => Vec::new(),
            },
        })
    }
}

impl Transport for Fetch {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        let abort = Abort(AbortController::new().map_err(|_| problem(TransportProblem::Interrupted))?);
        let signal = abort.0.signal();
        let timeout = request.timeout;
        let exchange = std::pin::pin!(self.exchange(request, &signal));
        match select(exchange, std::pin::pin!(self.sleep(timeout))).await {
            Either::Left((answer, _)) => answer,
            Either::Right(((), _)) => Err(problem(TransportProblem::Timeout)),
        }
    }

    async fn sleep(&self, duration: Duration) {
        let milliseconds = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX).min(MAX_SLEEP_MILLISECONDS);
        gloo_timers::future::TimeoutFuture::new(milliseconds).await;
    }
}

/// Aborts what listens to it once nobody waits any more. Ended exchanges do not mind.
struct Abort(AbortController);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Browsers take longer times for none.
const MAX_SLEEP_MILLISECONDS: u32 = i32::MAX as u32;

async fn read(stream: &web_sys::ReadableStream) -> Result<Vec<u8>, TransportError> {
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut body = Vec::new();
    loop {
        let chunk = wasm_bindgen_futures::JsFuture::from(reader.read()).await.map_err(|error| interrupted(&error))?;
        if Reflect::get(&chunk, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            return Ok(body);
        }
        let bytes: Uint8Array = Reflect::get(&chunk, &"value".into())
            .and_then(JsCast::dyn_into)
            .map_err(|error| interrupted(&error))?;
        if body.len() + bytes.length() as usize > MAX_ANSWER_BYTES {
            return Err(problem(TransportProblem::TooLarge));
        }
        body.extend(bytes.to_vec());
    }
}

fn describe(error: gloo_net::Error) -> TransportError {
    match error {
        gloo_net::Error::JsError(error) => TransportError {
            problem: TransportProblem::Interrupted,
            detail: error.message,
        },
        gloo_net::Error::GlooError(_) => problem(TransportProblem::Interrupted),
    }
}

/// A browser says neither whether anything was sent nor, to pages of other origins, what went wrong.
fn interrupted(error: &JsValue) -> TransportError {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    TransportError {
        problem: TransportProblem::Interrupted,
        detail: message.unwrap_or_default(),
    }
}

fn problem(problem: TransportProblem) -> TransportError {
    TransportError {
        problem,
        detail: String::new(),
    }
}
