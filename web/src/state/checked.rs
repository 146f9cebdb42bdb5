//! What a scenario comes to: its structure, policies and attributes parsed, its mistakes with their places and a hint, and
//! how its tests go. Made anew whenever the scenario changes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use vecseal::{AccessStructure, Attributes, Error, Policy};

use super::scenario::{Expected, Scenario};
use crate::gather::gather;
use crate::protocol::{KeyId, Pairs};

/// What a scenario comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The access structure.
    pub structure: Result<Rc<AccessStructure>, Mistake>,
    /// The documents' policies, by their text.
    pub policies: BTreeMap<String, Result<Rc<Policy>, Mistake>>,
    /// What each key is to hold.
    pub keys: BTreeMap<KeyId, Result<Rc<Attributes>, Mistake>>,
    /// The tests, in their order.
    pub tests: Vec<Tested>,
}

/// Something wrong in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// A stable code.
    pub code: String,
    /// A sentence.
    pub message: String,
    /// Where, in bytes.
    pub span: Option<Range<usize>>,
    /// What to do.
    pub hint: String,
}

/// How a test goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tested {
    /// As expected.
    Passed,
    /// Otherwise.
    Failed,
    /// The key, the document or something in them is missing or wrong.
    Void,
}

impl Checked {
    /// Checks a scenario; policies that were known under the same structure are not parsed again.
    #[must_use]
    pub fn new(scenario: &Scenario, before: Option<&Self>) -> Self {
        let structure = AccessStructure::from_json(&scenario.structure_json());
        let structure = structure.map(Rc::new).map_err(|error| Mistake::in_structure(&error));
        let same = before.filter(|before| before.structure == structure);
        let mut policies: BTreeMap<String, Result<Rc<Policy>, Mistake>> = BTreeMap::new();
        for document in scenario.documents.iter() {
            if !policies.contains_key(&document.policy) {
                let known = same.and_then(|before| before.policies.get(&document.policy).cloned());
                let policy = known.unwrap_or_else(|| parse_under(&document.policy, &structure));
                policies.insert(document.policy.clone(), policy);
            }
        }
        let keys = scenario.keys().map(|(_, key)| (key.id, attributes(&key.pairs, &structure)));
        let mut checked = Self {
            policies,
            keys: gather(keys),
            structure,
            tests: Vec::new(),
        };
        checked.tests = checked.test(scenario);
        checked
    }

    /// Whether a key's attributes satisfy a policy; nothing if either is wrong.
    #[must_use]
    pub fn opens(&self, key: KeyId, policy: &str) -> Option<bool> {
        let policy = self.policies.get(policy)?.as_ref().ok()?;
        let attributes = self.keys.get(&key)?.as_ref().ok()?;
        Some(policy.explain(attributes).is_satisfied())
    }

    /// Why a key's attributes do not satisfy a policy: clause by clause what is missing.
    #[must_use]
    pub fn why_not(&self, key: KeyId, policy: &str) -> Vec<String> {
        let policy = self.policies.get(policy).and_then(|policy| policy.as_ref().ok());
        let attributes = self.keys.get(&key).and_then(|attributes| attributes.as_ref().ok());
        let Some((policy, attributes)) = policy.zip(attributes) else {
            return Vec::new();
        };
        let explanation = policy.explain(attributes);
        let clauses = explanation.clauses().iter().filter(|clause| !clause.is_satisfied());
        let sentences = clauses.map(|clause| {
            let missing: Vec<String> = clause.missing().iter().map(ToString::to_string).collect();
            missing.join(", and ")
        });
        sentences.collect()
    }

    /// How many documents have a policy that is wrong: none for a structure's mistake, which is no policy's.
    #[must_use]
    pub fn wrong_policies(&self, scenario: &Scenario) -> usize {
        let documents = scenario.documents.iter();
        documents.filter(|document| !super::documents::is_right(self, &document.policy)).count()
    }

    fn test(&self, scenario: &Scenario) -> Vec<Tested> {
        let tests = scenario.expectations.iter().map(|expectation| {
            let document = scenario.document(&expectation.document);
            let opens = document.and_then(|document| self.opens(expectation.key, &document.policy));
            match opens {
                None => Tested::Void,
                Some(opens) if Expected::of(opens) == expectation.expected => Tested::Passed,
                Some(_) => Tested::Failed,
            }
        });
        tests.collect()
    }
}

/// Parses a policy in either form: JSON if it begins with a brace or a quote.
///
/// # Errors
///
/// What is wrong, where, and what to do.
pub fn parse(text: &str, structure: &AccessStructure) -> Result<Policy, Mistake> {
    let policy = if is_json(text) {
        Policy::from_json(text, structure)
    } else {
        Policy::parse(text, structure)
    };
    policy.map_err(|error| Mistake::new(&error, Some(structure)))
}

/// Whether a policy is written as JSON.
pub(super) fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '"']) && !looks_like_quoted_name(text)
}

/// A dimension whose name needs quotes also begins with one.
fn looks_like_quoted_name(text: &str) -> bool {
    text.trim_start().starts_with('"') && text.trim() != "\"*\""
}

