//! Plain vector encryption, and exact ranking.

use js_sys::{Array, Float32Array, Object, Uint8Array};
use vecseal::{EncryptedVector, Hit, Metric};
use wasm_bindgen::prelude::*;

use crate::convert;
use crate::error::Result;
use crate::fields::{Fields, list, unexpected};
use crate::options::{self, METRICS};

#[wasm_bindgen]
extern "C" {
    /// What `encrypt` returns.
    #[wasm_bindgen(typescript_type = "EncryptedVector")]
    pub type Encrypted;

    /// How candidates are ranked.
    #[wasm_bindgen(typescript_type = "RankOptions")]
    pub type RankOptions;
}

/// Encrypts vectors for searching without policies. Its secret is wiped by `free()`, or at the end of a `using` block.
///
/// A keyed rotation with noise is not a cipher: distances between vectors show, within the noise, and enough known pairs
/// reveal the rotation.
#[wasm_bindgen]
pub struct SearchKey(vecseal::SearchKey);

#[wasm_bindgen]
impl SearchKey {
    /// Makes a key.
    ///
    /// @throws {@link VecsealError} `wrong_dimension`, `invalid_parameter`, `invalid_argument`, `random_unavailable`;
    /// `no_search_vector` if the mode is `sealed`.
    pub fn generate(#[wasm_bindgen(unchecked_param_type = "SearchOptions")] options: &JsValue) -> Result<Self> {
        Ok(Self(vecseal::SearchKey::generate(options::search(options)?, &mut vecseal::system_rng()?)?))
    }

    /// Makes the key of a secret of 32 uniformly random bytes.
    ///
    /// @throws {@link VecsealError} `wrong_dimension`, `invalid_parameter`, `invalid_argument`; `no_search_vector` if the
    /// mode is `sealed`.
    #[wasm_bindgen(js_name = fromSecret)]
    pub fn from_secret(
        #[wasm_bindgen(unchecked_param_type = "SearchOptions")] options: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] secret: &JsValue,
    ) -> Result<Self> {
        Ok(Self(vecseal::SearchKey::from_secret(options::search(options)?, &*convert::secret_key(secret)?)?))
    }

    /// Encrypts a vector, `f32[d]`, for a point.
    ///
    /// @throws {@link VecsealError} what is wrong with the vector: `wrong_dimension`, `not_finite`, `zero_vector`,
    /// `vector_out_of_range`; `invalid_point_id`.
    #[wasm_bindgen(unchecked_return_type = "EncryptedVector")]
    pub fn encrypt(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Vector")] vector: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "PointId")] id: &JsValue,
    ) -> Result<JsValue> {
        let (vector, id) = (convert::vector(vector)?, convert::point_id(id)?);
        let made = self.0.encrypt(&vector, &id, &mut vecseal::system_rng()?)?;
        Ok(convert::plain([
            ("ciphertext", Float32Array::from(made.ciphertext.as_slice()).into()),
            ("iv", Uint8Array::from(made.iv.as_slice()).into()),
            ("tag", Uint8Array::from(made.tag.as_slice()).into()),
        ]))
    }

    /// Decrypts a vector, `f32[d]`, to rounding; for cosine, the normalised vector. It verifies only where the database
    /// returns the floats unchanged: dot and Euclid do, Qdrant normalises cosine.
    ///
    /// @throws {@link VecsealError} `tampered` if anything is not as it was encrypted, the point id included;
    /// `wrong_dimension`, `invalid_point_id`, `invalid_argument`.
    pub fn decrypt(
        &self,
        encrypted: &Encrypted,
        #[wasm_bindgen(unchecked_param_type = "PointId")] id: &JsValue,
    ) -> Result<Float32Array> {
        let fields = Fields::of(encrypted)?;
        let encrypted = EncryptedVector {
            ciphertext: convert::vector(&fields.raw("ciphertext")?)?.to_vec(),
            iv: fields.bytes("iv")?,
            tag: fields.bytes("tag")?,
        };
        Ok(self.0.decrypt(&encrypted, &convert::point_id(id)?)?.as_slice().into())
    }

