//! The npm package `vecseal`: handles over the core's types, and plain objects. No logic of its own.
//!
//! What JavaScript sees is written in the doc comments here and in `js/types.d.ts`; the package's entries are in `js`.

#![expect(
    clippy::missing_errors_doc,
    clippy::doc_markdown,
    reason = "these docs are read as TSDoc: `@throws {@link VecsealError} …`"
)]
#![expect(clippy::must_use_candidate, reason = "JavaScript has no such thing")]

mod access;
mod authority;
mod batch;
mod compartment;
mod convert;
mod error;
mod fields;
mod options;
mod search;
mod text;
mod user;
mod writer;

pub use access::{AccessStructure, Policy};
pub use authority::Authority;
pub use compartment::{Compartment, inspect_header};
pub use search::{PerturbedQuery, SearchKey, rerank};
pub use text::{from_base64_url, to_base64_url};
pub use user::UserKey;
pub use writer::{CollectionKey, WriterKey};

use wasm_bindgen::prelude::wasm_bindgen;

/// The plain objects that go in and come out.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("../js/types.d.ts");
