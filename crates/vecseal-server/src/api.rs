//! The routes, and what stands before them: sizes, keys, cross-origin requests.

mod collections;
mod connections;
mod pages;
mod points;
mod upload;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body;
use axum::extract::Request;
use axum::http::Uri;
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use axum::{Router, middleware};
use hyper::body::Incoming;
use qdrant_edge::UpdateOperation;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tower::util::MapRequest;
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use vecseal_qdrant::{UpdateResult, UpdateStatus};

use crate::access::{self, Guard};
use crate::answer::{self, ApiError, Result};
use crate::settings::Settings;
use crate::store::Store;
use crate::store::collection::Collection;
use upload::Body;

/// Serves until the future ends; then what is under way has a moment to end.
pub(crate) async fn serve(
    listener: tokio::net::TcpListener,
    store: Arc<Store>,
    settings: &Settings,
    until: impl Future<Output = ()>,
) {
    let arrived: fn(hyper::Request<Incoming>) -> Request = |request| without_last_slash(request.map(body::Body::new));
    connections::serve(listener, MapRequest::new(router(store, settings), arrived), until).await;
}

fn router(store: Arc<Store>, settings: &Settings) -> Router {
    let points = Router::new()
        .route("/", put(points::upsert).post(points::retrieve))
        .route("/{id}", get(points::one))
        .route("/delete", post(points::delete))
        .route("/payload", post(points::set_payload))
        .route("/scroll", post(points::scroll))
        .route("/count", post(points::count))
        .route("/query", post(points::query))
        .route("/query/batch", post(points::query_batch));
    let api = Router::new()
        .route("/healthz", get(async || "healthz check passed"))
        .route("/livez", get(async || "healthz check passed"))
        .route("/readyz", get(async || "all shards are ready"))
        .route("/collections", get(collections::list))
        .route("/collections/{name}", get(collections::info).put(collections::create).delete(collections::remove))
        .route("/collections/{name}/exists", get(collections::exists))
        .route("/collections/{name}/index", put(collections::create_index))
        .route("/collections/{name}/index/{key}", delete(collections::delete_index))
        .nest("/collections/{name}/points", points)
        .layer(middleware::map_response(answer::enveloped))
        .layer(middleware::from_fn_with_state(Guard::new(settings, Arc::clone(&store)), access::guard));
    // The outermost: a browser asks whether it may ask before it shows a key.
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(Duration::from_hours(1));
    pages::beside(api, settings.web.as_deref()).layer(cors).with_state(store)
}

/// Takes the slash off the end of the API's paths, as Qdrant. The pages' paths keep theirs: a folder's page is at the
/// path with it, and the links in it count on that.
fn without_last_slash(mut request: Request) -> Request {
    let path = request.uri().path();
    let is_of_api = ROOTS.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')));
    if is_of_api && path.ends_with('/') {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = format!("{}{query}", path.trim_end_matches('/')).parse().ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

/// Where the paths of the API begin.
const ROOTS: [&str; 4] = ["/collections", "/healthz", "/livez", "/readyz"];

/// Whether a write is to be waited for. It is done by the time it is answered, but clients may compare.
#[derive(Deserialize)]
struct Wait {
    #[serde(default)]
    wait: bool,
}

/// Carries out a write, which the body asks for.
async fn write<B: DeserializeOwned>(
    store: Arc<Store>,
    name: String,
    wait: Wait,
    body: Body,
    operation: impl FnOnce(&Collection, B) -> Result<UpdateOperation> + Send + 'static,
) -> Result<Response> {
    let length = body.len();
    with(store, name, body, move |collection, request| {
        let operation = operation(collection, request)?;
        collection.update(operation, length).map(|result| wait.answer(result))
    })
    .await
}

impl Wait {
    fn answer(&self, result: UpdateResult) -> UpdateResult {
        let status = if self.wait {
            result.status
        } else {
            UpdateStatus::Acknowledged
        };
        UpdateResult { status, ..result }
    }
}

/// Carries out a request on a collection, off the threads that wait: the engine blocks.
async fn on<A: Serialize>(
    store: Arc<Store>,
    name: String,
    carry_out: impl FnOnce(&Collection) -> Result<A> + Send + 'static,
) -> Result<Response> {
    let start = Instant::now();
    blocking(move || answer::ok(start, carry_out(&*store.get(&name)?)?)).await
}

/// The same with a body, which is read before the collection is looked for.
async fn with<B: DeserializeOwned, A: Serialize>(
    store: Arc<Store>,
    name: String,
    body: Body,
    carry_out: impl FnOnce(&Collection, B) -> Result<A> + Send + 'static,
) -> Result<Response> {
    let start = Instant::now();
    blocking(move || {
        let request = body.parse()?;
        answer::ok(start, carry_out(&*store.get(&name)?, request)?)
    })
    .await
}

async fn blocking(work: impl FnOnce() -> Result<Response> + Send + 'static) -> Result<Response> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(ApiError::internal("the engine panicked")))
}