    /// Returns the vector, `f32[k]`, to query with.
    ///
    /// @throws {@link VecsealError} what is wrong with the vector.
    #[wasm_bindgen(js_name = encryptQuery)]
    pub fn encrypt_query(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Vector")] query: &JsValue,
    ) -> Result<Float32Array> {
        let made = self.0.encrypt_query(&convert::vector(query)?, &mut vecseal::system_rng()?)?;
        Ok(made.as_slice().into())
    }

    /// How vectors are searched.
    #[wasm_bindgen(getter, unchecked_return_type = "SearchParameters")]
    pub fn parameters(&self) -> JsValue {
        options::describe(self.0.parameters())
    }

    /// Returns the key file. Overwrite the array after use.
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Uint8Array {
        self.0.to_bytes().as_slice().into()
    }

    /// Reads a key file.
    ///
    /// @throws {@link VecsealError} `malformed`, `unsupported_version`, `wrong_object`.
    #[wasm_bindgen(js_name = fromBytes)]
    pub fn from_bytes(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue) -> Result<Self> {
        Ok(Self(vecseal::SearchKey::from_bytes(&convert::key_file(bytes)?)?))
    }
}

/// A query with noise, to be compared in several compartments: half of it, by variance, is the same for all, half is drawn
/// for each. Its vector is wiped by `free()`, or at the end of a `using` block.
///
/// Whoever reads one of those compartments and sees the traffic learns the query up to this noise. Noise drawn for each
/// alone would average out for somebody who reads many; the same for all would relate their keys after a few hundred
/// queries; noise as headers ask may be none.
#[wasm_bindgen]
pub struct PerturbedQuery(pub(crate) vecseal::PerturbedQuery);

#[wasm_bindgen]
impl PerturbedQuery {
    /// Prepares a query for noise of about a radius; for cosine relative to its direction, whose length is 1.
    ///
    /// @throws {@link VecsealError} `invalid_parameter` for a radius that is negative or above 2¹⁰⁰, or what is wrong with
    /// the vector.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "Vector")] query: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "{ radius: number; metric?: Metric }")] options: &JsValue,
    ) -> Result<Self> {
        let options = Fields::of(options)?.only(&["metric", "radius"])?;
        let metric = options.name("metric", METRICS)?.unwrap_or(Metric::Cosine);
        let radius = options.float("radius")?.ok_or_else(|| unexpected("radius", "a number"))?;
        let query = convert::vector(query)?;
        Ok(Self(vecseal::PerturbedQuery::new(metric, &query, radius, &mut vecseal::system_rng()?)?))
    }
}

/// Returns the nearest of the candidates, nearest first, with exact scores: cosine similarity or dot product (higher is
/// nearer), or Euclidean distance (lower is nearer). Equal scores stand by id.
///
/// ```js
/// const hits = rerank(query, opened, { metric: "cosine", limit: 10 });
/// ```
///
/// @throws {@link VecsealError} `wrong_dimension` if a candidate's length is not the query's; `not_finite`,
/// `zero_vector`, `invalid_point_id`, `invalid_argument`.
#[wasm_bindgen(unchecked_return_type = "Hit[]")]
pub fn rerank(
    #[wasm_bindgen(unchecked_param_type = "Vector")] query: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "readonly { id: PointId; vector: Vector }[]")] candidates: &JsValue,
    options: Option<RankOptions>,
) -> Result<Array> {
    let options = options.map_or_else(|| Object::new().into(), JsValue::from);
    let options = Fields::of(&options)?.only(&["metric", "limit"])?;
    let metric = options.name("metric", METRICS)?.unwrap_or(Metric::Cosine);
    let limit = options.integer("limit")?.unwrap_or(usize::MAX);
    let mut read = Vec::new();
    for candidate in list(candidates)? {
        let fields = Fields::of(&candidate)?;
        read.push((convert::point_id(&fields.raw("id")?)?, convert::vector(&fields.raw("vector")?)?));
    }
    let pairs = read.iter().map(|(id, vector)| (*id, vector.as_slice()));
    let hits = vecseal::rerank(metric, &convert::vector(query)?, pairs, limit)?;
    let hit = |hit: &Hit| convert::plain([("id", convert::id(&hit.id)), ("score", hit.score.into())]);
    Ok(hits.iter().map(hit).collect())
}
