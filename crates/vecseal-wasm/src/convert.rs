//! Values between JavaScript and Rust. What may be secret is copied once, into memory that is wiped.

use js_sys::{Array, ArrayBuffer, BigInt, Date, Float32Array, JSON, Map, Object, Set, Uint8Array};
use vecseal::{Error, Header, PointId, limits};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{Result, Thrown};
use crate::fields::Fields;

/// Bytes, at most so many, in memory that is wiped; `too_long` if there are more.
pub(crate) fn bytes(value: &JsValue, limit: usize, too_long: Error) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = value.dyn_ref::<Uint8Array>().ok_or_else(|| Thrown::argument("expected a Uint8Array"))?;
    let length = bytes.length() as usize;
    if length > limit {
        return Err(too_long.into());
    }
    let mut copy = Zeroizing::new(vec![0; length]);
    // A detached array has length 0, and cannot be copied.
    if length > 0 {
        bytes.copy_to(&mut copy);
    }
    Ok(copy)
}

/// A key file's bytes.
pub(crate) fn key_file(value: &JsValue) -> Result<Zeroizing<Vec<u8>>> {
    bytes(value, limits::MAX_KEY_BYTES, Error::Malformed)
}

/// A header.
pub(crate) fn header(value: &JsValue) -> Result<Header> {
    Ok(Header::from_bytes(&bytes(value, limits::MAX_HEADER_BYTES, Error::Malformed)?)?)
}

/// A secret of 32 bytes.
pub(crate) fn secret_key(value: &JsValue) -> Result<Zeroizing<[u8; 32]>> {
    let expected = || Thrown::argument("a secret is a Uint8Array of 32 bytes");
    let bytes = value.dyn_ref::<Uint8Array>().filter(|bytes| bytes.length() == 32).ok_or_else(expected)?;
    let mut key = Zeroizing::new([0; 32]);
    bytes.copy_to(key.as_mut_slice());
    Ok(key)
}

#[wasm_bindgen(module = "/js/vector.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn floats(values: &JsValue) -> core::result::Result<Option<Float32Array>, JsValue>;
}

/// A vector: a `Float32Array`, or an array of numbers.
pub(crate) fn vector(value: &JsValue) -> Result<Zeroizing<Vec<f32>>> {
    let expected = || Thrown::argument("a vector is a Float32Array or an array of numbers");
    if let Some(floats) = value.dyn_ref::<Float32Array>() {
        return copy_floats(floats);
    }
    if !Array::is_array(value) {
        return Err(expected());
    }
    vector_length(Fields::of(value)?.integer("length")?.unwrap_or_default())?;
    copy_floats(&floats(value)?.ok_or_else(expected)?)
}

fn copy_floats(floats: &Float32Array) -> Result<Zeroizing<Vec<f32>>> {
    let mut copy = Zeroizing::new(vec![0.0; vector_length(floats.length())?]);
    if !copy.is_empty() {
        floats.copy_to(&mut copy);
    }
    Ok(copy)
}

/// A length that is worth memory.
fn vector_length(length: u32) -> Result<usize> {
    let length = length as usize;
    if length > limits::MAX_VECTOR_DIMENSION {
        return Err(Error::WrongDimension.into());
    }
    Ok(length)
}

/// A point id: a number, a bigint, or the text of either or of a UUID.
pub(crate) fn point_id(value: &JsValue) -> Result<PointId> {
    if let Some(number) = value.as_f64() {
        let id = safe_integer(number).ok_or(Error::InvalidPointId)?;
        return Ok(PointId::Number(id));
    }
    if let Some(text) = value.as_string() {
        return Ok(text.parse()?);
    }
    let number = value.dyn_ref::<BigInt>().and_then(|number| u64::try_from(number.clone()).ok());
    Ok(PointId::Number(number.ok_or(Error::InvalidPointId)?))
}

/// A point id on its way out: a number as far as it is exact, else a bigint, or a UUID's text.
pub(crate) fn id(id: &PointId) -> JsValue {
    match id {
        #[expect(clippy::cast_precision_loss, reason = "it was just checked")]
        PointId::Number(number) if *number < 1 << 53 => (*number as f64).into(),
        PointId::Number(number) => (*number).into(),
        PointId::Uuid(_) => id.to_string().into(),
    }
}

/// A date as Unix seconds.
pub(crate) fn seconds(date: &Date) -> Option<u64> {
    safe_integer((date.get_time() / 1000.0).floor())
}

/// Unix seconds as a date.
pub(crate) fn date(seconds: u64) -> Date {
    #[expect(clippy::cast_precision_loss, reason = "dates hold no more")]
    let milliseconds = seconds as f64 * 1000.0;
    Date::new(&milliseconds.into())
}

/// A number that is an integer from 0 to 2^53 − 1.
pub(crate) fn safe_integer(number: f64) -> Option<u64> {
    let integer = (0.0..=js_sys::Number::MAX_SAFE_INTEGER).contains(&number) && number.fract() == 0.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was just checked"
    )]
    integer.then_some(number as u64)
}

/// The JSON of a plain value, for those parsers of the core that read JSON.
pub(crate) fn json(value: &JsValue) -> Result<String> {
    // Of these JSON would keep nothing, and not say so.
    let lossy = value.is_instance_of::<ArrayBuffer>()
        || ArrayBuffer::is_view(value)
        || value.is_instance_of::<Map>()
        || value.is_instance_of::<Set>();
    let text = JSON::stringify(value).ok().filter(|_| !lossy);
    let text = text.and_then(|text| text.as_string());
    text.ok_or_else(|| Thrown::argument("expected a value that can be written as JSON"))
}

/// A plain object with these fields.
pub(crate) fn plain<'f>(fields: impl IntoIterator<Item = (&'f str, JsValue)>) -> JsValue {
    let entries: Array = fields.into_iter().map(|(name, value)| Array::of2(&name.into(), &value)).collect();
    // INVARIANT: it fails for what is no list of pairs.
    Object::from_entries(&entries).map_or(JsValue::UNDEFINED, Into::into)
}

/// An array of strings.
pub(crate) fn strings<'s>(strings: impl Iterator<Item = &'s str>) -> JsValue {
    strings.map(JsValue::from).collect::<Array>().into()
}
