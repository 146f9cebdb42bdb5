//! Values between JavaScript and Rust. What may be secret is copied once, into memory that is wiped.

use js_sys::{Array, ArrayBuffer, BigInt, Date, Float32Array, JSON, Object, Uint8Array};
use vecseal::PointId;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::error::{Result, Thrown};

/// A key file's bytes.
pub(crate) fn secret_bytes(bytes: &Uint8Array) -> Result<Zeroizing<Vec<u8>>> {
    if !bytes.is_instance_of::<Uint8Array>() {
        return Err(Thrown::argument("expected a Uint8Array"));
    }
    let mut copy = Zeroizing::new(vec![0; bytes.length() as usize]);
    bytes.copy_to(&mut copy);
    Ok(copy)
}

/// A secret of 32 bytes.
pub(crate) fn secret_key(bytes: &Uint8Array) -> Result<Zeroizing<[u8; 32]>> {
    let bytes = secret_bytes(bytes)?;
    let mut key = Zeroizing::new([0; 32]);
    if bytes.len() != key.len() {
        return Err(Thrown::argument("a secret has 32 bytes"));
    }
    key.copy_from_slice(&bytes);
    Ok(key)
}

/// A vector: a `Float32Array`, or an array of numbers.
pub(crate) fn vector(value: &JsValue) -> Result<Zeroizing<Vec<f32>>> {
    let floats = match value.dyn_ref::<Float32Array>() {
        Some(floats) => floats.clone(),
        None if Array::is_array(value) => Float32Array::new(value),
        None => return Err(Thrown::argument("a vector is a Float32Array or an array of numbers")),
    };
    let mut copy = Zeroizing::new(vec![0.0; floats.length() as usize]);
    floats.copy_to(&mut copy);
    Ok(copy)
}

/// An object of which fields are read.
pub(crate) fn object<T: JsCast>(value: &JsValue) -> Result<&T> {
    if value.is_object() {
        Ok(value.unchecked_ref())
    } else {
        Err(Thrown::argument("expected an object with an id"))
    }
}

/// A point id: a number, a bigint, or the text of either or of a UUID.
pub(crate) fn point_id(value: &JsValue) -> Result<PointId> {
    if let Some(number) = value.as_f64() {
        let id = safe_integer(number).ok_or(vecseal::Error::InvalidPointId)?;
        return Ok(PointId::Number(id));
    }
    if let Some(text) = value.as_string() {
        return Ok(text.parse()?);
    }
    let number = value.dyn_ref::<BigInt>().and_then(|number| u64::try_from(number.clone()).ok());
    Ok(PointId::Number(number.ok_or(vecseal::Error::InvalidPointId)?))
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
pub(crate) fn seconds(date: &Date) -> Result<u64> {
    let seconds = (date.get_time() / 1000.0).floor();
    safe_integer(seconds).ok_or_else(|| Thrown::argument("expected a valid Date after 1970"))
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
    let binary = value.is_instance_of::<ArrayBuffer>() || ArrayBuffer::is_view(value);
    let text = JSON::stringify(value).ok().filter(|_| !binary);
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
