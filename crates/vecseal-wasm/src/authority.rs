//! The authority.

use js_sys::Uint8Array;
use vecseal::Epochs;
use wasm_bindgen::prelude::*;

use crate::access::{self, AccessStructure, Policy};
use crate::compartment::Compartment;
use crate::error::{Result, Thrown};
use crate::fields::{Fields, list};
use crate::user::UserKey;
use crate::writer::{CollectionKey, WriterKey};
use crate::{convert, options};

/// Owns the master secret and the access structure; issues keys and creates compartments.
///
/// It can read everything sealed under it: keep its bytes offline, or wherever the organisation keeps the key to all
/// its keys. They are wiped by `free()`, or at the end of a `using` block.
#[wasm_bindgen]
pub struct Authority(vecseal::Authority);

#[wasm_bindgen]
impl Authority {
    /// Makes a new authority.
    ///
    /// @throws {@link VecsealError} `random_unavailable`.
    pub fn generate(structure: &AccessStructure) -> Result<Self> {
        Ok(Self(vecseal::Authority::generate(structure.0.clone(), &mut vecseal::system_rng()?)))
    }

    /// Makes the authority of a master secret of 32 uniformly random bytes, without rotations.
    ///
    /// @throws {@link VecsealError} `invalid_argument` for another number of bytes.
    #[wasm_bindgen(js_name = fromSecret)]
    pub fn from_secret(
        structure: &AccessStructure,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] secret: &JsValue,
    ) -> Result<Self> {
        Ok(Self(vecseal::Authority::from_secret(structure.0.clone(), &*convert::secret_key(secret)?)))
    }

    /// Issues the key of a user with these attributes. Of a hierarchy the highest level counts and includes the lower.
    ///
    /// @throws {@link VecsealError} `unknown_dimension` or `unknown_attribute`, naming it; `too_many_rights`.
    #[wasm_bindgen(js_name = issueUserKey)]
    pub fn issue_user_key(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Attributes")] attributes: &JsValue,
        options: Option<UserKeyOptions>,
    ) -> Result<UserKey> {
        let attributes = access::attributes(attributes, self.0.structure())?;
        let epochs = match options {
            Some(options) => read_epochs(&Fields::of(&options)?.only(&["epochs"])?.raw("epochs")?)?,
            None => Epochs::Current,
        };
        Ok(UserKey(self.0.issue_user_key(&attributes, epochs)?))
    }

    /// Issues a key that creates compartments for the rights that these policies name, and reads nothing.
    ///
    /// @throws {@link VecsealError} `unknown_dimension` or `unknown_attribute`, naming it; `empty`; `too_many_rights`.
    #[wasm_bindgen(js_name = issueWriterKey)]
    pub fn issue_writer_key(
        &self,
        #[wasm_bindgen(unchecked_param_type = "readonly (string | PolicyObject)[]")] policies: &JsValue,
        options: Option<WriterKeyOptions>,
    ) -> Result<WriterKey> {
        let policies = list(policies)?;
        let policies = policies.iter().map(|policy| access::policy(policy, self.0.structure()));
        let policies = policies.collect::<Result<Vec<_>>>()?;
        let collection_key = match options {
            Some(options) => CollectionKey::in_field(&Fields::of(&options)?.only(&["collectionKey"])?)?,
            None => None,
        };
        Ok(WriterKey(self.0.issue_writer_key(&policies, collection_key.as_ref().map(|key| &key.0))?))
    }

    /// Creates a compartment whose header opens for holders of one of the policy's clauses.
    ///
    /// Store the header where its readers find it before the first record that needs it.
    ///
    /// @throws {@link VecsealError} `unknown_dimension` or `unknown_attribute`, naming it; `wrong_dimension`,
    /// `invalid_parameter`, `invalid_argument`, `too_long`.
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

    /// Opens a header to seal more into its compartment, if it is one that only readers of the policy can have made: suite 1,
    /// slots for exactly the policy's rights at their current epochs, and not closed. `undefined` otherwise.
    ///
    /// @throws {@link VecsealError} `wrong_authority`; `tampered` if the header claims to be of another policy, or does not
    /// verify; `malformed`, `unsupported_version`, `wrong_object`; `unknown_dimension` or `unknown_attribute`, naming it.
    #[wasm_bindgen(js_name = openToSeal)]
    pub fn open_to_seal(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] header: &JsValue,
        policy: &Policy,
    ) -> Result<Option<Compartment>> {
        Ok(self.0.open_to_seal(&convert::header(header)?, &policy.policy)?.map(Compartment))
    }

    /// Rotates rights: keys issued from now on carry new secrets for them, which headers made from now on use.
    ///
    /// To revoke a key: rotate the rights that it owns and that policies name; issue the other users' keys and all
    /// writer keys anew; {@link Authority.rewrap} the headers; seal new records into new compartments.
    ///
    /// @throws {@link VecsealError} `unknown_dimension` or `unknown_attribute`, naming it; `epoch_exhausted`,
    /// `too_many_rights`. Then nothing is rotated.
    pub fn rotate(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "readonly Right[]")] rights: &JsValue,
    ) -> Result<()> {
        let rights = list(rights)?;
        let rights = rights.iter().map(|right| access::right(right, self.0.structure()));
        let rights = rights.collect::<Result<Vec<_>>>()?;
        Ok(self.0.rotate(&rights)?)
    }

    /// Re-wraps a header that names a rotated right: the same records, for today's keys, closed to new ones. Returns
    /// `undefined` for a header that needs nothing.
    ///
    /// The policy comes from your own records, never from the header: who could open it wrote `claimedPolicy`.
    ///
    /// @throws {@link VecsealError} `wrong_authority`, `tampered`, `malformed`, `unsupported_version`, `wrong_object`;
    /// `unknown_dimension` or `unknown_attribute`, naming it.
    #[wasm_bindgen(unchecked_return_type = "RewrappedHeader | undefined")]
    pub fn rewrap(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Uint8Array")] header: &JsValue,
        policy: &Policy,
    ) -> Result<JsValue> {
        let header = convert::header(header)?;
        let made = self.0.rewrap(&header, &policy.policy, &mut vecseal::system_rng()?)?;
        Ok(made.map_or(JsValue::UNDEFINED, |made| {
            convert::plain([
                ("compartment", Compartment(made.compartment).into()),
                ("header", Uint8Array::from(made.header.to_bytes().as_slice()).into()),
                ("claimedPolicy", (&*made.claimed_policy).into()),
            ])
        }))
    }

    /// Returns the search key that all compartments of a collection share in scope `collection`; another one for each
    /// generation.
    ///
    /// @throws {@link VecsealError} `invalid_name` if the name is empty or longer than 255 bytes.
    #[wasm_bindgen(js_name = collectionKey)]
    pub fn collection_key(&self, name: &str, generation: Option<u32>) -> Result<CollectionKey> {
        Ok(CollectionKey(self.0.collection_key(name, generation.unwrap_or_default())?))
    }

    /// Replaces the access structure. Keys and headers of attributes that stay are not affected.
    #[wasm_bindgen(js_name = setStructure)]
    pub fn set_structure(&mut self, structure: &AccessStructure) {
        self.0.set_structure(structure.0.clone());
    }

    /// The access structure. Yours to free.
    #[wasm_bindgen(getter)]
    pub fn structure(&self) -> AccessStructure {
        AccessStructure(self.0.structure().clone())
    }

    /// The id that this authority's keys and headers carry, 32 hexadecimal digits.
    #[wasm_bindgen(getter)]
    pub fn id(&self) -> String {
        self.0.id().to_string()
    }

    /// Returns the current epoch of a right: 0 until it is rotated.
    ///
    /// @throws {@link VecsealError} `unknown_dimension` or `unknown_attribute`, naming it.
    pub fn epoch(&self, #[wasm_bindgen(unchecked_param_type = "Right")] right: &JsValue) -> Result<u32> {
        Ok(self.0.epoch(&access::right(right, self.0.structure())?))
    }

    /// Returns the authority's file: master secret, structure and epochs. Whoever has it reads everything: overwrite the
    /// array after use.
    #[wasm_bindgen(js_name = toBytes)]
    pub fn to_bytes(&self) -> Uint8Array {
        self.0.to_bytes().as_slice().into()
    }

    /// Reads an authority's file.
    ///
    /// @throws {@link VecsealError} `malformed`, `unsupported_version`, `wrong_object`.
    #[wasm_bindgen(js_name = fromBytes)]
    pub fn from_bytes(#[wasm_bindgen(unchecked_param_type = "Uint8Array")] bytes: &JsValue) -> Result<Self> {
        Ok(Self(vecseal::Authority::from_bytes(&convert::key_file(bytes)?)?))
    }
}

#[wasm_bindgen]
extern "C" {
    /// How a user key is issued.
    #[wasm_bindgen(typescript_type = "UserKeyOptions")]
    pub type UserKeyOptions;

    /// How a writer key is issued.
    #[wasm_bindgen(typescript_type = "WriterKeyOptions")]
    pub type WriterKeyOptions;
}

fn read_epochs(value: &JsValue) -> Result<Epochs> {
    let previous = value.as_f64().and_then(convert::safe_integer).and_then(|count| u32::try_from(count).ok());
    match (value.as_string().as_deref(), previous) {
        (Some("all"), _) => Ok(Epochs::All),
        (Some("current"), _) => Ok(Epochs::Current),
        (None, Some(count)) => Ok(Epochs::Previous(count)),
        (None, None) if value.is_undefined() => Ok(Epochs::Current),
        _ => Err(Thrown::argument("epochs is \"current\", \"all\" or how many before the current one")),
    }
}
