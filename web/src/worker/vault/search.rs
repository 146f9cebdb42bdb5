//! Searching with several keys and in the clear, and trying keys on documents.

use std::collections::BTreeSet;
use std::rc::Rc;

use vecseal::{AuthorityId, Content, Metric, PointId, rerank};
use vecseal_client::qdrant::Transport;
use vecseal_client::{EncryptedCollection, Found, Got, Refused, Search};

use super::{Original, Vault, View};
use crate::gather::gather;
use crate::protocol::{Access, Cost, Failure, Hit, KeyId, KeySearch, Outcome, Progress, Ranked, Searched, Skip};
use crate::worker::clock::now;

/// Tried together; other jobs go on after that.
const CHUNK: usize = 64;

impl<T: Transport + Clone> Vault<T> {
    /// The vector of a document of the upload.
    pub(in crate::worker) fn vector_of(&self, document: &str) -> Result<Rc<[f32]>, Failure> {
        let view = self.view()?;
        let (_, original) = view.original(document)?;
        Ok(Rc::clone(&original.vector))
    }

    /// Refuses texts as queries where vectors are of another model.
    pub(in crate::worker) fn takes_texts(&self, dimension: usize) -> Result<(), Failure> {
        let found = self.view()?.made.dimension;
        if found == dimension {
            return Ok(());
        }
        let sentence = format!(
            "vectors of this collection have {found} dimensions, those of a text {dimension}: search by a document instead"
        );
        Err(Failure::new("wrong_dimension", &sentence))
    }

    /// Searches with each key, and in the clear.
    pub(in crate::worker) async fn search(
        &self,
        vector: &[f32],
        limit: usize,
        keys: &[KeyId],
    ) -> Result<Searched, Failure> {
        let view = self.view()?;
        let start = now();
        let plain = nearest(vector, &view, limit, |_| true)?;
        let plain_time = now() - start;
        let mut searches = Vec::with_capacity(keys.len());
        for key in keys {
            let expected = self.expected(&view, vector, limit, *key)?;
            let searched = self.search_with(*key, vector, limit).await;
            searches.push(match searched {
                Ok(searched) => KeySearch { expected, ..searched },
                Err(failure) => KeySearch {
                    expected,
                    ..failed(*key, failure)
                },
            });
        }
        let found = plain.iter().map(|ranked| &ranked.document);
        let found = found.chain(searches.iter().flat_map(|search| &search.hits).map(|hit| &hit.document));
        let documents: BTreeSet<&String> = gather(found);
        let documents: Vec<String> = documents.into_iter().cloned().collect();
        let mut accesses = Vec::with_capacity(keys.len());
        for key in keys {
            // What failed has said so.
            let outcomes = self.try_key(*key, &documents, |_| ()).await.unwrap_or_default();
            accesses.push(Access { key: *key, outcomes });
        }
        Ok(Searched {
            embedding: 0.0,
            plain,
            plain_time,
            keys: searches,
            accesses,
        })
    }

    /// Tries each key on each document, as the server has them.
    pub(in crate::worker) async fn try_keys(
        &self,
        documents: &[String],
        keys: &[KeyId],
        tell: impl Fn(Progress),
    ) -> Result<Vec<Access>, Failure> {
        let total = documents.len() * keys.len();
        let mut accesses = Vec::with_capacity(keys.len());
        for (index, key) in keys.iter().enumerate() {
            let before = index * documents.len();
            let tell = |done| {
                tell(Progress {
                    done: before + done,
                    total,
                });
            };
            let outcomes = self.try_key(*key, documents, tell).await?;
            accesses.push(Access { key: *key, outcomes });
        }
        Ok(accesses)
    }

