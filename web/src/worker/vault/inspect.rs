//! What the server has of a document.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use vecseal::{Header, PointId, Suite};
use vecseal_client::qdrant::{
    self, Condition, CountRequest, Filter, Qdrant, Record, RetrieveRequest, Transport, WithPayload,
};

use super::Vault;
use crate::protocol::{Failure, Inspected, Origin, Stored};
use crate::worker::projection::cosine;
use crate::worker::shorten::shortened;

impl<T: Transport + Clone> Vault<T> {
    /// Fetches what the server has of a document, as anybody who reaches it can.
    pub(in crate::worker) async fn inspect(&self, document: &str) -> Result<Inspected, Failure> {
        let view = self.view()?;
        let (id, original) = view.original(document)?;
        let gone = || Failure::new("missing_point", "the server has no such point any more");
        let point = fetch(&view.qdrant, &view.made.name, &id).await?.ok_or_else(gone)?;
        let cid = text_of(&point, "cid").unwrap_or_default().to_owned();
        let of_header = header_id(&cid);
        let header = match &of_header {
            Some(id) => fetch(&view.qdrant, &view.keyring(), id).await?,
            None => None,
        };
        let bytes = header.as_ref().map(|header| decoded(header, "header")).unwrap_or_default();
        let parsed = Header::from_bytes(&bytes).ok();
        let count = CountRequest {
            filter: Some(Filter::must([Condition::matches("vecseal.cid", cid.as_str())])),
            exact: true,
            shard_key: None,
        };
        let records = view.qdrant.count(&view.made.name, &count).await?;
        let vector = vector_of(&point).map(<[f32]>::to_vec);
        let stored = Stored {
            record_bytes: decoded(&point, "record").len(),
            slots: parsed.as_ref().map_or(0, Header::slots),
            header_bytes: bytes.len(),
            suite: parsed.as_ref().map_or(0, |header| match header.suite() {
                Suite::Symmetric => 1,
                Suite::PublicKey => 2,
            }),
            records: usize::try_from(records).unwrap_or(usize::MAX),
            cosine: vector.as_ref().map(|vector| cosine(vector, &original.vector)),
            vector,
            cid,
            point: shown(&point),
            header: header.as_ref().map(shown).unwrap_or_default(),
        };
        Ok(Inspected {
            document: document.to_owned(),
            origin: Origin {
                text: original.document.passage(),
                policy: original.policy.to_string(),
                vector: original.vector.to_vec(),
            },
            stored,
        })
    }
}

/// A point with payload and vector.
async fn fetch<T: Transport>(qdrant: &Qdrant<T>, name: &str, id: &PointId) -> Result<Option<Record>, Failure> {
    let request = RetrieveRequest {
        ids: &[to_qdrant(id)],
        with_payload: WithPayload::All(true),
        with_vector: true,
        shard_key: None,
    };
    Ok(qdrant.retrieve(name, &request).await?.into_iter().next())
}

/// A point's id as Qdrant has it.
pub(in crate::worker) fn to_qdrant(id: &PointId) -> qdrant::PointId {
    match id {
        PointId::Number(number) => qdrant::PointId::Number(*number),
        PointId::Uuid(_) => qdrant::PointId::Uuid(id.to_string()),
    }
}

/// A point's id as records are bound to it.
pub(in crate::worker) fn from_qdrant(id: &qdrant::PointId) -> Option<PointId> {
    match id {
        qdrant::PointId::Number(number) => Some(PointId::Number(*number)),
        qdrant::PointId::Uuid(text) => text.parse().ok(),
    }
}

/// Where the keyring has the header of a compartment: at its id's 32 digits as a UUID.
pub(in crate::worker) fn header_id(cid: &str) -> Option<PointId> {
    cid.parse().ok().filter(|id| cid.len() == 32 && matches!(id, PointId::Uuid(_)))
}

/// A text of our part of a point's payload.
pub(in crate::worker) fn text_of<'r>(record: &'r Record, field: &str) -> Option<&'r str> {
    record.payload.as_ref()?.get("vecseal")?.get(field)?.as_str()
}

/// The bytes of such a text.
pub(in crate::worker) fn decoded(record: &Record, field: &str) -> Vec<u8> {
    text_of(record, field).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok()).unwrap_or_default()
}

/// The search vector of a point, if it has one.
pub(in crate::worker) fn vector_of(record: &Record) -> Option<&[f32]> {
    record.vector.as_ref()?.get("")
}

/// A point as it was returned, cut. By way of text, which has the numbers as the server wrote them.
fn shown(record: &Record) -> String {
    let text = serde_json::to_string(record).unwrap_or_default();
    shortened(&serde_json::from_str::<Value>(&text).unwrap_or_default())
}
