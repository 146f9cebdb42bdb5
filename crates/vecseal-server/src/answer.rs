//! Answers in Qdrant's envelope; errors with Qdrant's statuses and words.

use std::fmt::Display;
use std::time::Instant;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use qdrant_edge::OperationError;
use serde::Serialize;
use vecseal_qdrant::{Envelope, ErrorStatus, Failure};

/// A request that failed: its status and Qdrant's words.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    sentence: String,
}

pub(crate) type Result<T> = std::result::Result<T, ApiError>;

/// The answer of a request that succeeded.
pub(crate) fn ok(start: Instant, result: impl Serialize) -> Result<Response> {
    let envelope = Envelope {
        result,
        status: "ok".to_owned(),
        time: start.elapsed().as_secs_f64(),
    };
    let body = serde_json::to_vec(&envelope).map_err(ApiError::internal)?;
    Ok(json(StatusCode::OK, body))
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, JSON)], body).into_response()
}

impl ApiError {
    pub(crate) fn not_found(what: impl Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("Not found: {what}"))
    }

    pub(crate) fn no_collection(name: &str) -> Self {
        Self::not_found(format_args!("Collection `{name}` doesn't exist!"))
    }

    pub(crate) fn no_path() -> Self {
        Self::not_found("there is no such path")
    }

    pub(crate) fn conflict(what: impl Display) -> Self {
        Self::new(StatusCode::CONFLICT, format!("Wrong input: {what}"))
    }

    pub(crate) fn wrong_input(what: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("Wrong input: {what}"))
    }

    pub(crate) fn bad_request(what: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("Bad request: {what}"))
    }

    pub(crate) fn malformed(what: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, format!("Format error in JSON body: {what}"))
    }

    pub(crate) fn too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, "The body took too long to arrive".to_owned())
    }

    pub(crate) fn busy() -> Self {
        let sentence = "There is no room for the body beside those of other requests: try again later";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence.to_owned())
    }

    pub(crate) fn too_large() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "JSON payload is larger than allowed (limit: 33554432 bytes).".to_owned())
    }

    /// The body is well-formed, and holds what must not be: which field, and why.
    pub(crate) fn invalid(what: impl Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("Validation error in JSON body: [{what}]"))
    }

    pub(crate) fn invalid_name(what: impl Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("Validation error in path parameters: [{what}]"))
    }

    pub(crate) fn forbidden(what: impl Display) -> Self {
        Self::new(StatusCode::FORBIDDEN, format!("Forbidden: {what}"))
    }

    /// What this server leaves to Qdrant.
    pub(crate) fn beyond(what: impl Display) -> Self {
        Self::bad_request(format_args!("{what}: the embedded engine does not do this, a Qdrant server does"))
    }

    pub(crate) fn internal(what: impl Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("Service internal error: {what}"))
    }

    fn new(status: StatusCode, sentence: String) -> Self {
        Self { status, sentence }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let failure = Failure {
            status: ErrorStatus { error: self.sentence },
            time: 0.0,
        };
        json(self.status, serde_json::to_vec(&failure).unwrap_or_default())
    }
}

/// Puts what was refused before it came to a handler into Qdrant's envelope.
pub(crate) async fn enveloped(response: Response) -> Response {
    let is_in_one = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == JSON);
    if is_in_one || !response.status().is_client_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let said = axum::body::to_bytes(body, MAX_SENTENCE_BYTES).await.unwrap_or_default();
    let sentence = match String::from_utf8_lossy(&said) {
        said if said.is_empty() => parts.status.to_string(),
        said => format!("Bad request: {said}"),
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let (enveloped, body) = ApiError::new(parts.status, sentence).into_response().into_parts();
    parts.headers.extend(enveloped.headers);
    Response::from_parts(parts, body)
}

const JSON: &str = "application/json";
const MAX_SENTENCE_BYTES: usize = 4_096;

impl From<OperationError> for ApiError {
    fn from(error: OperationError) -> Self {
        match &error {
            OperationError::PointIdError { missed_point_id } => {
                Self::not_found(format_args!("No point with id {missed_point_id} found"))
            }
            OperationError::ServiceError { description, .. } => Self::internal(description),
            OperationError::InconsistentStorage { .. }
            | OperationError::FileNotFound { .. }
            | OperationError::OutOfMemory { .. }
            | OperationError::OutOfAppendableCapacity { .. } => Self::internal(&error),
            // A cancelled search is one whose request the engine could not carry out.
            _ => Self::wrong_input(&error),
        }
    }
}