    async fn try_key(
        &self,
        key: KeyId,
        documents: &[String],
        tell: impl Fn(usize),
    ) -> Result<Vec<(String, Outcome)>, Failure> {
        let reader = self.reader(key).await?;
        let mut outcomes = Vec::with_capacity(documents.len());
        for chunk in documents.chunks(CHUNK) {
            // What is no id is at no point.
            let ids: Vec<Option<PointId>> = chunk.iter().map(|document| document.parse().ok()).collect();
            let asked: Vec<PointId> = ids.iter().flatten().copied().collect();
            let mut got = reader.get(&asked).await?.into_iter();
            for (document, id) in chunk.iter().zip(ids) {
                let outcome = id.and_then(|_| got.next()).map_or(Outcome::Missing, |got| outcome(&got));
                outcomes.push((document.clone(), outcome));
            }
            tell(outcomes.len());
            Self::yield_over(reader.qdrant()).await;
        }
        Ok(outcomes)
    }

    /// What a key should find.
    fn expected(&self, view: &View<T>, vector: &[f32], limit: usize, key: KeyId) -> Result<Vec<Ranked>, Failure> {
        let ours: Option<AuthorityId> = self.authority().ok().map(|authority| *authority.id());
        let Ok(held) = self.held(key) else {
            return Ok(Vec::new());
        };
        if ours.as_ref() != Some(held.key.authority_id()) {
            return Ok(Vec::new());
        }
        nearest(vector, view, limit, |original| original.admits(held.key.attributes()))
    }

    async fn search_with(&self, key: KeyId, vector: &[f32], limit: usize) -> Result<KeySearch, Failure> {
        let reader: Rc<EncryptedCollection<T>> = self.reader(key).await?;
        let result = reader.search(&Search::new(vector).limit(limit).without_public()).await?;
        let skipped = result.skipped.iter().map(|skipped| Skip {
            code: skipped.error.code().to_owned(),
            message: skipped.error.to_string(),
        });
        Ok(KeySearch {
            key,
            hits: result.hits.iter().map(hit).collect(),
            expected: Vec::new(),
            skipped: skipped.collect(),
            cost: Some(cost(&result.cost)),
            failure: None,
        })
    }
}

/// The nearest among the originals that are wanted, compared in the clear.
fn nearest<T>(
    vector: &[f32],
    view: &View<T>,
    limit: usize,
    wanted: impl Fn(&Original) -> bool,
) -> Result<Vec<Ranked>, Failure> {
    let candidates = view.originals.iter().filter(|(_, original)| wanted(original));
    let hits = rerank(Metric::Cosine, vector, candidates.map(|(id, original)| (*id, &*original.vector)), limit)?;
    let ranked = hits.into_iter().map(|hit| Ranked {
        document: hit.id.to_string(),
        score: hit.score,
    });
    Ok(ranked.collect())
}

pub(in crate::worker) fn outcome(got: &Got) -> Outcome {
    match got {
        Got::Opened(_) => Outcome::Opened,
        Got::Refused(Refused::AccessDenied) => Outcome::Denied,
        Got::Refused(Refused::MissingHeader) => Outcome::NoHeader,
        Got::Refused(_) => Outcome::Tampered,
        _ => Outcome::Missing,
    }
}

fn failed(key: KeyId, failure: Failure) -> KeySearch {
    KeySearch {
        key,
        hits: Vec::new(),
        expected: Vec::new(),
        skipped: Vec::new(),
        cost: None,
        failure: Some(failure),
    }
}

fn hit(found: &Found) -> Hit {
    Hit {
        document: found.id.to_string(),
        score: found.score,
        content: match found.record.content() {
            Content::Text(text) | Content::Json(text) => text.to_owned(),
            _ => String::new(),
        },
        policy: found.policy.to_string(),
    }
}

fn cost(cost: &vecseal_client::Cost) -> Cost {
    let count = |number| usize::try_from(number).unwrap_or(usize::MAX);
    Cost {
        compartments: cost.compartments,
        query_noise: cost.query_noise,
        candidates: cost.candidates,
        opened: cost.opened,
        denied: cost.denied,
        tampered: cost.tampered,
        requests: count(cost.traffic.requests),
        sent: count(cost.traffic.sent),
        received: count(cost.traffic.received),
        keyring: cost.times.keyring,
        encrypt: cost.times.encrypt,
        search: cost.times.search,
        fetch: cost.times.fetch,
        open: cost.times.open,
        rank: cost.times.rank,
        total: cost.times.total,
    }
}
