//! What the server says on standard error.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Says what is wrong. If nobody listens any more, that is no reason to stop; `eprintln!` would panic.
pub(crate) fn complain(sentence: impl Display) {
    let _ = writeln!(io::stderr(), "vecseal-server: {sentence}");
}
