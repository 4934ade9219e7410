//! Bytes and texts of files and the standard input.

use std::io::Read;
use std::path::Path;

use crate::failure::Failure;

/// The bytes of a file, or of the standard input for `-`.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let read = if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    read.map_err(|error| Failure::file(path.display(), &error))
}

/// The text itself, or that of the file after `@`, without blanks around it.
pub(crate) fn text(given: &str) -> Result<String, Failure> {
    let Some(path) = given.strip_prefix('@') else {
        return Ok(given.trim().to_owned());
    };
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
    Ok(text.trim().to_owned())
}
