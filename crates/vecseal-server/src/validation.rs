//! Whether values are within their bounds, and Qdrant's words for those that are not.

use std::fmt::Display;
use std::ops::RangeInclusive;

use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::answer::{ApiError, Result};

/// Runs the engine's own checks.
pub(crate) fn check(value: &impl Validate) -> Result<()> {
    value.validate().map_err(|errors| {
        let mut sentences = Vec::new();
        describe(&errors, "", &mut sentences);
        sentences.sort();
        ApiError::invalid(sentences.join("; "))
    })
}

fn describe(errors: &ValidationErrors, parent: &str, sentences: &mut Vec<String>) {
    for (field, kind) in errors.errors() {
        let field = if parent.is_empty() {
            field.to_string()
        } else {
            format!("{parent}.{field}")
        };
        match kind {
            ValidationErrorsKind::Struct(inner) => describe(inner, &field, sentences),
            ValidationErrorsKind::List(list) => {
                for (index, inner) in list {
                    describe(inner, &format!("{field}[{index}]"), sentences);
                }
            }
            ValidationErrorsKind::Field(errors) => {
                sentences.extend(errors.iter().map(|error| format!("{field}: {}", sentence(error))));
            }
        }
    }
}

fn sentence(error: &ValidationError) -> String {
    let param = |name| error.params.get(name);
    match (&error.message, param("value"), param("min"), param("max")) {
        (Some(message), ..) => message.to_string(),
        (None, Some(value), Some(min), Some(max)) => outside(value, min, max),
        (None, Some(value), Some(min), None) => below(value, min),
        _ => error.to_string(),
    }
}

/// Checks that a value, if there is one, is not outside of a range.
pub(crate) fn check_within<T>(field: impl Display, value: Option<T>, range: &RangeInclusive<T>) -> Result<()>
where
    T: PartialOrd + Display,
{
    match value.filter(|value| !range.contains(value)) {
        Some(value) => Err(ApiError::invalid(format_args!("{field}: {}", outside(&value, range.start(), range.end())))),
        None => Ok(()),
    }
}

/// Checks that a value, if there is one, is not below another.
pub(crate) fn check_at_least(field: impl Display, value: Option<u64>, min: u64) -> Result<()> {
    match value.filter(|value| *value < min) {
        Some(value) => Err(ApiError::invalid(format_args!("{field}: {}", below(&value, &min)))),
        None => Ok(()),
    }
}

fn outside(value: &impl Display, min: &impl Display, max: &impl Display) -> String {
    format!("value {value} invalid, must be from {min} to {max}")
}

fn below(value: &impl Display, min: &impl Display) -> String {
    format!("value {value} invalid, must be {min} or larger")
}

/// Checks that JSON is not nested deeper than what the engine writes can be read back.
pub(crate) fn check_nesting(json: &[u8]) -> Result<()> {
    let (mut depth, mut is_in_string, mut is_escaped) = (0_usize, false, false);
    for byte in json {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_in_string,
            b'"' => is_in_string = !is_in_string,
            b'[' | b'{' if !is_in_string => depth += 1,
            b']' | b'}' if !is_in_string => depth = depth.saturating_sub(1),
            _ => (),
        }
        if depth > MAX_NESTING {
            return Err(ApiError::malformed("recursion limit exceeded"));
        }
    }
    Ok(())
}

/// The engine reads 127 levels, of which its log takes some, and a key with dots adds some to what it sets.
const MAX_NESTING: usize = 100;
/// Parts of such a key.
pub(crate) const MAX_KEY_PARTS: usize = 20;

/// Checks that all coordinates are numbers: JSON has larger ones than `f32`.
pub(crate) fn check_finite(field: impl Display, vector: &[f32]) -> Result<()> {
    if vector.iter().all(|coordinate| coordinate.is_finite()) {
        Ok(())
    } else {
        Err(ApiError::invalid(format_args!("{field}: coordinates must be numbers that 32 bits can hold")))
    }
}
