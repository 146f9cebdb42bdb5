//! Collections and their payload indexes.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use qdrant_edge::{FieldIndexOperations, JsonPath, UpdateOperation};
use serde_json::Value;
use vecseal_qdrant::{CollectionDescription, CollectionExists, CollectionList, NewCollection};

use super::{Body, Wait, blocking, on, write};
use crate::access::Access;
use crate::answer::{self, ApiError, Result};
use crate::body::NewIndex;
use crate::store::Store;
use crate::store::collection::Collection;

pub(super) async fn list(State(store): State<Arc<Store>>, Extension(access): Extension<Access>) -> Result<Response> {
    let names = store.names().into_iter().filter(|name| access.sees(name));
    let list = CollectionList {
        collections: names.map(|name| CollectionDescription { name }).collect(),
    };
    answer::ok(Instant::now(), list)
}

pub(super) async fn exists(State(store): State<Arc<Store>>, Path(name): Path<String>) -> Result<Response> {
    let exists = store.exists(&name);
    answer::ok(Instant::now(), CollectionExists { exists })
}

pub(super) async fn info(State(store): State<Arc<Store>>, Path(name): Path<String>) -> Result<Response> {
    on(store, name, Collection::info).await
}

pub(super) async fn create(State(store): State<Arc<Store>>, Path(name): Path<String>, body: Body) -> Result<Response> {
    let start = Instant::now();
    blocking(move || {
        let asked: Value = body.parse()?;
        check_kinds(&asked)?;
        let asked: NewCollection = serde_json::from_value(asked).map_err(ApiError::malformed)?;
        store.create(&name, &asked)?;
        answer::ok(start, true)
    })
    .await
}

pub(super) async fn remove(State(store): State<Arc<Store>>, Path(name): Path<String>) -> Result<Response> {
    let start = Instant::now();
    blocking(move || answer::ok(start, store.delete(&name)?)).await
}

pub(super) async fn create_index(
    State(store): State<Arc<Store>>,
    Path(name): Path<String>,
    Query(wait): Query<Wait>,
    body: Body,
) -> Result<Response> {
    write(store, name, wait, body, |_, index: NewIndex| index.operation()).await
}

pub(super) async fn delete_index(
    State(store): State<Arc<Store>>,
    Path((name, key)): Path<(String, String)>,
    Query(wait): Query<Wait>,
) -> Result<Response> {
    on(store, name, move |collection| {
        let path: JsonPath = key.parse().map_err(|()| ApiError::bad_request(format_args!("Invalid field {key}")))?;
        let operation = UpdateOperation::FieldIndexOperation(FieldIndexOperations::DeleteIndex(path));
        collection.update(operation, key.len()).map(|result| wait.answer(result))
    })
    .await
}

/// Refuses vectors that would otherwise silently be made as others.
fn check_kinds(asked: &Value) -> Result<()> {
    let is_given = |value: Option<&Value>| {
        value.is_some_and(|value| !value.is_null() && value.as_object().is_none_or(|kinds| !kinds.is_empty()))
    };
    if is_given(asked.get("sparse_vectors")) {
        return Err(ApiError::beyond("Collections with sparse vectors"));
    }
    let vectors = asked.get("vectors");
    let named = vectors.and_then(Value::as_object).into_iter().flat_map(|named| named.values());
    if vectors.into_iter().chain(named).any(|params| is_given(params.get("multivector_config"))) {
        return Err(ApiError::beyond("Collections with several vectors of one name"));
    }
    Ok(())
}
