//! Other names for dimensions and attributes, wherever they are written: in the structure, in keys and in policies.

use std::rc::Rc;

use vecseal::{AccessStructure, Attribute, Policy, Right};

use super::checked::{is_json, parse};
use super::policy_forms;
use super::scenario::Scenario;

/// Renames an attribute of a dimension.
pub(super) fn rename(scenario: &mut Scenario, dimension: &str, from: &str, to: &str) {
    let before = structure(scenario);
    for known in scenario.dimensions.iter_mut().filter(|known| known.name == dimension) {
        for name in known.attributes.iter_mut().filter(|name| *name == from) {
            to.clone_into(name);
        }
    }
    for person in Rc::make_mut(&mut scenario.people) {
        for (of, name) in person.keys.iter_mut().flat_map(|key| &mut key.pairs) {
            if of == dimension && name == from {
                to.clone_into(name);
            }
        }
    }
    let renamed = (Attribute::new(dimension, from), Attribute::new(dimension, to));
    in_policies(scenario, before.as_ref(), &[renamed]);
}

/// Renames a dimension, by its number.
pub(super) fn rename_dimension(scenario: &mut Scenario, index: usize, to: &str) {
    let before = structure(scenario);
    let Some(dimension) = scenario.dimensions.get_mut(index) else {
        return;
    };
    let from = std::mem::replace(&mut dimension.name, to.to_owned());
    let attributes = dimension.attributes.iter();
    let renamed: Vec<_> = attributes.map(|name| (Attribute::new(&from, name), Attribute::new(to, name))).collect();
    for person in Rc::make_mut(&mut scenario.people) {
        for (of, _) in person.keys.iter_mut().flat_map(|key| &mut key.pairs) {
            if *of == from {
                to.clone_into(of);
            }
        }
    }
    in_policies(scenario, before.as_ref(), &renamed);
}

fn structure(scenario: &Scenario) -> Option<AccessStructure> {
    AccessStructure::from_json(&scenario.structure_json()).ok()
}

fn in_policies(scenario: &mut Scenario, before: Option<&AccessStructure>, renamed: &[(Attribute, Attribute)]) {
    let after = structure(scenario);
    let written: Vec<(String, String)> = renamed.iter().map(|(from, to)| (from.to_string(), to.to_string())).collect();
    let documents = Rc::clone(&scenario.documents);
    for (index, document) in documents.iter().enumerate() {
        let policy = if is_json(&document.policy) {
            before
                .zip(after.as_ref())
                .and_then(|(before, after)| in_json(&document.policy, before, after, renamed))
        } else {
            Some(in_text(&document.policy, &written))
        };
        if let Some(policy) = policy.filter(|policy| *policy != document.policy)
            && let Some(document) = Rc::make_mut(&mut scenario.documents).get_mut(index)
        {
            document.policy = policy;
        }
    }
}

/// A policy's text, as it was written but for the names.
fn in_text(policy: &str, renamed: &[(String, String)]) -> String {
    let mut text = policy.to_owned();
    for (from, to) in renamed.iter().filter(|(from, _)| policy.contains(from)) {
        text = replaced(&text, from, to);
    }
    text
}

/// A policy's JSON, written anew: a name in it may be of any dimension. Nothing if it has a mistake.
fn in_json(
    policy: &str,
    before: &AccessStructure,
    after: &AccessStructure,
    renamed: &[(Attribute, Attribute)],
) -> Option<String> {
    let policy = parse(policy, before).ok()?;
    let is_named =
        |(from, _): &&(Attribute, Attribute)| policy.clauses().iter().any(|clause| clause.attributes().contains(from));
    renamed.iter().find(is_named)?;
    let name = |attribute: &Attribute| {
        let other = renamed.iter().find(|(from, _)| from == attribute);
        other.map_or(attribute, |(_, to)| to).to_string()
    };
    let clause = |clause: &Right| {
        let names: Vec<String> = clause.attributes().iter().map(name).collect();
        names.join(" && ")
    };
    let clauses: Vec<String> = policy.clauses().iter().map(clause).collect();
    let renamed = Policy::parse(&clauses.join(" || "), after).ok()?;
    Some(policy_forms::json(&renamed))
}

/// A policy with an attribute replaced, where it stands by itself.
fn replaced(policy: &str, from: &str, to: &str) -> String {
    let is_part = |letter: char| letter.is_alphanumeric() || "_-:\"".contains(letter);
    let mut written = String::new();
    let mut rest = policy;
    while let Some(at) = rest.find(from) {
        let (before, tail) = rest.split_at(at);
        let after = tail.get(from.len()..).unwrap_or_default();
        let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
        written.push_str(before);
        written.push_str(if is_whole { to } else { from });
        rest = after;
    }
    written.push_str(rest);
    written
}
