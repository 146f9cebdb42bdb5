//! Reading the inputs of test vectors: fields by name, bytes and floats as base64url.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::Value;

/// The input of a test vector. A field that is missing or of another type fails the vector.
#[derive(Clone, Copy)]
pub struct Input<'v>(pub &'v Value);

/// What a vector that cannot be read says.
pub type Broken = String;

impl<'v> Input<'v> {
    /// Returns whether a field is there.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    /// Returns a field.
    ///
    /// # Errors
    ///
    /// It is not there.
    pub fn field(&self, name: &str) -> Result<&'v Value, Broken> {
        self.0.get(name).ok_or_else(|| format!("no field `{name}`"))
    }

    /// Returns a field that is a string.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn str(&self, name: &str) -> Result<&'v str, Broken> {
        self.field(name)?.as_str().ok_or_else(|| format!("`{name}` is no string"))
    }

    /// Returns a field that is a number.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn u64(&self, name: &str) -> Result<u64, Broken> {
        self.field(name)?.as_u64().ok_or_else(|| format!("`{name}` is no number"))
    }

    /// Returns a field that is a number, as f32.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn f32(&self, name: &str) -> Result<f32, Broken> {
        let value = self.field(name)?.as_f64().ok_or_else(|| format!("`{name}` is no number"))?;
        #[expect(clippy::cast_possible_truncation, reason = "vectors hold floats that are f32")]
        Ok(value as f32)
    }

    /// Returns a field that is a list.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn list(&self, name: &str) -> Result<&'v [Value], Broken> {
        self.field(name)?.as_array().map(Vec::as_slice).ok_or_else(|| format!("`{name}` is no list"))
    }

    /// Returns a field of bytes.
    ///
    /// # Errors
    ///
    /// It is not base64url.
    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, Broken> {
        Base64UrlUnpadded::decode_vec(self.str(name)?).map_err(|_| format!("`{name}` is not base64url"))
    }

    /// Returns a field of exactly `N` bytes.
    ///
    /// # Errors
    ///
    /// It has another length.
    pub fn fixed<const N: usize>(&self, name: &str) -> Result<[u8; N], Broken> {
        self.bytes(name)?.try_into().map_err(|_| format!("`{name}` has not {N} bytes"))
    }

    /// Returns a field of floats.
    ///
    /// # Errors
    ///
    /// Its bytes are not a multiple of four.
    pub fn floats(&self, name: &str) -> Result<Vec<f32>, Broken> {
        match self.bytes(name)?.as_chunks::<4>() {
            (floats, []) => Ok(floats.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()),
            _ => Err(format!("`{name}` is no list of f32")),
        }
    }
}

/// Returns bytes as base64url without padding.
#[must_use]
pub fn bytes(bytes: &[u8]) -> Value {
    Value::String(Base64UrlUnpadded::encode_string(bytes))
}

/// Returns floats as base64url of their little-endian bytes.
#[must_use]
pub fn floats(floats: &[f32]) -> Value {
    let encoded: Vec<u8> = floats.iter().flat_map(|value| value.to_le_bytes()).collect();
    bytes(&encoded)
}
