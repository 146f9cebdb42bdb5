//! What the server holds of a point, and which of some keys open it.

use std::sync::Arc;

use vecseal::{AccessStructure, Cid, Explanation, Header, PointId, Policy, Suite, UserKey};
use vecseal_qdrant::{Payload, Transport};

use crate::collection::EncryptedCollection;
use crate::error::{Refused, Result};
use crate::read::open_verified;
use crate::stored;

/// What the server holds of a point, and what some keys make of it.
#[derive(Debug)]
pub struct Inspection {
    /// What lies in clear.
    pub public: Payload,
    /// The compartment that it says it belongs to; none if it is no sealed point.
    pub cid: Option<Cid>,
    /// Bytes of its sealed record.
    pub record_bytes: usize,
    /// Its search vector as the server has it.
    pub search_vector: Option<Vec<f32>>,
    /// The header of its compartment, if it is in the keyring.
    pub header: Option<HeaderSummary>,
    /// For each key, in their order, whether it opens the point.
    pub attempts: Vec<Attempt>,
}

/// What everybody sees of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderSummary {
    /// How it is wrapped.
    pub suite: Suite,
    /// How many clauses the policy has.
    pub slots: usize,
    /// Its bytes.
    pub bytes: usize,
}

/// What a key makes of a point.
#[derive(Debug)]
pub struct Attempt {
    /// The policy, if the key opens the point, or why it does not.
    pub outcome: std::result::Result<Arc<str>, Refused>,
    /// What the key lacks, clause by clause.
    pub explanation: Option<Explanation>,
}

impl<T: Transport> EncryptedCollection<T> {
    /// Returns what the server holds of a point, and for each of these keys whether it opens it and if not why. The
    /// collection's own keys take no part. `None` if there is no such point.
    ///
    /// What a key lacks is explained if one of the others knows the policy, and the access structure is given.
    ///
    /// # Errors
    ///
    /// [`ClientError::Qdrant`](crate::ClientError::Qdrant).
    pub async fn inspect(
        &self,
        id: &PointId,
        keys: &[&UserKey],
        structure: Option<&AccessStructure>,
    ) -> Result<Option<Inspection>> {
        self.refresh().await?;
        let Some(record) = self.retrieve(std::slice::from_ref(id)).await?.remove(id) else {
            return Ok(None);
        };
        let mut public = record.payload.unwrap_or_default();
        let stored = stored::take_record(&mut public);
        let vector = record.vector.as_ref().and_then(|vector| vector.get(&self.settings.vector_name));
        let header = stored.as_ref().and_then(|stored| {
            let state = self.state();
            Some(Arc::clone(&state.keyring.get(&stored.cid)?.header))
        });
        let outcomes: Vec<_> =
            keys.iter().map(|key| try_key(key, id, stored.as_ref(), header.as_deref(), vector)).collect();
        let policy = outcomes.iter().find_map(|outcome| outcome.as_ref().ok());
        let policy = policy.zip(structure).and_then(|(policy, structure)| Policy::parse(policy, structure).ok());
        let attempts = keys.iter().zip(outcomes).map(|(key, outcome)| {
            let explanation = match (&policy, &outcome) {
                (Some(policy), Err(Refused::AccessDenied)) => Some(policy.explain(key.attributes())),
                _ => None,
            };
            Attempt { outcome, explanation }
        });
        Ok(Some(Inspection {
            attempts: attempts.collect(),
            public,
            cid: stored.as_ref().map(|stored| stored.cid),
            record_bytes: stored.as_ref().map_or(0, |stored| stored.record.len()),
            search_vector: vector.map(<[f32]>::to_vec),
            header: header.as_deref().map(|header| HeaderSummary {
                suite: header.suite(),
                slots: header.slots(),
                bytes: header.to_bytes().len(),
            }),
        }))
    }
}

fn try_key(
    key: &UserKey,
    id: &PointId,
    stored: Option<&stored::StoredRecord>,
    header: Option<&Header>,
    vector: Option<&[f32]>,
) -> std::result::Result<Arc<str>, Refused> {
    let stored = stored.ok_or(Refused::Malformed)?;
    let header = header.ok_or(Refused::MissingHeader)?;
    let compartment = key.open(header).map_err(|error| Refused::from(&error))?;
    open_verified(&compartment, id, stored, vector)?;
    Ok(compartment.policy().into())
}
