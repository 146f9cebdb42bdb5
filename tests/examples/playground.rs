//! The program that the playground writes for its smallest example, as it is: `cargo xtask test client` runs it.
#![expect(clippy::indexing_slicing, reason = "as users get it")]

include!("playground/program.rs.txt");
