//! The files of an archive folder.

use std::path::Path;

use zeroize::Zeroizing;

use super::error::key_load;
use crate::error::Result;
use crate::types::text::is_pem_text;

/// No key file or password of an archive comes near this.
const MAX_FILE: u64 = 64 * 1024;

pub(super) fn checked_folder(folder: &Path) -> Result<&Path> {
    if is_pem_text(folder) {
        let message = "this is a key and not a folder; open it with from_pem";
        return Err(key_load("not_found", message.to_owned()));
    }
    Ok(folder)
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>> {
    read_limited(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => key_load(
            "not_found",
            format!(
                "{}: no such file; name the folder the provider's archive unpacks to",
                path.display()
            ),
        ),
        _ => key_load("unreadable", format!("{}: {error}", path.display())),
    })
}

pub(super) fn read_password(path: &Path) -> Result<Option<Password>> {
    match read_limited(path) {
        Ok(raw) => Ok(Some(Password::from_file(&Zeroizing::new(raw)))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(key_load(
            "unreadable",
            format!("{}: {error}", path.display()),
        )),
    }
}

pub(super) fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let file = std::fs::File::open(path)?;
    // A device or a pipe in place of the file must not hang or fill the memory.
    if !file.metadata()?.is_file() {
        return Err(std::io::Error::other("not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(std::io::Error::other("longer than 64 KiB"));
    }
    Ok(bytes)
}

/// A password, and what it is if that does not open the key.
pub(super) struct Password {
    pub(super) first: Zeroizing<Vec<u8>>,
    pub(super) second: Option<Zeroizing<Vec<u8>>>,
}

impl Password {
    /// One that a caller names, who may have read it from a file.
    pub(super) fn given(raw: &[u8]) -> Self {
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

/// What a file holds, without a byte-order mark and one line end.
pub(super) fn without_line_end(raw: &[u8]) -> &[u8] {
    let text = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    match text.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => text,
    }
}
