//! Compartments, and what goes in and out of them.

use js_sys::{Array, Date, Float32Array, JSON, Uint8Array};
use vecseal::{Content, Document, Error, Padding, limits};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::batch;
use crate::convert;
use crate::error::{Result, Thrown};
use crate::fields::Fields;
use crate::options::{self, CIPHERS, PRECISIONS};
use crate::search::PerturbedQuery;
use crate::writer::CollectionKey;

/// All records sealed under one policy and one generation of its key: seals and opens them, and encrypts queries.
///
/// An authority or a writer key creates it, a user key opens it from its header. Its keys are wiped by `free()`, or at
/// the end of a `using` block.
#[wasm_bindgen]
pub struct Compartment(pub(crate) vecseal::Compartment);

#[wasm_bindgen]
impl Compartment {
    /// Seals a point: its record, and in mode `geometric` the vector to search it by.
    ///
    /// @throws {@link VecsealError} `compartment_closed`, or what is wrong with the point: `wrong_dimension`,
    /// `not_finite`, `zero_vector`, `vector_out_of_range`, `too_long`, `invalid_point_id`, `invalid_argument`.
    #[wasm_bindgen(unchecked_return_type = "SealedPoint")]
    pub fn seal(&self, #[wasm_bindgen(unchecked_param_type = "PlainPoint")] point: &JsValue) -> Result<JsValue> {
        let fields = Fields::of(point)?;
        let id = fields.raw("id")?;
        let vector = convert::vector(&fields.raw("vector")?)?;
        let content = PlainContent::of(&fields.raw("content")?)?;
        let source = fields.text("source")?;
        let mut document = Document::new(&vector).content(content.get());
        if let Some(source) = &source {
            document = document.source(source);
        }
        if let Some(seconds) = fields.date("expiresAt")? {
            document = document.expires_at(seconds);
        }
        if let Some(precision) = fields.name("precision", PRECISIONS)? {
            document = document.precision(precision);
        }
        if fields.flag("padding")? == Some(false) {
            document = document.padding(Padding::Off);
        }
        let made = self.0.seal(&convert::point_id(&id)?, &document, &mut vecseal::system_rng()?)?;
        let search_vector = made.search_vector.as_deref().map(Float32Array::from);
        let fields = [("id", id), ("record", Uint8Array::from(made.record.as_slice()).into())];
        Ok(convert::plain(
            fields.into_iter().chain(search_vector.map(|vector| ("searchVector", vector.into()))),
        ))
    }

    /// Opens a record.
    ///
    /// @throws {@link VecsealError} `tampered` if it was not sealed in this compartment for this point; `malformed`,
    /// `unsupported_version`, `wrong_object`, `invalid_point_id`, `invalid_argument`.
    #[wasm_bindgen(unchecked_return_type = "OpenedPoint")]
    pub fn open(
        &self,
        #[wasm_bindgen(unchecked_param_type = "{ id: PointId; record: Uint8Array }")] point: &JsValue,
    ) -> Result<JsValue> {
        let fields = Fields::of(point)?;
        let record = self.open_record(&fields)?;
        let content = match record.content() {
            Content::Bytes(bytes) => Uint8Array::from(bytes).into(),
            Content::Text(text) => text.into(),
            // A writer that is not this package may have sealed anything as JSON.
            Content::Json(text) => JSON::parse(text).unwrap_or_else(|_| text.into()),
            _ => JsValue::UNDEFINED,
        };
        let fields = [
            ("id", fields.raw("id")?),
            ("vector", Float32Array::from(record.vector()).into()),
            ("precision", options::text(record.precision(), PRECISIONS)),
        ];
        let optional = [
            ("content", content),
            ("source", record.source().into()),
            ("expiresAt", record.expires_at().map(convert::date).into()),
        ];
        Ok(convert::plain(
            fields.into_iter().chain(optional.into_iter().filter(|(_, value)| !value.is_undefined())),
        ))
    }

