//! Filters on payloads and ids.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::points::PointId;

/// Conditions that a point must meet. An empty filter is met by all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// All of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must: Vec<Condition>,
    /// At least one of these, if there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub should: Vec<Condition>,
    /// None of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub must_not: Vec<Condition>,
}

impl Filter {
    /// A filter that all of these conditions must meet.
    #[must_use]
    pub fn must(conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self {
            must: conditions.into_iter().collect(),
            ..Self::default()
        }
    }

    /// A filter that one of these conditions must meet.
    #[must_use]
    pub fn should(conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self {
            should: conditions.into_iter().collect(),
            ..Self::default()
        }
    }

    /// A filter that none of these conditions may meet.
    #[must_use]
    pub fn must_not(conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self {
            must_not: conditions.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// One condition of a filter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// On the value of a key in the payload.
    Field(FieldCondition),
    /// The key is absent, null or an empty list.
    IsEmpty {
        /// The key.
        is_empty: PayloadField,
    },
    /// The key is null.
    IsNull {
        /// The key.
        is_null: PayloadField,
    },
    /// The point is one of these.
    HasId {
        /// Their ids.
        has_id: Vec<PointId>,
    },
    /// The point has a vector of this name.
    HasVector {
        /// The name.
        has_vector: String,
    },
    /// One element of a list of objects meets a whole filter.
    Nested {
        /// The list and the filter.
        nested: Nested,
    },
    /// A whole filter.
    Filter(Filter),
    /// Any other, as Qdrant's JSON has it.
    Json(Value),
}

impl Condition {
    /// The key has this value, or is a list that has it.
    pub fn matches(key: &str, value: impl Into<Value>) -> Self {
        Self::Field(FieldCondition {
            matching: Some(Match::Value { value: value.into() }),
            ..FieldCondition::of(key)
        })
    }

    /// The key has one of these values.
    pub fn any_of<V: Into<Value>>(key: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self::Field(FieldCondition {
            matching: Some(Match::Any {
                any: values.into_iter().map(Into::into).collect(),
            }),
            ..FieldCondition::of(key)
        })
    }

    /// The key is a number in this range.
    #[must_use]
    pub fn in_range(key: &str, range: Range) -> Self {
        Self::Field(FieldCondition {
            range: Some(range),
            ..FieldCondition::of(key)
        })
    }

    /// The point is one of these.
    pub fn has_id(ids: impl IntoIterator<Item = PointId>) -> Self {
        Self::HasId {
            has_id: ids.into_iter().collect(),
        }
    }
}

/// A condition on the value of a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldCondition {
    /// The key in the payload, with dots between levels.
    pub key: String,
    /// What the value equals.
    #[serde(rename = "match", default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<Match>,
    /// What the number lies between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
}

impl FieldCondition {
    fn of(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            matching: None,
            range: None,
        }
    }
}

/// What a value equals.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Match {
    /// This.
    Value {
        /// A string, a whole number or a boolean.
        value: Value,
    },
    /// One of these.
    Any {
        /// Strings or whole numbers.
        any: Vec<Value>,
    },
    /// None of these.
    Except {
        /// Strings or whole numbers.
        except: Vec<Value>,
    },
    /// Words of a text.
    Text {
        /// All of them.
        text: String,
    },
}

/// What a number lies between.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Less than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lt: Option<f64>,
    /// Greater than.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gt: Option<f64>,
    /// Greater or equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gte: Option<f64>,
    /// Less or equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lte: Option<f64>,
}

/// A key in the payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadField {
    /// With dots between levels.
    pub key: String,
}

/// A filter on the elements of a list of objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Nested {
    /// The list.
    pub key: String,
    /// What one of its elements meets.
    pub filter: Filter,
}
