//! Headers, records and queries.

use serde_json::{Value, json};
use vecseal::{
    Authority, Compartment, CompartmentOptions, Content, Document, Header, Metric, OpenedRecord, Padding, PointId,
    Policy, Precision, Preset, RecordCipher, SearchKey, SearchParameters, UserKey, WriterKey, hazmat,
};

use super::Failure;
use crate::json::{Input, bytes, floats};
use crate::random::Replay;

/// `length` → the length after padding.
pub(super) fn padme(input: Input<'_>) -> Result<Value, Failure> {
    let length = usize::try_from(input.u64("length")?).map_err(|_| "`length` is too long".to_owned())?;
    Ok(json!({"padded": hazmat::padme(length)}))
}

/// `authority` or `writer`, `policy`, `options`, `random` → the header and what is in it. A writer's collection key is
/// used if it has one.
pub(super) fn create(input: Input<'_>) -> Result<Value, Failure> {
    let mut rng = Replay::new(input.bytes("random")?);
    let options = Input(input.field("options")?);
    let (compartment, header) = if input.has("writer") {
        let writer = WriterKey::from_bytes(&input.bytes("writer")?)?;
        let policy = Policy::parse(input.str("policy")?, writer.structure())?;
        let options = match writer.collection_key() {
            Some(collection) => read_options(options)?.collection(collection)?,
            None => read_options(options)?,
        };
        writer.create_compartment(&policy, &options, &mut rng)?
    } else {
        let authority = Authority::from_bytes(&input.bytes("authority")?)?;
        let policy = Policy::parse(input.str("policy")?, authority.structure())?;
        let mut read = read_options(options)?;
        if options.has("collection") {
            read = read.collection(&authority.collection_key(options.str("collection")?, COLLECTION_GENERATION)?)?;
        }
        authority.create_compartment(&policy, &read, &mut rng)?
    };
    exhausted(&rng)?;
    describe(&compartment, &header)
}

/// `key`, `header` → what is in the header.
pub(super) fn open_header(input: Input<'_>) -> Result<Value, Failure> {
    let header = Header::from_bytes(&input.bytes("header")?)?;
    describe(&open(input, &header)?, &header)
}

/// `key`, `header` → the key file of the open compartment; or `file` → what is in it.
///
/// # Errors
///
/// As every [`Operation`](super::Operation).
pub fn compartment(input: Input<'_>) -> Result<Value, Failure> {
    if input.has("file") {
        return Ok(describe_body(&Compartment::from_bytes(&input.bytes("file")?)?));
    }
    let opened = open(input, &Header::from_bytes(&input.bytes("header")?)?)?;
    Ok(json!({"file": bytes(&opened.to_bytes())}))
}

/// `authority`, `header`, `policy`, `random` → the re-wrapped header and the policy it claimed, or null.
pub(super) fn rewrap(input: Input<'_>) -> Result<Value, Failure> {
    let authority = Authority::from_bytes(&input.bytes("authority")?)?;
    let mut rng = Replay::new(input.bytes("random")?);
    let policy = Policy::parse(input.str("policy")?, authority.structure())?;
    let rewrapped = authority.rewrap(&Header::from_bytes(&input.bytes("header")?)?, &policy, &mut rng)?;
    exhausted(&rng)?;
    let Some(rewrapped) = rewrapped else {
        return Ok(Value::Null);
    };
    let mut description = describe(&rewrapped.compartment, &rewrapped.header)?;
    if let Some(fields) = description.as_object_mut() {
        fields.insert("claimed_policy".to_owned(), json!(rewrapped.claimed_policy));
    }
    Ok(description)
}

