//! Bytes as text, for JSON.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use wasm_bindgen::prelude::*;

use crate::error::{Result, Thrown};

/// Returns bytes as base64url without padding: how records and headers go into JSON.
#[wasm_bindgen(js_name = toBase64Url)]
pub fn to_base64_url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Reads what {@link toBase64Url} wrote.
///
/// @throws {@link VecsealError} `malformed` if the text is anything else.
#[wasm_bindgen(js_name = fromBase64Url)]
pub fn from_base64_url(text: &str) -> Result<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).map_err(|_| Thrown::from(vecseal::Error::Malformed))
}
