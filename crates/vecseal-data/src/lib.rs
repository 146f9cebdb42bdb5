//! Documents with policies, before they are embedded and sealed: [example organisations](Organisation::examples) to try
//! things on, and [import] of a user's own files.

pub mod import;
mod organisation;

pub use organisation::{Document, Organisation, OrganisationError, Person, Query};
