//! Options of new compartments and search keys, and search parameters on their way out.

use js_sys::{Date, Reflect};
use vecseal::{CompartmentOptions, Metric, Mode, Precision, Preset, RecordCipher, Scope, SearchParameters};
use wasm_bindgen::prelude::*;

use crate::convert;
use crate::error::{Result, Thrown};
use crate::writer::CollectionKeyHandle;

/// An options object, read field by field; what is `undefined` or `null` is not there.
pub(crate) struct Options<'o>(pub(crate) &'o JsValue);

impl Options<'_> {
    pub(crate) fn get(&self, name: &str) -> Result<Option<JsValue>> {
        if !self.0.is_object() {
            return Err(Thrown::argument("expected an object with options"));
        }
        let value = Reflect::get(self.0, &name.into())?;
        Ok(Some(value).filter(|value| !value.is_undefined() && !value.is_null()))
    }

    /// A number as f32.
    fn float(&self, name: &str) -> Result<Option<f32>> {
        let number = |value: JsValue| value.as_f64().ok_or_else(|| unexpected(name, "a number"));
        #[expect(clippy::cast_possible_truncation, reason = "the format has f32")]
        Ok(self.get(name)?.map(number).transpose()?.map(|number| number as f32))
    }

    /// An integer from 0 as far as `T` goes.
    pub(crate) fn integer<T: TryFrom<u64>>(&self, name: &str) -> Result<Option<T>> {
        let integer = |value: JsValue| {
            let integer = value.as_f64().and_then(convert::safe_integer);
            integer
                .and_then(|integer| integer.try_into().ok())
                .ok_or_else(|| unexpected(name, "an integer from 0"))
        };
        self.get(name)?.map(integer).transpose()
    }

    /// One of these names.
    pub(crate) fn name<T: Copy>(&self, name: &str, names: &[(T, &str)]) -> Result<Option<T>> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let text = value.as_string();
        let found = names.iter().find(|(_, name)| text.as_deref() == Some(name)).map(|(found, _)| *found);
        let expected = || names.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
        found.ok_or_else(|| unexpected(name, &expected())).map(Some)
    }

    fn date(&self, name: &str) -> Result<Option<u64>> {
        let seconds = |value: JsValue| match value.dyn_ref::<Date>() {
            Some(date) => convert::seconds(date),
            None => Err(unexpected(name, "a Date")),
        };
        self.get(name)?.map(seconds).transpose()
    }
}

fn unexpected(name: &str, expected: &str) -> Thrown {
    Thrown::argument(&format!("the option `{name}` takes {expected}"))
}

/// Reads the options of a new compartment.
pub(crate) fn compartment(value: &JsValue) -> Result<CompartmentOptions> {
    let options = Options(value);
    let created_at = match options.date("createdAt")? {
        Some(seconds) => seconds,
        None => convert::seconds(&Date::new_0())?,
    };
    let model = options.get("model")?.and_then(|model| model.as_string()).unwrap_or_default();
    let mut read = CompartmentOptions::new(search(value)?)
        .created_at(created_at)
        .generation(options.integer("generation")?.unwrap_or_default())
        .cipher(options.name("cipher", CIPHERS)?.unwrap_or_default())
        .model(&model)?;
    if let Some(key) = options.get("collectionKey")? {
        read = read.collection(&key.unchecked_into::<CollectionKeyHandle>().duplicate().0)?;
    }
    Ok(read)
}

/// Reads the options of a search key.
pub(crate) fn search(value: &JsValue) -> Result<SearchParameters> {
    let options = Options(value);
    let dimension = options.integer("dimension")?.ok_or_else(|| unexpected("dimension", "an integer from 0"))?;
    let metric = options.name("metric", METRICS)?.unwrap_or(Metric::Cosine);
    let preset = options.name("preset", PRESETS)?.unwrap_or_default();
    let mut read = match options.name("mode", MODES)? {
        Some(Mode::Sealed) => SearchParameters::sealed(dimension, metric)?,
        _ => SearchParameters::geometric(dimension, metric, preset)?,
    };
    if let Some(scale) = options.float("scale")? {
        read = read.with_scale(scale)?;
    }
    if let Some(k) = options.integer("searchDimensions")? {
        read = read.with_search_dimensions(k)?;
    }
    let (noise, query_noise) = (read.noise(), read.query_noise());
    read =
        read.with_noise(options.float("noise")?.unwrap_or(noise), options.float("queryNoise")?.unwrap_or(query_noise))?;
    let (oversampling, hnsw_ef) = (read.oversampling(), read.hnsw_ef());
    Ok(read.with_oversampling(
        options.integer("oversampling")?.unwrap_or(oversampling),
        options.integer("hnswEf")?.unwrap_or(hnsw_ef),
    )?)
}

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
