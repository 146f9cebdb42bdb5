//! Writer keys, and the keys of collections.

use js_sys::{Array, Function, Uint8Array};
use wasm_bindgen::convert::TryFromJsValue as _;
use wasm_bindgen::prelude::*;

use crate::access::{self, AccessStructure, Policy};
use crate::compartment::Compartment;
use crate::error::Result;
use crate::fields::{Fields, unexpected};
use crate::{convert, options};

/// Creates compartments for the rights it names. Holds their public keys and no secret of theirs.
///
/// A writer reads nothing back once it has freed the compartment that it created.
#[wasm_bindgen]
pub struct WriterKey(pub(crate) vecseal::WriterKey);

#[wasm_bindgen]
impl WriterKey {
    /// Creates a compartment whose header opens for holders of one of the policy's clauses; this key cannot open it.
    ///
    /// @throws {@link VecsealError} `right_not_covered` if the key was not issued for one of the clauses;
    /// `wrong_dimension`, `invalid_parameter`, `invalid_argument`, `too_long`.
    #[wasm_bindgen(js_name = createCompartment, unchecked_return_type = "CreatedCompartment")]
    pub fn create_compartment(
        &self,
        policy: &Policy,
        #[wasm_bindgen(unchecked_param_type = "CompartmentOptions")] options: &JsValue,
    ) -> Result<JsValue> {
        let options = options::compartment(options)?;
        let (compartment, header) = self.0.create_compartment(&policy.policy, &options, &mut vecseal::system_rng()?)?;
        Ok(Compartment(compartment).with_header(&header))
    }

    /// The part of the access structure that this key's rights use, to make policies with. Yours to free.
    #[wasm_bindgen(getter)]
    pub fn structure(&self) -> AccessStructure {
        AccessStructure(self.0.structure().clone())
    }

    /// The rights that it can write for.
    #[wasm_bindgen(getter, unchecked_return_type = "Right[]")]
    pub fn rights(&self) -> Array {
        self.0.rights().map(|(right, _)| access::names(right)).collect()
    }

    /// The search key of the collection it was issued with, if any. Yours to free.
    #[wasm_bindgen(getter, js_name = collectionKey)]
    pub fn collection_key(&self) -> Option<CollectionKey> {
        self.0.collection_key().map(|key| CollectionKey(key.duplicate()))
    }

    /// The id of the authority that issued it, 32 hexadecimal digits.
    #[wasm_bindgen(getter, js_name = authorityId)]
    pub fn authority_id(&self) -> String {
        self.0.authority_id().to_string()
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
        Ok(Self(vecseal::WriterKey::from_bytes(&convert::key_file(bytes)?)?))
    }
}

/// One search key for all compartments of a collection (scope `collection`).
///
/// Everyone who can open one compartment of the collection then holds the search key of all of them: against a reader
/// with a dump, other people's approximate vectors are protected by noise alone. Exact vectors and contents stay sealed.
#[wasm_bindgen]
pub struct CollectionKey(pub(crate) vecseal::CollectionKey);

impl CollectionKey {
    /// The key in field `collectionKey`, duplicated: the caller's handle stays the caller's.
    pub(crate) fn in_field(fields: &Fields<'_>) -> Result<Option<Self>> {
        let Some(handle) = fields.get("collectionKey")? else {
            return Ok(None);
        };
        let expected = || unexpected("collectionKey", "a CollectionKey");
        let duplicate = Fields::of(&handle).map_err(|_| expected())?.raw("duplicate")?;
        let duplicate = duplicate.dyn_into::<Function>().map_err(|_| expected())?.call0(&handle)?;
        Self::try_from_js_value(duplicate).map(Some).map_err(|_| expected())
    }
}

#[wasm_bindgen]
impl CollectionKey {
    /// Returns another handle of the same key, to be freed on its own.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }

    /// The collection's name.
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.0.name().to_owned()
    }

    /// The generation.
    #[wasm_bindgen(getter)]
    pub fn generation(&self) -> u32 {
        self.0.generation()
    }
}
