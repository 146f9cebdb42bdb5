//! Who may do what, as Qdrant decides it: API keys, and tokens signed with the read-write key.

use std::sync::Arc;

use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{MatchedPath, RawPathParams, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use qdrant_edge::{Condition, CountRequest, FieldCondition, Filter, JsonPath, Match, ValueVariants};
use serde::Deserialize;
use serde_json::Value;

use crate::answer::{ApiError, Result};
use crate::settings::Settings;
use crate::store::Store;

/// What the keys are, and how tokens are read.
#[derive(Clone)]
pub(crate) struct Guard {
    read_write: Option<Arc<str>>,
    read_only: Option<Arc<str>>,
    tokens: Option<(Arc<DecodingKey>, Arc<Validation>)>,
    store: Arc<Store>,
}

/// What a request may do.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Access {
    /// The same everywhere.
    Global(GlobalMode),
    /// In these collections only.
    Collections(Vec<CollectionAccess>),
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) enum GlobalMode {
    #[serde(rename = "r")]
    Read,
    #[serde(rename = "m")]
    Manage,
}

#[derive(Clone, Deserialize)]
pub(crate) struct CollectionAccess {
    collection: String,
    access: CollectionMode,
    /// Qdrant refuses tokens that have it, lest one that was meant to see a part sees all.
    payload: Option<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
enum CollectionMode {
    #[serde(rename = "r")]
    Read,
    #[serde(rename = "prw")]
    Points,
    #[serde(rename = "rw")]
    Write,
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default = "everything")]
    access: Access,
    value_exists: Option<ValueExists>,
}

/// A token counts only as long as some point has these values: deleting the point revokes the token.
#[derive(Deserialize)]
struct ValueExists {
    collection: String,
    matches: Vec<KeyValue>,
}

#[derive(Deserialize)]
struct KeyValue {
    key: JsonPath,
    value: ValueVariants,
}

/// What a request needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Read,
    WritePoints,
    WriteIndexes,
    Manage,
}

impl Claims {
    fn of(access: Access) -> Self {
        Self {
            access,
            value_exists: None,
        }
    }
}

fn everything() -> Access {
    Access::Global(GlobalMode::Manage)
}

/// Lets requests through that may do what they ask for.
///
/// Asks the router, not the address, which route and which collection it is: there is one reading of an address.
pub(crate) async fn guard(
    State(guard): State<Guard>,
    parameters: std::result::Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request,
    next: Next,
) -> Response {
    let access = match guard.access(&request) {
        Ok(Claims {
            access,
            value_exists: None,
        }) => access,
        Ok(Claims {
            access,
            value_exists: Some(condition),
        }) => {
            // The engine blocks.
            let checked = tokio::task::spawn_blocking(move || guard.check_exists(condition)).await;
            match checked.unwrap_or_else(|_| Err(stateful_validation_failed())) {
                Ok(()) => access,
                Err(refused) => return refused.into_response(),
            }
        }
        Err(refused) => return refused.into_response(),
    };
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(unreadable) => return ApiError::bad_request(unreadable).into_response(),
    };
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let need = need(request.method(), route);
    let collection = parameters.iter().find_map(|(parameter, value)| (parameter == "name").then_some(value));
    if let Err(refused) = access.check(collection, need) {
        return refused.into_response();
    }
    request.extensions_mut().insert(access);
    next.run(request).await
}

impl Guard {
    pub(crate) fn new(settings: &Settings, store: Arc<Store>) -> Self {
        let tokens = settings.api_key.as_ref().filter(|_| settings.jwt_rbac).map(|key| {
            let mut validation = Validation::new(Algorithm::HS256);
            validation.validate_aud = false;
            validation.leeway = 30;
            validation.required_spec_claims.clear();
            (Arc::new(DecodingKey::from_secret(key.as_bytes())), Arc::new(validation))
        });
        Self {
            read_write: settings.api_key.as_deref().map(Arc::from),
            read_only: settings.read_only_api_key.as_deref().map(Arc::from),
            tokens,
            store,
        }
    }

    /// What a request's key or token says.
    fn access(&self, request: &Request) -> std::result::Result<Claims, (StatusCode, String)> {
        if self.read_write.is_none() && self.read_only.is_none() || PUBLIC.contains(&request.uri().path()) {
            return Ok(Claims::of(everything()));
        }
        let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
        let bearer = || header(AUTHORIZATION.as_str())?.strip_prefix("Bearer ");
        let key = header("api-key").or_else(bearer);
        let key = key.ok_or_else(|| unauthorized("Must provide an API key or an Authorization bearer token"))?;
        let is = |own: &Option<Arc<str>>| own.as_ref().is_some_and(|own| same(own.as_bytes(), key.as_bytes()));
        if is(&self.read_write) {
            return Ok(Claims::of(everything()));
        }
        if is(&self.read_only) {
            return Ok(Claims::of(Access::Global(GlobalMode::Read)));
        }
        let claims = self.claims(key)?;
        if let Access::Collections(list) = &claims.access
            && list.iter().any(|entry| entry.payload.is_some())
        {
            return Err(unauthorized("The 'payload' constraint is deprecated and should not be used"));
        }
        Ok(claims)
    }

