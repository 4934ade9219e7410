//! Paths of the repository.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::Result;

pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A file below `tests/vectors`.
pub(crate) fn vectors(path: &str) -> PathBuf {
    root().join("tests/vectors").join(path)
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Reads JSON below `tests/vectors`.
pub(crate) fn load<T: DeserializeOwned>(path: &str) -> Result<T> {
    let path = vectors(path);
    serde_json::from_slice(&read(&path)?)
        .map_err(|error| format!("{}: {error}", path.display()).into())
}

#[cfg(test)]
mod tests;
