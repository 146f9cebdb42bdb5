//! The calls.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{MAX_MESSAGE_CHARACTERS, QdrantError, Result};
use crate::retry::{Retry, Twice};
use crate::transport::{Method, Request, Response, Transport};
use crate::types::answer::{Envelope, Failure, Version};
use crate::types::collections::{CollectionExists, CollectionInfo, CollectionList, NewCollection, PayloadIndex};
use crate::types::points::{
    Count, CountRequest, DeleteRequest, Page, PointStruct, Points, QueryBatch, QueryRequest, Record, RetrieveRequest,
    ScrollRequest, Selector, SetPayload, UpdateResult, UpdateStatus, UpsertRequest,
};

/// A client of one Qdrant.
///
/// Every write waits until it is done, and fails if it is not ([`QdrantError::NotCompleted`]). What a call fails with is
/// its last try's error.
#[derive(Debug, Clone)]
pub struct Qdrant<T> {
    transport: T,
    timeout: Duration,
    retry: Retry,
    consistency: Option<String>,
    ordering: Option<String>,
}

impl<T: Transport> Qdrant<T> {
    /// Makes a client. Nothing is sent yet.
    #[must_use]
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            timeout: DEFAULT_TIMEOUT,
            retry: Retry::default(),
            consistency: None,
            ordering: None,
        }
    }

    /// Sets how long each try of a call may take; 60 s if nothing else is said.
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets how often calls are tried again.
    #[must_use]
    pub fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    /// Sets Qdrant's read consistency for all reads: a number of replicas, `majority`, `quorum` or `all`.
    #[must_use]
    pub fn consistency(self, consistency: &str) -> Self {
        Self {
            consistency: Some(consistency.to_owned()),
            ..self
        }
    }

    /// Sets Qdrant's write ordering for all writes of points: `weak`, `medium` or `strong`.
    #[must_use]
    pub fn ordering(self, ordering: &str) -> Self {
        Self {
            ordering: Some(ordering.to_owned()),
            ..self
        }
    }

    /// Returns a client with the same settings over another transport.
    #[must_use]
    pub fn over<U>(&self, transport: U) -> Qdrant<U> {
        Qdrant {
            transport,
            timeout: self.timeout,
            retry: self.retry,
            consistency: self.consistency.clone(),
            ordering: self.ordering.clone(),
        }
    }

    /// The transport.
    #[must_use]
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// Returns what the server calls itself, and its version.
    ///
    /// # Errors
    ///
    /// As every call: [`QdrantError::Transport`], [`QdrantError::Status`], [`QdrantError::UnexpectedAnswer`].
    pub async fn version(&self) -> Result<Version> {
        let body = self.exchange(Method::Get, "/", None, Twice::SameAsOnce).await?;
        serde_json::from_slice(&body).map_err(|_| QdrantError::UnexpectedAnswer("the version of a Qdrant"))
    }

    /// Returns the names of all collections that the credentials may see.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn list_collections(&self) -> Result<Vec<String>> {
        let list: CollectionList = self.read(Method::Get, "/collections", None).await?;
        Ok(list.collections.into_iter().map(|collection| collection.name).collect())
    }

    /// Returns whether a collection exists.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn collection_exists(&self, name: &str) -> Result<bool> {
        let path = format!("{}/exists", collection(name));
        Ok(self.read::<CollectionExists>(Method::Get, &path, None).await?.exists)
    }

    /// Returns what Qdrant says of a collection.
    ///
    /// # Errors
    ///
    /// As every call; status 404 if it does not exist.
    pub async fn collection_info(&self, name: &str) -> Result<CollectionInfo> {
        self.read(Method::Get, &collection(name), None).await
    }

    /// Creates a collection.
    ///
    /// # Errors
    ///
    /// As every call; status 409 if it exists.
    pub async fn create_collection(&self, name: &str, collection: &NewCollection) -> Result<()> {
        let body = encode(collection)?;
        self.call::<bool>(Method::Put, &self::collection(name), Some(body), Twice::Differs).await?;
        Ok(())
    }

    /// Deletes a collection with all its points. Returns whether there was one.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn delete_collection(&self, name: &str) -> Result<bool> {
        self.call(Method::Delete, &collection(name), None, Twice::Differs).await
    }

    /// Creates a payload index; one that is there stays.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn create_payload_index(&self, name: &str, index: &PayloadIndex) -> Result<UpdateResult> {
        self.write(Method::Put, name, "/index", encode(index)?, Twice::SameAsOnce).await
    }

    /// Writes points, each in place of the one with its id.
    ///
    /// # Errors
    ///
    /// As every call. After an error, whether some of the points are written is unknown; writing them again is safe.
    pub async fn upsert(&self, name: &str, points: &[PointStruct], shard_key: Option<&str>) -> Result<UpdateResult> {
        let body = encode(&UpsertRequest { points, shard_key })?;
        self.write(Method::Put, name, "/points", body, Twice::SameAsOnce).await
    }

    /// Reads points by their ids, in any order. Unknown ones are left out.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn retrieve(&self, name: &str, request: &RetrieveRequest<'_>) -> Result<Vec<Record>> {
        self.read_points(name, "/points", encode(request)?).await
    }

    /// Finds points, best first.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn query(&self, name: &str, request: &QueryRequest<'_>) -> Result<Points> {
        self.read_points(name, "/points/query", encode(request)?).await
    }

    /// Makes several searches at once; the answers are in their order.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn query_batch(&self, name: &str, searches: Vec<QueryRequest<'_>>) -> Result<Vec<Points>> {
        let asked = searches.len();
        let answers: Vec<Points> =
            self.read_points(name, "/points/query/batch", encode(&QueryBatch { searches })?).await?;
        if answers.len() == asked {
            Ok(answers)
        } else {
            Err(QdrantError::UnexpectedAnswer("one answer to each search"))
        }
    }

    /// Reads a page of points.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn scroll(&self, name: &str, request: &ScrollRequest<'_>) -> Result<Page> {
        self.read_points(name, "/points/scroll", encode(request)?).await
    }

    /// Counts points.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn count(&self, name: &str, request: &CountRequest<'_>) -> Result<u64> {
        Ok(self.read_points::<Count>(name, "/points/count", encode(request)?).await?.count)
    }

    /// Deletes points.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn delete(&self, name: &str, points: &Selector<'_>, shard_key: Option<&str>) -> Result<UpdateResult> {
        let twice = match points {
            Selector::Points(_) => Twice::SameAsOnce,
            // By then, others may have written points that meet it.
            Selector::Filter(_) => Twice::Differs,
        };
        let body = encode(&DeleteRequest { points, shard_key })?;
        self.write(Method::Post, name, "/points/delete", body, twice).await
    }

    /// Adds keys to the payloads of points, or replaces them.
    ///
    /// # Errors
    ///
    /// As every call.
    pub async fn set_payload(&self, name: &str, request: &SetPayload<'_>) -> Result<UpdateResult> {
        let twice = match request.of {
            Selector::Points(_) => Twice::SameAsOnce,
            Selector::Filter(_) => Twice::Differs,
        };
        self.write(Method::Post, name, "/points/payload", encode(request)?, twice).await
    }

    async fn write(&self, method: Method, name: &str, what: &str, body: Vec<u8>, twice: Twice) -> Result<UpdateResult> {
        let mut path = format!("{}{what}?wait=true", collection(name));
        if let Some(ordering) = &self.ordering {
            path.push_str("&ordering=");
            path.push_str(&percent_encoded(ordering));
        }
        let result: UpdateResult = self.call(method, &path, Some(body), twice).await?;
        match result.status {
            UpdateStatus::Completed => Ok(result),
            status => Err(QdrantError::NotCompleted(status)),
        }
    }

    async fn read_points<A: DeserializeOwned>(&self, name: &str, what: &str, body: Vec<u8>) -> Result<A> {
        result_of(&self.exchange_points(name, what, body).await?)
    }

    pub(crate) async fn exchange_points(&self, name: &str, what: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        let mut path = format!("{}{what}", collection(name));
        if let Some(consistency) = &self.consistency {
            path.push_str("?consistency=");
            path.push_str(&percent_encoded(consistency));
        }
        self.exchange(Method::Post, &path, Some(body), Twice::SameAsOnce).await
    }

    async fn read<A: DeserializeOwned>(&self, method: Method, path: &str, body: Option<Vec<u8>>) -> Result<A> {
        self.call(method, path, body, Twice::SameAsOnce).await
    }

    async fn call<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
        twice: Twice,
    ) -> Result<A> {
        result_of(&self.exchange(method, path, body, twice).await?)
    }

    /// Sends until an answer or an error stays; returns the body of a success.
    async fn exchange(&self, method: Method, path: &str, body: Option<Vec<u8>>, twice: Twice) -> Result<Vec<u8>> {
        let request = Request {
            method,
            path: path.to_owned(),
            body,
            timeout: self.timeout,
        };
        let mut tried = 1;
        loop {
            let error = match self.transport.send(request.clone()).await.map_err(QdrantError::from).and_then(succeeded)
            {
                Ok(body) => return Ok(body),
                Err(error) => error,
            };
            let Some(wait) = self.retry.wait(tried, &error, twice, random()) else {
                return Err(error);
            };
            self.transport.sleep(wait).await;
            tried += 1;
        }
    }
}

