//! Points.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use qdrant_edge::{
    Payload, PointId, QueryBatchRequest, Record, RetrieveRequest, ScoredPoint, VectorStructPersisted,
    WithPayloadInterface, WithVector,
};
use serde::Serialize;

use super::{Body, Wait, on, with, write};
use crate::answer::{ApiError, Result};
use crate::body::{self, Count, QueryBatch, Retrieve, Scroll, Selector, Upsert};
use crate::store::Store;

pub(super) async fn upsert(
    State(store): State<Arc<Store>>,
    Path(name): Path<String>,
    Query(wait): Query<Wait>,
    body: Body,
) -> Result<Response> {
    write(store, name, wait, body, |collection, points: Upsert| points.operation(collection)).await
}

pub(super) async fn delete(
    State(store): State<Arc<Store>>,
    Path(name): Path<String>,
    Query(wait): Query<Wait>,
    body: Body,
) -> Result<Response> {
    write(store, name, wait, body, |_, points: Selector| points.deletion()).await
}

pub(super) async fn set_payload(
    State(store): State<Arc<Store>>,
    Path(name): Path<String>,
    Query(wait): Query<Wait>,
    body: Body,
) -> Result<Response> {
    write(store, name, wait, body, |_, operation| body::set_payload(operation)).await
}

pub(super) async fn retrieve(
    State(store): State<Arc<Store>>,
    Path(name): Path<String>,
    body: Body,
) -> Result<Response> {
    with(store, name, body, |collection, points: Retrieve| {
        Ok(written(collection.shard().retrieve(points.request())?))
    })
    .await
}

pub(super) async fn one(State(store): State<Arc<Store>>, Path((name, id)): Path<(String, String)>) -> Result<Response> {
    on(store, name, move |collection| {
        let id: PointId = id
            .parse()
            .map_err(|()| ApiError::wrong_input(format_args!("Can not recognize \"{id}\" as point id")))?;
        let mut request = RetrieveRequest::new(vec![id]);
        request.with_payload = Some(WithPayloadInterface::Bool(true));
        request.with_vector = Some(WithVector::Bool(true));
        let found = written(collection.shard().retrieve(request)?).pop();
        found.ok_or_else(|| ApiError::not_found(format_args!("Point with id {id} does not exists!")))
    })
    .await
}

pub(super) async fn scroll(State(store): State<Arc<Store>>, Path(name): Path<String>, body: Body) -> Result<Response> {
    with(store, name, body, |collection, page: Scroll| {
        let (points, next_page_offset) = collection.shard().scroll(page.request()?)?;
        Ok(Page {
            points: written(points),
            next_page_offset,
        })
    })
    .await
}

pub(super) async fn count(State(store): State<Arc<Store>>, Path(name): Path<String>, body: Body) -> Result<Response> {
    with(store, name, body, |collection, count: Count| {
        let count = collection.shard().count(count.request()?)?;
        Ok(vecseal_qdrant::Count { count: count as u64 })
    })
    .await
}

pub(super) async fn query(State(store): State<Arc<Store>>, Path(name): Path<String>, body: Body) -> Result<Response> {
    with(store, name, body, |collection, query: body::Query| {
        Ok(Found {
            points: written(collection.shard().query(query.request(collection)?)?),
        })
    })
    .await
}

pub(super) async fn query_batch(
    State(store): State<Arc<Store>>,
    Path(name): Path<String>,
    body: Body,
) -> Result<Response> {
    with(store, name, body, |collection, batch: QueryBatch| {
        let queries = batch.searches.into_iter().map(|query| query.request(collection)).collect::<Result<_>>()?;
        let found = collection.shard().query_batch(QueryBatchRequest { queries })?;
        Ok(found
            .into_iter()
            .map(|points| Found {
                points: written(points),
            })
            .collect::<Vec<_>>())
    })
    .await
}

/// A point in an answer, in the engine's types; `vecseal_qdrant` has the same in its own.
#[derive(Serialize)]
struct Written {
    id: PointId,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Payload>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vector: Option<VectorStructPersisted>,
}

#[derive(Serialize)]
struct Found {
    points: Vec<Written>,
}

#[derive(Serialize)]
struct Page {
    points: Vec<Written>,
    next_page_offset: Option<PointId>,
}

fn written<P: Into<Written>>(points: Vec<P>) -> Vec<Written> {
    points.into_iter().map(Into::into).collect()
}

impl From<ScoredPoint> for Written {
    fn from(point: ScoredPoint) -> Self {
        Self {
            id: point.id,
            version: Some(point.version),
            score: Some(point.score),
            payload: point.payload,
            vector: point.vector.map(Into::into),
        }
    }
}

impl From<Record> for Written {
    fn from(point: Record) -> Self {
        Self {
            id: point.id,
            version: None,
            score: None,
            payload: point.payload,
            vector: point.vector.map(Into::into),
        }
    }
}