/// `key`, `header`, `point`, `vector`, `random`, perhaps `precision`, `padding`, content, `source`, `expires_at` →
/// record and search vector.
pub(super) fn seal(input: Input<'_>) -> Result<Value, Failure> {
    let compartment = open(input, &Header::from_bytes(&input.bytes("header")?)?)?;
    let vector = input.floats("vector")?;
    let content_bytes = if input.has("bytes") {
        input.bytes("bytes")?
    } else {
        Vec::new()
    };
    let mut document = Document::new(&vector);
    if input.has("bytes") {
        document = document.content(Content::Bytes(&content_bytes));
    } else if input.has("text") {
        document = document.text(input.str("text")?);
    } else if input.has("json") {
        document = document.content(Content::Json(input.str("json")?));
    }
    if input.has("precision") && input.str("precision")? == "f16" {
        document = document.precision(Precision::F16);
    }
    if input.has("padding") && input.str("padding")? == "off" {
        document = document.padding(Padding::Off);
    }
    if input.has("source") {
        document = document.source(input.str("source")?);
    }
    if input.has("expires_at") {
        document = document.expires_at(input.u64("expires_at")?);
    }
    let mut rng = Replay::new(input.bytes("random")?);
    let point = point(input)?;
    let sealed = compartment.seal(&point, &document, &mut rng)?;
    exhausted(&rng)?;
    let opened = compartment.open(&point, &sealed.record)?;
    if let Some(search_vector) = &sealed.search_vector {
        compartment.verify_search_vector(&opened, search_vector)?;
    }
    Ok(json!({"record": bytes(&sealed.record), "search_vector": sealed.search_vector.as_deref().map(floats)}))
}

/// `key`, `header`, `point`, `record` → what is in the record.
pub(super) fn open_record(input: Input<'_>) -> Result<Value, Failure> {
    let compartment = open(input, &Header::from_bytes(&input.bytes("header")?)?)?;
    Ok(describe_record(&compartment.open(&point(input)?, &input.bytes("record")?)?))
}

/// `key`, `header`, `query`, `random` → the encrypted query.
pub(super) fn query(input: Input<'_>) -> Result<Value, Failure> {
    let compartment = open(input, &Header::from_bytes(&input.bytes("header")?)?)?;
    let mut rng = Replay::new(input.bytes("random")?);
    let query = compartment.encrypt_query(&input.floats("query")?, &mut rng)?;
    exhausted(&rng)?;
    Ok(json!({"query": floats(&query)}))
}

/// `object` (its kind), `bytes` → whether it is one.
pub(super) fn decode(input: Input<'_>) -> Result<Value, Failure> {
    let bytes = input.bytes("bytes")?;
    match input.str("object")? {
        "header" => Header::from_bytes(&bytes).map(drop)?,
        "user-key" => UserKey::from_bytes(&bytes).map(drop)?,
        "writer-key" => WriterKey::from_bytes(&bytes).map(drop)?,
        "authority" => Authority::from_bytes(&bytes).map(drop)?,
        "search-key" => SearchKey::from_bytes(&bytes).map(drop)?,
        other => return Err(format!("no object is called `{other}`").into()),
    }
    Ok(json!({"ok": true}))
}

/// `frame` → its padding and message.
pub(super) fn unframe(input: Input<'_>) -> Result<Value, Failure> {
    let (padding, message) = hazmat::unframe(&input.bytes("frame")?)?;
    let padding = if padding == Padding::Off { "off" } else { "padme" };
    Ok(json!({"padding": padding, "message": bytes(&message)}))
}

/// `frame` (a header's body, decrypted), `compartment_key` → what is in it.
pub(super) fn body(input: Input<'_>) -> Result<Value, Failure> {
    Ok(describe_body(&hazmat::read_body(&input.bytes("frame")?, &input.fixed("compartment_key")?)?))
}

/// `frame` (a record, decrypted), `parameters` → what is in it.
pub(super) fn record_contents(input: Input<'_>) -> Result<Value, Failure> {
    let parameters = read_parameters(Input(input.field("parameters")?))?;
    Ok(describe_record(&hazmat::read_record(&input.bytes("frame")?, &parameters)?))
}

/// Collection keys of the vectors are of this generation.
pub(super) const COLLECTION_GENERATION: u32 = 3;

/// The point id in field `point`.
pub(super) fn point(input: Input<'_>) -> Result<PointId, Failure> {
    Ok(input.str("point")?.parse()?)
}