fn parse_under(text: &str, structure: &Result<Rc<AccessStructure>, Mistake>) -> Result<Rc<Policy>, Mistake> {
    match structure {
        Ok(structure) => parse(text, structure).map(Rc::new),
        Err(_) => Err(Mistake::of_structure()),
    }
}

fn attributes(pairs: &Pairs, structure: &Result<Rc<AccessStructure>, Mistake>) -> Result<Rc<Attributes>, Mistake> {
    let structure = structure.as_ref().map_err(|_| Mistake::of_structure())?;
    let pairs = pairs.iter().map(|(dimension, name)| (dimension.as_str(), name.as_str()));
    Attributes::new(pairs, structure)
        .map(Rc::new)
        .map_err(|error| Mistake::new(&error, Some(structure)))
}

impl Mistake {
    /// An error of the core with what to do about it, which may depend on what names there are.
    #[must_use]
    pub fn new(error: &Error, structure: Option<&AccessStructure>) -> Self {
        Self {
            code: error.code().to_owned(),
            message: without_place(error),
            span: error.span(),
            hint: hint(error, structure),
        }
    }

    /// An error in the JSON of an access structure.
    #[must_use]
    pub fn in_structure(error: &Error) -> Self {
        let mistake = Self::new(error, None);
        if mistake.code != "syntax" {
            return mistake;
        }
        Self {
            hint: r#"An example: {"roles": ["admin", "analyst"], "clearance": {"ordered": ["public", "secret"]}}"#
                .to_owned(),
            ..mistake
        }
    }

    fn of_structure() -> Self {
        Self {
            code: "structure".to_owned(),
            message: "the access structure has a mistake".to_owned(),
            span: None,
            hint: "Mend the structure first.".to_owned(),
        }
    }
}

/// The sentence less the place, which is underlined.
fn without_place(error: &Error) -> String {
    match error {
        Error::Input(input) => input.without_span().to_string(),
        error => error.to_string(),
    }
}

fn hint(error: &Error, structure: Option<&AccessStructure>) -> String {
    let name = match error {
        Error::Input(input) => input.name().unwrap_or_default(),
        _ => "",
    };
    let fixed = match error.code() {
        "unknown_attribute" | "unknown_dimension" => {
            return nearest(name, structure).map_or_else(
                || "Add it to the structure, or pick one that is there.".to_owned(),
                |near| format!("Did you mean `{near}`? Otherwise add it to the structure."),
            );
        }
        "conflicting_attributes" => "Nobody is two of one set at once in one clause. Write `||` between them.",
        "duplicate" => "Remove one of them.",
        "empty" => "Add a member, or remove it. `*` is everybody.",
        "invalid_name" => "1 to 64 bytes, no control characters, no blanks at either end.",
        "reserved_name" => "`any` and `all` combine policies in JSON. Take another name.",
        "too_many_clauses" => {
            "Every combination of alternatives becomes a clause. Split the policy, or use fewer `||`."
        }
        "syntax" => return example(structure),
        _ => "",
    };
    fixed.to_owned()
}

/// A policy over what names there are.
fn example(structure: Option<&AccessStructure>) -> String {
    let dimensions = structure.map(AccessStructure::dimensions).unwrap_or_default();
    let names = |dimension: Option<&vecseal::Dimension>, count: usize| -> Vec<String> {
        let attributes = dimension.into_iter().flat_map(|dimension| {
            dimension.attributes().map(|name| vecseal::Attribute::new(dimension.name(), name).to_string())
        });
        attributes.take(count).collect()
    };
    let either = names(dimensions.first(), 2).join(" || ");
    match names(dimensions.get(1), 1).first() {
        Some(also) => format!("An example: ({either}) && {also}"),
        None => format!("An example: {either}"),
    }
}

/// The attribute or dimension that is most like a name, if any is.
fn nearest(name: &str, structure: Option<&AccessStructure>) -> Option<String> {
    let names = structure?.dimensions().iter().flat_map(|dimension| {
        let attributes = dimension.attributes().map(|attribute| format!("{}:{attribute}", dimension.name()));
        attributes.chain(std::iter::once(dimension.name().to_owned())).collect::<Vec<_>>()
    });
    let is_attribute = name.contains(':');
    let candidates = names.filter(|candidate| candidate.contains(':') == is_attribute);
    let rated = candidates.map(|candidate| (edits(name, &candidate), candidate));
    let (edits, candidate) = rated.min()?;
    (edits <= 2 + name.len() / 3).then_some(candidate)
}

/// How many letters must be put in, taken out or replaced to make one text the other (Levenshtein).
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (index, letter) in from.chars().enumerate() {
        let mut next = vec![index + 1];
        for ((other, pair), last) in to.iter().zip(row.windows(2)).zip(0..) {
            let (diagonal, above) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
            let left = next.get(last).copied().unwrap_or(0);
            let replaced = diagonal + usize::from(*other != letter);
            next.push(replaced.min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
