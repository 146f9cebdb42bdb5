//! Many points in one call. One bad point does not stop the others.

use js_sys::{Array, Date};
use wasm_bindgen::prelude::*;

use crate::convert;
use crate::error::Result;
use crate::fields::Fields;

/// How long a call may take, so that a page can paint in between: half of a frame at 60 Hz.
const SLICE_MILLISECONDS: f64 = 8.0;

/// Appends the results of the points that have none yet, until there is no more time; at least one.
pub(crate) fn slice(points: &Array, results: &Array, each: impl Fn(&JsValue) -> Result<JsValue>) {
    let end = Date::now() + SLICE_MILLISECONDS;
    for index in results.length()..points.length() {
        results.push(&result(&points.get(index), &each));
        if Date::now() >= end {
            break;
        }
    }
}

fn result(point: &JsValue, each: impl Fn(&JsValue) -> Result<JsValue>) -> JsValue {
    let id = Fields::of(point).and_then(|fields| fields.raw("id")).unwrap_or(JsValue::UNDEFINED);
    match each(point) {
        Ok(value) => convert::plain([("ok", true.into()), ("id", id), ("value", value)]),
        Err(error) => convert::plain([("ok", false.into()), ("id", id), ("error", error.into())]),
    }
}