/// Qdrant's own default for its clients is 5 s, too short for megabytes over slow lines.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

pub(crate) fn result_of<A: DeserializeOwned>(body: &[u8]) -> Result<A> {
    let envelope: Envelope<A> =
        serde_json::from_slice(body).map_err(|_| QdrantError::UnexpectedAnswer("what Qdrant answers here"))?;
    Ok(envelope.result)
}

fn collection(name: &str) -> String {
    format!("/collections/{}", percent_encoded(name))
}

/// Encodes all but the characters that mean nothing in any part of an address.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_~.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for digit in [byte >> 4, byte & 15] {
                encoded.push(char::from_digit(u32::from(digit), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    encoded
}

pub(crate) fn encode(request: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(request).map_err(|_| QdrantError::Unencodable)
}

fn succeeded(response: Response) -> Result<Vec<u8>> {
    if (200..300).contains(&response.status) {
        return Ok(response.body);
    }
    let text = match serde_json::from_slice::<Failure>(&response.body) {
        Ok(failure) => failure.status.error,
        Err(_) => String::from_utf8_lossy(&response.body).trim().to_owned(),
    };
    Err(QdrantError::Status {
        status: response.status,
        message: text.chars().filter(|character| !character.is_control()).take(MAX_MESSAGE_CHARACTERS).collect(),
        retry_after: response.retry_after,
    })
}

/// Uniform in 0..1. Without a random source, waits are not spread; nothing else depends on it.
fn random() -> f64 {
    getrandom::u32().map_or(1.0, |drawn| f64::from(drawn) / f64::from(u32::MAX))
}
