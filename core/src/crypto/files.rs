//! The files of an archive folder.

use std::path::Path;

use zeroize::Zeroizing;

use super::error::key_load;
use crate::error::Result;
use crate::types::text::{UTF16, is_utf16, other_than_path, without_byte_order_mark};

/// The maximum length of a file, in bytes. Real key files are far shorter.
const MAX_FILE: usize = 64 * 1024;

pub(super) fn checked_folder(folder: &Path) -> Result<&Path> {
    match other_than_path(folder) {
        Some(other) => {
            let message = format!("{other}, not a folder; a key in memory is opened with from_pem");
            Err(key_load("not_found", message))
        }
        None => Ok(folder),
    }
}

pub(super) fn read_file(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    read_limited(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => key_load(
            "not_found",
            format!(
                "{}: no such file; pass the folder of the unpacked archive from the provider",
                path.display()
            ),
        ),
        _ => key_load("unreadable", format!("{}: {error}", path.display())),
    })
}

pub(super) fn read_password(path: &Path) -> Result<Option<Password>> {
    match read_limited(path) {
        Ok(raw) if is_utf16(&raw) => Err(key_load(
            "wrong_password",
            format!("{}: {UTF16}", path.display()),
        )),
        Ok(raw) => Ok(Some(Password::from_file(&raw))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(key_load(
            "unreadable",
            format!("{}: {error}", path.display()),
        )),
    }
}

/// Reads a file into memory that never moves, because what it leaves behind would not be wiped.
fn read_limited(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    use std::io::Read;
    let mut file = std::fs::File::open(path)?;
    // Reading a device or a pipe could block or fill the memory.
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    let mut bytes = Zeroizing::new(vec![0; MAX_FILE + 1]);
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if length > MAX_FILE {
        return Err(std::io::Error::other("longer than 64 KiB"));
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// A password in its two readings: with and without a line end.
pub(super) struct Password {
    pub(super) first: Zeroizing<Vec<u8>>,
    pub(super) second: Option<Zeroizing<Vec<u8>>>,
}

impl Password {
    /// A password from the caller, who may have read it from a file.
    pub(super) fn from_caller(raw: &[u8]) -> Self {
        Self::either(raw, without_line_end(raw))
    }

    pub(super) fn from_file(raw: &[u8]) -> Self {
        Self::either(without_line_end(raw), raw)
    }

    fn either(first: &[u8], second: &[u8]) -> Self {
        let keep = |bytes: &[u8]| Zeroizing::new(bytes.to_vec());
        Self {
            first: keep(first),
            second: (first != second).then(|| keep(second)),
        }
    }
}

/// The content of a file without a byte-order mark and without one line end.
pub(super) fn without_line_end(raw: &[u8]) -> &[u8] {
    let text = without_byte_order_mark(raw);
    match text.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => text,
    }
}
