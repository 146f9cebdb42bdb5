//! `GET /`: to programs the version, to browsers the pages, if there are any.

use std::path::Path;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use axum::{Json, Router, middleware};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;
use vecseal_qdrant::Version;

use crate::answer::{self, ApiError};
use crate::store::Store;

/// The Qdrant whose API this follows. Clients compare it with their own version.
const API_VERSION: &str = "1.19.0";

/// Puts the pages of a folder beside the API.
pub(super) fn beside(api: Router<Arc<Store>>, folder: Option<&Path>) -> Router<Arc<Store>> {
    let Some(folder) = folder else {
        return api.route("/", only_get(async || version())).fallback(async || ApiError::no_path());
    };
    let pages = ServeDir::new(folder);
    let root = pages.clone();
    let has_start = folder.join("index.html").is_file();
    let root = only_get(async move |request: Request| {
        let mut answer = if has_start && is_from_browser(&request) {
            with_headers(root.oneshot(request).await.into_response())
        } else {
            version()
        };
        answer.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        answer
    });
    let other = async move |request: Request| {
        let is_reading = [Method::GET, Method::HEAD].contains(request.method());
        // A folder's path is redirected to itself and a slash, and browsers take `//name/` for another server's.
        if !is_reading || request.uri().path().starts_with("//") {
            return ApiError::no_path().into_response();
        }
        answer::enveloped(with_headers(pages.oneshot(request).await.into_response())).await
    };
    api.route("/", root).fallback(other)
}

/// What goes with each page: it is never an old one, in no frame, what it says it is, and tells nobody where it was.
fn with_headers(mut page: Response) -> Response {
    if !page.status().is_client_error() {
        for (name, value) in HEADERS {
            page.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    page
}

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-cache"),
    (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
];

fn only_get<H: Handler<T, Arc<Store>>, T: 'static>(handler: H) -> MethodRouter<Arc<Store>> {
    get(handler).layer(middleware::map_response(answer::enveloped))
}

fn version() -> Response {
    Json(Version {
        title: "qdrant - vector search engine (embedded by vecseal-server)".to_owned(),
        version: API_VERSION.to_owned(),
    })
    .into_response()
}

/// Whether somebody wants to see something.
fn is_from_browser(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}
