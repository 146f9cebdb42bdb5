//! Key files.

use serde_json::{Value, json};
use vecseal::{AccessStructure, Attributes, Authority, Epochs, Policy, UserKey, WriterKey};

use super::Failure;
use super::sealing::COLLECTION_GENERATION;
use crate::json::{Input, bytes};

/// `structure`, `master`, `rotate` (policies whose clauses are rotated, in turn) → the authority's id and file.
pub(super) fn authority(input: Input<'_>) -> Result<Value, Failure> {
    let structure = AccessStructure::from_json(input.str("structure")?)?;
    let mut authority = Authority::from_secret(structure, &input.fixed("master")?);
    for policy in input.list("rotate")? {
        let policy = Policy::parse(policy.as_str().unwrap_or_default(), authority.structure())?;
        authority.rotate(policy.clauses())?;
    }
    let file = authority.to_bytes();
    Authority::from_bytes(&file)?;
    Ok(json!({"id": bytes(authority.id().as_bytes()), "file": bytes(&file)}))
}

/// `authority`, `attributes`, `epochs` (`current`, `all` or how many before the current) → the key file and its rights.
pub(super) fn user_key(input: Input<'_>) -> Result<Value, Failure> {
    let authority = Authority::from_bytes(&input.bytes("authority")?)?;
    let attributes = Attributes::from_json(input.str("attributes")?, authority.structure())?;
    let epochs = match input.str("epochs")? {
        "current" => Epochs::Current,
        "all" => Epochs::All,
        count => Epochs::Previous(count.parse().map_err(|_| "`epochs` is no number".to_owned())?),
    };
    describe(&authority.issue_user_key(&attributes, epochs)?)
}

/// `key`, `attributes`, perhaps `not_after` → the weaker key's file and its rights.
pub(super) fn attenuate(input: Input<'_>) -> Result<Value, Failure> {
    let key = UserKey::from_bytes(&input.bytes("key")?)?;
    let attributes = Attributes::from_json(input.str("attributes")?, key.attributes().structure())?;
    let not_after = if input.has("not_after") {
        Some(input.u64("not_after")?)
    } else {
        None
    };
    describe(&key.attenuate(&attributes, not_after)?)
}

fn describe(key: &UserKey) -> Result<Value, Failure> {
    let file = key.to_bytes();
    UserKey::from_bytes(&file)?;
    let rights: Vec<Value> = key.rights().map(|(right, epoch)| json!([right.to_string(), epoch])).collect();
    Ok(json!({"file": bytes(&file), "rights": rights}))
}

/// `authority`, `policies`, perhaps `collection` → the key file and its rights.
pub(super) fn writer_key(input: Input<'_>) -> Result<Value, Failure> {
    let authority = Authority::from_bytes(&input.bytes("authority")?)?;
    let policies = input
        .list("policies")?
        .iter()
        .map(|text| Policy::parse(text.as_str().unwrap_or_default(), authority.structure()));
    let collection = if input.has("collection") {
        Some(authority.collection_key(input.str("collection")?, COLLECTION_GENERATION)?)
    } else {
        None
    };
    let key = authority.issue_writer_key(&policies.collect::<Result<Vec<_>, _>>()?, collection.as_ref())?;
    let file = key.to_bytes();
    WriterKey::from_bytes(&file)?;
    let rights: Vec<Value> = key.rights().map(|(right, epoch)| json!([right.to_string(), epoch])).collect();
    Ok(json!({"file": bytes(&file), "rights": rights}))
}