/// Search parameters: `dimension`, `metric`, `preset`, and what differs from it.
pub(super) fn read_parameters(input: Input<'_>) -> Result<SearchParameters, Failure> {
    let dimension = usize::try_from(input.u64("dimension")?).map_err(|_| "`dimension` is too large".to_owned())?;
    let metric = metric(input)?;
    // The numbers that the names had when the vectors were made; a writer's defaults may become others.
    let (preset, oversampling, hnsw_ef) = match input.str("preset")? {
        "off" => (Preset::Off, 1, 0),
        "balanced" => (Preset::Balanced, 16, 512),
        "strong" => (Preset::Strong, 48, 768),
        "sealed" => return Ok(SearchParameters::sealed(dimension, metric)?),
        other => return Err(format!("no preset is called `{other}`").into()),
    };
    let parameters = SearchParameters::geometric(dimension, metric, preset)?;
    let mut parameters = parameters.with_oversampling(oversampling, hnsw_ef)?;
    if input.has("scale") {
        parameters = parameters.with_scale(input.f32("scale")?)?;
    }
    if input.has("search_dimensions") {
        parameters = parameters
            .with_search_dimensions(usize::try_from(input.u64("search_dimensions")?).unwrap_or(usize::MAX))?;
    }
    if input.has("noise") {
        parameters = parameters.with_noise(input.f32("noise")?, input.f32("query_noise")?)?;
    }
    Ok(parameters)
}

/// The metric in field `metric`.
pub(super) fn metric(input: Input<'_>) -> Result<Metric, Failure> {
    match input.str("metric")? {
        "cosine" => Ok(Metric::Cosine),
        "dot" => Ok(Metric::Dot),
        "euclid" => Ok(Metric::Euclid),
        other => Err(format!("no metric is called `{other}`").into()),
    }
}

/// Fails the vector if it gives fewer or more random bytes than are drawn.
pub(super) fn exhausted(rng: &Replay) -> Result<(), Failure> {
    if rng.is_exhausted() {
        Ok(())
    } else {
        Err("`random` has another length than what is drawn".to_owned().into())
    }
}

fn read_options(input: Input<'_>) -> Result<CompartmentOptions, Failure> {
    let mut options = CompartmentOptions::new(read_parameters(input)?).created_at(input.u64("created_at")?);
    if input.str("cipher")? == "chacha20-poly1305" {
        options = options.cipher(RecordCipher::ChaCha20Poly1305);
    }
    if input.has("model") {
        options = options.model(input.str("model")?)?;
    }
    Ok(options)
}

fn open(input: Input<'_>, header: &Header) -> Result<Compartment, Failure> {
    Ok(UserKey::from_bytes(&input.bytes("key")?)?.open(header)?)
}

fn describe(compartment: &Compartment, header: &Header) -> Result<Value, Failure> {
    let file = header.to_bytes();
    Header::from_bytes(&file)?;
    let mut description = describe_body(compartment);
    if let Some(fields) = description.as_object_mut() {
        fields.insert("header".to_owned(), bytes(&file));
    }
    Ok(description)
}

fn describe_body(compartment: &Compartment) -> Value {
    let cipher = match compartment.cipher() {
        RecordCipher::ChaCha20Poly1305 => "chacha20-poly1305",
        _ => "aes-256-gcm",
    };
    json!({
        "cid": bytes(compartment.cid().as_bytes()),
        "compartment_key": bytes(&hazmat::compartment_key(compartment)),
        "search_key": bytes(&hazmat::search_key(compartment)),
        "policy": compartment.policy(),
        "cipher": cipher,
        "generation": compartment.generation(),
        "closed": compartment.is_closed(),
        "created_at": compartment.created_at(),
        "model": compartment.model(),
        "collection": compartment.collection_key().map(vecseal::CollectionKey::name),
    })
}

fn describe_record(record: &OpenedRecord) -> Value {
    let (kind, content) = match record.content() {
        Content::Bytes(content) => ("bytes", content),
        Content::Text(text) => ("text", text.as_bytes()),
        Content::Json(text) => ("json", text.as_bytes()),
        _ => ("empty", [].as_slice()),
    };
    json!({
        "vector": floats(record.vector()),
        "precision": if record.precision() == Precision::F16 { "f16" } else { "f32" },
        "kind": kind,
        "content": bytes(content),
        "source": record.source(),
        "expires_at": record.expires_at(),
    })
}
