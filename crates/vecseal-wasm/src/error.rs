//! Errors as JavaScript has them: objects of class `VecsealError` with a code.

use vecseal::Error;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/error.js")]
extern "C" {
    /// `class VecsealError extends Error`.
    pub(crate) type VecsealError;

    #[wasm_bindgen(constructor)]
    fn new(code: &str, message: &str, start: Option<u32>, end: Option<u32>) -> VecsealError;

    // The entries in `js` take the class from here: it must be one and the same.
    #[wasm_bindgen(js_name = errorClass, reexport = "errorClass", skip_typescript)]
    fn error_class();
}

/// A value to throw.
#[derive(Debug)]
pub struct Thrown(JsValue);

pub(crate) type Result<T> = core::result::Result<T, Thrown>;

impl Thrown {
    /// An argument that is not what the types ask for.
    pub(crate) fn argument(sentence: &str) -> Self {
        Self(VecsealError::new("invalid_argument", sentence, None, None).into())
    }

    /// An error of the core whose place is in this text: bytes there are UTF-16 units here.
    pub(crate) fn in_text(error: Error, text: &str) -> Self {
        let Some(span) = error.span() else {
            return error.into();
        };
        let units = |bytes: usize| {
            let before = text.get(..bytes).unwrap_or(text);
            u32::try_from(before.encode_utf16().count()).ok()
        };
        Self(VecsealError::new(error.code(), &sentence(error), units(span.start), units(span.end)).into())
    }
}

/// The error's sentence; places are told apart, in JavaScript's units.
fn sentence(error: Error) -> String {
    match error {
        Error::Input(input) => input.without_span().to_string(),
        other => other.to_string(),
    }
}

impl From<Error> for Thrown {
    fn from(error: Error) -> Self {
        Self(VecsealError::new(error.code(), &sentence(error), None, None).into())
    }
}

/// What a getter threw is thrown on as it is.
impl From<JsValue> for Thrown {
    fn from(value: JsValue) -> Self {
        Self(value)
    }
}

impl From<Thrown> for JsValue {
    fn from(thrown: Thrown) -> Self {
        thrown.0
    }
}
