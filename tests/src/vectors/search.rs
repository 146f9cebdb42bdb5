//! Derivations, rotation, noise, plain encryption, ranking.

use serde_json::{Value, json};
use vecseal::{EncryptedVector, SearchKey, hazmat, rerank};

use super::Failure;
use super::sealing::{exhausted, metric, point, read_parameters};
use crate::json::{Input, bytes, floats};
use crate::random::Replay;

/// `label`, `ikm`, `salt`, `context`, `length` → the derived bytes.
pub(super) fn derive(input: Input<'_>) -> Result<Value, Failure> {
    let (label, ikm, salt, context) =
        (input.str("label")?, input.bytes("ikm")?, input.bytes("salt")?, input.bytes("context")?);
    let derived = match input.u64("length")? {
        8 => hazmat::derive::<8>(label, &ikm, &salt, &context).map(|derived| derived.to_vec()),
        16 => hazmat::derive::<16>(label, &ikm, &salt, &context).map(|derived| derived.to_vec()),
        32 => hazmat::derive::<32>(label, &ikm, &salt, &context).map(|derived| derived.to_vec()),
        44 => hazmat::derive::<44>(label, &ikm, &salt, &context).map(|derived| derived.to_vec()),
        other => return Err(format!("nothing derived has {other} bytes").into()),
    };
    let derived = derived.ok_or_else(|| format!("no label is called `{label}`"))?;
    Ok(json!({"derived": bytes(&derived)}))
}

/// `key` (a rotation key), `vector` → the rotated vector.
pub(super) fn rotate(input: Input<'_>) -> Result<Value, Failure> {
    Ok(json!({"rotated": floats(&hazmat::rotate(&input.fixed("key")?, &input.floats("vector")?))}))
}

/// `key` (a noise key), `dimension`, `radius` → the noise.
pub(super) fn noise(input: Input<'_>) -> Result<Value, Failure> {
    let dimension = usize::try_from(input.u64("dimension")?).map_err(|_| "`dimension` is too large".to_owned())?;
    Ok(json!({"noise": floats(&hazmat::noise(&input.fixed("key")?, dimension, input.f32("radius")?))}))
}

/// `secret`, `parameters`, `vector`, `point`, `random` → the key file, the encrypted vector and its decryption.
pub(super) fn plain(input: Input<'_>) -> Result<Value, Failure> {
    let key = SearchKey::from_secret(read_parameters(Input(input.field("parameters")?))?, &input.fixed("secret")?)?;
    let mut rng = Replay::new(input.bytes("random")?);
    let point = point(input)?;
    let encrypted = key.encrypt(&input.floats("vector")?, &point, &mut rng)?;
    exhausted(&rng)?;
    let decrypted = key.decrypt(&encrypted, &point)?;
    Ok(json!({
        "file": bytes(&key.to_bytes()),
        "ciphertext": floats(&encrypted.ciphertext),
        "iv": bytes(&encrypted.iv),
        "tag": bytes(&encrypted.tag),
        "decrypted": floats(&decrypted),
    }))
}

/// `key`, `point`, `ciphertext`, `iv`, `tag` → the vector.
pub(super) fn plain_decrypt(input: Input<'_>) -> Result<Value, Failure> {
    let key = SearchKey::from_bytes(&input.bytes("key")?)?;
    let encrypted = EncryptedVector {
        ciphertext: input.floats("ciphertext")?,
        iv: input.fixed("iv")?,
        tag: input.fixed("tag")?,
    };
    Ok(json!({"vector": floats(&key.decrypt(&encrypted, &point(input)?)?)}))
}

/// `metric`, `query`, `candidates` (`[id, vector]`), `limit` → ids in order, with the scores' bits.
pub(super) fn rank(input: Input<'_>) -> Result<Value, Failure> {
    let mut candidates = Vec::new();
    for candidate in input.list("candidates")? {
        let candidate = Input(candidate);
        candidates.push((point(candidate)?, candidate.floats("vector")?));
    }
    let limit = usize::try_from(input.u64("limit")?).unwrap_or(usize::MAX);
    let borrowed = candidates.iter().map(|(id, vector)| (*id, vector.as_slice()));
    let hits = rerank(metric(input)?, &input.floats("query")?, borrowed, limit)?;
    let hits: Vec<Value> = hits
        .iter()
        .map(|hit| json!([hit.id.to_string(), format!("{:016x}", hit.score.to_bits())]))
        .collect();
    Ok(json!({"hits": hits}))
}
