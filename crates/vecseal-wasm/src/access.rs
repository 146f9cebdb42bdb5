//! Access structures and policies.

use std::fmt::Write as _;

use js_sys::{Array, Reflect};
use vecseal::{Attribute, Attributes, DimensionKind, Missing, Right};
use wasm_bindgen::prelude::*;

use crate::convert;
use crate::error::{Result, Thrown};
use crate::fields::Fields;

/// The dimensions of an authority and the attributes of each.
///
/// ```js
/// const structure = new AccessStructure({
///   roles: ["analyst", "manager"],
///   departments: ["finance", "hr", "legal"],
///   clearance: { ordered: ["public", "internal", "secret"] },
/// });
/// ```
#[wasm_bindgen]
pub struct AccessStructure(pub(crate) vecseal::AccessStructure);

#[wasm_bindgen]
impl AccessStructure {
    /// Takes the dimensions, or their JSON text.
    ///
    /// @throws {@link VecsealError} that names what is wrong: `invalid_name`, `reserved_name`, `duplicate`, `empty`,
    /// `too_many_dimensions`, `too_many_attributes`, and for text `syntax`, with its place.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "Dimensions | string")] dimensions: &JsValue) -> Result<Self> {
        match dimensions.as_string() {
            Some(text) => vecseal::AccessStructure::from_json(&text).map_err(|error| Thrown::in_text(error, &text)),
            None => Ok(vecseal::AccessStructure::from_json(&convert::json(dimensions)?)?),
        }
        .map(Self)
    }

    /// The dimensions, sorted by name; what `JSON.stringify` writes.
    #[wasm_bindgen(js_name = toJSON, unchecked_return_type = "Dimensions")]
    pub fn to_json(&self) -> JsValue {
        convert::plain(self.0.dimensions().iter().map(|dimension| {
            let attributes = convert::strings(dimension.attributes());
            let value = match dimension.kind() {
                DimensionKind::Hierarchy => convert::plain([("ordered", attributes)]),
                _ => attributes,
            };
            (dimension.name(), value)
        }))
    }
}

/// Who may read: a condition on attributes, normalised to clauses of which one must be satisfied in full.
///
/// ```js
/// const policy = new Policy("departments:hr && roles:manager || departments:legal", structure);
/// const same = new Policy({ any: [{ departments: ["hr"], roles: ["manager"] }, { departments: ["legal"] }] }, structure);
/// ```
#[wasm_bindgen]
pub struct Policy {
    pub(crate) policy: vecseal::Policy,
    structure: vecseal::AccessStructure,
}

#[wasm_bindgen]
impl Policy {
    /// Takes the text form (`&&`, `||`, parentheses, `dimension:attribute`, `*` for any key of the authority) or the
    /// object form (AND across dimensions, OR within one; `any` and `all` combine).
    ///
    /// @throws {@link VecsealError} `syntax`, `unknown_dimension`, `unknown_attribute`, `conflicting_attributes`,
    /// `duplicate`, `empty`, `too_many_clauses`, `too_deep`, `too_long`; for text with `start` and `end`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "string | PolicyObject")] policy: &JsValue,
        structure: &AccessStructure,
    ) -> Result<Self> {
        Ok(Self {
            policy: self::policy(policy, &structure.0)?,
            structure: structure.0.clone(),
        })
    }

    /// The clauses in normal form; a key satisfies the policy by owning one of these rights.
    #[wasm_bindgen(getter, unchecked_return_type = "Right[]")]
    pub fn clauses(&self) -> Array {
        self.policy.clauses().iter().map(names).collect()
    }

    /// Says for each clause whether somebody with these attributes satisfies it, and what is missing. Needs no key and
    /// decides nothing: keys decide.
    ///
    /// @throws {@link VecsealError} that names an attribute that the structure lacks.
    #[wasm_bindgen(unchecked_return_type = "Explanation")]
    pub fn explain(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Attributes")] attributes: &JsValue,
    ) -> Result<JsValue> {
        let found = self.policy.explain(&self::attributes(attributes, &self.structure)?);
        let clauses = found.clauses().iter().map(|clause| {
            let missing = clause.missing().iter().map(missing);
            convert::plain([
                ("clause", names(clause.clause())),
                ("satisfied", clause.is_satisfied().into()),
                ("missing", missing.collect::<Array>().into()),
            ])
        });
        let clauses = clauses.collect::<Array>();
        Ok(convert::plain([("satisfied", found.is_satisfied().into()), ("clauses", clauses.into())]))
    }

    /// The text form.
    #[wasm_bindgen(js_name = toString)]
    pub fn text(&self) -> String {
        self.policy.to_string()
    }
}

fn missing(missing: &Missing) -> JsValue {
    convert::plain([
        ("dimension", missing.needed().dimension().into()),
        ("attribute", missing.needed().name().into()),
        ("held", convert::strings(missing.held())),
        ("sentence", missing.to_string().into()),
    ])
}

/// The attributes of a right by dimension.
pub(crate) fn names(right: &Right) -> JsValue {
    convert::plain(right.attributes().iter().map(|attribute| (attribute.dimension(), attribute.name().into())))
}

/// A policy in text or object form.
pub(crate) fn policy(value: &JsValue, structure: &vecseal::AccessStructure) -> Result<vecseal::Policy> {
    match value.as_string() {
        Some(text) => vecseal::Policy::parse(&text, structure).map_err(|error| Thrown::in_text(error, &text)),
        None => Ok(vecseal::Policy::from_json(&convert::json(value)?, structure)?),
    }
}

/// The right of a plain object: that of the policy which asks for nothing else.
pub(crate) fn right(value: &JsValue, structure: &vecseal::AccessStructure) -> Result<Right> {
    let expected = || Thrown::argument("a right is an object of dimensions and attributes");
    let fields = Fields::of(value).map_err(|_| expected())?;
    let mut text = String::new();
    for dimension in Reflect::own_keys(value)? {
        let dimension = dimension.as_string().ok_or_else(expected)?;
        let name = fields.raw(&dimension)?.as_string().ok_or_else(expected)?;
        let separator = if text.is_empty() { "" } else { " && " };
        write!(text, "{separator}{}", Attribute::new(&dimension, &name)).map_err(|_| expected())?;
    }
    let policy = vecseal::Policy::parse(if text.is_empty() { "*" } else { &text }, structure)?;
    Ok(policy.clauses().first().cloned().unwrap_or_default())
}

/// What somebody holds.
pub(crate) fn attributes(value: &JsValue, structure: &vecseal::AccessStructure) -> Result<Attributes> {
    Ok(Attributes::from_json(&convert::json(value)?, structure)?)
}

/// What somebody holds, by dimension.
pub(crate) fn attribute_lists(attributes: &Attributes) -> JsValue {
    let dimensions = attributes.structure().dimensions().iter();
    convert::plain(dimensions.map(|dimension| (dimension.name(), convert::strings(dimension.attributes()))))
}
