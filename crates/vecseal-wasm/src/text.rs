//! Bytes as text, for JSON.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use js_sys::Uint8Array;
use vecseal::{Error, limits};
use wasm_bindgen::prelude::*;

use crate::convert;
use crate::error::{Result, Thrown};

/// Returns bytes as base64url without padding: how records and headers go into JSON.
#[wasm_bindgen(js_name = toBase64Url)]
pub fn to_base64_url(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue) -> Result<String> {
    Ok(Base64UrlUnpadded::encode_string(&convert::bytes(bytes, limits::MAX_KEY_BYTES, Error::TooLong)?))
}

/// Reads what {@link toBase64Url} wrote.
///
/// @throws {@link VecsealError} `malformed` if the text is anything else.
#[wasm_bindgen(js_name = fromBase64Url)]
pub fn from_base64_url(#[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue) -> Result<Uint8Array> {
    let text = text.as_string().ok_or_else(|| Thrown::argument("expected a string"))?;
    let bytes = Base64UrlUnpadded::decode_vec(&text).map_err(|_| Error::Malformed)?;
    Ok(bytes.as_slice().into())
}