    /// Seals points from where `results` ends, for half of a frame at 60 Hz; `sealMany` calls it again and again.
    #[wasm_bindgen(js_name = sealSlice, skip_typescript)]
    pub fn seal_slice(&self, points: &Array, results: &Array) {
        batch::slice(points, results, |point| self.seal(point));
    }

    /// Opens records from where `results` ends, for half of a frame at 60 Hz; `openMany` calls it again and again.
    #[wasm_bindgen(js_name = openSlice, skip_typescript)]
    pub fn open_slice(&self, points: &Array, results: &Array) {
        batch::slice(points, results, |point| self.open(point));
    }

    /// Returns the vector, `f32[k]`, to query this compartment with, and no other: for several, see {@link PerturbedQuery}.
    /// It has the noise that the header's creator chose.
    ///
    /// @throws {@link VecsealError} `no_search_vector` in mode `sealed`, or what is wrong with the vector.
    #[wasm_bindgen(js_name = encryptQuery)]
    pub fn encrypt_query(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Vector")] query: &JsValue,
    ) -> Result<Float32Array> {
        let encrypted = self.0.encrypt_query(&convert::vector(query)?, &mut vecseal::system_rng()?)?;
        Ok(encrypted.as_slice().into())
    }

    /// Returns the vector, `f32[k]`, to query this compartment with, of a query that goes to others too.
    ///
    /// @throws {@link VecsealError} `no_search_vector` in mode `sealed`, `wrong_dimension`, `invalid_parameter` for another
    /// metric.
    #[wasm_bindgen(js_name = rotateQuery)]
    pub fn rotate_query(&self, query: &PerturbedQuery) -> Result<Float32Array> {
        Ok(self.0.rotate_query(&query.0, &mut vecseal::system_rng()?)?.as_slice().into())
    }

    /// Whether one vector queries both: they hold the same search key, whatever their headers claim to share, and search
    /// vectors of the same dimensions.
    #[wasm_bindgen(js_name = sharesSearchKey)]
    pub fn shares_search_key(&self, other: &Compartment) -> bool {
        self.0.shares_search_key(&other.0)
    }

    /// Checks that a search vector found on the server is the one sealed with this record: for cosine its direction, for
    /// dot and Euclid every bit.
    ///
    /// @throws {@link VecsealError} `tampered` if it is another; `no_search_vector` in mode `sealed`.
    #[wasm_bindgen(js_name = verifySearchVector)]
    pub fn verify_search_vector(
        &self,
        #[wasm_bindgen(unchecked_param_type = "{ id: PointId; record: Uint8Array; searchVector: Vector }")]
        point: &JsValue,
    ) -> Result<()> {
        let fields = Fields::of(point)?;
        let record = self.open_record(&fields)?;
        Ok(self.0.verify_search_vector(&record, &convert::vector(&fields.raw("searchVector")?)?)?)
    }

    /// The id of this compartment, 32 hexadecimal digits. It is public; records name it.
    #[wasm_bindgen(getter)]
    pub fn cid(&self) -> String {
        self.0.cid().to_string()
    }

    /// The policy's text form, as the header's creator claims it. What decides is who can open the header.
    #[wasm_bindgen(getter)]
    pub fn policy(&self) -> String {
        self.0.policy().to_owned()
    }

    /// How its vectors are searched.
    #[wasm_bindgen(getter, unchecked_return_type = "SearchParameters")]
    pub fn parameters(&self) -> JsValue {
        options::describe(self.0.parameters())
    }

    /// The key shared with the other compartments of the collection, in scope `collection`. Yours to free.
    #[wasm_bindgen(getter, js_name = collectionKey)]
    pub fn collection_key(&self) -> Option<CollectionKey> {
        self.0.collection_key().map(|key| CollectionKey(key.duplicate()))
    }

    /// The cipher of its records.
    #[wasm_bindgen(getter, unchecked_return_type = "RecordCipher")]
    pub fn cipher(&self) -> JsValue {
        options::text(self.0.cipher(), CIPHERS)
    }

    /// The generation, from 0.
    #[wasm_bindgen(getter)]
    pub fn generation(&self) -> u32 {
        self.0.generation()
    }

