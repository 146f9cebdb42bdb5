//! `GET /`: to programs the version, to browsers the pages, if there are any.

use std::path::Path;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router};
use tower::ServiceExt as _;
use tower_http::services::ServeDir;
use vecseal_qdrant::Version;

use crate::store::Store;

/// The Qdrant whose API this follows. Clients compare it with their own version.
const API_VERSION: &str = "1.19.0";

/// Puts the pages of a folder beside the API.
pub(super) fn beside(api: Router<Arc<Store>>, folder: Option<&Path>) -> Router<Arc<Store>> {
    let Some(folder) = folder else {
        return api.route("/", get(async || version())).fallback(async || StatusCode::NOT_FOUND);
    };
    let pages = ServeDir::new(folder);
    let root = pages.clone();
    let has_start = folder.join("index.html").is_file();
    let root = get(async move |request: Request| {
        let mut answer = if has_start && is_from_browser(&request) {
            root.oneshot(request).await.into_response()
        } else {
            version()
        };
        answer.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
        answer
    });
    api.route("/", root).fallback_service(pages)
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
