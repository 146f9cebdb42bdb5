//! Options of new compartments and search keys, and search parameters on their way out.

use js_sys::Date;
use vecseal::{CompartmentOptions, Metric, Mode, Precision, Preset, RecordCipher, Scope, SearchParameters};
use wasm_bindgen::prelude::*;

use crate::convert;
use crate::error::Result;
use crate::fields::{Fields, unexpected};
use crate::writer::CollectionKey;

/// Reads the options of a new compartment.
pub(crate) fn compartment(value: &JsValue) -> Result<CompartmentOptions> {
    let own = ["cipher", "createdAt", "model", "beside", "generation", "collectionKey"];
    let fields = Fields::of(value)?.only(&[&own[..], SEARCH].concat())?;
    let now = || convert::seconds(&Date::new_0()).unwrap_or_default();
    let model = fields.text("model")?.unwrap_or_default();
    let mut read = CompartmentOptions::new(parameters(&fields)?)
        .created_at(fields.date("createdAt")?.unwrap_or_else(now))
        .generation(fields.integer("generation")?.unwrap_or_default())
        .cipher(fields.name("cipher", CIPHERS)?.unwrap_or_default())
        .model(&model)?;
    if let Some(beside) = fields.get("beside")? {
        let beside = Fields::of(&beside).map_err(|_| unexpected("beside", "a Compartment"))?;
        read = read.beside(beside.text("model")?.as_ref().map(|model| model.as_str()))?;
    }
    if let Some(key) = CollectionKey::in_field(&fields)? {
        read = read.collection(&key.0)?;
    }
    Ok(read)
}

/// Reads the options of a search key.
pub(crate) fn search(value: &JsValue) -> Result<SearchParameters> {
    parameters(&Fields::of(value)?.only(SEARCH)?)
}

fn parameters(fields: &Fields<'_>) -> Result<SearchParameters> {
    let dimension = fields.integer("dimension")?.ok_or_else(|| unexpected("dimension", "an integer from 2"))?;
    let metric = fields.name("metric", METRICS)?.unwrap_or(Metric::Cosine);
    let preset = fields.name("preset", PRESETS)?.unwrap_or_default();
    let mut read = match fields.name("mode", MODES)? {
        Some(Mode::Sealed) => SearchParameters::sealed(dimension, metric)?,
        _ => SearchParameters::geometric(dimension, metric, preset)?,
    };
    if let Some(scale) = fields.float("scale")? {
        read = read.with_scale(scale)?;
    }
    if let Some(k) = fields.integer("searchDimensions")? {
        read = read.with_search_dimensions(k)?;
    }
    let (noise, query_noise) = (read.noise(), read.query_noise());
    read =
        read.with_noise(fields.float("noise")?.unwrap_or(noise), fields.float("queryNoise")?.unwrap_or(query_noise))?;
    let (oversampling, hnsw_ef) = (read.oversampling(), read.hnsw_ef());
    Ok(read.with_oversampling(
        fields.integer("oversampling")?.unwrap_or(oversampling),
        fields.integer("hnswEf")?.unwrap_or(hnsw_ef),
    )?)
}

/// The names of search options.
const SEARCH: &[&str] = &[
    "dimension",
    "metric",
    "mode",
    "preset",
    "noise",
    "queryNoise",
    "scale",
    "searchDimensions",
    "oversampling",
    "hnswEf",
];

/// Search parameters as a plain object.
pub(crate) fn describe(parameters: &SearchParameters) -> JsValue {
    convert::plain([
        ("mode", text(parameters.mode(), MODES)),
        ("scope", text(parameters.scope(), SCOPES)),
        ("dimension", parameters.dimension().into()),
        ("metric", text(parameters.metric(), METRICS)),
        ("noise", parameters.noise().into()),
        ("queryNoise", parameters.query_noise().into()),
        ("scale", parameters.scale().into()),
        ("searchDimensions", parameters.search_dimensions().into()),
        ("oversampling", parameters.oversampling().into()),
        ("hnswEf", parameters.hnsw_ef().into()),
    ])
}

/// The name of a value.
pub(crate) fn text<T: PartialEq + Copy>(value: T, names: &[(T, &str)]) -> JsValue {
    let found = names.iter().find(|(named, _)| *named == value);
    found.map_or(JsValue::UNDEFINED, |(_, name)| (*name).into())
}

/// The metrics by name.
pub(crate) const METRICS: &[(Metric, &str)] = &[
    (Metric::Cosine, "cosine"),
    (Metric::Dot, "dot"),
    (Metric::Euclid, "euclid"),
];
const MODES: &[(Mode, &str)] = &[(Mode::Geometric, "geometric"), (Mode::Sealed, "sealed")];
const SCOPES: &[(Scope, &str)] = &[(Scope::Compartment, "compartment"), (Scope::Collection, "collection")];
const PRESETS: &[(Preset, &str)] = &[
    (Preset::Off, "off"),
    (Preset::Balanced, "balanced"),
    (Preset::Strong, "strong"),
];
/// The ciphers by name.
pub(crate) const CIPHERS: &[(RecordCipher, &str)] = &[
    (RecordCipher::Aes256Gcm, "aes-256-gcm"),
    (RecordCipher::ChaCha20Poly1305, "chacha20-poly1305"),
];
/// The precisions by name.
pub(crate) const PRECISIONS: &[(Precision, &str)] = &[(Precision::F32, "f32"), (Precision::F16, "f16")];
