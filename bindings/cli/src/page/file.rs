//! Replacing a page by a newer one in one step.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

/// How the file of a page begins.
const BEGINNING: &str = "<!doctype html>";

/// Writes to a new file in the same folder, and renames it when it is complete.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    let file = create(path)?;
    let mut buffer = BufWriter::new(file.as_file());
    write(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    file.persist(path).map_err(|failed| failed.error)?;
    Ok(())
}

/// A new file beside the path, which is removed when it is dropped.
pub(super) fn create(path: &Path) -> io::Result<NamedTempFile> {
    refuse_other_content(path)?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut builder = Builder::new();
    builder.prefix(".alikassa-").suffix(".html.part");
    // As readable as other new files of this user.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder.unwrap_or(Path::new(".")))
}

/// Refuses to replace what is not a page, such as a ledger or a list.
fn refuse_other_content(path: &Path) -> io::Result<()> {
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        metadata => metadata?,
    };
    let mut beginning = Vec::new();
    if metadata.is_file() {
        let length = BEGINNING.len() as u64;
        File::open(path)?.take(length).read_to_end(&mut beginning)?;
    }
    if beginning.eq_ignore_ascii_case(BEGINNING.as_bytes()) {
        return Ok(());
    }
    let message = "this exists and is not an HTML page; choose another name";
    Err(io::Error::new(ErrorKind::AlreadyExists, message))
}
