//! Objects of the caller's, read field by field. Every read can fail: what JavaScript throws in between would skip
//! Rust's destructors, and with them the wiping.

use js_sys::{Array, Date, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use crate::convert;
use crate::error::{Result, Thrown};

/// An object of the caller's; what is `undefined` or `null` in it is not there.
pub(crate) struct Fields<'o>(&'o JsValue);

impl<'o> Fields<'o> {
    pub(crate) fn of(object: &'o JsValue) -> Result<Self> {
        if object.is_object() {
            Ok(Self(object))
        } else {
            Err(Thrown::argument("expected an object"))
        }
    }

    /// Refuses names that are none of these: a misspelt option must not be ignored.
    pub(crate) fn only(self, names: &[&str]) -> Result<Self> {
        for key in Reflect::own_keys(self.0)? {
            if let Some(key) = key.as_string().filter(|key| !names.contains(&key.as_str())) {
                return Err(Thrown::argument(&format!("there is no option `{key}`, but {}", names.join(", "))));
            }
        }
        Ok(self)
    }

    /// The value as it is, `undefined` included.
    pub(crate) fn raw(&self, name: &str) -> Result<JsValue> {
        Ok(Reflect::get(self.0, &name.into())?)
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<JsValue>> {
        Ok(Some(self.raw(name)?).filter(|value| !value.is_undefined() && !value.is_null()))
    }

    /// A number as f32.
    pub(crate) fn float(&self, name: &str) -> Result<Option<f32>> {
        #[expect(clippy::cast_possible_truncation, reason = "the format has f32")]
        self.read(name, "a number", |value| value.as_f64().map(|number| number as f32))
    }

    /// An integer from 0 as far as `T` goes.
    pub(crate) fn integer<T: TryFrom<u64>>(&self, name: &str) -> Result<Option<T>> {
        self.read(name, "an integer from 0", |value| convert::safe_integer(value.as_f64()?)?.try_into().ok())
    }

    /// A text, wiped when dropped.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Zeroizing<String>>> {
        self.read(name, "a string", |value| value.as_string().map(Zeroizing::new))
    }

    /// A date as Unix seconds.
    pub(crate) fn date(&self, name: &str) -> Result<Option<u64>> {
        self.read(name, "a valid Date from 1970 on", |value| convert::seconds(value.dyn_ref::<Date>()?))
    }

    /// A choice of `true` and `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        self.read(name, "true or false", JsValue::as_bool)
    }

    /// One of these names.
    pub(crate) fn name<T: Copy>(&self, name: &str, names: &[(T, &str)]) -> Result<Option<T>> {
        let expected = names.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
        self.read(name, &expected, |value| {
            let text = value.as_string()?;
            names.iter().find(|(_, name)| *name == text).map(|(found, _)| *found)
        })
    }

    /// So many bytes.
    pub(crate) fn bytes<const N: usize>(&self, name: &str) -> Result<[u8; N]> {
        let expected = format!("a Uint8Array of {N} bytes");
        let read = self.read(name, &expected, |value| {
            let bytes = value.dyn_ref::<Uint8Array>().filter(|bytes| bytes.length() as usize == N)?;
            let mut fixed = [0; N];
            bytes.copy_to(&mut fixed);
            Some(fixed)
        })?;
        read.ok_or_else(|| unexpected(name, &expected))
    }

    fn read<T>(&self, name: &str, expected: &str, as_expected: impl Fn(&JsValue) -> Option<T>) -> Result<Option<T>> {
        let read = |value: JsValue| as_expected(&value).ok_or_else(|| unexpected(name, expected));
        self.get(name)?.map(read).transpose()
    }
}

/// The items of an array.
pub(crate) fn list(value: &JsValue) -> Result<Vec<JsValue>> {
    if !Array::is_array(value) {
        return Err(Thrown::argument("expected an array"));
    }
    let length = Fields(value).integer::<u32>("length")?.unwrap_or_default();
    (0..length).map(|index| Ok(Reflect::get_u32(value, index)?)).collect()
}

/// What is wrong with a field.
pub(crate) fn unexpected(name: &str, expected: &str) -> Thrown {
    Thrown::argument(&format!("`{name}` takes {expected}"))
}
