//! Exceptions of the merchant's functions, carried through the core.

use std::fmt;

/// What a function of JavaScript threw: the number by which the JavaScript side knows it.
#[derive(Debug)]
pub(crate) struct Thrown(pub(crate) u32);

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exception of JavaScript")
    }
}

impl std::error::Error for Thrown {}
