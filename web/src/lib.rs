//! The playground; so far its worker, which embeds and imports beside the page.

pub mod protocol;
pub mod worker;
