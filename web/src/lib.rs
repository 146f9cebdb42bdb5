//! The playground: a page (`page`) that shows a pure store (`state`), and a worker (`worker`) that holds the keys.

pub mod page;
pub mod protocol;
pub mod state;
pub mod worker;
