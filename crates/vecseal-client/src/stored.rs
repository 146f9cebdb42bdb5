//! What VecSeal stores in Qdrant: the payload key `vecseal` of points and of headers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use vecseal::{Cid, Header};
use vecseal_qdrant::Payload;

use crate::error::Refused;
use crate::gather::gather;
use crate::id;

/// The payload key that is ours.
pub(crate) const FIELD: &str = "vecseal";
/// The path of a compartment's id, which has an index.
pub(crate) const CID: &str = "vecseal.cid";
/// The path of a sealed record.
pub(crate) const RECORD: &str = "vecseal.record";
/// The path of what changes whenever a record or header does: any text, so that a change shows without what changed.
pub(crate) const TAG: &str = "vecseal.tag";

/// A sealed record as a point has it.
pub(crate) struct StoredRecord {
    pub(crate) cid: Cid,
    pub(crate) record: Vec<u8>,
}

/// The payload of a sealed point: ours, beside what stays in clear.
pub(crate) fn record_payload(cid: &Cid, record: &[u8], mut public: Payload) -> Payload {
    let ours = [
        ("cid", cid.to_string()),
        ("record", URL_SAFE_NO_PAD.encode(record)),
        ("tag", tag(record)),
    ];
    public.insert(FIELD.to_owned(), object(ours));
    public
}

/// Takes our part out of a point's payload; what is left is public. `None` if our part is not what we store.
pub(crate) fn take_record(payload: &mut Payload) -> Option<StoredRecord> {
    let ours = payload.remove(FIELD)?;
    Some(StoredRecord {
        cid: id::cid(ours.get("cid")?.as_str()?)?,
        record: URL_SAFE_NO_PAD.decode(ours.get("record")?.as_str()?).ok()?,
    })
}

/// The compartment that a point says it belongs to.
pub(crate) fn cid_of(payload: Option<&Payload>) -> Option<Cid> {
    id::cid(payload?.get(FIELD)?.get("cid")?.as_str()?)
}

/// The payload of a header's point in the keyring.
pub(crate) fn header_payload(header: &Header) -> Payload {
    let bytes = header.to_bytes();
    let ours = [("header", URL_SAFE_NO_PAD.encode(&bytes)), ("tag", tag(&bytes))];
    gather([(FIELD.to_owned(), object(ours))])
}

/// A header from its point's payload, with its tag.
pub(crate) fn header(payload: Option<&Payload>) -> Result<(Header, String), Refused> {
    let ours = payload.and_then(|payload| payload.get(FIELD)).ok_or(Refused::Malformed)?;
    let text = ours.get("header").and_then(Value::as_str).ok_or(Refused::Malformed)?;
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Malformed)?;
    let header = Header::from_bytes(&bytes).map_err(|error| Refused::from(&error))?;
    let tag = ours.get("tag").and_then(Value::as_str).unwrap_or_default();
    Ok((header, tag.to_owned()))
}

/// The tag of a header.
pub(crate) fn header_tag(header: &Header) -> String {
    tag(&header.to_bytes())
}

/// What a point says changes with its content.
pub(crate) fn tag_of(payload: Option<&Payload>) -> Option<&str> {
    payload?.get(FIELD)?.get("tag")?.as_str()
}

/// 12 characters that are others for other bytes. They say nothing more than the sealed bytes beside them; other clients
/// may choose theirs otherwise.
fn tag(sealed: &[u8]) -> String {
    let digest = Sha256::digest(sealed);
    URL_SAFE_NO_PAD.encode(digest.get(..9).unwrap_or_default())
}

fn object<const N: usize>(pairs: [(&str, String); N]) -> Value {
    Value::Object(gather(pairs.into_iter().map(|(key, text)| (key.to_owned(), Value::String(text)))))
}