    fn claims(&self, token: &str) -> std::result::Result<Claims, (StatusCode, String)> {
        let invalid = || unauthorized("Invalid API key or JWT");
        let (key, validation) = self.tokens.as_ref().ok_or_else(invalid)?;
        match decode(token, key, validation) {
            Ok(token) => Ok(token.claims),
            Err(error) => match error.kind() {
                ErrorKind::ExpiredSignature | ErrorKind::InvalidSignature => {
                    Err((StatusCode::FORBIDDEN, error.to_string()))
                }
                _ => Err(invalid()),
            },
        }
    }

    fn check_exists(&self, condition: ValueExists) -> std::result::Result<(), (StatusCode, String)> {
        let collection = self.store.get(&condition.collection).map_err(|_| stateful_validation_failed())?;
        let matches = condition
            .matches
            .into_iter()
            .map(|pair| Condition::Field(FieldCondition::new_match(pair.key, Match::new_value(pair.value))));
        let request = CountRequest {
            filter: Some(Filter {
                must: Some(matches.collect()),
                ..Filter::default()
            }),
            exact: true,
        };
        match collection.shard().count(request) {
            Ok(0) => Err(unauthorized(STATEFUL_VALIDATION_FAILED)),
            Ok(_) => Ok(()),
            Err(_) => Err(stateful_validation_failed()),
        }
    }
}

/// What anybody may ask, as of Qdrant.
const PUBLIC: [&str; 4] = ["/", "/healthz", "/livez", "/readyz"];

fn unauthorized(sentence: &str) -> (StatusCode, String) {
    (StatusCode::UNAUTHORIZED, sentence.to_owned())
}

const STATEFUL_VALIDATION_FAILED: &str = "Invalid JWT, stateful validation failed";

fn stateful_validation_failed() -> (StatusCode, String) {
    (StatusCode::FORBIDDEN, STATEFUL_VALIDATION_FAILED.to_owned())
}

/// Compares in a time that says nothing of where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// What a request to a route needs.
fn need(method: &Method, route: &str) -> Need {
    let of_collection = route.strip_prefix("/collections/{name}").unwrap_or_default();
    match (method.as_str(), of_collection) {
        ("GET" | "HEAD", _) => Need::Read,
        ("POST", "/points" | "/points/scroll" | "/points/count" | "/points/query" | "/points/query/batch") => {
            Need::Read
        }
        (_, path) if path.starts_with("/index") => Need::WriteIndexes,
        (_, path) if path.starts_with("/points") => Need::WritePoints,
        _ => Need::Manage,
    }
}

impl Access {
    /// Whether a collection shows in lists.
    pub(crate) fn sees(&self, name: &str) -> bool {
        match self {
            Self::Global(_) => true,
            Self::Collections(list) => list.iter().any(|entry| entry.collection == name),
        }
    }

    fn check(&self, collection: Option<&str>, need: Need) -> Result<()> {
        match (self, collection) {
            (Self::Global(GlobalMode::Manage), _) => Ok(()),
            // Of those of single collections, lists show what the token sees.
            (Self::Global(GlobalMode::Read), _) | (Self::Collections(_), None) if need == Need::Read => Ok(()),
            (Self::Global(GlobalMode::Read), _) => Err(ApiError::forbidden("Global manage access is required")),
            (Self::Collections(_), _) if need == Need::Manage => Err(ApiError::forbidden("Global access is required")),
            (Self::Collections(_), None) => Err(ApiError::forbidden("Global access is required")),
            (Self::Collections(list), Some(name)) => {
                let entry = list
                    .iter()
                    .find(|entry| entry.collection == name)
                    .ok_or_else(|| ApiError::forbidden(format_args!("Access to collection {name} is required")))?;
                entry.access.check(name, need)
            }
        }
    }
}

impl CollectionMode {
    fn check(self, name: &str, need: Need) -> Result<()> {
        match (need, self) {
            (Need::WriteIndexes, Self::Points) => {
                Err(ApiError::forbidden(format_args!("Only points access is allowed for collection {name}")))
            }
            (Need::WriteIndexes | Need::WritePoints, Self::Read) => {
                Err(ApiError::forbidden(format_args!("Write access to collection {name} is required")))
            }
            _ => Ok(()),
        }
    }
}
