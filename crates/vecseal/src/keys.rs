//! Who holds which secrets: the authority, its users, its writers (`docs/FORMAT.md` §5).

pub(crate) mod authority;
pub(crate) mod collection;
mod rotations;
mod sealing;
pub(crate) mod user;
pub(crate) mod writer;
