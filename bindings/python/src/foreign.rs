//! Exceptions of the merchant's functions, carried through the core.

use std::fmt;

use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;

/// What a function of Python raised.
#[derive(Debug)]
pub(crate) struct Raised(pub(crate) Py<PyBaseException>);

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exception of Python")
    }
}

impl std::error::Error for Raised {}
