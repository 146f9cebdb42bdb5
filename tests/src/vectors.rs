//! The runner of `tests/vectors`: computes each output from its input and compares.
//!
//! A file is `{"about", "cases": [{"name", "input", "output"}]}`; the operation is the file's name. An operation that
//! fails gives `{"error": code}`, with `"span"` where there is one. Every implementation runs the same files.

mod access;
mod keys;
mod sealing;
mod search;

pub use sealing::compartment;

use serde_json::{Value, json};

use crate::json::{Broken, Input};

/// Computes an output from an input.
pub type Operation = fn(Input<'_>) -> Result<Value, Failure>;

/// Why there is no output.
pub enum Failure {
    /// The operation refused, as it may have to.
    Refused(vecseal::Error),
    /// The vector cannot be read.
    Broken(Broken),
}

/// A vector file and the operation that claims it.
pub struct File {
    /// The name, without `.json`.
    pub name: &'static str,
    /// The contents.
    pub text: &'static str,
    /// What computes its outputs.
    pub operation: Operation,
}

macro_rules! files {
    ($($name:literal => $operation:path,)*) => {
        /// Every vector file.
        pub const FILES: &[File] = &[$(
            File { name: $name, text: include_str!(concat!("../vectors/", $name, ".json")), operation: $operation },
        )*];

        /// The operations by file name, for making vectors.
        pub const OPERATIONS: &[(&str, Operation)] = &[$(($name, $operation)),*];
    };
}

files! {
    "derive" => search::derive,
    "padme" => sealing::padme,
    "structure" => access::structure,
    "policy" => access::policy,
    "explain" => access::explain,
    "authority" => keys::authority,
    "user-key" => keys::user_key,
    "attenuate" => keys::attenuate,
    "writer-key" => keys::writer_key,
    "create" => sealing::create,
    "open-header" => sealing::open_header,
    "compartment" => compartment,
    "rewrap" => sealing::rewrap,
    "seal" => sealing::seal,
    "open-record" => sealing::open_record,
    "query" => sealing::query,
    "rotate" => search::rotate,
    "noise" => search::noise,
    "plain" => search::plain,
    "plain-decrypt" => search::plain_decrypt,
    "rank" => search::rank,
    "decode" => sealing::decode,
    "unframe" => sealing::unframe,
    "body" => sealing::body,
    "record-contents" => sealing::record_contents,
}

/// Runs a file and returns how many cases it has, or what differs.
///
/// # Errors
///
/// A sentence for every case whose output is not the one in the file.
pub fn run(file: &File) -> Result<usize, String> {
    let contents: Value = serde_json::from_str(file.text).map_err(|error| format!("{}: {error}", file.name))?;
    let cases = Input(&contents).list("cases")?;
    let differences: Vec<String> = cases.iter().filter_map(|case| difference(file, case)).collect();
    match (cases.len(), differences.is_empty()) {
        (0, _) => Err(format!("{} has no cases", file.name)),
        (count, true) => Ok(count),
        (_, false) => Err(differences.join("\n")),
    }
}

/// Returns the output of an operation, a refusal included.
///
/// # Errors
///
/// The input cannot be read.
pub fn output(operation: Operation, input: &Value) -> Result<Value, Broken> {
    match operation(Input(input)) {
        Ok(output) => Ok(output),
        Err(Failure::Refused(error)) => Ok(match error.span() {
            Some(span) => json!({"error": error.code(), "span": [span.start, span.end]}),
            None => json!({"error": error.code()}),
        }),
        Err(Failure::Broken(broken)) => Err(broken),
    }
}

fn difference(file: &File, case: &Value) -> Option<String> {
    let read = || {
        let case = Input(case);
        Ok::<_, Broken>((case.str("name")?, case.field("input")?, case.field("output")?))
    };
    let (name, input, expected) = match read() {
        Ok(case) => case,
        Err(broken) => return Some(format!("{}: {broken}", file.name)),
    };
    match output(file.operation, input) {
        Ok(output) if output == *expected => None,
        Ok(output) => Some(format!("{} / {name}: expected {expected}, got {output}", file.name)),
        Err(broken) => Some(format!("{} / {name}: {broken}", file.name)),
    }
}

impl From<vecseal::Error> for Failure {
    fn from(error: vecseal::Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Broken> for Failure {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}
