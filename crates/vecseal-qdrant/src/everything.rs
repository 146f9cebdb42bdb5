//! Reading more than one answer holds, within bounds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::client::{Qdrant, encode, result_of};
use crate::error::{QdrantError, Result};
use crate::transport::Transport;
use crate::types::points::{Page, PointId, Record, RetrieveRequest, ScrollRequest};

impl<T: Transport> Qdrant<T> {
    /// Reads all pages from a request on, at most `limit` points and a gigabyte of answers. A page too large for an answer
    /// is asked for again in smaller ones.
    ///
    /// # Errors
    ///
    /// As every call; [`QdrantError::TooManyPoints`] or [`QdrantError::TooManyBytes`] beyond the limits;
    /// [`QdrantError::UnexpectedAnswer`] if the pages lead back, or hold more than was asked for.
    pub async fn scroll_all(&self, name: &str, mut request: ScrollRequest<'_>, limit: usize) -> Result<Vec<Record>> {
        let mut records = Vec::new();
        let mut bytes = 0;
        loop {
            let body = match self.exchange_points(name, "/points/scroll", encode(&request)?).await {
                Err(error) if error.code() == "answer_too_large" && request.limit > 1 => {
                    request.limit /= 2;
                    continue;
                }
                body => body?,
            };
            bytes += body.len();
            let page: Page = result_of(&body)?;
            if page.points.len() > request.limit {
                return Err(QdrantError::UnexpectedAnswer("a page of the size asked for"));
            }
            let is_empty = page.points.is_empty();
            records.extend(page.points);
            if records.len() > limit {
                return Err(QdrantError::TooManyPoints { limit });
            }
            if bytes > MAX_BYTES_AT_ONCE {
                return Err(QdrantError::TooManyBytes {
                    limit: MAX_BYTES_AT_ONCE,
                });
            }
            let Some(next) = page.next_page_offset else {
                return Ok(records);
            };
            if is_empty || request.offset.is_some_and(|offset| next <= offset) {
                return Err(QdrantError::UnexpectedAnswer("a page that leads on"));
            }
            request.offset = Some(next);
        }
    }

    /// Reads points by their ids, some at a time, fewer if their answer would be too large, and at most a gigabyte. Returns
    /// those of them that there are, each once, whatever else the server answers. The ids of the request are not used.
    ///
    /// # Errors
    ///
    /// As every call; [`QdrantError::TooManyBytes`] beyond the limit.
    pub async fn retrieve_all(
        &self,
        name: &str,
        ids: &[PointId],
        request: &RetrieveRequest<'_>,
    ) -> Result<BTreeMap<PointId, Record>> {
        let bytes = AtomicUsize::new(0);
        let mut requests = Vec::new();
        for ids in ids.chunks(RECORDS_A_REQUEST) {
            requests.push(self.retrieve_some(name, ids, request, &bytes));
        }
        let answers: Vec<_> = stream::iter(requests).buffered(REQUESTS_AT_ONCE).try_collect().await?;
        // Collecting would bring the standard library's sorting, for the page to fetch.
        let mut all = BTreeMap::new();
        all.extend(answers.into_iter().flatten());
        Ok(all)
    }

    /// Reads with one request, or with more if the answer would be too large.
    async fn retrieve_some(
        &self,
        name: &str,
        ids: &[PointId],
        request: &RetrieveRequest<'_>,
        bytes: &AtomicUsize,
    ) -> Result<Vec<(PointId, Record)>> {
        let mut records = Vec::with_capacity(ids.len());
        let mut left = vec![ids];
        while let Some(ids) = left.pop() {
            let part = RetrieveRequest {
                ids,
                with_payload: request.with_payload.clone(),
                ..*request
            };
            let body = match self.exchange_points(name, "/points", encode(&part)?).await {
                Err(error) if error.code() == "answer_too_large" && ids.len() > 1 => {
                    left.extend(ids.chunks(ids.len().div_ceil(2)));
                    continue;
                }
                body => body?,
            };
            if bytes.fetch_add(body.len(), Relaxed) + body.len() > MAX_BYTES_AT_ONCE {
                return Err(QdrantError::TooManyBytes {
                    limit: MAX_BYTES_AT_ONCE,
                });
            }
            let mut asked: BTreeSet<&PointId> = BTreeSet::new();
            asked.extend(ids);
            let found: Vec<Record> = result_of(&body)?;
            let found = found.into_iter().filter(|record| asked.contains(&record.id));
            records.extend(found.map(|record| (record.id.clone(), record)));
        }
        Ok(records)
    }
}

/// Of the usual size, a megabyte or two.
const RECORDS_A_REQUEST: usize = 512;
const REQUESTS_AT_ONCE: usize = 4;
/// Of answers to one reading of all pages, or of points by their ids.
const MAX_BYTES_AT_ONCE: usize = 1 << 30;
