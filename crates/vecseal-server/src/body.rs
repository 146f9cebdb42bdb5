//! Bodies of requests about points, in the engine's types: most read Qdrant's JSON as they are.
//!
//! The engine logs a write before it looks at it, and what makes it panic then makes it panic at every start. So
//! everything is checked here first.

use ahash::AHashSet;
use qdrant_edge::{
    Condition, CreateIndex, FieldIndexOperations, Filter, HasIdCondition, JsonPath, NamedQuery, PayloadFieldSchema,
    PayloadOps, PointId, PointInsertOperations, PointOperations, PointStructPersisted, QueryEnum, QueryRequest,
    RetrieveRequest, ScoringQuery, SearchParams, SetPayloadOp, UpdateOperation, VectorInternal, VectorRef,
    WithPayloadInterface, WithVector,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::answer::{ApiError, Result};
use crate::store::collection::Collection;
use crate::validation::{MAX_KEY_PARTS, check, check_finite};

/// The filter of a body, checked.
fn checked(filter: Option<Filter>) -> Result<Option<Filter>> {
    filter.iter().try_for_each(check)?;
    Ok(filter)
}

/// `PUT /points`: points, or the same in columns.
#[derive(Deserialize)]
pub(crate) struct Upsert {
    points: Option<Vec<PointStructPersisted>>,
    batch: Option<Value>,
    update_filter: Option<Value>,
    update_mode: Option<Value>,
}

impl Upsert {
    pub(crate) fn operation(self, collection: &Collection) -> Result<UpdateOperation> {
        if self.update_filter.is_some() || self.update_mode.is_some() {
            return Err(ApiError::beyond("Conditional upserts"));
        }
        let points = match (self.points, self.batch) {
            (Some(points), None) => points,
            (None, Some(batch)) => columns(&batch)?,
            _ => return Err(ApiError::malformed("expected one of `points`, `batch`")),
        };
        if points.is_empty() {
            return Err(ApiError::bad_request("Empty update request"));
        }
        for point in &points {
            check(&point.vector)?;
            collection.check(&point.vector)?;
        }
        let points = PointInsertOperations::PointsList(points);
        Ok(UpdateOperation::PointOperation(PointOperations::UpsertPoints(points)))
    }
}

fn columns(batch: &Value) -> Result<Vec<PointStructPersisted>> {
    let length = |column: Option<&Value>| column.and_then(Value::as_array).map_or(0, Vec::len);
    let ids = length(batch.get("ids"));
    let vectors_fit = match batch.get("vectors") {
        Some(Value::Object(named)) => named.values().all(|column| length(Some(column)) == ids),
        column => length(column) == ids,
    };
    let payloads = batch.get("payloads").filter(|column| !column.is_null());
    if !vectors_fit || payloads.is_some_and(|column| length(Some(column)) != ids) {
        return Err(ApiError::invalid("batch: number of ids, vectors and payloads must be equal"));
    }
    let operations: PointInsertOperations =
        serde_json::from_value(json!({ "batch": batch })).map_err(ApiError::malformed)?;
    Ok(operations.into_point_vec())
}

/// Points by their ids, or by a filter.
#[derive(Deserialize)]
pub(crate) struct Selector {
    points: Option<Vec<PointId>>,
    filter: Option<Filter>,
}

impl Selector {
    pub(crate) fn deletion(self) -> Result<UpdateOperation> {
        let operation = match (self.points, checked(self.filter)?) {
            (Some(ids), None) if ids.is_empty() => return Err(ApiError::bad_request("Empty update request")),
            (Some(ids), None) => PointOperations::DeletePoints { ids },
            (None, Some(filter)) => PointOperations::DeletePointsByFilter(filter),
            _ => return Err(ApiError::malformed("data did not match any variant of untagged enum PointsSelector")),
        };
        Ok(UpdateOperation::PointOperation(operation))
    }
}

/// `POST /points/payload`.
pub(crate) fn set_payload(operation: SetPayloadOp) -> Result<UpdateOperation> {
    if operation.points.is_none() && operation.filter.is_none() {
        return Err(ApiError::malformed("Either list of point ids or filter must be provided"));
    }
    if operation.key.as_ref().is_some_and(|key| key.rest.len() >= MAX_KEY_PARTS) {
        return Err(ApiError::invalid(format_args!("key: must have {MAX_KEY_PARTS} parts or fewer")));
    }
    operation.filter.iter().try_for_each(check)?;
    Ok(UpdateOperation::PayloadOperation(PayloadOps::SetPayload(operation)))
}

/// `PUT /index`.
#[derive(Deserialize)]
pub(crate) struct NewIndex {
    field_name: JsonPath,
    #[serde(alias = "field_type")]
    field_schema: Option<PayloadFieldSchema>,
}

impl NewIndex {
    pub(crate) fn operation(self) -> Result<UpdateOperation> {
        let schema = self.field_schema.ok_or_else(|| {
            ApiError::bad_request("Can't auto-detect field type, please specify `field_schema` in the request")
        })?;
        check(&schema)?;
        let index = CreateIndex {
            field_name: self.field_name,
            field_schema: Some(schema),
        };
        Ok(UpdateOperation::FieldIndexOperation(FieldIndexOperations::CreateIndex(index)))
    }
}

/// `POST /points`.
#[derive(Deserialize)]
pub(crate) struct Retrieve {
    ids: Vec<PointId>,
    with_payload: Option<WithPayloadInterface>,
    #[serde(alias = "with_vectors")]
    with_vector: Option<WithVector>,
}

impl Retrieve {
    pub(crate) fn request(self) -> RetrieveRequest {
        let mut request = RetrieveRequest::new(self.ids);
        // Whoever fetches by id says what is wanted; a scroll without a word brings the payload.
        request.with_payload = Some(self.with_payload.unwrap_or(WithPayloadInterface::Bool(false)));
        request.with_vector = self.with_vector;
        request
    }
}

/// `POST /points/scroll`.
#[derive(Deserialize)]
pub(crate) struct Scroll {
    offset: Option<PointId>,
    limit: Option<usize>,
    filter: Option<Filter>,
    with_payload: Option<WithPayloadInterface>,
    #[serde(alias = "with_vectors")]
    with_vector: Option<WithVector>,
    order_by: Option<Value>,
}

impl Scroll {
    pub(crate) fn request(self) -> Result<qdrant_edge::ScrollRequest> {
        if self.order_by.is_some() {
            return Err(ApiError::beyond("Scrolling in another order than that of the ids"));
        }
        if self.limit == Some(0) {
            return Err(ApiError::invalid("scroll_request.limit: value 0 invalid, must be 1 or larger"));
        }
        Ok(qdrant_edge::ScrollRequest {
            offset: self.offset,
            limit: self.limit,
            filter: checked(self.filter)?,
            with_payload: self.with_payload,
            with_vector: self.with_vector.unwrap_or(WithVector::Bool(false)),
            order_by: None,
        })
    }
}

/// `POST /points/count`.
#[derive(Deserialize)]
pub(crate) struct Count {
    filter: Option<Filter>,
    exact: Option<bool>,
}

impl Count {
    pub(crate) fn request(self) -> Result<qdrant_edge::CountRequest> {
        Ok(qdrant_edge::CountRequest {
            filter: checked(self.filter)?,
            exact: self.exact.unwrap_or(true),
        })
    }
}

/// `POST /points/query/batch`.
#[derive(Deserialize)]
pub(crate) struct QueryBatch {
    pub(crate) searches: Vec<Query>,
}

/// `POST /points/query`: the points nearest to a vector or to a point, or all in the order of their ids.
#[derive(Deserialize)]
pub(crate) struct Query {
    #[serde(rename = "query")]
    near: Option<Value>,
    prefetch: Option<Value>,
    using: Option<String>,
    filter: Option<Filter>,
    params: Option<SearchParams>,
    score_threshold: Option<f32>,
    limit: Option<usize>,
    offset: Option<usize>,
    #[serde(alias = "with_vectors")]
    with_vector: Option<WithVector>,
    with_payload: Option<WithPayloadInterface>,
    lookup_from: Option<Value>,
}

impl Query {
    pub(crate) fn request(self, collection: &Collection) -> Result<QueryRequest> {
        if self.prefetch.is_some() || self.lookup_from.is_some() {
            return Err(ApiError::beyond("Queries in several stages"));
        }
        let limit = self.limit.unwrap_or(DEFAULT_LIMIT);
        if limit == 0 {
            return Err(ApiError::invalid("internal.limit: value 0 invalid, must be 1 or larger"));
        }
        self.params.iter().try_for_each(check)?;
        let filter = checked(self.filter)?;
        let mut request = QueryRequest::new(limit);
        request.offset = self.offset.unwrap_or(0);
        request.with_vector = self.with_vector.unwrap_or(WithVector::Bool(false));
        request.with_payload = self.with_payload.unwrap_or(WithPayloadInterface::Bool(false));
        request.params = self.params;
        request.score_threshold = self.score_threshold;
        let using = self.using.unwrap_or_default();
        match self.near.map(near).transpose()? {
            None => request.filter = filter,
            Some(Near::Vector(vector)) => {
                check_finite("query", &vector)?;
                request.filter = filter;
                request.query = Some(nearest(vector, &using));
            }
            Some(Near::Point(id)) => {
                let itself = Condition::HasId(HasIdCondition::from(AHashSet::from_iter([id])));
                request.filter = Some(Filter::new_must_not(itself).merge_owned(filter.unwrap_or_default()));
                request.query = Some(nearest(stored(collection, id, &using)?, &using));
            }
        }
        Ok(request)
    }
}

/// What a query is near to.
#[derive(Deserialize)]
#[serde(untagged, expecting = "Expected some form of vector, id, or a type of query")]
enum Near {
    Vector(Vec<f32>),
    Point(PointId),
}

const DEFAULT_LIMIT: usize = 10;

/// Reads a vector or an id, given plainly or as `{"nearest": …}`.
fn near(query: Value) -> Result<Near> {
    let plain = match query {
        Value::Object(mut kinds) => {
            let nearest = kinds.remove("nearest").filter(|_| kinds.values().all(Value::is_null));
            nearest.ok_or_else(|| ApiError::beyond("Queries other than for the nearest of a vector or of a point"))?
        }
        plain => plain,
    };
    if plain.as_array().is_some_and(|vector| vector.iter().any(Value::is_array)) || plain.is_object() {
        return Err(ApiError::beyond("Queries with sparse vectors or with several vectors"));
    }
    serde_json::from_value(plain).map_err(ApiError::malformed)
}

fn nearest(vector: Vec<f32>, using: &str) -> ScoringQuery {
    let vector = VectorInternal::Dense(vector);
    ScoringQuery::Vector(QueryEnum::Nearest(NamedQuery::new(vector, using)))
}

/// The vector of a point.
fn stored(collection: &Collection, id: PointId, name: &str) -> Result<Vec<f32>> {
    let mut request = RetrieveRequest::new(vec![id]);
    request.with_payload = Some(WithPayloadInterface::Bool(false));
    request.with_vector = Some(WithVector::Bool(true));
    let found = collection.shard().retrieve(request)?;
    let point = found.first().ok_or_else(|| ApiError::not_found(format_args!("No point with id {id} found")))?;
    match point.get_vector_by_name(name) {
        Some(VectorRef::Dense(vector)) => Ok(vector.to_vec()),
        _ => Err(ApiError::not_found(format_args!("Vector with name {name:?} for point"))),
    }
}