    /// Whether new records belong into a later generation.
    #[wasm_bindgen(getter)]
    pub fn closed(&self) -> bool {
        self.0.is_closed()
    }

    /// When it was created, as its creator said.
    #[wasm_bindgen(getter, js_name = createdAt)]
    pub fn created_at(&self) -> Date {
        convert::date(self.0.created_at())
    }

    /// The embedding model that the vectors come from, as its creator said.
    #[wasm_bindgen(getter)]
    pub fn model(&self) -> Option<String> {
        self.0.model().map(ToOwned::to_owned)
    }

    /// Refuses vectors of another embedding model than this compartment's, before they are sealed into it, searched for in
    /// it, or into another compartment of its collection. If it names no model, every model will do.
    ///
    /// @throws {@link VecsealError} `wrong_model`, whose sentence names both.
    #[wasm_bindgen(js_name = requireModel)]
    pub fn require_model(&self, model: &str) -> Result<()> {
        Ok(self.0.require_model(model)?)
    }

    /// Returns the bytes of this open compartment, to hand it to a worker of the same session. They read and write
    /// everything in it, whatever the policy says: do not store them, and overwrite them after use.
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Uint8Array {
        self.0.to_bytes().as_slice().into()
    }

    /// Reads what {@link Compartment.toBytes} wrote.
    ///
    /// @throws {@link VecsealError} `malformed`, `unsupported_version`, `wrong_object`.
    #[wasm_bindgen(js_name = fromBytes)]
    pub fn from_bytes(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue) -> Result<Self> {
        Ok(Self(vecseal::Compartment::from_bytes(&convert::key_file(bytes)?)?))
    }

    /// A new compartment and its header, as one object.
    pub(crate) fn with_header(self, header: &vecseal::Header) -> JsValue {
        let header = Uint8Array::from(header.to_bytes().as_slice());
        convert::plain([("compartment", self.into()), ("header", header.into())])
    }

    fn open_record(&self, fields: &Fields<'_>) -> Result<vecseal::OpenedRecord> {
        let record = convert::bytes(&fields.raw("record")?, limits::MAX_RECORD_BYTES, Error::Malformed)?;
        Ok(self.0.open(&convert::point_id(&fields.raw("id")?)?, &record)?)
    }
}

/// A content on its way in.
enum PlainContent {
    Empty,
    Bytes(Zeroizing<Vec<u8>>),
    Text(Zeroizing<String>),
    Json(Zeroizing<String>),
}

impl PlainContent {
    fn of(value: &JsValue) -> Result<Self> {
        if value.is_undefined() {
            Ok(Self::Empty)
        } else if let Some(text) = value.as_string().map(Zeroizing::new) {
            // Half of a surrogate pair has no UTF-8: it would come back as something else.
            let back = JsValue::from(text.as_str());
            if back == *value {
                Ok(Self::Text(text))
            } else {
                Err(Thrown::argument("`content` holds half of a surrogate pair"))
            }
        } else if value.is_instance_of::<Uint8Array>() {
            convert::bytes(value, limits::MAX_CONTENT_BYTES, Error::TooLong).map(Self::Bytes)
        } else {
            convert::json(value).map(Zeroizing::new).map(Self::Json)
        }
    }

    fn get(&self) -> Content<'_> {
        match self {
            Self::Empty => Content::Empty,
            Self::Bytes(bytes) => Content::Bytes(bytes),
            Self::Text(text) => Content::Text(text),
            Self::Json(text) => Content::Json(text),
        }
    }
}

/// Returns what a header says to anybody: its compartment, its authority, its suite, and its number of slots.
///
/// @throws {@link VecsealError} `malformed`, `unsupported_version`, `wrong_object`.
#[wasm_bindgen(js_name = inspectHeader, unchecked_return_type = "HeaderInfo")]
pub fn inspect_header(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] header: &JsValue) -> Result<JsValue> {
    let header = convert::header(header)?;
    Ok(convert::plain([
        ("cid", header.cid().to_string().into()),
        ("authorityId", header.authority_id().to_string().into()),
        ("suite", (header.suite() as u8).into()),
        ("slots", header.slots().into()),
    ]))
}
