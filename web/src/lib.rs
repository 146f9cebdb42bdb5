//! The playground: a page (`page`) that shows a pure store (`state`), and a worker (`worker`) that holds the keys.

mod gather;
pub mod page;
pub mod protocol;
mod sort;
pub mod state;
pub mod worker;
