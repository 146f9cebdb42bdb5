//! Structures, policies, explanations.

use serde_json::{Value, json};
use vecseal::{AccessStructure, Attributes, Policy};

use super::Failure;
use crate::json::{Input, bytes};

/// `json` → its canonical form.
pub(super) fn structure(input: Input<'_>) -> Result<Value, Failure> {
    let structure = AccessStructure::from_json(input.str("json")?)?;
    Ok(json!({"json": structure.to_string()}))
}

/// `structure`, and `text` or `json` → the text form, the clauses, and each clause's context at epoch 0.
pub(super) fn policy(input: Input<'_>) -> Result<Value, Failure> {
    let structure = AccessStructure::from_json(input.str("structure")?)?;
    let policy = read_policy(input, &structure)?;
    let clauses: Vec<String> = policy.clauses().iter().map(ToString::to_string).collect();
    let contexts = policy.clauses().iter().map(|right| bytes(&vecseal::hazmat::right_context(right, 0)));
    let contexts: Vec<Value> = contexts.collect();
    Ok(json!({"text": policy.to_string(), "clauses": clauses, "contexts": contexts}))
}

/// `structure`, `text`, `attributes` → whether they satisfy it, and what is missing for each clause.
pub(super) fn explain(input: Input<'_>) -> Result<Value, Failure> {
    let structure = AccessStructure::from_json(input.str("structure")?)?;
    let policy = read_policy(input, &structure)?;
    let attributes = Attributes::from_json(input.str("attributes")?, &structure)?;
    let explanation = policy.explain(&attributes);
    let clauses: Vec<Value> = explanation
        .clauses()
        .iter()
        .map(|clause| {
            let missing: Vec<String> = clause.missing().iter().map(|missing| missing.needed().to_string()).collect();
            json!({"clause": clause.clause().to_string(), "missing": missing})
        })
        .collect();
    Ok(json!({"satisfied": explanation.is_satisfied(), "clauses": clauses}))
}

fn read_policy(input: Input<'_>, structure: &AccessStructure) -> Result<Policy, Failure> {
    Ok(if input.has("json") {
        Policy::from_json(input.str("json")?, structure)?
    } else {
        Policy::parse(input.str("text")?, structure)?
    })
}
