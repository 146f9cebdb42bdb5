//! Policies in their other form, and made from picked attributes.

use std::collections::BTreeMap;

use vecseal::Policy;

use crate::protocol::Pairs;

/// A policy as JSON, by its clauses: any of them, each all of its attributes.
#[must_use]
pub fn json(policy: &Policy) -> String {
    let clauses = policy.clauses().iter().map(|clause| {
        let pairs = clause
            .attributes()
            .iter()
            .map(|attribute| format!("{}: [{}]", quoted(attribute.dimension()), quoted(attribute.name())));
        let pairs: Vec<String> = pairs.collect();
        if pairs.is_empty() {
            "\"*\"".to_owned()
        } else {
            format!("{{{}}}", pairs.join(", "))
        }
    });
    let clauses: Vec<String> = clauses.collect();
    match clauses.as_slice() {
        [only] => only.clone(),
        several => format!("{{\"any\": [\n  {}\n]}}", several.join(",\n  ")),
    }
}

/// A policy as text, by its clauses.
#[must_use]
pub fn text(policy: &Policy) -> String {
    let clauses: Vec<String> = policy.clauses().iter().map(ToString::to_string).collect();
    clauses.join(" || ")
}

/// The policy that asks for one of the picked attributes in each dimension that has any.
#[must_use]
pub fn picked(pairs: &Pairs) -> String {
    let mut dimensions: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (dimension, name) in pairs {
        dimensions.entry(dimension).or_default().push(vecseal::Attribute::new(dimension, name).to_string());
    }
    let several = dimensions.len() > 1;
    let parts = dimensions.into_values().map(|names| {
        let joined = names.join(" || ");
        if several && names.len() > 1 {
            format!("({joined})")
        } else {
            joined
        }
    });
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        "*".to_owned()
    } else {
        parts.join(" && ")
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use vecseal::{AccessStructure, Policy};

    use super::{json, picked, text};

    fn structure() -> AccessStructure {
        AccessStructure::from_json(r#"{"roles": ["admin", "analyst"], "departments": ["hr", "legal & co"]}"#).unwrap()
    }

    #[test]
    fn both_forms_mean_the_same() {
        let structure = structure();
        for policy in [
            "*",
            "roles:admin",
            "roles:admin || departments:hr && roles:analyst",
            r#"departments:"legal & co""#,
        ] {
            let policy = Policy::parse(policy, &structure).unwrap();
            let from_json = Policy::from_json(&json(&policy), &structure).unwrap();
            assert_eq!(from_json.clauses(), policy.clauses(), "{}", json(&policy));
            assert_eq!(Policy::parse(&text(&policy), &structure).unwrap().clauses(), policy.clauses());
        }
    }

    #[test]
    fn picked_attributes_are_or_within_and_and_across() {
        let pair = |dimension: &str, name: &str| (dimension.to_owned(), name.to_owned());
        assert_eq!(picked(&vec![]), "*");
        assert_eq!(picked(&vec![pair("roles", "admin")]), "roles:admin");
        let pairs = vec![
            pair("roles", "admin"),
            pair("departments", "legal & co"),
            pair("roles", "analyst"),
        ];
        assert_eq!(picked(&pairs), r#"departments:"legal & co" && (roles:admin || roles:analyst)"#);
        assert!(Policy::parse(&picked(&pairs), &structure()).is_ok());
    }
}
