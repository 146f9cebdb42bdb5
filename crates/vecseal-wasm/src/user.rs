//! User keys.

use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::access::{self, Policy};
use crate::compartment::Compartment;
use crate::convert;
use crate::error::Result;
use crate::fields::Fields;

#[wasm_bindgen]
extern "C" {
    /// How a key is made weaker.
    #[wasm_bindgen(typescript_type = "AttenuateOptions")]
    pub type AttenuateOptions;
}

/// Opens the compartments whose policy its holder satisfies, and no other.
///
/// Whoever has its bytes is the user. They are wiped by `free()`, or at the end of a `using` block.
#[wasm_bindgen]
pub struct UserKey(pub(crate) vecseal::UserKey);

#[wasm_bindgen]
impl UserKey {
    /// Opens a header.
    ///
    /// Before *sealing* into what a server handed out, check that its `cid` is the one expected: whoever opens another
    /// header reads what is sealed into it.
    ///
    /// @throws {@link VecsealError} `access_denied` if no slot is for this key; `tampered` if one is but does not verify;
    /// `malformed`, `unsupported_version`, `wrong_object`.
    pub fn open(&self, #[wasm_bindgen(unchecked_param_type = "Uint8Array")] header: &JsValue) -> Result<Compartment> {
        Ok(Compartment(self.0.open(&convert::header(header)?)?))
    }

    /// Opens a header to seal more into its compartment, if it is one that only readers of the policy can have made: suite 1,
    /// as many slots as the policy has clauses, one of them for a right that the policy names and this key owns, claiming
    /// that policy, and not closed. `undefined` otherwise.
    ///
    /// `open` would not do: whoever shares *some* right with this key's holder can make a header that this key opens, and
    /// claim any policy in it.
    ///
    /// @throws {@link VecsealError} `tampered` if the header does not verify; `malformed`, `unsupported_version`,
    /// `wrong_object`.
    #[wasm_bindgen(js_name = openToSeal)]
    pub fn open_to_seal(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] header: &JsValue,
        policy: &Policy,
    ) -> Result<Option<Compartment>> {
        Ok(self.0.open_to_seal(&convert::header(header)?, &policy.policy)?.map(Compartment))
    }

    /// Returns a key for fewer attributes, made without the authority: an agent need never hold more than its user.
    /// `notAfter` is a note for honest clients; it can only become earlier.
    ///
    /// @throws {@link VecsealError} `unknown_dimension` or `unknown_attribute`, naming what this key lacks.
    pub fn attenuate(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Attributes")] attributes: &JsValue,
        options: Option<AttenuateOptions>,
    ) -> Result<Self> {
        let attributes = access::attributes(attributes, self.0.attributes().structure())?;
        let not_after = match options {
            Some(options) => Fields::of(&options)?.only(&["notAfter"])?.date("notAfter")?,
            None => None,
        };
        Ok(Self(self.0.attenuate(&attributes, not_after)?))
    }

    /// The attributes that this key stands for; of a hierarchy, all levels held.
    #[wasm_bindgen(getter, unchecked_return_type = "Record<string, string[]>")]
    pub fn attributes(&self) -> JsValue {
        access::attribute_lists(self.0.attributes())
    }

    /// Every right that this key owns.
    #[wasm_bindgen(getter, unchecked_return_type = "Right[]")]
    pub fn rights(&self) -> Array {
        self.0.rights().map(|(right, _)| access::names(&right)).collect()
    }

    /// The id of the authority that issued it, 32 hexadecimal digits.
    #[wasm_bindgen(getter, js_name = authorityId)]
    pub fn authority_id(&self) -> String {
        self.0.authority_id().to_string()
    }

    /// Until when honest clients use this key. Nothing enforces it but they.
    #[wasm_bindgen(getter, js_name = notAfter)]
    pub fn not_after(&self) -> Option<Date> {
        self.0.not_after().map(convert::date)
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
        Ok(Self(vecseal::UserKey::from_bytes(&convert::key_file(bytes)?)?))
    }
}
